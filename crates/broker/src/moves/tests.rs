use crate::broker::Broker;
use crate::partition::{AckWaiter, Acks, Append, AppendError, Changed, Effects, PartitionCell};
use crate::publisher::BrokerPublisher;
use crate::test_bench::{AtOnce, Bench, NODE, answer, end, only_request};
use base::{ErrorCode, Files, Now, Offset, TopicId, Uuid};
use metadata::Delta;
use protocol::{ApiKey, AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, Cursor};
use quorum::Publisher;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};
use storage::{AppendOrigin, LeaderBatch};
use testkit::{Fault, FaultOn, SimFiles};

impl super::Moves {
    pub fn count(&self) -> usize {
        self.state.lock().moves.len()
    }
}

const TOPIC: TopicId = Uuid::from_u128(7);
const DIRS: [&str; 2] = ["/d1", "/d2"];

/// A broker with `t-0` in its first directory.
struct Moving {
    bench: Arc<Bench>,
    broker: Arc<Broker>,
    mailbox: quorum::Mailbox,
    cell: Arc<PartitionCell>,
}

impl Moving {
    fn new(change: impl FnOnce(&mut storage::LogConfig)) -> Moving {
        Moving::on(Bench::new(&DIRS, change))
    }

    fn on(mut bench: Bench) -> Moving {
        let cell = bench.open("t-0", TOPIC);
        let (broker, mailbox) = bench.broker_with_partitions();
        broker.set_epoch(1);
        Moving { bench: Arc::new(bench), broker, mailbox, cell }
    }

    /// Starts as a process does, with an image that says that the replica lies in the second directory. `None`: the
    /// partition is offline.
    fn start(bench: &mut Bench) -> (Arc<Broker>, quorum::Mailbox, Option<Arc<PartitionCell>>) {
        let (broker, mailbox) = bench.broker_with_partitions();
        broker.set_epoch(1);
        let image = Bench::image(1, &[("t-0", TOPIC, Uuid::from_u128(2 << 64))]);
        let mut publisher = BrokerPublisher::new(broker.clone(), 0, Arc::new(AtOnce(|_| {})));
        publisher.publish(&image, &Delta::default(), bench.now());
        let cell = broker.replicas.get(TOPIC, 0);
        (broker, mailbox, cell)
    }

    fn started(bench: Bench) -> Moving {
        Moving::started_in(bench, 0)
    }

    /// Leads in this epoch.
    fn started_in(mut bench: Bench, leader_epoch: i32) -> Moving {
        bench.find_all();
        let (broker, mailbox, cell) = Moving::start(&mut bench);
        let cell = cell.unwrap();
        bench.watch(&cell);
        bench.lead_in(&cell, &[NODE], leader_epoch);
        Moving { bench: Arc::new(bench), broker, mailbox, cell }
    }

    fn directory(&self, number: usize) -> Arc<crate::Directory> {
        self.broker.replicas.directories()[number].clone()
    }

    /// The image says that the replica lies there.
    fn lies_in(&self, number: usize) {
        self.broker.image.store(Bench::image(1, &[("t-0", TOPIC, self.directory(number).id)]));
    }

    fn move_to(&self, number: usize) {
        self.broker.move_replica(&self.cell, &self.directory(number));
    }

    /// The folders of the partition in a directory, without what makes them unique.
    fn folders(&self, number: usize) -> Vec<String> {
        folders(&self.bench, number)
    }

    fn log(&self, number: usize) -> Vec<u8> {
        let path = format!("{}/t-0/{:020}.log", DIRS[number], 0);
        base::Files::read(&self.bench.files, path.as_ref()).unwrap()
    }
}

fn folders(bench: &Bench, number: usize) -> Vec<String> {
    let names = bench.names(DIRS[number]).into_iter().filter(|name| name.starts_with("t-0"));
    names.map(|name| name.rsplit_once('.').map_or(name.clone(), |(_, rest)| rest[32..].to_owned())).collect()
}

/// What is asked of the controller: the directory of the one partition.
fn assigned(request: &quorum::ControllerRequest) -> Uuid {
    assert_eq!(request.api, ApiKey::AssignReplicasToDirs);
    let asked = AssignReplicasToDirsRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    let [directory] = asked.directories.as_slice() else { panic!("{asked:?}") };
    directory.id
}

