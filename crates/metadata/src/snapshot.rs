//! The records that recreate an image.

use crate::image::{Image, Partition};
use crate::written::written;
use base::TopicId;
use protocol::{
    ClientQuotaRecord, ConfigRecord, FeatureLevelRecord, MetadataRecord, PartitionRecord, ProducerIdsRecord,
    TopicRecord, client_quota_record,
};

/// All records of the image with their versions, in the order in which they can be replayed: features first.
pub fn snapshot_records(image: &Image) -> Vec<(MetadataRecord<'static>, i16)> {
    let mut records = Vec::new();
    let mut features: Vec<(&str, i16)> = image.features.iter().collect();
    features.sort_by_key(|(name, _)| (*name != crate::features::METADATA_VERSION, *name));
    for (name, level) in features {
        let record = FeatureLevelRecord { name: name.to_owned().into(), feature_level: level, ..Default::default() };
        records.push((MetadataRecord::FeatureLevel(record), 0));
    }
    for broker in image.brokers.values() {
        records.push(written(broker.to_record(), &image.features));
    }
    for controller in image.controllers.values() {
        records.push((MetadataRecord::RegisterController(controller.to_record()), 0));
    }
    for topic in image.topics_by_name() {
        let record = TopicRecord { name: topic.name.clone().into(), topic_id: topic.id, ..Default::default() };
        records.push((MetadataRecord::Topic(record), 0));
        for (index, partition) in &topic.partitions {
            records.push(written(partition_record(topic.id, *index, partition), &image.features));
        }
    }
    for (resource, values) in &image.configs {
        for (name, value) in values {
            let record = ConfigRecord {
                resource_type: resource.kind.code(),
                resource_name: resource.name.clone().into(),
                name: name.clone().into(),
                value: Some(value.clone().into()),
                ..Default::default()
            };
            records.push((MetadataRecord::Config(record), 0));
        }
    }
    for (entity, values) in &image.client_quotas {
        for (key, value) in values {
            let entity = entity.iter().map(|(kind, name)| client_quota_record::EntityData {
                entity_type: kind.clone().into(),
                entity_name: name.clone().map(Into::into),
                ..Default::default()
            });
            let record = ClientQuotaRecord {
                entity: entity.collect(),
                key: key.clone().into(),
                value: value.0,
                remove: false,
                ..Default::default()
            };
            records.push((MetadataRecord::ClientQuota(record), 0));
        }
    }
    if image.producer_ids.next > 0 {
        let record = ProducerIdsRecord {
            broker_id: image.producer_ids.broker_id,
            broker_epoch: image.producer_ids.broker_epoch,
            next_producer_id: image.producer_ids.next,
            ..Default::default()
        };
        records.push((MetadataRecord::ProducerIds(record), 0));
    }
    records.extend(image.acls.values().map(|r| (MetadataRecord::AccessControlEntry((**r).clone()), 0)));
    records.extend(image.scram_credentials.values().map(|r| (MetadataRecord::UserScramCredential((**r).clone()), 0)));
    records.extend(image.delegation_tokens.values().map(|r| (MetadataRecord::DelegationToken((**r).clone()), 0)));
    records
}

/// The record of a partition as it is.
pub(crate) fn partition_record(topic_id: TopicId, index: i32, partition: &Partition) -> PartitionRecord {
    let non_empty = |ids: &Vec<i32>| (!ids.is_empty()).then(|| ids.clone());
    PartitionRecord {
        partition_id: index,
        topic_id,
        replicas: partition.replicas.clone(),
        isr: partition.isr.clone(),
        removing_replicas: partition.removing_replicas.clone(),
        adding_replicas: partition.adding_replicas.clone(),
        leader: partition.leader,
        leader_recovery_state: partition.leader_recovery_state,
        leader_epoch: partition.leader_epoch,
        partition_epoch: partition.partition_epoch,
        directories: partition.directories.clone(),
        eligible_leader_replicas: non_empty(&partition.elr),
        last_known_elr: non_empty(&partition.last_known_elr),
        ..Default::default()
    }
}
