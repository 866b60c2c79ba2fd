//! One schedule of a cluster: controllers and brokers that are killed, cut off, slowed down and stopped while clients work,
//! on either side, at any moment; then everything heals and must get done.

use super::nodes::{BROKERS, CONTROLLERS, Cluster, Shape, is_controller};
use crate::disk;
use crate::ending::{self, PATIENCE_US};
use crate::schedule::START;
use crate::told::{Report, Told, reported};
use base::{NodeId, Random, SplitMix64};
use std::collections::BTreeMap;
use std::hash::Hash;

const CLUSTER: &str = "cluster";

struct World {
    cluster: Cluster,
    random: SplitMix64,
    told: Told,
    fault_every: u32,
    /// When the network heals by itself.
    heals_us: Option<u64>,
    /// Brokers whose disks are full, and when there is room again.
    full: BTreeMap<NodeId, u64>,
    /// No fault comes before.
    calm_until_us: u64,
    last_fault_us: u64,
}

/// Runs one seed. A panic is a violation like any other.
pub fn run_cluster(seed: u64) -> Report {
    reported(seed, CLUSTER, run)
}

fn run(seed: u64) -> Report {
    let mut random = SplitMix64(seed ^ 0xc1_05_7e_12);
    let shape = Shape::draw(&mut random);
    let mut told = Told::new(shape.segment_bytes, shape.replicas as i16);
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
        full: BTreeMap::new(),
        calm_until_us: 0,
        last_fault_us: 0,
    };
    world.start_all();
    world.live();
    if world.told.knowledge.violations.is_empty() {
        world.finish();
    }
    world.told.report(seed, CLUSTER)
}

impl World {
    fn start_all(&mut self) {
        for id in self.cluster.ids() {
            if !self.cluster.runs(id) {
                self.start(id);
            }
        }
    }

    fn start(&mut self, id: NodeId) {
        self.told.processes += 1;
        tracing::info!(id, now = ?self.cluster.now, "a process starts");
        // A node whose disk is full is started again by somebody who has made room.
        self.empty_disk(id);
        let seed = self.random.next_u64();
        if let Err(error) = self.cluster.start(id, seed) {
            self.told.knowledge.say(format!("node {id} does not start: {error}"));
        }
    }

