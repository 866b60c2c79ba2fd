//! The cluster as a whole: nodes, API versions, features, the metadata quorum.

use super::{Admin, item_result};
use crate::{Address, ApiVersions, Call, ClientError, Lane, Node, Result, Target, Wanted};
use base::{ErrorCode, NodeId, Uuid};
use protocol::update_features_request::FeatureUpdateKey;
use protocol::{
    AddRaftVoterRequest, AddRaftVoterResponse, ApiKey, DescribeClusterRequest, DescribeQuorumRequest,
    RemoveRaftVoterRequest, UnregisterBrokerRequest, UpdateFeaturesRequest, add_raft_voter_request,
    describe_quorum_request,
};
use std::borrow::Cow;
use std::cell::RefCell;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDescription {
    pub cluster_id: String,
    pub controller_id: NodeId,
    /// With `true` for those that are fenced.
    pub nodes: Vec<(Node, bool)>,
}

/// A node with what it speaks.
#[derive(Debug, Clone)]
pub struct NodeVersions {
    pub node: Node,
    pub versions: Result<ApiVersions>,
}

/// Features as one node sees them.
pub type FeaturesView = ApiVersions;

/// A change of a feature's level. Level 0 disables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureUpdate {
    pub feature: String,
    pub level: i16,
    /// 1 upgrade, 2 safe downgrade, 3 unsafe downgrade.
    pub upgrade_type: i8,
}

