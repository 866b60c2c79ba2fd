//! A disk that fills up under a running node: a tmpfs of 48 MiB, mounted for that process alone where the machine lets
//! users do that (`unshare`); where it does not, this test says so and the simulated disk is what stands for it.

mod robust;

use records::{BatchBuilder, BatchOptions};
use robust::node::{Node, until};
use robust::peer::{DELETE_TOPICS, FETCH, Peer};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};

const TOPIC_ALREADY_EXISTS: i64 = 36;
const KAFKA_STORAGE_ERROR: i64 = 56;

const UNSHARE: [&str; 4] = ["--user", "--map-root-user", "--mount", "--"];

/// The command within a mount namespace of its own, with a small disk at `small` in the node's folder.
fn with_small_disk(command: Command, folder: &Path) -> Command {
    let small = folder.join("small");
    std::fs::create_dir_all(&small).unwrap();
    let mut wrapped = Command::new("unshare");
    wrapped.args(UNSHARE).args(["sh", "-c", "mount -t tmpfs -o size=48m tmpfs \"$0\" && exec \"$@\""]).arg(small);
    wrapped.arg(command.get_program()).args(command.get_args()).env_remove("RUST_LOG");
    wrapped
}

fn can_mount() -> bool {
    let mut probe = Command::new("unshare");
    probe.args(UNSHARE).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

fn batch() -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(&[7; 500_000]), &[]);
    builder.finish().unwrap()
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
    let ballast = node.root().join(node.small().strip_prefix("/").unwrap()).join("ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[7; 1024]).is_ok() {}
    // The page where the log ends has room for some more.
    let refused = (0..1000).map(|i| peer.create(&format!("new-{i}"), &[])).find(|code| *code != 0);
    assert_eq!(refused, Some(KAFKA_STORAGE_ERROR), "{}", node.log());
    assert_eq!(peer.create("t", &[]), TOPIC_ALREADY_EXISTS);
    assert!(node.is_alive(), "{}", node.log());
    drop(file);
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
