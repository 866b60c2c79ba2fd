//! A network between simulated processes: bytes of a connection keep their order, connections are slow, break, hang, and lose
//! one direction; packets are lost, which keeps a connection waiting until they are sent again; what an old connection carries
//! may arrive after a new one is open. A process that stands still is connected to, and answers nothing. Nothing here runs by
//! itself: the schedule asks for what is due.

use base::{Done, Knock, Knocked, Line, LineError, Network, NodeId, Outbound, Random, Remote, SplitMix64};
use parking_lot::Mutex;
use protocol::header::decode_request_header;
use protocol::{ApiKey, EnvelopeRequest};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A process: a node in one of its lives.
pub type Process = (NodeId, u32);

/// Something that the schedule has to carry out.
pub enum Delivery {
    /// A request has reached a process; its answer goes to [`SimNetwork::answered`] with the same numbers.
    Request { from: NodeId, to: NodeId, port: u16, connection: u64, tag: u64, frame: Vec<u8> },
    /// A request of a process has come to its end.
    Done { to: Process, done: Done, outcome: Result<Vec<u8>, LineError> },
    /// A process learns what the address said that it knocked at.
    Knocked { to: Process, done: Knocked, knock: Knock },
    /// A process learns that who asked it over a connection has closed that.
    Closed { to: NodeId, port: u16, connection: u64 },
}

/// How often a direction that is cut is tried again.
const RETRY_US: u64 = 20_000;
/// After which time a packet that was lost is sent again for the first time.
const RESEND_US: u64 = 200_000;

#[derive(Default)]
struct Direction {
    /// When each message is there, what it belongs to, and its bytes.
    messages: VecDeque<(u64, u64, Vec<u8>)>,
    last_at_us: u64,
}

struct Connection {
    from: Process,
    to: Process,
    port: u16,
    out: Direction,
    back: Direction,
    /// Requests whose end their sender has not been told.
    asked: BTreeMap<u64, Done>,
    /// The receiver works on this one; later ones wait.
    held: Option<u64>,
    /// The sender has given it up, or knows that it is broken.
    is_given_up: bool,
}

enum Event {
    /// Something may have arrived on the connection.
    Look(u64),
    TimedOut {
        connection: u64,
        tag: u64,
    },
    /// The sender learns that the connection is gone.
    Reset(u64),
    Failed {
        to: Process,
        done: Done,
        error: LineError,
    },
    Knocked {
        to: Process,
        done: Knocked,
        knock: Knock,
    },
    /// The receiver learns that the connection is gone.
    Closed {
        from: NodeId,
        to: Process,
        port: u16,
        connection: u64,
    },
}

impl Event {
    /// Who learns something by it, where that is told at once.
    fn process(&self) -> Option<Process> {
        match self {
            Event::Look(_) | Event::TimedOut { .. } | Event::Reset(_) => None,
            Event::Failed { to, .. } | Event::Knocked { to, .. } | Event::Closed { to, .. } => Some(*to),
        }
    }
}

struct State {
    now_us: u64,
    random: SplitMix64,
    events: BTreeMap<(u64, u64), Event>,
    order: u64,
    connections: BTreeMap<u64, Connection>,
    next_connection: u64,
    next_tag: u64,
    /// The life of each node that runs.
    lives: BTreeMap<NodeId, u32>,
    /// Machines without power: nothing comes back from them, not even a no.
    dark: BTreeSet<NodeId>,
    ports: BTreeMap<u16, NodeId>,
    /// Bytes from the first to the second do not arrive.
    cuts: BTreeSet<(NodeId, NodeId)>,
    is_slow: bool,
    /// One in so many messages loses a packet; 0: none does.
    loss_every: u64,
    /// Processes that stand still: the kernel takes their bytes.
    paused: BTreeSet<NodeId>,
    late: Option<Late>,
}

/// Requests that stay under way for long.
struct Late {
    from: NodeId,
    to: NodeId,
    api: ApiKey,
    /// Those that are sent until then.
    until_us: u64,
    arrive_us: u64,
}

impl Late {
    fn is_meant(&self, connection: &Connection, bytes: &[u8], now_us: u64) -> bool {
        let api = bytes.first_chunk().map(|api| i16::from_be_bytes(*api));
        let way = (connection.from.0, connection.to.0);
        now_us < self.until_us && way == (self.from, self.to) && api == Some(self.api as i16)
    }
}

