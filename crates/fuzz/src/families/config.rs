//! Configuration: properties files, listeners, whole server configurations, dynamic changes, the environment.
//!
//! Kind, number of a key, operation; then a text.

use crate::Feature;
use crate::input::{Input, feature_of, mix};
use crate::memory::{self, Bound};
use config::{
    BrokerLayers, Change, ChangeKind, GroupConfig, Layer, Origin, Properties, Settings, Table, TopicConfig,
    alter_broker, alter_client_metrics, alter_group, alter_topic, describe_client_metrics, describe_group,
    describe_topic, load, read_environment, validate_topic_creation,
};
use std::collections::BTreeMap;

/// A loaded configuration has about 400 keys; describing them copies their documentation.
const LOADED: Bound = Bound { base: 2 << 20, factor: 256 };

const NODE: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n\
    listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\nlog.dirs=/d\n";

/// Keys whose values have a form of their own.
const SHAPED: [&str; 12] = [
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "controller.listener.names",
    "inter.broker.listener.name",
    "log.dirs",
    "max.connections.per.ip.overrides",
    "process.roles",
    "log.cleanup.policy",
    "advertised.host.name",
];

pub fn run(bytes: &[u8]) -> Feature {
    memory::within(LOADED, bytes.len(), || {
        let mut input = Input(bytes);
        let (kind, key, operation) = (input.u8() % 8, usize::from(input.u16()), input.u8());
        let text = String::from_utf8_lossy(input.0);
        let outcome = match kind {
            0 => properties(input.0),
            1 => start(&format!("{NODE}{text}")),
            2 => one(SHAPED[key % SHAPED.len()], &text),
            3 => one(row(Table::broker(), key), &text),
            4 => topic(row(Table::topic(), key), operation, &text),
            5 => broker(row(Table::broker(), key), operation, &text),
            6 => other(key, operation, &text),
            _ => environment(&text),
        };
        mix([kind, operation % 4].into_iter().chain(outcome.to_le_bytes()))
    })
}

