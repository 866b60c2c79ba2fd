//! Moves of replicas between log directories (AlterReplicaLogDirs: KIP-113, KIP-858).
//!
//! ```text
//!   asked for --> Copying -- has everything --> Promised -- the image says so --> Placing --> over
//!                 a part in each step,          the controller is told that       the copy is synced, gets the log's
//!                 held up by the throttle       the replica lies there            place, then its name
//! ```
//! A step is done by one of a few workers on threads that may wait, with the partition's upkeep in its hands
//! (`partition/moved.rs`); what a start finds of a move is told apart in `copies.rs`. The controller hears of the new
//! directory first, as in Kafka: were the copy alone on the disk while the metadata names the other one, a start without
//! the copy's directory would begin the log anew. Where a move comes to nothing it is told the truth again.

mod place;
mod step;

use crate::broker::Broker;
use crate::copies::Copied;
use crate::log_dirs::Directory;
use crate::partition::PartitionCell;
use crate::throttle::Throttle;
use base::{DirectoryId, Map, Now, PartitionIndex, Task, TopicId};
use parking_lot::Mutex;
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

type Key = (TopicId, PartitionIndex);

/// The moves of a broker.
#[derive(Default)]
pub(crate) struct Moves {
    state: Mutex<State>,
    throttle: Throttle,
}

#[derive(Default)]
struct State {
    moves: Map<Key, Arc<Move>>,
    /// Those with a step to do, each once.
    queue: VecDeque<Key>,
    queued: BTreeSet<Key>,
    workers: usize,
    is_closed: bool,
}

/// A replica that is to lie in another directory.
pub(crate) struct Move {
    cell: Arc<PartitionCell>,
    target: Arc<Directory>,
    /// The controller is told that it lies there.
    is_promised: AtomicBool,
}

/// What comes after a step.
enum Next {
    Again,
    /// A step after so much time, or when somebody says so.
    After(u64),
    Over,
}

impl Move {
    fn key(&self) -> Key {
        (self.cell.topic_id, self.cell.name.partition)
    }
}

impl Moves {
    fn get(&self, key: Key) -> Option<Arc<Move>> {
        self.state.lock().moves.get(&key).cloned()
    }

    /// The directory that the controller is to be told of.
    pub fn told_directory(&self, cell: &PartitionCell) -> DirectoryId {
        let promised = self.get((cell.topic_id, cell.name.partition)).filter(|one| {
            one.is_promised.load(Ordering::Acquire) && !one.target.dir.is_failed() && cell.out_of_use().is_none()
        });
        promised.map_or_else(|| cell.directory().id, |one| one.target.id)
    }

    /// Nothing moves any more.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.is_closed = true;
        state.queue.clear();
        state.queued.clear();
    }

    fn is_closed(&self) -> bool {
        self.state.lock().is_closed
    }
}

impl State {
    fn enqueue(&mut self, key: Key) {
        if !self.is_closed && self.moves.contains_key(&key) && self.queued.insert(key) {
            self.queue.push_back(key);
        }
    }
}

impl Broker {
    /// Moves a replica to this directory, or leaves it there; a move of it to another one is given up.
    pub(crate) fn move_replica(self: &Arc<Self>, cell: &Arc<PartitionCell>, target: &Arc<Directory>) {
        let key = (cell.topic_id, cell.name.partition);
        {
            let mut state = self.moves.state.lock();
            match state.moves.get(&key) {
                Some(known) if Arc::ptr_eq(&known.target, target) => return,
                None if Arc::ptr_eq(&cell.directory(), target) => return,
                _ => {}
            }
            tracing::info!(partition = %cell.name, to = %target.dir.path().display(), "a replica moves to another directory");
            let new = Move { cell: cell.clone(), target: target.clone(), is_promised: AtomicBool::new(false) };
            state.moves.insert(key, Arc::new(new));
            state.enqueue(key);
        }
        self.work_on_moves();
    }

    /// The replicas that are on the way to a directory, and how much of them is there.
    pub(crate) fn moves_into(&self, directory: &Arc<Directory>) -> Vec<(Arc<PartitionCell>, Copied)> {
        let mut copies = self.replicas.copies.in_directory(directory);
        let state = self.moves.state.lock();
        // Of some there is nothing yet.
        for one in state.moves.values().filter(|one| Arc::ptr_eq(&one.target, directory)) {
            let is_there = Arc::ptr_eq(&one.cell.directory(), directory);
            if !is_there && !copies.iter().any(|(cell, _)| Arc::ptr_eq(cell, &one.cell)) {
                copies.push((one.cell.clone(), Copied::NOTHING));
            }
        }
        copies.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        copies
    }