/// The network of a schedule.
pub struct SimNetwork {
    state: Mutex<State>,
}

/// Whether it creates or deletes topics by their names (CreateTopics, DeleteTopics), also in an envelope. A copy of it that comes late, when its
/// sender has been answered by another one, acts on another topic of that name: Kafka's protocol knows no better, so no
/// checker can tell. Nothing else is spared that fate.
fn is_by_name(frame: &[u8]) -> bool {
    match frame.get(..2) {
        Some([0, 19 | 20]) => true,
        Some([0, 58]) => {
            let Ok((head, mut body)) = decode_request_header(frame) else { return false };
            EnvelopeRequest::decode(&mut body, head.version).is_ok_and(|envelope| is_by_name(&envelope.request_data))
        }
        _ => false,
    }
}

/// What somebody meets who connects.
enum Reached {
    Process(Process),
    /// The machine says that nobody listens.
    Nobody,
    /// Nothing comes back.
    Silence,
}

impl State {
    fn reach(&self, from: NodeId, port: u16) -> Reached {
        let Some(id) = self.ports.get(&port).copied() else { return Reached::Nobody };
        if self.is_cut(from, id) || self.is_cut(id, from) || self.dark.contains(&id) {
            return Reached::Silence;
        }
        self.lives.get(&id).map_or(Reached::Nobody, |life| Reached::Process((id, *life)))
    }

    fn at(&mut self, at_us: u64, event: Event) {
        self.order += 1;
        self.events.insert((at_us, self.order), event);
    }

    fn latency_us(&mut self) -> u64 {
        let lost = self.loss_every > 0 && self.random.below(self.loss_every) == 0;
        let resent_us = if lost { RESEND_US << self.random.below(4) } else { 0 };
        resent_us + self.travel_us()
    }

    fn travel_us(&mut self) -> u64 {
        match self.random.below(if self.is_slow { 8 } else { 64 }) {
            0 => 1_000 + self.random.below(60_000),
            _ => 50 + self.random.below(400),
        }
    }

    fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts.contains(&(from, to))
    }

    /// Puts a message on its way, behind those before it.
    fn carry(&mut self, id: u64, goes_out: bool, tag: u64, bytes: Vec<u8>) {
        let at_us = self.now_us + self.latency_us();
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let late = self.late.as_ref().filter(|late| goes_out && late.is_meant(connection, &bytes, self.now_us));
        let at_us = late.map_or(at_us, |late| late.arrive_us.max(at_us));
        let direction = if goes_out { &mut connection.out } else { &mut connection.back };
        direction.last_at_us = direction.last_at_us.max(at_us);
        let at_us = direction.last_at_us;
        direction.messages.push_back((at_us, tag, bytes));
        self.at(at_us, Event::Look(id));
    }

    /// Tells the sender about everything that is under way on a connection.
    fn fail_all(&mut self, id: u64, error: &LineError) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if !std::mem::replace(&mut connection.is_given_up, true) {
            self.tell_receiver(id);
        }
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let to = connection.from;
        for (_, done) in std::mem::take(&mut connection.asked) {
            let error = error.clone();
            self.at(self.now_us, Event::Failed { to, done, error });
        }
    }

    /// The receiver learns soon that a connection is gone.
    fn tell_receiver(&mut self, id: u64) {
        let at_us = self.now_us + self.latency_us();
        let Some(Connection { from, to, port, .. }) = self.connections.get(&id) else { return };
        let event = Event::Closed { from: from.0, to: *to, port: *port, connection: id };
        self.at(at_us, event);
    }

    /// What has arrived on a connection, if anything.
    fn look(&mut self, id: u64) -> Option<Delivery> {
        let now_us = self.now_us;
        let (from, to) = self.connections.get(&id).map(|connection| (connection.from, connection.to))?;
        let (cut_out, cut_back) = (self.is_cut(from.0, to.0), self.is_cut(to.0, from.0));
        let is_up = self.lives.get(&to.0) == Some(&to.1);
        let connection = self.connections.get_mut(&id)?;
        let is_due = |direction: &Direction| direction.messages.front().is_some_and(|(at_us, ..)| *at_us <= now_us);
        if is_due(&connection.back) {
            if cut_back || self.paused.contains(&from.0) {
                self.at(now_us + RETRY_US, Event::Look(id));
                return None;
            }
            let (_, tag, bytes) = connection.back.messages.pop_front()?;
            let done = connection.asked.remove(&tag);
            self.at(now_us, Event::Look(id));
            return done.map(|done| Delivery::Done { to: from, done, outcome: Ok(bytes) });
        }
        if !is_due(&connection.out) || connection.held.is_some() {
            return None;
        }
        if cut_out || self.paused.contains(&to.0) {
            self.at(now_us + RETRY_US, Event::Look(id));
            return None;
        }
        if !is_up {
            connection.out.messages.clear();
            let at_us = now_us + self.latency_us();
            self.at(at_us, Event::Reset(id));
            return None;
        }
        let (_, tag, frame) = connection.out.messages.pop_front()?;
        if connection.is_given_up && is_by_name(&frame) {
            self.at(now_us, Event::Look(id));
            return None;
        }
        connection.held = Some(tag);
        Some(Delivery::Request { from: from.0, to: to.0, port: connection.port, connection: id, tag, frame })
    }
}

