//! DescribeConfigs and ListConfigResources (KIP-1142).

use crate::Broker;
use ::metadata::{ConfigResourceType, Image};
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::list_config_resources_response as listed;
use protocol::{DecodeError, ListConfigResourcesRequest, ListConfigResourcesResponse};
use quorum::NodeConfigs;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    quorum::describe_configs(&as_seen_here(broker, &broker.image.load()), request)
}

/// Configs as this broker sees them.
pub(super) fn as_seen_here<'a>(broker: &'a Broker, image: &'a Image) -> NodeConfigs<'a> {
    NodeConfigs { node_id: broker.node_id, image, layers: broker.config_layers(image), loggers: &broker.loggers }
}

/// ListConfigResources: the resources of the asked kinds that have (or, for topics and brokers, could have) configs.
pub(super) fn list(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let asked: ListConfigResourcesRequest = request.decode()?;
    let image = broker.image.load();
    let kinds: Vec<i8> = match (request.version, asked.resource_types.is_empty()) {
        (0, _) => vec![16],
        (_, true) => vec![2, 4, 8, 16, 32],
        (_, false) => asked.resource_types.clone(),
    };
    let mut response = ListConfigResourcesResponse::default();
    if kinds.iter().any(|kind| ![2, 4, 8, 16, 32].contains(kind)) {
        response.error_code = ErrorCode::UnsupportedVersion.code();
        request.responder.send(&response);
        return Ok(Pipelining::Hold);
    }
    let mut add = |name: String, kind: i8| {
        response.config_resources.push(listed::ConfigResource {
            resource_name: name.into(),
            resource_type: kind,
            ..Default::default()
        });
    };
    for kind in kinds {
        match kind {
            2 => image.topics_by_name().for_each(|topic| add(topic.name.clone(), kind)),
            4 | 8 => image.brokers.keys().for_each(|id| add(id.to_string(), kind)),
            _ => {
                let wanted = ConfigResourceType::from_code(kind);
                image.configs.keys().filter(|r| r.kind == wanted).for_each(|r| add(r.name.clone(), kind));
            }
        }
    }
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}
