//! Clusters of every metadata.version from which Kafka 4.3 starts: they serve, write what their level has, are raised, and
//! start again.

mod support;

use base::{ErrorCode, Files};
use metadata::{Image, METADATA_VERSION, NO_LEADER, metadata_versions};
use protocol::{
    AllocateProducerIdsRequest, AssignReplicasToDirsRequest, BrokerHeartbeatRequest, UpdateFeaturesRequest,
    assign_replicas_to_dirs_request as assign, update_features_request,
};
use std::path::Path;
use support::{BROKER, DIRECTORY, Node, TOPIC};

/// Snapshots after every few records.
const FILE: &str = "metadata.log.max.record.bytes.between.snapshots=300\nmetadata.log.max.snapshot.interval.ms=0\n";
/// What `kafka-features.sh upgrade --release-version 4.3` asks for.
const RELEASE: [(&str, i16); 7] = [
    ("eligible.leader.replicas.version", 1),
    ("group.version", 1),
    ("kraft.version", 1),
    (METADATA_VERSION, 30),
    ("share.version", 1),
    ("streams.version", 1),
    ("transaction.version", 2),
];

fn raise(node: &mut Node, levels: &[(&str, i16)], validate_only: bool) -> (i16, Option<String>) {
    let updates = levels.iter().map(|(name, level)| update_features_request::FeatureUpdateKey {
        feature: (*name).into(),
        max_version_level: *level,
        upgrade_type: 1,
        ..Default::default()
    });
    let request = UpdateFeaturesRequest { feature_updates: updates.collect(), validate_only, ..Default::default() };
    let response = node.ask(2, &request);
    (response.error_code, response.error_message.map(Into::into))
}

/// The code with which the controller takes note of a replica's directory.
fn assign_directory(node: &mut Node, topic: &str) -> i16 {
    let topic_id = node.quorum.image().topic_by_name(topic).unwrap().id;
    let partitions = vec![assign::PartitionData { partition_index: 0, ..Default::default() }];
    let topics = vec![assign::TopicData { topic_id, partitions, ..Default::default() }];
    let directories = vec![assign::DirectoryData { id: DIRECTORY, topics, ..Default::default() }];
    let request =
        AssignReplicasToDirsRequest { broker_id: 1, broker_epoch: node.epoch, directories, ..Default::default() };
    node.ask(0, &request).error_code
}

/// Does what brokers and clients ask for.
fn serve(node: &mut Node, topic: &str) {
    assert_eq!(node.create(&[(topic, 3)], false), [ErrorCode::None]);
    assert_eq!(node.alter(&[(TOPIC, topic.into())], &[("retention.ms", "7")]), [ErrorCode::None]);
    assert_eq!(node.alter(&[(BROKER, String::new())], &[("log.retention.ms", "9")]), [ErrorCode::None]);
    let request = AllocateProducerIdsRequest { broker_id: 1, broker_epoch: node.epoch, ..Default::default() };
    assert_eq!(node.ask(0, &request).error_code, 0);
    let assigned = if node.quorum.image().features.assigns_directories() { 0 } else { 35 };
    assert_eq!(assign_directory(node, topic), assigned);
    assert!(!node.heartbeat().is_fenced);
    // Fenced, with all leaders gone, and back.
    let fence = BrokerHeartbeatRequest {
        broker_id: 1,
        broker_epoch: node.epoch,
        current_metadata_offset: node.quorum.image().offset,
        want_fence: true,
        ..Default::default()
    };
    assert!(node.ask(1, &fence).is_fenced);
    assert_eq!(node.quorum.image().topic_by_name(topic).unwrap().partitions[&0].leader, NO_LEADER);
    assert!(!node.heartbeat().is_fenced);
    assert_eq!(node.quorum.image().topic_by_name(topic).unwrap().partitions[&0].leader, 1);
}

fn same(one: &Image, other: &Image) -> bool {
    metadata::snapshot_records(one) == metadata::snapshot_records(other)
}

#[test]
fn every_level_serves_and_is_raised_with_static_voters() {
    for (level, name) in metadata_versions() {
        let mut node = Node::start_at(FILE, vec![(METADATA_VERSION.to_owned(), *level)]);
        serve(&mut node, "a");
        let image = node.quorum.image().clone();
        assert_eq!(image.features.level(METADATA_VERSION), *level);
        assert_eq!(image.controllers.contains_key(&1), image.features.controllers_register(), "{name}");
        assert_eq!(image.brokers[&1].log_dirs.is_empty(), !image.features.assigns_directories(), "{name}");
        assert!(node.snapshots() > 1, "{name}");

        let mut node = node.restart(FILE);
        assert!(same(node.quorum.image(), &image) || image.features.controllers_register(), "{name}");
        assert_eq!(node.quorum.kraft_version(), 0);
        assert_eq!(raise(&mut node, &RELEASE, true), (0, None), "{name}");
        assert_eq!(node.quorum.image().features.level(METADATA_VERSION), *level, "{name}: nothing but a question");
        assert_eq!(raise(&mut node, &RELEASE, false), (0, None), "{name}");
        let features = &node.quorum.image().features;
        for (feature, level) in RELEASE.iter().filter(|(feature, _)| *feature != "kraft.version") {
            assert_eq!(features.level(feature), *level, "{name}: {feature}");
        }
        assert_eq!(node.quorum.kraft_version(), 1, "{name}");
        assert!(node.quorum.image().controllers.contains_key(&1), "{name}: the controller is known from now on");
        let state = node.files.read(Path::new("/data/__cluster_metadata-0/quorum-state")).unwrap();
        assert!(String::from_utf8_lossy(&state).contains("\"data_version\":1"), "{name}");

        // The same incarnation again, which now says what the level before could not carry.
        assert_eq!(node.register().broker_epoch, node.epoch);
        assert_eq!(node.quorum.image().brokers[&1].log_dirs.len(), 1, "{name}");
        serve(&mut node, "b");
        let image = node.quorum.image().clone();
        let node = node.restart(FILE);
        assert_eq!((node.quorum.kraft_version(), node.quorum.is_voter()), (1, true), "{name}");
        assert_eq!(node.quorum.image().topic_by_name("b").unwrap().id, image.topic_by_name("b").unwrap().id);
    }
}

#[test]
fn what_cannot_be_raised_leaves_everything_as_it_is() {
    let mut node = Node::start_at("", vec![(METADATA_VERSION.to_owned(), 14)]);
    let (code, message) = raise(&mut node, &[("kraft.version", 1), ("group.version", 9)], false);
    assert_eq!(code, ErrorCode::InvalidUpdateVersion.code());
    assert!(message.unwrap().contains("Invalid update version 9 for feature group.version"));
    assert_eq!(node.quorum.kraft_version(), 0);
    assert_eq!(raise(&mut node, &[("kraft.version", 1)], false), (0, None));
    assert_eq!(raise(&mut node, &[("kraft.version", 1)], false), (0, None), "it is there");
}
