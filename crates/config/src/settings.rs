//! Settings as they were given, each with where it came from; a later one wins.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::properties::Properties;

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// The defaults of a start without configuration.
    ZeroConfiguration,
    File {
        name: Arc<str>,
        line: u32,
    },
    Environment {
        variable: Arc<str>,
    },
    /// `--override key=value`.
    Override,
    /// Another option of the command line.
    Option(&'static str),
    /// A dynamic config in the metadata log.
    Dynamic,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::ZeroConfiguration => f.write_str("default without configuration"),
            Origin::File { name, line } => write!(f, "{name} line {line}"),
            Origin::Environment { variable } => write!(f, "environment variable {variable}"),
            Origin::Override => f.write_str("--override"),
            Origin::Option(option) => f.write_str(option),
            Origin::Dynamic => f.write_str("dynamic config"),
        }
    }
}

/// One key as it was given.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: String,
    pub value: String,
    pub origin: Origin,
}

impl fmt::Debug for Setting {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.key, self.origin)
    }
}

/// Settings of all sources in the order of their precedence, the strongest last.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub entries: Vec<Setting>,
}

impl Settings {
    /// Adds the entries of a file under the name it is known by.
    pub fn file(mut self, name: &str, properties: &Properties) -> Settings {
        let name: Arc<str> = name.into();
        for entry in &properties.entries {
            self.push(&entry.key, &entry.value, Origin::File { name: name.clone(), line: entry.line });
        }
        self
    }

    /// Adds an `--override` argument. As in Kafka, one without `=` is a key with an empty value.
    pub fn override_argument(mut self, argument: &str) -> Settings {
        let (key, value) = argument.split_once('=').unwrap_or((argument, ""));
        self.push(key, value, Origin::Override);
        self
    }

    pub fn push(&mut self, key: impl Into<String>, value: impl Into<String>, origin: Origin) {
        self.entries.push(Setting { key: key.into(), value: value.into(), origin });
    }

    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.entries.iter().rev().find(|s| s.key == key)
    }

    /// Each key once, with the setting that counts.
    pub fn effective(&self) -> BTreeMap<&str, &Setting> {
        self.entries.iter().map(|s| (s.key.as_str(), s)).collect()
    }
}
