//! What is kept: Kafka's answers, one line a step, and the differences that are accepted.

use super::compare::Difference;
use super::play::Played;
use super::scenario::{self, Scenario};
use crate::error::{During, TaskError};
use crate::place;
use serde_json::Value;
use std::path::PathBuf;

fn folder() -> PathBuf {
    place::sources("diff")
}

/// All scenarios, in the order of their names.
pub fn scenarios() -> Result<Vec<Scenario>, TaskError> {
    let dir = folder().join("scenarios");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&dir).during(format!("list {}", dir.display()))? {
        let name = entry.during("list scenarios")?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".txt").map(str::to_owned));
    }
    names.sort();
    let read = |name: &String| {
        let file = dir.join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&file).during(format!("read {}", file.display()))?;
        scenario::parse(name, &text)
    };
    names.iter().map(read).collect()
}

fn file(name: &str) -> PathBuf {
    folder().join("golden").join(format!("{name}.txt"))
}

/// Kafka's answers to a scenario.
pub fn load(name: &str) -> Result<Vec<Played>, TaskError> {
    let file = file(name);
    let text = std::fs::read_to_string(&file).during(format!("read {}", file.display()))?;
    let line = |line: &str| {
        let (label, json) = line.split_once('\t').ok_or_else(|| TaskError::Golden(format!("{name}: {line}")))?;
        let value: Value =
            serde_json::from_str(json).map_err(|error| TaskError::Golden(format!("{name}, {label}: {error}")))?;
        Ok((label.to_owned(), value))
    };
    text.lines().map(line).collect()
}

/// Keeps answers as golden.
pub fn save(name: &str, played: &[Played]) -> Result<(), TaskError> {
    let text: String = played.iter().map(|(label, value)| format!("{label}\t{value}\n")).collect();
    let file = file(name);
    std::fs::write(&file, text).during(format!("write {}", file.display()))
}

/// A difference that is accepted. Step and path may hold `*` for any text.
#[derive(Debug)]
pub struct Deviation {
    pub scenario: String,
    pub step: String,
    pub path: String,
    pub reason: String,
    pub used: bool,
}

impl Deviation {
    /// Whether it covers the difference.
    pub fn covers(&self, scenario: &str, step: &str, difference: &Difference) -> bool {
        matches(&self.scenario, scenario) && matches(&self.step, step) && matches(&self.path, &difference.path)
    }
}

/// The list of accepted differences.
pub fn deviations() -> Result<Vec<Deviation>, TaskError> {
    let file = folder().join("deviations.tsv");
    let text = std::fs::read_to_string(&file).during(format!("read {}", file.display()))?;
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
        [scenario, step, path, reason] if !reason.trim().is_empty() => Ok(Deviation {
            scenario: scenario.to_owned(),
            step: step.to_owned(),
            path: path.to_owned(),
            reason: reason.to_owned(),
            used: false,
        }),
        _ => Err(TaskError::Golden(format!("not scenario, step, path, reason: {line}"))),
    })
    .collect()
}

fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_any_text() {
        for (pattern, text) in
            [("a", "a"), ("a*", "abc"), ("*", ""), ("a*c*", "abcd"), ("*d", "abcd"), ("a*b*d", "abxbd")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("a*c", "abcd"), ("b*", "ab")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn every_scenario_can_be_read_and_has_golden_answers() {
        for scenario in scenarios().unwrap() {
            assert!(!load(&scenario.name).unwrap().is_empty(), "{}", scenario.name);
        }
        deviations().unwrap();
    }
}
