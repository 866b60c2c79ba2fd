//! What every schedule keeps of its clients, and what it reports in the end.

use crate::checks::Knowledge;
use crate::node::Inbox;
use crate::workload::Clients;
use base::FixedState;
use std::any::Any;
use std::hash::{BuildHasher, Hash, Hasher};
use std::panic::UnwindSafe;

/// What a schedule did and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub seed: u64,
    /// What ran: `single` or `cluster`.
    pub kind: &'static str,
    /// Equal for two runs of one seed.
    pub fingerprint: u64,
    pub acknowledged: u64,
    pub read: u64,
    pub processes: u32,
    /// The wall clock jumped at least once.
    pub clock_jumped: bool,
    /// A core of the nodes went on without the others.
    pub cores: u32,
    pub violations: Vec<String>,
}

/// The clients, what they were told, and the trace of it all.
pub(crate) struct Told {
    pub clients: Clients,
    pub knowledge: Knowledge,
    pub trace: <FixedState as BuildHasher>::Hasher,
    pub processes: u32,
    pub cores: u32,
}

impl Told {
    /// Of partitions with so many replicas on so many brokers.
    pub fn new(segment_bytes: u32, replicas: i16, brokers: i32) -> Told {
        Told {
            clients: Clients::new(segment_bytes, replicas, brokers),
            knowledge: Knowledge::of(brokers),
            trace: FixedState::default().build_hasher(),
            processes: 0,
            cores: 0,
        }
    }

    /// Hands over every answer that has arrived.
    pub fn deliver(&mut self, inbox: &Inbox) {
        loop {
            let answer = inbox.lock().pop_front();
            let Some((tag, frame)) = answer else { return };
            tag.hash(&mut self.trace);
            frame.hash(&mut self.trace);
            self.clients.answered(tag, frame, &mut self.knowledge);
        }
    }

    pub fn report(self, seed: u64, kind: &'static str) -> Report {
        Report {
            seed,
            kind,
            fingerprint: self.trace.finish(),
            acknowledged: self.clients.acknowledged,
            read: self.clients.read,
            processes: self.processes,
            cores: self.cores,
            clock_jumped: self.knowledge.clock_jumped,
            violations: self.knowledge.violations,
        }
    }
}

/// The report of a schedule; a panic is a violation like any other.
pub(crate) fn reported(seed: u64, kind: &'static str, run: impl FnOnce(u64) -> Report + UnwindSafe) -> Report {
    std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|panic| of_panic(seed, kind, &*panic))
}

fn of_panic(seed: u64, kind: &'static str, panic: &(dyn Any + Send)) -> Report {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let violations = vec![format!("a panic: {}", text.unwrap_or_default())];
    Report { seed, kind, violations, ..Report::default() }
}
