//! Publishers that end a node which meets what it cannot serve yet, and directories that fail.

use crate::assemble::{Event, OnEvent};
use base::Now;
use broker::{Broker, Directory};
use metadata::{Delta, Image};
use quorum::Publisher;
use std::sync::Arc;

/// Stands before a broker: ACLs in the metadata protect something, and nothing enforces them yet. Where they are there from
/// the beginning the broker does not begin: it does not register, and its log directories stay as they are. One that runs
/// answers no client from then on, and goes on with the metadata, so that it can hand over what it leads.
pub(crate) struct AclGuard {
    broker: Arc<Broker>,
    /// Gets what the broker may live by.
    behind: Box<dyn Publisher>,
    on_event: OnEvent,
    are_ignored: bool,
    has_begun: bool,
    has_told: bool,
}

impl AclGuard {
    pub fn new(broker: Arc<Broker>, behind: Box<dyn Publisher>, on_event: OnEvent, are_ignored: bool) -> AclGuard {
        AclGuard { broker, behind, on_event, are_ignored, has_begun: false, has_told: false }
    }

    /// Tells of them once, after clients get no answer any more.
    fn tell(&mut self, count: usize) {
        if std::mem::replace(&mut self.has_told, true) {
            return;
        }
        match self.are_ignored {
            true => tracing::warn!(
                count,
                "the metadata holds ACLs, which are not enforced: everybody on this machine may do everything"
            ),
            false => {
                self.broker.withdraw();
                (self.on_event)(Event::Acls(count));
            }
        }
    }
}

impl Publisher for AclGuard {
    fn publish(&mut self, image: &Arc<Image>, delta: &Delta, now: Now) {
        if !image.acls.is_empty() {
            self.tell(image.acls.len());
        }
        // It began before the first of them, or does not begin.
        if !self.has_told || self.are_ignored || self.has_begun {
            self.has_begun |= !image.features.is_empty();
            self.behind.publish(image, delta, now);
        }
    }
}

/// Tells once of ACLs that a controller alone keeps for others to enforce.
#[derive(Default)]
pub(crate) struct KeptAcls {
    has_told: bool,
}

impl Publisher for KeptAcls {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        if !image.acls.is_empty() && !std::mem::replace(&mut self.has_told, true) {
            let count = image.acls.len();
            tracing::warn!(
                count,
                "the metadata holds ACLs: they are kept, brokers of this version do not enforce them"
            );
        }
    }
}

/// A directory that fails takes its partitions offline; the last one, or that of the metadata, ends the process.
pub(crate) fn watch_directories(
    broker: Option<&Arc<Broker>>,
    directories: &[Arc<Directory>],
    metadata: usize,
    on_event: &OnEvent,
) {
    for (i, directory) in directories.iter().enumerate() {
        let broker = broker.map(Arc::downgrade);
        let on_event = on_event.clone();
        directory.set_failure_listener(Box::new(move |failed| {
            let broker = broker.as_ref().and_then(std::sync::Weak::upgrade);
            let all_failed = broker.is_none_or(|broker| {
                broker.directory_failed(failed);
                broker.replicas.directories().iter().all(|directory| directory.dir.is_failed())
            });
            if i == metadata || all_failed {
                let path = failed.dir.path().display();
                on_event(Event::Fatal(format!("log directory {path} failed: the node cannot go on")));
            }
        }));
    }
}
