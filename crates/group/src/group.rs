//! A classic group: its members, generation and state, and the questions that requests ask of them.
//!
//! ```text
//!            join                  all joined, or time is up            leader's sync is stored
//!   Empty ---------> Preparing --------------------------> Completing --------------------------> Stable
//!     ^                | ^  no member left                     |                                    |
//!     +----------------+ +-------------------------------------+------------------------------------+
//!                              join, leave, expiry of a member, time for syncs is up
//! ```
//! A deleted group is no object any more, so Kafka's state `Dead` appears only in answers.

use crate::member::{Member, Parked};
use crate::pending::PendingMembers;
use crate::records;
use crate::request::{CoordinatorRecord, OfferedProtocol};
use base::ErrorCode;
use protocol::join_group_response::{JoinGroupResponse, JoinGroupResponseMember};
use protocol::{ConsumerProtocolSubscription, Decode, GroupMetadataValue};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Protocol type of consumers; only of these the coordinator reads the subscriptions.
pub(crate) const CONSUMER_PROTOCOL_TYPE: &str = "consumer";
/// "No generation" in requests and responses.
pub(crate) const NO_GENERATION: i32 = -1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
}

impl State {
    /// Kafka's name, as tools print it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Empty => "Empty",
            State::PreparingRebalance => "PreparingRebalance",
            State::CompletingRebalance => "CompletingRebalance",
            State::Stable => "Stable",
        }
    }
}

/// Why the join phase ends at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinPhase {
    /// The first rebalance of an empty group: more members are waited for as long as new ones arrive (KIP-134).
    Initial { delay_ms: i32, remaining_ms: i32 },
    /// Members have their rebalance timeout to rejoin.
    Rebalance,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub id: String,
    pub state: State,
    pub previous_state: State,
    /// Wall clock of the last change of state, -1 when a log from before KIP-211 did not say.
    pub state_timestamp_ms: i64,
    pub protocol_type: Option<String>,
    pub protocol_name: Option<String>,
    pub generation: i32,
    pub leader: Option<String>,
    pub members: BTreeMap<String, Member>,
    /// Member id of each instance id.
    pub static_members: BTreeMap<String, String>,
    /// Members of this generation whose SyncGroup has not come.
    pub pending_sync: BTreeSet<String>,
    /// A member arrived since the initial rebalance was last put off.
    pub new_member_added: bool,
    /// Topics of the generation's consumers; `None` when they are not known.
    pub subscribed_topics: Option<BTreeSet<String>>,
    pub join_deadline: Option<(u64, JoinPhase)>,
    pub sync_deadline_us: Option<u64>,
}

impl Group {
    pub(crate) fn new(id: &str, now_wall_ms: i64) -> Group {
        Group {
            id: id.to_owned(),
            state: State::Empty,
            previous_state: State::Empty,
            state_timestamp_ms: now_wall_ms,
            protocol_type: None,
            protocol_name: None,
            generation: 0,
            leader: None,
            members: BTreeMap::new(),
            static_members: BTreeMap::new(),
            pending_sync: BTreeSet::new(),
            new_member_added: false,
            subscribed_topics: None,
            join_deadline: None,
            sync_deadline_us: None,
        }
    }

    /// A group as the log remembers it.
    pub(crate) fn from_stored(id: &str, value: GroupMetadataValue<'_>) -> Group {
        let mut group = Group::new(id, value.current_state_timestamp);
        group.protocol_type = Some(value.protocol_type.into_owned()).filter(|t| !t.is_empty());
        group.protocol_name = value.protocol.map(Cow::into_owned);
        group.generation = value.generation;
        group.leader = value.leader.map(Cow::into_owned);
        for stored in value.members {
            let member = Member::from_stored(stored, group.protocol_name.as_deref());
            group.insert(member);
        }
        if !group.members.is_empty() {
            group.state = State::Stable;
            group.previous_state = State::Stable;
        }
        group.subscribed_topics = group.compute_subscribed_topics();
        group
    }

    pub(crate) fn transition(&mut self, state: State, now_wall_ms: i64) {
        self.previous_state = self.state;
        self.state = state;
        self.state_timestamp_ms = now_wall_ms;
    }

    pub(crate) fn is_leader(&self, member_id: &str) -> bool {
        self.leader.as_deref() == Some(member_id)
    }

