//! Many connections, silent ones and greedy ones: memory stays small, limits hold, and whoever behaves goes on.

mod robust;

use records::{BatchBuilder, BatchOptions};
use robust::node::{Node, until};
use robust::peer::Peer;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

fn batch() -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, Some(b"k"), Some(b"v"), &[]);
    builder.finish().unwrap()
}

/// The node and this process may each hold so many connections; 10,000 where the machine lets them.
fn as_many_as_allowed() -> usize {
    let hard = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard }).unwrap();
    let count = usize::try_from(hard.unwrap_or(u64::MAX)).unwrap_or(usize::MAX).saturating_sub(500).min(10_000);
    if count < 10_000 {
        println!("only {count} connections instead of 10,000: this is what the limit of open files allows");
    }
    count
}

#[test]
fn ten_thousand_connections_cost_little_and_everybody_is_served() {
    let count = as_many_as_allowed();
    let node = Node::start(&[]);
    Peer::connect(&node).greet();
    let before = node.memory("VmRSS");
    let mut connections: Vec<TcpStream> = (0..count).map(|_| TcpStream::connect(node.address()).unwrap()).collect();
    until("all are accepted", || node.metric("ottla_connections") >= Some(count as f64));
    for at in (0..count).step_by(count / 50) {
        let mut peer = Peer { stream: connections[at].try_clone().unwrap() };
        peer.greet();
    }
    let each = node.memory("VmRSS").saturating_sub(before) / count as u64;
    assert!(each < 4096, "{each} bytes a connection");
    let mut late = Peer::connect(&node);
    assert_eq!(late.create("late", &[]), 0);
    assert_eq!(late.produce("late", Some(&batch())), 0);
    connections.clear();
    until("all have gone", || node.metric("ottla_connections") <= Some(2.0));
}

