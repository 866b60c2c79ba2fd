//! The shard: all groups of one partition of `__consumer_offsets`, and the calls of its runtime.

use crate::expiry::Sweep;
use crate::group::{Group, State};
use crate::join::Join;
use crate::leave;
use crate::member::Parked;
use crate::offsets::Offsets;
use crate::other_groups::{GroupType, OtherGroups};
use crate::pending::PendingMembers;
use crate::rebalance::{InFlight, Turn};
use crate::request::{
    GroupRequest, GroupResponse, Heartbeat, JoinGroup, LeaveGroup, Output, PendingReply, SyncGroup, Topics,
    append_error,
};
use crate::response;
use crate::settings::GroupSettings;
use crate::sync;
use crate::timers::{Timer, Timers};
use base::{ErrorCode, Now, Random};
use protocol::HeartbeatResponse;
use std::collections::BTreeMap;

/// How many of each there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GroupCounts {
    pub empty: usize,
    pub preparing_rebalance: usize,
    pub completing_rebalance: usize,
    pub stable: usize,
    /// Groups of the newer protocols that the log tells of.
    pub other: usize,
    /// Committed offsets of all groups.
    pub offsets: usize,
}

/// The coordinator of the groups of one partition. See the crate's documentation for the order of the calls.
pub struct Shard {
    pub(crate) settings: GroupSettings,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) other_groups: OtherGroups,
    pub(crate) offsets: Offsets,
    pub(crate) in_flight: Vec<InFlight>,
    pub(crate) pending: PendingMembers,
    pub(crate) sweep: Sweep,
    pub(crate) is_loaded: bool,
    pub(crate) timers: Timers,
    random: Box<dyn Random>,
}

impl Shard {
    /// An empty shard that waits for its records; `random` gives member ids.
    pub fn new(settings: GroupSettings, random: Box<dyn Random>) -> Shard {
        Shard {
            settings,
            groups: BTreeMap::new(),
            other_groups: OtherGroups::default(),
            offsets: Offsets::default(),
            in_flight: Vec::new(),
            pending: PendingMembers::default(),
            sweep: Sweep::default(),
            is_loaded: false,
            timers: Timers::default(),
            random,
        }
    }

    /// The groups, and the rest of the shard as a turn works with it.
    pub(crate) fn split(&mut self, now: Now) -> (&mut BTreeMap<String, Group>, Turn<'_>) {
        let turn = Turn {
            now,
            settings: &self.settings,
            timers: &mut self.timers,
            pending: &mut self.pending,
            in_flight: &mut self.in_flight,
            out: Output::default(),
        };
        (&mut self.groups, turn)
    }

    /// The whole partition was replayed: sessions begin anew, groups that are larger than allowed now rebalance.
    pub fn loaded(&mut self, now: Now) -> Output {
        self.is_loaded = true;
        self.begin_sweep_later(now);
        self.create_groups_of_offsets();
        let (groups, mut turn) = self.split(now);
        for group in groups.values_mut() {
            for member in group.members.values_mut() {
                if !base::mutant(base::Mutant::SessionsLostAtLoad) {
                    turn.restart_session(&group.id, member);
                }
            }
            if group.members.len() > turn.settings.group_size_max {
                group.prepare_rebalance(&mut turn);
            }
        }
        turn.out
    }

