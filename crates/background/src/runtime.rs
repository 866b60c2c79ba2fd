//! The runtime and its thread.

use std::future::Future;
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Owned by whoever puts the process together; when it goes, its tasks end where they stand.
pub struct Runtime {
    handle: Handle,
    /// Dropped to end the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Runtime {
    /// Starts the thread.
    pub fn start() -> std::io::Result<Runtime> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("ottla-background".into()).spawn(move || {
            let _dropped = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Runtime { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs a task until it ends or the runtime does.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(task);
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A task that panicked has told so itself.
            let _has_ended = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn tasks_run_on_its_thread_and_end_with_it() {
        let runtime = Runtime::start().unwrap();
        let (told, heard) = mpsc::channel();
        runtime.spawn(async move {
            told.send(std::thread::current().name().map(str::to_owned)).unwrap();
            std::future::pending::<()>().await;
            drop(told);
        });
        assert_eq!(heard.recv().unwrap().as_deref(), Some("ottla-background"));
        drop(runtime);
        assert!(heard.recv().is_err(), "the task is gone");
    }
}
