//! Readers: in order from their positions, at any offset that is known, by timestamp; and who deletes records.

use super::Peer;
use super::topics::{DURABLE, KEPT, PLAIN, Topics, is_promised};
use super::{PARTITIONS, Pending, Pendings};
use crate::checks::{Knowledge, Partition};
use crate::node::decode;
use base::{ErrorCode, Offset, Random, SplitMix64};
use protocol::{
    DeleteRecordsRequest, FetchRequest, ListOffsetsRequest, delete_records_request, fetch_request, list_offsets_request,
};
use records::batches;
use std::collections::BTreeMap;

/// Stands for the log start.
pub const EARLIEST: i64 = -2;

/// Positions of the readers in order.
#[derive(Default)]
pub struct Readers {
    positions: BTreeMap<Partition, Offset>,
}

fn any_partition(random: &mut SplitMix64) -> Partition {
    PARTITIONS[random.below(PARTITIONS.len() as u64) as usize]
}

impl Readers {
    pub fn power_was_cut(&mut self) {
        self.positions.retain(|(topic, _), _| is_promised(topic));
    }

    pub fn topic_deleted(&mut self, topic: &str) {
        self.positions.retain(|(name, _), _| *name != topic);
    }

    pub fn fetch(&mut self, node: &mut impl Peer, random: &mut SplitMix64, topics: &Topics, pending: &mut Pendings) {
        let partition = any_partition(random);
        if !topics.exists(partition.0) {
            return;
        }
        let offset = self.positions.get(&partition).copied().unwrap_or(0);
        let tag = send_fetch(node, partition, offset, random.below(3) as i32 * 100);
        pending.insert(tag, Pending::Fetch { partition, offset });
    }

    /// Asks for records that are there for sure.
    pub fn fetch_again(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        knowledge: &Knowledge,
        pending: &mut Pendings,
    ) {
        let partition = [(DURABLE, 0), (DURABLE, 1), (PLAIN, 0), (PLAIN, 1)][random.below(4) as usize];
        let Some(end) = knowledge.acknowledged_end(partition) else { return };
        let offset = random.below(end as u64) as Offset;
        let tag = send_fetch(node, partition, offset, 0);
        pending.insert(tag, Pending::FetchAgain { partition, offset });
    }

    pub fn ask_for_timestamp(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        knowledge: &Knowledge,
        pending: &mut Pendings,
    ) {
        let partition = (DURABLE, random.below(2) as i32);
        let Some(known_to) = knowledge.acknowledged_end(partition) else { return };
        let offset = random.below(known_to as u64) as Offset;
        let Some(timestamp_ms) = knowledge.timestamp(partition, offset) else { return };
        let tag = list_offsets(node, partition, timestamp_ms);
        pending.insert(tag, Pending::Timestamp { partition, timestamp_ms, known_to });
    }

