//! Which brokers may lead: those that are registered, neither fenced nor leaving, and whose directory of the replica is in
//! service (KIP-841, KIP-858).

use crate::full_directories::FullDirectories;
use base::{DirectoryId, NodeId, Uuid};
use metadata::{Broker, Image, Partition};

/// The brokers as a plan sees them: those of the image, but that its own records may not be in it yet.
#[derive(Clone, Copy)]
pub(crate) struct Candidates<'a> {
    pub image: &'a Image,
    full: &'a FullDirectories,
    /// It is about to be unfenced.
    comes: Option<NodeId>,
    /// It is about to be fenced, to leave, or to lose what this is about.
    goes: Option<NodeId>,
}

impl<'a> Candidates<'a> {
    pub fn of(image: &'a Image, full: &'a FullDirectories) -> Candidates<'a> {
        Candidates { image, full, comes: None, goes: None }
    }

    pub fn with(self, id: NodeId) -> Candidates<'a> {
        Candidates { comes: Some(id), ..self }
    }

    pub fn without(self, id: NodeId) -> Candidates<'a> {
        Candidates { goes: Some(id), ..self }
    }

    /// Whether new replicas on it are in sync from the start.
    pub fn is_active(self, id: NodeId) -> bool {
        self.image.brokers.get(&id).is_some_and(|broker| broker.is_active())
    }

    pub fn may_lead(self, partition: &Partition, id: NodeId) -> bool {
        let Some(broker) = self.image.brokers.get(&id).filter(|_| self.goes != Some(id)) else { return false };
        (self.comes == Some(id) || broker.is_active()) && has_online(broker, partition.directory_of(id))
    }

    /// Whether the replica has no room for records. It may lead, and is elected where nobody else can be.
    pub fn has_no_room(self, partition: &Partition, id: NodeId) -> bool {
        let broker = self.image.brokers.get(&id);
        broker.is_some_and(|broker| self.full.has_no_room(broker, partition.directory_of(id)))
    }

    /// Whether the broker has no room in any directory.
    pub fn is_full(self, id: NodeId) -> bool {
        self.image.brokers.get(&id).is_some_and(|broker| self.full.is_full(broker))
    }

    /// The directory of a new replica: the only one of its broker; where there are several, the broker chooses and tells.
    pub fn directory_of_new(self, id: NodeId) -> DirectoryId {
        match self.image.brokers.get(&id).map(|broker| &broker.log_dirs[..]) {
            Some([only]) => *only,
            Some([]) => Uuid::DIRECTORY_MIGRATING,
            _ => Uuid::DIRECTORY_UNASSIGNED,
        }
    }
}

/// Whether a replica of the broker in this directory is served. Where it is, nobody may know yet.
pub(crate) fn has_online(broker: &Broker, directory: DirectoryId) -> bool {
    match directory {
        Uuid::DIRECTORY_UNASSIGNED | Uuid::DIRECTORY_MIGRATING => true,
        Uuid::DIRECTORY_LOST => false,
        // Of an older level no directories were kept.
        directory => broker.log_dirs.is_empty() || broker.log_dirs.contains(&directory),
    }
}
