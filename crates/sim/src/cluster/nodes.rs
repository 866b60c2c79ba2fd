//! The processes of a simulated cluster: three controllers, some brokers, each with a disk of its own, on one clock.

use super::network::{Delivery, SimNetwork};
use super::watch::Seen;
use crate::ending::Running;
use crate::node::{Inbox, SimNode, Step, answer_bytes, format_node};
use crate::workload::Peer;
use base::{LeaderEpoch, NodeId, Now, Offset, Random, SplitMix64, TopicId};
use config::{Properties, ServerConfig, Settings, load};
use metadata::{Image, NO_LEADER};
use net::Reply;
use protocol::{
    ApiKey, Cursor, DeleteGroupsRequest, DeleteRecordsRequest, DescribeGroupsRequest, FetchRequest,
    FindCoordinatorRequest, HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest, ListOffsetsRequest,
    OffsetCommitRequest, OffsetFetchRequest, ProduceRequest, Request, SyncGroupRequest,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{Fault, FaultOn, SimFiles};

/// The controllers' ids; brokers are 1, 2, ...
pub const CONTROLLERS: [NodeId; 3] = [100, 101, 102];
pub const BROKERS: [NodeId; 3] = [1, 2, 3];
/// A leader that no majority reaches resigns after one and a half fetch timeouts (of 2 s); what is on its way then may still
/// count.
const LONELY_US: u64 = 4_000_000;
const ENOSPC: i32 = 28;
const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// What differs from seed to seed.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub snapshot_bytes: u32,
    pub segment_bytes: u32,
    pub retention_bytes: i64,
    pub session_ms: u32,
    /// Of metadata and its snapshots, in one fetch.
    pub fetch_bytes: u32,
    /// Syncs of the controllers take their time.
    pub is_slow: bool,
    /// One in so many actions is a fault.
    pub fault_every: u32,
    /// Of every partition; where there are three, two must have what is acknowledged.
    pub replicas: u32,
    /// In one fetch of a follower.
    pub replica_bytes: u32,
}

impl Shape {
    pub fn draw(random: &mut SplitMix64) -> Shape {
        let mut one_of = |choices: [u32; 3]| choices[random.below(3) as usize];
        Shape {
            snapshot_bytes: one_of([200, 1_500, 20_000_000]),
            segment_bytes: one_of([1_200, 4_000, 1 << 20]),
            retention_bytes: i64::from(one_of([600, 6_000, 1 << 30])),
            session_ms: one_of([1_000, 3_000, 9_000]),
            fetch_bytes: one_of([200, 2_000, 1 << 20]),
            is_slow: one_of([0, 1, 1]) == 1,
            fault_every: one_of([12, 50, 200]),
            replicas: one_of([1, 3, 3]),
            replica_bytes: one_of([300, 3_000, 1 << 20]),
        }
    }
}

pub fn is_controller(id: NodeId) -> bool {
    CONTROLLERS.contains(&id)
}

fn port(id: NodeId) -> u16 {
    9100 + id as u16
}

fn config(id: NodeId, shape: &Shape) -> Result<ServerConfig, String> {
    let (role, listener) = if is_controller(id) { ("controller", "CONTROLLER") } else { ("broker", "PLAINTEXT") };
    let Shape { snapshot_bytes, retention_bytes, session_ms, fetch_bytes, replicas, replica_bytes, .. } = shape;
    let text = format!(
        "process.roles={role}\nnode.id={id}\ncontroller.quorum.voters={}\n\
         listeners={listener}://127.0.0.1:{}\ncontroller.listener.names=CONTROLLER\nlog.dirs=/data\n\
         offsets.topic.replication.factor={replicas}\noffsets.topic.num.partitions=3\nlog.index.size.max.bytes=4096\n\
         log.index.interval.bytes=256\ngroup.initial.rebalance.delay.ms=0\nlog.retention.check.interval.ms=150\n\
         metadata.log.max.record.bytes.between.snapshots={snapshot_bytes}\nmetadata.log.segment.bytes=8388608\n\
         metadata.max.retention.bytes={retention_bytes}\nbroker.session.timeout.ms={session_ms}\n\
         controller.quorum.fetch.max.bytes={fetch_bytes}\ncontroller.quorum.fetch.snapshot.max.bytes={fetch_bytes}\n\
         broker.heartbeat.interval.ms={}\nottla.full.log.dir.ms=1000\nreplica.lag.time.max.ms=2000\nreplica.fetch.wait.max.ms=200\n\
         replica.fetch.max.bytes={replica_bytes}\nnum.replica.fetchers=2\n",
        CONTROLLERS.map(|id| format!("{id}@127.0.0.1:{}", port(id))).join(","),
        port(id),
        session_ms / 4
    );
    let properties = Properties::parse_str(&text).map_err(|error| error.to_string())?;
    let loaded = load(&Settings::default().file("sim", &properties)).map_err(|error| error.to_string())?;
    Ok(loaded.config)
}

