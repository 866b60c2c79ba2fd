//! The coordinators of this broker: a shard for each partition of `__consumer_offsets` that it leads, and the way of a
//! request to the shard of its group. Requests that name groups of several shards are split and their answers gathered.

mod cell;
mod gather;
mod groups;
mod load;
mod topics;

use crate::broker::Broker;
use crate::handlers::group_operations;
use api::{Operation, Request, ResourceType};
use base::{ErrorCode, LeaderEpoch, Map, PartitionIndex, TopicId, coordinator_partition};
use cell::{CoordinatorCell, Place};
use config::GroupsConfig;
use coordinator::Input;
use dialect::{Client, GroupCall, offset_fetch_groups, offset_fetch_response};
use gather::Gather;
use group::{GroupRequest, GroupResponse, GroupSettings};
use groups::Groups;
use parking_lot::Mutex;
use protocol::{ApiKey, DecodeError, DeleteGroupsRequest, DescribeGroupsRequest, ListGroupsResponse};
use std::sync::{Arc, Weak};
use topics::Withheld;

pub(crate) use gather::Target;

/// The coordinator of the groups of one partition.
type ShardCell = CoordinatorCell<Groups>;

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
        if let (Some(old), Some(epoch)) = (shards.get(&partition), epoch)
            && old.topic_id == topic_id
            && old.epoch > epoch
        {
            let old = old.clone();
            drop(shards);
            return old.enter(Input::Broken("a coordinator's epochs never fall"), Place::Worker);
        }
        let old = shards.remove(&partition);
        let new = epoch.map(|epoch| {
            let seed = base::Random::next_u64(&mut **broker.random.lock());
            let host = Groups { settings: self.settings.clone(), seed };
            CoordinatorCell::new(&broker, (topic_id, partition, epoch), host, self.commit_timeout_us)
        });
        if let Some(new) = &new {
            shards.insert(partition, new.clone());
        }
        drop(shards);
        if let Some(old) = old {
            // Whoever waits is told.
            old.enter(Input::Resign, Place::Loop);
        }
        if let Some(new) = new {
            broker.executor.run_blocking(Box::new(move || new.load()));
        }
    }

    /// The offsets of deleted topics go.
    pub fn topics_deleted(&self, names: &[String]) {
        for shard in self.all() {
            shard.enter(Input::Notice(names.to_vec()), Place::Loop);
        }
    }

    /// A connection is gone. Classic groups learn of it by their sessions, as in Kafka.
    pub fn disconnected(&self, _connection: u64) {}

    #[cfg(test)]
    fn is_loaded(&self, partition: PartitionIndex) -> bool {
        self.shards.lock().get(&partition).is_some_and(|shard| !shard.is_loading())
    }

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
        let client = Client { id: request.client_id.unwrap_or(""), host: &host, version: request.version };
        let dispatch = Dispatch { coordinators: self, broker, client };
        let version = request.version;
        match request.api {
            ApiKey::JoinGroup => dispatch.single(GroupCall::JoinGroup(request.decode()?), request, Operation::Read),
            ApiKey::SyncGroup => dispatch.single(GroupCall::SyncGroup(request.decode()?), request, Operation::Read),
            ApiKey::Heartbeat => dispatch.single(GroupCall::Heartbeat(request.decode()?), request, Operation::Read),
            ApiKey::LeaveGroup => dispatch.single(GroupCall::LeaveGroup(request.decode()?), request, Operation::Read),
            ApiKey::OffsetCommit => {
                dispatch.single(GroupCall::OffsetCommit(request.decode()?), request, Operation::Read);
            }
            ApiKey::OffsetDelete => {
                dispatch.single(GroupCall::OffsetDelete(request.decode()?), request, Operation::Delete);
            }
            ApiKey::OffsetFetch => {
                let fetch: protocol::OffsetFetchRequest<'_> = request.decode()?;
                let require_stable = fetch.require_stable;
                let groups = offset_fetch_groups(fetch, version);
                let parts = groups.into_iter().map(|group| GroupCall::OffsetFetch { group, require_stable });
                dispatch.gathered(parts.collect(), request, Operation::Describe);
            }
            ApiKey::DescribeGroups => {
                let describe: DescribeGroupsRequest<'_> = request.decode()?;
                let parts = describe.groups.iter().map(|group| {
                    GroupCall::DescribeGroups(DescribeGroupsRequest {
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
                    GroupCall::DeleteGroups(DeleteGroupsRequest {
                        groups_names: vec![group.clone()],
                        ..Default::default()
                    })
                });
                dispatch.gathered(parts.collect(), request, Operation::Delete);
            }
            ApiKey::ListGroups => {
                let shards = self.all();
                if shards.is_empty() {
                    request.responder.send(&ListGroupsResponse::default());
                    return Ok(());
                }
                let list = GroupCall::ListGroups(request.decode()?).into_request(&client);
                let GroupRequest::ListGroups(list) = list else { return Ok(()) };
                let gather = Gather::new(request.responder, shards.len());
                for (i, shard) in shards.into_iter().enumerate() {
                    let target = Target::Part(gather.clone(), i);
                    shard.enter(Input::Request(GroupRequest::ListGroups(list.clone()), target), Place::Loop);
                }
            }
            // The table sends nothing else here.
            _ => request.responder.close(),
        }
        Ok(())
    }
}

