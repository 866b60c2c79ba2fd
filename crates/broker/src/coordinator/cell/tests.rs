use super::*;
use crate::test_bench::{Bench, NODE};
use base::{ProducerId, Uuid};
use coordinator::{Loading, Plan, Reply, StoredRecord};
use std::convert::Infallible;

const TOPIC: Uuid = Uuid::from_u128(7);
const LARGE: u64 = 1_000;

/// A machine that answers with what it is asked, and counts.
#[derive(Default)]
struct Echo {
    asked: u64,
    deadline_us: Option<u64>,
}

impl Machine for Echo {
    type Request = u64;
    type Response = Result<(u64, u64), ErrorCode>;
    type View<'a> = ();
    type Notice = ();
    type Done = u64;
    type ReplayError = Infallible;

    fn replay(&mut self, _: StoredRecord<'_>) -> Result<(), Infallible> {
        Ok(())
    }
    fn replay_marker(&mut self, _: ProducerId, _: bool) {}
    fn loaded(&mut self, _: Now) -> Plan<Self::Response> {
        Plan::default()
    }
    fn plan(&mut self, now: Now, (): &(), request: u64, token: u64) -> Plan<Self::Response> {
        self.asked += 1;
        self.deadline_us = Some(now.monotonic_us + 1_000_000);
        let mut plan = Plan::default();
        plan.reply(token, Ok((request, self.asked)));
        plan
    }
    fn on_timer(&mut self, _: Now) -> Plan<Self::Response> {
        self.asked += 100;
        self.deadline_us = None;
        Plan::default()
    }
    fn next_deadline_us(&self) -> Option<u64> {
        self.deadline_us
    }
    fn notice(&mut self, _: Now, (): &()) -> Vec<Plan<Self::Response>> {
        Vec::new()
    }
    fn work_done(&mut self, _: Now, _: u64) -> Plan<Self::Response> {
        Plan::default()
    }
    fn append_failed(&mut self, _: Now, _: Plan<Self::Response>, _: ErrorCode) -> Plan<Self::Response> {
        Plan::default()
    }
    fn resign(&mut self, _: ErrorCode) -> Vec<Reply<Self::Response>> {
        Vec::new()
    }
    fn refuse(_: &u64, error: ErrorCode) -> Self::Response {
        Err(error)
    }
    fn fail(_: Self::Response, error: ErrorCode) -> Self::Response {
        Err(error)
    }
    fn request_weight(&self, request: &u64) -> Weight {
        if *request >= LARGE { Weight::Large } else { Weight::Small }
    }
    fn timer_weight(&self, _: Now) -> Weight {
        Weight::Small
    }
    fn notice_weight(&self, (): &()) -> Weight {
        Weight::Small
    }
}

struct Echoes;

type Answered = Arc<Mutex<Vec<Result<(u64, u64), ErrorCode>>>>;

impl Host for Echoes {
    type Machine = Echo;
    type Caller = Answered;

    fn machine(&self) -> Echo {
        Echo::default()
    }
    fn step(
        runtime: &mut Runtime<Echo, Answered>,
        now: Now,
        input: Input<Echo, Answered>,
        _: &Image,
        log: &mut dyn Log,
    ) -> Effects<Echo, Answered> {
        runtime.step(now, input, &(), log)
    }
    fn answer(answered: Answered, response: Result<(u64, u64), ErrorCode>) {
        answered.lock().push(response);
    }
}

struct Loaded {
    bench: Bench,
    _broker: Arc<Broker>,
    cell: Arc<CoordinatorCell<Echoes>>,
    answered: Answered,
}

impl Loaded {
    fn new() -> Loaded {
        let bench = Bench::new(&["/data"], |_| {});
        let broker = bench.broker();
        let cell = CoordinatorCell::new(&broker, (TOPIC, 0, 0), Echoes, 1_000_000);
        let loaded = Loading::new(Echo::default(), 0).finish(0).unwrap_or_else(|error| panic!("{error:?}"));
        cell.enter(Input::Loaded(loaded), Place::Worker);
        Loaded { bench, _broker: broker, cell, answered: Answered::default() }
    }

    fn ask(&self, request: u64) {
        self.cell.enter(Input::Request(request, self.answered.clone()), Place::Loop);
    }