fn taken(request: quorum::ControllerRequest) {
    answer(request, &AssignReplicasToDirsResponse::default());
}

#[test]
fn a_replica_moves_while_it_is_written_to_and_the_controller_hears_of_it_first() {
    let moving = Moving::new(|log| log.segment_bytes = 1 << 20);
    let Moving { bench, broker, mailbox, cell } = &moving;
    bench.fill(cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    let request = only_request(mailbox);
    assert_eq!(assigned(&request), moving.directory(1).id);
    bench.fill(cell, 5);
    taken(request);
    bench.executor.pass(200);
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(0)), "not before the image says so");
    assert_eq!((moving.folders(0), moving.folders(1)), (vec!["t-0".to_owned()], vec!["-future".to_owned()]));
    let copies = broker.replicas.copies.in_directory(&moving.directory(1));
    assert_eq!((copies.len(), copies[0].1.end), (1, 55));
    bench.fill(cell, 5);
    moving.lies_in(1);
    bench.executor.pass(50);
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)));
    assert_eq!((moving.folders(0), moving.folders(1)), (vec!["-delete".to_owned()], vec!["t-0".to_owned()]));
    assert_eq!((end(cell), cell.with_log(|log| log.high_watermark())), (60, 60));
    // Its producers are known: what comes next fits, what came before does not.
    bench.fill(cell, 3);
    assert!(bench.produce(cell, 70).is_err());
    bench.executor.pass(120_000);
    assert_eq!((moving.folders(0), broker.moves.count()), (vec![], 0));
    assert!(moving.log(1).len() > 60 * 100);
    assert!(broker.replicas.copies.in_directory(&moving.directory(1)).is_empty());
}

#[test]
fn a_move_that_is_given_up_leaves_nothing_and_the_controller_is_told() {
    let moving = Moving::new(|_| {});
    let Moving { bench, mailbox, cell, .. } = &moving;
    bench.fill(cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    taken(only_request(mailbox));
    moving.lies_in(1);
    // Before the image is seen it is called back.
    moving.move_to(0);
    bench.executor.settle();
    assert_eq!((moving.folders(0), moving.folders(1)), (vec!["t-0".to_owned()], vec!["-delete".to_owned()]));
    bench.executor.pass(1000);
    let request = only_request(mailbox);
    assert_eq!(assigned(&request), moving.directory(0).id);
    taken(request);
    moving.lies_in(0);
    bench.executor.pass(120_000);
    assert_eq!((moving.folders(1), moving.broker.moves.count()), (vec![], 0));
    assert!(!mailbox.has_input());
}

#[test]
fn a_topic_that_is_deleted_while_it_moves_is_gone_from_both_directories() {
    let moving = Moving::new(|_| {});
    moving.bench.fill(&moving.cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    moving.bench.executor.settle();
    moving.broker.replicas.remove_all([(TOPIC, 0)]);
    moving.bench.executor.pass(120_000);
    assert_eq!((moving.folders(0), moving.folders(1)), (vec![], vec![]));
    assert_eq!(moving.broker.moves.count(), 0);
}

#[test]
fn a_target_that_fails_ends_the_move_and_a_source_that_fails_takes_the_replica_offline() {
    for failing in [1, 0] {
        let moving = Moving::new(|_| {});
        let Moving { bench, broker, mailbox, cell } = &moving;
        let told = broker.clone();
        for number in 0..2 {
            let told = Arc::downgrade(&told);
            moving.directory(number).set_failure_listener(Box::new(move |failed| {
                told.upgrade().unwrap().directory_failed(failed);
            }));
        }
        bench.fill(cell, 50);
        moving.lies_in(0);
        moving.move_to(1);
        bench.executor.settle();
        taken(only_request(mailbox));
        moving.lies_in(1);
        moving.directory(failing).fail();
        bench.executor.pass(2_000);
        assert_eq!((assigned(&only_request(mailbox)), broker.moves.count()), (moving.directory(0).id, 0), "{failing}");
        assert_eq!(bench.produce(cell, 50).is_ok(), failing == 1, "{failing}");
        assert_eq!(moving.folders(1), ["-future"], "nothing in it is touched");
    }
}

#[test]
fn a_follower_that_is_cut_while_it_moves_is_cut_in_both_directories() {
    let moving = Moving::new(|log| log.segment_bytes = 1 << 20);
    let Moving { bench, broker, cell, .. } = &moving;
    bench.fill(cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    bench.register(cell, &[NODE, 2], 2, 1);
    assert_eq!(broker.replicas.truncate(cell, 1, 20).unwrap(), 20);
    assert_eq!(broker.replicas.copies.in_directory(&moving.directory(1))[0].1.end, 20);
    bench.lead_in(cell, &[NODE], 2);
    bench.fill(cell, 4);
    moving.lies_in(1);
    bench.executor.pass(50);
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)));
    assert_eq!(end(cell), 24);
    assert_eq!(
        cell.with_log(|log| log.leader_epochs().latest().map(|entry| (entry.epoch, entry.start_offset))),
        Some((2, 20))
    );
    bench.register(cell, &[NODE, 2], 2, 3);
    broker.replicas.begin_anew(cell, 3, 100).unwrap();
    moving.lies_in(0);
    moving.move_to(0);
    bench.executor.pass(50);
    assert_eq!((cell.directory().id, end(cell)), (moving.directory(0).id, 100));
}

