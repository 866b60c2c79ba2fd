//! The machine, one rule at a time.

use super::*;
use crate::voters::Voter;
use base::Uuid;

fn at(ms: u64) -> Now {
    Now { monotonic_us: ms * 1000, wall_ms: 0 }
}

fn key(id: NodeId) -> ReplicaKey {
    ReplicaKey { id, directory_id: Uuid::from_u128(id as u128 + 100) }
}

fn cluster(n: NodeId) -> Vec<Raft> {
    let voters = VoterSet::new((1..=n).map(|id| Voter { key: key(id), endpoints: vec![] }));
    (1..=n).map(|id| restarted(id, &voters, QuorumState::EMPTY, 0, 0)).collect()
}

/// A replica at time 0, whose first deadline is then.
fn restarted(id: NodeId, voters: &VoterSet, state: QuorumState, end_offset: Offset, last_epoch: LeaderEpoch) -> Raft {
    let timing = Timing { election_ms: 1000, fetch_ms: 2000, backoff_max_ms: 1000, retry_ms: 20 };
    Raft::new(key(id), voters.clone(), state, end_offset, last_epoch, timing, id as u64, at(0))
}

fn heard(leader_id: NodeId, epoch: LeaderEpoch) -> Event {
    Event::LeaderKnown { leader_id, epoch, is_heard: true }
}

fn step(raft: &mut Raft, ms: u64, event: Event) -> Vec<Effect> {
    let mut effects = Vec::new();
    raft.step(at(ms), event, &mut effects);
    effects
}

/// Delivers the votes of `effects` among the nodes until nothing more is asked.
fn elect(nodes: &mut [Raft], from: usize, ms: u64, effects: Vec<Effect>) -> Vec<Effect> {
    let mut queue = effects;
    let mut rest = Vec::new();
    while !queue.is_empty() {
        let effect = queue.remove(0);
        let Effect::SendVote { to, request } = effect else {
            rest.push(effect);
            continue;
        };
        let mut ignored = Vec::new();
        let answer = nodes[to as usize - 1].vote(at(ms), request, &mut ignored);
        let event = Event::VoteAnswered { voter: to, epoch: request.epoch, pre_vote: request.pre_vote, answer };
        queue.extend(step(&mut nodes[from], ms, event));
    }
    rest
}

#[test]
fn a_single_voter_elects_itself_and_commits_what_it_has_flushed() {
    let mut raft = cluster(1).remove(0);
    let effects = step(&mut raft, 0, Event::Timer);
    let leads = QuorumState { leader_id: Some(1), leader_epoch: 1, voted: None };
    let led = Effect::BecameLeader { epoch: 1, epoch_start_offset: 0, granting: vec![1] };
    assert_eq!(effects, [Effect::Persist(leads), led], "nobody hears of its vote before it leads");
    assert_eq!(step(&mut raft, 0, Event::Appended { end_offset: 3, last_epoch: 1 }), []);
    assert_eq!(raft.high_watermark(), None, "appended is not committed");
    assert_eq!(step(&mut raft, 1, Event::Flushed { end_offset: 3 }), [Effect::HighWatermark(3)]);
}

#[test]
fn three_voters_elect_one_leader_and_commit_by_majority() {
    let mut nodes = cluster(3);
    let asked = step(&mut nodes[0], 2000, Event::Timer);
    let effects = elect(&mut nodes, 0, 2000, asked);
    assert!(nodes[0].is_leader());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::BeginEpoch { to: 3, epoch: 1 })));
    step(&mut nodes[0], 1, Event::Appended { end_offset: 5, last_epoch: 1 });
    assert_eq!(step(&mut nodes[0], 1, Event::Flushed { end_offset: 5 }), []);
    assert_eq!(step(&mut nodes[0], 2, Event::Fetched { replica: key(9), fetch_offset: 5 }), [], "an observer");
    assert_eq!(step(&mut nodes[0], 3, Event::Fetched { replica: key(2), fetch_offset: 4 }), [Effect::HighWatermark(4)]);
}

