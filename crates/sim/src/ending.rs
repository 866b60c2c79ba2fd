//! The end of a schedule: nothing goes wrong any more, so everything must get done and be there.

use crate::checks::{Knowledge, Partition};
use crate::node::Inbox;
use crate::workload::{
    Clients, EARLIEST, KEPT, PARTITIONS, Peer, described, list_offsets, listed, records_of, send_fetch,
};
use base::{Offset, SplitMix64};
use std::collections::BTreeMap;

/// Simulated time in which a node must serve, and then everything must have been done, once nothing goes wrong any more.
pub const PATIENCE_US: u64 = 120_000_000;

/// After which time a client sends something again.
const PAUSE_US: u64 = 5_000;

/// Something that runs in simulated time.
pub trait Running: Peer {
    /// Does one piece of work, or lets time pass until there is one; false if there will never be one.
    fn go_on(&mut self, random: &mut SplitMix64) -> bool;
    fn inbox(&self) -> &Inbox;
}

/// Runs until something is so; false if it never is.
pub fn run_until<P: Running>(peer: &mut P, random: &mut SplitMix64, mut done: impl FnMut(&mut P) -> bool) -> bool {
    let end_us = peer.now().monotonic_us + PATIENCE_US;
    while peer.now().monotonic_us < end_us {
        if done(peer) {
            return true;
        }
        if !peer.go_on(random) {
            return false;
        }
    }
    false
}

/// Everything that was begun gets done, and what was acknowledged is there.
pub fn settle<P: Running>(peer: &mut P, random: &mut SplitMix64, clients: &mut Clients, knowledge: &mut Knowledge) {
    describe_group(peer, random, clients, knowledge);
    if !progress(peer, random, clients, knowledge) {
        let text = format!("not everything gets done although nothing is wrong: {}", clients.unsettled());
        knowledge.say(text);
    }
    for partition in PARTITIONS {
        if let Some((start, log)) = read_all(peer, random, knowledge, partition) {
            knowledge.check_final(partition, start, &log);
        }
    }
}

/// Whether everything that was begun gets done.
pub fn progress<P: Running>(
    peer: &mut P,
    random: &mut SplitMix64,
    clients: &mut Clients,
    knowledge: &mut Knowledge,
) -> bool {
    let mut again_us = 0;
    run_until(peer, random, |peer| {
        loop {
            let answer = peer.inbox().lock().pop_front();
            let Some((tag, frame)) = answer else { break };
            clients.answered(tag, frame, knowledge);
        }
        // Who was refused at once does not ask again at once.
        let now_us = peer.now().monotonic_us;
        if now_us < again_us {
            return false;
        }
        again_us = now_us + PAUSE_US;
        clients.settle(peer, knowledge)
    })
}

/// Nobody is left of the group with members, and its sessions end.
fn describe_group<P: Running>(peer: &mut P, random: &mut SplitMix64, clients: &mut Clients, knowledge: &mut Knowledge) {
    let rested_us = peer.now().monotonic_us + 20_000_000;
    run_until(peer, random, |peer| peer.now().monotonic_us > rested_us);
    // Where nobody was able to ask for its coordinator so far, the group's topic is still to be made.
    let passes = |frame: &[u8]| described(frame).is_none();
    match answer(peer, random, |peer| clients.describe_group(peer), passes).and_then(|frame| described(&frame)) {
        Some((state, members)) => knowledge.group_described(&state, members),
        None => knowledge.say("the group is not described".into()),
    }
}

/// The answer to a request. Where a connection is closed instead, or the answer says that it `passes`, it is sent again: who
/// answers may still have to learn that it is his to do.
fn answer<P: Running>(
    peer: &mut P,
    random: &mut SplitMix64,
    mut send: impl FnMut(&mut P) -> u64,
    passes: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let mut tag = send(peer);
    let mut again_us = None;
    let mut answered = None;
    run_until(peer, random, |peer| {
        let now_us = peer.now().monotonic_us;
        if again_us.is_some_and(|at_us| at_us <= now_us) {
            (again_us, tag) = (None, send(peer));
        }
        let found = {
            let mut inbox = peer.inbox().lock();
            inbox.iter().position(|(other, _)| *other == tag).and_then(|at| inbox.remove(at))
        };
        match found {
            Some((_, Some(frame))) if !passes(&frame) => answered = Some(frame),
            Some(_) => again_us = Some(now_us + 100_000),
            None => {}
        }
        answered.is_some()
    });
    answered
}

/// The log start of a partition, and everything in it.
fn read_all<P: Running>(
    peer: &mut P,
    random: &mut SplitMix64,
    knowledge: &mut Knowledge,
    partition: Partition,
) -> Option<(Offset, BTreeMap<Offset, u64>)> {
    let start = answer(
        peer,
        random,
        |peer| list_offsets(peer, partition, EARLIEST),
        |frame| listed(frame).is_some_and(|(error, _)| error == base::ErrorCode::NotLeaderOrFollower),
    )
    .and_then(|frame| listed(&frame));
    let Some((base::ErrorCode::None, start)) = start else {
        knowledge.say(format!("{partition:?}: the log start is not told: {start:?}"));
        return None;
    };
    if start != 0 && partition.0 != KEPT {
        knowledge.say(format!("{partition:?}: the log starts at {start}, and nobody deleted anything"));
    }
    let (mut log, mut next) = (BTreeMap::new(), start);
    loop {
        let fetched = answer(peer, random, |peer| send_fetch(peer, partition, next, 0), |_| false)
            .map(|frame| records_of(&frame));
        let fetched = match fetched {
            Some(Ok(fetched)) if fetched.error.is_ok() => fetched,
            Some(Ok(fetched)) => {
                knowledge.say(format!("{partition:?}: a fetch at {next} is told {}", fetched.error));
                return None;
            }
            Some(Err(reason)) => {
                knowledge.say(format!("{partition:?}: what was read at {next} is damaged: {reason}"));
                return None;
            }
            None => {
                knowledge.say(format!("{partition:?}: no answer to a fetch at {next}"));
                return None;
            }
        };
        let before = next;
        for (offset, value) in fetched.values.into_iter().filter(|(offset, _)| *offset >= before) {
            log.insert(offset, value);
            next = offset + 1;
        }
        if next == before {
            return Some((start, log));
        }
    }
}
