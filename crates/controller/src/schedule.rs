//! What the active controller does when its time has come: it fences brokers whose sessions have ended, lets replicas
//! without room leave, gives leaderships back to preferred replicas, and elects uncleanly where topics allow it. One thing at a time, so that each sees what the
//! one before has changed.

use crate::elections::Election;
use crate::plan::{Plan, Records};
use crate::{Controller, View};
use base::{NodeId, Now};

/// Elections at once, as in Kafka; what is more comes after what has arrived meanwhile.
const ELECTIONS_MAX: usize = 1_000;
/// The pause before more of them.
const PAUSE_US: u64 = 10_000;

/// What was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The broker's session has ended.
    SessionEnd(NodeId),
    /// Its connection has closed, and nobody listens at its addresses.
    Gone(NodeId),
    /// The broker has no room in a directory.
    FullDirectories(NodeId),
    PreferredElections,
    UncleanElections,
}

/// When elections are due that nobody asks for (monotonic microseconds).
#[derive(Debug)]
pub(crate) struct Schedule {
    next_preferred_us: Option<u64>,
    next_unclean_us: u64,
}

impl Schedule {
    pub fn new(settings: &crate::Settings, now: Now) -> Schedule {
        let after = |interval_ms: u64| now.monotonic_us.saturating_add(interval_ms.saturating_mul(1_000));
        Schedule {
            next_preferred_us: settings.preferred_election_interval_ms.map(after),
            next_unclean_us: after(settings.unclean_election_interval_ms),
        }
    }
}

impl Controller {
    /// When [`Self::run_due`] has something to do at the latest.
    pub fn deadline_us(&self) -> u64 {
        if self.full_directories.is_due() {
            return 0;
        }
        let session = self.heartbeats.next_expiry_us(self.settings.session_timeout_ms).map(|(_, at)| at);
        let others = [session, self.schedule.next_preferred_us, self.suspicions.deadline_us()];
        others.into_iter().flatten().fold(self.schedule.next_unclean_us, u64::min)
    }

    /// The next thing that is due; `None` if nothing is. To be called until then.
    pub fn run_due(&mut self, view: View<'_>) -> Option<Plan<Due>> {
        if let Some(plan) = self.expire_session(view) {
            return Some(plan);
        }
        if let Some(plan) = self.leave_full_directories(view) {
            return Some(plan);
        }
        let is_due = |at: u64| at <= view.now.monotonic_us;
        let records = |controller: &Controller, election| controller.elect_some(view.image, election, ELECTIONS_MAX);
        if self.schedule.next_preferred_us.is_some_and(is_due) {
            let records = records(self, Election::Preferred);
            let interval_ms = self.settings.preferred_election_interval_ms;
            self.schedule.next_preferred_us = interval_ms.map(|interval_ms| next(view.now, &records, interval_ms));
            return Some(Plan::new(records, Due::PreferredElections));
        }
        if is_due(self.schedule.next_unclean_us) {
            let records = records(self, Election::Unclean);
            self.schedule.next_unclean_us = next(view.now, &records, self.settings.unclean_election_interval_ms);
            return Some(Plan::new(records, Due::UncleanElections));
        }
        None
    }
}

fn next(now: Now, records: &Records, interval_ms: u64) -> u64 {
    let pause_us = match records.len() >= ELECTIONS_MAX {
        true => PAUSE_US,
        false => interval_ms.max(1).saturating_mul(1_000),
    };
    now.monotonic_us.saturating_add(pause_us)
}
