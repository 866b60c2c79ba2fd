//! Starts after kills: what is damaged is cut or rebuilt, what is left over is tidied.

mod support;

use base::{Files, OpenMode};
use storage::{Job, Log, OpenOptions, StorageError};
use support::*;
use testkit::{Fault, FaultOn};

fn write(bench: &Bench, count: usize) -> Log {
    let mut log = bench.open();
    for i in 0..count {
        produce(&mut log, &batch(&[&format!("{i}-{}", "y".repeat(90))])).unwrap();
    }
    log
}

fn damage(bench: &Bench, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = bench.files.read(&bench.path(name)).unwrap();
    change(&mut content);
    bench.files.put(&bench.path(name), &content);
}

#[test]
fn a_torn_tail_is_cut_and_appends_go_on() {
    let bench = Bench::new();
    drop(write(&bench, 10));
    damage(&bench, "00000000000000000000.log", |content| content.truncate(content.len() - 7));
    let mut log = bench.reopen(0);
    assert_eq!(log.log_end_offset(), 9);
    produce(&mut log, &batch(&["again"])).unwrap();
    drop(log);
    assert_eq!(values(&bench.reopen(5)).len(), 10);
}

#[test]
fn a_bad_batch_ends_the_log_and_later_segments_go() {
    let bench = Bench::new();
    let log = write(&bench, 100);
    let second = log.segments().nth(1).unwrap();
    drop(log);
    damage(&bench, &format!("{:020}.log", second.base_offset), |content| content[300] ^= 4);
    let log = bench.reopen(second.base_offset);
    assert_eq!(log.log_end_offset(), second.base_offset + 1);
    assert_eq!(log.segments().count(), 2);
    assert!(log.leader_epochs().latest().unwrap().start_offset <= log.log_end_offset());
    assert!(!bench.names().iter().any(|name| name.ends_with(".deleted")));
}

const FIRST: &str = "00000000000000000000";

/// A log of a hundred batches whose first segment lost its last ones at a batch boundary: where the segment ended, and
/// the position of the cut.
fn torn(bench: &Bench, lost: i64, written: impl Fn(usize) -> Vec<u8>) -> (i64, u64) {
    let mut log = bench.open();
    for i in 0..100 {
        let appended = produce(&mut log, &written(i)).unwrap();
        appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    }
    let first = log.segments().next().unwrap();
    let cut = log.read(first.end_offset - lost, &all(100)).unwrap().position;
    log.close_cleanly().unwrap();
    drop(log);
    damage(bench, &format!("{FIRST}.log"), |content| content.truncate(cut as usize));
    (first.end_offset, cut)
}

fn plain(i: usize) -> Vec<u8> {
    batch(&[&format!("{i}-{}", "y".repeat(90))])
}

fn is_compact(config: &mut storage::LogConfig) {
    config.cleanup_policy.compact = true;
}

#[test]
fn a_segment_that_lost_whole_batches_at_its_end_leaves_no_hole_whatever_the_cleanup_policy() {
    for lost in [1, 2, 5] {
        for bench in [Bench::new(), Bench::new().with(is_compact)] {
            let (end, _) = torn(&bench, lost, plain);
            assert_eq!(bench.reopen(0).log_end_offset(), end - lost, "{:?}", bench.config.cleanup_policy);
        }
    }
}

#[test]
fn a_recovery_that_dies_on_its_way_through_a_torn_segment_leaves_no_hole_either() {
    let (mut after, mut is_done) = (0, false);
    while !is_done {
        let bench = Bench::new();
        let (end, _) = torn(&bench, 2, plain);
        bench.files.sync_everything();
        bench.files.inject(Fault { on: FaultOn::Any, after, errno: 5, sticky: true });
        is_done = bench.try_open(&OpenOptions { now_wall_ms: NOW_MS, ..OpenOptions::default() }).is_ok();
        bench.files.heal();
        bench.files.process_died();
        let log = bench.reopen(0);
        assert_eq!(values(&log).len() as i64, log.log_end_offset());
        assert_eq!(log.log_end_offset(), end - 2, "died after {after} calls");
        after += 1;
    }
    assert!(after > 20, "{after}");
}

