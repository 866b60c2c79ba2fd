//! The consumer's own metrics.

use super::Partition;
use crate::cluster::lock;
use crate::metrics::{LEVEL, METER, Metric, Registry, Sensor, Shown};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

const FETCHING: &str = "fetch-manager-metrics";
const COORDINATOR: &str = "coordinator-metrics";

/// What one topic, or all of them, gave.
struct Consumed {
    bytes: Arc<Sensor>,
    records: Arc<Sensor>,
    fetch_size: Arc<Sensor>,
}

impl Consumed {
    fn new(registry: &Registry, tags: &[(&'static str, &str)]) -> Consumed {
        let sensor = |name, shown| registry.sensor(FETCHING, tags, name, shown);
        Consumed {
            bytes: sensor("bytes-consumed", METER),
            records: sensor("records-consumed", METER),
            fetch_size: sensor("fetch-size", LEVEL),
        }
    }
}

/// Distances of a position from the ends of its log.
struct Distances {
    lag: Arc<Sensor>,
    lead: Arc<Sensor>,
}

/// Sensors of fetching.
pub(super) struct FetchMetrics {
    registry: Arc<Registry>,
    latency: Arc<Sensor>,
    fetches: Arc<Sensor>,
    throttled: Arc<Sensor>,
    all: Consumed,
    ends: Distances,
    topics: BTreeMap<Arc<str>, Consumed>,
    partitions: BTreeMap<Partition, Distances>,
}

impl FetchMetrics {
    pub fn new(registry: &Arc<Registry>) -> FetchMetrics {
        let sensor = |name, shown| registry.sensor(FETCHING, &[], name, shown);
        FetchMetrics {
            registry: registry.clone(),
            latency: sensor("fetch-latency", LEVEL),
            fetches: sensor("fetch", METER),
            throttled: sensor("fetch-throttle-time", LEVEL),
            all: Consumed::new(registry, &[]),
            ends: Distances {
                lag: sensor("records-lag", &[Shown::Maximum]),
                lead: sensor("records-lead", &[Shown::Minimum]),
            },
            topics: BTreeMap::new(),
            partitions: BTreeMap::new(),
        }
    }

    /// A fetch was answered.
    pub fn answered(&self, asked: Instant, throttle_ms: i32) {
        self.latency.record_ms(asked);
        self.fetches.record(1.0);
        self.throttled.record(f64::from(throttle_ms));
    }

    fn topic(&mut self, topic: &Arc<str>) -> &Consumed {
        let registry = &self.registry;
        self.topics.entry(topic.clone()).or_insert_with(|| Consumed::new(registry, &[("topic", topic)]))
    }

    /// Bytes of a topic's records in an answer.
    pub fn fetched(&mut self, topic: &Arc<str>, bytes: usize) {
        self.topic(topic).fetch_size.record(bytes as f64);
    }

    pub fn fetched_in_all(&self, bytes: usize) {
        self.all.fetch_size.record(bytes as f64);
    }

    /// Records were handed out, with so many bytes of batches; `lag` and `lead` are the position's distances from the
    /// high watermark and the start of the log.
    pub fn consumed(&mut self, partition: &Partition, records: usize, bytes: usize, lag: i64, lead: i64) {
        self.topic(&partition.0);
        for consumed in self.topics.get(&partition.0).into_iter().chain([&self.all]) {
            consumed.records.record(records as f64);
            consumed.bytes.record(bytes as f64);
        }
        let registry = &self.registry;
        let ends = self.partitions.entry(partition.clone()).or_insert_with(|| {
            let index = partition.1.to_string();
            let tags = [("topic", &*partition.0), ("partition", index.as_str())];
            let sensor = |name, shown| registry.sensor(FETCHING, &tags, name, shown);
            Distances {
                lag: sensor("records-lag", &[Shown::Newest, Shown::Average, Shown::Maximum]),
                lead: sensor("records-lead", &[Shown::Newest, Shown::Average, Shown::Minimum]),
            }
        });
        for ends in [&*ends, &self.ends] {
            ends.lag.record(lag as f64);
            ends.lead.record(lead as f64);
        }
    }
}

#[derive(Default)]
struct Moments {
    polled: Option<Instant>,
    beaten: Option<Instant>,
    rebalanced: Option<Instant>,
    /// Of the rebalance that is under way.
    rebalance_began: Option<Instant>,
    /// Of the join or sync that is under way.
    step_began: Option<Instant>,
}

/// Sensors of polling and of the group.
pub(crate) struct MemberMetrics {
    pub registry: Arc<Registry>,
    between_polls: Arc<Sensor>,
    commits: Arc<Sensor>,
    commit_latency: Arc<Sensor>,
    commit_sync: Arc<Sensor>,
    heartbeats: Arc<Sensor>,
    heartbeat_time: Arc<Sensor>,
    joins: Arc<Sensor>,
    join_time: Arc<Sensor>,
    syncs: Arc<Sensor>,
    sync_time: Arc<Sensor>,
    rebalances: Arc<Sensor>,
    rebalance_latency: Arc<Sensor>,
    moments: Mutex<Moments>,
}

impl MemberMetrics {
    pub fn new(registry: &Arc<Registry>) -> MemberMetrics {
        let of_group = |name, shown| registry.sensor(COORDINATOR, &[], name, shown);
        MemberMetrics {
            registry: registry.clone(),
            between_polls: registry.sensor("metrics", &[], "time-between-poll", LEVEL),
            commit_sync: registry.sensor("metrics", &[], "commit-sync-time-ns", &[Shown::Total]),
            commits: of_group("commit", METER),
            commit_latency: of_group("commit-latency", LEVEL),
            heartbeats: of_group("heartbeat", METER),
            heartbeat_time: of_group("heartbeat-response-time", &[Shown::Maximum]),
            joins: of_group("join", METER),
            join_time: of_group("join-time", LEVEL),
            syncs: of_group("sync", METER),
            sync_time: of_group("sync-time", LEVEL),
            rebalances: of_group("rebalance", &[Shown::RatePerHour, Shown::Total]),
            rebalance_latency: of_group("rebalance-latency", &[Shown::Average, Shown::Maximum, Shown::Total]),
            moments: Mutex::default(),
        }
    }

    pub fn polled(&self) {
        if let Some(before) = lock(&self.moments).polled.replace(Instant::now()) {
            self.between_polls.record_ms(before);
        }
    }

    pub fn committed(&self, began: Instant) {
        self.commits.record(1.0);
        self.commit_latency.record_ms(began);
        self.commit_sync.record_ns(began);
    }

    pub fn beaten(&self, began: Instant) {
        lock(&self.moments).beaten = Some(began);
        self.heartbeats.record(1.0);
        self.heartbeat_time.record_ms(began);
    }

    pub fn joining(&self) {
        let mut moments = lock(&self.moments);
        let now = Instant::now();
        moments.step_began = Some(now);
        moments.rebalance_began.get_or_insert(now);
    }

    pub fn joined(&self) {
        if let Some(began) = lock(&self.moments).step_began.replace(Instant::now()) {
            self.joins.record(1.0);
            self.join_time.record_ms(began);
        }
    }

    pub fn synced(&self) {
        let mut moments = lock(&self.moments);
        if let Some(began) = moments.step_began.take() {
            self.syncs.record(1.0);
            self.sync_time.record_ms(began);
        }
        if let Some(began) = moments.rebalance_began.take() {
            self.rebalances.record(1.0);
            self.rebalance_latency.record_ms(began);
        }
        moments.rebalanced = Some(Instant::now());
    }

    /// Everything, with what is known only when it is asked for.
    pub fn metrics(&self, version: &str, assigned: usize) -> Vec<Metric> {
        let moments = lock(&self.moments);
        let ago = |at: Option<Instant>| at.map_or(-1.0, |at| at.elapsed().as_secs() as f64);
        let more = vec![
            self.registry.metric(COORDINATOR, "assigned-partitions", assigned as f64),
            self.registry.metric(COORDINATOR, "last-heartbeat-seconds-ago", ago(moments.beaten)),
            self.registry.metric(COORDINATOR, "last-rebalance-seconds-ago", ago(moments.rebalanced)),
            self.registry.metric("metrics", "last-poll-seconds-ago", ago(moments.polled)),
        ];
        self.registry.metrics(version, more)
    }
}
