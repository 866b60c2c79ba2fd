use super::*;
use base::BrokerEpoch;

const REFUSED: IsrAnswer = IsrAnswer::Refused { ends_earlier: false };

const LAG_US: u64 = 30_000_000;

fn rules(min_insync_replicas: usize) -> Rules {
    Rules { min_insync_replicas, lag_time_max_us: LAG_US, acknowledges_on_disk: false }
}

/// Node 1 leads in epoch 2, partition epoch 0, with a log that ends at `end`.
fn leading(isr: &[NodeId], replicas: &[NodeId], min: usize, (end, high_watermark): (Offset, Offset)) -> Leader {
    Leader::new(Leadership {
        local: 1,
        epoch: 2,
        partition_epoch: 0,
        isr: isr.to_vec(),
        replicas,
        rules: rules(min),
        log_end_offset: end,
        flushed_offset: end,
        high_watermark,
        now_us: 0,
    })
}

fn on_disk(end: Offset, flushed_offset: Offset, high_watermark: Offset) -> Leader {
    Leader::new(Leadership {
        local: 1,
        epoch: 3,
        partition_epoch: 0,
        isr: vec![1],
        replicas: &[1],
        rules: Rules { acknowledges_on_disk: true, ..rules(1) },
        log_end_offset: end,
        flushed_offset,
        high_watermark,
        now_us: 0,
    })
}

fn by(id: NodeId) -> FetchingReplica {
    FetchingReplica { id, broker_epoch: 10 + BrokerEpoch::from(id), is_eligible: true }
}

fn is(partition_epoch: PartitionEpoch, isr: &[NodeId]) -> IsrAnswer {
    IsrAnswer::Is { leader_epoch: 2, partition_epoch, isr: isr.to_vec() }
}

#[test]
fn alone_it_commits_what_it_appends() {
    let mut leader = leading(&[1], &[1], 1, (5, 3));
    assert_eq!(leader.high_watermark(), 5);
    assert!(leader.appended(8, 0));
    assert_eq!(leader.high_watermark(), 8);
}

#[test]
fn what_a_recovery_found_is_not_on_disk_before_it_is_flushed() {
    let mut leader = on_disk(9, 6, 0);
    assert_eq!(leader.high_watermark(), 6);
    assert!(!leader.appended(12, 0));
    assert!(leader.flushed(12));
    assert_eq!(leader.high_watermark(), 12);
}

#[test]
fn what_was_committed_before_stays_so_although_it_is_not_on_disk_yet() {
    let mut leader = on_disk(9, 2, 7);
    assert_eq!((leader.high_watermark(), leader.local_position()), (7, 2));
    assert!(!leader.flushed(5));
    assert!(leader.flushed(8));
    assert_eq!(leader.high_watermark(), 8);
    assert_eq!(on_disk(9, 2, 20).high_watermark(), 9);
}

#[test]
fn on_disk_means_flushed() {
    let mut leader = on_disk(0, 0, 0);
    assert!(!leader.appended(4, 0));
    assert!(leader.flushed(3));
    assert_eq!(leader.high_watermark(), 3);
    assert!(leader.set_rules(rules(1)));
    assert_eq!(leader.high_watermark(), 4);
}

#[test]
fn the_slowest_in_sync_replica_decides() {
    let mut leader = leading(&[1, 2], &[1, 2, 3], 1, (0, 0));
    assert!(!leader.appended(10, 0));
    assert!(leader.fetched(&by(2), 7, 0).high_watermark);
    assert_eq!(leader.high_watermark(), 7);
    assert!(!leader.fetched(&by(3), 2, 0).high_watermark, "not in the ISR");
    assert!(leader.set_registration(1, vec![1], &[1, 2, 3]).high_watermark, "the controller has put it out");
    assert_eq!(leader.high_watermark(), 10);
}

#[test]
fn while_too_few_are_in_sync_nothing_is_committed() {
    let mut leader = leading(&[1], &[1, 2, 3], 2, (10, 4));
    assert_eq!((leader.admit(), leader.high_watermark()), (Admission::NotEnoughReplicas, 4));
    assert!(!leader.appended(12, 0));
    let moved = leader.fetched(&by(2), 12, 0);
    assert_eq!(moved, Moved { high_watermark: false, proposes: true });
    assert!(leader.keeps_promise(), "as far as it can be told");
    let number = leader.proposal().unwrap().number;
    assert!(leader.answered(number, is(1, &[1, 2])).high_watermark);
    assert_eq!((leader.admit(), leader.high_watermark()), (Admission::Accepted, 12));
}

