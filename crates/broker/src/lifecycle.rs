//! A broker's life with the controller (KIP-631): register, heartbeat, be unfenced, leave in order.
//!
//! As in Kafka, nothing of the log directories is touched before the registration is accepted: somebody who starts with
//! the id of another broker is told so, and has changed nothing.

mod heartbeats;
mod registration;

use crate::broker::Broker;
use base::{BlockingWork, BrokerEpoch, DirectoryId, ErrorCode, Now, Seldom, Task, Uuid};
use metadata::Image;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No metadata came yet.
    Starting,
    Registering,
    /// Registered, but fenced: it has to open its logs and to catch up with the metadata first.
    CatchingUp,
    Running,
    /// It has asked to leave and waits until nothing is led here any more.
    Leaving,
    /// It may stop.
    Left,
    /// The controller refuses it for good.
    Refused(ErrorCode),
}

/// Drives the registration and the heartbeats of one broker.
pub struct Lifecycle {
    broker: Arc<Broker>,
    inner: Mutex<Inner>,
    /// Offset of the newest image that was applied here.
    applied: AtomicI64,
    on_change: Box<dyn Fn(State) + Send + Sync>,
    incarnation_id: Uuid,
    previous_broker_epoch: BrokerEpoch,
    /// The controller is another node.
    is_apart: bool,
    /// A registration that is refused.
    refused_line: Seldom,
}

struct Inner {
    state: State,
    /// The request that is under way, by its turn.
    asked: Option<u64>,
    /// When the newest one was sent.
    asked_us: u64,
    wants_to_leave: bool,
    /// Counts what was sent and what is to be sent later: a timer that is not the newest one is over.
    turn: u64,
    /// Tries without an answer since the last one.
    failures: u32,
    /// What begins with the first registration that is accepted.
    then: Option<BlockingWork>,
    /// What the newest image says of the newest registration, once it has said that it is unfenced.
    shown: Option<Shown>,
    /// Why the controller did not take the newest registration.
    refusal: Option<String>,
    /// The controller is to hear at once what has changed since the request that is on its way.
    has_news: bool,
}

impl Inner {
    /// Whether the newest image has this broker unfenced.
    fn is_shown_unfenced(&self) -> bool {
        self.shown.is_some_and(|shown| !shown.is_fenced)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    epoch: BrokerEpoch,
    is_fenced: bool,
}

/// Pause before a failed registration or heartbeat is tried again; it doubles with each failure, up to the interval of
/// heartbeats where there is no answer.
const RETRY_US: u64 = 100_000;
/// Longest pause where the controller answers and refuses: another incarnation's session, say, that has to end first.
const REFUSED_RETRY_MAX_US: u64 = 2_000_000;
/// Time between two heartbeats that controllers make necessary, by coming and going.
const CONTROLLER_PAUSE_US: u64 = 100_000;

impl Lifecycle {
    /// `previous_broker_epoch` is the one in the clean-shutdown marker, -1 without one.
    pub fn new(
        broker: Arc<Broker>,
        incarnation_id: Uuid,
        previous_broker_epoch: BrokerEpoch,
        is_apart: bool,
        on_change: Box<dyn Fn(State) + Send + Sync>,
    ) -> Arc<Lifecycle> {
        broker.set_incarnation(incarnation_id);
        let inner = Inner {
            state: State::Starting,
            asked: None,
            asked_us: 0,
            wants_to_leave: false,
            turn: 0,
            failures: 0,
            then: None,
            shown: None,
            refusal: None,
            has_news: false,
        };
        let lifecycle = Arc::new(Lifecycle {
            broker,
            inner: Mutex::new(inner),
            applied: AtomicI64::new(-1),
            on_change,
            incarnation_id,
            previous_broker_epoch,
            is_apart,
            refused_line: Seldom::default(),
        });
        for directory in lifecycle.broker.replicas.directories() {
            let lifecycle = Arc::downgrade(&lifecycle);
            directory.set_space_listener(Box::new(move || {
                if let Some(lifecycle) = lifecycle.upgrade() {
                    lifecycle.tell_soon();
                }
            }));
        }
        lifecycle
    }

    /// Sends a heartbeat before its time, or as soon as the one that is on its way is answered.
    fn tell_soon(self: Arc<Self>) {
        let beats = {
            let mut inner = self.inner.lock();
            inner.has_news = inner.asked.is_some();
            matches!(inner.state, State::CatchingUp | State::Running | State::Leaving)
        };
        if beats {
            self.go_on();
        }
    }

    pub fn state(&self) -> State {
        self.inner.lock().state
    }

    /// Whether clients should come here: it is registered, and as far as is known here not fenced.
    pub fn is_ready(&self) -> bool {
        let inner = self.inner.lock();
        inner.state == State::Running && inner.is_shown_unfenced()
    }

    /// Why the controller did not take the newest registration, if that is so.
    pub fn refusal(&self) -> Option<String> {
        self.inner.lock().refusal.clone()
    }

    /// The metadata is here: registers, and does this once that is accepted.
    pub fn begin(self: &Arc<Self>, then: BlockingWork) {
        {
            let mut inner = self.inner.lock();
            if inner.state != State::Starting {
                return;
            }
            inner.state = State::Registering;
            inner.then = Some(then);
        }
        self.clone().go_on();
    }