#[test]
fn a_log_that_begins_inside_of_a_batch_moves_as_it_is() {
    let moving = Moving::new(|_| {});
    let Moving { bench, cell, .. } = &moving;
    bench.fill(cell, 60);
    struct Nobody;
    impl AckWaiter for Nobody {
        fn acknowledged(&self, _: usize, _: Result<(), ErrorCode>, _: Now) {}
    }
    let (waiter, mut effects): (Arc<dyn AckWaiter>, _) = (Arc::new(Nobody), Effects::default());
    cell.delete_records(33, (&waiter, 0, 0), bench.now(), &mut effects).unwrap();
    effects.run(cell, bench.now());
    cell.apply_retention(bench.now());
    bench.executor.settle();
    moving.lies_in(1);
    moving.move_to(1);
    bench.executor.settle();
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)));
    assert_eq!(cell.with_log(|log| (log.log_start_offset(), log.log_end_offset())), (33, 60));
    bench.fill(cell, 5);
}

#[test]
fn moves_are_held_up_by_their_throttle() {
    let moving = Moving::new(|log| log.segment_bytes = 1 << 20);
    let Moving { bench, broker, cell, .. } = &moving;
    bench.fill(cell, 50);
    let mut config = broker.static_config.clone();
    config.replication.alter_dirs_rate = 0;
    broker.config.store(Arc::new(config.clone()));
    moving.lies_in(1);
    moving.move_to(1);
    bench.executor.pass(10_000);
    assert!(moving.folders(1).is_empty());
    config.replication.alter_dirs_rate = 1000;
    broker.config.store(Arc::new(config));
    for _ in 0..60 {
        bench.executor.pass(50);
    }
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)));
}

/// How many records were acknowledged.
#[derive(Default)]
struct Acknowledged(AtomicI64);

impl AckWaiter for Acknowledged {
    fn acknowledged(&self, index: usize, result: Result<(), ErrorCode>, _: Now) {
        if result.is_ok() {
            self.0.fetch_max(index as i64 + 1, Ordering::Relaxed);
        }
    }
}

/// Writes one record after the other, also whenever somebody waits for the disk.
struct Writer {
    bench: Arc<Bench>,
    cell: Arc<PartitionCell>,
    told: Arc<Acknowledged>,
    next: AtomicI32,
    /// How many more at waits.
    left: AtomicI32,
}

impl Writer {
    fn write(&self) {
        let sequence = self.next.load(Ordering::Relaxed);
        let bytes = self.bench.record(sequence);
        let batch = LeaderBatch::built(&bytes, AppendOrigin::Client).unwrap();
        let append = Append { batch: &batch, leader_epoch: 0, acks: Acks::All, log_append_time_ms: None };
        let waiter = self.told.clone();
        let (make, mut effects) = (|| -> Arc<dyn AckWaiter> { waiter.clone() }, Effects::default());
        let watch: (&dyn Fn() -> Arc<dyn AckWaiter>, usize, u64) = (&make, sequence as usize, u64::MAX / 2);
        let appended = self.cell.append(&append, watch, self.bench.now(), &mut effects);
        effects.run(&self.cell, self.bench.now());
        let Ok(appended) = appended else { return };
        self.next.fetch_add(1, Ordering::Relaxed);
        if appended.is_acknowledged {
            self.told.0.fetch_max(i64::from(sequence) + 1, Ordering::Relaxed);
        }
    }

