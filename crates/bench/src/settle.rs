//! The same starting point for every measured load. Without it a row pays for the one before: pages that are still being
//! written to the disk interrupt whoever runs, and memory that a virtual machine has given back to its host costs ten
//! times as much to fill.

use std::path::Path;
use std::process::Command;

/// As much as the largest load of a full run fills.
pub const ROOM_BYTES: usize = 5 << 30;
const CHUNK_BYTES: usize = 64 << 20;
const PAGE_BYTES: usize = 4096;

/// Waits until the file system of `folder` has nothing to write, and has the host back as much memory as a load fills.
pub fn settle(folder: &Path, room_bytes: usize) {
    let synced = Command::new("sync").arg("-f").arg(folder).status();
    if !synced.is_ok_and(|status| status.success()) {
        eprintln!("bench: sync -f {} failed: figures may be those of the disk", folder.display());
    }
    let mut room = Vec::new();
    for _ in 0..room_bytes / CHUNK_BYTES {
        let mut chunk: Vec<u8> = vec![0; CHUNK_BYTES];
        chunk.iter_mut().step_by(PAGE_BYTES).for_each(|byte| *byte = 1);
        room.push(std::hint::black_box(chunk));
    }
}
