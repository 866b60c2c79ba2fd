//! Changes of dynamic configs: the operations of IncrementalAlterConfigs, and what each kind of resource allows; for
//! brokers see `dynamic.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::client_metrics::validate_client_metrics;
use crate::error::ConfigError;
use crate::group::validate_group;
use crate::rows::{Row, Table};
use crate::server::BrokerValues;
use crate::topic::{TopicOverrides, validate_topic};
use crate::value::Type;

/// One operation; the numbers are those of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum ChangeKind {
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

impl ChangeKind {
    pub fn from_id(id: i8) -> Option<ChangeKind> {
        use ChangeKind::*;
        [Set, Delete, Append, Subtract].into_iter().find(|kind| *kind as i8 == id)
    }
}

/// An operation on one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    pub key: &'a str,
    pub kind: ChangeKind,
    pub value: Option<&'a str>,
}

impl std::fmt::Debug for Change<'_> {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.kind, self.key)
    }
}

/// Whose dynamic broker configs are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// All brokers of the cluster (the resource with the empty name).
    ClusterDefault,
    Broker,
}

/// The configs after a change, and what of them is different: the records to write, `None` for a key that goes.
pub type Changed<'a> = (BTreeMap<String, String>, Vec<(&'a str, Option<String>)>);

/// Fails where a key is named twice, or lacks the value that its operation needs.
pub(crate) fn check_operations(changes: &[Change<'_>]) -> Result<(), ConfigError> {
    let mut seen = BTreeSet::new();
    if !changes.iter().all(|change| seen.insert(change.key)) {
        return Err(ConfigError::DuplicateKeys);
    }
    let nulls: Vec<&str> = changes
        .iter()
        .filter(|change| change.kind != ChangeKind::Delete && change.value.is_none())
        .map(|change| change.key)
        .collect();
    if !nulls.is_empty() {
        return Err(ConfigError::NullValue(nulls.join(",")));
    }
    Ok(())
}

/// What the configs would be after `changes`, unchecked but for the operations themselves. Append and subtract start
/// from the row's default where the key is not set, and compare parts as they stand, blanks included.
pub fn apply_changes<'a>(
    current: &BTreeMap<String, String>,
    changes: &[Change<'a>],
    row: impl Fn(&str) -> Option<&'static Row>,
) -> Result<Changed<'a>, ConfigError> {
    check_operations(changes)?;
    let mut configs = current.clone();
    let mut records = Vec::new();
    for change in changes {
        let value = match change.kind {
            ChangeKind::Delete => None,
            ChangeKind::Set => change.value.map(str::to_string),
            ChangeKind::Append | ChangeKind::Subtract => {
                let Some(row) = row(change.key).filter(|row| row.kind == Type::List) else {
                    let operation = if change.kind == ChangeKind::Append { "APPEND" } else { "SUBTRACT" };
                    return Err(ConfigError::NotAList { operation, key: change.key.into() });
                };
                let current = configs.get(change.key).cloned();
                let mut list = parts(&current.unwrap_or_else(|| row.default.to_string()));
                let items = change.value.map(parts).unwrap_or_default();
                match change.kind {
                    ChangeKind::Append => {
                        let new: Vec<String> = items.into_iter().filter(|item| !list.contains(item)).collect();
                        list.extend(new);
                    }
                    _ => list.retain(|item| !items.contains(item)),
                }
                Some(list.join(","))
            }
        };
        if configs.get(change.key) == value.as_ref() {
            continue;
        }
        match &value {
            Some(value) => configs.insert(change.key.into(), value.clone()),
            None => configs.remove(change.key),
        };
        records.push((change.key, value));
    }
    Ok((configs, records))
}

/// The operations by which configs become what is set, and nothing else (AlterConfigs, which replaces them).
pub fn replacing<'a>(
    current: &'a BTreeMap<String, String>,
    set: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Vec<Change<'a>> {
    let mut changes: Vec<Change<'a>> = set.map(|(key, value)| Change { key, kind: ChangeKind::Set, value }).collect();
    let named: BTreeSet<&str> = changes.iter().map(|change| change.key).collect();
    let gone = current.keys().map(String::as_str).filter(|key| !named.contains(key));
    changes.extend(gone.map(|key| Change { key, kind: ChangeKind::Delete, value: None }));
    changes
}

fn parts(value: &str) -> Vec<String> {
    value.split(',').filter(|part| !part.is_empty()).map(str::to_string).collect()
}

/// The result of changing a topic's configs, checked.
pub fn alter_topic<'a>(
    current: &TopicOverrides,
    changes: &[Change<'a>],
    broker: &BrokerValues,
) -> Result<Changed<'a>, ConfigError> {
    let table = Table::topic();
    let (configs, records) = apply_changes(current, changes, |key| table.get(key))?;
    validate_topic(&configs, broker)?;
    Ok((configs, records))
}

/// The result of changing a group's configs, checked.
pub fn alter_group<'a>(
    current: &BTreeMap<String, String>,
    changes: &[Change<'a>],
    broker: &BrokerValues,
) -> Result<Changed<'a>, ConfigError> {
    let (configs, records) = apply_changes(current, changes, |key| Table::group().get(key))?;
    validate_group(&configs, broker)?;
    Ok((configs, records))
}

/// The result of changing a client-metrics subscription, checked. Kafka allows no append here although two of the
/// three keys are lists.
pub fn alter_client_metrics<'a>(
    current: &BTreeMap<String, String>,
    changes: &[Change<'a>],
) -> Result<Changed<'a>, ConfigError> {
    let (configs, records) = apply_changes(current, changes, |_| None)?;
    validate_client_metrics(&configs)?;
    Ok((configs, records))
}
