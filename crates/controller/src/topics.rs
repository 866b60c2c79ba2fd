//! CreateTopics, CreatePartitions and DeleteTopics.

use crate::configs::clear_elr_records;
use crate::placement::{place, takes_new_replicas};
use crate::plan::{Plan, Records, at_level, record};
use crate::{Controller, View};
use base::{ErrorCode, NodeId, PartitionIndex, Random, TopicId, Uuid};
use imbl::OrdMap;
use metadata::{Broker, Levels, TRANSACTION_TOPIC, Topic};
use protocol::{
    ConfigRecord, CreatePartitionsRequest, CreatePartitionsResponse, CreateTopicsRequest, CreateTopicsResponse,
    DeleteTopicsRequest, DeleteTopicsResponse, PartitionRecord, RemoveTopicRecord, TopicRecord,
    create_partitions_request, create_partitions_response, create_topics_request, create_topics_response,
    delete_topics_response,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An error of one topic of a request.
type TopicError = (ErrorCode, String);

const NAME_LENGTH_MAX: usize = 249;
/// Why the first transaction of a cluster of several does not begin. A coordinator of Apache Kafka asks for its topic then.
const NO_TRANSACTIONS: &str =
    "Ottla serves no transactions yet, so that its topic is not created. ottla.transactions.ignore=true lets it be.";
/// As in Kafka; larger requests are refused as a whole.
const PARTITIONS_PER_REQUEST_MAX: usize = 10_000;

fn excessive() -> TopicError {
    (ErrorCode::PolicyViolation, "Excessively large number of partitions per request.".into())
}

/// Whether Kafka allows a topic of this name; the error is the sentence that its clients see.
pub fn validate_topic_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("Topic name is invalid: the empty string is not allowed".into());
    }
    if name == "." {
        return Err("Topic name is invalid: '.' is not allowed".into());
    }
    if name == ".." {
        return Err("Topic name is invalid: '..' is not allowed".into());
    }
    if name.len() > NAME_LENGTH_MAX {
        return Err(format!(
            "Topic name is invalid: the length of '{name}' is longer than the max allowed length {NAME_LENGTH_MAX}"
        ));
    }
    if !name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-')) {
        return Err(format!(
            "Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        ));
    }
    Ok(())
}

