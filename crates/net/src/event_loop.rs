//! One event loop: its connections, its timers, and the turn.
//!
//! A turn: events of the kernel -> mailbox -> expired timers -> one receive for each connection that has data -> tasks
//! deferred meanwhile -> answers written. The loop owns the receive buffer; a connection keeps bytes of its own only
//! while a frame is incomplete, so idle connections pin nothing.
//!
//! The first loop is the one for control: it serves no clients, so none can keep it busy. It accepts for all listeners, runs
//! the timers and tasks that come from other threads, and owns the connections to other nodes.

use crate::accepting::{Accepting, FIRST_LISTENER};
use crate::connection::{ConnectionInfo, Out, Shared};
use crate::input::{Connection, TurnEnd};
use crate::kept::{Kept, Spare};
use crate::mailbox::{LoopHandle, Message, WAKER};
use crate::outgoing::{FIRST_OUTGOING, Outgoings};
use crate::server::{Limits, Registry};
use crate::session::{Bounds, Listener};
use crate::transport::Transport;
use crate::turn::{self, with_turn, work_done};
use base::{Now, Timers};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use os::Clock;
use parking_lot::Mutex;
use slab::Slab;
use socket2::SockRef;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Bytes that one connection may receive in one turn.
const RECEIVE_MAX: usize = 256 * 1024;
/// Work of the requests of a turn, in bytes received and decompressed: connections beyond it wait for the next one, so that
/// timers and other news are late by no more than that.
const TURN_WORK_MAX: usize = 4 << 20;
/// Bytes of an incomplete request that are never too many.
const HELD_ALWAYS: usize = 1 << 20;

pub(crate) struct EventLoop {
    poll: Poll,
    handle: Arc<LoopHandle>,
    clock: Clock,
    limits: Limits,
    registry: Arc<Registry>,
    accepting: Accepting,
    connections: Slab<Connection>,
    outgoings: Outgoings,
    ready: VecDeque<usize>,
    timers: Timers,
    buffer: Vec<u8>,
    spare: Spare,
    next_idle_check_us: u64,
    /// When the first connection must be open that is not.
    next_deadline_us: Option<u64>,
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
            accepting: Accepting::new(limits.descriptor_max),
            connections: Slab::new(),
            ready: VecDeque::new(),
            timers: Timers::default(),
            buffer: vec![0; RECEIVE_MAX],
            spare: Spare::default(),
            next_idle_check_us: 0,
            next_deadline_us: None,
        }
    }

    /// Runs until the handle says stop.
    pub fn run(mut self) {
        turn::begin(self.handle.index);
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
            self.read_mail(now);
            self.run_timers(now);
            let before = work_done();
            self.outgoings.go_on(&mut self.buffer, self.poll.registry());
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
        turn::end();
    }

    fn poll_timeout(&mut self) -> Option<Duration> {
        if !self.ready.is_empty()
            || self.outgoings.has_ready()
            || with_turn(|turn| !turn.deferred.is_empty()) == Some(true)
        {
            return Some(Duration::ZERO);
        }
        self.timers.drop_over();
        let mut next = self.timers.next_us();
        if !self.connections.is_empty() {
            next = Some(next.map_or(self.next_idle_check_us, |at| at.min(self.next_idle_check_us)));
        }
        let others = [self.accepting.again_us(), self.next_deadline_us, self.outgoings.deadline_us()];
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
                        turn::flush_at_end_of_turn(&connection.shared);
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

    fn accept(&mut self, index: usize, now: Now) {
        while let Some((stream, peer)) = self.accepting.next(index, &self.registry, now) {
            self.accepted(index, stream, peer, now);
        }
    }

    fn accept_all(&mut self, now: Now) {
        self.accepting.all_again().for_each(|index| self.accept(index, now));
    }

    fn accepted(&mut self, index: usize, stream: TcpStream, peer: SocketAddr, now: Now) {
        let acceptor = self.accepting.acceptor(index);
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
            input: Kept::default(),
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
        for message in self.handle.take_mail() {
            match message {
                Message::Accepted { transport, info, listener } => self.adopt(transport, info, &*listener, now),
                Message::Resume { key, id } => self.resume(key, id),
                Message::Timer { at_us, task } => self.timers.set(at_us, task),
                Message::Listen(acceptor) => {
                    if let Some(index) = self.accepting.listen(acceptor, self.poll.registry()) {
                        self.accept(index, now);
                    }
                }
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
                Message::CloseAll(which) => {
                    let goes = |info: &ConnectionInfo| {
                        which.listeners.iter().any(|name| **name == *info.listener) && !(which.stays)(info)
                    };
                    let closed = self.connections.iter().filter(|(_, connection)| goes(&connection.shared.info));
                    let closed: Vec<usize> = closed.map(|(key, _)| key).collect();
                    closed.into_iter().for_each(|key| self.close(key));
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
        if self.accepting.again_us().is_some_and(|at| at <= now.monotonic_us) {
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
                turn::keep_larger(&mut turn.deferred, deferred);
                turn::keep_larger(&mut turn.timers, timers);
                turn::keep_larger(&mut turn.resumed, resumed);
                turn::keep_larger(&mut turn.flush, flush);
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
        let memory = connection.input.memory_bytes();
        let all = self.registry.account(connection.accounted, memory);
        connection.accounted = memory;
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
        if self.connections.is_empty() {
            // Nobody is there for the look that gives it back.
            self.spare = Spare::default();
        }
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
        self.spare.look();
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
