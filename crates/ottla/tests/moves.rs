//! Replicas move between the log directories of a broker, with the tools, under load and through a kill.

mod robust;

use robust::cluster::Cluster;
use robust::node::{BINARY, until};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

struct Moving {
    cluster: Cluster,
    dirs: [PathBuf; 2],
    folder: tempfile::TempDir,
}

impl Moving {
    /// One broker with two directories, and a topic of one partition.
    fn start() -> Moving {
        let folder = tempfile::Builder::new().prefix("ottla-moves-").tempdir().expect("a folder");
        let dirs = ["a", "b"].map(|name| folder.path().join(name));
        let [first, second] = dirs.each_ref().map(|dir| dir.display());
        let cluster = Cluster::start_many(1, 1, "", &format!("log.dirs={first},{second}\n"));
        cluster.ask(1, &["topics", "--create", "--topic", "t", "--config", "file.delete.delay.ms=100"]);
        until("the broker has the topic", || dirs.iter().any(|dir| dir.join("t-0").exists()));
        Moving { cluster, dirs, folder }
    }

    /// The directory with the replica, and the other one.
    fn places(&self) -> [&Path; 2] {
        let [first, second] = &self.dirs;
        if first.join("t-0").exists() { [first, second] } else { [second, first] }
    }

    fn file(&self, to: &Path) -> String {
        let path = self.folder.path().join("move.json");
        let dir = to.display();
        let json = format!(
            r#"{{"version":1,"partitions":[{{"topic":"t","partition":0,"replicas":[1],"log_dirs":["{dir}"]}}]}}"#
        );
        std::fs::write(&path, json).expect("a file");
        path.to_string_lossy().into_owned()
    }

    fn execute(&self, to: &Path, more: &[&str]) -> String {
        let file = self.file(to);
        let execute = ["reassign-partitions", "--execute", "--reassignment-json-file", &file];
        self.cluster.ask(1, &[&execute[..], more].concat())
    }

    fn has_moved(&self, to: &Path) -> bool {
        let file = self.file(to);
        let said = self.cluster.ask(1, &["reassign-partitions", "--verify", "--reassignment-json-file", &file]);
        let is_over = said.contains("Reassignment of replica t-0-1 completed successfully.");
        assert!(is_over || said.contains("Reassignment of replica t-0-1 is still in progress."), "{said}");
        is_over
    }

    fn produce(&self, count: usize) -> Child {
        let bootstrap = format!("127.0.0.1:{}", self.cluster.members[1].port);
        let mut command = Command::new(BINARY);
        command.args(["verifiable-producer", "--bootstrap-server", &bootstrap, "--topic", "t", "--acks", "-1"]);
        command.args(["--max-messages", &count.to_string(), "--throughput", "2000"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the binary runs")
    }

    fn has(&self, count: usize) {
        let read = ["console-consumer", "--topic", "t", "--from-beginning", "--timeout-ms", "20000"];
        let said = self.cluster.ask(1, &[&read[..], &["--max-messages", &count.to_string()]].concat());
        assert_eq!(said.lines().count(), count);
        assert_eq!(self.cluster.ask(1, &["get-offsets", "--topic", "t"]).trim(), format!("t:0:{count}"));
    }

    /// The folders of the partition in a directory.
    fn folders(&self, dir: &Path) -> Vec<String> {
        let names = std::fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        names.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with("t-0")).collect()
    }
}

#[test]
fn a_replica_moves_to_another_directory_while_it_is_written_to() {
    let mut moving = Moving::start();
    let producer = moving.produce(4000);
    for _ in 0..3 {
        let [from, to] = moving.places().map(Path::to_owned);
        let said = moving.execute(&to, &[]);
        let started =
            format!("Successfully started moving log directory to {} for replica t-0 with broker 1 ", to.display());
        assert!(said.contains(&started), "{said}");
        until("the replica has moved", || moving.has_moved(&to));
        until("what it leaves is removed", || moving.folders(&from).is_empty());
        assert_eq!(moving.folders(&to), ["t-0"]);
    }
    let output = producer.wait_with_output().expect("an end");
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("producer_send_success").count(), 4000);
    moving.has(4000);
    moving.cluster.broker(1).end(Signal::KILL);
    moving.cluster.broker(1).run_again();
    moving.has(4000);
}

/// A move of which everything was copied, and which the throttle keeps from its end, meets an end of the broker.
fn interrupted_by(signal: Signal) {
    let mut moving = Moving::start();
    moving.produce(3000).wait_with_output().expect("an end");
    let [from, to] = moving.places().map(Path::to_owned);
    let key = "replica.alter.log.dirs.io.max.bytes.per.second";
    let alter = ["configs", "--entity-type", "brokers", "--entity-name", "1"];
    moving.cluster.ask(1, &[&alter[..], &["--alter", "--add-config", &format!("{key}=1")]].concat());
    until("the broker knows", || moving.cluster.ask(1, &[&alter[..], &["--describe"]].concat()).contains(key));
    moving.execute(&to, &[]);
    let described = |moving: &Moving| moving.cluster.ask(1, &["log-dirs", "--describe", "--topic-list", "t"]);
    until("the copy is there", || !moving.folders(&to).is_empty());
    assert!(described(&moving).contains(r#""isFuture":true"#));
    moving.produce(500).wait_with_output().expect("an end");
    assert!(!moving.has_moved(&to));
    moving.cluster.broker(1).end(signal);
    let folders = moving.folders(&to);
    assert!(folders.len() == 1 && folders[0].ends_with("-future"), "{folders:?}");
    moving.cluster.broker(1).run_again();
    moving.has(3500);
    moving.cluster.ask(1, &[&alter[..], &["--alter", "--add-config", &format!("{key}=100000000")]].concat());
    until("the replica has moved", || moving.has_moved(&to));
    moving.has(3500);
    until("what it leaves is removed", || moving.folders(&from).is_empty());
    assert_eq!(moving.folders(&to), ["t-0"]);
}

#[test]
fn a_move_that_a_kill_interrupts_goes_on_after_it() {
    interrupted_by(Signal::KILL);
}

#[test]
fn a_move_goes_on_after_an_orderly_stop() {
    interrupted_by(Signal::TERM);
}

#[test]
fn a_directory_that_is_not_there_is_named_with_its_broker() {
    let moving = Moving::start();
    let absent = moving.folder.path().join("absent");
    let file = moving.file(&absent);
    let said = moving.cluster.tool(1, &["reassign-partitions", "--execute", "--reassignment-json-file", &file]);
    let said = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    let expected = format!("Failed to alter dir for t-0-1: broker 1 does not move it to {}: ", absent.display());
    assert!(said.contains(&expected), "{said}");
}
