use crate::broker::Broker;
use crate::partition::PartitionCell;
use crate::test_bench::{Bench, NODE, end};
use base::{ErrorCode, LeaderEpoch, LineError, NodeId, Offset, Outbound, TopicPartition, Uuid};
use metadata::{Delta, Image};
use protocol::fetch_request::FetchPartition;
use protocol::fetch_response::{EpochEndOffset, FetchableTopicResponse, PartitionData};
use protocol::header::{decode_request_header, encode_response};
use protocol::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use protocol::register_broker_record::BrokerEndpoint;
use protocol::{
    ApiKey, FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, Message, RegisterBrokerRecord, Writer,
};
use std::sync::Arc;

mod late;
mod resting;

const TOPIC: Uuid = Uuid::from_u128(7);
const LEADER: NodeId = 2;
const SESSION: i32 = 77;

/// This broker follows `t-0`, which node 2 leads in epoch 4. `source` has what that leader has.
struct Following {
    bench: Bench,
    broker: Arc<Broker>,
    cell: Arc<PartitionCell>,
    source: Arc<PartitionCell>,
    image: Image,
}

impl Following {
    fn new(change: impl FnOnce(&mut storage::LogConfig)) -> Following {
        let mut bench = Bench::new(&["/data"], change);
        let (source, cell) = (bench.open("source-0", Uuid::from_u128(8)), bench.open("t-0", TOPIC));
        bench.lead_in(&source, &[NODE], 4);
        let mut image = Image::clone(&Bench::image(1, &[("t-0", TOPIC, Uuid::DIRECTORY_UNASSIGNED)]));
        let broker = RegisterBrokerRecord {
            broker_id: LEADER,
            end_points: vec![BrokerEndpoint {
                name: "PLAINTEXT".into(),
                host: "node-2".into(),
                port: 9092,
                ..Default::default()
            }],
            fenced: false,
            ..Default::default()
        };
        image.replay(&broker.into(), &mut Delta::default()).unwrap();
        let (broker, _mailbox) = bench.broker_with_partitions();
        broker.set_epoch(50);
        Following { bench, broker, cell, source, image }
    }

    /// Hears that node 2 leads in this epoch.
    fn follow(&self, leader_epoch: LeaderEpoch) {
        self.bench.register(&self.cell, &[NODE, LEADER], LEADER, leader_epoch);
        self.publish();
    }

    fn publish(&self) {
        let delta = Delta { partitions: [(TOPIC, 0)].into(), ..Delta::default() };
        self.broker.replica_fetchers.update(&self.broker, &self.image, &delta);
        self.bench.executor.settle();
    }

    /// The one request that is under way.
    fn request(&self) -> Outbound {
        self.bench.executor.settle();
        let (remote, request) = self.bench.network.take().expect("a request");
        assert_eq!((remote.host.as_str(), remote.port), ("node-2", 9092));
        assert!(self.bench.network.take().is_none(), "one at a time");
        request
    }

    fn is_quiet(&self) -> bool {
        self.bench.executor.settle();
        match self.bench.network.take() {
            None => true,
            Some(_) => panic!("nothing should be asked"),
        }
    }

    /// The records of the leader from there on.
    fn records(&self, from: Offset) -> Vec<u8> {
        let limits =
            storage::ReadLimits { bytes_max: 1 << 20, upper_bound: Offset::MAX, at_least_one: true, aborted: false };
        self.source.with_log(|log| log.read(from, &limits).unwrap().read().unwrap())
    }

    fn high_watermark(&self) -> Offset {
        self.cell.with_log(|log| log.high_watermark())
    }
}

