//! Conversations of quorums as text: commands, and everything that they lead to. `REWRITE=1 cargo test -p raft` writes what
//! is said now into the files, to be read as a diff.
//!
//! ```text
//! quorum N              N voters with empty logs, ids 1 to N, that started two seconds before time 0
//! MS timer ID           the deadline of a replica is looked at, at this time
//! MS slow ID N          from now on it takes N milliseconds until what a replica writes is on its disk
//! MS append ID N        its log grows by N records of its epoch; they are not durable yet
//! MS flush ID           they are
//! MS fetch ID from TO   a replica tells a leader how far its log is, and follows what it answers
//! MS carry [N]          votes that were asked for are answered, until nobody asks any more or N were
//! MS lose               they are lost instead, and those who asked learn it
//! MS leave ID           a replica is about to stop
//! MS hand               resigned leaders tell the others whom they prefer
//! MS announce           leaders tell the others that they lead
//! MS restart ID         a replica comes back with what its disk holds
//! MS committed ID N     its leader says that everything below N is committed
//! ```

use base::{NodeId, Now, Uuid};
use raft::{Effect, Event, QuorumState, Raft, ReplicaKey, Timing, Voter, VoterSet};
use std::collections::BTreeMap;
use std::fmt::Write;

const TIMING: Timing = Timing { election_ms: 1000, fetch_ms: 2000, backoff_max_ms: 1000, retry_ms: 20 };

fn at(ms: u64) -> Now {
    Now { monotonic_us: (2000 + ms) * 1000, wall_ms: 0 }
}

fn key(id: NodeId) -> ReplicaKey {
    ReplicaKey { id, directory_id: Uuid::from_u128(id as u128 + 100) }
}

/// What a replica has on its disk.
#[derive(Clone)]
struct Disk {
    state: QuorumState,
    end: i64,
    last_epoch: i32,
}

struct Quorum {
    voters: VoterSet,
    replicas: BTreeMap<NodeId, Raft>,
    disks: BTreeMap<NodeId, Disk>,
    /// Ends of the logs, durable or not, and their last epochs.
    logs: BTreeMap<NodeId, (i64, i32)>,
    /// Milliseconds that a write takes, where that is any time.
    slow: BTreeMap<NodeId, u64>,
    asked: Vec<(NodeId, NodeId, raft::VoteRequest)>,
    announced: Vec<(NodeId, NodeId, i32)>,
    handed: Vec<(NodeId, NodeId, i32, Vec<ReplicaKey>)>,
    said: String,
}

impl Quorum {
    fn new(count: NodeId) -> Quorum {
        let voters = VoterSet::new((1..=count).map(|id| Voter { key: key(id), endpoints: vec![] }));
        let disk = Disk { state: QuorumState::EMPTY, end: 0, last_epoch: 0 };
        let mut quorum = Quorum {
            voters,
            replicas: BTreeMap::new(),
            disks: (1..=count).map(|id| (id, disk.clone())).collect(),
            logs: BTreeMap::new(),
            slow: BTreeMap::new(),
            asked: Vec::new(),
            announced: Vec::new(),
            handed: Vec::new(),
            said: String::new(),
        };
        (1..=count).for_each(|id| quorum.start_at(id, Now { monotonic_us: 0, wall_ms: 0 }));
        quorum
    }

    fn start_at(&mut self, id: NodeId, now: Now) {
        let Disk { state, end, last_epoch } = self.disks[&id].clone();
        let raft = Raft::new(key(id), self.voters.clone(), state, end, last_epoch, TIMING, id as u64, now);
        self.replicas.insert(id, raft);
        self.logs.insert(id, (end, last_epoch));
    }

    fn step(&mut self, id: NodeId, ms: u64, event: Event) {
        let mut effects = Vec::new();
        let now = at(ms);
        self.replicas.get_mut(&id).unwrap().step(now, event, &mut effects);
        self.carry_out(id, ms, effects);
    }

