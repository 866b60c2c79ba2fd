//! The controller listener (`--bootstrap-controller` of the tools, brokers and controllers of the cluster).

use crate::handle::{ControllerRequest, Mailbox};
use crate::node::Publisher;
use api::{Handler, Host, Operation, Quota, Request, ResourceType, Row};
use arc_swap::ArcSwap;
use base::{ErrorCode, NodeId, Now};
use config::BrokerLayers;
use metadata::{ConfigResource, ConfigResourceType, Delta, Image, SUPPORTED};
use net::Pipelining;
use protocol::describe_cluster_response::DescribeClusterBroker;
use protocol::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use protocol::{
    ApiKey, DecodeError, DescribeClusterRequest, DescribeClusterResponse, DescribeConfigsRequest,
    DescribeConfigsResponse,
};
use std::sync::Arc;

/// What the handlers of a controller listener share.
pub struct ControllerEndpoint {
    pub mailbox: Mailbox,
    pub cluster_id: String,
    pub node_id: NodeId,
    pub kraft_version: i16,
    /// The configuration of this node's file.
    pub static_values: config::BrokerValues,
    pub image: Arc<ArcSwap<Image>>,
}

/// Keeps the newest image for the handlers.
pub struct ImageKeeper(pub Arc<ArcSwap<Image>>);

impl Publisher for ImageKeeper {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        self.0.store(image.clone());
    }
}

impl Host for ControllerEndpoint {
    fn supported_features(&self) -> Vec<(String, i16, i16)> {
        SUPPORTED.iter().map(|feature| (feature.name.to_owned(), feature.min, feature.max)).collect()
    }

    fn finalized_features(&self) -> (Vec<(String, i16)>, i64) {
        let image = self.image.load();
        let mut finalized: Vec<_> = image.features.iter().map(|(name, level)| (name.to_owned(), level)).collect();
        if self.kraft_version > 0 {
            finalized.push(("kraft.version".to_owned(), self.kraft_version));
        }
        (finalized, image.offset)
    }

    fn disconnected(&self, _: &net::ConnectionInfo) {}
}

/// The APIs of the controller listener.
pub fn rows() -> Vec<Row<ControllerEndpoint>> {
    use ApiKey as K;
    use Operation as O;
    use ResourceType as R;
    let row = |api, handler: Handler<ControllerEndpoint>, operation, resource, quota| Row {
        api,
        handler,
        operation,
        resource,
        quota,
        max_version: None,
    };
    vec![
        row(K::CreateTopics, post, O::Create, R::Topic, Quota::ControllerMutation),
        row(K::DeleteTopics, post, O::Delete, R::Topic, Quota::ControllerMutation),
        row(K::CreatePartitions, post, O::Alter, R::Topic, Quota::ControllerMutation),
        row(K::AlterConfigs, post, O::AlterConfigs, R::Topic, Quota::Request),
        row(K::IncrementalAlterConfigs, post, O::AlterConfigs, R::Topic, Quota::Request),
        row(K::ElectLeaders, post, O::Alter, R::Cluster, Quota::Request),
        row(K::ListPartitionReassignments, post, O::Describe, R::Cluster, Quota::Request),
        row(K::DescribeQuorum, post, O::Describe, R::Cluster, Quota::Request),
        row(K::UpdateFeatures, post, O::Alter, R::Cluster, Quota::Request),
        row(K::UnregisterBroker, post, O::Alter, R::Cluster, Quota::Request),
        row(K::BrokerRegistration, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::BrokerHeartbeat, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AllocateProducerIds, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AssignReplicasToDirs, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::Fetch, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::FetchSnapshot, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::DescribeCluster, describe_cluster, O::Alter, R::Cluster, Quota::Request),
        row(K::DescribeConfigs, describe_configs, O::DescribeConfigs, R::Cluster, Quota::Request),
    ]
}

/// Hands the request to the owner of the quorum node.
fn post(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    protocol::decode_request(request.api, request.version, &mut protocol::Cursor::new(request.body))?;
    let responder = request.responder;
    let reply = Box::new(move |result: Result<Vec<u8>, ErrorCode>| match result {
        Ok(body) => responder.send_body(&body),
        Err(error) => {
            tracing::info!(api = %responder.api, %error, "this controller cannot answer");
            responder.close();
        }
    });
    endpoint.mailbox.post(ControllerRequest {
        api: request.api,
        version: request.version,
        body: request.body.to_vec(),
        reply,
    });
    Ok(Pipelining::Hold)
}

