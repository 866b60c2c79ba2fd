//! One fetcher: the partitions that it fetches from one broker, when it asks, and what it waits for.

use super::{Key, Source, request};
use crate::broker::Broker;
use crate::partition::{DataWaiter, FollowerPosition, PartitionCell};
use base::{LeaderEpoch, Line, Now, Outbound, Remote, Seldom, Task};
use parking_lot::Mutex;
use replication::FetchSession;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

/// The first pause after an error; it doubles up to `replica.fetch.backoff.ms`: a leader that is about to hear of its
/// leadership is not kept waiting for a second.
const PAUSE_US: u64 = 20_000;

/// A request that waits at the leader is given up, with its connection, for a partition that is not in it: after an
/// election nobody waits for half a second (`replica.fetch.wait.max.ms`) until the new leader hears what is here. But not
/// before it has been under way for so long, not so soon after the last time, not where so many partitions would have to
/// be named again, and not for one that fails again and again.
const GIVE_UP_AFTER_US: u64 = 5_000;
const GIVE_UP_EVERY_US: u64 = 20_000;
const GIVE_UP_PARTITIONS_MAX: usize = 256;
const GIVE_UP_FAILURES_MAX: u32 = 6;

/// After which time a throttled partition is looked at again.
const HOLD_US: u64 = 100_000;

/// A partition that is to be followed.
pub(super) type New = (Key, Arc<PartitionCell>, LeaderEpoch);

pub(super) struct Fetcher {
    pub source: Source,
    pub broker: Weak<Broker>,
    pub state: Mutex<State>,
    pub line: Seldom,
}

pub(super) struct State {
    remote: Option<Remote>,
    line: Option<Arc<dyn Line>>,
    pub session: FetchSession<Key, FollowerPosition>,
    pub followed: BTreeMap<Key, Followed>,
    /// Partitions that are placed again later.
    delays: BTreeSet<(u64, Key)>,
    /// The request that is under way, or whose answer is being worked on.
    pub asked: Option<u64>,
    asked_us: u64,
    /// Its answer is being worked on.
    pub is_answered: bool,
    /// Something has its place since that request left, and waits for the next one.
    hurries: bool,
    next_token: u64,
    /// Failures of the whole fetcher in a row.
    failures: u32,
    not_before_us: u64,
    gave_up_us: u64,
    timer_us: Option<u64>,
    is_closed: bool,
}

/// A partition that is followed.
pub(super) struct Followed {
    pub cell: Arc<PartitionCell>,
    pub epoch: LeaderEpoch,
    /// Its log is being cut, or its leader asked where its own lies.
    pub is_busy: bool,
    /// Errors in a row.
    pub failures: u32,
    /// It is throttled, and waits until more may move.
    is_held: bool,
}

impl Fetcher {
    pub fn new(broker: &Arc<Broker>, source: Source, remote: Option<Remote>) -> Arc<Fetcher> {
        let state = State {
            remote,
            line: None,
            session: FetchSession::default(),
            followed: BTreeMap::new(),
            delays: BTreeSet::new(),
            asked: None,
            asked_us: 0,
            is_answered: false,
            hurries: false,
            next_token: 0,
            failures: 0,
            not_before_us: 0,
            gave_up_us: 0,
            timer_us: None,
            is_closed: false,
        };
        Arc::new(Fetcher { source, broker: Arc::downgrade(broker), state: Mutex::new(state), line: Seldom::default() })
    }

    pub fn is_empty(&self) -> bool {
        self.state.lock().followed.is_empty()
    }

    pub fn close(&self) {
        let line = {
            let mut state = self.state.lock();
            state.is_closed = true;
            state.forget_request();
            state.followed.clear();
            state.delays.clear();
            state.line.take()
        };
        drop(line);
    }

    /// The broker is reached there from now on. A process that has taken its place knows nothing of the session.
    pub fn set_remote(&self, remote: Option<Remote>) {
        let before = {
            let mut state = self.state.lock();
            if state.remote == remote {
                // It may have been started again: what failed is tried at once.
                (state.failures, state.not_before_us) = (0, 0);
                return;
            }
            state.remote = remote;
            state.forget_request();
            state.session.forget();
            (state.failures, state.not_before_us) = (0, 0);
            state.line.take()
        };
        drop(before);
    }

    pub fn unfollow(&self, gone: &[Key]) {
        let mut state = self.state.lock();
        for key in gone {
            state.followed.remove(key);
            state.session.unwant(key);
        }
    }

