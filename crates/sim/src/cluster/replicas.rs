//! What must hold of the replicas of partitions, looked at from inside of the brokers.

use super::nodes::Cluster;
use base::{NodeId, Offset, Random, SplitMix64};
use broker::Broker;
use metadata::Partition;
use std::sync::Arc;
use storage::{Log, ReadLimits};

impl Cluster {
    fn brokers(&self) -> impl Iterator<Item = (NodeId, &Arc<Broker>)> {
        self.places.iter().filter_map(|place| Some((place.id, place.node.as_ref()?.broker()?)))
    }

    /// One leader in each epoch of a partition, whoever is asked.
    pub fn wrong_partition_leaders(&mut self) -> Option<String> {
        let mut found = Vec::new();
        for (id, broker) in self.brokers() {
            broker.replicas.for_each(|cell| {
                let (leader, epoch) = cell.leader();
                if leader >= 0 {
                    found.push((id, (cell.topic_id, cell.name.partition, epoch), leader, cell.name.clone()));
                }
            });
        }
        for (id, key, leader, name) in found {
            let first = *self.partition_leaders.entry(key).or_insert(leader);
            if first != leader {
                return Some(format!("{name}: epoch {} is led by {first}, and node {id} says by {leader}", key.2));
            }
        }
        None
    }

    /// What keeps a partition from being whole: every replica in sync, with what its leader has, all of it committed.
    pub fn lacking(&self) -> Option<String> {
        self.partitions().find_map(|(topic_id, index, partition)| {
            let replicas = || self.brokers().filter(|(id, _)| partition.replicas.contains(id));
            let cells = replicas().filter_map(|(id, broker)| Some((id, broker.replicas.get(topic_id, index)?)));
            let known = |log: &mut Log| (log.log_end_offset(), log.high_watermark());
            let known: Vec<_> = cells.map(|(id, cell)| (id, cell.with_log(known), cell.leader())).collect();
            let is_moving = !partition.adding_replicas.is_empty() || !partition.removing_replicas.is_empty();
            let is_whole = !is_moving
                && partition.isr.len() == partition.replicas.len()
                && known.len() == partition.replicas.len()
                && known.iter().all(|(_, (end, high_watermark), _)| *end == known[0].1.0 && high_watermark == end);
            let topic = self.truth.topic(topic_id).map(|topic| topic.name.clone());
            (!is_whole).then(|| format!("{topic:?}-{index}: {partition:?}, logs and leaders {known:?}"))
        })
    }

    /// Where everybody stands, for people.
    pub fn standing(&self) -> String {
        let of = |(topic_id, index, partition): (base::TopicId, i32, &Partition)| {
            let cells = self.brokers().filter_map(|(id, broker)| {
                let cell = broker.replicas.get(topic_id, index)?;
                let image = broker.image.load();
                let known = image.partition(topic_id, index).map(|known| (known.leader, known.leader_epoch));
                let log = cell.with_log(|log| (log.high_watermark(), log.log_end_offset(), log.is_failed()));
                Some((id, cell.leader(), cell.check_leadership(-1), known, image.offset, log))
            });
            let name = self.truth.topic(topic_id).map(|topic| topic.name.as_str()).unwrap_or_default();
            format!("{name}-{index}: {partition:?}: {:?}", cells.collect::<Vec<_>>())
        };
        let all: Vec<String> = self.partitions().map(of).collect();
        format!("image {}: {}", self.truth.offset, all.join("\n"))
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = (base::TopicId, i32, &Partition)> {
        let topics = self.truth.topics_by_name();
        topics.flat_map(|topic| topic.partitions.iter().map(|(index, partition)| (topic.id, *index, &**partition)))
    }

    /// Who leads some partition, if anybody does.
    pub fn any_partition_leader(&self, random: &mut SplitMix64) -> Option<NodeId> {
        let leaders = self.partitions().map(|(_, _, partition)| partition.leader);
        let leaders: Vec<NodeId> = leaders.filter(|leader| *leader >= 0).collect();
        (!leaders.is_empty()).then(|| leaders[random.below(leaders.len() as u64) as usize])
    }

    /// A running replica of some partition that is not in sync, and who leads it.
    pub fn any_lagging_replica(&self, random: &mut SplitMix64) -> Option<(NodeId, NodeId)> {
        self.any_follower(random, |partition, id| !partition.isr.contains(&id))
    }

    /// A running replica of some partition, and who leads it.
    pub fn any_follower(
        &self,
        random: &mut SplitMix64,
        is_meant: impl Fn(&Partition, NodeId) -> bool,
    ) -> Option<(NodeId, NodeId)> {
        let followers =
            self.partitions().filter(|(_, _, partition)| self.runs(partition.leader)).flat_map(|(_, _, p)| {
                let is_meant = |id: &NodeId| *id != p.leader && self.runs(*id) && is_meant(p, *id);
                p.replicas.iter().copied().filter(is_meant).map(|id| (id, p.leader)).collect::<Vec<_>>()
            });
        let followers: Vec<(NodeId, NodeId)> = followers.collect();
        (!followers.is_empty()).then(|| followers[random.below(followers.len() as u64) as usize])
    }

    /// Replicas hold the same bytes up to the high watermark that both know. Where it was promised only (a power cut may
    /// take what was not synced), `everywhere` it is healed.
    pub fn wrong_replicas(&self, everywhere: bool) -> Option<String> {
        for (topic_id, index, partition) in self.partitions() {
            let cells: Vec<_> = self
                .brokers()
                .filter(|(id, _)| partition.replicas.contains(id) && !self.is_harmed(*id))
                .filter_map(|(id, broker)| Some((id, broker.replicas.get(topic_id, index)?)))
                .filter(|(_, cell)| everywhere || cell.settings().log.flush_messages <= 1)
                .filter(|(_, cell)| !cell.with_log(|log| log.is_failed()))
                .collect();
            for pair in cells.windows(2) {
                let ((first, a), (second, b)) = (&pair[0], &pair[1]);
                let bounds = |log: &mut Log| (log.log_start_offset(), log.high_watermark());
                let ((start_a, end_a), (start_b, end_b)) = (a.with_log(bounds), b.with_log(bounds));
                let (from, to) = (start_a.max(start_b), end_a.min(end_b));
                let (bytes_a, bytes_b) =
                    (a.with_log(|log| bytes(log, from, to)), b.with_log(|log| bytes(log, from, to)));
                if bytes_a != bytes_b {
                    let name = &a.name;
                    return Some(format!("{name}: nodes {first} and {second} differ between {from} and {to}"));
                }
            }
        }
        None
    }
}

/// The batches that hold these offsets; nothing where they cannot be read.
fn bytes(log: &Log, from: Offset, to: Offset) -> Option<Vec<u8>> {
    let (mut all, mut next) = (Vec::new(), from);
    while next < to {
        let limits = ReadLimits { bytes_max: 1 << 20, upper_bound: to, at_least_one: true, aborted: false };
        let bytes = log.read(next, &limits).ok()?.read().ok()?;
        let before = next;
        for batch in records::batches(&bytes) {
            next = batch.ok()?.next_offset();
        }
        if next == before {
            break;
        }
        all.extend(bytes);
    }
    Some(all)
}
