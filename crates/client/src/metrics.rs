//! What a client counts of itself, under the names that Kafka's clients give to it (KIP-714 lists most of them). Rates,
//! averages and extremes are over two windows of half a minute, as Kafka's are by default; totals are of the client's life.

use crate::cluster::lock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// `metrics.sample.window.ms`.
const WINDOW: Duration = Duration::from_secs(30);

/// A metric with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    pub group: String,
    pub name: String,
    /// `client-id` first.
    pub tags: Vec<(&'static str, String)>,
    pub value: MetricValue,
}

#[derive(Debug, Clone, PartialEq)]
pub enum MetricValue {
    /// Not a number where nothing was measured.
    Number(f64),
    Text(String),
}

/// What of a sensor is a metric; the suffix of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Rate,
    RatePerHour,
    Total,
    Average,
    Maximum,
    Minimum,
    /// The average under the bare name.
    BareAverage,
    /// The newest value under the bare name.
    Newest,
}

/// How often, and how much in all.
pub(crate) const METER: &[Shown] = &[Shown::Rate, Shown::Total];
/// How much at a time.
pub(crate) const LEVEL: &[Shown] = &[Shown::Average, Shown::Maximum];

impl Shown {
    fn suffix(self) -> &'static str {
        match self {
            Shown::Rate => "-rate",
            Shown::RatePerHour => "-rate-per-hour",
            Shown::Total => "-total",
            Shown::Average => "-avg",
            Shown::Maximum => "-max",
            Shown::Minimum => "-min",
            Shown::BareAverage | Shown::Newest => "",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Instant,
    count: f64,
    sum: f64,
    max: f64,
    min: f64,
}

impl Window {
    fn new(began: Instant) -> Window {
        Window { began, count: 0.0, sum: 0.0, max: f64::NAN, min: f64::NAN }
    }
}

#[derive(Debug)]
struct Values {
    /// The one before and the current one.
    windows: [Window; 2],
    total: f64,
    newest: f64,
}

impl Values {
    fn new(now: Instant) -> Values {
        Values { windows: [Window::new(now), Window::new(now)], total: 0.0, newest: f64::NAN }
    }

    fn record(&mut self, value: f64, now: Instant) {
        if now.duration_since(self.windows[1].began) >= WINDOW {
            self.windows = [self.windows[1], Window::new(now)];
        }
        let current = &mut self.windows[1];
        current.count += 1.0;
        current.sum += value;
        current.max = current.max.max(value);
        current.min = current.min.min(value);
        self.total += value;
        self.newest = value;
    }

    fn value(&self, shown: Shown, now: Instant) -> f64 {
        let recent = self.windows.iter().filter(|window| now.duration_since(window.began) < WINDOW * 2);
        let (mut count, mut sum, mut max, mut min, mut oldest) = (0.0, 0.0, f64::NAN, f64::NAN, now);
        for window in recent {
            (count, sum, oldest) = (count + window.count, sum + window.sum, oldest.min(window.began));
            (max, min) = (max.max(window.max), min.min(window.min));
        }
        // A rate is over one full window at least, so that a first event is no storm.
        let elapsed = now.duration_since(oldest);
        let elapsed = if elapsed < WINDOW { elapsed + WINDOW } else { elapsed };
        match shown {
            Shown::Rate => sum / elapsed.as_secs_f64(),
            Shown::RatePerHour => sum / elapsed.as_secs_f64() * 3600.0,
            Shown::Total => self.total,
            Shown::Average | Shown::BareAverage => sum / count,
            Shown::Maximum => max,
            Shown::Minimum => min,
            Shown::Newest => self.newest,
        }
    }
}

/// Takes the measurements of one thing.
#[derive(Debug)]
pub(crate) struct Sensor {
    shown: &'static [Shown],
    values: Mutex<Values>,
}

impl Sensor {
    pub fn record(&self, value: f64) {
        lock(&self.values).record(value, Instant::now());
    }

    /// Moves the newest value, from 0.
    pub fn add(&self, difference: f64) {
        let mut values = lock(&self.values);
        let before = if values.newest.is_nan() { 0.0 } else { values.newest };
        values.record(before + difference, Instant::now());
    }

