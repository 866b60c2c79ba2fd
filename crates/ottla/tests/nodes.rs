//! `ottla server --nodes 3`: a cluster of processes that one command starts, tells of, and stops.

mod robust;

use robust::node::{BINARY, until};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The first of the ports that three nodes take, all free at the moment.
fn free_first() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let all_free = |first: &u16| (0..3).all(|node| (0..3).all(|at| is_free(first + node * 10 + at)));
    let begun = 20_000 + (std::process::id() % 8_000) as u16;
    (begun..30_000).step_by(40).find(all_free).expect("free ports")
}

fn start(folder: &Path, first: u16) -> (Child, impl Fn() -> String) {
    let out = folder.join("out.txt");
    let log = File::create(&out).expect("a file");
    let mut command = Command::new(BINARY);
    command.args(["server", "--nodes", "3", "--port", &first.to_string(), "--data-dir"]).arg(folder.join("nodes"));
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("a file")).stderr(log);
    (command.spawn().expect("the binary runs"), move || std::fs::read_to_string(&out).unwrap_or_default())
}

fn topics(first: u16, arguments: &[&str]) -> Output {
    let bootstrap = format!("127.0.0.1:{first},127.0.0.1:{},127.0.0.1:{}", first + 10, first + 20);
    let mut command = Command::new(BINARY);
    command.args(["topics", "--bootstrap-server", &bootstrap]).args(arguments).output().expect("the binary runs")
}

#[test]
fn three_nodes_start_tell_of_themselves_survive_a_kill_and_stop_together() {
    let folder = tempfile::Builder::new().prefix("ottla-nodes-").tempdir().expect("a folder");
    let first = free_first();
    let (mut all, said) = start(folder.path(), first);
    until("the nodes are told of", || said().contains("Ctrl-C stops all nodes"));
    let created = topics(first, &["--create", "--topic", "t", "--partitions", "6"]);
    assert!(created.status.success(), "{created:?}\n{}", said());
    // Nobody takes the folder of nodes that run, and writes other ports into their files.
    let mut second = Command::new(BINARY);
    second.args(["server", "--nodes", "3", "--port", "30100", "--data-dir"]).arg(folder.path().join("nodes"));
    let second = second.output().expect("the binary runs");
    let why = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.status.code() == Some(1) && why.contains("run already"), "{why}");
    let file = std::fs::read_to_string(folder.path().join("nodes/node-1/server.properties")).expect("a file");
    assert!(file.contains(&format!("127.0.0.1:{first},")), "{file}");
    let text = said();
    let killed: i32 =
        text.split("kill -9 ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a pid");
    kill_process(Pid::from_raw(killed).expect("a pid"), Signal::KILL).expect("it runs");
    until("the others lead", || {
        let described = topics(first + 10, &["--describe", "--topic", "t"]);
        let described = String::from_utf8_lossy(&described.stdout).into_owned();
        described.matches("Leader: ").count() == 6
            && !described.contains("Leader: 1")
            && !described.contains("Leader: none")
    });
    until("its end is told", || said().contains("node 1 ended (signal: 9 (SIGKILL)); again: ottla server "));
    kill_process(Pid::from_child(&all), Signal::TERM).expect("it runs");
    assert_eq!(all.wait().expect("a child").code(), Some(0), "{}", said());

    // What is there is taken up again, and nothing else.
    let (mut all, said) = start(folder.path(), first);
    until("the nodes are told of", || said().contains("Ctrl-C stops all nodes"));
    until("the topic is there", || String::from_utf8_lossy(&topics(first, &["--list"]).stdout) == "t\n");
    kill_process(Pid::from_child(&all), Signal::INT).expect("it runs");
    assert_eq!(all.wait().expect("a child").code(), Some(0), "{}", said());
    let mut other = Command::new(BINARY);
    let other = other.args(["server", "--nodes", "2", "--data-dir"]).arg(folder.path().join("nodes")).output();
    let other = other.expect("the binary runs");
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&other.stderr).contains("holds a cluster of 3 nodes"), "{other:?}");
}
