//! Many Metadata requests at once for topics that are not there, with automatic creation on: each gets its answer, and what
//! waits meanwhile has a maximum, so that the node's memory does not follow the number of requests.
//!
//! An answer is encoded before the next request of its connection is looked at, and a creation that waits costs a name
//! (`broker/src/auto_create.rs`: at most 1,000 of them, of which one request at a time takes some to the controller). What
//! may grow is what was really made: a topic and its open log.

mod robust;

use robust::node::{Node, until};
use robust::peer::{METADATA, Peer};

const REQUESTS: usize = 20_000;
const CONNECTIONS: usize = 8;
/// Buffers of eight connections, the metadata of what is being created, and the allocator's slack.
const FIXED_BYTES: u64 = 16 << 20;
/// A topic in both images, its partition, its log with indexes; here and while it is opened.
const TOPIC_BYTES: u64 = 24 << 10;

/// The frame of a Metadata request (version 4) for one topic, which may be created.
fn request(name: &str) -> Vec<u8> {
    let mut body = METADATA.to_be_bytes().to_vec();
    body.extend(4_i16.to_be_bytes());
    body.extend(7_i32.to_be_bytes());
    body.extend((-1_i16).to_be_bytes());
    body.extend(1_i32.to_be_bytes());
    body.extend(i16::try_from(name.len()).unwrap().to_be_bytes());
    body.extend(name.bytes());
    body.push(1);
    let mut frame = i32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend(body);
    frame
}

/// Sends all requests over all connections, as fast as they are taken, and reads an answer to each.
fn ask_all(node: &Node, name: impl Fn(usize) -> String) {
    let each = REQUESTS / CONNECTIONS;
    let frames = |connection: usize| (0..each).flat_map(|i| request(&name(connection * each + i))).collect::<Vec<u8>>();
    let all: Vec<Vec<u8>> = (0..CONNECTIONS).map(frames).collect();
    std::thread::scope(|scope| {
        for frames in &all {
            let mut sender = Peer::connect(node);
            let mut receiver = Peer { stream: sender.stream.try_clone().unwrap() };
            scope.spawn(move || std::io::Write::write_all(&mut sender.stream, frames).unwrap());
            scope.spawn(move || (0..each).for_each(|_| assert!(!receiver.receive().is_empty())));
        }
    });
}

/// Asks, and holds the largest memory that the process has had against what it may have.
fn stays_small(name: impl Fn(usize) -> String) -> f64 {
    let mut node = Node::start(&["auto.create.topics.enable=true", "num.partitions=1"]);
    let before = node.memory("VmHWM");
    ask_all(&node, name);
    // At once, while topics are still being created: the controller has room for others.
    assert_eq!(Peer::connect(&node).create("canary", &[]), 0);
    let mut last = -1.0;
    until("nothing is created any more", || {
        let now = node.metric("ottla_partitions").unwrap_or(-2.0);
        std::mem::replace(&mut last, now) == now && now >= 1.0
    });
    let mut canary = Peer::connect(&node);
    until("its log is open", || canary.produce("canary", None) != 3);
    assert!(node.page("/ready").starts_with("HTTP/1.1 200"), "{}", node.log());
    let topics = node.metric("ottla_partitions").unwrap();
    let grown = node.memory("VmHWM") - before;
    println!("{topics} topics, {} KiB more than the {} KiB before", grown >> 10, before >> 10);
    assert!(grown < FIXED_BYTES + TOPIC_BYTES * topics as u64, "{grown} bytes for {topics} topics");
    assert!(node.is_alive() && !node.log().contains("panicked"), "{}", node.log());
    topics
}

#[test]
fn requests_for_one_unknown_topic_create_it_once() {
    assert_eq!(stays_small(|_| "wanted".to_owned()), 2.0);
}

#[test]
fn requests_for_many_unknown_topics_leave_no_more_behind_than_the_topics() {
    assert!(stays_small(|i| format!("wanted-{i}")) > 2.0);
}
