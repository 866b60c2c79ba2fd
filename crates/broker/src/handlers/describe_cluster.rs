//! DescribeCluster (KIP-700, KIP-919): the brokers, as clients of this listener reach them.

use super::metadata::{OPERATIONS_OMITTED, cluster_operations};
use crate::Broker;
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::describe_cluster_response::DescribeClusterBroker;
use protocol::{DecodeError, DescribeClusterRequest, DescribeClusterResponse};
use std::sync::Arc;

const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeClusterRequest = request.decode()?;
    let refuse = |error: ErrorCode, message: String| DescribeClusterResponse {
        error_code: error.code(),
        error_message: Some(message.into()),
        ..Default::default()
    };
    if describe.endpoint_type != BROKERS {
        let response = match describe.endpoint_type {
            CONTROLLERS => refuse(
                ErrorCode::MismatchedEndpointType,
                "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
                    .into(),
            ),
            other => refuse(ErrorCode::UnsupportedEndpointType, format!("Unsupported endpoint type {other}")),
        };
        request.responder.send(&response);
        return Ok(Pipelining::Hold);
    }
    let image = broker.image.load();
    let listener = &*request.connection.listener;
    let brokers = image
        .brokers
        .values()
        .filter(|b| !b.fenced || describe.include_fenced_brokers)
        .filter_map(|b| Some((b, b.endpoint(listener)?)))
        .map(|(b, endpoint)| DescribeClusterBroker {
            broker_id: b.id,
            host: endpoint.host.clone().into(),
            port: endpoint.port as i32,
            rack: b.rack.clone().map(Into::into),
            is_fenced: b.fenced,
            ..Default::default()
        });
    let response = DescribeClusterResponse {
        cluster_id: broker.cluster_id.clone().into(),
        controller_id: image.active_brokers().next().map_or(-1, |b| b.id),
        brokers: brokers.collect(),
        cluster_authorized_operations: match describe.include_cluster_authorized_operations {
            true if !request.is_allowed_on_cluster => 0,
            true => cluster_operations(&request),
            false => OPERATIONS_OMITTED,
        },
        ..Default::default()
    };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}
