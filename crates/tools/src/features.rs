//! `kafka-features.sh`: feature levels of the cluster, what a release stands for, and dependencies between features.

use crate::arguments::{Command, Matches, Syntax, option, switch};
use crate::cluster::admin_of;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use client::FeatureUpdate;

const METADATA_VERSION: &str = "metadata.version";
/// Names of metadata versions from level 7 on.
const METADATA_VERSIONS: &[&str] = &[
    "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1",
    "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0",
    "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0",
];
const FIRST_LEVEL: i16 = 7;
const LATEST_PRODUCTION: i16 = 30;

/// Features beside metadata.version: name, and for each level above 0 the metadata version that brings it and what it
/// depends on.
type Level = (i16, i16, Option<i16>);
const FEATURES: &[(&str, &[Level])] = &[
    ("kraft.version", &[(1, 21, None)]),
    ("transaction.version", &[(1, 24, None), (2, 24, None)]),
    ("group.version", &[(1, 22, None)]),
    ("eligible.leader.replicas.version", &[(1, 26, Some(23))]),
    ("share.version", &[(1, 28, None)]),
    ("streams.version", &[(1, 29, None)]),
];

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "kafka-features",
    purpose: "Show and change feature levels.",
    arguments: &[
        option(&["--bootstrap-server"], "BOOTSTRAP_SERVER", "brokers to connect to").grouped(),
        option(&["--bootstrap-controller"], "BOOTSTRAP_CONTROLLER", "controllers to connect to").grouped(),
        option(&["--command-config"], "COMMAND_CONFIG", "properties file of the client"),
    ],
    group_required: false,
    commands: &[
        Command {
            name: "describe",
            arguments: &[option(&["--node-id"], "NODE_ID", "ask this node")],
            help: "show supported and finalized levels",
        },
        Command {
            name: "upgrade",
            arguments: &[
                option(&["--metadata"], "METADATA", "deprecated: --feature metadata.version=LEVEL"),
                option(&["--feature"], "FEATURE", "feature=level; may be repeated"),
                option(&["--release-version"], "RELEASE_VERSION", "the levels of a release, such as 4.3"),
                switch(&["--dry-run"], "only check"),
            ],
            help: "raise levels",
        },
        Command {
            name: "downgrade",
            arguments: &[
                option(&["--metadata"], "METADATA", "deprecated: --feature metadata.version=LEVEL"),
                option(&["--feature"], "FEATURE", "feature=level; may be repeated"),
                option(&["--release-version"], "RELEASE_VERSION", "the levels of a release"),
                switch(&["--unsafe"], "even if metadata may be lost"),
                switch(&["--dry-run"], "only check"),
            ],
            help: "lower levels",
        },
        Command {
            name: "disable",
            arguments: &[
                option(&["--feature"], "FEATURE", "feature; may be repeated"),
                switch(&["--unsafe"], "even if metadata may be lost"),
                switch(&["--dry-run"], "only check"),
            ],
            help: "set features to level 0",
        },
        Command {
            name: "version-mapping",
            arguments: &[option(&["--release-version"], "RELEASE_VERSION", "release, such as 4.3")],
            help: "levels that a release stands for",
        },
        Command {
            name: "feature-dependencies",
            arguments: &[option(&["--feature"], "FEATURE", "feature=level; may be repeated").required()],
            help: "what levels depend on",
        },
    ],
    examples: &[
        "--bootstrap-server localhost:9092 describe",
        "--bootstrap-server localhost:9092 upgrade --release-version 4.3 --dry-run",
    ],
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 0, io),
    };
    let outcome = match matches.command {
        Some("version-mapping") => version_mapping(&matches, io),
        Some("feature-dependencies") => dependencies(&matches, io),
        Some("describe") => describe(&matches, io),
        _ => update(&matches, io),
    };
    outcome.exit_code(io)
}

fn version_name(level: i16) -> Option<&'static str> {
    METADATA_VERSIONS.get(usize::try_from(level - FIRST_LEVEL).ok()?).copied()
}

/// The level of `4.3-IV0`, or the highest production level of `4.3`.
fn metadata_level(text: &str) -> Result<i16, Failure> {
    let levels = (FIRST_LEVEL..).zip(METADATA_VERSIONS);
    let exact = levels.clone().find(|(_, name)| **name == text).map(|(level, _)| level);
    let short = levels
        .filter(|(level, name)| *level <= LATEST_PRODUCTION && name.split('-').next() == Some(text))
        .map(|(level, _)| level)
        .max();
    exact.or(short).ok_or_else(|| {
        let known = METADATA_VERSIONS.join(", ");
        Failure::new(format!("Unknown metadata.version '{text}'. Supported metadata.version are: {known}"))
    })
}

/// The level that a feature has by default in a metadata version.
fn default_level(levels: &[Level], metadata: i16) -> i16 {
    levels.iter().filter(|(_, since, _)| *since <= metadata).map(|(level, _, _)| *level).max().unwrap_or(0)
}

fn describe(matches: &Matches, io: &mut Io) -> Outcome {
    let node = matches.number("--node-id").map_err(Failure::new)?;
    let versions = admin(matches)?.versions_of(node)?;
    for (name, range) in &versions.supported_features {
        let shown = |level: i16| match version_name(level).filter(|_| name == METADATA_VERSION) {
            Some(version) => version.to_string(),
            None => level.to_string(),
        };
        let finalized = versions.finalized_features.get(name).copied().unwrap_or(0);
        let epoch = if versions.finalized_epoch >= 0 { versions.finalized_epoch.to_string() } else { "-".into() };
        io.say(format!(
            "Feature: {name:<42}SupportedMinVersion: {:<17}SupportedMaxVersion: {:<17}FinalizedVersionLevel: {:<17}Epoch: {epoch}",
            shown(range.min),
            shown(range.max),
            shown(finalized)
        ));
    }
    Ok(())
}

