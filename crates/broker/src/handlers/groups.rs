//! The group APIs go to the coordinator of their group.

use crate::Broker;
use api::Request;
use net::Pipelining;
use protocol::DecodeError;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    broker.coordinators.request(broker, request)?;
    Ok(Pipelining::Hold)
}