#[test]
fn a_gap_that_compaction_left_is_kept_whatever_the_cleanup_policy() {
    for lost in [1, 2, 5] {
        for bench in [Bench::new(), Bench::new().with(is_compact)] {
            let (end, _) = torn(&bench, lost, plain);
            // The segment as one that never had more.
            let compacted = Bench::new();
            let mut log = compacted.open();
            for i in 0..(end - lost) as usize {
                produce(&mut log, &plain(i)).unwrap();
            }
            log.close_cleanly().unwrap();
            drop(log);
            for suffix in ["log", "index", "timeindex"] {
                let name = format!("{FIRST}.{suffix}");
                bench.files.put(&bench.path(&name), &compacted.files.read(&compacted.path(&name)).unwrap());
            }
            let log = bench.reopen(0);
            assert_eq!(log.log_end_offset(), 100);
            assert_eq!(values(&log).len() as i64, 100 - lost);
            assert_eq!(log.read(end - 1, &all(100)).unwrap().base_offset, end);
        }
    }
}

/// A power cut can take the last batches of a completed segment and the entry of its index that named them: then only the
/// recovery point tells that they were never synced.
#[test]
fn a_gap_behind_a_known_recovery_point_is_damage_where_nothing_is_compacted() {
    for (compact, recovery_point, is_kept) in [(false, 1, false), (true, 1, true), (false, 0, true)] {
        let bench = Bench::new().with(|config| config.cleanup_policy.compact = compact);
        let (end, _) = torn(&bench, 2, plain);
        let shorter = Bench::new();
        let mut log = shorter.open();
        for i in 0..(end - 2) as usize {
            produce(&mut log, &plain(i)).unwrap();
        }
        log.close_cleanly().unwrap();
        drop(log);
        for suffix in ["log", "index", "timeindex"] {
            let name = format!("{FIRST}.{suffix}");
            bench.files.put(&bench.path(&name), &shorter.files.read(&shorter.path(&name)).unwrap());
        }
        let options = OpenOptions { recovery_point, now_wall_ms: NOW_MS, ..OpenOptions::default() };
        let expected = if is_kept { 100 } else { end - 2 };
        assert_eq!(bench.open_with(&options).log_end_offset(), expected, "{compact} {recovery_point}");
    }
}

#[test]
fn where_indexes_do_not_tell_the_policy_or_the_cleaners_checkpoint_says_whether_a_gap_is_legal() {
    let index = format!("{FIRST}.index");
    type Change = fn(&Bench, &str);
    let changes: [(&str, Change); 3] = [
        ("missing", |bench, index| bench.files.remove_file(&bench.path(index)).unwrap()),
        ("zero tail", |bench, index| damage(bench, index, |content| content.extend_from_slice(&[0; 80]))),
        ("early end", |bench, index| damage(bench, index, |content| content.truncate(16))),
    ];
    for (what, change) in changes {
        for (compact, cleaned, is_kept) in [(false, -1, false), (false, 0, true), (true, -1, true), (true, 0, true)] {
            let bench = Bench::new().with(|config| config.cleanup_policy.compact = compact);
            let (end, _) = torn(&bench, 2, plain);
            change(&bench, &index);
            let options = OpenOptions { cleaned_up_to: end + cleaned, now_wall_ms: NOW_MS, ..OpenOptions::default() };
            let expected = if is_kept { 100 } else { end - 2 };
            assert_eq!(bench.open_with(&options).log_end_offset(), expected, "{what} {compact} {cleaned}");
        }
    }
}

/// Takes the offset index's entries from the cut on away: as Kafka writes it, it does not name the last batch.
fn without_end_entry(bench: &Bench, cut: u64) {
    damage(bench, &format!("{FIRST}.index"), |content| {
        let position = |entry: &[u8]| u64::from(u32::from_be_bytes([entry[4], entry[5], entry[6], entry[7]]));
        let kept = content.chunks(8).take_while(|entry| position(entry) < cut).count();
        content.truncate(kept * 8);
    });
}

