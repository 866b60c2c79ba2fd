//! Whether replicas are equal to the byte, once all nodes have ended in order. Segments may begin at different offsets; what
//! they hold, one after the other, is the same. And whether a producer's sequence is there once: a client may begin another
//! epoch and send again what it was not told of; in one epoch nothing is there twice, and nothing is missing.

use crate::soak::lab::Host;
use crate::soak::node::data_folder;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How many partitions were compared, and what differs.
#[derive(Debug, Default)]
pub struct Compared {
    pub partitions: usize,
    pub bytes: usize,
    pub differences: Vec<String>,
}

/// Compares every partition that the hosts have.
pub fn compare(hosts: &[&Host]) -> Compared {
    let mut replicas: BTreeMap<String, Vec<(usize, PathBuf)>> = BTreeMap::new();
    for host in hosts {
        for entry in std::fs::read_dir(data_folder(host)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && name != "__cluster_metadata-0" && !name.contains("-delete") {
                replicas.entry(name).or_default().push((host.number, entry.path()));
            }
        }
    }
    let mut compared = Compared::default();
    for (name, folders) in replicas {
        compared.partitions += 1;
        if folders.len() != hosts.len() {
            compared.differences.push(format!("{name} has {} replicas", folders.len()));
        }
        let mut logs = folders.iter().map(|(host, folder)| (host, log(folder)));
        let Some((first_host, first)) = logs.next() else { continue };
        compared.bytes += first.len();
        compared.differences.extend(sequence_error(&first).map(|error| format!("{name}: {error}")));
        for (host, other) in logs.filter(|(_, other)| *other != first) {
            let at = first.iter().zip(&other).position(|(a, b)| a != b).unwrap_or(first.len().min(other.len()));
            let sizes = format!("{} and {} bytes", first.len(), other.len());
            compared
                .differences
                .push(format!("{name} on hosts {first_host} and {host}: {sizes}, first difference at {at}"));
        }
    }
    compared
}

/// What is wrong with the sequences of a log's producers.
fn sequence_error(log: &[u8]) -> Option<String> {
    let mut next: HashMap<(i64, i16), i32> = HashMap::new();
    for batch in records::batches(log) {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => return Some(error.to_string()),
        };
        if batch.producer_id() < 0 {
            continue;
        }
        let producer = (batch.producer_id(), batch.producer_epoch());
        let expected = next.insert(producer, batch.last_sequence().wrapping_add(1)).unwrap_or(0);
        if batch.base_sequence() != expected {
            let (found, offset) = (batch.base_sequence(), batch.base_offset());
            return Some(format!("producer {producer:?} has sequence {found} at offset {offset}, after {expected}"));
        }
    }
    None
}

/// The bytes of all segments of a partition.
fn log(folder: &Path) -> Vec<u8> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    files.sort();
    files.iter().flat_map(|path| std::fs::read(path).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::{BatchBuilder, BatchOptions};

    fn batch(producer_epoch: i16, base_sequence: i32, records: i64) -> Vec<u8> {
        let options = BatchOptions { producer_id: 1, producer_epoch, base_sequence, ..BatchOptions::default() };
        let mut builder = BatchBuilder::new(options);
        (0..records).for_each(|at| builder.append(at, None, Some(b"v"), &[]));
        builder.finish().unwrap()
    }

    #[test]
    fn a_sequence_goes_on_within_an_epoch() {
        assert_eq!(sequence_error(&[batch(0, 0, 2), batch(0, 2, 1), batch(1, 0, 1)].concat()), None);
        assert!(sequence_error(&[batch(0, 0, 2), batch(0, 0, 2)].concat()).is_some());
        assert!(sequence_error(&[batch(0, 0, 2), batch(0, 3, 1)].concat()).is_some());
    }
}
