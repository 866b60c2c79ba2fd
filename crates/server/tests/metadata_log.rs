//! The metadata log of a whole node on a simulated disk: what the controller writes, refuses, and survives.

mod support;

use base::ErrorCode;
use metadata::ConfigResource;
use protocol::{
    AllocateProducerIdsRequest, BrokerHeartbeatRequest, CreatePartitionsRequest, DeleteTopicsRequest,
    IncrementalAlterConfigsRequest, UpdateFeaturesRequest, create_partitions_request, delete_topics_request,
    incremental_alter_configs_request, update_features_request,
};
use support::{BROKER, CLIENT_METRICS, NO_SPACE, Node, TOPIC};
use testkit::{Fault, FaultOn};

fn subscriptions(count: usize) -> Vec<(i8, String)> {
    (0..count).map(|i| (CLIENT_METRICS, format!("sub-{i}"))).collect()
}

#[test]
fn a_full_disk_refuses_changes_of_the_metadata_and_takes_them_again_later() {
    let mut node = Node::start("");
    assert_eq!(node.create(&[("before", 1)], false), [ErrorCode::None]);
    node.fill_disk();
    let offset = node.quorum.image().offset;
    assert_eq!(node.create(&[("a", 1), ("b", 1)], false), [ErrorCode::KafkaStorageError; 2]);
    assert_eq!(node.alter(&[(TOPIC, "before".into())], &[("retention.ms", "5")]), [ErrorCode::KafkaStorageError]);
    let producers = AllocateProducerIdsRequest { broker_id: 1, broker_epoch: node.epoch, ..Default::default() };
    assert_eq!(node.ask(0, &producers).error_code, ErrorCode::KafkaStorageError.code());
    assert_eq!(node.create(&[("before", 1)], false), [ErrorCode::TopicAlreadyExists]);
    assert_eq!(node.heartbeat().error_code, 0);
    assert_eq!(node.quorum.image().offset, offset);
    node.files.heal();
    assert_eq!(node.create(&[("a", 1), ("b", 1)], false), [ErrorCode::None; 2]);
    assert_eq!(node.ask(0, &producers).producer_id_start, 0);
    assert_eq!(node.quorum.image().offset, offset + 5);
}

#[test]
fn a_broker_whose_session_ends_on_a_full_disk_is_fenced_when_there_is_room() {
    let mut node = Node::start("broker.session.timeout.ms=1000\n");
    node.fill_disk();
    node.pass(1500);
    assert!(!node.quorum.image().brokers[&1].fenced);
    node.files.heal();
    node.pass(1500);
    assert!(node.quorum.image().brokers[&1].fenced);
}

#[test]
fn a_snapshot_that_finds_no_room_is_written_later() {
    // The broker's session outlasts the test: fencing it would make a snapshot of its own due.
    let mut node = Node::start(
        "metadata.log.max.record.bytes.between.snapshots=300\nmetadata.log.max.snapshot.interval.ms=0\n\
         broker.session.timeout.ms=60000\n",
    );
    let before = node.snapshots();
    node.files.inject(Fault { on: FaultOn::Create, after: 0, errno: NO_SPACE, sticky: true });
    for topic in ["a", "b", "c"] {
        assert_eq!(node.create(&[(topic, 5)], false), [ErrorCode::None]);
    }
    assert_eq!(node.snapshots(), before);
    node.files.heal();
    node.pass(1_000);
    assert_eq!(node.snapshots(), before, "the next try waits a while");
    node.pass(10_000);
    assert_eq!(node.snapshots(), before + 1);
}

/// As Apache Kafka 4.3.1 answers, except for what is too large in bytes: there its controller resigns.
#[test]
fn a_request_that_leads_to_too_many_records_is_refused_as_a_whole() {
    let mut node = Node::start("");
    let keys = [("interval.ms", "1000"), ("metrics", "a.b"), ("match", "client_id=a")];
    let end = node.quorum.image().offset;
    let refused = node.alter(&subscriptions(3_334), &keys);
    assert_eq!((refused.len(), &refused[0], &refused[3_333]), (3_334, &ErrorCode::PolicyViolation, &refused[0]));
    let fat = "m".repeat(9_000);
    assert!(node.alter(&subscriptions(1_000), &[("metrics", &fat)]).contains(&ErrorCode::PolicyViolation));
    assert_eq!(node.quorum.image().offset, end);
    assert!(node.alter(&subscriptions(3_333), &keys).iter().all(|error| *error == ErrorCode::None));
    assert_eq!(node.quorum.image().offset, end + 9_999);
    assert_eq!(node.create(&[("a", 10_000)], true), [ErrorCode::PolicyViolation]);
    assert_eq!(node.create(&[("a", 9_999)], true), [ErrorCode::None]);
    assert_eq!(node.create(&[("a", 6_000), ("b", 6_000)], true), [ErrorCode::PolicyViolation; 2]);
}

