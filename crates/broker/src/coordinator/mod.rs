//! The coordinators of this broker: a shard for each partition of `__consumer_offsets` that it leads, and the way of a
//! request to the shard of its group. Requests that name groups of several shards are split and their answers gathered.

mod gather;
mod shard_cell;

use crate::broker::Broker;
use crate::handlers::group_operations;
use api::{Operation, Request, ResourceType};
use base::{ErrorCode, LeaderEpoch, Map, PartitionIndex, TopicId, coordinator_partition};
use config::GroupsConfig;
use gather::Gather;
use group::{GroupRequest, GroupResponse, GroupSettings, RequestContext, offset_fetch_groups};
use parking_lot::Mutex;
use protocol::{ApiKey, DecodeError, DeleteGroupsRequest, DescribeGroupsRequest, ListGroupsResponse};
use shard_cell::ShardCell;
use std::sync::{Arc, Weak};

pub(crate) use gather::Target;

pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// Topics that belong to Kafka itself: clients do not write to them.
pub fn is_internal_topic(name: &str) -> bool {
    matches!(name, OFFSETS_TOPIC | "__transaction_state" | "__share_group_state")
}

/// The coordinators of a broker.
pub struct Coordinators {
    broker: Weak<Broker>,
    settings: GroupSettings,
    commit_timeout_us: u64,
    shards: Mutex<Map<PartitionIndex, Arc<ShardCell>>>,
}

impl Coordinators {
    pub fn new(broker: Weak<Broker>, groups: &GroupsConfig) -> Coordinators {
        let settings = GroupSettings {
            session_timeout_min_ms: groups.min_session_timeout_ms,
            session_timeout_max_ms: groups.max_session_timeout_ms,
            initial_rebalance_delay_ms: groups.initial_rebalance_delay_ms,
            group_size_max: groups.max_size.max(0) as usize,
            offset_metadata_max: groups.offsets.metadata_bytes_max.max(0) as usize,
            offsets_retention_ms: groups.offsets.retention_minutes as i64 * 60_000,
            offsets_retention_check_interval_ms: groups.offsets.retention_check_interval_ms,
            ..GroupSettings::default()
        };
        let commit_timeout_us = groups.offsets.commit_timeout_ms.max(1) as u64 * 1000;
        Coordinators { broker, settings, commit_timeout_us, shards: Mutex::default() }
    }

    /// This broker leads the partition in this epoch (`Some`), or does not lead it (any more).
    pub fn leadership(&self, topic_id: TopicId, partition: PartitionIndex, epoch: Option<LeaderEpoch>) {
        let Some(broker) = self.broker.upgrade() else { return };
        let mut shards = self.shards.lock();
        let before = shards.get(&partition).filter(|shard| Some(shard.epoch) == epoch && shard.topic_id == topic_id);
        if before.is_some() {
            return;
        }
        if epoch.is_none() && shards.get(&partition).is_some_and(|shard| shard.topic_id != topic_id) {
            return;
        }
        let old = shards.remove(&partition);
        let new = epoch.map(|epoch| {
            let seed = base::Random::next_u64(&mut **broker.random.lock());
            ShardCell::new(&broker, topic_id, partition, epoch, self.settings.clone(), seed, self.commit_timeout_us)
        });
        if let Some(new) = &new {
            shards.insert(partition, new.clone());
        }
        drop(shards);
        if let Some(old) = old {
            old.resign();
        }
        if let Some(new) = new {
            broker.executor.run_blocking(Box::new(move || new.load()));
        }
    }

    /// The offsets of deleted topics go.
    pub fn topics_deleted(&self, names: &[String]) {
        for shard in self.all() {
            shard.topics_deleted(names);
        }
    }

    /// A connection is gone. Classic groups learn of it by their sessions, as in Kafka.
    pub fn disconnected(&self, _connection: u64) {}

