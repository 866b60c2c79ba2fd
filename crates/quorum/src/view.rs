//! What others of this node may know of the quorum at any time.

use arc_swap::{ArcSwap, Guard};
use base::{LeaderEpoch, NodeId, Remote};
use metadata::Levels;
use parking_lot::Mutex;
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

impl QuorumView {
    /// Whom a request to the active controller would go to; `None` where nobody is known.
    fn controller(&self) -> Option<(LeaderEpoch, Option<&Remote>)> {
        match (self.is_active, &self.leader) {
            (true, _) => Some((self.epoch, None)),
            (false, Some(leader)) => Some((self.epoch, Some(leader))),
            (false, None) => None,
        }
    }
}

/// Told that something has happened; by the owner of the quorum, so it takes no time.
type Watcher = Arc<dyn Fn() + Send + Sync>;

/// A [`QuorumView`] that is kept up to date.
#[derive(Clone, Default)]
pub struct SharedView(Arc<Shared>);

#[derive(Default)]
struct Shared {
    view: ArcSwap<QuorumView>,
    watchers: Mutex<Vec<Watcher>>,
}

impl SharedView {
    pub fn load(&self) -> Guard<Arc<QuorumView>> {
        self.0.view.load()
    }

    /// Has this called whenever requests to the active controller begin to go elsewhere, or somewhere again.
    pub fn watch_controller(&self, watcher: impl Fn() + Send + Sync + 'static) {
        self.0.watchers.lock().push(Arc::new(watcher));
    }

    pub(crate) fn store(&self, view: QuorumView) {
        let before = self.0.view.load_full();
        if *before == view {
            return;
        }
        let is_another = view.controller().is_some_and(|controller| before.controller() != Some(controller));
        self.0.view.store(Arc::new(view));
        if is_another {
            let watchers = self.0.watchers.lock().clone();
            watchers.iter().for_each(|watcher| watcher());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn another_controller_is_told_once_and_nothing_else_is() {
        let (view, told) = (SharedView::default(), Arc::new(AtomicU32::new(0)));
        let counter = told.clone();
        view.watch_controller(move || _ = counter.fetch_add(1, Ordering::Relaxed));
        let at = |port| Remote { host: "localhost".into(), port, listener: "CONTROLLER".into() };
        let led = |epoch, port| QuorumView { epoch, leader_id: Some(1), leader: Some(at(port)), ..Default::default() };
        let mut times = 0;
        for (next, is_told) in [
            (QuorumView { epoch: 1, ..Default::default() }, false),
            (led(1, 9093), true),
            (led(1, 9093), false),
            (QuorumView { is_led: true, ..led(1, 9093) }, false),
            (led(2, 9093), true),
            (QuorumView { epoch: 3, ..Default::default() }, false),
            (led(3, 9094), true),
            // This node is elected, and becomes the active controller a moment later.
            (QuorumView { epoch: 4, leader_id: Some(2), ..Default::default() }, false),
            (QuorumView { epoch: 4, leader_id: Some(2), is_active: true, ..Default::default() }, true),
        ] {
            view.store(next);
            times += u32::from(is_told);
            assert_eq!(told.load(Ordering::Relaxed), times, "{:?}", view.load());
        }
    }
}
