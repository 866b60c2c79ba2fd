//! A controller without a quorum: what it plans is replayed at once, and what must always hold is checked after each step.

use base::{ErrorCode, NodeId, Now, Offset, SplitMix64, Uuid};
use controller::{Controller, Due, IsrChange, IsrChanged, OfTopics, Plan, Settings, View, bootstrap_records};
use metadata::{Image, Levels, Loader, NO_LEADER, Partition};
use protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest, BrokerRegistrationResponse,
    ConfigRecord, CreateTopicsRequest, FeatureLevelRecord, MetadataRecord, broker_registration_request as registration,
    create_topics_request as creation, create_topics_response::CreatableTopicResult,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The topic of most tests.
pub const TOPIC: &str = "orders";

pub struct Cluster {
    pub controller: Controller,
    pub now: Now,
    loader: Loader,
    next_offset: Offset,
    random: SplitMix64,
    /// Incarnation and epoch by broker.
    brokers: BTreeMap<NodeId, (u128, i64)>,
}

pub fn settings() -> Settings {
    Settings {
        node_id: 100,
        cluster_id: "cluster".into(),
        kraft_version: 0,
        session_timeout_ms: 9_000,
        partitions_default: 1,
        replication_factor_default: 1,
        min_insync_replicas: 1,
        deletes_topics: true,
        ignores_transactions: false,
        unclean_leader_election: false,
        unclean_election_interval_ms: 300_000,
        preferred_election_interval_ms: None,
        static_config: Arc::default(),
    }
}

impl Cluster {
    /// Features of 4.3, with eligible leader replicas or without, and so many brokers, all unfenced.
    pub fn new(brokers: NodeId, with_elr: bool) -> Cluster {
        let mut levels = vec![("metadata.version", 30)];
        if with_elr {
            levels.push(("eligible.leader.replicas.version", 1));
        }
        Cluster::of_levels(brokers, &levels)
    }

