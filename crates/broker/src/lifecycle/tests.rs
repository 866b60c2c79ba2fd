use super::*;
use crate::test_bench::{Bench, NODE, answer, only_request};
use metadata::Delta;
use protocol::RegisterBrokerRecord;
use protocol::{BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationResponse, Cursor};
use quorum::Input;
use std::sync::atomic::AtomicBool;

fn heartbeat(is_fenced: bool) -> BrokerHeartbeatResponse {
    BrokerHeartbeatResponse { is_caught_up: true, is_fenced, ..Default::default() }
}

/// A broker that is registered and has sent its first heartbeat.
fn registered(bench: &Bench) -> (Arc<Lifecycle>, quorum::Mailbox) {
    let (broker, mailbox) = bench.broker_with_mailbox();
    let lifecycle = Lifecycle::new(broker, Uuid::from_u128(1), -1, false, Box::new(|_| {}));
    lifecycle.begin(Box::new(|| {}));
    answer(only_request(&mailbox), &BrokerRegistrationResponse { broker_epoch: 5, ..Default::default() });
    assert_eq!(lifecycle.state(), State::CatchingUp);
    (lifecycle, mailbox)
}

/// What the metadata says of the registered broker.
fn image(offset: base::Offset, fenced: bool) -> Image {
    let mut image = Image::clone(&Bench::image(offset, &[]));
    let own = RegisterBrokerRecord { broker_id: NODE, broker_epoch: 5, fenced, ..Default::default() };
    image.replay(&own.into(), &mut Delta::default()).unwrap();
    image
}

#[test]
fn there_is_one_timer_however_often_something_is_published_and_whatever_is_answered() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = registered(&bench);
    let next = |response: &BrokerHeartbeatResponse| {
        answer(only_request(&mailbox), response);
        assert_eq!(bench.executor.timers(), 1);
    };
    next(&heartbeat(true));
    for offset in 5..20 {
        lifecycle.published(&Bench::image(offset, &[]));
        next(&heartbeat(true));
    }
    bench.executor.pass(5);
    next(&heartbeat(false));
    assert_eq!(lifecycle.state(), State::CatchingUp, "nothing that is shown here says so yet");
    lifecycle.published(&image(30, false));
    next(&heartbeat(false));
    assert_eq!(lifecycle.state(), State::Running);
    let interval_ms = lifecycle.broker.static_config.lifecycle.heartbeat_interval_ms;
    for _ in 0..5 {
        bench.executor.pass(interval_ms.into());
        next(&heartbeat(false));
    }
    lifecycle.leave();
    next(&heartbeat(false));
    assert_eq!(lifecycle.state(), State::Leaving);
}

/// A broker that runs, and nothing is under way.
fn running(bench: &Bench) -> (Arc<Lifecycle>, quorum::Mailbox) {
    let (lifecycle, mailbox) = registered(bench);
    lifecycle.published(&image(5, true));
    answer(only_request(&mailbox), &heartbeat(true));
    bench.executor.pass(5);
    answer(only_request(&mailbox), &heartbeat(false));
    lifecycle.published(&image(30, false));
    answer(only_request(&mailbox), &heartbeat(false));
    assert_eq!(lifecycle.state(), State::Running);
    (lifecycle, mailbox)
}

#[test]
fn another_controller_hears_of_the_broker_at_once_but_not_more_often_than_controllers_are_elected() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = running(&bench);
    bench.executor.pass(150);
    assert!(!mailbox.has_input());
    lifecycle.controller_changed();
    bench.executor.settle();
    answer(only_request(&mailbox), &heartbeat(false));
    for _ in 0..50 {
        lifecycle.controller_changed();
        bench.executor.settle();
    }
    assert!(!mailbox.has_input());
    assert_eq!(bench.executor.timers(), 1);
    bench.executor.pass(100);
    answer(only_request(&mailbox), &heartbeat(false));
    bench.executor.pass(100);
    assert!(!mailbox.has_input(), "then the interval counts again");
}

