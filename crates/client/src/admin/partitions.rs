//! Partitions: offsets, deleting records, log directories, elections, reassignments.

use super::{Admin, item_result};
use crate::{ClientError, Result, Target, Wanted};
use base::{ErrorCode, NodeId};
use protocol::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use protocol::describe_log_dirs_request::DescribableLogDirTopic;
use protocol::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use protocol::{
    AlterPartitionReassignmentsRequest, AlterReplicaLogDirsRequest, ApiKey, DeleteRecordsRequest,
    DescribeLogDirsRequest, ElectLeadersRequest, ListOffsetsRequest, ListPartitionReassignmentsRequest,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

type PerPartition<T> = BTreeMap<(String, i32), T>;

/// Which offset of a partition is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetSpec {
    Latest,
    Earliest,
    MaxTimestamp,
    EarliestLocal,
    LatestTiered,
    EarliestPendingUpload,
    /// The first record at or after this time, milliseconds since 1970.
    Timestamp(i64),
}

impl OffsetSpec {
    pub fn wire(self) -> i64 {
        match self {
            OffsetSpec::Latest => -1,
            OffsetSpec::Earliest => -2,
            OffsetSpec::MaxTimestamp => -3,
            OffsetSpec::EarliestLocal => -4,
            OffsetSpec::LatestTiered => -5,
            OffsetSpec::EarliestPendingUpload => -6,
            OffsetSpec::Timestamp(ms) => ms,
        }
    }

