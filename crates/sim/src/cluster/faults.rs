//! What happens to processes, machines and the network of a cluster while it works.

use super::nodes::{BROKERS, CONTROLLERS, is_controller};
use super::schedule::World;
use base::{NodeId, Random};
use protocol::ApiKey;
use std::hash::Hash;
use testkit::{Fault, FaultOn};

const EIO: i32 = 5;
/// After which time a follower that hears nothing is not in sync any more (`replica.lag.time.max.ms`, and a look at it).
const LAGS_US: u64 = 3_500_000;

/// Something that happens at a time that is known before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Later {
    /// The network heals, and what the leader sends to the controllers comes late: a question about its follower among it.
    Returns { follower: NodeId, leader: NodeId },
    /// The follower loses its power and starts at once, and does not reach its leader.
    Reboots { follower: NodeId, leader: NodeId },
    /// Clients write as much as they may, to whoever leads.
    Writes,
    /// Whoever leads a partition loses its connections to the controller that it asks about a follower, and asks again.
    AsksAgain { leader: NodeId, controller: NodeId },
    /// A follower and its leader do not reach each other until then.
    Parts { follower: NodeId, leader: NodeId, heals_us: u64 },
    /// Who was away is back with a log that went another way; perhaps it loses its power while it cuts that.
    ComesBack(NodeId),
    /// A node loses its power and starts at once.
    LosesPower(NodeId),
    /// One of those things that take several events to go wrong, where all else is well.
    Scene,
}

impl World {
    /// Something happens to a process or to the network.
    pub fn fault(&mut self) {
        if self.cluster.now.monotonic_us < self.calm_until_us {
            return;
        }
        self.last_fault_us = self.cluster.now.monotonic_us;
        let kind = self.random.below(43);
        let id = self.any_node();
        (kind, id).hash(&mut self.told.trace);
        tracing::info!(kind, id, now = ?self.cluster.now, "a fault");
        match kind {
            0..=3 => self.die(id, false),
            4 => self.die(id, true),
            5 | 6 => self.stop(id),
            7 | 8 => self.start_all(),
            9 | 10 => self.cut_from_controllers(id),
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
            16 | 17 => self.cut_brokers(),
            // Whoever leads a partition, in the middle of its work.
            19 | 20 => {
                let power = self.random.below(3) == 0;
                match self.cluster.any_partition_leader(&mut self.random) {
                    Some(leader) if self.cluster.runs(leader) => self.die(leader, power),
                    _ => self.start_all(),
                }
            }
            // It goes on alone, with its controllers or without them.
            21..=23 => {
                let leader = self.cluster.any_partition_leader(&mut self.random).unwrap_or(BROKERS[0]);
                self.cut_off(leader, kind == 23);
                self.heals_later();
                // What it takes alone, and what others take when they lead.
                let heals_us = self.heals_us.unwrap_or_default();
                self.later.push((self.cluster.now.monotonic_us, Later::Writes));
                self.later.push((heals_us.saturating_sub(500_000), Later::Writes));
            }
            24 => self.pause(id),
            25 | 26 => {
                let leader = match kind {
                    25 => self.cluster.any_partition_leader(&mut self.random),
                    _ => self.cluster.leader(),
                };
                self.pause(leader.unwrap_or(id));
            }
            27 | 28 => {
                let longest_us = [50_000, 2_000_000][self.random.below(2) as usize];
                self.cluster.network.stall(id, 1 + self.random.below(longest_us));
            }
            29 | 30 => self.follower_returns(),
            31 => self.roll(),
            32 | 33 => self.harm(),
            34 => {
                let are_cut_off = self.random.below(2) == 0;
                self.remove_voters(are_cut_off);
            }
            35..=37 => self.fill_disks(),
            38..=40 => self.goes_apart(),
            41 => self.fetch_comes_late(),
            _ => self.cluster.network.heal(),
        }
    }

