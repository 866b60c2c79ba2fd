//! Fetch sessions (KIP-227): what a client fetches is remembered, so that its requests and answers name only changes.

use base::{LeaderEpoch, Map, Now, Offset, PartitionIndex, TopicId};
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// A partition that a fetch asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPartition {
    pub topic: String,
    pub topic_id: TopicId,
    pub partition: PartitionIndex,
    pub fetch_offset: Offset,
    pub bytes_max: i32,
    pub current_leader_epoch: LeaderEpoch,
    pub last_fetched_epoch: LeaderEpoch,
    pub log_start_offset: Offset,
}

/// What was last answered about a partition of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sent {
    high_watermark: Offset,
    log_start_offset: Offset,
    has_error: bool,
    never: bool,
}

type Key = (TopicId, String, PartitionIndex);

#[derive(Debug, Clone)]
struct Entry {
    partition: FetchPartition,
    sent: Sent,
}

struct Session {
    epoch: i32,
    privileged: bool,
    last_used_us: u64,
    uses_topic_ids: bool,
    /// In the order in which they were added; those that were answered with records go to the end.
    order: BTreeMap<u64, Key>,
    entries: Map<Key, (u64, Entry)>,
    next_order: u64,
}

/// The sessions of a broker.
pub struct FetchSessions {
    state: Mutex<State>,
    slots_max: usize,
}

struct State {
    sessions: Map<i32, Session>,
    next_id: i32,
}

/// How a request relates to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchContext {
    /// No session: everything is in the request and in the answer.
    Sessionless(Vec<FetchPartition>),
    /// A new session; the answer carries everything and the session's id.
    Full { session_id: i32, partitions: Vec<FetchPartition> },
    /// A known session: the answer carries what has changed.
    Incremental { session_id: i32, partitions: Vec<FetchPartition> },
}

/// Why a request does not fit its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionError {
    NotFound,
    InvalidEpoch,
    TopicIds,
}

/// Sessions that were idle for so long may give way to new ones.
const EVICT_AFTER_US: u64 = 120_000_000;
const FINAL_EPOCH: i32 = -1;
const INITIAL_EPOCH: i32 = 0;

impl FetchSessions {
    pub fn new(slots_max: usize) -> FetchSessions {
        FetchSessions { state: Mutex::new(State { sessions: Map::default(), next_id: 1 }), slots_max }
    }

    pub fn count(&self) -> usize {
        self.state.lock().sessions.len()
    }

    /// Finds or makes the session of a request. `named` are the partitions in it, `forgotten` those to leave.
    #[allow(clippy::too_many_arguments)]
    pub fn enter(
        &self,
        session_id: i32,
        session_epoch: i32,
        is_replica: bool,
        uses_topic_ids: bool,
        named: Vec<FetchPartition>,
        forgotten: &[(TopicId, String, PartitionIndex)],
        now: Now,
    ) -> Result<FetchContext, SessionError> {
        let mut state = self.state.lock();
        if session_epoch == INITIAL_EPOCH || session_epoch == FINAL_EPOCH {
            if session_id != 0 {
                state.sessions.remove(&session_id);
            }
            if session_epoch == FINAL_EPOCH {
                return Ok(FetchContext::Sessionless(named));
            }
            return Ok(match state.make_room(self.slots_max, is_replica, now) {
                None => FetchContext::Sessionless(named),
                Some(id) => {
                    let mut session = Session {
                        epoch: 1,
                        privileged: is_replica,
                        last_used_us: now.monotonic_us,
                        uses_topic_ids,
                        order: BTreeMap::new(),
                        entries: Map::default(),
                        next_order: 0,
                    };
                    named.iter().for_each(|partition| session.put(partition.clone()));
                    state.sessions.insert(id, session);
                    FetchContext::Full { session_id: id, partitions: named }
                }
            });
        }
        let session = state.sessions.get_mut(&session_id).ok_or(SessionError::NotFound)?;
        if session.epoch != session_epoch {
            return Err(SessionError::InvalidEpoch);
        }
        if session.uses_topic_ids != uses_topic_ids {
            return Err(SessionError::TopicIds);
        }
        session.epoch = if session_epoch == i32::MAX { 1 } else { session_epoch + 1 };
        session.last_used_us = now.monotonic_us;
        for partition in named {
            session.put(partition);
        }
        for key in forgotten {
            session.remove(key);
        }
        let partitions: Vec<FetchPartition> = session
            .order
            .values()
            .filter_map(|key| session.entries.get(key))
            .map(|(_, entry)| entry.partition.clone())
            .collect();
        if partitions.is_empty() {
            state.sessions.remove(&session_id);
            return Ok(FetchContext::Sessionless(Vec::new()));
        }
        Ok(FetchContext::Incremental { session_id, partitions })
    }

    /// Whether an answer of an incremental fetch has to name the partition; remembers what is answered.
    pub fn must_answer(
        &self,
        session_id: i32,
        key: &(TopicId, String, PartitionIndex),
        high_watermark: Offset,
        log_start_offset: Offset,
        has_error: bool,
        has_records: bool,
    ) -> bool {
        let mut state = self.state.lock();
        let Some(session) = state.sessions.get_mut(&session_id) else { return true };
        let Some((order, entry)) = session.entries.get_mut(key) else { return true };
        let sent = Sent { high_watermark, log_start_offset, has_error, never: false };
        let changed = entry.sent != sent || has_error;
        entry.sent = sent;
        if has_records {
            // It had its turn: the others come first the next time.
            session.order.remove(order);
            session.next_order += 1;
            *order = session.next_order;
            session.order.insert(session.next_order, key.clone());
        }
        changed || has_records
    }
}

impl State {
    /// A free session id, if there is room or an old session can go.
    fn make_room(&mut self, slots_max: usize, privileged: bool, now: Now) -> Option<i32> {
        if slots_max == 0 {
            return None;
        }
        if self.sessions.len() >= slots_max {
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.last_used_us);
            let (id, session) = oldest?;
            let is_idle = now.monotonic_us.saturating_sub(session.last_used_us) > EVICT_AFTER_US;
            if !(is_idle || privileged && !session.privileged) {
                return None;
            }
            let id = *id;
            self.sessions.remove(&id);
        }
        loop {
            let id = self.next_id;
            self.next_id = if id == i32::MAX { 1 } else { id + 1 };
            if !self.sessions.contains_key(&id) {
                return Some(id);
            }
        }
    }
}

impl Session {
    fn put(&mut self, partition: FetchPartition) {
        let key = (partition.topic_id, partition.topic.clone(), partition.partition);
        match self.entries.get_mut(&key) {
            Some((_, entry)) => entry.partition = partition,
            None => {
                self.next_order += 1;
                self.order.insert(self.next_order, key.clone());
                let sent = Sent { never: true, ..Sent::default() };
                self.entries.insert(key, (self.next_order, Entry { partition, sent }));
            }
        }
    }

    fn remove(&mut self, key: &Key) {
        // A request by id names no topic, one by name no id.
        let known = self.entries.keys().find(|(id, topic, partition)| {
            *partition == key.2 && if key.0.is_zero() { *topic == key.1 } else { *id == key.0 }
        });
        if let Some(known) = known.cloned()
            && let Some((order, _)) = self.entries.remove(&known)
        {
            self.order.remove(&order);
        }
    }
}