    fn write_at_waits(self: Arc<Self>) {
        let this = self.clone();
        self.bench.while_the_disk_is_waited_for(Box::new(move || {
            if this.left.fetch_sub(1, Ordering::Relaxed) > 0 {
                this.write();
            }
            this.write_at_waits();
        }));
    }
}

/// Writes while the replica moves; the disk stops after so many calls. Returns the files, how much was acknowledged, and
/// whether the move came to its end before.
fn interrupted(calls: u64, on_disk: bool) -> (SimFiles, Offset, bool) {
    let change = |log: &mut storage::LogConfig| {
        log.segment_bytes = 3000;
        log.flush_messages = if on_disk { 1 } else { i64::MAX };
    };
    let moving = Moving::new(change);
    let Moving { bench, broker, cell, .. } = &moving;
    let told = Arc::new(Acknowledged::default());
    let writer = Writer {
        bench: bench.clone(),
        cell: cell.clone(),
        told: told.clone(),
        next: AtomicI32::new(0),
        left: AtomicI32::new(0),
    };
    let writer = Arc::new(writer);
    (0..30).for_each(|_| writer.write());
    bench.executor.settle();
    bench.files.sync_everything();
    moving.lies_in(1);
    bench.files.inject(Fault { on: FaultOn::Any, after: calls, errno: 5, sticky: true });
    moving.move_to(1);
    writer.clone().write_at_waits();
    for _ in 0..100 {
        writer.write();
        writer.left.store(if on_disk { 1 } else { 50 }, Ordering::Relaxed);
        bench.executor.turn();
        bench.executor.work_once();
        if broker.moves.count() == 0 {
            break;
        }
    }
    bench.while_the_disk_is_waited_for(Box::new(|| {}));
    bench.executor.settle();
    bench.files.heal();
    let is_over = !cell.directory().dir.is_failed()
        && Arc::ptr_eq(&cell.directory(), &moving.directory(1))
        && moving.folders(1) == ["t-0"];
    (bench.files.copy(), told.0.load(Ordering::Relaxed), is_over)
}

/// Starts again; how many records there are then. The move goes on, and comes to its end.
fn restarted(files: SimFiles, on_disk: bool) -> Offset {
    let moving = Moving::started(Bench::on(files, &DIRS, |log| {
        log.segment_bytes = 3000;
        log.flush_messages = if on_disk { 1 } else { i64::MAX };
    }));
    let Moving { bench, broker, cell, .. } = &moving;
    let records = end(cell);
    moving.move_to(1);
    bench.executor.pass(1_000);
    assert_eq!((moving.folders(1), end(cell)), (vec!["t-0".to_owned()], records));
    assert_eq!(broker.moves.count(), 0);
    bench.produce(cell, records as i32).unwrap();
    bench.executor.pass(120_000);
    assert_eq!(moving.folders(0), [] as [&str; 0]);
    records
}

#[test]
fn wherever_the_process_dies_one_copy_counts_and_has_what_was_acknowledged() {
    for calls in 0.. {
        let (files, acknowledged, is_over) = interrupted(calls, false);
        let records = restarted(files, false);
        assert!(records >= acknowledged, "after {calls} calls: {records} of {acknowledged}");
        if is_over {
            assert!(calls > 100, "{calls}");
            break;
        }
    }
}

#[test]
fn wherever_the_power_is_cut_one_copy_counts_and_has_what_was_acknowledged_on_disk() {
    for calls in (0..).step_by(2) {
        let (files, acknowledged, is_over) = interrupted(calls, true);
        for seed in 0..2 {
            let files = files.copy();
            files.power_cut(calls * 10 + seed);
            let records = restarted(files, true);
            assert!(records >= acknowledged, "after {calls} calls, seed {seed}: {records} of {acknowledged}");
        }
        if is_over {
            break;
        }
    }
}

