//! Appending, reading, rolling, truncating and deleting, on a simulated disk.

mod support;

use base::Files;
use records::control::EndTransactionMarker;
use records::{Codec, ProduceRules, TimestampType, validate_produced};
use storage::{AppendOrigin, DeletionReason, LeaderBatch, Log, MAX_TIMESTAMP, OpenOptions, ReadLimits, StorageError};
use support::*;

fn filled(bench: &Bench, count: usize) -> Log {
    let mut log = bench.open();
    for i in 0..count {
        let value = format!("value-{i}-{}", "x".repeat(80));
        let appended = produce(&mut log, &batch_of(Default::default(), NOW_MS + i as i64 * 10, &[&value])).unwrap();
        appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    }
    log
}

fn limits(bytes_max: usize, upper_bound: i64, at_least_one: bool) -> ReadLimits {
    ReadLimits { bytes_max, upper_bound, at_least_one, aborted: true }
}

#[test]
fn records_come_back_in_order_over_many_segments() {
    let bench = Bench::new();
    let log = filled(&bench, 200);
    assert!(log.segments().count() > 5);
    assert_eq!(log.log_end_offset(), 200);
    let found = values(&log);
    assert_eq!(found.len(), 200);
    assert!(found.iter().enumerate().all(|(i, value)| value.starts_with(&format!("value-{i}-"))));
    let ends: Vec<_> = log.segments().map(|s| (s.base_offset, s.end_offset)).collect();
    assert!(ends.windows(2).all(|pair| pair[0].1 == pair[1].0));
}

#[test]
fn every_offset_and_limit_gives_whole_batches_that_hold_the_offset() {
    let bench = Bench::new();
    let log = filled(&bench, 120);
    for reopened in [false, true] {
        let log = if reopened { &bench.reopen(0) } else { &log };
        for offset in 0..120 {
            for bytes_max in [0, 100, 200, 1000, 100_000] {
                for upper_bound in [offset + 1, offset + 3, 120] {
                    let slice = log.read(offset, &limits(bytes_max, upper_bound, true)).unwrap();
                    let bytes = slice.read().unwrap();
                    let mut all = records::batches(&bytes);
                    let found: Vec<_> = all.by_ref().map(Result::unwrap).collect();
                    assert!(all.rest().is_empty() && !found.is_empty());
                    assert_eq!(found[0].base_offset(), offset);
                    assert!(found.len() == 1 || bytes.len() <= bytes_max);
                    assert!(found.last().unwrap().last_offset() < upper_bound);
                    let strict = log.read(offset, &limits(bytes_max, upper_bound, false)).unwrap();
                    assert!(strict.length <= bytes_max);
                }
            }
        }
    }
}

#[test]
fn reads_outside_of_the_log_are_refused_and_at_its_end_are_empty() {
    let bench = Bench::new();
    let log = filled(&bench, 3);
    assert!(log.read(3, &all(3)).unwrap().is_empty());
    assert!(log.read(1, &all(1)).unwrap().is_empty());
    for offset in [-1, 4] {
        assert!(matches!(log.read(offset, &all(3)), Err(StorageError::OffsetOutOfRange { start: 0, end: 3, .. })));
    }
}

#[test]
fn a_slice_stays_readable_after_its_segment_was_deleted() {
    let bench = Bench::new();
    let mut log = filled(&bench, 60);
    let slice = log.read(0, &all(60)).unwrap();
    let before = slice.read().unwrap();
    for job in log.truncate_fully_and_start_at(100, NOW_MS).unwrap() {
        job.run(&bench.files).unwrap();
    }
    assert_eq!(slice.read().unwrap(), before);
    assert_eq!((log.log_start_offset(), log.log_end_offset(), log.high_watermark()), (100, 100, 100));
    produce(&mut log, &batch(&["after"])).unwrap();
    assert_eq!(values(&log), ["after"]);
    assert_eq!(values(&bench.reopen_with_start(100)), ["after"]);
}

