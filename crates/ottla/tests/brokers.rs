//! Brokers alone under a controller alone: topics spread over them, groups and idempotent producers on either, and either
//! side killed, stopped or hung at any moment.

mod robust;

use robust::cluster::{CLUSTER_ID, Cluster};
use robust::node::{free_ports, until};
use rustix::process::Signal;
use std::collections::BTreeSet;

/// Sends `count` numbered records with an idempotent producer; how many were acknowledged.
fn produce(cluster: &Cluster, broker: usize, topic: &str, count: usize) {
    let count = count.to_string();
    let said = cluster.ask(broker, &["verifiable-producer", "--topic", topic, "--max-messages", &count]);
    assert!(said.contains(&format!("\"acked\":{count}")), "{said}");
}

/// Reads so many records as a member of a group; what it could not read is an error.
fn consume(cluster: &Cluster, broker: usize, topic: &str, group: &str, count: usize) {
    let count = count.to_string();
    let arguments = [
        "console-consumer",
        "--topic",
        topic,
        "--group",
        group,
        "--from-beginning",
        "--max-messages",
        &count,
        "--timeout-ms",
        "50000",
    ];
    assert_eq!(cluster.ask(broker, &arguments).lines().count().to_string(), count);
}

/// How far a group has come in a topic, all partitions together.
fn committed(cluster: &Cluster, broker: usize, group: &str) -> i64 {
    let said = cluster.ask(broker, &["consumer-groups", "--describe", "--group", group, "--offsets"]);
    said.lines().filter_map(|line| line.split_whitespace().nth(3)?.parse::<i64>().ok()).sum()
}

/// Partitions that a node leads, as a broker knows it: none, where it does not know the topic yet.
fn led_by(cluster: &Cluster, broker: usize, topic: &str, leader: &str) -> usize {
    let output = cluster.tool(broker, &["topics", "--describe", "--topic", topic]);
    String::from_utf8_lossy(&output.stdout).matches(&format!("Leader: {leader}")).count()
}