#[test]
fn who_has_what_is_committed_and_what_was_there_at_the_start_is_asked_in() {
    let mut leader = leading(&[1], &[1, 2, 3], 1, (10, 4));
    assert_eq!(leader.epoch_start_offset(), 10);
    assert!(!leader.fetched(&by(2), 9, 0).proposes);
    assert!(
        !leader.fetched(&FetchingReplica { is_eligible: false, ..by(3) }, 10, 0).proposes,
        "fenced, or shutting down"
    );
    assert!(leader.fetched(&by(2), 10, 0).proposes);
    let proposal = leader.proposal().unwrap();
    assert_eq!(proposal.isr, [(1, -1), (2, 12)]);
    assert_eq!((proposal.leader_epoch, proposal.partition_epoch), (2, 0));
    // It counts from the moment when it is asked in (the maximal ISR).
    assert!(!leader.appended(20, 0));
    assert_eq!(leader.high_watermark(), 10);
    assert!(!leader.answered(proposal.number, is(1, &[1, 2])).high_watermark);
    assert_eq!(leader.isr(), [1, 2]);
}

#[test]
fn who_comes_back_without_its_log_is_not_asked_in_for_what_it_was() {
    let again =
        |end: Offset, leader: &mut Leader| leader.fetched(&FetchingReplica { broker_epoch: 20, ..by(2) }, end, 5);
    // Nobody has seen the question: there is none any more.
    let mut leader = leading(&[1, 3], &[1, 2, 3], 1, (10, 4));
    assert!(leader.fetched(&by(2), 10, 0).proposes);
    assert!(!again(0, &mut leader).proposes);
    assert_eq!(leader.proposal(), None);
    // A copy is under way: it is sent again as it was, and the controller refuses the epoch.
    let mut leader = leading(&[1, 3], &[1, 2, 3], 1, (10, 4));
    assert!(leader.fetched(&by(2), 10, 0).proposes);
    let first = leader.proposal().unwrap();
    let _nothing_new = again(0, &mut leader);
    assert_eq!(leader.proposal().unwrap().isr, first.isr);
    assert_eq!(first.isr[2], (2, 12));
}

#[test]
fn only_who_fetches_is_asked_in() {
    let mut leader = leading(&[1], &[1, 2, 3], 1, (10, 4));
    assert!(leader.fetched(&by(2), 10, 0).proposes);
    let number = leader.proposal().unwrap().number;
    let _waits = leader.fetched(&by(3), 10, 0);
    let _joined = leader.answered(number, is(1, &[1, 2]));
    assert_eq!(leader.proposal(), None);
    assert!(leader.fetched(&by(3), 10, 1).proposes);
    let ids: Vec<NodeId> = leader.proposal().unwrap().isr.iter().map(|member| member.0).collect();
    assert_eq!(ids, [1, 2, 3]);
}

#[test]
fn who_keeps_up_is_waited_for_before_it_is_asked_in() {
    let mut leader = leading(&[1], &[1, 2, 3], 1, (0, 0));
    let _joins = leader.fetched(&by(2), 0, 0);
    let number = leader.proposal().unwrap().number;
    let _waits_for_the_answer = leader.fetched(&by(3), 0, 0);
    let _joined = leader.answered(number, is(1, &[1, 2]));
    assert!(!leader.appended(5, 1));
    assert!(!leader.fetched(&by(2), 5, 1).high_watermark, "the other one was caught up a moment ago");
    assert!(leader.tick(LAG_US + 2).high_watermark);
    assert_eq!(leader.high_watermark(), 5);
}

