//! What a node must not take part in: levels that it does not serve, transactions, ACLs. It ends by name, before it leads,
//! before it registers, and before it answers another client.

mod robust;

use robust::cluster::{Cluster, Member};
use robust::inject::{acl, inject, level, of_kafka_4_4, topic};
use robust::node::{BINARY, PATIENCE, free_ports, until};
use robust::peer::Peer;
use rustix::process::Signal;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

const TRANSACTIONS: &str = "__transaction_state";

/// A node that is a cluster by itself, under the name of the controller.
fn alone() -> Cluster {
    let mut cluster = Cluster::start_many(1, 0, "", "");
    cluster.controller().end(Signal::TERM);
    let (controller, client) = (cluster.members[0].port, free_ports());
    let combined = format!(
        "process.roles=broker,controller\nlisteners=PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}\n"
    );
    cluster.members[0].configure(&combined);
    // Tools go to its brokers' listener.
    cluster.members[0].port = client;
    cluster.members[0].run_again();
    cluster
}

/// Ends by itself with the code of an error; what it said about that.
fn refuses(member: &mut Member) -> String {
    let before = member.said().len();
    member.run();
    let code = member.ends();
    let said = member.said().split_off(before);
    assert_eq!(code, Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// The vote and the log of a metadata quorum.
fn quorum_files(data: &Path) -> (Option<Vec<u8>>, Vec<u8>) {
    let folder = data.join("__cluster_metadata-0");
    let log = std::fs::read(folder.join("00000000000000000000.log")).expect("a log");
    (std::fs::read(folder.join("quorum-state")).ok(), log)
}

/// What the metadata log holds, a line a record.
fn metadata(data: &Path) -> String {
    let log = data.join("__cluster_metadata-0/00000000000000000000.log");
    let mut dump = Command::new(BINARY);
    dump.args(["dump-log", "--cluster-metadata-decoder", "--skip-record-metadata", "--files"]).arg(log);
    String::from_utf8_lossy(&dump.output().expect("the binary runs").stdout).into_owned()
}

/// The highest level of a feature that a registration in the log gives, for each of this kind of record.
fn registered(data: &Path, record: &str, feature: &str) -> Vec<String> {
    let log = metadata(data);
    let lines = log.lines().filter(|line| line.contains(&format!("\"{record}\"")));
    let of_feature =
        |line: &str| Some(line.split(&format!("\"name\":\"{feature}\"")).nth(1)?.split('}').next()?.to_owned());
    lines.filter_map(of_feature).collect()
}

/// What `features describe` says of a feature.
fn described(cluster: &Cluster, member: usize, feature: &str) -> String {
    let said = cluster.ask(member, &["features", "describe"]);
    said.lines()
        .find(|line| line.contains(feature))
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn failed(cluster: &Cluster, member: usize, arguments: &[&str]) -> String {
    let output = cluster.tool(member, arguments);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "{arguments:?}: {said}");
    said
}

#[test]
fn nodes_of_several_register_what_they_serve_and_no_more_can_be_finalized() {
    let cluster = Cluster::start_many(3, 1, "", "");
    const BROKER: usize = 3;
    let of = |record| registered(&cluster.data(BROKER), record, "group.version");
    until("all have registered", || {
        of("REGISTER_CONTROLLER_RECORD").len() >= 3 && !of("REGISTER_BROKER_RECORD").is_empty()
    });
    for said in of("REGISTER_CONTROLLER_RECORD").iter().chain(&of("REGISTER_BROKER_RECORD")) {
        assert!(said.contains("\"minSupportedVersion\":0,\"maxSupportedVersion\":0"), "{said}");
    }
    for feature in ["group.version", "share.version", "streams.version", "transaction.version"] {
        let said = described(&cluster, BROKER, feature);
        assert!(said.contains("SupportedMinVersion: 0 SupportedMaxVersion: 0 FinalizedVersionLevel: 0"), "{said}");
        let said = failed(&cluster, BROKER, &["features", "upgrade", "--feature", &format!("{feature}=1")]);
        assert!(said.contains(&format!("Invalid update version 1 for feature {feature}")), "{said}");
        assert!(said.contains("only supports versions 0-0"), "{said}");
    }
    let said = described(&cluster, BROKER, "metadata.version");
    assert!(said.contains("SupportedMaxVersion: 4.3-IV0 FinalizedVersionLevel: 4.3-IV0"), "{said}");
}

#[test]
fn format_finalizes_what_is_served_and_refuses_more() {
    let cluster = Cluster::start_many(1, 0, "", "");
    let file = cluster.members[0].file();
    let mut format = Command::new(BINARY);
    format.args(["storage", "format", "-t", "BBBBBBBBQBCBBBBBBBBBBA", "--feature", "group.version=1", "-c", file]);
    let output = format.output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("does not serve group.version=1") && said.contains("hint"), "{said}");
}

#[test]
fn a_node_that_is_a_cluster_by_itself_goes_on_with_kafkas_levels_and_lets_nobody_join() {
    let mut cluster = alone();
    cluster.ask(0, &["features", "upgrade", "--release-version", "4.3"]);
    cluster.controller().end(Signal::TERM);
    inject(&cluster.data(0), &topic(TRANSACTIONS));
    cluster.controller().run_again();
    let said = described(&cluster, 0, "transaction.version");
    assert!(said.contains("SupportedMaxVersion: 2 FinalizedVersionLevel: 2"), "{said}");
    cluster.ask(0, &["topics", "--create", "--topic", "t", "--partitions", "1"]);

    // A broker of Ottla sees the levels before it registers, and makes nothing in its folder.
    let more = format!("process.roles=broker\nnode.id=5\nlisteners=PLAINTEXT://127.0.0.1:{}\n", free_ports());
    let mut broker = cluster.double(0, robust::cluster::CLUSTER_ID, &more);
    let said = refuses(&mut broker);
    assert!(said.contains("group.version=1 (served: 0), share.version=1 (served: 0)"), "{said}");
    assert!(said.contains("downgrade --feature group.version=0 --feature share.version=0"), "{said}");
    assert!(said.contains("stopped in order"), "{said}");
    assert!(!metadata(&cluster.data(0)).contains("\"brokerId\":5"), "it has not registered");
}

#[test]
fn a_node_that_was_a_cluster_by_itself_says_less_of_itself_once_another_is_there() {
    let cluster = alone();
    let of = |record| registered(&cluster.data(0), record, "group.version");
    let said = described(&cluster, 0, "group.version");
    assert!(said.contains("SupportedMaxVersion: 1 FinalizedVersionLevel: 0"), "{said}");
    let more = format!("process.roles=broker\nnode.id=5\nlisteners=PLAINTEXT://127.0.0.1:{}\n", free_ports());
    let mut broker = cluster.double(0, robust::cluster::CLUSTER_ID, &more);
    broker.run();
    broker.becomes_ready();
    let is_less = |said: &String| said.contains("\"maxSupportedVersion\":0");
    until("its broker has registered again", || {
        of("REGISTER_BROKER_RECORD").iter().filter(|said| is_less(said)).count() == 2
    });
    until("so has its controller", || of("REGISTER_CONTROLLER_RECORD").last().is_some_and(is_less));
    let said = described(&cluster, 0, "group.version");
    assert!(said.contains("SupportedMaxVersion: 0 FinalizedVersionLevel: 0"), "{said}");
}

#[test]
fn levels_in_its_own_log_end_a_controller_before_it_leads() {
    let mut cluster = Cluster::start_many(1, 0, "", "");
    cluster.controller().end(Signal::TERM);
    inject(&cluster.data(0), &[level("group.version", 1), level("transaction.version", 2)]);
    let before = quorum_files(&cluster.data(0));
    let said = refuses(cluster.controller());
    assert!(said.contains("group.version=1 (served: 0), transaction.version=2 (served: 0)"), "{said}");
    assert!(said.contains("downgrade --feature group.version=0 --feature transaction.version=0"), "{said}");
    assert_eq!(quorum_files(&cluster.data(0)), before);
    inject(&cluster.data(0), &[level("group.version", 0), level("transaction.version", 0)]);
    cluster.controller().run_again();
}

#[test]
fn voters_that_find_nobody_who_knows_better_end_without_an_election() {
    let mut cluster = Cluster::start_many(3, 0, "", "");
    for member in 0..3 {
        cluster.members[member].end(Signal::TERM);
    }
    for member in 0..3 {
        inject(&cluster.data(member), &[level("group.version", 1)]);
    }
    let before: Vec<usize> = cluster.members.iter().map(|member| member.said().len()).collect();
    cluster.members.iter_mut().for_each(Member::run);
    for (member, before) in cluster.members.iter_mut().zip(before) {
        assert_eq!(member.ends(), Some(1));
        let said = member.said().split_off(before);
        assert!(said.contains("stands in no election") && said.contains("group.version=1 (served: 0)"), "{said}");
        assert!(!said.contains("granted=true") && !said.contains("this node leads"), "{said}");
    }
}

/// One voter is away, one missed that the levels were taken down: who knows is elected with its vote.
#[test]
fn a_voter_whose_log_is_behind_lets_who_knows_better_be_elected() {
    let mut cluster = Cluster::start_many(3, 0, "", "");
    for member in 0..3 {
        cluster.members[member].end(Signal::TERM);
    }
    for member in 0..2 {
        inject(&cluster.data(member), &[level("group.version", 1)]);
    }
    inject(&cluster.data(1), &[level("group.version", 0)]);
    cluster.members[..2].iter_mut().for_each(Member::run);
    cluster.members[0].says("granted=true", 0);
    cluster.members[0].says("what holds in its cluster is served here", 0);
    cluster.members[1].says("this node is the active controller", 0);
}

#[test]
fn a_cluster_of_a_later_kafka_is_an_error_by_name() {
    for roles in ["controller", "broker,controller"] {
        let mut cluster = if roles == "controller" { Cluster::start_many(1, 0, "", "") } else { alone() };
        cluster.controller().end(Signal::TERM);
        inject(&cluster.data(0), &[level("share.version", 2)]);
        let said = refuses(cluster.controller());
        assert!(said.contains("share.version=2 (served: 0"), "{roles}: {said}");
        inject(&cluster.data(0), &[level("share.version", 0), level("metadata.version", 33), of_kafka_4_4()]);
        let said = refuses(cluster.controller());
        assert!(said.contains("metadata.version=33 (served: 7 to 30)"), "{roles}: {said}");
        assert!(said.contains("--feature metadata.version=30"), "{roles}: {said}");
    }
}

#[test]
fn nodes_of_several_refuse_transactions_unless_they_are_to_be_ignored() {
    let mut cluster = Cluster::start_many(1, 1, "", "");
    let create = ["topics", "--create", "--topic", TRANSACTIONS, "--partitions", "1", "--replication-factor", "1"];
    let said = failed(&cluster, 1, &create);
    assert!(said.contains("serves no transactions yet"), "{said}");
    for member in [1, 0] {
        cluster.members[member].end(Signal::TERM);
    }
    inject(&cluster.data(0), &topic(TRANSACTIONS));
    let before = quorum_files(&cluster.data(0));
    let said = refuses(cluster.controller());
    for part in [TRANSACTIONS, "nobody ends what is open", "kafka-transactions.sh", "ottla.transactions.ignore=true"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(quorum_files(&cluster.data(0)), before);
    cluster.members[0].configure("ottla.transactions.ignore=true\n");
    cluster.controller().run_again();
    let said = refuses(cluster.broker(1));
    assert!(said.contains(TRANSACTIONS) && said.contains("stopped in order"), "{said}");
    cluster.members[1].configure("ottla.transactions.ignore=true\n");
    cluster.broker(1).run_again();
}

/// An Ottla controller makes none, so they come by its log, while the brokers run.
#[test]
fn a_broker_that_meets_acls_answers_no_client_hands_over_and_ends() {
    let mut cluster = Cluster::start(2, "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n");
    cluster.broker(2).end(Signal::TERM);
    cluster.members[2].set_arguments(&["--ignore-acls"]);
    cluster.broker(2).run_again();
    let assigned = ["topics", "--create", "--topic", "t", "--replica-assignment", "1:2"];
    cluster.ask(1, &assigned);
    let sent = cluster.ask(1, &["verifiable-producer", "--topic", "t", "--max-messages", "100", "--acks", "1"]);
    assert!(sent.contains("\"acked\":100"), "{sent}");
    cluster.controller().end(Signal::TERM);
    inject(&cluster.data(0), &[acl("t")]);
    let mut client = connected(cluster.members[1].port);
    client.greet();
    cluster.controller().run_again();
    cluster.members[0].says("they are kept", 0);

    assert_eq!(cluster.broker(1).ends(), Some(1));
    let said = cluster.members[1].said();
    assert!(said.contains("the metadata holds 1 ACLs") && said.contains("hint"), "{said}");
    assert!(said.contains("stopped in order"), "{said}");
    assert!(client.is_closed(), "without an answer");
    let said = cluster.ask(2, &["topics", "--describe", "--topic", "t"]);
    assert!(said.contains("Leader: 2"), "{said}");
    let said = cluster.ask(2, &["get-offsets", "--topic", "t"]);
    assert_eq!(said.trim(), "t:0:100", "followers had everything when they took over");
    let log = metadata(&cluster.data(0));
    assert!(log.contains("ACCESS_CONTROL_ENTRY_RECORD"), "{log}");

    // Nor does it begin again: it does not register.
    let registrations = metadata(&cluster.data(0)).matches("REGISTER_BROKER_RECORD").count();
    let said = refuses(cluster.broker(1));
    assert!(said.contains("the metadata holds 1 ACLs"), "{said}");
    assert_eq!(metadata(&cluster.data(0)).matches("REGISTER_BROKER_RECORD").count(), registrations);
    cluster.members[1].set_arguments(&["--ignore-acls"]);
    cluster.broker(1).run_again();
    assert!(cluster.members[1].said().contains("everybody on this machine may do everything"));
}

fn connected(port: u16) -> Peer {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    Peer { stream }
}

#[test]
fn a_controller_says_why_acls_and_tokens_cannot_be_changed() {
    const CREATE_ACLS: i16 = 30;
    const CREATE_DELEGATION_TOKEN: i16 = 38;
    let cluster = Cluster::start_many(1, 0, "", "");
    let mut peer = connected(cluster.members[0].port);
    let creation = serde_json::json!({
        "resourceType": 2, "resourceName": "t", "resourcePatternType": 3, "principal": "User:a", "host": "*",
        "operation": 3, "permissionType": 3
    });
    let answer = peer.call(CREATE_ACLS, 1, "CreateAcls", &serde_json::json!({"creations": [creation]}));
    assert_eq!(answer["results"][0]["errorCode"], 54, "{answer}");
    let message = answer["results"][0]["errorMessage"].as_str().expect("a message");
    assert!(message.contains("does not enforce ACLs yet"), "{message}");
    let body = serde_json::json!({"renewers": [], "maxLifetimeMs": -1});
    let answer = peer.call(CREATE_DELEGATION_TOKEN, 1, "CreateDelegationToken", &body);
    assert_eq!(answer["errorCode"], 61, "{answer}");
}
