//! A network namespace. One thread lives in it and does there what it is asked to: children that it starts and sockets that
//! it opens are inside. The namespace goes with the last of them.

use crate::{FaultError, sys};
use nix::sched::{CloneFlags, unshare};
use std::sync::mpsc::{Sender, channel};

type Job = Box<dyn FnOnce() + Send>;

/// A network namespace with nothing but its loopback.
pub struct Namespace {
    jobs: Sender<Job>,
}

impl Namespace {
    /// Makes one.
    ///
    /// # Errors
    /// The machine does not allow it.
    pub fn new() -> Result<Namespace, FaultError> {
        let (jobs, asked) = channel::<Job>();
        let (began, outcome) = channel();
        std::thread::spawn(move || {
            let entered = unshare(CloneFlags::CLONE_NEWNET)
                .map_err(|error| FaultError::system("make a network namespace", error))
                .and_then(|()| sys::set_up("lo").map_err(|error| FaultError::system("bring lo up", error)));
            let is_inside = entered.is_ok();
            let _nobody_waits = began.send(entered);
            if is_inside {
                asked.into_iter().for_each(|job| job());
            }
        });
        outcome.recv().map_err(|_| FaultError::system("make a network namespace", gone()))??;
        Ok(Namespace { jobs })
    }

    /// Does something inside.
    ///
    /// # Errors
    /// The thread inside is gone.
    pub fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, FaultError> {
        let (done, outcome) = channel();
        let sent = self.jobs.send(Box::new(move || {
            let _nobody_waits = done.send(job());
        }));
        sent.map_err(|_| FaultError::system("work in a network namespace", gone()))?;
        outcome.recv().map_err(|_| FaultError::system("work in a network namespace", gone()))
    }
}

fn gone() -> std::io::Error {
    std::io::Error::other("its thread is gone")
}
