//! Voters of a dynamic quorum (KIP-853) as processes: they are agreed on before the first start or added one by one,
//! removed, replaced after a lost disk; and a static quorum becomes a dynamic one.

mod robust;

use robust::cluster::{CLUSTER_ID, Cluster, Quorum};
use robust::node::until;
use rustix::process::Signal;

const BROKER: usize = 3;

/// Ids of those of which a line of `describe --status` tells.
fn ids(cluster: &Cluster, label: &str) -> Vec<i32> {
    let status = cluster.tool(BROKER, &["metadata-quorum", "describe", "--status"]);
    let status = String::from_utf8_lossy(&status.stdout);
    let line = status.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_default();
    let ids = line.split("{\"id\": ").skip(1);
    ids.filter_map(|rest| rest.split([',', '}']).next()?.parse().ok()).collect()
}

fn voters(cluster: &Cluster) -> Vec<i32> {
    ids(cluster, "CurrentVoters:")
}

fn leader(cluster: &Cluster) -> Option<usize> {
    let status = cluster.tool(BROKER, &["metadata-quorum", "describe", "--status"]);
    let status = String::from_utf8_lossy(&status.stdout);
    let id: i32 = status.lines().find_map(|line| line.strip_prefix("LeaderId:"))?.trim().parse().ok()?;
    cluster.members.iter().position(|member| member.id == id)
}

fn create(cluster: &Cluster, topic: &str) {
    cluster.ask(BROKER, &["topics", "--create", "--topic", topic, "--partitions", "1"]);
}

fn add(cluster: &Cluster, index: usize) {
    let file = cluster.members[index].file().to_owned();
    until("the controller can be added", || {
        cluster.tool(BROKER, &["metadata-quorum", "--command-config", &file, "add-controller"]).status.success()
    });
}

/// The directory id in `meta.properties`.
fn directory(cluster: &Cluster, index: usize) -> String {
    let meta = std::fs::read_to_string(cluster.data(index).join("meta.properties")).expect("a file");
    meta.lines().find_map(|line| line.strip_prefix("directory.id=")).expect("an id").to_owned()
}

fn remove(cluster: &Cluster, index: usize) {
    let (id, directory) = (cluster.members[index].id.to_string(), directory(cluster, index));
    let arguments = ["--controller-id", &id, "--controller-directory-id", &directory];
    let said = cluster.ask(BROKER, &[&["metadata-quorum", "remove-controller"][..], &arguments].concat());
    assert_eq!(said, format!("Removed  KRaft controller {id} with directory id {directory}\n"));
}

#[test]
fn voters_are_added_to_one_that_stands_alone_and_the_leader_is_removed() {
    let mut cluster = Cluster::start_as(Quorum::Standalone, 3, 1, "", "");
    create(&cluster, "alone");
    assert_eq!(voters(&cluster), [100]);
    until("the others follow", || ids(&cluster, "CurrentObservers:").iter().filter(|id| **id > 100).count() == 2);
    add(&cluster, 1);
    add(&cluster, 2);
    assert_eq!(voters(&cluster), [100, 101, 102]);
    create(&cluster, "three");

    // It is killed, and the others go on without it.
    cluster.members[0].end(Signal::KILL);
    create(&cluster, "two");
    let second = leader(&cluster).expect("a leader");
    assert_ne!(second, 0);
    cluster.members[0].run_again();

    // The leader goes: the others elect one of them.
    remove(&cluster, second);
    until("another leads", || leader(&cluster).is_some_and(|leader| leader != second));
    let left: Vec<i32> = (0..3).filter(|index| *index != second).map(|index| 100 + index as i32).collect();
    assert_eq!(voters(&cluster), left);
    create(&cluster, "without");

    // All stop and start: who votes is in the log.
    for index in [BROKER, 0, 1, 2] {
        cluster.members[index].end(Signal::TERM);
    }
    cluster.members.iter_mut().for_each(|member| member.run());
    until("the quorum is there again", || voters(&cluster) == left);
    create(&cluster, "again");
    cluster.lists(BROKER, "again\nalone\nthree\ntwo\nwithout\n");
}

#[test]
fn voters_that_were_agreed_on_elect_one_and_one_that_lost_its_disk_comes_back() {
    let mut cluster = Cluster::start_as(Quorum::Initial, 3, 1, "controller.quorum.auto.join.enable=true", "");
    create(&cluster, "first");
    assert_eq!(voters(&cluster), [100, 101, 102]);
    let before = directory(&cluster, 2);

    // It comes with an empty disk, as another replica that has no vote, and joins in the place of the one that it was.
    cluster.members[2].end(Signal::KILL);
    std::fs::remove_dir_all(cluster.data(2)).expect("a folder");
    cluster.members[2].set_flags(&["--no-initial-controllers"]);
    cluster.members[2].format(CLUSTER_ID);
    let now = directory(&cluster, 2);
    assert_ne!(now, before);
    cluster.members[2].run_again();
    until("it votes again", || {
        let status = cluster.tool(BROKER, &["metadata-quorum", "describe", "--status"]);
        let status = String::from_utf8_lossy(&status.stdout).into_owned();
        let voters = status.lines().find(|line| line.starts_with("CurrentVoters:")).unwrap_or_default();
        voters.contains(&now) && !voters.contains(&before)
    });
    create(&cluster, "second");

    // With it and one more there is a majority.
    cluster.members[0].end(Signal::KILL);
    create(&cluster, "third");
    cluster.lists(BROKER, "first\nsecond\nthird\n");
}

#[test]
fn a_static_quorum_becomes_a_dynamic_one() {
    let mut cluster = Cluster::start_as(Quorum::Static, 3, 1, "", "");
    create(&cluster, "static");
    until("its leader knows the directories", || {
        cluster.tool(BROKER, &["features", "upgrade", "--feature", "kraft.version=1"]).status.success()
    });
    until("the voters have directories", || {
        let status = cluster.tool(BROKER, &["metadata-quorum", "describe", "--status"]);
        let status = String::from_utf8_lossy(&status.stdout).into_owned();
        (0..3).all(|index| status.contains(&directory(&cluster, index)))
    });
    let first = leader(&cluster).expect("a leader");
    cluster.members[first].end(Signal::KILL);
    create(&cluster, "dynamic");
    cluster.members[first].run_again();
    remove(&cluster, first);
    until("two are left", || voters(&cluster).len() == 2);
    create(&cluster, "two");
    cluster.lists(BROKER, "dynamic\nstatic\ntwo\n");
}

#[test]
fn a_controller_that_does_not_run_is_named_with_its_address() {
    let cluster = Cluster::start_as(Quorum::Standalone, 3, 1, "", "");
    let folder = tempfile::tempdir().expect("a folder");
    let (dir, file) = (folder.path().display(), folder.path().join("server.properties"));
    std::fs::write(folder.path().join("meta.properties"), "directory.id=AAAAAAAAAAAAAAAAAAAAZA\n").expect("a file");
    // Nobody listens there.
    let text = format!(
        "process.roles=controller\nnode.id=177\nlisteners=CONTROLLER://127.0.0.1:1\n\
         controller.listener.names=CONTROLLER\nlog.dirs={dir}\ndefault.api.timeout.ms=2000\n\
         request.timeout.ms=1000\n"
    );
    std::fs::write(&file, text).expect("a file");
    let file = file.to_string_lossy();
    let said = cluster.tool(BROKER, &["metadata-quorum", "--command-config", &file, "add-controller"]);
    assert!(!said.status.success());
    let said = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.contains("Node 177 does not answer at 127.0.0.1:1"), "{said}");
}
