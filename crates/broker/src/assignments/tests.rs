use super::*;
use crate::publisher::BrokerPublisher;
use crate::test_bench::{Bench, answer, only_request};
use base::Uuid;
use metadata::Delta;
use quorum::Publisher;

const TOPIC: Uuid = Uuid::from_u128(7);
const ELSEWHERE: Uuid = Uuid::from_u128(99 << 64);

/// What a request names: directory, topic and partition.
fn told(request: &quorum::ControllerRequest) -> Vec<(Uuid, Uuid, PartitionIndex)> {
    assert_eq!(request.api, ApiKey::AssignReplicasToDirs);
    let asked = AssignReplicasToDirsRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    let mut told = Vec::new();
    for directory in &asked.directories {
        for topic in &directory.topics {
            told.extend(topic.partitions.iter().map(|p| (directory.id, topic.topic_id, p.partition_index)));
        }
    }
    told
}

#[test]
fn what_the_image_has_wrong_at_the_start_is_told_until_it_has_it_right() {
    let mut bench = Bench::new(&["/d1", "/d2"], |_| {});
    bench.find("t-0", 1, Some(TOPIC));
    bench.files.put("/d2/t-0/00000000000000000000.log".as_ref(), b"");
    let second = bench.replicas.directories()[1].id;
    let (broker, mailbox) = bench.broker_with_partitions();
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, Arc::new(crate::test_bench::AtOnce(|_| {})));
    let delta = || Delta { partitions: [(TOPIC, 0)].into(), ..Delta::default() };
    publisher.publish(&Bench::image(1, &[("t-0", TOPIC, ELSEWHERE)]), &delta(), bench.now());
    bench.executor.settle();
    assert!(!mailbox.has_input(), "it is not registered yet");
    broker.set_epoch(3);
    broker.assign_directories([]);
    let refused =
        |error_code: ErrorCode| AssignReplicasToDirsResponse { error_code: error_code.code(), ..Default::default() };
    let of_the_partition = answered::DirectoryData {
        topics: vec![answered::TopicData {
            partitions: vec![answered::PartitionData {
                error_code: ErrorCode::NotController.code(),
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let one_refused = AssignReplicasToDirsResponse { directories: vec![of_the_partition], ..Default::default() };
    let answers = [refused(ErrorCode::StaleBrokerEpoch), one_refused, refused(ErrorCode::None)];
    for (response, pause_ms) in answers.iter().zip([100, 200, 1000]) {
        let request = only_request(&mailbox);
        assert_eq!(told(&request), [(second, TOPIC, 0)]);
        // One at a time.
        broker.assign_all_directories();
        answer(request, response);
        bench.executor.pass(pause_ms - 1);
        assert!(!mailbox.has_input());
        bench.executor.pass(1);
    }
    // Taken, but not in the image yet.
    answer(only_request(&mailbox), &refused(ErrorCode::None));
    publisher.publish(&Bench::image(2, &[("t-0", TOPIC, second)]), &delta(), bench.now());
    bench.executor.pass(60_000);
    assert!(!mailbox.has_input());
    assert!(!broker.assignments.state.lock().is_busy);
}

#[test]
fn a_request_names_so_many_partitions_and_no_more() {
    let directories = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let mut assigned = Assigned::new();
    for directory in directories {
        for topic in 0..3 {
            assigned.entry(directory).or_default().insert(Uuid::from_u128(topic), (0..1000).collect());
        }
    }
    limit(&mut assigned);
    let counts: Vec<usize> = assigned.values().flat_map(|topics| topics.values().map(Vec::len)).collect();
    assert_eq!(counts, [1000, 1000, 250]);
}
