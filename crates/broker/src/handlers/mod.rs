//! The client API: one file for each API (or small family), and the table of all of them.

mod alter_replica_log_dirs;
#[cfg(test)]
mod broker_configs;
mod describe_cluster;
mod describe_configs;
mod describe_log_dirs;
mod describe_topic_partitions;
mod fetch;
mod find_coordinator;
mod forward;
mod groups;
mod list_offsets;
mod metadata;
mod offsets;
mod produce;
mod producers;
mod records;
#[cfg(test)]
mod rights;

#[cfg(test)]
pub(crate) use fetch::Target;
#[cfg(test)]
pub(crate) use fetch::tests::LOOKED_AT;
pub(crate) use fetch::{COLD_LOOKS_MAX, Fetch, Found, LookedAt, finish as finish_fetch};
pub(crate) use metadata::group_operations;

use crate::Broker;
use api::{Handler, Operation, Quota, Refusal, ResourceType, Row};
use protocol::ApiKey;
use std::sync::Arc;

fn row(
    api: ApiKey,
    handler: Handler<Arc<Broker>>,
    operation: Operation,
    resource: ResourceType,
    quota: Quota,
) -> Row<Arc<Broker>> {
    Row { api, handler, operation, resource, refusal: None, quota, max_version: None }
}

/// A row of an API that is refused as a whole to who may not do this on the cluster.
fn cluster_row(api: ApiKey, handler: Handler<Arc<Broker>>, operation: Operation) -> Row<Arc<Broker>> {
    let refusal: Option<Refusal> = Some(quorum::refuse);
    Row { refusal, ..row(api, handler, operation, ResourceType::Cluster, Quota::Request) }
}

/// Every API of the client listener. The operation and resource are what Kafka asks its authorizer about.
pub fn rows() -> Vec<Row<Arc<Broker>>> {
    use ApiKey as K;
    use Operation as O;
    use Quota as Q;
    use ResourceType as R;
    vec![
        row(K::Produce, produce::handle, O::Write, R::Topic, Q::Produce),
        row(K::Fetch, fetch::handle, O::Read, R::Topic, Q::Fetch),
        row(K::ListOffsets, list_offsets::handle, O::Describe, R::Topic, Q::Request),
        row(K::Metadata, metadata::handle, O::Describe, R::Topic, Q::Request),
        row(K::OffsetCommit, groups::handle, O::Read, R::Group, Q::Request),
        row(K::OffsetFetch, groups::handle, O::Describe, R::Group, Q::Request),
        row(K::FindCoordinator, find_coordinator::handle, O::Describe, R::Group, Q::Request),
        row(K::JoinGroup, groups::handle, O::Read, R::Group, Q::Request),
        row(K::Heartbeat, groups::handle, O::Read, R::Group, Q::Request),
        row(K::LeaveGroup, groups::handle, O::Read, R::Group, Q::Request),
        row(K::SyncGroup, groups::handle, O::Read, R::Group, Q::Request),
        row(K::DescribeGroups, groups::handle, O::Describe, R::Group, Q::Request),
        row(K::ListGroups, groups::handle, O::Describe, R::Cluster, Q::Request),
        row(K::DeleteGroups, groups::handle, O::Delete, R::Group, Q::Request),
        row(K::OffsetDelete, groups::handle, O::Delete, R::Group, Q::Request),
        row(K::CreateTopics, forward::handle, O::Create, R::Topic, Q::ControllerMutation),
        row(K::DeleteTopics, forward::handle, O::Delete, R::Topic, Q::ControllerMutation),
        row(K::CreatePartitions, forward::handle, O::Alter, R::Topic, Q::ControllerMutation),
        row(K::AlterConfigs, forward::replace_configs, O::AlterConfigs, R::Topic, Q::Request),
        row(K::IncrementalAlterConfigs, forward::alter_configs, O::AlterConfigs, R::Topic, Q::Request),
        cluster_row(K::ElectLeaders, forward::handle, O::Alter),
        cluster_row(K::AlterPartitionReassignments, forward::handle, O::Alter),
        cluster_row(K::ListPartitionReassignments, forward::handle, O::Describe),
        cluster_row(K::DescribeQuorum, forward::handle, O::Describe),
        cluster_row(K::UpdateFeatures, forward::handle, O::Alter),
        cluster_row(K::UnregisterBroker, forward::handle, O::Alter),
        cluster_row(K::AddRaftVoter, forward::handle, O::Alter),
        cluster_row(K::RemoveRaftVoter, forward::handle, O::Alter),
        row(K::DeleteRecords, records::handle, O::Delete, R::Topic, Q::Request),
        row(K::InitProducerId, producers::init_producer_id, O::IdempotentWrite, R::Cluster, Q::Request),
        row(K::DescribeProducers, producers::describe_producers, O::Read, R::Topic, Q::Request),
        row(K::OffsetForLeaderEpoch, offsets::handle, O::Describe, R::Topic, Q::Request),
        row(K::DescribeConfigs, describe_configs::handle, O::DescribeConfigs, R::Topic, Q::Request),
        cluster_row(K::ListConfigResources, describe_configs::list, O::DescribeConfigs),
        row(K::AlterReplicaLogDirs, alter_replica_log_dirs::handle, O::Alter, R::Cluster, Q::Request),
        cluster_row(K::DescribeLogDirs, describe_log_dirs::handle, O::Describe),
        row(K::DescribeCluster, describe_cluster::handle, O::Describe, R::Cluster, Q::Request),
        row(K::DescribeTopicPartitions, describe_topic_partitions::handle, O::Describe, R::Topic, Q::Request),
    ]
}
