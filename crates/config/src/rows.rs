//! The rows: what is known of every key. The files in `rows/` are parsed once, on first use.

use std::sync::OnceLock;

use crate::error::ConfigError;
use crate::valid::Valid;
use crate::value::{Type, Value, without_repetitions};

/// How much a key matters to somebody who looks for what to set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Importance {
    High,
    Medium,
    Low,
}

/// How a broker key may change while the broker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    ReadOnly,
    PerBroker,
    ClusterWide,
}

/// What Ottla does with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Used,
    /// Accepted; the sentence says why it has no effect here.
    Accepted(&'static str),
    /// It would protect something and is not enforced: a node that has it set is refused at start.
    Protects,
}

/// A broker key whose value is a topic's or group's default, and the factor to the other's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokerSynonym {
    pub key: &'static str,
    pub factor: i64,
}

/// One key.
#[derive(Debug)]
pub struct Row {
    pub key: &'static str,
    pub kind: Type,
    /// [`Value::Null`] where there is none.
    pub default: Value,
    pub required: bool,
    pub importance: Importance,
    pub update: Update,
    /// Not shown by DescribeConfigs.
    pub internal: bool,
    /// Cannot stand in a file: it is only set dynamically.
    pub dynamic_only: bool,
    /// In the order in which they are looked up.
    pub broker_synonyms: Vec<BrokerSynonym>,
    pub usage: Use,
    pub doc: String,
    pub(crate) valid: Valid,
}

impl Row {
    /// Whether values of this key are secrets.
    pub fn is_sensitive(&self) -> bool {
        self.kind == Type::Password
    }

    /// Reads and checks a value as Kafka does; repetitions in a list are dropped.
    pub fn parse(&self, text: &str) -> Result<Value, ConfigError> {
        self.parse_as(self.key, text)
    }

    /// The same under another name, for `listener.name.x.` keys.
    pub(crate) fn parse_as(&self, key: &str, text: &str) -> Result<Value, ConfigError> {
        let invalid = |reason| {
            let value = if self.is_sensitive() { "[hidden]".into() } else { text.into() };
            ConfigError::Invalid { key: key.into(), value, reason }
        };
        let mut value = Value::parse(self.kind, text).map_err(invalid)?;
        if let (Value::List(list), false) = (&mut value, matches!(self.valid, Valid::ThrottledReplicas)) {
            without_repetitions(list);
        }
        self.valid.check(key, &value)?;
        Ok(value)
    }

    /// What is allowed, for people.
    pub fn allowed(&self) -> String {
        match self.valid.described() {
            bounds if bounds.is_empty() => self.kind.described().into(),
            bounds if self.valid_says_it_all() => bounds,
            bounds => format!("{}, {bounds}", self.kind.described()),
        }
    }

    fn valid_says_it_all(&self) -> bool {
        !matches!(self.valid, Valid::Range { .. } | Valid::NonEmpty)
    }
}

/// The keys of one kind of configuration, sorted.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Row>,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident $file:literal,)*) => {
        impl Table {
            $($(#[$doc])* pub fn $name() -> &'static Table {
                static TABLE: OnceLock<Table> = OnceLock::new();
                TABLE.get_or_init(|| Table::read(include_str!(concat!("../rows/", $file, ".tsv"))))
            })*
        }
        #[cfg(test)]
        const TABLES: &[(&str, fn() -> &'static Table)] = &[$(($file, Table::$name),)*];
    };
}

tables! {
    /// Keys of `server.properties` and of dynamic broker configs.
    broker "broker",
    /// Keys of a topic.
    topic "topic",
    /// Keys of a group.
    group "group",
    /// Keys of a client-metrics subscription (KIP-714).
    client_metrics "client-metrics",
    /// Keys of client quotas and credentials.
    quota "quota",
    /// Keys of a producer.
    producer "producer",
    /// Keys of a consumer.
    consumer "consumer",
    /// Keys of an admin client.
    admin "admin",
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Row> {
        self.rows.binary_search_by(|row| row.key.cmp(key)).ok().and_then(|i| self.rows.get(i))
    }

    /// In the order of the keys.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn read(text: &'static str) -> Table {
        let mut rows: Vec<Row> = text.lines().skip(1).filter_map(read_row).collect();
        rows.sort_by_key(|row| row.key);
        Table { rows }
    }
}

fn read_row(line: &'static str) -> Option<Row> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let (key, kind, default, valid) = (next()?, Type::from_name(next()?)?, next()?, next()?);
    let (importance, scope, usage, doc) = (next()?, next()?, next()?, next()?);
    let flag = |name: &str| scope.split(',').chain(usage.split(',')).any(|part| part == name);
    let update = match scope.split(',').next()? {
        "per-broker" => Update::PerBroker,
        "cluster-wide" => Update::ClusterWide,
        _ => Update::ReadOnly,
    };
    let broker_synonyms = scope.split(',').filter(|part| part.contains('.')).map(read_synonym).collect();
    Some(Row {
        key,
        kind,
        default: match default {
            "<null>" | "<required>" => Value::Null,
            "[]" | "\"\"" => Value::parse(kind, "").unwrap_or(Value::Null),
            text => Value::parse(kind, text).ok()?,
        },
        required: default == "<required>",
        importance: match importance {
            "high" => Importance::High,
            "medium" => Importance::Medium,
            _ => Importance::Low,
        },
        update,
        internal: flag("internal"),
        dynamic_only: flag("dynamic-only"),
        broker_synonyms,
        usage: match usage.split(',').next()? {
            "used" => Use::Used,
            "protects" => Use::Protects,
            code => Use::Accepted(reason(code)?),
        },
        doc: if doc.is_empty() { doc_from_name(key, kind) } else { doc.into() },
        valid: Valid::from_column(valid, kind == Type::List)?,
    })
}

