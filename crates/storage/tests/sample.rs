//! Data directories that Apache Kafka 4.3.1 wrote (stopped cleanly, and killed) are opened, and every record, offset,
//! watermark, producer and topic id is what Kafka's own clients saw.

mod support;

use base::{Files, TopicPartition, Uuid};
use records::{TimestampType, crc32c};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{
    FolderState, LOG_START_OFFSETS, Log, LogConfig, LogDir, OpenOptions, PartitionFolder, RECOVERY_POINTS,
    REPLICATION_OFFSETS, ReadLimits,
};
use support::all;
use testkit::SimFiles;

/// Unpacks a tar archive (ustar, regular files and folders).
fn unpack(archive: &[u8]) -> SimFiles {
    let files = SimFiles::new();
    let tar = zstd::decode_all(archive).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.split(|b| *b == 0).next().unwrap().to_vec()).unwrap();
    let mut at = 0;
    while tar.get(at).is_some_and(|byte| *byte != 0) {
        let header = &tar[at..at + 512];
        let name = format!("{}/{}", text(&header[345..500]), text(&header[..100]));
        let size = usize::from_str_radix(text(&header[124..136]).trim(), 8).unwrap();
        if header[156] == b'0' {
            files.put(&Path::new("/").join(name.trim_start_matches(['/', '.'])), &tar[at + 512..at + 512 + size]);
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}

struct Sample {
    files: SimFiles,
    truth: Value,
    root: PathBuf,
    clean: bool,
    dirs: Vec<&'static str>,
}

fn samples() -> Vec<Sample> {
    let (moving, fixed) = (include_bytes!("data/sample.tar.zst"), include_bytes!("data/sample-static.tar.zst"));
    let truth = |text: &str| serde_json::from_str(text).unwrap();
    let sample = |files: &SimFiles, text: &str, root: &str, dirs: &[&'static str]| Sample {
        files: files.clone(),
        truth: truth(text),
        root: PathBuf::from(root),
        clean: root == "/clean",
        dirs: dirs.to_vec(),
    };
    let (a, b) = (unpack(moving), unpack(fixed));
    vec![
        sample(&a, include_str!("data/sample.clean.json"), "/clean", &["d1", "d2"]),
        sample(&a, include_str!("data/sample.unclean.json"), "/unclean", &["d1", "d2"]),
        sample(&b, include_str!("data/sample-static.clean.json"), "/clean", &["d1"]),
        sample(&b, include_str!("data/sample-static.unclean.json"), "/unclean", &["d1"]),
    ]
}

impl Sample {
    /// Opens every live log but the metadata log.
    fn logs(&self) -> Vec<Log> {
        let mut logs = Vec::new();
        for dir in &self.dirs {
            let files: Arc<dyn Files> = Arc::new(self.files.clone());
            let dir = LogDir::open(files, self.root.join(dir)).unwrap();
            let meta = dir.meta_properties().unwrap().unwrap();
            assert_eq!(meta.cluster_id, self.truth["clusterId"].as_str().unwrap());
            assert_eq!(meta.node_id, 1);
            assert!(meta.directory_id.is_some());
            let clean = dir.take_clean_shutdown().unwrap();
            assert_eq!(clean.is_some(), self.clean);
            assert!(dir.take_clean_shutdown().unwrap().is_none());
            for folder in dir.partition_folders().unwrap() {
                if folder.state == FolderState::Live {
                    logs.push(self.open(&dir, &folder));
                }
            }
        }
        logs
    }

    fn open(&self, dir: &LogDir, folder: &PartitionFolder) -> Log {
        let lookup = |checkpoint| -> Option<i64> {
            let offsets = dir.read_checkpoint(checkpoint).unwrap();
            offsets.into_iter().find(|(partition, _)| *partition == folder.partition).map(|(_, offset)| offset)
        };
        let options = OpenOptions {
            clean_shutdown: self.clean,
            recovery_point: lookup(RECOVERY_POINTS).unwrap_or(0),
            log_start_offset: lookup(LOG_START_OFFSETS).unwrap_or(0),
            // When it was stopped: producers of 2023 expire at load, where the truth was taken after a load.
            now_wall_ms: if self.clean { 0 } else { 1_795_220_000_000 },
            ..OpenOptions::default()
        };
        let files: Arc<dyn Files> = Arc::new(self.files.clone());
        let config = LogConfig { segment_index_bytes: 65_536, ..LogConfig::default() };
        let mut log = Log::open(files, folder.path.clone(), folder.partition.clone(), config, &options).unwrap();
        let high_watermark = lookup(REPLICATION_OFFSETS).unwrap_or(0);
        // The checkpoint may be 5 seconds old; a leader without followers moves it to the log end.
        assert!(high_watermark <= log.log_end_offset());
        log.set_high_watermark(log.log_end_offset());
        log
    }

    fn is_metadata(log: &Log) -> bool {
        log.partition().topic == "__cluster_metadata"
    }
}

fn key_of(value: &Value) -> (String, i64, bool) {
    (value["t"].as_str().unwrap().to_owned(), value["p"].as_i64().unwrap(), value["iso"] == "read_committed")
}

fn shown(bytes: Option<&[u8]>) -> Value {
    let Some(bytes) = bytes else { return Value::Null };
    match std::str::from_utf8(bytes) {
        _ if bytes.len() > 2000 => json!(format!("len:{} crc32c:{:x}", bytes.len(), crc32c(&[bytes]))),
        Ok(text) if !text.chars().any(|c| c.is_control() || c == '\u{fffd}') => json!(text),
        _ => json!(format!("0x{}", bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())),
    }
}

/// The records as the truth file has them; `committed` filters as a `read_committed` consumer does.
fn records_of(log: &Log, committed: bool) -> Vec<Value> {
    let bound = if committed { log.last_stable_offset() } else { log.high_watermark() };
    let mut found = Vec::new();
    let mut offset = log.log_start_offset();
    while offset < bound {
        let slice = log.read(offset, &ReadLimits { bytes_max: 10_000, ..all(bound) }).unwrap();
        if slice.is_empty() {
            break;
        }
        let bytes = slice.read().unwrap();
        for batch in records::batches(&bytes) {
            let batch = batch.unwrap();
            offset = batch.next_offset();
            let aborted = slice.aborted.iter().any(|aborted| {
                let covers = aborted.first_offset <= batch.base_offset() && batch.last_offset() < aborted.last_offset;
                batch.is_transactional() && aborted.producer_id == batch.producer_id() && covers
            });
            if batch.is_control() || (committed && aborted) {
                continue;
            }
            for record in batch.open(1 << 20).unwrap().records().map(Result::unwrap) {
                if record.offset < log.log_start_offset() {
                    continue;
                }
                let log_append = batch.timestamp_type() == TimestampType::LogAppendTime;
                let mut value = json!({
                    "t": log.partition().topic, "p": log.partition().partition, "o": record.offset,
                    "ts": record.timestamp_ms, "tt": if log_append { "LogAppendTime" } else { "CreateTime" },
                    "k": shown(record.key), "v": shown(record.value), "e": batch.partition_leader_epoch(),
                });
                if committed {
                    value["iso"] = json!("read_committed");
                }
                if !record.headers.is_empty() {
                    let header = |h: records::Header<'_>| json!([shown(Some(h.key)), shown(h.value)]);
                    value["h"] = record.headers.map(header).collect();
                }
                found.push(value);
            }
        }
    }
    found
}

#[test]
fn every_record_is_read_as_kafkas_consumers_read_it() {
    for sample in samples() {
        let mut expected: BTreeMap<(String, i64, bool), Vec<Value>> = BTreeMap::new();
        for record in sample.truth["records"].as_array().unwrap() {
            expected.entry(key_of(record)).or_default().push(record.clone());
        }
        let mut compared = 0;
        for log in sample.logs().iter().filter(|log| !Sample::is_metadata(log)) {
            for committed in [false, true] {
                let key = (log.partition().topic.clone(), i64::from(log.partition().partition), committed);
                if committed && !expected.contains_key(&key) {
                    continue;
                }
                let expected = expected.remove(&key).unwrap_or_default();
                let found = records_of(log, committed);
                compared += found.len();
                assert_eq!(found.len(), expected.len(), "{key:?} in {}", sample.root.display());
                for (found, expected) in found.iter().zip(&expected) {
                    assert_eq!(found, expected, "{}", sample.root.display());
                }
            }
        }
        assert_eq!(expected.len(), 0, "{:?}", expected.keys().collect::<Vec<_>>());
        assert!(compared > 20);
    }
}

#[test]
fn offsets_watermarks_producers_and_topic_ids_are_those_kafka_told() {
    for sample in samples() {
        let partitions = sample.truth["partitions"].as_array().unwrap();
        let topics = sample.truth["topics"].as_array().unwrap();
        let logs = sample.logs();
        assert_eq!(logs.iter().filter(|log| !Sample::is_metadata(log)).count(), partitions.len());
        for expected in partitions {
            let partition = TopicPartition::new(
                expected["topic"].as_str().unwrap(),
                expected["partition"].as_i64().unwrap() as i32,
            );
            let log = logs.iter().find(|log| *log.partition() == partition).unwrap();
            let place = format!("{partition} in {}", sample.root.display());
            assert_eq!(log.log_start_offset(), expected["logStartOffset"], "{place}");
            assert_eq!(log.high_watermark(), expected["highWatermark"], "{place}");
            assert_eq!(log.last_stable_offset(), expected["lastStableOffset"], "{place}");
            let id = topics.iter().find(|topic| topic["name"] == expected["topic"]).unwrap()["id"].as_str().unwrap();
            assert_eq!(log.topic_id().unwrap().to_string(), id, "{place}");
            let mut producers = Vec::new();
            for entry in log.producers() {
                let mut value = json!({
                    "producerId": entry.producer_id, "epoch": entry.epoch, "lastSequence": entry.last_sequence(),
                    "lastTimestamp": entry.last_timestamp_ms, "coordinatorEpoch": entry.coordinator_epoch,
                });
                if let Some(first) = entry.txn_first_offset {
                    value["currentTxnStartOffset"] = json!(first);
                }
                producers.push(value);
            }
            // What expires when the unclean directory is loaded may have been there before.
            let expired = |value: &Value| {
                let old = value["lastTimestamp"].as_i64().unwrap() < 1_750_000_000_000;
                !sample.clean && old && value["currentTxnStartOffset"].is_null()
            };
            let mut expected = expected["producers"].as_array().unwrap().clone();
            expected.retain(|value| !expired(value));
            assert_eq!(producers, expected, "{place}");
        }
    }
}

#[test]
fn the_metadata_log_opens_with_its_own_files_untouched() {
    for sample in samples() {
        let logs = sample.logs();
        let log = logs.iter().find(|log| Sample::is_metadata(log)).unwrap();
        assert_eq!(log.topic_id(), Some(Uuid::METADATA_TOPIC));
        assert!(log.log_end_offset() > 100);
        assert_eq!(log.leader_epochs().earliest().unwrap().start_offset, 0);
        assert!(sample.files.exists(&log.folder().join("quorum-state")).unwrap());
    }
}

#[test]
fn indexes_are_rebuilt_to_the_same_bytes_that_kafka_wrote_and_name_their_ends() {
    for sample in samples().into_iter().filter(|sample| sample.clean) {
        let mut compared = 0;
        for dir in &sample.dirs {
            let dir = sample.root.join(dir);
            for folder in sample.files.list(&dir).unwrap().into_iter().filter(|entry| entry.is_dir) {
                // Compaction leaves indexes that no append makes.
                if ["compacted-0", "sc-0", "__cluster_metadata-0"].contains(&folder.name.as_str()) {
                    continue;
                }
                compared += rebuild(&sample.files, &dir.join(&folder.name));
            }
        }
        assert!(compared > 10);
    }
}

/// Removes the indexes, recovers, closes, and compares every file. Returns how many files were compared.
fn rebuild(files: &SimFiles, folder: &Path) -> usize {
    let is_index = |name: &str| [".index", ".timeindex", ".txnindex"].iter().any(|suffix| name.ends_with(suffix));
    let mut before = BTreeMap::new();
    for entry in files.list(folder).unwrap() {
        let path = folder.join(&entry.name);
        if !entry.name.ends_with(".deleted") {
            before.insert(entry.name.clone(), files.read(&path).unwrap());
        }
        if is_index(&entry.name) {
            files.remove_file(&path).unwrap();
        }
    }
    let shared: Arc<dyn Files> = Arc::new(files.clone());
    let config = LogConfig { segment_index_bytes: 65_536, ..LogConfig::default() };
    let partition = TopicPartition::new("any", 0);
    let mut log = Log::open(shared, folder.to_owned(), partition, config, &OpenOptions::default()).unwrap();
    log.close_cleanly().unwrap();
    for (name, content) in &before {
        // Opening an empty log forgets the epoch that its leader had announced (and will announce again).
        if name == "leader-epoch-checkpoint" && log.size() == 0 {
            continue;
        }
        if let Ok(after) = files.read(&folder.join(name)) {
            // Here the last batch has an entry of its own.
            let same = if name.ends_with(".index") { &after[..content.len().min(after.len())] } else { &after[..] };
            assert_eq!(same, *content, "{}/{name}", folder.display());
            assert!(after.len() <= content.len() + 8, "{}/{name}", folder.display());
        } else {
            // An empty segment's indexes, and snapshots that begin no segment, need not come back.
            assert!(content.is_empty() || name.ends_with(".snapshot"), "{}/{name}", folder.display());
        }
    }
    before.len()
}
