//! Quorums of three and five voters under a seed: messages are lost, late and reordered, replicas crash and lose what they had
//! not made durable, deadlines pass. Logs are lists of epochs here, and fetches carry one record at a time or all.
//!
//! Always: one leader an epoch, one vote an epoch, a watermark that never goes back, and one history of what was committed.
//! In the end, when nothing goes wrong any more: a leader that commits.

use base::{LeaderEpoch, NodeId, Now, Random, SplitMix64, Uuid};
use raft::{Effect, Event, QuorumState, Raft, ReplicaKey, Role, Timing, VoteAnswer, VoteRequest, Voter, VoterSet};
use std::collections::BTreeMap;

const TIMING: Timing = Timing { election_ms: 100, fetch_ms: 200, backoff_max_ms: 100, retry_ms: 5 };

fn key(id: NodeId) -> ReplicaKey {
    ReplicaKey { id, directory_id: Uuid::from_u128(id as u128 + 100) }
}

/// What is on its way to a replica.
#[derive(Debug, Clone)]
enum Message {
    Vote(NodeId, VoteRequest),
    Voted(NodeId, VoteRequest, VoteAnswer),
    Begin(NodeId, LeaderEpoch),
    End(NodeId, LeaderEpoch, Vec<ReplicaKey>),
    Fetch(Fetch),
    /// Its records, and the watermark.
    Fetched(Fetch, Vec<LeaderEpoch>, i64),
    /// The logs agree up to here at most.
    Diverges(Fetch, usize),
}

/// Who asks for records, in which epoch, where its log ends and with which epoch. Only the answer to its last one counts.
#[derive(Debug, Clone, Copy)]
struct Fetch {
    from: NodeId,
    number: u64,
    epoch: LeaderEpoch,
    end: usize,
    last: LeaderEpoch,
}

struct Replica {
    raft: Raft,
    log: Vec<LeaderEpoch>,
    durable: Vec<LeaderEpoch>,
    state: QuorumState,
    watermark: i64,
    asked: Option<u64>,
}

struct World {
    random: SplitMix64,
    voters: VoterSet,
    replicas: BTreeMap<NodeId, Replica>,
    /// When each message arrives, where, and what it says.
    messages: Vec<(u64, NodeId, Message)>,
    now_ms: u64,
    /// The leader of each epoch, and whom each replica elected in it.
    leaders: BTreeMap<LeaderEpoch, NodeId>,
    votes: BTreeMap<(NodeId, LeaderEpoch), NodeId>,
    committed: Vec<LeaderEpoch>,
    is_calm: bool,
}

impl World {
    fn new(seed: u64, count: NodeId) -> World {
        let voters = VoterSet::new((1..=count).map(|id| Voter { key: key(id), endpoints: vec![] }));
        let mut world = World {
            random: SplitMix64(seed),
            voters,
            replicas: BTreeMap::new(),
            messages: Vec::new(),
            now_ms: 0,
            leaders: BTreeMap::new(),
            votes: BTreeMap::new(),
            committed: Vec::new(),
            is_calm: false,
        };
        (1..=count).for_each(|id| world.start(id, Vec::new(), QuorumState::EMPTY));
        world
    }

    fn now(&self) -> Now {
        Now { monotonic_us: self.now_ms * 1000, wall_ms: 0 }
    }

    fn start(&mut self, id: NodeId, durable: Vec<LeaderEpoch>, state: QuorumState) {
        let (end, last) = (durable.len() as i64, durable.last().copied().unwrap_or(0));
        let seed = self.random.next_u64();
        let raft = Raft::new(key(id), self.voters.clone(), state.clone(), end, last, TIMING, seed, self.now());
        self.replicas.insert(id, Replica { raft, log: durable.clone(), durable, state, watermark: -1, asked: None });
    }

    /// Loses what was not durable.
    fn crash(&mut self, id: NodeId) {
        let replica = self.replicas.remove(&id).unwrap();
        self.start(id, replica.durable, replica.state);
    }

    fn send(&mut self, to: NodeId, message: Message) {
        let copies = match self.random.below(20) {
            0..=2 if !self.is_calm => 0,
            3 if !self.is_calm => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let slow = if !self.is_calm && self.random.below(10) == 0 { 300 } else { 10 };
            let at_ms = self.now_ms + 1 + self.random.below(slow);
            self.messages.push((at_ms, to, message.clone()));
        }
    }

    fn step(&mut self, id: NodeId, event: Event) {
        let (now, mut effects) = (self.now(), Vec::new());
        self.replicas.get_mut(&id).unwrap().raft.step(now, event, &mut effects);
        self.carry_out(id, effects);
    }

