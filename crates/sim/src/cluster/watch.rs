//! What must hold of the replicas of partitions from one look to the next: who may be elected has what is committed, a
//! leader knows of in-sync replicas what the controller has decided and never less than before, a follower shows nothing that
//! its leader does not have, and a log is cut no lower than where it parts from its leader's. Nobody who is fenced leads or
//! is in sync. (Who is about to stop may lead, as in Kafka, where a heartbeat of it comes late.)

use super::leading;
use super::nodes::{BROKERS, Cluster};
use base::{BrokerEpoch, LeaderEpoch, NodeId, Offset, PartitionEpoch, TopicId, TopicPartition};
use broker::Machine;
use metadata::Image;
use replication::Leader;
use std::collections::BTreeMap;
use storage::EpochEntry;

pub(super) type Key = (TopicId, i32);
/// A process that leads a partition.
type Leading = (NodeId, u64, Key);

/// A replica as it was seen at a moment.
#[derive(Debug, Clone)]
pub(super) struct Replica {
    pub node: NodeId,
    /// The process that it belongs to.
    pub life: u64,
    pub broker_epoch: BrokerEpoch,
    pub name: TopicPartition,
    pub is_durable: bool,
    pub leader: (NodeId, LeaderEpoch),
    /// Where it leads.
    pub leads: Option<Leader>,
    /// What the machine knows, leader or follower.
    pub known_watermark: Option<Offset>,
    /// The epochs of leader and partition in the image that its broker goes by.
    pub in_image: Option<(LeaderEpoch, PartitionEpoch)>,
    pub log_start: Offset,
    pub high_watermark: Offset,
    pub log_end: Offset,
    pub epochs: Vec<EpochEntry>,
}

/// What was seen of all replicas.
#[derive(Default)]
pub(super) struct Seen {
    replicas: BTreeMap<(NodeId, Key), Replica>,
    /// The highest watermark that any leader of a partition had, and whether a power cut may take records below it.
    committed: BTreeMap<Key, (Offset, bool)>,
    /// The highest log start that any replica had.
    log_starts: BTreeMap<Key, Offset>,
    /// In-sync replicas by the epoch of the partition.
    in_sync: BTreeMap<(Key, PartitionEpoch), Vec<NodeId>>,
    /// A broker that has just cut a log where it parts from its leader's, and one whose log has got its first records.
    pub cut: Option<NodeId>,
    pub began: Option<NodeId>,
    /// Who leads without room although another could, and since when.
    full_leaders: BTreeMap<Leading, u64>,
    /// What an image said that must not be.
    pub wrong: Option<String>,
}

impl Seen {
    /// What was not synced may be gone from a disk, and then nobody else has to have it.
    pub fn power_was_cut(&mut self) {
        self.committed.retain(|_, (_, is_durable)| *is_durable);
    }

