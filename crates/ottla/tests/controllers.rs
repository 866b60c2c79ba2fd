//! Three controllers, each a process of its own, and a broker: the active one is killed or stopped, and another takes over
//! with everything that was committed.

mod robust;

use robust::cluster::{CLUSTER_ID, Cluster};
use robust::node::{free_ports, get, until};
use rustix::process::Signal;

const CONTROLLERS: usize = 3;
const BROKER: usize = 3;
const SAID_BY_LEADER: &str = "this node is the active controller";

/// The members that have said, after so much of what each had said before, that they are active now.
fn active(cluster: &Cluster, before: &[usize]) -> Option<usize> {
    (0..CONTROLLERS).find(|index| cluster.members[*index].said().matches(SAID_BY_LEADER).count() > before[*index])
}

fn times_active(cluster: &Cluster) -> Vec<usize> {
    cluster.members[..CONTROLLERS].iter().map(|member| member.said().matches(SAID_BY_LEADER).count()).collect()
}

fn create(cluster: &Cluster, topic: &str) {
    cluster.ask(BROKER, &["topics", "--create", "--topic", topic, "--partitions", "1"]);
}

#[test]
fn another_controller_takes_over_when_the_active_one_is_killed_or_stops() {
    let mut cluster = Cluster::start_many(CONTROLLERS, 1, "", "");
    let first = active(&cluster, &[0; CONTROLLERS]).expect("an active controller");
    create(&cluster, "first");

    // It is killed: the others miss it after a while.
    let before = times_active(&cluster);
    cluster.members[first].end(Signal::KILL);
    create(&cluster, "second");
    let second = active(&cluster, &before).expect("another active controller");
    assert_ne!(second, first);
    cluster.members[first].run_again();

    // It stops in order: the others hear of it, and are elected with its help.
    let before = times_active(&cluster);
    let said = cluster.members[second].said().len();
    cluster.members[second].end(Signal::TERM);
    let said = cluster.members[second].said()[said..].to_owned();
    assert!(said.contains("stopped in order"), "{said}");
    assert!(said.contains("asked for a vote"), "it elects its successor before it goes: {said}");
    until("a successor is active", || active(&cluster, &before).is_some());
    assert_ne!(active(&cluster, &before), Some(second));
    create(&cluster, "third");
    cluster.members[second].run_again();

    // All stop, and come back with what they knew.
    for index in [BROKER, 0, 1, 2] {
        cluster.members[index].end(Signal::TERM);
    }
    cluster.members.iter_mut().for_each(|member| member.run());
    until("the topics are there", || {
        let listed = cluster.tool(BROKER, &["topics", "--list"]);
        String::from_utf8_lossy(&listed.stdout) == "first\nsecond\nthird\n"
    });
    create(&cluster, "fourth");
}

#[test]
fn without_a_majority_nothing_is_answered_and_with_it_all_goes_on() {
    let mut cluster = Cluster::start_many(CONTROLLERS, 1, "", "request.timeout.ms=2000\n");
    create(&cluster, "before");
    let lonely = active(&cluster, &[0; CONTROLLERS]).expect("an active controller");
    let others: Vec<usize> = (0..CONTROLLERS).filter(|index| *index != lonely).collect();
    others.iter().for_each(|index| cluster.members[*index].end(Signal::KILL));
    cluster.members[lonely].says("no longer leads the metadata quorum", 0);
    others.iter().for_each(|index| cluster.members[*index].run_again());
    create(&cluster, "after");
    cluster.lists(BROKER, "after\nbefore\n");
}

/// Another process with the id of the leader, and one with the id of another controller.
#[test]
fn two_processes_with_one_node_id_say_so() {
    let cluster = Cluster::start_many(CONTROLLERS, 0, "", "");
    let mut leader = None;
    until("there is an active controller", || {
        leader = active(&cluster, &[0; CONTROLLERS]);
        leader.is_some()
    });
    let leader = leader.expect("an active controller");
    let elsewhere = || format!("listeners=CONTROLLER://127.0.0.1:{}\n", free_ports());
    let mut double = cluster.double(leader, CLUSTER_ID, &elsewhere());
    double.run();
    double.says(&format!("has the node.id of this node, {}", double.id), 0);
    drop(double);
    let follower = (leader + 1) % CONTROLLERS;
    let mut double = cluster.double(follower, CLUSTER_ID, &elsewhere());
    double.run();
    cluster.members[leader].says("two processes fetch the metadata log with the node.id of one voter", 0);
    double.says("another process fetches the metadata log with this node.id and another directory", 0);
}

#[test]
fn a_controller_is_ready_while_it_hears_of_a_leader() {
    let mut cluster = Cluster::start_many(CONTROLLERS, 0, "", "");
    let port = free_ports();
    cluster.members[0].configure(&format!("ottla.http.listen=127.0.0.1:{port}\n"));
    cluster.members[0].end(Signal::KILL);
    cluster.members[0].run_again();
    let is_ready = || get(port, "/ready").is_ok_and(|page| page.starts_with("HTTP/1.1 200"));
    until("it hears the leader", is_ready);
    (1..CONTROLLERS).for_each(|index| cluster.members[index].end(Signal::KILL));
    until("it is alone", || get(port, "/ready").is_ok_and(|page| page.contains("no leader of the quorum")));
    cluster.members[1].run_again();
    until("there is a leader again", is_ready);
}

#[test]
fn every_controller_shows_all_of_them_and_lets_each_be_asked_and_changed() {
    let cluster = Cluster::start_many(CONTROLLERS, 1, "", "");
    let ids: Vec<String> = (0..CONTROLLERS).map(|index| cluster.members[index].id.to_string()).collect();
    let all_in = |said: &str| ids.iter().all(|id| said.contains(id));
    for asked in 0..CONTROLLERS {
        let ask = |arguments: &[&str]| {
            let output = cluster.tool_of_controller(asked, arguments);
            let said =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            (output.status.success(), said)
        };
        let works = |arguments: &[&str]| {
            let (success, said) = ask(arguments);
            assert!(success, "{arguments:?} at {asked}: {said}");
            said
        };
        until("all are listed", || all_in(&ask(&["cluster", "list-endpoints"]).1));
        let status = works(&["metadata-quorum", "describe", "--status"]);
        assert!(all_in(&status), "{status}");
        for id in &ids {
            let of = |kind: &'static str| ["configs", "--entity-type", kind, "--entity-name", id.as_str()];
            let with = |kind, more: &[&'static str]| works(&[&of(kind)[..], more].concat());
            let level = ["INFO", "WARN", "ERROR"][asked];
            with("brokers", &["--alter", "--add-config", "max.connections=10086"]);
            until("the change is shown", || with("brokers", &["--describe"]).contains("max.connections=10086"));
            let change: &'static str = format!("quorum={level}").leak();
            with("broker-loggers", &["--alter", "--add-config", change]);
            let said = with("broker-loggers", &["--describe"]);
            assert!(said.contains(&format!("quorum={level}")), "{said}");
        }
    }
}
