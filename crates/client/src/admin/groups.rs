//! Groups: list, describe, delete, and their committed offsets.

use super::{Admin, item_result};
use crate::consumer::committed_topics;
use crate::{ClientError, Result, Target, Wanted};
use base::{ErrorCode, NodeId};
use protocol::offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
use protocol::offset_fetch_request::OffsetFetchRequestGroup;
use protocol::{
    ConsumerGroupDescribeRequest, ConsumerProtocolAssignment, Decode, DeleteGroupsRequest, DescribeGroupsRequest,
    ListGroupsRequest, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest,
};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Newest versions that name topics rather than carry their ids.
const BY_NAME: i16 = 9;

/// Partitions by topic.
pub type Partitions = BTreeMap<String, Vec<i32>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupListing {
    pub id: String,
    pub protocol_type: String,
    /// As the broker writes it, such as `Stable`.
    pub state: String,
    /// `Classic`, `Consumer`, `Share`, `Streams`, lower case as on the wire.
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDescription {
    pub id: String,
    pub state: String,
    pub protocol_type: String,
    /// The assignor; empty in a group without members.
    pub assignor: String,
    pub members: Vec<GroupMember>,
    pub coordinator: NodeId,
    /// True for a group of the protocol of KIP-848.
    pub is_consumer_protocol: bool,
    pub epoch: Option<i32>,
    pub assignment_epoch: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    pub id: String,
    pub instance_id: Option<String>,
    pub client_id: String,
    pub host: String,
    pub assignment: Partitions,
    pub epoch: Option<i32>,
    pub target: Option<Partitions>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedOffset {
    pub offset: i64,
    pub leader_epoch: i32,
    pub metadata: String,
}

impl Admin {
    /// Groups of all brokers. Empty filters mean all; they are applied again here for brokers that do not know them.
    pub fn list_groups(&self, states: &[String], kinds: &[String]) -> Result<Vec<GroupListing>> {
        let nodes: Vec<NodeId> = self.metadata(Wanted::Nothing, "listGroups")?.nodes.keys().copied().collect();
        let mut groups: BTreeMap<String, GroupListing> = BTreeMap::new();
        for node in nodes {
            let owned = |list: &[String]| list.iter().map(|item| Cow::Owned(item.clone())).collect();
            let build = |version: i16| ListGroupsRequest {
                states_filter: if version >= 4 { owned(states) } else { Vec::new() },
                types_filter: if version >= 5 { owned(kinds) } else { Vec::new() },
                ..Default::default()
            };
            let response =
                self.call("listGroups", Target::Node(node), build, |r| ErrorCode::from_code(r.error_code))?;
            item_result(response.error_code, None)?;
            for group in response.groups {
                let listing = GroupListing {
                    id: group.group_id.into_owned(),
                    protocol_type: group.protocol_type.into_owned(),
                    state: group.group_state.into_owned(),
                    kind: group.group_type.into_owned(),
                };
                groups.insert(listing.id.clone(), listing);
            }
        }
        let wanted = |list: &[String], value: &str| {
            list.is_empty() || value.is_empty() || list.iter().any(|item| item.eq_ignore_ascii_case(value))
        };
        Ok(groups.into_values().filter(|g| wanted(states, &g.state) && wanted(kinds, &g.kind)).collect())
    }

    /// One group, first asked for as a group of KIP-848, then as a classic one. A group that does not exist is
    /// GROUP_ID_NOT_FOUND.
    pub fn describe_group(&self, group: &str) -> Result<GroupDescription> {
        match self.describe_consumer_group(group) {
            Err(ClientError::Unsupported { .. }) => self.describe_classic_group(group),
            Err(ClientError::Broker { code: ErrorCode::GroupIdNotFound | ErrorCode::UnsupportedVersion, .. }) => {
                self.describe_classic_group(group)
            }
            other => other,
        }
    }

    fn describe_consumer_group(&self, group: &str) -> Result<GroupDescription> {
        let build = |_| ConsumerGroupDescribeRequest { group_ids: vec![Cow::Borrowed(group)], ..Default::default() };
        let verdict = |r: &protocol::ConsumerGroupDescribeResponse<'static>| {
            super::first_retriable(r.groups.iter().map(|g| g.error_code))
        };
        let response = self.call("describeConsumerGroups", Target::Group(group), build, verdict)?;
        let found = response.groups.into_iter().next().ok_or_else(|| super::missing("the group"))?;
        item_result(found.error_code, found.error_message.as_deref())?;
        let partitions = |assignment: protocol::consumer_group_describe_response::Assignment<'_>| -> Partitions {
            let topics = assignment.topic_partitions.into_iter();
            topics.map(|t| (t.topic_name.into_owned(), sorted(t.partitions))).collect()
        };
        let members = found.members.into_iter().map(|member| GroupMember {
            id: member.member_id.into_owned(),
            instance_id: member.instance_id.map(Cow::into_owned),
            client_id: member.client_id.into_owned(),
            host: member.client_host.into_owned(),
            assignment: partitions(member.assignment),
            epoch: Some(member.member_epoch),
            target: Some(partitions(member.target_assignment)),
        });
        Ok(GroupDescription {
            id: found.group_id.into_owned(),
            state: found.group_state.into_owned(),
            protocol_type: "consumer".into(),
            assignor: found.assignor_name.into_owned(),
            members: members.collect(),
            coordinator: self.coordinator_of(group)?,
            is_consumer_protocol: true,
            epoch: Some(found.group_epoch),
            assignment_epoch: Some(found.assignment_epoch),
        })
    }

    fn describe_classic_group(&self, group: &str) -> Result<GroupDescription> {
        let build = |_| DescribeGroupsRequest { groups: vec![Cow::Borrowed(group)], ..Default::default() };
        let verdict = |r: &protocol::DescribeGroupsResponse<'static>| {
            super::first_retriable(r.groups.iter().map(|g| g.error_code))
        };
        let response = self.call("describeGroups", Target::Group(group), build, verdict)?;
        let found = response.groups.into_iter().next().ok_or_else(|| super::missing("the group"))?;
        item_result(found.error_code, found.error_message.as_deref())?;
        let is_consumer = found.protocol_type.is_empty() || found.protocol_type == "consumer";
        let members = found.members.into_iter().map(|member| GroupMember {
            id: member.member_id.into_owned(),
            instance_id: member.group_instance_id.map(Cow::into_owned),
            client_id: member.client_id.into_owned(),
            host: member.client_host.into_owned(),
            assignment: if is_consumer { decode_assignment(&member.member_assignment) } else { Partitions::new() },
            epoch: None,
            target: None,
        });
        Ok(GroupDescription {
            id: found.group_id.into_owned(),
            state: found.group_state.into_owned(),
            protocol_type: found.protocol_type.into_owned(),
            assignor: found.protocol_data.into_owned(),
            members: members.collect(),
            coordinator: self.coordinator_of(group)?,
            is_consumer_protocol: false,
            epoch: None,
            assignment_epoch: None,
        })
    }

    fn coordinator_of(&self, group: &str) -> Result<NodeId> {
        self.cluster().coordinator(group, "findCoordinator", self.cluster().deadline())
    }

    /// Committed offsets of a group; `None` asks for all partitions that have one.
    pub fn group_offsets(
        &self,
        group: &str,
        wanted: Option<&Partitions>,
    ) -> Result<BTreeMap<(String, i32), CommittedOffset>> {
        offsets_of(self, group, wanted)
    }

    /// Commits offsets for a group without a member; the result per partition.
    pub fn commit_group_offsets(
        &self,
        group: &str,
        offsets: &BTreeMap<(String, i32), i64>,
    ) -> Result<BTreeMap<(String, i32), ErrorCode>> {
        let topics = committed_topics(
            offsets.iter().map(|((topic, partition), offset)| (topic.as_str(), *partition, *offset, -1)),
        );
        let build = |_| OffsetCommitRequest {
            group_id: Cow::Borrowed(group),
            generation_id_or_member_epoch: -1,
            topics: topics.clone(),
            ..Default::default()
        };
        let call = crate::Call {
            name: "offsetCommit",
            target: Target::Group(group),
            deadline: self.cluster().deadline(),
            version_max: BY_NAME,
        };
        let codes = |r: &protocol::OffsetCommitResponse<'static>| {
            super::first_retriable(r.topics.iter().flat_map(|t| t.partitions.iter().map(|p| p.error_code)))
        };
        let response = self.cluster().call(call, build, codes)?;
        let results = response.topics.into_iter().flat_map(|topic| {
            let name = topic.name.into_owned();
            topic
                .partitions
                .into_iter()
                .map(move |p| ((name.clone(), p.partition_index), ErrorCode::from_code(p.error_code)))
        });
        Ok(results.collect())
    }

    /// Deletes committed offsets. The outer error is the group's.
    pub fn delete_group_offsets(
        &self,
        group: &str,
        partitions: &Partitions,
    ) -> Result<BTreeMap<(String, i32), ErrorCode>> {
        let build = |_| OffsetDeleteRequest {
            group_id: Cow::Borrowed(group),
            topics: partitions
                .iter()
                .map(|(topic, partitions)| OffsetDeleteRequestTopic {
                    name: Cow::Borrowed(topic),
                    partitions: partitions
                        .iter()
                        .map(|p| OffsetDeleteRequestPartition { partition_index: *p, ..Default::default() })
                        .collect(),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let response =
            self.call("offsetDelete", Target::Group(group), build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, None)?;
        let results = response.topics.into_iter().flat_map(|topic| {
            let name = topic.name.into_owned();
            topic
                .partitions
                .into_iter()
                .map(move |p| ((name.clone(), p.partition_index), ErrorCode::from_code(p.error_code)))
        });
        Ok(results.collect())
    }

    /// Deletes one group.
    pub fn delete_group(&self, group: &str) -> Result<()> {
        let build = |_| DeleteGroupsRequest { groups_names: vec![Cow::Borrowed(group)], ..Default::default() };
        let verdict = |r: &protocol::DeleteGroupsResponse<'static>| {
            super::first_retriable(r.results.iter().map(|g| g.error_code))
        };
        let response = self.call("deleteConsumerGroups", Target::Group(group), build, verdict)?;
        let result = response.results.first().ok_or_else(|| super::missing("the group"))?;
        item_result(result.error_code, None)
    }
}

fn offsets_of(
    admin: &Admin,
    group: &str,
    wanted: Option<&Partitions>,
) -> Result<BTreeMap<(String, i32), CommittedOffset>> {
    use protocol::offset_fetch_request::{OffsetFetchRequestTopic, OffsetFetchRequestTopics};
    let build = |version: i16| {
        if version < 8 {
            let topics = wanted.map(|wanted| {
                let topic = |(name, partitions): (&String, &Vec<i32>)| OffsetFetchRequestTopic {
                    name: Cow::Owned(name.clone()),
                    partition_indexes: partitions.clone(),
                    ..Default::default()
                };
                wanted.iter().map(topic).collect()
            });
            return OffsetFetchRequest { group_id: Cow::Borrowed(group), topics, ..Default::default() };
        }
        let topics = wanted.map(|wanted| {
            let topic = |(name, partitions): (&String, &Vec<i32>)| OffsetFetchRequestTopics {
                name: Cow::Owned(name.clone()),
                partition_indexes: partitions.clone(),
                ..Default::default()
            };
            wanted.iter().map(topic).collect()
        });
        let group = OffsetFetchRequestGroup { group_id: Cow::Borrowed(group), topics, ..Default::default() };
        OffsetFetchRequest { groups: vec![group], ..Default::default() }
    };
    let call = crate::Call {
        name: "offsetFetch",
        target: Target::Group(group),
        deadline: admin.cluster().deadline(),
        version_max: BY_NAME,
    };
    let response = admin.cluster().call(call, build, |r| match r.groups.first() {
        Some(group) => ErrorCode::from_code(group.error_code),
        None => ErrorCode::from_code(r.error_code),
    })?;
    collect_offsets(response)
}

/// The offsets in either form of the answer; partitions without one are left out.
pub(crate) fn collect_offsets(
    response: protocol::OffsetFetchResponse<'static>,
) -> Result<BTreeMap<(String, i32), CommittedOffset>> {
    let mut found = BTreeMap::new();
    let mut note = |topic: &str, partition: i32, offset: i64, epoch: i32, metadata: Option<Cow<'_, str>>, code: i16| {
        item_result(code, None)?;
        if offset >= 0 {
            let metadata = metadata.unwrap_or_default().into_owned();
            found.insert((topic.to_string(), partition), CommittedOffset { offset, leader_epoch: epoch, metadata });
        }
        Ok::<(), ClientError>(())
    };
    item_result(response.error_code, None)?;
    for topic in response.topics {
        for p in topic.partitions {
            note(
                &topic.name,
                p.partition_index,
                p.committed_offset,
                p.committed_leader_epoch,
                p.metadata,
                p.error_code,
            )?;
        }
    }
    for group in response.groups {
        item_result(group.error_code, None)?;
        for topic in group.topics {
            for p in topic.partitions {
                let epoch = p.committed_leader_epoch;
                note(&topic.name, p.partition_index, p.committed_offset, epoch, p.metadata, p.error_code)?;
            }
        }
    }
    Ok(found)
}

/// What a classic member was assigned; nothing if the bytes are not an assignment.
fn decode_assignment(bytes: &[u8]) -> Partitions {
    match ConsumerProtocolAssignment::from_versioned(bytes) {
        Ok((assignment, _)) => {
            let topics = assignment.assigned_partitions.into_iter();
            topics.map(|t| (t.topic.into_owned(), sorted(t.partitions))).collect()
        }
        Err(_) => Partitions::new(),
    }
}

fn sorted(mut partitions: Vec<i32>) -> Vec<i32> {
    partitions.sort_unstable();
    partitions
}
