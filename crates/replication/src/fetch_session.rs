//! The side of a fetch session that asks (KIP-227): what is to be fetched, what the other side remembers of it, and so what
//! the next request has to name. One request is under way at a time; what changes meanwhile goes with the next one.

use std::collections::{BTreeMap, BTreeSet};

/// What the next request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPlan<K, P> {
    pub session_id: i32,
    pub session_epoch: i32,
    pub named: Vec<(K, P)>,
    pub forgotten: Vec<K>,
}

/// Partitions by `K`, each with where it stands (`P`).
#[derive(Debug, Clone)]
pub struct FetchSession<K, P> {
    id: i32,
    epoch: i32,
    wanted: BTreeMap<K, P>,
    /// As the other side remembers it, the request that is under way included.
    told: BTreeMap<K, P>,
    /// Where the two may differ.
    changed: BTreeSet<K>,
}

impl<K: Ord + Clone, P: PartialEq + Clone> Default for FetchSession<K, P> {
    fn default() -> Self {
        FetchSession { id: 0, epoch: 0, wanted: BTreeMap::new(), told: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, P: PartialEq + Clone> FetchSession<K, P> {
    /// Fetches this partition from there on.
    pub fn want(&mut self, key: K, position: P) {
        if self.wanted.get(&key) != Some(&position) {
            self.wanted.insert(key.clone(), position);
            self.changed.insert(key);
        }
    }

    /// Fetches it no more.
    pub fn unwant(&mut self, key: &K) {
        if self.wanted.remove(key).is_some() {
            self.changed.insert(key.clone());
        }
    }

    /// Whether there is anything to fetch.
    pub fn is_idle(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Where a partition stood in the newest request, if it was in it and stands there still.
    pub fn asked(&self, key: &K) -> Option<&P> {
        let asked = self.told.get(key)?;
        (self.wanted.get(key) == Some(asked)).then_some(asked)
    }

    /// How many partitions the other side remembers.
    pub fn told(&self) -> usize {
        self.told.len()
    }

    /// The next request.
    pub fn plan(&mut self) -> FetchPlan<K, P> {
        let (mut named, mut forgotten) = (Vec::new(), Vec::new());
        if self.epoch == 0 {
            self.changed.clear();
            self.told.clone_from(&self.wanted);
            named.extend(self.wanted.iter().map(|(key, position)| (key.clone(), position.clone())));
        }
        for key in std::mem::take(&mut self.changed) {
            match (self.wanted.get(&key), self.told.get(&key)) {
                (Some(wanted), told) if told != Some(wanted) => {
                    self.told.insert(key.clone(), wanted.clone());
                    named.push((key, wanted.clone()));
                }
                (None, Some(_)) => {
                    self.told.remove(&key);
                    forgotten.push(key);
                }
                _ => {}
            }
        }
        FetchPlan { session_id: self.id, session_epoch: self.epoch, named, forgotten }
    }

    /// The request was answered; the answer names the session that it belongs to, 0: none.
    pub fn answered(&mut self, session_id: i32) {
        match session_id {
            0 => self.begin_anew(),
            id => {
                self.id = id;
                self.epoch = if self.epoch == i32::MAX { 1 } else { self.epoch + 1 };
            }
        }
    }

    /// Nobody knows what the other side remembers: the next request names everything. It closes the session that was.
    pub fn begin_anew(&mut self) {
        self.epoch = 0;
    }

    /// The other side is another process, or knows nothing of the session.
    pub fn forget(&mut self) {
        (self.id, self.epoch) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_named_once_there_is_a_session() {
        let mut session = FetchSession::default();
        session.want("a", 1);
        session.want("b", 1);
        let plan = session.plan();
        assert_eq!((plan.session_id, plan.session_epoch, plan.named.len()), (0, 0, 2));
        session.answered(77);
        session.want("a", 5);
        let plan = session.plan();
        assert_eq!((plan.session_id, plan.session_epoch, plan.named), (77, 1, vec![("a", 5)]));
        session.answered(77);
        assert_eq!(session.plan().named, []);
    }

    #[test]
    fn who_leaves_is_forgotten_and_who_comes_back_is_named() {
        let mut session = FetchSession::default();
        session.want("a", 1);
        session.want("b", 1);
        session.plan();
        session.answered(77);
        session.unwant(&"a");
        assert_eq!(session.plan().forgotten, ["a"]);
        session.answered(77);
        session.want("a", 1);
        assert_eq!(session.plan().named, [("a", 1)]);
        session.answered(77);
        session.unwant(&"a");
        session.want("a", 1);
        assert_eq!(session.plan(), FetchPlan { session_id: 77, session_epoch: 3, named: vec![], forgotten: vec![] });
    }

    #[test]
    fn an_answer_does_not_count_for_what_has_moved_since() {
        let mut session = FetchSession::default();
        session.want("a", 1);
        session.plan();
        assert_eq!(session.asked(&"a"), Some(&1));
        session.want("a", 2);
        assert_eq!(session.asked(&"a"), None);
        session.unwant(&"a");
        assert_eq!(session.asked(&"a"), None);
    }

    #[test]
    fn after_a_failure_everything_is_named_and_the_session_closed() {
        let mut session = FetchSession::default();
        session.want("a", 1);
        session.plan();
        session.answered(77);
        session.want("b", 1);
        session.plan();
        session.begin_anew();
        let plan = session.plan();
        assert_eq!((plan.session_id, plan.session_epoch, plan.named.len()), (77, 0, 2));
        session.answered(0);
        assert_eq!(session.plan().named.len(), 2, "there is none");
    }
}