/// A follower without room stays where it was when its disk became full, and fetches on: it must not hold up the others
/// for as long as it may lag.
#[test]
fn whom_the_controller_does_not_let_in_is_not_waited_for_until_it_has_everything_again() {
    let mut leader = leading(&[1, 2], &[1, 2], 1, (10, 10));
    let _in_sync = leader.fetched(&by(2), 10, 0);
    assert!(!leader.appended(12, 1), "it is in sync");
    assert!(leader.set_registration(1, vec![1], &[1, 2]).high_watermark);
    let _it_stays_behind = leader.fetched(&by(2), 10, 2);
    assert!(leader.appended(13, 3));
    // One that was at the end when its disk became full.
    let mut leader = leading(&[1], &[1, 2], 1, (10, 10));
    for at in [0, 50_000] {
        assert!(leader.fetched(&by(2), 10, at).proposes);
        let number = leader.proposal().unwrap().number;
        let _refused = leader.answered(number, REFUSED);
        assert!(!leader.fetched(&by(2), 10, at + 1).proposes, "not with every fetch");
    }
    assert!(leader.appended(14, 50_002));
    let _behind = leader.fetched(&by(2), 10, 50_003);
    assert!(leader.appended(15, 50_004));
    // There is room again: it catches up, and when the pause is over it is waited for, and joins.
    assert!(!leader.fetched(&by(2), 15, 60_000).proposes);
    assert!(leader.appended(16, 60_001), "nobody waits for it");
    assert!(!leader.appended(17, 150_000));
    assert!(leader.fetched(&by(2), 17, 150_001).proposes);
    let number = leader.proposal().unwrap().number;
    assert!(!leader.answered(number, is(2, &[1, 2])).high_watermark);
    assert!(!leader.appended(18, 150_002), "it is in sync");
}

#[test]
fn pauses_after_refusals_grow_and_another_process_is_asked_for_at_once() {
    let mut leader = leading(&[1], &[1, 2], 1, (10, 10));
    let (mut now_us, mut asked) = (0, Vec::new());
    while now_us < 20_000_000 {
        if leader.fetched(&by(2), 10, now_us).proposes {
            asked.push(now_us / 1000);
            let number = leader.proposal().unwrap().number;
            let _refused = leader.answered(number, REFUSED);
        }
        now_us += 10_000;
    }
    assert_eq!(asked, [0, 50, 150, 350, 750, 1550, 3150, 6150, 9150, 12150, 15150, 18150]);
    assert!(leader.fetched(&FetchingReplica { broker_epoch: 99, ..by(2) }, 10, now_us).proposes);
}

/// One broker is fenced, all others are in service.
struct Fenced(NodeId);

impl Registrations for Fenced {
    fn is_eligible(&self, id: NodeId, _: Option<BrokerEpoch>) -> bool {
        id != self.0
    }

    fn is_registered(&self, _: NodeId, _: BrokerEpoch) -> bool {
        true
    }

    fn is_alive(&self, id: NodeId) -> bool {
        id != self.0
    }
}

#[test]
fn records_are_deleted_when_they_are_at_every_follower_that_is_in_service() {
    let mut leader = leading(&[1, 2, 3], &[1, 2, 3], 1, (10, 10));
    assert_eq!(leader.low_watermark(5), -1, "nobody has told");
    leader.told_start(&by(2), 5);
    leader.told_start(&by(3), 2);
    assert_eq!(leader.low_watermark(5), 2);
    let _moved = leader.fetched(&by(3), 10, 0);
    leader.told_start(&FetchingReplica { broker_epoch: 11, ..by(3) }, 5);
    assert_eq!(leader.low_watermark(5), 2, "that process is gone");
    leader.told_start(&by(3), 7);
    assert_eq!((leader.low_watermark(5), leader.low_watermark(8)), (5, 5));
    leader.told_start(&by(3), 2);
    let _moved = leader.set_brokers(&Fenced(3));
    assert_eq!(leader.low_watermark(5), 5);
}

#[test]
fn a_replica_that_is_fenced_is_not_waited_for() {
    let mut leader = leading(&[1], &[1, 2, 3], 1, (0, 0));
    let _joins = leader.fetched(&by(2), 0, 0);
    let number = leader.proposal().unwrap().number;
    let _waits_for_the_answer = leader.fetched(&by(3), 0, 0);
    let _joined = leader.answered(number, is(1, &[1, 2]));
    assert!(!leader.appended(5, 1));
    assert!(!leader.fetched(&by(2), 5, 1).high_watermark);
    assert!(leader.set_brokers(&Fenced(3)));
    assert_eq!(leader.high_watermark(), 5);
}

