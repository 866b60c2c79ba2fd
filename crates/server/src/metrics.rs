//! The page `/metrics`: the rows of `observe` with the numbers of this node.

use broker::Broker;
use observe::{Text, rows};

/// The page as it is now.
pub(crate) fn page(broker: Option<&Broker>, network: &net::Server) -> String {
    let mut text = Text::new();
    text.single(rows::CONNECTIONS, network.connections() as f64);
    text.single(rows::LOG_LINES_LOST, crate::logging::lost_lines() as f64);
    let Some(broker) = broker else { return text.finish() };
    let image = broker.image.load();
    text.single(rows::PARTITIONS, broker.replicas.count() as f64);
    text.single(rows::TOPICS, image.topic_count() as f64);
    text.single(rows::METADATA_OFFSET, image.offset as f64);
    text.single(rows::FETCH_SESSIONS, broker.sessions.count() as f64);
    replication(&mut text, broker);
    log_dirs(&mut text, broker);
    partitions(&mut text, broker);
    text.finish()
}

fn replication(text: &mut Text, broker: &Broker) {
    let (mut leaders, mut under_replicated) = (0, 0);
    broker.replicas.for_each(|cell| {
        let lacking = cell.lacking_replicas();
        leaders += usize::from(lacking.is_some());
        under_replicated += usize::from(lacking.is_some_and(|lacking| lacking > 0));
    });
    text.single(rows::LEADERS, leaders as f64);
    text.single(rows::UNDER_REPLICATED, under_replicated as f64);
}

fn log_dirs(text: &mut Text, broker: &Broker) {
    let directories = broker.replicas.directories();
    let name = |directory: &broker::Directory| [directory.dir.path().display().to_string()];
    let space = || directories.iter().filter_map(|d| Some((name(d), d.dir.free_space().ok()?)));
    text.metric(rows::LOG_DIR_FREE_BYTES, space().map(|(dir, (free, _))| (dir, free as f64)));
    text.metric(rows::LOG_DIR_SIZE_BYTES, space().map(|(dir, (_, total))| (dir, total as f64)));
    let online = directories.iter().map(|d| (name(d), f64::from(u8::from(!d.dir.is_failed()))));
    text.metric(rows::LOG_DIR_ONLINE, online);
    let full = directories.iter().map(|d| (name(d), f64::from(u8::from(d.is_full()))));
    text.metric(rows::LOG_DIR_FULL, full);
}

fn partitions(text: &mut Text, broker: &Broker) {
    let cells = broker.replicas.all();
    let name = |cell: &base::TopicPartition| [cell.topic.clone(), cell.partition.to_string()];
    let sizes = cells.iter().map(|cell| (name(&cell.name), cell.with_log(|log| log.size()) as f64));
    text.metric(rows::LOG_SIZE_BYTES, sizes);
    let uncleaned = broker.uncleaned_logs().into_iter().map(|(partition, bytes)| (name(&partition), bytes as f64));
    text.metric(rows::UNCLEANED_LOG_BYTES, uncleaned);
    let ends = cells.iter().map(|cell| (name(&cell.name), cell.with_log(|log| log.log_end_offset()) as f64));
    text.metric(rows::LOG_END_OFFSET, ends);
}
