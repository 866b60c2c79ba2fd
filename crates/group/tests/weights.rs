//! Which inputs of a shard are no work for an event loop.

mod common;

use base::Now;
use common::World;
use coordinator::{Machine, Weight};
use dialect::GroupCall;
use group::{CommitPartition, CommitTopic, GroupRequest, GroupSettings, OffsetCommit, SyncGroup, TopicRef};
use protocol::JoinGroupRequest;
use protocol::join_group_request::JoinGroupRequestProtocol;

/// A group of so many members, all of which wait for the end of the join phase.
fn crowd(members: usize) -> World {
    let mut world = World::new(GroupSettings::default());
    for n in 0..members {
        let request = JoinGroupRequest {
            group_id: "g".into(),
            session_timeout_ms: 10_000,
            rebalance_timeout_ms: 60_000,
            protocol_type: "consumer".into(),
            protocols: vec![JoinGroupRequestProtocol { name: "range".into(), ..Default::default() }],
            ..Default::default()
        };
        assert!(world.ask(&format!("c{n}"), 3, GroupCall::JoinGroup(request)).is_empty());
    }
    world
}

#[test]
fn what_concerns_a_large_group_is_large() {
    for (members, expected) in [(3, Weight::Small), (501, Weight::Large)] {
        let world = crowd(members);
        let weight = |request| world.shard.request_weight(&request);
        assert_eq!(weight(GroupRequest::DescribeGroups(vec!["g".into()])), expected, "{members}");
        assert_eq!(weight(GroupRequest::SyncGroup(SyncGroup { group_id: "g".into(), ..Default::default() })), expected);
        assert_eq!(weight(GroupRequest::Heartbeat(group::Heartbeat::default())), Weight::Small);
        assert_eq!(weight(GroupRequest::DescribeGroups(vec!["h".into()])), Weight::Small);
        let end = Now { monotonic_us: world.shard.next_deadline_us().unwrap(), ..world.now };
        assert_eq!(world.shard.timer_weight(world.now), Weight::Small, "nothing is due");
        assert_eq!(world.shard.timer_weight(end), expected, "the end of the join phase answers {members}");
    }
}

#[test]
fn what_carries_much_is_large() {
    let world = crowd(1);
    for (count, expected) in [(500, Weight::Small), (501, Weight::Large)] {
        let partitions = (0..count).map(|partition| CommitPartition { partition, ..Default::default() }).collect();
        let topics = vec![CommitTopic { topic: TopicRef::Name("t1".into()), partitions }];
        let request = GroupRequest::OffsetCommit(OffsetCommit { topics, ..Default::default() });
        assert_eq!(world.shard.request_weight(&request), expected, "{count}");
    }
    let assignments = vec![("m".to_owned(), vec![0; (64 << 10) + 1])];
    let request = GroupRequest::SyncGroup(SyncGroup { group_id: "g".into(), assignments, ..Default::default() });
    assert_eq!(world.shard.request_weight(&request), Weight::Large);
}