/// What a Fetch says: session epoch, partitions, how many it forgets.
fn asked(request: &Outbound) -> (i32, Vec<FetchPartition>, usize) {
    let (head, mut body) = decode_request_header(&request.frame[4..]).unwrap();
    assert_eq!((head.api, head.version), (ApiKey::Fetch, 17));
    assert!(head.client_id.is_some_and(|id| id.starts_with(&format!("broker-{NODE}-fetcher-"))));
    let fetch = FetchRequest::decode(&mut body, 17).unwrap();
    assert_eq!((fetch.replica_state.replica_id, fetch.replica_state.replica_epoch), (NODE, 50));
    assert!([0, SESSION].contains(&fetch.session_id));
    let partitions = fetch.topics.iter().flat_map(|topic| topic.partitions.clone()).collect();
    (fetch.session_epoch, partitions, fetch.forgotten_topics_data.len())
}

/// The number of the fetcher among those of its leader, as its name ends.
fn fetcher_number(request: &Outbound) -> usize {
    let (head, _) = decode_request_header(&request.frame[4..]).unwrap();
    let client_id = head.client_id.unwrap();
    client_id.rsplit('-').next().unwrap().parse().unwrap()
}

/// Where the one partition stands in a Fetch: offset, epoch of the leader, last epoch of the log.
fn position(request: &Outbound) -> (Offset, LeaderEpoch, LeaderEpoch) {
    let (_, partitions, _) = asked(request);
    let [partition] = partitions.as_slice() else { panic!("{partitions:?}") };
    (partition.fetch_offset, partition.current_leader_epoch, partition.last_fetched_epoch)
}

fn answer(request: Outbound, response: &impl Message) {
    let (head, _) = decode_request_header(&request.frame[4..]).unwrap();
    let mut writer = Writer::new();
    encode_response(&mut writer, head.api, head.version, head.correlation_id, response).unwrap();
    let frame = writer.into_bytes().split_off(4);
    (request.done)(Ok(frame));
}

fn data(high_watermark: Offset, records: Vec<u8>) -> PartitionData<'static> {
    PartitionData { high_watermark, log_start_offset: 0, records: Some(records.into()), ..Default::default() }
}

fn failed(error: ErrorCode) -> PartitionData<'static> {
    PartitionData { error_code: error.code(), ..data(-1, Vec::new()) }
}

fn of_topic(partition: PartitionData<'static>) -> FetchResponse<'static> {
    let topic = FetchableTopicResponse { topic_id: TOPIC, partitions: vec![partition], ..Default::default() };
    FetchResponse { session_id: SESSION, responses: vec![topic], ..Default::default() }
}

#[test]
fn a_follower_that_hears_where_the_log_begins_says_where_its_own_does() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    answer(following.request(), &of_topic(data(5, following.records(0))));
    let start = |request: &Outbound| asked(request).1.first().map(|partition| partition.log_start_offset);
    let request = following.request();
    assert_eq!(start(&request), Some(0));
    answer(request, &of_topic(PartitionData { log_start_offset: 3, ..data(5, Vec::new()) }));
    let request = following.request();
    assert_eq!((start(&request), position(&request)), (Some(3), (5, 4, 4)));
    answer(request, &of_topic(PartitionData { log_start_offset: 3, ..data(5, Vec::new()) }));
    assert_eq!(start(&following.request()), None, "that is known");
}

#[test]
fn another_number_of_fetchers_counts_for_what_is_followed_already() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    answer(following.request(), &of_topic(data(5, following.records(0))));
    let before = following.request();
    let mut config = following.broker.static_config.clone();
    let others = (2..20).find(|count| super::number_of((TOPIC, 0), *count) > 0).expect("it is spread");
    config.replication.num_fetchers = others as i32;
    following.broker.config.store(Arc::new(config));
    following.broker.replica_fetchers.update(&following.broker, &following.image, &Delta::default());
    // The other fetcher begins a session of its own, where the log ends.
    let request = following.request();
    assert_ne!(fetcher_number(&request), fetcher_number(&before));
    assert_eq!((asked(&request).0, position(&request)), (0, (5, 4, 4)));
    following.bench.fill(&following.source, 1);
    answer(before, &of_topic(data(6, following.records(5))));
    assert_eq!(end(&following.cell), 5, "what the first one brings counts no more");
    answer(request, &of_topic(data(6, following.records(5))));
    assert_eq!(end(&following.cell), 6);
}