#[test]
fn a_copy_whose_log_may_lie_out_of_service_does_not_take_its_place() {
    let (files, _, _) = interrupted(40, false);
    let bench = Bench::on(files, &["/d2"], |_| {});
    bench.find_all();
    let directory = bench.replicas.directories()[0].clone();
    let gone = storage::LogDir::out_of_service(Arc::new(bench.files.clone()), "/d1".into());
    let gone = crate::Directory::new(Uuid::from_u128(99), gone, bench.executor.clone());
    let replicas = crate::Replicas::new(vec![gone, directory.clone()], bench.executor.clone(), 1);
    let folder = directory.dir.partition_folders().unwrap().remove(0);
    replicas.add_copy(folder.partition.clone(), (directory.clone(), folder.path), Some(TOPIC), Default::default());
    let opened = replicas.open(&folder.partition, TOPIC, directory.id, bench.settings.clone());
    assert!(matches!(opened, Err(storage::StorageError::Offline { .. })));
}

/// The process died when the log had lost its name, and its copy had not got it yet: 50 records.
fn between_the_names() -> SimFiles {
    let moving = Moving::new(|_| {});
    moving.bench.fill(&moving.cell, 50);
    let files = moving.bench.files.copy();
    let renamed = |from: &str, to: &str| {
        files.rename(from.as_ref(), to.as_ref()).unwrap();
        files.sync_dir("/d1".as_ref()).unwrap();
        files.sync_dir("/d2".as_ref()).unwrap();
    };
    renamed("/d1/t-0", "/d2/t-0.0123456789abcdef0123456789abcdef-future");
    files.create_dir_all("/d1/t-0.0123456789abcdef0123456789abcdef-delete".as_ref()).unwrap();
    files
}

#[test]
fn a_copy_that_is_alone_waits_until_the_directory_is_back_that_may_have_its_log() {
    let files = between_the_names();
    let mut bench = Bench::on(files.copy(), &["/d2"], |_| {});
    let directory = bench.replicas.directories()[0].clone();
    let gone = storage::LogDir::out_of_service(Arc::new(files.copy()), "/d1".into());
    let gone = crate::Directory::new(Uuid::from_u128(99), gone, bench.executor.clone());
    bench.replicas = crate::Replicas::new(vec![gone, directory.clone()], bench.executor.clone(), 1);
    bench.find_copy("t-0", 1, TOPIC);
    let (broker, _mailbox, cell) = Moving::start(&mut bench);
    bench.executor.pass(30_000);
    assert!(cell.is_none() && broker.replicas.get(TOPIC, 0).is_none());
    assert_eq!(folders(&bench, 1), ["-future"], "it is neither set aside, nor is a log begun beside it");
    assert!(!broker.replicas.stop_opening(), "it was not closed in order");
    assert_eq!(broker.replicas.unopened(&directory).len(), 1, "what is known of it is kept");
    let moving = Moving::started(Bench::on(bench.files.copy(), &DIRS, |_| {}));
    assert_eq!((end(&moving.cell), moving.folders(0), moving.folders(1)), (50, vec![], vec!["t-0".to_owned()]));
}

#[test]
fn a_copy_that_is_alone_and_cannot_be_opened_for_a_shortage_is_opened_later() {
    for (on, calls_min) in [(FaultOn::Any, 5), (FaultOn::Open, 2)] {
        for after in 0.. {
            let mut bench = Bench::on(between_the_names(), &DIRS, |_| {});
            bench.find_all();
            bench.files.inject(Fault { on, after, errno: 24, sticky: true });
            let (broker, _mailbox, cell) = Moving::start(&mut bench);
            bench.files.heal();
            let is_open_at_once = cell.is_some();
            bench.executor.pass(10_000);
            let cell = broker.replicas.get(TOPIC, 0).unwrap_or_else(|| panic!("offline after {after} calls of {on:?}"));
            assert_eq!((end(&cell), folders(&bench, 1)), (50, vec!["t-0".to_owned()]), "after {after} calls of {on:?}");
            if is_open_at_once {
                assert!(after > calls_min, "{after} of {on:?}");
                break;
            }
        }
    }
}

