//! Three brokers that replicate, as processes of their own: leaders are killed under load, nothing acknowledged is lost,
//! groups go on where their coordinators moved to, and in the end the replicas are the same to the byte.

mod robust;

use records::{BatchBuilder, BatchOptions};
use robust::cluster::Cluster;
use robust::node::{BINARY, until};
use robust::peer::Peer;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const QUICK: &str =
    "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\noffsets.topic.replication.factor=3\n";

fn all(cluster: &Cluster) -> String {
    let ports: Vec<String> = (1..=3).map(|broker| format!("127.0.0.1:{}", cluster.members[broker].port)).collect();
    ports.join(",")
}

/// Begins to send numbered records with an idempotent producer that wants all acknowledgements.
fn produce(cluster: &Cluster, topic: &str, count: usize) -> Child {
    let mut command = Command::new(BINARY);
    command.args(["verifiable-producer", "--bootstrap-server", &all(cluster), "--topic", topic, "--acks", "-1"]);
    command.args(["--max-messages", &count.to_string(), "--throughput", "400"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
}

/// Waits until it has sent them all; the values of those that were acknowledged. It does not try again, so a few that were
/// on their way to a broker that is killed are not.
fn acknowledged(cluster: &Cluster, producer: Child, count: usize) -> Vec<String> {
    let output = producer.wait_with_output().expect("an end");
    let (said, erred) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let value = |line: &str| Some(line.split("\"value\":\"").nth(1)?.split('"').next()?.to_owned());
    let all: Vec<String> =
        said.lines().filter(|line| line.contains("producer_send_success")).filter_map(value).collect();
    assert!(all.len() + 50 > count, "{said}{erred}\n{}", cluster.logs());
    all
}

/// How many records the topic has.
fn records(cluster: &Cluster, broker: usize) -> usize {
    let said = cluster.ask(broker, &["get-offsets", "--topic", "t"]);
    said.lines().filter_map(|line| line.rsplit(':').next()?.parse::<usize>().ok()).sum()
}

/// Reads so many records as a member of a group that commits what it has read.
fn consume(cluster: &Cluster, broker: usize, group: &str, count: usize) -> BTreeMap<String, usize> {
    let count = count.to_string();
    let arguments =
        ["console-consumer", "--topic", "t", "--group", group, "--from-beginning", "--max-messages", &count];
    let said = cluster.ask(broker, &[&arguments[..], &["--timeout-ms", "50000"]].concat());
    assert_eq!(said.lines().count().to_string(), count);
    let mut values = BTreeMap::new();
    said.lines().for_each(|value| *values.entry(value.to_owned()).or_default() += 1);
    values
}

/// Partitions of a topic that have so many replicas in sync, as a broker knows it: none, where it does not know the topic yet.
fn in_sync(cluster: &Cluster, broker: usize, topic: &str, replicas: usize) -> usize {
    let output = cluster.tool(broker, &["topics", "--describe", "--topic", topic]);
    let said = String::from_utf8_lossy(&output.stdout);
    let isr = said.lines().filter_map(|line| line.split("\tIsr: ").nth(1)?.split('\t').next());
    isr.filter(|isr| isr.split(',').count() == replicas).count()
}

/// The logs of a data folder: the name of each file of records, and its bytes.
fn logs(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut logs = BTreeMap::new();
    for folder in std::fs::read_dir(data).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("t-") || name.starts_with("__consumer_offsets-") {
            for file in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if file.extension().is_some_and(|extension| extension == "log") {
                    let file_name = file.file_name().expect("a name").to_string_lossy().into_owned();
                    logs.insert(format!("{name}/{file_name}"), std::fs::read(&file).expect("a file"));
                }
            }
        }
    }
    logs
}

#[test]
fn requests_of_one_connection_are_appended_while_earlier_ones_wait_for_the_replicas() {
    const REQUESTS: i64 = 5;
    let mut cluster = Cluster::start_many(1, 3, "", "");
    cluster.ask(1, &["topics", "--create", "--topic", "t", "--replica-assignment", "1:2:3"]);
    until("all know the topic", || (1..=3).all(|broker| in_sync(&cluster, broker, "t", 3) == 1));
    let mut batch = BatchBuilder::new(BatchOptions::default());
    batch.append(1, None, Some(b"waits for two"), &[]);
    let batch = batch.finish().expect("a batch").to_vec();

    for follower in [2, 3] {
        cluster.broker(follower).signal(Signal::STOP);
    }
    let mut peer = Peer::connect_to(cluster.members[1].port);
    (0..REQUESTS).for_each(|_| peer.send_records("t", Some(&batch)));
    let bytes = || logs(&cluster.data(1)).values().map(Vec::len).sum::<usize>();
    until("all are appended", || bytes() == batch.len() * REQUESTS as usize);
    peer.stream.set_nonblocking(true).expect("a mode");
    assert!(peer.stream.peek(&mut [0]).is_err(), "none is answered before it is replicated");
    peer.stream.set_nonblocking(false).expect("a mode");
    for follower in [2, 3] {
        cluster.broker(follower).signal(Signal::CONT);
    }
    let answers: Vec<(i64, i64)> = (0..REQUESTS).map(|_| peer.produced()).collect();
    assert_eq!(answers, (0..REQUESTS).map(|offset| (0, offset)).collect::<Vec<_>>());
}

