//! The group APIs go to the coordinator of their group.

use crate::Broker;
use api::{Operation, Request, ResourceType, Responder};
use net::{Answer, Pipelining, Reply};
use protocol::header::decode_response_header;
use protocol::{ApiKey, DecodeError, ListGroupsResponse};
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let request = if request.api == ApiKey::ListGroups && !request.is_allowed_on_cluster {
        only_allowed_groups(request)
    } else {
        request
    };
    broker.coordinators.request(broker, request)?;
    Ok(Pipelining::Hold)
}

/// Who may not see every group is told of those that it may see.
fn only_allowed_groups(request: Request<'_>) -> Request<'_> {
    let asks = request.asker();
    let Responder { api, version, correlation_id, .. } = request.responder;
    let told = request.responder;
    let filter = Reply::callback(move |answer| match decoded(&answer, version) {
        Some(mut response) => {
            response.groups.retain(|group| asks(Operation::Describe, ResourceType::Group, &group.group_id));
            told.send(&response);
        }
        None => told.close(),
    });
    Request { responder: Responder::new(api, version, correlation_id, filter), ..request }
}

fn decoded(answer: &Answer, version: i16) -> Option<ListGroupsResponse<'_>> {
    let Answer::Bytes(frame) = answer else { return None };
    let (_, mut cursor) = decode_response_header(frame.get(4..)?, ApiKey::ListGroups, version).ok()?;
    ListGroupsResponse::decode(&mut cursor, version).ok()
}
