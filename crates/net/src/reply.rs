//! The place that one request's answer goes to.

use crate::answer::Answer;
use crate::connection::Shared;
use crate::event_loop;
use std::sync::Arc;

/// Answers one request, once, from any thread. Dropped unanswered it closes the connection, so that a client never
/// waits for something that will not come.
pub struct Reply {
    target: Option<Target>,
}

enum Target {
    Connection(Arc<Shared>, u64),
    /// Somebody within the process, or a simulated connection.
    Callback(Box<dyn FnOnce(Answer) + Send>),
}

impl Reply {
    pub(crate) fn new(shared: Arc<Shared>, sequence: u64) -> Reply {
        Reply { target: Some(Target::Connection(shared, sequence)) }
    }

    /// A reply that goes to somebody who is no connection of an event loop.
    pub fn callback(receiver: impl FnOnce(Answer) + Send + 'static) -> Reply {
        Reply { target: Some(Target::Callback(Box::new(receiver))) }
    }

    /// Hands the answer over; it leaves when every earlier request of the connection has been answered.
    pub fn send(mut self, answer: Answer) {
        self.deliver(answer);
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
    if flush && !event_loop::flush_at_end_of_turn(shared) {
        shared.flush();
    }
    if resume {
        shared.owner.resume(shared.key, shared.info.id);
    }
}