#[test]
fn a_broker_with_more_partitions_than_a_batch_holds_is_fenced_all_the_same() {
    let mut node = Node::start("broker.session.timeout.ms=1000\n");
    for topic in ["a", "b"] {
        assert_eq!(node.create(&[(topic, 6_000)], false), [ErrorCode::None]);
    }
    node.pass(1500);
    let image = node.quorum.image();
    assert!(image.brokers[&1].fenced);
    let mut leaders = image.topics_by_name().flat_map(|topic| topic.partitions.values().map(|one| one.leader));
    assert!(leaders.all(|leader| leader == metadata::NO_LEADER));
}

#[test]
fn a_broker_that_registers_again_with_its_incarnation_stays_unfenced() {
    let mut node = Node::start("");
    let again = node.register();
    assert_eq!((again.error_code, again.broker_epoch), (0, node.epoch));
    assert!(!node.quorum.image().brokers[&1].fenced);
    let leave = BrokerHeartbeatRequest {
        broker_id: 1,
        broker_epoch: node.epoch,
        current_metadata_offset: node.quorum.image().offset,
        want_shut_down: true,
        ..Default::default()
    };
    node.create(&[("a", 1)], false);
    node.ask(1, &leave);
    node.register();
    assert!(node.quorum.image().brokers[&1].in_controlled_shutdown);
}

#[test]
fn topics_are_not_deleted_where_deletion_is_disabled() {
    let mut node = Node::start("delete.topic.enable=false\n");
    node.create(&[("a", 1)], false);
    let by_name = DeleteTopicsRequest { topic_names: vec!["a".into(), "none".into()], ..Default::default() };
    for (version, expected) in [(1, ErrorCode::InvalidRequest), (3, ErrorCode::TopicDeletionDisabled)] {
        let response = node.ask(version, &by_name);
        let codes: Vec<_> = response.responses.iter().map(|one| ErrorCode::from_code(one.error_code)).collect();
        assert_eq!(codes, [expected, expected], "version {version}");
    }
    let state = delete_topics_request::DeleteTopicState { name: Some("a".into()), ..Default::default() };
    let response = node.ask(6, &DeleteTopicsRequest { topics: vec![state], ..Default::default() });
    let [answer] = &response.responses[..] else { panic!("{response:?}") };
    assert_eq!((answer.error_code, &answer.error_message), (ErrorCode::TopicDeletionDisabled.code(), &None));
    assert!(node.quorum.image().topic_by_name("a").is_some());
}

