//! The consumer: chosen partitions or a group, fetching with positions, commits, offset resets. One thread polls; a group
//! member has a second one that only sends heartbeats.

mod assignor;
mod fetcher;
mod group;
mod leading;
mod offsets;
mod session;
mod sticky;
mod types;

pub use assignor::{assign_range, assign_round_robin};
pub use sticky::{StickyMember, assign_cooperative, assign_sticky};
pub(crate) use types::Position;
pub use types::{ConsumerRecord, OffsetReset, RebalanceEvent, RecordHeader, StartAt, Subscription};

use crate::admin::{IsolationLevel, OffsetAt, OffsetSpec, list_offsets};
use crate::cluster::left_until;
use crate::{ClientError, Cluster, ConsumerSettings, Result, Wanted};
use base::ErrorCode;
use fetcher::Fetcher;
use group::Group;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) type Partition = (Arc<str>, i32);

/// Reads records. Not for several threads at once.
pub struct Consumer {
    cluster: Arc<Cluster>,
    settings: Arc<ConsumerSettings>,
    positions: BTreeMap<Partition, Position>,
    fetcher: Fetcher,
    group: Option<Group>,
    subscription: Option<Subscription>,
    manual: bool,
    subscribed: BTreeSet<String>,
    events: Vec<RebalanceEvent>,
    last_commit: Instant,
    metadata_error: Option<ErrorCode>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer").field("positions", &self.positions).finish_non_exhaustive()
    }
}