#[test]
fn who_lags_for_too_long_is_to_leave() {
    let mut leader = leading(&[1, 2, 3], &[1, 2, 3], 1, (0, 0));
    assert!(!leader.appended(10, 0));
    let _two = leader.fetched(&by(2), 10, 1000);
    let _three = leader.fetched(&by(3), 4, 1000);
    assert_eq!(leader.high_watermark(), 4);
    assert!(!leader.tick(LAG_US).proposes);
    let _two = leader.fetched(&by(2), 10, LAG_US);
    assert!(leader.tick(LAG_US + 1).proposes);
    let proposal = leader.proposal().unwrap();
    assert_eq!(proposal.isr, [(1, -1), (2, 12)]);
    assert_eq!(leader.high_watermark(), 4, "until the controller has taken it");
    assert!(leader.answered(proposal.number, is(1, &[1, 2])).high_watermark);
    assert_eq!(leader.high_watermark(), 10);
}

#[test]
fn who_always_has_what_was_there_a_moment_ago_keeps_up() {
    let mut leader = leading(&[1, 2], &[1, 2], 1, (0, 0));
    for round in 1..100 {
        let _hw = leader.appended(round * 10, 0);
        // It always has what the leader had at the fetch before, and never everything.
        let _moved = leader.fetched(&by(2), (round - 1) * 10, round as u64 * LAG_US / 2);
        assert!(!leader.tick(round as u64 * LAG_US / 2).proposes, "{round}");
    }
}

#[test]
fn a_partition_that_stands_still_keeps_its_members() {
    let mut leader = leading(&[1, 2], &[1, 2], 1, (5, 5));
    let _moved = leader.fetched(&by(2), 5, 0);
    assert!(!leader.tick(100 * LAG_US).proposes);
}

#[test]
fn a_fetch_of_a_process_that_was_replaced_says_nothing() {
    let mut leader = leading(&[1], &[1, 2], 1, (10, 0));
    let _moved = leader.fetched(&FetchingReplica { broker_epoch: 20, ..by(2) }, 3, 0);
    assert!(!leader.is_follower(&by(2)));
    assert_eq!(leader.fetched(&by(2), 10, 0), Moved::default());
    assert!(leader.proposal().is_none());
}

#[test]
fn a_log_that_shrinks_under_it_breaks_it_and_commits_nothing_more() {
    let mut leader = leading(&[1], &[1], 1, (5, 5));
    assert!(!leader.appended(4, 0));
    assert!(leader.broken().is_some());
    assert!(!leader.appended(9, 0));
    assert_eq!(leader.high_watermark(), 5);
}

#[test]
fn no_more_in_sync_replicas_are_asked_for_than_there_are_replicas() {
    let admits = |isr: &[NodeId], replicas: &[NodeId]| leading(isr, replicas, 3, (0, 0)).admit();
    assert_eq!(admits(&[1], &[1]), Admission::Accepted);
    assert_eq!(admits(&[1, 2], &[1, 2]), Admission::Accepted);
    assert_eq!(admits(&[1], &[1, 2]), Admission::NotEnoughReplicas);
}

#[test]
fn it_never_goes_back() {
    let mut leader = leading(&[1], &[1, 2], 1, (5, 5));
    assert!(!leader.set_registration(1, vec![1, 2], &[1, 2]).high_watermark);
    assert_eq!(leader.high_watermark(), 5);
    assert!(!leader.fetched(&by(2), 3, 0).high_watermark);
    assert_eq!(leader.high_watermark(), 5);
}

#[test]
fn an_image_that_is_older_than_an_answer_changes_nothing() {
    let mut leader = leading(&[1, 2, 3], &[1, 2, 3], 1, (0, 0));
    let _hw = leader.appended(10, 0);
    let _moved = leader.fetched(&by(2), 10, 2 * LAG_US);
    assert!(leader.tick(2 * LAG_US).proposes);
    let number = leader.proposal().unwrap().number;
    assert!(leader.answered(number, is(5, &[1, 2])).high_watermark);
    let _none = leader.set_registration(4, vec![1, 2, 3], &[1, 2, 3]);
    assert_eq!((leader.isr(), leader.partition_epoch()), (&[1, 2][..], 5));
}
