//! What must hold, whatever happens.

use crate::workload::{KEPT, is_promised};
use base::{Offset, ProducerId};
use std::collections::{BTreeMap, BTreeSet};

/// A partition by topic and number.
pub type Partition = (&'static str, i32);

/// A group's offset in one partition: a register.
#[derive(Debug, Clone, Default)]
struct Register {
    /// What it holds for sure, where that is known; -1: nothing.
    sure: Option<Offset>,
    /// Written with an outcome that is not known.
    maybe: BTreeSet<Offset>,
}

/// What the clients together know.
#[derive(Default)]
pub struct Knowledge {
    /// Acknowledged values and their timestamps by offset.
    acknowledged: BTreeMap<Partition, BTreeMap<Offset, (u64, i64)>>,
    /// Values ever read, by offset.
    read: BTreeMap<Partition, BTreeMap<Offset, u64>>,
    /// Where a value was seen.
    places: BTreeMap<(Partition, u64), Offset>,
    /// Values of topics that were deleted, or are going to be.
    buried: BTreeMap<&'static str, BTreeSet<u64>>,
    /// The highest offset below which somebody wanted records deleted.
    deleted_to: BTreeMap<Partition, Offset>,
    /// The highest log start that this process showed.
    log_starts: BTreeMap<Partition, Offset>,
    producer_ids: BTreeSet<ProducerId>,
    committed: BTreeMap<(u64, i32), Register>,
    /// Who owns a partition in a generation, which its leader and its number name: an empty group without offsets is
    /// forgotten in time, and generations begin anew, with members who never were in the earlier ones.
    owners: BTreeMap<(String, i32, i32), String>,
    /// The group was deleted, and nobody has tried to join since.
    group_is_new: bool,
    /// Somebody has tried to join since the deletion was asked for: its answer comes when the others have it too, and the
    /// group may be a new one by then.
    has_joined_since: bool,
    /// Records may be older than they were made.
    pub clock_jumped: bool,
    /// Leaders move: a new one hears from its followers first how far the log is committed, and where the log of each
    /// begins is its own affair.
    pub is_replicated: bool,
    pub violations: Vec<String>,
}

impl Knowledge {
    /// Of so many brokers.
    pub fn of(brokers: i32) -> Knowledge {
        Knowledge { is_replicated: brokers > 1, ..Knowledge::default() }
    }

    pub fn say(&mut self, text: String) {
        tracing::error!(text, "violation");
        if self.violations.len() < 20 {
            self.violations.push(text);
        }
    }

    pub fn acknowledged(&mut self, partition: Partition, offset: Offset, value: u64, timestamp_ms: i64) {
        let values = self.acknowledged.entry(partition).or_default();
        if let Some((before, _)) = values.insert(offset, (value, timestamp_ms)).filter(|(before, _)| *before != value) {
            self.say(format!("{partition:?} offset {offset} was acknowledged for {before} and for {value}"));
        }
        self.compare_read(partition, offset, value);
        self.placed(partition, offset, value);
    }

    /// A value has one place. (In a cluster, a replica that began where its leader's log did knows no producers of deleted
    /// records, as in Kafka: where it leads, it takes what is sent again for new.)
    fn placed(&mut self, partition: Partition, offset: Offset, value: u64) {
        let before = self.places.insert((partition, value), offset);
        let may_be_again = self.is_replicated && partition.0 == KEPT;
        if let Some(before) = before.filter(|before| *before != offset && !may_be_again) {
            self.say(format!("{partition:?}: value {value} is at {before} and at {offset}"));
        }
    }

    fn compare_read(&mut self, partition: Partition, offset: Offset, value: u64) {
        let read = self.read.get(&partition).and_then(|values| values.get(&offset)).copied();
        if let Some(read) = read.filter(|read| *read != value) {
            self.say(format!("{partition:?} offset {offset} was read as {read} and is {value}"));
        }
    }

    pub fn read(&mut self, partition: Partition, offset: Offset, value: u64) {
        self.compare_read(partition, offset, value);
        self.read.entry(partition).or_default().insert(offset, value);
        self.placed(partition, offset, value);
        if self.buried.get(partition.0).is_some_and(|values| values.contains(&value)) {
            self.say(format!("{partition:?} offset {offset} has value {value} of a topic that was deleted"));
        }
        let known = self.acknowledged.get(&partition).and_then(|values| values.get(&offset)).copied();
        if let Some((known, _)) = known.filter(|(known, _)| *known != value) {
            self.say(format!("{partition:?} offset {offset} was acknowledged for {known} and read as {value}"));
        }
    }

    /// The offset behind the last acknowledged one.
    pub fn acknowledged_end(&self, partition: Partition) -> Option<Offset> {
        self.acknowledged.get(&partition)?.keys().next_back().map(|last| last + 1)
    }

    pub fn timestamp(&self, partition: Partition, offset: Offset) -> Option<i64> {
        self.acknowledged.get(&partition)?.get(&offset).map(|(_, timestamp)| *timestamp)
    }

    /// A search by timestamp gave an offset (-1: none).
    pub fn timestamp_found(&mut self, partition: Partition, wanted_ms: i64, known_to: Offset, found: Offset) {
        let Some(values) = self.acknowledged.get(&partition) else { return };
        let first = values.range(..known_to).find(|(_, (_, timestamp))| *timestamp >= wanted_ms);
        let Some((first, _)) = first else { return };
        let is_early = values.get(&found).is_some_and(|(_, timestamp)| *timestamp < wanted_ms);
        if found < 0 || found > *first || is_early {
            let text = format!("{partition:?}: time {wanted_ms} is first at {first}, a search finds {found}");
            self.say(text);
        }
    }

    pub fn deleting_records(&mut self, partition: Partition, offset: Offset) {
        let to = self.deleted_to.entry(partition).or_default();
        *to = (*to).max(offset);
    }

    /// In one process the log start never goes back.
    pub fn log_start_seen(&mut self, partition: Partition, log_start: Offset) {
        let seen = self.log_starts.entry(partition).or_default();
        let before = *seen;
        *seen = before.max(log_start);
        if log_start >= 0 && log_start < before && !self.is_replicated {
            self.say(format!("{partition:?}: the log started at {before} and starts at {log_start} now"));
        }
    }

    pub fn producer_id(&mut self, id: ProducerId) {
        if !self.producer_ids.insert(id) {
            self.say(format!("producer id {id} was given to two producers"));
        }
    }

    /// A topic is going to be deleted: none of its values may be seen in a later one of its name.
    pub fn topic_doomed(&mut self, topic: &'static str, unsent: Vec<u64>) {
        let acknowledged = self.acknowledged.iter().filter(|((name, _), _)| *name == topic);
        let mut values: BTreeSet<u64> =
            acknowledged.flat_map(|(_, values)| values.values().map(|(value, _)| *value)).collect();
        let read = self.read.iter().filter(|((name, _), _)| *name == topic);
        values.extend(read.flat_map(|(_, values)| values.values().copied()));
        values.extend(unsent);
        self.buried.entry(topic).or_default().extend(values);
        self.forget(|name| name == topic);
    }

    pub fn topic_deleted(&mut self, topic: &'static str) {
        self.forget(|name| name == topic);
    }

    fn forget(&mut self, is_gone: impl Fn(&str) -> bool) {
        self.acknowledged.retain(|(topic, _), _| !is_gone(topic));
        self.read.retain(|(topic, _), _| !is_gone(topic));
        self.places.retain(|((topic, _), _), _| !is_gone(topic));
        self.log_starts.retain(|(topic, _), _| !is_gone(topic));
        self.deleted_to.retain(|(topic, _), _| !is_gone(topic));
    }

    pub fn committing(&mut self, group: u64, partition: i32, offset: Offset) {
        self.committed.entry((group, partition)).or_default().maybe.insert(offset);
    }

    pub fn committed(&mut self, group: u64, partition: i32, offset: Offset) {
        // One commit of a group is under way at a time, so the last acknowledged one counts.
        let register = Register { sure: Some(offset), maybe: BTreeSet::new() };
        self.committed.insert((group, partition), register);
    }

    pub fn offset_fetched(&mut self, group: u64, partition: i32, offset: Offset) {
        let Some(register) = self.committed.get_mut(&(group, partition)) else { return };
        let before = register.clone();
        // Nothing was under way: what is read now stays.
        *register = Register { sure: Some(offset), maybe: BTreeSet::new() };
        if before.sure.is_some_and(|sure| sure != offset) && !before.maybe.contains(&offset) {
            let sure = before.sure.unwrap_or(-1);
            self.say(format!("group {group} has offset {offset} for partition {partition}, committed was {sure}"));
        }
    }

    pub fn deleting_group(&mut self, group: u64) {
        self.has_joined_since = false;
        self.committed.retain(|(other, _), _| *other != group);
    }

    pub fn group_deleted(&mut self, group: u64) {
        for partition in 0..2 {
            self.committed.insert((group, partition), Register { sure: Some(-1), maybe: BTreeSet::new() });
        }
        self.group_is_new = !self.has_joined_since;
    }

    /// All members of the group vanished long ago: what the coordinator says of it in the end.
    pub fn group_described(&mut self, state: &str, members: usize) {
        if members > 0 {
            self.say(format!("the group is {state} with {members} members that are gone"));
        }
        if self.group_is_new && state != "Dead" {
            self.say(format!("the group was deleted and is {state}"));
        }
    }

    /// Somebody tries to join. True if the group must begin with its first generation.
    pub fn joining(&mut self) -> bool {
        self.has_joined_since = true;
        std::mem::replace(&mut self.group_is_new, false)
    }

    pub fn joined_generation(&mut self, generation: i32, is_first: bool) {
        tracing::debug!(generation, "somebody joined");
        if is_first && generation != 1 {
            self.say(format!("a group that was deleted goes on with generation {generation}"));
        }
    }

    pub fn owns(&mut self, (leader, generation): (&str, i32), partition: i32, member: &str) {
        tracing::debug!(generation, partition, member, leader, "owns");
        let before = self.owners.insert((leader.to_owned(), generation, partition), member.to_owned());
        if let Some(before) = before.filter(|before| before != member) {
            self.say(format!("in generation {generation} partition {partition} belongs to {before} and to {member}"));
        }
    }

    /// The log start may go back to what the last checkpoint says.
    pub fn process_died(&mut self) {
        self.log_starts.clear();
    }

    /// The power was cut: of topics without a promise, and of groups, the tail may be gone.
    pub fn power_was_cut(&mut self) {
        self.forget(|topic| !is_promised(topic));
        self.committed.clear();
        self.owners.clear();
        self.group_is_new = false;
    }

    /// The whole log of a partition as it is in the end: dense, with everything that was acknowledged, each value once.
    pub fn check_final(&mut self, partition: Partition, start: Offset, log: &BTreeMap<Offset, u64>) {
        for (expected, offset) in (start..).zip(log.keys()) {
            if *offset != expected {
                self.say(format!("{partition:?}: offset {expected} is missing"));
                break;
            }
        }
        for (offset, value) in log {
            self.read(partition, *offset, *value);
        }
        let acknowledged = self.acknowledged.get(&partition).cloned().unwrap_or_default();
        for (offset, (value, _)) in acknowledged.range(start..) {
            let found = log.get(offset);
            if found != Some(value) {
                self.say(format!("{partition:?}: acknowledged value {value} at {offset} is lost: there is {found:?}"));
            }
        }
        let wanted_gone = self.deleted_to.get(&partition).copied().unwrap_or(0);
        // Where records are left that nobody was told of, retention may have kept those instead.
        let last = acknowledged.last_key_value().filter(|(last, _)| **last >= wanted_gone && **last < start);
        let last = last.filter(|_| log.is_empty());
        if let (Some((last, _)), false) = (last, self.clock_jumped) {
            self.say(format!("{partition:?}: the log starts at {start}, behind the last acknowledged offset {last}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_of_a_later_life_of_the_group_has_owners_of_its_own() {
        let mut knowledge = Knowledge::default();
        knowledge.joined_generation(2, false);
        knowledge.owns(("a", 2), 0, "a");
        // The group was forgotten, and its first new generation was seen by nobody.
        knowledge.joined_generation(2, false);
        knowledge.owns(("c", 2), 0, "d");
        assert!(knowledge.violations.is_empty(), "{:?}", knowledge.violations);
        knowledge.owns(("c", 2), 0, "c");
        assert_eq!(knowledge.violations.len(), 1);
    }
}
