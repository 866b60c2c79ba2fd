//! Work that may block, and who waits behind whom; timers that nobody needs any more.

use base::{Executor, Now, Task};
use net::Server;
use os::Clock;
use std::sync::{Arc, mpsc};
use std::time::Duration;

#[test]
fn reads_for_answers_do_not_wait_for_syncs() {
    let server = Server::new(1, 1, Clock::new()).unwrap();
    let (release, held) = mpsc::channel::<()>();
    // A sync that takes its time, on the only thread.
    server.run_blocking(Box::new(move || {
        let _released = held.recv();
    }));
    let (done, read) = mpsc::channel();
    server.run_reading(Box::new(move || done.send(()).unwrap()));
    read.recv_timeout(Duration::from_secs(30)).expect("the read is done although the sync is not");
    drop(release);
}

#[test]
fn work_that_comes_at_once_does_not_share_the_thread_that_is_idle() {
    let server = Server::new(1, 2, Clock::new()).unwrap();
    let (done, first) = mpsc::channel();
    server.run_blocking(Box::new(move || done.send(()).unwrap()));
    first.recv_timeout(Duration::from_secs(30)).expect("there is a thread");
    // The thread is about to wait for work, or does so: either way the second piece must not wait for the first.
    let (release, held) = mpsc::channel();
    let (done, finished) = mpsc::channel();
    server.run_blocking(Box::new(move || {
        held.recv_timeout(Duration::from_secs(30)).expect("the second piece of work runs beside this one");
        done.send(()).unwrap();
    }));
    server.run_blocking(Box::new(move || release.send(()).unwrap()));
    finished.recv_timeout(Duration::from_secs(60)).expect("both are done");
}

#[test]
fn long_work_of_any_size_finds_room_when_it_is_alone() {
    const TOO_MUCH: usize = 200 << 20;
    let server = Server::new(1, 1, Clock::new()).unwrap();
    for bytes in [TOO_MUCH, 1 << 20, TOO_MUCH] {
        let room = server.take_long_work_room(bytes).expect("alone");
        assert!(server.take_long_work_room(TOO_MUCH).is_none());
        assert_eq!(server.take_long_work_room(1).is_some(), bytes < TOO_MUCH);
        drop(room);
    }
}

/// Tells when it is dropped.
struct Over(mpsc::Sender<()>);

impl Task for Over {
    fn run(self: Arc<Self>, _: Now) {}

    fn is_over(&self) -> bool {
        true
    }
}

impl Drop for Over {
    fn drop(&mut self) {
        let _nobody_asks = self.0.send(());
    }
}

#[test]
fn a_timer_whose_task_is_over_is_dropped_before_its_time() {
    let server = Server::new(1, 1, Clock::new()).unwrap();
    server.start(limits()).unwrap();
    let (dropped, drops) = mpsc::channel();
    server.run_at(server.now().monotonic_us + 3_600_000_000, Arc::new(Over(dropped)));
    drops.recv_timeout(Duration::from_secs(30)).expect("nothing keeps it");
    server.stop();
}

fn limits() -> net::Limits {
    net::Limits {
        request_bytes_max: 1 << 20,
        partial_bytes_max: 1 << 20,
        idle_max_ms: 60_000,
        descriptor_max: u64::MAX,
        send_buffer_bytes: None,
        receive_buffer_bytes: None,
    }
}