/// The records of Apache Kafka 4.3.1 for the same changes; what depends on a broker's file is that broker's to refuse
/// (`broker/src/handlers/broker_configs.rs`).
#[test]
fn the_controller_refuses_of_changes_of_brokers_what_no_broker_takes() {
    let mut node = Node::start("listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL\n");
    let config = |key: &str, value: &str| incremental_alter_configs_request::AlterableConfig {
        name: key.to_owned().into(),
        config_operation: 0,
        value: Some(value.to_owned().into()),
        ..Default::default()
    };
    let mut wrong = Vec::new();
    // Taken from the tests of the crate that decides.
    for line in include_str!("../../config/tests/data/dynamic-verdicts.tsv").lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [key, scope, prefix, value, kafka] = columns[..] else { panic!("{line}") };
        let name = if scope == "broker" { "1" } else { "" };
        let resource = incremental_alter_configs_request::AlterConfigsResource {
            resource_type: BROKER,
            resource_name: name.into(),
            configs: vec![config(&format!("{prefix}{key}"), if value == "[]" { "" } else { value })],
            ..Default::default()
        };
        let request =
            IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: true, ..Default::default() };
        let response = &node.ask(1, &request).responses[0];
        let code = ErrorCode::from_code(response.error_code);
        let is_alike = match (kafka, code) {
            ("ok", code) => code == ErrorCode::None,
            (_, code) if kafka.starts_with("Cannot") || kafka.starts_with("These") => {
                code == ErrorCode::InvalidRequest && response.error_message.as_deref() == Some(kafka)
            }
            (_, code) => [ErrorCode::None, ErrorCode::InvalidRequest].contains(&code),
        };
        if !is_alike {
            wrong.push(format!("{line}\n  ours: {code:?} {:?}", response.error_message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn configs_are_those_of_a_registered_broker_or_controller() {
    // No broker has registered, but the controller has.
    let mut node = Node::begin("");
    while !node.quorum.is_active_controller() {
        node.pass(100);
    }
    assert!(node.quorum.image().brokers.is_empty());
    let resources = ["1", "77", "x"].map(|name| (BROKER, name.to_owned()));
    assert_eq!(
        node.alter(&resources, &[("max.connections", "5")]),
        [ErrorCode::None, ErrorCode::BrokerIdNotRegistered, ErrorCode::InvalidRequest]
    );
}

#[test]
fn a_change_of_min_insync_replicas_forgets_eligible_leaders() {
    let mut node = Node::start("broker.session.timeout.ms=1000\n");
    node.create(&[("a", 1), ("b", 1)], false);
    node.pass(1500);
    let elr = |node: &Node, topic: &str| {
        let partition = node.quorum.image().topic_by_name(topic).unwrap().partitions[&0].clone();
        (partition.elr.clone(), partition.last_known_elr.clone())
    };
    assert_eq!(elr(&node, "a"), (vec![1], vec![1]));
    let (end, epoch) = (node.quorum.image().offset, node.partition_epoch("a"));
    assert_eq!(node.alter(&[(TOPIC, "a".into())], &[("min.insync.replicas", "2"), ("retention.ms", "7")]).len(), 1);
    assert_eq!(node.quorum.image().offset, end + 3);
    assert_eq!((elr(&node, "a"), elr(&node, "b")), ((vec![], vec![]), (vec![1], vec![1])));
    assert_eq!(node.partition_epoch("a"), epoch + 1);
    // The value that is there already is no change.
    node.alter(&[(TOPIC, "a".into())], &[("min.insync.replicas", "2")]);
    assert_eq!(node.quorum.image().offset, end + 3);
    assert_eq!(node.alter(&[(BROKER, String::new())], &[("min.insync.replicas", "3")]), [ErrorCode::None]);
    assert_eq!(node.quorum.image().offset, end + 5);
    assert_eq!(elr(&node, "b"), (vec![], vec![]));
    assert!(node.quorum.image().configs.contains_key(&ConfigResource::all_brokers()));
}

/// The records of Apache Kafka 4.3.1.
#[test]
fn eligible_leaders_come_with_one_min_insync_replicas_for_all_brokers() {
    let mut node = Node::start("");
    let level = |node: &mut Node, level| {
        let update = update_features_request::FeatureUpdateKey {
            feature: "eligible.leader.replicas.version".into(),
            max_version_level: level,
            upgrade_type: if level == 0 { 2 } else { 1 },
            ..Default::default()
        };
        let request = UpdateFeaturesRequest { feature_updates: vec![update], ..Default::default() };
        assert_eq!(node.ask(2, &request).error_code, 0);
    };
    level(&mut node, 0);
    assert_eq!(node.alter(&[(BROKER, "1".into())], &[("min.insync.replicas", "3")]), [ErrorCode::None]);
    level(&mut node, 1);
    let image = node.quorum.image();
    let of = |resource| image.configs.get(&resource).and_then(|configs| configs.get("min.insync.replicas")).cloned();
    assert_eq!(of(ConfigResource::new(metadata::ConfigResourceType::Broker, "1")), None);
    assert_eq!(of(ConfigResource::all_brokers()).as_deref(), Some("1"));
}

/// As Apache Kafka 4.3.1: 10,000 partitions may be added at once, and one more has no code of its own.
#[test]
fn too_many_new_partitions_leave_their_topic_as_it_is() {
    let mut node = Node::start("");
    node.create(&[("a", 1)], false);
    for (count, expected) in [(10_001, ErrorCode::None), (10_002, ErrorCode::UnknownServerError)] {
        let topic = create_partitions_request::CreatePartitionsTopic {
            name: "a".into(),
            count,
            assignments: None,
            ..Default::default()
        };
        let request = CreatePartitionsRequest { topics: vec![topic], validate_only: true, ..Default::default() };
        assert_eq!(node.ask(3, &request).results[0].error_code, expected.code(), "{count}");
    }
}

/// Found by a simulated cluster: the folder of the log had no durable name yet, and with it the vote went.
#[test]
fn an_epoch_is_not_led_twice_when_the_power_goes_right_after_the_first_election() {
    for seed in 1..=20 {
        let node = Node::begin("");
        let first = node.view().epoch;
        assert_eq!(node.view().leader_id, Some(1));
        node.files.power_cut(seed);
        let again = node.begin_again("");
        assert!(again.view().epoch > first, "epoch {first} was led, and epoch {} is", again.view().epoch);
    }
}
