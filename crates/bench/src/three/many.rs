//! Ten thousand partitions on three nodes: made, at rest, and after a node is gone.

use super::nodes::{COUNT, Nodes};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;
use crate::topics::wait_until;
use std::time::{Duration, Instant};

pub const GROUP: Group = Group {
    name: "three/many",
    about: "three nodes, 10,000 partitions (quick: 1,000) at RF 3: create, memory, rest, a node killed, both kinds of restart",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("create", "10,000 partitions, RF 3: create, until all are in sync", "s", 0.2, 0.1),
        Measure::at_most("create/cpu", "10,000 partitions, RF 3: create", "CPU s", 0.2, 0.1),
        Measure::at_most("memory", "10,000 partitions, RF 3: memory of all nodes (VmRSS)", "MiB", 0.1, 0.05),
        Measure::at_most("rest", "10,000 partitions, RF 3: CPU of all nodes at rest", "% of a core", 0.1, 0.05),
        Measure::at_most("killed", "10,000 partitions: node killed, until all have a leader", "s", 0.25, 0.1),
        Measure::at_most("back", "10,000 partitions: killed node started, until all are in sync", "s", 0.5, 0.25),
        Measure::at_most("clean", "10,000 partitions: node stopped and started, until all are in sync", "s", 0.5, 0.25),
    ],
};

const TOPIC: &str = "many";

fn run(session: &mut Session) -> Result<(), String> {
    let partitions = session.choose(10_000, 1_000);
    let mut nodes = Nodes::start(session.kind, session.place, "")?;
    let (begun, before) = (Instant::now(), nodes.cpu_seconds());
    nodes.create(TOPIC, partitions)?;
    session.figure("create", begun.elapsed().as_secs_f64())?;
    session.figure("create/cpu", nodes.cpu_seconds() - before)?;

    std::thread::sleep(session.choose(Duration::from_secs(15), Duration::from_secs(5)));
    session.figure("memory", nodes.memory().resident_mb)?;
    let window = session.choose(Duration::from_secs(15), Duration::from_secs(5));
    let before = nodes.cpu_seconds();
    std::thread::sleep(window);
    session.figure("rest", (nodes.cpu_seconds() - before) / window.as_secs_f64() * 100.0)?;

    let killed = (nodes.active_controller(0)? + 1) % COUNT;
    let begun = Instant::now();
    nodes.kill(killed);
    for asks in (0..COUNT).filter(|i| *i != killed) {
        wait_until("all have another leader", || {
            let found = nodes.partitions(asks, TOPIC)?;
            let led = found.iter().filter(|p| p.leader.is_some_and(|leader| leader != killed)).count();
            if led == partitions as usize { Ok(()) } else { Err(format!("partitions with a leader: {led}")) }
        })?;
    }
    session.figure("killed", begun.elapsed().as_secs_f64())?;
    session.figure("back", restart(&mut nodes, killed, partitions)?)?;
    nodes.stop(killed)?;
    session.figure("clean", restart(&mut nodes, killed, partitions)?)
}

/// Time from the start of a node until nothing lacks it.
fn restart(nodes: &mut Nodes, i: usize, partitions: i32) -> Result<f64, String> {
    let begun = Instant::now();
    nodes.launch(i)?;
    (0..COUNT).try_for_each(|asks| wait_until("in sync again", || nodes.all_in_sync(asks, TOPIC, partitions)))?;
    Ok(begun.elapsed().as_secs_f64())
}
