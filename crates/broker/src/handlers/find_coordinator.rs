//! FindCoordinator (versions 0 to 6; several keys since 4, KIP-699). Groups are served; whoever asks for the coordinator
//! of a transaction or of share state is refused for good, with a sentence that says why.

use crate::Broker;
use crate::coordinator::OFFSETS_TOPIC;
use ::metadata::Image;
use api::Request;
use base::{ErrorCode, coordinator_partition};
use net::Pipelining;
use protocol::find_coordinator_response::Coordinator;
use protocol::{DecodeError, FindCoordinatorRequest, FindCoordinatorResponse};
use std::sync::Arc;

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
const SHARE: i8 = 2;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let find: FindCoordinatorRequest<'_> = request.decode()?;
    let image = broker.image.load_full();
    let single = request.version < 4;
    let keys = match single {
        true => vec![find.key.to_string()],
        false => find.coordinator_keys.iter().map(|key| key.to_string()).collect(),
    };
    let mut creates = false;
    let coordinators: Vec<Coordinator<'static>> = keys
        .into_iter()
        .map(|key| {
            let mut coordinator = Coordinator { key: key.clone().into(), node_id: -1, port: -1, ..Default::default() };
            let found = match find.key_type {
                GROUP if !request.may(&key) => Err((ErrorCode::GroupAuthorizationFailed, None)),
                GROUP => group_coordinator(&image, &key, &request.connection.listener, &mut creates),
                TRANSACTION => Err((
                    ErrorCode::TransactionalIdAuthorizationFailed,
                    Some("Transactions are not served by this broker: leave transactional.id unset."),
                )),
                // A key of share state has another form, and nobody explains.
                SHARE if !single => Err((ErrorCode::InvalidRequest, Some(""))),
                _ => Err((ErrorCode::InvalidRequest, Some("This kind of coordinator is not served by this broker."))),
            };
            match found {
                Ok((node_id, host, port)) => {
                    coordinator.node_id = node_id;
                    coordinator.host = host.into();
                    coordinator.port = port;
                }
                Err((error, message)) => {
                    coordinator.error_code = error.code();
                    coordinator.error_message = message.map(Into::into);
                }
            }
            coordinator
        })
        .collect();
    if creates {
        broker.create_topics_automatically(&[OFFSETS_TOPIC.to_owned()]);
    }
    let mut response = FindCoordinatorResponse { error_message: None, ..Default::default() };
    if !single {
        response.coordinators = coordinators;
    } else if let Some(only) = coordinators.into_iter().next() {
        response.error_code = only.error_code;
        response.error_message = match (request.version, only.error_code) {
            (1.., 0) => Some("NONE".into()),
            _ => only.error_message,
        };
        response.node_id = only.node_id;
        response.host = only.host;
        response.port = only.port;
    }
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

type Found = Result<(i32, String, i32), (ErrorCode, Option<&'static str>)>;

fn group_coordinator(image: &Image, group: &str, listener: &str, creates: &mut bool) -> Found {
    let unavailable = Err((ErrorCode::CoordinatorNotAvailable, None));
    let Some(topic) = image.topic_by_name(OFFSETS_TOPIC) else {
        *creates = true;
        return unavailable;
    };
    let index = coordinator_partition(group, topic.partitions.len().max(1) as i32);
    let leader = topic.partitions.get(&index).and_then(|partition| image.brokers.get(&partition.leader));
    match leader.filter(|leader| !leader.fenced).and_then(|leader| Some((leader.id, leader.endpoint(listener)?))) {
        Some((id, endpoint)) => Ok((id, endpoint.host.clone(), endpoint.port as i32)),
        None => unavailable,
    }
}
