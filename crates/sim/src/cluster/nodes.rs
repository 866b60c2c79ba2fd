//! The processes of a simulated cluster: three controllers, some brokers, each with a disk of its own, on one clock.

use super::leading;
use super::network::{Delivery, SimNetwork};
use super::promise::Losses;
use super::watch::Seen;
use crate::ending::Running;
use crate::node::{Inbox, SimNode, Step, answer_bytes, format_node};
use base::{LeaderEpoch, NodeId, Now, Offset, Random, SplitMix64, TopicId};
use config::{Properties, ServerConfig, Settings, load};
use metadata::Image;
use net::Reply;
use raft::{Endpoint, ReplicaKey, Voter, VoterSet};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use testkit::{Fault, FaultOn, SimFiles};

/// The controllers' ids; brokers are 1, 2, ...
pub const CONTROLLERS: [NodeId; 3] = [100, 101, 102];
pub const BROKERS: [NodeId; 3] = [1, 2, 3];
const ENOSPC: i32 = 28;
/// A broker's second directory, where it has one.
const SECOND_DIR: &str = "/more";

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
    /// Brokers have two directories.
    pub has_two_dirs: bool,
    /// The voters are in the log, and change.
    pub is_dynamic: bool,
    /// One in so many messages loses a packet; 0: none does.
    pub loss_every: u32,
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
            has_two_dirs: one_of([0, 1, 1]) == 1,
            is_dynamic: one_of([0, 0, 1]) == 1,
            loss_every: one_of([0, 300, 1_500]),
        }
    }
}

pub fn is_controller(id: NodeId) -> bool {
    CONTROLLERS.contains(&id)
}

fn port(id: NodeId) -> u16 {
    9100 + id as u16
}

fn dirs(id: NodeId, shape: &Shape) -> &'static [&'static str] {
    if shape.has_two_dirs && !is_controller(id) { &["/data", SECOND_DIR] } else { &["/data"] }
}

fn config(id: NodeId, shape: &Shape) -> Result<ServerConfig, String> {
    let (role, listener) = if is_controller(id) { ("controller", "CONTROLLER") } else { ("broker", "PLAINTEXT") };
    let Shape { snapshot_bytes, retention_bytes, session_ms, fetch_bytes, replicas, replica_bytes, .. } = shape;
    let quorum = match shape.is_dynamic {
        true => format!(
            "controller.quorum.bootstrap.servers={}\n{}",
            CONTROLLERS.map(|id| format!("127.0.0.1:{}", port(id))).join(","),
            if is_controller(id) { "controller.quorum.auto.join.enable=true\n" } else { "" }
        ),
        false => format!(
            "controller.quorum.voters={}\n",
            CONTROLLERS.map(|id| format!("{id}@127.0.0.1:{}", port(id))).join(",")
        ),
    };
    let text = format!(
        "process.roles={role}\nnode.id={id}\n{quorum}\
         listeners={listener}://127.0.0.1:{}\ncontroller.listener.names=CONTROLLER\nlog.dirs={}\n\
         offsets.topic.replication.factor={replicas}\noffsets.topic.num.partitions=3\nlog.index.size.max.bytes=4096\n\
         min.insync.replicas={}\n\
         log.index.interval.bytes=256\ngroup.initial.rebalance.delay.ms=0\nlog.retention.check.interval.ms=150\n\
         metadata.log.max.record.bytes.between.snapshots={snapshot_bytes}\nmetadata.log.segment.bytes=8388608\n\
         metadata.max.retention.bytes={retention_bytes}\nbroker.session.timeout.ms={session_ms}\n\
         controller.quorum.fetch.max.bytes={fetch_bytes}\ncontroller.quorum.fetch.snapshot.max.bytes={fetch_bytes}\n\
         broker.heartbeat.interval.ms={}\nottla.full.log.dir.ms=1000\nreplica.lag.time.max.ms=2000\nreplica.fetch.wait.max.ms=200\n\
         replica.fetch.max.bytes={replica_bytes}\nnum.replica.fetchers=2\n",
        port(id),
        dirs(id, shape).join(","),
        replicas.div_ceil(2),
        session_ms / 4
    );
    let properties = Properties::parse_str(&text).map_err(|error| error.to_string())?;
    let loaded = load(&Settings::default().file("sim", &properties)).map_err(|error| error.to_string())?;
    Ok(loaded.config)
}

