//! Groups: clients that only keep offsets, and a classic group whose members come, go and vanish.

use super::Peer;
use super::topics::DURABLE;
use super::{Pending, Pendings};
use crate::checks::Knowledge;
use crate::node::decode;
use base::{ErrorCode, Offset, Random, SplitMix64};
use protocol::{
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest,
    OffsetCommitRequest, OffsetFetchRequest, SyncGroupRequest, join_group_request, leave_group_request,
    offset_commit_request, offset_fetch_request, sync_group_request,
};
use std::collections::BTreeSet;

/// The group that has members; the others keep offsets only.
pub const TEAM: u64 = 3;
/// Partitions of the topic that the groups read.
const PARTITIONS: i32 = 2;
const MEMBERS: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Out,
    Joining,
    /// Joined; the ids of all members if this one leads.
    Joined {
        members: Vec<String>,
    },
    Syncing,
    Stable {
        owned: Vec<i32>,
    },
}

/// As who a client asks; answers to somebody it is no longer do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsMember {
    id: String,
    generation: i32,
    /// The leader of the generation, which tells it from one of the same number in a later life of the group.
    leader: String,
}

#[derive(Debug, Clone)]
pub struct Member {
    own: AsMember,
    state: State,
}

impl Member {
    fn out() -> Member {
        Member { own: AsMember { generation: -1, ..AsMember::default() }, state: State::Out }
    }
}

pub struct Groups {
    members: [Member; MEMBERS],
    /// Groups whose offsets are being written or read.
    busy: BTreeSet<u64>,
    next_offset: Offset,
    /// The group was deleted, and nobody joins before the next process runs.
    is_resting: bool,
}

impl Default for Groups {
    fn default() -> Self {
        Groups {
            members: std::array::from_fn(|_| Member::out()),
            busy: BTreeSet::new(),
            next_offset: 1,
            is_resting: false,
        }
    }
}

impl Groups {
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub fn disconnected(&mut self) {
        self.busy.clear();
        self.is_resting = false;
        for member in &mut self.members {
            if !matches!(member.state, State::Stable { .. }) {
                member.state = State::Out;
            }
        }
    }

    /// The group may have forgotten everything.
    pub fn power_was_cut(&mut self) {
        *self = Groups { next_offset: self.next_offset, ..Groups::default() };
    }

    /// A client without membership commits.
    pub fn commit(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        knowledge: &mut Knowledge,
        pending: &mut Pendings,
    ) {
        let group = 1 + random.below(2);
        let partition = random.below(PARTITIONS as u64) as i32;
        self.send_commit((group, partition), (-1, ""), false, node, knowledge, pending);
    }

