//! Registration, heartbeats, fencing and unregistration of brokers.

use crate::leaders::{Movement, is_live_on};
use crate::plan::{Plan, Records, after, at_level, record};
use crate::schedule::Due;
use crate::{Controller, SmallMap, View};
use base::{BrokerEpoch, DirectoryId, ErrorCode, NodeId, Now, Offset, Uuid};
use metadata::{Broker, Endpoint, Image, Levels, Partition, VersionRange};
use protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationChangeRecord, BrokerRegistrationRequest,
    BrokerRegistrationResponse, UnregisterBrokerRecord, UnregisterBrokerRequest, UnregisterBrokerResponse,
    broker_registration_request,
};
use std::collections::BTreeSet;

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
    /// What the broker has of the metadata log, as it last said; -1: it has not said anything yet.
    metadata_offset: Offset,
    /// Where the records end by which the broker's leaderships were handed over, once it has asked to stop.
    handed_over_at: Option<Offset>,
}

impl Session {
    const EXPECTED: Session = Session { last_contact_us: 0, heard: false, metadata_offset: -1, handed_over_at: None };
}

impl Heartbeats {
    /// Gives a broker a session without having heard of it.
    pub fn expect(&mut self, id: NodeId, now: Now) {
        let session = Session { last_contact_us: now.monotonic_us, ..Session::EXPECTED };
        self.sessions.insert(id, session);
    }

    /// A new session of a broker that registers.
    fn begin(&mut self, id: NodeId, now: Now) {
        let session = Session { last_contact_us: now.monotonic_us, heard: true, ..Session::EXPECTED };
        self.sessions.insert(id, session);
    }

    /// The session of a broker that registers again as the same incarnation goes on.
    fn keep(&mut self, id: NodeId, now: Now) {
        let session = self.sessions.entry(id).or_insert(Session::EXPECTED);
        (session.last_contact_us, session.heard) = (now.monotonic_us, true);
    }

    fn touch(&mut self, id: NodeId, now: Now, metadata_offset: Offset) -> &mut Session {
        let session = self.sessions.entry(id).or_insert(Session::EXPECTED);
        (session.last_contact_us, session.heard, session.metadata_offset) = (now.monotonic_us, true, metadata_offset);
        session
    }

    /// Its session is over before its time.
    pub(crate) fn end(&mut self, id: NodeId) {
        self.sessions.remove(&id);
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

    /// Up to where every active broker has the metadata log, but for this one.
    fn lowest_offset_of_others(&self, image: &Image, id: NodeId) -> Offset {
        let others = image.active_brokers().map(|broker| broker.id).filter(|other| *other != id);
        let known = |other: NodeId| self.sessions.get(&other).map_or(-1, |session| session.metadata_offset);
        others.map(known).min().unwrap_or(Offset::MAX)
    }
}

impl Controller {
    /// BrokerRegistration (KIP-631): a new incarnation of a broker. Its epoch is the offset of its registration. Kafka writes
    /// a record also where the registration says what it has said before.
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
            && !self.suspicions.seems_gone(existing.id)
            && !(self.suspicions.is_suspected(existing.id) && is_successor(existing, request))
        {
            return refuse(ErrorCode::DuplicateBrokerRegistration);
        }
        for (feature, level) in view.image.features.iter() {
            let supported = request.features.iter().find(|f| f.name == feature);
            if !supported.is_some_and(|f| (f.min_supported_version..=f.max_supported_version).contains(&level)) {
                return refuse(ErrorCode::UnsupportedVersion);
            }
        }
        // This node is a cluster by itself, at levels of Apache Kafka; with another it would be one of several.
        let is_other = request.broker_id != self.settings.node_id;
        if is_other && !view.image.features.beyond(Levels::Served).is_empty() {
            return refuse(ErrorCode::UnsupportedVersion);
        }
        if view.image.features.assigns_directories() && !are_directories_valid(view.image, request) {
            return refuse(ErrorCode::InvalidRegistration);
        }
        let mut records = Records::new();
        // A broker that comes again with the same incarnation keeps its epoch (KAFKA-16952) and its state: it may be the
        // leader of partitions.
        let same_incarnation = existing
            .filter(|existing| existing.incarnation_id == request.incarnation_id)
            .map(|existing| existing.epoch);
        if let (Some(existing), None) = (existing, same_incarnation) {
            self.leave(view.image, existing.id, request.previous_broker_epoch == existing.epoch, &mut records);
        }
        // The offset of the registration's record or, as in Kafka, of the first that comes with it.
        let broker_epoch = same_incarnation.unwrap_or(view.next_offset);
        let mut registration = registration(request, broker_epoch);
        if let (Some(existing), Some(_)) = (existing, same_incarnation) {
            registration.fenced = existing.fenced;
            registration.in_controlled_shutdown = existing.in_controlled_shutdown;
        }
        records.push(at_level(registration.to_record(), &view.image.features));
        if same_incarnation.is_some() && after(view.image, &records).brokers.get(&request.broker_id) == existing {
            // The very same once more: its record is there, and the answer leaves when that is committed. Who asks a leader
            // that cannot commit asks again and again.
            records.clear();
        }
        self.suspicions.clear(request.broker_id);
        self.full_directories.forget(request.broker_id);
        match same_incarnation {
            Some(_) => self.heartbeats.keep(request.broker_id, view.now),
            None => self.heartbeats.begin(request.broker_id, view.now),
        }
        let reply = BrokerRegistrationResponse { broker_epoch, ..Default::default() };
        Plan::new(records, reply)
    }