#[test]
fn a_voter_votes_once_an_epoch_and_only_for_a_log_as_long_as_its_own() {
    let mut nodes = cluster(3);
    step(&mut nodes[2], 0, Event::Appended { end_offset: 4, last_epoch: 1 });
    let mut effects = Vec::new();
    let ask =
        |id, last_offset| VoteRequest { candidate: key(id), epoch: 7, last_epoch: 1, last_offset, pre_vote: false };
    assert!(!nodes[2].vote(at(0), ask(1, 3), &mut effects).granted, "a shorter log");
    assert!(nodes[2].vote(at(0), ask(1, 4), &mut effects).granted);
    assert!(matches!(effects.last(), Some(Effect::Persist(state)) if state.voted == Some(key(1))));
    assert!(!nodes[2].vote(at(0), ask(2, 9), &mut effects).granted, "the vote of this epoch is given");
    assert!(nodes[2].vote(at(0), ask(1, 4), &mut effects).granted, "the same answer again");
}

#[test]
fn records_of_an_older_epoch_are_committed_only_through_one_of_the_leaders_own() {
    let voters = VoterSet::new([1, 2, 3].map(|id| Voter { key: key(id), endpoints: vec![] }));
    let state = QuorumState { leader_id: None, leader_epoch: 3, voted: None };
    let mut raft = restarted(1, &voters, state, 10, 3);
    raft.stand(at(0), &mut Vec::new());
    let answer = VoteAnswer { granted: true, epoch: 4, leader_id: None };
    step(&mut raft, 0, Event::VoteAnswered { voter: 2, epoch: 4, pre_vote: false, answer });
    assert!(raft.is_leader());
    assert_eq!(step(&mut raft, 1, Event::Fetched { replica: key(2), fetch_offset: 10 }), []);
    step(&mut raft, 1, Event::Appended { end_offset: 11, last_epoch: 4 });
    step(&mut raft, 1, Event::Flushed { end_offset: 11 });
    assert_eq!(step(&mut raft, 2, Event::Fetched { replica: key(2), fetch_offset: 11 }), [Effect::HighWatermark(11)]);
}

#[test]
fn a_leader_that_restarts_gives_its_epoch_to_nobody_else() {
    let voters = VoterSet::new([1, 2, 3].map(|id| Voter { key: key(id), endpoints: vec![] }));
    let state = QuorumState { leader_id: Some(1), leader_epoch: 4, voted: None };
    let mut raft = restarted(1, &voters, state, 5, 4);
    assert!(!raft.is_leader(), "it does not lead again in the epoch");
    let ask = |epoch| VoteRequest { candidate: key(2), epoch, last_epoch: 4, last_offset: 9, pre_vote: false };
    assert!(!raft.vote(at(0), ask(4), &mut Vec::new()).granted);
    assert!(raft.vote(at(0), ask(5), &mut Vec::new()).granted, "the next one is free");
}

#[test]
fn who_doubts_its_leader_keeps_the_epoch_and_the_vote_and_can_come_back() {
    let mut nodes = cluster(3);
    step(&mut nodes[1], 0, heard(1, 3));
    step(&mut nodes[1], 2000, Event::Timer);
    assert!(matches!(nodes[1].role(), Role::Prospective { .. }));
    assert_eq!(nodes[1].leader_id(), Some(1));
    let ask = VoteRequest { candidate: key(3), epoch: 3, last_epoch: 9, last_offset: 9, pre_vote: false };
    assert!(!nodes[1].vote(at(2000), ask, &mut Vec::new()).granted, "the epoch has a leader");
    assert_eq!(step(&mut nodes[1], 2001, heard(3, 3)), []);
    assert_eq!(nodes[1].leader_id(), Some(1), "a second leader of an epoch is not believed");
    assert_eq!(step(&mut nodes[1], 2001, heard(1, 3)), []);
    assert_eq!(nodes[1].role(), &Role::Follower { hears_leader: false });
    assert!(nodes[1].deadline_us() > Some(2_001_000));
}

