//! Registration, heartbeats, fencing and unregistration of brokers.

use crate::elections::Election;
use crate::plan::{Plan, Records, at_level, record};
use crate::{Controller, SmallMap, View};
use base::{BrokerEpoch, ErrorCode, NodeId, Now, Uuid};
use metadata::{Broker, Endpoint, VersionRange};
use protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationChangeRecord, BrokerRegistrationRequest,
    BrokerRegistrationResponse, UnregisterBrokerRecord, UnregisterBrokerRequest, UnregisterBrokerResponse,
    broker_registration_request,
};

/// Who was heard of, and when. Not replicated: a new leader starts afresh.
#[derive(Debug, Default)]
pub struct Heartbeats {
    sessions: SmallMap<NodeId, Session>,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    last_contact_us: u64,
    /// False while the broker is only expected to be alive.
    heard: bool,
}

impl Heartbeats {
    /// Gives a broker a session without having heard of it.
    pub fn expect(&mut self, id: NodeId, now: Now) {
        self.sessions.insert(id, Session { last_contact_us: now.monotonic_us, heard: false });
    }

    fn touch(&mut self, id: NodeId, now: Now) {
        self.sessions.insert(id, Session { last_contact_us: now.monotonic_us, heard: true });
    }

    fn is_alive(&self, id: NodeId, now: Now, timeout_ms: u64) -> bool {
        self.sessions
            .get(&id)
            .is_some_and(|session| session.heard && now.monotonic_us < session.last_contact_us + timeout_ms * 1000)
    }

    /// The broker whose session ends first, and when.
    pub fn next_expiry_us(&self, timeout_ms: u64) -> Option<(NodeId, u64)> {
        self.sessions
            .iter()
            .map(|(id, session)| (*id, session.last_contact_us + timeout_ms * 1000))
            .min_by_key(|(id, at)| (*at, *id))
    }
}

impl Controller {
    /// BrokerRegistration (KIP-631): a new incarnation of a broker. Its epoch is the offset of its registration.
    pub fn register_broker(
        &mut self,
        view: View<'_>,
        request: &BrokerRegistrationRequest<'_>,
    ) -> Plan<BrokerRegistrationResponse> {
        let refuse = |error: ErrorCode| {
            Plan::answer(BrokerRegistrationResponse { error_code: error.code(), ..Default::default() })
        };
        if request.cluster_id != self.settings.cluster_id {
            return refuse(ErrorCode::InconsistentClusterId);
        }
        let existing = view.image.brokers.get(&request.broker_id);
        let timeout = self.settings.session_timeout_ms;
        if let Some(existing) = existing
            && existing.incarnation_id != request.incarnation_id
            && !existing.fenced
            && self.heartbeats.is_alive(existing.id, view.now, timeout)
        {
            return refuse(ErrorCode::DuplicateBrokerRegistration);
        }
        for (feature, level) in view.image.features.iter() {
            let supported = request.features.iter().find(|f| f.name == feature);
            if !supported.is_some_and(|f| (f.min_supported_version..=f.max_supported_version).contains(&level)) {
                return refuse(ErrorCode::UnsupportedVersion);
            }
        }
        if view.image.features.assigns_directories() && request.log_dirs.is_empty() {
            return refuse(ErrorCode::InvalidRequest);
        }
        let mut records = Records::new();
        // A broker that comes again with the same incarnation keeps its epoch (KAFKA-16952) and its state: it may be the
        // leader of partitions.
        let same_incarnation = existing
            .filter(|existing| existing.incarnation_id == request.incarnation_id)
            .map(|existing| existing.epoch);
        let broker_epoch = same_incarnation.unwrap_or(view.next_offset);
        if let (Some(existing), None) = (existing, same_incarnation) {
            self.leave(view, existing, request.previous_broker_epoch == existing.epoch, &mut records);
        }
        let mut registration = registration(request, broker_epoch);
        if let (Some(existing), Some(_)) = (existing, same_incarnation) {
            registration.fenced = existing.fenced;
            registration.in_controlled_shutdown = existing.in_controlled_shutdown;
        }
        records.push(at_level(registration.to_record(), &view.image.features));
        self.heartbeats.touch(request.broker_id, view.now);
        let reply = BrokerRegistrationResponse { broker_epoch, ..Default::default() };
        Plan::new(records, reply)
    }

    /// What is written about the incarnation before when a new one registers.
    fn leave(&mut self, view: View<'_>, existing: &Broker, stopped_in_order: bool, records: &mut Records) {
        if !existing.fenced {
            self.change_partitions_of(view, existing.id, &[], records);
            records.push(fence(existing.id, existing.epoch));
        }
        if !stopped_in_order && view.image.features.keeps_eligible_leaders() {
            self.forget_eligibility(view, existing.id, records);
        }
    }