#[test]
fn segments_roll_by_time_index_and_offsets() {
    let bench = Bench::new().with(|config| (config.segment_bytes, config.segment_ms) = (1 << 20, 1000));
    let mut log = bench.open();
    for timestamp_ms in [0, 900, 1000, 1001, 1500, 2002] {
        produce(&mut log, &batch_of(Default::default(), NOW_MS + timestamp_ms, &["v"])).unwrap();
    }
    assert_eq!(log.segments().map(|s| s.base_offset).collect::<Vec<_>>(), [0, 3, 5]);

    let bench = Bench::new().with(|config| {
        (config.segment_bytes, config.index_interval_bytes, config.segment_index_bytes) = (1 << 20, 0, 48);
    });
    let mut log = filled(&bench, 20);
    // 48 bytes hold 4 time index entries, one of which is kept for the roll; the first batch has no entry.
    assert_eq!(log.segments().nth(1).unwrap().base_offset, 4);
    let far = i64::from(i32::MAX) + 100;
    let mut bytes = batch(&["far"]);
    bytes[0..8].copy_from_slice(&far.to_be_bytes());
    bytes[12..16].fill(0);
    let appended = log.append_with_offsets(&bytes, 0, NOW_MS).unwrap();
    assert!(appended.rolled);
    assert_eq!((appended.base_offset, log.log_end_offset()), (far, far + 1));
}

#[test]
fn a_sealed_segment_has_cut_indexes_and_the_active_one_presized() {
    let bench = Bench::new();
    let mut log = filled(&bench, 60);
    let len = |name: &str| bench.files.read(&bench.path(name)).unwrap().len();
    let active = log.segments().last().unwrap().base_offset;
    assert!(len("00000000000000000000.index") % 8 == 0 && len("00000000000000000000.index") < 1200);
    assert_eq!(len(&format!("{active:020}.index")), 1200);
    log.close_cleanly().unwrap();
    assert!(len(&format!("{active:020}.index")) < 1200);
    assert!(bench.names().contains(&"00000000000000000060.snapshot".to_owned()));
    assert!(matches!(produce(&mut log, &batch(&["late"])), Err(StorageError::Offline { .. })));
}

#[test]
fn leader_epochs_are_noted_and_may_not_fall() {
    let bench = Bench::new();
    let mut log = bench.open();
    assert!(log.assign_leader_epoch(0).is_some());
    produce_in(&mut log, &batch(&["a", "b"]), 0).unwrap();
    log.assign_leader_epoch(3).unwrap().run(&bench.files).unwrap();
    assert_eq!(log.leader_epochs().end_offset_for(2, log.log_end_offset()).unwrap().end_offset, 2);
    let appended = produce_in(&mut log, &batch(&["c"]), 5).unwrap();
    assert_eq!(appended.jobs.len(), 1);
    let error = produce_in(&mut log, &batch(&["d"]), 4).unwrap_err();
    assert!(matches!(error, StorageError::LeaderEpochFell { found: 4, latest: 5 }));
    // The checkpoint's job never ran: the batches tell.
    drop((log, appended));
    let log = bench.reopen(0);
    let entries: Vec<_> = log.leader_epochs().entries().iter().map(|e| (e.epoch, e.start_offset)).collect();
    assert_eq!(entries, [(0, 0), (5, 2)]);
}

#[test]
fn an_older_checkpoint_job_never_replaces_a_newer_content() {
    let bench = Bench::new();
    let mut log = bench.open();
    let first = log.assign_leader_epoch(1).unwrap();
    let second = log.assign_leader_epoch(2).unwrap();
    second.run(&bench.files).unwrap();
    first.run(&bench.files).unwrap();
    assert_eq!(bench.files.read(&bench.path("leader-epoch-checkpoint")).unwrap(), b"0\n1\n2 0\n");
}