    fn take(&self) -> Vec<Result<(u64, u64), ErrorCode>> {
        std::mem::take(&mut self.answered.lock())
    }
}

#[test]
fn small_requests_are_answered_where_they_come_and_large_ones_elsewhere_in_order() {
    let at = Loaded::new();
    at.ask(1);
    assert_eq!(at.take(), [Ok((1, 1))]);
    at.ask(LARGE);
    at.ask(2);
    at.ask(3);
    assert_eq!(at.take(), [], "nothing large on a loop, and nobody overtakes it");
    at.bench.executor.settle();
    assert_eq!(at.take(), [Ok((LARGE, 2)), Ok((2, 3)), Ok((3, 4))]);
    at.ask(4);
    assert_eq!(at.take(), [Ok((4, 5))], "the runtime is back");
}

#[test]
fn a_loop_leaves_the_rest_of_a_long_queue_to_another_thread() {
    let at = Loaded::new();
    at.ask(LARGE);
    (0..200).for_each(|n| at.ask(n));
    at.bench.executor.settle();
    let answers = at.take();
    assert_eq!(answers.len(), 201);
    assert!(answers.iter().skip(1).zip(0..).all(|(answer, n)| matches!(answer, Ok((asked, _)) if *asked == n)));
}

#[test]
fn leadership_that_is_lost_behind_a_large_request_refuses_what_comes_after() {
    let at = Loaded::new();
    at.ask(LARGE);
    at.cell.enter(Input::Resign, Place::Loop);
    at.ask(1);
    at.bench.executor.settle();
    assert_eq!(at.take(), [Ok((LARGE, 1)), Err(ErrorCode::NotCoordinator)]);
}

#[test]
fn timers_go_off_when_they_are_due_whoever_stepped_last() {
    let at = Loaded::new();
    at.ask(1);
    at.bench.executor.pass(999);
    at.ask(LARGE);
    at.bench.executor.settle();
    at.bench.executor.pass(1_001);
    at.ask(2);
    assert_eq!(at.take(), [Ok((1, 1)), Ok((LARGE, 2)), Ok((2, 103))]);
}

#[test]
fn while_a_coordinator_is_at_a_long_computation_a_bounded_number_of_requests_waits() {
    let at = Loaded::new();
    at.ask(LARGE);
    (0..WAITING_MAX as u64 + 1).for_each(|_| at.ask(1));
    assert_eq!(at.take(), [Err(ErrorCode::CoordinatorLoadInProgress)]);
    at.bench.executor.settle();
    assert_eq!(at.take().len(), WAITING_MAX + 1);
}

fn records() -> Vec<Record> {
    vec![Record { key: b"k".to_vec(), value: None }, Record { key: b"l".to_vec(), value: Some(Vec::new()) }]
}

fn append(bench: &Bench, partition: &Arc<PartitionCell>, epoch: LeaderEpoch) -> Result<Appended, ErrorCode> {
    let (compression, effects) = (Compression::default(), PartitionEffects::default());
    let mut log = PartitionLog { partition: Some(partition), compression, effects };
    let appended = log.append(bench.now(), epoch, &records());
    log.effects.run(partition, bench.now());
    appended
}

#[test]
fn a_coordinator_appends_in_its_own_epoch_only() {
    let bench = Bench::new(&["/data"], |_| {});
    let partition = bench.open("c-0", TOPIC);
    bench.lead_in(&partition, &[NODE], 3);
    assert_eq!(append(&bench, &partition, 2), Err(ErrorCode::FencedLeaderEpoch));
    assert_eq!(append(&bench, &partition, 4), Err(ErrorCode::NotLeaderOrFollower));
    assert_eq!(crate::test_bench::end(&partition), 0);
    assert_eq!(append(&bench, &partition, 3), Ok(Appended { base_offset: 0, end_offset: 2, epoch: 3 }));
}

#[test]
fn a_partition_whose_coordinator_is_broken_is_out_of_service_and_its_directory_is_not() {
    let bench = Bench::new(&["/data"], |_| {});
    let (partition, other) = (bench.open("c-0", TOPIC), bench.open("o-0", Uuid::from_u128(8)));
    take_out_of_service(&partition, "it is a test", bench.now());
    bench.executor.settle();
    assert_eq!(append(&bench, &partition, 0), Err(ErrorCode::KafkaStorageError));
    append(&bench, &other, 0).unwrap();
}