#[test]
fn what_the_time_index_and_the_producers_know_of_a_segments_end_is_heard_too() {
    let bench = Bench::new().with(is_compact);
    // Every batch has a later timestamp than the one before.
    let later = |i: usize| batch_of(Default::default(), NOW_MS - 1_000 + i as i64, &[&"y".repeat(92)]);
    let (end, cut) = torn(&bench, 1, later);
    without_end_entry(&bench, cut);
    assert_eq!(bench.reopen(0).log_end_offset(), end - 1, "the time index names the last batch");

    for (cleaned_up_to, expected) in [(0, None), (100, Some(100))] {
        let bench = Bench::new().with(is_compact);
        let of_producer = |i: usize| batch_of(of_producer(7, 0, i as i32, false), NOW_MS, &[&"y".repeat(92)]);
        let (end, cut) = torn(&bench, 1, of_producer);
        without_end_entry(&bench, cut);
        let options = OpenOptions { cleaned_up_to, now_wall_ms: NOW_MS, ..OpenOptions::default() };
        assert_eq!(bench.open_with(&options).log_end_offset(), expected.unwrap_or(end - 1), "{cleaned_up_to}");
    }
}

#[test]
fn the_index_of_a_sealed_segment_names_its_last_batch() {
    for reopened in [false, true] {
        let bench = Bench::new();
        let mut log = write(&bench, 5);
        if reopened {
            drop(log);
            log = bench.reopen(0);
        }
        let last = log.read(4, &all(5)).unwrap().position;
        log.roll(NOW_MS).unwrap().into_iter().for_each(|job| job.run(&bench.files).unwrap());
        let index = bench.files.read(&bench.path(&format!("{FIRST}.index"))).unwrap();
        let expected = [4u32.to_be_bytes(), (last as u32).to_be_bytes()].concat();
        assert_eq!(index.chunks(8).next_back(), Some(&expected[..]), "{reopened}");
    }
}

#[test]
fn a_segment_that_is_no_longer_the_active_one_after_a_power_cut_is_sealed() {
    for clean in [false, true] {
        let bench = Bench::new();
        let mut log = bench.open();
        for i in 0..20 {
            produce(&mut log, &batch_of(Default::default(), NOW_MS - 1_000 + i, &[&"y".repeat(92)])).unwrap();
        }
        let recovery_point = bench.flush(&mut log);
        let last = log.read(19, &all(20)).unwrap().position;
        drop(log);
        // Of a roll that was undone the new files are there.
        for suffix in ["log", "index", "timeindex"] {
            bench.files.put(&bench.path(&format!("{recovery_point:020}.{suffix}")), &[]);
        }
        let log = if clean { bench.reopen_clean() } else { bench.reopen(recovery_point) };
        assert_eq!((log.log_end_offset(), log.segments().count()), (20, 2));
        let index = bench.files.read(&bench.path(&format!("{FIRST}.index"))).unwrap();
        let expected = [19u32.to_be_bytes(), (last as u32).to_be_bytes()].concat();
        assert_eq!(index.chunks(8).next_back(), Some(&expected[..]), "{clean}");
        let times = bench.files.read(&bench.path(&format!("{FIRST}.timeindex"))).unwrap();
        let expected = [&(NOW_MS - 981).to_be_bytes()[..], &19u32.to_be_bytes()].concat();
        assert_eq!(times.chunks(12).next_back(), Some(&expected[..]), "{clean}");
    }
}

#[test]
fn bytes_after_a_clean_stop_that_are_no_batch_are_cut_too() {
    let bench = Bench::new();
    let mut log = write(&bench, 10);
    log.close_cleanly().unwrap();
    drop(log);
    damage(&bench, "00000000000000000000.log", |content| content.extend_from_slice(&[0; 100]));
    assert_eq!(bench.reopen_clean().log_end_offset(), 10);
}

