//! One fetcher: the partitions that it fetches from one broker, when it asks, and what it waits for.

use super::portion::Portion;
use super::request::Limits;
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

/// How long a request may wait at the leader while a partition waits for the disk.
const WAIT_UNSYNCED_MS: i32 = 10;

/// After which time a throttled partition is looked at again.
pub(super) const HOLD_US: u64 = 100_000;

/// A partition that is to be followed.
pub(super) type New = (Key, Arc<PartitionCell>, LeaderEpoch);

/// A partition in the epoch in which something was decided about it: what was decided in another one does not concern it.
pub(super) type InEpoch = (Key, LeaderEpoch);

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
    /// Those of which less is here than was committed.
    behind: BTreeSet<Key>,
    /// Not before this time are those looked for that are to rest.
    pub rest_look_us: u64,
    portion: Portion,
    /// Partitions that wait for the disk before they are asked for.
    unsynced: BTreeSet<Key>,
    /// Partitions that are placed again later.
    delays: BTreeSet<(u64, Key)>,
    /// The request that is under way, or whose answer is being worked on.
    pub asked: Option<u64>,
    asked_us: u64,
    /// What it asked for, where partitions in sync waited for others that are behind.
    asked_bytes: Option<i32>,
    /// When its answer came, which is being worked on.
    pub answered_us: Option<u64>,
    /// Its size.
    pub answered_bytes: usize,
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
    /// It waits until more may move, or rests.
    is_held: bool,
}

impl Fetcher {
    pub fn new(broker: &Arc<Broker>, source: Source, remote: Option<Remote>) -> Arc<Fetcher> {
        let state = State {
            remote,
            line: None,
            session: FetchSession::default(),
            followed: BTreeMap::new(),
            behind: BTreeSet::new(),
            rest_look_us: 0,
            portion: Portion::default(),
            unsynced: BTreeSet::new(),
            delays: BTreeSet::new(),
            asked: None,
            asked_us: 0,
            asked_bytes: None,
            answered_us: None,
            answered_bytes: 0,
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
            state.behind.clear();
            state.unsynced.clear();
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
            state.behind.remove(key);
            state.unwant(key);
        }
    }

    /// Follows partitions, from where their logs end.
    pub fn follow(self: &Arc<Self>, new: Vec<New>) {
        let keys: Vec<Key> = {
            let mut state = self.state.lock();
            let insert = |(key, cell, epoch): New| {
                state.unwant(&key);
                state.followed.insert(key, Followed { cell, epoch, is_busy: false, failures: 0, is_held: false });
                key
            };
            new.into_iter().map(insert).collect()
        };
        keys.into_iter().for_each(|key| self.place_soon(key));
    }

    /// Asks for a partition from its log end on, with the next request.
    pub fn place(self: &Arc<Self>, key: Key) {
        self.place_with(key, false);
    }

    /// Asks for a partition whose leader is to hear of it before the request that is under way comes back.
    pub fn place_soon(self: &Arc<Self>, key: Key) {
        self.place_with(key, true);
    }

    fn place_with(self: &Arc<Self>, key: Key, hurries: bool) {
        let (cell, epoch) = {
            let mut state = self.state.lock();
            let Some(one) = state.followed.get(&key).filter(|one| !one.is_busy) else { return };
            let found = (one.cell.clone(), one.epoch);
            state.unsynced.insert(key);
            found
        };
        let waiter: Arc<dyn DataWaiter> = Arc::new(Synced { fetcher: Arc::downgrade(self), key, hurries });
        let position = cell.follower_position(epoch, &waiter);
        let mut state = self.state.lock();
        let Some(one) = state.followed_in((key, epoch)).filter(|one| !one.is_busy) else { return };
        let failures = one.failures;
        match position {
            Ok(Some(position)) => {
                state.unsynced.remove(&key);
                state.session.want(key, position);
                state.hurries |= hurries && state.answered_us.is_none() && failures <= GIVE_UP_FAILURES_MAX;
            }
            Ok(None) => {
                // Unless it was on disk meanwhile, and was placed for that.
                if state.unsynced.contains(&key) {
                    state.session.unwant(&key);
                }
                drop(state);
                // Nobody may have asked for that sync.
                cell.directory().flush_soon(cell.clone());
            }
            // It waits for the image that says what it is now.
            Err(_) => state.unwant(&key),
        }
    }