    /// Plans a request: some answers come now, some in the output of a later call, under the token given here.
    pub fn handle(&mut self, now: Now, topics: &dyn Topics, request: GroupRequest, token: u64) -> Output {
        self.in_flight.clear();
        self.sweep.planned = None;
        let mut out = Output::default();
        match request {
            GroupRequest::JoinGroup(request) => out = self.join_group(now, request, token),
            GroupRequest::SyncGroup(request) => out = self.sync_group(now, request, token),
            GroupRequest::Heartbeat(request) => {
                let (error, after) = self.heartbeat(now, &request);
                out = after;
                let response = HeartbeatResponse { error_code: error as i16, ..Default::default() };
                out.reply(token, GroupResponse::Heartbeat(response));
            }
            GroupRequest::LeaveGroup(request) => out = self.leave_group(now, request, token),
            GroupRequest::OffsetCommit(request) => out = self.offset_commit(now, topics, request, token),
            GroupRequest::OffsetFetch(request) => {
                let response = self.offset_fetch(&request, topics);
                out.reply_after_commit(token, GroupResponse::OffsetFetch(response));
            }
            GroupRequest::OffsetDelete(request) => out = self.offset_delete(topics, request, token),
            GroupRequest::DescribeGroups(ids) => {
                let response = self.describe_groups(&ids);
                out.reply_after_commit(token, GroupResponse::DescribeGroups(response));
            }
            GroupRequest::ListGroups(request) => {
                out.reply_after_commit(token, GroupResponse::ListGroups(self.list_groups(&request)));
            }
            GroupRequest::DeleteGroups(ids) => out = self.delete_groups(&ids, token),
        }
        let groups = &self.groups;
        self.timers.tidy_if_due(|at_us, timer| is_live(groups, at_us, timer));
        out
    }

    fn join_group(&mut self, now: Now, request: JoinGroup, token: u64) -> Output {
        let group_id = request.group_id.clone();
        let emptied_other = match self.may_join(&group_id, &request) {
            Ok(tombstones) => tombstones,
            Err(error) => {
                let mut out = Output::default();
                out.reply(token, GroupResponse::JoinGroup(response::join_error(&request.member_id, error)));
                return out;
            }
        };
        let mut turn = Turn {
            now,
            settings: &self.settings,
            timers: &mut self.timers,
            pending: &mut self.pending,
            in_flight: &mut self.in_flight,
            out: Output { records: emptied_other, replies: Vec::new() },
        };
        let is_new = !self.groups.contains_key(&group_id);
        let group = self.groups.entry(group_id.clone()).or_insert_with(|| Group::new(&group_id, now.wall_ms));
        group.join(Join { parked: Parked { token }, request }, self.random.as_mut(), &mut turn);
        if is_new {
            turn.out.records.push(Group::new(&group_id, now.wall_ms).record(|_| &[]));
            turn.in_flight.push(InFlight::NewGroup { group: group_id.clone() });
        }
        while let Some(other) = turn.pending.take_surplus(&group_id) {
            if let Some(group) = self.groups.get_mut(&*other) {
                group.complete_join_if_all_joined(&mut turn);
            }
        }
        turn.out
    }

    /// Whether a join gets as far as its group. A consumer group (KIP-848) without members makes room: the result are
    /// the tombstones of its records.
    fn may_join(&self, group_id: &str, join: &JoinGroup) -> Result<Vec<crate::CoordinatorRecord>, ErrorCode> {
        if group_id.is_empty() {
            return Err(ErrorCode::InvalidGroupId);
        }
        let session_timeouts = self.settings.session_timeout_min_ms..=self.settings.session_timeout_max_ms;
        if !session_timeouts.contains(&join.session_timeout_ms) {
            return Err(ErrorCode::InvalidSessionTimeout);
        }
        if self.groups.contains_key(group_id) {
            return Ok(Vec::new());
        }
        let tombstones = match self.other_groups.get(group_id) {
            None => Vec::new(),
            Some(other) if other.group_type == GroupType::Consumer && !other.has_members() => {
                other.tombstones().collect()
            }
            Some(_) => return Err(ErrorCode::InconsistentGroupProtocol),
        };
        if join.member_id.is_empty() { Ok(tombstones) } else { Err(ErrorCode::UnknownMemberId) }
    }

    fn sync_group(&mut self, now: Now, request: SyncGroup, token: u64) -> Output {
        let parked = Parked { token };
        let (groups, mut turn) = self.split(now);
        match (sync::validate(&request), groups.get_mut(&request.group_id)) {
            (Err(error), _) => turn.reply_sync_error(parked, error),
            (Ok(()), None) => turn.reply_sync_error(parked, ErrorCode::UnknownMemberId),
            (Ok(()), Some(group)) => group.sync(request, parked, &mut turn),
        }
        turn.out
    }

