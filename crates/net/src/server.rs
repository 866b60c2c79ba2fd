//! The event loops as a whole: listeners, limits on connections, start and stop.

use crate::admission::{Admission, Admitted, ConnectionLimits, ListenerRole, Room};
use crate::blocking::BlockingPool;
use crate::connection::ConnectionInfo;
use crate::event_loop::EventLoop;
use crate::mailbox::{CloseAll, LoopHandle, Message, WAKER};
use crate::outgoing::{self, Lines};
use crate::session::{Listener, Wrapping};
use crate::turn;
use base::{BlockingWork, Executor, Knocked, Line, Map, Network, Now, Remote, Task, WorkRoom};
use mio::net::{TcpListener, TcpStream};
use mio::{Poll, Waker};
use os::Clock;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// Threads that read from the disk what answers need: consumers of old records never keep syncs waiting.
const COLD_READERS_MAX: usize = 4;

/// Threads that sync the metadata log and write its snapshots: one each, so that neither waits for the other.
const CONTROL_THREADS_MAX: usize = 2;
/// Addresses of other nodes that are knocked at at a time.
const KNOCKS_MAX: usize = 4;

/// Bytes that one request may have decompressed on a loop. A quarter of a mebibyte takes about as long as the call of the
/// system that appends it; a hop to another thread costs no more of that.
const DECOMPRESSED_MAX: usize = 256 * 1024;

/// Bytes that long work may keep until it is done; a piece that is larger has to be alone. More memory is in use only by the
/// threads for it, each with one batch at a time: the window of a codec and, where records are compressed again, 1 MiB of
/// them at once and what may be stored of them (`max.message.bytes`). Nobody keeps decompressed records beyond that.
const LONG_WORK_BYTES_MAX: usize = 128 << 20;

/// Threads for long work: half of the processors, so that loops find one, and few.
fn long_work_threads() -> usize {
    (std::thread::available_parallelism().map_or(1, usize::from) / 2).clamp(1, 4)
}

/// What holds for every connection from the start to the end; [`ConnectionLimits`] may change.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `socket.request.max.bytes`
    pub request_bytes_max: usize,
    /// `connections.max.idle.ms`
    pub idle_max_ms: u64,
    /// Bytes of incomplete requests that all connections together may hold; above it those with a large one are closed.
    pub partial_bytes_max: usize,
    /// Nobody is accepted on a descriptor above this number: the others are for files. A log directory whose files cannot
    /// be opened would be taken out of service.
    pub descriptor_max: u64,
    /// Sizes of the kernel's buffers of an accepted socket; `None` leaves them to the kernel, which fits them to the
    /// connection.
    pub send_buffer_bytes: Option<usize>,
    pub receive_buffer_bytes: Option<usize>,
}

/// A bound socket and the listener behind it.
pub struct ListenerSpec {
    pub name: String,
    pub role: ListenerRole,
    pub socket: std::net::TcpListener,
    pub listener: Arc<dyn Listener>,
}

pub(crate) struct Acceptor {
    pub name: Arc<str>,
    pub socket: TcpListener,
    pub listener: Arc<dyn Listener>,
    /// Accepted while there was no room; they come first when there is.
    pub waiting: VecDeque<(TcpStream, SocketAddr)>,
}

/// Who is connected, and which loop gets the next one.
pub(crate) struct Registry {
    loops: Vec<Arc<LoopHandle>>,
    next: AtomicUsize,
    next_id: AtomicU64,
    admission: Mutex<Admission>,
    /// Bytes of incomplete requests.
    partial_bytes: AtomicUsize,
    /// What lines to other nodes are made with, by the name of the listener.
    outgoing: Mutex<Map<String, Arc<dyn Wrapping>>>,
}

impl Registry {
    /// What a line to other nodes' listener of this name is made with.
    pub fn outgoing(&self, listener: &str) -> Option<Arc<dyn Wrapping>> {
        self.outgoing.lock().get(listener).cloned()
    }

    /// Whether the listener may accept one more connection now.
    pub fn room(&self, listener: &str, now: Now) -> Room {
        self.admission.lock().room(listener, now.monotonic_us)
    }

    /// Counts an accepted connection and says who gets it; `None` if its address has too many.
    pub fn admit(
        &self,
        acceptor: &Acceptor,
        stream: &TcpStream,
        peer: SocketAddr,
        now: Now,
    ) -> Option<(ConnectionInfo, Arc<LoopHandle>)> {
        let local = stream.local_addr().ok()?;
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let admitted = self.admission.lock().admit(&acceptor.name, peer.ip(), local.ip(), id, now.monotonic_us);
        match admitted {
            Admitted::Counted => {}
            Admitted::InReserve { instead_of } => {
                tracing::info!(%peer, "a connection from this machine is served beyond the limits on connections");
                let before = instead_of.into_iter();
                before.for_each(|id| self.loops.iter().for_each(|one| one.post(Message::Close { id })));
            }
            Admitted::Refused => {
                tracing::debug!(%peer, "too many connections from this address: the newest is closed");
                return None;
            }
        }
        // The first loop serves no clients.
        let serving = self.loops.get(1..).filter(|loops| !loops.is_empty()).unwrap_or(&self.loops);
        let owner = serving[self.next.fetch_add(1, Ordering::Relaxed) % serving.len()].clone();
        Some((ConnectionInfo { id, listener: acceptor.name.clone(), peer, local }, owner))
    }

