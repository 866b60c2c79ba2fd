//! AlterPartition between the wire and the controller: version 2 names replicas, version 3 the epochs of their brokers too
//! (KIP-903).

use base::ErrorCode;
use controller::{IsrChange, IsrChanged, OfTopics};
use protocol::{
    AlterPartitionRequest, AlterPartitionResponse, alter_partition_request as of_request,
    alter_partition_response as of_response,
};

/// First version that says which incarnation of a replica was seen.
const EPOCHS_VERSION: i16 = 3;

/// What a request of this version asks for.
pub(crate) fn changes(request: AlterPartitionRequest, version: i16) -> OfTopics<IsrChange> {
    let change = |p: of_request::PartitionData| {
        let isr = match version {
            EPOCHS_VERSION.. => {
                p.new_isr_with_epochs.iter().map(|state| (state.broker_id, state.broker_epoch)).collect()
            }
            _ => p.new_isr.iter().map(|id| (*id, -1)).collect(),
        };
        let (leader_epoch, partition_epoch) = (p.leader_epoch, p.partition_epoch);
        let change = IsrChange { leader_epoch, isr, leader_recovery_state: p.leader_recovery_state, partition_epoch };
        (p.partition_index, change)
    };
    let topics = request.topics.into_iter();
    topics.map(|topic| (topic.topic_id, topic.partitions.into_iter().map(change).collect())).collect()
}

/// The answer, of the request as a whole where it was refused.
pub(crate) fn response(answers: Result<OfTopics<IsrChanged>, ErrorCode>) -> AlterPartitionResponse {
    let answered = |(partition_index, changed): (i32, IsrChanged)| match changed {
        Ok(partition) => of_response::PartitionData {
            partition_index,
            leader_id: partition.leader,
            leader_epoch: partition.leader_epoch,
            isr: partition.isr,
            leader_recovery_state: partition.leader_recovery_state,
            partition_epoch: partition.partition_epoch,
            ..Default::default()
        },
        Err(error) => of_response::PartitionData { partition_index, error_code: error.code(), ..Default::default() },
    };
    match answers {
        Ok(topics) => AlterPartitionResponse {
            topics: topics
                .into_iter()
                .map(|(topic_id, partitions)| of_response::TopicData {
                    topic_id,
                    partitions: partitions.into_iter().map(answered).collect(),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        },
        Err(error) => AlterPartitionResponse { error_code: error.code(), ..Default::default() },
    }
}
