use super::*;
use crate::test_bench::{AtOnce, Bench, NODE};
use base::{ErrorCode, Files, Uuid};
use protocol::{PartitionRecord, RegisterBrokerRecord};
use quorum::Publisher;
use std::sync::atomic::AtomicI64;
use testkit::{Fault, FaultOn};

const OLD: Uuid = Uuid::from_u128(7);
const NEW: Uuid = Uuid::from_u128(8);
const EMFILE: i32 = 24;

fn topics(ids: &[Uuid]) -> Delta {
    let partitions = ids.iter().map(|id| (*id, 0)).collect();
    Delta { topics: ids.iter().copied().collect(), partitions, ..Delta::default() }
}

/// What is left to a restart: a partition with records that were not synced.
fn with_records_in_a_log() -> Bench {
    let bench = Bench::new(&["/data"], |_| {});
    bench.fill(&bench.open("old-0", OLD), 5);
    bench.files.sync_everything();
    bench.files.process_died();
    let bench = Bench::on(bench.files, &["/data"], |_| {});
    bench.find("old-0", 0, Some(OLD));
    bench
}

#[test]
fn what_is_published_while_a_log_is_opened_again_is_there_when_its_answer_leaves() {
    let mut bench = with_records_in_a_log();
    let (broker, _mailbox) = bench.broker_with_partitions();
    let newest = Arc::new(AtomicI64::new(-1));
    let (offset, none) = (newest.clone(), Uuid::DIRECTORY_UNASSIGNED);
    let progress = Arc::new(AtOnce(move |image| offset.store(image, Ordering::Relaxed)));
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, progress);
    bench.files.inject(Fault { on: FaultOn::Open, after: 0, errno: EMFILE, sticky: true });
    publisher.publish(&Bench::image(1, &[("old-0", OLD, none)]), &topics(&[OLD]), bench.now());
    bench.executor.settle();
    assert_eq!((newest.load(Ordering::Relaxed), broker.replicas.count()), (1, 0));
    bench.files.heal();
    // The log is synced while it is opened: what is published now has to wait, or to be there.
    let image = Bench::image(2, &[("old-0", OLD, none), ("new-0", NEW, none)]);
    let looked = Arc::new(Mutex::new(false));
    let (state, seen, meanwhile, of) = (publisher.state.clone(), looked.clone(), image.clone(), broker.clone());
    let mut also =
        BrokerPublisher { state: state.clone(), broker: of, progress: Arc::new(AtOnce(|_| {})), recovery_threads: 0 };
    bench.while_the_disk_is_waited_for(Box::new(move || {
        *seen.lock() = true;
        if !state.is_locked() {
            also.publish(&meanwhile, &topics(&[NEW]), also.broker.executor.now());
            assert!(also.broker.replicas.get(NEW, 0).is_some(), "the answer leaves, and the topic is not there");
        }
    }));
    bench.executor.pass(REOPEN_US as i64 / 1000);
    assert!(*looked.lock());
    assert!(broker.replicas.get(OLD, 0).is_some());
    publisher.publish(&image, &topics(&[NEW]), bench.now());
    assert_eq!((newest.load(Ordering::Relaxed), broker.image.load().offset), (2, 2));
    assert!(broker.replicas.get(NEW, 0).is_some());
}

#[test]
fn partitions_that_others_host_now_go_with_one_sync_of_their_directory() {
    let mut bench = Bench::new(&["/data"], |_| {});
    let (broker, _mailbox) = bench.broker_with_partitions();
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, Arc::new(AtOnce(|_| {})));
    let ids: Vec<Uuid> = (100..110).map(Uuid::from_u128).collect();
    let names: Vec<String> = (0..ids.len()).map(|i| format!("t{i}-0")).collect();
    let hosted: Vec<_> =
        names.iter().zip(&ids).map(|(name, id)| (name.as_str(), *id, Uuid::DIRECTORY_UNASSIGNED)).collect();
    publisher.publish(&Bench::image(1, &hosted), &topics(&ids), bench.now());
    bench.executor.settle();
    assert_eq!(broker.replicas.count(), ids.len());
    let mut image = Image::clone(&Bench::image(2, &hosted));
    for topic_id in &ids {
        let elsewhere = PartitionRecord {
            partition_id: 0,
            topic_id: *topic_id,
            replicas: vec![NODE + 1],
            isr: vec![NODE + 1],
            leader: NODE + 1,
            directories: vec![Uuid::DIRECTORY_UNASSIGNED],
            ..Default::default()
        };
        image.replay(&elsewhere.into(), &mut Delta::default()).unwrap();
    }
    let before = bench.dir_syncs.load(Ordering::Relaxed);
    let delta = Delta { partitions: ids.iter().map(|id| (*id, 0)).collect(), ..Delta::default() };
    publisher.publish(&Arc::new(image), &delta, bench.now());
    assert_eq!((broker.replicas.count(), bench.dir_syncs.load(Ordering::Relaxed) - before), (0, 1));
}