    /// Follows partitions, from where their logs end.
    pub fn follow(self: &Arc<Self>, new: Vec<New>) {
        let keys: Vec<Key> = {
            let mut state = self.state.lock();
            let insert = |(key, cell, epoch): New| {
                state.session.unwant(&key);
                state.followed.insert(key, Followed { cell, epoch, is_busy: false, failures: 0, is_held: false });
                key
            };
            new.into_iter().map(insert).collect()
        };
        keys.into_iter().for_each(|key| self.place(key));
    }

    /// Asks for a partition from its log end on, with the next request.
    pub fn place(self: &Arc<Self>, key: Key) {
        let found = self.state.lock().followed.get(&key).map(|one| (one.cell.clone(), one.epoch));
        let Some((cell, epoch)) = found else { return };
        let waiter: Arc<dyn DataWaiter> = Arc::new(Synced { fetcher: Arc::downgrade(self), key });
        let position = cell.follower_position(epoch, &waiter);
        let mut state = self.state.lock();
        let is_it = |one: &&Followed| one.epoch == epoch && !one.is_busy;
        let Some(failures) = state.followed.get(&key).filter(is_it).map(|one| one.failures) else { return };
        match position {
            Ok(Some(position)) => {
                state.session.want(key, position);
                state.hurries |= !state.is_answered && failures <= GIVE_UP_FAILURES_MAX;
            }
            // It waits for the disk, or for the image that says what it is now.
            Ok(None) | Err(_) => state.session.unwant(&key),
        }
    }

    /// Asks for a partition again after a pause.
    pub fn delay(&self, key: Key, now: Now) {
        let backoff_us = self.backoff_us();
        let mut state = self.state.lock();
        let Some(one) = state.followed.get_mut(&key) else { return };
        one.is_busy = false;
        let at_us = now.monotonic_us + pause_us(one.failures, backoff_us);
        one.failures += 1;
        state.session.unwant(&key);
        state.delays.insert((at_us, key));
    }

    /// Asks for a throttled partition again after a pause, which is longer where it has to be.
    pub fn hold(&self, key: Key, now: Now) {
        let mut state = self.state.lock();
        let Some(one) = state.followed.get_mut(&key) else { return };
        one.is_held = true;
        state.session.unwant(&key);
        state.delays.insert((now.monotonic_us + HOLD_US, key));
    }

    fn backoff_us(&self) -> u64 {
        let broker = self.broker.upgrade();
        broker.map_or(0, |broker| broker.static_config.replication.fetch_backoff_ms.max(0) as u64 * 1000)
    }

    /// Sends the next request, if it is time and there is something to ask.
    pub fn go_on(self: &Arc<Self>) {
        let Some(broker) = self.broker.upgrade() else { return };
        let now = broker.executor.now();
        let due: Vec<Key> = self.state.lock().take_due(now.monotonic_us);
        if !due.is_empty() {
            let rate = broker.config.load().replication.follower_throttled_rate;
            let is_exceeded = broker.follower_throttle.is_exceeded(rate, now);
            for key in due {
                match is_exceeded && self.state.lock().is_held(&key) {
                    true => self.hold(key, now),
                    false => self.place(key),
                }
            }
        }
        let given_up = self.give_up(&broker, now);
        drop(given_up);
        let (line, plan, token) = {
            let mut state = self.state.lock();
            if state.is_closed || state.asked.is_some() {
                return;
            }
            let Some(remote) = state.remote.clone() else { return };
            if state.session.is_idle() || state.not_before_us > now.monotonic_us {
                return self.set_timer(&mut state, &broker, now);
            }
            let line = state.line.get_or_insert_with(|| broker.network.data_line(&remote)).clone();
            state.next_token += 1;
            state.asked = Some(state.next_token);
            (state.asked_us, state.hurries) = (now.monotonic_us, false);
            (line, state.session.plan(), state.next_token)
        };
        let this = self.clone();
        let done = Box::new(move |outcome| this.answered(token, outcome));
        let timeout_us = broker.static_config.replication.socket_timeout_ms.max(1) as u64 * 1000;
        match request::fetch(&broker, token, &plan) {
            Ok(frame) => line.send(Outbound { frame, timeout_us, done }),
            Err(error) => {
                tracing::error!(%error, "a fetch from a leader cannot be encoded");
                self.failed(token, "it cannot be encoded");
            }
        }
    }