    /// The metadata has changed: who leads uncleanly, as the last known leader may, has what it has. True where there is one.
    pub fn metadata_changed(&mut self, image: &Image) -> bool {
        let mut any = false;
        self.wrong = self.wrong.take().or_else(|| fenced_member(image));
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

    /// Up to where any leader of a partition has called it committed.
    pub fn committed(&self, key: &(TopicId, i32)) -> Offset {
        self.committed.get(key).map_or(0, |(committed, _)| *committed)
    }

    /// Takes a look at a replica, whose partition is led in this epoch; says what is wrong with it.
    fn see(&mut self, key: Key, now: Replica, leader_epoch: Option<LeaderEpoch>) -> Option<String> {
        let (name, node) = (now.name.clone(), now.node);
        if let Some(leads) = &now.leads {
            let (partition_epoch, mut sorted) = (leads.partition_epoch(), leads.isr().to_vec());
            sorted.sort_unstable();
            let known = self.in_sync.entry((key, partition_epoch)).or_insert_with(|| sorted.clone());
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
        if let (Some(leads), Some((leader_epoch, told))) = (&now.leads, now.in_image)
            && leader_epoch == now.leader.1
            && leads.partition_epoch() < told
        {
            let known = leads.partition_epoch();
            return Some(format!("{name}: node {node} was told of partition epoch {told} and goes by {known}"));
        }
        let begun = self.log_starts.entry(key).or_default();
        *begun = now.log_start.max(*begun);
        let begun = *begun;
        if let Some(wrong) = leading::wrong_alone(&now, begun) {
            return Some(wrong);
        }
        let before = self.replicas.insert((node, key), now.clone()).filter(|before| before.life == now.life)?;
        if before.log_end == 0 && now.log_end > 0 {
            self.began = Some(node);
        }
        // A watermark over no records shows nothing: where the leader's log begins inside of a batch, an empty log begins anew
        // before that batch.
        let showed = before.is_durable && !before.epochs.is_empty();
        if now.is_durable && showed && now.high_watermark < before.high_watermark {
            let (from, to) = (before.high_watermark, now.high_watermark);
            return Some(format!("{name}: the high watermark of node {node} went back from {from} to {to}"));
        }
        if now.leader.1 == before.leader.1
            && let (Some(from), Some(to)) = (&before.leads, &now.leads)
            && to.partition_epoch() < from.partition_epoch()
        {
            let (from, to) = (from.partition_epoch(), to.partition_epoch());
            return Some(format!("{name}: node {node} knew partition epoch {from} and goes by {to}"));
        }
        if now.log_end < before.log_end && now.leader == before.leader && now.leads.is_none() {
            self.cut = Some(node);
            let leader = self.replicas.get(&(now.leader.0, key));
            let leader = leader.filter(|leader| leader.leader == now.leader && leader.leads.is_some())?;
            let shared = shared_end(&before, leader)?;
            // What was deleted may go with a batch that reaches beyond it.
            if now.log_end < shared && begun < shared {
                let (from, to, leader) = (before.log_end, now.log_end, leader.node);
                return Some(format!(
                    "{name}: node {node} was cut from {from} to {to}, and shared {shared} with {leader}"
                ));
            }
        }
        leading::wrong_since(&before, &now)
    }
}

/// Up to where two logs hold the same records: an epoch has one leader, so its records are the same in both. `None` where
/// they have no offset in common.
pub(super) fn shared_end(one: &Replica, other: &Replica) -> Option<Offset> {
    let (a, b) = (one.epochs.first()?, other.epochs.first()?);
    let from = a.start_offset.max(b.start_offset);
    let end = one.log_end.min(other.log_end);
    if from >= end {
        return None;
    }
    let epoch_at = |replica: &Replica, offset| {
        replica.epochs.iter().rfind(|entry| entry.start_offset <= offset).map(|entry| entry.epoch)
    };
    let starts = one.epochs.iter().chain(&other.epochs).map(|entry| entry.start_offset);
    let differing =
        starts.filter(|start| (from..end).contains(start) && epoch_at(one, *start) != epoch_at(other, *start));
    Some(differing.min().unwrap_or(end))
}

/// A follower that shows as committed what its leader has not.
fn shows_too_much(follower: &Replica, leader: &Replica) -> Option<String> {
    let shared = shared_end(follower, leader)?;
    let (name, node, shown) = (&follower.name, follower.node, follower.high_watermark);
    (shown > shared)
        .then(|| format!("{name}: node {node} shows up to {shown}, and shares {shared} with {}", leader.node))
}

/// A replica that leads or is in sync while its broker is fenced.
fn fenced_member(image: &Image) -> Option<String> {
    let is_active = |id: &NodeId| image.brokers.get(id).is_some_and(|broker| !broker.fenced);
    image.topics_by_name().find_map(|topic| {
        topic.partitions.iter().find_map(|(index, partition)| {
            let leader = [partition.leader];
            let led_by = leader.iter().filter(|leader| **leader >= 0);
            let id = partition.isr.iter().chain(led_by).find(|id| !is_active(id))?;
            Some(format!("{}-{index}: node {id} is fenced, and leads or is in sync: {partition:?}", topic.name))
        })
    })
}

/// By then the controller has heard of it and moved what can be moved: heartbeats come more often.
const HANDED_OVER_WITHIN_US: u64 = 8_000_000;
/// By then whatever else has happened is over, elections of controllers too.
const CALM_AFTER_US: u64 = 8_000_000;

impl Cluster {
    /// A broker that has had no room for a while where its replica lies, and leads what another in-sync replica could that
    /// has room where that one lies, although nothing else has happened since.
    pub fn wrong_full_leader(&mut self, last_fault_us: u64) -> Option<String> {
        let now_us = self.now.monotonic_us;
        let known = std::mem::take(&mut self.seen.full_leaders);
        let now_full = self.full_leaders().into_iter();
        let since_us = |leader| known.get(&leader).copied().unwrap_or(now_us);
        self.seen.full_leaders = now_full.map(|leader| (leader, since_us(leader))).collect();
        let calm_us = last_fault_us.saturating_add(CALM_AFTER_US);
        let is_over_due = |since_us: u64| now_us >= calm_us.max(since_us + HANDED_OVER_WITHIN_US);
        let ((id, _, (topic, index)), _) =
            self.seen.full_leaders.iter().find(|(_, since_us)| is_over_due(**since_us))?;
        let (topic, isr) = (self.truth.topic(*topic)?, &self.truth.partition(*topic, *index)?.isr);
        Some(format!("{}-{index}: node {id} has no room and leads, in sync are {isr:?}", topic.name))
    }

    /// Leaders without room of what another one in sync has room for.
    fn full_leaders(&self) -> Vec<Leading> {
        let serving = |id: NodeId| {
            let place = self.places.iter().find(|place| place.id == id)?;
            Some((place.life, place.node.as_ref().filter(|node| node.serves())?.broker()?))
        };
        let is_short = |id: &NodeId| {
            serving(*id).is_some_and(|(_, broker)| broker.replicas.directories().iter().any(|dir| dir.is_full()))
        };
        if !BROKERS.iter().any(is_short) {
            return Vec::new();
        }
        let is_full = |id: NodeId, (topic, index): Key| {
            let cell = serving(id)?.1.replicas.get(topic, index)?;
            Some(cell.directory().is_full())
        };
        let is_active = |id: &NodeId| self.truth.brokers.get(id).is_some_and(|broker| broker.is_active());
        let mut found = Vec::new();
        for topic in self.truth.topics_by_name() {
            for (index, partition) in &topic.partitions {
                let (key, leader) = ((topic.id, *index), partition.leader);
                let has_room = |id: &NodeId| is_active(id) && is_full(*id, key) == Some(false);
                if is_full(leader, key) == Some(true) && partition.isr.iter().any(has_room) {
                    found.extend(serving(leader).map(|(life, _)| (leader, life, key)));
                }
            }
        }
        found
    }

    /// A broker that has cut a log since the last look, and one whose log has got its first records.
    pub fn take_changed_logs(&mut self) -> (Option<NodeId>, Option<NodeId>) {
        (self.seen.cut.take(), self.seen.began.take())
    }

    /// What is wrong with the replicas of partitions, compared with what was seen before.
    pub fn wrong_replication(&mut self) -> Option<String> {
        let mut found = Vec::new();
        for place in &self.places {
            let Some(broker) = place.node.as_ref().and_then(|node| node.broker()) else { continue };
            broker.replicas.for_each(|cell| {
                let leader = cell.leader();
                let broker_epoch = broker.epoch();
                let is_durable = cell.settings().log.flush_messages <= 1;
                let (node, life, name) = (place.id, place.life, cell.name.clone());
                let image = broker.image.load();
                let in_image = image.partition(cell.topic_id, cell.name.partition);
                let in_image = in_image.map(|partition| (partition.leader_epoch, partition.partition_epoch));
                let known = cell.with_machine(|machine, log| {
                    let (high_watermark, log_end) = (log.high_watermark(), log.log_end_offset());
                    let log_start = log.log_start_offset();
                    let (leads, known_watermark) = match machine {
                        Machine::Leader(leader) => (Some(leader.clone()), Some(leader.high_watermark())),
                        Machine::Follower(follower) => (None, Some(follower.high_watermark())),
                        Machine::None => (None, None),
                    };
                    let epochs = log.leader_epochs().entries().to_vec();
                    let replica = Replica {
                        node,
                        life,
                        broker_epoch,
                        name,
                        is_durable,
                        leader,
                        leads,
                        known_watermark,
                        in_image,
                        log_start,
                        high_watermark,
                        log_end,
                        epochs,
                    };
                    (!log.is_failed()).then_some(replica)
                });
                found.extend(known.map(|known| ((cell.topic_id, cell.name.partition), known)));
            });
        }
        // What is hosted no more, and comes back later, begins anew.
        let is_there =
            |(node, key): &(NodeId, Key)| found.iter().any(|(other, seen)| other == key && seen.node == *node);
        self.seen.replicas.retain(|replica, _| is_there(replica));
        let mut wrong: Vec<String> = self.seen.wrong.take().into_iter().collect();
        let keeps_everything = self.losses.keeps_everything();
        for (key, follower) in found.iter().filter(|(_, replica)| replica.leads.is_none()) {
            let leads = |(other, replica): &&(Key, Replica)| {
                other == key && replica.leads.is_some() && replica.leader == follower.leader
            };
            let Some((_, leader)) = found.iter().find(leads) else { continue };
            if follower.is_durable || keeps_everything {
                wrong.extend(shows_too_much(follower, leader));
            }
            wrong.extend(leading::counts_too_much(leader, follower));
        }
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
                    // What differs from the leader's log is not what was committed.
                    let leader = self.seen.replicas.get(&(partition.leader, key)).filter(|leader| {
                        leader.leads.is_some() && leader.leader == (partition.leader, partition.leader_epoch)
                    });
                    let end_of = |seen: &Replica| {
                        let shared =
                            leader.filter(|leader| leader.node != seen.node).and_then(|it| shared_end(seen, it));
                        shared.unwrap_or(seen.log_end)
                    };
                    if let Some(seen) = seen.filter(|seen| is_registered && end_of(seen) < *committed) {
                        let (name, end) = (&seen.name, end_of(seen));
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
