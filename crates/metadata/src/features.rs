//! Feature levels. Code asks for capabilities; only this file compares numbers.

use imbl::OrdMap;

/// A feature of Kafka 4.3: the levels whose records this node parses and preserves, and up to which it serves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    pub name: &'static str,
    pub min: i16,
    /// The highest level that is known.
    pub known: i16,
    /// The highest level whose APIs and promises are there.
    pub served: i16,
}

pub const METADATA_VERSION: &str = "metadata.version";
pub const KRAFT_VERSION: &str = "kraft.version";
pub const ELR_VERSION: &str = "eligible.leader.replicas.version";

/// Every feature of Kafka 4.3. What is not served yet: the newer groups (KIP-848, share and streams groups), and
/// transactions, so that the records of their newer forms (KIP-890) have no reader.
pub const FEATURES: &[Feature] = &[
    Feature { name: ELR_VERSION, min: 0, known: 1, served: 1 },
    Feature { name: "group.version", min: 0, known: 1, served: 0 },
    Feature { name: KRAFT_VERSION, min: 0, known: 1, served: 1 },
    Feature { name: METADATA_VERSION, min: 7, known: 30, served: 30 },
    Feature { name: "share.version", min: 0, known: 1, served: 0 },
    Feature { name: "streams.version", min: 0, known: 1, served: 0 },
    Feature { name: "transaction.version", min: 0, known: 2, served: 0 },
];

/// Which levels a node takes part at: it registers them, and refuses the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Levels {
    /// All that are known: a node that is a whole cluster by itself goes on with what Apache Kafka has finalized in its
    /// folder, and answers for itself only where an API is missing.
    Known,
    /// What is served: a node of several, whose peers and their clients rely on what it has registered.
    #[default]
    Served,
}

impl Feature {
    /// The highest level.
    pub fn max(&self, levels: Levels) -> i16 {
        match levels {
            Levels::Known => self.known,
            Levels::Served => self.served,
        }
    }
}

impl Levels {
    /// Lowest and highest level of a feature, where there are any.
    pub fn range(self, name: &str) -> Option<(i16, i16)> {
        FEATURES.iter().find(|feature| feature.name == name).map(|feature| (feature.min, feature.max(self)))
    }

    /// Whether this level of the feature is one of them. What is not known at all is at level 0.
    pub fn has(self, name: &str, level: i16) -> bool {
        self.range(name).map_or(level == 0, |(min, max)| (min..=max).contains(&level))
    }
}

/// A finalized level that a node does not take part at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    pub feature: String,
    pub level: i16,
    /// The levels at which it would; none of a feature that it does not know.
    pub range: Option<(i16, i16)>,
}

impl std::fmt::Display for Unserved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.feature, self.level)?;
        match self.range {
            Some((min, max)) if min == max => write!(f, " (served: {max})"),
            Some((min, max)) => write!(f, " (served: {min} to {max})"),
            None => write!(f, " (not known)"),
        }
    }
}

/// The command that takes levels down to those that are served.
pub fn way_down(unserved: &[Unserved]) -> String {
    let flags: Vec<String> = unserved
        .iter()
        .map(|one| format!(" --feature {}={}", one.feature, one.range.map_or(0, |(_, max)| max)))
        .collect();
    format!("kafka-features.sh --bootstrap-server HOST:PORT downgrade{}", flags.concat())
}

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

    /// The finalized levels at which a node with these does not take part, by name.
    pub fn beyond(&self, levels: Levels) -> Vec<Unserved> {
        let not_among = self.iter().filter(|(name, level)| !levels.has(name, *level));
        not_among.map(|(name, level)| Unserved { feature: name.to_owned(), level, range: levels.range(name) }).collect()
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
        self.metadata_version() >= 23 && self.level(ELR_VERSION) >= 1
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

#[cfg(test)]
mod tests {
    use super::*;

    fn finalized(levels: &[(&str, i16)]) -> Features {
        let mut features = Features::default();
        levels.iter().for_each(|(name, level)| features.set(name, *level));
        features
    }

    #[test]
    fn what_is_not_served_is_named_with_the_way_down() {
        let of_kafka = finalized(&[(METADATA_VERSION, 30), ("group.version", 1), ("transaction.version", 2)]);
        assert_eq!(of_kafka.beyond(Levels::Known), []);
        let unserved = of_kafka.beyond(Levels::Served);
        let shown: Vec<String> = unserved.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["group.version=1 (served: 0)", "transaction.version=2 (served: 0)"]);
        let way = "kafka-features.sh --bootstrap-server HOST:PORT downgrade --feature group.version=0 --feature transaction.version=0";
        assert_eq!(way_down(&unserved), way);
    }

    #[test]
    fn levels_of_a_later_kafka_are_not_known_either() {
        let later = finalized(&[(METADATA_VERSION, 33), ("share.version", 2), ("brand.new.version", 1)]);
        let shown: Vec<String> = later.beyond(Levels::Known).iter().map(ToString::to_string).collect();
        let named = [
            "brand.new.version=1 (not known)",
            "metadata.version=33 (served: 7 to 30)",
            "share.version=2 (served: 0 to 1)",
        ];
        assert_eq!(shown, named);
        assert_eq!(finalized(&[(METADATA_VERSION, 3)]).beyond(Levels::Known).len(), 1, "older than any that 4.3 reads");
        assert_eq!(finalized(&[(METADATA_VERSION, 30), (ELR_VERSION, 1)]).beyond(Levels::Served), []);
    }
}
