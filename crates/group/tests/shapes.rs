//! Every API answers in every version that it has.

mod common;

use base::ErrorCode;
use common::{World, must_encode};
use dialect::{Client, GroupCall, offset_fetch_groups};
use group::GroupSettings;
use protocol::offset_fetch_request::{OffsetFetchRequestTopic, OffsetFetchRequestTopics};
use protocol::{
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest,
    ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest, SyncGroupRequest,
};

fn fetch(version: i16) -> GroupCall<'static> {
    let single = version < 8;
    let topic = OffsetFetchRequestTopic { name: "t1".into(), partition_indexes: vec![0], ..Default::default() };
    let group = protocol::offset_fetch_request::OffsetFetchRequestGroup {
        group_id: "g".into(),
        topics: Some(vec![OffsetFetchRequestTopics { partition_indexes: vec![0], ..Default::default() }]),
        ..Default::default()
    };
    let request = OffsetFetchRequest {
        group_id: "g".into(),
        topics: Some(vec![topic]),
        groups: if single { Vec::new() } else { vec![group] },
        ..Default::default()
    };
    let group = offset_fetch_groups(request, version).remove(0);
    GroupCall::OffsetFetch { group, require_stable: false }
}

/// A request, and the versions of its API.
type Case = (fn(i16) -> GroupCall<'static>, std::ops::RangeInclusive<i16>);

#[test]
fn every_version_has_an_answer_and_an_error() {
    let cases: [Case; 10] = [
        (|_| GroupCall::JoinGroup(JoinGroupRequest { group_id: "g".into(), ..Default::default() }), 0..=9),
        (|_| GroupCall::SyncGroup(SyncGroupRequest { group_id: "g".into(), ..Default::default() }), 0..=5),
        (|_| GroupCall::Heartbeat(HeartbeatRequest { group_id: "g".into(), ..Default::default() }), 0..=4),
        (|_| GroupCall::LeaveGroup(LeaveGroupRequest { group_id: "g".into(), ..Default::default() }), 0..=5),
        (|_| GroupCall::OffsetCommit(OffsetCommitRequest { group_id: "g".into(), ..Default::default() }), 2..=10),
        (fetch, 1..=10),
        (|_| GroupCall::OffsetDelete(OffsetDeleteRequest { group_id: "g".into(), ..Default::default() }), 0..=0),
        (
            |_| GroupCall::DescribeGroups(DescribeGroupsRequest { groups: vec!["g".into()], ..Default::default() }),
            0..=6,
        ),
        (|_| GroupCall::ListGroups(ListGroupsRequest::default()), 0..=5),
        (
            |_| GroupCall::DeleteGroups(DeleteGroupsRequest { groups_names: vec!["g".into()], ..Default::default() }),
            0..=2,
        ),
    ];
    for (request, versions) in cases {
        for version in versions {
            let client = Client { id: "A", host: "/10.0.0.1", version };
            let error = request(version).into_request(&client).error_response(ErrorCode::CoordinatorLoadInProgress);
            must_encode(&error, version);
            let mut world = World::new(GroupSettings::default());
            assert_eq!(world.ask("A", version, request(version)).len(), 1);
        }
    }
}
