//! Consumers that read from a follower in their rack (KIP-392), from three brokers in racks of their own.

mod robust;

use robust::cluster::Cluster;
use robust::node::{BINARY, until};
use robust::peer::{FETCH, Peer};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

const RACKS: &str = "broker.rack=r{id}\n\
    replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector\n\
    offsets.topic.replication.factor=3\n";

/// Sends so many records and waits until they are acknowledged by all.
fn produce(cluster: &Cluster, count: usize) {
    let mut command = Command::new(BINARY);
    let bootstrap = format!("127.0.0.1:{}", cluster.members[1].port);
    command.args(["verifiable-producer", "--bootstrap-server", &bootstrap, "--topic", "t", "--acks", "-1"]);
    command.args(["--max-messages", &count.to_string()]);
    let output = command.stdin(Stdio::null()).output().expect("the binary runs");
    assert!(output.status.success(), "{output:?}");
}

/// A fetch of `t-0` that waits for a byte.
fn fetch(offset: i64, rack: &str, version: i16) -> Value {
    let partition = json!({
        "partition": 0, "currentLeaderEpoch": -1, "fetchOffset": offset, "logStartOffset": -1,
        "partitionMaxBytes": 1 << 20,
    });
    let mut request = json!({
        "replicaId": -1, "maxWaitMs": 30_000, "minBytes": 1, "maxBytes": 1 << 20, "isolationLevel": 0,
        "sessionId": 0, "sessionEpoch": -1,
        "topics": [{ "topic": "t", "partitions": [partition] }], "forgottenTopicsData": [],
    });
    if version >= 11 {
        request["rackId"] = rack.into();
    }
    request
}

/// The error of the partition, the replica that its leader names, and whether there are records.
fn answered(response: &Value) -> (i64, i64, bool) {
    let partition = &response["responses"][0]["partitions"][0];
    let number = |name: &str| partition[name].as_i64();
    let has_records = partition["records"].as_str().is_some_and(|records| !records.is_empty());
    (number("errorCode").expect("a number"), number("preferredReadReplica").unwrap_or(-1), has_records)
}

#[test]
fn a_consumer_in_another_rack_reads_from_the_follower_there() {
    let cluster = Cluster::start_many(1, 3, "", RACKS);
    cluster.ask(1, &["topics", "--create", "--topic", "t", "--replica-assignment", "1:2:3"]);
    produce(&cluster, 50);
    let mut peers = [1, 3].map(|index: usize| Peer::connect_to(cluster.members[index].port));
    let mut ask = |peer: usize, offset, rack: &str, version| {
        answered(&peers[peer].call(FETCH, version, "Fetch", &fetch(offset, rack, version)))
    };
    assert_eq!(ask(0, 10, "r3", 11), (0, 3, false));
    for near_to_none in ["r1", "r7", ""] {
        assert_eq!(ask(0, 10, near_to_none, 11), (0, -1, true), "{near_to_none}");
    }
    assert_eq!(ask(0, 10, "", 10), (0, -1, true));
    until("the follower knows what is committed", || ask(1, 49, "r3", 11) == (0, -1, true));
    assert_eq!(ask(1, 51, "r3", 11), (1, -1, false), "beyond its end");
    assert_eq!(ask(1, 10, "", 10), (6, -1, false), "before that version only leaders are asked");
    // Who waits at the follower hears of what is committed.
    let [_, follower] = &mut peers;
    follower.send(FETCH, 11, &protocol::json::encode("FetchRequest", 11, &fetch(50, "r3", 11)).expect("a request"));
    produce(&cluster, 1);
    let response = protocol::json::decode("FetchResponse", 11, &follower.receive()).expect("an answer");
    assert_eq!(answered(&response), (0, -1, true));
    let read = ["--topic", "t", "--from-beginning", "--max-messages", "51", "--timeout-ms", "50000"];
    let said = cluster.ask(1, &[&["console-consumer", "--command-property", "client.rack=r3"][..], &read].concat());
    assert_eq!(said.lines().count(), 51);
}
