//! The other replicas of a partition with how far they have come. They are few and there are many partitions: they lie side by
//! side, in the order of their ids, and take no more memory than that.

use crate::progress::Progress;
use base::NodeId;

#[derive(Debug, Clone)]
pub(crate) struct Followers(Box<[(NodeId, Progress)]>);

impl Followers {
    /// Those of the replicas that are not the leader itself; of each what `progress` says, once.
    pub fn new(replicas: &[NodeId], local: NodeId, mut progress: impl FnMut(NodeId) -> Progress) -> Followers {
        let mut ids: Vec<NodeId> = replicas.iter().copied().filter(|id| *id != local).collect();
        ids.sort_unstable();
        ids.dedup();
        Followers(ids.into_iter().map(|id| (id, progress(id))).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn get(&self, id: NodeId) -> Option<&Progress> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, progress)| progress)
    }

    pub fn get_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        self.0.iter_mut().find(|(known, _)| *known == id).map(|(_, progress)| progress)
    }

    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Progress)> {
        self.0.iter().map(|(id, progress)| (*id, progress))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (NodeId, &mut Progress)> {
        self.0.iter_mut().map(|(id, progress)| (*id, progress))
    }
}
