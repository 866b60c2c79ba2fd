//! A disk that fills up under a running node: a tmpfs of 48 MiB, mounted for that process alone where the machine lets
//! users do that (`unshare`); where it does not, this test says so and the simulated disk is what stands for it.

mod robust;

use records::{BatchBuilder, BatchOptions};
use robust::cluster::{Cluster, UNSHARE, can_mount};
use robust::node::{Node, get, until};
use robust::peer::{DELETE_TOPICS, FETCH, INCREMENTAL_ALTER_CONFIGS, Peer};
use rustix::process::Signal;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const TOPIC_ALREADY_EXISTS: i64 = 36;
const NOT_LEADER_OR_FOLLOWER: i64 = 6;
const KAFKA_STORAGE_ERROR: i64 = 56;

/// The command within a mount namespace of its own, with a small disk at `small` in the node's folder.
fn with_small_disk(command: Command, folder: &Path) -> Command {
    let small = folder.join("small");
    std::fs::create_dir_all(&small).unwrap();
    let mut wrapped = Command::new("unshare");
    wrapped.args(UNSHARE).args(["sh", "-c", "mount -t tmpfs -o size=48m tmpfs \"$0\" && exec \"$@\""]).arg(small);
    wrapped.arg(command.get_program()).args(command.get_args()).env_remove("RUST_LOG");
    wrapped
}

fn batch() -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(&[7; 500_000]), &[]);
    builder.finish().unwrap()
}

/// Takes all room on a disk; the file that has it.
fn fill(folder: &Path) -> PathBuf {
    let ballast = folder.join("ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[7; 1024]).is_ok() {}
    ballast
}

/// A change of a topic's configs that takes much room in the metadata log.
fn throttle(peer: &mut Peer, topic: &str, index: usize) -> i64 {
    let value = vec![format!("{index}:1"); 4000].join(",");
    let configs = json!([{"name": "leader.replication.throttled.replicas", "configOperation": 0, "value": value}]);
    let resources = json!([{"resourceType": 2, "resourceName": topic, "configs": configs}]);
    let body = json!({"resources": resources, "validateOnly": false});
    let answer = peer.call(INCREMENTAL_ALTER_CONFIGS, 0, "IncrementalAlterConfigs", &body);
    answer["responses"][0]["errorCode"].as_i64().unwrap()
}

/// Whether there is a record at this offset.
fn has_records(peer: &mut Peer, topic: &str, offset: i64) -> bool {
    let partition = json!({"partition": 0, "fetchOffset": offset, "partitionMaxBytes": 1_000_000});
    let topics = json!([{"topic": topic, "partitions": [partition]}]);
    let body = json!({"replicaId": -1, "maxWaitMs": 0, "minBytes": 1, "maxBytes": 1_000_000, "isolationLevel": 0, "topics": topics});
    let answer = peer.call(FETCH, 4, "Fetch", &body);
    let partition = &answer["responses"][0]["partitions"][0];
    partition["errorCode"] == 0 && partition["highWatermark"].as_i64() > Some(offset)
}

fn node_on_small_disk() -> Option<Node> {
    if !can_mount() {
        println!(
            "skipped: this machine lets no user mount a tmpfs; crates/storage/tests/faults.rs has the simulated disk"
        );
        return None;
    }
    let wrap = |mut command: Command, folder: &Path| {
        command.arg("--override").arg(format!("log.dirs={}", folder.join("small").display()));
        with_small_disk(command, folder)
    };
    let overrides = ["log.segment.delete.delay.ms=0", "replica.high.watermark.checkpoint.interval.ms=100"];
    Some(Node::start_by(wrap, &overrides))
}

#[test]
fn changes_of_the_metadata_are_refused_on_a_full_disk_and_taken_when_there_is_room() {
    let Some(mut node) = node_on_small_disk() else { return };
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), 0);
    let ballast = fill(&node.root().join(node.small().strip_prefix("/").unwrap()));
    // The metadata log has room of its own: what an operator changes now is taken for a while.
    let large_changes = (0..200).map(|i| throttle(&mut peer, "t", i)).take_while(|code| *code == 0).count();
    assert!((10..200).contains(&large_changes), "{large_changes}");
    // The page where the log ends has room for some more.
    let refused = (0..1000).map(|i| peer.create(&format!("new-{i}"), &[])).find(|code| *code != 0);
    assert_eq!(refused, Some(KAFKA_STORAGE_ERROR), "{}", node.log());
    assert_eq!(peer.create("t", &[]), TOPIC_ALREADY_EXISTS);
    assert!(node.is_alive(), "{}", node.log());
    std::fs::remove_file(&ballast).unwrap();
    until("changes are taken again", || peer.create("later", &[]) != KAFKA_STORAGE_ERROR);
    assert_eq!(peer.create("later", &[]), TOPIC_ALREADY_EXISTS);
}

