//! One event loop: its connections, its timers, and the turn.
//!
//! A turn: events of the kernel -> mailbox -> expired timers -> one receive for each connection that has data -> tasks
//! deferred meanwhile -> answers written. The loop owns the receive buffer; a connection keeps bytes of its own only
//! while a frame is incomplete, so idle connections pin nothing.
//!
//! The first loop is the one for control: it serves no clients, so none can keep it busy. It accepts for all listeners, runs
//! the timers and tasks that come from other threads, and owns the connections to other nodes.

use crate::admission::{Room, is_this_machine};
use crate::blocking::BlockingPool;
use crate::connection::{ConnectionInfo, Out, Shared};
use crate::input::{Connection, Spare, TurnEnd};
use crate::outgoing::{FIRST_OUTGOING, LineMail, LineState, Outgoings};
use crate::server::{Acceptor, Limits, Registry};
use crate::session::{Bounds, Listener};
use crate::transport::Transport;
use base::{Now, Task, Timers};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use os::Clock;
use parking_lot::Mutex;
use slab::Slab;
use socket2::SockRef;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(crate) const WAKER: Token = Token(usize::MAX);
const FIRST_LISTENER: usize = usize::MAX / 2;
/// Bytes that one connection may receive in one turn.
const RECEIVE_MAX: usize = 256 * 1024;
/// Work of the requests of a turn, in bytes received and decompressed: connections beyond it wait for the next one, so that
/// timers and other news are late by no more than that.
const TURN_WORK_MAX: usize = 4 << 20;
/// Bytes of an incomplete request that are never too many.
const HELD_ALWAYS: usize = 1 << 20;
/// Connections of a listener that are accepted without room, to find one from this machine behind them.
const WAITING_MAX: usize = 64;

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

/// What happens during a turn and is dealt with at its end; each loop thread has one.
struct Turn {
    index: usize,
    flush: Vec<Arc<Shared>>,
    deferred: Vec<Arc<dyn Task>>,
    timers: Vec<(u64, Arc<dyn Task>)>,
    resumed: Vec<(usize, u64)>,
}

thread_local! {
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
    /// Work that this thread has done for requests, in bytes; wraps.
    static WORK_DONE: Cell<usize> = const { Cell::new(0) };
}

/// Work that this thread has done so far.
pub(crate) fn work_done() -> usize {
    WORK_DONE.with(Cell::get)
}

/// Counts work of this thread.
pub(crate) fn add_work(bytes: usize) {
    WORK_DONE.with(|done| done.set(done.get().wrapping_add(bytes)));
}

fn with_turn<R>(f: impl FnOnce(&mut Turn) -> R) -> Option<R> {
    TURN.with(|turn| turn.borrow_mut().as_mut().map(f))
}

/// Whether the calling thread is the loop of this index.
pub(crate) fn is_here(index: usize) -> bool {
    with_turn(|turn| turn.index == index) == Some(true)
}

/// Whether the calling thread is a loop.
pub(crate) fn is_loop() -> bool {
    with_turn(|_| ()).is_some()
}

/// Puts the connection on the list of this thread's turn; false when the thread is no loop.
pub(crate) fn flush_at_end_of_turn(shared: &Arc<Shared>) -> bool {
    with_turn(|turn| turn.flush.push(shared.clone())).is_some()
}

/// Runs the task at the end of this thread's turn; gives it back when the thread is no loop.
pub(crate) fn defer_here(task: Arc<dyn Task>) -> Result<(), Arc<dyn Task>> {
    let mut task = Some(task);
    with_turn(|turn| turn.deferred.extend(task.take()));
    task.map_or(Ok(()), Err)
}

/// Sets a timer on this thread's loop; gives the task back when the thread is no loop.
pub(crate) fn timer_here(at_us: u64, task: Arc<dyn Task>) -> Result<(), Arc<dyn Task>> {
    let mut task = Some(task);
    with_turn(|turn| turn.timers.extend(task.take().map(|task| (at_us, task))));
    task.map_or(Ok(()), Err)
}

