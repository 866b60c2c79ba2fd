//! Who waits at a partition, in the order of the offsets that are waited for: a position that grows completes a beginning
//! of the list, and looks at nobody else.

use super::effects::{AckWaiter, DataWaiter};
use super::{Effects, Reader};
use base::{ErrorCode, Offset};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A place in a list: the position that is waited for, and a number that no other place of the list ever had.
type Place<P> = (P, u64);

/// Waits for one growing position, lowest first.
pub(super) struct OrderedWaits<P, W> {
    waits: BTreeMap<Place<P>, W>,
    next: u64,
}

impl<P: Ord + Copy, W> OrderedWaits<P, W> {
    pub fn new() -> OrderedWaits<P, W> {
        OrderedWaits { waits: BTreeMap::new(), next: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }

    pub fn insert(&mut self, position: P, waiter: W) -> Place<P> {
        let place = (position, self.next);
        self.next += 1;
        self.waits.insert(place, waiter);
        place
    }

    pub fn holds(&self, place: &Place<P>) -> bool {
        self.waits.contains_key(place)
    }

    pub fn remove(&mut self, place: &Place<P>) -> Option<W> {
        self.waits.remove(place)
    }

    /// Takes out those whose position is reached.
    pub fn reached(&mut self, position: P) -> impl Iterator<Item = (Place<P>, W)> + '_ {
        std::iter::from_fn(move || {
            let first = self.waits.first_entry()?;
            (first.key().0 <= position).then(|| first.remove_entry())
        })
    }

    /// Takes out all.
    pub fn drain(&mut self) -> impl Iterator<Item = W> + use<P, W> {
        std::mem::take(&mut self.waits).into_values()
    }
}

/// One that waits for an acknowledgement.
pub(super) struct AckWait {
    pub waiter: Arc<dyn AckWaiter>,
    pub index: usize,
    /// Monotonic time after which the waiter is told that its time is up.
    pub deadline_us: u64,
}

/// What has to come as far as the offset that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Awaited {
    /// The leader's own position (acks=1 where that means "on disk").
    Leader,
    /// The high watermark.
    Committed,
    /// The low watermark: records below are deleted everywhere.
    Deleted,
}

/// Those who wait for acknowledgements, by what they wait for and by their deadlines.
pub(super) struct AckWaits {
    lists: [OrderedWaits<Offset, AckWait>; 3],
    deadlines: BTreeSet<(u64, Awaited, Place<Offset>)>,
}

impl AckWaits {
    pub fn new() -> AckWaits {
        AckWaits { lists: [(); 3].map(|()| OrderedWaits::new()), deadlines: BTreeSet::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.deadlines.is_empty()
    }

    /// Whether anybody waits for that.
    pub fn awaits(&self, what: Awaited) -> bool {
        !self.lists[what as usize].is_empty()
    }

    /// Waits until it has come as far as the offset.
    pub fn insert(&mut self, offset: Offset, what: Awaited, wait: AckWait) {
        let deadline_us = wait.deadline_us;
        let place = self.lists[what as usize].insert(offset, wait);
        self.deadlines.insert((deadline_us, what, place));
    }

    /// It has come so far: tells those who waited.
    pub fn reached(&mut self, what: Awaited, position: Offset, result: Result<(), ErrorCode>, effects: &mut Effects) {
        let AckWaits { lists, deadlines } = self;
        for (place, wait) in lists[what as usize].reached(position) {
            deadlines.remove(&(wait.deadline_us, what, place));
            effects.acknowledged.push((wait.waiter, wait.index, result));
        }
    }

    /// Tells those whose time is up.
    pub fn expire(&mut self, now_us: u64, effects: &mut Effects) {
        while let Some((deadline_us, what, place)) = self.deadlines.first().copied() {
            if deadline_us > now_us {
                break;
            }
            self.deadlines.pop_first();
            if let Some(wait) = self.lists[what as usize].remove(&place) {
                effects.acknowledged.push((wait.waiter, wait.index, Err(ErrorCode::RequestTimedOut)));
            }
        }
    }

    /// Tells everybody the same.
    pub fn release(&mut self, result: Result<(), ErrorCode>, effects: &mut Effects) {
        self.deadlines.clear();
        let all = self.lists.iter_mut().flat_map(OrderedWaits::drain);
        effects.acknowledged.extend(all.map(|wait| (wait.waiter, wait.index, result)));
    }
}

/// Up to where somebody reads: what has to grow before there is more for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    HighWatermark,
    LastStable,
    LogEnd,
    /// The same for followers that serve consumers: they are to hear soon how far the log is committed.
    All,
}

impl Bound {
    const ALL: [Bound; 4] = [Bound::HighWatermark, Bound::LastStable, Bound::LogEnd, Bound::All];

    pub fn of(reader: Reader) -> Bound {
        match reader {
            Reader::Uncommitted => Bound::HighWatermark,
            Reader::Committed => Bound::LastStable,
            Reader::Replica(_) => Bound::LogEnd,
        }
    }

