//! One schedule: a life of several processes on one disk, with faults between and during them.

use crate::disk;
use crate::ending::{self, PATIENCE_US};
use crate::node::{SimNode, Step, Swarm, format};
use crate::told::{Report, Told, reported};
use base::{Executor, Now, Random, SplitMix64};
use std::hash::Hash;
use testkit::{Fault, FaultOn, SimFiles};

const SINGLE: &str = "single";
pub(crate) const START: Now = Now { monotonic_us: 1_000_000, wall_ms: 1_750_000_000_000 };
const EIO: i32 = 5;
const EMFILE: i32 = 24;
const ENOSPC: i32 = 28;

/// The ways in which a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    InOrder,
    Killed,
    PowerCut,
    /// The power goes while it stops in order.
    PowerCutWhileStopping,
}

struct World {
    files: SimFiles,
    random: SplitMix64,
    swarm: Swarm,
    told: Told,
    now: Now,
}

/// Runs one seed. A panic is a violation like any other.
pub fn run_seed(seed: u64) -> Report {
    reported(seed, SINGLE, run)
}

fn run(seed: u64) -> Report {
    let mut random = SplitMix64(seed);
    let swarm = Swarm::draw(&mut random);
    let mut world =
        World { files: SimFiles::new(), random, swarm, told: Told::new(swarm.segment_bytes, 1, 1), now: START };
    world.format();
    let lives = 2 + world.random.below(4);
    for _ in 0..lives {
        world.live();
        if !world.told.knowledge.violations.is_empty() {
            break;
        }
    }
    if world.told.knowledge.violations.is_empty() {
        world.finish();
    }
    let World { files, told, .. } = world;
    files.discard();
    told.report(seed, SINGLE)
}

impl World {
    /// Formats the folders; sometimes the power goes meanwhile, and it is done again.
    fn format(&mut self) {
        if self.random.below(4) == 0 {
            self.device_dies_after(30);
            let _interrupted = format(&self.files, &self.swarm, self.now, &mut self.random);
            let seed = self.random.next_u64();
            self.files.power_cut(seed);
        }
        if let Err(error) = format(&self.files, &self.swarm, self.now, &mut self.random) {
            self.told.knowledge.say(format!("the folder could not be formatted: {error}"));
        }
    }

    fn device_dies_after(&mut self, calls: u64) {
        let after = self.random.below(calls);
        tracing::info!(after, "the device dies");
        self.files.inject(Fault { on: FaultOn::Any, after, errno: EIO, sticky: true });
    }

    fn start(&mut self) -> Result<SimNode, String> {
        self.told.processes += 1;
        tracing::info!(number = self.told.processes, "a process starts");
        let seed = self.random.next_u64();
        self.files.set_wall_ms(self.now.wall_ms);
        SimNode::start(&self.files, &self.swarm, self.now, seed)
    }

    /// One process: it starts, serves, meets faults and ends in one of several ways.
    fn live(&mut self) {
        let mut is_harmed = false;
        if self.random.below(4) == 0 {
            // Recovery meets an error, or the power goes meanwhile.
            is_harmed = true;
            match self.random.below(3) {
                0 => self.one_fault(200),
                _ => self.device_dies_after(500),
            }
        }
        let died;
        match self.start() {
            Ok(node) => died = self.serve(node, &mut is_harmed),
            Err(error) => {
                error.hash(&mut self.told.trace);
                if !is_harmed {
                    self.told.knowledge.say(format!("the node does not start: {error}"));
                }
                died = true;
                self.cut_power_perhaps();
            }
        }
        died.hash(&mut self.told.trace);
        self.files.process_died();
        self.files.heal();
        self.told.clients.disconnected(&mut self.told.knowledge);
        if self.random.below(3) > 0 {
            self.now.monotonic_us += 1_000_000;
        }
    }

    fn cut_power_perhaps(&mut self) {
        if self.random.below(2) == 0 {
            self.cut_power();
        }
    }

    fn cut_power(&mut self) {
        tracing::info!("the power goes");
        let seed = self.random.next_u64();
        self.files.power_cut(seed);
        self.told.knowledge.power_was_cut();
        self.told.clients.power_was_cut();
    }