impl Controller {
    /// CreateTopics (KIP-4). `random` draws topic ids.
    pub fn create_topics(
        &mut self,
        view: View<'_>,
        request: &CreateTopicsRequest<'_>,
        random: &mut dyn Random,
    ) -> Plan<CreateTopicsResponse<'static>> {
        let mut records = Records::new();
        let mut topics = Vec::new();
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        for topic in &request.topics {
            if !seen.insert(&*topic.name) {
                twice.insert(&*topic.name);
            }
        }
        let mut created: BTreeSet<String> = BTreeSet::new();
        let is_excessive = self.partitions_asked_for(request) > PARTITIONS_PER_REQUEST_MAX;
        for topic in &request.topics {
            // A time that is up before the work begins: Kafka does nothing and says so without a sentence.
            if request.timeout_ms <= 0 && !request.validate_only {
                let expired = failed_topic(&topic.name, (ErrorCode::RequestTimedOut, String::new()));
                topics.push(create_topics_response::CreatableTopicResult { error_message: None, ..expired });
                continue;
            }
            if is_excessive {
                topics.push(failed_topic(&topic.name, excessive()));
                continue;
            }
            if twice.contains(&*topic.name) {
                if created.insert(topic.name.to_string()) {
                    topics.push(failed_topic(&topic.name, (ErrorCode::InvalidRequest, "Duplicate topic name.".into())));
                }
                continue;
            }
            match self.create_topic(view, topic, random) {
                Ok((topic_records, result)) => {
                    created.insert(topic.name.to_string());
                    records.extend(topic_records);
                    topics.push(result);
                }
                Err(error) => topics.push(failed_topic(&topic.name, error)),
            }
        }
        let reply = CreateTopicsResponse { topics, ..Default::default() };
        Plan { records, reply, validate_only: request.validate_only }
    }

    fn partitions_asked_for(&self, request: &CreateTopicsRequest<'_>) -> usize {
        let asked = request.topics.iter().map(|topic| match topic.num_partitions {
            _ if !topic.assignments.is_empty() => topic.assignments.len(),
            -1 => self.settings.partitions_default.max(0) as usize,
            count => count.max(0) as usize,
        });
        asked.fold(0, usize::saturating_add)
    }

    fn create_topic(
        &mut self,
        view: View<'_>,
        topic: &create_topics_request::CreatableTopic<'_>,
        random: &mut dyn Random,
    ) -> Result<(Records, create_topics_response::CreatableTopicResult<'static>), TopicError> {
        validate_topic_name(&topic.name).map_err(|message| (ErrorCode::InvalidTopicException, message))?;
        if topic.name == "__cluster_metadata" {
            return Err((
                ErrorCode::InvalidRequest,
                format!("Creation of internal topic {} is prohibited.", topic.name),
            ));
        }
        let is_kept_out = view.levels == Levels::Served && !self.settings.ignores_transactions;
        if is_kept_out && topic.name == TRANSACTION_TOPIC && view.image.topic_by_name(TRANSACTION_TOPIC).is_none() {
            return Err((ErrorCode::PolicyViolation, NO_TRANSACTIONS.into()));
        }
        if view.image.topic_by_name(&topic.name).is_some() {
            return Err((ErrorCode::TopicAlreadyExists, format!("Topic '{}' already exists.", topic.name)));
        }
        check_collision(view, &topic.name)?;
        let assignments = self.assign(view, topic)?;
        let overrides: Vec<(&str, Option<&str>)> =
            topic.configs.iter().map(|c| (&*c.name, c.value.as_deref())).collect();
        let configs = self.topic_configs(view, &topic.name, &overrides)?;
        let topic_id = random.uuid();
        let mut records =
            vec![record(TopicRecord { name: topic.name.to_string().into(), topic_id, ..Default::default() }, 0)];
        for (name, value) in &configs {
            records.push(record(
                ConfigRecord {
                    resource_type: metadata::ConfigResourceType::Topic.code(),
                    resource_name: topic.name.to_string().into(),
                    name: name.clone().into(),
                    value: Some(value.clone().into()),
                    ..Default::default()
                },
                0,
            ));
        }
        records.extend(clear_elr_records(view, &records));
        let replication_factor = assignments.first().map_or(0, Vec::len) as i16;
        let count = assignments.len() as i32;
        for (index, replicas) in assignments.into_iter().enumerate() {
            records.push(self.new_partition(view, topic_id, index as i32, replicas));
        }
        let result = create_topics_response::CreatableTopicResult {
            name: topic.name.to_string().into(),
            topic_id,
            error_message: None,
            num_partitions: count,
            replication_factor,
            configs: Some(self.effective_configs(view, &configs)),
            ..Default::default()
        };
        Ok((records, result))
    }

    /// The replicas of each partition, as asked for or placed.
    fn assign(
        &mut self,
        view: View<'_>,
        topic: &create_topics_request::CreatableTopic<'_>,
    ) -> Result<Vec<Vec<NodeId>>, TopicError> {
        if topic.assignments.is_empty() {
            let factor = match topic.replication_factor {
                -1 => self.settings.replication_factor_default,
                n if n <= 0 => {
                    return Err((
                        ErrorCode::InvalidReplicationFactor,
                        "Replication factor must be larger than 0, or -1 to use the default value.".into(),
                    ));
                }
                n => n,
            };
            let count = match topic.num_partitions {
                -1 => self.settings.partitions_default,
                n if n <= 0 => {
                    return Err((
                        ErrorCode::InvalidPartitions,
                        "Number of partitions was set to an invalid non-positive value.".into(),
                    ));
                }
                n => n,
            };
            return self.place_new(view, count as usize, factor as usize).map_err(|error| match error {
                (error @ ErrorCode::InvalidReplicationFactor, why) => {
                    (error, format!("Unable to replicate the partition {factor} time(s): {why}"))
                }
                other => other,
            });
        }
        if topic.replication_factor != -1 {
            return Err((
                ErrorCode::InvalidRequest,
                "A manual partition assignment was specified, but replication factor was not set to -1.".into(),
            ));
        }
        if topic.num_partitions != -1 {
            return Err((
                ErrorCode::InvalidRequest,
                "A manual partition assignment was specified, but numPartitions was not set to -1.".into(),
            ));
        }
        let mut sorted: Vec<_> = topic.assignments.iter().collect();
        sorted.sort_by_key(|assignment| assignment.partition_index);
        let mut assignments: Vec<Vec<NodeId>> = Vec::new();
        for (expected, assignment) in sorted.iter().enumerate() {
            if assignment.partition_index != expected as i32 {
                let twice = expected > 0 && assignment.partition_index == expected as i32 - 1;
                let message = if twice {
                    format!("Found multiple manual partition assignments for partition {}", assignment.partition_index)
                } else {
                    "partitions should be a consecutive 0-based integer sequence".into()
                };
                return Err((ErrorCode::InvalidReplicaAssignment, message));
            }
            let factor = assignments.first().map(Vec::len);
            self.check_manual(view, &assignment.broker_ids, factor)?;
            self.check_active(view, &assignment.broker_ids, assignment.partition_index)?;
            assignments.push(assignment.broker_ids.clone());
        }
        Ok(assignments)
    }

    fn place_new(&mut self, view: View<'_>, count: usize, factor: usize) -> Result<Vec<Vec<NodeId>>, TopicError> {
        if count > PARTITIONS_PER_REQUEST_MAX {
            return Err(excessive());
        }
        let unable = |why: String| (ErrorCode::InvalidReplicationFactor, why);
        let usable: Vec<Arc<Broker>> =
            view.image.brokers.values().filter(|broker| takes_new_replicas(broker)).cloned().collect();
        if usable.iter().all(|broker| broker.fenced) {
            return Err(unable("All brokers are currently fenced or in controlled shutdown.".into()));
        }
        if factor > usable.len() {
            return Err(unable(format!(
                "The target replication factor of {factor} cannot be reached because only {} broker(s) are registered or \
                 some brokers have all their log directories cordoned.",
                usable.len()
            )));
        }
        let usable = self.with_room_first(usable);
        let start = self.next_placement;
        self.next_placement = self.next_placement.wrapping_add(count as u64) % (1 << 32);
        Ok(place(&usable, count, factor, start))
    }

    /// Whether these brokers may be the replicas of a partition, of as many as others have where that is given.
    pub(crate) fn check_manual(
        &self,
        view: View<'_>,
        replicas: &[NodeId],
        factor: Option<usize>,
    ) -> Result<(), TopicError> {
        let refuse = |message: String| Err((ErrorCode::InvalidReplicaAssignment, message));
        if replicas.is_empty() {
            return refuse("The manual partition assignment includes an empty replica list.".into());
        }
        let mut sorted = replicas.to_vec();
        sorted.sort_unstable();
        for (i, replica) in sorted.iter().enumerate() {
            if !view.image.brokers.contains_key(replica) {
                return refuse(format!(
                    "The manual partition assignment includes broker {replica}, but no such broker is registered."
                ));
            }
            if i > 0 && sorted[i - 1] == *replica {
                return refuse(format!(
                    "The manual partition assignment includes the broker {replica} more than once."
                ));
            }
        }
        match factor {
            Some(factor) if factor != replicas.len() => refuse(format!(
                "The manual partition assignment includes a partition with {} replica(s), but this is not consistent \
                 with previous partitions, which have {factor} replica(s).",
                replicas.len()
            )),
            _ => Ok(()),
        }
    }

    /// A manual assignment of a new partition needs a broker that can lead it.
    fn check_active(&self, view: View<'_>, replicas: &[NodeId], index: PartitionIndex) -> Result<(), TopicError> {
        let candidates = self.candidates(view.image);
        match replicas.iter().any(|id| candidates.is_active(*id)) {
            true => Ok(()),
            false => Err((
                ErrorCode::InvalidReplicaAssignment,
                format!(
                    "All brokers specified in the manual partition assignment for partition {index} are fenced or in \
                     controlled shutdown."
                ),
            )),
        }
    }

    /// A partition whose replicas are empty: those of active brokers are in sync (of brokers with room, if there are), and
    /// the first of them leads.
    fn new_partition(&self, view: View<'_>, topic_id: TopicId, index: i32, replicas: Vec<NodeId>) -> crate::Record {
        let candidates = self.candidates(view.image);
        let active: Vec<NodeId> = replicas.iter().copied().filter(|id| candidates.is_active(*id)).collect();
        let roomy: Vec<NodeId> = active.iter().copied().filter(|id| !candidates.is_full(*id)).collect();
        let isr = if roomy.is_empty() { active } else { roomy };
        let directories = match view.image.features.assigns_directories() {
            true => replicas.iter().map(|id| candidates.directory_of_new(*id)).collect(),
            false => Vec::new(),
        };
        let partition = PartitionRecord {
            partition_id: index,
            topic_id,
            replicas,
            leader: isr.first().copied().unwrap_or(metadata::NO_LEADER),
            isr,
            leader_epoch: 0,
            partition_epoch: 0,
            directories,
            ..Default::default()
        };
        at_level(partition, &view.image.features)
    }

    /// CreatePartitions (KIP-195).
    pub fn create_partitions(
        &mut self,
        view: View<'_>,
        request: &CreatePartitionsRequest<'_>,
    ) -> Plan<CreatePartitionsResponse<'static>> {
        let mut records = Records::new();
        let mut results = Vec::new();
        let mut seen: OrdMap<String, usize> = OrdMap::new();
        for topic in &request.topics {
            *seen.entry(topic.name.to_string()).or_insert(0) += 1;
        }
        let mut reported = BTreeSet::new();
        for topic in &request.topics {
            let twice = seen.get(&*topic.name).copied().unwrap_or(0) > 1;
            if twice && !reported.insert(topic.name.to_string()) {
                continue;
            }
            let outcome = match twice {
                true => Err((ErrorCode::InvalidRequest, "Duplicate topic name.".to_owned())),
                false => self.add_partitions(view, topic),
            };
            let (error, message) = match outcome {
                // Kafka has no sentence for this one.
                Err((error @ ErrorCode::UnknownTopicOrPartition, _)) => (error, None),
                // Nor does it have a better code where a request adds too much: the topic stays, others are enlarged.
                Ok(added) if records.len() + added.len() > PARTITIONS_PER_REQUEST_MAX => {
                    (ErrorCode::UnknownServerError, None)
                }
                Err((ErrorCode::PolicyViolation, _)) => (ErrorCode::UnknownServerError, None),
                Ok(added) => {
                    records.extend(added);
                    (ErrorCode::None, None)
                }
                Err((error, message)) => (error, Some(message)),
            };
            results.push(create_partitions_response::CreatePartitionsTopicResult {
                name: topic.name.to_string().into(),
                error_code: error.code(),
                error_message: message.map(Into::into),
                ..Default::default()
            });
        }
        let reply = CreatePartitionsResponse { results, ..Default::default() };
        Plan { records, reply, validate_only: request.validate_only }
    }

    fn add_partitions(
        &mut self,
        view: View<'_>,
        request: &create_partitions_request::CreatePartitionsTopic<'_>,
    ) -> Result<Records, TopicError> {
        let Some(topic) = view.image.topic_by_name(&request.name) else {
            return Err((ErrorCode::UnknownTopicOrPartition, "This server does not host this topic-partition.".into()));
        };
        let current = topic.partitions.len() as i32;
        if request.count == current {
            return Err((ErrorCode::InvalidPartitions, format!("Topic already has {current} partition(s).")));
        }
        if request.count < current {
            return Err((
                ErrorCode::InvalidPartitions,
                format!(
                    "The topic {} currently has {current} partition(s); {} would not be an increase.",
                    request.name, request.count
                ),
            ));
        }
        let additional = (request.count - current) as usize;
        let factor = topic.partitions.values().next().map_or(1, |partition| partition.replicas.len());
        let assignments = match &request.assignments {
            None => self.place_new(view, additional, factor)?,
            Some(assignments) if assignments.len() != additional => {
                return Err((
                    ErrorCode::InvalidReplicaAssignment,
                    format!(
                        "Attempted to add {additional} additional partition(s), but only {} assignment(s) were specified.",
                        assignments.len()
                    ),
                ));
            }
            Some(assignments) => {
                for (index, assignment) in (current..).zip(assignments) {
                    self.check_manual(view, &assignment.broker_ids, Some(factor))?;
                    self.check_active(view, &assignment.broker_ids, index)?;
                }
                assignments.iter().map(|assignment| assignment.broker_ids.clone()).collect()
            }
        };
        let first = current;
        Ok(assignments
            .into_iter()
            .enumerate()
            .map(|(i, replicas)| self.new_partition(view, topic.id, first + i as i32, replicas))
            .collect())
    }

    /// DeleteTopics by name or id: a request has either list. What is named twice, in whatever way, is refused and stays.
    pub fn delete_topics(
        &self,
        view: View<'_>,
        request: &DeleteTopicsRequest<'_>,
    ) -> Plan<DeleteTopicsResponse<'static>> {
        let mut answers = DeletionAnswers::default();
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut ids: BTreeMap<TopicId, usize> = BTreeMap::new();
        for name in &request.topic_names {
            *names.entry(name.to_string()).or_default() += 1;
        }
        for topic in &request.topics {
            match (&topic.name, topic.topic_id.is_zero()) {
                (Some(name), true) => *names.entry(name.to_string()).or_default() += 1,
                (None, false) => *ids.entry(topic.topic_id).or_default() += 1,
                (Some(name), false) => {
                    answers.refuse(Some(name), topic.topic_id, "You may not specify both topic name and topic id.");
                }
                (None, true) => {
                    answers.refuse(None, Uuid::ZERO, "Neither topic name nor id were specified.");
                }
            }
        }
        let mut doomed: BTreeMap<TopicId, &Arc<Topic>> = BTreeMap::new();
        for (id, count) in &ids {
            match view.image.topic(*id) {
                _ if *count > 1 => answers.refuse(None, *id, "Duplicate topic id."),
                Some(topic) => _ = doomed.insert(*id, topic),
                None => answers.add(None, *id, ErrorCode::UnknownTopicId, Some(UNKNOWN_ID)),
            }
        }
        for (name, count) in &names {
            match view.image.topic_by_name(name) {
                _ if *count > 1 => answers.refuse(Some(name), Uuid::ZERO, "Duplicate topic name."),
                None => answers.add(Some(name), Uuid::ZERO, ErrorCode::UnknownTopicOrPartition, Some(UNKNOWN_NAME)),
                Some(topic) if ids.contains_key(&topic.id) => {
                    doomed.remove(&topic.id);
                    answers.refuse(
                        Some(name),
                        topic.id,
                        "The provided topic name maps to an ID that was already supplied.",
                    );
                }
                Some(topic) => _ = doomed.insert(topic.id, topic),
            }
        }
        let mut records = Records::new();
        for (id, topic) in doomed {
            records.push(record(RemoveTopicRecord { topic_id: id, ..Default::default() }, 0));
            answers.add(Some(&topic.name), id, ErrorCode::None, None);
        }
        Plan::new(records, DeleteTopicsResponse { responses: answers.0, ..Default::default() })
    }
}

