//! What has to be copied to a machine. Kafka's Java runtime, some hundred megabytes more, is not counted.

use crate::broker::Kind;
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use std::path::Path;

pub const GROUP: Group = Group {
    name: "install",
    about: "size of the binary, and of Kafka's jars",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[Measure::new(
        "size",
        "install: the binary; Kafka's jars, Java runtime not counted",
        "MB",
        Goal::AtMost(30.0),
        Goal::AtMost(20.0),
    )],
};

fn run(session: &mut Session) -> Result<(), String> {
    let bytes = match session.kind {
        Kind::Ottla(binary) | Kind::Before(binary) => size(binary)?,
        Kind::Floor => return Ok(()),
        Kind::Kafka(bin) => folder_size(&bin.join("../libs"))?,
    };
    session.figure("size", bytes as f64 / 1e6)
}

fn size(path: &Path) -> Result<u64, String> {
    std::fs::metadata(path).map(|file| file.len()).map_err(|error| format!("{}: {error}", path.display()))
}

fn folder_size(folder: &Path) -> Result<u64, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    entries.flatten().map(|entry| size(&entry.path())).sum()
}
