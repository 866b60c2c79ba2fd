use super::*;
use base::{Random, SplitMix64, Uuid};

const SLOTS: usize = 3;
const LONG_US: u64 = EVICT_AFTER_US + 1;

fn sessions() -> FetchSessions {
    let random = Mutex::new(SplitMix64(7));
    FetchSessions::new(SLOTS, Box::new(move || random.lock().next_u64()))
}

fn at(monotonic_us: u64) -> Now {
    Now { monotonic_us, wall_ms: 0 }
}

fn partitions(count: usize) -> Vec<FetchPartition> {
    let partition = |partition| FetchPartition {
        topic: "".into(),
        topic_id: Uuid::from_u128(7),
        partition,
        fetch_offset: 0,
        bytes_max: 1,
        current_leader_epoch: -1,
        last_fetched_epoch: -1,
        log_start_offset: -1,
        told: None,
    };
    (0..count as i32).map(partition).collect()
}

fn request(principal: &Principal, id: i32, epoch: i32) -> SessionRequest<'_> {
    SessionRequest { id, epoch, is_replica: false, uses_topic_ids: true, principal }
}

/// Begins a session of so many partitions; its id, if it got one.
fn begin(sessions: &FetchSessions, is_replica: bool, count: usize, now_us: u64) -> Option<i32> {
    let anonymous = Principal::anonymous();
    let request = SessionRequest { is_replica, ..request(&anonymous, 0, INITIAL_EPOCH) };
    let context = sessions.enter(&request, partitions(count), &[], at(now_us)).unwrap();
    assert_eq!(context.partitions.len(), count);
    context.session.map(|session| session.id)
}

/// The next request of a session: how many partitions it has then.
fn go_on(sessions: &FetchSessions, id: i32, epoch: i32, now_us: u64) -> Result<usize, SessionError> {
    let context = sessions.enter(&request(&Principal::anonymous(), id, epoch), Vec::new(), &[], at(now_us))?;
    Ok(context.partitions.len())
}

#[test]
fn ids_are_drawn_and_differ() {
    let ids: Vec<_> = (0..SLOTS).map(|_| begin(&sessions(), false, 1, 0).unwrap()).collect();
    assert!(ids.iter().all(|id| *id > 1 << 16), "{ids:?}");
    let one = sessions();
    let ids: BTreeSet<_> = (0..SLOTS).map(|_| begin(&one, false, 1, 0).unwrap()).collect();
    assert_eq!(ids.len(), SLOTS);
}

#[test]
fn a_session_is_nobody_elses() {
    let sessions = sessions();
    let id = begin(&sessions, false, 2, 0).unwrap();
    let other = Principal { kind: "User".into(), name: "mallory".into() };
    let refused = sessions.enter(&request(&other, id, 1), Vec::new(), &[], at(0)).unwrap_err();
    assert_eq!(refused, SessionError::NotFound);
    for epoch in [FINAL_EPOCH, INITIAL_EPOCH] {
        assert!(sessions.enter(&request(&other, id, epoch), Vec::new(), &[], at(0)).is_ok());
    }
    assert_eq!(go_on(&sessions, id, 1, 0), Ok(2));
    assert!(sessions.enter(&request(&Principal::anonymous(), id, FINAL_EPOCH), Vec::new(), &[], at(0)).is_ok());
    assert_eq!(go_on(&sessions, id, 2, 0), Err(SessionError::NotFound));
}

#[test]
fn epochs_follow_each_other_and_ids_and_names_do_not_mix() {
    let sessions = sessions();
    let id = begin(&sessions, false, 2, 0).unwrap();
    assert_eq!(go_on(&sessions, id, 2, 0), Err(SessionError::InvalidEpoch));
    assert_eq!(go_on(&sessions, id, 1, 0), Ok(2));
    assert_eq!(go_on(&sessions, id, 1, 0), Err(SessionError::InvalidEpoch));
    let anonymous = Principal::anonymous();
    let by_name = SessionRequest { uses_topic_ids: false, ..request(&anonymous, id, 2) };
    assert_eq!(sessions.enter(&by_name, Vec::new(), &[], at(0)).unwrap_err(), SessionError::TopicIds);
}

