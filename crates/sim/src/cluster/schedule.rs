//! One schedule of a cluster: things happen to controllers and brokers while clients work, on either side, at any moment
//! (`faults.rs`); then everything heals, perhaps a core of the nodes before the rest, and must get done.

use super::faults::Later;
use super::nodes::{BROKERS, CONTROLLERS, Cluster, Shape, is_controller};
use crate::disk;
use crate::ending::{self, PATIENCE_US};
use crate::schedule::START;
use crate::told::{Report, Told, reported};
use base::{NodeId, Random, SplitMix64};
use std::collections::{BTreeMap, VecDeque};

const CLUSTER: &str = "cluster";

pub(super) struct World {
    pub cluster: Cluster,
    pub random: SplitMix64,
    pub told: Told,
    fault_every: u32,
    /// When the network heals by itself.
    pub heals_us: Option<u64>,
    pub last_fault_us: u64,
    /// Brokers whose disks are full, and when there is room again.
    pub full: BTreeMap<NodeId, u64>,
    /// No fault comes before.
    pub calm_until_us: u64,
    /// What happens at some time.
    pub later: Vec<(u64, Later)>,
    /// It loses its power soon after it cuts a log the next time.
    pub dies_at_cut: Option<NodeId>,
    /// It dies when it has the first records of a log.
    pub dies_at_first: Option<NodeId>,
    /// So many actions before the end a scene begins, if one does; and it has begun.
    scene_at: Option<u64>,
    is_scene: bool,
    /// Nodes that are to be started anew, one after the other.
    pub rolling: VecDeque<NodeId>,
}

/// Runs one seed. A panic is a violation like any other.
pub fn run_cluster(seed: u64) -> Report {
    reported(seed, CLUSTER, run)
}

fn run(seed: u64) -> Report {
    let mut random = SplitMix64(seed ^ 0xc1_05_7e_12);
    let shape = Shape::draw(&mut random);
    let mut told = Told::new(shape.segment_bytes, shape.replicas as i16, BROKERS.len() as i32);
    let cluster = match Cluster::new(shape, START, &mut random) {
        Ok(cluster) => cluster,
        Err(error) => {
            told.knowledge.say(format!("the folders could not be formatted: {error}"));
            return told.report(seed, CLUSTER);
        }
    };
    let mut world = World {
        cluster,
        random,
        told,
        fault_every: shape.fault_every,
        heals_us: None,
        last_fault_us: 0,
        full: BTreeMap::new(),
        calm_until_us: 0,
        later: Vec::new(),
        dies_at_cut: None,
        dies_at_first: None,
        scene_at: None,
        is_scene: false,
        rolling: VecDeque::new(),
    };
    world.start_all();
    world.live();
    if world.told.knowledge.violations.is_empty() {
        world.finish();
    }
    let World { cluster, told, .. } = world;
    cluster.discard();
    told.report(seed, CLUSTER)
}

impl World {
    pub fn start_all(&mut self) {
        for id in self.cluster.ids() {
            if !self.cluster.runs(id) {
                self.start(id);
            }
        }
    }

    pub fn start(&mut self, id: NodeId) {
        self.told.processes += 1;
        tracing::info!(id, now = ?self.cluster.now, "a process starts");
        // A node whose disk is full is started again by somebody who has made room.
        self.empty_disk(id);
        let seed = self.random.next_u64();
        match self.cluster.start(id, seed) {
            // A disk that is still not in order may be the reason; it is by the next try.
            Err(_) if self.cluster.is_harmed(id) => self.cluster.mend(id),
            Err(_) if self.cluster.remove_older_copies(id) => self.start(id),
            Err(error) => self.told.knowledge.say(format!("node {id} does not start: {error}")),
            Ok(()) => {}
        }
    }