    /// Runs a process to its end. True if it died of a fault.
    fn serve(&mut self, mut node: SimNode, is_harmed: &mut bool) -> bool {
        let mut actions = 40 + self.random.below(240);
        let fault_at = self.random.below(actions * 2);
        let heal_at = self.random.below(fault_at + 1);
        let (mut died, mut steps) = (false, 0u64);
        let begun_us = node.executor.now().monotonic_us;
        while actions > 0 && !died {
            if actions == fault_at && !*is_harmed {
                *is_harmed = true;
                self.fault(&node);
            }
            if actions == heal_at && self.random.below(8) == 0 {
                self.files.heal();
            }
            self.deliver(&mut node);
            let is_slow = self.swarm.is_slow && node.serves();
            node.executor.set_slow(is_slow);
            let now_us = node.executor.now().monotonic_us;
            let is_quiet = now_us < self.told.clients.quiet_until_us();
            let may_act = node.serves() && !is_quiet && self.told.clients.outstanding() < 12;
            if may_act && self.random.below(4) == 0 {
                actions -= 1;
                self.told.clients.act(&mut node, &mut self.random, &mut self.told.knowledge);
                continue;
            }
            match node.step(&mut self.random) {
                Step::Worked => {
                    steps += 1;
                    if steps % 4 == 0 {
                        self.look_inside(&node);
                    }
                }
                Step::IdleUntil(next) => {
                    if may_act {
                        actions -= 1;
                        self.told.clients.act(&mut node, &mut self.random, &mut self.told.knowledge);
                    } else {
                        actions -= u64::from(!is_quiet);
                        let next = next.unwrap_or(now_us + 10_000).max(now_us + 1);
                        let next = if is_slow { next.min(now_us + 20_000) } else { next };
                        let quiet_until = self.told.clients.quiet_until_us();
                        node.executor.advance_to(if is_quiet { next.min(quiet_until) } else { next });
                    }
                    if !node.serves() && !*is_harmed && now_us > begun_us + PATIENCE_US {
                        self.told.knowledge.say("the node does not come up".into());
                        break;
                    }
                }
                Step::Died => died = true,
            }
        }
        if died && !*is_harmed {
            self.told.knowledge.say("the node ended by itself although nothing was wrong".into());
        }
        node.executor.set_slow(false);
        self.now = node.executor.now();
        self.end(node, died);
        died
    }

    fn end(&mut self, node: SimNode, died: bool) {
        let end = match self.random.below(8) {
            _ if died => [End::Killed, End::PowerCut][self.random.below(2) as usize],
            0..=1 => End::InOrder,
            2..=3 => End::Killed,
            4..=6 => End::PowerCut,
            _ => End::PowerCutWhileStopping,
        };
        end.hash(&mut self.told.trace);
        tracing::info!(?end, now = ?self.now, "the process ends");
        self.files.calls().hash(&mut self.told.trace);
        match end {
            End::InOrder => node.stop(&mut self.random),
            End::Killed => node.kill(),
            End::PowerCut => {
                node.kill();
                self.cut_power();
            }
            End::PowerCutWhileStopping => {
                self.device_dies_after(80);
                node.stop(&mut self.random);
                self.cut_power();
            }
        }
    }

    /// Something goes wrong while the process runs.
    fn fault(&mut self, node: &SimNode) {
        let kind = self.random.below(13);
        kind.hash(&mut self.told.trace);
        let after = self.random.below(30);
        tracing::info!(kind, after, "a fault");
        match kind {
            0 | 1 | 8 | 9 => self.files.inject(Fault { on: FaultOn::Write, after, errno: ENOSPC, sticky: kind != 1 }),
            2 | 3 => self.files.inject(Fault { on: FaultOn::Sync, after, errno: EIO, sticky: false }),
            4 => self.files.inject(Fault { on: FaultOn::Write, after, errno: EIO, sticky: false }),
            5 => self.device_dies_after(300),
            6 => self.one_fault(30),
            10..=12 => self.files.inject(Fault { on: FaultOn::Open, after, errno: EMFILE, sticky: kind != 12 }),
            _ => {
                self.told.knowledge.clock_jumped = true;
                let minutes = 600_000;
                node.executor.jump_wall(if after.is_multiple_of(2) { minutes } else { -minutes });
            }
        }
    }

    fn one_fault(&mut self, calls: u64) {
        let kinds = [
            FaultOn::Any,
            FaultOn::Read,
            FaultOn::Write,
            FaultOn::SetLen,
            FaultOn::Sync,
            FaultOn::Create,
            FaultOn::Rename,
            FaultOn::Remove,
            FaultOn::Open,
        ];
        let on = kinds[self.random.below(kinds.len() as u64) as usize];
        let after = self.random.below(calls);
        tracing::info!(?on, after, "a single fault");
        let errno = match self.random.below(3) {
            _ if on == FaultOn::Open => EMFILE,
            0 => ENOSPC,
            _ => EIO,
        };
        self.files.inject(Fault { on, after, errno, sticky: false });
    }

    fn deliver(&mut self, node: &mut SimNode) {
        self.told.deliver(&node.inbox);
    }

    fn look_inside(&mut self, node: &SimNode) {
        if let Some(wrong) = node.wrong_logs() {
            self.told.knowledge.say(wrong);
        }
    }

    /// The faults end: a last process must come up, do what is still to be done, show everything, and leave good files.
    fn finish(&mut self) {
        self.files.heal();
        let mut node = match self.start() {
            Ok(node) => node,
            Err(error) => {
                let text = format!("the node does not start although nothing is wrong any more: {error}");
                return self.told.knowledge.say(text);
            }
        };
        if !ending::run_until(&mut node, &mut self.random, |node| node.serves()) {
            self.told.knowledge.say("the node does not come up although nothing is wrong any more".into());
            return node.kill();
        }
        let World { random, told: Told { clients, knowledge, .. }, .. } = self;
        ending::settle(&mut node, random, clients, knowledge);
        self.look_inside(&node);
        node.stop(&mut self.random);
        for wrong in disk::check(&self.files) {
            self.told.knowledge.say(wrong);
        }
    }
}
