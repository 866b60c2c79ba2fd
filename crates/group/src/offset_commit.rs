//! OffsetCommit: of members of a generation, and of clients that use groups for their offsets only.

use crate::group::{Group, State};
use crate::offsets::CommittedOffset;
use crate::rebalance::Turn;
use crate::records;
use crate::request::{CommitPartition, GroupResponse, OffsetCommit, TopicRef, Topics};
use crate::response;
use crate::shard::Shard;
use base::{ErrorCode, Now, TopicId};
use protocol::OffsetCommitResponse;
use protocol::offset_commit_response::OffsetCommitResponseTopic;
use std::borrow::Cow;

impl Group {
    fn validate_commit(&self, request: &OffsetCommit) -> Result<(), ErrorCode> {
        let generation = request.generation;
        if generation < 0 && self.state == State::Empty {
            return Ok(());
        }
        let instance_id = request.instance_id.as_deref();
        if generation < 0 && request.member_id.is_empty() && instance_id.is_none() {
            return Err(ErrorCode::UnknownMemberId);
        }
        self.validate_member(&request.member_id, instance_id)?;
        if generation != self.generation && !base::mutant(base::Mutant::StaleGenerationCommits) {
            return Err(ErrorCode::IllegalGeneration);
        }
        match self.state {
            State::CompletingRebalance => Err(ErrorCode::RebalanceInProgress),
            _ => Ok(()),
        }
    }

    fn commit_keeps_session(&mut self, member_id: &str, turn: &mut Turn<'_>) {
        if matches!(self.state, State::Stable | State::PreparingRebalance) {
            self.keep_session(member_id, turn);
        }
    }
}

/// A topic of the request under its name and id.
struct Named<'a> {
    name: Cow<'a, str>,
    id: TopicId,
}

fn resolve<'a>(topic: &'a TopicRef, topics: &dyn Topics) -> Result<Named<'a>, ErrorCode> {
    match topic {
        TopicRef::Id(id) => {
            let name = topics.name(*id).ok_or(ErrorCode::UnknownTopicId)?;
            Ok(Named { name: Cow::Owned(name), id: *id })
        }
        TopicRef::Name(name) => {
            let id = topics.id(name).ok_or(ErrorCode::UnknownTopicOrPartition)?;
            Ok(Named { name: Cow::Borrowed(name), id })
        }
    }
}

impl Shard {
    pub(crate) fn offset_commit(
        &mut self,
        now: Now,
        topics: &dyn Topics,
        request: OffsetCommit,
        token: u64,
    ) -> crate::Output {
        let verdict = self.may_commit(&request);
        let (groups, mut turn) = self.split(now);
        if let (Ok(()), Some(group)) = (verdict, groups.get_mut(&request.group_id)) {
            group.commit_keeps_session(&request.member_id, &mut turn);
        }
        let mut out = turn.out;
        let mut answered = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let named = resolve(&topic.topic, topics);
            let mut answer = OffsetCommitResponseTopic {
                name: Cow::Owned(topic.topic.name().to_owned()),
                topic_id: topic.topic.id(),
                ..Default::default()
            };
            for partition in &topic.partitions {
                let committed = named
                    .as_ref()
                    .map_err(|error| *error)
                    .and_then(|named| self.committed(now, &request, named, partition, topics, verdict));
                if let (Ok(named), Ok(committed)) = (&named, &committed) {
                    let index = partition.partition;
                    out.records.push(records::offset_commit(&request.group_id, &named.name, index, committed));
                }
                let error = committed.err().unwrap_or(ErrorCode::None);
                answer.partitions.push(response::commit_outcome(partition.partition, error));
            }
            answered.push(answer);
        }
        let response = OffsetCommitResponse { topics: answered, ..Default::default() };
        out.reply_after_commit(token, GroupResponse::OffsetCommit(response));
        out
    }

    /// A group that does not exist comes into being with the commit of a client that is no member.
    fn may_commit(&self, request: &OffsetCommit) -> Result<(), ErrorCode> {
        let group_id = request.group_id.as_str();
        if let Some(group) = self.groups.get(group_id) {
            return group.validate_commit(request);
        }
        if let Some(other) = self.other_groups.get(group_id) {
            return other.validate_commit(request.generation);
        }
        match request.generation {
            ..0 => Ok(()),
            _ if request.knows_missing_groups => Err(ErrorCode::GroupIdNotFound),
            _ => Err(ErrorCode::IllegalGeneration),
        }
    }

    fn committed(
        &self,
        now: Now,
        request: &OffsetCommit,
        topic: &Named<'_>,
        partition: &CommitPartition,
        topics: &dyn Topics,
        verdict: Result<(), ErrorCode>,
    ) -> Result<CommittedOffset, ErrorCode> {
        if !topics.has_partition(&topic.name, partition.partition) {
            return Err(ErrorCode::UnknownTopicOrPartition);
        }
        verdict?;
        if partition.metadata.encode_utf16().count() > self.settings.offset_metadata_max {
            return Err(ErrorCode::OffsetMetadataTooLarge);
        }
        Ok(CommittedOffset {
            offset: partition.offset,
            leader_epoch: partition.leader_epoch.max(-1),
            metadata: partition.metadata.clone(),
            commit_timestamp_ms: now.wall_ms,
            expire_timestamp_ms: request.retention_ms.map(|retention_ms| now.wall_ms.saturating_add(retention_ms)),
            topic_id: topic.id,
            record_offset: -1,
        })
    }
}
