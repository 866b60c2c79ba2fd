//! The broker reaches its controller over the controller's listener, as a broker alone does: nothing else leads there, so
//! a topic that can be made, used and deleted shows registration, heartbeats, producer ids and forwarding on that way.
//!
//! No command line asks for that, so the node runs on a thread of this process, which is alone in its file.

mod robust;

use robust::node::{BINARY, PATIENCE, free_ports};
use rustix::process::{Signal, getpid, kill_process};
use server::{Options, Source};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

fn tool(port: u16, arguments: &[&str]) -> String {
    let output = Command::new(BINARY)
        .args(&arguments[..1])
        .args(["--bootstrap-server", &format!("127.0.0.1:{port}")])
        .args(&arguments[1..])
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_node_works_whose_broker_reaches_the_controller_by_socket() {
    let folder = tempfile::Builder::new().prefix("ottla-socket-").tempdir().expect("a folder");
    let port = free_ports();
    let options = Options {
        source: Source::Zero { data_dir: Some(folder.path().join("data")), port: Some(port) },
        overrides: Vec::new(),
        http_listen: Some("127.0.0.1:0".into()),
        ignore_acls: false,
        json_logs: false,
        controller_over_socket: true,
    };
    let node = std::thread::spawn(move || server::run(&options));
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(!node.is_finished() && Instant::now() < until, "the node does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    tool(port, &["topics", "--create", "--topic", "far", "--partitions", "2"]);
    let sent = tool(port, &["verifiable-producer", "--topic", "far", "--max-messages", "50"]);
    assert!(sent.contains("\"acked\":50"), "{sent}");
    assert!(tool(port, &["topics", "--describe", "--topic", "far"]).contains("PartitionCount: 2"));
    tool(port, &["topics", "--delete", "--topic", "far"]);
    assert!(!tool(port, &["topics", "--list"]).contains("far"));
    kill_process(getpid(), Signal::TERM).expect("a signal");
    assert_eq!(node.join().expect("no panic"), 0);
}