pub(super) struct Place {
    pub id: NodeId,
    files: SimFiles,
    pub node: Option<SimNode>,
    /// How many lives it has had.
    pub(super) life: u64,
    /// The end of the metadata that it has shown in this life.
    shown: Offset,
    /// Since when its broker says that its directory is full.
    pub(super) full_since_us: Option<u64>,
}

/// All nodes, their network, and the clients' way to them.
pub struct Cluster {
    pub(super) places: Vec<Place>,
    pub network: Arc<SimNetwork>,
    shape: Shape,
    pub now: Now,
    pub inbox: Inbox,
    next_tag: u64,
    /// Requests of clients, and the broker that each went to. Those that were answered go with the next that dies.
    under_way: Vec<(NodeId, u64)>,
    /// The newest image that anybody had committed.
    pub(super) truth: Arc<Image>,
    /// Images that were seen, by their offset.
    images: BTreeMap<Offset, Arc<Image>>,
    /// Who led each epoch of the metadata quorum: the node, and in which of its lives.
    leaders: BTreeMap<LeaderEpoch, (NodeId, u64)>,
    /// The last time when a leader could be fetched from by a majority.
    reached: BTreeMap<NodeId, u64>,
    /// Who leads each epoch of a partition.
    pub(super) partition_leaders: BTreeMap<(TopicId, i32, LeaderEpoch), NodeId>,
    /// What was seen of the replicas of partitions.
    pub(super) seen: Seen,
    /// A leader was elected that may lack what others had: what was not synced may be gone for everybody.
    pub(super) has_unclean_leader: bool,
}

impl Cluster {
    /// Formats every folder; nothing runs.
    pub fn new(shape: Shape, now: Now, random: &mut SplitMix64) -> Result<Cluster, String> {
        let ids = CONTROLLERS.into_iter().chain(BROKERS);
        let network = SimNetwork::new(random.next_u64(), ids.clone().map(|id| (port(id), id)));
        network.advance_to(now.monotonic_us);
        let mut places = Vec::new();
        for id in ids {
            let files = SimFiles::new();
            format_node(&files, id, &["/data"], now, random)?;
            places.push(Place { id, files, node: None, life: 0, shown: -1, full_since_us: None });
        }
        let inbox = Inbox::default();
        Ok(Cluster {
            places,
            network,
            shape,
            now,
            inbox,
            next_tag: 1,
            under_way: Vec::new(),
            truth: Arc::new(Image::empty()),
            images: BTreeMap::new(),
            leaders: BTreeMap::new(),
            reached: BTreeMap::new(),
            partition_leaders: BTreeMap::new(),
            seen: Seen::default(),
            has_unclean_leader: false,
        })
    }

    fn place(&mut self, id: NodeId) -> &mut Place {
        let at = self.places.iter().position(|place| place.id == id);
        &mut self.places[at.expect("a node of the cluster")]
    }

    pub fn ids(&self) -> Vec<NodeId> {
        self.places.iter().map(|place| place.id).collect()
    }

    pub fn runs(&self, id: NodeId) -> bool {
        self.places.iter().any(|place| place.id == id && place.node.is_some())
    }

    pub fn start(&mut self, id: NodeId, seed: u64) -> Result<(), String> {
        let (config, network, now) = (config(id, &self.shape)?, self.network.of(id), self.now);
        let (inbox, is_slow) = (self.inbox.clone(), self.shape.is_slow);
        let place = self.place(id);
        place.files.set_wall_ms(now.wall_ms);
        let mut node = SimNode::start_with(&place.files, config, network, now, seed)?;
        node.inbox = inbox;
        node.executor.set_slow(is_controller(id) && is_slow);
        place.node = Some(node);
        place.life += 1;
        (place.shown, place.full_since_us) = (-1, None);
        Ok(())
    }