#[test]
fn a_full_disk_refuses_writes_and_goes_on_by_itself_when_there_is_room() {
    let Some(mut node) = node_on_small_disk() else { return };
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("ballast", &[]), 0);
    assert_eq!(peer.create("t", &[]), 0);
    let batch = batch();
    for _ in 0..40 {
        assert_eq!(peer.produce("ballast", Some(&batch)), 0);
    }
    let mut acknowledged = 0;
    let refused = loop {
        match peer.produce("t", Some(&batch)) {
            0 => acknowledged += 1,
            code => break code,
        }
        assert!(acknowledged < 200, "the disk never fills");
    };
    assert!(acknowledged > 10, "{acknowledged}");
    println!("{acknowledged} batches, then error {refused}");
    until("a warning", || node.log().contains("nearly full"));
    assert_ne!(peer.produce("t", Some(&batch)), 0);
    assert!(node.is_alive(), "{}", node.log());
    assert!(has_records(&mut peer, "t", acknowledged - 1), "reads go on");

    let body = json!({"topicNames": ["ballast"], "timeoutMs": 30000});
    let answer = peer.call(DELETE_TOPICS, 1, "DeleteTopics", &body);
    assert_eq!(answer["responses"][0]["errorCode"], 0, "{answer}\n{}", node.log());
    until("writes are taken again", || peer.produce("t", Some(&batch)) == 0);
    until("the recovery is told", || node.log().contains("has room again"));
    assert_eq!(node.log().matches("nearly full").count(), 1);
    assert!(has_records(&mut peer, "t", acknowledged), "the next record follows the last that was acknowledged");
}

/// Leader and in-sync replicas of the first partition of a topic, as a broker knows them.
fn leadership(cluster: &Cluster, broker: usize, topic: &str) -> Option<(i32, usize)> {
    let output = cluster.tool(broker, &["topics", "--describe", "--topic", topic]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let after = |name: &str| Some(said.split(name).nth(1)?.split_whitespace().next()?.to_owned());
    Some((after("Leader: ")?.parse().ok()?, after("Isr: ")?.split(',').count()))
}

/// Two topics, one led by broker 1 and one followed by it, and the disk of broker 1 has no room any more: soon another leads
/// and nobody waits for broker 1, although a replica may lag for ten minutes here.
#[test]
fn a_broker_without_room_hands_over_leaves_and_comes_back() {
    if !can_mount() {
        return println!("skipped: this machine lets no user mount a tmpfs; crates/sim has the simulated disk");
    }
    let quick = "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n";
    let patient = format!("{quick}replica.lag.time.max.ms=600000\nottla.full.log.dir.ms=2000\n");
    let mut cluster = Cluster::start_many(1, 3, quick, &patient);
    let (small, pages) = (cluster.members[1].port, cluster.members[1].port + 2);
    cluster.broker(1).end(Signal::TERM);
    cluster.broker(1).configure(&format!("ottla.http.listen=127.0.0.1:{pages}\n"));
    cluster.broker(1).set_small_disk("48m");
    cluster.broker(1).run_again();
    // What moves is more than what the last page of the metadata log has room for.
    let many = vec!["1:2:3"; 100].join(",");
    for (topic, replicas) in [("led", many.as_str()), ("followed", "2:1:3")] {
        cluster.ask(1, &["topics", "--create", "--topic", topic, "--replica-assignment", replicas]);
        until("all know the topic", || (1..=3).all(|broker| leadership(&cluster, broker, topic).is_some()));
    }
    let (mut first, mut second) = (Peer::connect_to(small), Peer::connect_to(cluster.members[2].port));
    let batch = batch();
    assert_eq!((first.produce("led", Some(&batch)), second.produce("followed", Some(&batch))), (0, 0));
    let ready = || get(pages, "/ready").unwrap_or_default();
    assert!(ready().starts_with("HTTP/1.1 200") && ready().ends_with("\r\n\r\nready\n"), "{}", ready());

    let ballast = fill(&cluster.members[1].own_data());
    assert_eq!(first.produce("led", Some(&batch)), KAFKA_STORAGE_ERROR, "{}", cluster.logs());
    assert_eq!(second.produce("followed", Some(&batch)), 0, "it is not waited for: {}", cluster.logs());
    until("another leads", || leadership(&cluster, 2, "led").is_some_and(|(id, isr)| id != 1 && isr == 2));
    assert_eq!(leadership(&cluster, 2, "followed"), Some((2, 2)));
    let (leader, _) = leadership(&cluster, 2, "led").unwrap();
    let mut other = Peer::connect_to(cluster.members[leader as usize].port);
    until("it hears that it leads", || other.produce("led", Some(&batch)) == 0);
    assert!(has_records(&mut other, "led", 1), "behind what was acknowledged before");
    // It hears who leads although it has no room.
    until("it does not lead", || first.produce("led", Some(&batch)) == NOT_LEADER_OR_FOLLOWER);
    let page = ready();
    assert!(page.starts_with("HTTP/1.1 503") && page.contains(&*cluster.data(1).to_string_lossy()), "{page}");
    assert!(get(pages, "/live").unwrap().starts_with("HTTP/1.1 200"));
    let metric = |value: i32| {
        let line = format!("ottla_log_dir_full{{dir=\"{}\"}} {value}", cluster.data(1).display());
        get(pages, "/metrics").unwrap().lines().any(|other| other == line)
    };
    assert!(metric(1));
    assert!(cluster.members[1].said().contains("a log directory is full: its replicas take no writes"));
    assert!(cluster.members[0].said().contains("a log directory of the broker is full"), "{}", cluster.logs());

    std::fs::remove_file(ballast).unwrap();
    for topic in ["led", "followed"] {
        until("it is in sync again", || leadership(&cluster, 2, topic).is_some_and(|(_, isr)| isr == 3));
    }
    until("it is ready again", || ready().ends_with("\r\n\r\nready\n"));
    assert!(metric(0) && cluster.members[1].said().contains("a log directory is not full any more"));
    assert_eq!(other.produce("led", Some(&batch)), 0);
}