/// The id of the group that a request is about.
fn group_id(request: &GroupRequest) -> &str {
    match request {
        GroupRequest::JoinGroup(r) => &r.group_id,
        GroupRequest::SyncGroup(r) => &r.group_id,
        GroupRequest::Heartbeat(r) => &r.group_id,
        GroupRequest::LeaveGroup(r) => &r.group_id,
        GroupRequest::OffsetCommit(r) => &r.group_id,
        GroupRequest::OffsetDelete(r) => &r.group_id,
        GroupRequest::OffsetFetch(r) => &r.group_id,
        GroupRequest::DescribeGroups(ids) | GroupRequest::DeleteGroups(ids) => ids.first().map_or("", |id| id),
        GroupRequest::ListGroups(_) => "",
    }
}

struct Dispatch<'a> {
    coordinators: &'a Coordinators,
    broker: &'a Arc<Broker>,
    client: Client<'a>,
}

impl Dispatch<'_> {
    fn single(&self, call: GroupCall<'_>, request: Request<'_>, operation: Operation) {
        let message = call.into_request(&self.client);
        let (message, refused, withheld) = self.judge(message, &request, operation);
        self.send(message, Target::Single(request.responder).completed(withheld), refused);
    }

    fn gathered(&self, parts: Vec<GroupCall<'_>>, request: Request<'_>, operation: Operation) {
        self.gathered_with(parts, request, operation, Map::default());
    }

    fn gathered_with(
        &self,
        parts: Vec<GroupCall<'_>>,
        request: Request<'_>,
        operation: Operation,
        operations: Map<String, i32>,
    ) {
        let parts: Vec<_> = parts.into_iter().map(|call| call.into_request(&self.client)).collect();
        let parts: Vec<_> = parts.into_iter().map(|part| self.judge(part, &request, operation)).collect();
        let gather = Gather::with_operations(request.responder, parts.len(), operations);
        for (i, (part, refused, withheld)) in parts.into_iter().enumerate() {
            self.send(part, Target::Part(gather.clone(), i).completed(withheld), refused);
        }
    }

    /// Whether it is refused as a whole, and else what is withheld of it.
    fn judge(
        &self,
        mut message: GroupRequest,
        request: &Request<'_>,
        operation: Operation,
    ) -> (GroupRequest, Option<ErrorCode>, Option<Withheld>) {
        if !request.is_allowed(operation, ResourceType::Group, group_id(&message)) {
            return (message, Some(ErrorCode::GroupAuthorizationFailed), None);
        }
        let withheld = topics::withhold(&mut message, request, &self.broker.image.load_full());
        let is_settled = withheld.is_some() && topics::is_settled(&message);
        (message, is_settled.then_some(ErrorCode::None), withheld)
    }

    fn send(&self, message: GroupRequest, target: Target, refused: Option<ErrorCode>) {
        let shard = match refused {
            Some(error) => Err(error),
            None => self.coordinators.shard_of(self.broker, group_id(&message)),
        };
        match shard {
            Ok(shard) => shard.enter(Input::Request(message, target), Place::Loop),
            Err(error) => target.send(message.error_response(error)),
        }
    }
}

/// Encodes a response for its own kind of request.
pub(crate) fn send_response(responder: api::Responder, response: GroupResponse) {
    match &dialect::say(response, responder.version) {
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
            let response = offset_fetch_response(responder.version, vec![r.clone()]);
            responder.send(&response);
        }
    }
}
