//! Publishers that end a node which meets what it cannot serve yet, and directories that fail.

use crate::assemble::{Event, OnEvent};
use base::Now;
use broker::{Broker, Directory};
use metadata::{Delta, Image};
use quorum::Publisher;
use std::sync::Arc;

/// Tells once of ACLs in the metadata: they protect something, and nothing enforces them yet.
pub(crate) struct AclWatch {
    on_event: OnEvent,
    told: bool,
}

impl AclWatch {
    pub fn new(on_event: OnEvent) -> AclWatch {
        AclWatch { on_event, told: false }
    }
}

impl Publisher for AclWatch {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        if !image.acls.is_empty() && !std::mem::replace(&mut self.told, true) {
            (self.on_event)(Event::Acls(image.acls.len()));
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