/// A copy with all of 50 records, and the log that was cut at 20 while the copy's directory was away and got so many others
/// in epoch 2.
fn with_a_copy_that_was_away(others: i32) -> SimFiles {
    let moving = Moving::new(|_| {});
    moving.bench.fill(&moving.cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    moving.bench.executor.settle();
    let files = moving.bench.files.copy();
    let name = moving.bench.names("/d2").into_iter().find(|name| name.ends_with("-future")).unwrap();
    let (copy, away) = (format!("/d2/{name}"), format!("/d2/{name}.away"));
    files.rename(copy.as_ref(), away.as_ref()).unwrap();
    let bench = Bench::on(files, &DIRS, |_| {});
    bench.find_all();
    let Moving { bench, broker, cell, .. } = &Moving::on(bench);
    bench.register(cell, &[NODE, 2], 2, 1);
    broker.replicas.truncate(cell, 1, 20).unwrap();
    bench.lead_in(cell, &[NODE], 2);
    bench.fill(cell, others);
    bench.executor.settle();
    let files = bench.files.copy();
    files.rename(away.as_ref(), copy.as_ref()).unwrap();
    files
}

#[test]
fn a_copy_that_is_not_what_its_log_began_with_is_made_anew() {
    for others in [4, 40] {
        let moving = Moving::started_in(Bench::on(with_a_copy_that_was_away(others), &DIRS, |_| {}), 3);
        let Moving { bench, cell, .. } = &moving;
        let epochs = || cell.with_log(|log| log.leader_epochs().entries().to_vec());
        let (before, written) = (epochs(), 20 + Offset::from(others));
        assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(0)), "{others}");
        assert_eq!((end(cell), before[1].start_offset), (written, 20), "{others}");
        bench.executor.pass(100);
        assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)), "{others}");
        assert_eq!((end(cell), epochs()), (written, before), "{others}");
        let limits = storage::ReadLimits { bytes_max: 1, upper_bound: Offset::MAX, at_least_one: true, aborted: false };
        let at_30 = cell.with_log(|log| log.read(written.min(30) - 1, &limits).unwrap().read().unwrap());
        let epoch = records::batches(&at_30).next().unwrap().unwrap().partition_leader_epoch();
        assert_eq!(epoch, 2, "{others}: the records are those of the log");
    }
}

/// What happens while the copy is synced that is about to take the log's place.
fn while_it_takes_its_place(moving: &Moving, work: base::BlockingWork) {
    let Moving { bench, cell, .. } = moving;
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    moving.lies_in(1);
    bench.produce(cell, end(cell) as i32).unwrap();
    bench.while_the_disk_is_waited_for(work);
}

#[test]
fn no_log_gets_its_place_in_a_directory_that_fails_meanwhile() {
    let moving = Moving::new(|log| log.segment_bytes = 1 << 20);
    let Moving { bench, cell, .. } = &moving;
    bench.fill(cell, 50);
    let target = moving.directory(1);
    while_it_takes_its_place(&moving, Box::new(move || target.fail()));
    bench.executor.pass(50);
    assert!(moving.directory(1).dir.is_failed());
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(0)));
    assert_eq!(moving.folders(0), ["t-0"]);
    bench.fill(cell, 5);
    bench.executor.pass(6_000);
    assert_eq!((end(cell), moving.broker.moves.count()), (56, 0));
}

#[test]
fn a_leader_of_before_does_not_cut_a_copy() {
    let moving = Moving::new(|_| {});
    let Moving { bench, broker, cell, .. } = &moving;
    bench.fill(cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    bench.register(cell, &[NODE, 2], 2, 2);
    let copied = || broker.replicas.copies.in_directory(&moving.directory(1))[0].1.end;
    assert!(matches!(broker.replicas.truncate(cell, 1, 20), Err(AppendError::Refused(_))));
    assert!(matches!(broker.replicas.begin_anew(cell, 1, 100), Err(AppendError::Refused(_))));
    assert_eq!(copied(), 50);
}

#[test]
fn a_copy_that_has_more_than_its_log_or_lacks_its_beginning_is_made_anew() {
    for start in [80, 30] {
        let moving = Moving::new(|_| {});
        let Moving { bench, cell, .. } = &moving;
        bench.fill(cell, 50);
        moving.lies_in(0);
        moving.move_to(1);
        bench.executor.settle();
        {
            let mut upkeep = cell.upkeep();
            let log = &mut upkeep.as_mut().unwrap().log;
            let jobs = log.truncate_fully_and_start_at(start, bench.now().wall_ms).unwrap();
            jobs.into_iter().for_each(|job| job.run(&bench.files).unwrap());
        }
        moving.lies_in(1);
        bench.executor.pass(100);
        assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)), "{start}");
        assert_eq!(cell.with_log(|log| (log.log_start_offset(), log.log_end_offset())), (0, 50), "{start}");
        bench.executor.pass(120_000);
        assert_eq!(moving.folders(1), ["t-0"], "{start}");
    }
}