#[test]
fn followers_take_whole_good_batches_only() {
    let bench = Bench::new();
    let leader = filled(&bench, 40);
    let bytes: Vec<u8> = leader.read(0, &all(40)).unwrap().read().unwrap();
    let other = Bench { folder: "/data/t-1".into(), ..Bench::new() };
    let mut follower = other.open();
    let appended = follower.append_with_offsets(&bytes[..bytes.len() - 5], 0, NOW_MS).unwrap();
    assert_eq!(appended.base_offset, 0);
    let end = follower.log_end_offset();
    assert!(end > 5 && appended.last_offset == end - 1);
    let again = follower.append_with_offsets(&bytes, 0, NOW_MS).unwrap_err();
    assert!(matches!(again, StorageError::UnexpectedAppendOffset { first: 0, .. }));
    let next = leader.read(end, &all(40)).unwrap().read().unwrap();
    let mut bad = next.clone();
    let at = bad.len() - 1;
    bad[at] ^= 1;
    assert!(matches!(follower.append_with_offsets(&bad, 0, NOW_MS), Err(StorageError::Records(_))));
    assert_eq!(follower.log_end_offset(), end);
    // A batch of a leader that is not known yet is left out (KAFKA-18723).
    assert_eq!(follower.append_with_offsets(&next, -1, NOW_MS).unwrap().last_offset, end - 1);
    follower.append_with_offsets(&next, 0, NOW_MS).unwrap();
    assert!(follower.log_end_offset() > end);
}

#[test]
fn truncation_cuts_at_batches_and_everything_follows() {
    let bench = Bench::new();
    let mut log = filled(&bench, 100);
    produce_in(&mut log, &batch(&["a", "b", "c"]), 4).unwrap();
    for (to, end) in [(200, 103), (102, 100), (77, 77), (60, 60)] {
        for job in log.truncate_to(to, NOW_MS).unwrap() {
            job.run(&bench.files).unwrap();
        }
        assert_eq!(log.log_end_offset(), end);
        assert_eq!(values(&log).len(), end as usize);
        assert!(log.high_watermark() <= end);
        let latest = log.leader_epochs().latest().unwrap();
        assert_eq!(latest.epoch, if end > 100 { 4 } else { 0 });
    }
    produce(&mut log, &batch(&["new"])).unwrap();
    drop(log);
    let log = bench.reopen(0);
    assert_eq!(log.log_end_offset(), 61);
    assert_eq!(values(&log)[60], "new");
}

#[test]
fn a_flush_that_a_truncation_overtook_counts_for_nothing() {
    let bench = Bench::new();
    let mut log = filled(&bench, 20);
    let job = log.flush_job(false).unwrap().unwrap();
    for job in log.truncate_to(5, NOW_MS).unwrap() {
        job.run(&bench.files).unwrap();
    }
    produce(&mut log, &batch(&["other"])).unwrap();
    let flushed = job.run(&bench.files).unwrap();
    log.flushed(&flushed);
    assert!(log.recovery_point() <= 5);
    assert_eq!(bench.flush(&mut log), 6);
    assert_eq!(log.checkpoint_recovery_point(), 5);
    assert!(log.flush_job(false).unwrap().is_none());
}

#[test]
fn deleting_records_moves_the_start_and_later_the_segments() {
    let bench = Bench::new();
    let mut log = filled(&bench, 100);
    log.set_high_watermark(90);
    assert!(matches!(log.advance_log_start_offset(91), Err(StorageError::OffsetOutOfRange { .. })));
    for job in log.advance_log_start_offset(85).unwrap() {
        job.run(&bench.files).unwrap();
    }
    assert_eq!(log.log_start_offset(), 85);
    assert!(matches!(log.read(84, &all(100)), Err(StorageError::OffsetOutOfRange { .. })));
    let (deleted, jobs) = log.delete_old_segments(NOW_MS).unwrap();
    assert_eq!(deleted[0].0, DeletionReason::LogStart);
    assert!(jobs.iter().any(|job| job.delay_ms() == 60_000));
    assert!(bench.names().iter().any(|name| name.ends_with(".log.deleted")));
    jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    assert!(!bench.names().iter().any(|name| name.ends_with(".deleted")));
    let first = log.segments().next().unwrap();
    assert!(first.base_offset <= 85 && first.end_offset > 85);
    assert_eq!(log.leader_epochs().earliest().unwrap().start_offset, 85);
    assert_eq!(values(&log).len(), 15);
}

