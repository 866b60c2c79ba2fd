//! What comes late, and who is in a hurry.

use super::super::fetcher::Fetcher;
use super::*;

impl Following {
    /// The one fetcher.
    fn fetcher(&self) -> Arc<Fetcher> {
        self.broker.replica_fetchers.table.lock().fetchers.values().next().cloned().unwrap()
    }

    /// Follows `u-0` of the same leader as well.
    fn follow_another(&mut self, leader_epoch: LeaderEpoch) -> Arc<PartitionCell> {
        let settings = self.bench.settings.clone();
        let name = base::TopicPartition { topic: "u".into(), partition: 0 };
        let opened = self.broker.replicas.open(&name, OTHER, Uuid::DIRECTORY_UNASSIGNED, settings);
        let cell = opened.unwrap();
        self.bench.register(&cell, &[NODE, LEADER], LEADER, leader_epoch);
        let delta = Delta { partitions: [(OTHER, 0)].into(), ..Delta::default() };
        self.broker.replica_fetchers.update(&self.broker, &self.image, &delta);
        self.bench.executor.settle();
        cell
    }
}

const OTHER: Uuid = Uuid::from_u128(9);

/// Where `t-0` stands in a Fetch, if it is named.
fn position_of_topic(request: &Outbound) -> Option<(Offset, LeaderEpoch)> {
    let (_, mut body) = decode_request_header(&request.frame[4..]).unwrap();
    let fetch = FetchRequest::decode(&mut body, 17).unwrap();
    let topic = fetch.topics.iter().find(|topic| topic.topic_id == TOPIC)?;
    Some((topic.partitions[0].fetch_offset, topic.partitions[0].current_leader_epoch))
}

#[test]
fn what_was_decided_in_an_older_epoch_does_not_concern_a_newer_one() {
    for timestamps in [1, 2] {
        let following = Following::new(|_| {});
        following.bench.lead_in(&following.cell, &[NODE], 1);
        following.bench.fill(&following.cell, 6);
        following.follow(4);
        answer(following.request(), &of_topic(failed(ErrorCode::OffsetOutOfRange)));
        let question = following.request();
        following.follow(5);
        let request = following.request();
        assert_eq!(position(&request), (6, 5, 1));
        match timestamps {
            1 => answer_offset(question, storage::LATEST_TIMESTAMP, 4),
            _ => {
                answer_offset(question, storage::LATEST_TIMESTAMP, 90);
                answer_offset(following.request(), storage::EARLIEST_TIMESTAMP, 70);
            }
        }
        assert!(following.is_quiet());
        assert_eq!(end(&following.cell), 6);
        let diverging_epoch = EpochEndOffset { epoch: 1, end_offset: 5, ..Default::default() };
        answer(request, &of_topic(PartitionData { diverging_epoch, ..data(-1, Vec::new()) }));
        assert_eq!(position(&following.request()), (5, 5, 1));
    }
}

#[test]
fn a_question_that_came_to_nothing_in_an_older_epoch_leaves_the_cut_of_a_newer_one_alone() {
    let following = Following::new(|_| {});
    following.bench.lead_in(&following.cell, &[NODE], 1);
    following.bench.fill(&following.cell, 6);
    following.follow(4);
    answer(following.request(), &of_topic(failed(ErrorCode::OffsetOutOfRange)));
    let question = following.request();
    following.follow(5);
    let diverging_epoch = EpochEndOffset { epoch: 1, end_offset: 5, ..Default::default() };
    answer(following.request(), &of_topic(PartitionData { diverging_epoch, ..data(-1, Vec::new()) }));
    assert_eq!(following.bench.executor.work_that_waits(), 1, "the cut waits for a thread");
    (question.done)(Err(LineError::Broken("gone".into())));
    assert!(following.fetcher().state.lock().followed[&(TOPIC, 0)].is_busy);
    assert_eq!(end(&following.cell), 6);
    assert_eq!(position(&following.request()), (5, 5, 1));
    following.bench.executor.pass(4);
    assert!(following.is_quiet(), "nothing was delayed");
}

#[test]
fn a_refused_append_takes_nothing_from_the_epoch_that_refused_it() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let fetcher = following.fetcher();
    following.request();
    following.follow(5);
    // What epoch 4 decided comes late.
    let key = (TOPIC, 0);
    fetcher.unwant((key, 4));
    fetcher.delay((key, 4), following.bench.now());
    fetcher.hold((key, 4), following.bench.now(), 100_000);
    assert!(!fetcher.set_busy((key, 4)));
    following.bench.executor.pass(5);
    assert_eq!(position(&following.request()), (0, 5, 0));
}

#[test]
fn an_answer_of_a_process_whose_place_another_has_taken_says_nothing_of_the_new_session() {
    let mut following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let before = following.request();
    // A directory that is known as slow: its answers are worked off on another thread.
    for _ in 0..2 {
        let pace = following.cell.directory().append_begins();
        following.bench.executor.tick(200);
        following.bench.executor.thread_waited(true);
        following.cell.directory().append_ended(pace);
    }
    answer(before, &of_topic(data(5, following.records(0))));
    let moved = RegisterBrokerRecord {
        broker_id: LEADER,
        end_points: vec![BrokerEndpoint {
            name: "PLAINTEXT".into(),
            host: "node-2".into(),
            port: 9093,
            ..Default::default()
        }],
        fenced: false,
        ..Default::default()
    };
    following.image.replay(&moved.into(), &mut Delta::default()).unwrap();
    assert_eq!(following.bench.executor.work_that_waits(), 1);
    let delta = Delta { brokers: [LEADER].into(), ..Delta::default() };
    following.broker.replica_fetchers.update(&following.broker, &following.image, &delta);
    following.bench.executor.settle();
    let (remote, request) = following.bench.network.take().unwrap();
    assert_eq!(remote.port, 9093);
    assert_eq!((asked(&request).0, position(&request)), (0, (0, 4, 0)));
    assert_eq!(end(&following.cell), 0);
    assert_eq!(following.fetcher().state.lock().session.clone().plan().session_epoch, 0, "nothing was answered yet");
}

