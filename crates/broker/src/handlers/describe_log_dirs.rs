//! DescribeLogDirs (KIP-113): what lies in which directory, how large it is and how much room is left.

use crate::Broker;
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::describe_log_dirs_response::{DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic};
use protocol::{DecodeError, DescribeLogDirsRequest, DescribeLogDirsResponse};
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeLogDirsRequest<'_> = request.decode()?;
    let is_asked = |topic: &str, index: i32| match &describe.topics {
        None => true,
        Some(topics) => topics.iter().any(|t| t.topic == topic && t.partitions.contains(&index)),
    };
    let cells = broker.replicas.all();
    let mut results = Vec::new();
    for directory in broker.replicas.directories() {
        let path = directory.dir.path().display().to_string();
        if directory.dir.is_failed() {
            results.push(DescribeLogDirsResult {
                error_code: ErrorCode::KafkaStorageError.code(),
                log_dir: path.into(),
                ..Default::default()
            });
            continue;
        }
        let mut topics: Vec<DescribeLogDirsTopic<'static>> = Vec::new();
        for cell in cells.iter().filter(|cell| Arc::ptr_eq(&cell.directory(), directory)) {
            if !is_asked(&cell.name.topic, cell.name.partition) {
                continue;
            }
            let (size, lag) = cell.with_log(|log| (log.size(), log.log_end_offset() - log.high_watermark()));
            if topics.last().is_none_or(|topic| topic.name != cell.name.topic) {
                topics.push(DescribeLogDirsTopic { name: cell.name.topic.clone().into(), ..Default::default() });
            }
            if let Some(topic) = topics.last_mut() {
                topic.partitions.push(DescribeLogDirsPartition {
                    partition_index: cell.name.partition,
                    partition_size: size as i64,
                    offset_lag: lag.max(0),
                    is_future_key: false,
                    ..Default::default()
                });
            }
        }
        for (cell, copied) in broker.moves_into(directory) {
            if !is_asked(&cell.name.topic, cell.name.partition) {
                continue;
            }
            let lag = cell.with_log(|log| log.log_end_offset()) - copied.end;
            let future = DescribeLogDirsPartition {
                partition_index: cell.name.partition,
                partition_size: copied.bytes as i64,
                offset_lag: lag.max(0),
                is_future_key: true,
                ..Default::default()
            };
            match topics.iter_mut().find(|topic| topic.name == cell.name.topic) {
                Some(topic) => topic.partitions.push(future),
                None => topics.push(DescribeLogDirsTopic {
                    name: cell.name.topic.clone().into(),
                    partitions: vec![future],
                    ..Default::default()
                }),
            }
        }
        let (usable, total) = directory.dir.free_space().map_or((-1, -1), |(free, total)| (free as i64, total as i64));
        results.push(DescribeLogDirsResult {
            log_dir: path.into(),
            topics,
            total_bytes: total,
            usable_bytes: usable,
            ..Default::default()
        });
    }
    request.responder.send(&DescribeLogDirsResponse { results, ..Default::default() });
    Ok(Pipelining::Hold)
}
