//! What must hold of the replicas of partitions from one look to the next: who may be elected has what is committed, a
//! leader knows of in-sync replicas what the controller has decided and never less than before, and a log is cut no lower
//! than where it parts from its leader's.

use super::nodes::Cluster;
use base::{LeaderEpoch, NodeId, Offset, PartitionEpoch, TopicId, TopicPartition};
use metadata::Image;
use std::collections::BTreeMap;
use storage::EpochEntry;

type Key = (TopicId, i32);

/// A replica as it was seen at a moment.
#[derive(Debug, Clone)]
struct Replica {
    node: NodeId,
    /// The process that it belongs to.
    life: u64,
    name: TopicPartition,
    is_durable: bool,
    leader: (NodeId, LeaderEpoch),
    /// Where it leads.
    in_sync: Option<(PartitionEpoch, Vec<NodeId>)>,
    high_watermark: Offset,
    log_end: Offset,
    epochs: Vec<EpochEntry>,
}

/// What was seen of all replicas.
#[derive(Default)]
pub(super) struct Seen {
    replicas: BTreeMap<(NodeId, Key), Replica>,
    /// The highest watermark that any leader of a partition had, and whether a power cut may take records below it.
    committed: BTreeMap<Key, (Offset, bool)>,
    /// In-sync replicas by the epoch of the partition.
    in_sync: BTreeMap<(Key, PartitionEpoch), Vec<NodeId>>,
}

impl Seen {
    /// What was not synced may be gone from a disk, and then nobody else has to have it.
    pub fn power_was_cut(&mut self) {
        self.committed.retain(|_, (_, is_durable)| *is_durable);
    }

    /// The metadata has changed: who leads uncleanly, as the last known leader may, has what it has. True where there is one.
    pub fn metadata_changed(&mut self, image: &Image) -> bool {
        let mut any = false;
        for topic in image.topics_by_name() {
            let unclean = topic.partitions.iter().filter(|(_, partition)| partition.leader_recovery_state != 0);
            for (index, _) in unclean {
                any = true;
                if self.committed.get(&(topic.id, *index)).is_some_and(|(_, is_durable)| !is_durable) {
                    self.committed.remove(&(topic.id, *index));
                }
            }
        }
        any
    }

    /// Takes a look at a replica, whose partition is led in this epoch; says what is wrong with it.
    fn see(&mut self, key: Key, now: Replica, leader_epoch: Option<LeaderEpoch>) -> Option<String> {
        let (name, node) = (now.name.clone(), now.node);
        if let Some((partition_epoch, in_sync)) = &now.in_sync {
            let mut sorted = in_sync.clone();
            sorted.sort_unstable();
            let known = self.in_sync.entry((key, *partition_epoch)).or_insert_with(|| sorted.clone());
            if *known != sorted {
                return Some(format!(
                    "{name}: in sync at {partition_epoch} are {known:?}, node {node} says {sorted:?}"
                ));
            }
            if now.is_durable || leader_epoch == Some(now.leader.1) {
                let (committed, _) = self.committed.entry(key).or_insert((0, now.is_durable));
                *committed = now.high_watermark.max(*committed);
            }
        }
        let before = self.replicas.insert((node, key), now.clone()).filter(|before| before.life == now.life)?;
        if now.is_durable && before.is_durable && now.high_watermark < before.high_watermark {
            let (from, to) = (before.high_watermark, now.high_watermark);
            return Some(format!("{name}: the high watermark of node {node} went back from {from} to {to}"));
        }
        if now.leader.1 == before.leader.1
            && let (Some((from, _)), Some((to, _))) = (&before.in_sync, &now.in_sync)
            && to < from
        {
            return Some(format!("{name}: node {node} knew partition epoch {from} and goes by {to}"));
        }
        if now.log_end < before.log_end && now.leader == before.leader && now.in_sync.is_none() {
            let leader = self.replicas.get(&(now.leader.0, key));
            let leader = leader.filter(|leader| leader.leader == now.leader && leader.in_sync.is_some())?;
            let shared = shared_end(&before, leader);
            if now.log_end < shared {
                let (from, to, leader) = (before.log_end, now.log_end, leader.node);
                return Some(format!(
                    "{name}: node {node} was cut from {from} to {to}, and shared {shared} with {leader}"
                ));
            }
        }
        None
    }
}

/// Up to where two logs hold the same records: an epoch has one leader, so its records are the same in both.
fn shared_end(one: &Replica, other: &Replica) -> Offset {
    let (Some(a), Some(b)) = (one.epochs.first(), other.epochs.first()) else { return 0 };
    let from = a.start_offset.max(b.start_offset);
    let end = one.log_end.min(other.log_end);
    let epoch_at = |replica: &Replica, offset| {
        replica.epochs.iter().rfind(|entry| entry.start_offset <= offset).map(|entry| entry.epoch)
    };
    let starts = one.epochs.iter().chain(&other.epochs).map(|entry| entry.start_offset);
    let mut starts: Vec<Offset> = starts.filter(|start| *start >= from && *start < end).collect();
    starts.sort_unstable();
    if from >= end {
        return 0;
    }
    starts.into_iter().find(|start| epoch_at(one, *start) != epoch_at(other, *start)).unwrap_or(end)
}