fn admin(matches: &Matches) -> Result<client::Admin, Failure> {
    if !matches.has("--bootstrap-server") && !matches.has("--bootstrap-controller") {
        return Err(Failure::new("You must specify either --bootstrap-controller or --bootstrap-server."));
    }
    admin_of(matches)
}

fn parse_feature(text: &str) -> Result<(String, i16), Failure> {
    let bad = || Failure::new(format!("Can't parse feature=level string {text}: equals sign not found."));
    let (name, level) = text.split_once('=').ok_or_else(bad)?;
    let level = match level.trim().parse() {
        Ok(level) => level,
        Err(_) if name.trim() == METADATA_VERSION => metadata_level(level.trim())?,
        Err(_) => {
            return Err(Failure::new(format!(
                "Can't parse feature=level string {text}: unable to parse {level} as a short."
            )));
        }
    };
    Ok((name.trim().to_string(), level))
}

fn update(matches: &Matches, io: &mut Io) -> Outcome {
    let verb = matches.command.unwrap_or_default();
    let upgrade_type = match (verb, matches.has("--unsafe")) {
        ("upgrade", _) => 1,
        (_, false) => 2,
        (_, true) => 3,
    };
    let mut levels: Vec<(String, i16)> = Vec::new();
    if let Some(release) = matches.value("--release-version") {
        if matches.has("--metadata") || matches.has("--feature") {
            return Err(Failure::new("Can not specify `release-version` with other feature flags."));
        }
        let metadata = metadata_level(release)?;
        levels.push((METADATA_VERSION.into(), metadata));
        levels.extend(FEATURES.iter().map(|(name, levels)| (name.to_string(), default_level(levels, metadata))));
        levels.sort();
    }
    if let Some(metadata) = matches.value("--metadata") {
        io.say(" `metadata` flag is deprecated and may be removed in a future release.");
        levels.push((METADATA_VERSION.into(), metadata_level(metadata)?));
    }
    for feature in matches.all("--feature") {
        let (name, level) = if verb == "disable" { (feature.to_string(), 0) } else { parse_feature(feature)? };
        if levels.iter().any(|(known, _)| *known == name) {
            return Err(Failure::new(format!("Feature {name} was specified more than once.")));
        }
        levels.push((name, level));
    }
    if levels.is_empty() {
        return Err(Failure::new(format!("You must specify at least one feature to {verb}")));
    }
    let dry_run = matches.has("--dry-run");
    let updates: Vec<FeatureUpdate> =
        levels.into_iter().map(|(feature, level)| FeatureUpdate { feature, level, upgrade_type }).collect();
    let results = admin(matches)?.update_features(&updates, dry_run)?;
    let done = format!("{verb}d");
    let mut failed = 0;
    for (update, result) in updates.iter().zip(&results) {
        let to = if verb == "disable" { String::new() } else { format!(" to {}", update.level) };
        let name = &update.feature;
        match result {
            Ok(()) if dry_run => io.say(format!("{name} can be {done}{to}.")),
            Ok(()) => io.say(format!("{name} was {done}{to}.")),
            Err(error) => {
                failed += 1;
                let could = if dry_run { "Can not" } else { "Could not" };
                io.say(format!("{could} {verb} {name}{to}. {error}"));
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::new(format!("{failed} out of {} operation(s) failed.", updates.len()))),
    }
}

fn version_mapping(matches: &Matches, io: &mut Io) -> Outcome {
    let (level, name) = match matches.value("--release-version") {
        Some(release) => (metadata_level(release)?, release.to_string()),
        None => (LATEST_PRODUCTION, version_name(LATEST_PRODUCTION).unwrap_or_default().to_string()),
    };
    io.say(format!("{METADATA_VERSION}={level} ({name})"));
    for (feature, levels) in FEATURES {
        io.say(format!("{feature}={}", default_level(levels, level)));
    }
    Ok(())
}

fn dependencies(matches: &Matches, io: &mut Io) -> Outcome {
    for text in matches.all("--feature") {
        let (name, level) = parse_feature(text)?;
        let dependency = if name == METADATA_VERSION {
            version_name(level).ok_or_else(|| Failure::new(format!("Unknown metadata.version {level}")))?;
            None
        } else {
            let found = FEATURES.iter().find(|(feature, _)| *feature == name);
            let (_, levels) = found.ok_or_else(|| Failure::new(format!("Unknown feature: {name}")))?;
            match levels.iter().find(|(known, _, _)| *known == level) {
                Some((_, _, dependency)) => *dependency,
                None if level == 0 => None,
                None => {
                    return Err(Failure::new(format!("Feature level {level} is not supported for feature {name}")));
                }
            }
        };
        match dependency.and_then(|level| Some((level, version_name(level)?))) {
            Some((needed, version)) => {
                io.say(format!("{name}={level} requires:"));
                io.say(format!("    {METADATA_VERSION}={needed} ({version})"));
            }
            None => io.say(format!("{name}={level} has no dependencies.")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_stand_for_their_highest_level() {
        for (text, level) in [("4.3", 30), ("4.2", 29), ("4.2-IV0", 28), ("4.0", 25), ("4.4-IV0", 31)] {
            assert_eq!(metadata_level(text).unwrap(), level, "{text}");
        }
        assert!(metadata_level("9.9").is_err());
        assert_eq!(default_level(FEATURES[1].1, 25), 2);
        assert_eq!(default_level(FEATURES[4].1, 25), 0);
    }
}
