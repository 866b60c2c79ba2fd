//! Reading of a snapshot or segment of the metadata log, record by record.

use crate::dump_log::{Failure, for_each_batch, metadata_json};
use base::{LeaderEpoch, NodeId, Offset};
use metadata::Loader;
use protocol::{Decode, LeaderChangeMessage, MetadataRecord, VotersRecord, json};
use records::Record;
use records::control::ControlType;
use serde_json::json;
use std::io::Write;

/// Bytes that the records of one batch may take when decompressed.
const DECOMPRESSED_MAX: usize = 64 << 20;

/// Where a record stands.
struct Place {
    epoch: LeaderEpoch,
    timestamp_ms: i64,
    is_control: bool,
}

/// What the control records say.
#[derive(Debug, Default)]
pub(super) struct QuorumView {
    pub leader: Option<NodeId>,
    /// Ids and, of a dynamic quorum, the hosts.
    pub voters: Vec<(NodeId, Option<String>)>,
}

fn for_each_record(
    path: &str,
    mut each: impl FnMut(&Place, &Record<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for_each_batch(path, |batch| {
        let wrong = |error: records::RecordsError| Failure(format!("{path}: {error}"));
        batch.check_crc().map_err(wrong)?;
        let place = Place {
            epoch: batch.partition_leader_epoch(),
            timestamp_ms: batch.max_timestamp_ms(),
            is_control: batch.is_control(),
        };
        let opened = batch.open(DECOMPRESSED_MAX).map_err(wrong)?;
        for record in opened.records() {
            each(&place, &record.map_err(wrong)?)?;
        }
        Ok(())
    })
}

/// The image after every record of the file; records that cannot be read are named on `err`.
pub(super) fn image(path: &str, err: &mut dyn Write) -> Result<(Loader, QuorumView), Failure> {
    let mut loader = Loader::default();
    let mut quorum = QuorumView::default();
    let mut read = 0;
    for_each_record(path, |place, record| {
        if place.is_control {
            quorum.note(record);
            return Ok(());
        }
        let decoded = MetadataRecord::decode(record.value.unwrap_or_default());
        let (value, _) = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                writeln!(err, "unable to read metadata record at offset {}: {error}", record.offset)?;
                return Ok(());
            }
        };
        read += 1;
        let offset: Offset = record.offset;
        loader
            .replay(offset, place.epoch, place.timestamp_ms, &value)
            .map_err(|error| Failure(format!("{path}: record at offset {offset}: {error}")))
    })?;
    if read == 0 && quorum.voters.is_empty() && quorum.leader.is_none() {
        return Err(Failure(format!("{path} holds no metadata records")));
    }
    Ok((loader, quorum))
}

impl QuorumView {
    /// Takes over what a control record says; a malformed one says nothing.
    fn note(&mut self, record: &Record<'_>) {
        let value = record.value.unwrap_or_default();
        match ControlType::from_key(record.key) {
            Ok(Some(ControlType::LeaderChange)) => {
                if let Ok(message) = LeaderChangeMessage::from_bytes(value, control_version(value)) {
                    self.leader = Some(message.leader_id);
                    if self.voters.is_empty() {
                        self.voters = message.voters.iter().map(|voter| (voter.voter_id, None)).collect();
                    }
                }
            }
            Ok(Some(ControlType::KraftVoters)) => {
                if let Ok(message) = VotersRecord::from_bytes(value, control_version(value)) {
                    let host = |voter: &protocol::voters_record::Voter<'_>| {
                        voter.endpoints.first().map(|endpoint| endpoint.host.to_string())
                    };
                    self.voters = message.voters.iter().map(|voter| (voter.voter_id, host(voter))).collect();
                }
            }
            _ => {}
        }
    }
}

/// Control records begin with their version.
fn control_version(value: &[u8]) -> i16 {
    value.first_chunk().map_or(0, |bytes| i16::from_be_bytes(*bytes))
}

/// One line a record: type, version and data as JSON.
pub(super) fn print(path: &str, out: &mut dyn Write) -> Result<(), Failure> {
    for_each_record(path, |place, record| {
        let shown = match place.is_control {
            true => control_json(record),
            false => metadata_json(record.value.unwrap_or_default()),
        };
        match shown {
            Ok(json) => writeln!(out, "{json}")?,
            Err(message) => writeln!(out, "offset {}: {message}", record.offset)?,
        }
        Ok(())
    })
}

fn control_json(record: &Record<'_>) -> Result<serde_json::Value, String> {
    let kind = ControlType::from_key(record.key).map_err(|error| error.to_string())?;
    let (name, message) = match kind {
        Some(ControlType::LeaderChange) => ("LEADER_CHANGE", "LeaderChangeMessage"),
        Some(ControlType::SnapshotHeader) => ("SNAPSHOT_HEADER", "SnapshotHeaderRecord"),
        Some(ControlType::SnapshotFooter) => ("SNAPSHOT_FOOTER", "SnapshotFooterRecord"),
        Some(ControlType::KraftVersion) => ("KRAFT_VERSION", "KRaftVersionRecord"),
        Some(ControlType::KraftVoters) => ("KRAFT_VOTERS", "VotersRecord"),
        _ => return Err("control record of another kind".into()),
    };
    let value = record.value.unwrap_or_default();
    let version = control_version(value);
    let data = json::decode(message, version, value).map_err(|error| error.to_string())?;
    Ok(json!({ "type": name, "version": version, "data": data }))
}
