//! What must hold among several broker keys, with Kafka's sentences. Every check that can be made is made, so that all
//! that is wrong is told at once.

use std::collections::BTreeMap;

use crate::listeners::{
    BrokerListener, ListenerName, Quorum, SecurityProtocol, is_host, listener_name, parse_bootstrap_servers,
    parse_listeners, parse_protocol_map, parse_voters,
};
use crate::server::{Addresses, BrokerValues, Compression, ReplicaSelector, log_dirs};
use crate::value::Value;

/// A contradiction: the key to look at first, and the sentence.
pub(crate) type Conflict = (&'static str, String);

struct Checks<'a> {
    values: &'a BrokerValues,
    conflicts: Vec<Conflict>,
}

/// The addresses, if they could be made out, and everything that contradicts.
pub(crate) fn check(values: &BrokerValues) -> (Option<Addresses>, Vec<Conflict>) {
    let mut checks = Checks { values, conflicts: Vec::new() };
    checks.numbers();
    checks.groups();
    checks.directories();
    let overrides = checks.connection_overrides();
    let addresses = checks.addresses(overrides);
    (addresses, checks.conflicts)
}

impl Checks<'_> {
    fn fail(&mut self, key: &'static str, message: impl Into<String>) {
        self.conflicts.push((key, message.into()));
    }

    fn number(&self, key: &str) -> i64 {
        self.values.value(key).as_i64().unwrap_or_default()
    }

    fn require(&mut self, holds: bool, key: &'static str, message: impl FnOnce() -> String) {
        if !holds {
            self.fail(key, message());
        }
    }

    fn numbers(&mut self) {
        let v = self.values;
        let roll = v.value("log.roll.ms").as_i64();
        self.require(roll.is_none_or(|ms| ms >= 1), "log.roll.ms", || {
            "log.roll.ms must be greater than or equal to 1".into()
        });
        let jitter = v.value("log.roll.jitter.ms").as_i64();
        self.require(jitter.is_none_or(|ms| ms >= 0), "log.roll.jitter.ms", || {
            "log.roll.jitter.ms must be greater than or equal to 0".into()
        });
        let chain = ["log.retention.ms", "log.retention.minutes", "log.retention.hours"];
        if let Some(key) = chain.into_iter().find(|key| *v.value(key) != Value::Null) {
            self.require(v.value(key).as_i64() != Some(0), key, || {
                "log.retention.ms must be unlimited (-1) or, greater than or equal to 1".into()
            });
        }
        let (wait, lag) = (self.number("replica.fetch.wait.max.ms"), self.number("replica.lag.time.max.ms"));
        let socket = self.number("replica.socket.timeout.ms");
        self.require(wait <= socket, "replica.socket.timeout.ms", || {
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary \
             socket timeouts"
                .into()
        });
        self.require(wait <= lag, "replica.fetch.wait.max.ms", || {
            "replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent \
             frequent changes in ISR"
                .into()
        });
        let selector = v.string("replica.selector.class");
        self.require(ReplicaSelector::of_class(selector.as_deref()).is_some(), "replica.selector.class", || {
            format!(
                "class is not there: {}; known are org.apache.kafka.common.replica.RackAwareReplicaSelector and LeaderSelector",
                selector.as_deref().unwrap_or_default()
            )
        });
        let per_thread = self.number("log.cleaner.dedupe.buffer.size") / self.number("log.cleaner.threads").max(1);
        self.require(per_thread > 1024 * 1024, "log.cleaner.dedupe.buffer.size", || {
            "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.".into()
        });
        let codec = self.number("offsets.topic.compression.codec");
        self.require(Compression::from_id(codec).is_some(), "offsets.topic.compression.codec", || {
            format!("Unknown compression type id: {codec}")
        });
        let (queued, request) = (self.number("queued.max.request.bytes"), self.number("socket.request.max.bytes"));
        self.require(queued <= 0 || queued >= request, "queued.max.request.bytes", || {
            "queued.max.request.bytes must be larger or equal to socket.request.max.bytes".into()
        });
        let delay = self.number("connection.failed.authentication.delay.ms");
        let idle = self.number("connections.max.idle.ms");
        self.require(idle <= 0 || delay < idle, "connection.failed.authentication.delay.ms", || {
            format!(
                "connection.failed.authentication.delay.ms={delay} should always be less than \
                 connections.max.idle.ms={idle} to prevent failed authentication responses from timing out"
            )
        });
    }

    fn groups(&mut self) {
        let protocols = self.values.list("group.coordinator.rebalance.protocols");
        self.require(protocols.iter().any(|p| p == "classic"), "group.coordinator.rebalance.protocols", || {
            "Disabling the 'classic' protocol is not supported.".into()
        });
        for &(low, high, order) in GROUP_ORDER {
            let (a, b) = (self.number(low), self.number(high));
            let (holds, message) = match order {
                Order::AtMost => (a <= b, format!("{low} must be less than or equal to {high}")),
                Order::AtLeast => (a >= b, format!("{low} must be greater than or equal to {high}")),
                Order::Below => (a < b, format!("{low} must be less than {high}")),
            };
            self.require(holds, low, || message);
        }
    }

    fn directories(&mut self) {
        let dirs = log_dirs(self.values);
        let cordoned = self.values.list("cordoned.log.dirs");
        if cordoned.iter().any(|dir| dir == "*") {
            return self.require(cordoned.len() == 1, "cordoned.log.dirs", || {
                "When cordoned.log.dirs is set to *, it must not contain other values".into()
            });
        }
        let missing: Vec<&str> = cordoned.iter().filter(|d| !dirs.contains(d)).map(String::as_str).collect();
        self.require(missing.is_empty(), "cordoned.log.dirs", || {
            format!(
                "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : {}",
                missing.join(", ")
            )
        });
    }

    fn connection_overrides(&mut self) -> BTreeMap<String, i32> {
        const KEY: &str = "max.connections.per.ip.overrides";
        let text = self.values.string(KEY).unwrap_or_default();
        let (overrides, wrong) = connection_overrides(&text);
        for entry in wrong {
            self.fail(KEY, format!("Error parsing configuration property '{KEY}': `{entry}` is not host:count"));
        }
        let strange = overrides.keys().filter(|host| !is_host(host)).map(String::as_str);
        let strange = strange.collect::<Vec<_>>().join(",");
        self.require(strange.is_empty(), KEY, || format!("{KEY} contains invalid addresses : {strange}"));
        let none_allowed = self.number("max.connections.per.ip") == 0 && text.is_empty();
        self.require(!none_allowed, "max.connections.per.ip", || {
            "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.".into()
        });
        overrides
    }

    fn addresses(&mut self, connections_per_ip_overrides: BTreeMap<String, i32>) -> Option<Addresses> {
        let (quorum, bootstrap_servers) = self.quorum()?;
        let v = self.values;
        let listed = v.list("listeners");
        let controller_names: Vec<ListenerName> =
            v.list("controller.listener.names").iter().map(|name| ListenerName::new(name)).collect();
        let protocols = self.protocols(&listed, &controller_names)?;
        let listeners = self.listeners("listeners", &listed, &protocols)?;
        let advertised_text = if v.is_given("advertised.listeners") { v.list("advertised.listeners") } else { listed };
        let advertised = self.listeners("advertised.listeners", &advertised_text, &protocols)?;
        let is_controller = |l: &BrokerListener| controller_names.contains(&l.name);
        let (advertised_controllers, advertised): (Vec<_>, Vec<_>) = advertised.into_iter().partition(is_controller);
        let advertised_controllers = controller_names
            .iter()
            .filter_map(|name| {
                let told = advertised_controllers.iter().find(|l| l.name == *name).cloned();
                told.or_else(|| listeners.iter().find(|l| l.name == *name).cloned().map(on_this_machine))
            })
            .collect();
        let inter_broker = self.inter_broker(&protocols)?;
        let addresses = Addresses {
            listeners,
            advertised,
            advertised_controllers,
            controller_names,
            inter_broker,
            quorum,
            bootstrap_servers,
            connections_per_ip_overrides,
        };
        self.roles(&addresses);
        Some(addresses)
    }

    fn quorum(&mut self) -> Option<(Quorum, Vec<crate::listeners::Endpoint>)> {
        let voters = parse_voters(&self.values.list("controller.quorum.voters")).ok()?;
        let servers = parse_bootstrap_servers(&self.values.list("controller.quorum.bootstrap.servers")).ok()?;
        if !voters.is_empty() {
            let endpoints = voters.iter().map(|voter| voter.endpoint.clone()).collect();
            return Some((Quorum::Static(voters), if servers.is_empty() { endpoints } else { servers }));
        }
        self.require(!servers.is_empty(), "controller.quorum.bootstrap.servers", || {
            "If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap \
             controllers or controller.quorum.voters must contain a parseable set of controllers."
                .into()
        });
        Some((Quorum::Dynamic(servers.clone()), servers))
    }

    /// The protocol of each listener. Without a map of its own, a controller listener is PLAINTEXT, unless a listener
    /// asks for TLS or SASL by its name.
    fn protocols(
        &mut self,
        listed: &[String],
        controllers: &[ListenerName],
    ) -> Option<BTreeMap<ListenerName, SecurityProtocol>> {
        const KEY: &str = "listener.security.protocol.map";
        let text = self.values.string(KEY).unwrap_or_default();
        let mut map = match parse_protocol_map(&text) {
            Ok(map) => map,
            Err(message) => {
                self.fail(KEY, message);
                return None;
            }
        };
        let is_secure = |name: &ListenerName| matches!(name.as_str(), "SSL" | "SASL_PLAINTEXT" | "SASL_SSL");
        let secure = listed.iter().filter_map(|text| listener_name(text)).any(|name| is_secure(&name));
        if !self.values.is_given(KEY) && !secure {
            for name in controllers.iter().filter(|name| !is_secure(name)) {
                map.entry(name.clone()).or_insert(SecurityProtocol::Plaintext);
            }
        }
        Some(map)
    }

    fn listeners(
        &mut self,
        key: &'static str,
        listed: &[String],
        protocols: &BTreeMap<ListenerName, SecurityProtocol>,
    ) -> Option<Vec<BrokerListener>> {
        let looks_for_names = key == "listeners" && !self.values.is_given("listener.security.protocol.map");
        if let (true, Some(text)) = (looks_for_names, listed.iter().find(|text| !text.contains(':'))) {
            self.fail(key, format!("Unable to parse a listener name from {text}"));
            return None;
        }
        match parse_listeners(listed, protocols, key == "listeners") {
            Ok(listeners) => Some(listeners),
            Err(message) => {
                self.fail(key, message);
                None
            }
        }
    }

    fn inter_broker(&mut self, protocols: &BTreeMap<ListenerName, SecurityProtocol>) -> Option<ListenerName> {
        let v = self.values;
        let protocol = v.string("security.inter.broker.protocol").unwrap_or_default();
        let Some(name) = v.string("inter.broker.listener.name") else {
            return Some(ListenerName::new(&protocol));
        };
        if v.is_given("security.inter.broker.protocol") {
            self.fail(
                "inter.broker.listener.name",
                "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.",
            );
            return None;
        }
        let name = ListenerName::new(&name);
        if !protocols.contains_key(&name) {
            self.fail(
                "inter.broker.listener.name",
                format!(
                    "Listener with name {name} defined in inter.broker.listener.name not found in \
                     listener.security.protocol.map."
                ),
            );
            return None;
        }
        Some(name)
    }

    fn roles(&mut self, a: &Addresses) {
        let v = self.values;
        let roles = v.list("process.roles");
        let has = |role: &str| roles.iter().any(|r| r == role);
        let (broker, controller) = (has("broker"), has("controller"));
        let node_id = self.number("node.id");
        let is_controller = |l: &BrokerListener| a.controller_names.contains(&l.name);
        let opened = |name: &ListenerName| a.listeners.iter().any(|l| l.name == *name);
        if let Quorum::Static(voters) = &a.quorum {
            let ids: Vec<String> = voters.iter().map(|voter| voter.id.to_string()).collect();
            let ids = ids.join(", ");
            let is_voter = voters.iter().any(|voter| i64::from(voter.id) == node_id);
            self.require(!controller || is_voter, "controller.quorum.voters", || {
                format!(
                    "If process.roles contains the 'controller' role, the node id {node_id} must be included in the \
                     set of voters controller.quorum.voters=Set({ids})"
                )
            });
            self.require(controller || !broker || !is_voter, "controller.quorum.voters", || {
                format!(
                    "If process.roles contains just the 'broker' role, the node id {node_id} must not be included in \
                     the set of voters controller.quorum.voters=Set({ids})"
                )
            });
        }
        match (broker, controller) {
            (false, true) => self.require(a.listeners.iter().all(is_controller), "listeners", || {
                "The listeners config must only contain KRaft controller listeners from controller.listener.names when \
                 process.roles=controller"
                    .into()
            }),
            (true, false) => self.require(!a.listeners.iter().any(is_controller), "controller.listener.names", || {
                "controller.listener.names must not contain a value appearing in the 'listeners' configuration when \
                 running KRaft with just the broker role"
                    .into()
            }),
            _ => {}
        }
        if controller {
            let any = !a.advertised_controllers.is_empty();
            self.require(any, "controller.listener.names", || {
                "controller.listener.names must contain at least one value appearing in the 'listeners' configuration \
                 when running the KRaft controller role"
                    .into()
            });
            self.require(!any || a.controller_names.iter().all(opened), "controller.listener.names", || {
                "controller.listener.names must only contain values appearing in the 'listeners' configuration when \
                 running the KRaft controller role"
                    .into()
            });
        }
        if broker {
            self.advertised(a);
        }
        self.nonroutable(a, broker);
        let early = v.list("early.start.listeners");
        for name in early.iter().map(|name| ListenerName::new(name)) {
            let known = opened(&name) || a.controller_names.contains(&name);
            self.require(known, "early.start.listeners", || {
                format!(
                    "early.start.listeners contains listener {name}, but this is not contained in listeners or \
                     controller.listener.names"
                )
            });
        }
    }

    fn advertised(&mut self, a: &Addresses) {
        if a.advertised.is_empty() {
            return self.fail(
                "advertised.listeners",
                "There must be at least one broker advertised listener. Perhaps all listeners appear in \
                 controller.listener.names?",
            );
        }
        let names =
            |listeners: &[BrokerListener]| listeners.iter().map(|l| l.name.to_string()).collect::<Vec<_>>().join(",");
        let subset = a.advertised.iter().all(|l| a.listeners.iter().any(|o| o.name == l.name));
        self.require(subset, "advertised.listeners", || {
            format!(
                "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. \
                 Found {}. The valid options based on the current configuration are {}",
                names(&a.advertised),
                names(&a.listeners)
            )
        });
        let known = a.advertised.iter().any(|l| l.name == a.inter_broker);
        self.require(known, "inter.broker.listener.name", || {
            format!(
                "inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options \
                 based on currently configured listeners are {}",
                names(&a.advertised)
            )
        });
    }

    fn nonroutable(&mut self, a: &Addresses, broker: bool) {
        let everywhere = |l: &BrokerListener| l.endpoint.host.as_deref() == Some("0.0.0.0");
        let given = self.values.is_given("advertised.listeners");
        let told = a.advertised.iter().filter(|_| broker || given);
        let controllers = a.advertised_controllers.iter().filter(|_| given);
        self.require(!told.chain(controllers).any(everywhere), "advertised.listeners", || {
            "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.".into()
        });
    }
}