    /// BrokerHeartbeat (KIP-631): keeps the session and moves the broker between its states.
    pub fn heartbeat(&mut self, view: View<'_>, request: &BrokerHeartbeatRequest) -> Plan<BrokerHeartbeatResponse> {
        let Some(broker) = view.image.brokers.get(&request.broker_id).filter(|b| b.epoch == request.broker_epoch)
        else {
            // Kafka says the same of a broker that is not registered at all.
            let error_code = ErrorCode::StaleBrokerEpoch;
            return Plan::answer(BrokerHeartbeatResponse { error_code: error_code.code(), ..Default::default() });
        };
        self.heartbeats.touch(broker.id, view.now);
        let is_caught_up = request.current_metadata_offset >= broker.epoch;
        let mut records = Records::new();
        let mut reply = BrokerHeartbeatResponse {
            is_caught_up,
            is_fenced: broker.fenced,
            should_shut_down: false,
            ..Default::default()
        };
        if request.want_shut_down {
            let leads = self.leads_any(view, broker.id);
            if broker.fenced || !leads {
                if !broker.fenced {
                    self.change_partitions_of(view, broker.id, &[], &mut records);
                    records.push(fence(broker.id, broker.epoch));
                }
                reply.is_fenced = true;
                reply.should_shut_down = true;
            } else if !broker.in_controlled_shutdown {
                records.push(at_level(
                    BrokerRegistrationChangeRecord {
                        broker_id: broker.id,
                        broker_epoch: broker.epoch,
                        in_controlled_shutdown: 1,
                        ..Default::default()
                    },
                    &view.image.features,
                ));
                self.change_partitions_of(view, broker.id, &[], &mut records);
            }
        } else if request.want_fence {
            if !broker.fenced {
                self.change_partitions_of(view, broker.id, &[], &mut records);
                records.push(fence(broker.id, broker.epoch));
                reply.is_fenced = true;
            }
        } else if broker.fenced && is_caught_up {
            records.push(record(
                BrokerRegistrationChangeRecord {
                    broker_id: broker.id,
                    broker_epoch: broker.epoch,
                    fenced: -1,
                    ..Default::default()
                },
                0,
            ));
            self.elect_on_return(view, broker.id, &mut records);
            reply.is_fenced = false;
        }
        if !request.offline_log_dirs.is_empty() {
            self.take_offline(view, broker, &request.offline_log_dirs, &mut records);
        }
        Plan::new(records, reply)
    }

    /// Fences the broker whose session has ended; `None` if there is none. Call it again after `next_expiry_us`.
    pub fn expire_session(&mut self, view: View<'_>) -> Option<Plan<NodeId>> {
        let (id, at) = self.heartbeats.next_expiry_us(self.settings.session_timeout_ms)?;
        if view.now.monotonic_us < at {
            return None;
        }
        self.heartbeats.sessions.remove(&id);
        let mut records = Records::new();
        if let Some(broker) = view.image.brokers.get(&id).filter(|broker| !broker.fenced) {
            self.change_partitions_of(view, id, &[], &mut records);
            records.push(fence(id, broker.epoch));
        }
        Some(Plan::new(records, id))
    }

