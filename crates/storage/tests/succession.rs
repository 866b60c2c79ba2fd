//! A copy and the log that it was made of, on a simulated disk: which of the two has more, and whether one began with the
//! other.

mod support;

use storage::{Log, StorageError};
use support::*;

/// A log with so many records of each epoch.
fn log(epochs: &[(i32, usize)]) -> (Bench, Log) {
    let bench = Bench::new();
    let mut log = bench.open();
    for (epoch, count) in epochs {
        log.assign_leader_epoch(*epoch).into_iter().for_each(|job| job.run(&bench.files).unwrap());
        for _ in 0..*count {
            let appended = produce_in(&mut log, &batch(&["v"]), *epoch).unwrap();
            appended.jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
        }
    }
    log.set_high_watermark(log.log_end_offset());
    (bench, log)
}

#[test]
fn the_last_leader_epoch_comes_before_the_end() {
    let standing = |epochs: &[(i32, usize)]| log(epochs).1.last_epoch_and_end();
    assert_eq!(standing(&[]), (-1, 0));
    assert_eq!(standing(&[(0, 5), (3, 2)]), (3, 7));
    assert_eq!(standing(&[(0, 5), (3, 0)]), (0, 5), "an epoch without records says nothing");
    assert!(standing(&[(0, 5), (3, 2)]) > standing(&[(0, 50)]));
}

#[test]
fn a_copy_is_what_its_log_began_with_or_it_is_not() {
    let whole = [(0, 5), (2, 10), (3, 0)];
    for (copy, begins) in [
        (vec![], true),
        (vec![(0, 3)], true),
        (vec![(0, 5), (2, 1)], true),
        (vec![(0, 5), (2, 10)], true),
        (vec![(0, 6)], false),
        (vec![(0, 4), (2, 1)], false),
        (vec![(0, 5), (1, 2)], false),
        (vec![(0, 5), (1, 2), (2, 3)], false),
        (vec![(0, 5), (2, 11)], false),
    ] {
        assert_eq!(log(&copy).1.begins(&log(&whole).1), begins, "{copy:?}");
    }
}

#[test]
fn a_copy_of_other_epochs_does_not_take_the_place() {
    let (_bench, mut old) = log(&[(0, 5), (2, 5)]);
    let (_other, mut copy) = log(&[(0, 10)]);
    assert!(matches!(copy.succeed(&mut old), Err(StorageError::Broken { .. })));
    let (_same, mut copy) = log(&[(0, 5), (2, 5)]);
    assert!(copy.succeed(&mut old).is_ok());
}

#[test]
fn of_several_copies_that_are_not_open_the_one_of_the_last_epoch_has_most() {
    let standing = |epochs: &[(i32, usize)]| {
        let (bench, log) = log(epochs);
        drop(log);
        storage::standing(&bench.files, &bench.folder).unwrap()
    };
    assert!(standing(&[(0, 5), (3, 2)]) > standing(&[(0, 50)]));
    assert!(standing(&[(0, 51)]) > standing(&[(0, 50)]));
    assert!(standing(&[(0, 1)]) > standing(&[]));
}
