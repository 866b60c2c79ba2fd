//! Two processes with the `node.id` of one voter, as this leader sees them: each fetches with the id of its own directory. In
//! a static quorum both count as that voter, so neither their positions nor what they tell of their directories can be
//! relied on.
//!
//! ```text
//!   fetches of voter 2:   directory A ... A ... A                  one process
//!                         directory A ... A, then B ... B          it has another disk
//!                         directory A ... B ... A within a moment  two processes
//! ```

use crate::node::QuorumNode;
use base::{DirectoryId, Map, NodeId, Now, Uuid};
use raft::ReplicaKey;

/// The fetches of one voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fetches {
    newest: (DirectoryId, u64),
    /// Of another directory, before that.
    other: Option<(DirectoryId, u64)>,
    /// When they were last seen to take turns.
    taking_turns_us: Option<u64>,
}

/// A voter of which two processes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Namesakes {
    pub id: NodeId,
    pub directories: [DirectoryId; 2],
}

/// Between two lines about namesakes.
const LINE_EVERY_US: u64 = 300_000_000;

/// Who fetches as which voter. Nobody else is kept in mind, so there are no more than voters.
#[derive(Debug, Default)]
pub(crate) struct Fetchers {
    voters: Map<NodeId, Fetches>,
    next_line_us: u64,
}

impl Fetchers {
    /// A process that is the voter `id` has fetched. `within_us`: within which time every voter fetches more than once.
    pub fn fetched(&mut self, id: NodeId, directory: DirectoryId, now_us: u64, within_us: u64) {
        let fetches = self.voters.entry(id).or_insert(Fetches {
            newest: (directory, now_us),
            other: None,
            taking_turns_us: None,
        });
        if fetches.newest.0 != directory {
            let is_back = fetches.other.is_some_and(|(other, at_us)| other == directory && now_us <= at_us + within_us);
            fetches.taking_turns_us = if is_back { Some(now_us) } else { fetches.taking_turns_us };
            fetches.other = Some(fetches.newest);
        }
        fetches.newest = (directory, now_us);
    }

    /// The voter, if two processes have fetched as it within this time.
    pub fn namesakes(&self, id: NodeId, now_us: u64, within_us: u64) -> Option<Namesakes> {
        let fetches = self.voters.get(&id)?;
        let (other, _) = fetches.other?;
        let are_there = fetches.taking_turns_us.is_some_and(|at_us| now_us <= at_us + within_us);
        let mut directories = [fetches.newest.0, other];
        directories.sort_unstable();
        are_there.then_some(Namesakes { id, directories })
    }

    /// Another directory with which a process has fetched as this voter within this time.
    pub fn other_than(&self, id: NodeId, directory: DirectoryId, now_us: u64, within_us: u64) -> Option<DirectoryId> {
        let fetches = self.voters.get(&id)?;
        let all = [Some(fetches.newest), fetches.other].into_iter().flatten();
        let mut others = all.filter(|(other, at_us)| *other != directory && now_us <= at_us + within_us);
        others.next().map(|(other, _)| other)
    }

    /// Another leadership: what was seen before counts no more.
    pub fn forget(&mut self) {
        self.voters.clear();
    }
}

impl QuorumNode {
    /// Within which time every voter that can fetches more than once.
    fn fetches_within_us(&self) -> u64 {
        self.config.timing.fetch_ms * 2_000
    }

    /// A voter has fetched from this leader: says so where two processes fetch as the same one.
    pub(crate) fn look_for_namesakes(&mut self, now: Now, replica: ReplicaKey) {
        let (own, within_us) = (self.config.local, self.fetches_within_us());
        let ReplicaKey { id, directory_id } = replica;
        if directory_id == Uuid::ZERO || self.raft.voters().get(id).is_none() || replica == own {
            return;
        }
        let mut saw = |directory| self.fetchers.fetched(id, directory, now.monotonic_us, within_us);
        match id == own.id {
            // This leader is always there.
            true => [own.directory_id, directory_id, own.directory_id].into_iter().for_each(saw),
            false => saw(directory_id),
        }
        let Some(namesakes) = self.fetchers.namesakes(id, now.monotonic_us, within_us) else { return };
        if now.monotonic_us >= self.fetchers.next_line_us {
            self.fetchers.next_line_us = now.monotonic_us + LINE_EVERY_US;
            let [one, other] = namesakes.directories.map(|directory| self.shown_directory(id, directory));
            tracing::warn!(
                node = own.id,
                voter = id,
                one,
                other,
                hint = "stop one of them, or give it another id: both vote with one voice, and kraft.version is not raised",
                "two processes fetch the metadata log with the node.id of one voter"
            );
        }
    }