#[test]
fn what_the_controller_before_answers_late_counts_for_nothing() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = running(&bench);
    let interval_ms = lifecycle.broker.static_config.lifecycle.heartbeat_interval_ms;
    bench.executor.pass(interval_ms.into());
    let before = only_request(&mailbox);
    lifecycle.controller_changed();
    bench.executor.pass(100);
    let after = only_request(&mailbox);
    let error_code = ErrorCode::BrokerIdNotRegistered.code();
    answer(before, &BrokerHeartbeatResponse { error_code, ..Default::default() });
    assert_eq!(lifecycle.state(), State::Running);
    bench.executor.pass(100);
    assert!(!mailbox.has_input(), "the newest one is under way");
    answer(after, &heartbeat(false));
    assert_eq!((lifecycle.state(), bench.executor.timers()), (State::Running, 1));
}

#[test]
fn a_registration_that_is_under_way_is_waited_for() {
    let bench = Bench::new(&[], |_| {});
    let (broker, mailbox) = bench.broker_with_mailbox();
    let lifecycle = Lifecycle::new(broker, Uuid::from_u128(1), -1, false, Box::new(|_| {}));
    lifecycle.controller_changed();
    lifecycle.begin(Box::new(|| {}));
    let request = only_request(&mailbox);
    lifecycle.controller_changed();
    bench.executor.pass(200);
    assert!(!mailbox.has_input());
    refuse(request, ErrorCode::DuplicateBrokerRegistration);
    lifecycle.controller_changed();
    bench.executor.settle();
    refuse(only_request(&mailbox), ErrorCode::DuplicateBrokerRegistration);
}

/// The full directories that the only heartbeat under way names; it is answered.
fn told_full(mailbox: &quorum::Mailbox) -> Vec<Uuid> {
    let request = only_request(mailbox);
    let asked = BrokerHeartbeatRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    answer(request, &heartbeat(false));
    asked.full_log_dirs()
}

#[test]
fn full_directories_are_told_at_once_and_as_long_as_they_are() {
    let mut bench = Bench::new(&["/d1", "/d2"], |_| {});
    let (broker, mailbox) = bench.broker_with_partitions();
    let directory = broker.replicas.directories()[1].clone();
    let lifecycle = Lifecycle::new(broker, Uuid::from_u128(1), -1, false, Box::new(|_| {}));
    lifecycle.begin(Box::new(|| {}));
    answer(only_request(&mailbox), &BrokerRegistrationResponse { broker_epoch: 5, ..Default::default() });
    lifecycle.published(&image(5, false));
    assert_eq!(told_full(&mailbox), []);
    assert_eq!(lifecycle.state(), State::Running);
    bench.files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
    directory.tell_shortage(&storage::StorageError::NoSpace { path: "/d2/x".into(), source });
    let interval_ms = i64::from(lifecycle.broker.static_config.lifecycle.heartbeat_interval_ms);
    bench.executor.pass(interval_ms);
    assert_eq!(told_full(&mailbox), []);
    bench.executor.pass(interval_ms);
    // One is on its way when it becomes full: the next one follows at once.
    let request = only_request(&mailbox);
    bench.executor.pass(5_000 - 2 * interval_ms);
    assert!(directory.is_full());
    answer(request, &heartbeat(false));
    bench.executor.settle();
    assert_eq!(told_full(&mailbox), [directory.id]);
    bench.executor.pass(interval_ms);
    assert_eq!(told_full(&mailbox), [directory.id]);
    bench.files.heal();
    bench.executor.pass(1_000);
    assert!(!directory.is_full());
    assert_eq!(told_full(&mailbox), []);
    assert_eq!(bench.executor.timers(), 1, "the next heartbeat, and nothing else");
}

#[test]
fn what_was_published_never_goes_back() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = registered(&bench);
    answer(only_request(&mailbox), &heartbeat(true));
    lifecycle.published(&Bench::image(9, &[]));
    answer(only_request(&mailbox), &heartbeat(true));
    lifecycle.published(&Bench::image(7, &[]));
    let request = only_request(&mailbox);
    let asked = BrokerHeartbeatRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    assert_eq!(asked.current_metadata_offset, 9);
}