#[test]
fn what_is_fetched_is_appended_and_the_next_request_asks_for_what_comes_behind_it() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let request = following.request();
    assert_eq!((asked(&request).0, position(&request)), (0, (0, 4, 0)));
    answer(request, &of_topic(data(3, following.records(0))));
    assert_eq!((end(&following.cell), following.high_watermark()), (5, 3));
    let request = following.request();
    assert_eq!((asked(&request).0, position(&request)), (1, (5, 4, 4)));
    answer(request, &of_topic(data(5, Vec::new())));
    assert_eq!(following.high_watermark(), 5);
    let request = following.request();
    assert_eq!((asked(&request).0, asked(&request).1.len()), (2, 0), "nothing has changed");
    answer(request, &FetchResponse { session_id: SESSION, ..Default::default() });
    following.request();
}

#[test]
fn a_log_that_went_another_way_is_cut_until_the_epochs_agree_and_nothing_is_believed_meanwhile() {
    let following = Following::new(|_| {});
    let bench = &following.bench;
    for (epoch, records) in [(1, 4), (2, 4), (3, 4)] {
        bench.lead_in(&following.cell, &[NODE], epoch);
        bench.fill(&following.cell, records);
    }
    let before = following.high_watermark();
    following.follow(4);
    let mut request = following.request();
    assert_eq!(position(&request), (12, 4, 3));
    // The leader has epochs 0, 2 to 6, and 4.
    for ((epoch, end_offset), (cut, last)) in [((2, 6), (6, 2)), ((0, 4), (0, -1))] {
        let diverging_epoch = EpochEndOffset { epoch, end_offset, ..Default::default() };
        answer(request, &of_topic(PartitionData { diverging_epoch, ..data(1000, following.records(0)) }));
        request = following.request();
        assert_eq!(position(&request), (cut, 4, last));
        assert!(following.high_watermark() <= before.min(cut));
    }
    bench.fill(&following.source, 2);
    answer(request, &of_topic(data(2, following.records(0))));
    assert_eq!((end(&following.cell), following.high_watermark()), (2, 2));
}

#[test]
fn an_answer_of_an_older_epoch_or_of_a_partition_that_is_led_here_by_now_is_dropped() {
    let following = Following::new(|_| {});
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let request = following.request();
    following.follow(5);
    answer(request, &of_topic(data(5, following.records(0))));
    assert_eq!((end(&following.cell), following.high_watermark()), (0, 0));
    let request = following.request();
    assert_eq!(position(&request), (0, 5, 0));
    following.bench.lead_in(&following.cell, &[NODE], 6);
    following.publish();
    answer(request, &of_topic(data(5, following.records(0))));
    assert_eq!(end(&following.cell), 0);
    assert!(following.is_quiet());
}

#[test]
fn what_another_epoch_fences_waits_for_the_image() {
    let following = Following::new(|_| {});
    following.follow(4);
    answer(following.request(), &of_topic(failed(ErrorCode::FencedLeaderEpoch)));
    following.bench.executor.pass(60_000);
    assert!(following.is_quiet());
    following.follow(5);
    assert_eq!(position(&following.request()), (0, 5, 0));
}

#[test]
fn an_error_is_followed_by_a_pause_that_grows_up_to_the_backoff() {
    let following = Following::new(|_| {});
    following.follow(4);
    for pause_ms in [20, 40, 80, 160, 320, 640, 1000, 1000] {
        answer(following.request(), &of_topic(failed(ErrorCode::NotLeaderOrFollower)));
        following.bench.executor.pass(pause_ms - 1);
        assert!(following.is_quiet());
        following.bench.executor.pass(1);
    }
    for pause_ms in [20, 40, 80] {
        (following.request().done)(Err(LineError::Broken("gone".into())));
        following.bench.executor.pass(pause_ms - 1);
        assert!(following.is_quiet());
        following.bench.executor.pass(1);
    }
    let request = following.request();
    assert_eq!((asked(&request).0, position(&request)), (0, (0, 4, 0)), "all is named again");
}