#[test]
fn retention_by_time_and_size_never_passes_the_high_watermark() {
    let bench = Bench::new().with(|config| config.retention_ms = 1000);
    let mut log = filled(&bench, 100);
    log.set_high_watermark(50);
    let (deleted, _jobs) = log.delete_old_segments(NOW_MS + 1_000_000).unwrap();
    assert_eq!(deleted[0].0, DeletionReason::Time);
    assert!(log.log_start_offset() > 0 && log.log_start_offset() <= 50);
    log.set_high_watermark(100);
    let (_, _jobs) = log.delete_old_segments(NOW_MS + 1_000_000).unwrap();
    // All is old: a new segment was begun, the old ones are gone.
    assert_eq!((log.log_start_offset(), log.log_end_offset(), log.size()), (100, 100, 0));
    assert_eq!(log.producer_count(), 0);

    let bench = Bench::new().with(|config| (config.retention_bytes, config.retention_ms) = (9000, -1));
    let mut log = filled(&bench, 100);
    let (deleted, _jobs) = log.delete_old_segments(NOW_MS).unwrap();
    assert_eq!(deleted[0].0, DeletionReason::Size);
    assert!((9000..9000 + 4096).contains(&log.size()));
    assert_eq!(log.delete_old_segments(NOW_MS).unwrap().0, []);
}

#[test]
fn timestamps_find_exact_records_also_in_compressed_batches() {
    for codec in [Codec::None, Codec::Zstd, Codec::Lz4] {
        let bench = Bench::new();
        let mut log = bench.open();
        for i in 0..60 {
            let values = vec!["v".repeat(50); 3];
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            produce(&mut log, &batch_of(compressed(codec), NOW_MS + i * 10, &values)).unwrap();
        }
        for log in [&log, &bench.reopen(0)] {
            let find =
                |timestamp_ms| log.offset_for_timestamp(timestamp_ms).unwrap().map(|f| (f.offset, f.timestamp_ms));
            assert_eq!(find(NOW_MS - 5), Some((0, NOW_MS)));
            assert_eq!(find(NOW_MS + 2), Some((2, NOW_MS + 2)));
            assert_eq!(find(NOW_MS + 3), Some((3, NOW_MS + 10)));
            assert_eq!(find(NOW_MS + 301), Some((91, NOW_MS + 301)));
            assert_eq!(find(NOW_MS + 593), None);
            assert_eq!(find(MAX_TIMESTAMP), Some((179, NOW_MS + 592)));
            assert_eq!(find(storage::EARLIEST_TIMESTAMP), Some((0, -1)));
            assert_eq!(find(storage::LATEST_TIMESTAMP), Some((180, -1)));
        }
    }
    assert_eq!(Bench::new().open().offset_for_timestamp(MAX_TIMESTAMP).unwrap(), None);
}

#[test]
fn timestamps_behind_the_last_index_entry_are_found_after_a_truncation() {
    let bench = Bench::new();
    let mut log = filled(&bench, 100);
    for end in (1..100).rev() {
        log.truncate_to(end, NOW_MS).unwrap().into_iter().for_each(|job| job.run(&bench.files).unwrap());
        let last = NOW_MS + (end - 1) * 10;
        assert_eq!(log.offset_for_timestamp(last).unwrap().map(|found| found.offset), Some(end - 1));
        assert_eq!(log.offset_for_timestamp(MAX_TIMESTAMP).unwrap().map(|found| found.offset), Some(end - 1));
    }
}

#[test]
fn log_append_time_is_what_readers_see() {
    let bench = Bench::new();
    let mut log = bench.open();
    let rules = ProduceRules { timestamp_type: TimestampType::LogAppendTime, ..ProduceRules::default() };
    let bytes = batch(&["a", "b"]);
    let valid = validate_produced(&bytes, &rules, NOW_MS + 77).unwrap();
    let appended = log.append_as_leader(&LeaderBatch::validated(&valid), 0, NOW_MS).unwrap();
    assert_eq!(appended.max_timestamp_ms, NOW_MS + 77);
    let bytes = log.read(0, &all(2)).unwrap().read().unwrap();
    let batch = records::batches(&bytes).next().unwrap().unwrap();
    batch.check_crc().unwrap();
    assert!(batch.open(0).unwrap().records().all(|record| record.unwrap().timestamp_ms == NOW_MS + 77));
}

