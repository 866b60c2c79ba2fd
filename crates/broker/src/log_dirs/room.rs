//! Whether a directory has room for records: somebody looks from the first shortage on, and tells when it has none for a while.

use super::Directory;
use crate::space::{Look, Space};
use base::Seldom;
use parking_lot::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use storage::StorageError;

/// Called whenever a directory becomes full or has room again.
pub(crate) type SpaceListener = Box<dyn Fn() + Send + Sync>;

/// `ottla.full.log.dir.ms`, until a broker says otherwise.
const FULL_AFTER_US: u64 = 5_000_000;

/// What is known of it.
pub(super) struct Room {
    space: Mutex<Space>,
    /// The same, to be looked at without the lock.
    is_full: AtomicBool,
    full_after_us: AtomicU64,
    on_space: OnceLock<SpaceListener>,
    /// A shortage, however many requests meet it.
    shortage_line: Seldom,
}

impl Default for Room {
    fn default() -> Self {
        Room {
            space: Mutex::default(),
            is_full: AtomicBool::new(false),
            full_after_us: AtomicU64::new(FULL_AFTER_US),
            on_space: OnceLock::new(),
            shortage_line: Seldom::default(),
        }
    }
}

impl Directory {
    /// Who is told that it has become full, or has room again.
    pub(crate) fn set_space_listener(&self, listener: SpaceListener) {
        let _the_first_one_stays = self.room.on_space.set(listener);
    }

    /// `ottla.full.log.dir.ms`
    pub(crate) fn set_full_after_ms(&self, ms: i64) {
        self.room.full_after_us.store(ms.max(1) as u64 * 1000, Ordering::Relaxed);
    }

    /// Whether it has no room for records, and has had none for a while.
    pub fn is_full(&self) -> bool {
        self.room.is_full.load(Ordering::Relaxed)
    }

    /// Says that something is short, unless that was said a moment ago. Where it is room, somebody looks for it from now on.
    pub(crate) fn tell_shortage(&self, error: &StorageError) {
        if error.lacks_room() && !self.is_full() {
            let (now_us, after_us) = (self.executor.monotonic_us(), self.room.full_after_us.load(Ordering::Relaxed));
            let look_us = self.room.space.lock().refused(now_us, after_us);
            look_us.into_iter().for_each(|at_us| self.look_for_room_at(at_us));
        }
        if self.room.shortage_line.is_due(self.executor.now()) {
            tracing::warn!(dir = %self.dir.path().display(), %error, "requests are refused until there is enough again");
        }
    }

    fn look_for_room_at(&self, at_us: u64) {
        if let Some(this) = self.myself.upgrade() {
            let delay_us = at_us.saturating_sub(self.executor.monotonic_us());
            self.run_later(delay_us, Box::new(move || this.look_for_room()));
        }
    }

    /// Looks whether there is room, on a thread that may wait.
    fn look_for_room(&self) {
        if self.dir.is_failed() {
            return;
        }
        let look = Look::of(&self.dir).inspect_err(|error| self.report(error)).ok();
        let (now_us, after_us) = (self.executor.monotonic_us(), self.room.full_after_us.load(Ordering::Relaxed));
        let looked = {
            let mut space = self.room.space.lock();
            let looked = space.looked(look, now_us, after_us);
            self.room.is_full.store(*space == Space::Full, Ordering::Relaxed);
            looked
        };
        let dir = self.dir.path().display();
        match looked.is_full {
            Some(true) => tracing::warn!(
                %dir, for_ms = after_us / 1000,
                hint = "shorten the retention of topics, delete records, or make room on the disk",
                "a log directory is full: its replicas take no writes until there is room; the controller is told, and \
                 Ottla's lets others that are in sync take over"
            ),
            Some(false) => tracing::info!(%dir, "a log directory is not full any more: its replicas catch up"),
            None => {}
        }
        if let (Some(_), Some(listener)) = (looked.is_full, self.room.on_space.get()) {
            listener();
        }
        looked.again_us.into_iter().for_each(|at_us| self.look_for_room_at(at_us));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::{AppendError, PartitionCell};
    use crate::test_bench::Bench;
    use std::sync::Arc;

    fn full_disk() -> testkit::Fault {
        testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true }
    }

    /// What a caller does whose append was refused.
    fn is_refused(bench: &Bench, cell: &Arc<PartitionCell>, sequence: i32) -> bool {
        match bench.produce(cell, sequence) {
            Err(AppendError::Storage(error)) => {
                cell.directory().tell_shortage(&error);
                true
            }
            _ => false,
        }
    }

    #[test]
    fn a_directory_is_full_after_a_while_without_room_and_says_so_and_sees_by_itself_when_that_ends() {
        let bench = Bench::new(&["/d1", "/d2"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        let directory = cell.directory();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (tells, of) = (told.clone(), Arc::downgrade(&directory));
        directory.set_space_listener(Box::new(move || tells.lock().extend(of.upgrade().map(|of| of.is_full()))));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0) && is_refused(&bench, &cell, 0));
        for _ in 0..4 {
            bench.executor.pass(1_000);
            assert!(!directory.is_full());
        }
        bench.executor.pass(1_000);
        assert!(directory.is_full());
        let others = bench.replicas.directories().iter().filter(|other| other.is_full());
        assert_eq!(others.count(), 1);
        let folder = directory.dir.path().to_owned();
        assert!(
            !bench.names(&folder.to_string_lossy()).iter().any(|name| name.contains("room")),
            "nothing stays behind"
        );
        // New partitions go where there is room.
        assert!(!Arc::ptr_eq(&bench.open("t-1", base::Uuid::from_u128(5)).directory(), &directory));
        bench.executor.pass(10_000);
        assert_eq!(*told.lock(), [true]);
        bench.files.heal();
        bench.executor.pass(1_000);
        assert!(!directory.is_full());
        assert_eq!(*told.lock(), [true, false]);
        let timers = bench.executor.timers();
        bench.executor.pass(1_000);
        assert_eq!(bench.executor.timers(), timers, "nobody looks any more");
        assert!(bench.produce(&cell, 0).is_ok());
    }

    #[test]
    fn room_that_was_short_for_a_moment_makes_nothing_full() {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.executor.pass(3_000);
        bench.files.heal();
        bench.executor.pass(1_000);
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.executor.pass(4_000);
        assert!(!cell.directory().is_full(), "it was short for four seconds only");
        bench.executor.pass(1_000);
        assert!(cell.directory().is_full());
    }

    #[test]
    fn a_disk_that_fails_under_the_look_takes_the_directory_out_of_service() {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", base::Uuid::from_u128(5));
        bench.files.inject(full_disk());
        assert!(is_refused(&bench, &cell, 0));
        bench.files.heal();
        bench.files.inject(testkit::Fault { errno: 5, ..full_disk() });
        bench.executor.pass(1_000);
        assert!(cell.directory().dir.is_failed() && !cell.directory().is_full());
        bench.executor.pass(10_000);
    }
}
