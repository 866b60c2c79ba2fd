//! What a member of a classic group knows of its membership, and what errors do to it. No I/O and no clock.
//!
//! ```text
//! Unjoined -> Joining -> Syncing -> Stable --(a rebalance: what must be given up is)--> Unjoined
//! ```
//!
//! Errors of JoinGroup and SyncGroup lead back to `Unjoined`; those of heartbeats and commits count only while the member
//! is what it was when it sent them. A member that is lost has no rights to its partitions: nothing is committed, and no
//! JoinGroup leaves before the consumer has taken note and dropped them.

use crate::{ClientError, Result};
use base::ErrorCode;
use std::collections::BTreeMap;

pub(super) type Partitions = BTreeMap<String, Vec<i32>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Unjoined,
    Joining,
    Syncing,
    Stable,
}

/// What the member was when it sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub phase: Phase,
    pub member_id: String,
    pub generation: i32,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Drop all partitions without a commit, then [`Membership::take_lost`].
    Lost,
    /// A rebalance begins: give up what must be, then [`Membership::gave_up`].
    GiveUp,
    /// A new assignment, told once.
    Assigned(Partitions),
    Join,
    AwaitJoin,
    AwaitSync,
    Rest,
}

/// What is to be done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    GoOn,
    FindCoordinator,
    /// It will not pass.
    Report,
}

#[derive(Debug)]
pub(super) struct Membership {
    phase: Phase,
    member_id: String,
    generation: i32,
    lost: bool,
    /// Joining again is due.
    rejoin: bool,
    /// The assignment, until it is handed out.
    fresh: Option<Partitions>,
    /// The last assignment, and its generation.
    owned: Partitions,
    owned_generation: i32,
}

impl Default for Membership {
    fn default() -> Membership {
        Membership {
            phase: Phase::Unjoined,
            member_id: String::new(),
            generation: -1,
            lost: false,
            rejoin: false,
            fresh: None,
            owned: Partitions::new(),
            owned_generation: -1,
        }
    }
}

impl Membership {
    pub fn standing(&self) -> Standing {
        Standing { phase: self.phase, member_id: self.member_id.clone(), generation: self.generation }
    }

    pub fn member_id(&self) -> &str {
        &self.member_id
    }

    /// The last assignment and its generation.
    pub fn owned(&self) -> (&Partitions, i32) {
        (&self.owned, self.owned_generation)
    }

    pub fn step(&mut self) -> Step {
        if self.lost {
            return Step::Lost;
        }
        if let Some(fresh) = self.fresh.take() {
            return Step::Assigned(fresh);
        }
        match self.phase {
            Phase::Unjoined => Step::Join,
            Phase::Joining => Step::AwaitJoin,
            Phase::Syncing => Step::AwaitSync,
            Phase::Stable if self.rejoin => Step::GiveUp,
            Phase::Stable => Step::Rest,
        }
    }

    /// Whether the partitions were lost, once.
    pub fn take_lost(&mut self) -> bool {
        std::mem::take(&mut self.lost)
    }

    /// Joins again when it can.
    pub fn rejoin(&mut self) {
        self.rejoin = true;
    }

    /// The consumer did what [`Step::GiveUp`] says.
    pub fn gave_up(&mut self) {
        if self.phase == Phase::Stable {
            self.phase = Phase::Unjoined;
        }
    }

    /// A JoinGroup was sent.
    pub fn joining(&mut self) {
        (self.phase, self.rejoin) = (Phase::Joining, false);
    }

    /// The coordinator gave an id and wants another JoinGroup (KIP-394).
    pub fn named(&mut self, member_id: String) {
        (self.phase, self.member_id) = (Phase::Unjoined, member_id);
    }

    pub fn joined(&mut self, member_id: String, generation: i32) {
        (self.member_id, self.generation) = (member_id, generation);
    }

    /// A SyncGroup was sent.
    pub fn syncing(&mut self) {
        self.phase = Phase::Syncing;
    }

    pub fn synced(&mut self, partitions: Partitions) {
        self.phase = Phase::Stable;
        self.owned.clone_from(&partitions);
        self.owned_generation = self.generation;
        self.fresh = Some(partitions);
    }

    /// The member is out of the group.
    pub fn lose(&mut self) {
        let member_id = std::mem::take(&mut self.member_id);
        *self = Membership { member_id, lost: true, ..Membership::default() };
    }

    /// Out of the group, and under no name that it knows.
    pub fn lose_with_name(&mut self) {
        *self = Membership { lost: true, ..Membership::default() };
    }

    /// JoinGroup or SyncGroup failed: back to the start.
    pub fn join_failed(&mut self, error: &ClientError) -> Remedy {
        self.phase = Phase::Unjoined;
        self.learn(error)
    }

    /// A heartbeat failed. The network's errors leave the member where it is (the session lasts longer than a connection).
    pub fn heartbeat_failed(&mut self, sent: &Standing, error: &ClientError) -> Remedy {
        if self.standing() == *sent { self.learn(error) } else { Remedy::GoOn }
    }

    /// As whom to commit. Only a member in good standing may: others may own the partitions already.
    pub fn may_commit(&self) -> Result<Standing> {
        match self.phase {
            Phase::Stable => Ok(self.standing()),
            Phase::Unjoined if self.generation < 0 => Err(ClientError::CommitFailed),
            _ => Err(ClientError::from_code(ErrorCode::RebalanceInProgress)),
        }
    }