    /// Asks for a partition no more until an image places it again.
    pub fn unwant(&self, one: InEpoch) {
        let mut state = self.state.lock();
        if state.followed_in(one).is_some() {
            state.unwant(&one.0);
        }
    }

    /// Asks for a partition again after a pause.
    pub fn delay(&self, one: InEpoch, now: Now) {
        let backoff_us = self.backoff_us();
        let mut state = self.state.lock();
        let Some(followed) = state.followed_in(one) else { return };
        followed.is_busy = false;
        let at_us = clock_us(now) + pause_us(followed.failures, backoff_us);
        followed.failures += 1;
        state.unwant(&one.0);
        state.delays.insert((at_us, one.0));
    }

    /// Asks again after a pause for a partition that is throttled, or rests; the pause is longer where it has to be.
    pub fn hold(&self, one: InEpoch, now: Now, pause_us: u64) {
        let mut state = self.state.lock();
        let Some(followed) = state.followed_in(one) else { return };
        followed.is_held = true;
        state.unwant(&one.0);
        state.delays.insert((clock_us(now) + pause_us, one.0));
    }

    fn backoff_us(&self) -> u64 {
        let broker = self.broker.upgrade();
        broker.map_or(0, |broker| broker.static_config.replication.fetch_backoff_ms.max(0) as u64 * 1000)
    }

    /// Sends the next request, if it is time and there is something to ask.
    pub fn go_on(self: &Arc<Self>) {
        let Some(broker) = self.broker.upgrade() else { return };
        let now = broker.executor.now();
        let due: Vec<Key> = self.state.lock().take_due(clock_us(now));
        if !due.is_empty() {
            let rate = broker.config.load().replication.follower_throttled_rate;
            let is_exceeded = broker.follower_throttle.is_exceeded(rate, now);
            for key in due {
                let held = self.state.lock().take_held(&key);
                match held {
                    Some(epoch) if is_exceeded => self.hold((key, epoch), now, HOLD_US),
                    // There is no hurry: it would go on without end.
                    Some(_) => self.place(key),
                    None => self.place_soon(key),
                }
            }
        }
        let given_up = self.give_up(&broker, now);
        drop(given_up);
        let (line, plan, token, limits) = {
            let mut state = self.state.lock();
            if state.is_closed {
                return;
            }
            if let Some((at_us, _)) = state.delays.first().copied() {
                let at_us = now.monotonic_us + at_us.saturating_sub(clock_us(now));
                self.wake_at(&mut state, &broker, now, at_us);
            }
            if state.asked.is_some() {
                return;
            }
            let Some(remote) = state.remote.clone() else { return };
            if state.session.is_idle() {
                return;
            }
            if state.not_before_us > now.monotonic_us {
                let at_us = state.not_before_us;
                return self.wake_at(&mut state, &broker, now, at_us);
            }
            let line = state.line.get_or_insert_with(|| broker.network.data_line(&remote)).clone();
            state.next_token += 1;
            state.asked = Some(state.next_token);
            (state.asked_us, state.hurries) = (now.monotonic_us, false);
            // What will be on disk soon does not wait at a leader that has nothing new of the others.
            let max_wait_ms = if state.unsynced.is_empty() { i32::MAX } else { WAIT_UNSYNCED_MS };
            let config = &broker.static_config.replication;
            let bytes = (config.fetch_response_bytes_max, config.fetch_bytes_max);
            let (behind, followed) = (state.behind.len(), state.followed.len());
            let sizes = state.portion.sizes(bytes, behind, followed);
            state.asked_bytes = (behind > 0 && behind < followed).then_some(sizes.all);
            let mut plan = state.session.plan();
            if plan.session_epoch == 0 {
                // A leader that keeps no session goes by this order every time: what is behind would leave nothing for the
                // others until it has caught up.
                plan.named.sort_by_key(|(key, _)| state.behind.contains(key));
            }
            let of_each =
                plan.named.iter().map(|(key, _)| if state.behind.contains(key) { sizes.behind } else { bytes.1 });
            let partition_bytes = of_each.collect();
            (line, plan, state.next_token, Limits { max_wait_ms, bytes: sizes.all, partition_bytes })
        };
        let this = self.clone();
        let done = Box::new(move |outcome| this.answered(token, outcome));
        let timeout_us = broker.static_config.replication.socket_timeout_ms.max(1) as u64 * 1000;
        match request::fetch(&broker, self.source.1, token, &plan, &limits) {
            Ok(frame) => line.send(Outbound { frame, timeout_us, done }),
            Err(error) => {
                tracing::error!(%error, "a fetch from a leader cannot be encoded");
                self.failed(token, "it cannot be encoded");
            }
        }
    }

