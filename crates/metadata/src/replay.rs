//! The only code that changes an image: one record after the other.

use crate::image::{Broker, ConfigResource, ConfigResourceType, Controller, Image, Partition, QuotaValue, Topic};
use crate::loader::Delta;
use crate::{NO_LEADER_CHANGE, image::ProducerIds};
use base::{BrokerEpoch, NodeId, Offset, PartitionIndex, TopicId};
use protocol::MetadataRecord;
use std::sync::Arc;

/// A record that does not fit the image: the log is not one that Kafka or Ottla wrote, or this code is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("the metadata record at offset {offset} cannot be read: {reason}")]
    Unreadable { offset: Offset, reason: String },
    #[error("the metadata record at offset {offset} is of a kind that this version does not know: {kind}")]
    UnknownRecord { offset: Offset, kind: u32 },
    #[error("the metadata log names topic {topic_id}, which it has not created")]
    UnknownTopic { topic_id: TopicId },
    #[error("the metadata log names partition {partition} of topic {topic_id}, which it has not created")]
    UnknownPartition { topic_id: TopicId, partition: PartitionIndex },
    #[error("the metadata log names broker {broker_id} with epoch {broker_epoch}, which is not registered")]
    UnknownBroker { broker_id: NodeId, broker_epoch: BrokerEpoch },
    /// What was replayed before is newer: an image's offset only grows.
    #[error("the metadata record at offset {offset} comes after the one at offset {last}")]
    OffsetFell { offset: Offset, last: Offset },
    /// Epochs of the log, of brokers and of partitions never fall.
    #[error("the metadata record at offset {offset} has {what} epoch {found} after {last}")]
    EpochFell { offset: Offset, what: &'static str, found: i64, last: i64 },
    #[error("the metadata log {what} a transaction at offset {offset} where it cannot")]
    Transaction { offset: Offset, what: &'static str },
}

impl Image {
    /// Replays one record and notes in `delta` what it changed.
    pub fn replay(&mut self, record: &MetadataRecord<'_>, delta: &mut Delta) -> Result<(), ReplayError> {
        match record {
            MetadataRecord::RegisterBroker(r) => {
                if let Some(present) = self.brokers.get(&r.broker_id) {
                    self.check_epoch("broker", r.broker_epoch, present.epoch)?;
                }
                delta.brokers.insert(r.broker_id);
                self.brokers.insert(r.broker_id, Arc::new(Broker::of_record(r)));
            }
            MetadataRecord::UnregisterBroker(r) => {
                self.known_broker(r.broker_id, r.broker_epoch)?;
                delta.brokers.insert(r.broker_id);
                self.brokers.remove(&r.broker_id);
            }
            MetadataRecord::FenceBroker(r) => {
                self.change_broker(r.id, r.epoch, delta, |broker| broker.fenced = true)?;
            }
            MetadataRecord::UnfenceBroker(r) => {
                self.change_broker(r.id, r.epoch, delta, |broker| broker.fenced = false)?;
            }
            MetadataRecord::BrokerRegistrationChange(r) => {
                self.change_broker(r.broker_id, r.broker_epoch, delta, |broker| {
                    match r.fenced {
                        1 => broker.fenced = true,
                        -1 => broker.fenced = false,
                        _ => {}
                    }
                    if r.in_controlled_shutdown == 1 {
                        broker.in_controlled_shutdown = true;
                    }
                    if !r.log_dirs.is_empty() {
                        broker.log_dirs = r.log_dirs.clone();
                    }
                    if let Some(cordoned) = &r.cordoned_log_dirs {
                        broker.cordoned_log_dirs = Some(cordoned.clone());
                    }
                })?;
            }
            MetadataRecord::RegisterController(r) => {
                delta.controllers_changed = true;
                self.controllers.insert(r.controller_id, Arc::new(Controller::of_record(r)));
            }
            MetadataRecord::Topic(r) => {
                let topic = Topic { id: r.topic_id, name: r.name.to_string(), partitions: Default::default() };
                self.topic_ids.insert(topic.name.clone(), r.topic_id);
                self.topics.insert(r.topic_id, Arc::new(topic));
                delta.topics.insert(r.topic_id);
            }
            MetadataRecord::Partition(r) => {
                if let Some(present) = self.partition(r.topic_id, r.partition_id) {
                    self.check_epoch("leader", r.leader_epoch.into(), present.leader_epoch.into())?;
                    self.check_epoch("partition", r.partition_epoch.into(), present.partition_epoch.into())?;
                }
                let topic =
                    self.topics.get_mut(&r.topic_id).ok_or(ReplayError::UnknownTopic { topic_id: r.topic_id })?;
                Arc::make_mut(topic).partitions.insert(r.partition_id, Arc::new(partition(r)));
                delta.topics.insert(r.topic_id);
                delta.partitions.insert((r.topic_id, r.partition_id));
            }
            MetadataRecord::PartitionChange(r) => self.change_partition(r, delta)?,
            MetadataRecord::RemoveTopic(r) => self.remove_topic(r.topic_id, delta)?,
            MetadataRecord::Config(r) => self.set_config(r, delta),
            MetadataRecord::FeatureLevel(r) => {
                self.features.set(&r.name, r.feature_level);
                delta.features_changed = true;
            }
            MetadataRecord::ProducerIds(r) => {
                self.producer_ids =
                    ProducerIds { broker_id: r.broker_id, broker_epoch: r.broker_epoch, next: r.next_producer_id };
            }
            MetadataRecord::ClientQuota(r) => self.set_quota(r),
            MetadataRecord::AccessControlEntry(r) => {
                self.acls.insert(r.id, Arc::new(r.clone().into_owned()));
                delta.acls_changed = true;
            }
            MetadataRecord::RemoveAccessControlEntry(r) => {
                self.acls.remove(&r.id);
                delta.acls_changed = true;
            }
            MetadataRecord::UserScramCredential(r) => {
                self.scram_credentials.insert((r.mechanism, r.name.to_string()), Arc::new(r.clone().into_owned()));
            }
            MetadataRecord::RemoveUserScramCredential(r) => {
                self.scram_credentials.remove(&(r.mechanism, r.name.to_string()));
            }
            MetadataRecord::DelegationToken(r) => {
                self.delegation_tokens.insert(r.token_id.to_string(), Arc::new(r.clone().into_owned()));
            }
            MetadataRecord::RemoveDelegationToken(r) => {
                self.delegation_tokens.remove(&*r.token_id);
            }
            MetadataRecord::ClearElr(r) => self.clear_elr(&r.topic_name, delta)?,
            // Transactions are the loader's matter; the others change nothing that is kept.
            MetadataRecord::BeginTransaction(_)
            | MetadataRecord::EndTransaction(_)
            | MetadataRecord::AbortTransaction(_)
            | MetadataRecord::NoOp(_)
            | MetadataRecord::ZkMigrationState(_) => {}
            MetadataRecord::Unknown(unknown) => {
                return Err(ReplayError::UnknownRecord { offset: self.offset, kind: unknown.id as u32 });
            }
        }
        Ok(())
    }

    fn check_epoch(&self, what: &'static str, found: i64, last: i64) -> Result<(), ReplayError> {
        match found >= last {
            true => Ok(()),
            false => Err(ReplayError::EpochFell { offset: self.offset, what, found, last }),
        }
    }

    fn known_broker(&self, broker_id: NodeId, broker_epoch: BrokerEpoch) -> Result<(), ReplayError> {
        match self.brokers.get(&broker_id) {
            Some(broker) if broker.epoch == broker_epoch => Ok(()),
            _ => Err(ReplayError::UnknownBroker { broker_id, broker_epoch }),
        }
    }

    fn change_broker(
        &mut self,
        id: NodeId,
        epoch: BrokerEpoch,
        delta: &mut Delta,
        change: impl FnOnce(&mut Broker),
    ) -> Result<(), ReplayError> {
        self.known_broker(id, epoch)?;
        if let Some(broker) = self.brokers.get_mut(&id) {
            change(Arc::make_mut(broker));
        }
        delta.brokers.insert(id);
        Ok(())
    }

    fn change_partition(&mut self, r: &protocol::PartitionChangeRecord, delta: &mut Delta) -> Result<(), ReplayError> {
        let offset = self.offset;
        let topic = self.topics.get_mut(&r.topic_id).ok_or(ReplayError::UnknownTopic { topic_id: r.topic_id })?;
        let unknown = ReplayError::UnknownPartition { topic_id: r.topic_id, partition: r.partition_id };
        let partition = Arc::make_mut(topic).partitions.get_mut(&r.partition_id).ok_or(unknown)?;
        let partition = Arc::make_mut(partition);
        let set = |target: &mut Vec<NodeId>, value: &Option<Vec<NodeId>>| {
            if let Some(value) = value {
                target.clone_from(value);
            }
        };
        set(&mut partition.isr, &r.isr);
        set(&mut partition.replicas, &r.replicas);
        set(&mut partition.removing_replicas, &r.removing_replicas);
        set(&mut partition.adding_replicas, &r.adding_replicas);
        set(&mut partition.elr, &r.eligible_leader_replicas);
        set(&mut partition.last_known_elr, &r.last_known_elr);
        if let Some(directories) = &r.directories {
            partition.directories.clone_from(directories);
        }
        if r.leader != NO_LEADER_CHANGE {
            partition.leader = r.leader;
            partition.leader_epoch = next_epoch(offset, "leader", partition.leader_epoch)?;
        }
        if r.leader_recovery_state >= 0 {
            partition.leader_recovery_state = r.leader_recovery_state;
        }
        partition.partition_epoch = next_epoch(offset, "partition", partition.partition_epoch)?;
        delta.topics.insert(r.topic_id);
        delta.partitions.insert((r.topic_id, r.partition_id));
        Ok(())
    }

    fn remove_topic(&mut self, topic_id: TopicId, delta: &mut Delta) -> Result<(), ReplayError> {
        let topic = self.topics.remove(&topic_id).ok_or(ReplayError::UnknownTopic { topic_id })?;
        if self.topic_ids.get(&topic.name) == Some(&topic_id) {
            self.topic_ids.remove(&topic.name);
        }
        self.configs.remove(&ConfigResource::topic(&topic.name));
        delta.topics.remove(&topic_id);
        delta.partitions.retain(|(id, _)| *id != topic_id);
        delta.removed_topics.push(topic);
        Ok(())
    }

    fn set_config(&mut self, r: &protocol::ConfigRecord<'_>, delta: &mut Delta) {
        let resource =
            ConfigResource { kind: ConfigResourceType::from_code(r.resource_type), name: r.resource_name.to_string() };
        let mut values = self.config(&resource);
        match &r.value {
            Some(value) => {
                values.insert(r.name.to_string(), value.to_string());
            }
            None => {
                values.remove(&*r.name);
            }
        }
        if values.is_empty() {
            self.configs.remove(&resource);
        } else {
            self.configs.insert(resource.clone(), values);
        }
        delta.configs.insert(resource);
    }

    fn set_quota(&mut self, r: &protocol::ClientQuotaRecord<'_>) {
        let mut entity: Vec<(String, Option<String>)> = r
            .entity
            .iter()
            .map(|e| (e.entity_type.to_string(), e.entity_name.as_ref().map(|name| name.to_string())))
            .collect();
        entity.sort();
        let mut values = self.client_quotas.get(&entity).cloned().unwrap_or_default();
        if r.remove {
            values.remove(&*r.key);
        } else {
            values.insert(r.key.to_string(), QuotaValue(r.value));
        }
        if values.is_empty() {
            self.client_quotas.remove(&entity);
        } else {
            self.client_quotas.insert(entity, values);
        }
    }

    /// Forgets eligible leaders of one topic, or of all when the name is empty.
    fn clear_elr(&mut self, topic_name: &str, delta: &mut Delta) -> Result<(), ReplayError> {
        let offset = self.offset;
        let ids: Vec<TopicId> = match topic_name {
            "" => self.topics.keys().copied().collect(),
            name => self.topic_id(name).into_iter().collect(),
        };
        for id in ids {
            let Some(topic) = self.topics.get_mut(&id) else { continue };
            let with_elr: Vec<PartitionIndex> = topic
                .partitions
                .iter()
                .filter(|(_, partition)| !partition.elr.is_empty() || !partition.last_known_elr.is_empty())
                .map(|(index, _)| *index)
                .collect();
            for index in with_elr {
                if let Some(partition) = Arc::make_mut(topic).partitions.get_mut(&index) {
                    let partition = Arc::make_mut(partition);
                    partition.elr.clear();
                    partition.last_known_elr.clear();
                    partition.partition_epoch = next_epoch(offset, "partition", partition.partition_epoch)?;
                    delta.topics.insert(id);
                    delta.partitions.insert((id, index));
                }
            }
        }
        Ok(())
    }
}

fn next_epoch(offset: Offset, what: &'static str, epoch: i32) -> Result<i32, ReplayError> {
    let fell = ReplayError::EpochFell { offset, what, found: i32::MIN.into(), last: epoch.into() };
    epoch.checked_add(1).ok_or(fell)
}

fn partition(r: &protocol::PartitionRecord) -> Partition {
    let mut directories = r.directories.clone();
    directories.resize(r.replicas.len(), base::Uuid::DIRECTORY_MIGRATING);
    Partition {
        directories,
        replicas: r.replicas.clone(),
        isr: r.isr.clone(),
        removing_replicas: r.removing_replicas.clone(),
        adding_replicas: r.adding_replicas.clone(),
        elr: r.eligible_leader_replicas.clone().unwrap_or_default(),
        last_known_elr: r.last_known_elr.clone().unwrap_or_default(),
        leader: r.leader,
        leader_recovery_state: r.leader_recovery_state,
        leader_epoch: r.leader_epoch,
        partition_epoch: r.partition_epoch,
    }
}