#[test]
fn idempotent_producers_get_their_old_offsets_and_gaps_are_refused() {
    let bench = Bench::new();
    let mut log = bench.open();
    let send = |log: &mut Log, epoch, sequence| {
        produce(log, &batch_of(of_producer(7, epoch, sequence, false), NOW_MS, &["a", "b"]))
    };
    for i in 0..7 {
        assert_eq!(send(&mut log, 0, i * 2).unwrap().base_offset, i64::from(i) * 2);
    }
    for i in 2..7 {
        let again = send(&mut log, 0, i * 2).unwrap();
        assert!(again.duplicate);
        assert_eq!((again.base_offset, again.last_offset), (i64::from(i) * 2, i64::from(i) * 2 + 1));
    }
    assert!(matches!(send(&mut log, 0, 2), Err(StorageError::OutOfOrderSequence { found: 2, last: 13, .. })));
    assert!(matches!(send(&mut log, 0, 16), Err(StorageError::OutOfOrderSequence { .. })));
    assert!(matches!(send(&mut log, 1, 14), Err(StorageError::OutOfOrderSequence { .. })));
    assert_eq!(send(&mut log, 1, 0).unwrap().base_offset, 14);
    assert!(matches!(send(&mut log, 0, 14), Err(StorageError::InvalidProducerEpoch { found: 0, current: 1, .. })));
    assert_eq!(log.log_end_offset(), 16);
    // An unknown producer may begin anywhere (KIP-360).
    produce(&mut log, &batch_of(of_producer(8, 3, 500, false), NOW_MS, &["x"])).unwrap();
}

#[test]
fn sequences_wrap_to_zero() {
    let bench = Bench::new();
    let mut log = bench.open();
    let send =
        |log: &mut Log, sequence| produce(log, &batch_of(of_producer(7, 0, sequence, false), NOW_MS, &["a", "b"]));
    send(&mut log, i32::MAX - 2).unwrap();
    send(&mut log, i32::MAX).unwrap();
    send(&mut log, 1).unwrap();
    assert!(send(&mut log, i32::MAX).unwrap().duplicate);
}

#[test]
fn deleted_records_are_not_forgotten_by_the_deduplication_of_a_later_start() {
    let bench = Bench::new();
    let mut log = bench.open();
    for sequence in [0, 2, 4] {
        produce(&mut log, &batch_of(of_producer(7, 0, sequence, false), NOW_MS, &["a", "b"])).unwrap();
    }
    log.set_high_watermark(6);
    log.advance_log_start_offset(6).unwrap().into_iter().for_each(|job| job.run(&bench.files).unwrap());
    drop(log);
    let mut log = bench.reopen_with_start(6);
    assert_eq!(log.producer(7).map(|producer| producer.last_sequence()), Some(5));
    produce(&mut log, &batch_of(of_producer(7, 0, 6, false), NOW_MS, &["c"])).unwrap();
}

fn marker(producer_epoch: i16, committed: bool, coordinator_epoch: i32) -> EndTransactionMarker {
    EndTransactionMarker { producer_id: 7, producer_epoch, committed, coordinator_epoch }
}

#[test]
fn open_transactions_hold_the_stable_offset_and_aborted_ones_are_listed() {
    let bench = Bench::new();
    let mut log = bench.open();
    produce(&mut log, &batch(&["plain"])).unwrap();
    produce(&mut log, &batch_of(of_producer(7, 0, 0, true), NOW_MS, &["a", "b"])).unwrap();
    produce(&mut log, &batch_of(of_producer(9, 0, 0, true), NOW_MS, &["other"])).unwrap();
    assert_eq!((log.high_watermark(), log.last_stable_offset()), (4, 1));
    let mixed = produce(&mut log, &batch_of(of_producer(7, 0, 2, false), NOW_MS, &["x"])).unwrap_err();
    assert!(matches!(mixed, StorageError::InvalidTxnState { .. }));

    log.append_marker(&marker(0, false, 3), 0, 0, NOW_MS).unwrap();
    // Ended, but not below the high watermark.
    assert_eq!((log.high_watermark(), log.last_stable_offset()), (4, 1));
    assert!(log.set_high_watermark(5));
    assert_eq!(log.last_stable_offset(), 3);
    let slice = log.read(0, &all(log.last_stable_offset())).unwrap();
    let aborted: Vec<_> =
        slice.aborted.iter().map(|a| (a.producer_id, a.first_offset, a.last_offset, a.last_stable_offset)).collect();
    assert_eq!(aborted, [(7, 1, 4, 3)]);

    let fenced = log.append_marker(&marker(0, true, 2), 0, 0, NOW_MS).unwrap_err();
    assert!(matches!(fenced, StorageError::TransactionCoordinatorFenced { found: 2, current: 3, .. }));
    drop(log);
    let log = bench.reopen(0);
    assert_eq!(log.last_stable_offset(), 3);
    assert_eq!(log.aborted_transactions(0, 5).unwrap().len(), 1);
    assert_eq!(log.oldest_transaction().unwrap().producer_id, 9);
}

