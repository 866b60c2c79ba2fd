//! What is in a log directory: small files alone, and a partition folder of which one file is hostile.
//!
//! Kind, then for a folder: which file, which segment, options (bit 0: clean stop, bit 1: late recovery point, bit 2: mend
//! checksums); then the content.

use super::batches::mend;
use crate::Feature;
use crate::input::{Input, feature_of, mix};
use crate::memory::{self, Bound};
use base::{Files, TopicPartition};
use raft::QuorumState;
use records::{BatchBuilder, BatchOptions, Codec};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use storage::{
    AppendOrigin, EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, LeaderBatch, Log, LogConfig, LogDir, MAX_TIMESTAMP,
    OpenOptions, RECOVERY_POINTS, ReadLimits, StorageError, read_offsets, write_offsets,
};
use testkit::SimFiles;

const NOW_MS: i64 = 1_795_000_000_000;
const FOLDER: &str = "/data/t-0";
/// Files are scanned in pieces of up to 1 MiB, and the simulated disk holds every file twice.
const OPENED: Bound = Bound { base: 6 << 20, factor: 64 };
/// One for each kind of file in a partition folder.
const SUFFIXES: [&str; 7] =
    [".log", ".index", ".timeindex", ".txnindex", ".snapshot", "leader-epoch-checkpoint", "partition.metadata"];

pub fn run(bytes: &[u8]) -> Feature {
    memory::within(OPENED, bytes.len(), || {
        let mut input = Input(bytes);
        let kind = input.u8() % 7;
        let outcome = match kind {
            0 => folder(input),
            1 => offsets(input.0),
            2 => meta_properties(input.0),
            3 => partition_metadata(input.0),
            4 => quorum_state(input.0),
            5 => clean_shutdown(input.0),
            _ => replicate(input),
        };
        mix([kind].into_iter().chain(outcome.to_le_bytes()))
    })
}

fn config() -> LogConfig {
    LogConfig {
        segment_bytes: 700,
        segment_index_bytes: 240,
        index_interval_bytes: 100,
        producer_id_expiration_ms: i64::MAX,
        decompressed_bytes_max: 64 << 10,
        ..LogConfig::default()
    }
}

fn open(files: &SimFiles, options: &OpenOptions<'_>) -> Result<Log, StorageError> {
    let shared: Arc<dyn Files> = Arc::new(files.clone());
    let mut log = Log::open(shared, PathBuf::from(FOLDER), TopicPartition::new("t", 0), config(), options)?;
    log.set_high_watermark(log.log_end_offset());
    Ok(log)
}

fn batch(options: BatchOptions, at_ms: i64) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for n in 0..3 {
        builder.append(at_ms + n, Some(b"k"), Some(b"some value of a record"), &[]);
    }
    builder.finish().expect("every codec compresses")
}

fn append(log: &mut Log, bytes: &[u8], epoch: i32) -> Result<(), StorageError> {
    let batch = LeaderBatch::built(bytes, AppendOrigin::Coordinator)?;
    log.append_as_leader(&batch, epoch, NOW_MS)?;
    log.set_high_watermark(log.log_end_offset());
    Ok(())
}

/// A log of several segments with all codecs, an aborted transaction and one that is open, in two epochs.
fn sample() -> &'static SimFiles {
    static SAMPLE: OnceLock<SimFiles> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let files = SimFiles::new();
        files.create_dir_all(Path::new("/data")).expect("no faults");
        let mut log =
            open(&files, &OpenOptions { now_wall_ms: NOW_MS, ..OpenOptions::default() }).expect("an empty log");
        log.set_topic_id(base::Uuid::from_u128(77)).expect("no faults");
        let codecs = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];
        for (n, codec) in (0..).zip(codecs.iter().cycle().take(12)) {
            let plain = BatchOptions { compression: (*codec).into(), ..BatchOptions::default() };
            let ours = BatchOptions {
                producer_id: 5,
                producer_epoch: 0,
                base_sequence: 3 * (n / 3),
                transactional: true,
                ..plain
            };
            let bytes = batch(if n % 3 == 0 { ours } else { plain }, NOW_MS + 10 * i64::from(n));
            append(&mut log, &bytes, n / 6).expect("a batch of ours");
            if n == 7 {
                let marker = records::control::EndTransactionMarker {
                    producer_id: 5,
                    producer_epoch: 0,
                    committed: false,
                    coordinator_epoch: 0,
                };
                log.append_marker(&marker, 1, 1, NOW_MS).expect("a marker of ours");
                log.set_high_watermark(log.log_end_offset());
            }
        }
        log.close_cleanly().expect("no faults");
        files.sync_everything();
        files
    })
}

