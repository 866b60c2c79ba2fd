//! Records that somebody else's controller wrote: appended to the metadata log of a node that has stopped.

use protocol::{AccessControlEntryRecord, FeatureLevelRecord, MetadataRecord, PartitionRecord, TopicRecord};
use records::{BatchBuilder, BatchOptions, batches};
use std::io::Write;
use std::path::Path;

/// The value of a record, in the version that it is written in here.
pub fn value(record: impl Into<MetadataRecord<'static>>, version: i16) -> Vec<u8> {
    let mut value = Vec::new();
    record.into().encode(&mut value, version).expect("a record");
    value
}

/// A finalized level.
pub fn level(name: &'static str, feature_level: i16) -> Vec<u8> {
    value(FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() }, 0)
}

/// A record of a kind that came with Kafka 4.4: a controller that is unregistered.
pub fn of_kafka_4_4() -> Vec<u8> {
    let (frame_version, kind, version) = (1, 29, 0);
    let (controller_id, tagged_fields) = (7_i32.to_be_bytes(), 0);
    [&[frame_version, kind, version][..], &controller_id, &[tagged_fields]].concat()
}

/// Everybody may read the topic.
pub fn acl(topic: &'static str) -> Vec<u8> {
    let record = AccessControlEntryRecord {
        id: base::Uuid::from_u128(0xac1),
        resource_type: 2,
        resource_name: topic.into(),
        pattern_type: 3,
        principal: "User:*".into(),
        host: "*".into(),
        operation: 3,
        permission_type: 3,
        ..Default::default()
    };
    value(record, 0)
}

/// A topic of one partition that nobody hosts any more.
pub fn topic(name: &'static str) -> [Vec<u8>; 2] {
    let topic_id = base::Uuid::from_u128(0x7070);
    let partition = PartitionRecord {
        topic_id,
        replicas: vec![77],
        isr: vec![77],
        leader: -1,
        directories: vec![base::Uuid::from_u128(0xd)],
        ..Default::default()
    };
    [value(TopicRecord { name: name.into(), topic_id, ..Default::default() }, 0), value(partition, 1)]
}

/// Appends them as one batch behind the last one, in its epoch.
pub fn inject(data: &Path, values: &[Vec<u8>]) {
    let path = data.join("__cluster_metadata-0/00000000000000000000.log");
    let bytes = std::fs::read(&path).expect("a log");
    let last = batches(&bytes).filter_map(Result::ok).last().expect("a batch");
    let options = BatchOptions {
        base_offset: last.next_offset(),
        partition_leader_epoch: last.partition_leader_epoch(),
        ..Default::default()
    };
    let mut batch = BatchBuilder::new(options);
    values.iter().for_each(|value| batch.append(last.max_timestamp_ms(), None, Some(value), &[]));
    let mut file = std::fs::File::options().append(true).open(&path).expect("a log");
    file.write_all(&batch.finish().expect("a batch")).expect("a write");
    // The log is longer than its indexes say.
    let _absent_after_a_kill = std::fs::remove_file(data.join(".kafka_cleanshutdown"));
}