fn refuse(request: quorum::ControllerRequest, error: ErrorCode) {
    answer(request, &BrokerRegistrationResponse { error_code: error.code(), ..Default::default() });
}

#[test]
fn nothing_begins_before_the_registration_is_accepted_and_a_refusal_is_no_end() {
    for error in [ErrorCode::DuplicateBrokerRegistration, ErrorCode::InconsistentClusterId] {
        let bench = Bench::new(&[], |_| {});
        let (broker, mailbox) = bench.broker_with_mailbox();
        let lifecycle = Lifecycle::new(broker, Uuid::from_u128(1), -1, false, Box::new(|_| {}));
        let begun = Arc::new(AtomicBool::new(false));
        let begins = begun.clone();
        lifecycle.begin(Box::new(move || begins.store(true, Ordering::Relaxed)));
        let mut asked = 0;
        for _ in 0..300 {
            for input in mailbox.take() {
                let Input::Request(request) = input else { panic!("no request") };
                asked += 1;
                refuse(request, error);
            }
            bench.executor.pass(100);
        }
        // Half a minute: soon at first, then every two seconds.
        assert!((12..=25).contains(&asked), "{asked}");
        assert!(lifecycle.refusal().unwrap().starts_with(&error.to_string()));
        assert_eq!((lifecycle.state(), begun.load(Ordering::Relaxed)), (State::Registering, false));
        bench.executor.pass(2_000);
        answer(only_request(&mailbox), &BrokerRegistrationResponse { broker_epoch: 5, ..Default::default() });
        bench.executor.settle();
        assert_eq!((lifecycle.state(), begun.load(Ordering::Relaxed)), (State::CatchingUp, true));
        assert_eq!(lifecycle.refusal(), None);
    }
}

#[test]
fn a_fenced_broker_is_not_ready() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = registered(&bench);
    lifecycle.published(&image(5, true));
    answer(only_request(&mailbox), &heartbeat(true));
    bench.executor.pass(5);
    answer(only_request(&mailbox), &heartbeat(false));
    // The image is behind what the heartbeat told.
    lifecycle.published(&image(6, true));
    answer(only_request(&mailbox), &heartbeat(false));
    assert!(!lifecycle.is_ready());
    lifecycle.published(&image(7, false));
    answer(only_request(&mailbox), &heartbeat(false));
    assert!(lifecycle.is_ready());
    for (offset, fenced) in [(8, true), (9, false)] {
        lifecycle.published(&image(offset, fenced));
        assert_eq!(lifecycle.is_ready(), !fenced, "{offset}");
    }
    // Its registration is gone.
    bench.executor.pass(lifecycle.broker.static_config.lifecycle.heartbeat_interval_ms.into());
    let error_code = ErrorCode::BrokerIdNotRegistered.code();
    answer(only_request(&mailbox), &BrokerHeartbeatResponse { error_code, ..Default::default() });
    assert_eq!((lifecycle.state(), lifecycle.is_ready()), (State::Registering, false));
}

#[test]
fn why_a_registration_is_gone_is_said_as_far_as_it_is_shown() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, _mailbox) = registered(&bench);
    let other = |epoch| {
        let mut image = Image::clone(&Bench::image(30, &[]));
        let own = RegisterBrokerRecord { broker_id: NODE, broker_epoch: epoch, ..Default::default() };
        image.replay(&own.into(), &mut Delta::default()).unwrap();
        image
    };
    let both = ["it was unregistered", "somebody registered"];
    for (image, expected) in [
        (Image::clone(&Bench::image(30, &[])), &both[..1]),
        (Image::clone(&Bench::image(4, &[])), &both[..]),
        (other(5), &both[..]),
        (other(4), &both[..]),
        (other(6), &both[1..]),
    ] {
        lifecycle.broker.image.store(Arc::new(image));
        let said = lifecycle.why_gone(ErrorCode::StaleBrokerEpoch);
        let named: Vec<&str> = both.into_iter().filter(|cause| said.contains(cause)).collect();
        assert_eq!(named, expected, "{said}");
    }
}