    /// First version of ListOffsets that knows it.
    fn version_min(self) -> i16 {
        match self {
            OffsetSpec::MaxTimestamp => 7,
            OffsetSpec::EarliestLocal => 8,
            OffsetSpec::LatestTiered => 9,
            OffsetSpec::EarliestPendingUpload => 11,
            _ => 1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IsolationLevel {
    #[default]
    ReadUncommitted,
    ReadCommitted,
}

/// An offset that was found; -1: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetAt {
    pub offset: i64,
    pub timestamp_ms: i64,
    pub leader_epoch: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogDir {
    pub path: String,
    pub error: ErrorCode,
    pub replicas: Vec<LogDirReplica>,
    /// -1: unknown.
    pub total_bytes: i64,
    pub usable_bytes: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogDirReplica {
    pub topic: String,
    pub partition: i32,
    pub size_bytes: i64,
    pub offset_lag: i64,
    pub is_future: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub enum ElectionType {
    Preferred = 0,
    Unclean = 1,
}

/// Outcome of an election per partition; `None` is success.
pub type ElectionResult = PerPartition<Option<ClientError>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reassignment {
    pub replicas: Vec<NodeId>,
    pub adding: Vec<NodeId>,
    pub removing: Vec<NodeId>,
}

impl Admin {
    /// Offsets of partitions, asked at their leaders. Errors that pass are retried until the deadline; the others are
    /// the partition's result.
    pub fn list_offsets(
        &self,
        wanted: &BTreeMap<(String, i32), OffsetSpec>,
        isolation: IsolationLevel,
    ) -> Result<PerPartition<Result<OffsetAt>>> {
        crate::admin::partitions::list_offsets(self.cluster(), wanted, isolation, self.cluster().deadline())
    }

    /// Deletes records below an offset (-1: the high watermark); the new low watermark per partition.
    pub fn delete_records(&self, wanted: &PerPartition<i64>) -> Result<PerPartition<Result<i64>>> {
        let mut results = PerPartition::new();
        for (leader, partitions) in self.by_leader(wanted, &mut results, "deleteRecords")? {
            let build = |_| DeleteRecordsRequest {
                topics: grouped(&partitions, |(_, index), offset| DeleteRecordsPartition {
                    partition_index: *index,
                    offset: *offset,
                    ..Default::default()
                })
                .into_iter()
                .map(|(name, partitions)| DeleteRecordsTopic { name, partitions, ..Default::default() })
                .collect(),
                timeout_ms: self.timeout_ms(),
                ..Default::default()
            };
            let verdict = |r: &protocol::DeleteRecordsResponse<'static>| {
                super::first_retriable(r.topics.iter().flat_map(|t| t.partitions.iter().map(|p| p.error_code)))
            };
            let response = self.call("deleteRecords", Target::Node(leader), build, verdict)?;
            for topic in response.topics {
                for p in topic.partitions {
                    let result = item_result(p.error_code, None).map(|()| p.low_watermark);
                    results.insert((topic.name.to_string(), p.partition_index), result);
                }
            }
        }
        Ok(results)
    }

    /// Partitions by leader; those without one get an error in `failed`.
    fn by_leader<T: Clone, U>(
        &self,
        wanted: &PerPartition<T>,
        failed: &mut PerPartition<Result<U>>,
        name: &str,
    ) -> Result<BTreeMap<NodeId, PerPartition<T>>> {
        let mut names: Vec<&str> = wanted.keys().map(|(topic, _)| topic.as_str()).collect();
        names.dedup();
        let metadata = self.metadata(Wanted::Names(&names), name)?;
        let mut leaders: BTreeMap<NodeId, PerPartition<T>> = BTreeMap::new();
        for (key, value) in wanted {
            match metadata.partition(&key.0, key.1) {
                Some(partition) if partition.leader >= 0 => {
                    leaders.entry(partition.leader).or_default().insert(key.clone(), value.clone());
                }
                Some(_) => {
                    failed.insert(key.clone(), Err(ClientError::from_code(ErrorCode::LeaderNotAvailable)));
                }
                None => {
                    failed.insert(key.clone(), Err(ClientError::from_code(ErrorCode::UnknownTopicOrPartition)));
                }
            }
        }
        Ok(leaders)
    }

    /// Log directories of one broker. `topics`: all partitions of these only.
    pub fn describe_log_dirs(&self, broker: NodeId, topics: Option<&super::Partitions>) -> Result<Vec<LogDir>> {
        let build = |_| DescribeLogDirsRequest {
            topics: topics.map(|topics| {
                topics
                    .iter()
                    .map(|(topic, partitions)| DescribableLogDirTopic {
                        topic: Cow::Borrowed(topic),
                        partitions: partitions.clone(),
                        ..Default::default()
                    })
                    .collect()
            }),
            ..Default::default()
        };
        let response = self.call("describeLogDirs", Target::Node(broker), build, |_| ErrorCode::None)?;
        item_result(response.error_code, None)?;
        Ok(response.results.into_iter().map(log_dir).collect())
    }

    /// Elects leaders; `None` means every partition. An error for the whole call fails it.
    pub fn elect_leaders(&self, kind: ElectionType, wanted: Option<&super::Partitions>) -> Result<ElectionResult> {
        use protocol::elect_leaders_request::TopicPartitions;
        let build = |_| ElectLeadersRequest {
            election_type: kind as i8,
            topic_partitions: wanted.map(|wanted| {
                wanted
                    .iter()
                    .map(|(topic, partitions)| TopicPartitions {
                        topic: Cow::Borrowed(topic),
                        partitions: partitions.clone(),
                        ..Default::default()
                    })
                    .collect()
            }),
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let response = self.call("electLeaders", Target::Controller, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, None)?;
        let results = response.replica_election_results.into_iter().flat_map(|topic| {
            let name = topic.topic.into_owned();
            topic.partition_result.into_iter().map(move |p| {
                ((name.clone(), p.partition_id), item_result(p.error_code, p.error_message.as_deref()).err())
            })
        });
        Ok(results.collect())
    }

    /// Reassignments that are under way.
    pub fn list_reassignments(&self) -> Result<PerPartition<Reassignment>> {
        let build =
            |_| ListPartitionReassignmentsRequest { timeout_ms: self.timeout_ms(), topics: None, ..Default::default() };
        let response =
            self.call("listPartitionReassignments", Target::Controller, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())?;
        let found = response.topics.into_iter().flat_map(|topic| {
            let name = topic.name.into_owned();
            topic.partitions.into_iter().map(move |p| {
                let reassignment =
                    Reassignment { replicas: p.replicas, adding: p.adding_replicas, removing: p.removing_replicas };
                ((name.clone(), p.partition_index), reassignment)
            })
        });
        Ok(found.collect())
    }

    /// Starts reassignments (`None` cancels one); the result per partition.
    pub fn alter_reassignments(
        &self,
        wanted: &PerPartition<Option<Vec<NodeId>>>,
        allow_replication_factor_change: bool,
    ) -> Result<PerPartition<Result<()>>> {
        use protocol::alter_partition_reassignments_request::{ReassignablePartition, ReassignableTopic};
        let build = |version: i16| AlterPartitionReassignmentsRequest {
            timeout_ms: self.timeout_ms(),
            allow_replication_factor_change: version < 1 || allow_replication_factor_change,
            topics: grouped(wanted, |(_, index), replicas| ReassignablePartition {
                partition_index: *index,
                replicas: replicas.clone(),
                ..Default::default()
            })
            .into_iter()
            .map(|(name, partitions)| ReassignableTopic { name, partitions, ..Default::default() })
            .collect(),
            ..Default::default()
        };
        let response = self
            .call("alterPartitionReassignments", Target::Controller, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, response.error_message.as_deref())?;
        let results = response.responses.into_iter().flat_map(|topic| {
            let name = topic.name.into_owned();
            topic.partitions.into_iter().map(move |p| {
                ((name.clone(), p.partition_index), item_result(p.error_code, p.error_message.as_deref()))
            })
        });
        Ok(results.collect())
    }

    /// Moves replicas of one broker to other log directories; the result per partition.
    pub fn alter_replica_log_dirs(
        &self,
        broker: NodeId,
        wanted: &PerPartition<String>,
    ) -> Result<PerPartition<Result<()>>> {
        use protocol::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
        let mut dirs: BTreeMap<&str, PerPartition<()>> = BTreeMap::new();
        for (key, dir) in wanted {
            dirs.entry(dir).or_default().insert(key.clone(), ());
        }
        let build = |_| AlterReplicaLogDirsRequest {
            dirs: dirs
                .iter()
                .map(|(path, partitions)| AlterReplicaLogDir {
                    path: Cow::Borrowed(*path),
                    topics: grouped(partitions, |(_, index), ()| *index)
                        .into_iter()
                        .map(|(name, partitions)| AlterReplicaLogDirTopic { name, partitions, ..Default::default() })
                        .collect(),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let response = self.call("alterReplicaLogDirs", Target::Node(broker), build, |_| ErrorCode::None)?;
        let results = response.results.into_iter().flat_map(|topic| {
            let name = topic.topic_name.into_owned();
            topic
                .partitions
                .into_iter()
                .map(move |p| ((name.clone(), p.partition_index), item_result(p.error_code, None)))
        });
        Ok(results.collect())
    }
}

/// Items by topic, in order.
fn grouped<'a, T, U>(
    wanted: &'a PerPartition<T>,
    item: impl Fn(&(String, i32), &T) -> U,
) -> Vec<(Cow<'a, str>, Vec<U>)> {
    let mut topics: Vec<(Cow<'a, str>, Vec<U>)> = Vec::new();
    for (key, value) in wanted {
        let item = item(key, value);
        match topics.last_mut().filter(|(name, _)| *name == key.0) {
            Some((_, items)) => items.push(item),
            None => topics.push((Cow::Borrowed(key.0.as_str()), vec![item])),
        }
    }
    topics
}

fn log_dir(dir: protocol::describe_log_dirs_response::DescribeLogDirsResult<'_>) -> LogDir {
    let replicas = dir.topics.into_iter().flat_map(|topic| {
        let name = topic.name.into_owned();
        topic.partitions.into_iter().map(move |p| LogDirReplica {
            topic: name.clone(),
            partition: p.partition_index,
            size_bytes: p.partition_size,
            offset_lag: p.offset_lag,
            is_future: p.is_future_key,
        })
    });
    LogDir {
        path: dir.log_dir.into_owned(),
        error: ErrorCode::from_code(dir.error_code),
        replicas: replicas.collect(),
        total_bytes: dir.total_bytes,
        usable_bytes: dir.usable_bytes,
    }
}

/// Offsets of partitions for admin and consumer alike.
pub(crate) fn list_offsets(
    cluster: &crate::Cluster,
    wanted: &PerPartition<OffsetSpec>,
    isolation: IsolationLevel,
    deadline: Instant,
) -> Result<PerPartition<Result<OffsetAt>>> {
    let mut left = wanted.clone();
    let mut results = PerPartition::new();
    let mut attempt = 0;
    while !left.is_empty() {
        let mut names: Vec<&str> = left.keys().map(|(topic, _)| topic.as_str()).collect();
        names.dedup();
        let metadata = cluster.refresh(Wanted::Names(&names), false, "listOffsets(api=METADATA)", deadline)?;
        let mut leaders: BTreeMap<NodeId, PerPartition<OffsetSpec>> = BTreeMap::new();
        for (key, spec) in &left {
            if let Some(error) = metadata.topics.get(&key.0).map(|topic| topic.error).filter(|error| !error.is_ok()) {
                results.insert(key.clone(), Err(ClientError::from_code(error)));
            } else if let Some(partition) = metadata.partition(&key.0, key.1).filter(|p| p.leader >= 0) {
                leaders.entry(partition.leader).or_default().insert(key.clone(), *spec);
            } else {
                results.insert(key.clone(), Err(ClientError::from_code(ErrorCode::UnknownTopicOrPartition)));
            }
        }
        for (leader, partitions) in leaders {
            for (key, result) in list_offsets_at(cluster, leader, &partitions, isolation, deadline)? {
                results.insert(key, result);
            }
        }
        left.retain(|key, _| matches!(results.get(key), Some(Err(error)) if error.is_retriable()));
        // An unknown topic fails at once; a partition that moves is asked for again.
        left.retain(|key, _| metadata.topics.get(&key.0).is_some_and(|topic| topic.error.is_ok()));
        let pause = cluster.settings().backoff(attempt);
        attempt += 1;
        if left.is_empty() || Instant::now() + pause >= deadline {
            break;
        }
        std::thread::sleep(pause);
    }
    Ok(results)
}

fn list_offsets_at(
    cluster: &crate::Cluster,
    leader: NodeId,
    partitions: &PerPartition<OffsetSpec>,
    isolation: IsolationLevel,
    deadline: Instant,
) -> Result<PerPartition<Result<OffsetAt>>> {
    let needed = partitions.values().map(|spec| spec.version_min()).max().unwrap_or(1);
    let request = ListOffsetsRequest {
        replica_id: -1,
        isolation_level: isolation as i8,
        topics: grouped(partitions, |(_, index), spec| ListOffsetsPartition {
            partition_index: *index,
            current_leader_epoch: -1,
            timestamp: spec.wire(),
            ..Default::default()
        })
        .into_iter()
        .map(|(name, partitions)| ListOffsetsTopic { name, partitions, ..Default::default() })
        .collect(),
        timeout_ms: i32::try_from(cluster.settings().request_timeout.as_millis()).unwrap_or(i32::MAX),
        ..Default::default()
    };
    let call = crate::Call { name: "listOffsets", target: Target::Node(leader), deadline, version_max: i16::MAX };
    let answered = cluster.on_node(crate::Lane::Calls, leader, &call, |connection| {
        let version = connection.version(ApiKey::ListOffsets, i16::MAX)?;
        if version < needed {
            return Err(ClientError::Unsupported { api: ApiKey::ListOffsets });
        }
        if version < 10 {
            let request = ListOffsetsRequest { timeout_ms: 0, ..request.clone() };
            return connection.call(&request, version, deadline);
        }
        connection.call(&request, version, deadline)
    });
    let response = match answered {
        Ok(response) => response,
        Err(error) if error.is_retriable() => {
            return Ok(partitions.keys().map(|key| (key.clone(), Err(error.clone()))).collect());
        }
        Err(error) => return Err(error),
    };
    let mut results = PerPartition::new();
    for topic in response.topics {
        for p in topic.partitions {
            let at = OffsetAt { offset: p.offset, timestamp_ms: p.timestamp, leader_epoch: p.leader_epoch };
            results.insert((topic.name.to_string(), p.partition_index), item_result(p.error_code, None).map(|()| at));
        }
    }
    Ok(results)
}