    /// What is written about the incarnation before when a new one registers: it is in sync nowhere. One that has not
    /// stopped in order may have lost its tail, and is no eligible leader any more (KIP-966).
    fn leave(&self, image: &Image, id: NodeId, stopped_in_order: bool, records: &mut Records) {
        let stopped_in_order = stopped_in_order || base::mutant(base::Mutant::UncleanShutdownTrusted);
        if stopped_in_order || !image.features.keeps_eligible_leaders() {
            return self.leave_isrs(image, id, records);
        }
        let concerns = |partition: &Partition| is_live_on(partition, id) || partition.elr.contains(&id);
        self.move_leaders(image, Movement::LostItsTail(id), concerns, records);
    }

    /// BrokerHeartbeat (KIP-631): keeps the session and moves the broker between its states. What it says of full directories
    /// is followed at once, see [`Self::run_due`].
    pub fn heartbeat(&mut self, view: View<'_>, request: &BrokerHeartbeatRequest) -> Plan<BrokerHeartbeatResponse> {
        let Some(broker) = view.image.brokers.get(&request.broker_id).filter(|b| b.epoch == request.broker_epoch)
        else {
            // Kafka says the same of a broker that is not registered at all.
            let error_code = ErrorCode::StaleBrokerEpoch;
            return Plan::answer(BrokerHeartbeatResponse { error_code: error_code.code(), ..Default::default() });
        };
        self.suspicions.clear(broker.id);
        self.full_directories.told(broker, request.full_log_dirs());
        let handed_over_at = self.heartbeats.touch(broker.id, view.now, request.current_metadata_offset).handed_over_at;
        let is_caught_up = request.current_metadata_offset >= broker.epoch;
        let mut records = Records::new();
        let mut reply = BrokerHeartbeatResponse {
            is_caught_up,
            is_fenced: broker.fenced,
            should_shut_down: false,
            ..Default::default()
        };
        if broker.fenced {
            reply.should_shut_down = request.want_shut_down;
            if !request.want_shut_down && !request.want_fence && is_caught_up {
                self.unfence(view.image, broker, &mut records);
                reply.is_fenced = false;
            }
        } else if request.want_fence {
            self.fence(view.image, broker, &mut records);
            (reply.is_fenced, reply.should_shut_down) = (true, request.want_shut_down);
        } else if request.want_shut_down || handed_over_at.is_some() {
            if leads_any(view.image, broker.id) {
                self.hand_over(view, broker, &mut records);
            } else if handed_over_at
                .is_none_or(|at| at <= self.heartbeats.lowest_offset_of_others(view.image, broker.id))
            {
                self.fence(view.image, broker, &mut records);
                (reply.is_fenced, reply.should_shut_down) = (true, true);
            }
        }
        let image = after(view.image, &records);
        if let Some(broker) = image.brokers.get(&broker.id) {
            self.take_offline(&image, broker, &request.offline_log_dirs, &mut records);
            records.extend(cordoned(&image, broker, request.cordoned_log_dirs.as_deref()));
        }
        Plan::new(records, reply)
    }

    pub(crate) fn fence(&self, image: &Image, broker: &Broker, records: &mut Records) {
        self.leave_isrs(image, broker.id, records);
        let change = BrokerRegistrationChangeRecord { fenced: 1, ..unchanged(broker) };
        records.push(record(change, 0));
    }

    /// The broker may serve, and leads again where nobody does and it can.
    fn unfence(&self, image: &Image, broker: &Broker, records: &mut Records) {
        let change = BrokerRegistrationChangeRecord { fenced: -1, ..unchanged(broker) };
        records.push(record(change, 0));
        let is_leaderless = |partition: &Partition| partition.leader == metadata::NO_LEADER;
        self.move_leaders(image, Movement::Comes(broker.id), is_leaderless, records);
    }

