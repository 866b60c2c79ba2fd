//! Feature levels of releases: `version-mapping`, `feature-dependencies`, and the levels that `format` begins with.

use super::Failure;
use crate::argparse::Parsed;
use metadata::{FEATURES, Levels, metadata_version_name, metadata_versions};
use std::io::Write;

/// A metadata version that 4.3 knows and does not call stable yet; `version-mapping` shows it, `format` refuses it.
const UNSTABLE: (i16, &str) = (31, "4.4-IV0");

/// For each feature beside metadata.version, in the order in which Kafka lists them: the levels that a release has
/// from some metadata version on, newest first.
const DEFAULTS: &[(&str, &[(i16, i16)])] = &[
    ("kraft.version", &[(21, 1)]),
    ("transaction.version", &[(24, 2)]),
    ("group.version", &[(22, 1)]),
    ("eligible.leader.replicas.version", &[(26, 1)]),
    ("share.version", &[(28, 1)]),
    ("streams.version", &[(29, 1)]),
];

/// Levels that need a metadata version: feature, level, metadata version.
const DEPENDENCIES: &[(&str, i16, i16)] = &[("eligible.leader.replicas.version", 1, 23)];

/// The level of a feature that a cluster of this metadata version begins with.
pub(super) fn default_level(feature: &str, metadata_version: i16) -> i16 {
    let steps = DEFAULTS.iter().find(|(name, _)| *name == feature).map_or(&[][..], |(_, steps)| steps);
    steps.iter().find(|(from, _)| metadata_version >= *from).map_or(0, |(_, level)| *level)
}

/// The metadata version of `4.3` or `4.3-IV0`.
pub(super) fn release(text: &str, with_unstable: bool) -> Result<(i16, &'static str), Failure> {
    let mut known = metadata_versions().to_vec();
    if with_unstable {
        known.push(UNSTABLE);
    }
    let exact = known.iter().find(|(_, name)| *name == text);
    // A bare release means the last of its metadata versions, if that one is stable.
    let of_release = || metadata_versions().iter().rev().find(|(_, name)| name.split("-IV").next() == Some(text));
    match exact.or_else(of_release) {
        Some(found) => Ok(*found),
        None => {
            let names: Vec<&str> = known.iter().map(|(_, name)| *name).collect();
            Err(Failure(format!(
                "Unknown metadata.version '{text}'. Supported metadata.version are: {}",
                names.join(", ")
            )))
        }
    }
}

/// The newest metadata version that is stable.
pub(super) fn latest() -> (i16, &'static str) {
    metadata_versions().last().copied().unwrap_or_default()
}

pub(super) fn version_mapping(parsed: &Parsed, out: &mut dyn Write) -> Result<i32, Failure> {
    let (level, shown) = match parsed.get("--release-version") {
        Some(text) => (release(text, true)?.0, text),
        None => latest(),
    };
    writeln!(out, "metadata.version={level} ({shown})")?;
    for (feature, _) in DEFAULTS {
        writeln!(out, "{feature}={}", default_level(feature, level))?;
    }
    Ok(0)
}

pub(super) fn feature_dependencies(parsed: &Parsed, out: &mut dyn Write) -> Result<i32, Failure> {
    for text in parsed.all("--feature") {
        let invalid = || {
            Failure(format!(
                "Invalid feature format: {text}. Expected format: 'feature=version' (e.g. 'group.version=1')"
            ))
        };
        let (name, level) = text.split_once('=').ok_or_else(invalid)?;
        let level: i16 = level.trim().parse().map_err(|_| invalid())?;
        let name = name.trim();
        if name == "metadata.version" {
            let known = metadata_version_name(level).or((level == UNSTABLE.0).then_some(UNSTABLE.1));
            let Some(shown) = known else { return Err(Failure(format!("Unknown metadata.version {level}"))) };
            writeln!(out, "metadata.version={level} ({shown}) has no dependencies.")?;
            continue;
        }
        if !FEATURES.iter().any(|feature| feature.name == name) {
            return Err(Failure(format!("Unknown feature: {name}")));
        }
        if !Levels::Known.has(name, level) {
            return Err(Failure(format!("Feature level {level} is not supported for feature {name}")));
        }
        match dependency(name, level) {
            None => writeln!(out, "{name}={level} has no dependencies.")?,
            Some(needs) => {
                let shown = metadata_version_name(needs).unwrap_or("unknown");
                writeln!(out, "{name}={level} requires:\n    metadata.version={needs} ({shown})")?;
            }
        }
    }
    Ok(0)
}

/// The metadata version that a level needs.
pub(super) fn dependency(feature: &str, level: i16) -> Option<i16> {
    DEPENDENCIES.iter().find(|(name, l, _)| *name == feature && *l == level).map(|(_, _, needs)| *needs)
}
