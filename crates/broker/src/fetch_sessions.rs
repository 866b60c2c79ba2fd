//! Fetch sessions (KIP-227): what a client fetches is remembered, so that its requests and answers name only changes.
//!
//! The table of sessions is locked for moments; what a request does to its session happens under the session's own lock.
//! Who finds no place gets no session, and names everything in every request. A place is made as Kafka makes it: a session
//! that was idle for two minutes goes, else the one of least rank (replicas above consumers, then by size) if it is not
//! above the new one and is two minutes old, or a consumer's that has to give way to a replica.
//!
//! Kafka asks only for the id. Here a session belongs to its principal as well: to others it is not there.

use api::Principal;
use base::{LeaderEpoch, Map, Now, Offset, PartitionIndex, TopicId};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Partitions of one session; a request that names more gets none.
const SESSION_PARTITIONS_MAX: usize = 100_000;
/// Partitions of all sessions.
const PARTITIONS_MAX: usize = 250_000;
/// Bytes of a topic's name. No topic has a longer one: such a partition is answered (UNKNOWN_TOPIC_OR_PARTITION, as in
/// Kafka), and no session remembers it.
const NAME_BYTES_MAX: usize = 249;
/// Memory that a partition takes in a session: its name, its entry and its place, in trees and tables that are half empty.
const PARTITION_BYTES_MAX: usize =
    NAME_BYTES_MAX + 16 + 2 * (size_of::<(u64, Entry)>() + size_of::<(PartitionKey, u64)>());
/// Memory of all sessions.
const BYTES_MAX: usize = PARTITIONS_MAX * PARTITION_BYTES_MAX;
const _: () = assert!(BYTES_MAX <= 192 << 20);
/// Sessions that were idle for so long, or are so old, may give way to others.
const EVICT_AFTER_US: u64 = 120_000_000;
const FINAL_EPOCH: i32 = -1;
const INITIAL_EPOCH: i32 = 0;

/// A partition that a fetch asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPartition {
    pub topic: Arc<str>,
    pub topic_id: TopicId,
    pub partition: PartitionIndex,
    pub fetch_offset: Offset,
    pub bytes_max: i32,
    pub current_leader_epoch: LeaderEpoch,
    pub last_fetched_epoch: LeaderEpoch,
    pub log_start_offset: Offset,
    /// What the session has told of it, where there is one.
    pub told: Option<Told>,
}

/// What was last told of a partition that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub log_start_offset: Offset,
    pub high_watermark: Offset,
}

/// How a request names a partition: by the topic's id (the name is empty then) or by its name (the id is zero).
pub type PartitionKey = (TopicId, Arc<str>, PartitionIndex);

impl FetchPartition {
    /// Whether a session may remember it.
    fn fits(&self) -> bool {
        self.topic.len() <= NAME_BYTES_MAX
    }

    pub fn key(&self) -> PartitionKey {
        (self.topic_id, self.topic.clone(), self.partition)
    }
}

/// What a request says of its session.
#[derive(Debug, Clone, Copy)]
pub struct SessionRequest<'a> {
    pub id: i32,
    pub epoch: i32,
    pub is_replica: bool,
    pub uses_topic_ids: bool,
    pub principal: &'a Principal,
}

/// How a request relates to a session: the partitions to look at, and the session that its answer belongs to.
#[derive(Debug)]
pub struct FetchContext {
    pub partitions: Vec<FetchPartition>,
    /// `None`: everything is in the request and in the answer.
    pub session: Option<SessionHandle>,
}

impl FetchContext {
    fn sessionless(partitions: Vec<FetchPartition>) -> FetchContext {
        FetchContext { partitions, session: None }
    }
}

/// Why a request does not fit its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionError {
    NotFound,
    InvalidEpoch,
    TopicIds,
}

/// The session of a fetch that is being answered.
#[derive(Debug)]
pub struct SessionHandle {
    pub id: i32,
    /// The answer carries what has changed; else everything.
    is_incremental: bool,
    session: Arc<Mutex<Session>>,
}

/// What is answered about a partition of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    pub high_watermark: Offset,
    pub log_start_offset: Offset,
    pub has_error: bool,
}

#[derive(Debug)]
struct Session {
    epoch: i32,
    uses_topic_ids: bool,
    /// In the order in which they were added; those that were answered with records go to the end.
    entries: BTreeMap<u64, Entry>,
    places: Map<PartitionKey, u64>,
    next_place: u64,
}

#[derive(Debug)]
struct Entry {
    partition: FetchPartition,
    /// What was last answered.
    sent: Option<Sent>,
}

/// The sessions of a broker.
pub struct FetchSessions {
    slots_max: usize,
    partitions_max: usize,
    random: Box<dyn Fn() -> u64 + Send + Sync>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    slots: Map<i32, Slot>,
    by_use: BTreeSet<(u64, i32)>,
    /// Those that may go for a session of rank or size, least first.
    for_replicas: BTreeSet<Rank>,
    for_all: BTreeSet<Rank>,
    partitions: usize,
}