    /// The broker has asked to stop: it leaves ISRs and leaderships. It may end when the other brokers know that; from which
    /// offset on they do is noted once, or a busy log would keep it waiting for ever (KAFKA-14292).
    fn hand_over(&mut self, view: View<'_>, broker: &Broker, records: &mut Records) {
        if !broker.in_controlled_shutdown {
            let change = BrokerRegistrationChangeRecord { in_controlled_shutdown: 1, ..unchanged(broker) };
            records.push(at_level(change, &view.image.features));
        }
        self.leave_isrs(view.image, broker.id, records);
        let end = view.next_offset + records.len() as Offset - 1;
        if let Some(session) = self.heartbeats.sessions.get_mut(&broker.id) {
            session.handed_over_at.get_or_insert(end);
        }
    }

    /// Fences the broker whose session has ended; `None` if there is none. Call it again after `next_expiry_us`.
    pub(crate) fn expire_session(&mut self, view: View<'_>) -> Option<Plan<Due>> {
        let (id, at) = self.heartbeats.next_expiry_us(self.settings.session_timeout_ms)?;
        if view.now.monotonic_us < at {
            return None;
        }
        self.heartbeats.sessions.remove(&id);
        self.suspicions.clear(id);
        self.full_directories.forget(id);
        let mut records = Records::new();
        if let Some(broker) = view.image.brokers.get(&id).filter(|broker| !broker.fenced) {
            self.fence(view.image, broker, &mut records);
        }
        Some(Plan::new(records, Due::SessionEnd(id)))
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
        self.leave_isrs(view.image, broker.id, &mut records);
        records.push(record(
            UnregisterBrokerRecord { broker_id: broker.id, broker_epoch: broker.epoch, ..Default::default() },
            0,
        ));
        // Its session ends by itself: until the records are in the log the broker is there.
        Plan::new(records, UnregisterBrokerResponse::default())
    }
}

/// Whether the new process holds what the one before had to itself: the ports of its listeners, and the locks of its log
/// directories.
fn is_successor(existing: &Broker, request: &BrokerRegistrationRequest<'_>) -> bool {
    let mut before: Vec<(&str, &str, u16)> =
        existing.endpoints.iter().map(|e| (e.listener.as_str(), e.host.as_str(), e.port)).collect();
    let mut now: Vec<(&str, &str, u16)> = request.listeners.iter().map(|e| (&*e.name, &*e.host, e.port)).collect();
    before.sort_unstable();
    now.sort_unstable();
    let directories = |ids: &[DirectoryId]| ids.iter().copied().collect::<BTreeSet<DirectoryId>>();
    let same_directories = directories(&existing.log_dirs) == directories(&request.log_dirs);
    metadata::is_ottla(request.incarnation_id) && before == now && same_directories && !request.log_dirs.is_empty()
}

fn leads_any(image: &Image, id: NodeId) -> bool {
    image.topics_by_name().any(|topic| topic.partitions.values().any(|partition| partition.leader == id))
}

/// A change of the registration that so far changes nothing.
fn unchanged(broker: &Broker) -> BrokerRegistrationChangeRecord {
    BrokerRegistrationChangeRecord { broker_id: broker.id, broker_epoch: broker.epoch, ..Default::default() }
}

/// What is written when a broker says that other directories of it take no new replicas.
fn cordoned(image: &Image, broker: &Broker, now: Option<&[DirectoryId]>) -> Option<crate::Record> {
    let now = now.filter(|_| image.features.cordons_log_dirs())?;
    let sorted = |directories: &[DirectoryId]| directories.iter().copied().collect::<BTreeSet<DirectoryId>>();
    let before = broker.cordoned_log_dirs.as_deref().unwrap_or_default();
    let change = BrokerRegistrationChangeRecord { cordoned_log_dirs: Some(now.to_vec()), ..unchanged(broker) };
    (sorted(before) != sorted(now)).then(|| at_level(change, &image.features))
}

/// Kafka keeps the ids below for special meanings.
const RESERVED_END: DirectoryId = Uuid::from_u128(100);

/// Directories are told, each once, and none of them is another broker's.
fn are_directories_valid(image: &Image, request: &BrokerRegistrationRequest<'_>) -> bool {
    let others = || image.brokers.values().filter(|broker| broker.id != request.broker_id);
    let distinct: BTreeSet<DirectoryId> = request.log_dirs.iter().copied().collect();
    let is_valid = |directory: &DirectoryId| {
        *directory >= RESERVED_END && !others().any(|broker| broker.log_dirs.contains(directory))
    };
    !distinct.is_empty() && distinct.len() == request.log_dirs.len() && distinct.iter().all(is_valid)
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