    /// The clients of a broker lose their connections to it; those that were answered before do not care.
    fn disconnect_clients(&mut self, id: NodeId) {
        let lost = self.under_way.iter().filter(|(broker, _)| *broker == id).map(|(_, tag)| (*tag, None));
        self.inbox.lock().extend(lost);
        self.under_way.retain(|(broker, _)| *broker != id);
    }

    /// A process dies. With the power, its disk loses what was not synced, and nobody is told.
    pub fn kill(&mut self, id: NodeId, power: Option<u64>) {
        self.network.died(id, power.is_none());
        self.disconnect_clients(id);
        let place = self.place(id);
        if let Some(node) = place.node.take() {
            node.kill();
        }
        if let Some(seed) = power {
            place.files.power_cut(seed);
        }
        place.files.process_died();
        if power.is_some() {
            self.seen.power_was_cut();
        }
    }

    /// Asks a process to leave; true once it may be closed.
    pub fn leaves(&mut self, id: NodeId, begins: bool) -> bool {
        let Some(node) = &self.place(id).node else { return true };
        if begins {
            node.leave();
        }
        node.has_left()
    }

    /// Closes a process that has left.
    pub fn close(&mut self, id: NodeId) {
        self.disconnect_clients(id);
        if let Some(node) = self.place(id).node.take() {
            node.close();
        }
        self.network.died(id, true);
        self.place(id).files.process_died();
    }

    /// Fills the disk of a broker, or makes room on it.
    pub fn set_full(&mut self, id: NodeId, is_full: bool) {
        let files = &self.place(id).files;
        match is_full {
            true => files.inject(Fault { on: FaultOn::Write, after: 0, errno: ENOSPC, sticky: true }),
            false => files.heal(),
        }
    }

    pub fn jump_wall(&mut self, id: NodeId, by_ms: i64) {
        if let Some(node) = &self.place(id).node {
            node.executor.jump_wall(by_ms);
        }
    }

    /// Whether every node runs and every broker serves clients.
    pub fn all_serve(&self) -> bool {
        self.places.iter().all(|place| match &place.node {
            Some(node) => is_controller(place.id) || node.serves(),
            None => false,
        }) && self.leader().is_some()
    }

    /// The controller that leads the quorum; the one of the latest epoch, where another has not heard of that.
    pub fn leader(&self) -> Option<NodeId> {
        let leads = |place: &Place| Some((place.node.as_ref()?.leads()?, place.id));
        self.places.iter().filter_map(leads).max().map(|(_, id)| id)
    }

    pub fn any_serves(&self) -> bool {
        self.places.iter().any(|place| place.node.as_ref().is_some_and(SimNode::serves))
    }

