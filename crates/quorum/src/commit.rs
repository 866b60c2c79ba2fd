//! From appended to durable to committed to published. Syncs run off the owner's thread, one at a time: what is appended
//! meanwhile shares the next one. Only the first of a sole voter's leadership is done on it.

use crate::QuorumError;
use crate::input::Input;
use crate::levels::explain;
use crate::log::{Entry, for_each_entry};
use crate::node::{Pending, QuorumNode};
use base::{LeaderEpoch, Now, Offset};
use raft::Event;
use records::batches;
use std::sync::Arc;
use storage::{Flushed, ReadLimits, StorageError};

/// Time after which a sync is tried again that something was short for.
const FLUSH_RETRY_US: u64 = 100_000;

impl QuorumNode {
    /// Begins to make durable what was appended, unless that is under way.
    pub(crate) fn begin_flush(&mut self, now: Now) -> Result<(), QuorumError> {
        while self.needs_flush && !self.is_flushing && now.monotonic_us >= self.flush_not_before_us {
            self.needs_flush = false;
            let job = self.log.flush_job(false)?.filter(|_| !base::mutant(base::Mutant::MetadataBeforeFlush));
            let Some(job) = job else {
                self.raft_event(now, Event::Flushed { end_offset: self.log.log_end_offset() })?;
                continue;
            };
            if self.claims.is_some() && self.voter_count() == 1 {
                // Nobody is served before its end, and it is over sooner without a thread that wakes for it.
                let outcome = job.run(&*self.files);
                self.flushed(now, outcome)?;
                continue;
            }
            self.is_flushing = true;
            let (files, mailbox) = (self.files.clone(), self.ports.mailbox.clone());
            self.ports.executor.run_control(Box::new(move || mailbox.deliver(Input::Flushed(job.run(&*files)))));
        }
        Ok(())
    }

    /// A sync has ended: tells Raft, and carries out what became committed.
    pub(crate) fn flushed(&mut self, now: Now, outcome: Result<Flushed, StorageError>) -> Result<(), QuorumError> {
        self.is_flushing = false;
        match outcome {
            Ok(flushed) => {
                self.log.flushed(&flushed);
                tracing::debug!(
                    node = self.config.local.id,
                    up_to = flushed.up_to,
                    recovery_point = self.log.recovery_point(),
                    log_end = self.log.log_end_offset(),
                    "the metadata log is synced"
                );
                // What was cut off and written anew meanwhile is not durable: the log knows.
                self.raft_event(now, Event::Flushed { end_offset: self.log.recovery_point() })
            }
            Err(error) if error.is_shortage() => {
                tracing::warn!(%error, "the metadata log could not be made durable; trying again");
                self.needs_flush = true;
                self.flush_not_before_us = now.monotonic_us + FLUSH_RETRY_US;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Replays what is committed, publishes, answers.
    pub(crate) fn committed_up_to(&mut self, now: Now, offset: Offset) -> Result<(), QuorumError> {
        self.log.set_high_watermark(offset);
        let mut committed = std::mem::take(&mut self.committed);
        let result = self.read_entries(self.applied, offset, |offset, epoch, timestamp, entry| {
            match entry {
                Entry::Metadata(record) => committed.replay(offset, epoch, timestamp, &record)?,
                _ => committed.advance(offset, epoch, timestamp),
            }
            Ok(())
        });
        self.committed = committed;
        let read = result.map_err(|error| explain(error, &self.committed.latest().features));
        self.bytes_since_snapshot += read?;
        self.applied = offset;
        if self.raft.is_leader() {
            // With a record of its own epoch everything before is committed.
            self.following.has_all();
        }
        self.check_committed()?;
        self.claim(now)?;
        self.publish(now)?;
        let count = self.pending.iter().take_while(|pending| pending.offset <= offset).count();
        let committed: Vec<Pending> = self.pending.drain(..count).collect();
        self.answer_committed(committed);
        self.change_committed(now, offset)
    }

    /// Answers what is committed: at once what nodes live by, the rest behind what is being published.
    pub(crate) fn answer_committed(&self, committed: impl IntoIterator<Item = Pending>) {
        let mut shown = Vec::new();
        for Pending { reply, body, is_shown, .. } in committed {
            match is_shown {
                true => shown.push((reply, body)),
                false => reply(Ok(body)),
            }
        }
        self.ports.publications.answer(shown);
    }

    /// Hands the committed image to the publishers, once it is whole: of a log that is still being fetched they would take
    /// for gone what only comes later.
    pub(crate) fn publish(&mut self, now: Now) -> Result<(), QuorumError> {
        if !self.has_caught_up() {
            return Ok(());
        }
        self.check_committed()?;
        self.tell_of_transactions();
        if let Some((image, delta)) = self.committed.take() {
            let image = Arc::new(image);
            self.published = image.clone();
            // Who gets it finds the levels that go with it.
            self.tell_view(now);
            self.ports.publications.push(image, delta);
        }
        Ok(())
    }

    /// Reads the records of a part of the log: `each(offset, epoch, timestamp, entry)`. Returns how many bytes it read.
    pub(crate) fn read_entries(
        &self,
        from: Offset,
        to: Offset,
        mut each: impl FnMut(Offset, LeaderEpoch, i64, Entry<'_>) -> Result<(), QuorumError>,
    ) -> Result<u64, QuorumError> {
        let limits = ReadLimits { bytes_max: 4 << 20, upper_bound: to, at_least_one: true, aborted: false };
        let mut next = from;
        let mut total = 0;
        while next < to {
            let bytes = self.log.read(next, &limits)?.read()?;
            let before = next;
            for batch in batches(&bytes) {
                let batch = batch.map_err(|error| QuorumError::file(self.log.folder(), error))?;
                if batch.base_offset() > next {
                    let reason = format!("offsets {next} to {} are missing", batch.base_offset() - 1);
                    return Err(QuorumError::file(self.log.folder(), reason));
                }
                for_each_entry(self.log.folder(), &batch, |offset, timestamp, entry| {
                    if offset < from || offset >= to {
                        return Ok(());
                    }
                    each(offset, batch.partition_leader_epoch(), timestamp, entry)
                })?;
                next = batch.next_offset();
            }
            if next <= before {
                return Err(QuorumError::file(self.log.folder(), format!("nothing can be read at offset {before}")));
            }
            total += bytes.len() as u64;
        }
        Ok(total)
    }
}