impl SimNetwork {
    pub fn new(seed: u64, ports: impl IntoIterator<Item = (u16, NodeId)>) -> Arc<SimNetwork> {
        let state = State {
            now_us: 0,
            random: SplitMix64(seed),
            events: BTreeMap::new(),
            order: 0,
            connections: BTreeMap::new(),
            next_connection: 1,
            next_tag: 1,
            lives: BTreeMap::new(),
            dark: BTreeSet::new(),
            ports: ports.into_iter().collect(),
            cuts: BTreeSet::new(),
            is_slow: false,
            loss_every: 0,
            paused: BTreeSet::new(),
            late: None,
        };
        Arc::new(SimNetwork { state: Mutex::new(state) })
    }

    /// The network as a process that starts now sees it.
    pub fn of(self: &Arc<Self>, node: NodeId) -> Arc<dyn Network> {
        let mut state = self.state.lock();
        let life = state.order as u32 + 1;
        state.order += 1;
        state.lives.insert(node, life);
        state.dark.remove(&node);
        Arc::new(Ends { network: self.clone(), process: (node, life) })
    }

    /// A process is gone. Where its machine lives on, the others learn it at once; else by silence.
    pub fn died(&self, node: NodeId, is_told: bool) {
        // What is dropped may want to send, so it is dropped when nothing is held.
        let mut dropped = Vec::new();
        let mut state = self.state.lock();
        state.lives.remove(&node);
        if !is_told {
            state.dark.insert(node);
        }
        let ids: Vec<u64> = state.connections.keys().copied().collect();
        for id in ids {
            let Some(connection) = state.connections.get_mut(&id) else { continue };
            if connection.from.0 == node {
                dropped.extend(std::mem::take(&mut connection.asked));
                connection.is_given_up = true;
                if is_told {
                    state.tell_receiver(id);
                }
            } else if connection.to.0 == node {
                connection.held = None;
                connection.back.messages.clear();
                if is_told {
                    let at_us = state.now_us + state.latency_us();
                    state.at(at_us, Event::Reset(id));
                }
            }
        }
        drop(state);
        drop(dropped);
    }

    pub fn set_slow(&self, is_slow: bool) {
        self.state.lock().is_slow = is_slow;
    }

    pub fn set_loss(&self, loss_every: u64) {
        self.state.lock().loss_every = loss_every;
    }

    /// A process stands still, or goes on.
    pub fn set_paused(&self, node: NodeId, is_paused: bool) {
        let mut state = self.state.lock();
        match is_paused {
            true => state.paused.insert(node),
            false => state.paused.remove(&node),
        };
    }

