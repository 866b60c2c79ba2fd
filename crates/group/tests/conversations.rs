//! Conversations with a shard: every line of `conversations/*.txt` that is not indented is a command, the indented lines
//! below it are all that came of it. `REWRITE=1 cargo test -p group` writes what comes of them now; review the difference.

mod common;

use common::World;
use group::GroupSettings;
use std::path::{Path, PathBuf};

fn rerun(text: &str) -> String {
    let mut world = World::new(GroupSettings::default());
    let mut shown = String::new();
    for line in text.lines().filter(|line| !line.starts_with("  ")) {
        shown += line;
        shown += "\n";
        if let Some(setting) = line.strip_prefix("settings ") {
            world = World::new(settings(setting));
        } else if !line.is_empty() && !line.starts_with('#') {
            for output in world.run(line) {
                shown += &format!("  {}\n", output.trim_end());
            }
        }
    }
    shown
}

fn settings(text: &str) -> GroupSettings {
    let mut settings = GroupSettings::default();
    for (key, value) in text.split_whitespace().filter_map(|w| w.split_once('=')) {
        match key {
            "delay" => settings.initial_rebalance_delay_ms = value.parse().unwrap(),
            "size" => settings.group_size_max = value.parse().unwrap(),
            "retention" => settings.offsets_retention_ms = value.parse().unwrap(),
            "check" => settings.offsets_retention_check_interval_ms = value.parse().unwrap(),
            "metadata" => settings.offset_metadata_max = value.parse().unwrap(),
            other => panic!("no such setting: {other}"),
        }
    }
    settings
}

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn conversations_go_as_written() {
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = rerun(&text);
        if std::env::var_os("REWRITE").is_some() {
            std::fs::write(&path, &shown).unwrap();
        } else {
            assert!(shown == text, "{} goes differently now:\n{shown}", path.display());
        }
    }
}