fn read_synonym(text: &'static str) -> BrokerSynonym {
    let (key, factor) = text.split_once('*').unwrap_or((text, "1"));
    BrokerSynonym { key, factor: factor.parse().unwrap_or(1) }
}

fn reason(code: &str) -> Option<&'static str> {
    two_columns(include_str!("../rows/reasons.tsv")).find(|(c, _)| *c == code).map(|(_, reason)| reason)
}

/// The rows of a table without types.
pub(crate) fn two_columns(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().skip(1).filter_map(|line| line.split_once('\t'))
}

/// A key that Kafka's broker does not define but that stands in people's files, with what to say about it.
pub(crate) fn foreign(key: &str) -> Option<&'static str> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(prefix) => key.starts_with(prefix),
        None => key == pattern,
    };
    two_columns(include_str!("../rows/foreign.tsv")).find(|(pattern, _)| matches(pattern)).map(|(_, reason)| reason)
}

fn doc_from_name(key: &str, kind: Type) -> String {
    let words: Vec<&str> = key.split('.').collect();
    let (words, unit) = match words.split_last() {
        Some((&"ms" | &"millis", words)) => (words, " in milliseconds"),
        Some((&"seconds" | &"secs", words)) => (words, " in seconds"),
        Some((&"bytes", words)) => (words, " in bytes"),
        Some((&"enable", words)) if kind == Type::Boolean => (words, ": whether it is on"),
        _ => (&words[..], ""),
    };
    let text = words.join(" ");
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_ascii_uppercase()).into_iter().collect();
    format!("{first}{}{unit}.", chars.as_str())
}

/// The broker keys that give the value of `key`, in the order of lookup, `key` itself included. A listener's override
/// falls back on the key for all listeners.
pub(crate) fn broker_synonyms(key: &str) -> Vec<&str> {
    if let Some((_, base)) = listener_override(key) {
        return vec![key, base];
    }
    if key != "log.flush.scheduler.interval.ms" {
        for row in Table::topic().rows() {
            if row.broker_synonyms.len() > 1 && row.broker_synonyms.iter().any(|s| s.key == key) {
                return row.broker_synonyms.iter().map(|s| s.key).collect();
            }
        }
    }
    vec![key]
}

/// Splits `listener.name.<listener>[.<mechanism>].<key>` into the listener and a key of the broker table.
pub(crate) fn listener_override(key: &str) -> Option<(&str, &str)> {
    let (listener, base) = key.strip_prefix("listener.name.")?.split_once('.')?;
    let known = |key: &&str| Table::broker().get(key).is_some();
    let base = Some(base).filter(known).or_else(|| base.split_once('.').map(|(_, base)| base).filter(known))?;
    Some((listener, base))
}

/// The known key that is nearest to `key`, if one is near enough to be what was meant.
pub fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (key.chars().count() / 5).clamp(1, 4);
    known.map(|k| (edit_distance(key, k), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replace = previous[j] + usize::from(x != *y);
            current.push(replace.min(previous[j + 1] + 1).min(current[j] + 1));
        }
        previous = current;
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_whose_default_is_allowed() {
        let counts = [366, 34, 17, 3, 7, 113, 116, 91];
        for ((file, table), count) in TABLES.iter().zip(counts) {
            assert_eq!(table().rows().len(), count, "{file}");
            for row in table().rows() {
                assert!(row.doc.ends_with('.') && row.doc.len() > 5, "{file} {}", row.key);
                if row.valid != Valid::Voters {
                    assert_eq!(row.valid.check(row.key, &row.default), Ok(()), "{file} {}", row.key);
                }
                for synonym in &row.broker_synonyms {
                    assert!(Table::broker().get(synonym.key).is_some(), "{}", synonym.key);
                }
            }
        }
    }

    #[test]
    fn synonyms_are_looked_up_in_kafkas_order() {
        for (key, expected) in [
            ("log.retention.hours", "log.retention.ms log.retention.minutes log.retention.hours"),
            ("log.roll.jitter.ms", "log.roll.jitter.ms log.roll.jitter.hours"),
            ("log.flush.interval.ms", "log.flush.interval.ms log.flush.scheduler.interval.ms"),
            ("log.flush.scheduler.interval.ms", "log.flush.scheduler.interval.ms"),
            ("num.partitions", "num.partitions"),
            ("listener.name.ext.max.connections", "listener.name.ext.max.connections max.connections"),
        ] {
            assert_eq!(broker_synonyms(key).join(" "), expected);
        }
    }

    #[test]
    fn a_mistyped_key_has_a_nearest_one() {
        let near = |key| nearest(key, Table::broker().rows().iter().map(|row| row.key));
        assert_eq!(near("num.partitons"), Some("num.partitions"));
        assert_eq!(near("log.retension.hour"), Some("log.retention.hours"));
        assert_eq!(near("no.such.key.at.all"), None);
    }
}
