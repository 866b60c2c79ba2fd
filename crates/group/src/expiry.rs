//! Offsets that end by time (KIP-211) or with their topics, and groups that end with their last offset.

use crate::group::{Group, State};
use crate::offsets::CommittedOffset;
use crate::records;
use crate::request::{CoordinatorRecord, Output};
use crate::shard::Shard;
use base::{ErrorCode, Now};
use std::ops::Bound;

/// Records of one batch, and bytes of their keys; what is more waits for the next one, so that a batch never outgrows the
/// log's limit. One record always fits.
const RECORDS_PER_BATCH_MAX: usize = 1_000;
const BYTES_PER_BATCH_MAX: usize = 128 << 10;
/// Pause between batches of one sweep.
const NEXT_BATCH_US: u64 = 10_000;

/// The sweep over expired offsets, group by group.
#[derive(Debug)]
pub(crate) struct Sweep {
    /// When it goes on, or begins.
    pub at_us: u64,
    /// The group with which it goes on; an unbounded one begins.
    from: Bound<String>,
    /// The batch that was planned last has tombstones of the sweep, the last ones of this group.
    pub planned: Option<String>,
}

impl Default for Sweep {
    fn default() -> Sweep {
        Sweep { at_us: u64::MAX, from: Bound::Unbounded, planned: None }
    }
}

/// The tombstones of one batch.
#[derive(Default)]
struct Batch {
    records: Vec<CoordinatorRecord>,
    bytes: usize,
    /// There was one that did not fit.
    is_full: bool,
}

impl Batch {
    /// Takes a tombstone, unless the batch is full.
    fn push(&mut self, record: CoordinatorRecord) -> bool {
        let bytes = self.bytes + record.key.len();
        let fits = self.records.len() < RECORDS_PER_BATCH_MAX && bytes <= BYTES_PER_BATCH_MAX;
        if !fits && !self.records.is_empty() {
            self.is_full = true;
            return false;
        }
        self.bytes = bytes;
        self.records.push(record);
        true
    }
}

/// Since when an offset's retention counts.
#[derive(Clone, Copy)]
enum Since {
    /// Since the group has had no members; for logs that do not know, since the commit.
    Empty(i64),
    Commit,
}

impl Group {
    /// `None` while nothing may expire: a rebalance is going on, or members use offsets in a way that is not known.
    fn retention_start(&self) -> Option<Since> {
        match self.state {
            _ if self.protocol_type.is_none() => Some(Since::Commit),
            State::Empty if self.state_timestamp_ms >= 0 => Some(Since::Empty(self.state_timestamp_ms)),
            State::Empty => Some(Since::Commit),
            State::Stable if self.is_consumer_group() && self.subscribed_topics.is_some() => Some(Since::Commit),
            _ => None,
        }
    }
}

fn is_expired(committed: &CommittedOffset, since: Since, now_wall_ms: i64, retention_ms: i64) -> bool {
    if let Some(expires) = committed.expire_timestamp_ms {
        return now_wall_ms >= expires;
    }
    let start = match since {
        Since::Empty(timestamp) => timestamp,
        Since::Commit => committed.commit_timestamp_ms,
    };
    now_wall_ms.saturating_sub(start) >= retention_ms
}

impl Shard {
    /// The next sweep begins in an interval.
    pub(crate) fn begin_sweep_later(&mut self, now: Now) {
        let interval_ms = self.settings.offsets_retention_check_interval_ms.max(1) as u64;
        self.sweep = Sweep {
            at_us: now.monotonic_us.saturating_add(interval_ms.saturating_mul(1000)),
            from: Bound::Unbounded,
            planned: None,
        };
    }

    /// One batch of the sweep over the groups if its time has come; the rest of a large one follows soon.
    pub(crate) fn expire_offsets(&mut self, now: Now, out: &mut Output) {
        self.sweep.planned = None;
        if now.monotonic_us < self.sweep.at_us {
            return;
        }
        if !out.records.is_empty() {
            // A batch of its own, so that what becomes of it hurts nobody else.
            self.sweep.at_us = now.monotonic_us + NEXT_BATCH_US;
            return;
        }
        let mut batch = Batch::default();
        let mut last = None;
        for group in
            self.groups.range::<String, _>((self.sweep.from.as_ref(), Bound::Unbounded)).map(|(_, group)| group)
        {
            let before = batch.records.len();
            self.expire_group(group, now, &mut batch);
            if batch.records.len() > before {
                last = Some(group.id.clone());
            }
            if batch.is_full {
                self.sweep.from = Bound::Included(group.id.clone());
                self.sweep.at_us = now.monotonic_us + NEXT_BATCH_US;
                break;
            }
        }
        if !batch.is_full {
            self.begin_sweep_later(now);
        }
        self.sweep.planned = last;
        out.records = batch.records;
    }

    /// A batch did not get into the log. If it was the sweep's, and too large, the sweep goes on behind the groups in it;
    /// whatever else there was, it comes again in an interval.
    pub(crate) fn sweep_failed(&mut self, now: Now, error: ErrorCode) {
        let Some(last) = self.sweep.planned.take() else { return };
        self.begin_sweep_later(now);
        if matches!(error, ErrorCode::MessageTooLarge | ErrorCode::RecordListTooLarge) {
            self.sweep.from = Bound::Excluded(last);
            self.sweep.at_us = now.monotonic_us + NEXT_BATCH_US;
        }
    }

    fn expire_group(&self, group: &Group, now: Now, batch: &mut Batch) {
        let has_pending = self.offsets.has_pending(&group.id);
        let mut left = has_pending;
        let since = group.retention_start();
        for (topic, partitions) in self.offsets.topics(&group.id) {
            let Some(since) = since.filter(|_| !group.is_subscribed_to(topic)) else {
                left = true;
                continue;
            };
            for (partition, committed) in partitions {
                let expired = is_expired(committed, since, now.wall_ms, self.settings.offsets_retention_ms);
                let pending = has_pending && self.offsets.is_pending(&group.id, topic, *partition);
                if !expired || pending {
                    left = true;
                } else if !batch.push(records::offset_tombstone(&group.id, topic, *partition)) {
                    return;
                }
            }
        }
        if !left && group.state == State::Empty && !self.pending.has_any(&group.id) {
            batch.push(records::group_tombstone(&group.id));
        }
    }

    /// Forgets the offsets of deleted topics, in all groups of all types. Every output is a batch of its own.
    pub fn topics_deleted(&mut self, names: &[String]) -> Vec<Output> {
        self.in_flight.clear();
        self.sweep.planned = None;
        let mut outputs = Vec::new();
        let mut batch = Batch::default();
        for group in self.offsets.groups() {
            for (topic, partitions) in self.offsets.topics(group).filter(|(topic, _)| names.iter().any(|n| n == topic))
            {
                for partition in partitions.keys() {
                    let tombstone = || records::offset_tombstone(group, topic, *partition);
                    if !batch.push(tombstone()) {
                        let full = std::mem::take(&mut batch);
                        outputs.push(Output { records: full.records, replies: Vec::new() });
                        batch.push(tombstone());
                    }
                }
            }
        }
        outputs.extend((!batch.records.is_empty()).then_some(Output { records: batch.records, replies: Vec::new() }));
        outputs
    }
}
