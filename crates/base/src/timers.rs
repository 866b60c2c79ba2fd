//! Tasks by the time at which they are to run; those of one time keep the order in which they were set.

use crate::Task;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

struct Timer {
    at_us: u64,
    order: u64,
    task: Arc<dyn Task>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        (self.at_us, self.order) == (other.at_us, other.order)
    }
}
impl Eq for Timer {}
impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at_us, self.order).cmp(&(other.at_us, other.order))
    }
}

/// The timers of one executor.
#[derive(Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    order: u64,
}

impl Timers {
    pub fn set(&mut self, at_us: u64, task: Arc<dyn Task>) {
        self.order += 1;
        self.heap.push(Reverse(Timer { at_us, order: self.order, task }));
    }

    /// When the next one goes off.
    pub fn next_us(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(timer)| timer.at_us)
    }

    /// The next task, if its time has come.
    pub fn take_due(&mut self, now_us: u64) -> Option<Arc<dyn Task>> {
        self.next_us().filter(|at_us| *at_us <= now_us)?;
        self.heap.pop().map(|Reverse(timer)| timer.task)
    }

    /// Drops what nobody has to be woken for from the front.
    pub fn drop_over(&mut self) {
        while self.heap.peek().is_some_and(|Reverse(timer)| timer.task.is_over()) {
            self.heap.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Now;

    struct Nothing(bool);

    impl Task for Nothing {
        fn run(self: Arc<Self>, _: Now) {}

        fn is_over(&self) -> bool {
            self.0
        }
    }

    #[test]
    fn those_of_one_time_keep_their_order() {
        let tasks: Vec<Arc<dyn Task>> = (0..4).map(|_| Arc::new(Nothing(false)) as Arc<dyn Task>).collect();
        let mut timers = Timers::default();
        for (at_us, index) in [(20, 2), (10, 0), (20, 3), (10, 1)] {
            timers.set(at_us, tasks[index].clone());
        }
        assert_eq!(timers.next_us(), Some(10));
        assert!(timers.take_due(9).is_none());
        for task in &tasks {
            assert!(timers.take_due(20).is_some_and(|due| Arc::ptr_eq(&due, task)));
        }
        assert_eq!(timers.next_us(), None);
    }

    #[test]
    fn nobody_is_woken_for_what_is_over() {
        let mut timers = Timers::default();
        timers.set(10, Arc::new(Nothing(true)));
        timers.set(20, Arc::new(Nothing(false)));
        timers.set(30, Arc::new(Nothing(true)));
        timers.drop_over();
        assert_eq!(timers.next_us(), Some(20));
    }
}