/// The files of one kind, in order.
fn paths(suffix: &str) -> Vec<PathBuf> {
    let entries = sample().list(Path::new(FOLDER)).expect("no faults");
    let names = entries.into_iter().map(|entry| entry.name).filter(|name| name.ends_with(suffix));
    let mut paths: Vec<PathBuf> = names.map(|name| Path::new(FOLDER).join(name)).collect();
    if paths.is_empty() {
        paths.push(Path::new(FOLDER).join(format!("{:020}{suffix}", 0)));
    }
    paths
}

fn folder(mut input: Input<'_>) -> Feature {
    let suffix = input.choose(&SUFFIXES);
    let paths = paths(suffix);
    let path = &paths[usize::from(input.u8()) % paths.len()];
    let options = input.u8();
    let mut content = input.0.to_vec();
    if options & 4 != 0 && suffix == ".log" {
        mend(&mut content);
    }
    if options & 4 != 0 && suffix == ".snapshot" && content.len() > 6 {
        let crc = records::crc32c(&[&content[6..]]);
        content[2..6].copy_from_slice(&crc.to_be_bytes());
    }
    let files = sample().copy();
    files.put(path, &content);
    let clean_shutdown = options & 1 != 0;
    let recovery_point = if options & 2 != 0 { 20 } else { 0 };
    let open_options = OpenOptions { clean_shutdown, recovery_point, now_wall_ms: NOW_MS, ..OpenOptions::default() };
    let walked = !clean_shutdown && recovery_point == 0;
    let outcome = use_log(&files, &open_options, walked);
    if let Err(error) = &outcome {
        assert!(!error.fails_log_dir(), "nothing failed on the disk: {error}");
    }
    mix(suffix.bytes().chain([options & 3]).chain(feature_of(&outcome).to_le_bytes()))
}

/// Opens a log, reads it, appends to it, cuts it, closes it and opens it again. What was walked reads without errors.
fn use_log(files: &SimFiles, options: &OpenOptions<'_>, walked: bool) -> Result<usize, StorageError> {
    let mut log = open(files, options)?;
    let (start, end) = (log.log_start_offset(), log.log_end_offset());
    assert!(start <= end, "{start} is above {end}");
    let read = read_all(&log);
    if walked {
        read.as_ref().unwrap_or_else(|error| panic!("what recovery left cannot be read: {error}"));
    }
    for timestamp in [EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, MAX_TIMESTAMP, 0, NOW_MS + 45, i64::MAX] {
        let found = log.offset_for_timestamp(timestamp);
        // Recovery compares checksums; as in Kafka, it does not look into the records behind a right one.
        if let Err(error) = found
            && walked
            && !matches!(error, StorageError::Corrupt { .. })
        {
            panic!("timestamp {timestamp} cannot be looked up: {error}");
        }
    }
    let _ = log.aborted_transactions(start, end);
    let _ = (log.producers().len(), log.oldest_transaction().is_some(), log.last_stable_offset());
    for epoch in [-1, 0, 1, i32::MAX] {
        let _ = log.leader_epochs().end_offset_for(epoch, end);
    }
    let epoch = log.leader_epochs().latest().map_or(0, |entry| entry.epoch);
    let count = read.unwrap_or_default();
    append(&mut log, &batch(BatchOptions::default(), NOW_MS), epoch)?;
    assert_eq!(log.log_end_offset(), end + 3);
    log.roll(NOW_MS)?;
    append(&mut log, &batch(BatchOptions::default(), NOW_MS), epoch)?;
    log.truncate_to(end + 1, NOW_MS)?;
    if let Some(job) = log.flush_job(false)? {
        let flushed = job.run(files)?;
        log.flushed(&flushed);
    }
    log.close_cleanly()?;
    let (end, producers) = (log.log_end_offset(), log.producers());
    let again = open(files, &OpenOptions { clean_shutdown: true, now_wall_ms: NOW_MS, ..OpenOptions::default() })?;
    assert_eq!(again.log_end_offset(), end, "closed cleanly, opened again");
    if walked {
        assert_eq!(again.producers().len(), producers.len());
    }
    Ok(count.min(40))
}

