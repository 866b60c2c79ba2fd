//! The console tools at the ends of pipes, as Apache's behave there.

mod robust;

use robust::node::{BINARY, Node};
use robust::peer::Peer;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

fn tool(node: &Node, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg(name).args(["--bootstrap-server", &format!("127.0.0.1:{}", node.port)]).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("an end")
}

fn read(node: &Node, arguments: &[&str]) -> (Option<i32>, String, String) {
    let all = [&["--topic", "t", "--from-beginning", "--timeout-ms", "2000"], arguments].concat();
    let output = tool(node, "console-consumer", &all).stdin(Stdio::null()).output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_line_that_is_too_large_is_told_and_those_behind_it_are_sent() {
    let node = Node::start(&[]);
    assert_eq!(Peer::connect(&node).create("t", &[]), 0);
    let mut input = b"before\n".to_vec();
    input.extend(std::iter::repeat_n(b'x', 2_000_000));
    input.extend_from_slice(b"\nafter\n");
    let done = fed(tool(&node, "console-producer", &["--topic", "t"]), &input);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(
        said.contains("Error when sending message to topic t with key: null, value: 2000000 bytes with error:"),
        "{said}"
    );
    assert!(
        said.contains(
            "The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration."
        ),
        "{said}"
    );
    let (_, out, _) = read(&node, &["--max-messages", "2"]);
    assert_eq!(out, "before\nafter\n");
}

#[test]
fn a_reader_that_has_had_enough_ends_the_consumer_well() {
    let node = Node::start(&[]);
    assert_eq!(Peer::connect(&node).create("t", &[]), 0);
    let lines: String = (0..1000).map(|n| format!("line {n}\n")).collect();
    assert_eq!(fed(tool(&node, "console-producer", &["--topic", "t"]), lines.as_bytes()).status.code(), Some(0));
    let mut child = tool(&node, "console-consumer", &["--topic", "t", "--from-beginning"]).spawn().expect("it runs");
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
    reader.read_line(&mut first).expect("a line");
    drop(reader);
    let done = child.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!((first.as_str(), done.status.code()), ("line 0\n", Some(0)), "{said}");
    let end: Vec<&str> = said.lines().collect();
    assert_eq!(end[..end.len() - 1], ["Unable to write to standard out, closing consumer."], "{said}");
    assert!(end.last().is_some_and(|line| line.starts_with("Processed a total of ")), "{said}");
}

#[test]
fn a_value_that_is_not_the_deserializers_ends_the_consumer_or_is_skipped() {
    let node = Node::start(&[]);
    assert_eq!(Peer::connect(&node).create("t", &[]), 0);
    let lines = b"0007\nlonger\n0008\n";
    assert_eq!(fed(tool(&node, "console-producer", &["--topic", "t"]), lines).status.code(), Some(0));
    let integers = ["--value-deserializer", "org.apache.kafka.common.serialization.IntegerDeserializer"];
    let problem =
        "org.apache.kafka.common.errors.SerializationException: Size of data received by IntegerDeserializer is not 4";
    let (code, out, said) = read(&node, &integers);
    assert_eq!((code, out.as_str()), (Some(1), "808464439\n"), "{said}");
    assert_eq!(said, format!("Processed a total of 2 messages\nUnknown error when running consumer: {problem}\n"));
    let (code, out, said) = read(&node, &[&integers[..], &["--skip-message-on-error", "--max-messages", "3"]].concat());
    assert_eq!((code, out.as_str()), (Some(0), "808464439\n808464440\n"), "{said}");
    assert!(said.contains(&format!("Error processing message, skipping this message: {problem}")), "{said}");
    assert!(said.ends_with("Processed a total of 3 messages\n"), "{said}");
}

#[test]
fn an_admin_tool_ends_at_the_first_signal_while_a_node_hangs() {
    for (name, more, signal) in [
        ("topics", "--list", Signal::INT),
        ("consumer-groups", "--list", Signal::TERM),
        ("configs", "--describe --entity-type brokers --entity-name 1", Signal::INT),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let mut command = Command::new(BINARY);
        command.arg(name).args(["--bootstrap-server", &format!("127.0.0.1:{port}")]).args(more.split(' '));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
        // It has asked something, and gets no answer.
        let (mut stream, _) = listener.accept().expect("it connects");
        stream.read_exact(&mut [0; 4]).expect("it asks");
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid");
        kill_process(pid, signal).expect("the process is there");
        let status = child.wait().expect("an end");
        assert_eq!(status.code(), Some(128 + signal.as_raw()), "{name}: {status}");
    }
}
