//! Names of folders and files in a log directory.

use base::{Offset, PartitionIndex, TopicPartition, Uuid};

/// Longest topic name that Kafka accepts; a folder name with a longer one is not ours.
const TOPIC_NAME_LEN_MAX: usize = 249;

pub(crate) const LOG: &str = ".log";
pub(crate) const INDEX: &str = ".index";
pub(crate) const TIME_INDEX: &str = ".timeindex";
pub(crate) const TXN_INDEX: &str = ".txnindex";
pub(crate) const SNAPSHOT: &str = ".snapshot";
pub(crate) const DELETED: &str = ".deleted";
pub(crate) const CLEANED: &str = ".cleaned";
pub(crate) const SWAP: &str = ".swap";
/// New content of a file that is written together with others; one that a crash left is removed at the next start.
pub(crate) const STAGED: &str = ".staged";
pub(crate) const LEADER_EPOCHS: &str = "leader-epoch-checkpoint";
pub(crate) const PARTITION_METADATA: &str = "partition.metadata";

/// `%020d` of the offset with the suffix.
pub(crate) fn file_name(offset: Offset, suffix: &str) -> String {
    format!("{offset:020}{suffix}")
}

/// The offset in a file name that ends with `suffix`; `None` for other names.
pub(crate) fn parse_offset(name: &str, suffix: &str) -> Option<Offset> {
    let digits = name.strip_suffix(suffix)?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// What a partition folder's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderState {
    Live,
    /// `-delete`: to be removed.
    Deleted,
    /// `-future`: a copy that is being filled during a move between directories (KIP-113).
    Future,
    /// `-stray`: found at start without belonging to this broker; kept for the operator.
    Stray,
}

/// `<topic>-<partition>`
pub fn folder_name(partition: &TopicPartition) -> String {
    partition.to_string()
}

/// `<topic>-<partition>.<32 hex>-delete`, where the topic is cut so that the name stays within 255 bytes.
pub fn deleted_folder_name(partition: &TopicPartition, unique: Uuid) -> String {
    suffixed(partition, unique, "-delete")
}

/// `<topic>-<partition>.<32 hex>-future`
pub fn future_folder_name(partition: &TopicPartition, unique: Uuid) -> String {
    suffixed(partition, unique, "-future")
}

/// `<topic>-<partition>.<32 hex>-stray`
pub fn stray_folder_name(partition: &TopicPartition, unique: Uuid) -> String {
    suffixed(partition, unique, "-stray")
}

fn suffixed(partition: &TopicPartition, unique: Uuid, state: &str) -> String {
    let tail = format!("-{}.{:032x}{state}", partition.partition, u128::from_be_bytes(unique.0));
    let room = 255usize.saturating_sub(tail.len()).min(partition.topic.len());
    format!("{}{tail}", partition.topic.get(..room).unwrap_or_default())
}

/// The partition and state of a folder's name; `None` when it is not a partition folder.
pub(crate) fn parse_folder(name: &str) -> Option<(TopicPartition, FolderState)> {
    for (suffix, state) in
        [("-delete", FolderState::Deleted), ("-future", FolderState::Future), ("-stray", FolderState::Stray)]
    {
        if let Some((partition, unique)) = name.strip_suffix(suffix).and_then(|rest| rest.rsplit_once('.'))
            && unique.len() == 32
            && unique.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return parse_partition(partition).map(|partition| (partition, state));
        }
    }
    parse_partition(name).map(|partition| (partition, FolderState::Live))
}

fn parse_partition(name: &str) -> Option<TopicPartition> {
    let (topic, partition) = name.rsplit_once('-')?;
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let topic_ok =
        (1..=TOPIC_NAME_LEN_MAX).contains(&topic.len()) && topic.bytes().all(legal) && topic != "." && topic != "..";
    let digits_ok = !partition.is_empty()
        && partition.bytes().all(|b| b.is_ascii_digit())
        && (partition == "0" || !partition.starts_with('0'));
    let index: PartitionIndex = partition.parse().ok()?;
    (topic_ok && digits_ok).then(|| TopicPartition::new(topic, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_apart_by_name() {
        let unique = Uuid::from_u128(0xabc);
        let partition = TopicPartition::new("a.b-c", 12);
        for (name, state) in [
            (folder_name(&partition), FolderState::Live),
            (deleted_folder_name(&partition, unique), FolderState::Deleted),
            (future_folder_name(&partition, unique), FolderState::Future),
            (stray_folder_name(&partition, unique), FolderState::Stray),
        ] {
            assert_eq!(parse_folder(&name), Some((partition.clone(), state)), "{name}");
        }
        for name in ["", "lost+found", "a-", "-1", "a-01", "a-1x", "a b-1", "..-0", "remote-log-index-cache"] {
            assert_eq!(parse_folder(name), None, "{name}");
        }
    }

    #[test]
    fn long_names_stay_within_what_a_file_system_takes() {
        let partition = TopicPartition::new("t".repeat(249), 123);
        assert_eq!(deleted_folder_name(&partition, Uuid::ZERO).len(), 255);
    }

    #[test]
    fn offsets_are_read_from_file_names() {
        assert_eq!(parse_offset("00000000000000000042.log", LOG), Some(42));
        assert_eq!(file_name(42, LOG), "00000000000000000042.log");
        for name in ["42.log", "00000000000000000042.index", "0000000000000000004x.log", "99999999999999999999.log"] {
            assert_eq!(parse_offset(name, LOG), None, "{name}");
        }
    }
}
