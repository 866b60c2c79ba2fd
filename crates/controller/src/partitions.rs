//! ElectLeaders, AssignReplicasToDirs, producer ids, reassignments, and what they share.

use crate::elections::{Election, PartitionChange};
use crate::plan::{Plan, Records, at_level, record};
use crate::{Controller, View};
use base::{ErrorCode, NodeId, PartitionIndex};
use metadata::{ConfigResource, Partition, Topic};
use protocol::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, AssignReplicasToDirsRequest, AssignReplicasToDirsResponse,
    ElectLeadersRequest, ElectLeadersResponse, ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
    ProducerIdsRecord, assign_replicas_to_dirs_response, elect_leaders_response, list_partition_reassignments_response,
};

/// Producer ids that a broker gets at once, as in Kafka.
const PRODUCER_ID_BLOCK: i32 = 1000;

fn unknown_election(request: &ElectLeadersRequest<'_>, kind: i8) -> ElectLeadersResponse<'static> {
    refused_elections(request, ErrorCode::InvalidRequest.code(), Some(&format!("Unknown election type {kind}")))
}

/// The answer in which every election that was asked for has failed with the same error.
pub fn refused_elections(
    request: &ElectLeadersRequest<'_>,
    error_code: i16,
    message: Option<&str>,
) -> ElectLeadersResponse<'static> {
    let partition = |index: &PartitionIndex| elect_leaders_response::PartitionResult {
        partition_id: *index,
        error_code,
        error_message: message.map(|message| message.to_owned().into()),
        ..Default::default()
    };
    let results =
        request.topic_partitions.iter().flatten().map(|topic| elect_leaders_response::ReplicaElectionResult {
            topic: topic.topic.to_string().into(),
            partition_result: topic.partitions.iter().map(partition).collect(),
            ..Default::default()
        });
    ElectLeadersResponse { error_code, replica_election_results: results.collect(), ..Default::default() }
}

