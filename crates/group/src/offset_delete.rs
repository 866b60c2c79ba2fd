//! OffsetDelete (KIP-496): removes committed offsets of topics that no member subscribes to.

use crate::group::{Group, State};
use crate::records;
use crate::request::{GroupResponse, OffsetDelete, Output, Topics};
use crate::shard::Shard;
use base::ErrorCode;
use protocol::OffsetDeleteResponse;
use protocol::offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic};
use std::borrow::Cow;

impl Group {
    /// While there are members, only consumers' subscriptions tell which offsets are in use.
    fn validate_offset_delete(&self) -> Result<(), ErrorCode> {
        if self.state == State::Empty || self.is_consumer_group() { Ok(()) } else { Err(ErrorCode::NonEmptyGroup) }
    }
}

impl Shard {
    pub(crate) fn offset_delete(&self, topics: &dyn Topics, request: OffsetDelete, token: u64) -> Output {
        let mut out = Output::default();
        let response = match self.may_delete_offsets(&request.group_id) {
            Err(error) => OffsetDeleteResponse { error_code: error as i16, ..Default::default() },
            Ok(()) => self.delete_offsets(topics, &request, &mut out),
        };
        out.reply_after_commit(token, GroupResponse::OffsetDelete(response));
        out
    }

    fn may_delete_offsets(&self, group_id: &str) -> Result<(), ErrorCode> {
        if group_id.is_empty() {
            return Err(ErrorCode::InvalidGroupId);
        }
        match (self.groups.get(group_id), self.other_groups.get(group_id)) {
            (Some(group), _) => group.validate_offset_delete(),
            (None, Some(other)) => other.validate_offset_delete(),
            (None, None) => Err(ErrorCode::GroupIdNotFound),
        }
    }

    fn delete_offsets(
        &self,
        topics: &dyn Topics,
        request: &OffsetDelete,
        out: &mut Output,
    ) -> OffsetDeleteResponse<'static> {
        let group_id = request.group_id.as_str();
        let mut answered = Vec::with_capacity(request.topics.len());
        for (name, asked) in &request.topics {
            let subscribed = self.is_subscribed(group_id, name);
            let mut partitions = Vec::with_capacity(asked.len());
            for partition_index in asked.iter().copied() {
                let known = topics.has_partition(name, partition_index);
                let error = match (known, subscribed) {
                    (false, _) => ErrorCode::UnknownTopicOrPartition,
                    (true, true) => ErrorCode::GroupSubscribedToTopic,
                    (true, false) => ErrorCode::None,
                };
                let committed = self.offsets.get(group_id, name, partition_index).is_some()
                    || self.offsets.is_pending(group_id, name, partition_index);
                if error == ErrorCode::None && committed {
                    out.records.push(records::offset_tombstone(group_id, name, partition_index));
                }
                partitions.push(OffsetDeleteResponsePartition { partition_index, error_code: error as i16 });
            }
            answered.push(OffsetDeleteResponseTopic { name: Cow::Owned(name.clone()), partitions });
        }
        OffsetDeleteResponse { topics: answered, ..Default::default() }
    }

    fn is_subscribed(&self, group_id: &str, topic: &str) -> bool {
        match (self.groups.get(group_id), self.other_groups.get(group_id)) {
            (Some(group), _) => group.is_subscribed_to(topic),
            (None, Some(other)) => other.has_members(),
            (None, None) => false,
        }
    }
}
