//! A child in process and mount namespaces of its own. It is process 1 there: with its end the kernel kills whatever it
//! started, its mounts go, and loop devices with them.

use crate::FaultError;
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::time::{ClockId, clock_gettime};
use std::process::{Child, Command};

/// Starts a command in process and mount namespaces of its own.
///
/// # Errors
/// The machine does not allow it, or the command cannot be started.
pub fn spawn_apart(mut command: Command) -> Result<Child, FaultError> {
    // On a thread of its own: only its children are to be born there.
    let apart = std::thread::spawn(move || {
        unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS)
            .map_err(|error| FaultError::system("make process and mount namespaces", error))?;
        command.spawn().map_err(|error| FaultError::system("start the child", error))
    });
    apart.join().unwrap_or_else(|_| Err(FaultError::system("start the child", std::io::Error::other("panicked"))))
}

/// What such a child does first: nothing that it mounts is seen outside, and `/proc` shows its own processes.
///
/// # Errors
/// The machine does not allow it.
pub fn private_root() -> Result<(), FaultError> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .map_err(|error| FaultError::system("make mounts private", error))?;
    mount("proc", "/proc", "proc", MountFlags::empty(), None).map_err(|error| FaultError::system("mount /proc", error))
}

/// The machine's monotonic clock, the same for all of its processes.
pub fn monotonic_ms() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1000 + u64::try_from(now.tv_nsec).unwrap_or(0) / 1_000_000
}