/// Replicas are above consumers, large sessions above small ones.
type Rank = (bool, usize, i32);

struct Slot {
    session: Arc<Mutex<Session>>,
    principal: Principal,
    is_replica: bool,
    created_us: u64,
    used_us: u64,
    partitions: usize,
}

impl FetchSessions {
    /// At most so many sessions; `random` makes their ids.
    pub fn new(slots_max: usize, random: Box<dyn Fn() -> u64 + Send + Sync>) -> FetchSessions {
        FetchSessions { slots_max, partitions_max: PARTITIONS_MAX, random, table: Mutex::default() }
    }

    pub fn count(&self) -> usize {
        self.table.lock().slots.len()
    }

    /// Finds or makes the session of a request. `named` are the partitions in it, `forgotten` those to leave.
    pub fn enter(
        &self,
        request: &SessionRequest<'_>,
        named: Vec<FetchPartition>,
        forgotten: &[PartitionKey],
        now: Now,
    ) -> Result<FetchContext, SessionError> {
        match request.epoch {
            FINAL_EPOCH => {
                self.close(request);
                Ok(FetchContext::sessionless(named))
            }
            INITIAL_EPOCH => {
                self.close(request);
                Ok(self.begin(request, named, now))
            }
            _ => self.go_on(request, named, forgotten, now),
        }
    }

    fn close(&self, request: &SessionRequest<'_>) {
        let mut table = self.table.lock();
        if table.slots.get(&request.id).is_some_and(|slot| slot.principal == *request.principal) {
            table.remove(request.id);
        }
    }

    fn begin(&self, request: &SessionRequest<'_>, named: Vec<FetchPartition>, now: Now) -> FetchContext {
        if self.slots_max == 0 || named.len() > SESSION_PARTITIONS_MAX {
            return FetchContext::sessionless(named);
        }
        let mut session = Session::new(request.uses_topic_ids);
        named.iter().filter(|partition| partition.fits()).for_each(|partition| session.put(partition.clone()));
        let partitions = session.entries.len();
        let session = Arc::new(Mutex::new(session));
        let slot = Slot {
            session: session.clone(),
            principal: request.principal.clone(),
            is_replica: request.is_replica,
            created_us: now.monotonic_us,
            used_us: now.monotonic_us,
            partitions,
        };
        let mut table = self.table.lock();
        while table.slots.len() >= self.slots_max || table.partitions + partitions > self.partitions_max {
            if !table.evict((request.is_replica, partitions, 0), now) {
                drop(table);
                return FetchContext::sessionless(named);
            }
        }
        let id = table.free_id(&*self.random);
        table.insert(id, slot, now);
        FetchContext { partitions: named, session: Some(SessionHandle { id, is_incremental: false, session }) }
    }

    fn go_on(
        &self,
        request: &SessionRequest<'_>,
        named: Vec<FetchPartition>,
        forgotten: &[PartitionKey],
        now: Now,
    ) -> Result<FetchContext, SessionError> {
        let id = request.id;
        let session = {
            let table = self.table.lock();
            let slot = table.slots.get(&id).filter(|slot| slot.principal == *request.principal);
            slot.ok_or(SessionError::NotFound)?.session.clone()
        };
        let (fitting, others): (Vec<_>, Vec<_>) = named.into_iter().partition(FetchPartition::fits);
        let mut partitions = session.lock().go_on(request, fitting, forgotten)?;
        let remembered = partitions.len();
        partitions.extend(others);
        let mut table = self.table.lock();
        if remembered == 0 {
            table.remove(id);
            return Ok(FetchContext::sessionless(partitions));
        }
        table.used(id, remembered, now);
        if remembered > SESSION_PARTITIONS_MAX || table.partitions > self.partitions_max {
            // The client begins anew, with or without a session.
            table.remove(id);
            return Err(SessionError::NotFound);
        }
        drop(table);
        Ok(FetchContext { partitions, session: Some(SessionHandle { id, is_incremental: true, session }) })
    }
}

impl SessionHandle {
    /// Which partitions the answer has to name, of all that it could. What is answered is remembered.
    pub fn select(&self, answers: impl Iterator<Item = (PartitionKey, Sent, bool)>) -> Vec<bool> {
        let mut session = self.session.lock();
        let needed = answers.map(|(key, sent, has_records)| session.must_answer(&key, sent, has_records));
        needed.map(|needed| needed || !self.is_incremental).collect()
    }
}

impl Table {
    /// An id that no session has; 0 is none.
    fn free_id(&self, random: &dyn Fn() -> u64) -> i32 {
        loop {
            let id = (random() & 0x7fff_ffff) as i32;
            if id != 0 && !self.slots.contains_key(&id) {
                return id;
            }
        }
    }

