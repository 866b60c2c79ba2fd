//! A start without a file: the defaults, the environment over them, and the `server.properties` that is left behind.

use std::fmt::Write;

use crate::environment::Environment;
use crate::properties::Properties;
use crate::settings::{Origin, Settings};

/// What a start without a file is told on the command line and finds on the machine.
#[derive(Clone, Debug)]
pub struct ZeroConfiguration<'a> {
    /// Where the data goes unless the environment says `log.dirs`; absolute.
    pub data_dir: &'a str,
    /// `--port`: clients on this one, controllers on the next.
    pub port: Option<u16>,
    /// Whether ::1 can be bound.
    pub has_ipv6_loopback: bool,
}

/// The port without `--port`.
const DEFAULT_PORT: u16 = 9092;

/// Keys that say who listens where. Whoever sets one of them in the environment has a topology of their own, and the
/// images drop their defaults then; so do we.
const TOPOLOGY: [&str; 9] = [
    "process.roles",
    "node.id",
    "broker.id",
    "listeners",
    "advertised.listeners",
    "controller.listener.names",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "listener.security.protocol.map",
];

/// The settings of a start without a file: broker and controller in one, on loopback, one replica of everything; then
/// the environment.
pub fn zero_configuration(zero: &ZeroConfiguration<'_>, environment: &Environment) -> Settings {
    let mut settings = Settings::default();
    let own_topology = environment.topology_key().is_some();
    let mut push = |key: &str, value: String| {
        let origin = match (key, zero.port) {
            ("listeners" | "advertised.listeners" | "controller.quorum.bootstrap.servers", Some(_)) => {
                Origin::Option("--port")
            }
            ("log.dirs", _) => Origin::Option("--data-dir"),
            _ => Origin::ZeroConfiguration,
        };
        settings.push(key, value, origin);
    };
    if !own_topology {
        for (key, value) in loopback_node(zero) {
            push(key, value);
        }
    }
    push("log.dirs", zero.data_dir.into());
    settings.entries.extend(environment.settings.entries.iter().cloned());
    settings
}

fn loopback_node(zero: &ZeroConfiguration<'_>) -> Vec<(&'static str, String)> {
    let port = zero.port.unwrap_or(DEFAULT_PORT);
    let controller = port.saturating_add(1);
    // Kafka wants a name of its own for each listener; two on one port are fine when one is IPv4 and one IPv6.
    let (ipv6, ipv6_map) = match zero.has_ipv6_loopback {
        true => (format!(",PLAINTEXT_IPV6://[::1]:{port}"), ",PLAINTEXT_IPV6:PLAINTEXT"),
        false => (String::new(), ""),
    };
    let one = |key| (key, "1".to_string());
    vec![
        ("process.roles", "broker,controller".into()),
        one("node.id"),
        ("listeners", format!("PLAINTEXT://127.0.0.1:{port}{ipv6},CONTROLLER://127.0.0.1:{controller}")),
        ("advertised.listeners", format!("PLAINTEXT://127.0.0.1:{port}{ipv6},CONTROLLER://127.0.0.1:{controller}")),
        ("listener.security.protocol.map", format!("PLAINTEXT:PLAINTEXT{ipv6_map},CONTROLLER:PLAINTEXT")),
        ("inter.broker.listener.name", "PLAINTEXT".into()),
        ("controller.listener.names", "CONTROLLER".into()),
        ("controller.quorum.bootstrap.servers", format!("127.0.0.1:{controller}")),
        one("offsets.topic.replication.factor"),
        one("transaction.state.log.replication.factor"),
        one("transaction.state.log.min.isr"),
        one("share.coordinator.state.topic.replication.factor"),
        one("share.coordinator.state.topic.min.isr"),
        ("group.initial.rebalance.delay.ms", "0".into()),
    ]
}

impl Environment {
    /// A key by which the environment says itself who listens where; then `--port` has no effect on listeners.
    pub fn topology_key(&self) -> Option<&'static str> {
        TOPOLOGY.into_iter().find(|key| self.settings.get(key).is_some())
    }
}

impl ZeroConfiguration<'_> {
    /// The port of the HTTP listener unless another is asked for.
    pub fn http_port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT).saturating_add(2)
    }
}

impl Settings {
    /// The text of a `server.properties` with these settings, for Ottla and for Apache Kafka alike. Secrets are not
    /// written: what the environment said of them stays there.
    pub fn to_file(&self) -> String {
        let mut text = String::from(
            "# Written at the first start without a configuration file. A later start without one does not read it;\n\
             # to start with it: ottla server <this file>, or Apache Kafka's kafka-server-start.sh <this file>\n",
        );
        for setting in self.effective().values() {
            let is_secret = crate::server::broker_row(&setting.key).is_none_or(|row| row.is_sensitive());
            if !is_secret {
                let _ = writeln!(text, "{}", Properties::line(&setting.key, &setting.value));
            }
        }
        text
    }
}
