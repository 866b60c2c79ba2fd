//! Full disks, failing disks and power cuts at every step, over many seeds. Checked: what was flushed survives, what is
//! read is a prefix of what was appended with good checksums, duplicates stay duplicates, a failed disk is not used.

mod support;

use base::{Random, SplitMix64};
use records::control::EndTransactionMarker;
use std::collections::BTreeMap;
use storage::{Log, StorageError};
use support::*;
use testkit::{Fault, FaultOn};

/// What the log must hold.
#[derive(Debug, Default, Clone)]
struct Model {
    /// Offset and value of data records.
    records: Vec<Seen>,
    end: i64,
    /// Batches of each producer: first sequence to base offset, newest last.
    sequences: BTreeMap<i64, Vec<(i32, i64)>>,
    next_sequence: BTreeMap<i64, i32>,
    open: BTreeMap<i64, i64>,
    epoch: i32,
    /// Base offset and leader epoch of every batch.
    epochs: Vec<(i64, i32)>,
    flushed: i64,
    /// In the checkpoint of the directory.
    recovery_point: i64,
}

const PRODUCERS: [i64; 3] = [5, 6, 7];
const TRANSACTIONAL: i64 = 7;

struct Run {
    bench: Bench,
    log: Option<Log>,
    model: Model,
    random: SplitMix64,
    values: u64,
}

impl Run {
    fn new(seed: u64) -> Run {
        let bench = Bench::new().with(|config| (config.segment_bytes, config.segment_index_bytes) = (2048, 480));
        let log = Some(bench.open());
        Run { bench, log, model: Model::default(), random: SplitMix64(seed), values: 0 }
    }

    fn log(&mut self) -> &mut Log {
        self.log.as_mut().unwrap()
    }

    /// One random operation; errors of the disk come back.
    fn step(&mut self) -> Result<(), StorageError> {
        match self.random.below(20) {
            0..=2 => self.flush(),
            3 => self.roll(),
            4 => self.end_transaction(),
            5 => self.truncate(),
            6 if self.random.below(3) == 0 => self.lead(),
            6..=8 => self.produce(None),
            9 => self.retry(),
            _ => {
                let producer = PRODUCERS[self.random.below(3) as usize];
                self.produce(Some(producer))
            }
        }
    }

    /// Becomes leader in a newer epoch; the checkpoint's job may still be pending when the power goes.
    fn lead(&mut self) -> Result<(), StorageError> {
        self.model.epoch += 1 + self.random.below(2) as i32;
        let epoch = self.model.epoch;
        let job = self.log().assign_leader_epoch(epoch);
        self.run_jobs(job.into_iter().collect())
    }

    fn next_values(&mut self) -> Vec<String> {
        let count = 1 + self.random.below(4);
        (0..count)
            .map(|_| {
                self.values += 1;
                format!("{}-{}", self.values, "z".repeat(self.random.below(200) as usize))
            })
            .collect()
    }

    fn produce(&mut self, producer: Option<i64>) -> Result<(), StorageError> {
        let values = self.next_values();
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let sequence = producer.map_or(-1, |p| self.model.next_sequence.get(&p).copied().unwrap_or(0));
        let options = producer.map_or_else(Default::default, |p| of_producer(p, 0, sequence, p == TRANSACTIONAL));
        let epoch = self.model.epoch;
        let appended = produce_in(self.log(), &batch_of(options, NOW_MS, &texts), epoch)?;
        assert!(!appended.duplicate);
        self.model.epochs.push((appended.base_offset, epoch));
        assert_eq!(appended.base_offset, self.model.end);
        for value in &texts {
            self.model.records.push(Seen { offset: self.model.end, value: value.as_bytes().to_vec() });
            self.model.end += 1;
        }
        if let Some(producer) = producer {
            self.model.next_sequence.insert(producer, sequence + texts.len() as i32);
            self.model.sequences.entry(producer).or_default().push((sequence, appended.base_offset));
            if producer == TRANSACTIONAL {
                self.model.open.entry(producer).or_insert(appended.base_offset);
            }
        }
        self.run_jobs(appended.jobs)
    }