/// The voters that a dynamic quorum begins with.
fn initial_voters(random: &mut SplitMix64) -> VoterSet {
    VoterSet::new(CONTROLLERS.map(|id| {
        let endpoint = Endpoint { listener: "CONTROLLER".into(), host: "127.0.0.1".into(), port: port(id) };
        Voter { key: ReplicaKey { id, directory_id: random.uuid() }, endpoints: vec![endpoint] }
    }))
}

/// What is wrong with a node's disk: the process may end by it, and what was not synced is gone when its machine starts anew.
struct Harm {
    seed: u64,
    /// It is not mended when the node starts the next time.
    stays: bool,
}

pub(super) struct Place {
    pub id: NodeId,
    files: SimFiles,
    pub node: Option<SimNode>,
    /// How many lives it has had.
    pub(super) life: u64,
    /// The end of the metadata that it has shown in this life.
    pub(super) shown: Offset,
    /// Who votes, as it knew it when time passed last.
    pub(super) voters: Option<VoterSet>,
    /// It stands still until then.
    pub(super) paused_until_us: Option<u64>,
    /// What clients have sent meanwhile.
    pub(super) unread: Vec<(u64, Vec<u8>)>,
    harm: Option<Harm>,
}

impl Place {
    /// The process, if there is one and it does not stand still.
    pub fn awake(&self) -> Option<&SimNode> {
        self.node.as_ref().filter(|_| self.paused_until_us.is_none())
    }
}

/// All nodes, their network, and the clients' way to them.
pub struct Cluster {
    pub(super) places: Vec<Place>,
    pub network: Arc<SimNetwork>,
    pub(super) shape: Shape,
    pub now: Now,
    pub inbox: Inbox,
    pub(super) next_tag: u64,
    /// Requests of clients, and the broker that each went to. Those that were answered go with the next that dies.
    pub(super) under_way: Vec<(NodeId, u64)>,
    /// Nobody connects to it any more.
    pub avoided: Option<NodeId>,
    /// The newest image that anybody had committed.
    pub(super) truth: Arc<Image>,
    /// Images that were seen, by their offset.
    pub(super) images: BTreeMap<Offset, Arc<Image>>,
    /// Who led each epoch of the metadata quorum: the node, and in which of its lives.
    pub(super) leaders: BTreeMap<LeaderEpoch, (NodeId, u64)>,
    /// The last time when a leader could be fetched from by a majority.
    pub(super) reached: BTreeMap<NodeId, u64>,
    /// Who leads each epoch of a partition.
    pub(super) partition_leaders: BTreeMap<(TopicId, i32, LeaderEpoch), NodeId>,
    /// What was seen of the replicas of partitions.
    pub(super) seen: Seen,
    /// Who has lost what was not synced.
    pub(super) losses: Losses,
    /// A broker has had the answer to something that it asked: its replicas may be other ones.
    pub has_news: bool,
    /// A broker ended by itself, as its disk allows.
    pub has_died: bool,
}

