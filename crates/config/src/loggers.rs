//! The loggers of a node and their levels, as DescribeConfigs and IncrementalAlterConfigs show and change them (KIP-412).
//!
//! A logger is a name for a target, a part of this program that writes log lines. Beside the targets' own names stand
//! those of Kafka's classes whose work the target does (`rows/loggers.tsv`; `*` is every target), so that what guides say
//! of levels works here. Levels last until the process ends.
//!
//! The level of a target: what is set under its name or, the most verbose, under other names of it; else the same of the
//! target around it (`broker` for `broker::partition`); else of the names for every target; else the root's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::alter::{Change, ChangeKind};
use crate::describe::{Described, Source};
use crate::error::ConfigError;

/// The logger that all others inherit from; its level cannot be taken away.
const ROOT: &str = "root";
/// The target of names that stand for every target.
const EVERYTHING: &str = "*";

/// How much is told, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Only from `OTTLA_LOG`: Kafka does not let it be set.
    Off,
    /// Nothing, as an end of the process is told apart from the log.
    Fatal,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    const ALL: [Level; 7] =
        [Level::Off, Level::Fatal, Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

    fn name(self) -> &'static str {
        match self {
            Level::Off => "OFF",
            Level::Fatal => "FATAL",
            Level::Error => "ERROR",
            Level::Warn => "WARN",
            Level::Info => "INFO",
            Level::Debug => "DEBUG",
            Level::Trace => "TRACE",
        }
    }

    /// The name in a filter's directives.
    fn directive(self) -> String {
        if self == Level::Fatal { "off".into() } else { self.name().to_ascii_lowercase() }
    }

    /// A level of a request, capitals only as in Kafka.
    fn from_request(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name).filter(|level| *level != Level::Off)
    }

    fn from_directive(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.directive() == name.to_ascii_lowercase())
    }
}

/// Names and targets of the rows.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    crate::rows::two_columns(include_str!("../rows/loggers.tsv"))
}

/// The levels that are set.
#[derive(Clone, Debug)]
struct Levels {
    root: Level,
    /// By the logger's name: one of the rows, or a target that the first directives named.
    set: BTreeMap<String, Level>,
    /// First directives that say more than a target and a level; they stay.
    others: Vec<String>,
}

impl Levels {
    fn from_directives(directives: &str) -> Levels {
        let mut levels = Levels { root: Level::Off, set: BTreeMap::new(), others: Vec::new() };
        for directive in outside_brackets(directives) {
            let (target, level) = directive.split_once('=').unwrap_or((directive, ""));
            match (Level::from_directive(directive), Level::from_directive(level)) {
                (Some(root), _) => levels.root = root,
                (None, Some(level)) if !target.contains('[') => {
                    levels.set.insert(target.to_owned(), level);
                }
                (None, None) if !directive.contains(['[', '=']) => {
                    levels.set.insert(directive.to_owned(), Level::Trace);
                }
                _ => levels.others.push(directive.to_owned()),
            }
        }
        levels
    }

    /// Every logger with its target; a target that only the first directives named is its own.
    fn loggers(&self) -> BTreeMap<&str, &str> {
        let mut loggers: BTreeMap<&str, &str> = self.set.keys().map(|name| (name.as_str(), name.as_str())).collect();
        for (name, target) in rows() {
            loggers.insert(name, target);
        }
        loggers
    }

    fn has(&self, name: &str) -> bool {
        self.set.contains_key(name) || rows().any(|(known, _)| known == name)
    }

    fn set_under(&self, target: &str) -> Option<Level> {
        let others = rows().filter(|(_, of)| *of == target).filter_map(|(name, _)| self.set.get(name));
        self.set.get(target).or(others.max()).copied()
    }

    fn of_target(&self, target: &str) -> Level {
        let around = std::iter::successors(Some(target), |inner| Some(inner.rsplit_once("::")?.0));
        around.chain([EVERYTHING]).find_map(|target| self.set_under(target)).unwrap_or(self.root)
    }

    fn of_logger(&self, name: &str, target: &str) -> Level {
        self.set.get(name).copied().unwrap_or_else(|| self.of_target(target))
    }

    /// The same as directives of a filter.
    fn directives(&self) -> String {
        let everywhere = self.of_target(EVERYTHING);
        let mut directives = vec![everywhere.directive()];
        let loggers = self.loggers();
        let targets: BTreeSet<&str> = loggers.values().copied().filter(|target| *target != EVERYTHING).collect();
        let levels = targets.into_iter().map(|target| (target, self.of_target(target)));
        directives.extend(levels.map(|(target, level)| format!("{target}={}", level.directive())));
        directives.extend(self.others.iter().cloned());
        directives.join(",")
    }

