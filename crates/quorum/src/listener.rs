//! The controller listener (`--bootstrap-controller` of the tools, brokers and controllers of the cluster).

use crate::describe_configs::NodeConfigs;
use crate::hints::Lifelines;
use crate::input::{Input, Mailbox};
use crate::publish::Publisher;
use crate::view::SharedView;
use api::{Handler, Node, Operation, Quota, Refusal, Request, ResourceType, Row};
use arc_swap::ArcSwap;
use base::{ErrorCode, NodeId, Now};
use config::{BrokerLayers, Loggers};
use metadata::{ConfigResource, Delta, Image, Levels};
use net::Pipelining;
use protocol::describe_cluster_response::DescribeClusterBroker;
use protocol::{ApiKey, DecodeError, DescribeClusterRequest, DescribeClusterResponse};
use std::sync::Arc;

/// What the handlers of a controller listener share.
pub struct ControllerEndpoint {
    pub mailbox: Mailbox,
    pub cluster_id: String,
    pub node_id: NodeId,
    pub view: SharedView,
    /// The configuration of this node's file.
    pub static_values: config::BrokerValues,
    pub image: Arc<ArcSwap<Image>>,
    pub loggers: Arc<Loggers>,
    pub lifelines: Lifelines,
}

/// Keeps the newest image for the handlers.
pub struct ImageKeeper(pub Arc<ArcSwap<Image>>);

impl Publisher for ImageKeeper {
    fn publish(&mut self, image: &Arc<Image>, _: &Delta, _: Now) {
        self.0.store(image.clone());
    }
}

impl Node for ControllerEndpoint {
    fn image(&self) -> Arc<Image> {
        self.image.load_full()
    }

    fn kraft_version(&self) -> i16 {
        self.view.load().kraft_version
    }

    fn levels(&self) -> Levels {
        self.view.load().levels
    }

    fn disconnected(&self, connection: &net::ConnectionInfo) {
        if let Some((broker, epoch)) = self.lifelines.closed(connection.id) {
            self.mailbox.deliver(Input::LineClosed { broker, epoch });
        }
    }
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
        refusal: (resource == R::Cluster && api != K::DescribeConfigs).then_some(crate::refuse as Refusal),
        quota,
        max_version: None,
    };
    let kept = crate::kept::APIS.map(|api| row(api, crate::kept::refuse_change, O::Alter, R::Cluster, Quota::Request));
    let mut rows = vec![
        row(K::CreateTopics, post, O::Create, R::Topic, Quota::ControllerMutation),
        row(K::DeleteTopics, post, O::Delete, R::Topic, Quota::ControllerMutation),
        row(K::CreatePartitions, post, O::Alter, R::Topic, Quota::ControllerMutation),
        row(K::AlterConfigs, post, O::AlterConfigs, R::Topic, Quota::Request),
        row(K::IncrementalAlterConfigs, alter_configs, O::AlterConfigs, R::Topic, Quota::Request),
        row(K::ElectLeaders, post, O::Alter, R::Cluster, Quota::Request),
        row(K::AlterPartitionReassignments, post, O::Alter, R::Cluster, Quota::Request),
        row(K::ListPartitionReassignments, post, O::Describe, R::Cluster, Quota::Request),
        row(K::DescribeQuorum, post, O::Describe, R::Cluster, Quota::Request),
        row(K::UpdateFeatures, post, O::Alter, R::Cluster, Quota::Request),
        row(K::UnregisterBroker, post, O::Alter, R::Cluster, Quota::Request),
        row(K::BrokerRegistration, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::BrokerHeartbeat, heartbeat, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AlterPartition, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AllocateProducerIds, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AssignReplicasToDirs, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::Fetch, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::FetchSnapshot, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::Vote, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::BeginQuorumEpoch, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::EndQuorumEpoch, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::UpdateRaftVoter, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::ControllerRegistration, post, O::ClusterAction, R::Cluster, Quota::None),
        row(K::AddRaftVoter, post, O::Alter, R::Cluster, Quota::Request),
        row(K::RemoveRaftVoter, post, O::Alter, R::Cluster, Quota::Request),
        row(K::Envelope, crate::envelope::envelope, O::ClusterAction, R::Cluster, Quota::None),
        row(K::DescribeCluster, describe_cluster, O::Alter, R::Cluster, Quota::Request),
        row(K::DescribeConfigs, describe_configs, O::DescribeConfigs, R::Cluster, Quota::Request),
    ];
    rows.extend(kept);
    rows
}

/// Hands the request to the owner of the quorum node.
fn post(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = endpoint.image.load();
    let topic_name = |id| image.topic(id).map(|topic| topic.name.clone());
    crate::forward(request, &topic_name, None, |request| endpoint.mailbox.post(request))
}

/// The connection that carries it tells by its end that its broker may be gone.
fn heartbeat(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    endpoint.lifelines.heard(request.connection.id, request.version, request.body);
    post(endpoint, request)
}

fn alter_configs(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    crate::alter_configs(endpoint.node_id, &endpoint.loggers, None, request, |request| endpoint.mailbox.post(request))
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
        controller_id: endpoint.view.load().leader_id.unwrap_or(-1),
        brokers: brokers.collect(),
        ..Default::default()
    };
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

fn describe_configs(endpoint: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let image = endpoint.image.load();
    let node = NodeConfigs {
        node_id: endpoint.node_id,
        image: &image,
        layers: BrokerLayers {
            static_values: endpoint.static_values.clone(),
            cluster_defaults: controller::dynamic_configs(&image, &ConfigResource::all_brokers()),
            own: controller::dynamic_configs(&image, &ConfigResource::broker(endpoint.node_id)),
        },
        loggers: &endpoint.loggers,
    };
    crate::describe_configs(&node, request)
}
