//! The broker reaches its controller over the controller's listener, as a broker alone does: nothing else leads there, so
//! a topic that can be made, used and deleted shows registration, heartbeats, producer ids and forwarding on that way.

mod robust;

use robust::node::{BINARY, Node};
use std::process::Command;

fn tool(node: &Node, arguments: &[&str]) -> String {
    let output = Command::new(BINARY)
        .args(&arguments[..1])
        .args(["--bootstrap-server", &format!("127.0.0.1:{}", node.port)])
        .args(&arguments[1..])
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_node_works_whose_broker_reaches_the_controller_by_socket() {
    let node = Node::start_by(
        |mut command, _| {
            command.arg("--controller-over-socket");
            command
        },
        &[],
    );
    tool(&node, &["topics", "--create", "--topic", "far", "--partitions", "2"]);
    let sent = tool(&node, &["verifiable-producer", "--topic", "far", "--max-messages", "50"]);
    assert!(sent.contains("\"acked\":50"), "{sent}");
    assert!(tool(&node, &["topics", "--describe", "--topic", "far"]).contains("PartitionCount: 2"));
    tool(&node, &["topics", "--delete", "--topic", "far"]);
    assert!(!tool(&node, &["topics", "--list"]).contains("far"));
}