#[test]
fn indexes_that_are_missing_or_odd_are_rebuilt() {
    for clean in [true, false] {
        let bench = Bench::new();
        let mut log = write(&bench, 100);
        let recovery_point = bench.flush(&mut log);
        let expected = bench.files.read(&bench.path("00000000000000000000.index")).unwrap();
        log.close_cleanly().unwrap();
        drop(log);
        bench.files.remove_file(&bench.path("00000000000000000000.index")).unwrap();
        let second = bench.names().into_iter().filter(|name| name.ends_with(".timeindex")).nth(1).unwrap();
        damage(&bench, &second, |content| content.push(1));
        let log = if clean { bench.reopen_clean() } else { bench.reopen(recovery_point) };
        assert_eq!(bench.files.read(&bench.path("00000000000000000000.index")).unwrap(), expected);
        assert_eq!(values(&log).len(), 100);
        for offset in 0..100 {
            assert_eq!(log.read(offset, &all(100)).unwrap().base_offset, offset);
        }
    }
}

#[test]
fn an_empty_active_segment_needs_no_index() {
    let bench = Bench::new();
    let mut log = write(&bench, 5);
    log.roll(NOW_MS).unwrap().into_iter().for_each(|job| job.run(&bench.files).unwrap());
    log.close_cleanly().unwrap();
    drop(log);
    for suffix in ["log", "index", "timeindex"] {
        let name = format!("00000000000000000005.{suffix}");
        assert_eq!(bench.files.read(&bench.path(&name)).unwrap().len(), 0);
    }
    bench.files.remove_file(&bench.path("00000000000000000005.index")).unwrap();
    let log = bench.reopen_clean();
    assert_eq!((log.log_end_offset(), log.segments().count()), (5, 2));
}

#[test]
fn leftovers_of_deletion_and_of_the_cleaner_are_tidied() {
    let bench = Bench::new();
    let mut log = write(&bench, 100);
    let bases: Vec<i64> = log.segments().map(|s| s.base_offset).collect();
    log.close_cleanly().unwrap();
    drop(log);
    let (first, second) = (format!("{:020}", bases[0]), format!("{:020}", bases[1]));
    // The cleaner merged the first two segments into one and was stopped before the swap was finished.
    let merged = [
        bench.files.read(&bench.path(&format!("{first}.log"))).unwrap(),
        bench.files.read(&bench.path(&format!("{second}.log"))).unwrap(),
    ]
    .concat();
    bench.files.put(&bench.path(&format!("{first}.log.swap")), &merged);
    bench.files.put(&bench.path(&format!("{:020}.log.cleaned", bases[2])), b"half");
    bench.files.put(&bench.path("00000000000000000099.log.deleted"), b"old");
    bench.files.put(&bench.path("00000000000000009999.index"), b"");
    bench.files.put(&bench.path("00000000000000000000-0000000000.checkpoint"), b"a snapshot of the metadata");
    let log = bench.reopen_clean();
    assert_eq!(log.segments().map(|s| s.base_offset).collect::<Vec<_>>()[..2], [bases[0], bases[2]]);
    assert_eq!(values(&log).len(), 100);
    let names = bench.names();
    assert!(!names.iter().any(|n| n.ends_with(".swap") || n.ends_with(".cleaned") || n.ends_with(".deleted")));
    assert!(!names.contains(&"00000000000000009999.index".to_owned()));
    assert!(names.contains(&"00000000000000000000-0000000000.checkpoint".to_owned()));
}

#[test]
fn a_swap_that_a_cleaned_file_shows_to_be_incomplete_is_dropped() {
    let bench = Bench::new();
    let mut log = write(&bench, 20);
    log.close_cleanly().unwrap();
    drop(log);
    bench.files.put(&bench.path("00000000000000000000.log.swap"), b"");
    bench.files.put(&bench.path("00000000000000000000.log.cleaned"), b"");
    assert_eq!(values(&bench.reopen_clean()).len(), 20);
}

#[test]
fn a_log_that_ends_below_its_start_begins_anew() {
    let bench = Bench::new();
    drop(write(&bench, 20));
    let log = bench.reopen_with_start(500);
    assert_eq!((log.log_start_offset(), log.log_end_offset(), log.size()), (500, 500, 0));
}

