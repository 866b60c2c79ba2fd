//! One schedule: a life of several processes on one disk, with faults between and during them.

use crate::checks::Knowledge;
use crate::node::{SimNode, Step, format};
use crate::workload::{Clients, DURABLE, PARTITIONS, PLAIN, records_of, send_fetch};
use base::{FixedState, Now, Offset, Random, SplitMix64};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher};
use testkit::{Fault, FaultOn, SimFiles};

/// What a schedule did and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub seed: u64,
    /// Equal for two runs of one seed.
    pub fingerprint: u64,
    pub acknowledged: u64,
    pub read: u64,
    pub processes: u32,
    pub violations: Vec<String>,
}

const START: Now = Now { monotonic_us: 1_000_000, wall_ms: 1_750_000_000_000 };

struct World {
    files: SimFiles,
    random: SplitMix64,
    clients: Clients,
    knowledge: Knowledge,
    trace: <FixedState as BuildHasher>::Hasher,
    now: Now,
    processes: u32,
}

/// Runs one seed.
pub fn run_seed(seed: u64) -> Report {
    let mut world = World {
        files: SimFiles::new(),
        random: SplitMix64(seed),
        clients: Clients::new(),
        knowledge: Knowledge::default(),
        trace: FixedState::default().build_hasher(),
        now: START,
        processes: 0,
    };
    if let Err(error) = format(&world.files, world.now, &mut world.random) {
        world.knowledge.violations.push(format!("the folder could not be formatted: {error}"));
    }
    world.files.sync_everything();
    let lives = 2 + world.random.below(4);
    for _ in 0..lives {
        world.live();
    }
    world.finish();
    Report {
        seed,
        fingerprint: world.trace.finish(),
        acknowledged: world.clients.acknowledged,
        read: world.clients.read,
        processes: world.processes,
        violations: world.knowledge.violations,
    }
}

impl World {
    fn start(&mut self) -> Result<SimNode, String> {
        self.processes += 1;
        let seed = self.random.next_u64();
        self.files.set_wall_ms(self.now.wall_ms);
        match SimNode::start(&self.files, self.now, seed) {
            Ok(node) => Ok(node),
            Err(error) => {
                error.hash(&mut self.trace);
                self.files.heal();
                Err(error)
            }
        }
    }

    /// One process: it starts, serves, meets faults and ends in one of several ways.
    fn live(&mut self) {
        let Ok(mut node) = self.start() else { return };
        let mut actions = 40 + self.random.below(160);
        let fault_at = self.random.below(actions * 2);
        let mut died = false;
        while actions > 0 && !died {
            if actions == fault_at {
                self.fault(&node);
            }
            self.deliver(&mut node);
            let may_act = node.serves() && self.clients.outstanding() < 6;
            if may_act && self.random.below(4) == 0 {
                actions -= 1;
                self.clients.act(&mut node, &mut self.random, &mut self.knowledge);
                continue;
            }
            match node.step(&mut self.random) {
                Step::Worked => {}
                Step::IdleUntil(next) => {
                    actions -= 1;
                    if may_act {
                        self.clients.act(&mut node, &mut self.random, &mut self.knowledge);
                    } else {
                        let now = base::Executor::now(&*node.executor).monotonic_us;
                        let at = next.unwrap_or(now + 10_000).max(now + 1);
                        node.executor.advance_to(at);
                    }
                }
                Step::Died => died = true,
            }
        }
        self.now = base::Executor::now(&*node.executor);
        self.now.monotonic_us += 1_000_000;
        let end = if died { 1 } else { self.random.below(3) };
        end.hash(&mut self.trace);
        self.files.calls().hash(&mut self.trace);
        match end {
            0 => {
                node.stop(&mut self.random);
            }
            1 => node.kill(),
            _ => {
                node.kill();
                let seed = self.random.next_u64();
                self.files.power_cut(seed);
                self.knowledge.power_was_cut(DURABLE);
                self.clients.power_was_cut();
            }
        }
        self.files.process_died();
        self.files.heal();
        self.clients.disconnected();
    }

    /// Something goes wrong while the process runs.
    fn fault(&mut self, node: &SimNode) {
        let kind = self.random.below(4);
        kind.hash(&mut self.trace);
        let after = self.random.below(20);
        let fault = match kind {
            0 => Fault { on: FaultOn::Write, after, errno: 28, sticky: true },
            1 => Fault { on: FaultOn::Sync, after, errno: 5, sticky: false },
            2 => Fault { on: FaultOn::Write, after, errno: 5, sticky: false },
            _ => {
                let hour = 3_600_000;
                return node.executor.jump_wall(if after.is_multiple_of(2) { hour } else { -hour });
            }
        };
        self.files.inject(fault);
    }

    fn deliver(&mut self, node: &mut SimNode) {
        loop {
            let answer = node.inbox.lock().pop_front();
            let Some((tag, frame)) = answer else { return };
            tag.hash(&mut self.trace);
            frame.hash(&mut self.trace);
            self.clients.answered(tag, frame, &mut self.knowledge);
        }
    }

    /// The faults end: a last process must come up and show everything.
    fn finish(&mut self) {
        self.files.heal();
        let mut node = match self.start() {
            Ok(node) => node,
            Err(error) => {
                let text = format!("the node does not start although nothing is wrong any more: {error}");
                return self.knowledge.violations.push(text);
            }
        };
        if !self.run_until(&mut node, |_, node| node.serves()) {
            self.knowledge.violations.push("the node does not come up although nothing is wrong any more".into());
            return node.kill();
        }
        for topic in [DURABLE, PLAIN] {
            for index in 0..PARTITIONS {
                if let Some(log) = self.read_all(&mut node, (topic, index)) {
                    self.knowledge.check_final((topic, index), &log);
                }
            }
        }
        node.kill();
    }

    fn run_until(&mut self, node: &mut SimNode, done: impl Fn(&World, &SimNode) -> bool) -> bool {
        for _ in 0..200_000 {
            if done(self, node) {
                return true;
            }
            match node.step(&mut self.random) {
                Step::Worked => {}
                Step::IdleUntil(Some(at)) => node.executor.advance_to(at),
                Step::IdleUntil(None) | Step::Died => return false,
            }
        }
        false
    }

    /// Everything in a partition; `None` when the topic was never made.
    fn read_all(&mut self, node: &mut SimNode, partition: (&'static str, i32)) -> Option<BTreeMap<Offset, u64>> {
        let mut log = BTreeMap::new();
        let mut next = 0;
        loop {
            let tag = send_fetch(node, partition, next, 0);
            let answered = self.run_until(node, |_, node| node.inbox.lock().iter().any(|(t, _)| *t == tag));
            let answer = node.inbox.lock().drain(..).find(|(t, _)| *t == tag);
            let found = answer.and_then(|(_, frame)| records_of(&frame?));
            let Some((error, values)) = found.filter(|_| answered) else {
                self.knowledge.violations.push(format!("{partition:?}: no answer to a fetch at {next}"));
                return Some(log);
            };
            if !error.is_ok() {
                let was_used = self.clients.acknowledged > 0 && error != base::ErrorCode::UnknownTopicOrPartition;
                if was_used {
                    self.knowledge.violations.push(format!("{partition:?}: a fetch at {next} is told {error}"));
                }
                return None;
            }
            let before = next;
            for (offset, value) in values.into_iter().filter(|(offset, _)| *offset >= before) {
                log.insert(offset, value);
                next = offset + 1;
            }
            if next == before {
                return Some(log);
            }
        }
    }
}