/// Reads from start to end, and counts batches.
fn read_all(log: &Log) -> Result<usize, StorageError> {
    let limits = ReadLimits { bytes_max: 500, upper_bound: log.log_end_offset(), at_least_one: true, aborted: true };
    let (mut offset, mut count) = (log.log_start_offset(), 0);
    while offset < log.log_end_offset() {
        let bytes = log.read(offset, &limits)?.read()?;
        let before = offset;
        for batch in records::batches(&bytes) {
            let batch = batch?;
            offset = offset.max(batch.next_offset());
            count += 1;
        }
        if offset == before {
            break;
        }
    }
    Ok(count)
}

/// What a follower fetched, appended to the sample.
fn replicate(mut input: Input<'_>) -> Feature {
    let mends = input.u8() & 1 != 0;
    let mut bytes = input.0.to_vec();
    if mends {
        mend(&mut bytes);
    }
    let files = sample().copy();
    let options = OpenOptions { clean_shutdown: true, now_wall_ms: NOW_MS, ..OpenOptions::default() };
    let mut log = open(&files, &options).expect("the sample opens");
    let before = log.log_end_offset();
    let outcome = log.append_with_offsets(&bytes, 9, NOW_MS).map(|_| ());
    match &outcome {
        Err(error) => {
            assert!(!error.fails_log_dir(), "nothing failed on the disk: {error}");
            assert_eq!(log.log_end_offset(), before, "a refused append changes nothing");
        }
        Ok(()) => {
            log.set_high_watermark(log.log_end_offset());
            read_all(&log).unwrap_or_else(|error| panic!("what was appended cannot be read: {error}"));
            let end = log.log_end_offset();
            drop(log);
            let again = open(&files, &OpenOptions { now_wall_ms: NOW_MS, ..OpenOptions::default() });
            let again = again.unwrap_or_else(|error| panic!("what was appended does not recover: {error}"));
            // A gap in the offsets between two segments counts as a loss when a log is walked that is not compacted.
            let recovered = again.log_end_offset();
            assert!(recovered == end || has_gap(&bytes, before), "recovered up to {recovered} instead of {end}");
        }
    }
    feature_of(&outcome)
}

/// Whether batches leave offsets out, counted from `end`.
fn has_gap(bytes: &[u8], mut end: i64) -> bool {
    records::batches(bytes).map_while(Result::ok).any(|batch| {
        let gap = batch.base_offset() != end;
        end = batch.next_offset();
        gap
    })
}

fn with_file(name: &str, content: &[u8]) -> SimFiles {
    let files = SimFiles::new();
    files.put(&Path::new("/data").join(name), content);
    files
}

fn log_dir(files: &SimFiles) -> LogDir {
    LogDir::open(Arc::new(files.clone()), PathBuf::from("/data")).expect("no faults")
}

fn offsets(content: &[u8]) -> Feature {
    let files = with_file("recovery-point-offset-checkpoint", content);
    let path = Path::new("/data/recovery-point-offset-checkpoint");
    let read = match log_dir(&files).read_checkpoint(RECOVERY_POINTS) {
        Err(error) => return feature_of(&error),
        Ok(read) => read,
    };
    write_offsets(&files, path, read.iter().map(|(partition, offset)| (partition, *offset))).expect("no faults");
    assert_eq!(read_offsets(&files, path).expect("what was written reads back"), read);
    mix([2, read.len().min(3) as u8])
}