    /// UnregisterBroker (KIP-658).
    pub fn unregister_broker(
        &mut self,
        view: View<'_>,
        request: &UnregisterBrokerRequest,
    ) -> Plan<UnregisterBrokerResponse<'static>> {
        let Some(broker) = view.image.brokers.get(&request.broker_id) else {
            return Plan::answer(UnregisterBrokerResponse {
                error_code: ErrorCode::BrokerIdNotRegistered.code(),
                error_message: Some(format!("Broker ID {} is not currently registered", request.broker_id).into()),
                ..Default::default()
            });
        };
        let mut records = Records::new();
        self.change_partitions_of(view, broker.id, &[], &mut records);
        records.push(record(
            UnregisterBrokerRecord { broker_id: broker.id, broker_epoch: broker.epoch, ..Default::default() },
            0,
        ));
        // Its session ends by itself: until the records are in the log the broker is there.
        Plan::new(records, UnregisterBrokerResponse::default())
    }

    fn leads_any(&self, view: View<'_>, id: NodeId) -> bool {
        view.image.topics_by_name().any(|topic| topic.partitions.values().any(|partition| partition.leader == id))
    }

    /// Removes a broker that goes from ISRs and leaderships.
    fn change_partitions_of(&self, view: View<'_>, id: NodeId, unclean: &[NodeId], records: &mut Records) {
        for topic in view.image.topics_by_name() {
            for (index, partition) in &topic.partitions {
                if !partition.isr.contains(&id) && partition.leader != id {
                    continue;
                }
                let target_isr = partition.isr.iter().copied().filter(|replica| *replica != id).collect();
                let may_lead = |replica: NodeId| replica != id && self.may_lead(view, replica);
                let change = self.partition_change(view, topic, *index, partition, Election::Online, &may_lead);
                let change = crate::PartitionChange { target_isr, unclean_shutdown: unclean, ..change };
                records.extend(change.into_record().map(|change| at_level(change, &view.image.features)));
            }
        }
    }

    /// A replica that did not stop in order may have lost its tail: it is no eligible leader any more (KIP-966).
    fn forget_eligibility(&self, view: View<'_>, id: NodeId, records: &mut Records) {
        for topic in view.image.topics_by_name() {
            for (index, partition) in &topic.partitions {
                let was_live = partition.isr.contains(&id) || partition.leader == id;
                if !was_live && !partition.elr.contains(&id) {
                    continue;
                }
                // Where the broker was live until now, the change before this one has just made it eligible.
                let mut before = (**partition).clone();
                if was_live {
                    before.isr.retain(|replica| *replica != id);
                    before.elr.push(id);
                    if before.leader == id {
                        before.last_known_elr = vec![id];
                        before.leader = metadata::NO_LEADER;
                    }
                }
                let may_lead = |replica: NodeId| replica != id && self.may_lead(view, replica);
                let change = self.partition_change(view, topic, *index, &before, Election::Online, &may_lead);
                let change = crate::PartitionChange { unclean_shutdown: &[id], ..change };
                records.extend(change.into_record().map(|change| at_level(change, &view.image.features)));
            }
        }
    }

    /// Elects leaders where the broker that is back makes it possible.
    fn elect_on_return(&self, view: View<'_>, id: NodeId, records: &mut Records) {
        let may_lead = |replica: NodeId| replica == id || self.may_lead(view, replica);
        for topic in view.image.topics_by_name() {
            for (index, partition) in &topic.partitions {
                if partition.leader != metadata::NO_LEADER || !partition.replicas.contains(&id) {
                    continue;
                }
                let election = match self.is_unclean_allowed(view, &topic.name) {
                    true => Election::Unclean,
                    false => Election::Online,
                };
                let change = self.partition_change(view, topic, *index, partition, election, &may_lead);
                records.extend(change.into_record().map(|change| at_level(change, &view.image.features)));
            }
        }
    }

    /// Replicas in directories that went out of service lead no more.
    fn take_offline(&self, view: View<'_>, broker: &Broker, offline: &[Uuid], records: &mut Records) {
        let online: Vec<Uuid> = broker.log_dirs.iter().copied().filter(|dir| !offline.contains(dir)).collect();
        if online.len() == broker.log_dirs.len() || online.is_empty() {
            return;
        }
        let id = broker.id;
        records.push(at_level(
            BrokerRegistrationChangeRecord {
                broker_id: id,
                broker_epoch: broker.epoch,
                log_dirs: online,
                ..Default::default()
            },
            &view.image.features,
        ));
        for topic in view.image.topics_by_name() {
            for (index, partition) in &topic.partitions {
                if !offline.contains(&partition.directory_of(id)) || !partition.isr.contains(&id) {
                    continue;
                }
                let target_isr = partition.isr.iter().copied().filter(|replica| *replica != id).collect();
                let may_lead = |replica: NodeId| replica != id && self.may_lead(view, replica);
                let change = self.partition_change(view, topic, *index, partition, Election::Online, &may_lead);
                let change = crate::PartitionChange { target_isr, ..change };
                records.extend(change.into_record().map(|change| at_level(change, &view.image.features)));
            }
        }
    }

    /// A broker that is registered, not fenced and not leaving.
    pub(crate) fn may_lead(&self, view: View<'_>, id: NodeId) -> bool {
        view.image.brokers.get(&id).is_some_and(|broker| broker.is_active())
    }
}

fn fence(id: NodeId, epoch: BrokerEpoch) -> crate::Record {
    record(BrokerRegistrationChangeRecord { broker_id: id, broker_epoch: epoch, fenced: 1, ..Default::default() }, 0)
}

/// The registration that a broker asks for; it begins fenced.
fn registration(request: &BrokerRegistrationRequest<'_>, epoch: BrokerEpoch) -> Broker {
    let endpoint = |listener: &broker_registration_request::Listener<'_>| Endpoint {
        listener: listener.name.to_string(),
        host: listener.host.to_string(),
        port: listener.port,
        security_protocol: listener.security_protocol,
    };
    let range = |feature: &broker_registration_request::Feature<'_>| VersionRange {
        feature: feature.name.to_string(),
        min: feature.min_supported_version,
        max: feature.max_supported_version,
    };
    Broker {
        id: request.broker_id,
        epoch,
        incarnation_id: request.incarnation_id,
        endpoints: request.listeners.iter().map(endpoint).collect(),
        features: request.features.iter().map(range).collect(),
        rack: request.rack.as_ref().map(|rack| rack.to_string()),
        fenced: true,
        in_controlled_shutdown: false,
        is_migrating_zk_broker: false,
        log_dirs: request.log_dirs.clone(),
        cordoned_log_dirs: None,
    }
}