    pub fn of_levels(brokers: NodeId, levels: &[(&'static str, i16)]) -> Cluster {
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_795_000_000_000 };
        let level = |(name, level): &(&'static str, i16)| FeatureLevelRecord {
            name: (*name).into(),
            feature_level: *level,
            ..Default::default()
        };
        let levels = levels.iter().map(|pair| controller::Record { value: level(pair).into(), version: 0 }).collect();
        let mut cluster = Cluster {
            controller: Controller::new(settings(), &Image::empty(), now),
            now,
            loader: Loader::default(),
            next_offset: 0,
            random: SplitMix64(7),
            brokers: BTreeMap::new(),
        };
        cluster.append(bootstrap_records(levels, 1));
        for id in 1..=brokers {
            cluster.register(id);
            cluster.beat(id);
        }
        cluster
    }

    pub fn image(&self) -> &Image {
        self.loader.latest()
    }

    /// Replays records as the log would have them, and checks each step.
    pub fn append(&mut self, records: Vec<controller::Record>) {
        for record in records {
            let before = self.image().clone();
            self.loader.replay(self.next_offset, 1, self.now.wall_ms, &record.value).unwrap();
            record.value.encode(&mut Vec::new(), record.version).unwrap();
            self.next_offset += 1;
            check(&before, self.loader.latest());
        }
    }

    /// Plans on the state as it is, and appends what was planned.
    pub fn step<R>(&mut self, plan: impl FnOnce(&mut Controller, View<'_>, &mut SplitMix64) -> Plan<R>) -> R {
        let image = self.image().clone();
        let view = View { image: &image, next_offset: self.next_offset, now: self.now, levels: Levels::Served };
        let Plan { records, reply, validate_only } = plan(&mut self.controller, view, &mut self.random);
        if !validate_only {
            self.append(records);
        }
        reply
    }

    pub fn registration(
        &self,
        id: NodeId,
        incarnation: u128,
        previous_epoch: i64,
    ) -> BrokerRegistrationRequest<'static> {
        let features = self.image().features.iter().map(|(name, level)| registration::Feature {
            name: name.to_owned().into(),
            min_supported_version: 0,
            max_supported_version: level,
            ..Default::default()
        });
        BrokerRegistrationRequest {
            broker_id: id,
            cluster_id: "cluster".into(),
            incarnation_id: Uuid::from_u128(incarnation),
            features: features.collect(),
            log_dirs: vec![directory(id, 0), directory(id, 1)],
            previous_broker_epoch: previous_epoch,
            ..Default::default()
        }
    }

    pub fn try_register(&mut self, request: BrokerRegistrationRequest<'static>) -> BrokerRegistrationResponse {
        let (id, incarnation) = (request.broker_id, u128::from_be_bytes(request.incarnation_id.0));
        let response = self.step(|controller, view, _| controller.register_broker(view, &request));
        if response.error_code == 0 {
            self.brokers.insert(id, (incarnation, response.broker_epoch));
        }
        response
    }

    /// A new incarnation of a broker that was killed, or has never been there.
    pub fn register(&mut self, id: NodeId) {
        self.register_after(id, -1);
    }

    /// A new incarnation of a broker that stopped in order.
    pub fn register_again(&mut self, id: NodeId) {
        self.register_after(id, self.epoch(id));
    }

    fn register_after(&mut self, id: NodeId, previous_epoch: i64) {
        let incarnation = self.brokers.get(&id).map_or(1_000 * id as u128, |(incarnation, _)| incarnation + 1);
        let request = self.registration(id, incarnation, previous_epoch);
        assert_eq!(self.try_register(request).error_code, 0);
    }

    pub fn epoch(&self, id: NodeId) -> i64 {
        self.brokers[&id].1
    }

    pub fn heartbeat(&self, id: NodeId) -> BrokerHeartbeatRequest {
        BrokerHeartbeatRequest {
            broker_id: id,
            broker_epoch: self.epoch(id),
            current_metadata_offset: self.image().offset,
            ..Default::default()
        }
    }

    pub fn send(&mut self, request: BrokerHeartbeatRequest) -> BrokerHeartbeatResponse {
        self.step(|controller, view, _| controller.heartbeat(view, &request))
    }

    pub fn beat(&mut self, id: NodeId) -> BrokerHeartbeatResponse {
        self.send(self.heartbeat(id))
    }

    /// The broker asks to be fenced, as if its session had ended.
    pub fn fence(&mut self, id: NodeId) {
        let response = self.send(BrokerHeartbeatRequest { want_fence: true, ..self.heartbeat(id) });
        assert!(response.is_fenced);
    }

    /// Does everything that is due; what it was.
    pub fn run_due(&mut self) -> Vec<Due> {
        let mut done = Vec::new();
        while let Some(due) = self.step(|controller, view, _| match controller.run_due(view) {
            Some(Plan { records, reply, .. }) => Plan::new(records, Some(reply)),
            None => Plan::answer(None),
        }) {
            done.push(due);
        }
        done
    }

    /// A heartbeat that names directories without room, and what comes of it.
    pub fn tell_full(&mut self, id: NodeId, full: &[Uuid]) {
        let response = self.send(self.heartbeat(id).with_full_log_dirs(full));
        assert_eq!(response.error_code, 0);
        self.run_due();
    }

    /// No directory of the broker has room, or all have.
    pub fn set_full(&mut self, id: NodeId, is_full: bool) {
        let all = [directory(id, 0), directory(id, 1)];
        self.tell_full(id, if is_full { &all } else { &[] });
    }

    pub fn create(&mut self, topic: creation::CreatableTopic<'static>) -> CreatableTopicResult<'static> {
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 1_000, ..Default::default() };
        let mut response = self.step(|controller, view, random| controller.create_topics(view, &request, random));
        response.topics.remove(0)
    }

    /// [`TOPIC`] with one partition on these brokers, the first of which leads.
    pub fn topic_on(&mut self, replicas: &[NodeId]) {
        let created = self.create(manual(TOPIC, &[replicas]));
        assert_eq!(created.error_code, 0, "{created:?}");
    }

    pub fn topic_id(&self) -> Uuid {
        self.image().topic_id(TOPIC).unwrap()
    }

    /// Partition 0 of [`TOPIC`].
    pub fn partition(&self) -> Partition {
        (**self.image().partition(self.topic_id(), 0).unwrap()).clone()
    }

    /// Leader, ISR and eligible leader replicas of it.
    pub fn leadership(&self) -> (NodeId, Vec<NodeId>, Vec<NodeId>) {
        let partition = self.partition();
        (partition.leader, partition.isr, partition.elr)
    }

    /// What the leader of it would ask for now.
    pub fn isr_change(&self, isr: &[NodeId]) -> IsrChange {
        let partition = self.partition();
        IsrChange {
            leader_epoch: partition.leader_epoch,
            isr: isr.iter().map(|id| (*id, self.brokers.get(id).map_or(-1, |(_, epoch)| *epoch))).collect(),
            leader_recovery_state: 0,
            partition_epoch: partition.partition_epoch,
        }
    }

    pub fn alter(&mut self, broker: NodeId, change: IsrChange) -> IsrChanged {
        let (topic_id, epoch) = (self.topic_id(), self.epoch(broker));
        let changes: OfTopics<IsrChange> = vec![(topic_id, vec![(0, change)])];
        let answers = self.step(|controller, view, _| controller.alter_partition(view, (broker, epoch), changes));
        answers.unwrap().remove(0).1.remove(0).1
    }

    /// The leader brings the ISR to this.
    pub fn isr(&mut self, isr: &[NodeId]) -> Result<(), ErrorCode> {
        self.alter(self.partition().leader, self.isr_change(isr)).map(|_| ())
    }

    /// A config of all brokers (empty name) or of a topic.
    pub fn set_config(&mut self, topic: &'static str, key: &'static str, value: &'static str) {
        let config = ConfigRecord {
            resource_type: if topic.is_empty() { 4 } else { 2 },
            resource_name: topic.into(),
            name: key.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        self.append(vec![controller::Record { value: MetadataRecord::Config(config), version: 0 }]);
    }
}

pub fn directory(broker: NodeId, index: u128) -> Uuid {
    Uuid::from_u128(1_000_000 + 100 * broker as u128 + index)
}

/// A topic whose partitions are on these brokers.
pub fn manual(name: &str, partitions: &[&[NodeId]]) -> creation::CreatableTopic<'static> {
    let assignment = |(index, replicas): (usize, &&[NodeId])| creation::CreatableReplicaAssignment {
        partition_index: index as i32,
        broker_ids: replicas.to_vec(),
        ..Default::default()
    };
    creation::CreatableTopic {
        name: name.to_owned().into(),
        num_partitions: -1,
        replication_factor: -1,
        assignments: partitions.iter().enumerate().map(assignment).collect(),
        ..Default::default()
    }
}

/// A topic whose replicas the controller places.
pub fn placed(name: &str, partitions: i32, replication_factor: i16) -> creation::CreatableTopic<'static> {
    creation::CreatableTopic {
        name: name.to_owned().into(),
        num_partitions: partitions,
        replication_factor,
        ..Default::default()
    }
}