    /// Whether another connection has to be closed for one of this listener.
    pub fn must_give_way(&self, listener: &str) -> bool {
        self.admission.lock().must_give_way(listener)
    }

    /// Whether connections of this listener are closed for others.
    pub fn gives_way(&self, listener: &str) -> bool {
        self.admission.lock().gives_way(listener)
    }

    /// Replaces what one connection holds; returns what all hold.
    pub fn account(&self, before: usize, now: usize) -> usize {
        if before == now {
            return self.partial_bytes.load(Ordering::Relaxed);
        }
        let others = self.partial_bytes.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
        others.wrapping_add(now.wrapping_sub(before))
    }

    pub fn released(&self, info: &ConnectionInfo) {
        if self.admission.lock().release(&info.listener, info.peer.ip(), info.id) {
            self.loops[0].post(Message::AcceptAgain);
        }
    }
}

/// Binds a listening socket the way Kafka does: address reuse, `socket.listen.backlog.size`.
pub fn bind(address: SocketAddr, backlog: i32) -> io::Result<std::net::TcpListener> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        // An IPv6 wildcard takes IPv4 as well, as in Java; a given address is only itself.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog.max(1))?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The running loops. They are also what runs tasks, timers and blocking work.
pub struct Server {
    loops: Vec<Arc<LoopHandle>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    polls: Mutex<Vec<Poll>>,
    blocking: Arc<BlockingPool>,
    reading: Arc<BlockingPool>,
    control: Arc<BlockingPool>,
    knocks: Arc<BlockingPool>,
    long: Arc<BlockingPool>,
    /// Bytes that long work keeps.
    long_bytes: Arc<AtomicUsize>,
    /// Counts what other threads have deferred, to spread it over the loops.
    next_defer: AtomicUsize,
    clock: Clock,
    registry: Arc<Registry>,
}

impl Server {
    /// Makes `loops` loops that serve clients, and one for control; nothing runs before `start`.
    pub fn new(loops: usize, blocking_threads_max: usize, clock: Clock) -> io::Result<Arc<Server>> {
        let mut handles = Vec::new();
        let mut polls = Vec::new();
        let cold_reads = BlockingPool::new("ottla-read", COLD_READERS_MAX);
        for index in 0..=loops.max(1) {
            let poll = Poll::new()?;
            let waker = Waker::new(poll.registry(), WAKER)?;
            handles.push(Arc::new(LoopHandle::new(index, waker, cold_reads.clone(), clock)));
            polls.push(poll);
        }
        let registry = Registry {
            loops: handles.clone(),
            next: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            admission: Mutex::new(Admission::new(ConnectionLimits::default())),
            partial_bytes: AtomicUsize::new(0),
            outgoing: Mutex::default(),
        };
        Ok(Arc::new(Server {
            loops: handles,
            threads: Mutex::new(Vec::new()),
            polls: Mutex::new(polls),
            blocking: BlockingPool::new("ottla-blocking", blocking_threads_max),
            reading: cold_reads,
            control: BlockingPool::new("ottla-quorum-io", CONTROL_THREADS_MAX),
            knocks: BlockingPool::new("ottla-knock", KNOCKS_MAX),
            long: BlockingPool::behind_others("ottla-validate", long_work_threads()),
            long_bytes: Arc::default(),
            next_defer: AtomicUsize::new(0),
            clock,
            registry: Arc::new(registry),
        }))
    }

    /// Starts the loops; they run tasks and timers from now on.
    pub fn start(&self, limits: Limits) -> io::Result<()> {
        let mut threads = self.threads.lock();
        for (poll, handle) in self.polls.lock().drain(..).zip(&self.loops) {
            let event_loop = EventLoop::new(poll, handle.clone(), self.clock, limits, self.registry.clone());
            let name = match handle.index {
                0 => "ottla-control".to_owned(),
                index => format!("ottla-net-{}", index - 1),
            };
            threads.push(std::thread::Builder::new().name(name).spawn(move || event_loop.run())?);
        }
        Ok(())
    }

    /// The first loop, not running: a test takes its turns.
    #[cfg(test)]
    pub(crate) fn take_loop(&self, limits: Limits) -> EventLoop {
        let poll = self.polls.lock().remove(0);
        EventLoop::new(poll, self.loops[0].clone(), self.clock, limits, self.registry.clone())
    }