    fn run_jobs(&mut self, jobs: Vec<storage::Job>) -> Result<(), StorageError> {
        for job in jobs {
            // Some are still pending when the power goes.
            if self.random.below(3) > 0 {
                match job.run(&self.bench.files) {
                    Err(error) if error.fails_log_dir() => {
                        self.log().mark_failed();
                        return Err(error);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn retry(&mut self) -> Result<(), StorageError> {
        let producer = PRODUCERS[self.random.below(3) as usize];
        self.check_duplicates(producer)
    }

    /// Sends the last batches of a producer again: they get their old offsets.
    fn check_duplicates(&mut self, producer: i64) -> Result<(), StorageError> {
        let known = self.model.sequences.get(&producer).cloned().unwrap_or_default();
        let next = self.model.next_sequence.get(&producer).copied().unwrap_or(0);
        let ends = known.iter().skip(1).map(|(sequence, _)| *sequence).chain([next]);
        let batches: Vec<_> = known.iter().zip(ends).map(|((s, o), e)| (*s, e - *s, *o)).collect();
        for (sequence, count, offset) in batches.into_iter().rev().take(5) {
            let values = vec!["again"; count as usize];
            let options = of_producer(producer, 0, sequence, producer == TRANSACTIONAL);
            let epoch = self.model.epoch;
            let again = produce_in(self.log(), &batch_of(options, NOW_MS, &values), epoch)?;
            assert!(again.duplicate, "sequence {sequence} of {producer}");
            assert_eq!(again.base_offset, offset);
        }
        Ok(())
    }

    fn end_transaction(&mut self) -> Result<(), StorageError> {
        let marker = EndTransactionMarker {
            producer_id: TRANSACTIONAL,
            producer_epoch: 0,
            committed: self.random.below(2) == 0,
            coordinator_epoch: 0,
        };
        let epoch = self.model.epoch;
        let appended = self.log().append_marker(&marker, 0, epoch, NOW_MS)?;
        self.model.epochs.push((appended.base_offset, epoch));
        let end = self.log().log_end_offset();
        self.log().set_high_watermark(end);
        self.model.end = end;
        self.model.open.remove(&TRANSACTIONAL);
        self.run_jobs(appended.jobs)
    }

    fn roll(&mut self) -> Result<(), StorageError> {
        let jobs = self.log().roll(NOW_MS)?;
        self.run_jobs(jobs)
    }

    fn flush(&mut self) -> Result<(), StorageError> {
        let sealed_only = self.random.below(3) == 0;
        let Some(job) = self.log().flush_job(sealed_only)? else { return Ok(()) };
        let flushed = match job.run(&self.bench.files) {
            Ok(flushed) => flushed,
            Err(error) => {
                if error.fails_log_dir() {
                    self.log().mark_failed();
                }
                return Err(error);
            }
        };
        self.log().flushed(&flushed);
        self.model.flushed = self.log().recovery_point();
        if self.random.below(2) == 0 {
            self.model.recovery_point = self.log().checkpoint_recovery_point();
        }
        Ok(())
    }

    fn truncate(&mut self) -> Result<(), StorageError> {
        if self.random.below(4) > 0 || self.model.end == 0 {
            return Ok(());
        }
        let to = self.model.end - self.random.below(self.model.end.min(30) as u64 + 1) as i64;
        let jobs = self.log().truncate_to(to, NOW_MS)?;
        self.model.recovery_point = self.model.recovery_point.min(self.log().checkpoint_recovery_point());
        self.forget_above(self.log.as_ref().unwrap().log_end_offset());
        self.run_jobs(jobs)?;
        // A truncation that is not durable may be undone by a power cut: replication then cuts again.
        if let Some(job) = self.log().flush_job(false)? {
            let flushed = job.run(&self.bench.files).inspect_err(|error| {
                if error.fails_log_dir() {
                    self.log.as_mut().unwrap().mark_failed();
                }
            })?;
            self.log().flushed(&flushed);
            self.model.flushed = self.log().recovery_point();
        }
        Ok(())
    }

    /// What a log that ends there still has. Producers that lost batches are dropped from the model.
    fn forget_above(&mut self, end: i64) {
        let model = &mut self.model;
        model.records.retain(|record| record.offset < end);
        model.epochs.retain(|(offset, _)| *offset < end);
        model.flushed = model.flushed.min(end);
        let lost: Vec<i64> = model
            .sequences
            .iter()
            .filter(|(_, batches)| batches.last().is_some_and(|(_, offset)| *offset >= end))
            .map(|(producer, _)| *producer)
            .collect();
        for producer in lost {
            let batches = model.sequences.entry(producer).or_default();
            while batches.last().is_some_and(|(_, offset)| *offset >= end) {
                if let Some((sequence, _)) = batches.pop() {
                    model.next_sequence.insert(producer, sequence);
                }
            }
            if batches.is_empty() {
                model.sequences.remove(&producer);
                model.next_sequence.remove(&producer);
            }
        }
        model.open.clear();
        model.end = end;
    }

    /// Opens again and compares.
    fn reopen_and_check(&mut self) {
        self.log = None;
        let log = self.bench.reopen(self.model.recovery_point);
        let end = log.log_end_offset();
        assert!(end >= self.model.flushed, "flushed to {}, recovered to {end}", self.model.flushed);
        assert!(end <= self.model.end);
        self.log = Some(log);
        self.forget_above(end);
        let found = read_all(self.log.as_ref().unwrap(), &all(end));
        let differs = found.iter().zip(&self.model.records).find(|(found, expected)| found != expected);
        assert_eq!((differs, found.len()), (None, self.model.records.len()));
        let epochs = self.log.as_ref().unwrap().leader_epochs();
        for (offset, epoch) in &self.model.epochs {
            assert_eq!(epochs.epoch_at(*offset), Some(*epoch), "{offset} in {:?}", epochs.entries());
        }
        for producer in PRODUCERS {
            let known = self.model.next_sequence.get(&producer).map_or(-1, |next| next - 1);
            let entry = self.log().producer(producer).copied();
            assert_eq!(entry.map_or(-1, |entry| entry.last_sequence()), known, "producer {producer}");
            self.check_duplicates(producer).unwrap();
        }
        self.model.recovery_point = self.model.recovery_point.min(end);
    }
}

#[test]
fn flushed_records_survive_power_cuts_and_no_bad_batch_is_served() {
    for seed in 0..env_seeds(400) {
        let mut run = Run::new(seed);
        for round in 0..3 {
            for _ in 0..run.random.below(60) {
                run.step().unwrap();
            }
            run.log = None;
            run.bench.files.power_cut(seed * 3 + round);
            println!("seed {seed} round {round}");
            run.reopen_and_check();
        }
    }
}

#[test]
fn kills_lose_nothing() {
    for seed in 0..100 {
        let mut run = Run::new(seed);
        for _ in 0..3 {
            for _ in 0..run.random.below(60) {
                run.step().unwrap();
            }
            let end = run.model.end;
            println!("seed {seed}");
            run.reopen_and_check();
            assert_eq!(run.log().log_end_offset(), end);
        }
    }
}

#[test]
fn a_full_disk_refuses_appends_and_takes_them_again_later() {
    for after in 0..120 {
        for on in [FaultOn::Write, FaultOn::Create] {
            let mut run = Run::new(after);
            let mut refused = 0;
            run.bench.files.inject(Fault { on, after, errno: 28, sticky: true });
            for _ in 0..60 {
                match run.step() {
                    Ok(()) => {}
                    Err(StorageError::NoSpace { .. }) => refused += 1,
                    Err(error) => panic!("after {after} {on:?}: {error}"),
                }
                assert_eq!(run.log().log_end_offset(), run.model.end);
            }
            let end = run.model.end;
            assert_eq!(read_all(run.log.as_ref().unwrap(), &all(end)), run.model.records);
            run.bench.files.heal();
            run.produce(None).unwrap_or_else(|error| panic!("after {after} {on:?}, {refused} refused: {error}"));
            println!("after {after} {on:?}");
            run.reopen_and_check();
            assert_eq!(run.log().log_end_offset(), run.model.end);
        }
    }
}

/// Appends a batch as a follower does.
fn replicate(log: &mut Log, bytes: &[u8]) -> Result<storage::Appended, StorageError> {
    let mut bytes = bytes.to_vec();
    bytes[0..8].copy_from_slice(&log.log_end_offset().to_be_bytes());
    bytes[12..16].copy_from_slice(&0_i32.to_be_bytes());
    log.append_with_offsets(&bytes, 0, NOW_MS)
}

#[test]
fn what_a_roll_leaves_to_be_done_is_done_although_the_write_behind_it_met_a_full_disk() {
    let bytes = batch(&[&"v".repeat(150)]);
    for append in [produce, replicate] {
        let mut met = 0;
        for after in 0..20 {
            let bench = Bench::new().with(|config| config.segment_bytes = 3 * bytes.len() as u32);
            let mut log = bench.open();
            for _ in 0..3 {
                let _done = append(&mut log, &bytes).unwrap().jobs;
            }
            bench.files.inject(Fault { on: FaultOn::Write, after, errno: 28, sticky: false });
            let refused = append(&mut log, &bytes);
            bench.files.heal();
            if refused.is_err() && log.segments().any(|segment| segment.base_offset == 3) {
                met += 1;
                let appended = append(&mut log, &bytes).unwrap();
                assert!(appended.rolled, "{after}");
                appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
                assert!(bench.names().contains(&"00000000000000000003.snapshot".to_owned()), "{after}");
                assert!(!append(&mut log, &bytes).unwrap().rolled, "{after}");
            }
        }
        assert!(met > 0);
    }
}

#[test]
fn after_an_error_of_the_disk_the_log_is_not_used_and_nothing_flushed_is_lost() {
    for on in [FaultOn::Write, FaultOn::SetLen, FaultOn::Sync, FaultOn::Create, FaultOn::Rename, FaultOn::Remove] {
        for after in 0..60 {
            let mut run = Run::new(after * 7);
            run.bench.files.inject(Fault { on, after, errno: 5, sticky: false });
            let failed = (0..80).find_map(|_| run.step().err());
            if let Some(error) = failed {
                assert!(error.fails_log_dir(), "{on:?} {after}: {error}");
                run.bench.files.heal();
                let refused = produce(run.log(), &batch(&["late"])).unwrap_err();
                assert!(matches!(refused, StorageError::Offline { .. }), "{on:?} {after}: {refused}");
            }
            run.log = None;
            run.bench.files.power_cut(after);
            println!("{on:?} {after}");
            // What an operation that failed halfway appended or cut is open: only the flushed prefix is promised.
            let log = run.bench.reopen(run.model.recovery_point.min(run.model.flushed));
            let found = read_all(&log, &all(log.log_end_offset()));
            let promised = run.model.records.iter().filter(|record| record.offset < run.model.flushed);
            if failed_in_truncation(&run, &log) {
                continue;
            }
            assert!(promised.eq(found.iter().filter(|record| record.offset < run.model.flushed)));
        }
    }
}

/// A truncation that failed may have cut below what was flushed: that was its purpose.
fn failed_in_truncation(run: &Run, log: &Log) -> bool {
    log.log_end_offset() < run.model.flushed && run.model.flushed - log.log_end_offset() <= 34
}

#[test]
fn a_failed_cut_back_fails_the_directory() {
    let bench = Bench::new();
    let mut log = bench.open();
    produce(&mut log, &batch(&["a"])).unwrap();
    bench.files.inject(Fault { on: FaultOn::Write, after: 0, errno: 122, sticky: false });
    bench.files.inject(Fault { on: FaultOn::SetLen, after: 0, errno: 5, sticky: false });
    assert!(produce(&mut log, &batch(&["b"])).unwrap_err().fails_log_dir());
    assert!(log.is_failed());
}

#[test]
fn a_failed_sync_fails_the_directory_even_for_lack_of_space() {
    let bench = Bench::new();
    let mut log = bench.open();
    let appended = produce(&mut log, &batch(&["a"])).unwrap();
    appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    bench.files.inject(Fault { on: FaultOn::Sync, after: 0, errno: 28, sticky: false });
    let error = log.flush_job(false).unwrap().unwrap().run(&bench.files).unwrap_err();
    assert!(error.fails_log_dir());
}

/// Seeds to run: `OTTLA_STORAGE_SEEDS`, or few enough for every day.
fn env_seeds(usual: u64) -> u64 {
    std::env::var("OTTLA_STORAGE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(usual)
}

/// What an append, a roll, a flush or a read is told when the process may not open more files.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

#[test]
fn too_many_open_files_refuse_what_needs_one_and_harm_nothing() {
    for after in 0..60 {
        let mut run = Run::new(after);
        let errno = if after % 2 == 0 { EMFILE } else { ENFILE };
        run.bench.files.inject(Fault { on: FaultOn::Open, after, errno, sticky: true });
        let mut refused = 0;
        for i in 0..80 {
            let done = match i % 5 {
                0 => run.roll(),
                1 => run.flush(),
                2 => run.end_transaction(),
                3 => run.produce(Some(TRANSACTIONAL)),
                _ => run.produce(None),
            };
            match done {
                Ok(()) => {}
                Err(error @ StorageError::TooManyOpenFiles { .. }) => {
                    assert!(error.to_string().contains("ulimit -n"), "{error}");
                    assert_eq!(error.error_code(), base::ErrorCode::KafkaStorageError);
                    refused += 1;
                }
                Err(error) => panic!("after {after}: {error}"),
            }
            assert_eq!(run.log().log_end_offset(), run.model.end, "after {after}");
        }
        assert!(refused > 0, "after {after}");
        run.bench.files.heal();
        run.produce(None).unwrap();
        run.flush().unwrap();
        println!("after {after}, {refused} refused");
        run.reopen_and_check();
        assert_eq!(run.log().log_end_offset(), run.model.end);
    }
}

#[test]
fn a_folder_is_renamed_although_too_many_files_are_open() {
    let bench = Bench::new();
    let mut log = bench.open();
    produce(&mut log, &batch(&["a"])).unwrap();
    bench.files.inject(Fault { on: FaultOn::Open, after: 0, errno: EMFILE, sticky: true });
    let retired = log.retire("t-0.0123456789abcdef0123456789abcdef-delete");
    retired.rename(&bench.files).unwrap();
    bench.files.heal();
    assert!(base::Files::exists(&bench.files, retired.path()).unwrap());
}

#[test]
fn a_log_that_cannot_be_opened_for_too_many_files_names_the_limit_and_opens_later() {
    let mut run = Run::new(1);
    for _ in 0..60 {
        run.produce(Some(TRANSACTIONAL)).unwrap();
    }
    run.log = None;
    for after in 0..200 {
        run.bench.files.inject(Fault { on: FaultOn::Open, after, errno: EMFILE, sticky: true });
        let opened = run.bench.try_open(&storage::OpenOptions { now_wall_ms: NOW_MS, ..Default::default() });
        run.bench.files.heal();
        match opened {
            Ok(_) => break,
            Err(error) => {
                assert!(matches!(error, StorageError::TooManyOpenFiles { .. }), "after {after}: {error}");
                assert!(error.to_string().contains("ulimit -n") && error.to_string().contains("/data/t-0"), "{error}");
            }
        }
        assert!(after < 199, "it never opens");
    }
    let end = run.model.end;
    run.reopen_and_check();
    assert_eq!(run.log().log_end_offset(), end);
}