const UNKNOWN_ID: &str = "This server does not host this topic ID.";
const UNKNOWN_NAME: &str = "This server does not host this topic-partition.";

/// What DeleteTopics answers, in no promised order.
#[derive(Default)]
struct DeletionAnswers(Vec<delete_topics_response::DeletableTopicResult<'static>>);

impl DeletionAnswers {
    fn add(&mut self, name: Option<&str>, topic_id: TopicId, error: ErrorCode, message: Option<&'static str>) {
        self.0.push(delete_topics_response::DeletableTopicResult {
            name: name.map(|name| name.to_owned().into()),
            topic_id,
            error_code: error.code(),
            error_message: message.map(Into::into),
            ..Default::default()
        });
    }

    fn refuse(&mut self, name: Option<&str>, topic_id: TopicId, message: &'static str) {
        self.add(name, topic_id, ErrorCode::InvalidRequest, Some(message));
    }
}

/// Two names that differ only in `.` and `_` collide in metric names; Kafka refuses the second, but within one request.
fn check_collision(view: View<'_>, name: &str) -> Result<(), TopicError> {
    if !name.contains(['.', '_']) {
        return Ok(());
    }
    let folded = name.replace('.', "_");
    let mut existing = view.image.topics_by_name().map(|topic| topic.name.as_str());
    let collides = |other: &&str| *other != name && other.len() == name.len() && other.replace('.', "_") == folded;
    match existing.find(collides) {
        Some(other) => {
            Err((ErrorCode::InvalidTopicException, format!("Topic '{name}' collides with existing topic: {other}")))
        }
        None => Ok(()),
    }
}

fn failed_topic(name: &str, (error, message): TopicError) -> create_topics_response::CreatableTopicResult<'static> {
    create_topics_response::CreatableTopicResult {
        name: name.to_owned().into(),
        error_code: error.code(),
        error_message: Some(message.into()),
        configs: Some(Vec::new()),
        ..Default::default()
    }
}