/// Keeps what is to be done once the broker is registered.
#[derive(Default)]
struct Unregistered(Mutex<Option<BlockingWork>>);

impl Progress for Unregistered {
    fn begin(&self, open: BlockingWork) {
        *self.0.lock() = Some(open);
    }

    fn published(&self, _: &Arc<Image>) {}
}

#[test]
fn nothing_changes_in_the_log_directories_before_the_registration() {
    let mut bench = with_records_in_a_log();
    bench.files.create_dir_all(std::path::Path::new("/data/gone-0")).unwrap();
    bench.find("gone-0", 0, Some(Uuid::from_u128(9)));
    let deleted = std::path::Path::new("/data/t-0.0123456789abcdef0123456789abcdef-delete");
    bench.files.create_dir_all(deleted).unwrap();
    bench.replicas.add_deleted(bench.replicas.directories()[0].clone(), deleted.to_owned());
    let before = bench.names("/data");
    let (broker, _mailbox) = bench.broker_with_partitions();
    let unregistered = Arc::new(Unregistered::default());
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, unregistered.clone());
    let none = Uuid::DIRECTORY_UNASSIGNED;
    publisher.publish(&Bench::image(1, &[("old-0", OLD, none)]), &topics(&[OLD]), bench.now());
    let newer = Bench::image(2, &[("old-0", OLD, none), ("new-0", NEW, none)]);
    publisher.publish(&newer, &topics(&[NEW]), bench.now());
    bench.executor.settle();
    assert_eq!(bench.names("/data"), before);
    let open = unregistered.0.lock().take().unwrap();
    open();
    bench.executor.settle();
    let after = bench.names("/data");
    let has = |name: &str| after.iter().any(|found| found == name);
    assert!(has("old-0") && has("new-0") && !has("gone-0"), "{after:?}");
    assert!(after.iter().any(|name| name.starts_with("gone-0.") && name.ends_with("-stray")), "{after:?}");
    assert!(!after.iter().any(|name| name.ends_with("-delete")), "{after:?}");
}

#[test]
fn who_stops_before_the_registration_leaves_what_was_whole() {
    let bench = Bench::new(&["/data"], |_| {});
    let found = |clean_shutdown| {
        let hint = crate::replicas::RecoveryHint { clean_shutdown, ..Default::default() };
        let directory = bench.replicas.directories()[0].clone();
        let replicas = crate::Replicas::new(vec![directory.clone()], bench.executor.clone(), 1);
        replicas.add_found(crate::test_bench::name("old-0"), directory, Some(OLD), hint);
        replicas
    };
    assert!(found(true).stop_opening());
    assert!(!found(false).stop_opening());
}

#[test]
fn what_an_earlier_process_led_is_led_only_when_the_metadata_speaks_of_this_one() {
    let mut bench = with_records_in_a_log();
    let (broker, _mailbox) = bench.broker_with_partitions();
    let (before, own) = (Uuid::from_u128(49), Uuid::from_u128(50));
    broker.set_incarnation(own);
    let registered = |image: &Image, incarnation_id| {
        let mut image = image.clone();
        image.offset += 1;
        let record = RegisterBrokerRecord { broker_id: NODE, incarnation_id, ..Default::default() };
        image.replay(&record.into(), &mut Delta::default()).unwrap();
        Arc::new(image)
    };
    let image = registered(&Bench::image(1, &[("old-0", OLD, Uuid::DIRECTORY_UNASSIGNED)]), before);
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, Arc::new(AtOnce(|_| {})));
    publisher.publish(&image, &topics(&[OLD]), bench.now());
    bench.executor.settle();
    let cell = broker.replicas.get(OLD, 0).unwrap();
    assert_eq!(cell.check_leadership(-1), Err(ErrorCode::NotLeaderOrFollower));
    let of_broker = Delta { brokers: [NODE].into(), ..Delta::default() };
    publisher.publish(&registered(&image, own), &of_broker, bench.now());
    assert!(cell.check_leadership(-1).is_ok());
}
