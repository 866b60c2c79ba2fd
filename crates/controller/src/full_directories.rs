//! Directories that have no room for records, as their brokers say with each heartbeat (a field of Ottla's own,
//! `protocol/own.rs`). Where another replica is in sync it takes over, and the one without room leaves the in-sync replicas
//! until there is room again. Kafka takes such a directory out of service.
//!
//! ```text
//!   in sync: 1 (leads, no room), 2, 3      -> 2 leads, in sync: 2, 3
//!   in sync: 1 (leads), 2 (no room), 3     -> in sync: 1, 3
//!   in sync: 1 (leads, no room)            -> as it is: what is there can be read
//!   in sync: 1 (leads), 2, all without room -> as it is: nobody would do better
//! ```
//!
//! This is not in the log: a new leader hears it with the next heartbeats, and forgets it with the session of the broker.

use crate::leaders::{Movement, is_live_on};
use crate::plan::{Plan, Records};
use crate::schedule::Due;
use crate::{Controller, SmallMap, View};
use base::{DirectoryId, NodeId, Uuid};
use metadata::{Broker, Partition};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What brokers have said of their directories.
#[derive(Debug, Default)]
pub(crate) struct FullDirectories {
    brokers: SmallMap<NodeId, Vec<DirectoryId>>,
    /// Brokers whose replicas there are to be looked at.
    due: BTreeSet<NodeId>,
}

impl FullDirectories {
    /// What a registered broker says now; directories that are not registered say nothing.
    pub fn told(&mut self, broker: &Broker, mut full: Vec<DirectoryId>) {
        full.retain(|directory| broker.log_dirs.contains(directory));
        match full.is_empty() {
            true => self.forget(broker.id),
            false => {
                self.due.insert(broker.id);
                self.brokers.insert(broker.id, full);
            }
        }
    }

    /// Nothing is known of the broker any more.
    pub fn forget(&mut self, id: NodeId) {
        self.brokers.remove(&id);
        self.due.remove(&id);
    }

    pub fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Whether a replica of the broker in this directory has no room. Where that is not known yet, it has none if there is
    /// none in any.
    pub fn has_no_room(&self, broker: &Broker, directory: DirectoryId) -> bool {
        let Some(full) = self.brokers.get(&broker.id) else { return false };
        match directory {
            Uuid::DIRECTORY_UNASSIGNED | Uuid::DIRECTORY_MIGRATING => self.is_full(broker),
            directory => full.contains(&directory),
        }
    }

    /// Whether there is no room in any directory of the broker.
    pub fn is_full(&self, broker: &Broker) -> bool {
        let full = self.brokers.get(&broker.id).filter(|_| !broker.log_dirs.is_empty());
        full.is_some_and(|full| broker.log_dirs.iter().all(|directory| full.contains(directory)))
    }
}

impl Controller {
    /// The next broker that has said something of its directories: its replicas without room leave where others are in
    /// sync.
    pub(crate) fn leave_full_directories(&mut self, view: View<'_>) -> Option<Plan<Due>> {
        let id = self.full_directories.due.pop_first()?;
        let mut records = Records::new();
        if let Some(broker) = view.image.brokers.get(&id).filter(|broker| broker.is_active()) {
            let candidates = self.candidates(view.image);
            let takes_over = |partition: &Partition, replica: NodeId| {
                replica != id && candidates.may_lead(partition, replica) && !candidates.has_no_room(partition, replica)
            };
            let leaves = |partition: &Partition| {
                is_live_on(partition, id)
                    && self.full_directories.has_no_room(broker, partition.directory_of(id))
                    && partition.isr.iter().any(|replica| takes_over(partition, *replica))
            };
            self.move_leaders(view.image, Movement::Goes(id), leaves, &mut records);
        }
        Some(Plan::new(records, Due::FullDirectories(id)))
    }

    /// Brokers as those see them who place new replicas: one without room counts as a fenced one does, unless nobody has
    /// any.
    pub(crate) fn with_room_first(&self, mut brokers: Vec<Arc<Broker>>) -> Vec<Arc<Broker>> {
        let is_full = |broker: &Broker| self.full_directories.is_full(broker);
        if brokers.iter().any(|broker| broker.is_active() && !is_full(broker)) {
            let full = brokers.iter_mut().filter(|broker| is_full(broker));
            full.for_each(|broker| Arc::make_mut(broker).fenced = true);
        }
        brokers
    }
}