impl Consumer {
    /// Connects with the first poll.
    pub fn new(settings: ConsumerSettings) -> Result<Consumer> {
        let cluster = Arc::new(Cluster::new(settings.common.clone())?);
        let settings = Arc::new(settings);
        Ok(Consumer {
            fetcher: Fetcher::new(cluster.clone(), settings.clone()),
            cluster,
            settings,
            positions: BTreeMap::new(),
            group: None,
            subscription: None,
            manual: false,
            subscribed: BTreeSet::new(),
            events: Vec::new(),
            last_commit: Instant::now(),
            metadata_error: None,
        })
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Joins the group with the next poll. Needs `group.id`.
    pub fn subscribe(&mut self, subscription: Subscription) -> Result<()> {
        if self.manual {
            return Err(ClientError::State("partitions were already chosen by hand".into()));
        }
        let Some(group_id) = self.settings.group_id.clone() else {
            return Err(ClientError::State(
                "To use the group management or offset commit APIs, you must provide a valid group.id in the consumer configuration."
                    .into(),
            ));
        };
        if self.group.is_none() {
            self.group = Some(Group::new(group_id, self.cluster.clone(), self.settings.clone())?);
        }
        self.subscription = Some(subscription);
        Ok(())
    }

    /// Chooses partitions without a group.
    pub fn assign(&mut self, partitions: &[(&str, i32, StartAt)]) -> Result<()> {
        if self.subscription.is_some() {
            return Err(ClientError::State("the consumer is subscribed to topics".into()));
        }
        self.manual = true;
        let chosen = partitions.iter().map(|(topic, partition, start)| {
            let next = if let StartAt::Offset(offset) = start { Some(*offset) } else { None };
            let position = Position { next, start: *start, leader_epoch: -1, paused: false };
            ((Arc::<str>::from(*topic), *partition), position)
        });
        self.positions = chosen.collect();
        self.fetcher.keep_only(&self.positions);
        Ok(())
    }

    /// Goes on at an offset.
    pub fn seek(&mut self, topic: &str, partition: i32, offset: i64) -> Result<()> {
        self.seek_to(topic, partition, StartAt::Offset(offset))
    }

    pub fn seek_to(&mut self, topic: &str, partition: i32, start: StartAt) -> Result<()> {
        let key: Partition = (topic.into(), partition);
        let Some(position) = self.positions.get_mut(&key) else {
            return Err(ClientError::State(format!("No current assignment for partition {topic}-{partition}")));
        };
        position.next = if let StartAt::Offset(offset) = start { Some(offset) } else { None };
        position.start = start;
        self.fetcher.discard(&key);
        Ok(())
    }

    /// Stops or goes on fetching a partition, which stays assigned.
    pub fn set_paused(&mut self, topic: &str, partition: i32, paused: bool) {
        if let Some(position) = self.positions.get_mut(&(topic.into(), partition)) {
            position.paused = paused;
        }
    }

    pub fn assignment(&self) -> Vec<(String, i32)> {
        listed(&self.positions)
    }

    /// The next offset that poll hands out; `None` while it is not known.
    pub fn position(&self, topic: &str, partition: i32) -> Option<i64> {
        self.positions.get(&(topic.into(), partition))?.next
    }

    /// Rebalances since the last call, in order.
    pub fn take_events(&mut self) -> Vec<RebalanceEvent> {
        std::mem::take(&mut self.events)
    }

    /// The member id in the group, while there is one.
    pub fn member_id(&self) -> Option<String> {
        self.group.as_ref().map(Group::member_id)
    }

    /// Records, at most `max.poll.records`; none when `timeout` passes without. Keeps the membership alive, rebalances
    /// and commits as the settings say.
    pub fn poll(&mut self, timeout: Duration) -> Result<Vec<ConsumerRecord>> {
        let deadline = Instant::now() + timeout;
        loop {
            self.join_group(deadline)?;
            self.commit_if_due();
            if !self.positions.is_empty() {
                self.find_positions()?;
                let records = self.fetcher.collect(&mut self.positions, deadline)?;
                if !records.is_empty() {
                    return Ok(records);
                }
                self.reset_out_of_range()?;
            } else {
                std::thread::sleep(left_until(deadline, Duration::from_millis(20)));
            }
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
        }
    }

    fn join_group(&mut self, deadline: Instant) -> Result<()> {
        if self.group.is_none() {
            return Ok(());
        }
        self.refresh_subscription(deadline)?;
        let Some(group) = &mut self.group else { return Ok(()) };
        group.polled()?;
        let topics: Vec<String> = self.subscribed.iter().cloned().collect();
        if topics.is_empty() {
            return Ok(());
        }
        let keeps = self.settings.is_cooperative() && !group.is_lost();
        if group.must_revoke() && !keeps && !self.positions.is_empty() {
            let revoked = listed(&self.positions);
            let lost = group.is_lost();
            if !lost && self.settings.auto_commit.is_some() {
                let _ = commit(group, &self.positions);
            }
            self.positions.clear();
            self.fetcher.keep_only(&self.positions);
            self.events.push(if lost { RebalanceEvent::Lost(revoked) } else { RebalanceEvent::Revoked(revoked) });
        }
        if let Some(assigned) = group.advance(&topics, deadline)? {
            self.take_assignment(&assigned);
        }
        Ok(())
    }

    /// Goes over to a new assignment. What a cooperative member had and has not any more is committed and given up, and the
    /// member joins again, so that others get it.
    fn take_assignment(&mut self, assigned: &BTreeMap<String, Vec<i32>>) {
        let has = |(topic, partition): &Partition| {
            assigned.get(&**topic).is_some_and(|partitions| partitions.contains(partition))
        };
        let given_up: BTreeMap<Partition, Position> = self
            .positions
            .iter()
            .filter(|(partition, _)| !has(partition))
            .map(|(partition, position)| (partition.clone(), position.clone()))
            .collect();
        if let Some(group) = self.group.as_ref().filter(|_| !given_up.is_empty()) {
            if self.settings.auto_commit.is_some() {
                let _tried_again_by_others = commit(group, &given_up);
            }
            self.positions.retain(|partition, _| has(partition));
            self.events.push(RebalanceEvent::Revoked(listed(&given_up)));
            group.rejoin();
        }
        let mut added = Vec::new();
        for (topic, partition) in assigned.iter().flat_map(|(topic, all)| all.iter().map(move |one| (topic, *one))) {
            let position = Position { next: None, start: StartAt::Committed, leader_epoch: -1, paused: false };
            self.positions.entry((topic.as_str().into(), partition)).or_insert_with(|| {
                added.push((topic.clone(), partition));
                position
            });
        }
        self.fetcher.keep_only(&self.positions);
        self.last_commit = Instant::now();
        self.events.push(RebalanceEvent::Assigned(added));
    }

    /// Finds the topics of the subscription, and rejoins when they or their partitions changed.
    fn refresh_subscription(&mut self, deadline: Instant) -> Result<()> {
        let Some(subscription) = &self.subscription else { return Ok(()) };
        let missing = match subscription {
            Subscription::Topics(topics) => {
                let known = self.cluster.metadata();
                topics.iter().any(|topic| known.topics.get(topic).is_none_or(|t| !t.error.is_ok()))
            }
            Subscription::Matching(_) => false,
        };
        if !missing && !self.cluster.is_stale() && !self.subscribed.is_empty() {
            return Ok(());
        }
        let api = self.cluster.deadline();
        let deadline = deadline.max(Instant::now() + Duration::from_millis(100)).min(api);
        let (topics, refreshed) = match subscription {
            Subscription::Topics(topics) => {
                let names: Vec<&str> = topics.iter().map(String::as_str).collect();
                let create = self.settings.allow_auto_create_topics;
                let refreshed = self.cluster.refresh(Wanted::Names(&names), create, "metadata", deadline);
                (topics.iter().cloned().collect::<BTreeSet<_>>(), refreshed)
            }
            Subscription::Matching(accepts) => {
                let refreshed = self.cluster.refresh(Wanted::All, false, "metadata", deadline);
                let metadata = self.cluster.metadata();
                let matching = metadata.topics.values().filter(|topic| {
                    !(topic.is_internal && self.settings.exclude_internal_topics) && accepts(&topic.name)
                });
                (matching.map(|topic| topic.name.clone()).collect(), refreshed)
            }
        };
        match refreshed {
            Ok(_) | Err(ClientError::Timeout(_)) => {}
            Err(error) if error.is_retriable() => {}
            Err(error) => return Err(error),
        }
        let metadata = self.cluster.metadata();
        for topic in &topics {
            match metadata.topics.get(topic).map(|t| t.error) {
                Some(ErrorCode::InvalidTopicException) => {
                    return Err(ClientError::broker(
                        ErrorCode::InvalidTopicException,
                        Some(format!("Invalid topics: [{topic}]")),
                    ));
                }
                Some(error) => self.metadata_error = Some(error).filter(|error| !error.is_ok()),
                None => {}
            }
        }
        if topics != self.subscribed
            && let Some(group) = &mut self.group
        {
            group.rejoin();
        }
        self.subscribed = topics;
        if let Some(group) = &mut self.group {
            group.watch_partitions(&metadata, &self.subscribed);
        }
        if missing {
            std::thread::sleep(left_until(deadline, Duration::from_millis(50)));
        }
        Ok(())
    }

    /// Gives partitions without a position one: the committed offset, or the reset policy's.
    fn find_positions(&mut self) -> Result<()> {
        let wanting =
            |start_is: fn(StartAt) -> bool, positions: &BTreeMap<Partition, Position>| -> Vec<(String, i32)> {
                let open = positions.iter().filter(|(_, p)| p.next.is_none() && start_is(p.start));
                open.map(|((topic, partition), _)| (topic.to_string(), *partition)).collect()
            };
        let committed = wanting(|start| start == StartAt::Committed, &self.positions);
        if !committed.is_empty() {
            let found = self.committed(&committed)?;
            for (topic, partition) in &committed {
                let offset = found.get(&(topic.clone(), *partition)).copied();
                let start = match offset {
                    Some(_) => StartAt::Committed,
                    None => self.reset_policy(topic, *partition)?.0,
                };
                if let Some(position) = self.positions.get_mut(&(topic.as_str().into(), *partition)) {
                    (position.next, position.start) = (offset, start);
                }
            }
        }
        let mut specs: BTreeMap<(String, i32), OffsetSpec> = BTreeMap::new();
        for (key, position) in self.positions.iter().filter(|(_, p)| p.next.is_none()) {
            let (topic, partition) = (key.0.to_string(), key.1);
            let spec = match position.start {
                StartAt::Beginning => OffsetSpec::Earliest,
                StartAt::End => OffsetSpec::Latest,
                StartAt::Committed | StartAt::Offset(_) => self.reset_policy(&topic, partition)?.1,
            };
            specs.insert((topic, partition), spec);
        }
        if specs.is_empty() {
            return Ok(());
        }
        for ((topic, partition), at) in self.offsets(&specs)? {
            match at {
                Ok(at) if at.offset >= 0 => {
                    if let Some(position) = self.positions.get_mut(&(topic.as_str().into(), partition)) {
                        position.next = Some(at.offset);
                    }
                }
                Ok(_) => {
                    // No record at or after the time: the end.
                    self.seek_to(&topic, partition, StartAt::End)?;
                }
                Err(error) if error.is_retriable() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn reset_policy(&self, topic: &str, partition: i32) -> Result<(StartAt, OffsetSpec)> {
        match self.settings.auto_offset_reset {
            OffsetReset::Earliest => Ok((StartAt::Beginning, OffsetSpec::Earliest)),
            OffsetReset::Latest => Ok((StartAt::End, OffsetSpec::Latest)),
            OffsetReset::ByDuration(ago) => {
                let since = crate::producer::now_ms() - ago.as_millis() as i64;
                Ok((StartAt::Offset(-1), OffsetSpec::Timestamp(since.max(0))))
            }
            OffsetReset::None => Err(ClientError::NoOffset(format!("{topic}-{partition}"))),
        }
    }

    fn reset_out_of_range(&mut self) -> Result<()> {
        for (topic, partition) in self.fetcher.take_out_of_range() {
            let (start, _) = self.reset_policy(&topic, partition)?;
            if let Some(position) = self.positions.get_mut(&(topic, partition)) {
                (position.next, position.start) = (None, start);
            }
        }
        Ok(())
    }

    fn committed(&self, partitions: &[(String, i32)]) -> Result<BTreeMap<(String, i32), i64>> {
        match &self.group {
            Some(group) => group.committed(partitions),
            None => match &self.settings.group_id {
                Some(id) => offsets::committed_of(&self.cluster, id, partitions),
                None => Ok(BTreeMap::new()),
            },
        }
    }

    /// Offsets by time or place, at the isolation level of this consumer.
    pub fn offsets(
        &self,
        wanted: &BTreeMap<(String, i32), OffsetSpec>,
    ) -> Result<BTreeMap<(String, i32), Result<OffsetAt>>> {
        let isolation =
            if self.settings.read_committed { IsolationLevel::ReadCommitted } else { IsolationLevel::ReadUncommitted };
        list_offsets(&self.cluster, wanted, isolation, self.cluster.deadline())
    }

    fn commit_if_due(&mut self) {
        let due = self.settings.auto_commit.is_some_and(|interval| self.last_commit.elapsed() >= interval);
        if due && !self.positions.is_empty() {
            // As in Kafka, a background commit that fails is tried again with the next one.
            let _ = self.commit();
            self.last_commit = Instant::now();
        }
    }

    /// Commits the positions of all assigned partitions.
    pub fn commit(&self) -> Result<()> {
        match &self.group {
            Some(group) => commit(group, &self.positions),
            None => match &self.settings.group_id {
                Some(id) => offsets::commit_of(&self.cluster, id, &next_offsets(&self.positions)),
                None => Ok(()),
            },
        }
    }

    /// Commits these offsets.
    pub fn commit_offsets(&self, offsets: &BTreeMap<(String, i32), i64>) -> Result<()> {
        let offsets: Commits = offsets.iter().map(|(key, offset)| (key.clone(), (*offset, -1))).collect();
        match (&self.group, &self.settings.group_id) {
            (Some(group), _) => group.commit(&offsets),
            (None, Some(id)) => offsets::commit_of(&self.cluster, id, &offsets),
            (None, None) => Err(ClientError::State("there is no group.id to commit for".into())),
        }
    }

    /// Commits if it is automatic, leaves the group, and stops.
    pub fn close(mut self) -> Result<()> {
        let committed = match (&self.settings.auto_commit, self.positions.is_empty()) {
            (Some(_), false) if self.settings.group_id.is_some() => self.commit(),
            _ => Ok(()),
        };
        if let Some(group) = self.group.take() {
            group.leave();
        }
        committed
    }
}

fn listed(positions: &BTreeMap<Partition, Position>) -> Vec<(String, i32)> {
    positions.keys().map(|(topic, partition)| (topic.to_string(), *partition)).collect()
}

/// Next offset and the leader epoch of the record before it (-1: unknown) per partition.
pub(crate) type Commits = BTreeMap<(String, i32), (i64, i32)>;

fn next_offsets(positions: &BTreeMap<Partition, Position>) -> Commits {
    let known = positions.iter().filter_map(|(key, p)| Some((key, (p.next?, p.leader_epoch))));
    known.map(|((topic, partition), at)| ((topic.to_string(), *partition), at)).collect()
}

fn commit(group: &Group, positions: &BTreeMap<Partition, Position>) -> Result<()> {
    group.commit(&next_offsets(positions))
}