/// Answers where the leader's log lies.
fn answer_offset(request: Outbound, timestamp: i64, offset: Offset) {
    let (head, mut body) = decode_request_header(&request.frame[4..]).unwrap();
    assert_eq!(head.api, ApiKey::ListOffsets);
    let list = ListOffsetsRequest::decode(&mut body, head.version).unwrap();
    assert_eq!((list.replica_id, list.topics[0].partitions[0].timestamp), (NODE, timestamp));
    let partition = ListOffsetsPartitionResponse { offset, ..Default::default() };
    let topic = ListOffsetsTopicResponse { name: "t".into(), partitions: vec![partition], ..Default::default() };
    answer(request, &ListOffsetsResponse { topics: vec![topic], ..Default::default() });
}

#[test]
fn a_log_that_ends_below_its_leaders_start_begins_anew_there() {
    let following = Following::new(|_| {});
    following.bench.lead_in(&following.cell, &[NODE], 1);
    following.bench.fill(&following.cell, 3);
    following.follow(4);
    answer(following.request(), &of_topic(failed(ErrorCode::OffsetOutOfRange)));
    answer_offset(following.request(), storage::LATEST_TIMESTAMP, 90);
    answer_offset(following.request(), storage::EARLIEST_TIMESTAMP, 70);
    assert_eq!(position(&following.request()), (70, 4, -1));
    let offsets = following.cell.with_log(|log| (log.log_start_offset(), log.high_watermark(), log.log_end_offset()));
    assert_eq!(offsets, (70, 70, 70));
}

#[test]
fn a_log_whose_leaders_begins_inside_of_a_batch_begins_with_that_batch() {
    let following = Following::new(|_| {});
    let mut builder = records::BatchBuilder::new(records::BatchOptions::default());
    (0..10).for_each(|_| builder.append(following.bench.now().wall_ms, None, Some(b"v"), &[]));
    let bytes = builder.finish().unwrap();
    let batch = storage::LeaderBatch::built(&bytes, storage::AppendOrigin::Coordinator).unwrap();
    following.source.with_log(|log| log.append_as_leader(&batch, 4, 0).unwrap());
    following.follow(4);
    answer(following.request(), &of_topic(failed(ErrorCode::OffsetOutOfRange)));
    answer_offset(following.request(), storage::LATEST_TIMESTAMP, 10);
    answer_offset(following.request(), storage::EARLIEST_TIMESTAMP, 4);
    let request = following.request();
    assert_eq!(position(&request).0, 4);
    answer(request, &of_topic(PartitionData { log_start_offset: 4, ..data(9, following.records(4)) }));
    assert_eq!(position(&following.request()).0, 10);
    let offsets = following.cell.with_log(|log| (log.log_start_offset(), log.high_watermark(), log.log_end_offset()));
    assert_eq!(offsets, (4, 9, 10));
}

#[test]
fn a_log_that_ends_above_its_leaders_end_is_cut_there() {
    let following = Following::new(|_| {});
    following.bench.lead_in(&following.cell, &[NODE], 1);
    following.bench.fill(&following.cell, 6);
    following.follow(4);
    answer(following.request(), &of_topic(failed(ErrorCode::OffsetOutOfRange)));
    answer_offset(following.request(), storage::LATEST_TIMESTAMP, 4);
    assert_eq!(position(&following.request()), (4, 4, 1));
}

#[test]
fn where_an_acknowledgement_means_on_disk_nothing_more_is_asked_before_it_is() {
    let following = Following::new(|log| log.flush_messages = 1);
    following.bench.fill(&following.source, 5);
    following.bench.executor.settle();
    following.follow(4);
    let request = following.request();
    answer(request, &of_topic(data(0, following.records(0))));
    assert_eq!(end(&following.cell), 5);
    assert!(following.bench.network.take().is_none(), "its position would say that it is on disk");
    let request = following.request();
    assert_eq!(position(&request).0, 5);
    assert_eq!(following.cell.with_log(|log| log.recovery_point()), 5);
}

