//! The in-sync replicas of a partition that this broker leads: who has to leave, what the controller is asked, and what
//! comes of its answer.

use super::role::{Machine, Role};
use super::{Effects, Inner, PartitionCell};
use base::{NodeId, Now};
use replication::{IsrAnswer, IsrProposal, Leader, Moved, Registrations};
use storage::Log;

impl PartitionCell {
    /// Whether the topic slows down what this leader sends to the replica, which is not in sync.
    pub fn is_throttled_to(&self, follower: NodeId) -> bool {
        let inner = self.inner.lock();
        let Some(leader) = inner.role.leader() else { return false };
        !leader.isr().contains(&follower)
            && inner.settings.leader_throttled.contains(self.name.partition, leader.local())
    }

    /// Whether the topic slows down what this broker fetches of the partition.
    pub fn is_throttled_at(&self, follower: NodeId) -> bool {
        self.inner.lock().settings.follower_throttled.contains(self.name.partition, follower)
    }

    /// What the controller is to be asked, for the first time or again.
    pub(crate) fn isr_proposal(&self) -> Option<IsrProposal> {
        self.inner.lock().role.leader_mut().and_then(Leader::proposal)
    }

    /// What the controller has answered to a question of this leader epoch.
    pub(crate) fn isr_answered(&self, asked: &IsrProposal, answer: IsrAnswer, effects: &mut Effects) {
        let leads =
            |leader: &Leader| leader.epoch() == asked.leader_epoch || base::mutant(base::Mutant::StaleIsrApplied);
        self.of_leader(effects, |leader| match leads(leader) {
            true => leader.answered(asked.number, answer),
            false => Moved::default(),
        });
    }

    /// Time has passed: who has not kept up is to leave.
    pub(crate) fn check_isr(&self, now: Now, effects: &mut Effects) {
        self.of_leader(effects, |leader| leader.tick(now.monotonic_us));
    }

    /// What the metadata says of brokers has changed.
    pub(crate) fn set_brokers(&self, brokers: &dyn Registrations, effects: &mut Effects) {
        self.of_leader(effects, |leader| Moved { high_watermark: leader.set_brokers(brokers), proposes: false });
        self.inner.lock().low_watermark_moved(effects);
    }

    /// How many replicas are not in sync, where this broker leads.
    pub fn lacking_replicas(&self) -> Option<usize> {
        self.inner.lock().role.leader().map(Leader::lacking)
    }

    /// Looks at the machine of this replica and at its log, for who checks what must hold of both.
    pub fn with_machine<R>(&self, look: impl FnOnce(Machine<'_>, &Log) -> R) -> R {
        let inner = self.inner.lock();
        look(inner.role.machine(), &inner.log)
    }

    fn of_leader(&self, effects: &mut Effects, change: impl FnOnce(&mut Leader) -> Moved) {
        let mut inner = self.inner.lock();
        if let Role::Leader(leader) = &mut inner.role {
            let moved = change(leader);
            inner.leader_moved(moved, effects);
            Inner::check_leader(&mut inner, effects);
        }
    }
}