    fn carry_out(&mut self, id: NodeId, ms: u64, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Persist(state) => {
                    let voted = state.voted.map_or("nobody".to_owned(), |key| key.id.to_string());
                    let leader = state.leader_id.map_or("nobody".to_owned(), |id| id.to_string());
                    writeln!(self.said, "  {id} writes epoch {} led by {leader}, voted {voted}", state.leader_epoch)
                        .unwrap();
                    self.disks.get_mut(&id).unwrap().state = state;
                    let took_ms = self.slow.get(&id).copied().unwrap_or(0);
                    self.replicas.get_mut(&id).unwrap().persisted(at(ms), at(ms + took_ms));
                }
                Effect::SendVote { to, request } => {
                    let kind = if request.pre_vote { "would" } else { "does" };
                    writeln!(self.said, "  {id} asks {to} whether it {kind} vote in epoch {}", request.epoch).unwrap();
                    self.asked.push((id, to, request));
                }
                Effect::BeginEpoch { to, epoch } => {
                    writeln!(self.said, "  {id} tells {to} that it leads epoch {epoch}").unwrap();
                    self.announced.push((id, to, epoch));
                }
                Effect::EndEpoch { to, epoch, preferred } => {
                    let ids: Vec<NodeId> = preferred.iter().map(|key| key.id).collect();
                    writeln!(self.said, "  {id} tells {to} that epoch {epoch} is over, and prefers {ids:?}").unwrap();
                    self.handed.push((id, to, epoch, preferred));
                }
                Effect::BecameLeader { epoch, epoch_start_offset, granting } => {
                    writeln!(
                        self.said,
                        "  {id} leads epoch {epoch} from {epoch_start_offset} on, elected by {granting:?}"
                    )
                    .unwrap();
                    self.append(id, ms, 1);
                }
                Effect::LostLeadership { epoch } => {
                    writeln!(self.said, "  {id} no longer leads epoch {epoch}").unwrap()
                }
                Effect::HighWatermark(offset) => {
                    writeln!(self.said, "  {id} knows all below {offset} committed").unwrap()
                }
            }
        }
    }

    fn append(&mut self, id: NodeId, ms: u64, count: i64) {
        let epoch = self.replicas[&id].epoch();
        let log = self.logs.get_mut(&id).unwrap();
        *log = (log.0 + count, epoch);
        let (end_offset, last_epoch) = *log;
        self.step(id, ms, Event::Appended { end_offset, last_epoch });
    }

    fn carry(&mut self, ms: u64, count_max: usize) {
        for _ in 0..count_max {
            if self.asked.is_empty() {
                break;
            }
            let (from, to, request) = self.asked.remove(0);
            let mut effects = Vec::new();
            let now = at(ms);
            let answer = self.replicas.get_mut(&to).unwrap().vote(now, request, &mut effects);
            self.carry_out(to, ms, effects);
            let says = if answer.granted { "yes" } else { "no" };
            writeln!(self.said, "  {to} says {says} to {from}").unwrap();
            let event = Event::VoteAnswered { voter: to, epoch: request.epoch, pre_vote: request.pre_vote, answer };
            self.step(from, ms, event);
        }
    }

    fn announce(&mut self, ms: u64) {
        for (leader_id, to, epoch) in std::mem::take(&mut self.announced) {
            self.step(to, ms, Event::LeaderKnown { leader_id, epoch, is_heard: true });
        }
    }

    fn hand(&mut self, ms: u64) {
        for (leader_id, to, epoch, preferred) in std::mem::take(&mut self.handed) {
            self.step(to, ms, Event::LeaderResigned { leader_id, epoch, preferred });
        }
    }

    fn lose(&mut self, ms: u64) {
        for (from, voter, request) in std::mem::take(&mut self.asked) {
            let (epoch, pre_vote) = (request.epoch, request.pre_vote);
            self.step(from, ms, Event::VoteFailed { voter, epoch, pre_vote });
        }
    }

    /// The fetch of a replica, as far as the machines are concerned: the leader learns its end, and it gets what it lacks.
    fn fetch(&mut self, id: NodeId, leader: NodeId, ms: u64) {
        let (end, _) = self.logs[&id];
        let (leader_end, leader_epoch) = self.logs[&leader];
        if end > leader_end {
            self.logs.insert(id, (leader_end, leader_epoch));
            writeln!(self.said, "  {id} cuts its log to {leader_end}").unwrap();
            self.step(id, ms, Event::Truncated { end_offset: leader_end, last_epoch: leader_epoch });
            let disk = self.disks.get_mut(&id).unwrap();
            disk.end = disk.end.min(leader_end);
            return;
        }
        self.step(leader, ms, Event::Fetched { replica: key(id), fetch_offset: end });
        self.step(id, ms, Event::FetchAnswered);
        if leader_end > end {
            self.logs.insert(id, (leader_end, leader_epoch));
            self.step(id, ms, Event::Appended { end_offset: leader_end, last_epoch: leader_epoch });
        }
    }

    fn flush(&mut self, id: NodeId, ms: u64) {
        let (end_offset, last_epoch) = self.logs[&id];
        let disk = self.disks.get_mut(&id).unwrap();
        (disk.end, disk.last_epoch) = (end_offset, last_epoch);
        self.step(id, ms, Event::Flushed { end_offset });
    }

    fn command(&mut self, ms: u64, words: &[&str]) {
        let id = |at: usize| words[at].parse::<NodeId>().unwrap();
        match words[0] {
            "timer" => self.step(id(1), ms, Event::Timer),
            "slow" => drop(self.slow.insert(id(1), words[2].parse().unwrap())),
            "append" => self.append(id(1), ms, words[2].parse().unwrap()),
            "flush" => self.flush(id(1), ms),
            "fetch" => self.fetch(id(1), id(3), ms),
            "carry" => self.carry(ms, words.get(1).map_or(usize::MAX, |count| count.parse().unwrap())),
            "lose" => self.lose(ms),
            "leave" => self.step(id(1), ms, Event::Leave),
            "hand" => self.hand(ms),
            "announce" => self.announce(ms),
            "restart" => self.start_at(id(1), at(ms)),
            "committed" => self.step(id(1), ms, Event::LeaderCommitted { high_watermark: words[2].parse().unwrap() }),
            other => panic!("a command: {other}"),
        }
    }
}

/// The text with everything that its commands lead to now.
fn played(text: &str) -> String {
    let mut quorum = Quorum::new(1);
    let mut out = String::new();
    for line in text.lines().filter(|line| !line.starts_with("  ")) {
        writeln!(out, "{line}").unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] | ["#", ..] => continue,
            ["quorum", count] => quorum = Quorum::new(count.parse().unwrap()),
            [ms, rest @ ..] => quorum.command(ms.parse().unwrap(), rest),
        }
        out.push_str(&std::mem::take(&mut quorum.said));
    }
    out
}

#[test]
fn quorums_say_what_is_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let expected = std::fs::read_to_string(&path).unwrap();
        let said = played(&expected);
        if std::env::var_os("REWRITE").is_some() {
            std::fs::write(&path, &said).unwrap();
        } else {
            assert_eq!(said, expected, "{}", path.display());
        }
        count += 1;
    }
    assert!(count >= 5, "{count} conversations");
}
