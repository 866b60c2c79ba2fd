//! Member ids that were handed out and have not joined yet (KIP-394). They cost their client nothing, so they have a
//! maximum in bytes, for each group and for the shard: beyond it the oldest is forgotten, and its client, if it comes,
//! is told that the id is unknown and asks for another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Bytes that an id takes beside its text.
const OVERHEAD: usize = 256;

/// The most that ids may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PendingLimits {
    pub group_bytes_max: usize,
    pub shard_bytes_max: usize,
}

impl Default for PendingLimits {
    /// Room for several thousand ids of usual length in a group.
    fn default() -> PendingLimits {
        PendingLimits { group_bytes_max: 2 << 20, shard_bytes_max: 8 << 20 }
    }
}

#[derive(Debug)]
struct Pending {
    group: Arc<str>,
    member: Arc<str>,
    deadline_us: u64,
}

#[derive(Debug, Default)]
struct OfGroup {
    numbers: BTreeMap<Arc<str>, u64>,
    /// In the order in which the ids were handed out.
    order: BTreeSet<u64>,
    bytes: usize,
}

/// The ids of all groups of a shard.
#[derive(Debug, Default)]
pub(crate) struct PendingMembers {
    limits: PendingLimits,
    groups: BTreeMap<Arc<str>, OfGroup>,
    all: BTreeMap<u64, Pending>,
    deadlines: BTreeSet<(u64, u64)>,
    bytes: usize,
    next_number: u64,
}

fn cost(text: &str) -> usize {
    text.len() + OVERHEAD
}

impl PendingMembers {
    pub(crate) fn contains(&self, group: &str, member: &str) -> bool {
        self.groups.get(group).is_some_and(|of_group| of_group.numbers.contains_key(member))
    }

    /// Whether the group waits for somebody.
    pub(crate) fn has_any(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    /// Takes note of an id that no member has.
    pub(crate) fn add(&mut self, group: &str, member: &str, deadline_us: u64) {
        let group: Arc<str> = match self.groups.get_key_value(group) {
            Some((group, _)) => group.clone(),
            None => {
                self.bytes += cost(group);
                group.into()
            }
        };
        let (member, number): (Arc<str>, u64) = (member.into(), self.next_number);
        self.next_number += 1;
        let of_group = self.groups.entry(group.clone()).or_default();
        of_group.bytes += cost(&member);
        self.bytes += cost(&member);
        of_group.numbers.insert(member.clone(), number);
        of_group.order.insert(number);
        self.deadlines.insert((deadline_us, number));
        self.all.insert(number, Pending { group, member, deadline_us });
    }

    /// Forgets an id: its client has joined, left, or came too late.
    pub(crate) fn remove(&mut self, group: &str, member: &str) -> bool {
        let number = self.groups.get(group).and_then(|of_group| of_group.numbers.get(member)).copied();
        number.and_then(|number| self.take(number)).is_some()
    }

    /// The group is gone.
    pub(crate) fn remove_group(&mut self, group: &str) {
        let numbers: Vec<u64> = self.groups.get(group).into_iter().flat_map(|g| g.order.iter().copied()).collect();
        for number in numbers {
            self.take(number);
        }
    }

    fn take(&mut self, number: u64) -> Option<Arc<str>> {
        let Pending { group, member, deadline_us } = self.all.remove(&number)?;
        self.deadlines.remove(&(deadline_us, number));
        self.bytes -= cost(&member);
        if let Some(of_group) = self.groups.get_mut(&group) {
            of_group.bytes -= cost(&member);
            of_group.order.remove(&number);
            of_group.numbers.remove(&member);
            if of_group.numbers.is_empty() {
                self.groups.remove(&group);
                self.bytes -= cost(&group);
            }
        }
        Some(group)
    }

    /// Forgets the oldest id where `group`, which got the newest, or the shard has too many; returns whose it was.
    pub(crate) fn take_surplus(&mut self, group: &str) -> Option<Arc<str>> {
        let of_group = self.groups.get(group).filter(|of_group| of_group.bytes > self.limits.group_bytes_max);
        let oldest = match of_group {
            Some(of_group) => of_group.order.first(),
            None if self.bytes > self.limits.shard_bytes_max => self.all.keys().next(),
            None => None,
        };
        self.take(*oldest?)
    }

    pub(crate) fn next_us(&self) -> Option<u64> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Forgets an id that was not used in time; returns the group that need not wait for it.
    pub(crate) fn take_due(&mut self, now_us: u64) -> Option<Arc<str>> {
        let (_, number) = *self.deadlines.first().filter(|(at, _)| *at <= now_us)?;
        self.take(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_can_be_removed_in_every_way_and_nothing_is_left() {
        let mut pending = PendingMembers::default();
        for (group, member, at) in [("g", "a", 5), ("g", "b", 3), ("h", "a", 4), ("h", "c", 9), ("i", "d", 1)] {
            pending.add(group, member, at);
        }
        assert!(pending.contains("h", "a") && !pending.contains("h", "b") && pending.has_any("i"));
        assert_eq!((pending.next_us(), pending.take_due(0)), (Some(1), None));
        assert_eq!(pending.take_due(3).as_deref(), Some("i"));
        assert_eq!(pending.take_due(3).as_deref(), Some("g"));
        assert!(pending.remove("g", "a") && !pending.remove("g", "a"));
        assert!(!pending.has_any("g"));
        pending.remove_group("h");
        assert_eq!((pending.bytes, pending.all.len(), pending.deadlines.len(), pending.groups.len()), (0, 0, 0, 0));
    }

    #[test]
    fn the_oldest_goes_first_of_the_group_and_then_of_the_shard() {
        let limits = PendingLimits { group_bytes_max: 2 * cost("a"), shard_bytes_max: 5 * cost("a") };
        let mut pending = PendingMembers { limits, ..PendingMembers::default() };
        for member in ["a", "b"] {
            pending.add("g", member, 1);
            assert_eq!(pending.take_surplus("g"), None);
        }
        pending.add("h", "a", 1);
        // Two groups and three ids.
        assert_eq!(pending.take_surplus("h"), None);
        pending.add("h", "b", 1);
        assert_eq!(pending.take_surplus("h").as_deref(), Some("g"));
        assert!(!pending.contains("g", "a") && pending.contains("g", "b"));
        pending.add("h", "c", 1);
        assert_eq!(pending.take_surplus("h").as_deref(), Some("h"));
        assert!(!pending.contains("h", "a"));
        assert_eq!(pending.take_surplus("h"), None);
    }
}