pub(crate) struct EventLoop {
    poll: Poll,
    handle: Arc<LoopHandle>,
    clock: Clock,
    limits: Limits,
    registry: Arc<Registry>,
    acceptors: Vec<Acceptor>,
    connections: Slab<Connection>,
    outgoings: Outgoings,
    ready: VecDeque<usize>,
    timers: Timers,
    buffer: Vec<u8>,
    spare: Spare,
    next_idle_check_us: u64,
    /// When the first connection must be open that is not.
    next_deadline_us: Option<u64>,
    accept_again_us: Option<u64>,
    /// When the next warning about accepting may be written.
    next_complaint_us: u64,
}

impl EventLoop {
    pub fn new(
        poll: Poll,
        handle: Arc<LoopHandle>,
        clock: Clock,
        limits: Limits,
        registry: Arc<Registry>,
    ) -> EventLoop {
        EventLoop {
            poll,
            handle,
            clock,
            limits,
            outgoings: Outgoings::new(registry.clone()),
            registry,
            acceptors: Vec::new(),
            connections: Slab::new(),
            ready: VecDeque::new(),
            timers: Timers::default(),
            buffer: vec![0; RECEIVE_MAX],
            spare: Spare::default(),
            next_idle_check_us: 0,
            next_deadline_us: None,
            accept_again_us: None,
            next_complaint_us: 0,
        }
    }

