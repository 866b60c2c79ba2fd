//! Requests that the controller answers, on whichever listener they come: the body goes there, and its answer comes back
//! as it is. Levels of loggers are the node's own affair, so they are taken out of IncrementalAlterConfigs before.

use crate::describe_configs::NodeConfigs;
use crate::input::ControllerRequest;
use crate::split::{Split, split};
use api::{Request, Responder};
use base::{ErrorCode, NodeId, TopicId};
use config::{Change, ChangeKind, ConfigError, Loggers, Resource};
use metadata::ConfigResourceType;
use net::{Answer, Pipelining, Reply};
use protocol::header::decode_response_header;
use protocol::incremental_alter_configs_request::AlterConfigsResource;
use protocol::incremental_alter_configs_response::AlterConfigsResourceResponse;
use protocol::{ApiKey, Cursor, DecodeError, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, Message};
use std::collections::BTreeMap;

type Failure = (ErrorCode, Option<String>);

/// Hands what its caller may do of a request to the controller by `send`. `topic_name` knows the topics by id; on a broker's
/// listener `broker` judges changes of its own configs before.
pub fn forward(
    request: Request<'_>,
    topic_name: &dyn Fn(TopicId) -> Option<String>,
    broker: Option<&NodeConfigs<'_>>,
    send: impl FnOnce(ControllerRequest),
) -> Result<Pipelining, DecodeError> {
    // A malformed body closes the connection here, as in Kafka, and never reaches the controller.
    protocol::decode_request(request.api, request.version, &mut Cursor::new(request.body))?;
    let (body, completion) = match split(&request, topic_name, broker)? {
        Split::Whole => (request.body.to_vec(), None),
        Split::Part(Some(body), completion) => (body, Some(completion)),
        Split::Part(None, completion) => {
            match completion(&[]) {
                Some(body) => request.responder.send_body(&body),
                None => no_answer(request.responder, ErrorCode::UnknownServerError),
            }
            return Ok(Pipelining::Hold);
        }
    };
    let caller = request.caller();
    let responder = request.responder;
    send(ControllerRequest {
        api: request.api,
        version: request.version,
        body,
        caller,
        reply: Box::new(move |result| {
            let completed = result.and_then(|body| match completion {
                Some(completion) => completion(&body).ok_or(ErrorCode::UnknownServerError),
                None => Ok(body),
            });
            match completed {
                Ok(body) => responder.send_body(&body),
                Err(error) => no_answer(responder, error),
            }
        }),
    });
    Ok(Pipelining::Hold)
}

/// No controller at the moment: clients find their way by connecting again.
fn no_answer(responder: Responder, error: ErrorCode) {
    tracing::info!(api = %responder.api, %error, "the controller did not answer");
    responder.close();
}

/// IncrementalAlterConfigs: changes the levels of this node's loggers, and hands the other resources to the controller.
/// Loggers are answered first, as Kafka does; their levels change whatever becomes of the others. `broker` as in
/// [`forward`].
pub fn alter_configs(
    node_id: NodeId,
    loggers: &Loggers,
    broker: Option<&NodeConfigs<'_>>,
    request: Request<'_>,
    send: impl FnOnce(ControllerRequest),
) -> Result<Pipelining, DecodeError> {
    let mut alter: IncrementalAlterConfigsRequest<'_> = request.decode()?;
    let is_logger = |resource: &AlterConfigsResource<'_>| {
        ConfigResourceType::from_code(resource.resource_type) == ConfigResourceType::BrokerLogger
    };
    let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut alter.resources).into_iter().partition(is_logger);
    if own.is_empty() {
        return forward(request, &|_| None, broker, send);
    }
    let is_allowed = request.may_on_cluster(request.operation);
    let mut response = IncrementalAlterConfigsResponse {
        responses: alter_loggers(node_id, loggers, &own, alter.validate_only, is_allowed),
        ..Default::default()
    };
    if others.is_empty() {
        request.responder.send(&response);
        return Ok(Pipelining::Hold);
    }
    alter.resources = others;
    let version = request.version;
    let Ok(body) = alter.to_bytes(version) else {
        // What was decoded in this version can be encoded in it.
        request.responder.close();
        return Ok(Pipelining::Hold);
    };
    let (api, correlation_id) = (request.api, request.responder.correlation_id);
    let responder = request.responder;
    let others = Reply::callback(move |answer| {
        let Answer::Bytes(frame) = answer else { return no_answer(responder, ErrorCode::UnknownServerError) };
        let decoded = decode_answer(&frame, version);
        match decoded {
            Some(others) => {
                response.throttle_time_ms = others.throttle_time_ms;
                response.responses.extend(others.responses);
                responder.send(&response);
            }
            None => no_answer(responder, ErrorCode::UnknownServerError),
        }
    });
    let responder = Responder::new(api, version, correlation_id, others);
    forward(Request { body: &body, responder, ..request }, &|_| None, broker, send)
}

