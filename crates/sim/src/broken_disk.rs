//! Single faults of the disk, and data that is not in memory, met by a whole node: what clients are told, which directory
//! goes out of service, and that no event loop waits.

use crate::executor::Work;
use crate::node::{SimNode, Step, Swarm, decode, format};
use crate::workload::Peer;
use base::{ErrorCode, Executor, Files, Now, SplitMix64};
use parking_lot::Mutex;
use protocol::{
    CreateTopicsRequest, Decode, DeleteTopicsRequest, FetchRequest, ListOffsetsRequest, Message, ProduceRequest,
    Request, create_topics_request, fetch_request, list_offsets_request, produce_request,
};
use records::{BatchBuilder, BatchOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::{Fault, FaultOn, SimFiles};

const START: Now = Now { monotonic_us: 1_000_000, wall_ms: 1_750_000_000_000 };
const EIO: i32 = 5;
const EMFILE: i32 = 24;
const CLEAN_SHUTDOWN: &str = "/data/.kafka_cleanshutdown";
const RECOVERY_POINTS: &str = "/data/recovery-point-offset-checkpoint";
const PATIENCE_US: u64 = 60_000_000;

/// A node, and a client of it.
pub(crate) struct Bench {
    pub files: SimFiles,
    pub node: SimNode,
    random: SplitMix64,
}

fn swarm(has_two_dirs: bool) -> Swarm {
    let (checkpoint_ms, snapshot_bytes, segment_bytes) = (60_000, 20_000_000, 1_200);
    Swarm { has_two_dirs, checkpoint_ms, snapshot_bytes, is_slow: false, segment_bytes }
}

type Held = Vec<base::BlockingWork>;

impl Bench {
    pub fn new(has_two_dirs: bool) -> Bench {
        let mut random = SplitMix64(1);
        let files = SimFiles::new();
        let swarm = swarm(has_two_dirs);
        format(&files, &swarm, START, &mut random).unwrap();
        let mut bench = Bench { node: SimNode::start(&files, &swarm, START, 2).unwrap(), files, random };
        bench.run_until(|node| node.serves());
        assert!(bench.node.serves());
        bench
    }

    pub fn run_until(&mut self, mut done: impl FnMut(&mut SimNode) -> bool) {
        let end_us = self.node.executor.now().monotonic_us + PATIENCE_US;
        while !done(&mut self.node) && self.node.executor.now().monotonic_us < end_us {
            match self.node.step(&mut self.random) {
                Step::Worked => {}
                Step::IdleUntil(Some(at)) => self.node.executor.advance_to(at),
                Step::IdleUntil(None) | Step::Died => return,
            }
        }
    }

    pub fn pass(&mut self, us: u64) {
        let until_us = self.node.executor.now().monotonic_us + us;
        self.run_until(|node| node.executor.now().monotonic_us >= until_us);
    }

    pub fn take(&mut self, tag: u64) -> Option<Option<Vec<u8>>> {
        let mut inbox = self.node.inbox.lock();
        inbox.iter().position(|(other, _)| *other == tag).and_then(|at| inbox.remove(at)).map(|(_, frame)| frame)
    }

    /// The answer to a request that was sent; `None`: the connection was closed.
    pub fn answer<R: Request>(&mut self, tag: u64, version: i16) -> Option<R::OwnedResponse>
    where
        for<'r> R::Response<'r>: Decode<'r> + Message<Owned = R::OwnedResponse>,
    {
        self.run_until(|node| node.inbox.lock().iter().any(|(other, _)| *other == tag));
        decode::<R>(&self.take(tag).expect("an answer")?, version)
    }

    pub fn create(&mut self, topic: &'static str) -> ErrorCode {
        let configs =
            [("internal.segment.bytes", "1200")].map(|(name, value)| create_topics_request::CreatableTopicConfig {
                name: name.into(),
                value: Some(value.into()),
                ..Default::default()
            });
        let topic = create_topics_request::CreatableTopic {
            name: topic.into(),
            num_partitions: 1,
            replication_factor: 1,
            configs: configs.into(),
            ..Default::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 1000, ..Default::default() };
        let tag = self.node.send(7, &request);
        let answer = self.answer::<CreateTopicsRequest<'_>>(tag, 7).unwrap();
        ErrorCode::from_code(answer.topics[0].error_code)
    }

    fn send_batch(&mut self, topic: &'static str, timestamp_ms: i64) -> u64 {
        let mut builder = BatchBuilder::new(BatchOptions::default());
        builder.append(timestamp_ms, Some(b"key"), Some(&[7; 200]), &[]);
        let bytes = builder.finish().unwrap();
        let data = produce_request::TopicProduceData {
            name: topic.into(),
            partition_data: vec![produce_request::PartitionProduceData {
                index: 0,
                records: Some(bytes.into()),
                ..Default::default()
            }],
            ..Default::default()
        };
        let request = ProduceRequest { acks: 1, timeout_ms: 1000, topic_data: vec![data], ..Default::default() };
        self.node.send(9, &request)
    }

    fn produce(&mut self, topic: &'static str) -> ErrorCode {
        let tag = self.send_batch(topic, self.node.executor.now().wall_ms);
        let answer = self.answer::<ProduceRequest<'_>>(tag, 9).unwrap();
        ErrorCode::from_code(answer.responses[0].partition_responses[0].error_code)
    }

    fn send_fetch(&mut self, topic: &'static str, offset: i64, min_bytes: i32) -> u64 {
        let partition =
            fetch_request::FetchPartition { fetch_offset: offset, partition_max_bytes: 1 << 20, ..Default::default() };
        let topic =
            fetch_request::FetchTopic { topic: topic.into(), partitions: vec![partition], ..Default::default() };
        let request = FetchRequest {
            max_wait_ms: 30_000,
            min_bytes,
            max_bytes: 1 << 20,
            session_epoch: -1,
            topics: vec![topic],
            ..Default::default()
        };
        self.node.send(11, &request)
    }

    fn send_list_offsets(&mut self, topic: &'static str, timestamp: i64) -> u64 {
        let partition =
            list_offsets_request::ListOffsetsPartition { timestamp, current_leader_epoch: -1, ..Default::default() };
        let topic = list_offsets_request::ListOffsetsTopic {
            name: topic.into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
        self.node.send(7, &request)
    }

    /// Runs what event loops run, which never waits for the disk; what may block is held back.
    fn run_loops(&mut self, held: &mut Held) {
        let waits = self.files.waits();
        while let Some(work) = self.node.executor.next(&mut self.random) {
            match work {
                Work::Task(task) => task.run(self.node.executor.now()),
                Work::Blocking(work) => held.push(work),
            }
        }
        assert_eq!(self.files.waits(), waits, "an event loop waited for the disk");
    }

    /// Runs everything that is due; only work that may block waits for the disk.
    fn run_all(&mut self, mut held: Held) {
        loop {
            self.run_loops(&mut held);
            if held.is_empty() {
                return;
            }
            held.drain(..).for_each(|work| work());
        }
    }

    fn failed(&self) -> Vec<PathBuf> {
        self.node.failed_dirs()
    }
}

/// What the node tells its operator meanwhile.
fn logged(work: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, work);
    String::from_utf8_lossy(&lines.0.lock()).into_owned()
}

#[test]
fn too_many_open_files_refuse_what_needs_one_and_the_directory_stays() {
    let mut bench = Bench::new(true);
    for topic in ["a", "b"] {
        assert_eq!(bench.create(topic), ErrorCode::None);
        assert_eq!(bench.produce(topic), ErrorCode::None);
    }
    bench.files.inject(Fault { on: FaultOn::Open, after: 0, errno: EMFILE, sticky: true });
    let mut outcomes = Vec::new();
    let told = logged(|| outcomes.extend((0..20).map(|_| bench.produce("b"))));
    assert_eq!(told.matches("ulimit -n").count(), 1, "{told}");
    assert!(outcomes.iter().all(|code| matches!(code, ErrorCode::None | ErrorCode::KafkaStorageError)), "{outcomes:?}");
    assert!(outcomes.contains(&ErrorCode::KafkaStorageError), "a new segment needs files");
    assert_eq!(bench.create("late"), ErrorCode::None);
    assert_eq!(bench.produce("late"), ErrorCode::NotLeaderOrFollower);
    bench.pass(15_000_000);
    assert_eq!(bench.failed(), Vec::<PathBuf>::new());
    bench.files.heal();
    assert_eq!(bench.produce("b"), ErrorCode::None);
    // Its log is opened without a restart.
    bench.pass(15_000_000);
    assert_eq!(bench.produce("late"), ErrorCode::None);
    assert_eq!(bench.failed(), Vec::<PathBuf>::new());
}

#[test]
fn the_directory_in_which_a_log_could_not_be_made_goes_out_of_service_and_no_other() {
    let mut bench = Bench::new(true);
    assert_eq!(bench.create("first"), ErrorCode::None);
    assert_eq!(bench.produce("first"), ErrorCode::None);
    bench.pass(2_000_000);
    bench.files.inject(Fault { on: FaultOn::Create, after: 0, errno: EIO, sticky: false });
    bench.create("second");
    bench.pass(2_000_000);
    assert_eq!(bench.failed(), [PathBuf::from("/more")]);
    assert_eq!(bench.produce("first"), ErrorCode::None);
}

/// The second topic lies in the second directory, so that the node outlives it. Its first segments are sealed.
fn with_old_records(bench: &mut Bench) {
    for topic in ["first", "second"] {
        assert_eq!(bench.create(topic), ErrorCode::None);
        for _ in 0..30 {
            assert_eq!(bench.produce(topic), ErrorCode::None);
        }
    }
    bench.pass(3_000_000);
}

#[test]
fn an_error_of_the_disk_while_cold_data_is_read_takes_the_directory_out_of_service() {
    let mut bench = Bench::new(true);
    with_old_records(&mut bench);
    bench.files.chill(false);
    bench.files.inject(Fault { on: FaultOn::Read, after: 0, errno: EIO, sticky: false });
    let tag = bench.send_fetch("second", 0, 1);
    let answer = bench.answer::<FetchRequest<'_>>(tag, 11).unwrap();
    let code = ErrorCode::from_code(answer.responses[0].partitions[0].error_code);
    assert_eq!(code, ErrorCode::KafkaStorageError);
    assert_eq!(bench.failed(), [PathBuf::from("/more")]);
}

#[test]
fn an_error_of_the_disk_while_records_are_sent_takes_the_directory_out_of_service() {
    let mut bench = Bench::new(true);
    with_old_records(&mut bench);
    // The position of the newest record is known without the disk.
    bench.files.chill(false);
    bench.files.inject(Fault { on: FaultOn::Read, after: 0, errno: EIO, sticky: false });
    let tag = bench.send_fetch("second", 29, 1);
    assert!(bench.answer::<FetchRequest<'_>>(tag, 11).is_none(), "the connection is closed");
    bench.pass(1_000_000);
    assert_eq!(bench.failed(), [PathBuf::from("/more")]);
}

#[test]
fn a_fetch_that_waits_reads_from_the_disk_once_at_a_time_and_misses_nothing() {
    let mut bench = Bench::new(false);
    with_old_records(&mut bench);
    let mut held = Held::new();
    let tag = bench.send_fetch("second", 0, 1 << 19);
    bench.run_loops(&mut held);
    bench.run_all(held);
    bench.files.chill(false);
    let mut held = Held::new();
    for _ in 0..3 {
        bench.send_batch("second", START.wall_ms);
        bench.run_loops(&mut held);
    }
    assert_eq!(bench.node.executor.readings(), 1);
    bench.run_all(held);
    assert!(bench.take(tag).is_none(), "there is not enough yet");
    // Its time runs out while the disk is read.
    bench.files.chill(false);
    let mut held = Held::new();
    bench.send_batch("second", START.wall_ms);
    bench.run_loops(&mut held);
    let now_us = bench.node.executor.now().monotonic_us;
    bench.node.executor.advance_to(now_us + 30_000_000);
    let mut others = Held::new();
    bench.run_loops(&mut others);
    bench.run_all(held);
    assert!(bench.take(tag).is_some_and(|frame| frame.is_some_and(|frame| frame.len() > 1000)));
}

#[test]
fn fetches_and_searches_by_timestamp_wait_for_the_disk_off_the_loops_also_when_memory_forgets() {
    for forgets in [false, true] {
        let mut bench = Bench::new(false);
        assert_eq!(bench.create("t"), ErrorCode::None);
        for i in 0..40 {
            bench.send_batch("t", START.wall_ms + i);
        }
        bench.pass(1_000_000);
        let searches = [(START.wall_ms + 3, Some(3)), (START.wall_ms + 20, Some(20)), (-3, Some(39)), (i64::MAX, None)];
        for (timestamp, expected) in searches {
            bench.files.chill(forgets);
            let tag = bench.send_list_offsets("t", timestamp);
            assert_eq!(bench.files.waits(), 0, "an event loop waited for the disk");
            bench.run_all(Held::new());
            let answer = bench.answer::<ListOffsetsRequest<'_>>(tag, 7).unwrap();
            let found = &answer.topics[0].partitions[0];
            assert_eq!((found.error_code, found.offset), (0, expected.unwrap_or(-1)), "{timestamp}");
        }
        for offset in [0, 17] {
            bench.files.chill(forgets);
            let tag = bench.send_fetch("t", offset, 1);
            assert_eq!(bench.files.waits(), 0, "an event loop waited for the disk");
            bench.run_all(Held::new());
            let answer = bench.answer::<FetchRequest<'_>>(tag, 11).unwrap();
            let found = &answer.responses[0].partitions[0];
            let records = found.records.as_ref().map_or(&[][..], |records| records.as_bytes());
            let first = records::batches(records).next().unwrap().unwrap();
            assert_eq!((found.error_code, first.base_offset()), (0, offset));
        }
    }
}

#[test]
fn a_log_that_could_not_be_opened_makes_the_stop_unclean_and_what_is_known_of_it_stays() {
    let mut bench = Bench::new(false);
    with_old_records(&mut bench);
    let Bench { files, node, mut random } = bench;
    node.stop(&mut random);
    files.process_died();
    assert!(files.exists(Path::new(CLEAN_SHUTDOWN)).unwrap());
    let recovery_points = files.read(Path::new(RECOVERY_POINTS)).unwrap();
    files.put(Path::new("/data/second-0/partition.metadata"), b"damaged");

    let mut bench = Bench { node: SimNode::start(&files, &swarm(false), START, 3).unwrap(), files, random };
    bench.run_until(|node| node.serves());
    assert_eq!(bench.produce("second"), ErrorCode::NotLeaderOrFollower);
    let Bench { files, node, mut random } = bench;
    node.stop(&mut random);
    assert!(!files.exists(Path::new(CLEAN_SHUTDOWN)).unwrap());
    let row = |content: &[u8]| {
        let text = String::from_utf8_lossy(content).into_owned();
        text.lines().find(|line| line.starts_with("second 0 ")).map(str::to_owned)
    };
    assert!(row(&recovery_points).is_some());
    assert_eq!(row(&files.read(Path::new(RECOVERY_POINTS)).unwrap()), row(&recovery_points));
}

#[test]
fn what_the_cleaners_checkpoint_says_makes_a_gap_between_segments_legal() {
    for (checkpoint, expected) in [(None, false), (Some("0\n1\nfirst 0 30\n"), true)] {
        let mut bench = Bench::new(false);
        with_old_records(&mut bench);
        let Bench { files, node, random } = bench;
        node.kill();
        files.process_died();
        // The last batch of the first segment is gone, as compaction may leave it, and its index does not tell.
        let log = Path::new("/data/first-0/00000000000000000000.log");
        let content = files.read(log).unwrap();
        let ends = records::batches(&content).scan(0, |end, batch| {
            *end += batch.ok()?.size();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        files.put(log, &content[..ends[ends.len() - 2]]);
        files.remove_file(&log.with_extension("index")).unwrap();
        if let Some(checkpoint) = checkpoint {
            files.put(Path::new("/data/cleaner-offset-checkpoint"), checkpoint.as_bytes());
        }
        let mut bench = Bench { node: SimNode::start(&files, &swarm(false), START, 3).unwrap(), files, random };
        bench.run_until(|node| node.serves());
        // No heartbeat waits until it is shown here what this node leads.
        bench.pass(100_000);
        let tag = bench.send_list_offsets("first", -1);
        let answer = bench.answer::<ListOffsetsRequest<'_>>(tag, 7).unwrap();
        let end = answer.topics[0].partitions[0].offset;
        assert_eq!(end == 30, expected, "{end} {checkpoint:?}");
    }
}

/// Rows of checkpoints name a topic, not which topic of that name: with the recovery point of an older one, a start after a
/// power cut would take records for flushed that were not.
#[test]
fn a_topic_that_is_made_again_does_not_inherit_the_recovery_point_of_the_old_one() {
    let mut bench = Bench::new(false);
    let row = |bench: &Bench| {
        let text = String::from_utf8(bench.files.read(Path::new(RECOVERY_POINTS)).unwrap()).unwrap();
        let row = text.lines().find_map(|line| line.strip_prefix("reborn 0 ")).map(str::to_owned);
        row.map_or(0, |offset| offset.parse::<i64>().unwrap())
    };
    assert_eq!(bench.create("reborn"), ErrorCode::None);
    for _ in 0..30 {
        assert_eq!(bench.produce("reborn"), ErrorCode::None);
    }
    (0..2).for_each(|_| bench.pass(40_000_000));
    assert!(row(&bench) > 0);
    let delete = DeleteTopicsRequest { topic_names: vec!["reborn".into()], timeout_ms: 1000, ..Default::default() };
    let tag = bench.node.send(5, &delete);
    assert_eq!(bench.answer::<DeleteTopicsRequest<'_>>(tag, 5).unwrap().responses[0].error_code, 0);
    assert_eq!(bench.create("reborn"), ErrorCode::None);
    assert_eq!(bench.produce("reborn"), ErrorCode::None);
    assert_eq!(row(&bench), 0);
}

#[test]
fn a_directory_that_cannot_be_read_at_a_start_is_out_of_service_until_the_start_at_which_it_can() {
    let mut bench = Bench::new(true);
    with_old_records(&mut bench);
    let Bench { files, node, mut random } = bench;
    node.stop(&mut random);
    files.process_died();
    let meta = Path::new("/more/meta.properties");
    let content = files.read(meta).unwrap();
    files.remove_file(meta).unwrap();
    files.create_dir_all(meta).unwrap();

    let mut bench = Bench { node: SimNode::start(&files, &swarm(true), START, 3).unwrap(), files, random };
    bench.run_until(|node| node.serves());
    assert_eq!(bench.failed(), [PathBuf::from("/more")]);
    assert_eq!(bench.produce("first"), ErrorCode::None);
    assert_eq!(bench.produce("second"), ErrorCode::NotLeaderOrFollower);
    assert_eq!(bench.create("third"), ErrorCode::None);
    assert_eq!(bench.produce("third"), ErrorCode::None);
    bench.pass(15_000_000);
    assert!(!bench.files.exists(Path::new("/data/second-0")).unwrap(), "it was begun anew elsewhere");
    let Bench { files, node, mut random } = bench;
    node.stop(&mut random);
    files.process_died();
    assert!(files.exists(Path::new(CLEAN_SHUTDOWN)).unwrap());
    files.remove_dir_all(meta).unwrap();
    files.put(meta, &content);

    let mut bench = Bench { node: SimNode::start(&files, &swarm(true), START, 4).unwrap(), files, random };
    bench.run_until(|node| node.serves());
    bench.pass(1_000_000);
    assert_eq!(bench.failed(), Vec::<PathBuf>::new());
    for (topic, expected) in [("first", 31), ("second", 30), ("third", 1)] {
        let tag = bench.send_list_offsets(topic, -1);
        let answer = bench.answer::<ListOffsetsRequest<'_>>(tag, 7).unwrap();
        assert_eq!(answer.topics[0].partitions[0].offset, expected, "{topic}");
        assert_eq!(bench.produce(topic), ErrorCode::None);
    }
}