    fn heartbeat(&mut self, now: Now, request: &Heartbeat) -> (ErrorCode, Output) {
        if request.group_id.is_empty() {
            return (ErrorCode::InvalidGroupId, Output::default());
        }
        let (groups, mut turn) = self.split(now);
        let outcome = match groups.get_mut(&request.group_id) {
            None => Err(ErrorCode::UnknownMemberId),
            Some(group) => group.heartbeat(request, &mut turn),
        };
        (outcome.err().unwrap_or(ErrorCode::None), turn.out)
    }

    fn leave_group(&mut self, now: Now, request: LeaveGroup, token: u64) -> Output {
        let LeaveGroup { group_id, members } = request;
        let (groups, mut turn) = self.split(now);
        let response = match groups.get_mut(&group_id) {
            _ if group_id.is_empty() => {
                let error_code = ErrorCode::InvalidGroupId as i16;
                protocol::LeaveGroupResponse { error_code, ..Default::default() }
            }
            None => {
                let outcomes = vec![ErrorCode::UnknownMemberId; members.len()];
                leave::response(members, outcomes)
            }
            Some(group) => {
                let outcomes = group.leave(&members, &mut turn);
                leave::response(members, outcomes)
            }
        };
        turn.out.reply_after_commit(token, GroupResponse::LeaveGroup(response));
        turn.out
    }

    /// Does what has come due: sessions, join and sync phases, the sweep over expired offsets.
    pub fn on_timer(&mut self, now: Now) -> Output {
        self.in_flight.clear();
        let (groups, mut turn) = self.split(now);
        while let Some((at_us, timer)) = turn.timers.pop_due(now.monotonic_us) {
            on_deadline(groups, at_us, timer, &mut turn);
        }
        while let Some(group) = turn.pending.take_due(now.monotonic_us) {
            if let Some(group) = groups.get_mut(&*group) {
                group.complete_join_if_all_joined(&mut turn);
            }
        }
        let mut out = turn.out;
        self.expire_offsets(now, &mut out);
        out
    }

    /// When `on_timer` wants to be called, on the monotonic clock. It may be early, never late.
    pub fn next_deadline_us(&self) -> Option<u64> {
        let sweep = Some(self.sweep.at_us).filter(|_| self.is_loaded);
        [self.timers.next_us(), self.pending.next_us(), sweep].into_iter().flatten().min()
    }

    /// The batch of this output, the shard's last, did not get into the log: takes back what depended on it, and turns its
    /// replies into errors.
    pub fn append_failed(&mut self, now: Now, failed: Output, error: ErrorCode) -> Output {
        self.sweep_failed(now, error);
        let error = append_error(error);
        let planned = std::mem::take(&mut self.in_flight);
        let (groups, mut turn) = self.split(now);
        let to_error = |reply: PendingReply| PendingReply {
            token: reply.token,
            response: reply.response.into_error(error),
            after_commit: false,
        };
        turn.out.replies = failed.replies.into_iter().map(to_error).collect();
        for planned in planned {
            revert(groups, planned, error, &mut turn);
        }
        turn.out
    }

    /// This broker is no longer the coordinator: answers everything that is parked. The shard is of no use afterwards.
    pub fn resign(&mut self, error: ErrorCode) -> Vec<PendingReply> {
        let (groups, mut turn) = self.split(Now { monotonic_us: 0, wall_ms: 0 });
        for group in groups.values_mut() {
            refuse_all(group, error, &mut turn);
        }
        turn.out.replies
    }

    pub fn counts(&self) -> GroupCounts {
        let mut counts =
            GroupCounts { other: self.other_groups.len(), offsets: self.offsets.count(), ..Default::default() };
        for group in self.groups.values() {
            match group.state {
                State::Empty => counts.empty += 1,
                State::PreparingRebalance => counts.preparing_rebalance += 1,
                State::CompletingRebalance => counts.completing_rebalance += 1,
                State::Stable => counts.stable += 1,
            }
        }
        counts
    }
}