    /// Deletes a part of what is known, or asks for more than there is.
    pub fn delete_records(
        &mut self,
        node: &mut impl Peer,
        random: &mut SplitMix64,
        knowledge: &mut Knowledge,
        pending: &mut Pendings,
    ) {
        let partition = (KEPT, 0);
        if random.below(2) == 0 {
            pending.insert(list_offsets(node, partition, EARLIEST), Pending::Earliest(partition));
            return;
        }
        let Some(end) = knowledge.acknowledged_end(partition) else { return };
        let offset = random.below(end as u64 + 1) as Offset;
        knowledge.deleting_records(partition, offset);
        let request = DeleteRecordsRequest {
            topics: vec![delete_records_request::DeleteRecordsTopic {
                name: partition.0.into(),
                partitions: vec![delete_records_request::DeleteRecordsPartition {
                    partition_index: partition.1,
                    offset,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            timeout_ms: 1000,
            ..Default::default()
        };
        pending.insert(node.send(2, &request), Pending::DeleteRecords { partition, offset });
    }

    /// Takes an answer; returns how many values are new to the reader.
    pub fn fetched(&mut self, partition: Partition, offset: Offset, frame: &[u8], knowledge: &mut Knowledge) -> u64 {
        if frame.is_empty() {
            return 0;
        }
        let fetched = match records_of(frame) {
            Ok(fetched) => fetched,
            Err(reason) => {
                knowledge.say(format!("{partition:?}: what was read at {offset} is damaged: {reason}"));
                return 0;
            }
        };
        if fetched.error == ErrorCode::OffsetOutOfRange {
            match partition.0 {
                KEPT => drop(self.positions.insert(partition, fetched.log_start.max(0))),
                PLAIN => drop(self.positions.insert(partition, 0)),
                _ => knowledge.say(format!("{partition:?}: a reader's position {offset} is out of range")),
            }
            return 0;
        }
        if !fetched.error.is_ok() {
            return 0;
        }
        knowledge.log_start_seen(partition, fetched.log_start);
        let mut position = self.positions.get(&partition).copied().unwrap_or(0);
        if position < offset {
            // It was asked before the reader began anew: the power of another node was cut meanwhile.
            return 0;
        }
        let mut count = 0;
        for (offset, value) in fetched.values {
            if offset < position {
                continue;
            }
            if offset != position {
                knowledge.say(format!("{partition:?}: after offset {position} comes {offset}"));
            }
            position = offset + 1;
            count += 1;
            knowledge.read(partition, offset, value);
        }
        if count > 0 && position > fetched.high_watermark {
            let shown = fetched.high_watermark;
            knowledge.say(format!("{partition:?}: up to {position} is read, and {shown} is committed"));
        }
        self.positions.insert(partition, position);
        count
    }

    pub fn got_earliest(&mut self, partition: Partition, frame: &[u8], knowledge: &mut Knowledge) {
        let Some((error, offset)) = listed(frame) else { return };
        if error.is_ok() {
            knowledge.log_start_seen(partition, offset);
            let position = self.positions.entry(partition).or_default();
            *position = (*position).max(offset);
        }
    }
}

/// Takes the answer to a fetch of what was acknowledged before.
pub fn fetched_again(partition: Partition, offset: Offset, frame: &[u8], knowledge: &mut Knowledge) {
    if frame.is_empty() {
        return;
    }
    let fetched = match records_of(frame) {
        Ok(fetched) => fetched,
        Err(reason) => {
            return knowledge.say(format!("{partition:?}: what was read at {offset} is damaged: {reason}"));
        }
    };
    if fetched.error.is_ok() {
        let is_hidden = knowledge.is_replicated && fetched.values.is_empty() && fetched.high_watermark <= offset;
        if !is_hidden && !fetched.values.iter().any(|(found, _)| *found == offset) {
            let first = fetched.values.first();
            knowledge.say(format!("{partition:?}: a fetch at {offset} gives records from {first:?} on"));
        }
        for (offset, value) in fetched.values {
            knowledge.read(partition, offset, value);
        }
    } else if fetched.error == ErrorCode::OffsetOutOfRange
        && knowledge.acknowledged_end(partition).is_some_and(|end| offset < end)
    {
        knowledge.say(format!("{partition:?}: offset {offset} was acknowledged and is out of range"));
    }
}

/// Takes the answer to a search by timestamp, which was sent when offsets below `known_to` were acknowledged.
pub fn got_timestamp(
    partition: Partition,
    timestamp_ms: i64,
    known_to: Offset,
    frame: &[u8],
    knowledge: &mut Knowledge,
) {
    if let Some((ErrorCode::None, offset)) = listed(frame) {
        knowledge.timestamp_found(partition, timestamp_ms, known_to, offset);
    }
}

/// Takes the answer to a deletion of records.
pub fn deleted(partition: Partition, offset: Offset, frame: &[u8], knowledge: &mut Knowledge) {
    let answer = decode::<DeleteRecordsRequest<'_>>(frame, 2)
        .and_then(|r| r.topics.into_iter().next()?.partitions.into_iter().next());
    if let Some(answer) = answer.filter(|answer| answer.error_code == 0) {
        if answer.low_watermark < offset {
            let low = answer.low_watermark;
            knowledge.say(format!("{partition:?}: records below {offset} were deleted, and the log starts at {low}"));
        }
        knowledge.log_start_seen(partition, answer.low_watermark);
    }
}

/// Searches by timestamp.
pub fn list_offsets(node: &mut impl Peer, partition: Partition, timestamp: i64) -> u64 {
    let request = ListOffsetsRequest {
        replica_id: -1,
        topics: vec![list_offsets_request::ListOffsetsTopic {
            name: partition.0.into(),
            partitions: vec![list_offsets_request::ListOffsetsPartition {
                partition_index: partition.1,
                current_leader_epoch: -1,
                timestamp,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    node.send(7, &request)
}

/// What a search found.
pub fn listed(frame: &[u8]) -> Option<(ErrorCode, Offset)> {
    let response = decode::<ListOffsetsRequest<'_>>(frame, 7)?;
    let partition = response.topics.first()?.partitions.first()?;
    Some((ErrorCode::from_code(partition.error_code), partition.offset))
}

/// Asks for records from an offset on.
pub fn send_fetch(node: &mut impl Peer, partition: Partition, offset: Offset, wait_ms: i32) -> u64 {
    let request = FetchRequest {
        max_wait_ms: wait_ms,
        min_bytes: 1,
        max_bytes: 1 << 20,
        topics: vec![fetch_request::FetchTopic {
            topic: partition.0.into(),
            partitions: vec![fetch_request::FetchPartition {
                partition: partition.1,
                fetch_offset: offset,
                partition_max_bytes: 4096,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    node.send(11, &request)
}

/// What a fetch gave for its one partition.
pub struct Fetched {
    pub error: ErrorCode,
    pub log_start: Offset,
    pub high_watermark: Offset,
    pub values: Vec<(Offset, u64)>,
}

/// Reads a fetch's answer; an error says why the records cannot be read.
pub fn records_of(frame: &[u8]) -> Result<Fetched, String> {
    let response = decode::<FetchRequest<'_>>(frame, 11).ok_or("the answer cannot be decoded")?;
    let data = response.responses.first().and_then(|topic| topic.partitions.first());
    let data = data.ok_or("the answer has no partition")?;
    let bytes = data.records.as_ref().map_or(&[][..], |records| records.as_bytes());
    let mut values = Vec::new();
    for batch in batches(bytes) {
        let batch = batch.map_err(|error| error.to_string())?;
        batch.check_crc().map_err(|error| error.to_string())?;
        let open = batch.open(1 << 20).map_err(|error| error.to_string())?;
        for record in open.records() {
            let record = record.map_err(|error| error.to_string())?;
            let value = record.value.and_then(|value| value.try_into().ok()).map_or(0, u64::from_be_bytes);
            values.push((record.offset, value));
        }
    }
    let (log_start, high_watermark) = (data.log_start_offset, data.high_watermark);
    Ok(Fetched { error: ErrorCode::from_code(data.error_code), log_start, high_watermark, values })
}
