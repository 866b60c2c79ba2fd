//! What must hold of what leaders go by: nobody counts for more than it shares with its leader, nor as a process that another
//! one has replaced; who has everything is not put out of sync, and nobody comes in whom the leader does not wait for. And of
//! what a replica knows of itself: the epochs of all its records, the one that it leads in, and what its machine and its log say
//! of the high watermark.

use super::nodes::Cluster;
use super::watch::{Replica, shared_end};
use base::{NodeId, Offset};
use broker::Machine;
use metadata::Image;

/// What a replica says of itself that cannot be. What was deleted, up to `deleted`, may be there again after a start, and its
/// epochs are not: that is Kafka's own behaviour.
pub(super) fn wrong_alone(replica: &Replica, deleted: Offset) -> Option<String> {
    let Replica { node, name, epochs, log_start, high_watermark, .. } = replica;
    let first = epochs.first().map(|entry| entry.start_offset);
    if deleted < replica.log_end && first.is_none_or(|first| first > deleted) {
        return Some(format!("{name}: the log of node {node} begins at {log_start}, and its epochs at {first:?}"));
    }
    let (epoch, latest) = (replica.leader.1, epochs.last().map(|entry| entry.epoch));
    if replica.leads.is_some() && latest != Some(epoch) {
        return Some(format!("{name}: node {node} leads in epoch {epoch}, and its epochs end with {latest:?}"));
    }
    let known = replica.known_watermark.filter(|known| known < high_watermark)?;
    Some(format!("{name}: node {node} shows up to {high_watermark}, and knows of {known}"))
}

/// What a leader did between two looks in one leadership that cannot be.
pub(super) fn wrong_since(before: &Replica, now: &Replica) -> Option<String> {
    let (Some(was), Some(leads)) = (&before.leads, &now.leads) else { return None };
    if was.epoch() != leads.epoch() {
        return None;
    }
    let (name, node) = (&now.name, now.node);
    for (id, progress) in leads.followers() {
        let Some(known) = was.follower(id) else { continue };
        if progress.broker_epoch.is_some() && progress.broker_epoch < known.broker_epoch {
            let (from, to) = (known.broker_epoch, progress.broker_epoch);
            return Some(format!("{name}: node {node} took {id} for process {from:?} and takes it for {to:?}"));
        }
    }
    let (number, asked_for) = leads.question()?;
    if was.question().is_some_and(|(known, _)| known == number) {
        return None;
    }
    let asked_for: Vec<NodeId> = asked_for.collect();
    // Both times, so in between as well.
    let had_all = |id: &NodeId| {
        let end = |known: &Replica| known.leads.as_ref()?.follower(*id).map(|progress| progress.log_end_offset);
        end(before) == Some(now.log_end) && end(now) == Some(now.log_end) && before.log_end == now.log_end
    };
    let left = leads.isr().iter().find(|id| !asked_for.contains(id) && was.isr().contains(id) && had_all(id))?;
    let end = now.log_end;
    Some(format!("{name}: node {node} wants {left} out of sync, which has everything up to {end}"))
}

/// A follower that counts for more than it shares with its leader.
pub(super) fn counts_too_much(leader: &Replica, follower: &Replica) -> Option<String> {
    let progress = leader.leads.as_ref()?.follower(follower.node)?;
    if progress.broker_epoch != Some(follower.broker_epoch) {
        return None;
    }
    let shared = shared_end(follower, leader)?;
    let (name, node, by, counted) = (&follower.name, follower.node, leader.node, progress.log_end_offset);
    (counted > shared).then(|| format!("{name}: node {node} counts for {counted}, and shares {shared} with {by}"))
}

/// A replica that has come in sync between two images in one leadership.
pub(super) struct Joined {
    topic: base::TopicId,
    index: i32,
    partition: metadata::Partition,
    id: NodeId,
}

pub(super) fn joined(before: &Image, now: &Image) -> Vec<Joined> {
    let mut all = Vec::new();
    for topic in now.topics_by_name() {
        for (index, partition) in &topic.partitions {
            let Some(was) = before.partition(topic.id, *index) else { continue };
            if (was.leader, was.leader_epoch) != (partition.leader, partition.leader_epoch) {
                continue;
            }
            let new = partition.isr.iter().filter(|id| !was.isr.contains(id) && **id != partition.leader);
            all.extend(new.map(|id| Joined {
                topic: topic.id,
                index: *index,
                partition: (**partition).clone(),
                id: *id,
            }));
        }
    }
    all
}

impl Cluster {
    /// One that is in sync by now, and its leader does not wait for it, or for another process of its broker.
    pub(super) fn wrong_joined(&self, joined: &Joined) -> Option<String> {
        let Joined { topic, index, partition, id } = joined;
        let place = self.places.iter().find(|place| place.id == partition.leader)?;
        let cell = place.node.as_ref()?.broker()?.replicas.get(*topic, *index)?;
        let registered = self.truth.brokers.get(id).map(|broker| broker.epoch);
        cell.with_machine(|machine, log| {
            let Machine::Leader(leader) = machine else { return None };
            let knows_more = leader.partition_epoch() > partition.partition_epoch;
            if leader.epoch() != partition.leader_epoch || knows_more || log.is_failed() {
                return None;
            }
            let (name, by) = (&cell.name, place.id);
            if !leader.may_be_in_sync(*id) {
                return Some(format!(
                    "{name}: node {id} is in sync, and node {by} does not wait for it: {partition:?}"
                ));
            }
            let known = leader.follower(*id).and_then(|progress| progress.broker_epoch);
            (known != registered).then(|| {
                format!("{name}: node {id} is in sync as process {registered:?}, and node {by} knows of {known:?}")
            })
        })
    }
}