#[test]
fn a_follower_that_voted_keeps_its_vote_in_the_file() {
    let mut nodes = cluster(3);
    let ask = VoteRequest { candidate: key(1), epoch: 1, last_epoch: 0, last_offset: 0, pre_vote: false };
    assert!(nodes[1].vote(at(0), ask, &mut Vec::new()).granted);
    let effects = step(&mut nodes[1], 1, heard(1, 1));
    let state = QuorumState { leader_id: Some(1), leader_epoch: 1, voted: Some(key(1)) };
    assert_eq!(effects, [Effect::Persist(state)]);
}

#[test]
fn a_log_that_was_cut_must_be_flushed_anew() {
    let mut nodes = cluster(3);
    let raft = &mut nodes[1];
    step(raft, 0, heard(1, 1));
    step(raft, 0, Event::Appended { end_offset: 9, last_epoch: 1 });
    step(raft, 0, Event::Flushed { end_offset: 9 });
    assert_eq!(step(raft, 1, Event::LeaderCommitted { high_watermark: 4 }), [Effect::HighWatermark(4)]);
    step(raft, 2, Event::Truncated { end_offset: 6, last_epoch: 1 });
    assert_eq!((raft.end_offset, raft.flushed_offset), (6, 6));
    assert_eq!(step(raft, 3, Event::LeaderCommitted { high_watermark: 8 }), [Effect::HighWatermark(6)]);
    assert_eq!(step(raft, 3, Event::LeaderCommitted { high_watermark: 5 }), [], "it never goes back");
}

#[test]
fn a_newer_leader_ends_the_older_leadership() {
    let mut nodes = cluster(3);
    let asked = step(&mut nodes[0], 2000, Event::Timer);
    elect(&mut nodes, 0, 2000, asked);
    let effects = step(&mut nodes[0], 5, heard(2, 2));
    assert_eq!(effects[0], Effect::LostLeadership { epoch: 1 });
    assert_eq!(nodes[0].leader_id(), Some(2));
}

#[test]
fn what_a_replica_fetched_without_a_vote_does_not_count_when_it_gets_one() {
    let mut nodes = cluster(2);
    let asked = step(&mut nodes[0], 2000, Event::Timer);
    elect(&mut nodes, 0, 2000, asked);
    let leader = &mut nodes[0];
    step(leader, 2001, Event::Appended { end_offset: 9, last_epoch: 1 });
    step(leader, 2001, Event::Flushed { end_offset: 9 });
    step(leader, 2002, Event::Fetched { replica: key(3), fetch_offset: 9 });
    let voters = leader.voters().with(crate::Voter { key: key(3), endpoints: Vec::new() });
    leader.set_voters(at(2003), voters);
    assert_eq!(step(leader, 2004, Event::Flushed { end_offset: 9 }), [], "it may not have that on its disk");
    assert_eq!(step(leader, 2005, Event::Fetched { replica: key(3), fetch_offset: 9 }), [Effect::HighWatermark(9)]);
}

#[test]
fn a_leader_that_removed_itself_and_lost_its_majority_follows_whoever_leads_next() {
    for (is_removed, role) in [(true, Role::Unattached), (false, Role::Resigned)] {
        let mut leader = led_cluster().remove(0);
        let voters = leader.voters().clone();
        leader.set_voters(at(3000), if is_removed { voters.without(1) } else { voters });
        step(&mut leader, 6000, Event::Timer);
        assert_eq!(leader.role(), &role);
        assert_eq!(leader.deadline_us().is_none(), is_removed, "no election is its own");
    }
}

