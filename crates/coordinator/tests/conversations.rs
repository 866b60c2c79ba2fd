//! Conversations with a runtime: every line of `conversations/*.txt` that is not indented is a command, the indented
//! lines below it are all that came of it. `REWRITE=1 cargo test -p coordinator` writes what comes of them now; review the
//! difference.

mod common;

use common::World;
use std::path::{Path, PathBuf};

fn rerun(text: &str) -> String {
    let mut world = World::new();
    let mut shown = String::new();
    for line in text.lines().filter(|line| !line.starts_with("  ")) {
        shown += line;
        shown += "\n";
        if line == "# anew" {
            world = World::new();
        } else if !line.is_empty() && !line.starts_with('#') {
            for output in world.run(line) {
                shown += &format!("  {}\n", output.trim_end());
            }
        }
    }
    shown
}

#[test]
fn conversations_go_as_written() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = rerun(&text);
        if std::env::var_os("REWRITE").is_some() {
            std::fs::write(&path, &shown).unwrap();
        } else {
            assert!(shown == text, "{} goes differently now:\n{shown}", path.display());
        }
    }
}
