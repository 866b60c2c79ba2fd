//! Changes of a broker's configs while it runs: whether Kafka would take them, and what is taken without being enforced.
//!
//! The order of the checks is Kafka's, as the first that fails gives the answer: keys that only a start reads, keystores
//! without a listener, the types of the values, keys of one broker in the cluster's defaults, the configuration as a
//! whole, and last what the running parts refuse (`reconfigured`).

use crate::alter::{Change, Changed, Layer, apply_changes};
use crate::checks;
use crate::describe::BrokerLayers;
use crate::error::ConfigError;
use crate::listeners::ListenerName;
use crate::rows::{Row, Table, Update, Use};
use crate::server::{Addresses, BrokerValues, broker_row};
use crate::topic::TopicConfig;
use crate::value::Value;
use std::collections::BTreeMap;

/// Keys that change for one listener at a time, because a connection is made with all of them or none.
const KEYSTORES: [&str; 10] = [
    "ssl.key.password",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.type",
    "ssl.truststore.certificates",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.type",
];
/// Keys of a listener that may be the same for all brokers.
const LISTENER_DEFAULTS: [&str; 3] = ["max.connections", "max.connection.creation.rate", "num.network.threads"];
/// Pools that at most double or halve in one step.
const THREAD_POOLS: [&str; 8] = [
    "num.io.threads",
    "num.replica.fetchers",
    "num.recovery.threads.per.data.dir",
    "background.threads",
    "remote.log.manager.copier.thread.pool.size",
    "remote.log.manager.expiration.thread.pool.size",
    "remote.log.manager.follower.thread.pool.size",
    "remote.log.reader.threads",
];
/// The one reporter of metrics that comes with Kafka.
const REPORTER: &str = "org.apache.kafka.common.metrics.JmxReporter";
const PRINCIPAL_BUILDER: &str = "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder";

/// The result of changing dynamic broker configs of one layer, as the broker of these layers takes it.
/// `is_elr_enabled` forbids min.insync.replicas of one broker, and to remove that of the cluster (KIP-966).
pub fn alter_broker<'a>(
    layers: &BrokerLayers,
    layer: Layer,
    changes: &[Change<'a>],
    is_elr_enabled: bool,
) -> Result<Changed<'a>, ConfigError> {
    let current = if layer == Layer::Broker { &layers.own } else { &layers.cluster_defaults };
    let changed = alter_any(current, layer, changes)?;
    let mut after = layers.clone();
    match layer {
        Layer::Broker => after.own = changed.0.clone(),
        Layer::ClusterDefault => after.cluster_defaults = changed.0.clone(),
    }
    as_a_whole(&layers.effective(), &after.effective(), &what_is_set(changes, &changed.0))?;
    eligible_leaders(layer, changes, &changed, is_elr_enabled)?;
    Ok(changed)
}

/// The same for a broker whose file and role are not known here: what holds for every broker, which is the controller's
/// part. The broker itself has been asked before, by [`alter_broker`].
pub fn alter_distant_broker<'a>(
    current: &BTreeMap<String, String>,
    layer: Layer,
    changes: &[Change<'a>],
    is_elr_enabled: bool,
) -> Result<Changed<'a>, ConfigError> {
    let changed = alter_any(current, layer, changes)?;
    eligible_leaders(layer, changes, &changed, is_elr_enabled)?;
    Ok(changed)
}

