//! What the tests of this crate share.
#![allow(dead_code)]

use base::{Files, TopicPartition};
use records::{BatchBuilder, BatchOptions, Codec, ProduceRules, validate_produced};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{AppendOrigin, Appended, LeaderBatch, Log, LogConfig, OpenOptions, ReadLimits, StorageError};
use testkit::SimFiles;

pub const NOW_MS: i64 = 1_795_000_000_000;

/// A log in a simulated folder.
pub struct Bench {
    pub files: SimFiles,
    pub folder: PathBuf,
    pub config: LogConfig,
}

impl Bench {
    pub fn new() -> Bench {
        let files = SimFiles::new();
        files.create_dir_all(Path::new("/data")).unwrap();
        files.sync_everything();
        let config = LogConfig {
            segment_bytes: 4096,
            segment_index_bytes: 1200,
            index_interval_bytes: 200,
            producer_id_expiration_ms: i64::MAX,
            ..LogConfig::default()
        };
        Bench { files, folder: PathBuf::from("/data/t-0"), config }
    }

    pub fn with(mut self, change: impl FnOnce(&mut LogConfig)) -> Bench {
        change(&mut self.config);
        self
    }

    pub fn try_open(&self, options: &OpenOptions<'_>) -> Result<Log, StorageError> {
        let files: Arc<dyn Files> = Arc::new(self.files.clone());
        Log::open(files, self.folder.clone(), TopicPartition::new("t", 0), self.config.clone(), options)
    }

    pub fn open_with(&self, options: &OpenOptions<'_>) -> Log {
        let mut log = self.try_open(options).unwrap();
        log.set_high_watermark(log.log_end_offset());
        log
    }

    /// After a kill or power cut, with a recovery point that was checkpointed.
    pub fn reopen(&self, recovery_point: i64) -> Log {
        self.open_with(&OpenOptions { recovery_point, now_wall_ms: NOW_MS, ..OpenOptions::default() })
    }

    pub fn reopen_clean(&self) -> Log {
        self.open_with(&OpenOptions { clean_shutdown: true, now_wall_ms: NOW_MS, ..OpenOptions::default() })
    }

    pub fn reopen_with_start(&self, log_start_offset: i64) -> Log {
        self.open_with(&OpenOptions { log_start_offset, now_wall_ms: NOW_MS, ..OpenOptions::default() })
    }

    pub fn open(&self) -> Log {
        self.reopen(0)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn names(&self) -> Vec<String> {
        self.files.list(&self.folder).unwrap().into_iter().map(|entry| entry.name).collect()
    }

    /// Flushes and returns the end of what is durable.
    pub fn flush(&self, log: &mut Log) -> i64 {
        if let Some(job) = log.flush_job(false).unwrap() {
            let flushed = job.run(&self.files).unwrap();
            log.flushed(&flushed);
        }
        log.recovery_point()
    }
}

/// A plain batch of values.
pub fn batch(values: &[&str]) -> Vec<u8> {
    batch_of(BatchOptions::default(), NOW_MS, values)
}

pub fn batch_of(options: BatchOptions, timestamp_ms: i64, values: &[&str]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for (i, value) in values.iter().enumerate() {
        builder.append(timestamp_ms + i as i64, Some(b"k"), Some(value.as_bytes()), &[]);
    }
    builder.finish().unwrap()
}

pub fn compressed(codec: Codec) -> BatchOptions {
    BatchOptions { compression: codec.into(), ..BatchOptions::default() }
}

pub fn of_producer(producer_id: i64, producer_epoch: i16, base_sequence: i32, transactional: bool) -> BatchOptions {
    BatchOptions { producer_id, producer_epoch, base_sequence, transactional, ..BatchOptions::default() }
}

/// Validates as a client's batch and appends in epoch 0.
pub fn produce(log: &mut Log, bytes: &[u8]) -> Result<Appended, StorageError> {
    produce_in(log, bytes, log.leader_epochs().latest().map_or(0, |entry| entry.epoch))
}

pub fn produce_in(log: &mut Log, bytes: &[u8], leader_epoch: i32) -> Result<Appended, StorageError> {
    let rules = ProduceRules { transactional_allowed: true, ..ProduceRules::default() };
    let valid = validate_produced(bytes, &rules, NOW_MS).unwrap();
    let appended = log.append_as_leader(&LeaderBatch::validated(&valid), leader_epoch, NOW_MS)?;
    log.set_high_watermark(log.log_end_offset());
    Ok(appended)
}

pub fn append_built(log: &mut Log, bytes: &[u8], leader_epoch: i32) -> Appended {
    let batch = LeaderBatch::built(bytes, AppendOrigin::Coordinator).unwrap();
    log.append_as_leader(&batch, leader_epoch, NOW_MS).unwrap()
}

pub fn all(upper_bound: i64) -> ReadLimits {
    ReadLimits { bytes_max: usize::MAX >> 1, upper_bound, at_least_one: true, aborted: true }
}

/// A record as the tests compare it.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    pub offset: i64,
    pub value: Vec<u8>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = String::from_utf8_lossy(&self.value);
        write!(f, "{}={}+{}", self.offset, value.chars().take(5).collect::<String>(), value.len())
    }
}

/// Every data record from the log start on, read slice by slice; checks checksums and that offsets grow.
pub fn read_all(log: &Log, limits: &ReadLimits) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut offset = log.log_start_offset();
    while offset < limits.upper_bound.min(log.log_end_offset()) {
        let slice = log.read(offset, limits).unwrap();
        if slice.is_empty() {
            break;
        }
        let bytes = slice.read().unwrap();
        let mut all = records::batches(&bytes);
        for batch in all.by_ref() {
            let batch = batch.unwrap();
            batch.check_crc().unwrap();
            assert!(batch.last_offset() >= offset);
            for record in batch.open(1 << 24).unwrap().records() {
                let record = record.unwrap();
                if record.offset >= offset && !batch.is_control() {
                    assert!(seen.last().is_none_or(|last| last.offset < record.offset));
                    seen.push(Seen { offset: record.offset, value: record.value.unwrap_or_default().to_vec() });
                }
            }
            offset = batch.next_offset();
        }
        assert!(all.rest().is_empty(), "a slice must hold whole batches");
    }
    seen
}

pub fn values(log: &Log) -> Vec<String> {
    let seen = read_all(log, &all(log.log_end_offset()));
    seen.into_iter().map(|record| String::from_utf8(record.value).unwrap()).collect()
}