    /// Gives the request up that keeps others waiting, once it is time; returns its line.
    fn give_up(self: &Arc<Self>, broker: &Broker, now: Now) -> Option<Arc<dyn Line>> {
        let mut state = self.state.lock();
        let is_large = state.session.told() > GIVE_UP_PARTITIONS_MAX;
        if state.asked.is_none() || state.answered_us.is_some() || !state.hurries || is_large {
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

    /// Comes again at this time at the latest.
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
            state.forget_request();
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
    pub fn finished(self: &Arc<Self>, broker: &Broker, token: u64, now: Now) {
        self.let_rest(broker, now);
        {
            let mut state = self.state.lock();
            if state.asked == Some(token) {
                state.learn(now);
                state.forget_request();
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
    /// The partition, if it is followed in this epoch still.
    pub fn followed_in(&mut self, (key, epoch): InEpoch) -> Option<&mut Followed> {
        self.followed.get_mut(&key).filter(|one| one.epoch == epoch)
    }

    /// Asks for it no more.
    pub fn unwant(&mut self, key: &Key) {
        self.session.unwant(key);
        self.unsynced.remove(key);
    }

    /// The epoch of a partition that waits for more to be allowed; from now on it does not.
    fn take_held(&mut self, key: &Key) -> Option<LeaderEpoch> {
        let one = self.followed.get_mut(key)?;
        std::mem::take(&mut one.is_held).then_some(one.epoch)
    }

    /// What is under way does not count any more.
    fn forget_request(&mut self) {
        (self.asked, self.answered_us) = (None, None);
    }

    /// What the answer that was worked off says of how much one may bring.
    fn learn(&mut self, now: Now) {
        if let (Some(bytes), Some(answered_us)) = (self.asked_bytes, self.answered_us) {
            let waited_us = answered_us.saturating_sub(self.asked_us);
            let worked_us = now.monotonic_us.saturating_sub(answered_us);
            self.portion.answered(bytes, self.answered_bytes, waited_us, worked_us);
        }
    }

    /// Whether less of it is here than was committed.
    pub fn set_behind(&mut self, key: Key, is_behind: bool) {
        match is_behind {
            true => self.behind.insert(key),
            false => self.behind.remove(&key),
        };
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

/// The clock by which is waited.
fn clock_us(now: Now) -> u64 {
    match base::mutant(base::Mutant::WallClockBackoff) {
        true => now.wall_ms.max(0) as u64 * 1000,
        false => now.monotonic_us,
    }
}

fn pause_us(failures: u32, backoff_us: u64) -> u64 {
    (PAUSE_US << failures.min(16)).min(backoff_us)
}

/// Called when what was appended is on disk.
struct Synced {
    fetcher: Weak<Fetcher>,
    key: Key,
    /// It was in a hurry before it had to wait; what was merely appended is not.
    hurries: bool,
}

impl DataWaiter for Synced {
    fn data_arrived(self: Arc<Self>, _: usize) {
        if let Some(fetcher) = self.fetcher.upgrade() {
            fetcher.place_with(self.key, self.hurries);
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