    fn change(&mut self, changes: &[Change<'_>]) -> Result<(), ConfigError> {
        for change in changes {
            let (name, key) = (change.key, change.key.to_owned());
            let operation = match change.kind {
                ChangeKind::Append => Some("APPEND"),
                ChangeKind::Subtract => Some("SUBTRACT"),
                ChangeKind::Set | ChangeKind::Delete => None,
            };
            if let Some(operation) = operation {
                return Err(ConfigError::LoggerOperation(operation));
            }
            if name != ROOT && !self.has(name) {
                return Err(ConfigError::UnknownLogger(key));
            }
            if change.kind == ChangeKind::Delete {
                if name == ROOT {
                    return Err(ConfigError::RootLoggerRemoved);
                }
                self.set.remove(name);
                continue;
            }
            let text = change.value.unwrap_or_default();
            let level = Level::from_request(text);
            let level =
                level.ok_or_else(|| ConfigError::UnknownLevel { logger: key.clone(), level: text.to_owned() })?;
            match name {
                ROOT => self.root = level,
                _ => drop(self.set.insert(key, level)),
            }
        }
        Ok(())
    }
}

/// Parts at commas that stand in no brackets, which hold fields of spans.
fn outside_brackets(directives: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let parts = directives.split(move |c| {
        depth += i32::from(matches!(c, '[' | '{')) - i32::from(matches!(c, ']' | '}'));
        c == ',' && depth <= 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Takes the directives of a filter whenever levels have changed.
pub type ApplyLevels = Box<dyn Fn(&str) + Send + Sync>;

/// The loggers of this process.
pub struct Loggers {
    levels: Mutex<Levels>,
    apply: ApplyLevels,
}

impl Default for Loggers {
    /// Everything at INFO, and nobody who applies a change.
    fn default() -> Loggers {
        Loggers::new("info", Box::new(|_| {}))
    }
}

impl Loggers {
    /// The levels of `directives`, of the form `info,broker=debug`; `apply` is told of changes, not of these.
    pub fn new(directives: &str, apply: ApplyLevels) -> Loggers {
        Loggers { levels: Mutex::new(Levels::from_directives(directives)), apply }
    }

    /// Every logger with the level that counts for it.
    pub fn describe(&self) -> Vec<Described> {
        let levels = self.lock();
        let one = |key: &str, level: Level| Described {
            key: key.to_owned(),
            value: Some(level.name().to_owned()),
            source: Source::DynamicBrokerLogger,
            synonyms: Vec::new(),
            kind: None,
            is_sensitive: false,
            is_read_only: false,
            documentation: String::new(),
        };
        let loggers = levels.loggers();
        let named = loggers.into_iter().map(|(name, target)| one(name, levels.of_logger(name, target)));
        named.chain([one(ROOT, levels.root)]).collect()
    }

    /// Makes all changes or, where one cannot be, none.
    ///
    /// # Errors
    /// A logger or a level that there is not, an operation that loggers do not know, a key named twice.
    pub fn alter(&self, changes: &[Change<'_>], validate_only: bool) -> Result<(), ConfigError> {
        crate::alter::check_operations(changes)?;
        let mut levels = self.lock();
        let mut changed = levels.clone();
        changed.change(changes)?;
        if !validate_only && !changes.is_empty() {
            // Under the lock, so that the last change is the one that stays.
            (self.apply)(&changed.directives());
            *levels = changed;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Levels> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn set<'a>(key: &'a str, value: &'a str) -> Change<'a> {
        Change { key, kind: ChangeKind::Set, value: Some(value) }
    }

    fn delete(key: &str) -> Change<'_> {
        Change { key, kind: ChangeKind::Delete, value: None }
    }

    fn level(loggers: &Loggers, name: &str) -> Option<String> {
        loggers.describe().into_iter().find(|described| described.key == name)?.value
    }

    /// Levels of some loggers after changes that all succeed.
    fn check(first: &str, changes: &[Change<'_>], expected: &[(&str, &str)]) {
        let loggers = Loggers::new(first, Box::new(|_| {}));
        for change in changes {
            loggers.alter(&[*change], false).unwrap();
        }
        for (name, expected) in expected {
            assert_eq!(level(&loggers, name).as_deref(), Some(*expected), "{name} after {first} and {changes:?}");
        }
    }

    #[test]
    fn every_logger_inherits_from_the_root_and_from_the_target_around_it() {
        check("info", &[], &[("root", "INFO"), ("kafka.server.KafkaApis", "INFO"), ("broker", "INFO")]);
        check("info", &[set("root", "ERROR")], &[("root", "ERROR"), ("kafka.server.KafkaApis", "ERROR")]);
        let broker = [("kafka.server.ReplicaManager", "DEBUG"), ("kafka.network.Processor", "INFO")];
        check("info", &[set("broker", "DEBUG")], &broker);
        let controller = [("org.apache.kafka.controller.QuorumController", "TRACE"), ("quorum", "TRACE")];
        check("info", &[set("org.apache.kafka.controller", "TRACE")], &controller);
        check("info", &[set("kafka", "WARN")], &[("broker", "WARN"), ("root", "INFO"), ("storage", "WARN")]);
    }

    #[test]
    fn names_of_one_target_share_their_level_and_the_most_verbose_counts() {
        let names = ["org.apache.kafka.raft.LeaderState", "org.apache.kafka.raft.QuorumState"];
        check("info", &[set(names[0], "DEBUG")], &[(names[0], "DEBUG"), (names[1], "DEBUG")]);
        let both = [set(names[0], "ERROR"), set(names[1], "TRACE")];
        check(
            "info",
            &both,
            &[(names[0], "ERROR"), (names[1], "TRACE"), ("org.apache.kafka.raft.KafkaRaftClient", "TRACE")],
        );
    }

    #[test]
    fn a_level_that_is_taken_away_is_inherited_again() {
        let name = "kafka.server.KafkaApis";
        check("warn", &[set(name, "DEBUG"), delete(name)], &[(name, "WARN")]);
        check("warn", &[delete(name)], &[(name, "WARN")]);
        check("info,broker=debug", &[delete("broker")], &[("broker", "INFO")]);
    }

    #[test]
    fn first_directives_are_levels_and_targets_that_they_name_are_loggers() {
        let first = "broker::fetch_wait, net=warn,Error,storage[read{a,b}]=debug";
        check(first, &[], &[("broker::fetch_wait", "TRACE"), ("net", "WARN"), ("root", "ERROR"), ("storage", "ERROR")]);
        check("broker=debug", &[], &[("root", "OFF"), ("broker", "DEBUG")]);
    }

    #[test]
    fn changes_are_applied_as_directives_of_targets() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        let loggers = Loggers::new(
            "info,x::y=debug,storage[read]=debug",
            Box::new(move |directives| kept.lock().unwrap().push(directives.to_owned())),
        );
        loggers.alter(&[set("kafka.cluster.Partition", "TRACE"), set("net", "FATAL")], false).unwrap();
        loggers.alter(&[set("root", "TRACE")], true).unwrap();
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1);
        let directives: Vec<&str> = told[0].split(',').collect();
        assert_eq!((directives[0], *directives.last().unwrap()), ("info", "storage[read]=debug"));
        for expected in ["broker::partition=trace", "broker=info", "net=off", "x::y=debug"] {
            assert!(directives.contains(&expected), "{expected} in {directives:?}");
        }
    }

    #[test]
    fn what_cannot_be_changes_nothing() {
        let loggers = Loggers::default();
        for (bad, message) in [
            (set("no.such", "INFO"), "Logger no.such does not exist!"),
            (delete("kafka.server"), "Logger kafka.server does not exist!"),
            (
                set("root", "debug"),
                "Cannot set the log level of root to debug as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN",
            ),
            (delete("root"), "Removing the log level of the root logger is not allowed"),
            (
                Change { key: "root", kind: ChangeKind::Append, value: Some("INFO") },
                "APPEND operation is not allowed for the BROKER_LOGGER resource",
            ),
            (Change { key: "root", kind: ChangeKind::Set, value: None }, "Null value not supported for : root"),
            (set("net", "INFO"), "Error due to duplicate config keys"),
        ] {
            let error = loggers.alter(&[set("net", "DEBUG"), bad], false).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        assert_eq!(level(&loggers, "net").as_deref(), Some("INFO"));
    }

    #[test]
    fn rows_name_targets_that_have_a_row_of_their_own_around_them() {
        let own: Vec<&str> = rows().filter(|(name, target)| name == target).map(|(name, _)| name).collect();
        for (name, target) in rows().filter(|(_, target)| *target != EVERYTHING) {
            let crate_name = target.split("::").next().unwrap();
            assert!(own.contains(&crate_name), "{name}: {target}");
        }
        let names: BTreeSet<&str> = rows().map(|(name, _)| name).collect();
        assert_eq!(names.len(), rows().count(), "a name stands twice");
    }
}
