//! `partition.metadata`: the topic id of a partition folder (KIP-516), `version: 0\ntopic_id: <22 characters>`.

use crate::StorageError;
use crate::error::IoContext;
use base::{Files, TopicId};
use std::io;
use std::path::Path;

pub(crate) fn encode(topic_id: TopicId) -> String {
    format!("version: 0\ntopic_id: {topic_id}")
}

/// The topic id in the file; `None` when there is no file, or an empty one.
pub(crate) fn read(files: &dyn Files, path: &Path) -> Result<Option<TopicId>, StorageError> {
    let bytes = match files.read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.or_failed(path)?,
    };
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let version = lines.next().and_then(|line| line.strip_prefix("version:")).map(str::trim);
    let topic_id = lines.next().and_then(|line| line.strip_prefix("topic_id:")).and_then(|id| id.trim().parse().ok());
    match (version, topic_id) {
        (Some("0"), Some(topic_id)) => Ok(Some(topic_id)),
        _ => Err(StorageError::corrupt(path, "it must have a version 0 and a topic id")),
    }
}
