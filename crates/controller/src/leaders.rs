//! Where leaderships go when brokers come and go, and elections on demand and by time (KIP-183, KIP-460, KIP-966).

use crate::candidates::Candidates;
use crate::elections::{Election, PartitionChange, Target};
use crate::plan::{Plan, Records, at_level};
use crate::{Controller, View};
use base::{ErrorCode, NodeId, PartitionIndex, TopicId};
use metadata::{ConfigResource, Image, NO_LEADER, Partition, Topic};
use protocol::{ElectLeadersRequest, ElectLeadersResponse, elect_leaders_response};

/// A broker whose replicas change their standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Movement {
    /// It may lead from now on.
    Comes(NodeId),
    /// It leaves ISRs and leaderships, and stays eligible where ISRs become too small.
    Goes(NodeId),
    /// It leaves them, and may have lost records that it had.
    LostItsTail(NodeId),
}

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

/// What the configs of a topic say about changes of its partitions.
struct Rules {
    min_insync_replicas: usize,
    election: Election,
}

impl Rules {
    fn change<'a>(
        &self,
        candidates: Candidates<'a>,
        topic_id: TopicId,
        index: PartitionIndex,
        partition: &'a Partition,
    ) -> PartitionChange<'a> {
        PartitionChange {
            topic_id,
            index,
            partition,
            candidates,
            min_insync_replicas: self.min_insync_replicas,
            election: self.election,
            target: Target::of(partition),
            lost_its_tail: None,
        }
    }
}

impl Controller {
    /// A change of this partition that so far changes nothing.
    pub(crate) fn change<'a>(
        &self,
        candidates: Candidates<'a>,
        topic: &Topic,
        index: PartitionIndex,
        partition: &'a Partition,
    ) -> PartitionChange<'a> {
        let change = self.change_where_allowed_unclean(candidates, topic, index, partition);
        PartitionChange { election: Election::Online, ..change }
    }

    /// The same, with an unclean election where the topic allows it.
    pub(crate) fn change_where_allowed_unclean<'a>(
        &self,
        candidates: Candidates<'a>,
        topic: &Topic,
        index: PartitionIndex,
        partition: &'a Partition,
    ) -> PartitionChange<'a> {
        self.rules(candidates.image, &topic.name).change(candidates, topic.id, index, partition)
    }

    fn rules(&self, image: &Image, topic: &str) -> Rules {
        Rules {
            min_insync_replicas: self.min_insync_replicas(image, topic),
            election: if self.is_unclean_allowed(image, topic) { Election::Unclean } else { Election::Online },
        }
    }

    /// `min.insync.replicas` of a topic: its own, the cluster's dynamic default, or the file's.
    fn min_insync_replicas(&self, image: &Image, topic: &str) -> usize {
        let name = "min.insync.replicas";
        let dynamic = [ConfigResource::topic(topic), ConfigResource::all_brokers()]
            .iter()
            .find_map(|resource| image.configs.get(resource)?.get(name)?.trim().parse::<i32>().ok());
        dynamic.unwrap_or(self.settings.min_insync_replicas).max(1) as usize
    }

    pub(crate) fn is_unclean_allowed(&self, image: &Image, topic: &str) -> bool {
        let name = "unclean.leader.election.enable";
        [ConfigResource::topic(topic), ConfigResource::all_brokers()]
            .iter()
            .find_map(|resource| Some(image.configs.get(resource)?.get(name)?.trim().eq_ignore_ascii_case("true")))
            .unwrap_or(self.settings.unclean_leader_election)
    }

    /// What the movement of a broker means to these partitions.
    pub(crate) fn move_leaders(
        &self,
        image: &Image,
        movement: Movement,
        concerns: impl Fn(&Partition) -> bool,
        records: &mut Records,
    ) {
        let candidates = self.candidates(image);
        let (candidates, leaves, lost_its_tail) = match movement {
            Movement::Comes(id) => (candidates.with(id), None, None),
            Movement::Goes(id) => (candidates.without(id), Some(id), None),
            Movement::LostItsTail(id) => (candidates.without(id), Some(id), Some(id)),
        };
        for topic in image.topics_by_name() {
            let mut concerned = topic.partitions.iter().filter(|(_, partition)| concerns(partition)).peekable();
            if concerned.peek().is_none() {
                continue;
            }
            let rules = self.rules(image, &topic.name);
            for (index, partition) in concerned {
                let isr = partition.isr.iter().copied().filter(|replica| Some(*replica) != leaves).collect();
                let target = Target { isr, ..Target::of(partition) };
                let change = rules.change(candidates, topic.id, *index, partition);
                let change = PartitionChange { target, lost_its_tail, ..change }.into_record();
                records.extend(change.map(|change| at_level(change, &image.features)));
            }
        }
    }

    /// The broker leaves every ISR and leadership.
    pub(crate) fn leave_isrs(&self, image: &Image, id: NodeId, records: &mut Records) {
        self.move_leaders(image, Movement::Goes(id), |partition| is_live_on(partition, id), records);
    }

    /// Elections that nobody asked for, of at most so many partitions: of preferred replicas where they do not lead, or
    /// unclean ones where nobody does and the topic allows it.
    pub(crate) fn elect_some(&self, image: &Image, election: Election, max: usize) -> Records {
        let mut records = Records::new();
        let is_due = |partition: &Partition| match election {
            Election::Preferred => partition.preferred_leader() != Some(partition.leader),
            _ => partition.leader == NO_LEADER,
        };
        for topic in image.topics_by_name() {
            let mut due = topic.partitions.iter().filter(|(_, partition)| is_due(partition)).peekable();
            if due.peek().is_none() {
                continue;
            }
            let rules = self.rules(image, &topic.name);
            if election == Election::Unclean && rules.election != Election::Unclean {
                continue;
            }
            for (index, partition) in due {
                let change = rules.change(self.candidates(image), topic.id, *index, partition);
                let change = PartitionChange { election, ..change }.into_record();
                records.extend(change.map(|change| at_level(change, &image.features)));
                if records.len() >= max {
                    return records;
                }
            }
        }
        records
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
            results.push(elect_leaders_response::ReplicaElectionResult {
                topic: name.into(),
                partition_result,
                ..Default::default()
            });
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
            _ => partition.leader != NO_LEADER,
        };
        if not_needed {
            return (ErrorCode::ElectionNotNeeded, Some("Leader election not needed for topic partition.".to_owned()));
        }
        let change = self.change(self.candidates(view.image), topic, index, partition);
        let change = PartitionChange { election, ..change }.into_record();
        match change.filter(|change| change.leader >= 0) {
            Some(change) => {
                records.push(at_level(change, &view.image.features));
                (ErrorCode::None, None)
            }
            None if election == Election::Preferred => {
                (ErrorCode::PreferredLeaderNotAvailable, Some("The preferred leader was not available.".to_owned()))
            }
            None => {
                let message = "Eligible topic partition leaders are not available.";
                (ErrorCode::EligibleLeadersNotAvailable, Some(message.to_owned()))
            }
        }
    }
}

/// Whether the broker is in sync or leads there.
pub(crate) fn is_live_on(partition: &Partition, id: NodeId) -> bool {
    partition.isr.contains(&id) || partition.leader == id
}