#[test]
fn duplicates_stay_duplicates_after_a_kill_and_after_a_clean_stop() {
    let bench = Bench::new();
    let send = |log: &mut Log, sequence| produce(log, &batch_of(of_producer(7, 0, sequence, false), NOW_MS, &["a"]));
    let mut log = bench.open();
    for sequence in 0..60 {
        send(&mut log, sequence).unwrap();
    }
    drop(log);
    let mut log = bench.reopen(0);
    for sequence in 55..60 {
        let again = send(&mut log, sequence).unwrap();
        assert!(again.duplicate);
        assert_eq!(again.base_offset, i64::from(sequence));
    }
    log.close_cleanly().unwrap();
    drop(log);
    let mut log = bench.reopen_clean();
    for sequence in 55..60 {
        assert!(send(&mut log, sequence).unwrap().duplicate, "{sequence}");
    }
    assert_eq!(send(&mut log, 60).unwrap().base_offset, 60);
}

#[test]
fn a_damaged_producer_snapshot_is_passed_over() {
    let bench = Bench::new();
    let mut log = bench.open();
    for sequence in 0..40 {
        let appended = produce(&mut log, &batch_of(of_producer(7, 0, sequence, true), NOW_MS, &["a"])).unwrap();
        appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    }
    log.close_cleanly().unwrap();
    drop(log);
    damage(&bench, "00000000000000000040.snapshot", |content| content[20] ^= 1);
    let log = bench.reopen_clean();
    assert_eq!(log.producer(7).unwrap().last_sequence(), 39);
    assert_eq!(log.last_stable_offset(), 0);
}

#[test]
fn snapshots_above_the_end_are_removed() {
    let bench = Bench::new();
    let mut log = write(&bench, 10);
    log.close_cleanly().unwrap();
    drop(log);
    damage(&bench, "00000000000000000000.log", |content| content.truncate(content.len() - 7));
    drop(bench.reopen(0));
    assert!(!bench.names().contains(&"00000000000000000010.snapshot".to_owned()));
}

#[test]
fn leader_epochs_that_cannot_be_read_come_from_the_batches() {
    let bench = Bench::new();
    let mut log = bench.open();
    for epoch in [0, 0, 3, 7] {
        produce_in(&mut log, &batch(&["a"]), epoch).unwrap();
    }
    log.close_cleanly().unwrap();
    drop(log);
    bench.files.put(&bench.path("leader-epoch-checkpoint"), b"0\n5\n0 0\n");
    let log = bench.reopen_clean();
    let entries: Vec<_> = log.leader_epochs().entries().iter().map(|e| (e.epoch, e.start_offset)).collect();
    assert_eq!(entries, [(0, 0), (3, 2), (7, 3)]);
}

#[test]
fn a_closed_log_opens_without_being_walked() {
    let bench = Bench::new();
    let mut log = write(&bench, 100);
    log.close_cleanly().unwrap();
    drop(log);
    let walked = std::sync::atomic::AtomicU64::new(0);
    let on_progress = |progress: storage::Progress| {
        walked.fetch_max(progress.bytes_total, std::sync::atomic::Ordering::Relaxed);
    };
    let options = OpenOptions { clean_shutdown: true, on_progress: Some(&on_progress), ..OpenOptions::default() };
    let log = bench.open_with(&options);
    assert_eq!(walked.load(std::sync::atomic::Ordering::Relaxed), 0);
    assert_eq!((log.log_end_offset(), log.recovery_point()), (100, 100));
}

#[test]
fn a_half_read_topic_id_is_an_error_not_a_new_topic() {
    let bench = Bench::new();
    drop(write(&bench, 1));
    bench.files.put(&bench.path("partition.metadata"), b"version: 0\ntopic_id: no");
    assert!(matches!(bench.try_open(&OpenOptions::default()), Err(StorageError::Corrupt { .. })));
    let file = bench.files.open(&bench.path("partition.metadata"), OpenMode::Write).unwrap();
    file.set_len(0).unwrap();
    assert_eq!(bench.open().topic_id(), None);
}

