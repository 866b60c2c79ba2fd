//! AlterReplicaLogDirs (KIP-113): replicas are to lie in other log directories of this broker.

use crate::Broker;
use api::Request;
use base::{ErrorCode, TopicPartition, Uuid};
use net::Pipelining;
use protocol::alter_replica_log_dirs_response::{AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult};
use protocol::{AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse, DecodeError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let alter: AlterReplicaLogDirsRequest<'_> = request.decode()?;
    // Of a partition that is named twice the last counts.
    let mut wanted: BTreeMap<TopicPartition, &str> = BTreeMap::new();
    for dir in &alter.dirs {
        for topic in &dir.topics {
            let name = |index: &i32| TopicPartition::new(&*topic.name, *index);
            let named = topic.partitions.iter().map(|index| (name(index), &*dir.path));
            wanted.extend(named);
        }
    }
    let mut results: Vec<AlterReplicaLogDirTopicResult<'static>> = Vec::new();
    for (name, dir) in wanted {
        let altered = match request.is_allowed_on_cluster {
            true => alter_one(broker, &name, dir),
            false => Err(ErrorCode::ClusterAuthorizationFailed),
        };
        let error = altered.err().unwrap_or(ErrorCode::None);
        if results.last().is_none_or(|topic| topic.topic_name != *name.topic) {
            let topic_name = name.topic.to_string().into();
            results.push(AlterReplicaLogDirTopicResult { topic_name, ..Default::default() });
        }
        if let Some(topic) = results.last_mut() {
            topic.partitions.push(AlterReplicaLogDirPartitionResult {
                partition_index: name.partition,
                error_code: error.code(),
                ..Default::default()
            });
        }
    }
    request.responder.send(&AlterReplicaLogDirsResponse { results, ..Default::default() });
    Ok(Pipelining::Hold)
}

fn alter_one(broker: &Arc<Broker>, name: &TopicPartition, dir: &str) -> Result<(), ErrorCode> {
    if !storage::future_folder_name(name, Uuid::ZERO).starts_with(&storage::folder_name(name)) {
        // It was cut to what file systems take: nobody could tell whose the folder is.
        return Err(ErrorCode::InvalidTopicException);
    }
    let directories = broker.replicas.directories();
    let target = directories.iter().find(|directory| directory.dir.path() == Path::new(dir));
    let target = target.ok_or(ErrorCode::LogDirNotFound)?;
    if target.dir.is_failed() {
        return Err(ErrorCode::KafkaStorageError);
    }
    let topic_id = broker.image.load().topic_id(&name.topic).unwrap_or_default();
    let Some(cell) = broker.replicas.get(topic_id, name.partition) else {
        // Should it come, it begins there.
        broker.replicas.prefer(name.clone(), target);
        return Err(ErrorCode::ReplicaNotAvailable);
    };
    if cell.out_of_use().is_some() {
        return Err(ErrorCode::KafkaStorageError);
    }
    let is_here = Arc::ptr_eq(&cell.directory(), target);
    if !is_here && directories.iter().any(|directory| directory.dir.is_failed()) {
        // There may be a copy of it where nobody can look.
        return Err(ErrorCode::KafkaStorageError);
    }
    broker.move_replica(&cell, target);
    Ok(())
}