#[derive(Debug, Clone)]
pub struct Quorum {
    pub leader_id: NodeId,
    pub leader_epoch: i32,
    pub high_watermark: i64,
    pub voters: Vec<QuorumReplica>,
    pub observers: Vec<QuorumReplica>,
    /// Listeners by node: name and address.
    pub endpoints: Vec<(NodeId, Vec<(String, Address)>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuorumReplica {
    pub id: NodeId,
    pub directory_id: Uuid,
    pub log_end_offset: i64,
    /// Milliseconds since 1970; -1: unknown.
    pub last_fetch_ms: i64,
    pub last_caught_up_ms: i64,
}

impl Admin {
    /// Cluster id, controller and nodes: brokers, or the controllers where those were bootstrapped from.
    pub fn describe_cluster(&self, include_fenced: bool) -> Result<ClusterDescription> {
        let endpoint_type = if self.cluster().settings().bootstrap.is_controllers() { 2 } else { 1 };
        let build = |version: i16| DescribeClusterRequest {
            endpoint_type: if version >= 1 { endpoint_type } else { 1 },
            include_fenced_brokers: version >= 2 && include_fenced,
            ..Default::default()
        };
        let name = if endpoint_type == 2 { "describeCluster" } else { "listNodes" };
        let response = self.call(name, Target::Any, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())?;
        let nodes = response.brokers.into_iter().map(|broker| {
            let address = Address { host: broker.host.into_owned(), port: broker.port as u16 };
            (Node { id: broker.broker_id, address, rack: broker.rack.map(Cow::into_owned) }, broker.is_fenced)
        });
        Ok(ClusterDescription {
            cluster_id: response.cluster_id.into_owned(),
            controller_id: response.controller_id,
            nodes: nodes.collect(),
        })
    }

    /// Takes a broker that is gone out of the cluster.
    pub fn unregister_broker(&self, broker_id: NodeId) -> Result<()> {
        let build = |_| UnregisterBrokerRequest { broker_id, ..Default::default() };
        let response = self.call("unregisterBroker", Target::Any, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())
    }

    /// API versions of every broker.
    pub fn broker_versions(&self) -> Result<Vec<NodeVersions>> {
        let metadata = self.metadata(Wanted::Nothing, "listNodes")?;
        let versions = metadata
            .nodes
            .values()
            .map(|node| NodeVersions { node: node.clone(), versions: self.versions_of(Some(node.id)) });
        Ok(versions.collect())
    }

    /// API versions and features of one node, or of any.
    pub fn versions_of(&self, node: Option<NodeId>) -> Result<ApiVersions> {
        let name = "describeFeatures";
        let metadata = self.metadata(Wanted::Nothing, name)?;
        let node = node.or(metadata.nodes.keys().next().copied()).unwrap_or(-1);
        let call =
            Call { name, target: Target::Node(node), deadline: self.cluster().deadline(), version_max: i16::MAX };
        self.cluster().on_node(Lane::Calls, node, &call, |connection| {
            let version = connection.version(ApiKey::ApiVersions, i16::MAX)?;
            let request = protocol::ApiVersionsRequest {
                client_software_name: Cow::Borrowed("ottla"),
                client_software_version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
                ..Default::default()
            };
            let response = connection.call(&request, version, call.deadline)?;
            item_result(response.error_code, None)?;
            Ok(ApiVersions::from_response(response))
        })
    }

    /// Changes features; the result per feature, in order.
    pub fn update_features(&self, updates: &[FeatureUpdate], dry_run: bool) -> Result<Vec<Result<()>>> {
        let build = |version: i16| UpdateFeaturesRequest {
            timeout_ms: self.timeout_ms(),
            feature_updates: updates
                .iter()
                .map(|update| FeatureUpdateKey {
                    feature: Cow::Borrowed(&update.feature),
                    max_version_level: update.level,
                    allow_downgrade: version == 0 && update.upgrade_type != 1,
                    upgrade_type: if version == 0 { 1 } else { update.upgrade_type },
                    ..Default::default()
                })
                .collect(),
            validate_only: version > 0 && dry_run,
            ..Default::default()
        };
        let verdict = |r: &protocol::UpdateFeaturesResponse<'static>| {
            let code = ErrorCode::from_code(r.error_code);
            if code == ErrorCode::NotController { code } else { ErrorCode::None }
        };
        let response = self.call("updateFeatures", Target::Controller, build, verdict)?;
        let top = item_result(response.error_code, response.error_message.as_deref());
        let result = |update: &FeatureUpdate| {
            top.clone()?;
            match response.results.iter().find(|r| r.feature == update.feature) {
                Some(result) => item_result(result.error_code, result.error_message.as_deref()),
                None => Ok(()),
            }
        };
        Ok(updates.iter().map(result).collect())
    }

    /// State of the metadata quorum, asked of its leader.
    pub fn describe_quorum(&self) -> Result<Quorum> {
        let build = |_| DescribeQuorumRequest {
            topics: vec![describe_quorum_request::TopicData {
                topic_name: Cow::Borrowed("__cluster_metadata"),
                partitions: vec![describe_quorum_request::PartitionData { partition_index: 0, ..Default::default() }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let target = self.quorum_target();
        let response = self.call("describeMetadataQuorum", target, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())?;
        let endpoints = response.nodes.into_iter().map(|node| {
            let listeners = node.listeners.into_iter().map(|listener| {
                (listener.name.into_owned(), Address { host: listener.host.into_owned(), port: listener.port })
            });
            (node.node_id, listeners.collect())
        });
        let endpoints = endpoints.collect();
        let topic = response.topics.into_iter().next().ok_or_else(|| super::missing("the metadata topic"))?;
        let partition = topic.partitions.into_iter().next().ok_or_else(|| super::missing("the partition"))?;
        item_result(partition.error_code, partition.error_message.as_deref())?;
        let replica = |r: protocol::describe_quorum_response::ReplicaState| QuorumReplica {
            id: r.replica_id,
            directory_id: r.replica_directory_id,
            log_end_offset: r.log_end_offset,
            last_fetch_ms: r.last_fetch_timestamp,
            last_caught_up_ms: r.last_caught_up_timestamp,
        };
        Ok(Quorum {
            leader_id: partition.leader_id,
            leader_epoch: partition.leader_epoch,
            high_watermark: partition.high_watermark,
            voters: partition.current_voters.into_iter().map(replica).collect(),
            observers: partition.observers.into_iter().map(replica).collect(),
            endpoints,
        })
    }

    fn quorum_target(&self) -> Target<'static> {
        if self.cluster().settings().bootstrap.is_controllers() { Target::Controller } else { Target::Any }
    }

    /// Adds a controller to the voters (KIP-853).
    pub fn add_voter(&self, id: NodeId, directory_id: Uuid, listeners: &[(String, Address)]) -> Result<()> {
        let build = |version: i16| AddRaftVoterRequest {
            cluster_id: None,
            timeout_ms: self.timeout_ms(),
            voter_id: id,
            voter_directory_id: directory_id,
            listeners: listeners
                .iter()
                .map(|(name, address)| add_raft_voter_request::Listener {
                    name: Cow::Borrowed(name),
                    host: Cow::Borrowed(&address.host),
                    port: address.port,
                    ..Default::default()
                })
                .collect(),
            ack_when_committed: version == 0 || AddRaftVoterRequest::default().ack_when_committed,
            ..Default::default()
        };
        let said = RefCell::default();
        let verdict = |response: &AddRaftVoterResponse<'static>| {
            said.replace(response.error_message.as_ref().map(ToString::to_string));
            ErrorCode::from_code(response.error_code)
        };
        match self.call("addRaftVoter", self.quorum_target(), build, verdict) {
            Ok(response) => item_result(response.error_code, response.error_message.as_deref()),
            // Why the leader did not take it to the end: the controller is not reached, say.
            Err(ClientError::Broker { code, .. }) => Err(ClientError::broker(code, said.into_inner())),
            Err(error) => Err(error),
        }
    }

    /// Takes a controller out of the voters (KIP-853).
    pub fn remove_voter(&self, id: NodeId, directory_id: Uuid) -> Result<()> {
        let build = |_| RemoveRaftVoterRequest {
            cluster_id: None,
            voter_id: id,
            voter_directory_id: directory_id,
            ..Default::default()
        };
        let response =
            self.call("removeRaftVoter", self.quorum_target(), build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())
    }
}
