//! One partition of this broker: its log, what it is in it ([`role`] has the states), and who waits for it, behind one
//! short mutex.
//!
//! A thread enters the cell for microseconds, leaves it, and only then carries out what came of it ([`Effects`]): no
//! wait, no sync and no other lock happens inside. Acknowledgements wait for the leader machine's high watermark, also
//! where the ISR is the leader alone.
//!
//! Whoever appends names the leader epoch in which that was decided, and is refused in every other one: between the
//! decision and the append another may have led. Whoever waits for an offset to be committed names it too.
//!
//! A move between directories fills a second log outside, which changes places with the first, with the directory, between
//! two entries ([`moved`]).
//!
//! What has room here, and is not here yet. A local log start above the log start lives in
//! `storage::Log`; [`read`] asks the log alone what is there, and an offset that lies elsewhere is one more [`ReadError`]
//! beside `Cold`. A read-only leader is a leader whose [`PartitionCell::admit`] refuses clients and whose records come
//! through the follower's door. An append that waits before its admission (the verification of a transaction, a schema)
//! waits outside, between `admit` and [`PartitionCell::append`], as a validated batch with the epoch that `admit` gave:
//! its connection's answers keep their order by themselves (`net` sends them in the order of the requests) and its
//! records by a queue of that connection; the wait has a maximum, and `append` looks at the epoch again when it goes on.

pub(crate) mod append;
mod delete;
mod effects;
mod follow;
mod isr;
mod moved;
mod read;
mod retention;
mod role;
mod short;
#[cfg(test)]
mod tests;
mod waits;

use crate::isr_changes::IsrChanges;
use crate::log_dirs::Directory;
use crate::topic_settings::TopicSettings;
use arc_swap::ArcSwap;
use base::{ErrorCode, LeaderEpoch, NodeId, Now, Offset, TopicId, TopicPartition};
use moved::Held;
use parking_lot::Mutex;
use replication::{Follower, Leader, Leadership, Moved, Rules};
use role::{Offline, Role};
use short::ShortOfRoom;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use storage::{FlushJob, Flushed, Log, StorageError};
use waits::{AckWaits, Awaited, DataWaits};

pub use append::{Acks, Append, AppendError, own_batch};
pub use effects::{AckWaiter, DataWaiter, Effects};
pub use follow::{Fetched, FollowerPosition};
pub(crate) use moved::{Changed, Future};
pub use read::{ColdData, Position, ReadError, ReadOutcome, ReadRequest, Reader};
pub use role::Machine;
pub(crate) use waits::Bound;
pub use waits::DataPlace;

struct Inner {
    log: Log,
    role: Role,
    settings: Arc<TopicSettings>,
    acks: AckWaits,
    readers: DataWaits,
    unflushed_since: Offset,
    /// Who follows here on behalf of this partition, and waits until what was appended is on disk.
    waits_for_sync: Option<Arc<dyn DataWaiter>>,
    lag_time_max_us: u64,
    /// Producers whose batches found no room.
    short: ShortOfRoom,
    /// While a copy takes the log's place.
    held: Option<Held>,
}

/// A replica that this broker hosts.
pub struct PartitionCell {
    pub name: TopicPartition,
    pub topic_id: TopicId,
    directory: ArcSwap<Directory>,
    /// The partition waits for a sync in its directory's queue.
    pub flush_queued: AtomicBool,
    /// Where changes of its in-sync replicas are asked for.
    pub(crate) isr_changes: Arc<IsrChanges>,
    /// Held by whoever does something with the log that blocks; with the copy that is made of it, if one is.
    upkeep: Mutex<Option<Future>>,
    /// Somebody waits for an acknowledgement; looked at without the lock.
    has_waits: AtomicBool,
    inner: Mutex<Inner>,
}

impl PartitionCell {
    pub(crate) fn new(
        name: TopicPartition,
        topic_id: TopicId,
        directory: Arc<Directory>,
        log: Log,
        settings: Arc<TopicSettings>,
        isr_changes: Arc<IsrChanges>,
    ) -> PartitionCell {
        let unflushed_since = log.recovery_point();
        let inner = Inner {
            log,
            role: Role::Offline(Offline::Unregistered),
            settings,
            acks: AckWaits::new(),
            readers: DataWaits::new(),
            unflushed_since,
            waits_for_sync: None,
            lag_time_max_us: isr_changes.lag_time_max_us(),
            short: ShortOfRoom::default(),
            held: None,
        };
        PartitionCell {
            name,
            topic_id,
            directory: ArcSwap::new(directory),
            flush_queued: AtomicBool::new(false),
            isr_changes,
            upkeep: Mutex::default(),
            has_waits: AtomicBool::new(false),
            inner: Mutex::new(inner),
        }
    }