/// Names, types and bounds.
fn alter_any<'a>(
    current: &BTreeMap<String, String>,
    layer: Layer,
    changes: &[Change<'a>],
) -> Result<Changed<'a>, ConfigError> {
    let table = Table::broker();
    let changed = apply_changes(current, changes, |key| table.get(key)).map_err(|error| match error {
        ConfigError::NotAList { key, .. } if table.get(&key).is_none() => ConfigError::UnknownBrokerKey(key),
        ConfigError::NotAList { operation, key } => ConfigError::NotABrokerList { operation, key },
        error => error,
    })?;
    let set = what_is_set(changes, &changed.0);
    named(&set, ConfigError::NotDynamic, |key| table.get(key).is_some_and(|row| row.update == Update::ReadOnly))?;
    named(&set, ConfigError::PerListenerOnly, |key| KEYSTORES.contains(&key))?;
    set.iter().try_for_each(|(key, text)| typed(key, text))?;
    if layer == Layer::ClusterDefault {
        named(&set, ConfigError::PerBrokerOnly, |key| match of_a_listener(key) {
            Some((_, base)) => !LISTENER_DEFAULTS.contains(&base),
            None => table.get(key).is_some_and(|row| row.update == Update::PerBroker),
        })?;
    }
    Ok(changed)
}

/// The new values; what goes is not looked at: whatever is there can be taken away.
fn what_is_set<'a>(changes: &[Change<'a>], configs: &'a BTreeMap<String, String>) -> Vec<(&'a str, &'a str)> {
    changes.iter().filter_map(|change| Some((change.key, configs.get(change.key)?.as_str()))).collect()
}

