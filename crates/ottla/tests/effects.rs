//! Keys of the configuration whose effect shows only in a whole node.

mod robust;

use records::{BatchBuilder, BatchOptions, Codec, batches};
use robust::node::{Node, until};
use robust::peer::{DELETE_TOPICS, Peer};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const OFFSET_COMMIT: i16 = 8;
const OFFSET_FETCH: i16 = 9;
const FIND_COORDINATOR: i16 = 10;
const DESCRIBE_PRODUCERS: i16 = 61;
const DESCRIBE_TOPIC_PARTITIONS: i16 = 75;

/// A request of a flexible version: both headers end with tagged fields.
fn call_flexible(peer: &mut Peer, key: i16, name: &str, body: &Value) -> Value {
    let body = protocol::json::encode(&format!("{name}Request"), 0, body).expect("a request");
    peer.send(key, 0, &[&[0], &body[..]].concat());
    protocol::json::decode(&format!("{name}Response"), 0, &peer.receive()[1..]).expect("an answer")
}

#[test]
fn offsets_are_stored_with_the_codec_that_is_configured() {
    let node = Node::start(&["offsets.topic.compression.codec=1", "offsets.topic.num.partitions=1"]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), 0);
    let partition = json!({"partitionIndex": 0, "committedOffset": 5, "committedMetadata": "m".repeat(200)});
    let topics = json!([{"name": "t", "partitions": [partition]}]);
    let commit = json!({"groupId": "g", "generationIdOrMemberEpoch": -1, "memberId": "", "retentionTimeMs": -1, "topics": topics});
    until("the offset is committed", || {
        peer.call(FIND_COORDINATOR, 0, "FindCoordinator", &json!({"key": "g"}));
        let answer = peer.call(OFFSET_COMMIT, 2, "OffsetCommit", &commit);
        answer["topics"][0]["partitions"][0]["errorCode"] == 0
    });
    let log = std::fs::read(node.data().join("__consumer_offsets-0/00000000000000000000.log")).unwrap();
    let codecs: Vec<Codec> = batches(&log).map(|batch| batch.unwrap().codec().unwrap()).collect();
    assert!(!codecs.is_empty() && codecs.iter().all(|codec| *codec == Codec::Gzip), "{codecs:?}");
    let fetch = json!({"groupId": "g", "topics": [{"name": "t", "partitionIndexes": [0]}]});
    let answer = peer.call(OFFSET_FETCH, 1, "OffsetFetch", &fetch);
    assert_eq!(answer["topics"][0]["partitions"][0]["committedOffset"], 5);
}

#[test]
fn more_in_sync_replicas_than_there_are_replicas_are_not_waited_for() {
    let node = Node::start(&["min.insync.replicas=2", "offsets.topic.num.partitions=1"]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[("min.insync.replicas", "3")]), 0);
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, Some(b"k"), Some(b"v"), &[]);
    let batch = builder.finish().unwrap();
    until("the partition is led", || peer.produce("t", Some(&batch)) == 0);
    let topics =
        json!([{"name": "t", "partitions": [{"partitionIndex": 0, "committedOffset": 1, "committedMetadata": ""}]}]);
    let commit = json!({"groupId": "g", "generationIdOrMemberEpoch": -1, "memberId": "", "retentionTimeMs": -1, "topics": topics});
    until("the offset is committed", || {
        peer.call(FIND_COORDINATOR, 0, "FindCoordinator", &json!({"key": "g"}));
        let answer = peer.call(OFFSET_COMMIT, 2, "OffsetCommit", &commit);
        answer["topics"][0]["partitions"][0]["errorCode"] == 0
    });
}

#[test]
fn a_fresh_volume_is_formatted_by_a_start_without_a_file() {
    let with_lost_and_found = |command: Command, place: &Path| {
        std::fs::create_dir_all(place.join("data/lost+found")).unwrap();
        command
    };
    Peer::connect(&Node::start_by(with_lost_and_found, &[])).greet();
}

#[test]
fn descriptions_of_topics_stop_at_the_limit_and_topics_stay_where_deletion_is_off() {
    let node = Node::start(&["max.request.partition.size.limit=2", "delete.topic.enable=false"]);
    let mut peer = Peer::connect(&node);
    for topic in ["a", "b", "c"] {
        assert_eq!(peer.create(topic, &[]), 0);
    }
    let body = json!({"topics": [], "responsePartitionLimit": 2000, "cursor": null});
    let answer = call_flexible(&mut peer, DESCRIBE_TOPIC_PARTITIONS, "DescribeTopicPartitions", &body);
    assert_eq!(answer["topics"].as_array().map(Vec::len), Some(2), "{answer}");
    assert_eq!(answer["nextCursor"]["topicName"], "c");
    let answer = peer.call(DELETE_TOPICS, 3, "DeleteTopics", &json!({"topicNames": ["a"], "timeoutMs": 30000}));
    assert_eq!(answer["responses"][0]["errorCode"], 73, "{answer}");
}

#[test]
fn a_shorter_expiration_forgets_producers_without_a_restart() {
    let node = Node::start(&["producer.id.expiration.check.interval.ms=50"]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), 0);
    let of_producer = BatchOptions { producer_id: 5, producer_epoch: 0, base_sequence: 0, ..BatchOptions::default() };
    let now_ms = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let mut builder = BatchBuilder::new(of_producer);
    builder.append(now_ms, None, Some(b"v"), &[]);
    assert_eq!(peer.produce("t", Some(&builder.finish().unwrap())), 0);
    let body = json!({"topics": [{"name": "t", "partitionIndexes": [0]}]});
    let mut known = || {
        let answer = call_flexible(&mut peer, DESCRIBE_PRODUCERS, "DescribeProducers", &body);
        answer["topics"][0]["partitions"][0]["activeProducers"].as_array().map(Vec::len)
    };
    assert_eq!(known(), Some(1));
    Peer::connect(&node).configure("producer.id.expiration.ms", "1");
    until("the producer is forgotten", || known() == Some(0));
}
