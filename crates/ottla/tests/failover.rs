//! Processes that are killed: their nodes are given up as soon as their addresses refuse, long before any session ends, and
//! their next processes are taken at once.

mod robust;

use robust::cluster::Cluster;
use robust::node::until;
use rustix::process::Signal;

const CONTROLLERS: usize = 3;
const GONE: &str = "the broker's process is gone";
const LEADER_GONE: &str = "the process of the quorum's leader is gone";

/// Where it is said in the logs of the controllers, how often.
fn said(cluster: &Cluster, what: &str) -> usize {
    cluster.members[..CONTROLLERS].iter().map(|member| member.said().matches(what).count()).sum()
}

/// The member that is this node.
fn member(cluster: &Cluster, id: i32) -> usize {
    cluster.members.iter().position(|member| member.id == id).expect("a member")
}

/// Who leads the only partition of a topic, as a broker knows it.
fn leader(cluster: &Cluster, broker: usize) -> Option<i32> {
    let output = cluster.tool(broker, &["topics", "--describe", "--topic", "t"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.split("Leader: ").nth(1)?.split_whitespace().next()?.parse().ok()
}

#[test]
fn killed_processes_are_given_up_at_once_and_taken_again_at_once() {
    // A session would last as long as the test's patience: nothing here waits for one.
    let patient = "broker.session.timeout.ms=600000\ncontroller.quorum.fetch.timeout.ms=600000\n";
    let mut cluster = Cluster::start_many(CONTROLLERS, 3, patient, "");
    let any = CONTROLLERS;
    cluster.ask(any, &["topics", "--create", "--topic", "t", "--partitions", "1", "--replication-factor", "3"]);
    until("the topic is known", || leader(&cluster, any).is_some_and(|id| id > 0));
    let first = leader(&cluster, any).expect("a leader");
    let (killed, other) = (member(&cluster, first), if first == 3 { member(&cluster, 1) } else { member(&cluster, 3) });
    cluster.members[killed].end(Signal::KILL);
    until("another one leads", || leader(&cluster, other).is_some_and(|id| id > 0 && id != first));
    assert_eq!(said(&cluster, GONE), 1, "{}", cluster.logs());
    cluster.members[killed].run_again();

    // Killed and started so fast that nobody listens for a moment only.
    cluster.members[killed].end(Signal::KILL);
    cluster.members[killed].run_again();
    assert_eq!(said(&cluster, "session has ended"), 0, "{}", cluster.logs());

    let status = cluster.ask(other, &["metadata-quorum", "describe", "--status"]);
    let active = status.lines().find_map(|line| line.strip_prefix("LeaderId:")).map(|id| id.trim().parse::<i32>());
    let active = member(&cluster, active.expect("a line").expect("an id"));
    cluster.members[active].end(Signal::KILL);
    cluster.ask(other, &["topics", "--create", "--topic", "after", "--partitions", "1"]);
    assert!(said(&cluster, LEADER_GONE) > 0, "{}", cluster.logs());
    cluster.members[active].run_again();
}
