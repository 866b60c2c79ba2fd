//! Replica fetchers: what this broker follows, it fetches from the leaders (KIP-101, KIP-227, KIP-320, KIP-595's divergence
//! in Fetch). The table here says which partition is fetched by whom; a [`Fetcher`] has one line to one broker, and one
//! request under way on it.
//!
//! ```text
//!   image: this broker follows, in an epoch ---> placed: its log end is what the next request asks from
//!                                                  |  ^                     (on disk first where that is the promise)
//!                  records: appended as they came -+  |
//!                  diverging: cut, on another thread -+   again until the epochs agree
//!                  out of range: asks where the log of the leader begins and ends, cuts or begins anew
//!                  an error: placed again after a pause      fenced: waits for the image
//! ```
//!
//! Invariants: an answer counts for the epoch and the offset that were asked for, and only while the partition is followed
//! in that epoch by that fetcher (KAFKA-13207, KAFKA-18723); so do what comes of it later, on other threads, and what a
//! leader was asked besides ([`fetcher::InEpoch`]); what an answer says beside a divergence is not believed
//! (KAFKA-14704); pauses are monotonic (a clock that steps back holds up nobody).

mod answer;
mod fetcher;
mod out_of_range;
mod portion;
mod request;
mod resting;

use crate::broker::Broker;
use base::{FixedState, LeaderEpoch, Map, NodeId, PartitionIndex, Remote, TopicId};
use fetcher::Fetcher;
use metadata::{Delta, Image};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::sync::Arc;

type Key = (TopicId, PartitionIndex);

/// The broker that is fetched from, and the number of the fetcher (`num.replica.fetchers`).
type Source = (NodeId, u32);

/// Who fetches what.
#[derive(Default)]
pub(crate) struct ReplicaFetchers {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    fetchers: BTreeMap<Source, Arc<Fetcher>>,
    assigned: Map<Key, (Source, LeaderEpoch)>,
    /// Fetchers of each leader (`num.replica.fetchers`), over which that was spread.
    count: u64,
    is_closed: bool,
}

impl ReplicaFetchers {
    /// Follows what the image says, where it has changed.
    pub fn update(&self, broker: &Arc<Broker>, image: &Image, delta: &Delta) {
        let removed = delta.removed_topics.iter().flat_map(|topic| topic.partitions.keys().map(|i| (topic.id, *i)));
        let changed = delta.partitions.iter().copied().chain(removed);
        let mut moved: BTreeMap<Source, Moves> = BTreeMap::new();
        {
            let mut table = self.table.lock();
            if table.is_closed {
                return;
            }
            let count = broker.config.load().replication.num_fetchers.max(1) as u64;
            let mut changed: BTreeSet<Key> = changed.collect();
            if std::mem::replace(&mut table.count, count) != count {
                // All are spread anew.
                changed.extend(table.assigned.keys());
            }
            for key in changed {
                let cell = broker.replicas.get(key.0, key.1);
                let follows = cell.and_then(|cell| cell.following().map(|(leader, epoch)| (cell, leader, epoch)));
                let wanted = follows.as_ref().map(|(_, leader, epoch)| ((*leader, number_of(key, count)), *epoch));
                if table.assigned.get(&key).copied() == wanted {
                    continue;
                }
                if let Some((source, _)) = table.assigned.remove(&key) {
                    moved.entry(source).or_default().gone.push(key);
                }
                if let (Some((cell, ..)), Some((source, epoch))) = (follows, wanted) {
                    table.assigned.insert(key, (source, epoch));
                    moved.entry(source).or_default().new.push((key, cell, epoch));
                }
            }
        }
        // Nobody begins to follow what another still follows in the same epoch: a cut that this one decided would take what the
        // next one appends.
        let moved: Vec<_> =
            moved.into_iter().map(|(source, moves)| (source, moves, self.fetcher(broker, image, source))).collect();
        for (_, moves, fetcher) in &moved {
            fetcher.unfollow(&moves.gone);
        }
        for (source, moves, fetcher) in moved {
            fetcher.follow(moves.new);
            fetcher.go_on();
            self.drop_idle(source, &fetcher);
        }
        if !delta.brokers.is_empty() {
            let fetchers = self.table.lock().fetchers.clone();
            for ((id, _), fetcher) in fetchers {
                if delta.brokers.contains(&id) {
                    fetcher.set_remote(remote(broker, image, id));
                    fetcher.go_on();
                }
            }
        }
    }

    fn fetcher(&self, broker: &Arc<Broker>, image: &Image, source: Source) -> Arc<Fetcher> {
        let mut table = self.table.lock();
        let new = || Fetcher::new(broker, source, remote(broker, image, source.0));
        table.fetchers.entry(source).or_insert_with(new).clone()
    }

    /// A fetcher that has nothing to fetch closes its connection.
    fn drop_idle(&self, source: Source, fetcher: &Arc<Fetcher>) {
        if fetcher.is_empty() {
            self.table.lock().fetchers.remove(&source);
            fetcher.close();
        }
    }

    /// Fetches nothing any more.
    pub fn close(&self) {
        let fetchers = {
            let mut table = self.table.lock();
            table.is_closed = true;
            table.assigned.clear();
            std::mem::take(&mut table.fetchers)
        };
        fetchers.values().for_each(|fetcher| fetcher.close());
    }
}

/// What changes for one fetcher.
#[derive(Default)]
struct Moves {
    gone: Vec<Key>,
    new: Vec<fetcher::New>,
}

/// The partitions of a topic are spread evenly.
fn number_of((topic_id, partition): Key, count: u64) -> u32 {
    let topic = FixedState::default().hash_one(topic_id);
    (topic.wrapping_add(partition as u64) % count) as u32
}

/// Where another broker is reached by brokers.
fn remote(broker: &Broker, image: &Image, id: NodeId) -> Option<Remote> {
    let listener = broker.static_config.network.inter_broker_listener_name.to_string();
    let endpoint = image.brokers.get(&id)?.endpoint(&listener)?;
    Some(Remote { host: endpoint.host.clone(), port: endpoint.port, listener: listener.as_str().into() })
}

#[cfg(test)]
mod tests;
