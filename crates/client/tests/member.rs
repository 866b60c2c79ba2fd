//! A group member whose coordinator fails, forgets it, or knows its topics no more.

mod support;

use base::ErrorCode;
use client::{ClientError, Consumer, ConsumerSettings, RebalanceEvent, SettingsMap, Subscription};
use protocol::ApiKey;
use std::time::{Duration, Instant};
use support::{Instead, Node};

const COOPERATIVE: (&str, &str) = ("partition.assignment.strategy", "cooperative-sticky");

/// A member of the node's group, subscribed to topic `t`, with two partitions assigned.
fn member(node: &Node, settings: &[(&str, &str)]) -> Consumer {
    let mut consumer = consumer(node, settings);
    consumer.subscribe(Subscription::Topics(vec!["t".into()])).unwrap();
    poll_until(&mut consumer, |consumer| consumer.position("t", 1).is_some());
    consumer.take_events();
    consumer
}

fn consumer(node: &Node, settings: &[(&str, &str)]) -> Consumer {
    let mut map = SettingsMap::default();
    map.set("bootstrap.servers", node.address()).set("group.id", "g").set("heartbeat.interval.ms", "20");
    map.set("auto.commit.interval.ms", "3600000").set("retry.backoff.ms", "1");
    for (key, value) in settings {
        map.set(*key, *value);
    }
    Consumer::new(ConsumerSettings::from_map(&map).unwrap()).unwrap()
}

fn poll_until(consumer: &mut Consumer, reached: impl Fn(&Consumer) -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !reached(consumer) {
        assert!(Instant::now() < until, "{consumer:?}");
        assert_eq!(consumer.poll(Duration::from_millis(5)).unwrap(), []);
    }
}

fn both() -> Vec<(String, i32)> {
    vec![("t".into(), 0), ("t".into(), 1)]
}

