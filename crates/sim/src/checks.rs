//! What must hold, whatever happens.

use base::Offset;
use std::collections::{BTreeMap, BTreeSet};

/// A partition by topic and number.
pub type Partition = (&'static str, i32);

/// What the clients together know.
#[derive(Default)]
pub struct Knowledge {
    /// Acknowledged values by offset.
    acknowledged: BTreeMap<Partition, BTreeMap<Offset, u64>>,
    /// Values ever read, by offset.
    read: BTreeMap<Partition, BTreeMap<Offset, u64>>,
    /// The offset that a (group, partition) has for sure, where that is known, and those whose outcome is not known.
    committed: BTreeMap<(u64, i32), (Option<Offset>, BTreeSet<Offset>)>,
    pub violations: Vec<String>,
}

impl Knowledge {
    pub fn acknowledged(&mut self, partition: Partition, offset: Offset, value: u64) {
        let before = self.acknowledged.entry(partition).or_default().insert(offset, value);
        if let Some(before) = before.filter(|before| *before != value) {
            self.violations
                .push(format!("{partition:?} offset {offset} was acknowledged for {before} and for {value}"));
        }
    }

    pub fn read(&mut self, partition: Partition, offset: Offset, value: u64) {
        let before = self.read.entry(partition).or_default().insert(offset, value);
        if let Some(before) = before.filter(|before| *before != value) {
            self.violations.push(format!("{partition:?} offset {offset} was read as {before} and as {value}"));
        }
    }

    pub fn committing(&mut self, group: u64, partition: i32, offset: Offset) {
        self.committed.entry((group, partition)).or_default().1.insert(offset);
    }

    pub fn committed(&mut self, group: u64, partition: i32, offset: Offset) {
        // One commit of a group is under way at a time, so the last acknowledged one counts.
        self.committed.insert((group, partition), (Some(offset), BTreeSet::new()));
    }

    pub fn offset_fetched(&mut self, group: u64, partition: i32, offset: Offset) {
        let Some((Some(sure), maybe)) = self.committed.get(&(group, partition)) else { return };
        if offset != *sure && !maybe.contains(&offset) {
            let text = format!("group {group} has offset {offset} for partition {partition}, committed was {sure}");
            self.violations.push(text);
        }
    }

    /// The power was cut: of topics without a promise, and of groups, the tail may be gone.
    pub fn power_was_cut(&mut self, promised: &str) {
        self.acknowledged.retain(|(topic, _), _| *topic == promised);
        self.read.retain(|(topic, _), _| *topic == promised);
        self.committed.clear();
    }

    /// The whole log of a partition as it is in the end: dense, with everything that was acknowledged, each value once.
    pub fn check_final(&mut self, partition: Partition, log: &BTreeMap<Offset, u64>) {
        let mut say = |text: String| self.violations.push(format!("{partition:?}: {text}"));
        for (expected, offset) in (0..).zip(log.keys()) {
            if *offset != expected {
                say(format!("offset {expected} is missing"));
                break;
            }
        }
        let mut seen = BTreeMap::new();
        for (offset, value) in log {
            if let Some(first) = seen.insert(value, offset) {
                say(format!("value {value} is at {first} and at {offset}"));
            }
        }
        for (offset, value) in self.acknowledged.get(&partition).into_iter().flatten() {
            if log.get(offset) != Some(value) {
                say(format!("acknowledged value {value} at {offset} is lost: there is {:?}", log.get(offset)));
            }
        }
        for (offset, value) in self.read.get(&partition).into_iter().flatten() {
            if log.get(offset).is_some_and(|found| found != value) {
                say(format!("offset {offset} was read as {value} and is {:?} now", log.get(offset)));
            }
        }
    }
}