    fn carry_out(&mut self, id: NodeId, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Persist(state) => {
                    let epoch = state.leader_epoch;
                    let voted = state.voted.map(|key| key.id).or(state.leader_id.filter(|leader| *leader == id));
                    if let Some(voted) = voted {
                        let before = *self.votes.entry((id, epoch)).or_insert(voted);
                        assert_eq!(before, voted, "{id} votes twice in epoch {epoch}");
                    }
                    let replica = self.replicas.get_mut(&id).unwrap();
                    assert!(epoch >= replica.state.leader_epoch, "the epoch of {id} falls");
                    replica.state = state;
                }
                Effect::SendVote { to, request } => self.send(to, Message::Vote(id, request)),
                Effect::BeginEpoch { to, epoch } => self.send(to, Message::Begin(id, epoch)),
                Effect::EndEpoch { to, epoch, preferred } => self.send(to, Message::End(id, epoch, preferred)),
                Effect::BecameLeader { epoch, .. } => {
                    let first = self.leaders.insert(epoch, id);
                    assert_eq!(first, None, "{id} leads epoch {epoch}");
                    self.append(id, 1);
                }
                Effect::LostLeadership { .. } => {}
                Effect::HighWatermark(offset) => self.commit(id, offset),
            }
        }
    }

    fn commit(&mut self, id: NodeId, offset: i64) {
        let replica = self.replicas.get_mut(&id).unwrap();
        assert!(offset > replica.watermark, "the watermark of {id} goes back");
        replica.watermark = offset;
        let known = replica.log[..offset as usize].to_vec();
        let common = known.len().min(self.committed.len());
        assert_eq!(known[..common], self.committed[..common], "{id} has another history");
        if known.len() > common {
            self.committed = known;
        }
    }

    fn append(&mut self, id: NodeId, count: usize) {
        let replica = self.replicas.get_mut(&id).unwrap();
        let epoch = replica.raft.epoch();
        replica.log.extend(std::iter::repeat_n(epoch, count));
        let end_offset = replica.log.len() as i64;
        self.step(id, Event::Appended { end_offset, last_epoch: epoch });
    }

    fn flush(&mut self, id: NodeId) {
        let replica = self.replicas.get_mut(&id).unwrap();
        replica.durable = replica.log.clone();
        let end_offset = replica.log.len() as i64;
        self.step(id, Event::Flushed { end_offset });
    }

    /// A follower fetches what it lacks, once what it has is durable.
    fn fetch(&mut self, id: NodeId) {
        let replica = &self.replicas[&id];
        let Some(leader) = replica.raft.leader_id().filter(|leader| *leader != id) else { return };
        if !matches!(replica.raft.role(), Role::Follower { .. }) || replica.log != replica.durable {
            return;
        }
        let (epoch, end) = (replica.raft.epoch(), replica.log.len());
        let last = replica.log.last().copied().unwrap_or(0);
        let number = self.random.next_u64();
        self.replicas.get_mut(&id).unwrap().asked = Some(number);
        self.send(leader, Message::Fetch(Fetch { from: id, number, epoch, end, last }));
    }

    fn deliver(&mut self, to: NodeId, message: Message) {
        let now = self.now();
        match message {
            Message::Vote(from, request) => {
                let mut effects = Vec::new();
                let answer = self.replicas.get_mut(&to).unwrap().raft.vote(now, request, &mut effects);
                self.carry_out(to, effects);
                self.send(from, Message::Voted(to, request, answer));
            }
            Message::Voted(voter, VoteRequest { epoch, pre_vote, .. }, answer) => {
                self.step(to, Event::VoteAnswered { voter, epoch, pre_vote, answer });
            }
            Message::Begin(leader_id, epoch) => {
                self.step(to, Event::LeaderKnown { leader_id, epoch, is_heard: true });
            }
            Message::End(leader_id, epoch, preferred) => {
                self.step(to, Event::LeaderResigned { leader_id, epoch, preferred });
            }
            Message::Fetch(fetch) => self.answer_fetch(to, fetch),
            Message::Fetched(fetch, records, watermark) => {
                if !self.is_awaited(fetch) {
                    return;
                }
                self.step(to, Event::FetchAnswered);
                if let Some(last_epoch) = records.last().copied() {
                    let replica = self.replicas.get_mut(&to).unwrap();
                    replica.log.extend(records);
                    let end_offset = replica.log.len() as i64;
                    self.step(to, Event::Appended { end_offset, last_epoch });
                }
                if watermark >= 0 {
                    self.step(to, Event::LeaderCommitted { high_watermark: watermark });
                }
            }
            Message::Diverges(fetch, agreed) => {
                if !self.is_awaited(fetch) {
                    return;
                }
                self.step(to, Event::FetchAnswered);
                let replica = self.replicas.get_mut(&to).unwrap();
                replica.log.truncate(agreed);
                replica.durable.truncate(agreed);
                let (end_offset, last_epoch) = (agreed as i64, replica.log.last().copied().unwrap_or(0));
                self.step(to, Event::Truncated { end_offset, last_epoch });
            }
        }
    }

    /// Whether an answer is the one that its replica waits for, in the epoch in which it asked.
    fn is_awaited(&mut self, fetch: Fetch) -> bool {
        let replica = self.replicas.get_mut(&fetch.from).unwrap();
        let is_last = replica.asked.take_if(|number| *number == fetch.number).is_some();
        is_last && replica.raft.epoch() == fetch.epoch && !replica.raft.is_leader()
    }

    fn answer_fetch(&mut self, id: NodeId, fetch: Fetch) {
        let Fetch { from, epoch, end, last, .. } = fetch;
        let replica = &self.replicas[&id];
        if !replica.raft.is_leader() || replica.raft.epoch() != epoch {
            return;
        }
        // What the leader has up to the end of the fetcher's last epoch, or of the one before that it knows.
        let agreed = replica.log.iter().take_while(|own| **own <= last).count();
        let known = agreed.checked_sub(1).map_or(0, |at| replica.log[at]);
        if end > agreed || end > 0 && known != last {
            let agreed = agreed.min(end.saturating_sub(usize::from(known != last)));
            return self.send(from, Message::Diverges(fetch, agreed));
        }
        let fetch_offset = end as i64;
        self.step(id, Event::Fetched { replica: key(from), fetch_offset });
        let replica = &self.replicas[&id];
        let take = if self.random.below(2) == 0 { 1 } else { usize::MAX };
        let records = replica.log[end..].iter().copied().take(take).collect();
        let watermark = replica.raft.high_watermark().unwrap_or(-1);
        self.send(from, Message::Fetched(fetch, records, watermark));
    }

    /// One millisecond.
    fn pass(&mut self) {
        self.now_ms += 1;
        let due: Vec<(u64, NodeId, Message)> = {
            let (due, later) = std::mem::take(&mut self.messages).into_iter().partition(|(at, ..)| *at <= self.now_ms);
            self.messages = later;
            due
        };
        due.into_iter().for_each(|(_, to, message)| self.deliver(to, message));
        for id in 1..=self.replicas.len() as NodeId {
            if self.replicas[&id].raft.deadline_us().is_some_and(|at| at <= self.now_ms * 1000) {
                self.step(id, Event::Timer);
            }
            match self.random.below(if self.is_calm { 100 } else { 400 }) {
                0..=20 => self.flush(id),
                21..=40 => self.fetch(id),
                41..=44 if self.replicas[&id].raft.is_leader() => self.append(id, 2),
                45 if !self.is_calm => self.crash(id),
                // True or not: a hint may make elections, and nothing else.
                47 | 48 if !self.is_calm => {
                    let raft = &self.replicas[&id].raft;
                    let gone = raft.leader_id().map(|leader_id| Event::LeaderGone { leader_id, epoch: raft.epoch() });
                    gone.into_iter().for_each(|gone| self.step(id, gone));
                }
                46 if !self.is_calm && self.replicas[&id].raft.is_leader() => self.step(id, Event::Leave),
                _ => {}
            }
        }
    }
}

fn run(seed: u64, count: NodeId) -> (usize, usize) {
    let mut world = World::new(seed, count);
    (0..3_000).for_each(|_| world.pass());
    // Who was asked to stop has stopped, and comes back.
    (1..=count).for_each(|id| world.crash(id));
    world.is_calm = true;
    let before = world.committed.len();
    (0..3_000).for_each(|_| world.pass());
    assert!(world.committed.len() > before, "seed {seed}: nothing is committed although nothing is wrong");
    (world.leaders.len(), before)
}

#[test]
fn quorums_keep_one_history_whatever_is_lost() {
    let (mut leaders, mut committed) = (0, 0);
    for seed in 1..=60 {
        for count in [3, 5] {
            let (led, kept) = run(seed, count);
            leaders += led;
            committed += kept;
        }
    }
    assert!(leaders > 300, "hardly any elections: {leaders}");
    assert!(committed > 1_000, "hardly anything was committed meanwhile: {committed}");
}