#[test]
fn one_that_failed_is_asked_again_after_its_pause_although_a_request_for_others_is_under_way() {
    let mut following = Following::new(|_| {});
    following.follow(4);
    let first = following.request();
    following.follow_another(4);
    answer(first, &of_topic(failed(ErrorCode::NotLeaderOrFollower)));
    let others = following.request();
    assert_eq!(position_of_topic(&others), None);
    following.bench.executor.pass(19);
    assert!(following.is_quiet());
    following.bench.executor.pass(1);
    assert_eq!(position_of_topic(&following.request()), Some((0, 4)));
}

#[test]
fn what_waits_for_the_disk_closes_no_connection_and_shortens_the_request_meanwhile() {
    let wait_ms = |request: &Outbound| {
        let (_, mut body) = decode_request_header(&request.frame[4..]).unwrap();
        FetchRequest::decode(&mut body, 17).unwrap().max_wait_ms
    };
    let mut following = Following::new(|log| log.flush_messages = 1);
    following.bench.fill(&following.source, 5);
    following.bench.executor.settle();
    following.follow(4);
    let first = following.request();
    assert_eq!(wait_ms(&first), 500);
    following.follow_another(4);
    answer(first, &of_topic(data(0, following.records(0))));
    let (_, others) = following.bench.network.take().expect("a request for the others leaves at once");
    assert_eq!((position_of_topic(&others), wait_ms(&others)), (None, 10));
    following.bench.executor.pass(5);
    following.bench.executor.pass(100);
    assert!(following.is_quiet(), "it is on disk, and the request is not given up");
    answer(others, &FetchResponse { session_id: SESSION, ..Default::default() });
    let request = following.request();
    assert_eq!((position_of_topic(&request), wait_ms(&request)), (Some((5, 4)), 500));
}

#[test]
fn who_waits_for_the_disk_asks_for_the_sync() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let request = following.request();
    answer(request, &of_topic(data(0, following.records(0))));
    let request = following.request();
    let mut settings = crate::topic_settings::TopicSettings::clone(&following.cell.settings());
    Arc::make_mut(&mut settings.log).flush_messages = 1;
    // Nobody carries out what the change wants.
    following.cell.set_settings(Arc::new(settings), &mut crate::partition::Effects::default());
    assert!(following.cell.with_log(|log| log.recovery_point()) < 5);
    answer(request, &of_topic(failed(ErrorCode::NotLeaderOrFollower)));
    following.bench.executor.pass(20);
    following.request();
    assert_eq!(following.cell.with_log(|log| log.recovery_point()), 5);
}

/// A batch of one record, as the leader of epoch 4 has it.
fn of_bytes(offset: Offset, bytes: usize) -> Vec<u8> {
    let mut batch = records::BatchBuilder::new(records::BatchOptions::default());
    batch.append(0, None, Some(&vec![7; bytes]), &[]);
    let mut batch = batch.finish().unwrap();
    batch[..8].copy_from_slice(&offset.to_be_bytes());
    batch[12..16].copy_from_slice(&4_i32.to_be_bytes());
    batch
}

/// Who has much to catch up leaves it not all to the kernel, where it would hold up whoever writes to the same disk.
#[test]
fn what_is_behind_is_written_back_before_more_of_it_is_asked_for() {
    let following = Following::new(|config| config.segment_bytes = 1 << 30);
    following.follow(4);
    answer(following.request(), &of_topic(data(3, of_bytes(0, 1000))));
    answer(following.request(), &of_topic(data(3, of_bytes(1, 9 << 20))));
    assert_eq!(end(&following.cell), 2);
    assert_eq!(following.bench.executor.work_that_waits(), 1);
    assert!(following.bench.network.take().is_none(), "it is asked for when the disk has begun");
    let request = following.request();
    assert_eq!(position(&request), (2, 4, 4));
    // The last of it is left to the kernel.
    answer(request, &of_topic(data(3, of_bytes(2, 9 << 20))));
    assert_eq!(following.bench.executor.work_that_waits(), 0);
    assert_eq!(position(&following.request()), (3, 4, 4));
}

/// The request for others is not broken off for one whose write-back has begun.
#[test]
fn what_was_written_back_waits_for_the_answer_that_is_under_way() {
    let mut following = Following::new(|config| config.segment_bytes = 1 << 30);
    let _another = following.follow_another(4);
    following.follow(4);
    let mut request = following.request();
    if position_of_topic(&request).is_none() {
        answer(request, &FetchResponse { session_id: SESSION, ..Default::default() });
        request = following.request();
    }
    answer(request, &of_topic(data(3, of_bytes(0, 9 << 20))));
    let for_others = following.bench.network.take().expect("a request").1;
    assert_eq!(position_of_topic(&for_others), None);
    for _ in 0..20 {
        following.bench.executor.pass(10);
        assert!(following.bench.network.take().is_none(), "one at a time, and it is not given up");
    }
    answer(for_others, &FetchResponse { session_id: SESSION, ..Default::default() });
    assert_eq!(position_of_topic(&following.request()), Some((1, 4)));
}