fn eligible_leaders(
    layer: Layer,
    changes: &[Change<'_>],
    (_, records): &Changed<'_>,
    is_elr_enabled: bool,
) -> Result<(), ConfigError> {
    let key = "min.insync.replicas";
    match layer {
        _ if !is_elr_enabled => Ok(()),
        Layer::Broker if changes.iter().any(|change| change.key == key) => Err(ConfigError::BrokerMinInsyncReplicas),
        Layer::ClusterDefault if records.contains(&(key, None)) => Err(ConfigError::ClusterMinInsyncReplicas),
        Layer::Broker | Layer::ClusterDefault => Ok(()),
    }
}

/// What a change sets although nothing here enforces it, a sentence each; in the order of the keys.
pub fn taken_without_effect(before: &BrokerValues, after: &BrokerValues) -> Vec<String> {
    let is_new = |key: &str, value: &Value| before.given.get(key).is_none_or(|(old, _)| old != value);
    let changed = after.given.iter().filter(|(key, (value, _))| is_new(key, value));
    let sentence = |key: &String| match broker_row(key)?.usage {
        Use::Used => None,
        Use::Accepted(reason) => Some(format!("{key}: {reason}")),
        Use::Protects => Some(format!("{key}: it is not enforced yet")),
    };
    changed.filter_map(|(key, _)| sentence(key)).collect()
}

/// Fails with the keys for which something holds.
fn named(
    set: &[(&str, &str)],
    error: impl FnOnce(String) -> ConfigError,
    holds: impl Fn(&str) -> bool,
) -> Result<(), ConfigError> {
    let keys: Vec<&str> = set.iter().map(|(key, _)| *key).filter(|key| holds(key)).collect();
    if keys.is_empty() { Ok(()) } else { Err(error(keys.join(", "))) }
}

/// Splits `listener.name.<listener>.<rest>`; unlike [`crate::rows::listener_override`] the rest may be anything.
fn of_a_listener(key: &str) -> Option<(&str, &str)> {
    key.strip_prefix("listener.name.")?.split_once('.')
}

/// Whether the value of a key that may change is of its type. Errors name the key without a listener.
fn typed(key: &str, text: &str) -> Result<(), ConfigError> {
    let base = of_a_listener(key).map_or(key, |(_, base)| base);
    match Table::broker().get(base) {
        // Kafka takes any text here, as nothing of a running broker reads it.
        Some(row) if row.key == "config.providers" => Ok(()),
        Some(row) if row.update != Update::ReadOnly => parsed(row, text),
        _ => Ok(()),
    }
}

fn parsed(row: &Row, text: &str) -> Result<(), ConfigError> {
    let value = row.parse(text)?;
    match value {
        Value::Class(name) if !crate::classes::is_known(&name) => Err(ConfigError::Invalid {
            key: row.key.into(),
            value: text.into(),
            reason: format!("Class {text} could not be found."),
        }),
        _ => Ok(()),
    }
}

/// The configuration after the change as a start would read it, and as the running parts take it.
fn as_a_whole(before: &BrokerValues, after: &BrokerValues, set: &[(&str, &str)]) -> Result<(), ConfigError> {
    let (running, known) = checks::check(before);
    let (wanted, conflicts) = checks::check(after);
    // What contradicted before keeps nobody from changing something else.
    if let Some((_, message)) = conflicts.into_iter().find(|conflict| !known.contains(conflict)) {
        return Err(ConfigError::Conflict(message));
    }
    let class = after.string("principal.builder.class").unwrap_or_default();
    if class != before.string("principal.builder.class").unwrap_or_default() && class != PRINCIPAL_BUILDER {
        return Err(ConfigError::conflict("principal.builder.class must implement KafkaPrincipalSerde"));
    }
    let Some(running) = running else { return Ok(()) };
    let listeners = running.listeners.iter().map(|listener| &listener.name);
    for listener in listeners.filter(|name| !running.controller_names.contains(name)) {
        listener_reconfigured(listener, before, after, set)?;
    }
    reconfigured(before, after)?;
    wanted.map_or(Ok(()), |wanted| protocols_stay(&running, &wanted))
}

/// What an open listener refuses; one of a controller takes everything.
fn listener_reconfigured(
    listener: &ListenerName,
    before: &BrokerValues,
    after: &BrokerValues,
    set: &[(&str, &str)],
) -> Result<(), ConfigError> {
    let table = Table::broker();
    let prefix = listener.config_prefix();
    for (key, text) in set {
        let Some(key) = key.strip_prefix(&prefix) else { continue };
        // The rest is a key, or one of a SASL mechanism.
        let of_mechanism = || key.split_once('.').and_then(|(_, key)| table.get(key));
        if let Some(row) = table.get(key).or_else(of_mechanism) {
            parsed(row, text)?;
        }
    }
    let number = |values: &BrokerValues, key| values.listener_value(listener, key).as_i64();
    let has_changed = |key| number(before, key) != number(after, key);
    let threads = "num.network.threads";
    thread_count(threads, number(before, threads), number(after, threads))?;
    let limits = ["max.connections", "max.connection.creation.rate"];
    if limits.into_iter().any(has_changed) {
        for key in limits {
            if let Some(value) = number(after, key).filter(|value| *value <= 0) {
                return Err(ConfigError::conflict(format!("Invalid {key} {value}")));
            }
        }
    }
    Ok(())
}

/// What the parts of a running broker refuse.
fn reconfigured(before: &BrokerValues, after: &BrokerValues) -> Result<(), ConfigError> {
    let number = |values: &BrokerValues, key| values.value(key).as_i64();
    let present = before.list("metric.reporters");
    let is_unknown = |class: &&String| *class != REPORTER && !present.contains(class);
    if let Some(class) = after.list("metric.reporters").iter().find(is_unknown) {
        let reason = format!("Class {class} could not be found, or reports no metrics.");
        return Err(ConfigError::Invalid { key: "metric.reporters".into(), value: class.clone(), reason });
    }
    for key in THREAD_POOLS {
        thread_count(key, number(before, key), number(after, key))?;
    }
    cleaner_threads(number(before, "log.cleaner.threads"), number(after, "log.cleaner.threads"))?;
    local_retention(before, after)
}

fn thread_count(key: &str, current: Option<i64>, new: Option<i64>) -> Result<(), ConfigError> {
    let (Some(current), Some(new)) = (current, new) else { return Ok(()) };
    let reason = match new {
        new if new == current => return Ok(()),
        new if new > current * 2 => "value should not be greater than double the current value",
        new if new < current / 2 => "value should be at least half the current value",
        _ => return Ok(()),
    };
    Err(ConfigError::conflict(format!(
        "Dynamic thread count update validation failed for {key}={new}, {reason} {current}"
    )))
}

fn cleaner_threads(current: Option<i64>, new: Option<i64>) -> Result<(), ConfigError> {
    let (Some(current), Some(new)) = (current, new) else { return Ok(()) };
    let message = match new {
        new if new == current => return Ok(()),
        new if new < 1 => "Log cleaner threads should be at least 1".to_owned(),
        new if new < current / 2 => {
            format!("Log cleaner threads cannot be reduced to less than half the current value {current}")
        }
        new if new > current * 2 => {
            format!("Log cleaner threads cannot be increased to more than double the current value {current}")
        }
        _ => return Ok(()),
    };
    Err(ConfigError::Conflict(message))
}

/// What stays on local disk is a part of what is kept at all; -2 is the same, -1 without limit.
fn local_retention(before: &BrokerValues, after: &BrokerValues) -> Result<(), ConfigError> {
    let of = |values: &BrokerValues| {
        let topic = TopicConfig::resolve(values, std::iter::empty());
        [
            ("log.local.retention.ms", topic.local_retention_ms, "log.retention.ms", topic.retention_ms),
            ("log.local.retention.bytes", topic.local_retention_bytes, "log.retention.bytes", topic.retention_bytes),
        ]
    };
    for (old, new) in of(before).into_iter().zip(of(after)) {
        let (key, local, whole_key, whole) = new;
        let reason = match (local, whole) {
            _ if old == new || whole < 0 => continue,
            (-1, whole) => format!("Value must not be -1 as {whole_key} value is set as {whole}."),
            (local, whole) if local > whole => {
                format!("Value must not be more than {whole_key} property value: {whole}")
            }
            _ => continue,
        };
        return Err(ConfigError::Invalid { key: key.into(), value: local.to_string(), reason });
    }
    Ok(())
}

/// An open listener keeps its protocol.
fn protocols_stay(running: &Addresses, wanted: &Addresses) -> Result<(), ConfigError> {
    let of = |listener: &crate::listeners::BrokerListener| {
        wanted.listeners.iter().find(|other| other.name == listener.name).map(|other| other.protocol)
    };
    match running.listeners.iter().find(|listener| of(listener).is_some_and(|new| new != listener.protocol)) {
        None => Ok(()),
        Some(listener) => Err(ConfigError::conflict(format!(
            "Security protocol cannot be updated for existing listener ListenerName({})",
            listener.name
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn every_key_that_is_named_here_is_one_that_changes() {
        let keys = KEYSTORES.iter().chain(&LISTENER_DEFAULTS).chain(&THREAD_POOLS);
        for key in keys {
            assert!(Table::broker().get(key).is_some_and(|row| row.update != Update::ReadOnly), "{key}");
        }
        let class = |key| match &Table::broker().get(key).unwrap().default {
            Value::Class(name) => name.clone(),
            other => other.to_string(),
        };
        assert_eq!(
            (class("principal.builder.class").as_str(), class("metric.reporters").as_str()),
            (PRINCIPAL_BUILDER, REPORTER)
        );
        assert!(Table::broker().rows().iter().filter(|row| row.kind == Type::Class).all(|row| match &row.default {
            Value::Class(name) => crate::classes::is_known(name),
            _ => true,
        }));
    }

    #[test]
    fn what_is_taken_without_effect_is_told_once() {
        let before = BrokerValues::default();
        let configs = BTreeMap::from([("ssl.client.auth", "required"), ("log.retention.ms", "5"), ("nonsense", "1")]);
        let after = before.with_dynamic(configs.iter().map(|(key, value)| (*key, *value)));
        let told = taken_without_effect(&before, &after);
        assert!(told.len() == 1 && told[0].starts_with("ssl.client.auth: "), "{told:?}");
        assert!(taken_without_effect(&after, &after).is_empty());
    }
}
