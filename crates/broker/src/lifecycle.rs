//! A broker's life with the controller (KIP-631): register, heartbeat, be unfenced, leave in order.

use crate::broker::Broker;
use crate::channel::{Patience, call};
use base::{BrokerEpoch, DirectoryId, ErrorCode, Now, Task, Uuid};
use parking_lot::Mutex;
use protocol::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, BrokerHeartbeatRequest, BrokerHeartbeatResponse,
    BrokerRegistrationRequest, BrokerRegistrationResponse, Cursor, broker_registration_request,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The logs are not open yet.
    Starting,
    Registering,
    /// Registered, but fenced: it has to catch up with the metadata first.
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
}

struct Inner {
    state: State,
    is_asking: bool,
    wants_to_leave: bool,
    /// Counts what was sent and what is to be sent later: a timer that is not the newest one is over.
    turn: u64,
    /// Tries without an answer since the last one.
    failures: u32,
}

/// Pause before a failed registration or heartbeat is tried again; it doubles with each failure, up to the interval of
/// heartbeats where there is no answer.
const RETRY_US: u64 = 100_000;
/// Longest pause where the controller answers and refuses: another incarnation's session, say, that has to end first.
const REFUSED_RETRY_US: u64 = 400_000;

impl Lifecycle {
    /// `previous_broker_epoch` is the one in the clean-shutdown marker, -1 without one.
    pub fn new(
        broker: Arc<Broker>,
        incarnation_id: Uuid,
        previous_broker_epoch: BrokerEpoch,
        is_apart: bool,
        on_change: Box<dyn Fn(State) + Send + Sync>,
    ) -> Arc<Lifecycle> {
        let inner = Inner { state: State::Starting, is_asking: false, wants_to_leave: false, turn: 0, failures: 0 };
        Arc::new(Lifecycle {
            broker,
            inner: Mutex::new(inner),
            applied: AtomicI64::new(-1),
            on_change,
            incarnation_id,
            previous_broker_epoch,
            is_apart,
        })
    }

    pub fn state(&self) -> State {
        self.inner.lock().state
    }