    /// Comes again for what was delayed.
    fn set_timer(self: &Arc<Self>, state: &mut State, broker: &Broker, now: Now) {
        let delayed = state.delays.first().map(|(at_us, _)| *at_us);
        let at_us = if state.session.is_idle() { delayed } else { Some(state.not_before_us) };
        if let Some(at_us) = at_us {
            self.wake_at(state, broker, now, at_us);
        }
    }

    /// Gives the request up that keeps others waiting, once it is time; returns its line.
    fn give_up(self: &Arc<Self>, broker: &Broker, now: Now) -> Option<Arc<dyn Line>> {
        let mut state = self.state.lock();
        let is_large = state.session.told() > GIVE_UP_PARTITIONS_MAX;
        if state.asked.is_none() || state.is_answered || !state.hurries || is_large {
            return None;
        }
        let at_us = (state.asked_us + GIVE_UP_AFTER_US).max(state.gave_up_us + GIVE_UP_EVERY_US);
        if now.monotonic_us < at_us {
            self.wake_at(&mut state, broker, now, at_us);
            return None;
        }
        state.asked = None;
        state.gave_up_us = now.monotonic_us;
        state.session.begin_anew();
        state.line.take()
    }

    fn wake_at(self: &Arc<Self>, state: &mut State, broker: &Broker, now: Now, at_us: u64) {
        if state.timer_us.is_none_or(|set| set > at_us || set <= now.monotonic_us) {
            state.timer_us = Some(at_us);
            broker.executor.run_at(at_us, Arc::new(Wake { fetcher: Arc::downgrade(self), at_us }));
        }
    }

    /// The request came to nothing: everything is asked again, after a pause.
    pub fn failed(self: &Arc<Self>, token: u64, reason: &str) {
        let Some(broker) = self.broker.upgrade() else { return };
        let (now, backoff_us) = (broker.executor.now(), self.backoff_us());
        let broken = {
            let mut state = self.state.lock();
            if state.asked != Some(token) {
                return;
            }
            (state.asked, state.is_answered) = (None, false);
            state.session.begin_anew();
            state.not_before_us = now.monotonic_us + pause_us(state.failures, backoff_us);
            state.failures += 1;
            state.line.take()
        };
        drop(broken);
        if self.line.is_due(now) {
            tracing::warn!(leader = self.source.0, reason, "what another broker leads cannot be fetched; trying again");
        }
        self.go_on();
    }

    /// The answer was worked off.
    pub fn finished(self: &Arc<Self>, token: u64) {
        {
            let mut state = self.state.lock();
            if state.asked == Some(token) {
                (state.asked, state.is_answered) = (None, false);
                state.failures = 0;
            }
        }
        self.go_on();
    }

    /// The line to the broker, if there is one.
    pub fn open_line(&self) -> Option<Arc<dyn Line>> {
        self.state.lock().line.clone()
    }
}

impl State {
    /// Whether a partition waits for more to be allowed; from now on it does not.
    fn is_held(&mut self, key: &Key) -> bool {
        self.followed.get_mut(key).is_some_and(|one| std::mem::take(&mut one.is_held))
    }

    /// What is under way does not count any more.
    fn forget_request(&mut self) {
        (self.asked, self.is_answered) = (None, false);
    }

    fn take_due(&mut self, now_us: u64) -> Vec<Key> {
        let mut due = Vec::new();
        while let Some((at_us, key)) = self.delays.first().copied()
            && at_us <= now_us
        {
            self.delays.pop_first();
            due.push(key);
        }
        due
    }
}

fn pause_us(failures: u32, backoff_us: u64) -> u64 {
    (PAUSE_US << failures.min(16)).min(backoff_us)
}

/// Called when what was appended is on disk.
struct Synced {
    fetcher: Weak<Fetcher>,
    key: Key,
}

impl DataWaiter for Synced {
    fn data_arrived(self: Arc<Self>) {
        if let Some(fetcher) = self.fetcher.upgrade() {
            fetcher.place(self.key);
            fetcher.go_on();
        }
    }
}

/// A pause is over.
struct Wake {
    fetcher: Weak<Fetcher>,
    at_us: u64,
}

impl Task for Wake {
    fn run(self: Arc<Self>, _: Now) {
        let Some(fetcher) = self.fetcher.upgrade() else { return };
        {
            let mut state = fetcher.state.lock();
            if state.timer_us == Some(self.at_us) {
                state.timer_us = None;
            }
        }
        fetcher.go_on();
    }

    fn is_over(&self) -> bool {
        self.fetcher.upgrade().is_none_or(|fetcher| fetcher.state.lock().timer_us != Some(self.at_us))
    }
}