/// DescribeCluster (KIP-919): here the "brokers" are the controllers.
fn describe_cluster(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeClusterRequest = request.decode()?;
    if describe.endpoint_type != 2 {
        let (error, message) = match describe.endpoint_type {
            1 => (
                ErrorCode::MismatchedEndpointType,
                "The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint of type BROKER"
                    .into(),
            ),
            other => (ErrorCode::UnsupportedEndpointType, format!("Unsupported endpoint type {other}")),
        };
        let response = DescribeClusterResponse {
            error_code: error.code(),
            error_message: Some(message.into()),
            ..Default::default()
        };
        request.responder.send(&response);
        return Ok(Pipelining::Hold);
    }
    let image = endpoint.image.load();
    let listener = &*request.connection.listener;
    let brokers = image.controllers.values().filter_map(|controller| {
        let address = controller.endpoints.iter().find(|e| e.listener == listener)?;
        Some(DescribeClusterBroker {
            broker_id: controller.id,
            host: address.host.clone().into(),
            port: address.port as i32,
            ..Default::default()
        })
    });
    let response = DescribeClusterResponse {
        endpoint_type: 2,
        cluster_id: endpoint.cluster_id.clone().into(),
        controller_id: endpoint.node_id,
        brokers: brokers.collect(),
        ..Default::default()
    };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

/// DescribeConfigs of topics, of this node and of the cluster's defaults.
fn describe_configs(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeConfigsRequest<'_> = request.decode()?;
    let image = endpoint.image.load();
    let layers = BrokerLayers {
        static_values: endpoint.static_values.clone(),
        cluster_defaults: controller::dynamic_configs(&image, &ConfigResource::all_brokers()),
        own: controller::dynamic_configs(&image, &ConfigResource::broker(endpoint.node_id)),
    };
    let results = describe.resources.iter().map(|resource| {
        let name = &*resource.resource_name;
        let described = match ConfigResourceType::from_code(resource.resource_type) {
            ConfigResourceType::Topic => match controller::validate_topic_name(name) {
                Err(message) => Err((ErrorCode::InvalidTopicException, message)),
                Ok(()) if image.topic_by_name(name).is_none() => {
                    Err((ErrorCode::UnknownTopicOrPartition, String::new()))
                }
                Ok(()) => {
                    let own = controller::dynamic_configs(&image, &ConfigResource::topic(name));
                    Ok(config::describe_topic(&own, &layers))
                }
            },
            ConfigResourceType::Broker if name.is_empty() => Ok(layers.describe_cluster_defaults()),
            ConfigResourceType::Broker if name == endpoint.node_id.to_string() => Ok(layers.describe_broker()),
            ConfigResourceType::Broker => {
                let message = match name.parse::<i32>() {
                    Ok(id) => format!(
                        "Unexpected broker id, expected {} or empty string, but received {id}",
                        endpoint.node_id
                    ),
                    Err(_) => format!("Broker id must be an integer, but it is: {name}"),
                };
                Err((ErrorCode::InvalidRequest, message))
            }
            _ => Err((ErrorCode::InvalidRequest, "Configs of this kind are described by brokers.".to_owned())),
        };
        let mut result = DescribeConfigsResult {
            error_message: Some("".into()),
            resource_type: resource.resource_type,
            resource_name: name.to_owned().into(),
            ..Default::default()
        };
        match described {
            Err((error, message)) => {
                result.error_code = error.code();
                result.error_message = Some(message.into());
            }
            Ok(all) => {
                let wanted = resource.configuration_keys.as_ref();
                let all = all.into_iter().filter(|d| wanted.is_none_or(|keys| keys.iter().any(|key| *key == d.key)));
                result.configs = all.map(|d| entry(d, &describe)).collect();
            }
        }
        result
    });
    let response = DescribeConfigsResponse { results: results.collect(), ..Default::default() };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

fn entry(described: config::Described, request: &DescribeConfigsRequest<'_>) -> DescribeConfigsResourceResult<'static> {
    let config_type = described.type_id();
    DescribeConfigsResourceResult {
        name: described.key.into(),
        value: described.value.map(Into::into),
        read_only: described.is_read_only,
        config_source: described.source as i8,
        is_sensitive: described.is_sensitive,
        synonyms: described
            .synonyms
            .into_iter()
            .filter(|_| request.include_synonyms)
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
