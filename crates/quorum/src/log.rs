//! Encoding of metadata records into batches and back.

use crate::QuorumError;
use base::{LeaderEpoch, Offset};
use controller::Record;
use protocol::{
    KRaftVersionRecord, LeaderChangeMessage, Message, MetadataRecord, SnapshotHeaderRecord, VotersRecord,
    leader_change_message, voters_record,
};
use raft::{Endpoint, ReplicaKey, Voter, VoterSet};
use records::control::{ControlType, control_batch};
use records::{BATCH_HEADER_LEN, Batch, BatchBuilder, BatchOptions};
use std::path::Path;

/// Bytes that the records of one batch may take when decompressed.
const DECOMPRESSED_MAX: usize = 64 << 20;

/// Records of one batch at most, and of what one request of a client may lead to; as in Kafka.
pub(crate) const BATCH_RECORDS_MAX: usize = 10_000;
/// What a record may take in a batch beside its value.
const RECORD_OVERHEAD: usize = 24;

/// Some metadata records in one batch. Offsets and epoch are set when it is appended.
pub(crate) struct DataBatch {
    pub bytes: Vec<u8>,
    pub count: usize,
}

/// Metadata records in batches of at most `bytes_max`; only a record that is larger alone exceeds it.
pub(crate) fn data_batches(
    records: &[Record],
    timestamp_ms: i64,
    bytes_max: usize,
) -> Result<Vec<DataBatch>, QuorumError> {
    let mut batches = Vec::new();
    let mut builder = BatchBuilder::new(BatchOptions::default());
    let (mut count, mut size) = (0, BATCH_HEADER_LEN);
    let mut value = Vec::new();
    for record in records {
        value.clear();
        record.value.encode(&mut value, record.version)?;
        let needed = value.len() + RECORD_OVERHEAD;
        if count > 0 && (count == BATCH_RECORDS_MAX || size + needed > bytes_max) {
            let full = std::mem::replace(&mut builder, BatchBuilder::new(BatchOptions::default()));
            batches.push(finished(full, count)?);
            (count, size) = (0, BATCH_HEADER_LEN);
        }
        builder.append(timestamp_ms, None, Some(&value), &[]);
        (count, size) = (count + 1, size + needed);
    }
    if count > 0 {
        batches.push(finished(builder, count)?);
    }
    Ok(batches)
}

fn finished(builder: BatchBuilder, count: usize) -> Result<DataBatch, QuorumError> {
    let bytes = builder.finish().map_err(|error| QuorumError::file(crate::FOLDER, error))?;
    Ok(DataBatch { bytes, count })
}

/// The control batch that opens a leader's epoch; at the birth of a dynamic quorum with its version and voters.
pub(crate) fn leader_change_batch(
    leader: i32,
    voters: &VoterSet,
    granting: &[i32],
    with_voters: Option<i16>,
    epoch: LeaderEpoch,
    offset: Offset,
    timestamp_ms: i64,
) -> Result<Vec<u8>, QuorumError> {
    let voter = |id: i32| leader_change_message::Voter { voter_id: id, ..Default::default() };
    let message = LeaderChangeMessage {
        version: 0,
        leader_id: leader,
        voters: voters.iter().map(|v| voter(v.key.id)).collect(),
        granting_voters: granting.iter().map(|id| voter(*id)).collect(),
        ..Default::default()
    };
    let mut values = vec![(ControlType::LeaderChange, message.to_bytes(0)?)];
    if let Some(kraft_version) = with_voters {
        values.extend(quorum_records(kraft_version, voters)?);
    }
    let records: Vec<(ControlType, &[u8])> = values.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
    let options = BatchOptions { base_offset: offset, partition_leader_epoch: epoch, ..BatchOptions::default() };
    Ok(control_batch(options, timestamp_ms, &records))
}

/// KRaftVersion and KRaftVoters records (KIP-853).
pub(crate) fn quorum_records(
    kraft_version: i16,
    voters: &VoterSet,
) -> Result<Vec<(ControlType, Vec<u8>)>, QuorumError> {
    let version = KRaftVersionRecord { version: 0, k_raft_version: kraft_version, ..Default::default() };
    let mut records = vec![(ControlType::KraftVersion, version.to_bytes(0)?)];
    if kraft_version >= 1 {
        records.push((ControlType::KraftVoters, voters_record(voters).to_bytes(0)?));
    }
    Ok(records)
}

