//! Ten thousand partitions on three nodes: made, at rest, and after a node is gone.

use super::nodes::{COUNT, Nodes, Partition};
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

/// A request that makes more than 10,000 things in the metadata is refused, so there are some topics.
const TOPICS: [&str; 4] = ["many-a", "many-b", "many-c", "many-d"];

fn run(session: &mut Session) -> Result<(), String> {
    let each = session.choose(10_000, 1_000) / TOPICS.len() as i32;
    let mut nodes = Nodes::start(session.kind, session.place, "")?;
    let (begun, before) = (Instant::now(), nodes.cpu_seconds());
    (TOPICS.iter()).try_for_each(|topic| nodes.try_create(0, topic, each, COUNT as i16))?;
    all_in_sync(&nodes, each)?;
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
            let is_led = |p: &Partition| p.leader.is_some_and(|leader| leader != killed);
            TOPICS.iter().try_for_each(|topic| {
                let led = nodes.partitions(asks, topic)?.iter().filter(|p| is_led(p)).count();
                if led == each as usize { Ok(()) } else { Err(format!("{topic}: partitions with a leader: {led}")) }
            })
        })?;
    }
    session.figure("killed", begun.elapsed().as_secs_f64())?;
    session.figure("back", restart(&mut nodes, killed, each)?)?;
    nodes.stop(killed)?;
    session.figure("clean", restart(&mut nodes, killed, each)?)
}

/// Time from the start of a node until nothing lacks it.
fn restart(nodes: &mut Nodes, i: usize, each: i32) -> Result<f64, String> {
    let begun = Instant::now();
    nodes.launch(i)?;
    all_in_sync(nodes, each)?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Waits until every replica is in sync, as every node knows.
fn all_in_sync(nodes: &Nodes, each: i32) -> Result<(), String> {
    for asks in 0..COUNT {
        for topic in TOPICS {
            wait_until("in sync", || nodes.all_in_sync(asks, topic, each))?;
        }
    }
    Ok(())
}
