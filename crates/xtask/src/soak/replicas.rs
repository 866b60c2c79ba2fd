//! Whether replicas are equal to the byte, once all nodes have ended in order. Segments may begin at different offsets; what
//! they hold, one after the other, is the same.

use crate::soak::lab::Host;
use crate::soak::node::data_folder;
use std::collections::BTreeMap;
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

/// The bytes of all segments of a partition.
fn log(folder: &Path) -> Vec<u8> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    files.sort();
    files.iter().flat_map(|path| std::fs::read(path).unwrap_or_default()).collect()
}