    /// An image was applied.
    pub fn published(self: &Arc<Self>, image: &Image) {
        self.applied.fetch_max(image.offset, Ordering::AcqRel);
        let has_caught_up = {
            let mut inner = self.inner.lock();
            self.look_at_registration(&mut inner, image);
            inner.state == State::CatchingUp && image.offset >= self.broker.epoch()
        };
        if has_caught_up {
            self.clone().go_on();
        }
    }

    /// Says when the controller fences this broker, and when that is over. An image from before it was first unfenced
    /// tells nothing.
    fn look_at_registration(&self, inner: &mut Inner, image: &Image) {
        let epoch = self.broker.epoch();
        let own = image.brokers.get(&self.broker.node_id).filter(|own| own.epoch == epoch);
        let shown = own.map(|own| Shown { epoch, is_fenced: own.fenced });
        let before = inner.shown.filter(|before| before.epoch == epoch);
        inner.shown = match (before, shown) {
            (None, Some(shown)) if shown.is_fenced => None,
            (_, shown) => shown,
        };
        match (before.map(|before| before.is_fenced), inner.shown.map(|shown| shown.is_fenced)) {
            (Some(false), Some(true)) if inner.state == State::Running => tracing::warn!(
                node = self.broker.node_id,
                hint = "its heartbeats did not arrive within broker.session.timeout.ms: did it stand still, or is the \
                        network between them broken?",
                "the controller has fenced this broker: it leads nothing and clients are sent elsewhere"
            ),
            (Some(true), Some(false)) => {
                tracing::info!(node = self.broker.node_id, "the controller has unfenced this broker again");
            }
            _ => {}
        }
    }

    /// Asks to leave; `on_change` is called with `Left` when the controller agrees.
    pub fn leave(self: &Arc<Self>) {
        let leaves = {
            let mut inner = self.inner.lock();
            inner.wants_to_leave = true;
            match inner.state {
                State::Running | State::CatchingUp => {
                    inner.state = State::Leaving;
                    true
                }
                State::Leaving => true,
                _ => {
                    inner.state = State::Left;
                    false
                }
            }
        };
        if leaves {
            self.clone().go_on();
        } else {
            (self.on_change)(State::Left);
        }
    }

    /// Another controller is active, or about to be: it hears of this broker soon. What it heard before counts the session
    /// of each broker from its own start, and who registers or catches up waits for it.
    pub fn controller_changed(self: &Arc<Self>) {
        let pause_us = {
            let mut inner = self.inner.lock();
            match inner.state {
                // It has not been accepted anywhere, or only where nobody knows: its answer is waited for.
                State::Registering if inner.asked.is_some() => return,
                State::Registering | State::CatchingUp | State::Running | State::Leaving => {}
                State::Starting | State::Left | State::Refused(_) => return,
            }
            // A heartbeat to the controller before: whatever is answered, the new one is asked.
            inner.asked = None;
            let now_us = self.broker.executor.now().monotonic_us;
            (inner.asked_us + CONTROLLER_PAUSE_US).saturating_sub(now_us)
        };
        self.clone().again_in(pause_us);
    }

    fn go_on(self: Arc<Self>) {
        let (state, turn) = {
            let mut inner = self.inner.lock();
            if inner.asked.is_some() {
                return;
            }
            inner.turn += 1;
            if matches!(inner.state, State::Registering | State::CatchingUp | State::Running | State::Leaving) {
                inner.asked = Some(inner.turn);
                inner.asked_us = self.broker.executor.now().monotonic_us;
            }
            (inner.state, inner.turn)
        };
        match state {
            State::Registering => self.register(),
            State::CatchingUp | State::Running | State::Leaving => self.heartbeat(turn, state == State::Leaving),
            State::Starting | State::Left | State::Refused(_) => {}
        }
    }

    /// The directories that are out of service, or the others. Of one that could not be read the id is not known.
    fn directories(&self, are_failed: bool) -> Vec<DirectoryId> {
        let directories = self.broker.replicas.directories().iter();
        let are_meant = directories.filter(|directory| directory.dir.is_failed() == are_failed);
        are_meant.map(|directory| directory.id).filter(|id| *id != Uuid::DIRECTORY_LOST).collect()
    }

    fn pause_us(&self, inner: &mut Inner) -> u64 {
        let interval_us = self.broker.static_config.lifecycle.heartbeat_interval_ms.max(1) as u64 * 1000;
        let pause_us = (RETRY_US << inner.failures.min(16)).min(interval_us.max(RETRY_US));
        inner.failures += 1;
        pause_us
    }

    fn again_in(self: Arc<Self>, delay_us: u64) {
        let executor = self.broker.executor.clone();
        let turn = {
            let mut inner = self.inner.lock();
            inner.turn += 1;
            inner.turn
        };
        executor.control_at(executor.now().monotonic_us + delay_us, Arc::new(Turn { lifecycle: self, turn }));
    }
}

/// The next registration or heartbeat, unless one was sent before its time.
struct Turn {
    lifecycle: Arc<Lifecycle>,
    turn: u64,
}

impl Task for Turn {
    fn run(self: Arc<Self>, _: Now) {
        if !self.is_over() {
            self.lifecycle.clone().go_on();
        }
    }

    fn is_over(&self) -> bool {
        self.lifecycle.inner.lock().turn != self.turn
    }
}

#[cfg(test)]
mod tests;