    fn all(&self) -> Vec<Arc<ShardCell>> {
        let shards = self.shards.lock();
        let mut all: Vec<_> = shards.values().cloned().collect();
        all.sort_by_key(|shard| shard.partition);
        all
    }

    fn shard_of(&self, broker: &Broker, group: &str) -> Result<Arc<ShardCell>, ErrorCode> {
        let image = broker.image.load();
        let topic = image.topic_by_name(OFFSETS_TOPIC).ok_or(ErrorCode::NotCoordinator)?;
        let partition = coordinator_partition(group, topic.partitions.len().max(1) as i32);
        self.shards.lock().get(&partition).cloned().ok_or(ErrorCode::NotCoordinator)
    }

    /// Takes a request of one of the group APIs.
    pub(crate) fn request(&self, broker: &Arc<Broker>, request: Request<'_>) -> Result<(), DecodeError> {
        let host = format!("/{}", request.connection.peer.ip());
        let context =
            RequestContext { client_id: request.client_id.unwrap_or(""), client_host: &host, version: request.version };
        let dispatch = Dispatch { coordinators: self, broker, context };
        let version = request.version;
        match request.api {
            ApiKey::JoinGroup => dispatch.single(GroupRequest::JoinGroup(request.decode()?), request, Operation::Read),
            ApiKey::SyncGroup => dispatch.single(GroupRequest::SyncGroup(request.decode()?), request, Operation::Read),
            ApiKey::Heartbeat => dispatch.single(GroupRequest::Heartbeat(request.decode()?), request, Operation::Read),
            ApiKey::LeaveGroup => {
                dispatch.single(GroupRequest::LeaveGroup(request.decode()?), request, Operation::Read)
            }
            ApiKey::OffsetCommit => {
                dispatch.single(GroupRequest::OffsetCommit(request.decode()?), request, Operation::Read);
            }
            ApiKey::OffsetDelete => {
                dispatch.single(GroupRequest::OffsetDelete(request.decode()?), request, Operation::Delete);
            }
            ApiKey::OffsetFetch => {
                let fetch: protocol::OffsetFetchRequest<'_> = request.decode()?;
                let require_stable = fetch.require_stable;
                let groups = offset_fetch_groups(fetch, version);
                let parts = groups.into_iter().map(|group| GroupRequest::OffsetFetch { group, require_stable });
                dispatch.gathered(parts.collect(), request, Operation::Describe);
            }
            ApiKey::DescribeGroups => {
                let describe: DescribeGroupsRequest<'_> = request.decode()?;
                let parts = describe.groups.iter().map(|group| {
                    GroupRequest::DescribeGroups(DescribeGroupsRequest {
                        groups: vec![group.clone()],
                        include_authorized_operations: describe.include_authorized_operations,
                        ..Default::default()
                    })
                });
                let asked = describe.groups.iter().filter(|_| describe.include_authorized_operations);
                let operations = asked.map(|group| (group.to_string(), group_operations(&request, group)));
                let operations = operations.collect();
                dispatch.gathered_with(parts.collect(), request, Operation::Describe, operations);
            }
            ApiKey::DeleteGroups => {
                let delete: DeleteGroupsRequest<'_> = request.decode()?;
                // A group that is named twice is answered once.
                let mut seen = std::collections::BTreeSet::new();
                let names = delete.groups_names.iter().filter(|group| seen.insert((*group).clone()));
                let parts = names.map(|group| {
                    GroupRequest::DeleteGroups(DeleteGroupsRequest {
                        groups_names: vec![group.clone()],
                        ..Default::default()
                    })
                });
                dispatch.gathered(parts.collect(), request, Operation::Delete);
            }
            ApiKey::ListGroups => {
                let list: protocol::ListGroupsRequest<'_> = request.decode()?;
                let shards = self.all();
                if shards.is_empty() {
                    request.responder.send(&ListGroupsResponse::default());
                    return Ok(());
                }
                let gather = Gather::new(request.responder, shards.len());
                for (i, shard) in shards.into_iter().enumerate() {
                    let target = Target::Part(gather.clone(), i);
                    shard.handle(context, GroupRequest::ListGroups(list.clone()), target);
                }
            }
            // The table sends nothing else here.
            _ => request.responder.close(),
        }
        Ok(())
    }
}

