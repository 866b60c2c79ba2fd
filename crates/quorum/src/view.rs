//! What others of this node may know of the quorum at any time.

use arc_swap::ArcSwap;
use base::{LeaderEpoch, NodeId, Remote};
use metadata::Levels;
use std::sync::Arc;

/// The quorum as this node last saw it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuorumView {
    pub epoch: LeaderEpoch,
    pub leader_id: Option<NodeId>,
    /// Where the leader is reached, if that is known and it is another node.
    pub leader: Option<Remote>,
    /// This node is the active controller.
    pub is_active: bool,
    /// This node leads, or has heard of the leader within the fetch timeout.
    pub is_led: bool,
    /// What a controller answered last, where that was no: why this node does not get the metadata.
    pub refusal: Option<Arc<str>>,
    /// It was asked to stop, and the quorum does not need it any more.
    pub has_left: bool,
    /// Level of `kraft.version`, which is not among the features of the image.
    pub kraft_version: i16,
    /// The levels of features at which this node takes part.
    pub levels: Levels,
}

/// A [`QuorumView`] that is kept up to date.
pub type SharedView = Arc<ArcSwap<QuorumView>>;