#[test]
fn a_writer_that_waits_for_the_disk_is_told_of_what_was_synced_while_a_copy_was_about_to_take_the_place() {
    for moves in [true, false] {
        let moving = Moving::new(|log| log.flush_messages = 1);
        let Moving { bench, cell, .. } = &moving;
        bench.fill(cell, 20);
        bench.executor.settle();
        let told = Arc::new(Acknowledged::default());
        let writer = Writer {
            bench: bench.clone(),
            cell: cell.clone(),
            told: told.clone(),
            next: AtomicI32::new(20),
            left: AtomicI32::new(0),
        };
        if moves {
            moving.lies_in(1);
            moving.move_to(1);
            writer.write();
        } else {
            writer.write();
            let job = cell.flush_job(false).unwrap().unwrap();
            cell.hold();
            let (flushed, mut effects) = (job.run(&bench.files).unwrap(), Effects::default());
            cell.flushed(&flushed, &mut effects);
            effects.run(cell, bench.now());
            assert_eq!(told.0.load(Ordering::Relaxed), 0, "the copy may not have it on its disk");
            let mut effects = Effects::default();
            cell.settle(None, &mut effects).unwrap();
            effects.run(cell, bench.now());
        }
        bench.executor.settle();
        assert_eq!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)), moves);
        assert_eq!(told.0.load(Ordering::Relaxed), 21, "{moves}");
    }
}

#[test]
fn a_full_disk_does_not_fill_with_copies_that_were_hardly_begun() {
    for after in 0..12 {
        let moving = Moving::new(|_| {});
        let Moving { bench, cell, .. } = &moving;
        bench.fill(cell, 50);
        moving.lies_in(1);
        bench.files.inject(Fault { on: FaultOn::Write, after, errno: 28, sticky: true });
        moving.move_to(1);
        for _ in 0..5 {
            bench.executor.pass(5_000);
        }
        assert!(moving.folders(1).len() <= 1, "{after}: {:?}", moving.folders(1));
        bench.files.heal();
        bench.executor.pass(5_000);
        assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)), "{after}");
    }
}

#[test]
fn a_log_has_one_row_in_the_checkpoints_of_its_new_directory_and_little_is_written_inside_of_its_cell() {
    let moving = Moving::new(|_| {});
    let Moving { bench, broker, cell, .. } = &moving;
    bench.fill(cell, 50);
    moving.lies_in(0);
    moving.move_to(1);
    bench.executor.settle();
    bench.fill(cell, 50);
    let mut upkeep = cell.upkeep();
    let change = |upkeep: &mut _, bytes_max| {
        let mut effects = Effects::default();
        cell.change_places(
            upkeep,
            ("t-0.0123456789abcdef0123456789abcdef-delete", bytes_max),
            bench.now(),
            &mut effects,
        )
    };
    cell.hold();
    assert!(matches!(change(&mut upkeep, 500), Ok(Changed::NotYet)));
    assert_eq!(upkeep.as_ref().unwrap().log.log_end_offset(), 50, "it is copied outside");
    while let Ok(Changed::NotYet) = change(&mut upkeep, 1 << 20) {}
    assert!(Arc::ptr_eq(&cell.directory(), &moving.directory(1)));
    broker.replicas.write_checkpoints(&moving.directory(1)).unwrap();
    let rows = moving.directory(1).dir.read_checkpoint(storage::REPLICATION_OFFSETS).unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
}
