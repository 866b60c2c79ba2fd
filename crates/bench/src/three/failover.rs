//! Nodes killed with -9: how long until a topic is created again, and until a partition takes records again.

use super::nodes::{COUNT, Nodes};
use crate::load::{batch, produce_request};
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use crate::topics::wait_until;
use crate::wire::Connection;
use std::time::{Duration, Instant};

const TOPIC: &str = "failover";

/// What a careful administrator sets who wants failures to be noticed soon: pauses of a second are still no failures.
const QUICKER: &str = "broker.heartbeat.interval.ms=500\nbroker.session.timeout.ms=3000\n\
    controller.quorum.fetch.timeout.ms=1000\ncontroller.quorum.election.timeout.ms=500\n\
    controller.quorum.election.backoff.max.ms=500\n";

macro_rules! measures {
    ($timeouts:literal) => {
        &[
            Measure::told(
                "controller/median",
                concat!($timeouts, "active controller killed, next topic: median"),
                "ms",
            ),
            at_worst("controller/worst", concat!($timeouts, "active controller killed, next topic: worst"), 1000.0),
            Measure::told("leader/median", concat!($timeouts, "leader killed, next acknowledgement: median"), "ms"),
            at_worst("leader/worst", concat!($timeouts, "leader killed, next acknowledgement: worst"), 2000.0),
            Measure::told("both/median", concat!($timeouts, "both killed, next acknowledgement: median"), "ms"),
            at_worst("both/worst", concat!($timeouts, "both killed, next acknowledgement: worst"), 2000.0),
        ]
    };
}

pub const GROUP: Group = Group {
    name: "three/failover",
    about: "three nodes at default timeouts, 20 kills (quick: 4) each: active controller, a partition's leader, both in one",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(|session| run(session, "")),
    measures: measures!("failover: "),
};

pub const QUICKER_GROUP: Group = Group {
    name: "three/failover-quicker",
    about: "the same at short timeouts: sessions of 3 s, fetch timeout of the quorum 1 s, elections 0.5 s",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(|session| run(session, QUICKER)),
    measures: measures!("short timeouts: "),
};

const fn at_worst(name: &'static str, about: &'static str, goal_ms: f64) -> Measure {
    Measure::new(name, about, "ms", Goal::AtMost(goal_ms), Goal::AtMost(500.0))
}

fn run(session: &mut Session, settings: &str) -> Result<(), String> {
    let times = session.choose(20, 4);
    let mut nodes = Nodes::start(session.kind, session.place, settings)?;
    nodes.create(TOPIC, COUNT as i32)?;
    let mut waits = Vec::new();
    for round in 0..times {
        let active = nodes.active_controller(0)?;
        let asks = (active + 1) % COUNT;
        let begun = Instant::now();
        nodes.kill(active);
        // It is there already where the answer to an earlier try was lost.
        let name = format!("after-{round}");
        soon("a topic is created", || match nodes.try_create(asks, &name, 1, 1) {
            Err(_) if nodes.partitions(asks, &name).is_ok_and(|found| !found.is_empty()) => Ok(()),
            other => other,
        })?;
        waits.push(begun.elapsed());
        recover(&mut nodes, active)?;
    }
    figures(session, "controller/median", "controller/worst", &mut waits)?;
    for (is_active, median, worst) in [(false, "leader/median", "leader/worst"), (true, "both/median", "both/worst")] {
        for _ in 0..times {
            let active = nodes.active_controller(0)?;
            let partitions = nodes.partitions(0, TOPIC)?;
            let fits = |leader: usize| (leader == active) == is_active;
            let Some((index, leader)) =
                partitions.iter().find_map(|p| p.leader.filter(|leader| fits(*leader)).map(|leader| (p.index, leader)))
            else {
                return Err("no partition is led by such a node".into());
            };
            let asks = (leader + 1) % COUNT;
            let begun = Instant::now();
            nodes.kill(leader);
            soon("a record is acknowledged", || produced(&nodes, asks, index, leader))?;
            waits.push(begun.elapsed());
            recover(&mut nodes, leader)?;
        }
        figures(session, median, worst, &mut waits)?;
    }
    Ok(())
}

/// A record in the partition, through whoever leads it now.
fn produced(nodes: &Nodes, asks: usize, index: i32, killed: usize) -> Result<(), String> {
    let partitions = nodes.partitions(asks, TOPIC)?;
    let leader = partitions.iter().find(|p| p.index == index).and_then(|p| p.leader).filter(|it| *it != killed);
    let leader = leader.ok_or("no leader")?;
    let answer = Connection::open(&nodes.address(leader))?.call(9, &produce_request(TOPIC, index, batch(1, 100)?))?;
    let produced = answer.responses.first().and_then(|topic| topic.partition_responses.first());
    match produced.map_or(-1, |produced| produced.error_code) {
        0 => Ok(()),
        error => Err(format!("error {error}")),
    }
}

/// Tries every few milliseconds, as nobody's client would, so that no pause of a client is measured.
fn soon(what: &str, mut attempt: impl FnMut() -> Result<(), String>) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() > deadline => return Err(format!("never: {what}: {error}")),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// The node comes back, and everything is in sync and led as it was.
fn recover(nodes: &mut Nodes, i: usize) -> Result<(), String> {
    nodes.launch(i)?;
    nodes.wait_ready(i)?;
    (0..COUNT).try_for_each(|asks| wait_until("in sync again", || nodes.all_in_sync(asks, TOPIC, COUNT as i32)))?;
    nodes.elect_preferred()?;
    (0..COUNT).try_for_each(|asks| {
        wait_until("each leads one partition", || {
            let mut leaders: Vec<usize> = nodes.partitions(asks, TOPIC)?.iter().filter_map(|p| p.leader).collect();
            leaders.sort_unstable();
            leaders.dedup();
            if leaders.len() == COUNT { Ok(()) } else { Err(format!("leaders: {leaders:?}")) }
        })
    })
}

fn figures(
    session: &mut Session,
    median: &'static str,
    worst: &'static str,
    waits: &mut Vec<Duration>,
) -> Result<(), String> {
    waits.sort_unstable();
    let ms = |wait: Option<&Duration>| wait.map_or(0.0, |wait| wait.as_secs_f64() * 1e3);
    session.figure(median, ms(waits.get(waits.len() / 2)))?;
    session.figure(worst, ms(waits.last()))?;
    waits.clear();
    Ok(())
}