    /// Where its log lies. A move changes it while it is inside.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Whether somebody is inside.
    #[cfg(test)]
    pub(crate) fn is_entered(&self) -> bool {
        self.inner.is_locked()
    }

    /// Looks at the log without changing anything that others wait for.
    pub fn with_log<R>(&self, look: impl FnOnce(&mut Log) -> R) -> R {
        look(&mut self.inner.lock().log)
    }

    pub fn settings(&self) -> Arc<TopicSettings> {
        self.inner.lock().settings.clone()
    }

    pub fn set_settings(&self, settings: Arc<TopicSettings>, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.set_config(settings.log.clone());
        inner.settings = settings;
        let rules = inner.rules();
        if inner.role.leader_mut().is_some_and(|leader| leader.set_rules(rules)) {
            inner.high_watermark_moved(effects);
        }
        // A follower that waited for the disk may not have to any more.
        inner.synced(effects);
        inner.want_promised_flush(effects);
    }

    /// Takes over a registration of the metadata image: leads from now on, goes on leading, or follows.
    pub fn apply(
        &self,
        local: NodeId,
        registration: &metadata::Partition,
        now: Now,
        effects: &mut Effects,
    ) -> Result<(), StorageError> {
        let mut inner = self.inner.lock();
        inner.settle_failure(effects);
        if matches!(inner.role, Role::Offline(why) if why.is_final()) {
            return Ok(());
        }
        if registration.leader_epoch < inner.role.epoch() {
            inner.check(false, "leader epochs never fall", effects);
            return Ok(());
        }
        match registration.leader == local {
            true => inner.lead(local, registration, now, effects),
            false => inner.follow(registration, effects),
        }
        Ok(())
    }

    /// The partition is gone from the image: everybody who waits is told so.
    pub fn mark_deleted(&self, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        // Who still holds a replica that is elsewhere now is to look for it there.
        if !matches!(inner.role, Role::Offline(Offline::Reassigned)) {
            inner.go_offline(Offline::Deleted, effects);
        }
    }

    /// The partition is led and followed by other brokers from now on, and whoever waits asks those.
    pub(crate) fn mark_reassigned(&self, effects: &mut Effects) {
        self.inner.lock().go_offline(Offline::Reassigned, effects);
    }

    /// The directory failed: nothing is served until a recovery.
    pub fn mark_failed(&self, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.mark_failed();
        if base::mutant(base::Mutant::AckAfterFailure) {
            inner.acks.release(Ok(()), effects);
        }
        inner.settle_failure(effects);
    }

    /// Checks that this broker leads the partition in the epoch that a client believes in (KIP-320); -1: it does not say.
    pub fn check_leadership(&self, current_leader_epoch: LeaderEpoch) -> Result<LeaderEpoch, ErrorCode> {
        self.inner.lock().check_leadership(current_leader_epoch).map(|leader| leader.epoch())
    }

    /// The same for what followers answer as well.
    pub(crate) fn check_serving(&self, current_leader_epoch: LeaderEpoch) -> Result<(), ErrorCode> {
        self.inner.lock().check_serving(current_leader_epoch, false)
    }

    /// Leader and epoch as the image says; -1 where nobody leads, or the partition is offline.
    pub fn leader(&self) -> (NodeId, LeaderEpoch) {
        let inner = self.inner.lock();
        (inner.role.leader_id(), inner.role.epoch())
    }

    /// What has to be synced; run it without the cell and hand the result to `flushed`.
    pub fn flush_job(&self, sealed_only: bool) -> Result<Option<FlushJob>, StorageError> {
        self.flush_job_in(&self.directory(), sealed_only).unwrap_or(Ok(None))
    }

    /// The same for who syncs this directory; the directory in which the log lies by now, if that is another one.
    pub(crate) fn flush_job_in(
        &self,
        directory: &Directory,
        sealed_only: bool,
    ) -> Result<Result<Option<FlushJob>, StorageError>, Arc<Directory>> {
        let mut inner = self.inner.lock();
        let now_in = self.directory();
        if !std::ptr::eq(&*now_in, directory) {
            return Err(now_in);
        }
        Ok(if inner.is_held() { Ok(None) } else { inner.log.flush_job(sealed_only) })
    }