/// The id of the group that a request is about.
fn group_id<'a>(request: &'a GroupRequest<'_>) -> &'a str {
    match request {
        GroupRequest::JoinGroup(r) => &r.group_id,
        GroupRequest::SyncGroup(r) => &r.group_id,
        GroupRequest::Heartbeat(r) => &r.group_id,
        GroupRequest::LeaveGroup(r) => &r.group_id,
        GroupRequest::OffsetCommit(r) => &r.group_id,
        GroupRequest::OffsetDelete(r) => &r.group_id,
        GroupRequest::OffsetFetch { group, .. } => &group.group_id,
        GroupRequest::DescribeGroups(r) => r.groups.first().map_or("", |group| group),
        GroupRequest::DeleteGroups(r) => r.groups_names.first().map_or("", |group| group),
        GroupRequest::ListGroups(_) => "",
    }
}

struct Dispatch<'a> {
    coordinators: &'a Coordinators,
    broker: &'a Arc<Broker>,
    context: RequestContext<'a>,
}

impl Dispatch<'_> {
    fn single(&self, message: GroupRequest<'_>, request: Request<'_>, operation: Operation) {
        let refused = self.refusal(&message, &request, operation);
        self.send(message, Target::Single(request.responder), refused);
    }

    fn gathered(&self, parts: Vec<GroupRequest<'_>>, request: Request<'_>, operation: Operation) {
        self.gathered_with(parts, request, operation, Map::default());
    }

    fn gathered_with(
        &self,
        parts: Vec<GroupRequest<'_>>,
        request: Request<'_>,
        operation: Operation,
        operations: Map<String, i32>,
    ) {
        let refusals: Vec<_> = parts.iter().map(|part| self.refusal(part, &request, operation)).collect();
        let gather = Gather::with_operations(request.responder, parts.len(), operations);
        for (i, (part, refused)) in parts.into_iter().zip(refusals).enumerate() {
            self.send(part, Target::Part(gather.clone(), i), refused);
        }
    }

    fn refusal(&self, message: &GroupRequest<'_>, request: &Request<'_>, operation: Operation) -> Option<ErrorCode> {
        let allowed = request.is_allowed(operation, ResourceType::Group, group_id(message));
        (!allowed).then_some(ErrorCode::GroupAuthorizationFailed)
    }

    fn send(&self, message: GroupRequest<'_>, target: Target, refused: Option<ErrorCode>) {
        let shard = match refused {
            Some(error) => Err(error),
            None => self.coordinators.shard_of(self.broker, group_id(&message)),
        };
        match shard {
            Ok(shard) => shard.handle(self.context, message, target),
            Err(error) => target.send(message.error_response(self.context.version, error)),
        }
    }
}

/// Encodes a response for its own kind of request.
pub(crate) fn send_response(responder: api::Responder, response: &GroupResponse) {
    match response {
        GroupResponse::JoinGroup(r) => responder.send(r),
        GroupResponse::SyncGroup(r) => responder.send(r),
        GroupResponse::Heartbeat(r) => responder.send(r),
        GroupResponse::LeaveGroup(r) => responder.send(r),
        GroupResponse::OffsetCommit(r) => responder.send(r),
        GroupResponse::OffsetDelete(r) => responder.send(r),
        GroupResponse::DescribeGroups(r) => responder.send(r),
        GroupResponse::DeleteGroups(r) => responder.send(r),
        GroupResponse::ListGroups(r) => responder.send(r),
        // Only ever a part of a gathered answer.
        GroupResponse::OffsetFetch(r) => {
            let response = group::offset_fetch_response(responder.version, vec![r.clone()]);
            responder.send(&response);
        }
    }
}
