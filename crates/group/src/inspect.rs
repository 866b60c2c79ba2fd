//! What administrators ask: DescribeGroups, ListGroups, DeleteGroups.

use crate::group::{Group, State};
use crate::member::Member;
use crate::records;
use crate::request::{GroupResponse, ListGroups, Output};
use crate::shard::Shard;
use base::ErrorCode;
use protocol::delete_groups_response::DeletableGroupResult;
use protocol::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use protocol::list_groups_response::ListedGroup;
use protocol::{DeleteGroupsResponse, DescribeGroupsResponse, ListGroupsResponse};
use std::borrow::Cow;
use std::collections::BTreeSet;

const CLASSIC: &str = "classic";
const DEAD: &str = "Dead";

impl Group {
    fn described(&self) -> DescribedGroup<'static> {
        let protocol = self.protocol_name.as_deref().filter(|_| self.state == State::Stable);
        DescribedGroup {
            group_id: Cow::Owned(self.id.clone()),
            group_state: Cow::Borrowed(self.state.name()),
            protocol_type: Cow::Owned(self.protocol_type.clone().unwrap_or_default()),
            protocol_data: Cow::Owned(protocol.unwrap_or_default().to_owned()),
            members: self.members.values().map(|m| described_member(m, protocol)).collect(),
            ..Default::default()
        }
    }
}

/// Metadata is shown of a stable group only, whose protocol is settled; the assignment is the last that was given.
fn described_member(member: &Member, protocol: Option<&str>) -> DescribedGroupMember<'static> {
    let metadata = protocol.and_then(|p| member.metadata(p)).unwrap_or_default();
    DescribedGroupMember {
        member_id: Cow::Owned(member.id.clone()),
        group_instance_id: member.instance_id.clone().map(Cow::Owned),
        client_id: Cow::Owned(member.client_id.clone()),
        client_host: Cow::Owned(member.client_host.clone()),
        member_metadata: Cow::Owned(metadata.to_vec()),
        member_assignment: Cow::Owned(member.assignment.clone()),
        ..Default::default()
    }
}

/// A group that does not exist, or is none of these; older clients are told that it is `Dead` (KIP-1043).
fn not_found(group_id: &str, message: String) -> DescribedGroup<'static> {
    DescribedGroup {
        group_id: Cow::Owned(group_id.to_owned()),
        group_state: Cow::Borrowed(DEAD),
        error_code: ErrorCode::GroupIdNotFound as i16,
        error_message: Some(Cow::Owned(message)),
        ..Default::default()
    }
}

impl Shard {
    pub(crate) fn describe_groups(&self, ids: &[String]) -> DescribeGroupsResponse<'static> {
        let described = |id: &String| match (self.groups.get(id), self.other_groups.get(id)) {
            (Some(group), _) => group.described(),
            (None, Some(_)) => not_found(id, format!("Group {id} is not a classic group.")),
            (None, None) => not_found(id, format!("Group {id} not found.")),
        };
        DescribeGroupsResponse { groups: ids.iter().map(described).collect(), ..Default::default() }
    }

    pub(crate) fn list_groups(&self, request: &ListGroups) -> ListGroupsResponse<'static> {
        let lower = |filter: &[String]| -> BTreeSet<String> { filter.iter().map(|s| s.to_lowercase()).collect() };
        let (states, types) = (lower(&request.states), lower(&request.types));
        let passes = |filter: &BTreeSet<String>, name: &str| filter.is_empty() || filter.contains(&name.to_lowercase());
        let listed = |id: &str, protocol_type: &str, state: &'static str, group_type: &'static str| ListedGroup {
            group_id: Cow::Owned(id.to_owned()),
            protocol_type: Cow::Owned(protocol_type.to_owned()),
            group_state: Cow::Borrowed(state),
            group_type: Cow::Borrowed(group_type),
            ..Default::default()
        };
        let classic = self
            .groups
            .values()
            .map(|g| listed(&g.id, g.protocol_type.as_deref().unwrap_or_default(), g.state.name(), CLASSIC));
        let others = self
            .other_groups
            .iter()
            .filter(|(id, _)| !self.groups.contains_key(*id))
            .map(|(id, g)| listed(id, g.group_type.name(), g.state_name(), g.group_type.name()));
        let groups = classic.chain(others).filter(|g| passes(&states, &g.group_state) && passes(&types, &g.group_type));
        ListGroupsResponse { groups: groups.collect(), ..Default::default() }
    }

    /// A group that is named twice is answered once, as in Kafka.
    pub(crate) fn delete_groups(&self, ids: &[String], token: u64) -> Output {
        let mut out = Output::default();
        let mut results = Vec::with_capacity(ids.len());
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                continue;
            }
            let outcome = self.delete_group(id, &mut out);
            results.push(DeletableGroupResult {
                group_id: Cow::Owned(id.clone()),
                error_code: outcome.err().unwrap_or(ErrorCode::None) as i16,
                ..Default::default()
            });
        }
        let response = DeleteGroupsResponse { results, ..Default::default() };
        out.reply_after_commit(token, GroupResponse::DeleteGroups(response));
        out
    }

    fn delete_group(&self, id: &str, out: &mut Output) -> Result<(), ErrorCode> {
        match (self.groups.get(id), self.other_groups.get(id)) {
            (Some(group), _) if group.state != State::Empty => return Err(ErrorCode::NonEmptyGroup),
            (None, Some(other)) if other.has_members() => return Err(ErrorCode::NonEmptyGroup),
            (None, None) => return Err(ErrorCode::GroupIdNotFound),
            _ => {}
        }
        for (topic, partitions) in self.offsets.topics(id) {
            out.records.extend(partitions.keys().map(|p| records::offset_tombstone(id, topic, *p)));
        }
        for (topic, partition) in self.offsets.pending_partitions(id) {
            if self.offsets.get(id, &topic, partition).is_none() {
                out.records.push(records::offset_tombstone(id, &topic, partition));
            }
        }
        if self.groups.contains_key(id) {
            out.records.push(records::group_tombstone(id));
        }
        out.records.extend(self.other_groups.get(id).into_iter().flat_map(|other| other.tombstones()));
        Ok(())
    }
}