impl Cluster {
    /// Formats every folder; nothing runs.
    pub fn new(shape: Shape, now: Now, random: &mut SplitMix64) -> Result<Cluster, String> {
        let ids = CONTROLLERS.into_iter().chain(BROKERS);
        let network = SimNetwork::new(random.next_u64(), ids.clone().map(|id| (port(id), id)));
        network.advance_to(now.monotonic_us);
        network.set_loss(u64::from(shape.loss_every));
        let mut places = Vec::new();
        let voters = shape.is_dynamic.then(|| initial_voters(random));
        for id in ids {
            let files = SimFiles::new();
            format_node(&files, id, dirs(id, &shape), voters.as_ref().filter(|_| is_controller(id)), now, random)?;
            let (paused_until_us, unread) = (None, Vec::new());
            let place =
                Place { id, files, node: None, life: 0, shown: -1, voters: None, paused_until_us, unread, harm: None };
            places.push(place);
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
            avoided: None,
            truth: Arc::new(Image::empty()),
            images: BTreeMap::new(),
            leaders: BTreeMap::new(),
            reached: BTreeMap::new(),
            partition_leaders: BTreeMap::new(),
            seen: Seen::default(),
            losses: Losses::default(),
            has_news: false,
            has_died: false,
        })
    }

    pub(super) fn place(&mut self, id: NodeId) -> &mut Place {
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
        place.shown = -1;
        Ok(())
    }

    /// The clients have waited long enough for a broker, and ask others.
    pub fn give_up(&mut self, id: NodeId) {
        self.disconnect_clients(id);
        self.place(id).unread.clear();
        self.avoided = Some(id);
    }

    /// The clients of a broker lose their connections to it; those that were answered before do not care.
    fn disconnect_clients(&mut self, id: NodeId) {
        let lost = self.under_way.iter().filter(|(broker, _)| *broker == id).map(|(_, tag)| (*tag, None));
        self.inbox.lock().extend(lost);
        self.under_way.retain(|(broker, _)| *broker != id);
    }

    /// The schedule is over.
    pub fn discard(self) {
        for place in self.places {
            if let Some(node) = place.node {
                node.kill();
            }
            place.files.discard();
        }
    }

    /// A process dies. With the power, its disk loses what was not synced, and nobody is told.
    pub fn kill(&mut self, id: NodeId, power: Option<u64>) {
        self.network.died(id, power.is_none());
        self.disconnect_clients(id);
        self.network.set_paused(id, false);
        let place = self.place(id);
        place.paused_until_us = None;
        place.unread.clear();
        if let Some(node) = place.node.take() {
            node.kill();
        }
        if let Some(seed) = power {
            place.files.power_cut(seed);
        }
        self.ended(id);
        if power.is_some() {
            self.lost_unsynced(id);
        }
    }

    /// The machine of a process that is gone loses its power as well.
    pub fn lose_power(&mut self, id: NodeId, seed: u64) {
        self.place(id).files.power_cut(seed);
        self.lost_unsynced(id);
    }

    /// A process is gone. Where its disk was not in order, its machine starts anew.
    fn ended(&mut self, id: NodeId) {
        let place = self.place(id);
        place.files.process_died();
        if let Some(Harm { seed, stays }) = place.harm.take() {
            place.files.power_cut(seed);
            match stays {
                true => place.harm = Some(Harm { seed: seed ^ 1, stays: false }),
                false => place.files.heal(),
            }
            self.lost_unsynced(id);
        }
    }

    /// A process stands still for a while; the kernel answers for it as far as it can.
    pub fn pause(&mut self, id: NodeId, for_us: u64) {
        let until_us = self.now.monotonic_us + for_us;
        if self.runs(id) {
            self.place(id).paused_until_us = Some(until_us);
            self.network.set_paused(id, true);
        }
    }

    /// It goes on, and reads what it was sent.
    pub fn wake(&mut self, id: NodeId) {
        self.network.set_paused(id, false);
        let place = self.place(id);
        place.paused_until_us = None;
        let unread = std::mem::take(&mut place.unread);
        if let Some(node) = &place.node {
            unread.into_iter().for_each(|(tag, frame)| node.send_frame(tag, frame));
        }
    }

    /// Something is wrong with a disk from now on; `None`: a broker's second directory is dead, where it has one.
    pub fn harm(&mut self, id: NodeId, seed: u64, fault: Option<Fault>) {
        let has_two = self.shape.has_two_dirs && !is_controller(id);
        let place = self.place(id);
        if place.harm.is_some() || place.node.is_none() || fault.is_none() && !has_two {
            return;
        }
        match fault {
            Some(fault) => place.files.inject(fault),
            None => place.files.fail_under(Path::new(SECOND_DIR)),
        }
        place.harm = Some(Harm { seed, stays: fault.is_none() && seed.is_multiple_of(2) });
        self.lost_unsynced(id);
    }

    /// The disk of a node, or of its next process, is in order from the next start on.
    pub fn mend(&mut self, id: NodeId) {
        if let Some(harm) = &mut self.place(id).harm {
            harm.stays = false;
            self.has_died |= !is_controller(id);
            self.kill(id, None);
        }
    }

    pub fn is_harmed(&self, id: NodeId) -> bool {
        self.places.iter().any(|place| place.id == id && place.harm.is_some())
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
        self.ended(id);
    }

    /// Fills the disk of a broker, or makes room on it.
    pub fn set_full(&mut self, id: NodeId, is_full: bool) {
        let place = self.place(id);
        match is_full {
            true => place.files.inject(Fault { on: FaultOn::Write, after: 0, errno: ENOSPC, sticky: true }),
            // What else is wrong with it stays so until the disk is mended.
            false if place.harm.is_some() => {}
            false => place.files.heal(),
        }
    }

    /// After which time a broker that is not heard of is fenced.
    pub fn session_us(&self) -> u64 {
        u64::from(self.shape.session_ms) * 1_000
    }

    /// Whether every node runs, and none stands still or has a disk that is out of order.
    pub fn all_work(&self) -> bool {
        self.places.iter().all(|place| place.awake().is_some() && place.harm.is_none())
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
            let Some(node) = place.node.as_mut().filter(|_| place.paused_until_us.is_none()) else { continue };
            match node.step(random) {
                Step::Worked => {
                    if let Some(image) = node.committed_image()
                        && image.offset > self.truth.offset
                    {
                        if self.seen.metadata_changed(&image) {
                            self.losses.free();
                        }
                        let joined = leading::joined(&self.truth, &image);
                        self.truth = image;
                        let wrong = joined.iter().find_map(|joined| self.wrong_joined(joined));
                        self.seen.wrong = self.seen.wrong.take().or(wrong);
                    }
                    return Ok(true);
                }
                Step::IdleUntil(_) => {}
                Step::Died if place.harm.is_some() => {
                    let id = place.id;
                    self.has_died |= !is_controller(id);
                    self.kill(id, None);
                    return Ok(true);
                }
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
        let nodes = self.places.iter().filter_map(|place| place.awake()?.next_us());
        let waking = self.places.iter().filter_map(|place| place.paused_until_us);
        nodes.chain(waking).chain(self.network.next_us()).min()
    }

    /// Lets time pass, for everybody.
    pub fn advance_to(&mut self, at_us: u64) {
        let step_us = at_us.saturating_sub(self.now.monotonic_us);
        self.now.monotonic_us += step_us;
        self.now.wall_ms += (step_us / 1000) as i64;
        self.places.iter().filter_map(|place| place.node.as_ref()).for_each(|node| node.executor.advance_to(at_us));
        self.network.advance_to(at_us);
        let now_us = self.now.monotonic_us;
        let waking =
            self.places.iter().filter(|place| place.paused_until_us.is_some_and(|until_us| until_us <= now_us));
        let waking: Vec<NodeId> = waking.map(|place| place.id).collect();
        waking.into_iter().for_each(|id| self.wake(id));
        self.note_reached();
    }

    fn deliver(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Done { to, done, outcome } => {
                self.has_news |= !is_controller(to.0);
                done(outcome);
            }
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

    pub fn files(&self) -> impl Iterator<Item = (NodeId, &SimFiles)> {
        self.places.iter().map(|place| (place.id, &place.files))
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