/// Whether an entry of the queue is still what its group has in mind.
fn is_live(groups: &BTreeMap<String, Group>, at_us: u64, timer: &Timer) -> bool {
    let (Timer::Session { group, .. } | Timer::Join { group } | Timer::Sync { group }) = timer;
    groups.get(group).is_some_and(|group| match timer {
        Timer::Session { member, .. } => group.members.get(member).is_some_and(|m| m.queued_us == Some(at_us)),
        Timer::Join { .. } => group.join_deadline.is_some_and(|(deadline, _)| deadline == at_us),
        Timer::Sync { .. } => group.sync_deadline_us == Some(at_us),
    })
}

fn on_deadline(groups: &mut BTreeMap<String, Group>, at_us: u64, timer: Timer, turn: &mut Turn<'_>) {
    match timer {
        Timer::Session { group, member } => {
            if let Some(group) = groups.get_mut(&group) {
                group.on_session_deadline(&member, at_us, turn);
            }
        }
        Timer::Join { group } => {
            let Some(group) = groups.get_mut(&group) else { return };
            if let Some((deadline, phase)) = group.join_deadline.filter(|(deadline, _)| *deadline == at_us) {
                debug_assert!(deadline <= turn.now.monotonic_us);
                group.on_join_deadline(phase, turn);
            }
        }
        Timer::Sync { group } => {
            let Some(group) = groups.get_mut(&group) else { return };
            if group.sync_deadline_us == Some(at_us) {
                group.on_sync_deadline(turn);
            }
        }
    }
}

fn revert(groups: &mut BTreeMap<String, Group>, planned: InFlight, error: ErrorCode, turn: &mut Turn<'_>) {
    match planned {
        InFlight::NewGroup { group } => {
            turn.pending.remove_group(&group);
            if let Some(mut group) = groups.remove(&group) {
                refuse_all(&mut group, error, turn);
            }
        }
        InFlight::Assignment { group, .. } => {
            if let Some(group) = groups.get_mut(&group) {
                group.fail_assignment(error, turn);
                group.prepare_rebalance(turn);
            }
        }
        InFlight::StaticMember { before } => {
            let mut before = *before;
            for member in before.members.values_mut() {
                member.queued_us = None;
                turn.restart_session(&before.id, member);
            }
            groups.insert(before.id.clone(), before);
        }
        InFlight::Emptied { .. } => {}
    }
}

fn refuse_all(group: &mut Group, error: ErrorCode, turn: &mut Turn<'_>) {
    let (joins, syncs) = group.drain_parked();
    for (member_id, parked) in joins {
        turn.reply_join(parked, response::join_error(&member_id, error));
    }
    for parked in syncs {
        turn.reply_sync_error(parked, error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{LeavingMember, OfferedProtocol};
    use base::SplitMix64;

    struct NoTopics;

    impl Topics for NoTopics {
        fn name(&self, _: base::TopicId) -> Option<String> {
            None
        }
        fn id(&self, _: &str) -> Option<base::TopicId> {
            None
        }
        fn has_partition(&self, _: &str, _: base::PartitionIndex) -> bool {
            false
        }
    }

    #[test]
    fn deadlines_of_members_that_left_take_bounded_memory() {
        let mut shard = Shard::new(GroupSettings::default(), Box::new(SplitMix64(1)));
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_700_000_000_000 };
        shard.loaded(now);
        let client_id = "c".repeat(32_000);
        for token in 0..200 {
            let join = JoinGroup {
                group_id: "g".into(),
                client_id: client_id.clone(),
                session_timeout_ms: 1_800_000,
                protocol_type: "consumer".into(),
                protocols: vec![OfferedProtocol { name: String::new(), metadata: Vec::new() }],
                ..Default::default()
            };
            shard.handle(now, &NoTopics, GroupRequest::JoinGroup(join), token);
            let members = shard.groups.values().flat_map(|group| group.members.keys());
            let members = members.map(|id| LeavingMember { member_id: id.clone(), instance_id: None });
            let leave = LeaveGroup { group_id: "g".into(), members: members.collect() };
            shard.handle(now, &NoTopics, GroupRequest::LeaveGroup(leave), token);
        }
        assert!(shard.timers.bytes() < 1 << 20, "{}", shard.timers.bytes());
    }
}
