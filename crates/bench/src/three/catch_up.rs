//! A replica that was away: how long until it has what it missed, and what the others' clients feel meanwhile.

use super::nodes::{COUNT, Nodes};
use crate::load::{Amount, Produce, Trickle, percentile};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;
use crate::topics::wait_until;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub const GROUP: Group = Group {
    name: "three/catch-up",
    about: "three nodes, one away for 5 GB (quick: 0.6) in 4 partitions: time until in sync, p99 of 500 records/s meanwhile",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("time", "catch-up: time until in sync", "s", 0.5, 0.25),
        Measure::told("rate", "catch-up: rate", "MB/s"),
        Measure::at_most("cpu", "catch-up: CPU of all nodes", "s/GB", 0.5, 0.25),
        Measure::told("before/p99", "catch-up: acknowledgement at 500/s before, p99", "ms"),
        Measure::told("meanwhile/p99", "catch-up: acknowledgement at 500/s meanwhile, p99", "ms"),
    ],
};

const PARTITIONS: i32 = 4;

fn run(session: &mut Session) -> Result<(), String> {
    let mut nodes = Nodes::start(session.kind, session.place, "")?;
    nodes.create("far", PARTITIONS)?;
    nodes.create("near", 1)?;
    let partition = nodes.partitions(0, "near")?.remove(0);
    let near = partition.leader.ok_or("no leader")?;
    let away = (near + 1) % COUNT;
    nodes.stop(away)?;
    wait_until("somebody else leads", || {
        let all = nodes.partitions(near, "far")?;
        let is_so = all.iter().all(|p| p.leader.is_some_and(|leader| leader != away));
        if is_so { Ok(()) } else { Err("not yet".into()) }
    })?;
    let leaders: Vec<String> =
        nodes.partitions(near, "far")?.iter().map(|p| nodes.address(p.leader.unwrap_or(near))).collect();
    let load = Produce {
        topic: "far",
        partitions: PARTITIONS,
        connections: PARTITIONS as usize,
        in_flight: 5,
        records: 64,
        record_bytes: 1000,
        amount: Amount::Requests(session.scaled(78_000)),
    };
    let missed = load.run_on(&leaders)?.bytes as f64 / 1e9;
    session.settle();
    let trickle = Trickle { topic: "near", rate: 500, record_bytes: 1024, seconds: 10 };
    let near = nodes.address(near);
    session.figure("before/p99", percentile(&mut trickle.run(&near)?, 99) / 1e3)?;
    let before = nodes.cpu_seconds();
    let begun = Instant::now();
    nodes.launch(away)?;
    let is_over = AtomicBool::new(false);
    let (caught_up, meanwhile) = std::thread::scope(|scope| {
        let meanwhile = scope.spawn(|| Trickle { seconds: 3600, ..trickle }.run_until(&near, &is_over));
        let caught_up = wait_until("in sync again", || nodes.all_in_sync((away + 1) % COUNT, "far", PARTITIONS));
        let took = begun.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        (caught_up.map(|()| took), meanwhile.join().unwrap_or(Err("a load thread panicked".into())))
    });
    let seconds = caught_up?;
    session.figure("time", seconds)?;
    session.figure("rate", missed * 1e3 / seconds)?;
    session.figure("cpu", (nodes.cpu_seconds() - before) / missed)?;
    session.figure("meanwhile/p99", percentile(&mut meanwhile?, 99) / 1e3)
}