#[test]
fn a_cooperative_member_that_is_forgotten_while_joining_drops_its_partitions_without_a_commit() {
    let node = Node::start(&[("t", 2)]);
    let mut consumer = member(&node, &[COOPERATIVE, ("enable.auto.commit", "false")]);
    // The group rebalances, the coordinator has forgotten the member, and its next join is not answered.
    node.instead(ApiKey::JoinGroup, &[Instead::Code(ErrorCode::UnknownMemberId), Instead::Silence]);
    node.instead(ApiKey::Heartbeat, &[Instead::Code(ErrorCode::RebalanceInProgress)]);
    poll_until(&mut consumer, |_| node.seen("JoinGroup").len() >= 3);
    assert_eq!(consumer.take_events(), [RebalanceEvent::Lost(both())]);
    assert_eq!(consumer.assignment(), []);
    assert_eq!(node.seen("JoinGroup")[1..], [r#"JoinGroup "m1" 1 2 t"#, r#"JoinGroup "" -1 0 t"#]);
    let offsets = [(("t".to_string(), 0), 7)].into();
    assert!(consumer.commit_offsets(&offsets).is_err());
    assert_eq!(node.seen("OffsetCommit"), Vec::<String>::new());
}

#[test]
fn a_member_that_is_thrown_out_may_not_commit() {
    let node = Node::start(&[("t", 2)]);
    let consumer = member(&node, &[("enable.auto.commit", "false")]);
    node.instead(ApiKey::Heartbeat, &[Instead::Code(ErrorCode::UnknownMemberId)]);
    let offsets = [(("t".to_string(), 0), 7)].into();
    while consumer.member_id() != Some(String::new()) {
        std::thread::yield_now();
    }
    assert_eq!(consumer.commit_offsets(&offsets), Err(ClientError::CommitFailed));
    assert_eq!(node.seen("OffsetCommit"), Vec::<String>::new());
}

#[test]
fn a_member_keeps_its_partitions_when_the_connection_to_its_coordinator_breaks() {
    let node = Node::start(&[("t", 2)]);
    let mut consumer = member(&node, &[]);
    let before = node.seen("Heartbeat").len();
    node.instead(ApiKey::Heartbeat, &[Instead::Close, Instead::Code(ErrorCode::NotCoordinator)]);
    poll_until(&mut consumer, |_| node.seen("Heartbeat").len() >= before + 4);
    assert_eq!(consumer.take_events(), []);
    assert_eq!(consumer.assignment(), both());
    assert_eq!(node.seen("JoinGroup").len(), 1);
    assert!(node.seen("FindCoordinator").len() >= 3);
}

#[test]
fn only_dynamic_members_leave_when_they_do_not_poll() {
    for instance in [None, Some(("group.instance.id", "i"))] {
        let node = Node::start(&[("t", 2)]);
        let mut settings = vec![("max.poll.interval.ms", "50")];
        settings.extend(instance);
        let mut consumer = member(&node, &settings);
        // Not polled any more, until the member has given itself up.
        while consumer.member_id() != Some(String::new()) {
            std::thread::yield_now();
        }
        let left = node.seen("LeaveGroup").len();
        assert_eq!(left, usize::from(instance.is_none()), "{instance:?}");
        poll_until(&mut consumer, |consumer| consumer.position("t", 1).is_some() && node.seen("JoinGroup").len() > 1);
        assert_eq!(consumer.take_events().first(), Some(&RebalanceEvent::Lost(both())));
    }
}

#[test]
fn a_rebalance_and_a_close_commit_once_where_a_topic_is_gone() {
    let node = Node::start(&[("t", 2)]);
    let mut consumer = member(&node, &[]);
    node.instead(ApiKey::OffsetCommit, &[Instead::Code(ErrorCode::UnknownTopicOrPartition); 1000]);
    node.instead(ApiKey::Heartbeat, &[Instead::Code(ErrorCode::RebalanceInProgress)]);
    poll_until(&mut consumer, |consumer| node.seen("SyncGroup").len() >= 2 && consumer.position("t", 1).is_some());
    assert_eq!(node.seen("OffsetCommit"), ["OffsetCommit m1 1 t"]);
    consumer.close().unwrap();
    assert_eq!(node.seen("OffsetCommit").len(), 2);
}

#[test]
fn a_member_that_hears_of_its_loss_from_the_commit_before_a_rebalance_revokes_nothing() {
    let node = Node::start(&[("t", 2)]);
    let mut consumer = member(&node, &[]);
    node.instead(ApiKey::OffsetCommit, &[Instead::Code(ErrorCode::IllegalGeneration)]);
    node.instead(ApiKey::Heartbeat, &[Instead::Code(ErrorCode::RebalanceInProgress)]);
    poll_until(&mut consumer, |_| node.seen("SyncGroup").len() >= 2);
    assert_eq!(consumer.take_events(), [RebalanceEvent::Lost(both()), RebalanceEvent::Assigned(both())]);
    assert_eq!(node.seen("JoinGroup").len(), 2);
}

#[test]
fn background_commits_do_not_hold_poll_up() {
    for instead in [Instead::Code(ErrorCode::UnknownTopicOrPartition), Instead::Code(ErrorCode::NotCoordinator)] {
        let node = Node::start(&[("t", 2)]);
        let mut consumer = member(&node, &[("auto.commit.interval.ms", "1"), ("session.timeout.ms", "6000")]);
        node.instead(ApiKey::OffsetCommit, &[instead; 10_000]);
        let before = node.seen("OffsetCommit").len();
        while node.seen("OffsetCommit").len() == before {
            let began = Instant::now();
            consumer.poll(Duration::ZERO).unwrap();
            assert!(began.elapsed() < Duration::from_secs(6), "{instead:?}: {:?}", began.elapsed());
        }
    }
}

#[test]
fn a_pattern_subscription_lets_a_deleted_topic_go_and_does_not_create_it() {
    let node = Node::start(&[("t", 2), ("u", 1), ("other", 1)]);
    let mut consumer = consumer(&node, &[]);
    consumer.subscribe(Subscription::Matching(Box::new(|name| name.len() == 1))).unwrap();
    poll_until(&mut consumer, |consumer| consumer.assignment().len() == 3);
    node.remove_topic("u");
    let until = Instant::now() + Duration::from_secs(20);
    while consumer.assignment() != both() {
        assert!(Instant::now() < until, "{consumer:?}");
        // Fetches that fail make the consumer ask for metadata.
        node.hang_up();
        consumer.poll(Duration::from_millis(5)).unwrap();
    }
    assert_eq!(node.seen("JoinGroup"), [r#"JoinGroup "" -1 0 t,u"#, r#"JoinGroup "m1" -1 0 t"#]);
    assert_eq!(node.seen("Metadata create=true"), Vec::<String>::new());
}
