//! Feature levels. Code asks for capabilities; only this file compares numbers.

use imbl::OrdMap;

/// A feature whose records this node parses and preserves, and the levels it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    pub name: &'static str,
    pub min: i16,
    pub max: i16,
    /// The level that `format` of Kafka 4.3 writes by default.
    pub default: i16,
}

pub const METADATA_VERSION: &str = "metadata.version";
pub const KRAFT_VERSION: &str = "kraft.version";

/// What a 4.3 node registers.
pub const SUPPORTED: &[Feature] = &[
    Feature { name: "eligible.leader.replicas.version", min: 0, max: 1, default: 1 },
    Feature { name: "group.version", min: 0, max: 1, default: 1 },
    Feature { name: KRAFT_VERSION, min: 0, max: 1, default: 1 },
    Feature { name: METADATA_VERSION, min: 7, max: 30, default: 30 },
    Feature { name: "share.version", min: 0, max: 1, default: 1 },
    Feature { name: "streams.version", min: 0, max: 1, default: 1 },
    Feature { name: "transaction.version", min: 0, max: 2, default: 2 },
];

const METADATA_VERSIONS: &[(i16, &str)] = &[
    (7, "3.3-IV3"),
    (8, "3.4-IV0"),
    (9, "3.5-IV0"),
    (10, "3.5-IV1"),
    (11, "3.5-IV2"),
    (12, "3.6-IV0"),
    (13, "3.6-IV1"),
    (14, "3.6-IV2"),
    (15, "3.7-IV0"),
    (16, "3.7-IV1"),
    (17, "3.7-IV2"),
    (18, "3.7-IV3"),
    (19, "3.7-IV4"),
    (20, "3.8-IV0"),
    (21, "3.9-IV0"),
    (22, "4.0-IV0"),
    (23, "4.0-IV1"),
    (24, "4.0-IV2"),
    (25, "4.0-IV3"),
    (26, "4.1-IV0"),
    (27, "4.1-IV1"),
    (28, "4.2-IV0"),
    (29, "4.2-IV1"),
    (30, "4.3-IV0"),
];

/// Kafka's name of a metadata version, such as `4.3-IV0`.
pub fn metadata_version_name(level: i16) -> Option<&'static str> {
    METADATA_VERSIONS.iter().find(|(known, _)| *known == level).map(|(_, name)| *name)
}

/// All metadata versions that this node knows, oldest first.
pub fn metadata_versions() -> &'static [(i16, &'static str)] {
    METADATA_VERSIONS
}

/// Whether records may be lost on the way down from one metadata version to an older one: some versions between brought
/// new kinds of records or fields.
pub fn loses_metadata(from: i16, to: i16) -> bool {
    const BROUGHT_RECORDS: [i16; 9] = [7, 8, 11, 13, 14, 15, 17, 23, 30];
    BROUGHT_RECORDS.iter().any(|level| (to + 1..=from).contains(level))
}

/// The finalized levels of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    levels: OrdMap<String, i16>,
}

impl Features {
    pub fn set(&mut self, name: &str, level: i16) {
        if level == 0 && name != METADATA_VERSION {
            self.levels.remove(name);
        } else {
            self.levels.insert(name.to_owned(), level);
        }
    }

    /// The finalized level; 0 where there is none.
    pub fn level(&self, name: &str) -> i16 {
        self.levels.get(name).copied().unwrap_or(0)
    }

    /// All finalized levels above 0, by name; `kraft.version` is not among them, it lives in the quorum's own records.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i16)> {
        self.levels.iter().map(|(name, level)| (name.as_str(), *level))
    }

    /// Whether anything was finalized yet: false in an empty log before its bootstrap records.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    fn metadata_version(&self) -> i16 {
        self.level(METADATA_VERSION)
    }

    /// Controllers register themselves (3.7-IV0).
    pub fn controllers_register(&self) -> bool {
        self.metadata_version() >= 15
    }

    /// Replicas are assigned to directories (KIP-858, 3.7-IV2).
    pub fn assigns_directories(&self) -> bool {
        self.metadata_version() >= 17
    }

    /// Several records may form one metadata transaction (KIP-868, 3.6-IV1).
    pub fn has_metadata_transactions(&self) -> bool {
        self.metadata_version() >= 13
    }

    /// The ISR may be left for the set of eligible leader replicas (KIP-966).
    pub fn keeps_eligible_leaders(&self) -> bool {
        self.metadata_version() >= 23 && self.level("eligible.leader.replicas.version") >= 1
    }

    /// A leader gets a new epoch when its ISR shrinks (before 3.6-IV0).
    pub fn isr_shrink_begins_epoch(&self) -> bool {
        self.metadata_version() < 12
    }

    /// Log directories can be cordoned (4.3-IV0).
    pub fn cordons_log_dirs(&self) -> bool {
        self.metadata_version() >= 30
    }

    pub(crate) fn partition_record_version(&self) -> i16 {
        match self.metadata_version() {
            23.. => 2,
            17.. => 1,
            _ => 0,
        }
    }

    pub(crate) fn register_broker_record_version(&self) -> i16 {
        match self.metadata_version() {
            30.. => 4,
            17.. => 3,
            8.. => 2,
            _ => 1,
        }
    }
}