    /// Goes on with moves whose copies a start has found.
    pub(crate) fn resume_moves(self: &Arc<Self>) {
        for (cell, target) in self.replicas.copies.take_resumed() {
            self.move_replica(&cell, &target);
        }
    }

    /// The image says where replicas lie: moves that have waited for that go on.
    pub(crate) fn hurry_moves(self: &Arc<Self>) {
        {
            let mut state = self.moves.state.lock();
            let promised = state.moves.iter().filter(|(_, one)| one.is_promised.load(Ordering::Acquire));
            let keys: Vec<Key> = promised.map(|(key, _)| *key).collect();
            keys.into_iter().for_each(|key| state.enqueue(key));
        }
        self.work_on_moves();
    }

    /// A directory is out of service: what was in it, on the way to it and from it is told to the controller as it is.
    pub fn directory_failed(self: &Arc<Self>, directory: &Arc<Directory>) {
        self.replicas.directory_failed(directory);
        let concerned: Vec<Key> = {
            let mut state = self.moves.state.lock();
            let is_concerned =
                |one: &Move| Arc::ptr_eq(&one.target, directory) || Arc::ptr_eq(&one.cell.directory(), directory);
            let concerned: Vec<Key> =
                state.moves.iter().filter(|(_, one)| is_concerned(one)).map(|(key, _)| *key).collect();
            for key in &concerned {
                state.enqueue(*key);
            }
            concerned
        };
        self.assign_directories(concerned);
        self.work_on_moves();
    }

    /// Workers for what there is to do, up to `num.replica.alter.log.dirs.threads`.
    fn work_on_moves(self: &Arc<Self>) {
        let workers_max = self.static_config.replication.alter_dirs_threads;
        let workers_max = workers_max.unwrap_or(self.replicas.directories().len()).max(1);
        let mut state = self.moves.state.lock();
        let new = state.queue.len().min(workers_max.saturating_sub(state.workers));
        state.workers += new;
        drop(state);
        for _ in 0..new {
            self.run_move_worker();
        }
    }

    fn run_move_worker(self: &Arc<Self>) {
        let this = self.clone();
        self.executor.run_blocking(Box::new(move || this.work_on_move()));
    }

    fn work_on_move(self: Arc<Self>) {
        let one = {
            let mut state = self.moves.state.lock();
            let key = state.queue.pop_front();
            if let Some(key) = key {
                state.queued.remove(&key);
            }
            let one = key.and_then(|key| state.moves.get(&key).cloned());
            if one.is_none() && state.queue.is_empty() {
                state.workers -= 1;
                return;
            }
            one
        };
        if let Some(one) = one {
            let next = self.step_move(&one);
            self.stepped(&one, next);
        }
        self.run_move_worker();
    }

    fn stepped(self: &Arc<Self>, one: &Arc<Move>, next: Next) {
        let key = one.key();
        match next {
            Next::Again => self.moves.state.lock().enqueue(key),
            Next::After(us) => {
                let at_us = self.executor.now().monotonic_us + us;
                self.executor.control_at(at_us, Arc::new(GoOn { broker: Arc::downgrade(self), key }));
            }
            Next::Over => {
                {
                    let mut state = self.moves.state.lock();
                    if state.moves.get(&key).is_some_and(|known| Arc::ptr_eq(known, one)) {
                        state.moves.remove(&key);
                    }
                }
                self.assign_directories([key]);
            }
        }
    }
}

/// The time of a step has come.
struct GoOn {
    broker: Weak<Broker>,
    key: Key,
}

impl Task for GoOn {
    fn run(self: Arc<Self>, _: Now) {
        if let Some(broker) = self.broker.upgrade() {
            broker.moves.state.lock().enqueue(self.key);
            broker.work_on_moves();
        }
    }

    fn is_over(&self) -> bool {
        self.broker.upgrade().is_none_or(|broker| broker.moves.is_closed())
    }
}

#[cfg(test)]
mod tests;