    /// A directory, and where its process is reached, if that was told.
    fn shown_directory(&self, id: NodeId, directory: DirectoryId) -> String {
        let told = self.told_voters.get(id).filter(|voter| voter.key.directory_id == directory);
        let at: Vec<String> =
            told.iter().flat_map(|voter| &voter.endpoints).map(|at| format!("{}:{}", at.host, at.port)).collect();
        if at.is_empty() { directory.to_string() } else { format!("{directory} at {}", at.join(",")) }
    }

    /// Why this directory may not be taken for that of the voter: a process has just fetched as it with another one.
    pub(crate) fn other_directory(&self, now: Now, voter: ReplicaKey) -> Option<String> {
        let within_us = self.fetches_within_us();
        let ReplicaKey { id, directory_id } = voter;
        let other = self.fetchers.other_than(id, directory_id, now.monotonic_us, within_us)?;
        let (one, other) = (self.shown_directory(id, directory_id), self.shown_directory(id, other));
        let seconds = within_us.div_ceil(1_000_000);
        Some(format!(
            "Controller {id} has told of the directory {one}, and has fetched with {other} within the last {seconds} s: \
             two processes may run with its node.id, of which one has to stop first."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::tests::Observer;
    use protocol::{ApiKey, FetchRequest, Message, fetch_request};
    use testkit::SimFiles;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);
    const WITHIN_US: u64 = 4_000;

    fn after(fetches: &[(DirectoryId, u64)]) -> Fetchers {
        let mut fetchers = Fetchers::default();
        fetches.iter().for_each(|(directory, at_us)| fetchers.fetched(2, *directory, *at_us, WITHIN_US));
        fetchers
    }

    #[test]
    fn two_directories_that_take_turns_are_two_processes() {
        let fetchers = after(&[(A, 0), (B, 100), (A, 500)]);
        let both = Some(Namesakes { id: 2, directories: [A, B] });
        assert_eq!(fetchers.namesakes(2, 600, WITHIN_US), both);
        assert_eq!(fetchers.namesakes(2, 500 + WITHIN_US, WITHIN_US), both);
        assert_eq!(fetchers.namesakes(2, 501 + WITHIN_US, WITHIN_US), None, "one has stopped");
        assert_eq!(fetchers.namesakes(3, 600, WITHIN_US), None);
    }

    #[test]
    fn one_process_with_another_disk_is_no_other_one() {
        assert_eq!(after(&[(A, 0), (A, 10), (B, 100), (B, 500)]).namesakes(2, 600, WITHIN_US), None);
        // Back on the first disk, long after.
        assert_eq!(after(&[(A, 0), (B, 100), (A, 9_000)]).namesakes(2, 9_000, WITHIN_US), None);
    }

    /// A fetch of this replica from the leader, which has it at once.
    fn fetch(leader: &mut Observer, replica: ReplicaKey) {
        let partition = fetch_request::FetchPartition {
            replica_directory_id: replica.directory_id,
            current_leader_epoch: leader.node.leads().unwrap(),
            last_fetched_epoch: 0,
            ..Default::default()
        };
        let topic = fetch_request::FetchTopic {
            topic_id: Uuid::METADATA_TOPIC,
            partitions: vec![partition],
            ..Default::default()
        };
        let replica_state = fetch_request::ReplicaState { replica_id: replica.id, ..Default::default() };
        let request = FetchRequest { replica_state, topics: vec![topic], max_bytes: 1, ..Default::default() };
        let (now, version) = (leader.now, ApiKey::Fetch.max_version());
        leader.node.fetch(now, version, &request.to_bytes(version).unwrap(), Box::new(|_| {})).unwrap();
    }

    #[test]
    fn a_quorum_stays_static_while_two_processes_fetch_as_one_voter() {
        let own = ReplicaKey { id: 2, directory_id: A };
        let mut leader = Observer::open_among(&SimFiles::new(), own, &[2]);
        leader.step();
        fetch(&mut leader, own);
        fetch(&mut leader, ReplicaKey { id: 7, directory_id: B });
        assert_eq!(leader.node.keeps_kraft_version(leader.now), None);
        fetch(&mut leader, ReplicaKey { id: 2, directory_id: B });
        let why = leader.node.keeps_kraft_version(leader.now).unwrap();
        assert!(why.contains(&A.to_string()) && why.contains(&B.to_string()) && why.contains("Controller 2"), "{why}");
        leader.now.monotonic_us += 4_000_001;
        assert_eq!(leader.node.keeps_kraft_version(leader.now), None, "the other one has stopped");
    }

    #[test]
    fn who_has_just_fetched_with_another_directory_is_known() {
        let fetchers = after(&[(A, 0), (B, 100)]);
        assert_eq!(fetchers.other_than(2, B, 200, WITHIN_US), Some(A));
        assert_eq!(fetchers.other_than(2, A, 200, WITHIN_US), Some(B));
        assert_eq!(fetchers.other_than(2, B, WITHIN_US + 1, WITHIN_US), None, "it is gone by now");
        assert_eq!(fetchers.other_than(3, A, 200, WITHIN_US), None);
    }
}
