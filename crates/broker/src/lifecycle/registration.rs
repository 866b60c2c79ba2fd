//! The registration of a broker: what it says of itself, and what becomes of it.

use super::{Lifecycle, REFUSED_RETRY_MAX_US, RETRY_US, State};
use crate::channel::{Patience, call};
use api::Node;
use base::{BrokerEpoch, ErrorCode};
use metadata::VersionRange;
use protocol::{ApiKey, BrokerRegistrationRequest, BrokerRegistrationResponse, Cursor, broker_registration_request};
use std::sync::Arc;

impl Lifecycle {
    pub(super) fn register(self: Arc<Self>) {
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