    /// A commit failed; the error to report.
    pub fn commit_failed(&mut self, sent: &Standing, error: ClientError) -> ClientError {
        if self.standing() == *sent {
            self.learn(&error);
        }
        match error.code() {
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => ClientError::CommitFailed,
            _ => error,
        }
    }

    fn learn(&mut self, error: &ClientError) -> Remedy {
        match error.code() {
            ErrorCode::UnknownMemberId => self.lose_with_name(),
            ErrorCode::IllegalGeneration => self.lose(),
            ErrorCode::FencedInstanceId => {
                self.lose();
                return Remedy::Report;
            }
            ErrorCode::RebalanceInProgress => self.rejoin = true,
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable | ErrorCode::NetworkException => {
                return Remedy::FindCoordinator;
            }
            _ if error.is_retriable() || matches!(error, ClientError::Timeout(_)) => {}
            _ => return Remedy::Report,
        }
        Remedy::GoOn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: ErrorCode) -> ClientError {
        ClientError::from_code(code)
    }

    /// A member of generation 3 with one partition, which it knows of.
    fn stable() -> Membership {
        let mut member = Membership::default();
        assert_eq!(member.step(), Step::Join);
        member.joining();
        member.joined("m".into(), 3);
        member.syncing();
        let assigned = Partitions::from([("t".to_string(), vec![0])]);
        member.synced(assigned.clone());
        assert_eq!(member.step(), Step::Assigned(assigned));
        assert_eq!(member.step(), Step::Rest);
        member
    }

    #[test]
    fn what_was_lost_is_dropped_before_the_next_join_in_any_phase() {
        for phase in [Phase::Unjoined, Phase::Joining, Phase::Syncing] {
            for code in [ErrorCode::UnknownMemberId, ErrorCode::IllegalGeneration] {
                let mut member = stable();
                member.phase = phase;
                assert_eq!(member.join_failed(&error(code)), Remedy::GoOn);
                assert_eq!((member.step(), member.step()), (Step::Lost, Step::Lost), "{phase:?} {code:?}");
                assert_eq!(member.may_commit(), Err(ClientError::CommitFailed));
                assert!(member.owned().0.is_empty());
                assert!(member.take_lost() && !member.take_lost());
                assert_eq!(member.step(), Step::Join);
                assert_eq!(member.member_id().is_empty(), code == ErrorCode::UnknownMemberId);
            }
        }
    }

    #[test]
    fn an_assignment_that_was_not_handed_out_is_lost_with_the_member() {
        let mut member = stable();
        member.synced(Partitions::from([("t".to_string(), vec![1])]));
        member.lose_with_name();
        assert_eq!(member.step(), Step::Lost);
        member.take_lost();
        assert_eq!(member.step(), Step::Join);
    }

    #[test]
    fn a_rebalance_waits_until_partitions_were_given_up_and_commits_until_then() {
        let mut member = stable();
        let sent = member.standing();
        assert_eq!(member.heartbeat_failed(&sent, &error(ErrorCode::RebalanceInProgress)), Remedy::GoOn);
        assert_eq!(member.step(), Step::GiveUp);
        assert_eq!(member.may_commit(), Ok(sent));
        member.gave_up();
        assert_eq!(member.step(), Step::Join);
        assert_eq!(member.may_commit(), Err(error(ErrorCode::RebalanceInProgress)));
    }

    #[test]
    fn a_lost_connection_leaves_a_stable_member_where_it_is() {
        let disconnected = ClientError::Disconnected { address: "a".into(), reason: "b".into() };
        for (failure, remedy) in [
            (disconnected, Remedy::FindCoordinator),
            (error(ErrorCode::NotCoordinator), Remedy::FindCoordinator),
            (error(ErrorCode::CoordinatorLoadInProgress), Remedy::GoOn),
            (ClientError::Timeout("t".into()), Remedy::GoOn),
        ] {
            let mut member = stable();
            let sent = member.standing();
            assert_eq!(member.heartbeat_failed(&sent, &failure), remedy, "{failure:?}");
            assert_eq!((member.standing(), member.step()), (sent, Step::Rest), "{failure:?}");
        }
    }

    #[test]
    fn the_error_of_a_heartbeat_from_before_changes_nothing() {
        let mut member = stable();
        let sent = member.standing();
        member.rejoin();
        member.gave_up();
        member.joining();
        for code in [ErrorCode::UnknownMemberId, ErrorCode::NotCoordinator, ErrorCode::GroupAuthorizationFailed] {
            assert_eq!(member.heartbeat_failed(&sent, &error(code)), Remedy::GoOn);
            assert_eq!(member.step(), Step::AwaitJoin, "{code:?}");
        }
    }

    #[test]
    fn a_subscription_that_changes_while_joining_is_joined_with_afterwards() {
        let mut member = Membership::default();
        member.joining();
        member.rejoin();
        member.joined("m".into(), 1);
        member.syncing();
        member.synced(Partitions::new());
        assert_eq!((member.step(), member.step()), (Step::Assigned(Partitions::new()), Step::GiveUp));
    }

    #[test]
    fn a_commit_that_the_coordinator_refuses_tells_that_the_member_is_out() {
        let mut member = stable();
        let sent = member.may_commit().unwrap();
        assert_eq!(member.commit_failed(&sent, error(ErrorCode::IllegalGeneration)), ClientError::CommitFailed);
        assert_eq!(member.step(), Step::Lost);
        assert_eq!(Membership::default().may_commit(), Err(ClientError::CommitFailed));
    }
}