#[test]
fn with_transaction_version_2_a_late_marker_of_the_same_epoch_is_refused() {
    let bench = Bench::new();
    let mut log = bench.open();
    produce(&mut log, &batch_of(of_producer(7, 4, 0, true), NOW_MS, &["a"])).unwrap();
    let late = log.append_marker(&marker(4, true, 0), 2, 0, NOW_MS).unwrap_err();
    assert!(matches!(late, StorageError::InvalidProducerEpoch { .. }));
    log.append_marker(&marker(5, true, 0), 2, 0, NOW_MS).unwrap();
    // The marker's answer was lost, and it comes again.
    log.append_marker(&marker(5, true, 0), 2, 0, NOW_MS).unwrap();
    produce(&mut log, &batch_of(of_producer(7, 5, 0, true), NOW_MS, &["b"])).unwrap();
}

#[test]
fn a_verification_that_a_marker_overtook_opens_no_transaction() {
    let bench = Bench::new();
    let mut log = bench.open();
    let rules = ProduceRules { transactional_allowed: true, ..ProduceRules::default() };
    let bytes = batch_of(of_producer(7, 0, 0, true), NOW_MS, &["a"]);
    let valid = validate_produced(&bytes, &rules, NOW_MS).unwrap();
    let guard = log.start_transaction_verification(7, 0, 0, NOW_MS);
    let unguarded = log.append_as_leader(&LeaderBatch::validated(&valid), 0, NOW_MS).unwrap_err();
    assert!(matches!(unguarded, StorageError::InvalidTxnState { .. }));
    log.append_marker(&marker(0, false, 0), 0, 0, NOW_MS).unwrap();
    let late = LeaderBatch::validated(&valid).with_guard(guard);
    assert!(matches!(log.append_as_leader(&late, 0, NOW_MS), Err(StorageError::InvalidTxnState { .. })));
    let guard = log.start_transaction_verification(7, 0, 0, NOW_MS);
    log.append_as_leader(&LeaderBatch::validated(&valid).with_guard(guard), 0, NOW_MS).unwrap();
    assert!(log.has_ongoing_transaction(7, 0));
    assert!(log.start_transaction_verification(7, 0, 1, NOW_MS).is_none());
}

#[test]
fn silent_producers_expire_unless_a_transaction_is_open() {
    let bench = Bench::new().with(|config| config.producer_id_expiration_ms = 1000);
    let mut log = bench.open();
    produce(&mut log, &batch_of(of_producer(7, 0, 0, true), NOW_MS, &["a"])).unwrap();
    produce(&mut log, &batch_of(of_producer(8, 0, 0, false), NOW_MS, &["b"])).unwrap();
    assert_eq!(log.expire_producers(NOW_MS + 999), 0);
    assert_eq!(log.expire_producers(NOW_MS + 1000), 1);
    assert!(log.producer(7).is_some() && log.producer(8).is_none());
}

#[test]
fn coordinators_append_what_they_built() {
    let bench = Bench::new();
    let mut log = bench.open();
    let appended = append_built(&mut log, &batch(&["a", "b"]), 2);
    assert_eq!((appended.base_offset, appended.last_offset), (0, 1));
    let bytes = log.read(0, &all(2)).unwrap().read().unwrap();
    let first = records::batches(&bytes).next().unwrap().unwrap();
    assert_eq!(first.partition_leader_epoch(), 2);
    assert!(LeaderBatch::built(&bytes[..30], AppendOrigin::Coordinator).is_err());
}

