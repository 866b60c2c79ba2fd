//! A member of a classic group.

use crate::request::OfferedProtocol;
use protocol::group_metadata_value::MemberMetadata;
use std::borrow::Cow;

/// A request that is answered later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parked {
    pub token: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub id: String,
    pub instance_id: Option<String>,
    pub client_id: String,
    pub client_host: String,
    pub rebalance_timeout_ms: i32,
    pub session_timeout_ms: i32,
    /// In the order of the member's preference.
    pub protocols: Vec<OfferedProtocol>,
    pub assignment: Vec<u8>,
    /// Has not completed its first join: it can expire while it is parked.
    pub is_new: bool,
    pub awaiting_join: Option<Parked>,
    pub awaiting_sync: Option<Parked>,
    /// When it expires, unless it waits for the coordinator.
    pub session_deadline_us: Option<u64>,
    /// Where the timer queue has its entry, at or before the deadline.
    pub queued_us: Option<u64>,
}

impl Member {
    pub(crate) fn metadata(&self, protocol: &str) -> Option<&[u8]> {
        self.protocols.iter().find(|p| p.name == protocol).map(|p| p.metadata.as_slice())
    }

    pub(crate) fn supports(&self, protocol: &str) -> bool {
        self.metadata(protocol).is_some()
    }

    /// Whether the member offers exactly these protocols, in this order.
    pub(crate) fn matches(&self, protocols: &[OfferedProtocol]) -> bool {
        self.protocols == protocols
    }

    /// Whether it waits for the coordinator and so cannot send heartbeats.
    pub(crate) fn is_parked(&self) -> bool {
        self.awaiting_join.is_some() || self.awaiting_sync.is_some()
    }

    /// A member as the log remembers it: it offers the one protocol that its generation used.
    pub(crate) fn from_stored(stored: MemberMetadata<'_>, protocol: Option<&str>) -> Member {
        let session_timeout_ms = stored.session_timeout;
        Member {
            id: stored.member_id.into_owned(),
            instance_id: stored.group_instance_id.map(Cow::into_owned),
            client_id: stored.client_id.into_owned(),
            client_host: stored.client_host.into_owned(),
            rebalance_timeout_ms: match stored.rebalance_timeout {
                -1 => session_timeout_ms,
                timeout => timeout,
            },
            session_timeout_ms,
            protocols: vec![OfferedProtocol {
                name: protocol.unwrap_or_default().to_owned(),
                metadata: stored.subscription.into_owned(),
            }],
            assignment: stored.assignment.into_owned(),
            is_new: false,
            awaiting_join: None,
            awaiting_sync: None,
            session_deadline_us: None,
            queued_us: None,
        }
    }
}
