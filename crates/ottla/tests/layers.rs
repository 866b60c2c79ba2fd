//! Arrows between crates point down: a crate depends on crates of its own layer or of a lower one (ARCHITECTURE.md).

use std::collections::BTreeMap;
use std::path::Path;

const LAYERS: &[&[&str]] = &[
    &["base", "config"],
    &["schema", "protocol", "records", "metadata"],
    &["raft", "controller", "replication", "coordinator", "group"],
    &["storage"],
    &["os", "net", "api", "dialect", "quorum", "broker", "client", "observe", "background", "web"],
    &["server"],
    &["tools", "offline"],
    &["ottla"],
];
/// Tests, tools of developers and generators: nobody depends on them, but for tests.
const DEVELOPMENT: &[&str] = &["codegen", "testkit", "faults", "sim", "bench", "fuzz", "xtask"];

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut is_inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_inside = line.trim() == "[dependencies]";
        } else if is_inside {
            names.extend(line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty() && !name.starts_with('#')));
        }
    }
    names
}

#[test]
fn crates_depend_only_downwards() {
    let rank: BTreeMap<&str, usize> =
        LAYERS.iter().enumerate().flat_map(|(rank, names)| names.iter().map(move |name| (*name, rank))).collect();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        if DEVELOPMENT.contains(&name.as_str()) {
            continue;
        }
        let own =
            *rank.get(name.as_str()).unwrap_or_else(|| panic!("crate {name} is in no layer: add it to this list"));
        for dependency in dependencies(&manifest) {
            assert!(!DEVELOPMENT.contains(&dependency), "{name} depends on {dependency}, which is for development");
            if let Some(other) = rank.get(dependency) {
                assert!(*other <= own, "{name} depends on {dependency}, which is above it");
            }
        }
    }
}
