//! What came of a visit to a cell and is carried out after it was left, and those who are told.

use super::PartitionCell;
use base::{ErrorCode, Now};
use std::sync::Arc;
use storage::Job;

/// Somebody who waits until an append is committed (or durable) or has failed.
pub trait AckWaiter: Send + Sync {
    fn acknowledged(&self, index: usize, result: Result<(), ErrorCode>, now: Now);
}

/// Somebody who waits for records to become visible.
pub trait DataWaiter: Send + Sync {
    /// Called outside of all locks, with the index that was registered; may come again.
    fn data_arrived(self: Arc<Self>, index: usize);
}

/// What is to be done after the cell was left.
#[derive(Default)]
pub struct Effects {
    pub(super) acknowledged: Vec<(Arc<dyn AckWaiter>, usize, Result<(), ErrorCode>)>,
    pub(super) data_waiters: Vec<(Arc<dyn DataWaiter>, usize)>,
    pub(super) jobs: Vec<Job>,
    pub(super) wants_flush: bool,
    pub(super) wants_sealed_flush: bool,
    pub(super) failed: bool,
    /// The leader has a question about its in-sync replicas for the controller.
    pub(super) isr_changes: bool,
}

impl Effects {
    /// Carries everything out.
    pub fn run(self, cell: &Arc<PartitionCell>, now: Now) {
        for (waiter, index, result) in self.acknowledged {
            waiter.acknowledged(index, result, now);
        }
        for (waiter, index) in self.data_waiters {
            waiter.data_arrived(index);
        }
        for job in self.jobs {
            cell.directory().run_job(job);
        }
        if self.isr_changes {
            cell.isr_changes.ask(cell);
        }
        if self.failed {
            cell.directory().fail();
        } else if self.wants_flush {
            cell.directory().flush_soon(cell.clone());
        } else if self.wants_sealed_flush {
            cell.directory().flush_sealed_soon(cell.clone());
        }
    }
}