/// By then the controller has heard of it and moved what can be moved: heartbeats come more often.
const HANDED_OVER_WITHIN_US: u64 = 3_000_000;
/// By then whatever else has happened is over, elections of controllers too.
const CALM_AFTER_US: u64 = 8_000_000;

impl Cluster {
    /// A broker that has said for a while that it has no room, and still leads what another in-sync replica with room could
    /// lead, although nothing else has happened since.
    pub fn wrong_full_leader(&mut self, last_fault_us: u64) -> Option<String> {
        let now_us = self.now.monotonic_us;
        for place in &mut self.places {
            let broker = place.node.as_ref().filter(|node| node.serves()).and_then(|node| node.broker());
            let is_full = broker.is_some_and(|broker| broker.replicas.directories().iter().all(|dir| dir.is_full()));
            place.full_since_us = if is_full { place.full_since_us.or(Some(now_us)) } else { None };
        }
        let has_room = |id: NodeId| {
            let place = self.places.iter().find(|place| place.id == id && place.full_since_us.is_none());
            place.and_then(|place| place.node.as_ref()).is_some_and(|node| node.serves())
                && self.truth.brokers.get(&id).is_some_and(|broker| broker.is_active())
        };
        for place in &self.places {
            let Some(since_us) = place.full_since_us else { continue };
            let calm_us = last_fault_us.saturating_add(CALM_AFTER_US);
            if now_us < calm_us.max(since_us + HANDED_OVER_WITHIN_US) {
                continue;
            }
            for topic in self.truth.topics_by_name() {
                let led = topic.partitions.iter().filter(|(_, partition)| partition.leader == place.id);
                if let Some((index, partition)) =
                    led.into_iter().find(|(_, partition)| partition.isr.iter().any(|id| has_room(*id)))
                {
                    let (name, id, isr) = (&topic.name, place.id, &partition.isr);
                    return Some(format!("{name}-{index}: node {id} has no room and leads, in sync are {isr:?}"));
                }
            }
        }
        None
    }

    /// What is wrong with the replicas of partitions, compared with what was seen before.
    pub fn wrong_replication(&mut self) -> Option<String> {
        let mut found = Vec::new();
        for place in &self.places {
            let Some(broker) = place.node.as_ref().and_then(|node| node.broker()) else { continue };
            broker.replicas.for_each(|cell| {
                let leader = cell.leader();
                let is_durable = cell.settings().log.flush_messages <= 1;
                let (node, life, name) = (place.id, place.life, cell.name.clone());
                let in_sync = cell.in_sync();
                let known = cell.with_log(|log| {
                    let (high_watermark, log_end) = (log.high_watermark(), log.log_end_offset());
                    let epochs = log.leader_epochs().entries().to_vec();
                    let replica =
                        Replica { node, life, name, is_durable, leader, in_sync, high_watermark, log_end, epochs };
                    (!log.is_failed()).then_some(replica)
                });
                found.extend(known.map(|known| ((cell.topic_id, cell.name.partition), known)));
            });
        }
        let mut wrong = Vec::new();
        for (key, replica) in found {
            let leader_epoch = self.truth.partition(key.0, key.1).map(|partition| partition.leader_epoch);
            wrong.extend(self.seen.see(key, replica, leader_epoch));
        }
        wrong.into_iter().next().or_else(|| self.unfit_leader())
    }

    /// A replica that may be elected without a loss, and lacks what was committed.
    fn unfit_leader(&self) -> Option<String> {
        for topic in self.truth.topics_by_name() {
            for (index, partition) in &topic.partitions {
                let key = (topic.id, *index);
                let Some((committed, _)) = self.seen.committed.get(&key) else { continue };
                for id in partition.isr.iter().chain(&partition.elr) {
                    let Some(place) = self.places.iter().find(|place| place.id == *id) else { continue };
                    let Some(broker) = place.node.as_ref().and_then(|node| node.broker()) else { continue };
                    // The metadata may still speak of its process before, whose log may have been longer.
                    let is_registered = self.truth.brokers.get(id).is_some_and(|known| known.epoch == broker.epoch());
                    let seen = self.seen.replicas.get(&(*id, key)).filter(|seen| seen.life == place.life);
                    if let Some(seen) = seen.filter(|seen| is_registered && seen.log_end < *committed) {
                        let (name, end) = (&seen.name, seen.log_end);
                        let (isr, elr) = (&partition.isr, &partition.elr);
                        return Some(format!(
                            "{name}: {committed} was committed, node {id} has {end} and may lead (in sync {isr:?}, \
                             eligible {elr:?})"
                        ));
                    }
                }
            }
        }
        None
    }
}