    /// Some of the connections of a node that are open now carry nothing for a time of what it sends.
    pub fn stall(&self, node: NodeId, for_us: u64) {
        let mut state = self.state.lock();
        let State { connections, random, now_us, .. } = &mut *state;
        let mut looks = Vec::new();
        for (id, connection) in connections {
            let Connection { from, to, out, back, .. } = connection;
            for (_, direction) in [(from.0, out), (to.0, back)].into_iter().filter(|(sender, _)| *sender == node) {
                if random.below(2) == 0 {
                    continue;
                }
                direction.last_at_us = direction.last_at_us.max(*now_us) + for_us;
                for (at_us, ..) in &mut direction.messages {
                    *at_us += for_us;
                    looks.push((*at_us, *id));
                }
            }
        }
        looks.into_iter().for_each(|(at_us, id)| state.at(at_us, Event::Look(id)));
    }

    /// Requests of a kind that one node sends another until `until_us` arrive at `arrive_us`, and so does what follows on
    /// their connections.
    pub fn make_late(&self, (from, to): (NodeId, NodeId), api: ApiKey, until_us: u64, arrive_us: u64) {
        self.state.lock().late = Some(Late { from, to, api, until_us, arrive_us });
    }

    /// What is sent from now on is as late as anything else.
    pub fn never_late(&self) {
        self.state.lock().late = None;
    }

    pub fn cut(&self, from: NodeId, to: NodeId) {
        self.state.lock().cuts.insert((from, to));
    }

    /// Whether bytes get through both ways.
    pub fn is_connected(&self, one: NodeId, other: NodeId) -> bool {
        let state = self.state.lock();
        !state.is_cut(one, other) && !state.is_cut(other, one)
    }

    pub fn heal(&self) {
        let mut state = self.state.lock();
        state.cuts.clear();
        state.is_slow = false;
    }

    /// Breaks every connection between two nodes.
    pub fn break_between(&self, one: NodeId, other: NodeId) {
        let mut state = self.state.lock();
        let now_us = state.now_us;
        let ids: Vec<u64> = state
            .connections
            .iter()
            .filter(|(_, c)| [(one, other), (other, one)].contains(&(c.from.0, c.to.0)))
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter().for_each(|id| state.at(now_us, Event::Reset(id)));
    }

    /// When something happens next.
    pub fn next_us(&self) -> Option<u64> {
        self.state.lock().events.keys().next().map(|(at_us, _)| *at_us)
    }

    pub fn advance_to(&self, now_us: u64) {
        let mut state = self.state.lock();
        state.now_us = state.now_us.max(now_us);
    }

    /// The next thing that is due. Outcomes for processes that are gone are dropped.
    pub fn next(&self) -> Option<Delivery> {
        let mut state = self.state.lock();
        loop {
            let key = state.events.keys().next().copied().filter(|(at_us, _)| *at_us <= state.now_us)?;
            let event = state.events.remove(&key)?;
            if event.process().is_some_and(|to| state.paused.contains(&to.0)) {
                let at_us = state.now_us + RETRY_US;
                state.at(at_us, event);
                continue;
            }
            let delivery = match event {
                Event::Look(id) => state.look(id),
                Event::TimedOut { connection, tag } => {
                    if state.connections.get(&connection).is_some_and(|c| c.asked.contains_key(&tag)) {
                        state.fail_all(connection, &LineError::TimedOut);
                    }
                    None
                }
                Event::Reset(id) => {
                    let cut = state.connections.get(&id).map(|c| (c.to.0, c.from.0));
                    match cut.is_some_and(|(to, from)| state.is_cut(to, from)) {
                        // The news does not arrive either; a time-out tells.
                        true => {}
                        false => state.fail_all(id, &LineError::Broken("reset".to_owned())),
                    }
                    None
                }
                Event::Failed { to, done, error } => Some(Delivery::Done { to, done, outcome: Err(error) }),
                Event::Knocked { to, done, knock } => Some(Delivery::Knocked { to, done, knock }),
                Event::Closed { from, to, port, connection } => {
                    let arrives = state.lives.get(&to.0) == Some(&to.1) && !state.is_cut(from, to.0);
                    arrives.then_some(Delivery::Closed { to: to.0, port, connection })
                }
            };
            match delivery {
                Some(Delivery::Knocked { to, done, .. }) if state.lives.get(&to.0) != Some(&to.1) => {
                    drop(state);
                    drop(done);
                    state = self.state.lock();
                }
                Some(Delivery::Done { to, done, .. }) if state.lives.get(&to.0) != Some(&to.1) => {
                    drop(state);
                    drop(done);
                    state = self.state.lock();
                }
                Some(delivery) => return Some(delivery),
                None => {}
            }
            // Nobody waits for anything of these: nothing but bytes is dropped with them.
            let is_over = |c: &Connection| c.is_given_up && c.asked.is_empty() && c.out.messages.is_empty();
            state.connections.retain(|_, connection| !is_over(connection));
        }
    }