    /// Begins to accept on a listener; the control loop accepts for all of them.
    pub fn listen(&self, spec: ListenerSpec) {
        self.registry.admission.lock().add_listener(spec.name.as_str().into(), spec.role);
        let acceptor = Acceptor {
            name: spec.name.into(),
            socket: TcpListener::from_std(spec.socket),
            listener: spec.listener,
            waiting: VecDeque::new(),
        };
        self.loops[0].post(Message::Listen(acceptor));
    }

    /// Says what lines to listeners of this name are made with. There is no line to a name of which nothing is known: what
    /// has to be encrypted never leaves in plain text for lack of a word.
    pub fn reach(&self, listener: &str, wrapping: Arc<dyn Wrapping>) {
        self.registry.outgoing.lock().insert(listener.to_owned(), wrapping);
    }

    /// Replaces the limits on connections. Those that are there stay; listeners that wait try again.
    pub fn limit_connections(&self, limits: ConnectionLimits) {
        self.registry.admission.lock().set_limits(limits);
        self.loops[0].post(Message::AcceptAgain);
    }

    /// Closes the connections of these listeners, at once and without their answers, but for those that `stays` names.
    pub fn close_connections(
        &self,
        listeners: Vec<String>,
        stays: impl Fn(&ConnectionInfo) -> bool + Send + Sync + 'static,
    ) {
        let which = Arc::new(CloseAll { listeners, stays: Box::new(stays) });
        self.loops.iter().for_each(|handle| handle.post(Message::CloseAll(which.clone())));
    }

    /// Closes every connection and ends the loops; returns when their threads are gone.
    pub fn stop(&self) {
        for handle in &self.loops {
            handle.stop.store(true, Ordering::Release);
            handle.wake();
        }
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("an event loop ended by a panic");
            }
        }
    }

    /// Open connections, all listeners together.
    pub fn connections(&self) -> u64 {
        self.loops.iter().map(|handle| handle.connections.load(Ordering::Relaxed)).sum()
    }
}

/// Part of [`LONG_WORK_BYTES_MAX`].
struct LongWorkRoom {
    all: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for LongWorkRoom {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Network for Server {
    fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        Lines { owner: self.loops[0].clone(), clock: self.clock }.line(remote)
    }

    fn data_line(&self, remote: &Remote) -> Arc<dyn Line> {
        let number = self.next_defer.fetch_add(1, Ordering::Relaxed) % (self.loops.len() - 1);
        Lines { owner: self.loops[1 + number].clone(), clock: self.clock }.line(remote)
    }

    fn knock(&self, remote: &Remote, timeout_us: u64, done: Knocked) {
        let (host, port) = (remote.host.clone(), remote.port);
        let timeout = std::time::Duration::from_micros(timeout_us);
        self.knocks.run(Box::new(move || done(outgoing::knock(&host, port, timeout))));
    }
}

impl Executor for Server {
    fn now(&self) -> Now {
        self.clock.now()
    }

    fn monotonic_us(&self) -> u64 {
        self.clock.monotonic_us()
    }

    fn thread_waits(&self) -> u64 {
        os::thread_waits()
    }

    fn defer(&self, task: Arc<dyn Task>) {
        if let Err(task) = turn::defer_here(task) {
            // The one for control is not for clients' work.
            let number = self.next_defer.fetch_add(1, Ordering::Relaxed) % (self.loops.len() - 1);
            self.loops[1 + number].post(Message::Defer(task));
        }
    }

    fn run_at(&self, at_us: u64, task: Arc<dyn Task>) {
        if let Err(task) = turn::timer_here(at_us, task) {
            self.loops[0].post(Message::Timer { at_us, task });
        }
    }

    fn control_at(&self, at_us: u64, task: Arc<dyn Task>) {
        if turn::is_here(0) {
            self.run_at(at_us, task);
        } else {
            self.loops[0].post(Message::Timer { at_us, task });
        }
    }

    fn run_blocking(&self, work: BlockingWork) {
        self.blocking.run(work);
    }

    fn run_control(&self, work: BlockingWork) {
        self.control.run(work);
    }

    fn decompressed_max(&self) -> usize {
        if turn::is_loop() { DECOMPRESSED_MAX } else { usize::MAX }
    }

    fn decompressed(&self, bytes: usize) {
        turn::add_work(bytes);
    }

    fn take_long_work_room(&self, bytes: usize) -> Option<WorkRoom> {
        let fits = |kept: usize| {
            let all = kept.saturating_add(bytes);
            (kept == 0 || all <= LONG_WORK_BYTES_MAX).then_some(all)
        };
        self.long_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).ok()?;
        Some(Box::new(LongWorkRoom { all: self.long_bytes.clone(), bytes }))
    }

    fn run_long(&self, work: BlockingWork) {
        self.long.run(work);
    }

    fn run_reading(&self, work: BlockingWork) {
        self.reading.run(work);
    }
}