#[test]
fn who_may_go_for_whom() {
    // The sessions there (replica, partitions, when it was begun and last used), the new one, and which goes.
    type There = (bool, usize, u64, u64);
    let cases: [(&str, [There; SLOTS], (bool, usize), Option<usize>); 6] = [
        ("all are young", [(false, 1, 0, 0), (false, 2, 0, 0), (false, 3, 0, 0)], (false, 9), None),
        ("one is idle", [(true, 9, 0, 0), (false, 1, 0, LONG_US), (false, 1, 0, LONG_US)], (false, 1), Some(0)),
        ("the smallest", [(false, 2, 0, LONG_US), (false, 1, 0, LONG_US), (false, 3, 0, LONG_US)], (false, 2), Some(1)),
        ("larger ones", [(false, 4, 0, LONG_US), (false, 5, 0, LONG_US), (false, 6, 0, LONG_US)], (false, 3), None),
        ("a replica's", [(true, 1, 0, LONG_US), (true, 1, 0, LONG_US), (true, 1, 0, LONG_US)], (false, 9), None),
        ("a consumer's", [(true, 1, 0, 5), (false, 8, 0, 5), (false, 9, 0, 5)], (true, 1), Some(1)),
    ];
    for (what, there, (is_replica, count), goes) in cases {
        let sessions = sessions();
        let ids = there.map(|(is_replica, count, begun_us, _)| begin(&sessions, is_replica, count, begun_us).unwrap());
        let now_us = there.iter().map(|(.., used_us)| *used_us).max().unwrap() + 1;
        for (id, (.., used_us)) in ids.iter().zip(&there).filter(|(_, there)| there.3 > 0) {
            assert!(go_on(&sessions, *id, 1, *used_us).is_ok(), "{what}");
        }
        assert_eq!(begin(&sessions, is_replica, count, now_us).is_some(), goes.is_some(), "{what}");
        for (i, id) in ids.into_iter().enumerate() {
            let is_there = sessions.table.lock().slots.contains_key(&id);
            assert_eq!(is_there, goes != Some(i), "{what}: session {i}");
        }
    }
}

#[test]
fn partitions_have_a_maximum_in_all_and_who_grows_beyond_it_begins_anew() {
    let mut sessions = sessions();
    sessions.partitions_max = 10;
    let (small, large) = (begin(&sessions, false, 2, 0).unwrap(), begin(&sessions, false, 7, 0).unwrap());
    assert_eq!(begin(&sessions, false, 2, 0), None);
    assert!(begin(&sessions, false, 1, 0).is_some());
    let anonymous = Principal::anonymous();
    let grown = sessions.enter(&request(&anonymous, small, 1), partitions(3), &[], at(0));
    assert_eq!(grown.unwrap_err(), SessionError::NotFound);
    assert_eq!((sessions.count(), sessions.table.lock().partitions), (2, 8));
    // What is forgotten leaves room.
    let forgotten: Vec<_> = partitions(6).iter().map(FetchPartition::key).collect();
    let left = sessions.enter(&request(&anonymous, large, 1), Vec::new(), &forgotten, at(0)).unwrap();
    assert_eq!((left.partitions.len(), sessions.table.lock().partitions), (1, 2));
    assert_eq!(begin(&sessions, false, 11, 2 * LONG_US), None);
}

#[test]
fn a_session_without_partitions_is_over() {
    let sessions = sessions();
    let id = begin(&sessions, false, 1, 0).unwrap();
    let forgotten = [partitions(1)[0].key()];
    let over = sessions.enter(&request(&Principal::anonymous(), id, 1), Vec::new(), &forgotten, at(0)).unwrap();
    assert!(over.session.is_none());
    let table = sessions.table.lock();
    assert_eq!((table.slots.len(), table.by_use.len(), table.for_replicas.len(), table.partitions), (0, 0, 0, 0));
}