#[test]
fn a_request_that_waits_is_given_up_for_a_partition_that_is_not_in_it() {
    let following = Following::new(|_| {});
    following.follow(4);
    let waits = following.request();
    following.follow(5);
    following.bench.executor.pass(4);
    assert!(following.is_quiet(), "its answer may be on its way");
    following.bench.executor.pass(1);
    let request = following.request();
    assert_eq!((asked(&request).0, position(&request)), (0, (0, 5, 0)));
    answer(waits, &of_topic(data(0, Vec::new())));
    assert!(following.is_quiet());
}

#[test]
fn a_leader_without_sessions_is_asked_for_what_is_in_sync_before_what_is_behind() {
    let following = Following::new(|_| {});
    let (name, settings) = (TopicPartition::new("t", 1), following.cell.settings());
    let other = following.broker.replicas.open(&name, TOPIC, Uuid::DIRECTORY_UNASSIGNED, settings).unwrap();
    following.bench.fill(&following.source, 5);
    [&following.cell, &other].into_iter().for_each(|cell| {
        following.bench.register(cell, &[NODE, LEADER], LEADER, 4);
    });
    let delta = Delta { partitions: [(TOPIC, 0), (TOPIC, 1)].into(), ..Delta::default() };
    following.broker.replica_fetchers.update(&following.broker, &following.image, &delta);
    let places = |request: &Outbound| asked(request).1.iter().map(|one| one.partition).collect::<Vec<_>>();
    let request = following.request();
    assert_eq!(places(&request), [0, 1]);
    let partitions = vec![data(20, following.records(0)), PartitionData { partition_index: 1, ..data(0, Vec::new()) }];
    let topic = FetchableTopicResponse { topic_id: TOPIC, partitions, ..Default::default() };
    answer(request, &FetchResponse { session_id: 0, responses: vec![topic], ..Default::default() });
    assert_eq!(end(&following.cell), 5);
    assert_eq!(places(&following.request()), [1, 0]);
}

#[test]
fn who_stops_asks_nothing_more() {
    let following = Following::new(|_| {});
    following.follow(4);
    let request = following.request();
    following.broker.stop_fetching();
    answer(request, &of_topic(data(0, Vec::new())));
    following.follow(5);
    assert!(following.is_quiet());
}

#[test]
fn a_throttled_replica_that_is_behind_waits_until_time_has_paid_for_what_came() {
    let following = Following::new(|_| {});
    let set_rate = |bytes_per_second: i64| {
        let mut config = config::ServerConfig::clone(&following.broker.config.load());
        config.replication.follower_throttled_rate = bytes_per_second;
        following.broker.config.store(Arc::new(config));
    };
    let mut settings = crate::topic_settings::TopicSettings::clone(&following.cell.settings());
    settings.follower_throttled = config::ThrottledReplicas::Listed(vec![(0, NODE)]);
    following.cell.set_settings(Arc::new(settings), &mut crate::partition::Effects::default());
    following.bench.fill(&following.source, 5);
    following.follow(4);
    let first = following.records(0);
    // What is saved up is gone with the first answer, and a second's allowance is as much again.
    set_rate(first.len() as i64 / 2);
    let request = following.request();
    answer(request, &of_topic(data(20, first)));
    assert_eq!(end(&following.cell), 5);
    assert!(following.is_quiet(), "it is behind, and has had more than it may");
    following.bench.executor.pass(500);
    assert!(following.is_quiet());
    following.bench.executor.pass(1_000);
    let request = following.request();
    assert_eq!(position(&request).0, 5);

    // Who has all that is committed is asked for at once.
    set_rate(1);
    following.bench.produce_in(&following.source, 4, 5).unwrap();
    answer(request, &of_topic(data(6, following.records(5))));
    assert_eq!(position(&following.request()).0, 6);
}