    /// An image was applied: the first one means that every log is open.
    pub fn published(self: &Arc<Self>, offset: i64) {
        self.applied.fetch_max(offset, Ordering::AcqRel);
        let begins = {
            let mut inner = self.inner.lock();
            let begins = inner.state == State::Starting;
            if begins {
                inner.state = State::Registering;
            }
            begins || (inner.state == State::CatchingUp && offset >= self.broker.epoch())
        };
        if begins {
            self.clone().go_on();
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

    fn go_on(self: Arc<Self>) {
        let state = {
            let mut inner = self.inner.lock();
            if inner.is_asking {
                return;
            }
            inner.is_asking =
                matches!(inner.state, State::Registering | State::CatchingUp | State::Running | State::Leaving);
            inner.turn += 1;
            inner.state
        };
        match state {
            State::Registering if self.is_apart => self.look_at_controller(),
            State::Registering => self.register(),
            State::CatchingUp | State::Running | State::Leaving => self.heartbeat(state == State::Leaving),
            State::Starting | State::Left | State::Refused(_) => {}
        }
    }

    /// Asks what the controller serves. One that changes ISRs expects replicas, which this broker does not have yet: it would
    /// be given some, never fetch, and be elected with an empty log.
    fn look_at_controller(self: Arc<Self>) {
        let channel = self.broker.controller.clone();
        let request = ApiVersionsRequest {
            client_software_name: "ottla".into(),
            client_software_version: env!("CARGO_PKG_VERSION").into(),
            ..Default::default()
        };
        call(&*channel, ApiKey::ApiVersions, &request, Patience::Once, move |result, version| {
            let served = result.and_then(|body| {
                ApiVersionsResponse::decode(&mut Cursor::new(&body), version)
                    .map(|response| response.api_keys.iter().any(|api| api.api_key == ApiKey::AlterPartition.id()))
                    .map_err(|_| ErrorCode::UnknownServerError)
            });
            match served {
                Ok(false) => self.register(),
                Ok(true) => {
                    tracing::error!(
                        "the controller is one that replicates (Apache Kafka's), and this version of Ottla does not: as a \
                         broker it works with controllers of its own kind only"
                    );
                    self.registered(Err(ErrorCode::UnsupportedVersion));
                }
                Err(error) => self.registered(Err(error)),
            }
        });
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
            features: metadata::SUPPORTED
                .iter()
                .map(|f| broker_registration_request::Feature {
                    name: f.name.into(),
                    min_supported_version: f.min,
                    max_supported_version: f.max,
                    ..Default::default()
                })
                .collect(),
            rack: broker.static_config.node.rack.clone().map(Into::into),
            log_dirs: broker.replicas.directories().iter().map(|directory| directory.id).collect(),
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
        inner.is_asking = false;
        match outcome {
            Ok(epoch) => {
                self.broker.set_epoch(epoch);
                inner.failures = 0;
                if inner.state == State::Registering {
                    inner.state = State::CatchingUp;
                }
                drop(inner);
                // What was found at the start, say.
                self.broker.assign_directories([]);
                tracing::debug!(epoch, "registered with the controller");
                self.go_on();
            }
            Err(error @ (ErrorCode::InconsistentClusterId | ErrorCode::UnsupportedVersion)) => {
                inner.state = State::Refused(error);
                drop(inner);
                (self.on_change)(State::Refused(error));
            }
            Err(error) => {
                let pause_us = self.pause_us(&mut inner);
                let is_answered = error != ErrorCode::NotController;
                let pause_us = if is_answered { pause_us.min(REFUSED_RETRY_US) } else { pause_us };
                drop(inner);
                tracing::info!(%error, "the controller did not take the registration; trying again");
                self.again_in(pause_us);
            }
        }
    }

    fn heartbeat(self: Arc<Self>, want_shut_down: bool) {
        let broker = &self.broker;
        let request = BrokerHeartbeatRequest {
            broker_id: broker.node_id,
            broker_epoch: broker.epoch(),
            current_metadata_offset: self.applied.load(Ordering::Acquire),
            want_fence: false,
            want_shut_down,
            offline_log_dirs: self.offline_dirs(),
            ..Default::default()
        };
        let channel = broker.controller.clone();
        let this = self.clone();
        call(&*channel, ApiKey::BrokerHeartbeat, &request, Patience::Once, move |result, version| {
            let outcome = result.and_then(|body| {
                BrokerHeartbeatResponse::decode(&mut Cursor::new(&body), version)
                    .map_err(|_| ErrorCode::UnknownServerError)
            });
            this.heard(outcome);
        });
    }

    fn offline_dirs(&self) -> Vec<DirectoryId> {
        let directories = self.broker.replicas.directories().iter();
        directories.filter(|directory| directory.dir.is_failed()).map(|directory| directory.id).collect()
    }

    fn heard(self: Arc<Self>, outcome: Result<BrokerHeartbeatResponse, ErrorCode>) {
        let interval_us = self.broker.static_config.lifecycle.heartbeat_interval_ms.max(1) as u64 * 1000;
        let mut inner = self.inner.lock();
        inner.is_asking = false;
        inner.failures = if outcome.is_ok() { 0 } else { inner.failures };
        let (change, again_us) = match outcome {
            Ok(response) if response.error_code == 0 => match inner.state {
                State::Leaving if response.should_shut_down => (Some(State::Left), None),
                State::Leaving => (None, Some(10_000)),
                State::CatchingUp if !response.is_fenced => (Some(State::Running), Some(interval_us)),
                // The registration is about to be applied here: ask soon.
                State::CatchingUp => (None, Some(5_000)),
                State::Running if self.broker.has_more_to_register() => {
                    self.broker.assign_all_directories();
                    (Some(State::Registering), Some(0))
                }
                _ => (None, Some(interval_us)),
            },
            Ok(response) => match ErrorCode::from_code(response.error_code) {
                ErrorCode::StaleBrokerEpoch | ErrorCode::BrokerIdNotRegistered if inner.state != State::Leaving => {
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
        drop(inner);
        if let Some(change) = change {
            (self.on_change)(change);
        }
        if let Some(again_us) = again_us {
            self.again_in(again_us);
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
    /// Whether the level of the cluster was raised to one that has the directories of brokers, which the registration
    /// at the level before could not name.
    fn has_more_to_register(&self) -> bool {
        let image = self.image.load();
        let own = image.brokers.get(&self.node_id).filter(|own| own.epoch == self.epoch());
        image.features.assigns_directories() && own.is_some_and(|own| own.log_dirs.is_empty())
    }
}

#[cfg(test)]
mod tests;