    pub(crate) fn is_consumer_group(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER_PROTOCOL_TYPE)
    }

    /// Adds a member; the first one gives the group its protocol type, and leads until another is elected.
    pub(crate) fn insert(&mut self, member: Member) {
        if let Some(instance_id) = &member.instance_id {
            self.static_members.insert(instance_id.clone(), member.id.clone());
        }
        if self.leader.is_none() {
            self.leader = Some(member.id.clone());
        }
        self.members.insert(member.id.clone(), member);
    }

    /// Removes a member; the caller answers what it waited for.
    pub(crate) fn remove(&mut self, member_id: &str) -> Option<Member> {
        let removed = self.members.remove(member_id);
        if let Some(instance_id) = removed.as_ref().and_then(|m| m.instance_id.as_ref()) {
            self.static_members.remove(instance_id);
        }
        if self.is_leader(member_id) {
            self.leader = self.members.keys().next().cloned();
        }
        self.pending_sync.remove(member_id);
        removed
    }

    /// Checks that a member may speak for itself (KIP-345): an instance id must belong to this very member id.
    pub(crate) fn validate_member(&self, member_id: &str, instance_id: Option<&str>) -> Result<(), ErrorCode> {
        if let Some(instance_id) = instance_id {
            match self.static_members.get(instance_id) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(current) if current != member_id => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        if self.members.contains_key(member_id) { Ok(()) } else { Err(ErrorCode::UnknownMemberId) }
    }

    /// Whether a member with this type and these protocols fits: some protocol must be known to every member.
    pub(crate) fn supports_protocols(&self, protocol_type: &str, protocols: &[OfferedProtocol]) -> bool {
        if self.state == State::Empty {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols.iter().any(|p| self.members.values().all(|m| m.supports(&p.name)))
    }

    /// The protocol that most members prefer among those that all know; the first in the alphabet when votes are equal.
    pub(crate) fn select_protocol(&self) -> Option<String> {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        let candidates: BTreeSet<&str> = self
            .members
            .values()
            .next()?
            .protocols
            .iter()
            .map(|p| p.name.as_str())
            .filter(|name| self.members.values().all(|m| m.supports(name)))
            .collect();
        for member in self.members.values() {
            if let Some(vote) = member.protocols.iter().find(|p| candidates.contains(p.name.as_str())) {
                *votes.entry(&vote.name).or_default() += 1;
            }
        }
        let most = votes.values().max().copied()?;
        votes.into_iter().find(|(_, n)| *n == most).map(|(name, _)| name.to_owned())
    }

    pub(crate) fn awaiting_join_count(&self) -> usize {
        self.members.values().filter(|m| m.awaiting_join.is_some()).count()
    }

    pub(crate) fn all_members_joined(&self, pending: &PendingMembers) -> bool {
        !pending.has_any(&self.id) && self.members.values().all(|m| m.awaiting_join.is_some())
    }

    /// The longest of the members' rebalance timeouts.
    pub(crate) fn rebalance_timeout_ms(&self) -> i32 {
        self.members.values().map(|m| m.rebalance_timeout_ms).max().unwrap_or(0)
    }

    /// Topics of all members' subscriptions under the current protocol. `None` when they cannot be known: no consumers, no
    /// protocol, or a subscription that cannot be read.
    pub(crate) fn compute_subscribed_topics(&self) -> Option<BTreeSet<String>> {
        if !self.is_consumer_group() {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol_name.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            let (subscription, _) = ConsumerProtocolSubscription::from_versioned(member.metadata(protocol)?).ok()?;
            topics.extend(subscription.topics.into_iter().map(Cow::into_owned));
        }
        Some(topics)
    }

    pub(crate) fn is_subscribed_to(&self, topic: &str) -> bool {
        match &self.subscribed_topics {
            Some(topics) => topics.contains(topic),
            None => self.is_consumer_group(),
        }
    }

    /// What the leader is told of the members: what each said under the chosen protocol.
    pub(crate) fn members_for_leader(&self) -> Vec<JoinGroupResponseMember<'static>> {
        let protocol = self.protocol_name.as_deref().unwrap_or_default();
        let of = |m: &Member| JoinGroupResponseMember {
            member_id: m.id.clone().into(),
            group_instance_id: m.instance_id.clone().map(Cow::Owned),
            metadata: m.metadata(protocol).unwrap_or_default().to_vec().into(),
            ..Default::default()
        };
        self.members.values().map(of).collect()
    }

    /// What a member is told when it has joined the current generation.
    pub(crate) fn joined_response(&self, member_id: &str) -> JoinGroupResponse<'static> {
        JoinGroupResponse {
            members: if self.is_leader(member_id) { self.members_for_leader() } else { Vec::new() },
            member_id: member_id.to_owned().into(),
            generation_id: self.generation,
            protocol_name: self.protocol_name.clone().map(Cow::Owned),
            protocol_type: self.protocol_type.clone().map(Cow::Owned),
            leader: self.leader.clone().unwrap_or_default().into(),
            ..Default::default()
        }
    }

    /// The group as one record, with the assignments that `assignment_of` gives.
    pub(crate) fn record<'a>(&'a self, assignment_of: impl Fn(&'a Member) -> &'a [u8]) -> CoordinatorRecord {
        records::group_metadata(self, assignment_of)
    }

    /// Takes every parked request out.
    pub(crate) fn drain_parked(&mut self) -> (Vec<(String, Parked)>, Vec<Parked>) {
        let (mut joins, mut syncs) = (Vec::new(), Vec::new());
        for member in self.members.values_mut() {
            joins.extend(member.awaiting_join.take().map(|p| (member.id.clone(), p)));
            syncs.extend(member.awaiting_sync.take());
        }
        (joins, syncs)
    }
}
