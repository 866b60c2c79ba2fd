//! What the metadata log says of elections, replicas and brokers: a count of its records, as the dump tool shows them.

use crate::soak::lab::Host;
use crate::soak::node::data_folder;
use std::path::Path;
use std::process::{Command, Stdio};

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Leaders and in-sync replicas of partitions.
    pub partitions: usize,
    /// Brokers fenced, unfenced, registered.
    pub brokers: usize,
    /// The quorum's epoch.
    pub epoch: i32,
}

impl Changes {
    /// What came since.
    pub fn since(self, before: Changes) -> Changes {
        Changes {
            partitions: self.partitions.saturating_sub(before.partitions),
            brokers: self.brokers.saturating_sub(before.brokers),
            epoch: self.epoch - before.epoch,
        }
    }
}

/// Counts in the files of the host's controller. `tool` is an `ottla` binary.
pub fn count(tool: &Path, host: &Host) -> Result<Changes, String> {
    let folder = data_folder(host).join("__cluster_metadata-0");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let mut command = Command::new(tool);
    command.args(["dump-log", "--cluster-metadata-decoder", "--files", &files.join(",")]).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("dump-log: {error}"))?;
    Ok(of_dump(&String::from_utf8_lossy(&output.stdout)))
}

fn of_dump(text: &str) -> Changes {
    let count = |names: &[&str]| {
        text.lines().filter(|line| names.iter().any(|name| line.contains(&format!("\"type\":\"{name}\"")))).count()
    };
    Changes {
        partitions: count(&["PARTITION_CHANGE_RECORD"]),
        brokers: count(&["REGISTER_BROKER_RECORD", "BROKER_REGISTRATION_CHANGE_RECORD", "FENCE_BROKER_RECORD"]),
        epoch: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_by_their_type() {
        let text = "| offset: 9 payload: {\"type\":\"PARTITION_CHANGE_RECORD\",\"version\":0}\n\
                    | offset: 10 payload: {\"type\":\"BROKER_REGISTRATION_CHANGE_RECORD\",\"version\":0}\n\
                    | offset: 11 payload: {\"type\":\"TOPIC_RECORD\",\"version\":0}\n";
        assert_eq!(of_dump(text), Changes { partitions: 1, brokers: 1, epoch: 0 });
    }
}