impl Controller {
    /// A change of this partition that so far changes nothing.
    pub(crate) fn partition_change<'a>(
        &self,
        view: View<'_>,
        topic: &Topic,
        index: PartitionIndex,
        partition: &'a Partition,
        election: Election,
        may_lead: &'a dyn Fn(NodeId) -> bool,
    ) -> PartitionChange<'a> {
        PartitionChange {
            topic_id: topic.id,
            index,
            partition,
            election,
            target_isr: partition.isr.clone(),
            unclean_shutdown: &[],
            may_lead,
            keeps_eligible_leaders: view.image.features.keeps_eligible_leaders(),
            isr_shrink_begins_epoch: view.image.features.isr_shrink_begins_epoch(),
            min_insync_replicas: self.min_insync_replicas(view, &topic.name),
            directories: None,
        }
    }

    /// `min.insync.replicas` of a topic: its own, the cluster's dynamic default, or the file's.
    fn min_insync_replicas(&self, view: View<'_>, topic: &str) -> usize {
        let name = "min.insync.replicas";
        let dynamic = [ConfigResource::topic(topic), ConfigResource::all_brokers()]
            .iter()
            .find_map(|resource| view.image.configs.get(resource)?.get(name)?.trim().parse::<i32>().ok());
        dynamic.unwrap_or(self.settings.min_insync_replicas).max(1) as usize
    }

    pub(crate) fn is_unclean_allowed(&self, view: View<'_>, topic: &str) -> bool {
        let name = "unclean.leader.election.enable";
        [ConfigResource::topic(topic), ConfigResource::all_brokers()]
            .iter()
            .find_map(|resource| Some(view.image.configs.get(resource)?.get(name)?.trim().eq_ignore_ascii_case("true")))
            .unwrap_or(self.settings.unclean_leader_election)
    }

    /// ElectLeaders (KIP-183, KIP-460): preferred or unclean elections on demand.
    pub fn elect_leaders(
        &self,
        view: View<'_>,
        request: &ElectLeadersRequest<'_>,
    ) -> Plan<ElectLeadersResponse<'static>> {
        let election = match request.election_type {
            0 => Election::Preferred,
            1 => Election::Unclean,
            other => return Plan::answer(unknown_election(request, other)),
        };
        let wanted: Vec<(String, Vec<PartitionIndex>)> = match &request.topic_partitions {
            Some(topics) => topics.iter().map(|t| (t.topic.to_string(), t.partitions.clone())).collect(),
            None => {
                let all = view.image.topics_by_name();
                all.map(|topic| (topic.name.clone(), topic.partitions.keys().copied().collect())).collect()
            }
        };
        let asked_for_all = request.topic_partitions.is_none();
        let mut records = Records::new();
        let mut results = Vec::new();
        for (name, indexes) in wanted {
            let mut partition_result = Vec::new();
            for index in indexes {
                let (error, message) = self.elect_one(view, &name, index, election, &mut records);
                // Asked for all, Kafka names only those where something happened.
                if asked_for_all && error == ErrorCode::ElectionNotNeeded {
                    continue;
                }
                partition_result.push(elect_leaders_response::PartitionResult {
                    partition_id: index,
                    error_code: error.code(),
                    error_message: message.map(Into::into),
                    ..Default::default()
                });
            }
            if !partition_result.is_empty() {
                results.push(elect_leaders_response::ReplicaElectionResult {
                    topic: name.into(),
                    partition_result,
                    ..Default::default()
                });
            }
        }
        Plan::new(records, ElectLeadersResponse { replica_election_results: results, ..Default::default() })
    }

    fn elect_one(
        &self,
        view: View<'_>,
        name: &str,
        index: PartitionIndex,
        election: Election,
        records: &mut Records,
    ) -> (ErrorCode, Option<String>) {
        let unknown = ErrorCode::UnknownTopicOrPartition;
        let Some(topic) = view.image.topic_by_name(name) else {
            return (unknown, Some(format!("No such topic as {name}")));
        };
        let Some(partition) = topic.partitions.get(&index) else {
            return (unknown, Some(format!("No such partition as {name}-{index}")));
        };
        let not_needed = match election {
            Election::Preferred => partition.preferred_leader() == Some(partition.leader),
            _ => partition.leader != metadata::NO_LEADER,
        };
        if not_needed {
            return (ErrorCode::ElectionNotNeeded, Some("Leader election not needed for topic partition.".to_owned()));
        }
        let may_lead = |replica: NodeId| self.may_lead(view, replica);
        let change = self.partition_change(view, topic, index, partition, election, &may_lead).into_record();
        match change.filter(|change| change.leader >= 0) {
            Some(change) => {
                records.push(at_level(change, &view.image.features));
                (ErrorCode::None, None)
            }
            None if election == Election::Preferred => (ErrorCode::PreferredLeaderNotAvailable, None),
            None => (ErrorCode::EligibleLeadersNotAvailable, None),
        }
    }

    /// AssignReplicasToDirs (KIP-858): a broker says in which directories its replicas are.
    pub fn assign_replicas_to_dirs(
        &self,
        view: View<'_>,
        request: &AssignReplicasToDirsRequest,
    ) -> Plan<AssignReplicasToDirsResponse> {
        if !view.image.features.assigns_directories() {
            let error_code = ErrorCode::UnsupportedVersion.code();
            return Plan::answer(AssignReplicasToDirsResponse { error_code, ..Default::default() });
        }
        let known = view.image.brokers.get(&request.broker_id).is_some_and(|b| b.epoch == request.broker_epoch);
        if !known {
            let error_code = ErrorCode::StaleBrokerEpoch.code();
            return Plan::answer(AssignReplicasToDirsResponse { error_code, ..Default::default() });
        }
        let may_lead = |replica: NodeId| self.may_lead(view, replica);
        let mut records = Records::new();
        let mut directories = Vec::new();
        for directory in &request.directories {
            let mut topics = Vec::new();
            for asked in &directory.topics {
                let mut partitions = Vec::new();
                for p in &asked.partitions {
                    let index = p.partition_index;
                    let error = match view.image.topic(asked.topic_id).zip(view.image.partition(asked.topic_id, index))
                    {
                        None => ErrorCode::UnknownTopicOrPartition,
                        Some((_, partition)) if !partition.replicas.contains(&request.broker_id) => {
                            ErrorCode::NotLeaderOrFollower
                        }
                        Some((topic, partition)) => {
                            let assigned = partition.replicas.iter().zip(&partition.directories);
                            let assigned = assigned
                                .map(|(id, dir)| if *id == request.broker_id { directory.id } else { *dir })
                                .collect();
                            let change =
                                self.partition_change(view, topic, index, partition, Election::Online, &may_lead);
                            let change = PartitionChange { directories: Some(assigned), ..change };
                            let features = &view.image.features;
                            records.extend(change.into_record().map(|change| at_level(change, features)));
                            ErrorCode::None
                        }
                    };
                    partitions.push(assign_replicas_to_dirs_response::PartitionData {
                        partition_index: index,
                        error_code: error.code(),
                        ..Default::default()
                    });
                }
                topics.push(assign_replicas_to_dirs_response::TopicData {
                    topic_id: asked.topic_id,
                    partitions,
                    ..Default::default()
                });
            }
            directories.push(assign_replicas_to_dirs_response::DirectoryData {
                id: directory.id,
                topics,
                ..Default::default()
            });
        }
        Plan::new(records, AssignReplicasToDirsResponse { directories, ..Default::default() })
    }

    /// AllocateProducerIds (KIP-730): a block of ids that nobody else gets.
    pub fn allocate_producer_ids(
        &self,
        view: View<'_>,
        request: &AllocateProducerIdsRequest,
    ) -> Plan<AllocateProducerIdsResponse> {
        let known = view.image.brokers.get(&request.broker_id).is_some_and(|b| b.epoch == request.broker_epoch);
        if !known {
            let error_code = ErrorCode::StaleBrokerEpoch.code();
            return Plan::answer(AllocateProducerIdsResponse { error_code, ..Default::default() });
        }
        let start = view.image.producer_ids.next;
        let Some(next) = start.checked_add(PRODUCER_ID_BLOCK as i64) else {
            let error_code = ErrorCode::UnknownServerError.code();
            return Plan::answer(AllocateProducerIdsResponse { error_code, ..Default::default() });
        };
        let block = ProducerIdsRecord {
            broker_id: request.broker_id,
            broker_epoch: request.broker_epoch,
            next_producer_id: next,
            ..Default::default()
        };
        let reply = AllocateProducerIdsResponse {
            producer_id_start: start,
            producer_id_len: PRODUCER_ID_BLOCK,
            ..Default::default()
        };
        if base::mutant(base::Mutant::ProducerIdsReused) {
            return Plan::answer(reply);
        }
        Plan::new(vec![record(block, 0)], reply)
    }

    /// ListPartitionReassignments (KIP-455).
    pub fn list_reassignments(
        &self,
        view: View<'_>,
        request: &ListPartitionReassignmentsRequest<'_>,
    ) -> ListPartitionReassignmentsResponse<'static> {
        let is_asked = |topic: &str, index: PartitionIndex| match &request.topics {
            None => true,
            Some(topics) => topics.iter().any(|t| t.name == topic && t.partition_indexes.contains(&index)),
        };
        let mut topics = Vec::new();
        for topic in view.image.topics_by_name() {
            let partitions: Vec<_> = topic
                .partitions
                .iter()
                .filter(|(index, p)| {
                    !(p.adding_replicas.is_empty() && p.removing_replicas.is_empty()) && is_asked(&topic.name, **index)
                })
                .map(|(index, p)| list_partition_reassignments_response::OngoingPartitionReassignment {
                    partition_index: *index,
                    replicas: p.replicas.clone(),
                    adding_replicas: p.adding_replicas.clone(),
                    removing_replicas: p.removing_replicas.clone(),
                    ..Default::default()
                })
                .collect();
            if !partitions.is_empty() {
                topics.push(list_partition_reassignments_response::OngoingTopicReassignment {
                    name: topic.name.clone().into(),
                    partitions,
                    ..Default::default()
                });
            }
        }
        ListPartitionReassignmentsResponse { topics, error_message: None, ..Default::default() }
    }
}