    /// Takes note of a sync: acknowledgements that waited for the disk go out.
    pub fn flushed(&self, flushed: &Flushed, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        inner.log.flushed(flushed);
        inner.unflushed_since = inner.log.recovery_point();
        if inner.is_held() {
            return;
        }
        inner.tell_synced(effects);
        let up_to = inner.log.recovery_point();
        // Something was appended meanwhile that waits for the disk as well.
        let waits_for_disk = inner.settings.acknowledges_on_disk() && inner.log.log_end_offset() > up_to;
        effects.wants_flush |= waits_for_disk;
    }

    /// Tells those whose time is up.
    pub fn expire_waits(&self, now: Now, effects: &mut Effects) {
        if !self.has_waits.load(Ordering::Acquire) {
            return;
        }
        let mut inner = self.inner.lock();
        inner.acks.expire(now.monotonic_us, effects);
        self.has_waits.store(!inner.acks.is_empty(), Ordering::Release);
    }
}

impl Inner {
    /// Whoever waits for the disk hears how far the log is on it.
    fn tell_synced(&mut self, effects: &mut Effects) {
        let up_to = self.log.recovery_point();
        if self.role.leader_mut().is_some_and(|leader| leader.flushed(up_to)) {
            self.high_watermark_moved(effects);
        } else {
            self.acknowledge(effects);
        }
        self.synced(effects);
    }

    /// Leads from now on, or goes on leading.
    fn lead(&mut self, local: NodeId, registration: &metadata::Partition, now: Now, effects: &mut Effects) {
        let (epoch, partition_epoch) = (registration.leader_epoch, registration.partition_epoch);
        let (isr, replicas) = (registration.isr.clone(), &registration.replicas);
        if let Some(leader) = self.role.leader_mut().filter(|leader| leader.epoch() == epoch) {
            let moved = leader.set_registration(partition_epoch, isr, replicas);
            return self.leader_moved(moved, effects);
        }
        if !base::mutant(base::Mutant::EpochStartUnrecorded) {
            let job = self.log.assign_leader_epoch(epoch);
            self.hand_out(job, effects);
        }
        let (end, flushed) = (self.log.log_end_offset(), self.flushed_offset());
        let high_watermark = self.log.high_watermark();
        let rules = self.rules();
        self.want_promised_flush(effects);
        // A cut of an older epoch is not to be.
        self.log.forget_cut();
        let leader = Leader::new(Leadership {
            local,
            epoch,
            partition_epoch,
            isr,
            replicas,
            rules,
            log_end_offset: end,
            flushed_offset: flushed,
            high_watermark,
            now_us: now.monotonic_us,
        });
        self.role = Role::Leader(leader);
        self.short = ShortOfRoom::default();
        self.waits_for_sync = None;
        self.high_watermark_moved(effects);
        self.readers.release(effects);
    }

    /// What the leader of this partition goes by.
    fn rules(&self) -> Rules {
        Rules {
            min_insync_replicas: self.settings.min_insync_replicas,
            lag_time_max_us: self.lag_time_max_us,
            acknowledges_on_disk: self.settings.acknowledges_on_disk(),
        }
    }

    /// Carries on what came of an input to the leader.
    fn leader_moved(&mut self, moved: Moved, effects: &mut Effects) {
        effects.isr_changes |= moved.proposes;
        if moved.high_watermark {
            self.high_watermark_moved(effects);
        }
    }

    fn follow(&mut self, registration: &metadata::Partition, effects: &mut Effects) {
        let follower = Follower::new(registration.leader, registration.leader_epoch, self.log.high_watermark());
        let is_same = |known: &Follower| (known.leader(), known.epoch()) == (follower.leader(), follower.epoch());
        if matches!(&self.role, Role::Follower(known) if is_same(known)) {
            return;
        }
        self.role = Role::Follower(follower);
        self.waits_for_sync = None;
        // A cut of an older epoch is not to be.
        self.log.forget_cut();
        self.want_promised_flush(effects);
        self.release_all(ErrorCode::NotLeaderOrFollower, effects);
    }

