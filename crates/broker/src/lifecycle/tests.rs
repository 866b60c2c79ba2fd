use super::*;
use crate::test_bench::{Bench, answer, only_request};

fn heartbeat(is_fenced: bool) -> BrokerHeartbeatResponse {
    BrokerHeartbeatResponse { is_caught_up: true, is_fenced, ..Default::default() }
}

/// A broker that is registered and has sent its first heartbeat.
fn registered(bench: &Bench) -> (Arc<Lifecycle>, quorum::Mailbox) {
    let (broker, mailbox) = bench.broker_with_mailbox();
    let lifecycle = Lifecycle::new(broker, Uuid::from_u128(1), -1, false, Box::new(|_| {}));
    lifecycle.published(0);
    answer(only_request(&mailbox), &BrokerRegistrationResponse { broker_epoch: 5, ..Default::default() });
    assert_eq!(lifecycle.state(), State::CatchingUp);
    (lifecycle, mailbox)
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
        lifecycle.published(offset);
        next(&heartbeat(true));
    }
    bench.executor.pass(5);
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

#[test]
fn what_was_published_never_goes_back() {
    let bench = Bench::new(&[], |_| {});
    let (lifecycle, mailbox) = registered(&bench);
    answer(only_request(&mailbox), &heartbeat(true));
    lifecycle.published(9);
    answer(only_request(&mailbox), &heartbeat(true));
    lifecycle.published(7);
    let request = only_request(&mailbox);
    let asked = BrokerHeartbeatRequest::decode(&mut Cursor::new(&request.body), request.version).unwrap();
    assert_eq!(asked.current_metadata_offset, 9);
}
