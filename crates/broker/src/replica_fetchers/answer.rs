//! What comes of an answer: it is worked off on the thread that received it, and the records are appended from the buffer
//! into which they were received. A directory whose disk has become slow is written on a thread that may wait.

use super::fetcher::{Fetcher, HOLD_US, InEpoch};
use super::request::{FETCH_VERSION, correlation_id};
use super::resting::REST_US;
use super::{Key, out_of_range};
use crate::broker::Broker;
use crate::log_dirs::Directory;
use crate::partition::{AppendError, Effects, Fetched, FollowerPosition, PartitionCell};
use base::{ErrorCode, LeaderEpoch, LineError, Now, Offset};
use protocol::fetch_response::PartitionData;
use protocol::header::decode_response_header;
use protocol::{ApiKey, FetchResponse};
use std::sync::Arc;
use storage::StorageError;

/// Of a partition that is behind: as much is appended before the disk is asked to begin with it.
const WRITE_BACK_BYTES: u64 = 8 << 20;

impl Fetcher {
    /// What became of a request.
    pub fn answered(self: &Arc<Self>, token: u64, outcome: Result<Vec<u8>, LineError>) {
        let Some(broker) = self.broker.upgrade() else { return };
        {
            let mut state = self.state.lock();
            if state.asked != Some(token) {
                return;
            }
            state.answered_us = Some(broker.executor.monotonic_us());
            state.answered_bytes = outcome.as_ref().map_or(0, Vec::len);
        }
        let frame = match outcome {
            Ok(frame) => frame,
            Err(LineError::Closed) => return self.failed(token, "closed"),
            Err(error) => return self.failed(token, &error.to_string()),
        };
        match self.slow_directory(&broker) {
            None => self.take(&broker, token, &frame),
            Some(directory) => {
                let this = self.clone();
                directory.run_slow(Box::new(move || this.take(&broker, token, &frame)));
            }
        }
    }

    /// A directory to which appends would keep this thread waiting.
    fn slow_directory(&self, broker: &Broker) -> Option<Arc<Directory>> {
        let now_us = broker.executor.monotonic_us();
        broker.replicas.directories().iter().find(|directory| directory.is_slow(now_us)).cloned()
    }

    fn take(self: &Arc<Self>, broker: &Arc<Broker>, token: u64, frame: &[u8]) {
        let response = match decode_response_header(frame, ApiKey::Fetch, FETCH_VERSION) {
            Ok((id, mut body)) if id == correlation_id(token) => FetchResponse::decode(&mut body, FETCH_VERSION),
            _ => return self.failed(token, "the answer belongs to another request"),
        };
        let response = match response {
            Ok(response) => response,
            Err(error) => return self.failed(token, &error.to_string()),
        };
        match ErrorCode::from_code(response.error_code) {
            ErrorCode::None => {
                let mut state = self.state.lock();
                // Meanwhile it may be forgotten, and the session with it.
                if state.asked != Some(token) {
                    return;
                }
                state.session.answered(response.session_id);
            }
            error => return self.failed(token, &error.to_string()),
        }
        for topic in &response.responses {
            for partition in &topic.partitions {
                self.take_partition(broker, token, (topic.topic_id, partition.partition_index), partition);
            }
        }
        self.finished(broker, token, broker.executor.now());
    }

    fn take_partition(self: &Arc<Self>, broker: &Arc<Broker>, token: u64, key: Key, data: &PartitionData<'_>) {
        let (cell, asked) = {
            let state = self.state.lock();
            if state.asked != Some(token) {
                return;
            }
            let Some(one) = state.followed.get(&key).filter(|one| !one.is_busy) else { return };
            let Some(asked) = state.session.asked(&key).copied() else { return };
            if asked.leader_epoch != one.epoch {
                return;
            }
            (one.cell.clone(), asked)
        };
        let now = broker.executor.now();
        match ErrorCode::from_code(data.error_code) {
            ErrorCode::None if data.diverging_epoch.epoch >= 0 || data.diverging_epoch.end_offset >= 0 => {
                if base::mutant(base::Mutant::HighWatermarkBeforeTruncation) {
                    self.append(key, &cell, &asked, data, now);
                }
                self.truncate(broker, key, cell, &asked, (data.diverging_epoch.epoch, data.diverging_epoch.end_offset));
            }
            ErrorCode::None => self.append(key, &cell, &asked, data, now),
            ErrorCode::OffsetOutOfRange => out_of_range::begin(self, broker, key, cell, &asked),
            // The image that brings the new epoch places it again.
            ErrorCode::FencedLeaderEpoch => self.unwant((key, asked.leader_epoch)),
            error => {
                let is_passing = matches!(
                    error,
                    ErrorCode::NotLeaderOrFollower
                        | ErrorCode::UnknownLeaderEpoch
                        | ErrorCode::UnknownTopicId
                        | ErrorCode::UnknownTopicOrPartition
                );
                if !is_passing && self.line.is_due(now) {
                    tracing::warn!(partition = %cell.name, leader = self.source.0, %error, "a partition is not fetched");
                }
                self.delay((key, asked.leader_epoch), now);
            }
        }
    }

