//! Images come from the log alone: replaying a snapshot's records gives the same image.

use base::Uuid;
use metadata::{ConfigResource, Delta, Image, Loader, NO_LEADER, ReplayError, snapshot_records};
use protocol::{
    AbortTransactionRecord, BeginTransactionRecord, ConfigRecord, EndTransactionRecord, FeatureLevelRecord,
    MetadataRecord, PartitionChangeRecord, PartitionRecord, ProducerIdsRecord, RegisterBrokerRecord, RemoveTopicRecord,
    TopicRecord,
};

const TOPIC: Uuid = Uuid::from_u128(77);

fn feature(level: i16) -> MetadataRecord<'static> {
    FeatureLevelRecord { name: "metadata.version".into(), feature_level: level, ..Default::default() }.into()
}

fn topic() -> Vec<MetadataRecord<'static>> {
    let partition = PartitionRecord {
        partition_id: 0,
        topic_id: TOPIC,
        replicas: vec![1],
        isr: vec![1],
        leader: 1,
        leader_epoch: 0,
        partition_epoch: 0,
        directories: vec![Uuid::from_u128(5)],
        ..Default::default()
    };
    let config = ConfigRecord {
        resource_type: 2,
        resource_name: "t".into(),
        name: "retention.ms".into(),
        value: Some("5".into()),
        ..Default::default()
    };
    vec![
        feature(30),
        RegisterBrokerRecord { broker_id: 1, broker_epoch: 2, fenced: false, rack: None, ..Default::default() }.into(),
        TopicRecord { name: "t".into(), topic_id: TOPIC, ..Default::default() }.into(),
        partition.into(),
        config.into(),
        ProducerIdsRecord { broker_id: 1, broker_epoch: 2, next_producer_id: 1000, ..Default::default() }.into(),
    ]
}

