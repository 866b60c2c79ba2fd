//! Heartbeats of a broker: what it tells the controller with them, and what their answers change.

use super::{Lifecycle, RETRY_US, State};
use crate::broker::Broker;
use crate::channel::{Patience, call};
use api::Node;
use base::{DirectoryId, ErrorCode};
use metadata::VersionRange;
use protocol::{ApiKey, BrokerHeartbeatRequest, BrokerHeartbeatResponse, Cursor};
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Lifecycle {
    pub(super) fn heartbeat(self: Arc<Self>, turn: u64, want_shut_down: bool) {
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
    pub(super) fn why_gone(&self, error: ErrorCode) -> &'static str {
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
