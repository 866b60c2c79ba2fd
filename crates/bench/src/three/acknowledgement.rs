//! How long an acknowledgement of all replicas takes, at a rate that is kept whatever the answers do.

use super::nodes::Nodes;
use crate::load::{Trickle, percentile};
use crate::measure::{Group, Load, Measure};
use crate::session::Session;

pub const GROUP: Group = Group {
    name: "three/ack",
    about: "three nodes, acks=all, 500 and 5,000 requests of one 1 KiB record a second over one connection: time to the answer",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("500/p50", "RF 3, 500/s: acknowledgement, p50", "ms", 0.4, 0.2),
        Measure::at_most("500/p99", "RF 3, 500/s: acknowledgement, p99", "ms", 0.1, 0.02),
        Measure::at_most("500/cpu", "RF 3, 500/s: CPU of all nodes", "us/record", 0.3, 0.2),
        Measure::at_most("5000/p50", "RF 3, 5,000/s: acknowledgement, p50", "ms", 0.4, 0.2),
        Measure::at_most("5000/p99", "RF 3, 5,000/s: acknowledgement, p99", "ms", 0.1, 0.02),
        Measure::at_most("5000/cpu", "RF 3, 5,000/s: CPU of all nodes", "us/record", 0.3, 0.2),
    ],
};

fn run(session: &mut Session) -> Result<(), String> {
    let nodes = Nodes::start(session.kind, session.place, "")?;
    let warm_seconds = if session.kind.is_kafka() { session.choose(10, 5) } else { 2 };
    let seconds = session.choose(20, 5);
    for (rate, [p50, p99, cpu]) in
        [(500, ["500/p50", "500/p99", "500/cpu"]), (5000, ["5000/p50", "5000/p99", "5000/cpu"])]
    {
        let topic = format!("ack-{rate}");
        nodes.create(&topic, 1)?;
        let leader = nodes.leaders(&topic)?.remove(0);
        let trickle = Trickle { topic: &topic, rate, record_bytes: 1024, seconds: warm_seconds };
        trickle.run(&leader)?;
        session.settle();
        let before = nodes.cpu_seconds();
        let mut waits = Trickle { seconds, ..trickle }.run(&leader)?;
        let spent = nodes.cpu_seconds() - before;
        session.figure(p50, percentile(&mut waits, 50) / 1e3)?;
        session.figure(p99, percentile(&mut waits, 99) / 1e3)?;
        session.figure(cpu, spent * 1e6 / waits.len().max(1) as f64)?;
    }
    Ok(())
}
