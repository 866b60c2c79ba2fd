//! Offsets that end by time (KIP-211) or with their topics, and groups that end with their last offset.

use crate::group::{Group, State};
use crate::offsets::CommittedOffset;
use crate::records;
use crate::request::{CoordinatorRecord, Output};
use crate::shard::Shard;
use base::Now;

/// Records of one batch; what is more waits for the next one, so that a batch never outgrows the log's limit.
const RECORDS_PER_BATCH_MAX: usize = 1_000;
/// Pause between batches of one sweep.
const NEXT_BATCH_US: u64 = 10_000;

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
    /// One sweep over the groups if its time has come; the rest of a large one follows soon.
    pub(crate) fn expire_offsets(&mut self, now: Now, out: &mut Output) {
        if now.monotonic_us < self.expiry_at_us {
            return;
        }
        let interval_ms = self.settings.offsets_retention_check_interval_ms.max(1) as u64;
        self.expiry_at_us = now.monotonic_us.saturating_add(interval_ms.saturating_mul(1000));
        for group in self.groups.values() {
            if out.records.len() >= RECORDS_PER_BATCH_MAX {
                self.expiry_at_us = now.monotonic_us + NEXT_BATCH_US;
                return;
            }
            self.expire_group(group, now, out);
        }
    }

    fn expire_group(&self, group: &Group, now: Now, out: &mut Output) {
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
                if expired && !pending && out.records.len() < RECORDS_PER_BATCH_MAX {
                    out.records.push(records::offset_tombstone(&group.id, topic, *partition));
                } else {
                    left = true;
                }
            }
        }
        if !left && group.state == State::Empty && group.pending_members.is_empty() {
            out.records.push(records::group_tombstone(&group.id));
        }
    }

    /// Forgets the offsets of deleted topics, in all groups of all types. Every output is a batch of its own.
    pub fn topics_deleted(&mut self, names: &[String]) -> Vec<Output> {
        let mut tombstones: Vec<CoordinatorRecord> = Vec::new();
        for group in self.offsets.groups() {
            for (topic, partitions) in self.offsets.topics(group).filter(|(topic, _)| names.iter().any(|n| n == topic))
            {
                tombstones.extend(partitions.keys().map(|p| records::offset_tombstone(group, topic, *p)));
            }
        }
        let batch = |records: &[CoordinatorRecord]| Output { records: records.to_vec(), replies: Vec::new() };
        tombstones.chunks(RECORDS_PER_BATCH_MAX).map(batch).collect()
    }
}