    /// Appends what came, and asks for what comes behind it.
    fn append(
        self: &Arc<Self>,
        key: Key,
        cell: &Arc<PartitionCell>,
        asked: &FollowerPosition,
        data: &PartitionData<'_>,
        now: Now,
    ) {
        let one = (key, asked.leader_epoch);
        let fetched = Fetched {
            leader_epoch: asked.leader_epoch,
            offset: asked.offset,
            records: data.records.as_ref().map(|records| records.as_bytes()).unwrap_or_default(),
            high_watermark: data.high_watermark,
            log_start_offset: data.log_start_offset,
        };
        let mut effects = Effects::default();
        let pace = cell.directory().append_begins();
        let appended = cell.append_fetched(&fetched, now, &mut effects);
        cell.directory().append_ended(pace);
        effects.run(cell, now);
        match appended {
            Ok((start, end)) => {
                let is_behind = end < data.high_watermark;
                {
                    let mut state = self.state.lock();
                    if let Some(followed) = state.followed_in(one) {
                        followed.failures = 0;
                        state.set_behind(key, is_behind);
                    }
                }
                if end == asked.offset {
                    if start != asked.log_start_offset {
                        // Whoever deleted what lay before it waits until it is gone here.
                        self.place(key);
                    }
                    return;
                }
                if self.is_held(cell, fetched.records.len(), is_behind, now) {
                    return self.hold(one, now, HOLD_US);
                }
                if is_behind
                    && let Some(waiting) = cell.with_log(|log| log.take_write_back(WRITE_BACK_BYTES))
                    && let Some(broker) = self.broker.upgrade()
                {
                    return self.aside(&broker, one, (cell.clone(), false), |_, _| {
                        waiting.begin();
                        Ok(())
                    });
                }
                self.place(key);
            }
            // It is no follower of that epoch any more: the image says what it is.
            Err(AppendError::Refused(_)) => self.unwant(one),
            Err(AppendError::Storage(StorageError::UnexpectedAppendOffset { first, end }))
                if first < end && end == asked.offset && cell.with_log(|log| log.log_start_offset()) == end =>
            {
                self.begin_inside(key, cell.clone(), (asked.leader_epoch, first), data);
            }
            Err(AppendError::Storage(error)) => {
                if error.is_shortage() {
                    cell.directory().tell_shortage(&error);
                    if self.is_to_rest(&key, cell) {
                        return self.hold(one, now, REST_US);
                    }
                } else if self.line.is_due(now) {
                    let leader = self.source.0;
                    tracing::warn!(partition = %cell.name, leader, %error, "what was fetched cannot be appended");
                }
                self.delay(one, now);
            }
        }
    }

    /// Counts what came of a throttled replica; whether it has to wait now. One that has all that is committed never does.
    fn is_held(&self, cell: &PartitionCell, bytes: usize, is_behind: bool, now: Now) -> bool {
        let Some(broker) = self.broker.upgrade() else { return false };
        let rate = broker.config.load().replication.follower_throttled_rate;
        if rate == i64::MAX || !cell.is_throttled_at(broker.node_id) {
            return false;
        }
        broker.follower_throttle.moved(bytes, rate, now);
        is_behind && broker.follower_throttle.is_exceeded(rate, now)
    }