    fn insert(&mut self, id: i32, slot: Slot, now: Now) {
        self.partitions += slot.partitions;
        self.by_use.insert((slot.used_us, id));
        self.slots.insert(id, slot);
        self.rank(id, now);
    }

    /// Notes that the session was used, and how large it is now.
    fn used(&mut self, id: i32, partitions: usize, now: Now) {
        if let Some(mut slot) = self.remove(id) {
            (slot.used_us, slot.partitions) = (now.monotonic_us, partitions);
            self.insert(id, slot, now);
        }
    }

    fn rank(&mut self, id: i32, now: Now) {
        let Some(slot) = self.slots.get(&id) else { return };
        let rank = (slot.is_replica, slot.partitions, id);
        let is_old = now.monotonic_us.saturating_sub(slot.created_us) > EVICT_AFTER_US;
        if is_old || !slot.is_replica {
            self.for_replicas.insert(rank);
        }
        if is_old {
            self.for_all.insert(rank);
        }
    }

    fn remove(&mut self, id: i32) -> Option<Slot> {
        let slot = self.slots.remove(&id)?;
        let rank = (slot.is_replica, slot.partitions, id);
        self.by_use.remove(&(slot.used_us, id));
        self.for_replicas.remove(&rank);
        self.for_all.remove(&rank);
        self.partitions -= slot.partitions;
        Some(slot)
    }

    /// Makes a place for a session of this rank, if one may go for it.
    fn evict(&mut self, new: Rank, now: Now) -> bool {
        let idle =
            self.by_use.first().filter(|(used_us, _)| now.monotonic_us.saturating_sub(*used_us) > EVICT_AFTER_US);
        let lower = if new.0 { &self.for_replicas } else { &self.for_all };
        let lower = lower.first().filter(|rank| **rank <= new).map(|rank| rank.2);
        let goes = idle.map(|(_, id)| *id).or(lower);
        goes.is_some_and(|id| self.remove(id).is_some())
    }
}

impl Session {
    fn new(uses_topic_ids: bool) -> Session {
        Session { epoch: 1, uses_topic_ids, entries: BTreeMap::new(), places: Map::default(), next_place: 0 }
    }

    /// The next request of the session: all partitions that it has from now on.
    fn go_on(
        &mut self,
        request: &SessionRequest<'_>,
        named: Vec<FetchPartition>,
        forgotten: &[PartitionKey],
    ) -> Result<Vec<FetchPartition>, SessionError> {
        if self.epoch != request.epoch {
            return Err(SessionError::InvalidEpoch);
        }
        if self.uses_topic_ids != request.uses_topic_ids {
            return Err(SessionError::TopicIds);
        }
        self.epoch = if request.epoch == i32::MAX { 1 } else { request.epoch + 1 };
        for partition in named {
            let place = self.places.get(&partition.key()).copied();
            self.put(partition);
            // A follower that has moved since it asked may have left the answer aside: it is told everything once more.
            if let Some(entry) = place.filter(|_| request.is_replica).and_then(|place| self.entries.get_mut(&place)) {
                entry.sent = None;
            }
        }
        forgotten.iter().for_each(|key| self.remove(key));
        Ok(self.entries.values().map(|entry| entry.partition.clone()).collect())
    }

    fn put(&mut self, partition: FetchPartition) {
        let key = partition.key();
        if let Some(entry) = self.places.get(&key).and_then(|place| self.entries.get_mut(place)) {
            let told = entry.partition.told;
            entry.partition = FetchPartition { told, ..partition };
            return;
        }
        self.place_last(key, Entry { partition, sent: None });
    }

    fn remove(&mut self, key: &PartitionKey) {
        if let Some(place) = self.places.remove(key) {
            self.entries.remove(&place);
        }
    }

    fn place_last(&mut self, key: PartitionKey, entry: Entry) {
        self.next_place += 1;
        self.entries.insert(self.next_place, entry);
        self.places.insert(key, self.next_place);
    }

    /// Whether an answer of an incremental fetch has to name the partition.
    fn must_answer(&mut self, key: &PartitionKey, sent: Sent, has_records: bool) -> bool {
        let Some(entry) = self.places.get(key).and_then(|place| self.entries.get_mut(place)) else { return true };
        let has_changed = entry.sent.replace(sent) != Some(sent) || sent.has_error;
        if sent.log_start_offset >= 0 {
            let Sent { log_start_offset, high_watermark, .. } = sent;
            entry.partition.told = Some(Told { log_start_offset, high_watermark });
        }
        if has_records
            && let Some(place) = self.places.remove(key)
            && let Some(entry) = self.entries.remove(&place)
        {
            // It had its turn: the others come first the next time.
            self.place_last(key.clone(), entry);
        }
        has_changed || has_records
    }
}

#[cfg(test)]
mod tests;