/// A controller listener that nothing advertises is advertised as it listens; one on every interface by the machine's
/// own name, which stands for no host.
fn on_this_machine(mut listener: BrokerListener) -> BrokerListener {
    if listener.endpoint.host.as_deref() == Some("0.0.0.0") {
        listener.endpoint.host = None;
    }
    listener
}

/// Reads `host:count, ...`; second what cannot be read.
pub(crate) fn connection_overrides(text: &str) -> (BTreeMap<String, i32>, Vec<&str>) {
    let mut overrides = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let count = |text: &str| text.trim().parse::<i32>().ok();
        match entry.rsplit_once(':').and_then(|(host, text)| Some((host, count(text)?))) {
            Some((host, count)) => {
                overrides.insert(host.trim().to_string(), count);
            }
            None => wrong.push(entry),
        }
    }
    (overrides, wrong)
}

#[derive(Clone, Copy)]
enum Order {
    AtMost,
    AtLeast,
    Below,
}

/// Which of two group keys must not exceed the other, in Kafka's order of checking.
const GROUP_ORDER: &[(&str, &str, Order)] = {
    use Order::*;
    &[
        ("group.consumer.max.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms", AtLeast),
        ("group.consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms", AtLeast),
        ("group.consumer.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms", AtMost),
        ("group.consumer.max.session.timeout.ms", "group.consumer.min.session.timeout.ms", AtLeast),
        ("group.consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", AtLeast),
        ("group.consumer.session.timeout.ms", "group.consumer.max.session.timeout.ms", AtMost),
        ("group.consumer.heartbeat.interval.ms", "group.consumer.session.timeout.ms", Below),
        ("group.consumer.max.assignment.interval.ms", "group.consumer.min.assignment.interval.ms", AtLeast),
        ("group.consumer.assignment.interval.ms", "group.consumer.min.assignment.interval.ms", AtLeast),
        ("group.consumer.assignment.interval.ms", "group.consumer.max.assignment.interval.ms", AtMost),
        ("group.share.max.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", AtLeast),
        ("group.share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", AtLeast),
        ("group.share.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms", AtMost),
        ("group.share.max.session.timeout.ms", "group.share.min.session.timeout.ms", AtLeast),
        ("group.share.session.timeout.ms", "group.share.min.session.timeout.ms", AtLeast),
        ("group.share.session.timeout.ms", "group.share.max.session.timeout.ms", AtMost),
        ("group.share.heartbeat.interval.ms", "group.share.session.timeout.ms", Below),
        ("group.share.max.assignment.interval.ms", "group.share.min.assignment.interval.ms", AtLeast),
        ("group.share.assignment.interval.ms", "group.share.min.assignment.interval.ms", AtLeast),
        ("group.share.assignment.interval.ms", "group.share.max.assignment.interval.ms", AtMost),
        ("group.share.max.record.lock.duration.ms", "group.share.min.record.lock.duration.ms", AtLeast),
        ("group.share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms", AtLeast),
        ("group.share.max.record.lock.duration.ms", "group.share.record.lock.duration.ms", AtLeast),
        ("group.share.max.delivery.count.limit", "group.share.delivery.count.limit", AtLeast),
        ("group.share.delivery.count.limit", "group.share.min.delivery.count.limit", AtLeast),
        ("group.share.max.partition.max.record.locks", "group.share.partition.max.record.locks", AtLeast),
        ("group.share.partition.max.record.locks", "group.share.min.partition.max.record.locks", AtLeast),
        ("group.share.max.share.sessions", "group.share.max.size", AtLeast),
        ("group.streams.max.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms", AtLeast),
        ("group.streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms", AtLeast),
        ("group.streams.heartbeat.interval.ms", "group.streams.max.heartbeat.interval.ms", AtMost),
        ("group.streams.max.session.timeout.ms", "group.streams.min.session.timeout.ms", AtLeast),
        ("group.streams.session.timeout.ms", "group.streams.min.session.timeout.ms", AtLeast),
        ("group.streams.session.timeout.ms", "group.streams.max.session.timeout.ms", AtMost),
        ("group.streams.heartbeat.interval.ms", "group.streams.session.timeout.ms", Below),
        ("group.streams.max.assignment.interval.ms", "group.streams.min.assignment.interval.ms", AtLeast),
        ("group.streams.assignment.interval.ms", "group.streams.min.assignment.interval.ms", AtLeast),
        ("group.streams.assignment.interval.ms", "group.streams.max.assignment.interval.ms", AtMost),
        ("group.streams.num.standby.replicas", "group.streams.max.standby.replicas", AtMost),
    ]
};