    pub fn in_log(self, log: &storage::Log) -> Offset {
        match self {
            Bound::HighWatermark if base::mutant(base::Mutant::ReadsPastHighWatermark) => log.log_end_offset(),
            Bound::HighWatermark => log.high_watermark(),
            Bound::LastStable => log.last_stable_offset(),
            // Where the log begins is news for followers, too. On a leader all of these only grow.
            Bound::LogEnd => log.log_end_offset() + log.log_start_offset(),
            Bound::All => log.log_end_offset() + log.log_start_offset() + log.high_watermark(),
        }
    }
}

/// Where somebody waits for data: what to give back to wait no more.
#[derive(Debug)]
pub struct DataPlace {
    bound: Bound,
    place: Place<Offset>,
}

/// Those who wait for data, each with an index of its own choice.
pub(super) struct DataWaits([OrderedWaits<Offset, (Arc<dyn DataWaiter>, usize)>; 4]);

impl DataWaits {
    pub fn new() -> DataWaits {
        DataWaits(Bound::ALL.map(|_| OrderedWaits::new()))
    }

    /// Waits until the bound grows beyond `seen`. Who waits for that already keeps its place.
    pub fn insert(
        &mut self,
        bound: Bound,
        seen: Offset,
        (waiter, index): (&Arc<dyn DataWaiter>, usize),
        at: &mut Option<DataPlace>,
    ) {
        let list = &mut self.0[bound as usize];
        if let Some(at) = at.as_ref()
            && at.bound == bound
            && at.place.0 == seen + 1
            && list.holds(&at.place)
        {
            return;
        }
        let place = list.insert(seen + 1, (waiter.clone(), index));
        if let Some(before) = at.replace(DataPlace { bound, place }) {
            self.remove(&before);
        }
    }

    pub fn remove(&mut self, at: &DataPlace) {
        self.0[at.bound as usize].remove(&at.place);
    }

    /// Wakes those for whom there is more in the log.
    pub fn wake(&mut self, log: &storage::Log, effects: &mut Effects) {
        for (bound, list) in Bound::ALL.into_iter().zip(&mut self.0) {
            if !list.is_empty() {
                effects.data_waiters.extend(list.reached(bound.in_log(log)).map(|(_, waiter)| waiter));
            }
        }
    }

    /// Wakes everybody.
    pub fn release(&mut self, effects: &mut Effects) {
        effects.data_waiters.extend(self.0.iter_mut().flat_map(OrderedWaits::drain));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::cmp::Ordering;

    thread_local! {
        static COMPARES: Cell<usize> = const { Cell::new(0) };
    }

    /// An offset that counts how often it is looked at.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Counted(Offset);

    impl Ord for Counted {
        fn cmp(&self, other: &Counted) -> Ordering {
            COMPARES.set(COMPARES.get() + 1);
            self.0.cmp(&other.0)
        }
    }

    impl PartialOrd for Counted {
        fn partial_cmp(&self, other: &Counted) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }

    const WAITERS: usize = 10_000;
    /// Looks at a list of 10,000 to find one place.
    const LOOKS_MAX: usize = 80;

    fn counted<R>(work: impl FnOnce() -> R) -> (R, usize) {
        COMPARES.set(0);
        let result = work();
        (result, COMPARES.get())
    }

    #[test]
    fn ten_thousand_that_wait_for_one_offset_come_wake_and_go_without_looking_at_each_other() {
        let mut waits = OrderedWaits::new();
        let (places, compares) = counted(|| (0..WAITERS).map(|i| waits.insert(Counted(5), i)).collect::<Vec<_>>());
        assert!(compares <= WAITERS * LOOKS_MAX, "{compares} to register");
        let (gone, compares) = counted(|| places[..WAITERS / 2].iter().filter_map(|at| waits.remove(at)).count());
        assert_eq!(gone, WAITERS / 2);
        assert!(compares <= gone * LOOKS_MAX, "{compares} to go");
        let (woken, compares) = counted(|| waits.reached(Counted(5)).count());
        assert_eq!(woken, WAITERS - gone);
        assert!(compares <= woken * 2, "{compares} to wake");
        let (gone, compares) = counted(|| places.iter().filter_map(|at| waits.remove(at)).count());
        assert_eq!((gone, compares), (0, 0));
    }

    #[test]
    fn a_position_that_grows_costs_what_it_completes() {
        let mut waits = OrderedWaits::new();
        for offset in 0..WAITERS as Offset {
            waits.insert(Counted(offset), offset);
        }
        for offset in 0..WAITERS as Offset {
            let (done, compares) = counted(|| waits.reached(Counted(offset)).map(|(_, wait)| wait).collect::<Vec<_>>());
            assert_eq!(done, [offset]);
            assert!(compares <= 3, "{compares} for one of {}", WAITERS as Offset - offset);
        }
        let (none, compares) = counted(|| waits.reached(Counted(1)).count());
        assert_eq!((none, compares), (0, 0));
    }

    #[test]
    fn those_of_one_offset_are_told_in_the_order_in_which_they_came() {
        let mut waits = OrderedWaits::new();
        for (offset, name) in [(7, "c"), (5, "a"), (5, "b"), (9, "d")] {
            waits.insert(offset, name);
        }
        let told: Vec<_> = waits.reached(7).map(|(_, name)| name).collect();
        assert_eq!(told, ["a", "b", "c"]);
        assert_eq!(waits.drain().collect::<Vec<_>>(), ["d"]);
        assert!(waits.is_empty());
    }
}
