//! Producer ids from blocks that the controller hands out (KIP-730).

use crate::broker::Broker;
use crate::channel::{Patience, call};
use base::{ErrorCode, ProducerId};
use parking_lot::Mutex;
use protocol::{AllocateProducerIdsRequest, AllocateProducerIdsResponse, ApiKey, Cursor};
use std::sync::Arc;

type Waiter = Box<dyn FnOnce(Result<ProducerId, ErrorCode>) + Send>;

/// Requests that wait for a block at most.
const WAITERS_MAX: usize = 10_000;

/// The block in use, and who waits for the next one.
#[derive(Default)]
pub(crate) struct ProducerIdAllocator {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: ProducerId,
    end: ProducerId,
    is_asking: bool,
    waiters: Vec<Waiter>,
}

impl Broker {
    /// Hands a new producer id to `done`, at once or when the controller has answered.
    pub(crate) fn next_producer_id(self: &Arc<Self>, done: Waiter) {
        let mut state = self.producer_ids.state.lock();
        if state.next < state.end {
            let id = state.next;
            state.next += 1;
            drop(state);
            return done(Ok(id));
        }
        if state.waiters.len() >= WAITERS_MAX {
            drop(state);
            return done(Err(ErrorCode::CoordinatorLoadInProgress));
        }
        state.waiters.push(done);
        if !std::mem::replace(&mut state.is_asking, true) {
            drop(state);
            self.ask_for_producer_ids();
        }
    }

    fn ask_for_producer_ids(self: &Arc<Self>) {
        let broker = self.clone();
        let request =
            AllocateProducerIdsRequest { broker_id: self.node_id, broker_epoch: self.epoch(), ..Default::default() };
        call(&*self.controller, ApiKey::AllocateProducerIds, &request, Patience::Retry, move |result, version| {
            let block = result.and_then(|body| {
                let response = AllocateProducerIdsResponse::decode(&mut Cursor::new(&body), version)
                    .map_err(|_| ErrorCode::UnknownServerError)?;
                match ErrorCode::from_code(response.error_code) {
                    ErrorCode::None => Ok((response.producer_id_start, response.producer_id_len as i64)),
                    error => Err(error),
                }
            });
            broker.producer_ids_arrived(block);
        });
    }

    fn producer_ids_arrived(self: &Arc<Self>, block: Result<(ProducerId, i64), ErrorCode>) {
        let mut answers: Vec<(Waiter, Result<ProducerId, ErrorCode>)> = Vec::new();
        let mut state = self.producer_ids.state.lock();
        state.is_asking = false;
        let waiters = std::mem::take(&mut state.waiters);
        let mut left = waiters.into_iter();
        match block {
            Ok((start, count)) => {
                (state.next, state.end) = (start, start + count);
                while state.next < state.end
                    && let Some(waiter) = left.next()
                {
                    answers.push((waiter, Ok(state.next)));
                    state.next += 1;
                }
                state.waiters = left.collect();
            }
            // Clients ask again after this one.
            Err(_) => answers.extend(left.map(|waiter| (waiter, Err(ErrorCode::CoordinatorLoadInProgress)))),
        }
        let ask_again = !state.waiters.is_empty() && !std::mem::replace(&mut state.is_asking, true);
        drop(state);
        for (waiter, answer) in answers {
            waiter(answer);
        }
        if ask_again {
            self.ask_for_producer_ids();
        }
    }
}
