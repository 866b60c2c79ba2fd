use super::*;
use crate::test_bench::Bench;
use base::Uuid;
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
    let on_published = Arc::new(move |image: &Arc<Image>| offset.store(image.offset, Ordering::Relaxed));
    let mut publisher = BrokerPublisher::new(broker.clone(), 0, on_published);
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
        BrokerPublisher { state: state.clone(), broker: of, on_published: Arc::new(|_| {}), recovery_threads: 0 };
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