fn row(table: &'static Table, number: usize) -> &'static str {
    let names: Vec<&str> = table.rows().iter().map(|row| row.key).collect();
    names[number % names.len()]
}

/// What is stored reads back.
fn properties(bytes: &[u8]) -> Feature {
    let properties = match Properties::parse(bytes) {
        Err(error) => return feature_of(&error),
        Ok(properties) => properties,
    };
    let pairs = |all: &Properties| -> Vec<(String, String)> {
        all.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    };
    let again = Properties::parse_str(&properties.store(&["a comment"])).expect("what was stored reads back");
    assert_eq!(pairs(&again), pairs(&properties));
    mix([properties.entries.len().min(8) as u8])
}

fn start(text: &str) -> Feature {
    match Properties::parse_str(text) {
        Err(error) => feature_of(&error),
        Ok(properties) => started(&Settings::default().file("server.properties", &properties)),
    }
}

fn one(key: &str, value: &str) -> Feature {
    let mut settings = Settings::default().file("f", &Properties::parse_str(NODE).expect("our own text"));
    settings.push(key, value, Origin::Override);
    mix(key.bytes().chain(started(&settings).to_le_bytes()))
}

fn started(settings: &Settings) -> Feature {
    match load(settings) {
        Err(rejected) => {
            assert!(!rejected.to_string().is_empty(), "a refusal says why");
            feature_of(&rejected.to_string())
        }
        Ok(loaded) => {
            let notes: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
            let values = loaded.config.values.clone();
            let layers = BrokerLayers { static_values: values.clone(), ..BrokerLayers::default() };
            let described = layers.describe_broker().len() + describe_topic(&BTreeMap::new(), &layers).len();
            assert!(described > 0);
            let _ = (loaded.config.with_dynamic(values.clone()), TopicConfig::resolve(&values, std::iter::empty()));
            feature_of(&notes)
        }
    }
}

fn topic(key: &str, operation: u8, value: &str) -> Feature {
    let layers = BrokerLayers::default();
    let change = [change(key, operation, value)];
    let _ = validate_topic_creation([(key, Some(value))].into_iter(), &layers.static_values);
    match alter_topic(&BTreeMap::new(), &change, &layers.static_values) {
        Err(error) => feature_of(&error.to_string()),
        Ok((configs, _)) => {
            let pairs = configs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let resolved = TopicConfig::resolve(&layers.static_values, pairs);
            let described = describe_topic(&configs, &layers);
            assert!(described.iter().any(|row| row.key == key) || !configs.contains_key(key));
            mix(key.bytes().chain([u8::from(resolved == TopicConfig::default())]))
        }
    }
}

fn change<'a>(key: &'a str, operation: u8, value: &'a str) -> Change<'a> {
    let kind = ChangeKind::from_id((operation % 4) as i8).expect("there are four");
    Change { key, kind, value: (operation & 0x40 == 0).then_some(value) }
}

fn broker(key: &str, operation: u8, value: &str) -> Feature {
    let mut layers = BrokerLayers::default();
    let layer = if operation & 0x20 == 0 { Layer::Broker } else { Layer::ClusterDefault };
    let change = [change(key, operation, value)];
    match alter_broker(&layers, layer, &change, operation & 0x10 != 0) {
        Err(error) => feature_of(&error.to_string()),
        Ok((configs, _)) => {
            layers.own = configs;
            let described = layers.describe_broker().len() + layers.describe_cluster_defaults().len();
            let _ = (layers.synonyms(key).len(), layers.effective());
            mix(key.bytes().chain([described.min(2) as u8]))
        }
    }
}

fn other(number: usize, operation: u8, value: &str) -> Feature {
    let layers = BrokerLayers::default();
    if number & 0x8000 == 0 {
        let key = row(Table::group(), number);
        match alter_group(&BTreeMap::new(), &[change(key, operation, value)], &layers.static_values) {
            Err(error) => feature_of(&error.to_string()),
            Ok((configs, _)) => {
                let _ = GroupConfig::resolve(&layers.static_values, &configs);
                mix(key.bytes().chain([describe_group(&configs, &layers).len().min(2) as u8]))
            }
        }
    } else {
        let key = row(Table::client_metrics(), number);
        match alter_client_metrics(&BTreeMap::new(), &[change(key, operation, value)]) {
            Err(error) => feature_of(&error.to_string()),
            Ok((configs, _)) => mix(key.bytes().chain([describe_client_metrics(&configs).len().min(2) as u8])),
        }
    }
}

fn environment(text: &str) -> Feature {
    let variables = text.lines().map(|line| line.split_once('=').unwrap_or((line, "")));
    let read = read_environment(variables);
    let zero = config::ZeroConfiguration { data_dir: "/d", port: Some(9092), has_ipv6_loopback: false };
    started(&config::zero_configuration(&zero, &read))
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |kind: u8, key: u16, operation: u8, text: &str| {
        [&[kind][..], &key.to_be_bytes(), &[operation], text.as_bytes()].concat()
    };
    let mut seeds = vec![
        seed(0, 0, 0, NODE),
        seed(0, 0, 0, "#c\n!d\n a\\:b : c\\\n   d=e\\u00e9\\t\\n\nx\ty\r\nempty=\n= \n\\\\=\\ \n"),
        seed(1, 0, 0, "num.partitions=3\nlog.retention.hours=5\nsuper.users=User:a\nssl.keystore.password=hunter2\n"),
        seed(
            1,
            0,
            0,
            "listener.name.controller.ssl.keystore.location=/k\nmax.connections.per.ip.overrides=a:1,[::1]:2\n",
        ),
        seed(7, 0, 0, "KAFKA_NODE_ID=3\nKAFKA_LISTENERS=PLAINTEXT://:9092\nKAFKA_LOG_DIRS=/x\nKAFKA_PORT=tcp://1:2\n"),
    ];
    let shapes = [
        "PLAINTEXT://[::1]:9092,CONTROLLER://:9093",
        "A:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "1@h:1,2@[::1]:65535",
        "h:1,[::1]:2",
        "CONTROLLER",
        "/a,/b",
        "127.0.0.1:5,h:6",
    ];
    for (key, _) in SHAPED.iter().enumerate() {
        seeds.extend(shapes.iter().map(|text| seed(2, key as u16, 0, text)));
    }
    let values = ["5", "-1", "true", "1.5", "delete,compact", "0:1,1:2", "zstd", "LogAppendTime", "0.5"];
    for (n, text) in values.iter().enumerate() {
        let counts = [(3, Table::broker()), (4, Table::topic()), (5, Table::broker()), (6, Table::group())];
        for (kind, table) in counts {
            let step = if kind == 4 { 1 } else { 7 };
            let keys = (n % step..table.rows().len()).step_by(step);
            seeds.extend(keys.map(|key| seed(kind, key as u16, (n % 4) as u8, text)));
        }
        seeds.push(seed(6, 0x8000 | n as u16, 0, text));
    }
    seeds
}