    /// The leader's log begins inside of a batch (DeleteRecords), and nothing is here yet: the own log begins with that batch,
    /// and its start is where the leader's is.
    fn begin_inside(
        self: &Arc<Self>,
        key: Key,
        cell: Arc<PartitionCell>,
        (leader_epoch, offset): (LeaderEpoch, Offset),
        data: &PartitionData<'_>,
    ) {
        let Some(broker) = self.broker.upgrade() else { return };
        let records = data.records.as_ref().map(|records| records.as_bytes().to_vec()).unwrap_or_default();
        let (high_watermark, log_start_offset) = (data.high_watermark, data.log_start_offset);
        self.blocking(&broker, (key, leader_epoch), cell, move |broker, cell| {
            broker.replicas.begin_anew(cell, leader_epoch, offset)?;
            let fetched = Fetched { leader_epoch, offset, records: &records, high_watermark, log_start_offset };
            let (now, mut effects) = (broker.executor.now(), Effects::default());
            let appended = cell.append_fetched(&fetched, now, &mut effects);
            effects.run(cell, now);
            appended.map(|_| ())
        });
    }

    /// Cuts a log that went another way, on a thread that may wait.
    fn truncate(
        self: &Arc<Self>,
        broker: &Arc<Broker>,
        key: Key,
        cell: Arc<PartitionCell>,
        asked: &FollowerPosition,
        leader_end: (i32, i64),
    ) {
        let Ok(offset) = cell.divergence(asked.leader_epoch, leader_end) else {
            return self.unwant((key, asked.leader_epoch));
        };
        let (epoch, end_offset) = leader_end;
        // Where nothing lies behind it, only epochs without records go.
        if offset < asked.offset {
            tracing::info!(
                partition = %cell.name, from = asked.offset, to = offset, epoch, end_offset, leader = self.source.0,
                "the log is cut to where its leader agrees"
            );
        }
        self.cut(broker, key, cell, asked, offset);
    }

    /// Cuts a log at an offset, on a thread that may wait, and goes on from there.
    pub(super) fn cut(
        self: &Arc<Self>,
        broker: &Arc<Broker>,
        key: Key,
        cell: Arc<PartitionCell>,
        asked: &FollowerPosition,
        offset: i64,
    ) {
        let leader_epoch = asked.leader_epoch;
        self.blocking(broker, (key, leader_epoch), cell, move |broker, cell| {
            broker.replicas.truncate(cell, leader_epoch, offset).map(|_| ())
        });
    }

    /// Does something with the log of a partition on a thread that may wait; meanwhile it is not fetched. Nothing, if it is
    /// followed in another epoch by now.
    pub(super) fn blocking(
        self: &Arc<Self>,
        broker: &Arc<Broker>,
        one: InEpoch,
        cell: Arc<PartitionCell>,
        work: impl FnOnce(&Broker, &Arc<PartitionCell>) -> Result<(), AppendError> + Send + 'static,
    ) {
        self.aside(broker, one, (cell, true), work);
    }

    /// The same; whether its leader is to hear of it before the request that is under way comes back.
    fn aside(
        self: &Arc<Self>,
        broker: &Arc<Broker>,
        one: InEpoch,
        (cell, hurries): (Arc<PartitionCell>, bool),
        work: impl FnOnce(&Broker, &Arc<PartitionCell>) -> Result<(), AppendError> + Send + 'static,
    ) {
        if !self.set_busy(one) {
            return;
        }
        let (this, at) = (self.clone(), broker.clone());
        broker.executor.run_blocking(Box::new(move || {
            // Another fetcher may have taken it over meanwhile, in the same epoch.
            let is_followed = this.state.lock().followed_in(one).is_some();
            let done = if is_followed { work(&at, &cell) } else { Ok(()) };
            this.unblocked(&at, one, (&cell, hurries), done);
        }));
    }

    /// It is not fetched until its log lies as its leader's does. False if it is followed in another epoch by now.
    pub(super) fn set_busy(&self, one: InEpoch) -> bool {
        let mut state = self.state.lock();
        let Some(followed) = state.followed_in(one) else { return false };
        followed.is_busy = true;
        state.unwant(&one.0);
        true
    }

    /// What was done with the log has come to its end.
    fn unblocked(
        self: &Arc<Self>,
        broker: &Broker,
        one: InEpoch,
        (cell, hurries): (&Arc<PartitionCell>, bool),
        done: Result<(), AppendError>,
    ) {
        {
            let mut state = self.state.lock();
            // It may be followed in another epoch by now.
            let Some(followed) = state.followed_in(one) else { return };
            followed.is_busy = false;
        }
        match done {
            Ok(()) if hurries => self.place_soon(one.0),
            Ok(()) => self.place(one.0),
            Err(AppendError::Refused(_)) => {}
            Err(AppendError::Storage(error)) => {
                cell.directory().report(&error);
                self.delay(one, broker.executor.now());
            }
        }
        self.go_on();
    }
}
