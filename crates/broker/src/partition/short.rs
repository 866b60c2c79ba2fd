//! Producers whose batches found no room: what they have sent behind them is not out of order, for it comes again when
//! those have been appended.

use base::ProducerId;
use std::collections::BTreeMap;

/// So many of a partition are remembered, those that were refused last.
const PRODUCERS_MAX: usize = 1_000;
/// Who has not come again for so long has given the batch up (`delivery.timeout.ms` of clients).
const FORGOTTEN_AFTER_US: u64 = 120_000_000;

/// The producers, and when they were refused.
#[derive(Debug, Default)]
pub(super) struct ShortOfRoom(BTreeMap<ProducerId, u64>);

impl ShortOfRoom {
    /// A batch of this producer found no room; -1: nobody can tell whose it was.
    pub fn refused(&mut self, producer: ProducerId, now_us: u64) {
        if producer < 0 {
            return;
        }
        self.0.insert(producer, now_us);
        if self.0.len() > PRODUCERS_MAX
            && let Some(oldest) = self.0.iter().min_by_key(|(_, at_us)| **at_us).map(|(id, _)| *id)
        {
            self.0.remove(&oldest);
        }
    }

    /// A batch of this producer was appended.
    pub fn appended(&mut self, producer: ProducerId) {
        if !self.0.is_empty() {
            self.0.remove(&producer);
        }
    }

    /// Whether this producer is still to send again what found no room.
    pub fn is_waited_for(&self, producer: ProducerId, now_us: u64) -> bool {
        self.0.get(&producer).is_some_and(|at_us| now_us < at_us + FORGOTTEN_AFTER_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_producer_is_waited_for_until_it_comes_again_or_has_given_up() {
        let mut short = ShortOfRoom::default();
        short.refused(9, 5);
        short.refused(-1, 5);
        assert!(short.is_waited_for(9, 6) && !short.is_waited_for(8, 6) && !short.is_waited_for(-1, 6));
        assert!(!short.is_waited_for(9, 5 + FORGOTTEN_AFTER_US));
        short.appended(8);
        assert!(short.is_waited_for(9, 6));
        short.appended(9);
        assert!(!short.is_waited_for(9, 6));
    }

    #[test]
    fn of_too_many_the_last_ones_are_remembered() {
        let mut short = ShortOfRoom::default();
        let many = PRODUCERS_MAX as i64 + 5;
        (0..many).for_each(|id| short.refused(id, id as u64));
        assert_eq!(short.0.len(), PRODUCERS_MAX);
        assert!(
            !short.is_waited_for(4, 5_000) && short.is_waited_for(5, 5_000) && short.is_waited_for(many - 1, 5_000)
        );
    }
}
