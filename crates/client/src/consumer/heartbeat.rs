//! The thread of a group member that beats while the member is stable, and leaves the group for one that does not poll.

use super::group::Shared;
use super::membership::{Phase, Standing};
use crate::Result;
use crate::cluster::lock;
use protocol::leave_group_request::MemberIdentity;
use protocol::{ApiKey, HeartbeatRequest, LeaveGroupRequest};
use std::borrow::Cow;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

impl Shared {
    /// The thread: one heartbeat every interval while the member is stable, and sooner after one that failed.
    pub(super) fn beat(&self) {
        let mut pause = self.settings.heartbeat_interval;
        loop {
            let state = lock(&self.state);
            let wait = self.changed.wait_timeout(state, pause);
            let state = wait.unwrap_or_else(PoisonError::into_inner).0;
            if state.stop {
                return;
            }
            let (sent, idle) = (state.member.standing(), state.polled.elapsed());
            drop(state);
            pause = self.settings.heartbeat_interval;
            if sent.phase != Phase::Stable {
                continue;
            }
            if idle > self.settings.poll_interval_max {
                let _a_session_that_ends_does_it_too = self.leave(&sent.member_id, "max.poll.interval.ms was exceeded");
                lock(&self.state).member.lose_with_name();
                continue;
            }
            if let Err(error) = self.heartbeat(&sent) {
                pause = pause.min(self.settings.common.retry_backoff.max(Duration::from_millis(10)));
                let remedy = lock(&self.state).member.heartbeat_failed(&sent, &error);
                if let Err(error) = self.remedy(remedy, error) {
                    lock(&self.state).failure = Some(error);
                }
            }
        }
    }

    fn heartbeat(&self, sent: &Standing) -> Result<()> {
        let deadline = Instant::now() + self.settings.session_timeout;
        // The connection is held while the coordinator is looked for: not for long.
        let found_by = Instant::now() + self.settings.heartbeat_interval;
        let response = self.on_coordinator(found_by, |connection| {
            if lock(&self.state).member.standing() != *sent {
                return Ok(None);
            }
            let version = connection.version(ApiKey::Heartbeat, i16::MAX)?;
            let instance = self.settings.group_instance_id.as_deref().filter(|_| version >= 3);
            let request = HeartbeatRequest {
                group_id: Cow::Borrowed(&self.id),
                generation_id: sent.generation,
                member_id: Cow::Borrowed(&sent.member_id),
                group_instance_id: instance.map(Cow::Borrowed),
                ..Default::default()
            };
            let began = Instant::now();
            let response = connection.call(&request, version, deadline)?;
            self.metrics.beaten(began);
            Ok(Some(response))
        })?;
        response.map_or(Ok(()), |response| crate::error::check(response.error_code, None))
    }

    /// Leaves the group. Static members do not: their session ends by itself, or they come back (KIP-345).
    pub(super) fn leave(&self, member: &str, reason: &str) -> Result<()> {
        if member.is_empty() || self.settings.group_instance_id.is_some() {
            return Ok(());
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        // A join or sync answer may still be due on the old connection.
        let mut slot = lock(&self.connection);
        if slot.as_ref().is_some_and(|connection| connection.in_flight() > 0) {
            *slot = None;
        }
        drop(slot);
        self.on_coordinator(deadline, |connection| {
            let version = connection.version(ApiKey::LeaveGroup, i16::MAX)?;
            let request = LeaveGroupRequest {
                group_id: Cow::Borrowed(&self.id),
                member_id: Cow::Borrowed(if version < 3 { member } else { "" }),
                members: if version < 3 {
                    Vec::new()
                } else {
                    vec![MemberIdentity {
                        member_id: Cow::Borrowed(member),
                        group_instance_id: None,
                        reason: (version >= 5).then_some(Cow::Borrowed(reason)),
                        ..Default::default()
                    }]
                },
                ..Default::default()
            };
            connection.call(&request, version, deadline)
        })?;
        Ok(())
    }
}
