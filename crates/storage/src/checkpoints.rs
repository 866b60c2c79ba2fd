//! Kafka's checkpoint files: text, `0\n` (version), `<count>\n`, then a line each. Offset checkpoints of a directory have
//! `<topic> <partition> <offset>`, the leader epochs of a partition `<epoch> <start offset>`.

use crate::StorageError;
use crate::error::IoContext;
use base::{Files, Offset, TopicPartition};
use std::io;
use std::path::Path;

/// Reads an offset checkpoint; a file that is absent or empty has no entries.
pub fn read_offsets(files: &dyn Files, path: &Path) -> Result<Vec<(TopicPartition, Offset)>, StorageError> {
    read_lines(files, path, |line| {
        let mut words = line.split_ascii_whitespace();
        let partition = TopicPartition::new(words.next()?, words.next()?.parse().ok()?);
        let offset = words.next()?.parse().ok()?;
        words.next().is_none().then_some((partition, offset))
    })
}

/// Replaces an offset checkpoint; durable when it returns.
pub fn write_offsets<'a>(
    files: &dyn Files,
    path: &Path,
    offsets: impl IntoIterator<Item = (&'a TopicPartition, Offset)>,
) -> Result<(), StorageError> {
    let lines: Vec<String> =
        offsets.into_iter().map(|(p, offset)| format!("{} {} {offset}\n", p.topic, p.partition)).collect();
    files.replace(path, encode_lines(&lines).as_bytes()).or_writing(path)
}

pub(crate) fn encode_lines(lines: &[String]) -> String {
    format!("0\n{}\n{}", lines.len(), lines.concat())
}

pub(crate) fn read_lines<T>(
    files: &dyn Files,
    path: &Path,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, StorageError> {
    let bytes = match files.read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.or_failed(path)?,
    };
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let corrupt = |reason: String| StorageError::corrupt(path, reason);
    let text = std::str::from_utf8(&bytes).map_err(|_| corrupt("it is not text".to_owned()))?;
    let mut lines = text.lines();
    match lines.next() {
        Some("0") => {}
        other => return Err(corrupt(format!("its version is not 0: {}", other.unwrap_or_default()))),
    }
    let count: usize = lines
        .next()
        .and_then(|line| line.trim().parse().ok())
        .ok_or_else(|| corrupt("its second line is not a number of entries".to_owned()))?;
    let entries: Vec<T> = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| parse(line).ok_or_else(|| corrupt(format!("a line is malformed: {line}"))))
        .collect::<Result<_, _>>()?;
    if entries.len() != count {
        return Err(corrupt(format!("it announces {count} entries but has {}", entries.len())));
    }
    Ok(entries)
}
