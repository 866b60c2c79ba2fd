//! The door to a loop for other threads: messages, and what wakes it.

use crate::blocking::BlockingPool;
use crate::connection::ConnectionInfo;
use crate::outgoing::{LineMail, LineState};
use crate::server::Acceptor;
use crate::session::Listener;
use crate::transport::Transport;
use crate::turn::{is_here, timer_here, with_turn};
use base::Task;
use mio::{Token, Waker};
use os::Clock;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub(crate) const WAKER: Token = Token(usize::MAX);
/// What other threads may ask of a loop.
pub(crate) enum Message {
    Accepted {
        transport: Transport,
        info: ConnectionInfo,
        listener: Arc<dyn Listener>,
    },
    Resume {
        key: usize,
        id: u64,
    },
    Timer {
        at_us: u64,
        task: Arc<dyn Task>,
    },
    Defer(Arc<dyn Task>),
    Listen(Acceptor),
    /// About a connection to another node.
    Line(Arc<LineState>, LineMail),
    /// There may be room for connections that were not accepted.
    AcceptAgain,
    /// Another has the place of this connection, which may be on another loop.
    Close {
        id: u64,
    },
    /// Of the connections of these listeners only those stay that this says.
    CloseAll(Arc<CloseAll>),
}

/// Which connections are closed.
pub(crate) struct CloseAll {
    pub listeners: Vec<String>,
    pub stays: Box<dyn Fn(&ConnectionInfo) -> bool + Send + Sync>,
}

/// The door to a loop for other threads.
pub(crate) struct LoopHandle {
    pub index: usize,
    mailbox: Mutex<Vec<Message>>,
    has_mail: AtomicBool,
    waker: Waker,
    pub stop: AtomicBool,
    pub connections: AtomicU64,
    /// Threads that read what answers need from the disk.
    pub cold_reads: Arc<BlockingPool>,
    /// Looks up the names of hosts, which may take long where the network is ill.
    pub resolver: Arc<BlockingPool>,
    pub clock: Clock,
}

impl LoopHandle {
    pub fn new(index: usize, waker: Waker, cold_reads: Arc<BlockingPool>, clock: Clock) -> LoopHandle {
        LoopHandle {
            index,
            cold_reads,
            resolver: BlockingPool::new("ottla-resolve", 1),
            clock,
            mailbox: Mutex::new(Vec::new()),
            has_mail: AtomicBool::new(false),
            waker,
            stop: AtomicBool::new(false),
            connections: AtomicU64::new(0),
        }
    }

    pub fn post(&self, message: Message) {
        self.mailbox.lock().push(message);
        if !self.has_mail.swap(true, Ordering::AcqRel) {
            self.wake();
        }
    }

    /// What was posted since the last time.
    pub fn take_mail(&self) -> Vec<Message> {
        match self.has_mail.swap(false, Ordering::AcqRel) {
            true => std::mem::take(&mut *self.mailbox.lock()),
            false => Vec::new(),
        }
    }

    pub fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            tracing::error!(%error, "an event loop could not be woken");
        }
    }

    /// Runs the task on this loop at a time.
    pub fn run_at(&self, at_us: u64, task: Arc<dyn Task>) {
        let task = match is_here(self.index) {
            true => timer_here(at_us, task),
            false => Err(task),
        };
        if let Err(task) = task {
            self.post(Message::Timer { at_us, task });
        }
    }

    /// Goes on with a connection whose requests were held back.
    pub fn resume(&self, key: usize, id: u64) {
        let own = with_turn(|turn| {
            let own = turn.index == self.index;
            if own {
                turn.resumed.push((key, id));
            }
            own
        });
        if own != Some(true) {
            self.post(Message::Resume { key, id });
        }
    }
}