#[test]
fn what_was_deleted_is_deleted_at_every_replica_when_the_answer_comes() {
    let mut cluster = Cluster::start_many(1, 3, QUICK, QUICK);
    cluster.ask(1, &["topics", "--create", "--topic", "t", "--replica-assignment", "1:2:3"]);
    until("all know the topic", || (1..=3).all(|broker| in_sync(&cluster, broker, "t", 3) == 1));
    let producer = produce(&cluster, "t", 100);
    acknowledged(&cluster, producer, 100);
    let file = cluster.data(1).join("delete.json");
    std::fs::write(&file, r#"{"partitions":[{"topic":"t","partition":0,"offset":60}],"version":1}"#).expect("a file");
    let said = cluster.ask(2, &["delete-records", "--offset-json-file", &file.to_string_lossy()]);
    assert!(said.contains("low_watermark: 60"), "{said}");
    cluster.broker(1).end(Signal::KILL);
    until("another leads", || {
        let earliest = cluster.tool(2, &["get-offsets", "--topic", "t", "--time", "earliest"]);
        String::from_utf8_lossy(&earliest.stdout).trim() == "t:0:60"
    });
}

#[test]
fn leaders_that_are_killed_take_nothing_acknowledged_with_them() {
    let mut cluster = Cluster::start_many(1, 3, QUICK, QUICK);
    let create = ["topics", "--create", "--topic", "t", "--partitions", "3", "--replication-factor", "3"];
    cluster.ask(1, &[&create[..], &["--config", "min.insync.replicas=2"]].concat());
    until("all know the topic", || (1..=3).all(|broker| in_sync(&cluster, broker, "t", 3) == 3));

    let producer = produce(&cluster, "t", 1500);
    consume(&cluster, 2, "readers", 200);
    cluster.broker(1).end(Signal::KILL);
    let mut told = acknowledged(&cluster, producer, 1500);
    assert_eq!(in_sync(&cluster, 2, "t", 2), 3, "who was killed is not in sync");
    consume(&cluster, 3, "readers", 800);

    cluster.broker(1).run_again();
    until("it is in sync again", || in_sync(&cluster, 2, "t", 3) == 3);
    let producer = produce(&cluster, "t", 1500);
    cluster.broker(2).end(Signal::KILL);
    told.extend(acknowledged(&cluster, producer, 1500));
    let rest = records(&cluster, 1) - 1000;
    consume(&cluster, 1, "readers", rest);
    cluster.broker(2).run_again();
    until("it is in sync again", || in_sync(&cluster, 3, "t", 3) == 3);

    // An orderly stop hands the leaders over first: nobody who writes meanwhile waits for a session to end.
    let producer = produce(&cluster, "t", 400);
    cluster.broker(3).end(Signal::TERM);
    told.extend(acknowledged(&cluster, producer, 400));
    cluster.broker(3).run_again();
    until("it is in sync again", || in_sync(&cluster, 1, "t", 3) == 3);
    until("so are the groups' offsets", || in_sync(&cluster, 1, "__consumer_offsets", 3) == 6);
    let read = consume(&cluster, 2, "others", records(&cluster, 2));
    let mut needed = BTreeMap::<String, usize>::new();
    told.into_iter().for_each(|value| *needed.entry(value).or_default() += 1);
    for (value, times) in needed {
        assert!(read.get(&value).is_some_and(|read| *read >= times), "{value} was acknowledged {times} times");
    }

    for broker in 1..=3 {
        cluster.broker(broker).end(Signal::TERM);
    }
    let [first, second, third] = [1, 2, 3].map(|broker| logs(&cluster.data(broker)));
    assert_eq!(first.len(), 9, "{:?}", first.keys());
    for (name, bytes) in &first {
        assert!(second.get(name) == Some(bytes) && third.get(name) == Some(bytes), "{name} differs");
    }
}