fn meta_properties(content: &[u8]) -> Feature {
    let dir = log_dir(&with_file("meta.properties", content));
    let meta = match dir.meta_properties() {
        Err(error) => return feature_of(&error),
        Ok(meta) => meta.expect("there is a file"),
    };
    dir.write_meta_properties(&meta, NOW_MS).expect("no faults");
    assert_eq!(dir.meta_properties().expect("what was written reads back"), Some(meta));
    1
}

fn partition_metadata(content: &[u8]) -> Feature {
    let dir = log_dir(&with_file("t-0/partition.metadata", content));
    let folders = dir.partition_folders().expect("a corrupt file is no reason to fail");
    assert_eq!(folders.len(), 1);
    mix([u8::from(folders[0].topic_id.is_some())])
}

fn quorum_state(content: &[u8]) -> Feature {
    let text = String::from_utf8_lossy(content);
    match QuorumState::from_json(&text) {
        Err(error) => feature_of(&error),
        Ok(state) => {
            assert_eq!(QuorumState::from_json(&state.to_json(1, &[1, 2])).as_ref(), Ok(&state));
            let old = QuorumState::from_json(&state.to_json(0, &[1, 2])).expect("the old form reads back too");
            assert_eq!((old.leader_id, old.leader_epoch), (state.leader_id, state.leader_epoch));
            1
        }
    }
}

fn clean_shutdown(content: &[u8]) -> Feature {
    let dir = log_dir(&with_file(".kafka_cleanshutdown", content));
    let found = dir.take_clean_shutdown().expect("no faults").expect("there is a file");
    assert_eq!(dir.take_clean_shutdown().expect("no faults"), None);
    mix([u8::from(found.broker_epoch >= 0)])
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts: [(u8, &str); 6] = [
        (1, "0\n2\nt 0 5\nother-topic 12 9223372036854775807\n"),
        (
            2,
            "#\n#Sat Nov 21 00:06:12 UTC 2026\nnode.id=1\ndirectory.id=AAAAAAAAAAAAAAAAAAAATQ\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n",
        ),
        (3, "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAATQ"),
        (
            4,
            r#"{"leaderId":1,"leaderEpoch":1,"votedId":2,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAATQ","data_version":1}"#,
        ),
        (
            4,
            r#"{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}"#,
        ),
        (5, r#"{"version":0,"brokerEpoch":17}"#),
    ];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|(kind, text)| [&[*kind], text.as_bytes()].concat()).collect();
    for (file, suffix) in SUFFIXES.iter().enumerate() {
        for (segment, path) in paths(suffix).iter().enumerate() {
            let content = sample().read(path).unwrap_or_default();
            for options in [4, 5, 6, 0] {
                seeds.push([&[0, file as u8, segment as u8, options], content.as_slice()].concat());
            }
        }
    }
    let log =
        open(&sample().copy(), &OpenOptions { clean_shutdown: true, now_wall_ms: NOW_MS, ..OpenOptions::default() });
    let end = log.expect("the sample opens").log_end_offset();
    for (n, codec) in [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd].into_iter().enumerate() {
        let options = BatchOptions {
            base_offset: end,
            partition_leader_epoch: 1,
            compression: codec.into(),
            producer_id: n as i64 - 1,
            producer_epoch: 0,
            base_sequence: 0,
            ..BatchOptions::default()
        };
        let next = BatchOptions { base_offset: end + 3, partition_leader_epoch: 2, base_sequence: 3, ..options };
        seeds.push([&[6, 1][..], &batch(options, NOW_MS), &batch(next, NOW_MS)].concat());
    }
    let marker = records::control::EndTransactionMarker {
        producer_id: 5,
        producer_epoch: 0,
        committed: true,
        coordinator_epoch: 1,
    };
    seeds.push([&[6, 1][..], &marker.batch(end, 1, NOW_MS)].concat());
    seeds
}
