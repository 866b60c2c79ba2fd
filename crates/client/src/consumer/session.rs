//! A fetch session with one node (KIP-227): after a first full request, requests name only partitions that are new or whose
//! offset moved, and those that are not wanted any more.

use super::Partition;
use base::{ErrorCode, Uuid};
use std::collections::BTreeMap;

/// Epoch of a request that begins a session.
const FIRST: i32 = 0;

/// What the node knows of this consumer's partitions.
#[derive(Debug, Default)]
pub(crate) struct Session {
    id: i32,
    epoch: i32,
    /// Partitions of the session, with the offset that was sent last and the topic's id.
    known: BTreeMap<Partition, (i64, Uuid)>,
}

/// What a request of the session says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub id: i32,
    pub epoch: i32,
    /// Partitions to name, with their offsets.
    pub changed: BTreeMap<Partition, i64>,
    /// Partitions that leave the session, with the id of their topic.
    pub forgotten: Vec<(Partition, Uuid)>,
}

impl Session {
    /// The next request, for all partitions that are wanted now.
    pub fn turn(&mut self, wanted: &BTreeMap<Partition, i64>, ids: &BTreeMap<&str, Uuid>) -> Turn {
        let id_of = |partition: &Partition| ids.get(&*partition.0).copied().unwrap_or(Uuid::ZERO);
        let next: BTreeMap<Partition, (i64, Uuid)> =
            wanted.iter().map(|(partition, offset)| (partition.clone(), (*offset, id_of(partition)))).collect();
        // A topic that was made anew has another id: begin again.
        let other_topic = next.iter().any(|(key, (_, id))| self.known.get(key).is_some_and(|(_, known)| known != id));
        if other_topic {
            self.reset();
        }
        let turn = if self.epoch == FIRST {
            Turn { id: self.id, epoch: FIRST, changed: wanted.clone(), forgotten: Vec::new() }
        } else {
            let is_news = |key: &Partition, offset: &i64| self.known.get(key).is_none_or(|(known, _)| known != offset);
            let changed = wanted.iter().filter(|(key, offset)| is_news(key, offset));
            let gone = self.known.iter().filter(|(key, _)| !wanted.contains_key(*key));
            Turn {
                id: self.id,
                epoch: self.epoch,
                changed: changed.map(|(key, offset)| (key.clone(), *offset)).collect(),
                forgotten: gone.map(|(key, (_, id))| (key.clone(), *id)).collect(),
            }
        };
        self.known = next;
        turn
    }

    /// Takes an answer's session. False where the session is gone and the request must be sent again, in full.
    pub fn answered(&mut self, code: ErrorCode, id: i32) -> bool {
        match code {
            ErrorCode::FetchSessionIdNotFound
            | ErrorCode::InvalidFetchSessionEpoch
            | ErrorCode::FetchSessionTopicIdError => {
                self.reset();
                return false;
            }
            ErrorCode::None if id == 0 => self.reset(),
            ErrorCode::None => {
                self.id = id;
                // Epochs wrap from `i32::MAX` to 1.
                self.epoch = if self.epoch == i32::MAX { 1 } else { self.epoch + 1 };
            }
            _ => self.reset(),
        }
        true
    }

    /// Begins again with the next request.
    pub fn reset(&mut self) {
        *self = Session::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> BTreeMap<Partition, i64> {
        let pair = |text: &str| {
            let (partition, offset) = text.split_once('@').unwrap();
            (("t".into(), partition.parse().unwrap()), offset.parse().unwrap())
        };
        text.split_whitespace().map(pair).collect()
    }

    fn shown(turn: &Turn) -> String {
        let changed: Vec<String> =
            turn.changed.iter().map(|((_, index), offset)| format!("{index}@{offset}")).collect();
        let forgotten: Vec<String> = turn.forgotten.iter().map(|((_, index), _)| format!("-{index}")).collect();
        format!("{}/{} {} {}", turn.id, turn.epoch, changed.join(","), forgotten.join(",")).trim_end().to_owned()
    }

    #[test]
    fn after_the_first_request_only_changes_are_named() {
        let ids = BTreeMap::from([("t", Uuid::ZERO)]);
        let mut session = Session::default();
        let turn = |session: &mut Session, text: &str| shown(&session.turn(&wanted(text), &ids));
        assert_eq!(turn(&mut session, "0@5 1@7"), "0/0 0@5,1@7");
        assert!(session.answered(ErrorCode::None, 42));
        assert_eq!(turn(&mut session, "0@5 1@7"), "42/1");
        assert!(session.answered(ErrorCode::None, 42));
        assert_eq!(turn(&mut session, "0@6 2@0"), "42/2 0@6,2@0 -1");
        assert!(!session.answered(ErrorCode::FetchSessionIdNotFound, 0));
        assert_eq!(turn(&mut session, "0@6 2@0"), "0/0 0@6,2@0");
        // A broker without room for sessions answers with none: every request is full.
        assert!(session.answered(ErrorCode::None, 0));
        assert_eq!(turn(&mut session, "0@6 2@0"), "0/0 0@6,2@0");
    }
}
