//! Who votes.

use base::{DirectoryId, NodeId, Uuid};
use std::collections::BTreeMap;

/// A replica of the metadata log. With static voters (`kraft.version` 0) the directory id is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplicaKey {
    pub id: NodeId,
    pub directory_id: DirectoryId,
}

impl ReplicaKey {
    /// Whether both are the same replica, as far as both name their directory.
    pub fn matches(&self, other: &ReplicaKey) -> bool {
        let unknown = self.directory_id == Uuid::ZERO || other.directory_id == Uuid::ZERO;
        self.id == other.id && (unknown || self.directory_id == other.directory_id)
    }
}

/// Where a listener of a voter is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub listener: String,
    pub host: String,
    pub port: u16,
}

/// One voter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    pub key: ReplicaKey,
    pub endpoints: Vec<Endpoint>,
}

/// The voters, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VoterSet(BTreeMap<NodeId, Voter>);

impl VoterSet {
    pub fn new(voters: impl IntoIterator<Item = Voter>) -> VoterSet {
        VoterSet(voters.into_iter().map(|voter| (voter.key.id, voter)).collect())
    }

    pub fn contains(&self, key: &ReplicaKey) -> bool {
        self.0.get(&key.id).is_some_and(|voter| voter.key.matches(key))
    }

    pub fn get(&self, id: NodeId) -> Option<&Voter> {
        self.0.get(&id)
    }

    /// The same with this voter, in the place of one with its id.
    pub fn with(&self, voter: Voter) -> VoterSet {
        let mut voters = self.0.clone();
        voters.insert(voter.key.id, voter);
        VoterSet(voters)
    }

    /// The same without the voter of this id.
    pub fn without(&self, id: NodeId) -> VoterSet {
        let mut voters = self.0.clone();
        voters.remove(&id);
        VoterSet(voters)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Voter> {
        self.0.values()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many make a majority.
    pub fn majority(&self) -> usize {
        self.0.len() / 2 + 1
    }
}
