//! Publishers that end a node which meets what it cannot serve yet, and directories that fail.

use crate::assemble::{Event, OnEvent};
use base::{NodeId, Now};
use broker::{Broker, Directory};
use metadata::{Delta, Image, Partition, Topic};
use quorum::Publisher;
use std::sync::Arc;

/// Tells once of ACLs in the metadata: they protect something, and nothing enforces them yet.
pub(crate) struct AclWatch {
    on_event: OnEvent,
    told: bool,
}

impl AclWatch {
    pub fn new(on_event: OnEvent) -> AclWatch {
        AclWatch { on_event, told: false }
    }
}

impl Publisher for AclWatch {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        if !image.acls.is_empty() && !std::mem::replace(&mut self.told, true) {
            (self.on_event)(Event::Acls(image.acls.len()));
        }
    }
}

/// Keeps images with replicated partitions on this node from the broker: it does not replicate yet, and a replica that never
/// fetches would keep others waiting, or be elected with an empty log. The node ends before it registers.
pub(crate) struct ReplicationGuard {
    node_id: NodeId,
    broker: Box<dyn Publisher>,
    on_event: OnEvent,
    state: GuardState,
}

enum GuardState {
    /// No image yet.
    New,
    Passed,
    Refused,
}

impl ReplicationGuard {
    pub fn new(node_id: NodeId, broker: Box<dyn Publisher>, on_event: OnEvent) -> ReplicationGuard {
        ReplicationGuard { node_id, broker, on_event, state: GuardState::New }
    }

    fn is_replicated_here(&self, partition: &Partition) -> bool {
        partition.replicas.len() > 1 && partition.replicas.contains(&self.node_id)
    }

    /// The first partition, among those that are new, that this node would have to replicate.
    fn find(&self, image: &Image, delta: &Delta) -> Option<String> {
        let name = |topic: &Topic, index: i32| format!("{}-{index}", topic.name);
        if matches!(self.state, GuardState::New) {
            return image.topics_by_name().find_map(|topic| {
                let mut partitions = topic.partitions.iter();
                partitions.find(|(_, partition)| self.is_replicated_here(partition)).map(|(i, _)| name(topic, *i))
            });
        }
        delta.partitions.iter().find_map(|(id, index)| {
            let partition = image.partition(*id, *index)?;
            self.is_replicated_here(partition).then(|| image.topic(*id).map(|topic| name(topic, *index)))?
        })
    }
}

impl Publisher for ReplicationGuard {
    fn publish(&mut self, image: &Arc<Image>, delta: &Delta, now: Now) {
        if matches!(self.state, GuardState::Refused) {
            return;
        }
        if let Some(partition) = self.find(image, delta) {
            self.state = GuardState::Refused;
            return (self.on_event)(Event::Fatal(format!(
                "partition {partition} has more than one replica, one of them on this node (node.id={}), and this \
                 version does not replicate yet.\nhint: let a broker of Apache Kafka with this id serve it, or reduce \
                 the replication factor of the topic to 1",
                self.node_id
            )));
        }
        self.state = GuardState::Passed;
        self.broker.publish(image, delta, now);
    }
}

/// A directory that fails takes its partitions offline; the last one, or that of the metadata, ends the process.
pub(crate) fn watch_directories(
    broker: Option<&Arc<Broker>>,
    directories: &[Arc<Directory>],
    metadata: usize,
    on_event: &OnEvent,
) {
    for (i, directory) in directories.iter().enumerate() {
        let broker = broker.map(Arc::downgrade);
        let on_event = on_event.clone();
        directory.set_failure_listener(Box::new(move |failed| {
            let broker = broker.as_ref().and_then(std::sync::Weak::upgrade);
            let all_failed = broker.is_none_or(|broker| {
                broker.replicas.directory_failed(failed);
                broker.replicas.directories().iter().all(|directory| directory.dir.is_failed())
            });
            if i == metadata || all_failed {
                let path = failed.dir.path().display();
                on_event(Event::Fatal(format!("log directory {path} failed: the node cannot go on")));
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;
    use metadata::Loader;
    use parking_lot::Mutex;
    use protocol::{MetadataRecord, PartitionRecord, TopicRecord};

    struct Count(Arc<Mutex<usize>>);

    impl Publisher for Count {
        fn publish(&mut self, _: &Arc<Image>, _: &Delta, _: Now) {
            *self.0.lock() += 1;
        }
    }

    const TOPIC: Uuid = Uuid::from_u128(77);

    fn publish(guard: &mut ReplicationGuard, loader: &mut Loader) {
        let (image, delta) = loader.take().unwrap();
        guard.publish(&Arc::new(image), &delta, Now { monotonic_us: 0, wall_ms: 0 });
    }

    fn replay(loader: &mut Loader, offset: i64, record: impl Into<MetadataRecord<'static>>) {
        loader.replay(offset, 1, 0, &record.into()).unwrap();
    }

    fn partition(index: i32, replicas: &[i32]) -> PartitionRecord {
        PartitionRecord {
            partition_id: index,
            topic_id: TOPIC,
            replicas: replicas.to_vec(),
            isr: replicas.to_vec(),
            leader: replicas[0],
            ..Default::default()
        }
    }

    #[test]
    fn a_node_that_would_have_to_replicate_ends_by_name_before_its_broker_hears_of_it() {
        let published = Arc::new(Mutex::new(0));
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = events.clone();
        let on_event: OnEvent = Arc::new(move |event| told.lock().push(event));
        let mut guard = ReplicationGuard::new(2, Box::new(Count(published.clone())), on_event);
        let mut loader = Loader::default();
        replay(&mut loader, 0, TopicRecord { name: "orders".into(), topic_id: TOPIC, ..Default::default() });
        replay(&mut loader, 1, partition(0, &[1, 3]));
        replay(&mut loader, 2, partition(1, &[2]));
        publish(&mut guard, &mut loader);
        assert_eq!((*published.lock(), events.lock().len()), (1, 0), "others may replicate among themselves");
        replay(&mut loader, 3, partition(2, &[3, 2]));
        publish(&mut guard, &mut loader);
        publish(&mut guard, &mut loader);
        assert_eq!(*published.lock(), 1);
        let events = events.lock();
        assert!(
            matches!(&events[..], [Event::Fatal(reason)] if reason.contains("orders-2") && reason.contains("node.id=2"))
        );
    }
}
