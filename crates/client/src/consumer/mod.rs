//! The consumer: chosen partitions or a group, fetching with positions, commits, offset resets. One thread polls; a group
//! member has a second one that only sends heartbeats.

mod assignor;
mod fetched;
mod fetcher;
mod group;
mod heartbeat;
mod leading;
mod membership;
mod metrics;
mod offsets;
mod rebalance;
mod session;
mod sticky;
mod types;

pub use assignor::{assign_range, assign_round_robin};
pub(crate) use offsets::committed_topics;
pub use sticky::{StickyMember, assign_cooperative, assign_sticky};
pub(crate) use types::Position;
pub use types::{ConsumerRecord, OffsetReset, RebalanceEvent, RecordHeader, StartAt, Subscription};

use crate::admin::{IsolationLevel, OffsetAt, OffsetSpec, list_offsets};
use crate::cluster::left_until;
use crate::metrics::{Metric, Registry};
use crate::{ClientError, Cluster, ConsumerSettings, Metadata, Result};
use base::ErrorCode;
use fetcher::Fetcher;
use group::Group;
use metrics::{FetchMetrics, MemberMetrics};
use offsets::Effort;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) type Partition = (Arc<str>, i32);

/// How long a background commit may hold poll up.
const COMMIT_IN_PASSING: Effort = Effort::Passing(Duration::from_secs(1));

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
    /// The metadata that a pattern was matched with last.
    matched: Option<Arc<Metadata>>,
    events: Vec<RebalanceEvent>,
    last_commit: Instant,
    metadata_error: Option<ErrorCode>,
    metrics: Arc<MemberMetrics>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer").field("positions", &self.positions).finish_non_exhaustive()
    }
}

impl Consumer {
    /// Connects with the first poll.
    pub fn new(settings: ConsumerSettings) -> Result<Consumer> {
        let registry = Registry::new("consumer", &settings.common.client_id);
        let cluster = Arc::new(Cluster::metered(settings.common.clone(), &registry)?);
        let settings = Arc::new(settings);
        Ok(Consumer {
            fetcher: Fetcher::new(cluster.clone(), settings.clone(), FetchMetrics::new(&registry)),
            cluster,
            settings,
            positions: BTreeMap::new(),
            group: None,
            subscription: None,
            manual: false,
            subscribed: BTreeSet::new(),
            matched: None,
            events: Vec::new(),
            last_commit: Instant::now(),
            metadata_error: None,
            metrics: Arc::new(MemberMetrics::new(&registry)),
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
            self.group = Some(Group::new(group_id, self.cluster.clone(), self.settings.clone(), self.metrics.clone())?);
        }
        self.fetcher.follow_all_topics(matches!(subscription, Subscription::Matching(_)));
        (self.subscription, self.matched) = (Some(subscription), None);
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

    /// What this consumer counted so far. `version` is what the metric `version` says.
    pub fn metrics(&self, version: &str) -> Vec<Metric> {
        self.metrics.metrics(version, self.positions.len())
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
        self.metrics.polled();
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
            let _ = self.commit_positions(COMMIT_IN_PASSING);
            self.last_commit = Instant::now();
        }
    }

    /// Commits the positions of all assigned partitions.
    pub fn commit(&self) -> Result<()> {
        self.commit_positions(Effort::Full)
    }

    fn commit_positions(&self, effort: Effort) -> Result<()> {
        let offsets = next_offsets(&self.positions);
        match (&self.group, &self.settings.group_id) {
            (Some(group), _) => group.commit(&offsets, effort),
            (None, Some(id)) => offsets::commit_of(&self.cluster, id, &offsets, effort),
            (None, None) => Ok(()),
        }
    }

    /// Commits these offsets.
    pub fn commit_offsets(&self, offsets: &BTreeMap<(String, i32), i64>) -> Result<()> {
        let offsets: Commits = offsets.iter().map(|(key, offset)| (key.clone(), (*offset, -1))).collect();
        match (&self.group, &self.settings.group_id) {
            (Some(group), _) => group.commit(&offsets, Effort::Full),
            (None, Some(id)) => offsets::commit_of(&self.cluster, id, &offsets, Effort::Full),
            (None, None) => Err(ClientError::State("there is no group.id to commit for".into())),
        }
    }

    /// Commits if it is automatic, leaves the group, and stops.
    pub fn close(mut self) -> Result<()> {
        let committed = match (&self.settings.auto_commit, self.positions.is_empty()) {
            (Some(_), false) => self.commit_positions(Effort::Passing(self.settings.common.api_timeout)),
            _ => Ok(()),
        };
        // A member that is out of the group, or between two generations, has nothing to commit.
        let committed = match committed {
            Err(ClientError::CommitFailed) => Ok(()),
            Err(error) if error.code() == ErrorCode::RebalanceInProgress => Ok(()),
            committed => committed,
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
