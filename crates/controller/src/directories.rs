//! Directories of replicas (KIP-858): where a broker says that they are, and what happens when one fails.

use crate::alter_partition::is_current;
use crate::candidates::has_online;
use crate::elections::{PartitionChange, Target};
use crate::leaders::{Movement, is_live_on};
use crate::plan::{Plan, Records, after, at_level};
use crate::{Controller, View};
use base::{DirectoryId, ErrorCode, PartitionIndex, TopicId};
use metadata::{Broker, Image};
use protocol::{
    AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, BrokerRegistrationChangeRecord,
    assign_replicas_to_dirs_response as of_response,
};

impl Controller {
    /// AssignReplicasToDirs: a broker says in which directories its replicas are. In one that has failed they neither lead
    /// nor are in sync.
    pub fn assign_replicas_to_dirs(
        &self,
        view: View<'_>,
        request: &AssignReplicasToDirsRequest,
    ) -> Plan<AssignReplicasToDirsResponse> {
        let refuse = |error: ErrorCode| {
            Plan::answer(AssignReplicasToDirsResponse { error_code: error.code(), ..Default::default() })
        };
        if !view.image.features.assigns_directories() {
            return refuse(ErrorCode::UnsupportedVersion);
        }
        let broker = view.image.brokers.get(&request.broker_id);
        let Some(broker) = broker.filter(|_| is_current(view, (request.broker_id, request.broker_epoch))) else {
            return refuse(ErrorCode::StaleBrokerEpoch);
        };
        let mut records = Records::new();
        let mut image = view.image.clone();
        let mut directories = Vec::new();
        for directory in &request.directories {
            let mut topics = Vec::new();
            for asked in &directory.topics {
                let mut partitions = Vec::new();
                for asked_partition in &asked.partitions {
                    let replica = (asked.topic_id, asked_partition.partition_index);
                    let (error, planned) = self.change_directory(&image, broker, replica, directory.id);
                    image = after(&image, &planned);
                    records.extend(planned);
                    partitions.push(of_response::PartitionData {
                        partition_index: asked_partition.partition_index,
                        error_code: error.code(),
                        ..Default::default()
                    });
                }
                topics.push(of_response::TopicData { topic_id: asked.topic_id, partitions, ..Default::default() });
            }
            directories.push(of_response::DirectoryData { id: directory.id, topics, ..Default::default() });
        }
        Plan::new(records, AssignReplicasToDirsResponse { directories, ..Default::default() })
    }

    fn change_directory(
        &self,
        image: &Image,
        broker: &Broker,
        (topic_id, index): (TopicId, PartitionIndex),
        directory: DirectoryId,
    ) -> (ErrorCode, Records) {
        let Some(topic) = image.topic(topic_id) else { return (ErrorCode::UnknownTopicId, Records::new()) };
        let Some(partition) = topic.partitions.get(&index) else {
            return (ErrorCode::UnknownTopicOrPartition, Records::new());
        };
        if !partition.replicas.contains(&broker.id) {
            return (ErrorCode::NotLeaderOrFollower, Records::new());
        }
        let mut target = Target { directory: Some((broker.id, directory)), ..Target::of(partition) };
        let mut candidates = self.candidates(image);
        if !has_online(broker, directory) {
            target.isr.retain(|replica| *replica != broker.id);
            candidates = candidates.without(broker.id);
        }
        let change = self.change_where_allowed_unclean(candidates, topic, index, partition);
        let change = PartitionChange { target, ..change }.into_record();
        (ErrorCode::None, change.map(|change| at_level(change, &image.features)).into_iter().collect())
    }

    /// Replicas in directories that went out of service lead no more and are not in sync.
    pub(crate) fn take_offline(&self, image: &Image, broker: &Broker, offline: &[DirectoryId], records: &mut Records) {
        let (failed, online): (Vec<DirectoryId>, Vec<DirectoryId>) =
            broker.log_dirs.iter().copied().partition(|directory| offline.contains(directory));
        if failed.is_empty() || !image.features.assigns_directories() {
            return;
        }
        let id = broker.id;
        self.move_leaders(
            image,
            Movement::Goes(id),
            |partition| is_live_on(partition, id) && failed.contains(&partition.directory_of(id)),
            records,
        );
        // A record without directories would say that they stay; who has lost all of them is about to end.
        if !online.is_empty() {
            let change = BrokerRegistrationChangeRecord {
                broker_id: id,
                broker_epoch: broker.epoch,
                log_dirs: online,
                ..Default::default()
            };
            records.push(at_level(change, &image.features));
        }
    }
}