#[test]
fn a_batch_larger_than_a_segment_is_refused() {
    let bench = Bench::new();
    let mut log = bench.open();
    let error = produce(&mut log, &batch(&[&"x".repeat(5000)])).unwrap_err();
    assert_eq!(error.error_code(), base::ErrorCode::RecordListTooLarge);
    assert_eq!(log.log_end_offset(), 0);
}

#[test]
fn topic_ids_are_written_once_and_compared() {
    let bench = Bench::new();
    let mut log = bench.open();
    let (one, two) = (base::Uuid::from_u128(1 << 100), base::Uuid::from_u128(2 << 100));
    log.set_topic_id(one).unwrap().expect("it is new").run(&bench.files).unwrap();
    assert!(matches!(log.set_topic_id(two), Err(StorageError::Corrupt { .. })));
    drop(log);
    assert_eq!(bench.open().topic_id(), Some(one));
}

#[test]
fn what_was_read_of_a_log_outlives_its_folder() {
    let bench = Bench::new();
    let mut log = filled(&bench, 60);
    let slice = log.read(0, &all(60)).unwrap();
    let before = slice.read().unwrap();
    let retired = log.retire("t-0.000000000000000000000000000000ff-delete");
    assert!(matches!(log.read(0, &all(60)), Err(StorageError::Offline { .. })));
    retired.rename(&bench.files).unwrap();
    assert_eq!(slice.read().unwrap(), before);
    bench.files.remove_dir_all(retired.path()).unwrap();
    assert!(bench.files.list("/data".as_ref()).unwrap().is_empty());
    assert_eq!(slice.read().unwrap(), before);
}

#[test]
fn work_that_is_under_way_while_a_folder_is_renamed_fails_nothing() {
    let bench = Bench::new();
    let mut log = bench.open();
    let mut jobs: Vec<_> = log.set_topic_id(base::Uuid::from_u128(1 << 100)).unwrap().into_iter().collect();
    for _ in 0..100 {
        jobs.extend(produce(&mut log, &batch(&[&"x".repeat(200)])).unwrap().jobs);
    }
    let flush = log.flush_job(false).unwrap().expect("something to sync");
    log.retire("t-0.000000000000000000000000000000ff-delete").rename(&bench.files).unwrap();
    flush.run(&bench.files).unwrap();
    assert!(jobs.len() >= 8, "enough to be done together: {}", jobs.len());
    assert!(storage::run_together(jobs, &bench.files, "/data".as_ref()).is_empty());
    let folders = bench.files.list("/data".as_ref()).unwrap();
    assert_eq!(folders.len(), 1, "nothing is made under the old name: {folders:?}");
}

#[test]
fn opening_can_be_watched_and_cancelled() {
    let bench = Bench::new();
    drop(filled(&bench, 60));
    let seen = std::sync::Mutex::new(Vec::new());
    let on_progress = |progress: storage::Progress| seen.lock().unwrap().push(progress);
    let options = OpenOptions { on_progress: Some(&on_progress), ..OpenOptions::default() };
    bench.try_open(&options).unwrap();
    assert!(seen.lock().unwrap().len() > 2);
    options.cancel.cancel();
    assert!(matches!(bench.try_open(&options), Err(StorageError::Cancelled)));
}

/// What waits to be written back is told once, in whole pages, and again only where it was cut and written anew.
#[test]
fn each_page_is_written_back_once() {
    let bench = Bench::new().with(|config| config.segment_bytes = 1 << 20);
    let mut log = bench.open();
    assert!(log.take_write_back(1).is_none());
    let value = "v".repeat(5000);
    for _ in 0..3 {
        produce(&mut log, &batch(&[&value])).unwrap();
    }
    assert!(log.take_write_back(16_000).is_none(), "three pages are full");
    log.take_write_back(12_000).unwrap().begin();
    assert!(log.take_write_back(1).is_none());
    log.truncate_to(1, NOW_MS).unwrap().into_iter().for_each(|job| job.run(&bench.files).unwrap());
    produce(&mut log, &batch(&[&value])).unwrap();
    assert!(log.take_write_back(1).is_some());
}