    fn live(&mut self) {
        let mut actions = 150 + self.random.below(500);
        let dies = self.random.below(2 * BROKERS.len() as u64) as usize;
        self.dies_at_first = BROKERS.get(dies).copied();
        self.scene_at = (self.random.below(3) == 0).then_some(actions / 2);
        let mut steps = 0u64;
        self.last_fault_us = self.cluster.now.monotonic_us;
        let mut now_us = self.last_fault_us;
        while (actions > 0 || self.is_scene && now_us < self.calm_until_us) && self.told.knowledge.violations.is_empty()
        {
            if self.scene_at.is_some_and(|at| actions <= at) {
                self.scene_at = None;
                self.set_scene();
            }
            self.deliver();
            self.when_due();
            now_us = self.cluster.now.monotonic_us;
            let is_quiet = now_us < self.told.clients.quiet_until_us();
            // A scene takes its time, in which less is done.
            let in_scene = self.is_scene && now_us < self.calm_until_us;
            let may_act = self.cluster.any_serves()
                && !is_quiet
                && self.told.clients.outstanding() < 12
                && (!in_scene || self.random.below(16) == 0);
            if may_act && self.random.below(6) == 0 {
                actions = actions.saturating_sub(1);
                self.act();
                continue;
            }
            match self.cluster.step(&mut self.random) {
                Err(died) => self.told.knowledge.say(format!("{died} although nothing was wrong with its disk")),
                Ok(true) => {
                    steps += 1;
                    let has_news = std::mem::take(&mut self.cluster.has_news);
                    if (has_news || steps.is_multiple_of(4))
                        && let Some(wrong) = self.cluster.wrong_replication()
                    {
                        self.told.knowledge.say(wrong);
                    }
                    self.look_at_logs();
                    if steps.is_multiple_of(8) {
                        self.look_inside();
                        self.look_at_full_disks();
                    }
                }
                Ok(false) => {
                    if may_act {
                        actions = actions.saturating_sub(1);
                        self.act();
                        continue;
                    }
                    // Elections take their time, in which nothing can be done.
                    let (idle_every, calm) = if self.cluster.any_serves() { (4, 1) } else { (60, 8) };
                    let counts = !is_quiet && self.random.below(idle_every) == 0;
                    actions = actions.saturating_sub(u64::from(counts));
                    if calm > 1 && self.random.below(60) == 0 {
                        let id = self.any_node();
                        self.come_back(id);
                    }
                    if self.random.below(u64::from(self.fault_every) * calm) == 0 {
                        self.fault();
                    }
                    let next_us = self.cluster.next_us().unwrap_or(now_us + 10_000).clamp(now_us + 1, now_us + 50_000);
                    self.cluster.advance_to(next_us);
                }
            }
            let all_run = self.cluster.ids().into_iter().all(|id| self.cluster.runs(id));
            if all_run
                && !self.cluster.any_serves()
                && self.heals_us.is_none()
                && self.full.is_empty()
                && now_us > self.last_fault_us + PATIENCE_US
            {
                self.told.knowledge.say("no broker comes up".into());
            }
        }
    }

    /// All come back and settle, and then something happens that takes several events to go wrong.
    fn set_scene(&mut self) {
        self.later.clear();
        self.rolling.clear();
        self.all_come_back();
        let now_us = self.cluster.now.monotonic_us;
        let begins_us = now_us + self.cluster.session_us() + 1_000_000 + self.random.below(2_000_000);
        self.later.push((begins_us, Later::Scene));
        (self.is_scene, self.last_fault_us, self.calm_until_us) = (true, now_us, begins_us + 1);
    }

    /// Nothing is wrong any more with the network, the disks and the processes.
    fn all_come_back(&mut self) {
        BROKERS.into_iter().for_each(|id| self.empty_disk(id));
        self.heals_us = None;
        self.cluster.network.heal();
        self.cluster.network.never_late();
        for id in self.cluster.ids() {
            self.cluster.wake(id);
            self.cluster.mend(id);
        }
        self.deliver();
        self.start_all();
    }

    fn act(&mut self) {
        match self.random.below(u64::from(self.fault_every)) {
            0 => self.fault(),
            _ => self.told.clients.act(&mut self.cluster, &mut self.random, &mut self.told.knowledge),
        }
    }

    /// Whoever is gone comes back after a while, else nothing would be done.
    fn come_back(&mut self, id: NodeId) {
        if !self.cluster.runs(id) {
            self.last_fault_us = self.cluster.now.monotonic_us;
            self.start(id);
        }
    }

    pub fn any_node(&mut self) -> NodeId {
        let ids = self.cluster.ids();
        ids[self.random.below(ids.len() as u64) as usize]
    }

    pub fn deliver(&mut self) {
        self.told.deliver(&self.cluster.inbox);
        if std::mem::take(&mut self.cluster.has_died) {
            self.told.knowledge.process_died();
        }
        if self.cluster.take_freed() {
            self.told.knowledge.power_was_cut();
            self.told.clients.power_was_cut();
        }
    }

    fn look_inside(&mut self) {
        let cluster = &mut self.cluster;
        cluster.note_recovered();
        let replicas = if self.random.below(16) == 0 { cluster.wrong_replicas(false) } else { None };
        let wrong = [
            cluster.wrong_logs(),
            cluster.wrong_images(),
            cluster.wrong_leaders(),
            cluster.wrong_partition_leaders(),
            replicas,
        ];
        wrong.into_iter().flatten().for_each(|wrong| self.told.knowledge.say(wrong));
    }