    /// Runs until the handle says stop.
    pub fn run(mut self) {
        let turn = Turn {
            index: self.handle.index,
            flush: Vec::new(),
            deferred: Vec::new(),
            timers: Vec::new(),
            resumed: Vec::new(),
        };
        TURN.with(|cell| *cell.borrow_mut() = Some(turn));
        let mut events = Events::with_capacity(1024);
        while !self.handle.stop.load(Ordering::Acquire) {
            let timeout = self.poll_timeout();
            match self.poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "an event loop cannot wait for its sockets and stops");
                    break;
                }
            }
            let now = self.clock.now();
            for event in &events {
                self.event(event, now);
            }
            if self.handle.has_mail.swap(false, Ordering::AcqRel) {
                self.read_mail(now);
            }
            self.run_timers(now);
            let before = work_done();
            for _ in 0..self.ready.len() {
                if let Some(key) = self.ready.pop_front() {
                    self.serve(key, now);
                }
                if work_done().wrapping_sub(before) > TURN_WORK_MAX {
                    break;
                }
            }
            self.end_turn();
            if self.next_deadline_us.is_some_and(|at| at <= now.monotonic_us) {
                self.close_late(now);
            }
            if now.monotonic_us >= self.next_idle_check_us {
                self.close_idle(now);
            }
        }
        for key in self.connections.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            self.close(key);
        }
        self.outgoings.end_all(self.poll.registry());
        // What is dropped with it may want to answer, and looks at the turn: it must not be borrowed then.
        let last = TURN.with(|cell| cell.borrow_mut().take());
        drop(last);
    }

    fn poll_timeout(&mut self) -> Option<Duration> {
        if !self.ready.is_empty() || with_turn(|turn| !turn.deferred.is_empty()) == Some(true) {
            return Some(Duration::ZERO);
        }
        self.timers.drop_over();
        let mut next = self.timers.next_us();
        if !self.connections.is_empty() {
            next = Some(next.map_or(self.next_idle_check_us, |at| at.min(self.next_idle_check_us)));
        }
        let others = [self.accept_again_us, self.next_deadline_us, self.outgoings.deadline_us()];
        next = others.into_iter().flatten().chain(next).min();
        next.map(|at| Duration::from_micros(at.saturating_sub(self.clock.now().monotonic_us)))
    }

    fn event(&mut self, event: &mio::event::Event, now: Now) {
        match event.token() {
            WAKER => {}
            Token(n) if n >= FIRST_LISTENER => self.accept(n - FIRST_LISTENER, now),
            Token(n) if n >= FIRST_OUTGOING => {
                self.outgoings.event(n - FIRST_OUTGOING, event, &mut self.buffer, self.poll.registry());
            }
            Token(key) => {
                let Some(connection) = self.connections.get_mut(key) else { return };
                connection.readable |= event.is_readable() || event.is_read_closed();
                connection.peer_finished |= event.is_read_closed();
                if event.is_writable() {
                    let mut out = connection.shared.out.lock();
                    out.unblock();
                    if !std::mem::replace(&mut out.dirty, true) {
                        drop(out);
                        flush_at_end_of_turn(&connection.shared);
                    }
                }
                // Also after writing: answers may have left that held back further requests.
                self.enqueue(key);
            }
        }
    }

    fn enqueue(&mut self, key: usize) {
        if let Some(connection) = self.connections.get_mut(key)
            && !std::mem::replace(&mut connection.queued, true)
        {
            self.ready.push_back(key);
        }
    }

    fn listen(&mut self, mut acceptor: Acceptor, now: Now) {
        let index = self.acceptors.len();
        let token = Token(FIRST_LISTENER + index);
        if let Err(error) = self.poll.registry().register(&mut acceptor.socket, token, Interest::READABLE) {
            tracing::error!(%error, listener = %acceptor.name, "a listener cannot be watched: nobody can connect to it");
            return;
        }
        self.acceptors.push(acceptor);
        self.accept(index, now);
    }

    /// Accepts until nobody waits, or until there is no room: the next connection to close, or the clock, goes on then.
    /// Without room it looks among those that wait for one from this machine, which may have the reserve; the others keep
    /// their turn.
    fn accept(&mut self, index: usize, now: Now) {
        loop {
            let acceptor = &mut self.acceptors[index];
            let room = self.registry.room(&acceptor.name, now);
            match room {
                Room::Yes => {
                    if let Some((stream, peer)) = acceptor.waiting.pop_front() {
                        self.accepted(index, stream, peer, now);
                        continue;
                    }
                }
                Room::InReserve(_) if acceptor.waiting.len() >= WAITING_MAX => return,
                Room::InReserve(from_us) if from_us > now.monotonic_us => return self.accept_again_at(from_us),
                Room::InReserve(_) => {}
                Room::At(at_us) => return self.accept_again_at(at_us),
            }
            match acceptor.socket.accept() {
                Ok((stream, _))
                    if u64::try_from(stream.as_raw_fd()).is_ok_and(|fd| fd > self.limits.descriptor_max) =>
                {
                    // The kernel gives the lowest free number: this many are open.
                    return self.cannot_accept("connections have their share of the open files", now);
                }
                Ok((stream, peer)) if room == Room::Yes || is_this_machine(peer.ip()) => {
                    self.accepted(index, stream, peer, now);
                }
                Ok(waits) => acceptor.waiting.push_back(waits),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted) => {
                }
                Err(error) => {
                    return self.cannot_accept(&error.to_string(), now);
                }
            }
        }
    }

    /// Tries again in a moment; says so once in ten seconds.
    fn cannot_accept(&mut self, reason: &str, now: Now) {
        if now.monotonic_us >= self.next_complaint_us {
            self.next_complaint_us = now.monotonic_us + 10_000_000;
            tracing::warn!(
                reason,
                "a connection cannot be accepted; a higher limit of open files may help (ulimit -n)"
            );
        }
        self.accept_again_at(now.monotonic_us + 100_000);
    }

    fn accept_again_at(&mut self, at_us: u64) {
        self.accept_again_us = Some(self.accept_again_us.map_or(at_us, |before| before.min(at_us)));
    }

    fn accept_all(&mut self, now: Now) {
        self.accept_again_us = None;
        for index in 0..self.acceptors.len() {
            self.accept(index, now);
        }
    }

    fn accepted(&mut self, index: usize, stream: TcpStream, peer: SocketAddr, now: Now) {
        let acceptor = &self.acceptors[index];
        let Some((info, owner)) = self.registry.admit(acceptor, &stream, peer, now) else { return };
        tune(&stream, &self.limits);
        let listener = acceptor.listener.clone();
        let transport = listener.wrapping().accepted(stream);
        if owner.index == self.handle.index {
            self.adopt(transport, info, &*listener, now);
        } else {
            owner.post(Message::Accepted { transport, info, listener });
        }
    }

    fn adopt(&mut self, mut transport: Transport, info: ConnectionInfo, listener: &dyn Listener, now: Now) {
        let entry = self.connections.vacant_entry();
        let key = entry.key();
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(transport.stream_mut(), Token(key), interest) {
            tracing::warn!(%error, peer = %info.peer, "a connection could not be watched and is closed");
            self.registry.released(&info);
            return;
        }
        let mut session = listener.session(&info, now);
        // An encrypted stream will say later that it is agreed on.
        session.secured(&info, now);
        let bounds = session.bounds();
        let transport = Arc::new(transport);
        let out = Mutex::new(Out::new(transport.clone()));
        let shared = Arc::new(Shared { info, key, owner: self.handle.clone(), out });
        entry.insert(Connection {
            shared,
            transport,
            session,
            bounds,
            input: Vec::new(),
            start: 0,
            readable: true,
            peer_finished: false,
            queued: false,
            waits_for: None,
            last_active_us: now.monotonic_us,
            accounted: 0,
        });
        self.handle.connections.fetch_add(1, Ordering::Relaxed);
        self.note_deadline(bounds);
        self.enqueue(key);
        self.give_way(key);
    }

    /// Closes the connection of a client that was idle longest, where a broker's connection is one too many.
    fn give_way(&mut self, newest: usize) {
        let listener = &self.connections[newest].shared.info.listener;
        if !self.registry.must_give_way(listener) {
            return;
        }
        let of_clients = self.connections.iter().filter(|(_, c)| self.registry.gives_way(&c.shared.info.listener));
        if let Some((key, connection)) = of_clients.min_by_key(|(_, connection)| connection.last_active_us) {
            tracing::debug!(peer = %connection.shared.info.peer, "closed to keep to max.connections");
            self.close(key);
        }
    }

    fn read_mail(&mut self, now: Now) {
        let mail = std::mem::take(&mut *self.handle.mailbox.lock());
        for message in mail {
            match message {
                Message::Accepted { transport, info, listener } => self.adopt(transport, info, &*listener, now),
                Message::Resume { key, id } => self.resume(key, id),
                Message::Timer { at_us, task } => self.timers.set(at_us, task),
                Message::Listen(acceptor) => self.listen(acceptor, now),
                Message::AcceptAgain => self.accept_all(now),
                Message::Line(line, mail) => {
                    let pool = &self.handle.resolver;
                    self.outgoings.mail(&line, mail, self.poll.registry(), &self.handle, pool);
                }
                Message::Close { id } => {
                    let found = self.connections.iter().find(|(_, connection)| connection.shared.info.id == id);
                    if let Some(key) = found.map(|(key, _)| key) {
                        self.close(key);
                    }
                }
                Message::Defer(task) => {
                    with_turn(|turn| turn.deferred.push(task));
                }
            }
        }
    }

    fn resume(&mut self, key: usize, id: u64) {
        if self.connections.get(key).is_some_and(|connection| connection.shared.info.id == id) {
            self.enqueue(key);
        }
    }

    fn run_timers(&mut self, now: Now) {
        while let Some(task) = self.timers.take_due(now.monotonic_us) {
            task.run(now);
        }
        if self.accept_again_us.is_some_and(|at| at <= now.monotonic_us) {
            self.accept_all(now);
        }
        if self.outgoings.deadline_us().is_some_and(|at| at <= now.monotonic_us) {
            self.outgoings.expire(now.monotonic_us, self.poll.registry());
        }
    }

    /// Deferred tasks, then answers, until neither makes more of the other.
    fn end_turn(&mut self) {
        // What deferred tasks defer has its turn when everybody else had theirs: a task that always comes again holds up nobody.
        let mut may_run = true;
        loop {
            let taken = with_turn(|turn| {
                (
                    if may_run { std::mem::take(&mut turn.deferred) } else { Vec::new() },
                    std::mem::take(&mut turn.timers),
                    std::mem::take(&mut turn.resumed),
                    std::mem::take(&mut turn.flush),
                )
            });
            let Some((mut deferred, mut timers, mut resumed, mut flush)) = taken else { return };
            let is_done = deferred.is_empty() && timers.is_empty() && resumed.is_empty() && flush.is_empty();
            for (at_us, task) in timers.drain(..) {
                self.timers.set(at_us, task);
            }
            if !deferred.is_empty() {
                let now = self.clock.now();
                for task in deferred.drain(..) {
                    task.run(now);
                }
            }
            for (key, id) in resumed.drain(..) {
                self.resume(key, id);
            }
            for shared in flush.drain(..) {
                shared.flush();
            }
            may_run = false;
            // Their memory serves the next turn.
            with_turn(|turn| {
                keep_larger(&mut turn.deferred, deferred);
                keep_larger(&mut turn.timers, timers);
                keep_larger(&mut turn.resumed, resumed);
                keep_larger(&mut turn.flush, flush);
            });
            if is_done {
                return;
            }
        }
    }

    /// One turn of one connection: waiting frames first, then at most one receive.
    fn serve(&mut self, key: usize, now: Now) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.queued = false;
        let mut buffer = std::mem::take(&mut self.buffer);
        let outcome = connection.turn(&mut buffer, &mut self.spare, &self.limits, now);
        self.buffer = buffer;
        let bounds = connection.bounds;
        self.note_deadline(bounds);
        let outcome = match self.account(key) {
            true => outcome,
            false => TurnEnd::Close,
        };
        match outcome {
            TurnEnd::Again => self.enqueue(key),
            TurnEnd::Idle => {}
            TurnEnd::Close => self.close(key),
        }
    }

    /// Counts the bytes that the connection holds. False: all connections together hold too much, and this one is among
    /// those that hold a lot.
    fn account(&mut self, key: usize) -> bool {
        let Some(connection) = self.connections.get_mut(key) else { return true };
        let held = connection.input.len();
        let all = self.registry.account(connection.accounted, held);
        connection.accounted = held;
        if held <= HELD_ALWAYS || all <= self.limits.partial_bytes_max {
            return true;
        }
        let peer = connection.shared.info.peer;
        tracing::warn!(%peer, held, all, "requests that are not complete take too much memory: a large one is dropped");
        false
    }

    fn close(&mut self, key: usize) {
        let Some(mut connection) = self.connections.try_remove(key) else { return };
        self.registry.account(connection.accounted, 0);
        connection.shared.out.lock().close();
        connection.session.ended(&connection.shared.info);
        self.registry.released(&connection.shared.info);
        self.handle.connections.fetch_sub(1, Ordering::Relaxed);
    }

    fn note_deadline(&mut self, bounds: Option<Bounds>) {
        if let Some(Bounds { deadline_us, .. }) = bounds {
            self.next_deadline_us = Some(self.next_deadline_us.map_or(deadline_us, |before| before.min(deadline_us)));
        }
    }

    /// Closes the connections that are not open in time.
    fn close_late(&mut self, now: Now) {
        let deadlines = self.connections.iter().filter_map(|(key, c)| Some((key, c.bounds?.deadline_us)));
        let (late, others): (Vec<_>, Vec<_>) = deadlines.partition(|(_, at_us)| *at_us <= now.monotonic_us);
        self.next_deadline_us = others.into_iter().map(|(_, at_us)| at_us).min();
        for (key, _) in late {
            let info = &self.connections[key].shared.info;
            tracing::debug!(peer = %info.peer, listener = %info.listener, "closed: it has not said who it is in time");
            self.close(key);
        }
    }

    /// Closes the connections on which nothing has come or gone for too long. What left since the last check counts as
    /// leaving now; who waits for an answer that we hold is not idle.
    fn close_idle(&mut self, now: Now) {
        let idle_us = self.limits.idle_max_ms.saturating_mul(1000);
        self.next_idle_check_us = now.monotonic_us + (idle_us / 10).clamp(100_000, 30_000_000);
        for (_, connection) in &mut self.connections {
            let mut out = connection.shared.out.lock();
            if out.take_has_sent() || out.is_holding() {
                connection.last_active_us = now.monotonic_us;
            }
        }
        let idle: Vec<usize> = self
            .connections
            .iter()
            .filter(|(_, connection)| now.monotonic_us.saturating_sub(connection.last_active_us) > idle_us)
            .map(|(key, _)| key)
            .collect();
        for key in idle {
            self.close(key);
        }
    }
}