    /// A node from some of the controllers or all of them: one way, or both.
    fn cut_from_controllers(&mut self, id: NodeId) {
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

    /// Between two brokers, one way or both.
    fn cut_brokers(&mut self) {
        let (one, other) = (BROKERS[self.random.below(3) as usize], BROKERS[self.random.below(3) as usize]);
        if one != other {
            self.cluster.network.cut(one, other);
            if self.random.below(2) == 0 {
                self.cluster.network.cut(other, one);
            }
            self.heals_later();
        }
    }

    /// Nothing gets through between a broker and the others any more, or the controllers either.
    fn cut_off(&mut self, id: NodeId, also_from_controllers: bool) {
        let controllers = CONTROLLERS.iter().filter(|_| also_from_controllers);
        for other in BROKERS.iter().chain(controllers).filter(|other| **other != id) {
            self.cut_both(id, *other);
        }
    }

    fn cut_both(&mut self, one: NodeId, other: NodeId) {
        self.cluster.network.cut(one, other);
        self.cluster.network.cut(other, one);
    }

    fn pause(&mut self, id: NodeId) {
        let longest_ms = [300, 4_000, 15_000][self.random.below(3) as usize];
        self.cluster.pause(id, 1000 * (1 + self.random.below(longest_ms)));
    }

    /// A follower that was not in sync comes back to its leader, and loses its power when it is about to be in sync again.
    fn follower_returns(&mut self) {
        let now_us = self.cluster.now.monotonic_us;
        let (lagging, at_us) = match self.cluster.any_lagging_replica(&mut self.random) {
            Some(lagging) => (Some(lagging), now_us),
            None => (self.cluster.any_follower(&mut self.random, |_, _| true), now_us + LAGS_US),
        };
        let Some((follower, leader)) = lagging else { return self.start_all() };
        if at_us > now_us {
            self.cut_both(follower, leader);
        }
        self.later.push((at_us, Later::Returns { follower, leader }));
        self.calm_until_us = self.calm_until_us.max(at_us + 1);
    }

    /// A leader is cut off from everybody until others lead, and clients write to both sides.
    fn goes_apart(&mut self) {
        let Some(leader) = self.cluster.any_partition_leader(&mut self.random) else { return self.start_all() };
        self.cut_off(leader, true);
        let now_us = self.cluster.now.monotonic_us;
        let heals_us = now_us + self.cluster.session_us() + 1_000_000 + self.random.below(3_000_000);
        self.later.push((now_us, Later::Writes));
        self.later.push((heals_us - 400_000, Later::Writes));
        self.later.push((heals_us, Later::ComesBack(leader)));
        (self.heals_us, self.calm_until_us) = (Some(heals_us), heals_us + 500_000);
    }

    /// A follower loses its power while a fetch of it is under way; that arrives when its next process fetches.
    fn fetch_comes_late(&mut self) {
        let Some((follower, leader)) = self.cluster.any_follower(&mut self.random, |_, _| true) else {
            return self.start_all();
        };
        let now_us = self.cluster.now.monotonic_us;
        let arrive_us = now_us + self.cluster.session_us() + 1_500_000 + self.random.below(2_000_000);
        self.cluster.network.make_late((follower, leader), ApiKey::Fetch, now_us + 300_000, arrive_us);
        self.later.push((now_us + 300_000, Later::LosesPower(follower)));
        self.calm_until_us = arrive_us + 500_000;
    }

    /// What a leader asks about a follower that has just come back is under way for long. Meanwhile that follower loses its
    /// power; or the leader asks again, is answered, and loses its follower once more.
    fn question_comes_late(&mut self, follower: NodeId, leader: NodeId) {
        let Some(controller) = self.cluster.leader() else { return };
        let now_us = self.cluster.now.monotonic_us;
        let soon_us = now_us + 50_000 + self.random.below(400_000);
        let reboots = self.random.below(2) == 0;
        let away_us = if reboots { self.cluster.session_us() } else { LAGS_US + 800_000 };
        let arrive_us = soon_us + away_us + 1_000_000 + self.random.below(2_000_000);
        self.cluster.network.make_late((leader, controller), ApiKey::AlterPartition, soon_us, arrive_us);
        self.calm_until_us = arrive_us + 500_000;
        if reboots {
            self.later.push((soon_us, Later::Reboots { follower, leader }));
        } else {
            self.later.push((soon_us, Later::AsksAgain { leader, controller }));
            let heals_us = self.calm_until_us;
            self.later.push((soon_us + 800_000, Later::Parts { follower, leader, heals_us }));
        }
    }

    /// One voter goes, or two are to go at once; or two that are cut off from their leader meanwhile.
    fn remove_voters(&mut self, are_cut_off: bool) {
        let (Some(mut voters), Some(leader)) = (self.cluster.three_voters(), self.cluster.leader()) else {
            return self.goes_apart();
        };
        let count = 1 + self.random.below(2);
        if are_cut_off {
            voters.retain(|voter| voter.id != leader);
        }
        for _ in 0..if are_cut_off { 2 } else { count } {
            let voter = voters.swap_remove(self.random.below(voters.len() as u64) as usize);
            self.cluster.remove_voter(voter);
        }
        if are_cut_off {
            CONTROLLERS.into_iter().filter(|id| *id != leader).for_each(|id| self.cut_both(id, leader));
            // Time for an election.
            let heals_us = self.cluster.now.monotonic_us + 2_000_000 + self.random.below(5_000_000);
            (self.heals_us, self.calm_until_us) = (Some(heals_us), heals_us + 500_000);
        }
    }

    /// Every broker, or every node, is stopped in order and started again, one after the other.
    fn roll(&mut self) {
        self.rolling = BROKERS.into_iter().collect();
        if self.random.below(2) == 0 {
            self.rolling.extend(CONTROLLERS);
        }
    }

    /// A disk answers one call with an error, or one of two directories is dead.
    fn harm(&mut self) {
        let id = self.any_node();
        let (seed, after) = (self.random.next_u64(), self.random.below(30));
        let on = [FaultOn::Any, FaultOn::Write, FaultOn::Sync, FaultOn::Read][self.random.below(4) as usize];
        let fault = Fault { on, after, errno: EIO, sticky: false };
        let is_dead = self.random.below(2) == 0;
        self.cluster.harm(id, seed, (!is_dead).then_some(fault));
    }

    /// A disk is full, of whoever leads a partition as a rule; or all are.
    fn fill_disks(&mut self) {
        let leader = self.cluster.any_partition_leader(&mut self.random).filter(|_| self.random.below(3) > 0);
        let one = leader.unwrap_or(BROKERS[self.random.below(3) as usize]);
        let all = self.random.below(6) == 0;
        BROKERS.into_iter().filter(|id| all || *id == one).for_each(|id| self.fill_disk(id));
        if self.random.below(2) == 0 {
            // Time for everything that comes of it alone.
            self.calm_until_us = self.cluster.now.monotonic_us + 20_000_000;
            self.full.values_mut().for_each(|until_us| *until_us = (*until_us).max(self.calm_until_us));
        }
    }

    fn fill_disk(&mut self, id: NodeId) {
        if self.cluster.runs(id) && !self.cluster.is_harmed(id) {
            let longest_ms = [4_000, 15_000, 30_000][self.random.below(3) as usize];
            self.full.insert(id, self.cluster.now.monotonic_us + 1000 * (1 + self.random.below(longest_ms)));
            self.cluster.set_full(id, true);
        }
    }

    pub fn empty_disk(&mut self, id: NodeId) {
        if self.full.remove(&id).is_some() {
            // Where all were full, it could not have taken anything over before.
            self.last_fault_us = self.cluster.now.monotonic_us;
            self.cluster.set_full(id, false);
        }
    }

    /// Where nothing else happens and everybody is there, who has no room leads nothing that another could.
    pub fn look_at_full_disks(&mut self) {
        if !self.cluster.all_work() {
            self.last_fault_us = self.cluster.now.monotonic_us;
        }
        let is_calm = self.heals_us.is_none()
            && self.later.is_empty()
            && self.rolling.is_empty()
            && self.cluster.leader().is_some();
        let last_fault_us = if is_calm { self.last_fault_us } else { u64::MAX };
        if let Some(wrong) = self.cluster.wrong_full_leader(last_fault_us) {
            self.told.knowledge.say(wrong);
        }
    }

    fn heals_later(&mut self) {
        let longest_ms = [200, 2_000, 15_000][self.random.below(3) as usize];
        self.heals_us = Some(self.cluster.now.monotonic_us + 1000 * (1 + self.random.below(longest_ms)));
    }

    /// Does what is due by now.
    pub fn when_due(&mut self) {
        let now_us = self.cluster.now.monotonic_us;
        if self.heals_us.is_some_and(|at_us| at_us <= now_us) {
            self.heals_us = None;
            self.last_fault_us = now_us;
            self.cluster.network.heal();
        }
        let due = self.full.iter().filter(|(_, until_us)| **until_us <= now_us).map(|(id, _)| *id);
        due.collect::<Vec<NodeId>>().into_iter().for_each(|id| self.empty_disk(id));
        while let Some(at) = self.later.iter().position(|(at_us, _)| *at_us <= now_us) {
            let later = self.later.remove(at).1;
            self.last_fault_us = now_us;
            self.happens(later);
        }
        if !self.rolling.is_empty()
            && self.cluster.all_serve()
            && let Some(id) = self.rolling.pop_front()
        {
            self.stop(id);
            self.start(id);
            self.last_fault_us = self.cluster.now.monotonic_us;
        }
    }

    /// Who was to die when its log changes dies.
    pub fn look_at_logs(&mut self) {
        let (cut, began) = self.cluster.take_changed_logs();
        if began.is_some() && began == self.dies_at_first {
            self.dies_at_first = None;
            let power = self.random.below(2) == 0;
            began.into_iter().for_each(|id| self.die(id, power));
        }
        if cut.is_some() && cut == self.dies_at_cut {
            self.dies_at_cut = None;
            let at_us = self.cluster.now.monotonic_us + self.random.below(100_000);
            self.later.extend(cut.map(|id| (at_us, Later::LosesPower(id))));
        }
    }

    fn happens(&mut self, later: Later) {
        tracing::info!(?later, now = ?self.cluster.now, "what was to come");
        let now_us = self.cluster.now.monotonic_us;
        match later {
            Later::Returns { follower, leader } => {
                self.cluster.network.heal();
                if self.random.below(3) > 0 {
                    return self.question_comes_late(follower, leader);
                }
                let longest_us = [600_000, 4_000_000][self.random.below(2) as usize];
                self.cluster.network.stall(leader, 200_000 + self.random.below(longest_us));
                if self.random.below(2) == 0 {
                    self.cluster.network.stall(follower, 200_000 + self.random.below(longest_us));
                }
                let longest_us = [2_000, 50_000, 400_000][self.random.below(3) as usize];
                self.later.push((now_us + self.random.below(longest_us), Later::Reboots { follower, leader }));
            }
            Later::Writes if self.cluster.any_serves() => {
                for _ in 0..12 {
                    self.told.clients.produce(&mut self.cluster, &mut self.random);
                }
            }
            Later::Writes => {}
            Later::AsksAgain { leader, controller } => self.cluster.network.break_between(leader, controller),
            Later::Parts { follower, leader, heals_us } => {
                self.cut_both(follower, leader);
                self.heals_us = Some(heals_us);
                self.happens(Later::Writes);
            }
            Later::ComesBack(id) => self.dies_at_cut = (self.random.below(2) == 0).then_some(id),
            Later::LosesPower(id) if self.cluster.runs(id) => {
                self.die(id, true);
                self.start(id);
            }
            Later::LosesPower(_) => {}
            Later::Scene => match self.random.below(6) {
                0 | 1 => self.goes_apart(),
                2 => self.fetch_comes_late(),
                3 => self.follower_returns(),
                // Where voters do not change, a leader is cut off as well.
                _ => self.remove_voters(true),
            },
            Later::Reboots { follower, leader } if self.cluster.runs(follower) => {
                let is_told = self.random.below(2) == 0;
                self.die(follower, !is_told);
                if is_told {
                    // The process died before its machine did, and the others know.
                    let seed = self.random.next_u64();
                    self.cluster.lose_power(follower, seed);
                    self.deliver();
                }
                self.start(follower);
                self.cut_both(follower, leader);
                let heals_us = now_us + 1_000_000 + self.random.below(6_000_000);
                self.heals_us = Some(heals_us.max(self.calm_until_us));
            }
            Later::Reboots { .. } => {}
        }
    }

    fn die(&mut self, id: NodeId, power: bool) {
        if !self.cluster.runs(id) {
            return self.start(id);
        }
        let power = power.then(|| self.random.next_u64());
        self.deliver();
        self.cluster.kill(id, power);
        if !is_controller(id) {
            self.told.knowledge.process_died();
        }
        self.deliver();
    }

    /// Stops a process in order; what goes on meanwhile goes on.
    fn stop(&mut self, id: NodeId) {
        if !self.cluster.runs(id) {
            return self.start(id);
        }
        self.cluster.wake(id);
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
        self.deliver();
    }
}
