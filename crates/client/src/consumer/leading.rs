//! What members of a group tell its leader, and the leader's work: an assignment for everybody.

use super::assignor::{assign_range, assign_round_robin};
use super::group::Shared;
use super::membership::Partitions;
use super::sticky::{StickyMember, assign_cooperative, assign_sticky, read_user_data, user_data};
use crate::{ClientError, Metadata, Result};
use protocol::{ApiKey, ConsumerProtocolAssignment, ConsumerProtocolSubscription, Decode, Message};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Versions of what consumers embed in JoinGroup and SyncGroup.
const SUBSCRIPTION_VERSION: i16 = 3;
const ASSIGNMENT_VERSION: i16 = 3;

impl Shared {
    /// What the member says of itself to the leader, for one assignor.
    pub(super) fn subscription(
        &self,
        assignor: &str,
        topics: &[String],
        owned: &Partitions,
        generation: i32,
    ) -> Result<Vec<u8>> {
        use protocol::consumer_protocol_subscription::TopicPartition;
        let keeps = self.settings.is_cooperative();
        let owned_partitions = owned.iter().filter(|_| keeps).map(|(topic, partitions)| TopicPartition {
            topic: Cow::Borrowed(topic.as_str()),
            partitions: partitions.clone(),
        });
        let subscription = ConsumerProtocolSubscription {
            topics: topics.iter().map(|topic| Cow::Borrowed(topic.as_str())).collect(),
            user_data: (assignor == "sticky").then(|| Cow::Owned(user_data(owned, generation))),
            owned_partitions: owned_partitions.collect(),
            generation_id: if keeps { generation } else { -1 },
            rack_id: Some(self.settings.rack.as_str()).filter(|rack| !rack.is_empty()).map(Cow::Borrowed),
            ..Default::default()
        };
        subscription
            .to_versioned(SUBSCRIPTION_VERSION)
            .map_err(|error| ClientError::Encode { api: ApiKey::JoinGroup, error })
    }

    /// The leader's work: partitions for all members, encoded.
    pub(super) fn assign(
        &self,
        response: &protocol::JoinGroupResponse<'static>,
        deadline: Instant,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut owning: BTreeMap<String, StickyMember> = BTreeMap::new();
        for member in &response.members {
            let (subscription, _) = ConsumerProtocolSubscription::from_versioned(&member.metadata)
                .map_err(|error| ClientError::Decode { api: ApiKey::JoinGroup, address: self.id.clone(), error })?;
            let described = described(subscription);
            members.insert(member.member_id.to_string(), described.topics.clone());
            owning.insert(member.member_id.to_string(), described);
        }
        let topics: BTreeSet<&String> = members.values().flatten().collect();
        let mut metadata = self.cluster.metadata();
        if topics.iter().any(|topic| !metadata.topics.contains_key(*topic)) {
            let names: Vec<&str> = topics.iter().map(|topic| topic.as_str()).collect();
            let deadline = deadline.max(Instant::now() + Duration::from_secs(1));
            metadata = self.cluster.refresh(crate::Wanted::Names(&names), false, "metadata", deadline)?;
        }
        let counts = counts(&metadata, topics.into_iter());
        let assignment = match response.protocol_name.as_deref() {
            Some("roundrobin") => assign_round_robin(&members, &counts),
            Some("sticky") => assign_sticky(&owning, &counts),
            Some("cooperative-sticky") => assign_cooperative(&owning, &counts),
            _ => assign_range(&members, &counts),
        };
        assignment
            .into_iter()
            .map(|(member, topics)| {
                use protocol::consumer_protocol_assignment::TopicPartition;
                let assigned_partitions = topics
                    .into_iter()
                    .map(|(topic, partitions)| TopicPartition { topic: Cow::Owned(topic), partitions });
                let assignment = ConsumerProtocolAssignment {
                    assigned_partitions: assigned_partitions.collect(),
                    ..Default::default()
                };
                let bytes = assignment
                    .to_versioned(ASSIGNMENT_VERSION)
                    .map_err(|error| ClientError::Encode { api: ApiKey::SyncGroup, error })?;
                Ok((member, bytes))
            })
            .collect()
    }
}

/// A member as the assignors see it. What it owns stands in the subscription, or in what the sticky assignor adds.
fn described(subscription: ConsumerProtocolSubscription<'_>) -> StickyMember {
    let told = subscription.user_data.as_deref().and_then(read_user_data);
    let mut member = StickyMember {
        topics: subscription.topics.into_iter().map(Cow::into_owned).collect(),
        owned: Partitions::new(),
        generation: subscription.generation_id,
    };
    for owned in subscription.owned_partitions {
        member.owned.entry(owned.topic.into_owned()).or_default().extend(owned.partitions);
    }
    if let Some((owned, generation)) = told.filter(|_| member.owned.is_empty()) {
        (member.owned, member.generation) = (owned, generation);
    }
    member
}

pub(super) fn counts<'a>(metadata: &Metadata, topics: impl Iterator<Item = &'a String>) -> BTreeMap<String, i32> {
    let known = topics.filter_map(|topic| Some((topic.clone(), metadata.topics.get(topic)?.partitions.len() as i32)));
    known.filter(|(_, count)| *count > 0).collect()
}
