//! What a follower does whose log end its leader does not have: it asks where that log ends and begins. Where it ends
//! below (an unclean election), the own log is cut there; where it begins above (retention, while this broker was away),
//! the own log begins anew there.

use super::Key;
use super::fetcher::Fetcher;
use super::request::{LIST_OFFSETS_VERSION, correlation_id, list_offsets};
use crate::broker::Broker;
use crate::partition::{FollowerPosition, PartitionCell};
use base::{ErrorCode, LineError, Offset, Outbound};
use protocol::header::decode_response_header;
use protocol::{ApiKey, ListOffsetsResponse};
use std::sync::Arc;
use storage::{EARLIEST_TIMESTAMP, LATEST_TIMESTAMP};

/// Any number does: answers of a line come in order.
const TOKEN: u64 = 0;

struct Question {
    fetcher: Arc<Fetcher>,
    broker: Arc<Broker>,
    key: Key,
    cell: Arc<PartitionCell>,
    asked: FollowerPosition,
}

pub(super) fn begin(
    fetcher: &Arc<Fetcher>,
    broker: &Arc<Broker>,
    key: Key,
    cell: Arc<PartitionCell>,
    asked: &FollowerPosition,
) {
    if !fetcher.set_busy((key, asked.leader_epoch)) {
        return;
    }
    let question = Question { fetcher: fetcher.clone(), broker: broker.clone(), key, cell, asked: *asked };
    question.ask(LATEST_TIMESTAMP);
}

impl Question {
    fn ask(self, timestamp: i64) {
        let (number, leader_epoch) = (self.fetcher.source.1, self.asked.leader_epoch);
        let frame = list_offsets(&self.broker, number, TOKEN, &self.cell, leader_epoch, timestamp);
        let (Some(line), Ok(frame)) = (self.fetcher.open_line(), frame) else { return self.give_up("no line") };
        let timeout_us = self.broker.static_config.replication.socket_timeout_ms.max(1) as u64 * 1000;
        let done = Box::new(move |outcome: Result<Vec<u8>, LineError>| {
            match outcome.map_err(|error| error.to_string()).and_then(|frame| offset(&frame)) {
                Ok(offset) => self.told(timestamp, offset),
                Err(reason) => self.give_up(&reason),
            }
        });
        line.send(Outbound { frame, timeout_us, done });
    }

    fn told(self, timestamp: i64, offset: Offset) {
        let end = self.asked.offset;
        let Question { fetcher, broker, key, cell, asked } = self;
        match timestamp {
            LATEST_TIMESTAMP if offset < end => {
                tracing::warn!(
                    partition = %cell.name, own_end = end, leader_end = offset, leader = fetcher.source.0,
                    "the log of the leader ends below the own one, which is cut: an unclean election?"
                );
                fetcher.cut(&broker, key, cell, &asked, offset);
            }
            LATEST_TIMESTAMP => Question { fetcher, broker, key, cell, asked }.ask(EARLIEST_TIMESTAMP),
            _ if offset > end => {
                tracing::info!(
                    partition = %cell.name, own_end = end, leader_start = offset, leader = fetcher.source.0,
                    "the log of the leader begins above the own end: the own log begins anew there"
                );
                let leader_epoch = asked.leader_epoch;
                fetcher.blocking(&broker, (key, leader_epoch), cell, move |broker, cell| {
                    broker.replicas.begin_anew(cell, leader_epoch, offset)
                });
            }
            // Meanwhile it has what was asked for.
            _ => Question { fetcher, broker, key, cell, asked }.give_up("the offset is in range"),
        }
    }

    /// It is fetched again after a pause.
    fn give_up(self, reason: &str) {
        tracing::debug!(partition = %self.cell.name, reason, "where the leader's log lies is asked again");
        self.fetcher.delay((self.key, self.asked.leader_epoch), self.broker.executor.now());
        self.fetcher.go_on();
    }
}

fn offset(frame: &[u8]) -> Result<Offset, String> {
    let (id, mut body) =
        decode_response_header(frame, ApiKey::ListOffsets, LIST_OFFSETS_VERSION).map_err(|error| error.to_string())?;
    if id != correlation_id(TOKEN) {
        return Err("the answer belongs to another request".into());
    }
    let response = ListOffsetsResponse::decode(&mut body, LIST_OFFSETS_VERSION).map_err(|error| error.to_string())?;
    let partition = response.topics.first().and_then(|topic| topic.partitions.first());
    let partition = partition.ok_or("the answer names nothing")?;
    match ErrorCode::from_code(partition.error_code) {
        ErrorCode::None if partition.offset >= 0 => Ok(partition.offset),
        error => Err(error.to_string()),
    }
}