fn load(records: &[MetadataRecord<'static>]) -> Loader {
    let mut loader = Loader::default();
    for (offset, record) in records.iter().enumerate() {
        loader.replay(offset as i64, 1, 0, record).unwrap();
    }
    loader
}

/// The images' content without where in the log it comes from.
fn content(image: &Image) -> Image {
    let mut content = image.clone();
    (content.offset, content.epoch, content.timestamp_ms) = (0, 0, 0);
    content
}

#[test]
fn a_snapshot_recreates_the_image() {
    let image = load(&topic()).visible().clone();
    let records: Vec<_> = snapshot_records(&image).into_iter().map(|(record, _)| record).collect();
    assert_eq!(content(load(&records).visible()), content(&image));
}

#[test]
fn a_leader_change_raises_both_epochs_and_others_only_the_partitions() {
    let mut records = topic();
    let change = PartitionChangeRecord { partition_id: 0, topic_id: TOPIC, ..Default::default() };
    records.push(PartitionChangeRecord { leader: NO_LEADER, isr: Some(vec![]), ..change.clone() }.into());
    records.push(PartitionChangeRecord { isr: Some(vec![1]), ..change }.into());
    let loader = load(&records);
    let partition = loader.visible().partition(TOPIC, 0).unwrap();
    assert_eq!((partition.leader, partition.leader_epoch, partition.partition_epoch), (NO_LEADER, 1, 2));
}

#[test]
fn a_removed_topic_takes_its_configs_along() {
    let mut records = topic();
    records.push(RemoveTopicRecord { topic_id: TOPIC, ..Default::default() }.into());
    let mut loader = load(&records);
    assert_eq!(loader.visible().topic_count(), 0);
    assert!(loader.visible().config(&ConfigResource::topic("t")).is_empty());
    let (_, delta) = loader.take().unwrap();
    assert_eq!(delta.removed_topics.len(), 1);
    assert!(delta.partitions.is_empty());
}

#[test]
fn nothing_of_an_unfinished_transaction_is_visible() {
    let begin = MetadataRecord::from(BeginTransactionRecord { name: None, ..Default::default() });
    let mut loader = load(&[vec![begin.clone()], topic()].concat());
    assert!(loader.visible().features.is_empty());
    assert!(loader.take().is_none());
    let mut ended = loader.clone();
    ended.replay(50, 1, 0, &EndTransactionRecord::default().into()).unwrap();
    assert_eq!(ended.visible().topic_count(), 1);
    let abort = AbortTransactionRecord { reason: None, ..Default::default() };
    loader.replay(50, 1, 0, &abort.into()).unwrap();
    assert_eq!(loader.latest().topic_count(), 0);
}

#[test]
fn a_record_that_does_not_fit_is_an_error() {
    let change = PartitionChangeRecord { partition_id: 9, topic_id: TOPIC, ..Default::default() };
    let mut loader = load(&topic());
    assert!(loader.replay(10, 1, 0, &change.into()).is_err());
    assert!(loader.replay(10, 1, 0, &EndTransactionRecord::default().into()).is_err());
}

#[test]
fn offsets_and_epochs_never_fall() {
    let loaded = load(&topic());
    let last = loaded.latest().offset;
    let no_op = MetadataRecord::from(protocol::NoOpRecord::default());
    assert_eq!(loaded.clone().replay(last - 1, 1, 0, &no_op), Err(ReplayError::OffsetFell { offset: last - 1, last }));
    assert!(loaded.clone().replay(last + 1, 1, 0, &no_op).is_ok());
    let fell = |record: MetadataRecord<'_>, epoch| {
        matches!(loaded.clone().replay(last + 1, epoch, 0, &record), Err(ReplayError::EpochFell { .. }))
    };
    assert!(fell(no_op, 0));
    let index = *loaded.latest().topic(TOPIC).unwrap().partitions.keys().next().unwrap();
    let partition = |leader_epoch, partition_epoch| {
        let (topic_id, partition_id) = (TOPIC, index);
        protocol::PartitionRecord { topic_id, partition_id, leader_epoch, partition_epoch, ..Default::default() }
    };
    assert!(fell(partition(-1, 0).into(), 1));
    assert!(fell(partition(0, -1).into(), 1));
    let mut loader = loaded.clone();
    loader.replay(last + 1, 1, 0, &partition(i32::MAX, i32::MAX).into()).unwrap();
    let change = PartitionChangeRecord { partition_id: index, topic_id: TOPIC, ..Default::default() };
    assert!(matches!(loader.replay(last + 2, 1, 0, &change.into()), Err(ReplayError::EpochFell { .. })));
    let mut loader = loaded.clone();
    let broker = |broker_epoch| protocol::RegisterBrokerRecord { broker_id: 9, broker_epoch, ..Default::default() };
    loader.replay(last + 1, 1, 0, &broker(7).into()).unwrap();
    assert!(loader.clone().replay(last + 2, 1, 0, &broker(7).into()).is_ok());
    assert!(matches!(loader.replay(last + 2, 1, 0, &broker(6).into()), Err(ReplayError::EpochFell { .. })));
}

/// Where a snapshot takes the place of records, publishers are told the same as the records would have told them.
#[test]
fn what_changed_between_two_images_is_what_the_records_between_them_say() {
    let records = topic();
    let other = Uuid::from_u128(78);
    let more: Vec<MetadataRecord<'static>> = vec![
        PartitionChangeRecord { partition_id: 0, topic_id: TOPIC, leader: NO_LEADER, ..Default::default() }.into(),
        TopicRecord { name: "u".into(), topic_id: other, ..Default::default() }.into(),
        PartitionRecord {
            partition_id: 3,
            topic_id: other,
            replicas: vec![1],
            isr: vec![1],
            leader: 1,
            ..Default::default()
        }
        .into(),
        feature(29),
    ];
    let mut loader = load(&records);
    let (before, _) = loader.take().unwrap();
    for (offset, record) in (records.len() as i64..).zip(&more) {
        loader.replay(offset, 1, 0, record).unwrap();
    }
    let (after, by_records) = loader.take().unwrap();
    let between = Delta::between(&before, &after);
    assert_eq!((&between.topics, &between.partitions), (&by_records.topics, &by_records.partitions));
    assert_eq!((&between.brokers, &between.configs), (&by_records.brokers, &by_records.configs));
    assert_eq!(between.features_changed, by_records.features_changed);
    assert!(between.removed_topics.is_empty());
    let back = Delta::between(&after, &before);
    assert_eq!(back.removed_topics.iter().map(|topic| topic.id).collect::<Vec<_>>(), [other]);
    let nothing = Delta::between(&after, &after);
    assert!(nothing.topics.is_empty() && nothing.partitions.is_empty() && !nothing.features_changed);
}