    /// Does one thing: delivers a message, or lets a node work. False: nothing is due before `next_us`.
    /// An error names a node that ended by itself.
    pub fn step(&mut self, random: &mut SplitMix64) -> Result<bool, String> {
        self.network.advance_to(self.now.monotonic_us);
        if random.below(2) == 0
            && let Some(delivery) = self.network.next()
        {
            self.deliver(delivery);
            return Ok(true);
        }
        let count = self.places.len() as u64;
        let turn = random.below(count);
        for i in 0..count {
            let place = &mut self.places[((turn + i) % count) as usize];
            let Some(node) = &mut place.node else { continue };
            match node.step(random) {
                Step::Worked => {
                    if let Some(image) = node.committed_image()
                        && image.offset > self.truth.offset
                    {
                        self.has_unclean_leader |= self.seen.metadata_changed(&image);
                        self.truth = image;
                    }
                    return Ok(true);
                }
                Step::IdleUntil(_) => {}
                Step::Died => return Err(format!("node {} ended by itself", place.id)),
            }
        }
        match self.network.next() {
            Some(delivery) => {
                self.deliver(delivery);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// When something is due next.
    pub fn next_us(&self) -> Option<u64> {
        let nodes = self.places.iter().filter_map(|place| place.node.as_ref()?.next_us());
        nodes.chain(self.network.next_us()).min()
    }

    /// Lets time pass, for everybody.
    pub fn advance_to(&mut self, at_us: u64) {
        let step_us = at_us.saturating_sub(self.now.monotonic_us);
        self.now.monotonic_us += step_us;
        self.now.wall_ms += (step_us / 1000) as i64;
        self.places.iter().filter_map(|place| place.node.as_ref()).for_each(|node| node.executor.advance_to(at_us));
        self.network.advance_to(at_us);
        // Whom a majority reaches at the end of this time is reached in it.
        let running: Vec<NodeId> = CONTROLLERS.into_iter().filter(|id| self.runs(*id)).collect();
        for id in &running {
            let reaches =
                running.iter().filter(|other| *other == id || self.network.is_connected(**other, *id)).count();
            if reaches * 2 > CONTROLLERS.len() {
                self.reached.insert(*id, self.now.monotonic_us);
            }
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Done { done, outcome, .. } => done(outcome),
            Delivery::Knocked { done, knock, .. } => done(knock),
            Delivery::Closed { to, port, connection } => {
                if let Some(node) = self.place(to).node.as_ref().filter(|_| port == self::port(to) && is_controller(to))
                {
                    node.line_closed(connection);
                }
            }
            Delivery::Request { from, to, port, connection, tag, mut frame } => {
                // What was under way when a cut came may still arrive, and count.
                if is_controller(from) {
                    self.reached.insert(to, self.now.monotonic_us);
                }
                let network = self.network.clone();
                let reply = Reply::callback(move |answer| network.answered(connection, tag, answer_bytes(answer)));
                if let Some(node) = &self.place(to).node {
                    node.serve(port == self::port(to) && is_controller(to), connection, &mut frame, reply);
                }
            }
        }
    }

    /// What is wrong with the logs of any broker, looked at from inside.
    pub fn wrong_logs(&self) -> Option<String> {
        self.places.iter().find_map(|place| Some(format!("node {}: {}", place.id, place.node.as_ref()?.wrong_logs()?)))
    }

    /// Committed metadata is the same everywhere: whoever shows an image of some offset shows the same one.
    pub fn wrong_images(&mut self) -> Option<String> {
        for place in &mut self.places {
            let Some(image) = place.node.as_ref().and_then(SimNode::committed_image) else { continue };
            if image.offset < place.shown {
                return Some(format!("node {} shows offset {} after {}", place.id, image.offset, place.shown));
            }
            place.shown = image.offset;
            let known = self.images.entry(image.offset).or_insert_with(|| {
                tracing::debug!(node = place.id, offset = image.offset, epoch = image.epoch, "first shows an image");
                image.clone()
            });
            if **known != *image {
                let (known, shown) = (format!("{known:#?}"), format!("{image:#?}"));
                let differ = known.lines().zip(shown.lines()).find(|(known, shown)| known != shown);
                return Some(format!("node {} shows another image at offset {}: {differ:?}", place.id, image.offset));
            }
        }
        None
    }

    /// One leader an epoch, in one of its lives; and none that a majority has not reached for long (Kafka's check-quorum).
    pub fn wrong_leaders(&mut self) -> Option<String> {
        let now_us = self.now.monotonic_us;
        for place in &self.places {
            let Some(epoch) = place.node.as_ref().and_then(SimNode::leads) else {
                self.reached.remove(&place.id);
                continue;
            };
            let first = *self.leaders.entry(epoch).or_insert((place.id, place.life));
            if first != (place.id, place.life) {
                return Some(format!("epoch {epoch} is led by {first:?} and by {:?}", (place.id, place.life)));
            }
            if now_us - *self.reached.entry(place.id).or_insert(now_us) > LONELY_US {
                return Some(format!("node {} leads epoch {epoch}, and no majority reaches it", place.id));
            }
        }
        None
    }

    /// Everything of the metadata below was seen to be committed.
    pub fn committed_end(&self) -> Offset {
        self.truth.offset + 1
    }

    pub fn files(&self) -> impl Iterator<Item = (NodeId, &SimFiles)> {
        self.places.iter().map(|place| (place.id, &place.files))
    }

    /// The broker that a request belongs to, as a client with the newest metadata knows it.
    fn target(&self, api: ApiKey, version: i16, body: &[u8]) -> Option<NodeId> {
        let mut body = Cursor::new(body);
        let leader = |topic: &str, index: i32| -> Option<NodeId> {
            let topic = self.truth.topic_by_name(topic)?;
            let leader = topic.partitions.get(&index)?.leader;
            (leader != NO_LEADER && self.shows(leader, topic.id)).then_some(leader)
        };
        let coordinator = |group: &str| {
            let partitions = self.truth.topic_by_name(OFFSETS_TOPIC)?.partitions.len() as i32;
            leader(OFFSETS_TOPIC, base::coordinator_partition(group, partitions))
        };
        match api {
            ApiKey::Produce => {
                let request = ProduceRequest::decode(&mut body, version).ok()?;
                let topic = request.topic_data.first()?;
                leader(&topic.name, topic.partition_data.first()?.index)
            }
            ApiKey::Fetch => {
                let request = FetchRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.topic, topic.partitions.first()?.partition)
            }
            ApiKey::ListOffsets => {
                let request = ListOffsetsRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.name, topic.partitions.first()?.partition_index)
            }
            ApiKey::DeleteRecords => {
                let request = DeleteRecordsRequest::decode(&mut body, version).ok()?;
                let topic = request.topics.first()?;
                leader(&topic.name, topic.partitions.first()?.partition_index)
            }
            ApiKey::OffsetCommit => coordinator(&OffsetCommitRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::OffsetFetch => {
                coordinator(&OffsetFetchRequest::decode(&mut body, version).ok()?.groups.first()?.group_id)
            }
            ApiKey::JoinGroup => coordinator(&JoinGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::SyncGroup => coordinator(&SyncGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::Heartbeat => coordinator(&HeartbeatRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::LeaveGroup => coordinator(&LeaveGroupRequest::decode(&mut body, version).ok()?.group_id),
            ApiKey::DescribeGroups => {
                coordinator(DescribeGroupsRequest::decode(&mut body, version).ok()?.groups.first()?)
            }
            ApiKey::DeleteGroups => {
                coordinator(DeleteGroupsRequest::decode(&mut body, version).ok()?.groups_names.first()?)
            }
            _ => BROKERS.into_iter().find(|id| self.serves(*id)),
        }
    }

    fn serves(&self, id: NodeId) -> bool {
        self.places.iter().any(|place| place.id == id && place.node.as_ref().is_some_and(SimNode::serves))
    }

    /// Whether the broker serves, and has heard of this very topic.
    fn shows(&self, id: NodeId, topic: TopicId) -> bool {
        self.places.iter().any(|place| {
            let broker = place.node.as_ref().filter(|node| node.serves()).and_then(SimNode::broker);
            place.id == id && broker.is_some_and(|broker| broker.image.load().topic(topic).is_some())
        })
    }
}

impl Peer for Cluster {
    fn send<R: Request>(&mut self, version: i16, request: &R) -> u64 {
        let tag = self.next_tag;
        self.next_tag += 1;
        let body = request.to_bytes(version).unwrap_or_default();
        match self.target(R::API_KEY, version, &body).filter(|id| self.serves(*id)) {
            Some(id) => {
                self.under_way.push((id, tag));
                if let Some(node) = &self.place(id).node {
                    node.send_as(tag, version, request);
                }
            }
            // Nobody to connect to. Who looks for a coordinator asks for one, which makes its topic.
            None => {
                self.inbox.lock().push_back((tag, None));
                if self.truth.topic_by_name(OFFSETS_TOPIC).is_none() && R::API_KEY != ApiKey::FindCoordinator {
                    let coordinator_keys = vec!["1".into()];
                    self.send(4, &FindCoordinatorRequest { coordinator_keys, ..Default::default() });
                }
            }
        }
        tag
    }

    fn now(&self) -> Now {
        self.now
    }
}

impl Running for Cluster {
    fn go_on(&mut self, random: &mut SplitMix64) -> bool {
        match self.step(random) {
            Ok(true) => true,
            Ok(false) => match self.next_us() {
                Some(at_us) => {
                    self.advance_to(at_us.max(self.now.monotonic_us + 1));
                    true
                }
                None => false,
            },
            Err(_) => false,
        }
    }

    fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}