fn keep_larger<T>(list: &mut Vec<T>, mut spare: Vec<T>) {
    const KEPT_MAX: usize = 1024;
    if (list.capacity() + 1..=KEPT_MAX).contains(&spare.capacity()) {
        spare.append(list);
        *list = spare;
    }
}

/// What Kafka sets on an accepted socket.
fn tune(stream: &TcpStream, limits: &Limits) {
    let socket = SockRef::from(stream);
    // Each makes a difference in speed only.
    let _latency = socket.set_tcp_nodelay(true);
    let _keep_alive = socket.set_keepalive(true);
    if let Some(bytes) = limits.send_buffer_bytes {
        let _buffer = socket.set_send_buffer_size(bytes);
    }
    if let Some(bytes) = limits.receive_buffer_bytes {
        let _buffer = socket.set_recv_buffer_size(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;
    use crate::reply::Reply;
    use crate::session::{Plain, Session, Wrapping};
    use crate::{Pipelining, Server};
    use std::io::Read;

    /// Answers nothing by itself.
    struct Silent;

    impl Listener for Silent {
        fn wrapping(&self) -> &dyn Wrapping {
            &Plain
        }

        fn session(&self, _: &ConnectionInfo, _: Now) -> Box<dyn Session> {
            Box::new(Silent)
        }
    }

    impl Session for Silent {
        fn secured(&mut self, _: &ConnectionInfo, _: Now) {}

        fn bounds(&self) -> Option<Bounds> {
            None
        }

        fn request(&mut self, _: &ConnectionInfo, _: &mut [u8], _: Reply, _: Now) -> Pipelining {
            Pipelining::Hold
        }

        fn ended(&mut self, _: &ConnectionInfo) {}
    }

    #[test]
    fn who_takes_a_large_answer_slowly_is_not_idle_and_who_takes_nothing_is() {
        const IDLE_US: u64 = 60_000_000;
        let server = Server::new(1, 1, Clock::new()).unwrap();
        let limits = Limits {
            request_bytes_max: 1 << 20,
            partial_bytes_max: 1 << 20,
            idle_max_ms: IDLE_US / 1000,
            descriptor_max: u64::MAX,
            send_buffer_bytes: Some(64 << 10),
            receive_buffer_bytes: None,
        };
        let mut event_loop = server.take_loop(limits);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut reader = std::net::TcpStream::connect(address).unwrap();
        let (socket, peer) = listener.accept().unwrap();
        socket.set_nonblocking(true).unwrap();
        let socket = TcpStream::from_std(socket);
        tune(&socket, &limits);
        let info = ConnectionInfo { id: 1, listener: "L".into(), peer, local: address };
        let at = |monotonic_us| Now { monotonic_us, wall_ms: 0 };
        event_loop.adopt(Plain.accepted(socket), info, &Silent, at(0));
        let shared = event_loop.connections[0].shared.clone();
        let sequence = shared.out.lock().open_slot();
        Reply::new(shared.clone(), sequence).send(Answer::Bytes(vec![7; 32 << 20]));
        shared.flush();
        reader.set_nonblocking(true).unwrap();
        let mut taken = vec![0; 1 << 20];
        for turn in 1..=3 {
            // What is on its way arrives, and makes room for more.
            for _ in 0..8 {
                let _nothing_more = reader.read(&mut taken);
                shared.out.lock().unblock();
                shared.flush();
            }
            event_loop.close_idle(at(turn * IDLE_US));
            assert_eq!(event_loop.connections.len(), 1, "it takes its answer");
        }
        event_loop.close_idle(at(4 * IDLE_US));
        assert_eq!(event_loop.connections.len(), 1, "not beyond the limit");
        event_loop.close_idle(at(4 * IDLE_US + 1));
        assert!(event_loop.connections.is_empty(), "nothing has moved for too long");
    }
}
