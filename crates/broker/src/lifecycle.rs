//! A broker's life with the controller (KIP-631): register, heartbeat, be unfenced, leave in order.
//!
//! As in Kafka, nothing of the log directories is touched before the registration is accepted: somebody who starts with
//! the id of another broker is told so, and has changed nothing.

use crate::broker::Broker;
use crate::channel::{Patience, call};
use api::Node;
use base::{BlockingWork, BrokerEpoch, DirectoryId, ErrorCode, Now, Seldom, Task, Uuid};
use metadata::{Image, VersionRange};
use parking_lot::Mutex;
use protocol::{
    ApiKey, BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest, BrokerRegistrationResponse,
    Cursor, broker_registration_request,
};
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

    fn register(self: Arc<Self>) {
        let broker = &self.broker;
        let network = &broker.static_config.network;
        let request = BrokerRegistrationRequest {
            broker_id: broker.node_id,
            cluster_id: broker.cluster_id.clone().into(),
            incarnation_id: self.incarnation_id,
            listeners: network
                .advertised_listeners
                .iter()
                .map(|listener| broker_registration_request::Listener {
                    name: listener.name.to_string().into(),
                    host: listener.endpoint.host.clone().unwrap_or_default().into(),
                    port: listener.endpoint.port,
                    security_protocol: listener.protocol as i16,
                    ..Default::default()
                })
                .collect(),
            features: VersionRange::of(broker.levels())
                .into_iter()
                .map(|range| broker_registration_request::Feature {
                    name: range.feature.into(),
                    min_supported_version: range.min,
                    max_supported_version: range.max,
                    ..Default::default()
                })
                .collect(),
            rack: broker.static_config.node.rack.clone().map(Into::into),
            log_dirs: self.directories(false),
            previous_broker_epoch: self.previous_broker_epoch,
            ..Default::default()
        };
        let channel = broker.controller.clone();
        let this = self.clone();
        call(&*channel, ApiKey::BrokerRegistration, &request, Patience::Once, move |result, version| {
            let outcome = result.and_then(|body| {
                let response = BrokerRegistrationResponse::decode(&mut Cursor::new(&body), version)
                    .map_err(|_| ErrorCode::UnknownServerError)?;
                match ErrorCode::from_code(response.error_code) {
                    ErrorCode::None => Ok(response.broker_epoch),
                    error => Err(error),
                }
            });
            this.registered(outcome);
        });
    }

    fn registered(self: Arc<Self>, outcome: Result<BrokerEpoch, ErrorCode>) {
        let mut inner = self.inner.lock();
        inner.asked = None;
        match outcome {
            Ok(epoch) => {
                let is_first = self.broker.epoch() < 0;
                self.broker.set_epoch(epoch);
                (inner.failures, inner.refusal) = (0, None);
                let goes_on = inner.state == State::Registering;
                if goes_on {
                    inner.state = State::CatchingUp;
                }
                // Who leaves begins nothing any more.
                let then = inner.then.take().filter(|_| goes_on);
                drop(inner);
                match is_first {
                    true => tracing::debug!(epoch, "registered with the controller"),
                    false => tracing::info!(epoch, "registered with the controller again"),
                }
                // What was found at the start, say.
                self.broker.assign_directories([]);
                if let Some(then) = then {
                    self.broker.executor.run_blocking(then);
                }
                self.go_on();
            }
            Err(error @ ErrorCode::UnsupportedVersion) => {
                inner.state = State::Refused(error);
                drop(inner);
                (self.on_change)(State::Refused(error));
            }
            // The way to the controller says itself what is wrong with it.
            Err(error @ ErrorCode::NotController) => {
                let pause_us = self.pause_us(&mut inner);
                inner.refusal = None;
                drop(inner);
                tracing::debug!(%error, "the registration was not answered; trying again");
                self.again_in(pause_us);
            }
            Err(error) => {
                let pause_us = (RETRY_US << inner.failures.min(16)).min(REFUSED_RETRY_MAX_US);
                inner.failures += 1;
                let (cause, hint) = explained(error);
                inner.refusal = Some(format!("{error}: {cause}\nhint: {hint}"));
                drop(inner);
                if self.refused_line.is_due(self.broker.executor.now()) {
                    let (node, controller) = (self.broker.node_id, self.broker.controller_address());
                    let own_cluster = &self.broker.cluster_id;
                    tracing::warn!(
                        node, controller, own_cluster, %error, cause, hint,
                        "the controller did not take the registration; trying again"
                    );
                }
                self.again_in(pause_us);
            }
        }
    }

    fn heartbeat(self: Arc<Self>, turn: u64, want_shut_down: bool) {
        let broker = &self.broker;
        let request = BrokerHeartbeatRequest {
            broker_id: broker.node_id,
            broker_epoch: broker.epoch(),
            current_metadata_offset: self.applied.load(Ordering::Acquire),
            want_fence: false,
            want_shut_down,
            offline_log_dirs: self.directories(true),
            ..Default::default()
        };
        let request = request.with_full_log_dirs(&self.full_directories());
        let channel = broker.controller.clone();
        let this = self.clone();
        call(&*channel, ApiKey::BrokerHeartbeat, &request, Patience::Once, move |result, version| {
            let outcome = result.and_then(|body| {
                BrokerHeartbeatResponse::decode(&mut Cursor::new(&body), version)
                    .map_err(|_| ErrorCode::UnknownServerError)
            });
            this.heard(turn, outcome);
        });
    }

    /// The directories that are out of service, or the others. Of one that could not be read the id is not known.
    fn directories(&self, are_failed: bool) -> Vec<DirectoryId> {
        let directories = self.broker.replicas.directories().iter();
        let are_meant = directories.filter(|directory| directory.dir.is_failed() == are_failed);
        are_meant.map(|directory| directory.id).filter(|id| *id != Uuid::DIRECTORY_LOST).collect()
    }

    /// The directories that have no room.
    fn full_directories(&self) -> Vec<DirectoryId> {
        let in_service = self.broker.replicas.directories().iter().filter(|directory| !directory.dir.is_failed());
        in_service.filter(|directory| directory.is_full()).map(|directory| directory.id).collect()
    }

    fn heard(self: Arc<Self>, turn: u64, outcome: Result<BrokerHeartbeatResponse, ErrorCode>) {
        let interval_us = self.broker.static_config.lifecycle.heartbeat_interval_ms.max(1) as u64 * 1000;
        let mut inner = self.inner.lock();
        if inner.asked.take_if(|asked| *asked == turn).is_none() {
            return;
        }
        inner.failures = if outcome.is_ok() { 0 } else { inner.failures };
        let (change, again_us) = match outcome {
            Ok(response) if response.error_code == 0 => match inner.state {
                State::Leaving if response.should_shut_down => (Some(State::Left), None),
                State::Leaving => (None, Some(10_000)),
                // Clients find here what the controller has them told of this broker.
                State::CatchingUp if !response.is_fenced && inner.is_shown_unfenced() => {
                    (Some(State::Running), Some(interval_us))
                }
                // The image that says so brings the next one.
                State::CatchingUp if !response.is_fenced => (None, Some(interval_us)),
                // Logs are being opened: the image in which it is registered brings the next one.
                State::CatchingUp if self.applied.load(Ordering::Acquire) < self.broker.epoch() => {
                    (None, Some(interval_us))
                }
                // The controller is about to see that: ask soon.
                State::CatchingUp => (None, Some(5_000)),
                State::Running if self.broker.has_more_to_register() => {
                    self.broker.assign_all_directories();
                    (Some(State::Registering), Some(0))
                }
                _ => (None, Some(interval_us)),
            },
            Ok(response) => match ErrorCode::from_code(response.error_code) {
                error @ (ErrorCode::StaleBrokerEpoch | ErrorCode::BrokerIdNotRegistered)
                    if inner.state != State::Leaving =>
                {
                    let node = self.broker.node_id;
                    let cause = self.why_gone(error);
                    tracing::warn!(node, %error, cause, "the registration of this broker is gone; registering again");
                    (Some(State::Registering), Some(RETRY_US))
                }
                _ if inner.state == State::Leaving => (Some(State::Left), None),
                _ => (None, Some(RETRY_US)),
            },
            // In the same process there is no controller any more; over a line the next try may arrive.
            Err(_) if inner.state == State::Leaving && !self.is_apart => (Some(State::Left), None),
            Err(_) => (None, Some(self.pause_us(&mut inner))),
        };
        if let Some(change) = change {
            inner.state = change;
        }
        let again_us = if std::mem::take(&mut inner.has_news) { again_us.map(|_| 0) } else { again_us };
        drop(inner);
        if let Some(change) = change {
            (self.on_change)(change);
        }
        if let Some(again_us) = again_us {
            self.again_in(again_us);
        }
    }

    /// Why the controller does not know the registration any more, by what is shown here; that may be older.
    fn why_gone(&self, error: ErrorCode) -> &'static str {
        let (image, epoch) = (self.broker.image.load(), self.broker.epoch());
        let shown = image.brokers.get(&self.broker.node_id).map(|own| own.epoch);
        match shown {
            _ if error == ErrorCode::BrokerIdNotRegistered => {
                "it was unregistered, or the controller lost its metadata"
            }
            Some(other) if other > epoch => {
                "somebody registered with this node.id after it: another process may run with it"
            }
            None if image.offset >= epoch => "it was unregistered",
            _ => {
                "it was unregistered, or somebody registered with this node.id after it (another process with this id)"
            }
        }
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

