//! What an administrator does whose node does not start and says what to do.

use super::nodes::Cluster;
use base::{Files, NodeId};
use std::path::Path;
use storage::standing;
use testkit::SimFiles;

/// The directories of a broker that has two.
const DIRECTORIES: [&str; 2] = ["/data", "/more"];

impl Cluster {
    /// A partition that lies in both directories (it came back while the other one was dead): the older copy is moved out of
    /// the way. True if there was one.
    pub fn remove_older_copies(&mut self, id: NodeId) -> bool {
        let Some((_, files)) = self.files().find(|(of, _)| *of == id) else { return false };
        older_copies(files).iter().filter(|folder| files.remove_dir_all(Path::new(folder)).is_ok()).count() > 0
    }
}

fn older_copies(files: &SimFiles) -> Vec<String> {
    let folders = |directory: &str| files.list(Path::new(directory)).unwrap_or_default();
    let here: Vec<String> = folders(DIRECTORIES[0]).into_iter().map(|entry| entry.name).collect();
    let both = folders(DIRECTORIES[1]).into_iter().map(|entry| entry.name).filter(|name| here.contains(name));
    // Those that are moved or deleted have another name in the end.
    let partitions = both.filter(|name| !name.contains('.') && name.contains('-'));
    let mut older = Vec::new();
    for name in partitions.filter(|name| !name.ends_with("checkpoint")) {
        let of = |directory: &str| standing(files, &Path::new(directory).join(&name));
        let (Ok(first), Ok(second)) = (of(DIRECTORIES[0]), of(DIRECTORIES[1])) else { continue };
        let directory = if first < second { DIRECTORIES[0] } else { DIRECTORIES[1] };
        older.push(format!("{directory}/{name}"));
    }
    older
}
