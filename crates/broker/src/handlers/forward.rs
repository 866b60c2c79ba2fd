//! Requests that the controller answers.

use crate::Broker;
use crate::channel::Patience;
use api::Request;
use net::Pipelining;
use protocol::DecodeError;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = broker.image.load();
    let topic_name = |id| image.topic(id).map(|topic| topic.name.clone());
    quorum::forward(request, &topic_name, |request| broker.controller.send(request, Patience::Retry))
}

/// IncrementalAlterConfigs: levels of this broker's loggers change here, the rest at the controller.
pub(super) fn alter_configs(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    quorum::alter_configs(broker.node_id, &broker.loggers, request, |request| {
        broker.controller.send(request, Patience::Retry)
    })
}