/// Three replicas of which the first leads, and was heard at 100 ms.
fn led_cluster() -> Vec<Raft> {
    let mut nodes = cluster(3);
    let ask = step(&mut nodes[0], 3000, Event::Timer);
    let led = elect(&mut nodes, 0, 3000, ask);
    assert!(led.iter().any(|effect| matches!(effect, Effect::BecameLeader { epoch: 1, .. })));
    for node in &mut nodes[1..] {
        step(node, 3100, heard(1, 1));
        step(node, 3100, Event::FetchAnswered);
    }
    nodes
}

#[test]
fn the_next_one_leads_as_soon_as_a_majority_has_seen_that_the_leader_is_gone() {
    let mut nodes = led_cluster();
    let gone = Event::LeaderGone { leader_id: 1, epoch: 1 };
    // Only the second has seen it: the third hears the leader still, and is asked again soon.
    step(&mut nodes[1], 3200, gone.clone());
    let mut ms = 3200;
    for _ in 0..2 {
        ms = nodes[1].deadline_us().unwrap() / 1000 + 1;
        let ask = step(&mut nodes[1], ms, Event::Timer);
        let rest = elect(
            &mut nodes,
            1,
            ms,
            ask.into_iter().filter(|e| !matches!(e, Effect::SendVote { to: 1, .. })).collect(),
        );
        assert!(rest.is_empty() && nodes[1].epoch() == 1, "{rest:?}");
    }
    assert!(ms < 3700, "it asks again before a timeout is over: {ms}");
    assert!(step(&mut nodes[2], ms, gone).is_empty());
    ms = nodes[1].deadline_us().unwrap() / 1000 + 1;
    let ask = step(&mut nodes[1], ms, Event::Timer);
    let rest =
        elect(&mut nodes, 1, ms, ask.into_iter().filter(|e| !matches!(e, Effect::SendVote { to: 1, .. })).collect());
    assert!(ms < 4000 && nodes[1].is_leader(), "{ms} {rest:?}");
}

#[test]
fn of_those_that_see_it_at_once_one_asks_before_the_others() {
    let mut nodes = led_cluster();
    let gone = Event::LeaderGone { leader_id: 1, epoch: 1 };
    nodes[1..].iter_mut().for_each(|node| drop(step(node, 3200, gone.clone())));
    let [first, second] = [1, 2].map(|index: usize| nodes[index].deadline_us().unwrap());
    assert!(first < 3_210_000 && first + 10_000 < second && second < 3_300_000, "{first} {second}");
}

#[test]
fn a_leader_that_is_heard_after_all_is_followed_as_before() {
    let mut nodes = led_cluster();
    step(&mut nodes[1], 3200, Event::LeaderGone { leader_id: 1, epoch: 1 });
    step(&mut nodes[1], 3201, Event::FetchAnswered);
    assert_eq!(nodes[1].deadline_us(), Some(5_201_000));
    // Of another epoch, or of one that does not lead, nobody wants to know.
    step(&mut nodes[1], 3300, Event::LeaderGone { leader_id: 1, epoch: 0 });
    step(&mut nodes[1], 3300, Event::LeaderGone { leader_id: 3, epoch: 1 });
    assert!(nodes[1].is_led(at(3300)));
}

#[test]
fn a_leader_that_resigned_is_not_waited_for_whatever_was_on_its_way() {
    let mut nodes = led_cluster();
    let preferred = vec![key(2), key(3)];
    step(&mut nodes[1], 3200, Event::LeaderResigned { leader_id: 1, epoch: 1, preferred });
    let ask = step(&mut nodes[1], 3200, Event::Timer);
    // The others have not heard it yet, and refuse; then the last answer of the old leader comes.
    elect(&mut nodes, 1, 3200, ask);
    assert!(!nodes[1].is_leader());
    step(&mut nodes[1], 3201, Event::FetchAnswered);
    assert!(nodes[1].deadline_us().unwrap() < 3_500_000, "{:?}", nodes[1].deadline_us());
}