#[test]
fn connections_leave_files_enough_to_open() {
    let limited = |command: Command, _: &Path| {
        let mut wrapped = Command::new("sh");
        wrapped.args(["-c", "ulimit -n 220 && exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
        wrapped
    };
    let mut node = Node::start_by(limited, &[]);
    let mut first = Peer::connect(&node);
    first.greet();
    let flood: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(node.address()).unwrap()).collect();
    until("the limit is told", || node.log().contains("their share of the open files"));
    assert_eq!(first.create("t", &[]), 0);
    until("its log is open", || first.produce("t", Some(&batch())) == 0);
    drop(flood);
    until("others are served again", || {
        TcpStream::connect(node.address()).is_ok_and(|stream| Peer { stream }.is_served())
    });
    assert!(node.is_alive());
}

#[test]
fn many_open_logs_keep_nobody_out() {
    let limited = |command: Command, _: &Path| {
        let mut wrapped = Command::new("sh");
        wrapped.args(["-c", "ulimit -n 300 && exec \"$0\" \"$@\""]).arg(command.get_program()).args(command.get_args());
        wrapped
    };
    let node = Node::start_by(limited, &[]);
    let mut first = Peer::connect(&node);
    (0..72).for_each(|i| assert_eq!(first.create(&format!("many-{i}"), &[]), 0));
    until("the logs are open", || node.metric("ottla_partitions") >= Some(72.0));
    (0..5).for_each(|_| Peer::connect(&node).greet());
}

#[test]
fn announced_megabytes_that_never_come_take_no_memory() {
    let node = Node::start(&[]);
    let mut innocent = Peer::connect(&node);
    assert_eq!(innocent.create("t", &[]), 0);
    let before = node.memory("VmHWM");
    let mut greedy: Vec<Peer> = (0..200)
        .map(|_| {
            let mut peer = Peer::connect(&node);
            peer.stream.write_all(&(100_i32 << 20).to_be_bytes()).unwrap();
            peer.stream.write_all(&[0, 0, 0, 3, 0, 0, 0, 1]).unwrap();
            peer
        })
        .collect();
    assert_eq!(innocent.produce("t", Some(&batch())), 0);
    // A second piece comes on its own: what has begun gets no more room than it has paid for.
    for peer in &mut greedy {
        peer.stream.write_all(&[0]).unwrap();
    }
    for _ in 0..100 {
        assert_eq!(innocent.produce("t", Some(&batch())), 0);
    }
    let grown = node.memory("VmHWM") - before;
    assert!(grown < 16 << 20, "{grown} bytes more");
    assert_eq!(greedy.len(), 200);
}

#[test]
fn lengths_that_no_frame_may_have_close_the_connection_at_once() {
    let node = Node::start(&[]);
    for length in [-1, i32::MIN, i32::MAX, (100 << 20) + 1] {
        let mut peer = Peer::connect(&node);
        peer.stream.write_all(&length.to_be_bytes()).unwrap();
        assert!(peer.is_closed(), "{length}");
    }
    Peer::connect(&node).greet();
}

#[test]
fn half_a_frame_and_silence_end_with_the_idle_limit() {
    let node = Node::start(&["connections.max.idle.ms=500"]);
    for bytes in [&b""[..], b"\0\0", b"\0\0\0\x64\0\x03"] {
        let mut peer = Peer::connect(&node);
        peer.stream.write_all(bytes).unwrap();
        assert!(peer.is_closed(), "{bytes:?}");
    }
    Peer::connect(&node).greet();
}

#[test]
fn connections_above_the_limit_wait_and_a_higher_limit_lets_them_in() {
    let mut node = Node::start(&["max.connections=2"]);
    let (mut admin, mut second, mut third) =
        (Peer::connect_from_elsewhere(&node), Peer::connect_from_elsewhere(&node), Peer::connect_from_elsewhere(&node));
    admin.greet();
    second.greet();
    third.send(robust::peer::API_VERSIONS, 0, &[]);
    admin.greet();
    assert_eq!(node.metric("ottla_connections"), Some(2.0));
    admin.configure("max.connections", "3");
    assert_eq!(third.receive()[..2], [0, 0]);
    let mut fourth = Peer::connect_from_elsewhere(&node);
    fourth.send(robust::peer::API_VERSIONS, 0, &[]);
    drop(second);
    assert_eq!(fourth.receive()[..2], [0, 0]);
    assert!(node.is_alive());
}

#[test]
fn an_address_above_its_limit_is_closed_until_the_limit_grows() {
    let node = Node::start(&["max.connections.per.ip=5", "max.connections.per.ip.overrides=127.0.0.2:1"]);
    let mut admin = Peer::connect_from_elsewhere(&node);
    admin.greet();
    assert!(Peer::connect_from_elsewhere(&node).is_closed());
    admin.configure("max.connections.per.ip.overrides", "127.0.0.2:100");
    until("a second connection stays", || Peer::connect_from_elsewhere(&node).is_served());
}

#[test]
fn limits_that_keep_everybody_out_are_undone_from_this_machine() {
    // As the file has them, and as a folder has them in which an older version took the change.
    let node = Node::start(&["max.connections=0"]);
    Peer::connect(&node).configure("max.connections", "7");
    until("others are served", || Peer::connect_from_elsewhere(&node).is_served());
    let overrides = "max.connections.per.ip.overrides";
    let mut admin = Peer::connect(&node);
    admin.configure(overrides, "10.0.0.9:1");
    admin.configure("max.connections.per.ip", "0");
    drop(admin);
    until("others are closed", || Peer::connect_from_elsewhere(&node).is_closed());
    until("who is on the machine is served", || {
        let mut admin = Peer::connect(&node);
        let is_served = admin.is_served();
        if is_served {
            admin.configure("max.connections.per.ip", "9");
        }
        is_served
    });
    until("others are served again", || Peer::connect_from_elsewhere(&node).is_served());
}

#[test]
fn the_metrics_page_is_what_prometheus_reads() {
    let node = Node::start(&[]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), 0);
    let page = node.page("/metrics");
    let (head, text) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    let mut declared: Option<&str> = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            declared = rest.split(' ').next();
        } else if !line.starts_with("# HELP ") {
            let name = line.split(['{', ' ']).next();
            assert_eq!(name, declared, "{line}");
            let (labels, number) = line.rsplit_once(' ').unwrap();
            assert!(number.parse::<f64>().is_ok(), "{line}");
            assert_eq!(labels.contains('{'), labels.ends_with("\"}"), "{line}");
        }
    }
    let data = node.data().display().to_string();
    let free = text.lines().find_map(|line| line.strip_prefix(&format!("ottla_log_dir_free_bytes{{dir=\"{data}\"}} ")));
    assert!(free.is_some_and(|bytes| bytes.parse::<f64>().unwrap() > 0.0), "{text}");
}