    /// The faults end for two controllers and two brokers: whatever has become of the others, these go on.
    fn core_goes_on(&mut self) {
        let (controller, broker) = (CONTROLLERS[self.random.below(3) as usize], BROKERS[self.random.below(3) as usize]);
        // While voters change, more than these may be needed.
        let away = if self.cluster.has_static_voters() { vec![controller, broker] } else { vec![broker] };
        self.cluster.network.heal();
        self.cluster.network.never_late();
        let core: Vec<NodeId> = self.cluster.ids().into_iter().filter(|id| !away.contains(id)).collect();
        for id in &core {
            self.cluster.wake(*id);
            self.cluster.mend(*id);
            self.come_back(*id);
        }
        for id in &away {
            match self.random.below(4) {
                0 => self.cluster.kill(*id, None),
                1 => self.cluster.pause(*id, 10 * PATIENCE_US),
                2 => core.iter().for_each(|other| self.cluster.network.cut(*id, *other)),
                _ => core.iter().for_each(|other| {
                    self.cluster.network.cut(*id, *other);
                    self.cluster.network.cut(*other, *id);
                }),
            }
        }
        self.deliver();
        let World { cluster, random, told: Told { clients, knowledge, cores, .. }, .. } = self;
        if !ending::run_until(cluster, random, |cluster| cluster.serves_without(&away)) {
            return knowledge.say(format!("the others do not serve without {away:?}"));
        }
        if !ending::run_until(cluster, random, |cluster| cluster.leaderless(&away).is_none()) {
            let leaderless = cluster.leaderless(&away).unwrap_or_default();
            return knowledge.say(format!("without {away:?} nobody leads {leaderless}"));
        }
        if !cluster.can_work_without(broker) || !clients.has_topics() {
            return;
        }
        *cores += 1;
        cluster.give_up(broker);
        self.deliver();
        let World { cluster, random, told: Told { clients, knowledge, .. }, .. } = self;
        clients.members_vanish();
        (0..20).for_each(|_| clients.produce(cluster, random));
        // A reassignment may have left too few meanwhile.
        if !ending::progress(cluster, random, clients, knowledge) && cluster.can_work_without(broker) {
            let text = clients.unsettled();
            knowledge.say(format!("not everything gets done without {away:?}: {text}"));
        }
    }

    /// The faults end: everybody comes back, everything gets done and is there, all stop in order and leave good files.
    fn finish(&mut self) {
        self.later.clear();
        BROKERS.into_iter().for_each(|id| self.empty_disk(id));
        if self.random.below(2) == 0 {
            self.core_goes_on();
        }
        self.cluster.avoided = None;
        self.all_come_back();
        let World { cluster, random, told: Told { knowledge, .. }, .. } = self;
        if !ending::run_until(cluster, random, |cluster| cluster.all_serve()) {
            return knowledge.say("not every node serves although nothing is wrong any more".into());
        }
        if !ending::run_until(cluster, random, |cluster| cluster.leaderless(&[]).is_none()) {
            let leaderless = cluster.leaderless(&[]).unwrap_or_default();
            return knowledge.say(format!("nobody leads {leaderless} although nothing is wrong any more"));
        }
        self.deliver();
        let World { cluster, random, told: Told { clients, knowledge, .. }, .. } = self;
        ending::settle(cluster, random, clients, knowledge);
        if !knowledge.violations.is_empty() {
            tracing::error!("{}", cluster.standing());
        }
        if !ending::run_until(cluster, random, |cluster| cluster.lacking().is_none()) {
            let lacking = cluster.lacking().unwrap_or_default();
            knowledge.say(format!("not every replica is in sync although nothing is wrong any more: {lacking}"));
        }
        if let Some(wrong) = cluster.wrong_replicas(true) {
            knowledge.say(wrong);
        }
        self.look_inside();
        for id in BROKERS.into_iter().chain(CONTROLLERS) {
            self.cluster.leaves(id, true);
            if !ending::run_until(&mut self.cluster, &mut self.random, |cluster| cluster.leaves(id, false)) {
                self.told.knowledge.say(format!("node {id} cannot leave although nothing is wrong"));
            }
            self.cluster.close(id);
        }
        let committed = self.cluster.committed_end();
        let controllers: Vec<_> = self.cluster.files().filter(|(id, _)| is_controller(*id)).collect();
        for pair in controllers.windows(2) {
            if let Err(wrong) = disk::compare_metadata(pair[0].1, pair[1].1, committed) {
                let ids = (pair[0].0, pair[1].0);
                self.told.knowledge.violations.push(format!("the metadata logs of {ids:?} differ: {wrong}"));
            }
        }
        for (id, files) in self.cluster.files() {
            for wrong in disk::check(files) {
                self.told.knowledge.violations.push(format!("node {id}: {wrong}"));
            }
        }
    }
}
