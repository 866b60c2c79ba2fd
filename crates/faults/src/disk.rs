//! A disk for each node: an ext4 file system in a file, on a loop device. It can be filled, and its power can be cut: what was
//! not synced is gone then, what was is there. The mount and its loop device go with the mount namespace.

use crate::{FaultError, sys};
use rustix::fs::{FallocateFlags, fallocate, statvfs, syncfs};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The file that fills the disk.
const BALLAST: &str = "ballast";
const UNMOUNTED_WITHIN: Duration = Duration::from_secs(10);

/// A mounted disk.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    folder: PathBuf,
}

impl Disk {
    /// Makes a disk of so many bytes in the file `image`, and mounts it at `folder`.
    ///
    /// # Errors
    /// The machine has no loop device left, no `mkfs.ext4` or `mount`, or does not allow it.
    pub fn create(image: PathBuf, folder: PathBuf, bytes: u64) -> Result<Disk, FaultError> {
        let made =
            File::create(&image).and_then(|file| file.set_len(bytes)).and_then(|()| std::fs::create_dir_all(&folder));
        made.map_err(|error| FaultError::system(format!("make {}", image.display()), error))?;
        run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), "-m".as_ref(), "0".as_ref(), &image])?;
        let disk = Disk { image, folder };
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn mount(&self) -> Result<(), FaultError> {
        run("mount", &["-o".as_ref(), "loop".as_ref(), &self.image, &self.folder])
    }

    /// Writes everything that waits to be written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn sync(&self) -> Result<(), FaultError> {
        let sync = || -> io::Result<()> { Ok(syncfs(File::open(&self.folder)?)?) };
        sync().map_err(|error| FaultError::system("sync a disk", error))
    }

    /// Takes the power away: from now on nothing reaches the disk. Whoever writes gets an error; end them next.
    ///
    /// # Errors
    /// The file system does not know the call.
    pub fn cut_power(&self) -> Result<(), FaultError> {
        sys::shut_down(&self.folder).map_err(|error| FaultError::system("cut the power of a disk", error))
    }

    /// Brings the disk back after a power cut, as a machine that starts does. Nobody may have a file open on it.
    ///
    /// # Errors
    /// It is in use, or does not come back.
    pub fn restore_power(&self) -> Result<(), FaultError> {
        let end = Instant::now() + UNMOUNTED_WITHIN;
        while let Err(error) = run("umount", &[&self.folder]) {
            if Instant::now() > end {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.mount()
    }

    /// Leaves no room.
    ///
    /// # Errors
    /// The file that takes the room cannot be written.
    pub fn fill(&self) -> Result<(), FaultError> {
        let fill = || -> io::Result<()> {
            let ballast = File::create(self.folder.join(BALLAST))?;
            let (mut room, mut at) = (statvfs(&self.folder)?.f_bavail * 4096, 0);
            // Blocks of the file system's own books are needed on the way: the last pieces are small.
            while room >= 4096 {
                match fallocate(&ballast, FallocateFlags::empty(), at, room) {
                    Ok(()) => at += room,
                    Err(rustix::io::Errno::NOSPC) => room /= 2,
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        };
        fill().map_err(|error| FaultError::system("fill a disk", error))
    }

    /// Gives the room back.
    pub fn empty(&self) {
        let _never_filled = std::fs::remove_file(self.folder.join(BALLAST));
    }
}

fn run(program: &str, arguments: &[&Path]) -> Result<(), FaultError> {
    let command =
        || format!("{program} {}", arguments.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join(" "));
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| FaultError::system(command(), error))?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(FaultError::Command { command: command(), reason })
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _gone_with_the_namespace = run("umount", &["-l".as_ref(), &self.folder]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sched::{CloneFlags, unshare};
    use rustix::mount::{MountPropagationFlags, mount_change};
    use std::io::Write;

    /// Runs on a thread with a mount namespace of its own; says so where the machine does not allow that.
    fn on_a_disk(work: impl FnOnce(&Disk) + Send + 'static) {
        let apart = std::thread::spawn(move || {
            if let Err(error) = unshare(CloneFlags::CLONE_NEWNS) {
                return eprintln!("not tested here: {error}");
            }
            mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
            let scratch = tempfile::tempdir().unwrap();
            match Disk::create(scratch.path().join("image"), scratch.path().join("disk"), 32 << 20) {
                Ok(disk) => work(&disk),
                Err(error) => eprintln!("not tested here: {error}"),
            }
        });
        apart.join().unwrap();
    }

    #[test]
    fn a_power_cut_keeps_what_was_synced_and_nothing_else() {
        on_a_disk(|disk| {
            let write = |name: &str| {
                let mut file = File::create(disk.folder().join(name)).unwrap();
                file.write_all(b"bytes").unwrap();
                file
            };
            write("synced").sync_all().unwrap();
            File::open(disk.folder()).unwrap().sync_all().unwrap();
            drop(write("not-synced"));
            disk.cut_power().unwrap();
            File::create(disk.folder().join("later")).unwrap_err();
            disk.restore_power().unwrap();
            assert_eq!(std::fs::read(disk.folder().join("synced")).unwrap(), b"bytes");
            assert!(std::fs::read(disk.folder().join("not-synced")).unwrap_or_default().is_empty());
        });
    }

    #[test]
    fn a_full_disk_takes_no_byte_until_there_is_room_again() {
        on_a_disk(|disk| {
            let write = || std::fs::write(disk.folder().join("file"), [1; 8192]);
            disk.fill().unwrap();
            assert_eq!(write().unwrap_err().kind(), io::ErrorKind::StorageFull);
            disk.empty();
            write().unwrap();
        });
    }
}