    /// A process has answered a request, or closed its connection (`None`).
    pub fn answered(&self, connection: u64, tag: u64, frame: Option<Vec<u8>>) {
        let mut state = self.state.lock();
        let Some(known) = state.connections.get_mut(&connection) else { return };
        if known.held == Some(tag) {
            known.held = None;
        }
        match frame {
            Some(frame) => state.carry(connection, false, tag, frame),
            None => {
                let at_us = state.now_us + state.latency_us();
                state.at(at_us, Event::Reset(connection));
            }
        }
        let now_us = state.now_us;
        state.at(now_us, Event::Look(connection));
    }
}

/// The network from one process's side.
struct Ends {
    network: Arc<SimNetwork>,
    process: Process,
}

impl Network for Ends {
    fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        let (network, process) = (self.network.clone(), self.process);
        Arc::new(SimLine { network, process, port: remote.port, connection: Mutex::new(None) })
    }

    fn knock(&self, remote: &Remote, timeout_us: u64, done: Knocked) {
        let mut state = self.network.state.lock();
        let (after_us, knock) = match state.reach(self.process.0, remote.port) {
            Reached::Process(_) => (state.latency_us(), Knock::Answered),
            Reached::Nobody => (state.latency_us(), Knock::Refused),
            Reached::Silence => (timeout_us, Knock::Unknown),
        };
        let at_us = state.now_us + after_us.min(timeout_us);
        state.at(at_us, Event::Knocked { to: self.process, done, knock });
    }
}

struct SimLine {
    network: Arc<SimNetwork>,
    process: Process,
    port: u16,
    connection: Mutex<Option<u64>>,
}

impl SimLine {
    /// The connection to send on; a new one where there is none. An error: nobody is there, or it is not reached.
    fn connected(&self, state: &mut State, timeout_us: u64) -> Result<u64, (u64, LineError)> {
        let mut current = self.connection.lock();
        let is_open = |id: &u64| state.connections.get(id).is_some_and(|connection| !connection.is_given_up);
        if let Some(id) = current.filter(is_open) {
            return Ok(id);
        }
        let to = match state.reach(self.process.0, self.port) {
            Reached::Process(to) => to,
            Reached::Nobody => return Err((state.latency_us(), LineError::Unreachable("refused".to_owned()))),
            Reached::Silence => {
                return Err((timeout_us, LineError::Unreachable("no connection in time".to_owned())));
            }
        };
        let id = state.next_connection;
        state.next_connection += 1;
        let connection = Connection {
            from: self.process,
            to,
            port: self.port,
            out: Direction::default(),
            back: Direction::default(),
            asked: BTreeMap::new(),
            held: None,
            is_given_up: false,
        };
        state.connections.insert(id, connection);
        *current = Some(id);
        Ok(id)
    }
}

impl Line for SimLine {
    fn send(&self, request: Outbound) {
        let mut state = self.network.state.lock();
        let Outbound { frame, timeout_us, done } = request;
        match self.connected(&mut state, timeout_us) {
            Err((after_us, error)) => {
                let at_us = state.now_us + after_us.min(timeout_us);
                state.at(at_us, Event::Failed { to: self.process, done, error });
            }
            Ok(connection) => {
                let tag = state.next_tag;
                state.next_tag += 1;
                if let Some(known) = state.connections.get_mut(&connection) {
                    known.asked.insert(tag, done);
                }
                state.carry(connection, true, tag, frame.get(4..).unwrap_or_default().to_vec());
                let at_us = state.now_us + timeout_us;
                state.at(at_us, Event::TimedOut { connection, tag });
            }
        }
    }

    fn close(&self) {
        let id = self.connection.lock().take();
        if let Some(id) = id {
            self.network.state.lock().fail_all(id, &LineError::Closed);
        }
    }
}

impl Drop for SimLine {
    fn drop(&mut self) {
        self.close();
    }
}
