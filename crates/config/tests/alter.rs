//! Changes of dynamic configs and what DescribeConfigs says after them, against what Apache Kafka 4.3.1 answered.

use std::collections::BTreeMap;

use config::*;

const NODE: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.bootstrap.servers=127.0.0.1:28011\n\
    listeners=PLAINTEXT://127.0.0.1:28010,CONTROLLER://127.0.0.1:28011\ninter.broker.listener.name=PLAINTEXT\n\
    controller.listener.names=CONTROLLER\nnum.network.threads=3\nnum.io.threads=8\nlog.dirs=/data\nnum.partitions=1\n\
    log.retention.hours=168\nlog.segment.bytes=1073741824\nlog.retention.check.interval.ms=300000\n";

#[derive(Default)]
struct Cluster {
    broker: BrokerLayers,
    topic: TopicOverrides,
    group: BTreeMap<String, String>,
    client_metrics: BTreeMap<String, String>,
}

fn cluster() -> Cluster {
    let settings = Settings::default().file("server.properties", &Properties::parse_str(NODE).unwrap());
    let static_values = load(&settings).unwrap().config.values;
    // What the controller writes when eligible leader replicas are switched on.
    let cluster_defaults = [("min.insync.replicas".to_string(), "1".to_string())].into();
    Cluster { broker: BrokerLayers { static_values, cluster_defaults, ..Default::default() }, ..Default::default() }
}

fn change(text: &str) -> Change<'_> {
    let (kind, text) = match text.as_bytes().first() {
        Some(b'+') => (ChangeKind::Append, &text[1..]),
        Some(b'-') => (ChangeKind::Subtract, &text[1..]),
        Some(b'!') => (ChangeKind::Delete, &text[1..]),
        _ => (ChangeKind::Set, text),
    };
    match text.split_once('=') {
        Some((key, value)) => Change { key, kind, value: Some(value) },
        None => Change { key: text, kind, value: None },
    }
}

/// Splits at `, ` only where a new key begins, as values may contain it too.
fn changes(text: &str) -> Vec<&str> {
    match text.split_once(", ") {
        Some((one, other)) if other.contains('=') && other.contains('.') && one.contains('=') => {
            [vec![one], changes(other)].concat()
        }
        _ => vec![text],
    }
}

fn shown(described: &Described) -> String {
    let opt = |value: &Option<String>| value.clone().unwrap_or("null".into());
    let synonyms: Vec<String> =
        described.synonyms.iter().map(|s| format!("{}:{}={}", s.source.name(), s.key, opt(&s.value))).collect();
    format!(
        "    {}={} src={} sens={} ro={} type={} syn=[{}]",
        described.key,
        opt(&described.value),
        described.source.name(),
        described.is_sensitive,
        described.is_read_only,
        described.kind.map_or("UNKNOWN", Type::name),
        synonyms.join(", ")
    )
}

impl Cluster {
    fn alter(&mut self, resource: &str, changes: &[Change<'_>]) -> Result<(), (ConfigError, Resource)> {
        let broker = self.broker.effective();
        match resource {
            "TOPIC 'p'" => {
                let (configs, _) = alter_topic(&self.topic, changes, &broker).map_err(|e| (e, Resource::Topic))?;
                self.topic = configs;
            }
            "BROKER '1'" => {
                let result = alter_broker(&self.broker, Layer::Broker, changes, true);
                self.broker.own = result.map_err(|e| (e, Resource::Broker))?.0;
            }
            "BROKER ''" => {
                let result = alter_broker(&self.broker, Layer::ClusterDefault, changes, true);
                self.broker.cluster_defaults = result.map_err(|e| (e, Resource::Broker))?.0;
            }
            "GROUP 'g'" => {
                let (configs, _) = alter_group(&self.group, changes, &broker).map_err(|e| (e, Resource::Group))?;
                self.group = configs;
            }
            "CLIENT_METRICS 'm'" => {
                let result = alter_client_metrics(&self.client_metrics, changes);
                self.client_metrics = result.map_err(|e| (e, Resource::ClientMetrics))?.0;
            }
            other => panic!("{other}"),
        }
        Ok(())
    }

    fn describe(&self, resource: &str) -> Vec<Described> {
        match resource {
            "TOPIC 'p'" => describe_topic(&self.topic, &self.broker),
            "BROKER '1'" => self.broker.describe_broker(),
            "BROKER ''" => self.broker.describe_cluster_defaults(),
            "GROUP 'g'" => describe_group(&self.group, &self.broker),
            _ => describe_client_metrics(&self.client_metrics),
        }
    }
}

fn exception(error: &ConfigError, resource: Resource) -> String {
    let class = error.code(resource).java_exception();
    format!("{}: {error}", class.rsplit('.').next().unwrap())
}

#[test]
fn dynamic_configs_change_as_in_kafka() {
    let mut cluster = cluster();
    let mut wrong = Vec::new();
    let mut described: Vec<String> = Vec::new();
    for line in include_str!("data/alter.txt").lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with("    ") {
            if !described.iter().any(|ours| ours == line) {
                let key = line.trim().split('=').next().unwrap();
                let ours: Vec<_> = described.iter().filter(|ours| ours.trim().starts_with(key)).collect();
                wrong.push(format!("Kafka: {line}\nours:  {ours:?}"));
            }
            continue;
        }
        let (request, expected) = line.split_once(" =>").unwrap();
        // What Scala puts before a failed requirement is not repeated.
        let expected = expected.trim_start().replace("requirement failed: ", "");
        let (head, rest) = request.split_once(" [").unwrap();
        let rest = rest.strip_suffix(']').unwrap();
        let got = match head.strip_prefix("alter ") {
            Some(resource) => {
                let changes: Vec<Change<'_>> = changes(rest).into_iter().map(change).collect();
                let result = cluster.alter(resource, &changes);
                described = cluster.describe(resource).iter().map(shown).collect();
                result.map_or_else(|(error, resource)| exception(&error, resource), |()| "ok".into())
            }
            None => {
                let configs: Vec<_> = changes(rest).into_iter().map(|c| c.split_once('=').unwrap()).collect();
                let configs = configs.into_iter().map(|(k, v)| (k, Some(v).filter(|v| *v != "NULL")));
                let result = validate_topic_creation(configs, &BrokerValues::default());
                result.map_or_else(|error| exception(&error, Resource::Topic), |()| "ok".into())
            }
        };
        if got.trim_end() != expected.trim_end() {
            wrong.push(format!("{request}\n  Kafka: {expected}\n  ours:  {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
