//! Committed offsets of a group: asking for them and committing, with and without a membership.

use super::Commits;
use super::membership::Standing;
use crate::{Call, ClientError, Cluster, Result, Target};
use base::ErrorCode;
use protocol::OffsetCommitRequest;
use protocol::offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Committed offsets of a group.
pub(crate) fn committed_of(
    cluster: &Cluster,
    group: &str,
    partitions: &[(String, i32)],
) -> Result<BTreeMap<(String, i32), i64>> {
    use protocol::OffsetFetchRequest;
    use protocol::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics};
    let mut topics: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for (topic, partition) in partitions {
        topics.entry(topic.clone()).or_default().push(*partition);
    }
    let build = |version: i16| {
        let group_id = Cow::Borrowed(group);
        if version < 8 {
            let topics = topics.iter().map(|(name, partitions)| OffsetFetchRequestTopic {
                name: Cow::Borrowed(name),
                partition_indexes: partitions.clone(),
                ..Default::default()
            });
            return OffsetFetchRequest {
                group_id,
                topics: Some(topics.collect()),
                require_stable: version >= 7,
                ..Default::default()
            };
        }
        let topics = topics.iter().map(|(name, partitions)| OffsetFetchRequestTopics {
            name: Cow::Borrowed(name),
            partition_indexes: partitions.clone(),
            ..Default::default()
        });
        let topics = Some(topics.collect());
        OffsetFetchRequest {
            groups: vec![OffsetFetchRequestGroup { group_id, topics, ..Default::default() }],
            require_stable: true,
            ..Default::default()
        }
    };
    let call = Call { name: "offsetFetch", target: Target::Group(group), deadline: cluster.deadline(), version_max: 9 };
    let response = cluster.call(call, build, |response| {
        let group = response.groups.first();
        let top = group.map_or(response.error_code, |group| group.error_code);
        let unstable = group.into_iter().flat_map(|g| &g.topics).flat_map(|t| &t.partitions).map(|p| p.error_code);
        unstable.chain([top]).map(ErrorCode::from_code).find(|code| code.is_retriable()).unwrap_or(ErrorCode::None)
    })?;
    let found = crate::admin::collect_offsets(response)?;
    Ok(found.into_iter().map(|(key, committed)| (key, committed.offset)).collect())
}

/// How hard a commit is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effort {
    /// Somebody waits for it: until `default.api.timeout.ms` is over, for topics that are not there (yet) too.
    Full,
    /// It goes on beside something else, so long at most. Topics that are gone are left out.
    Passing(Duration),
}

impl Effort {
    fn deadline(self, cluster: &Cluster) -> Instant {
        let full = cluster.deadline();
        match self {
            Effort::Full => full,
            Effort::Passing(time) => full.min(Instant::now() + time),
        }
    }

    fn forgives(self, code: ErrorCode) -> bool {
        matches!(self, Effort::Passing(_))
            && matches!(code, ErrorCode::UnknownTopicOrPartition | ErrorCode::UnknownTopicId)
    }
}

/// What a commit says of its topics: partition, offset and leader epoch, topic by topic.
pub(crate) fn committed_topics<'a>(
    offsets: impl Iterator<Item = (&'a str, i32, i64, i32)>,
) -> Vec<OffsetCommitRequestTopic<'a>> {
    let mut topics: BTreeMap<&str, Vec<OffsetCommitRequestPartition<'a>>> = BTreeMap::new();
    for (topic, partition_index, committed_offset, committed_leader_epoch) in offsets {
        topics.entry(topic).or_default().push(OffsetCommitRequestPartition {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            committed_metadata: Some(Cow::Borrowed("")),
            ..Default::default()
        });
    }
    let topic =
        |(name, partitions)| OffsetCommitRequestTopic { name: Cow::Borrowed(name), partitions, ..Default::default() };
    topics.into_iter().map(topic).collect()
}

/// Commits without a member, as consumers with chosen partitions do.
pub(crate) fn commit_of(cluster: &Cluster, group: &str, offsets: &Commits, effort: Effort) -> Result<()> {
    commit_as(cluster, group, offsets, None, effort)
}

/// Commits as a member with its `group.instance.id`, or as none.
pub(super) fn commit_as(
    cluster: &Cluster,
    group: &str,
    offsets: &Commits,
    member: Option<(&Standing, Option<&str>)>,
    effort: Effort,
) -> Result<()> {
    if offsets.is_empty() {
        return Ok(());
    }
    let instance = member.and_then(|(_, instance)| instance);
    let (member, generation) = member.map_or(("", -1), |(member, _)| (&*member.member_id, member.generation));
    let topics = committed_topics(
        offsets
            .iter()
            .map(|((topic, partition), (offset, leader_epoch))| (topic.as_str(), *partition, *offset, *leader_epoch)),
    );
    let build = |version: i16| OffsetCommitRequest {
        group_id: Cow::Borrowed(group),
        generation_id_or_member_epoch: generation,
        member_id: Cow::Borrowed(member),
        group_instance_id: instance.filter(|_| version >= 7).map(Cow::Borrowed),
        topics: topics.clone(),
        ..Default::default()
    };
    let deadline = effort.deadline(cluster);
    let call = Call { name: "offsetCommit", target: Target::Group(group), deadline, version_max: 9 };
    let codes = |response: &protocol::OffsetCommitResponse<'static>| -> Vec<ErrorCode> {
        let codes = response.topics.iter().flat_map(|topic| topic.partitions.iter().map(|p| p.error_code));
        codes.map(ErrorCode::from_code).filter(|code| !code.is_ok() && !effort.forgives(*code)).collect()
    };
    let passing = |response: &protocol::OffsetCommitResponse<'static>| {
        codes(response).into_iter().find(|code| code.is_retriable()).unwrap_or(ErrorCode::None)
    };
    let response = cluster.call(call, build, passing)?;
    codes(&response).first().map_or(Ok(()), |code| Err(ClientError::from_code(*code)))
}
