//! The shard as a machine of the coordinators' runtime.

use crate::replay::ReplayError;
use crate::request::{GroupRequest, GroupResponse, Output, PendingReply, Topics, append_error};
use crate::shard::Shard;
use base::{ErrorCode, Now, ProducerId};
use coordinator::{Machine, StoredRecord, Weight};
use std::convert::Infallible;

/// Members of a group, groups or offsets that an input of a loop may touch.
const SMALL_COUNT_MAX: usize = 500;
/// Bytes of an assignment that an input of a loop may carry.
const SMALL_BYTES_MAX: usize = 64 << 10;

impl Machine for Shard {
    type Request = GroupRequest;
    type Response = GroupResponse;
    type View<'a> = dyn Topics + 'a;
    /// Topics that were deleted.
    type Notice = Vec<String>;
    /// Classic groups are assigned by their leaders.
    type Done = Infallible;
    type ReplayError = ReplayError;

    fn replay(&mut self, record: StoredRecord<'_>) -> Result<(), ReplayError> {
        Shard::replay(self, record.offset, record.producer_id, record.key, record.value)
    }

    fn replay_marker(&mut self, producer_id: ProducerId, committed: bool) {
        self.replay_end_transaction(producer_id, committed);
    }

    fn loaded(&mut self, now: Now) -> Output {
        Shard::loaded(self, now)
    }

    fn plan(&mut self, now: Now, topics: &(dyn Topics + '_), request: GroupRequest, token: u64) -> Output {
        self.handle(now, topics, request, token)
    }

    fn on_timer(&mut self, now: Now) -> Output {
        Shard::on_timer(self, now)
    }

    fn next_deadline_us(&self) -> Option<u64> {
        Shard::next_deadline_us(self)
    }

    fn notice(&mut self, _: Now, deleted: &Vec<String>) -> Vec<Output> {
        self.topics_deleted(deleted)
    }

    fn work_done(&mut self, _: Now, done: Infallible) -> Output {
        match done {}
    }

    fn append_failed(&mut self, now: Now, failed: Output, error: ErrorCode) -> Output {
        Shard::append_failed(self, now, failed, error)
    }

    fn resign(&mut self, error: ErrorCode) -> Vec<PendingReply> {
        Shard::resign(self, error)
    }

    fn refuse(request: &GroupRequest, error: ErrorCode) -> GroupResponse {
        request.error_response(error)
    }

    fn fail(response: GroupResponse, error: ErrorCode) -> GroupResponse {
        response.into_error(append_error(error))
    }

    /// A join or a sync may be the one that answers the whole group.
    fn request_weight(&self, request: &GroupRequest) -> Weight {
        let small = match request {
            GroupRequest::JoinGroup(request) => self.is_small_group(&request.group_id),
            GroupRequest::SyncGroup(request) => {
                let bytes: usize = request.assignments.iter().map(|(_, assignment)| assignment.len()).sum();
                bytes <= SMALL_BYTES_MAX && self.is_small_group(&request.group_id)
            }
            GroupRequest::LeaveGroup(request) => {
                request.members.len() <= SMALL_COUNT_MAX && self.is_small_group(&request.group_id)
            }
            GroupRequest::Heartbeat(_) => true,
            GroupRequest::OffsetCommit(request) => {
                request.topics.iter().map(|topic| topic.partitions.len()).sum::<usize>() <= SMALL_COUNT_MAX
            }
            GroupRequest::OffsetFetch(request) => match &request.topics {
                Some(topics) => topics.iter().map(|topic| topic.partitions.len()).sum::<usize>() <= SMALL_COUNT_MAX,
                None => self.has_few_offsets(&request.group_id),
            },
            GroupRequest::OffsetDelete(request) => {
                request.topics.iter().map(|(_, partitions)| partitions.len()).sum::<usize>() <= SMALL_COUNT_MAX
            }
            GroupRequest::DescribeGroups(ids) => ids.iter().all(|id| self.is_small_group(id)),
            GroupRequest::ListGroups(_) => self.groups.len() + self.other_groups.len() <= SMALL_COUNT_MAX,
            GroupRequest::DeleteGroups(ids) => ids.iter().all(|id| self.has_few_offsets(id)),
        };
        weight(small)
    }

    /// The sweep over expired offsets looks at all of them; what ends in a large group concerns all its members.
    fn timer_weight(&self, now: Now) -> Weight {
        let sweeps = self.sweep.at_us <= now.monotonic_us && !self.has_few_offsets_in_all();
        let mut due = self.timers.due(now.monotonic_us);
        let few = due.by_ref().take(SMALL_COUNT_MAX).all(|timer| self.is_small_group(timer.group()));
        weight(!sweeps && few && due.next().is_none())
    }

    fn notice_weight(&self, _: &Vec<String>) -> Weight {
        weight(self.has_few_offsets_in_all())
    }
}

fn weight(small: bool) -> Weight {
    if small { Weight::Small } else { Weight::Large }
}

impl Shard {
    fn is_small_group(&self, id: &str) -> bool {
        self.groups.get(id).is_none_or(|group| group.members.len() <= SMALL_COUNT_MAX)
    }

    fn has_few_offsets(&self, group: &str) -> bool {
        self.offsets.topics(group).map(|(_, partitions)| partitions.len()).sum::<usize>() <= SMALL_COUNT_MAX
    }

    fn has_few_offsets_in_all(&self) -> bool {
        self.offsets.is_at_most(SMALL_COUNT_MAX)
    }
}
