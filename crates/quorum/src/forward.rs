//! Requests that the controller answers, on whichever listener they come: the body goes there, and its answer comes back
//! as it is. Levels of loggers are the node's own affair, so they are taken out of IncrementalAlterConfigs before.

use crate::input::ControllerRequest;
use api::{Caller, Operation, Request, ResourceType, Responder};
use base::{ErrorCode, NodeId};
use config::{Change, ChangeKind, ConfigError, Loggers, Resource};
use metadata::ConfigResourceType;
use net::Pipelining;
use protocol::incremental_alter_configs_request::AlterConfigsResource;
use protocol::incremental_alter_configs_response::AlterConfigsResourceResponse;
use protocol::{Cursor, DecodeError, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, Message};
use std::collections::BTreeMap;

type Failure = (ErrorCode, Option<String>);

/// Hands a request to the controller by `send`.
pub fn forward(request: Request<'_>, send: impl FnOnce(ControllerRequest)) -> Result<Pipelining, DecodeError> {
    // A malformed body closes the connection here, as in Kafka, and never reaches the controller.
    protocol::decode_request(request.api, request.version, &mut Cursor::new(request.body))?;
    let caller = caller(&request);
    let responder = request.responder;
    send(ControllerRequest {
        api: request.api,
        version: request.version,
        body: request.body.to_vec(),
        caller,
        reply: Box::new(move |result| match result {
            Ok(body) => responder.send_body(&body),
            Err(error) => no_answer(responder, error),
        }),
    });
    Ok(Pipelining::Hold)
}

fn caller(request: &Request<'_>) -> Caller {
    Caller::Connected { principal: request.principal.clone(), host: request.connection.peer.ip() }
}

/// No controller at the moment: clients find their way by connecting again.
fn no_answer(responder: Responder, error: ErrorCode) {
    tracing::info!(api = %responder.api, %error, "the controller did not answer");
    responder.close();
}

/// IncrementalAlterConfigs: changes the levels of this node's loggers, and hands the other resources to the controller.
/// Loggers are answered first, as Kafka does; their levels change whatever becomes of the others.
pub fn alter_configs(
    node_id: NodeId,
    loggers: &Loggers,
    request: Request<'_>,
    send: impl FnOnce(ControllerRequest),
) -> Result<Pipelining, DecodeError> {
    let mut alter: IncrementalAlterConfigsRequest<'_> = request.decode()?;
    let is_logger = |resource: &AlterConfigsResource<'_>| {
        ConfigResourceType::from_code(resource.resource_type) == ConfigResourceType::BrokerLogger
    };
    let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut alter.resources).into_iter().partition(is_logger);
    if own.is_empty() {
        return forward(request, send);
    }
    let is_allowed = request.is_allowed(Operation::AlterConfigs, ResourceType::Cluster, "kafka-cluster");
    let mut response = IncrementalAlterConfigsResponse {
        responses: alter_loggers(node_id, loggers, &own, alter.validate_only, is_allowed),
        ..Default::default()
    };
    if others.is_empty() {
        request.responder.send(&response);
        return Ok(Pipelining::Hold);
    }
    alter.resources = others;
    let caller = caller(&request);
    let (version, responder) = (request.version, request.responder);
    let Ok(body) = alter.to_bytes(version) else {
        // What was decoded in this version can be encoded in it.
        responder.close();
        return Ok(Pipelining::Hold);
    };
    let reply = Box::new(move |result: Result<Vec<u8>, ErrorCode>| {
        let body = match result {
            Ok(body) => body,
            Err(error) => return no_answer(responder, error),
        };
        match IncrementalAlterConfigsResponse::decode(&mut Cursor::new(&body), version) {
            Ok(others) => {
                response.throttle_time_ms = others.throttle_time_ms;
                response.responses.extend(others.into_owned().responses);
                responder.send(&response);
            }
            Err(_) => no_answer(responder, ErrorCode::UnknownServerError),
        }
    });
    send(ControllerRequest { api: request.api, version, body, caller, reply });
    Ok(Pipelining::Hold)
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
