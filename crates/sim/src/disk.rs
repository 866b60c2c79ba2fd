//! What the files say after a stop in order: whole batches, indexes that point to them, and snapshots of the metadata
//! that agree with the log.

use base::{Files, LeaderEpoch, Offset};
use metadata::Loader;
use protocol::MetadataRecord;
use quorum::{SnapshotId, read_snapshot};
use records::{Batch, batches};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use testkit::SimFiles;

const METADATA: &str = "/data/__cluster_metadata-0";

/// Everything that is wrong in the folders of partitions.
pub fn check(files: &SimFiles) -> Vec<String> {
    let mut wrong = Vec::new();
    for dir in ["/data", "/more"] {
        let Ok(entries) = files.list(Path::new(dir)) else { continue };
        for entry in entries.iter().filter(|entry| entry.is_dir) {
            let folder = Path::new(dir).join(&entry.name);
            let is_other = [".", "-delete", "-stray"].iter().any(|part| entry.name.contains(part));
            if is_other || was_hardly_begun(files, &folder) {
                continue;
            }
            if let Err(reason) = check_folder(files, &folder) {
                wrong.push(format!("{}: {reason}", folder.display()));
            }
        }
    }
    if let Err(reason) = check_metadata(files) {
        wrong.push(format!("metadata: {reason}"));
    }
    wrong
}

/// Whether a folder was left behind when it could not be made whole: it does not say whose it is, and has no records.
fn was_hardly_begun(files: &SimFiles, folder: &Path) -> bool {
    let has_name = files.exists(&folder.join("partition.metadata")).unwrap_or(false);
    let records = files.list(folder).unwrap_or_default();
    let records = records.iter().filter(|entry| entry.name.ends_with(".log")).any(|entry| entry.len > 0);
    !has_name && !records && !folder.ends_with("__cluster_metadata-0")
}

/// A segment's batches: where they lie, their last offsets and largest timestamps.
type Places = BTreeMap<u64, (Offset, i64)>;

fn check_folder(files: &SimFiles, folder: &Path) -> Result<(), String> {
    let mut next = None;
    for (base, path) in segments(files, folder)? {
        if next.is_some_and(|next| base != next) {
            return Err(format!("segment {base} does not begin at {next:?}"));
        }
        let bytes = read(files, &path)?;
        let places = check_batches(&bytes, base).map_err(|reason| format!("segment {base}: {reason}"))?;
        next = Some(places.values().next_back().map_or(base, |(last, _)| last + 1));
        check_index(&read(files, &path.with_extension("index"))?, base, &places)
            .and_then(|()| check_time_index(&read(files, &path.with_extension("timeindex"))?, base, &places))
            .map_err(|reason| format!("segment {base}: {reason}"))?;
    }
    Ok(())
}

fn segments(files: &SimFiles, folder: &Path) -> Result<Vec<(Offset, PathBuf)>, String> {
    let entries = files.list(folder).map_err(|error| error.to_string())?;
    let segment = |name: &str| Some((name.strip_suffix(".log")?.parse().ok()?, folder.join(name)));
    Ok(entries.iter().filter_map(|entry| segment(&entry.name)).collect())
}

