//! What a coordinator's machine is to its runtime: records in, records out.

use base::{ErrorCode, Now, Offset, ProducerId};
use std::fmt;

/// A key and a value for the partition's log; no value is a tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// A record as it stands in the log.
#[derive(Debug, Clone, Copy)]
pub struct StoredRecord<'a> {
    pub offset: Offset,
    /// Of the record's batch if that is transactional, otherwise -1.
    pub producer_id: ProducerId,
    pub key: &'a [u8],
    pub value: Option<&'a [u8]>,
}

/// An answer to an earlier request with this token.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<R> {
    pub token: u64,
    pub response: R,
    /// Send it when everything that was appended so far, this plan's records included, is committed. Otherwise send it
    /// without waiting.
    pub after_commit: bool,
}

/// What a call asks of the runtime: append `records` as one batch, `replay` them, deliver `replies`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<R> {
    pub records: Vec<Record>,
    pub replies: Vec<Reply<R>>,
}

impl<R> Default for Plan<R> {
    fn default() -> Plan<R> {
        Plan { records: Vec::new(), replies: Vec::new() }
    }
}

impl<R> Plan<R> {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.replies.is_empty()
    }

    /// Adds an answer that waits for nothing.
    pub fn reply(&mut self, token: u64, response: R) {
        self.replies.push(Reply { token, response, after_commit: false });
    }

    /// Adds an answer that waits for the log.
    pub fn reply_after_commit(&mut self, token: u64, response: R) {
        self.replies.push(Reply { token, response, after_commit: true });
    }
}

/// How long an input may keep the thread that steps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Microseconds, as everything on an event loop.
    Small,
    /// It grows with what clients have the coordinator keep.
    Large,
}

/// A computation on a copy of what it needs.
pub type Work<D> = Box<dyn FnOnce() -> D + Send>;

/// A deterministic machine whose truth is the log of one partition.
///
/// What the log keeps changes in [`replay`](Machine::replay) alone. What is kept in memory only may change while planning:
/// [`append_failed`](Machine::append_failed) takes back what depended on records that were lost.
pub trait Machine: Send + Sized + 'static {
    type Request: Send;
    type Response: Send;
    /// What planning may look up, the metadata image of a broker for instance.
    type View<'a>: ?Sized;
    /// What the machine is told without being asked.
    type Notice: Send;
    /// What work that was handed out brings back.
    type Done: Send;
    type ReplayError: fmt::Display;

    /// Takes in a record of the partition. After an error the machine is as it was, and loading may go on without the
    /// record.
    fn replay(&mut self, record: StoredRecord<'_>) -> Result<(), Self::ReplayError>;

    /// Takes in a transaction marker: what the producer wrote is committed, or forgotten.
    fn replay_marker(&mut self, producer_id: ProducerId, committed: bool);

    /// The whole partition was replayed.
    fn loaded(&mut self, now: Now) -> Plan<Self::Response>;

    /// Plans a request: some answers come now, some in the plan of a later call, under the token given here.
    fn plan(&mut self, now: Now, view: &Self::View<'_>, request: Self::Request, token: u64) -> Plan<Self::Response>;

    /// Does what has come due.
    fn on_timer(&mut self, now: Now) -> Plan<Self::Response>;

    /// When `on_timer` wants to be called, on the monotonic clock. It may be early, never late.
    fn next_deadline_us(&self) -> Option<u64>;

    /// Takes in what happened elsewhere. Every plan is a batch of its own.
    fn notice(&mut self, now: Now, notice: &Self::Notice) -> Vec<Plan<Self::Response>>;

    /// A computation that is to run elsewhere; asked for after every input, until there is none.
    fn take_work(&mut self) -> Option<Work<Self::Done>> {
        None
    }

    /// Such a computation is over.
    fn work_done(&mut self, now: Now, done: Self::Done) -> Plan<Self::Response>;

    /// The batch of this plan, the machine's last, did not get into the log: takes back what depended on it, and turns its
    /// replies into errors. Gives no records.
    fn append_failed(&mut self, now: Now, failed: Plan<Self::Response>, error: ErrorCode) -> Plan<Self::Response>;

    /// This broker is no longer the coordinator: answers everything that is parked. The machine is of no use afterwards.
    fn resign(&mut self, error: ErrorCode) -> Vec<Reply<Self::Response>>;

    /// The answer when a request cannot be tried at all.
    fn refuse(request: &Self::Request, error: ErrorCode) -> Self::Response;

    /// The same answer saying that the write behind it failed, or was not committed in time.
    fn fail(response: Self::Response, error: ErrorCode) -> Self::Response;

    fn request_weight(&self, request: &Self::Request) -> Weight;

    fn timer_weight(&self, now: Now) -> Weight;

    fn notice_weight(&self, notice: &Self::Notice) -> Weight;
}