/// Some records are cut off and others come in their place, with rolls where segments are small; then the power goes.
fn cut_and_lose_power(bench: &Bench, seed: u64) -> Log {
    let mut log = bench.open();
    let run = |jobs: Vec<Job>| jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
    let produce = |log: &mut Log, value, epoch| run(produce_in(log, &batch(&[value]), epoch).unwrap().jobs);
    (0..3).for_each(|_| produce(&mut log, "one", 1));
    (0..3).for_each(|_| produce(&mut log, "old", 2));
    bench.flush(&mut log);
    run(log.truncate_to(3, NOW_MS).unwrap());
    // What comes in its place is of an epoch that was there before, so that nothing is said of it.
    (0..5).for_each(|_| produce(&mut log, "new", 1));
    (0..2).for_each(|_| produce(&mut log, "now", 3));
    drop(log);
    bench.files.power_cut(seed);
    bench.reopen(3)
}

/// What was cut off may come back with the power: it must not be taken for records of an epoch that it is not of.
#[test]
fn what_was_cut_off_does_not_come_back_as_records_of_another_epoch() {
    let segments_of_two = |config: &mut storage::LogConfig| config.segment_bytes = 160;
    for seed in 0..200 {
        for bench in [Bench::new(), Bench::new().with(segments_of_two)] {
            let log = cut_and_lose_power(&bench, seed);
            let mut offset = 0;
            while offset < log.log_end_offset() {
                let bytes = log.read(offset, &all(log.log_end_offset())).unwrap().read().unwrap();
                for batch in records::batches(&bytes).map(Result::unwrap) {
                    let (at, epoch) = (batch.base_offset(), batch.partition_leader_epoch());
                    let known = log.leader_epochs();
                    assert_eq!(known.epoch_at(at), Some(epoch), "seed {seed}: {at} in {:?}", known.entries());
                    offset = batch.next_offset();
                }
            }
        }
    }
}

/// What was cut off may come back with the power: it must not be taken for records of the epoch that began behind the cut.
#[test]
fn what_was_cut_off_does_not_come_back_as_records_of_a_newer_epoch() {
    for seed in 0..200 {
        let bench = Bench::new();
        let mut log = bench.open();
        let run = |jobs: Vec<Job>| jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
        for _ in 0..6 {
            run(produce_in(&mut log, &batch(&["old"]), 1).unwrap().jobs);
        }
        bench.flush(&mut log);
        run(log.truncate_to(3, NOW_MS).unwrap());
        for _ in 0..2 {
            run(produce_in(&mut log, &batch(&["new"]), 2).unwrap().jobs);
        }
        drop(log);
        bench.files.power_cut(seed);
        let log = bench.reopen(3);
        let bytes = log.read(0, &all(log.log_end_offset())).unwrap().read().unwrap();
        for batch in records::batches(&bytes).map(Result::unwrap) {
            let (offset, epoch) = (batch.base_offset(), batch.partition_leader_epoch());
            let known = log.leader_epochs();
            assert_eq!(known.epoch_at(offset), Some(epoch), "seed {seed}: {offset} in {:?}", known.entries());
        }
    }
}

/// A start where writing over what is there takes room (files that are copied on write) waits for it; nothing failed.
#[test]
fn a_start_on_a_full_disk_is_tried_again_when_there_is_room() {
    let mut refused = 0;
    for after in 0..40 {
        for on in [FaultOn::Write, FaultOn::Create] {
            let bench = Bench::new();
            drop(write(&bench, 60));
            bench.files.inject(Fault { on, after, errno: 28, sticky: true });
            match bench.try_open(&OpenOptions { now_wall_ms: NOW_MS, ..OpenOptions::default() }) {
                Ok(_) => {}
                Err(StorageError::NoSpace { .. }) => refused += 1,
                Err(error) => panic!("{on:?} after {after}: {error}"),
            }
            bench.files.heal();
            assert_eq!(values(&bench.open()).len(), 60, "{on:?} after {after}");
        }
    }
    assert!(refused > 0, "no start met the full disk");
}