/// An answer that was encoded with its header.
fn decode_answer(frame: &[u8], version: i16) -> Option<IncrementalAlterConfigsResponse<'static>> {
    let (_, mut cursor) = decode_response_header(frame.get(4..)?, ApiKey::IncrementalAlterConfigs, version).ok()?;
    IncrementalAlterConfigsResponse::decode(&mut cursor, version).ok().map(|response| response.into_owned())
}

fn alter_loggers(
    node_id: NodeId,
    loggers: &Loggers,
    resources: &[AlterConfigsResource<'_>],
    validate_only: bool,
    is_allowed: bool,
) -> Vec<AlterConfigsResourceResponse<'static>> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    resources.iter().for_each(|resource| *times.entry(&*resource.resource_name).or_default() += 1);
    let one = |resource: &AlterConfigsResource<'_>| {
        let name = &*resource.resource_name;
        let outcome = match times.get(name) {
            Some(1) => alter_one(node_id, loggers, resource, validate_only, is_allowed),
            _ => Err((ErrorCode::InvalidRequest, Some("Each resource must appear at most once.".to_owned()))),
        };
        let (error, message) = outcome.err().unwrap_or((ErrorCode::None, None));
        AlterConfigsResourceResponse {
            error_code: error.code(),
            error_message: message.map(Into::into),
            resource_type: resource.resource_type,
            resource_name: name.to_owned().into(),
            ..Default::default()
        }
    };
    resources.iter().map(one).collect()
}

fn alter_one(
    node_id: NodeId,
    loggers: &Loggers,
    resource: &AlterConfigsResource<'_>,
    validate_only: bool,
    is_allowed: bool,
) -> Result<(), Failure> {
    let invalid = |message: String| Err((ErrorCode::InvalidRequest, Some(message)));
    if !is_allowed {
        return Err((ErrorCode::ClusterAuthorizationFailed, Some("Cluster authorization failed.".to_owned())));
    }
    match resource.resource_name.parse::<NodeId>() {
        Ok(id) if id == node_id => {}
        Ok(id) => return invalid(format!("Unexpected node id. Expected {node_id}, but received {id}")),
        Err(_) => return invalid(format!("Node id must be an integer, but it is: {}", resource.resource_name)),
    }
    let changes = resource.configs.iter().map(|config| {
        let kind = ChangeKind::from_id(config.config_operation)?;
        Some(Change { key: &config.name, kind, value: config.value.as_deref() })
    });
    let Some(changes) = changes.collect::<Option<Vec<Change<'_>>>>() else {
        return Err((ErrorCode::UnknownServerError, None));
    };
    let failed = |error: ConfigError| (error.code(Resource::BrokerLogger), Some(error.to_string()));
    loggers.alter(&changes, validate_only).map_err(failed)?;
    if !validate_only {
        let told = |change: &Change<'_>| match (change.kind, change.value) {
            (ChangeKind::Set, Some(level)) => format!("{}={level}", change.key),
            _ => format!("{} inherited", change.key),
        };
        let levels: Vec<String> = changes.iter().map(told).collect();
        tracing::info!(levels = %levels.join(","), "levels of loggers changed");
    }
    Ok(())
}