    fn send_commit(
        &mut self,
        (group, partition): (u64, i32),
        (generation, member): (i32, &str),
        is_late: bool,
        node: &mut impl Peer,
        knowledge: &mut Knowledge,
        pending: &mut Pendings,
    ) {
        if !self.busy.insert(group) {
            return;
        }
        let offset = self.next_offset;
        self.next_offset += 1;
        knowledge.committing(group, partition, offset);
        let request = OffsetCommitRequest {
            group_id: group.to_string().into(),
            generation_id_or_member_epoch: generation,
            member_id: member.to_owned().into(),
            topics: vec![offset_commit_request::OffsetCommitRequestTopic {
                name: DURABLE.into(),
                partitions: vec![offset_commit_request::OffsetCommitRequestPartition {
                    partition_index: partition,
                    committed_offset: offset,
                    committed_metadata: None,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            group_instance_id: None,
            ..Default::default()
        };
        let tag = node.send(8, &request);
        pending.insert(tag, Pending::Commit { group, partition, offset, is_late });
    }

    pub fn committed(
        &mut self,
        (group, partition, offset): (u64, i32, Offset),
        is_late: bool,
        frame: &[u8],
        knowledge: &mut Knowledge,
    ) {
        self.busy.remove(&group);
        let error = decode::<OffsetCommitRequest<'_>>(frame, 8)
            .and_then(|r| Some(r.topics.first()?.partitions.first()?.error_code));
        if error == Some(0) {
            knowledge.committed(group, partition, offset);
            if is_late {
                knowledge.say(format!("group {group} took offset {offset} from a generation that is over"));
            }
        }
    }

    pub fn fetch_offsets(&mut self, node: &mut impl Peer, random: &mut SplitMix64, pending: &mut Pendings) {
        let group = 1 + random.below(3);
        if !self.busy.insert(group) {
            return;
        }
        let partition = random.below(PARTITIONS as u64) as i32;
        let request = OffsetFetchRequest {
            group_id: group.to_string().into(),
            topics: Some(vec![offset_fetch_request::OffsetFetchRequestTopic {
                name: DURABLE.into(),
                partition_indexes: vec![partition],
                ..Default::default()
            }]),
            ..Default::default()
        };
        pending.insert(node.send(7, &request), Pending::OffsetFetch { group, partition });
    }

    pub fn offsets_fetched(&mut self, group: u64, partition: i32, frame: &[u8], knowledge: &mut Knowledge) {
        self.busy.remove(&group);
        let found = decode::<OffsetFetchRequest<'_>>(frame, 7)
            .filter(|r| r.error_code == 0)
            .and_then(|r| r.topics.first()?.partitions.first().cloned())
            .filter(|p| p.error_code == 0);
        if let Some(found) = found {
            knowledge.offset_fetched(group, partition, found.committed_offset);
        }
    }

    /// One member does something.
    pub fn member_acts(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        knowledge: &mut Knowledge,
        pending: &mut Pendings,
    ) {
        let index = random.below(MEMBERS as u64) as usize;
        let member = self.members[index].clone();
        match &member.state {
            _ if self.is_resting => {}
            State::Out | State::Joined { .. } => self.go_on(index, node, knowledge, pending),
            State::Joining | State::Syncing if random.below(8) == 0 => self.vanish(index),
            State::Joining | State::Syncing => {}
            State::Stable { owned } => match random.below(16) {
                0..=7 => self.heartbeat(index, node, pending),
                8..=11 => {
                    if let Some(partition) = owned.first() {
                        let as_member = (member.own.generation, member.own.id.as_str());
                        self.send_commit((TEAM, *partition), as_member, false, node, knowledge, pending);
                    }
                }
                12..=13 if member.own.generation > 1 => {
                    let as_member = (member.own.generation - 1, member.own.id.as_str());
                    let partition = random.below(PARTITIONS as u64) as i32;
                    self.send_commit((TEAM, partition), as_member, true, node, knowledge, pending);
                }
                14 => self.leave(index, node, pending),
                15 => self.vanish(index),
                _ => {}
            },
        }
    }

    fn leave(&mut self, index: usize, node: &mut impl Peer, pending: &mut Pendings) {
        let request = LeaveGroupRequest {
            group_id: TEAM.to_string().into(),
            members: vec![leave_group_request::MemberIdentity {
                member_id: self.members[index].own.id.clone().into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        pending.insert(node.send(3, &request), Pending::Any);
        self.vanish(index);
    }

    fn vanish(&mut self, index: usize) {
        self.members[index] = Member::out();
    }

    fn heartbeat(&mut self, index: usize, node: &mut impl Peer, pending: &mut Pendings) {
        let member = &self.members[index];
        let request = HeartbeatRequest {
            group_id: TEAM.to_string().into(),
            generation_id: member.own.generation,
            member_id: member.own.id.clone().into(),
            ..Default::default()
        };
        pending.insert(node.send(3, &request), Pending::Heartbeat(index));
    }

    /// The next step on the way into the group.
    fn go_on(&mut self, index: usize, node: &mut impl Peer, knowledge: &mut Knowledge, pending: &mut Pendings) {
        let member = &mut self.members[index];
        match std::mem::replace(&mut member.state, State::Joining) {
            State::Out => {
                let request = JoinGroupRequest {
                    group_id: TEAM.to_string().into(),
                    session_timeout_ms: 6_000,
                    rebalance_timeout_ms: 8_000,
                    member_id: member.own.id.clone().into(),
                    protocol_type: "consumer".into(),
                    protocols: vec![join_group_request::JoinGroupRequestProtocol {
                        name: "range".into(),
                        metadata: (&[][..]).into(),
                        ..Default::default()
                    }],
                    ..Default::default()
                };
                let is_first = knowledge.joining();
                pending.insert(
                    node.send(3, &request),
                    Pending::Join { member: index, asked: member.own.clone(), is_first },
                );
            }
            State::Joined { members } => {
                member.state = State::Syncing;
                let assignment = |(i, id): (usize, &String)| sync_group_request::SyncGroupRequestAssignment {
                    member_id: id.clone().into(),
                    assignment: (0..PARTITIONS)
                        .filter(|partition| *partition as usize % members.len() == i)
                        .map(|partition| partition as u8)
                        .collect::<Vec<u8>>()
                        .into(),
                    ..Default::default()
                };
                let request = SyncGroupRequest {
                    group_id: TEAM.to_string().into(),
                    generation_id: member.own.generation,
                    member_id: member.own.id.clone().into(),
                    assignments: members.iter().enumerate().map(assignment).collect(),
                    ..Default::default()
                };
                pending.insert(node.send(3, &request), Pending::Sync { member: index, asked: member.own.clone() });
            }
            other => member.state = other,
        }
    }

    pub fn joined(&mut self, index: usize, asked: &AsMember, is_first: bool, frame: &[u8], knowledge: &mut Knowledge) {
        let Some(response) = decode::<JoinGroupRequest<'_>>(frame, 3) else { return self.unanswered(index, asked) };
        let member = &mut self.members[index];
        let error = ErrorCode::from_code(response.error_code);
        if error.is_ok() {
            knowledge.joined_generation(response.generation_id, is_first);
        }
        if member.state != State::Joining || member.own != *asked {
            return;
        }
        if !error.is_ok() {
            return self.refused(index, error);
        }
        member.own = AsMember {
            id: response.member_id.to_string(),
            generation: response.generation_id,
            leader: response.leader.to_string(),
        };
        let members = if response.leader == response.member_id {
            response.members.iter().map(|other| other.member_id.to_string()).collect()
        } else {
            Vec::new()
        };
        member.state = State::Joined { members };
    }

    pub fn synced(&mut self, index: usize, asked: AsMember, frame: &[u8], knowledge: &mut Knowledge) {
        let Some(response) = decode::<SyncGroupRequest<'_>>(frame, 3) else { return self.unanswered(index, &asked) };
        let error = ErrorCode::from_code(response.error_code);
        let owned: Vec<i32> = response.assignment.iter().map(|partition| i32::from(*partition)).collect();
        if error.is_ok() {
            // True also of a member that the client has ceased to be.
            for partition in &owned {
                knowledge.owns((&asked.leader, asked.generation), *partition, &asked.id);
            }
        }
        let member = &mut self.members[index];
        if member.state != State::Syncing || member.own != asked {
            return;
        }
        if !error.is_ok() {
            return self.refused(index, error);
        }
        member.state = State::Stable { owned };
    }

    pub fn heartbeat_answered(&mut self, index: usize, frame: &[u8]) {
        let Some(response) = decode::<HeartbeatRequest<'_>>(frame, 3) else { return };
        let error = ErrorCode::from_code(response.error_code);
        if !error.is_ok() && matches!(self.members[index].state, State::Stable { .. }) {
            self.refused(index, error);
        }
    }

    /// The connection was closed: the member tries again.
    fn unanswered(&mut self, index: usize, asked: &AsMember) {
        let member = &mut self.members[index];
        if matches!(member.state, State::Joining | State::Syncing) && member.own == *asked {
            member.state = State::Out;
        }
    }

    fn refused(&mut self, index: usize, error: ErrorCode) {
        let member = &mut self.members[index];
        member.state = State::Out;
        if matches!(error, ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration) {
            member.own.id.clear();
        }
    }

    /// Everybody leaves; then the group is deleted.
    pub fn delete(&mut self, node: &mut impl Peer, knowledge: &mut Knowledge, pending: &mut Pendings) {
        for index in 0..MEMBERS {
            match self.members[index].state {
                State::Out => {}
                State::Stable { .. } => self.leave(index, node, pending),
                _ => return,
            }
        }
        if !self.busy.insert(TEAM) {
            return;
        }
        knowledge.deleting_group(TEAM);
        let request = DeleteGroupsRequest { groups_names: vec![TEAM.to_string().into()], ..Default::default() };
        pending.insert(node.send(2, &request), Pending::DeleteGroup);
    }

    pub fn deleted(&mut self, frame: &[u8], knowledge: &mut Knowledge) {
        self.busy.remove(&TEAM);
        let error = decode::<DeleteGroupsRequest<'_>>(frame, 2).and_then(|r| Some(r.results.first()?.error_code));
        if error == Some(0) {
            knowledge.group_deleted(TEAM);
            self.is_resting = true;
        }
    }

    /// One member must get in, whatever happened before.
    pub fn settle(&mut self, node: &mut impl Peer, knowledge: &mut Knowledge, pending: &mut Pendings) -> bool {
        match self.members[0].state {
            State::Stable { .. } => true,
            State::Out | State::Joined { .. } => {
                self.go_on(0, node, knowledge, pending);
                false
            }
            State::Joining | State::Syncing => false,
        }
    }

    /// Forgets the members, so that a new one must get in.
    pub fn all_vanish(&mut self) {
        (0..MEMBERS).for_each(|index| self.vanish(index));
    }
}

/// Asks what the coordinator knows of the group with members.
pub fn describe(node: &mut impl Peer) -> u64 {
    node.send(4, &DescribeGroupsRequest { groups: vec![TEAM.to_string().into()], ..Default::default() })
}

/// State and number of members.
pub fn described(frame: &[u8]) -> Option<(String, usize)> {
    let response = decode::<DescribeGroupsRequest<'_>>(frame, 4)?;
    let group = response.groups.first().filter(|group| group.error_code == 0)?;
    Some((group.group_state.to_string(), group.members.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Message, SyncGroupResponse};

    fn member(id: &str, generation: i32, leader: &str) -> AsMember {
        AsMember { id: id.to_owned(), generation, leader: leader.to_owned() }
    }

    #[test]
    fn an_answer_to_whom_a_client_was_before_is_not_booked_for_whom_it_is_now() {
        let (mut groups, mut knowledge) = (Groups::default(), Knowledge::default());
        groups.members[0] = Member { own: member("c", 2, "b"), state: State::Syncing };
        let response = SyncGroupResponse { assignment: (&[0][..]).into(), ..Default::default() };
        let frame = [vec![0; 4], response.to_bytes(3).unwrap()].concat();
        groups.synced(0, member("a", 1, "a"), &frame, &mut knowledge);
        knowledge.owns(("b", 2), 0, "b");
        assert_eq!((knowledge.violations.len(), &groups.members[0].state), (0, &State::Syncing));
        groups.synced(0, member("c", 2, "b"), &frame, &mut knowledge);
        assert_eq!(knowledge.violations.len(), 1, "two members own the partition");
    }
}
