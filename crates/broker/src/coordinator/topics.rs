//! Topics that a client may not ask its coordinator about. They leave the request before the coordinator sees it, and come
//! back into the answer as refused; of "all topics", those that the client may not describe are left out.

use api::{Operation, Request, ResourceType};
use base::{ErrorCode, TopicId};
use group::{FetchTopic, GroupRequest, GroupResponse, OffsetCommit, OffsetFetch, TopicRef};
use metadata::Image;
use protocol::OffsetDeleteResponse;
use protocol::offset_delete_response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic};
use protocol::offset_fetch_response::OffsetFetchResponseTopics;
use std::sync::Arc;

/// What is done to the answer of a coordinator.
pub(crate) enum Withheld {
    /// The answer about topics that were refused.
    Refused(GroupResponse),
    /// Whether a topic may be shown.
    Filter(Box<dyn Fn(&OffsetFetchResponseTopics<'_>) -> bool + Send>),
}

/// Takes the topics out of a request that its client may not name in it.
pub(super) fn withhold(message: &mut GroupRequest, request: &Request<'_>, image: &Arc<Image>) -> Option<Withheld> {
    let failed = ErrorCode::TopicAuthorizationFailed;
    let may = |operation, name: &str| request.is_allowed(operation, ResourceType::Topic, name);
    // An id that no topic has discloses nothing: the coordinator says so.
    let may_call = |operation, topic: &TopicRef| match topic {
        TopicRef::Name(name) => may(operation, name),
        TopicRef::Id(id) => image.topic(*id).is_none_or(|topic| may(operation, &topic.name)),
    };
    let refused = match message {
        GroupRequest::OffsetCommit(commit) => {
            let topics = take_refused(&mut commit.topics, |topic| may_call(Operation::Read, &topic.topic))?;
            GroupRequest::OffsetCommit(OffsetCommit { topics, ..Default::default() }).error_response(failed)
        }
        GroupRequest::OffsetDelete(delete) => {
            let topics = take_refused(&mut delete.topics, |(name, _)| may(Operation::Read, name))?;
            refused_deletion(topics)
        }
        GroupRequest::OffsetFetch(OffsetFetch { topics: Some(topics), .. }) => {
            let may = |topic: &FetchTopic| may_call(Operation::Describe, &topic.topic);
            let topics = Some(take_refused(topics, may)?);
            let refused = OffsetFetch { topics, fails_by_partition: true, ..Default::default() };
            GroupRequest::OffsetFetch(refused).error_response(failed)
        }
        GroupRequest::OffsetFetch(_) => {
            let (asker, image) = (request.asker(), image.clone());
            let may = move |name: &str| asker(Operation::Describe, ResourceType::Topic, name);
            return Some(Withheld::Filter(Box::new(move |topic| match topic.topic_id {
                TopicId::ZERO => may(&topic.name),
                id => image.topic(id).is_some_and(|topic| may(&topic.name)),
            })));
        }
        _ => return None,
    };
    Some(Withheld::Refused(refused))
}

/// Splits off what is refused; `None`: nothing is.
fn take_refused<T>(topics: &mut Vec<T>, may: impl Fn(&T) -> bool) -> Option<Vec<T>> {
    let refused: Vec<T> = topics.extract_if(.., |topic| !may(topic)).collect();
    (!refused.is_empty()).then_some(refused)
}

fn refused_deletion(topics: Vec<(String, Vec<i32>)>) -> GroupResponse {
    let error_code = ErrorCode::TopicAuthorizationFailed.code();
    let partition =
        |partition_index| OffsetDeleteResponsePartition { partition_index, error_code, ..Default::default() };
    let topics = topics.into_iter().map(|(name, partitions)| OffsetDeleteResponseTopic {
        name: name.into(),
        partitions: partitions.into_iter().map(partition).collect(),
        ..Default::default()
    });
    GroupResponse::OffsetDelete(OffsetDeleteResponse { topics: topics.collect(), ..Default::default() })
}

/// Whether nothing is left of a request to ask the coordinator for.
pub(super) fn is_settled(message: &GroupRequest) -> bool {
    match message {
        GroupRequest::OffsetCommit(commit) => commit.topics.is_empty(),
        GroupRequest::OffsetDelete(delete) => delete.topics.is_empty(),
        _ => false,
    }
}

impl Withheld {
    /// The coordinator's answer with what it was not asked, or without what is not shown.
    pub fn complete(self, mut response: GroupResponse) -> GroupResponse {
        match (self, &mut response) {
            (Withheld::Refused(GroupResponse::OffsetCommit(mut refused)), GroupResponse::OffsetCommit(served)) => {
                refused.topics.append(&mut served.topics);
                served.topics = refused.topics;
            }
            // What fails as a whole names no topics.
            (Withheld::Refused(GroupResponse::OffsetDelete(mut refused)), GroupResponse::OffsetDelete(served))
                if served.error_code == 0 =>
            {
                refused.topics.append(&mut served.topics);
                served.topics = refused.topics;
            }
            (Withheld::Refused(GroupResponse::OffsetFetch(refused)), GroupResponse::OffsetFetch(served))
                if served.error_code == 0 =>
            {
                served.topics.extend(refused.topics);
            }
            (Withheld::Filter(may), GroupResponse::OffsetFetch(served)) => served.topics.retain(|topic| may(topic)),
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests;
