//! What clients can make a coordinator keep has a maximum, and one client's mass is not in the others' way.

mod common;

use base::ErrorCode;
use common::World;
use dialect::GroupCall;
use group::{GroupResponse, GroupSettings};
use protocol::join_group_request::JoinGroupRequestProtocol;
use protocol::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use protocol::{JoinGroupRequest, OffsetCommitRequest};

/// Asks to join, and returns the error and the member id.
fn join(world: &mut World, client: &str, group: &str, member: &str) -> (ErrorCode, String) {
    let request = JoinGroupRequest {
        group_id: group.to_owned().into(),
        session_timeout_ms: 1_800_000,
        rebalance_timeout_ms: 60_000,
        member_id: member.to_owned().into(),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol { name: "range".into(), ..Default::default() }],
        ..Default::default()
    };
    let mut delivered = world.ask(client, 5, GroupCall::JoinGroup(request));
    match delivered.pop() {
        Some((_, GroupResponse::JoinGroup(r))) => (ErrorCode::from_code(r.error_code), r.member_id.to_string()),
        other => panic!("{other:?}"),
    }
}

fn is_still_known(world: &mut World, client: &str, group: &str, member: &str) -> bool {
    let request = JoinGroupRequest {
        group_id: group.to_owned().into(),
        session_timeout_ms: 1_800_000,
        member_id: member.to_owned().into(),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol { name: "range".into(), ..Default::default() }],
        ..Default::default()
    };
    // Whoever is known is parked until the group has waited for others.
    world.ask(client, 5, GroupCall::JoinGroup(request)).is_empty()
}

#[test]
fn member_ids_that_are_handed_out_and_not_used_take_bounded_memory_in_a_group() {
    let mut world = World::new(GroupSettings::default());
    let client = "c".repeat(32_000);
    let ids: Vec<String> = (0..200)
        .map(|_| {
            let (error, id) = join(&mut world, &client, "g", "");
            assert_eq!(error, ErrorCode::MemberIdRequired);
            id
        })
        .collect();
    assert_eq!(join(&mut world, &client, "g", &ids[0]).0, ErrorCode::UnknownMemberId);
    assert_eq!(join(&mut world, &client, "g", &ids[100]).0, ErrorCode::UnknownMemberId);
    assert!(is_still_known(&mut world, &client, "g", &ids[199]));
    assert!(is_still_known(&mut world, &client, "g", &ids[150]));
}

#[test]
fn member_ids_that_are_handed_out_and_not_used_take_bounded_memory_in_all_groups_together() {
    let mut world = World::new(GroupSettings::default());
    let client = "c".repeat(32_000);
    let ids: Vec<String> = (0..400).map(|n| join(&mut world, &client, &format!("g{n}"), "").1).collect();
    assert_eq!(join(&mut world, &client, "g0", &ids[0]).0, ErrorCode::UnknownMemberId);
    assert!(is_still_known(&mut world, &client, "g399", &ids[399]));
}

#[test]
fn ten_times_the_usual_crowd_gets_its_member_ids() {
    let mut world = World::new(GroupSettings::default());
    let ids: Vec<String> = (0..5_000).map(|_| join(&mut world, "consumer-group-1", "g", "").1).collect();
    assert!(is_still_known(&mut world, "consumer-group-1", "g", &ids[0]));
}

fn commit(world: &mut World, group: &str, topic: &str, partitions: i32) {
    let partition =
        |index| OffsetCommitRequestPartition { partition_index: index, committed_offset: 1, ..Default::default() };
    for first in (0..partitions).step_by(3) {
        let topic = OffsetCommitRequestTopic {
            name: topic.to_owned().into(),
            partitions: (first..(first + 3).min(partitions)).map(|n| partition(n % 3)).collect(),
            ..Default::default()
        };
        let request = OffsetCommitRequest {
            group_id: group.to_owned().into(),
            generation_id_or_member_epoch: -1,
            topics: vec![topic],
            ..Default::default()
        };
        world.ask("A", 8, GroupCall::OffsetCommit(request));
    }
}

fn settings() -> GroupSettings {
    GroupSettings {
        offsets_retention_ms: 1_000,
        offsets_retention_check_interval_ms: 100_000,
        ..GroupSettings::default()
    }
}

fn gone(world: &World) -> usize {
    world.log.iter().filter(|record| record.value.is_none()).count()
}

#[test]
fn expired_offsets_of_groups_with_long_names_go_in_batches_that_fit() {
    let mut world = World::new(settings());
    for n in 0..60 {
        commit(&mut world, &format!("{n:02}{}", "g".repeat(30_000)), "t1", 1);
    }
    commit(&mut world, "z", "t1", 1);
    world.batch_bytes_max = 1 << 20;
    world.wait(102_000);
    assert_eq!(gone(&world), 2 * 61, "the offset and its group");
}

/// Commits an offset for each of the 27 partitions.
fn commit_all(world: &mut World, group: &str) {
    (1..=9).for_each(|topic| commit(world, group, &format!("t{topic}"), 3));
}

#[test]
fn a_sweep_over_expired_offsets_goes_on_behind_a_batch_that_is_refused() {
    let mut world = World::new(settings());
    commit_all(&mut world, &format!("a{}", "g".repeat(30_000)));
    (0..100).for_each(|n| commit(&mut world, &format!("b{n:02}"), "t1", 1));
    world.batch_bytes_max = 100_000;
    world.wait(102_000);
    assert_eq!(gone(&world), 2 * 100);
    world.batch_bytes_max = 200_000;
    world.wait(100_000);
    assert_eq!(gone(&world), 2 * 100 + 28);
}

#[test]
fn a_sweep_whose_last_group_fills_a_batch_goes_on_soon() {
    let mut world = World::new(settings());
    commit(&mut world, "a", "t1", 1);
    commit_all(&mut world, &format!("z{}", "g".repeat(30_000)));
    world.batch_bytes_max = 200_000;
    world.wait(102_000);
    assert_eq!(gone(&world), 2 + 28);
}
