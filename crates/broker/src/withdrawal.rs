//! A broker that met what it must not answer clients with: from one moment on it answers none, and closes their connections.
//! Followers go on fetching over the connections that they have, so that they have everything when they take over what it
//! leads.

use parking_lot::RwLock;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who may still ask.
#[derive(Debug, Default)]
pub(crate) struct Withdrawal {
    has_begun: AtomicBool,
    /// Connections on which a replica has fetched: one for each fetcher of the other brokers.
    followers: RwLock<BTreeSet<u64>>,
}

impl Withdrawal {
    pub fn begin(&self) {
        self.has_begun.store(true, Ordering::Release);
    }

    /// A replica fetches on this connection.
    pub fn note_follower(&self, connection: u64) {
        if !self.followers.read().contains(&connection) {
            self.followers.write().insert(connection);
        }
    }

    pub fn forget(&self, connection: u64) {
        if self.followers.read().contains(&connection) {
            self.followers.write().remove(&connection);
        }
    }

    /// Whether requests of this connection are answered.
    pub fn lets_ask(&self, connection: u64) -> bool {
        !self.has_begun.load(Ordering::Acquire) || self.followers.read().contains(&connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_it_has_begun_followers_alone_are_answered() {
        let withdrawal = Withdrawal::default();
        withdrawal.note_follower(2);
        withdrawal.note_follower(3);
        withdrawal.forget(3);
        assert!((1..=3).all(|connection| withdrawal.lets_ask(connection)));
        withdrawal.begin();
        let answered: Vec<u64> = (1..=3).filter(|connection| withdrawal.lets_ask(*connection)).collect();
        assert_eq!(answered, [2]);
    }
}