/// What holds of every image, and of every step from one to the next.
pub fn check(before: &Image, after: &Image) {
    let keeps_elr = after.features.keeps_eligible_leaders();
    for topic in after.topics_by_name() {
        for (index, partition) in &topic.partitions {
            let is_subset = |some: &[NodeId], of: &[NodeId]| some.iter().all(|id| of.contains(id));
            let what = format!("{}-{index}: {partition:?}", topic.name);
            assert!(partition.leader == NO_LEADER || partition.isr.contains(&partition.leader), "{what}");
            assert!(!partition.isr.is_empty() || keeps_elr, "{what}");
            assert!(is_subset(&partition.isr, &partition.replicas), "{what}");
            assert!(is_subset(&partition.elr, &partition.replicas), "{what}");
            assert!(!partition.elr.iter().any(|id| partition.isr.contains(id)), "{what}");
            assert!(partition.last_known_elr.is_empty() || partition.leader == NO_LEADER, "{what}");
            assert_eq!(partition.directories.len(), partition.replicas.len(), "{what}");
            let mut distinct = partition.replicas.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), partition.replicas.len(), "{what}");
            let Some(old) = before.partition(topic.id, *index) else { continue };
            assert!(partition.leader_epoch >= old.leader_epoch, "{what}");
            let is_new_leader = partition.leader != old.leader;
            assert!(!is_new_leader || partition.leader_epoch > old.leader_epoch, "{what} was {old:?}");
            assert!(partition == old || partition.partition_epoch > old.partition_epoch, "{what} was {old:?}");
            // Nobody leads that was not in sync or eligible, but by an unclean election, or as the leader before ends a
            // reassignment by bringing it into the ISR.
            let was_eligible = |id: &NodeId| old.isr.contains(id) || old.elr.contains(id);
            let is_clean = partition.leader_recovery_state == 0 && is_new_leader && partition.leader != NO_LEADER;
            let is_clean = is_clean && partition.replicas == old.replicas;
            assert!(!is_clean || was_eligible(&partition.leader), "{what} was {old:?}");
        }
    }
}