fn read(files: &SimFiles, path: &Path) -> Result<Vec<u8>, String> {
    files.read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn check_batches(bytes: &[u8], base: Offset) -> Result<Places, String> {
    let mut places = Places::new();
    let (mut position, mut next) = (0, base);
    let mut all = batches(bytes);
    for batch in all.by_ref() {
        let batch = batch.map_err(|error| error.to_string())?;
        batch.check_crc().map_err(|error| format!("at {position}: {error}"))?;
        if batch.base_offset() != next {
            return Err(format!("offset {} comes where {next} belongs", batch.base_offset()));
        }
        next = batch.next_offset();
        places.insert(position, (batch.last_offset(), batch.max_timestamp_ms()));
        position += batch.size() as u64;
    }
    if all.rest().is_empty() { Ok(places) } else { Err("it ends inside a batch".into()) }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn check_index(bytes: &[u8], base: Offset, places: &Places) -> Result<(), String> {
    let mut before = -1;
    for entry in bytes.chunks(8) {
        let (offset, position) = (base + number(&entry[..4]) as Offset, number(&entry[4..]));
        let found = places.get(&position).map(|(last, _)| *last);
        if found != Some(offset) || offset <= before {
            return Err(format!("an index entry says that {offset} is at {position}, where there is {found:?}"));
        }
        before = offset;
    }
    Ok(())
}

fn check_time_index(bytes: &[u8], base: Offset, places: &Places) -> Result<(), String> {
    let mut before = i64::MIN;
    for entry in bytes.chunks(12) {
        let (timestamp, offset) = (number(&entry[..8]) as i64, base + number(&entry[8..]) as Offset);
        let is_true = places.values().any(|(last, max)| (*last, *max) == (offset, timestamp));
        if !is_true && !places.is_empty() || timestamp <= before {
            return Err(format!("a time index entry says {timestamp} of offset {offset}"));
        }
        before = timestamp;
    }
    Ok(())
}

/// Replays the metadata log from its beginning, and compares the image with each snapshot on the way.
fn check_metadata(files: &SimFiles) -> Result<(), String> {
    let folder = Path::new(METADATA);
    let entries = files.list(folder).map_err(|error| error.to_string())?;
    let snapshots: BTreeMap<Offset, SnapshotId> = entries
        .iter()
        .filter_map(|entry| SnapshotId::from_file_name(&entry.name))
        // The voters that a dynamic quorum begins with are in one that ends where the log begins.
        .filter(|id| id.end_offset > 0)
        .map(|id| (id.end_offset, id))
        .collect();
    // A log whose beginning is gone begins with its oldest snapshot, which may end inside of the first segment.
    let segments = segments(files, folder)?;
    let begins_later = segments.first().is_some_and(|(base, _)| *base > 0);
    let first = snapshots.values().next().filter(|_| begins_later);
    let (mut loader, mut compared, from) = match first {
        Some(id) => (loaded(files, folder, *id)?, 1, id.end_offset),
        None => (Loader::default(), 0, 0),
    };
    for (_, path) in segments {
        let bytes = read(files, &path)?;
        for batch in batches(&bytes) {
            let batch = batch.map_err(|error| error.to_string())?;
            if batch.base_offset() < from {
                continue;
            }
            replay(&mut loader, &batch)?;
            if let Some(id) = snapshots.get(&batch.next_offset()) {
                compared += 1;
                compare(files, folder, *id, &loader)?;
            }
        }
    }
    let beyond = snapshots.len() - compared;
    if beyond > 0 { Err(format!("{beyond} snapshots end where no batch ends: {:?}", snapshots.keys())) } else { Ok(()) }
}

/// Below what is committed two metadata logs hold the same batches, wherever both have any.
pub fn compare_metadata(one: &SimFiles, other: &SimFiles, committed: Offset) -> Result<(), String> {
    let (one, other) = (metadata_batches(one)?, metadata_batches(other)?);
    for (offset, bytes) in one.iter().filter(|(offset, _)| **offset < committed) {
        if other.get(offset).is_some_and(|same| same != bytes) {
            return Err(format!("the batches at {offset}"));
        }
    }
    Ok(())
}

fn metadata_batches(files: &SimFiles) -> Result<BTreeMap<Offset, Vec<u8>>, String> {
    let mut all = BTreeMap::new();
    for (_, path) in segments(files, Path::new(METADATA))? {
        let bytes = read(files, &path)?;
        for batch in batches(&bytes) {
            let batch = batch.map_err(|error| error.to_string())?;
            all.insert(batch.base_offset(), batch.bytes().to_vec());
        }
    }
    Ok(all)
}

fn replay(loader: &mut Loader, batch: &Batch<'_>) -> Result<(), String> {
    let (epoch, open): (LeaderEpoch, _) = (batch.partition_leader_epoch(), batch.open(64 << 20));
    let open = open.map_err(|error| error.to_string())?;
    for record in open.records() {
        let record = record.map_err(|error| error.to_string())?;
        if batch.is_control() {
            loader.advance(record.offset, epoch, record.timestamp_ms);
            continue;
        }
        let (decoded, _) =
            MetadataRecord::decode(record.value.unwrap_or_default()).map_err(|error| error.to_string())?;
        loader
            .replay(record.offset, epoch, record.timestamp_ms, &decoded)
            .map_err(|error| format!("record {}: {error}", record.offset))?;
    }
    Ok(())
}

fn loaded(files: &SimFiles, folder: &Path, id: SnapshotId) -> Result<Loader, String> {
    let content = read_snapshot(files, &folder.join(id.file_name())).map_err(|error| error.to_string())?;
    let mut loaded = Loader::default();
    for record in &content.records {
        loaded
            .replay(id.end_offset - 1, id.epoch, content.timestamp_ms, &record.value)
            .map_err(|error| format!("snapshot {}: {error}", id.file_name()))?;
    }
    Ok(loaded)
}

fn compare(files: &SimFiles, folder: &Path, id: SnapshotId, replayed: &Loader) -> Result<(), String> {
    let loaded = loaded(files, folder, id)?;
    let (left, right) = (metadata::snapshot_records(loaded.latest()), metadata::snapshot_records(replayed.latest()));
    if format!("{left:?}") == format!("{right:?}") {
        return Ok(());
    }
    Err(format!("snapshot {} is not what the log says up to there", id.file_name()))
}