pub(crate) fn voters_record(voters: &VoterSet) -> VotersRecord<'static> {
    VotersRecord {
        version: 0,
        voters: voters
            .iter()
            .map(|voter| voters_record::Voter {
                voter_id: voter.key.id,
                voter_directory_id: voter.key.directory_id,
                endpoints: voter
                    .endpoints
                    .iter()
                    .map(|e| voters_record::Endpoint {
                        name: e.listener.clone().into(),
                        host: e.host.clone().into(),
                        port: e.port,
                        ..Default::default()
                    })
                    .collect(),
                k_raft_version_feature: voters_record::KRaftVersionFeature {
                    min_supported_version: 0,
                    max_supported_version: 1,
                    ..Default::default()
                },
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

/// What a record of the log (or of a snapshot) says.
pub(crate) enum Entry<'a> {
    Metadata(MetadataRecord<'a>),
    KraftVersion(i16),
    Voters(VoterSet),
    /// Append time of the last record that a snapshot holds.
    SnapshotHeader {
        last_timestamp_ms: i64,
    },
    /// Leader changes, snapshot footers, kinds that we do not know.
    Other,
}

/// Reads every record of a batch in order: `each(offset, timestamp, entry)`.
pub(crate) fn for_each_entry(
    path: &Path,
    batch: &Batch<'_>,
    mut each: impl FnMut(Offset, i64, Entry<'_>) -> Result<(), QuorumError>,
) -> Result<(), QuorumError> {
    let bad = |reason: String| QuorumError::file(path, format!("batch at offset {}: {reason}", batch.base_offset()));
    batch.check_crc().map_err(|error| bad(error.to_string()))?;
    let open = batch.open(DECOMPRESSED_MAX).map_err(|error| bad(error.to_string()))?;
    for record in open.records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        let value = record.value.unwrap_or_default();
        let entry = if batch.is_control() {
            control_entry(record.key, value).map_err(bad)?
        } else {
            let (decoded, _) = MetadataRecord::decode(value).map_err(|error| bad(error.to_string()))?;
            Entry::Metadata(decoded)
        };
        each(record.offset, record.timestamp_ms, entry)?;
    }
    Ok(())
}

fn control_entry<'a>(key: Option<&[u8]>, value: &'a [u8]) -> Result<Entry<'a>, String> {
    use protocol::Cursor;
    let kind = ControlType::from_key(key).map_err(|error| error.to_string())?;
    Ok(match kind {
        Some(ControlType::KraftVersion) => {
            let record = KRaftVersionRecord::decode(&mut Cursor::new(value), 0).map_err(|error| error.to_string())?;
            Entry::KraftVersion(record.k_raft_version)
        }
        Some(ControlType::KraftVoters) => {
            let record = VotersRecord::decode(&mut Cursor::new(value), 0).map_err(|error| error.to_string())?;
            Entry::Voters(voter_set(&record))
        }
        Some(ControlType::SnapshotHeader) => {
            let record = SnapshotHeaderRecord::decode(&mut Cursor::new(value), 0).map_err(|error| error.to_string())?;
            Entry::SnapshotHeader { last_timestamp_ms: record.last_contained_log_timestamp }
        }
        _ => Entry::Other,
    })
}

/// The endpoint as voters have it.
pub fn voter_endpoint(endpoint: &metadata::Endpoint) -> Endpoint {
    Endpoint { listener: endpoint.listener.clone(), host: endpoint.host.clone(), port: endpoint.port }
}

fn voter_set(record: &VotersRecord<'_>) -> VoterSet {
    VoterSet::new(record.voters.iter().map(|voter| {
        Voter {
            key: ReplicaKey { id: voter.voter_id, directory_id: voter.voter_directory_id },
            endpoints: voter
                .endpoints
                .iter()
                .map(|e| Endpoint { listener: e.name.to_string(), host: e.host.to_string(), port: e.port })
                .collect(),
        }
    }))
}