    /// Milliseconds since then.
    pub fn record_ms(&self, since: Instant) {
        self.record(since.elapsed().as_secs_f64() * 1000.0);
    }

    /// Nanoseconds since then.
    pub fn record_ns(&self, since: Instant) {
        self.record(since.elapsed().as_nanos() as f64);
    }
}

type Tags = Vec<(&'static str, String)>;

/// The sensors of one client.
#[derive(Debug)]
pub(crate) struct Registry {
    /// `producer` or `consumer`.
    kind: &'static str,
    client_id: String,
    started_ms: i64,
    sensors: Mutex<BTreeMap<(String, Tags, &'static str), Arc<Sensor>>>,
}

impl Registry {
    pub fn new(kind: &'static str, client_id: &str) -> Arc<Registry> {
        let started_ms = crate::producer::now_ms();
        Arc::new(Registry { kind, client_id: client_id.to_owned(), started_ms, sensors: Mutex::default() })
    }

    fn tags(&self, tags: &[(&'static str, &str)]) -> Tags {
        let more = tags.iter().map(|(name, value)| (*name, (*value).to_owned()));
        [("client-id", self.client_id.clone())].into_iter().chain(more).collect()
    }

    /// The sensor of that name, made with its first use. `group` is Kafka's without the kind of client in front.
    pub fn sensor(
        &self,
        group: &str,
        tags: &[(&'static str, &str)],
        name: &'static str,
        shown: &'static [Shown],
    ) -> Arc<Sensor> {
        let key = (format!("{}-{group}", self.kind), self.tags(tags), name);
        let new = || Arc::new(Sensor { shown, values: Mutex::new(Values::new(Instant::now())) });
        lock(&self.sensors).entry(key).or_insert_with(new).clone()
    }

    /// A value that nobody records.
    pub fn metric(&self, group: &str, name: &str, value: f64) -> Metric {
        Metric {
            group: format!("{}-{group}", self.kind),
            name: name.to_owned(),
            tags: self.tags(&[]),
            value: MetricValue::Number(value),
        }
    }

    /// Everything as it is now, with `more`.
    pub fn metrics(&self, version: &str, more: Vec<Metric>) -> Vec<Metric> {
        let now = Instant::now();
        let mut all = more;
        for ((group, tags, name), sensor) in lock(&self.sensors).iter() {
            let values = lock(&sensor.values);
            all.extend(sensor.shown.iter().map(|shown| Metric {
                group: group.clone(),
                name: format!("{name}{}", shown.suffix()),
                tags: tags.clone(),
                value: MetricValue::Number(values.value(*shown, now)),
            }));
        }
        let own = |group: &str, name: &str, value| Metric {
            group: group.to_owned(),
            name: name.to_owned(),
            tags: self.tags(&[]),
            value,
        };
        all.push(own("app-info", "start-time-ms", MetricValue::Text(self.started_ms.to_string())));
        all.push(own("app-info", "version", MetricValue::Text(version.to_owned())));
        all.push(own("kafka-metrics-count", "count", MetricValue::Number(all.len() as f64 + 1.0)));
        all
    }

    /// Counts one connection to a node.
    pub fn meter(&self, node: i32) -> NodeMeter {
        let node_id = format!("node-{node}");
        let tags = [("node-id", node_id.as_str())];
        let meter = NodeMeter {
            wires: [self.wire("metrics", &[]), self.wire("node-metrics", &tags)],
            operations: self.sensor("metrics", &[], "network-io", METER),
            latency: self.sensor("node-metrics", &tags, "request-latency", LEVEL),
            closed: self.sensor("metrics", &[], "connection-close", METER),
            open: self.sensor("metrics", &[], "connection-count", &[Shown::Newest]),
        };
        self.sensor("metrics", &[], "connection-creation", METER).record(1.0);
        meter.open.add(1.0);
        meter
    }

    fn wire(&self, group: &str, tags: &[(&'static str, &str)]) -> Wire {
        Wire {
            incoming: self.sensor(group, tags, "incoming-byte", METER),
            outgoing: self.sensor(group, tags, "outgoing-byte", METER),
            requests: self.sensor(group, tags, "request", METER),
            request_size: self.sensor(group, tags, "request-size", LEVEL),
            responses: self.sensor(group, tags, "response", METER),
        }
    }
}

#[derive(Debug)]
struct Wire {
    incoming: Arc<Sensor>,
    outgoing: Arc<Sensor>,
    requests: Arc<Sensor>,
    request_size: Arc<Sensor>,
    responses: Arc<Sensor>,
}

/// Counts what goes over one connection, as long as it is open.
#[derive(Debug)]
pub(crate) struct NodeMeter {
    /// Of the client, and of the node.
    wires: [Wire; 2],
    operations: Arc<Sensor>,
    latency: Arc<Sensor>,
    closed: Arc<Sensor>,
    open: Arc<Sensor>,
}

impl NodeMeter {
    pub fn sent(&self, bytes: usize) {
        self.operations.record(1.0);
        for wire in &self.wires {
            wire.outgoing.record(bytes as f64);
            wire.requests.record(1.0);
            wire.request_size.record(bytes as f64);
        }
    }

    pub fn received(&self, bytes: usize) {
        self.operations.record(1.0);
        for wire in &self.wires {
            wire.incoming.record(bytes as f64);
            wire.responses.record(1.0);
        }
    }

    /// How long a request took that moves records.
    pub fn answered(&self, sent: Instant) {
        self.latency.record_ms(sent);
    }
}

impl Drop for NodeMeter {
    fn drop(&mut self) {
        self.closed.record(1.0);
        self.open.add(-1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(events: &[(u64, f64)], at_s: u64, shown: Shown, expected: f64) {
        let began = Instant::now();
        let mut values = Values::new(began);
        for (second, value) in events {
            values.record(*value, began + Duration::from_secs(*second));
        }
        let value = values.value(shown, began + Duration::from_secs(at_s));
        let same = value == expected || value.is_nan() && expected.is_nan();
        assert!(same, "{shown:?} of {events:?} after {at_s} s is {value}");
    }

    #[test]
    fn rates_are_over_a_full_window_at_least() {
        check(&[(0, 300.0)], 0, Shown::Rate, 10.0);
        check(&[(0, 300.0)], 10, Shown::Rate, 7.5);
        check(&[(0, 300.0), (40, 300.0)], 40, Shown::Rate, 15.0);
        check(&[(0, 300.0)], 0, Shown::RatePerHour, 36_000.0);
        check(&[], 5, Shown::Rate, 0.0);
    }

    #[test]
    fn what_is_older_than_two_windows_counts_in_the_total_only() {
        let events = [(0, 10.0), (35, 2.0), (70, 4.0)];
        check(&events, 70, Shown::Total, 16.0);
        check(&events, 70, Shown::Average, 3.0);
        check(&events, 70, Shown::Maximum, 4.0);
        check(&events, 70, Shown::Minimum, 2.0);
        check(&events, 200, Shown::Maximum, f64::NAN);
        check(&events, 200, Shown::Newest, 4.0);
    }

    #[test]
    fn a_sensor_is_one_or_more_metrics_with_the_tags_of_its_client() {
        let registry = Registry::new("producer", "c");
        registry.sensor("topic-metrics", &[("topic", "t")], "record-send", METER).record(3.0);
        drop(registry.meter(-1));
        let metrics = registry.metrics("4.3.1", vec![registry.metric("metrics", "metadata-age", 1.0)]);
        let value = |group: &str, name: &str| {
            let found = metrics.iter().find(|metric| metric.group == group && metric.name == name);
            found.map(|metric| (metric.tags.len(), metric.value.clone()))
        };
        let number = |tags, value| Some((tags, MetricValue::Number(value)));
        assert_eq!(value("producer-topic-metrics", "record-send-total"), number(2, 3.0));
        assert_eq!(value("producer-metrics", "connection-count"), number(1, 0.0));
        assert_eq!(value("producer-metrics", "connection-close-total"), number(1, 1.0));
        assert_eq!(value("producer-node-metrics", "request-total"), number(2, 0.0));
        assert_eq!(value("producer-metrics", "metadata-age"), number(1, 1.0));
        assert_eq!(value("kafka-metrics-count", "count"), number(1, metrics.len() as f64));
    }
}