    fn live(&mut self) {
        let mut actions = 150 + self.random.below(500);
        let mut steps = 0u64;
        self.last_fault_us = self.cluster.now.monotonic_us;
        while actions > 0 && self.told.knowledge.violations.is_empty() {
            self.deliver();
            self.heal_when_due();
            let now_us = self.cluster.now.monotonic_us;
            let is_quiet = now_us < self.told.clients.quiet_until_us();
            let may_act = self.cluster.any_serves() && !is_quiet && self.told.clients.outstanding() < 12;
            if may_act && self.random.below(6) == 0 {
                actions -= 1;
                self.act();
                continue;
            }
            match self.cluster.step(&mut self.random) {
                Err(died) => self.told.knowledge.say(format!("{died} although nothing was wrong with its disk")),
                Ok(true) => {
                    steps += 1;
                    if steps.is_multiple_of(4)
                        && let Some(wrong) = self.cluster.wrong_replication()
                    {
                        self.told.knowledge.say(wrong);
                    }
                    if steps.is_multiple_of(8) {
                        self.look_inside();
                        self.look_at_full_disks();
                    }
                }
                Ok(false) => {
                    if may_act {
                        actions -= 1;
                        self.act();
                        continue;
                    }
                    // Elections take their time, in which nothing can be done.
                    let (idle_every, calm) = if self.cluster.any_serves() { (4, 1) } else { (60, 8) };
                    actions -= u64::from(!is_quiet && self.random.below(idle_every) == 0);
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

    fn any_node(&mut self) -> NodeId {
        let ids = self.cluster.ids();
        ids[self.random.below(ids.len() as u64) as usize]
    }

    /// Something happens to a process or to the network.
    fn fault(&mut self) {
        if self.cluster.now.monotonic_us < self.calm_until_us {
            return;
        }
        self.last_fault_us = self.cluster.now.monotonic_us;
        let kind = self.random.below(27);
        let id = self.any_node();
        (kind, id).hash(&mut self.told.trace);
        tracing::info!(kind, id, now = ?self.cluster.now, "a fault");
        match kind {
            0..=3 => self.die(id, false),
            4 => self.die(id, true),
            5 | 6 => self.stop(id),
            7 | 8 => self.start_all(),
            9 | 10 => {
                // One from some of the controllers or all of them: one way, or both.
                let out = self.random.below(3);
                for controller in CONTROLLERS {
                    if controller == id || self.random.below(4) == 0 {
                        continue;
                    }
                    if out != 0 {
                        self.cluster.network.cut(id, controller);
                    }
                    if out != 1 {
                        self.cluster.network.cut(controller, id);
                    }
                }
                self.heals_later();
            }
            11 | 12 => {
                let controller = CONTROLLERS[self.random.below(3) as usize];
                self.cluster.network.break_between(id, controller);
            }
            13 => {
                self.cluster.network.set_slow(true);
                self.heals_later();
            }
            14 => {
                self.told.knowledge.clock_jumped = true;
                let minutes = if self.random.below(2) == 0 { 600_000 } else { -600_000 };
                self.cluster.jump_wall(id, minutes);
            }
            15 => match self.cluster.leader() {
                Some(leader) => self.die(leader, true),
                None => self.cluster.network.heal(),
            },
            // Between two brokers, one way or both.
            16 | 17 => {
                let (one, other) = (BROKERS[self.random.below(3) as usize], BROKERS[self.random.below(3) as usize]);
                if one != other {
                    self.cluster.network.cut(one, other);
                    if self.random.below(2) == 0 {
                        self.cluster.network.cut(other, one);
                    }
                    self.heals_later();
                }
            }
            // Whoever leads a partition, in the middle of its work.
            19 | 20 => {
                let power = self.random.below(3) == 0;
                match self.cluster.any_partition_leader(&mut self.random) {
                    Some(leader) if self.cluster.runs(leader) => self.die(leader, power),
                    _ => self.start_all(),
                }
            }
            // A disk is full, of whoever leads a partition as a rule; or all are.
            24..=26 => {
                let leader = self.cluster.any_partition_leader(&mut self.random).filter(|_| self.random.below(3) > 0);
                let one = leader.unwrap_or(BROKERS[self.random.below(3) as usize]);
                let all = self.random.below(6) == 0;
                BROKERS.into_iter().filter(|id| all || *id == one).for_each(|id| self.fill_disk(id));
                if self.random.below(2) == 0 {
                    // Time for everything that comes of it alone.
                    self.calm_until_us = self.cluster.now.monotonic_us + 15_000_000;
                    self.full.values_mut().for_each(|until_us| *until_us = (*until_us).max(self.calm_until_us));
                }
            }
            // It goes on alone, with its controllers or without them.
            21..=23 => {
                let leader = self.cluster.any_partition_leader(&mut self.random).unwrap_or(BROKERS[0]);
                self.cut_off(leader, kind == 23);
                self.heals_later();
            }
            _ => self.cluster.network.heal(),
        }
    }

    /// Nothing gets through between a broker and the others any more, or the controllers either.
    fn cut_off(&mut self, id: NodeId, also_from_controllers: bool) {
        let controllers = CONTROLLERS.iter().filter(|_| also_from_controllers);
        for other in BROKERS.iter().chain(controllers).filter(|other| **other != id) {
            self.cluster.network.cut(id, *other);
            self.cluster.network.cut(*other, id);
        }
    }

    fn fill_disk(&mut self, id: NodeId) {
        if self.cluster.runs(id) {
            let longest_ms = [4_000, 15_000, 30_000][self.random.below(3) as usize];
            self.full.insert(id, self.cluster.now.monotonic_us + 1000 * (1 + self.random.below(longest_ms)));
            self.cluster.set_full(id, true);
        }
    }

    fn empty_disk(&mut self, id: NodeId) {
        if self.full.remove(&id).is_some() {
            self.cluster.set_full(id, false);
        }
    }

    /// Where nothing else happens and everybody is there, who has no room leads nothing that another could.
    fn look_at_full_disks(&mut self) {
        let all_run = self.cluster.ids().into_iter().all(|id| self.cluster.runs(id));
        let is_calm = self.heals_us.is_none() && all_run && self.cluster.leader().is_some();
        let last_fault_us = if is_calm { self.last_fault_us } else { u64::MAX };
        if let Some(wrong) = self.cluster.wrong_full_leader(last_fault_us) {
            self.told.knowledge.say(wrong);
        }
    }

    fn heals_later(&mut self) {
        let longest_ms = [200, 2_000, 15_000][self.random.below(3) as usize];
        self.heals_us = Some(self.cluster.now.monotonic_us + 1000 * (1 + self.random.below(longest_ms)));
    }

    fn heal_when_due(&mut self) {
        if self.heals_us.is_some_and(|at_us| at_us <= self.cluster.now.monotonic_us) {
            self.heals_us = None;
            self.last_fault_us = self.cluster.now.monotonic_us;
            self.cluster.network.heal();
        }
        let now_us = self.cluster.now.monotonic_us;
        let due = self.full.iter().filter(|(_, until_us)| **until_us <= now_us).map(|(id, _)| *id);
        due.collect::<Vec<NodeId>>().into_iter().for_each(|id| self.empty_disk(id));
    }

    fn die(&mut self, id: NodeId, power: bool) {
        if !self.cluster.runs(id) {
            return self.start(id);
        }
        let power = power.then(|| self.random.next_u64());
        self.deliver();
        self.cluster.kill(id, power);
        self.deliver();
        if !is_controller(id) {
            self.told.knowledge.process_died();
            if power.is_some() {
                self.told.knowledge.power_was_cut();
                self.told.clients.power_was_cut();
            }
        }
    }

    /// Stops a process in order; what goes on meanwhile goes on.
    fn stop(&mut self, id: NodeId) {
        if !self.cluster.runs(id) {
            return self.start(id);
        }
        self.cluster.leaves(id, true);
        for _ in 0..2_000 {
            if self.cluster.leaves(id, false) || !self.told.knowledge.violations.is_empty() {
                break;
            }
            self.deliver();
            match self.cluster.step(&mut self.random) {
                Err(died) => self.told.knowledge.say(format!("{died} while another stopped")),
                Ok(true) => {}
                Ok(false) => {
                    let now_us = self.cluster.now.monotonic_us;
                    let next_us = self.cluster.next_us().unwrap_or(now_us + 10_000).clamp(now_us + 1, now_us + 50_000);
                    self.cluster.advance_to(next_us);
                }
            }
        }
        self.cluster.close(id);
        if !is_controller(id) {
            self.told.knowledge.process_died();
        }
    }

    fn deliver(&mut self) {
        self.told.deliver(&self.cluster.inbox);
        if std::mem::take(&mut self.cluster.has_unclean_leader) {
            self.told.knowledge.power_was_cut();
            self.told.clients.power_was_cut();
        }
    }

    fn look_inside(&mut self) {
        let cluster = &mut self.cluster;
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

    /// The faults end: everybody comes back, everything gets done and is there, all stop in order and leave good files.
    fn finish(&mut self) {
        self.cluster.network.heal();
        BROKERS.into_iter().for_each(|id| self.empty_disk(id));
        self.start_all();
        let World { cluster, random, told: Told { clients, knowledge, .. }, .. } = self;
        if !ending::run_until(cluster, random, |cluster| cluster.all_serve()) {
            return knowledge.say("not every node serves although nothing is wrong any more".into());
        }
        ending::settle(cluster, random, clients, knowledge);
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