#[test]
fn an_answer_names_what_has_changed_and_who_had_records_comes_last() {
    let sessions = sessions();
    let anonymous = Principal::anonymous();
    let begun = sessions.enter(&request(&anonymous, 0, 0), partitions(3), &[], at(0)).unwrap();
    let sent = |high_watermark| Sent { high_watermark, log_start_offset: 0, has_error: false };
    let keys: Vec<_> = partitions(3).iter().map(FetchPartition::key).collect();
    let all = |marks: [Offset; 3], records: [bool; 3]| {
        let answers = keys.iter().cloned().zip(marks.map(sent)).zip(records);
        answers.map(|((key, sent), has_records)| (key, sent, has_records)).collect::<Vec<_>>()
    };
    let session = begun.session.unwrap();
    assert_eq!(session.select(all([1, 1, 1], [true, false, false]).into_iter()), [true; 3]);
    let next = sessions.enter(&request(&anonymous, session.id, 1), Vec::new(), &[], at(0)).unwrap();
    assert_eq!(next.partitions.iter().map(|p| p.partition).collect::<Vec<_>>(), [1, 2, 0]);
    let selected = next.session.unwrap().select(all([1, 2, 1], [false, false, true]).into_iter());
    assert_eq!(selected, [false, true, true]);
}

#[test]
fn a_name_that_no_topic_has_is_looked_up_and_takes_no_memory() {
    let sessions = sessions();
    let anonymous = Principal::anonymous();
    let named = |length: usize| FetchPartition { topic: "n".repeat(length).into(), ..partitions(1).remove(0) };
    let enter = |id, epoch, named| sessions.enter(&request(&anonymous, id, epoch), named, &[], at(0)).unwrap();
    let begun = enter(0, INITIAL_EPOCH, vec![named(249), named(250), named(32_767)]);
    assert_eq!(begun.partitions.len(), 3);
    let id = begun.session.expect("a session").id;
    assert_eq!(go_on(&sessions, id, 1, 0), Ok(1));
    let more = enter(id, 2, vec![named(250), named(248)]);
    assert_eq!((more.partitions.len(), sessions.table.lock().partitions), (3, 2));
    assert_eq!(go_on(&sessions, id, 3, 0), Ok(2));
}

#[test]
fn a_follower_that_has_moved_is_told_everything_once_more() {
    let anonymous = Principal::anonymous();
    let sent = Sent { high_watermark: 5, log_start_offset: 0, has_error: false };
    let answers = || [(partitions(1)[0].key(), sent, false)].into_iter();
    for is_replica in [false, true] {
        let sessions = sessions();
        let enter = |id, epoch, named| {
            let request = SessionRequest { is_replica, ..request(&anonymous, id, epoch) };
            sessions.enter(&request, named, &[], at(0)).unwrap().session.unwrap()
        };
        let session = enter(0, INITIAL_EPOCH, partitions(1));
        assert_eq!(session.select(answers()), [true]);
        assert_eq!(enter(session.id, 1, Vec::new()).select(answers()), [false]);
        let moved = FetchPartition { fetch_offset: 5, ..partitions(1).remove(0) };
        assert_eq!(enter(session.id, 2, vec![moved]).select(answers()), [is_replica]);
    }
}

#[test]
fn a_session_knows_what_it_has_told_of_a_partition_that_moves_on() {
    let (anonymous, sessions) = (Principal::anonymous(), sessions());
    let request = |id, epoch| SessionRequest { is_replica: true, ..request(&anonymous, id, epoch) };
    let context = sessions.enter(&request(0, INITIAL_EPOCH), partitions(1), &[], at(0)).unwrap();
    assert_eq!(context.partitions[0].told, None);
    let session = context.session.unwrap();
    let sent = Sent { high_watermark: 5, log_start_offset: 3, has_error: false };
    session.select([(partitions(1)[0].key(), sent, false)].into_iter());
    let moved = FetchPartition { fetch_offset: 5, ..partitions(1).remove(0) };
    let context = sessions.enter(&request(session.id, 1), vec![moved], &[], at(0)).unwrap();
    assert_eq!(context.partitions[0].told, Some(Told { log_start_offset: 3, high_watermark: 5 }));
}
