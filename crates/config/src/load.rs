//! From settings to a [`ServerConfig`], or to everything that is wrong with them at once.

use std::fmt;

use crate::checks;
use crate::error::ConfigError;
use crate::listeners::{BrokerListener, SecurityProtocol};
use crate::rows::{Row, Table, Use, foreign, listener_override, nearest};
use crate::server::{BrokerValues, ServerConfig, broker_row};
use crate::settings::{Origin, Setting, Settings};
use crate::value::Value;

/// A setting with which the node cannot start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub key: String,
    /// What is wrong, in Kafka's words where it has any.
    pub message: String,
    /// What is allowed; empty where the message says it.
    pub allowed: String,
    /// `key=value` as it was given, redacted if it is a secret.
    pub given: Option<String>,
    pub origin: Origin,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.allowed.is_empty() {
            write!(f, "; allowed: {}", self.allowed)?;
        }
        match &self.given {
            Some(given) => write!(f, " ({given}, {})", self.origin),
            None => Ok(()),
        }
    }
}

/// Something the user should know, with which the node starts all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub key: String,
    pub message: String,
    pub origin: Origin,
    /// Likely a mistake, as against a key that merely has no effect here.
    pub is_warning: bool,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.key, self.message, self.origin)
    }
}

/// A configuration with which the node starts.
#[derive(Debug)]
pub struct Loaded {
    pub config: ServerConfig,
    pub notes: Vec<Note>,
}

/// Why it does not start.
#[derive(Clone, Debug, Default, thiserror::Error)]
pub struct Rejected {
    /// Wrong or missing values.
    pub problems: Vec<Problem>,
    /// What would protect and is not enforced yet.
    pub refusals: Vec<Problem>,
    pub notes: Vec<Note>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().chain(&self.refusals).map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Checks all settings and makes the typed configuration of them.
pub fn load(settings: &Settings) -> Result<Loaded, Rejected> {
    let mut loader = Loader { settings, values: BrokerValues::default(), outcome: Rejected::default() };
    for setting in settings.effective().values() {
        loader.setting(setting);
    }
    loader.node_id();
    loader.required();
    let (addresses, conflicts) = checks::check(&loader.values);
    // A contradiction with a key that is wrong by itself would be noise.
    let wrong: Vec<String> = loader.outcome.problems.iter().map(|p| p.key.clone()).collect();
    let is_wrong = |key: &str| wrong.iter().any(|k| k == key);
    let skip = ["process.roles", "node.id", "listeners", "controller.listener.names"].into_iter().any(is_wrong);
    for (key, message) in conflicts {
        if !(is_wrong(key) || skip && is_about_addresses(key)) {
            loader.problem(key, message);
        }
    }
    if let Some(addresses) = &addresses {
        for listener in &addresses.listeners {
            loader.refuse_protocol(listener);
        }
    }
    let Loader { values, outcome, .. } = loader;
    match addresses {
        Some(addresses) if outcome.problems.is_empty() && outcome.refusals.is_empty() => {
            Ok(Loaded { config: ServerConfig::build(values, addresses), notes: outcome.notes })
        }
        _ => Err(outcome),
    }
}

fn is_about_addresses(key: &str) -> bool {
    key.contains("listener") || key.starts_with("controller.quorum")
}

struct Loader<'a> {
    settings: &'a Settings,
    values: BrokerValues,
    outcome: Rejected,
}