    /// What is here is to be on disk where that is what the topic promises.
    fn want_promised_flush(&self, effects: &mut Effects) {
        let is_promised = self.settings.acknowledges_on_disk();
        effects.wants_flush |= is_promised && self.log.recovery_point() < self.log.log_end_offset();
    }

    /// Serves nobody any more.
    fn go_offline(&mut self, why: Offline, effects: &mut Effects) {
        self.role = Role::Offline(why);
        self.release_all(why.error_code(), effects);
    }

    /// Nobody waits for a partition whose log is out of use.
    fn settle_failure(&mut self, effects: &mut Effects) {
        let is_known = matches!(self.role, Role::Offline(why) if why.is_final());
        if self.log.is_failed() && !is_known {
            self.go_offline(Offline::Failed, effects);
        }
    }

    /// What must hold of a partition whatever happens: where it does not, the partition is offline from now on, and its
    /// directory stays in service.
    fn check(&mut self, holds: bool, what: &'static str, effects: &mut Effects) {
        if !holds && !self.log.is_failed() {
            self.log.mark_broken(what);
            self.settle_failure(effects);
        }
    }

    fn check_leader(&mut self, effects: &mut Effects) {
        if let Some(what) = self.role.leader().and_then(Leader::broken) {
            self.check(false, what, effects);
        }
    }

    /// The leader that this partition is, for somebody who believes in this epoch.
    fn check_leadership(&self, current_leader_epoch: LeaderEpoch) -> Result<&Leader, ErrorCode> {
        self.check_serving(current_leader_epoch, false)?;
        self.role.leader().ok_or(ErrorCode::NotLeaderOrFollower)
    }

    /// Whether this replica serves somebody who believes in this epoch, be it the leader or, unless only that will do, a
    /// follower.
    fn check_serving(&self, current_leader_epoch: LeaderEpoch, only_leader: bool) -> Result<(), ErrorCode> {
        self.check_online()?;
        let epoch = self.role.epoch();
        if current_leader_epoch >= 0 && current_leader_epoch < epoch {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        if current_leader_epoch > epoch {
            return Err(ErrorCode::UnknownLeaderEpoch);
        }
        match self.role {
            Role::Leader(_) => Ok(()),
            Role::Follower(_) if !only_leader => Ok(()),
            _ => Err(ErrorCode::NotLeaderOrFollower),
        }
    }

    /// What is refused whatever the role. A log may have failed in somebody's hands who cannot tell those who wait.
    fn check_online(&self) -> Result<(), ErrorCode> {
        match &self.role {
            Role::Offline(why) if why.is_final() => Err(why.error_code()),
            _ if self.log.is_failed() => Err(ErrorCode::KafkaStorageError),
            _ => Ok(()),
        }
    }

    /// The leader that this partition is in exactly this epoch, and in no other.
    fn leading_in(&self, epoch: LeaderEpoch) -> Result<&Leader, ErrorCode> {
        let leader = self.check_leadership(-1)?;
        if leader.epoch() == epoch { Ok(leader) } else { Err(ErrorCode::NotLeaderOrFollower) }
    }

    /// The role's high watermark is the log's; whoever waited for it is told.
    fn high_watermark_moved(&mut self, effects: &mut Effects) {
        let high_watermark = match &self.role {
            Role::Leader(leader) => leader.high_watermark(),
            Role::Follower(follower) => follower.high_watermark(),
            Role::Offline(_) => return,
        };
        let is_there = high_watermark <= self.log.log_end_offset();
        self.check(is_there, "the high watermark lies at or below the log end", effects);
        if self.log.is_failed() {
            return;
        }
        self.log.set_high_watermark(high_watermark);
        self.readers.wake(&self.log, effects);
        self.acknowledge(effects);
    }

    fn acknowledge(&mut self, effects: &mut Effects) {
        if let Role::Leader(leader) = &self.role {
            let committed = match leader.keeps_promise() {
                true => Ok(()),
                false => Err(ErrorCode::NotEnoughReplicasAfterAppend),
            };
            let high_watermark = match base::mutant(base::Mutant::AckBeforeIsr) {
                true => leader.local_position(),
                false => leader.high_watermark(),
            };
            self.acks.reached(Awaited::Leader, leader.local_position(), Ok(()), effects);
            self.acks.reached(Awaited::Committed, high_watermark, committed, effects);
        }
    }

    fn release_all(&mut self, error: ErrorCode, effects: &mut Effects) {
        self.acks.release(Err(error), effects);
        self.readers.release(effects);
    }
}
