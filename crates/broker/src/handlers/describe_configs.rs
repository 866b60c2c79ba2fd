//! DescribeConfigs (versions 1 to 4) and ListConfigResources (KIP-1142).

use crate::Broker;
use ::metadata::{ConfigResource, ConfigResourceType};
use api::{Operation, Request, ResourceType};
use base::ErrorCode;
use config::Described;
use net::Pipelining;
use protocol::describe_configs_request::DescribeConfigsResource;
use protocol::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use protocol::list_config_resources_response as listed;
use protocol::{
    DecodeError, DescribeConfigsRequest, DescribeConfigsResponse, ListConfigResourcesRequest,
    ListConfigResourcesResponse,
};
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeConfigsRequest<'_> = request.decode()?;
    let results = describe.resources.iter().map(|resource| {
        let mut result = DescribeConfigsResult {
            error_message: None,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.to_string().into(),
            ..Default::default()
        };
        match described(broker, &request, resource) {
            Ok(all) => {
                let wanted = resource.configuration_keys.as_ref().filter(|keys| !keys.is_empty());
                let all = all.into_iter().filter(|d| wanted.is_none_or(|keys| keys.iter().any(|key| *key == d.key)));
                result.configs = all.map(|d| entry(d, &describe)).collect();
                result.error_message = Some("".into());
            }
            Err((error, message)) => {
                result.error_code = error.code();
                result.error_message = Some(message.into());
            }
        }
        result
    });
    let response = DescribeConfigsResponse { results: results.collect(), ..Default::default() };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

fn entry(described: Described, request: &DescribeConfigsRequest<'_>) -> DescribeConfigsResourceResult<'static> {
    let config_type = described.type_id();
    let synonyms = described.synonyms.into_iter().filter(|_| request.include_synonyms);
    DescribeConfigsResourceResult {
        name: described.key.into(),
        value: described.value.map(Into::into),
        read_only: described.is_read_only,
        config_source: described.source as i8,
        is_sensitive: described.is_sensitive,
        synonyms: synonyms
            .map(|synonym| DescribeConfigsSynonym {
                name: synonym.key.into(),
                value: synonym.value.map(Into::into),
                source: synonym.source as i8,
                ..Default::default()
            })
            .collect(),
        config_type,
        documentation: request.include_documentation.then(|| described.documentation.into()),
        ..Default::default()
    }
}

fn described(
    broker: &Broker,
    request: &Request<'_>,
    resource: &DescribeConfigsResource<'_>,
) -> Result<Vec<Described>, (ErrorCode, String)> {
    let image = broker.image.load();
    let layers = broker.config_layers(&image);
    let name = &*resource.resource_name;
    let allowed = |kind, name: &str| request.is_allowed(Operation::DescribeConfigs, kind, name);
    let cluster_only = |what: Vec<Described>| match allowed(ResourceType::Cluster, "kafka-cluster") {
        true => Ok(what),
        false => Err((ErrorCode::ClusterAuthorizationFailed, "Cluster authorization failed.".to_owned())),
    };
    match ConfigResourceType::from_code(resource.resource_type) {
        ConfigResourceType::Topic => {
            if !allowed(ResourceType::Topic, name) {
                return Err((ErrorCode::TopicAuthorizationFailed, "Topic authorization failed.".into()));
            }
            if let Err(message) = controller::validate_topic_name(name) {
                return Err((ErrorCode::InvalidTopicException, message));
            }
            if image.topic_by_name(name).is_none() {
                return Err((ErrorCode::UnknownTopicOrPartition, String::new()));
            }
            let own = controller::dynamic_configs(&image, &ConfigResource::topic(name));
            Ok(config::describe_topic(&own, &layers))
        }
        ConfigResourceType::Broker if name.is_empty() => cluster_only(layers.describe_cluster_defaults()),
        ConfigResourceType::Broker if name.parse() == Ok(broker.node_id) => cluster_only(layers.describe_broker()),
        ConfigResourceType::Broker => match name.parse::<i32>() {
            Ok(_) => Err((
                ErrorCode::InvalidRequest,
                format!("Unexpected broker id, expected {} or empty string, but received {name}", broker.node_id),
            )),
            Err(_) => Err((ErrorCode::InvalidRequest, format!("Broker id must be an integer, but it is: {name}"))),
        },
        ConfigResourceType::Group if name.is_empty() => {
            Err((ErrorCode::InvalidRequest, "Group name must not be empty".to_owned()))
        }
        ConfigResourceType::ClientMetrics if name.is_empty() => {
            Err((ErrorCode::InvalidRequest, "Client metrics subscription name must not be empty".to_owned()))
        }
        ConfigResourceType::Group => {
            if !allowed(ResourceType::Group, name) {
                return Err((ErrorCode::GroupAuthorizationFailed, "Group authorization failed.".into()));
            }
            let own = controller::dynamic_configs(&image, &ConfigResource::group(name));
            Ok(config::describe_group(&own, &layers))
        }
        ConfigResourceType::ClientMetrics => {
            let own = ConfigResource::new(ConfigResourceType::ClientMetrics, name);
            cluster_only(config::describe_client_metrics(&controller::dynamic_configs(&image, &own)))
        }
        ConfigResourceType::BrokerLogger if name.parse() == Ok(broker.node_id) => cluster_only(Vec::new()),
        ConfigResourceType::BrokerLogger => {
            let message = match name.parse::<i32>() {
                _ if name.is_empty() => "Broker id must not be empty".to_owned(),
                Ok(id) => format!("Unexpected broker id, expected {} but received {id}", broker.node_id),
                Err(_) => format!("Broker id must be an integer, but it is: {name}"),
            };
            Err((ErrorCode::InvalidRequest, message))
        }
        ConfigResourceType::Other(code) => {
            Err((ErrorCode::InvalidRequest, format!("Unsupported resource type: {code}")))
        }
    }
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