impl Loader<'_> {
    fn setting(&mut self, setting: &Setting) {
        let Some(row) = broker_row(&setting.key) else {
            return self.unknown(setting);
        };
        match row.parse_as(&setting.key, &setting.value) {
            Ok(value) => {
                self.usage(row, setting, &value);
                self.values.given.insert(setting.key.clone(), (value, setting.origin.clone()));
            }
            Err(error) => {
                let given = given(row, setting);
                let allowed = match error {
                    ConfigError::Invalid { .. } => row.allowed(),
                    _ => String::new(),
                };
                let (key, origin) = (setting.key.clone(), setting.origin.clone());
                let problem = Problem { key, message: error.to_string(), allowed, given: Some(given), origin };
                self.outcome.problems.push(problem);
            }
        }
    }

    fn usage(&mut self, row: &Row, setting: &Setting, value: &Value) {
        if row.dynamic_only {
            return self.note(setting, "it is not read from a file: set it with kafka-configs.sh".into(), true);
        }
        match row.usage {
            Use::Used => {}
            Use::Accepted(_) if setting.origin == Origin::ZeroConfiguration => {}
            Use::Accepted(reason) => self.note(setting, format!("no effect here: {reason}"), false),
            Use::Protects if matches!(value, Value::String(text) if text.is_empty()) => {}
            Use::Protects => {
                let message = format!("{} is set, and Ottla does not enforce it yet: it does not start", row.key);
                let origin = setting.origin.clone();
                let given = Some(given(row, setting));
                let key = row.key.to_string();
                self.outcome.refusals.push(Problem { key, message, allowed: String::new(), given, origin });
            }
        }
    }

    fn unknown(&mut self, setting: &Setting) {
        let key = setting.key.as_str();
        self.values.unknown.insert(key.into(), setting.origin.clone());
        if key.starts_with("config.providers.") {
            // What providers are, and what they are told: read before everything else.
            return;
        }
        if let Some(reason) = foreign(key) {
            return self.note(setting, format!("no effect here: {reason}"), false);
        }
        let message = match (Table::topic().get(key), key.starts_with("listener.name.")) {
            (Some(row), _) => match row.broker_synonyms.first() {
                Some(synonym) => format!("this is a key of topics; the broker's is {}", synonym.key),
                None => "this is a key of topics".into(),
            },
            (None, true) => "unknown key of a listener".into(),
            (None, false) => match nearest(key, Table::broker().rows().iter().map(|row| row.key)) {
                Some(near) => format!("unknown key; did you mean {near}?"),
                None => "unknown key".into(),
            },
        };
        self.note(setting, message, true);
    }

    fn note(&mut self, setting: &Setting, message: String, is_warning: bool) {
        let (key, origin) = (setting.key.clone(), setting.origin.clone());
        self.outcome.notes.push(Note { key, message, origin, is_warning });
    }

    /// `broker.id` is the old name of `node.id`: either gives both.
    fn node_id(&mut self) {
        let get = |key: &str| self.values.given.get(key).cloned();
        match (get("node.id"), get("broker.id")) {
            (Some(node), Some(broker)) if node.0 != broker.0 => {
                self.problem("broker.id", "You must set `node.id` to the same value as `broker.id`.".into());
            }
            (Some(node), None) => {
                self.values.given.insert("broker.id".into(), node);
            }
            (None, Some(broker)) if broker.0.as_i64().is_some_and(|id| id >= 0) => {
                self.values.given.insert("node.id".into(), broker);
            }
            _ => {}
        }
    }

    fn required(&mut self) {
        for row in Table::broker().rows().iter().filter(|row| row.required) {
            let wrong = self.outcome.problems.iter().any(|p| p.key == row.key);
            if !wrong && !self.values.is_given(row.key) {
                let message = format!("Missing required configuration \"{}\" which has no default value.", row.key);
                let allowed = row.allowed();
                let key = row.key.to_string();
                self.outcome.problems.push(Problem { key, message, allowed, given: None, origin: Origin::Default });
            }
        }
    }

    fn problem(&mut self, key: &str, message: String) {
        let setting = self.settings.get(key);
        let given = setting.and_then(|setting| broker_row(key).map(|row| given(row, setting)));
        let origin = setting.map_or(Origin::Default, |setting| setting.origin.clone());
        self.outcome.problems.push(Problem { key: key.into(), message, allowed: String::new(), given, origin });
    }

    /// A listener with TLS or SASL is not opened while they are not enforced; the keys that it would need are named.
    fn refuse_protocol(&mut self, listener: &BrokerListener) {
        let (tls, sasl) = match listener.protocol {
            SecurityProtocol::Plaintext => return,
            SecurityProtocol::Ssl => (true, false),
            SecurityProtocol::SaslPlaintext => (false, true),
            SecurityProtocol::SaslSsl => (true, true),
        };
        let needed = |key: &&String| {
            let base = listener_override(key).map_or(key.as_str(), |(_, base)| base);
            (tls && base.starts_with("ssl.")) || (sasl && base.starts_with("sasl."))
        };
        let keys: Vec<&str> = self.values.given.keys().filter(needed).map(String::as_str).collect();
        let with = if keys.is_empty() { String::new() } else { format!(" (with {})", keys.join(", ")) };
        let message = format!(
            "listener {} asks for {}{with}, which Ottla does not enforce yet: it does not start",
            listener.name,
            listener.protocol.name()
        );
        let setting = self.settings.get("listeners");
        self.outcome.refusals.push(Problem {
            key: "listeners".into(),
            message,
            allowed: String::new(),
            given: setting.map(|setting| format!("listeners={}", setting.value)),
            origin: setting.map_or(Origin::Default, |setting| setting.origin.clone()),
        });
    }
}

/// `key=value` for a message.
fn given(row: &Row, setting: &Setting) -> String {
    let value = if row.is_sensitive() { "[hidden]" } else { setting.value.as_str() };
    format!("{}={value}", setting.key)
}