/// What a refused registration means, and what to do.
fn explained(error: ErrorCode) -> (&'static str, &'static str) {
    match error {
        ErrorCode::DuplicateBrokerRegistration => (
            "a broker with this node.id is registered, and its session lasts",
            "if another process runs with this node.id, stop one of them or give it another id; if this one was killed \
             a moment ago, its session ends after broker.session.timeout.ms",
        ),
        ErrorCode::InconsistentClusterId => (
            "the controller belongs to another cluster than this broker",
            "let the controller of this cluster run at that address, or correct controller.quorum.voters or \
             controller.quorum.bootstrap.servers",
        ),
        _ => ("the controller refuses it", "the log of the controller may say more"),
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

impl Broker {
    /// Whether the registration does not say everything that one would now: the level of the cluster was raised to one
    /// that has the directories of brokers, which the level before could not name, or the node was a cluster by itself
    /// then, and is one of several now.
    fn has_more_to_register(&self) -> bool {
        let image = self.image.load();
        let own = image.brokers.get(&self.node_id).filter(|own| own.epoch == self.epoch());
        own.is_some_and(|own| {
            let lacks_directories = image.features.assigns_directories() && own.log_dirs.is_empty();
            lacks_directories || !VersionRange::are_of(&own.features, self.levels())
        })
    }
}

#[cfg(test)]
mod tests;
