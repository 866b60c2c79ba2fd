//! Requests that the controller answers.

use super::describe_configs::as_seen_here;
use crate::Broker;
use crate::channel::Patience;
use api::Request;
use net::Pipelining;
use protocol::DecodeError;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = broker.image.load();
    let topic_name = |id| image.topic(id).map(|topic| topic.name.clone());
    quorum::forward(request, &topic_name, None, |request| broker.controller.send(request, Patience::Retry))
}

/// AlterConfigs: what this broker does not take of its own configs is refused here, the rest goes to the controller.
pub(super) fn replace_configs(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = broker.image.load();
    let here = as_seen_here(broker, &image);
    quorum::forward(request, &|_| None, Some(&here), |request| broker.controller.send(request, Patience::Retry))
}

/// IncrementalAlterConfigs: the same, and levels of this broker's loggers change here.
pub(super) fn alter_configs(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = broker.image.load();
    let here = as_seen_here(broker, &image);
    quorum::alter_configs(broker.node_id, &broker.loggers, Some(&here), request, |request| {
        broker.controller.send(request, Patience::Retry)
    })
}
