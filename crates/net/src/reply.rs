//! The place that one request's answer goes to.

use crate::answer::Answer;
use crate::connection::{Release, Shared};
use crate::turn;
use std::sync::Arc;

/// Answers one request, once, from any thread. Dropped unanswered it closes the connection, so that a client never
/// waits for something that will not come.
pub struct Reply {
    target: Option<Target>,
    /// The answer does not leave before this time; 0: it may leave at once.
    not_before_us: u64,
}

enum Target {
    Connection(Arc<Shared>, u64),
    /// Somebody within the process, or a simulated connection.
    Callback(Box<dyn FnOnce(Answer) + Send>),
}

/// Nobody waits longer for an answer that is there.
const HELD_MAX_US: u64 = 3_600_000_000;

impl Reply {
    pub(crate) fn new(shared: Arc<Shared>, sequence: u64) -> Reply {
        Reply { target: Some(Target::Connection(shared, sequence)), not_before_us: 0 }
    }

    /// A reply that goes to somebody who is no connection of an event loop.
    pub fn callback(receiver: impl FnOnce(Answer) + Send + 'static) -> Reply {
        Reply { target: Some(Target::Callback(Box::new(receiver))), not_before_us: 0 }
    }

    /// Hands the answer over; it leaves when every earlier request of the connection has been answered.
    pub fn send(mut self, answer: Answer) {
        self.deliver(answer);
    }

    /// The answer will not leave before this time of the monotonic clock, nor will what is behind it; once it is there, the
    /// connection is not read until then. The longest time that was asked for counts, an hour at most.
    pub fn hold_until(&mut self, at_us: u64) {
        self.not_before_us = self.not_before_us.max(at_us);
    }

    /// Lets later requests of the connection start, although this one held them and has no answer so far.
    pub fn lets_pass(&self) {
        let Some(Target::Connection(shared, sequence)) = &self.target else { return };
        let resumes = {
            let mut out = shared.out.lock();
            out.pass(*sequence);
            std::mem::take(&mut out.stalled)
        };
        if resumes {
            shared.owner.resume(shared.key, shared.info.id);
        }
    }

    /// Whether nobody is there any more who could be answered.
    pub fn is_gone(&self) -> bool {
        match &self.target {
            Some(Target::Connection(shared, _)) => shared.out.lock().closed,
            Some(Target::Callback(_)) => false,
            None => true,
        }
    }

    fn deliver(&mut self, answer: Answer) {
        match self.target.take() {
            Some(Target::Connection(shared, sequence)) if self.not_before_us > 0 => {
                hold(&shared, sequence, answer, self.not_before_us);
            }
            Some(Target::Connection(shared, sequence)) => deliver(&shared, sequence, answer),
            Some(Target::Callback(receiver)) => receiver(answer),
            None => {}
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.deliver(Answer::Close);
    }
}

fn deliver(shared: &Arc<Shared>, sequence: u64, answer: Answer) {
    let (flush, resume) = {
        let mut out = shared.out.lock();
        if !out.fill(sequence, answer) {
            return;
        }
        let flush = out.has_ready_head() && !std::mem::replace(&mut out.dirty, true);
        (flush, std::mem::take(&mut out.stalled))
    };
    if flush && !turn::flush_at_end_of_turn(shared) {
        shared.flush();
    }
    if resume {
        shared.owner.resume(shared.key, shared.info.id);
    }
}

/// Who stalls behind it is told when it is released.
fn hold(shared: &Arc<Shared>, sequence: u64, answer: Answer, not_before_us: u64) {
    if shared.out.lock().fill_held(sequence, answer) {
        let latest_us = shared.owner.clock.now().monotonic_us.saturating_add(HELD_MAX_US);
        let release = Release { shared: Arc::downgrade(shared), sequence };
        shared.owner.run_at(not_before_us.min(latest_us), Arc::new(release));
    }
}