#[test]
fn two_brokers_share_the_work_of_one_controller() {
    let mut cluster = Cluster::start(2, "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n");
    cluster.ask(1, &["topics", "--create", "--topic", "shared", "--partitions", "4"]);
    until("both know the topic", || {
        [1, 2]
            .iter()
            .all(|broker| led_by(&cluster, *broker, "shared", "1") + led_by(&cluster, *broker, "shared", "2") == 4)
    });
    assert_eq!((led_by(&cluster, 2, "shared", "1"), led_by(&cluster, 1, "shared", "2")), (2, 2));
    let refused = cluster.tool(1, &["topics", "--create", "--topic", "thrice", "--replication-factor", "3"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("because only 2 broker(s)"), "{refused:?}");
    produce(&cluster, 1, "shared", 200);
    produce(&cluster, 2, "shared", 200);
    consume(&cluster, 2, "shared", "readers", 300);
    until("the offsets are committed", || committed(&cluster, 1, "readers") >= 300);

    // Without a controller what is there goes on, and it comes back with what it knew.
    cluster.controller().end(Signal::KILL);
    produce(&cluster, 1, "shared", 50);
    cluster.controller().run_again();
    cluster.ask(2, &["topics", "--create", "--topic", "after", "--partitions", "2"]);

    // A broker that is killed loses its session and comes back with its records.
    let fenced = cluster.members[0].said().matches("it is fenced").count();
    cluster.broker(1).end(Signal::KILL);
    cluster.members[0].says("it is fenced", fenced);
    until("its partitions have no leader", || led_by(&cluster, 2, "shared", "none") == 2);
    cluster.broker(1).run_again();
    until("its partitions are back", || led_by(&cluster, 2, "shared", "1") == 2);
    produce(&cluster, 2, "after", 20);
    consume(&cluster, 1, "shared", "readers", 150);
    consume(&cluster, 2, "after", "others", 20);

    // Orderly stops of everything, in any order, leave nothing to recover.
    for index in [0, 2, 1] {
        let before = cluster.members[index].said().matches("stopped in order").count();
        cluster.members[index].end(Signal::TERM);
        cluster.members[index].says("stopped in order", before);
    }
    cluster.members.iter_mut().for_each(|member| member.run_again());
    consume(&cluster, 1, "shared", "all", 450);
}

#[test]
fn a_controller_that_hangs_is_noticed_and_named() {
    let mut cluster = Cluster::start(1, "broker.session.timeout.ms=4000\nbroker.heartbeat.interval.ms=500\n");
    cluster.ask(1, &["topics", "--create", "--topic", "before", "--partitions", "1"]);
    let address = format!("127.0.0.1:{}", cluster.controller().port);
    cluster.controller().signal(Signal::STOP);
    cluster.members[1].says("the controller is not reached", 0);
    cluster.members[1].says("the metadata quorum is not reached", 0);
    assert!(cluster.members[1].said().contains(&address), "{}", cluster.logs());
    produce(&cluster, 1, "before", 10);
    cluster.controller().signal(Signal::CONT);
    cluster.members[1].says("the controller is reached", 0);
    cluster.ask(1, &["topics", "--create", "--topic", "later", "--partitions", "1"]);
    until("it serves again", || led_by(&cluster, 1, "later", "1") == 1);
    produce(&cluster, 1, "later", 10);
}

/// Publishing is off the quorum's thread: a thousand folders that go hold up no heartbeat.
#[test]
fn many_partitions_deleted_at_once_cost_no_broker_its_session() {
    let mut cluster = Cluster::start(2, "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n");
    for topic in ["one", "two", "three", "four"] {
        cluster.ask(1, &["topics", "--create", "--topic", topic, "--partitions", "500"]);
    }
    until("the other broker knows them", || cluster.ask(2, &["topics", "--list"]).lines().count() == 4);
    cluster.ask(2, &["topics", "--delete", "--topic", "one|two|three|four"]);
    cluster.ask(1, &["topics", "--create", "--topic", "after", "--partitions", "1"]);
    until("both have forgotten them", || {
        [1, 2].iter().all(|broker| cluster.ask(*broker, &["topics", "--list"]) == "after\n")
    });
    produce(&cluster, 2, "after", 10);
    assert_eq!(cluster.controller().said().matches("it is fenced").count(), 0, "{}", cluster.logs());
}

#[test]
fn a_topic_made_by_use_has_as_many_partitions_as_its_broker_says() {
    let cluster = Cluster::start_each(1, "num.partitions=1\n", "num.partitions=3\n");
    produce(&cluster, 1, "used", 10);
    let described = cluster.ask(1, &["topics", "--describe", "--topic", "used"]);
    assert!(described.contains("PartitionCount: 3"), "{described}");
}

#[test]
fn a_controller_of_another_cluster_at_the_address_ends_no_broker() {
    let mut cluster = Cluster::start(1, "broker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n");
    cluster.ask(1, &["topics", "--create", "--topic", "before", "--partitions", "1"]);
    cluster.controller().end(Signal::TERM);
    let mut wrong = cluster.double(0, "BBBBBBBBQBCBBBBBBBBBBA", "");
    wrong.run();
    wrong.becomes_ready();
    cluster.members[1].says("belongs to another cluster", 0);
    let said = cluster.members[1].said();
    let address = format!("127.0.0.1:{}", wrong.port);
    let line = said.lines().find(|line| line.contains("belongs to another cluster")).unwrap_or_default();
    assert!(line.contains(&address) && line.contains(CLUSTER_ID) && line.contains("hint"), "{line}");
    produce(&cluster, 1, "before", 10);
    wrong.end(Signal::KILL);
    cluster.controller().run_again();
    cluster.ask(1, &["topics", "--create", "--topic", "later", "--partitions", "1"]);
    produce(&cluster, 1, "later", 10);
}

#[test]
fn a_controller_that_was_emptied_stops_its_brokers_in_order() {
    let mut cluster = Cluster::start(1, "");
    cluster.ask(1, &["topics", "--create", "--topic", "before", "--partitions", "50"]);
    produce(&cluster, 1, "before", 10);
    cluster.controller().end(Signal::TERM);
    std::fs::remove_dir_all(cluster.data(0)).expect("a folder");
    cluster.controller().format(CLUSTER_ID);
    cluster.controller().run();
    let address = format!("127.0.0.1:{}", cluster.controller().port);
    assert_eq!(cluster.broker(1).ends(), Some(1));
    let said = cluster.members[1].said();
    assert!(said.contains("lacks what was committed") && said.contains(&address), "{said}");
    assert!(said.contains("stopped in order"), "{said}");
    assert!(cluster.data(1).join(".kafka_cleanshutdown").exists());
}

#[test]
fn who_cannot_register_in_time_ends_with_the_reason_and_has_changed_nothing() {
    let mut cluster = Cluster::start(1, "");
    let more =
        format!("listeners=PLAINTEXT://127.0.0.1:{}\ninitial.broker.registration.timeout.ms=3000\n", free_ports());
    cluster.ask(1, &["topics", "--create", "--topic", "shared", "--partitions", "2"]);
    let mut double = cluster.double(1, CLUSTER_ID, &more);
    let partition = cluster.data(1).with_extension("double").join("other-0");
    std::fs::create_dir(&partition).expect("a folder");
    let names = || -> BTreeSet<String> {
        let entries = std::fs::read_dir(partition.parent().expect("a folder")).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        // Its own copy of the metadata, without which it knows no controller.
        names.filter(|name| name != "__cluster_metadata-0" && name != ".lock").collect()
    };
    let before = names();
    double.run();
    assert_eq!(double.ends(), Some(1));
    let said = double.said();
    assert!(said.contains("unable to register with the controller quorum"), "{said}");
    assert!(said.contains("DUPLICATE_BROKER_REGISTRATION") && said.contains("hint"), "{said}");
    assert_eq!(said.matches("did not take the registration").count(), 1, "{said}");
    assert_eq!(names(), before);
    produce(&cluster, 1, "shared", 10);
    // Nor without any controller.
    cluster.controller().end(Signal::KILL);
    let said_before = double.said().len();
    double.run();
    assert_eq!(double.ends(), Some(1));
    let said = double.said().split_off(said_before);
    assert!(said.contains("unable to register with the controller quorum"), "{said}");
    assert!(said.contains(&format!("127.0.0.1:{}", cluster.controller().port)), "{said}");
}

#[test]
fn a_broker_of_another_cluster_ends_with_that_as_its_reason() {
    let cluster = Cluster::start(1, "");
    let port = free_ports();
    let more = format!("listeners=PLAINTEXT://127.0.0.1:{port}\ninitial.broker.registration.timeout.ms=3000\n");
    let mut double = cluster.double(1, "AAAAAAAAAAAAAAAAAAAAAQ", &more);
    double.run();
    assert_eq!(double.ends(), Some(1));
    let said = double.said();
    let last = said.lines().find(|line| line.starts_with("ottla server: unable to register")).unwrap_or_default();
    assert!(last.contains("INCONSISTENT_CLUSTER_ID") && last.contains("hint"), "{said}");
}
