//! kill -9 with gigabytes in active segments, and the way back to serving every partition.

use super::MIB;
use crate::load::{Amount, Produce};
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use crate::topics::{self, wait_until};

pub const GROUP: Group = Group {
    name: "recovery",
    about: "kill -9 with 5 GB in six active segments (quick: 600 MB): time and CPU until each partition serves",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::told("metadata", "kill -9 with six active segments: to the first answered Metadata", "ms"),
        Measure::new(
            "ready",
            "kill -9 with six active segments: to a produce and a fetch of each partition",
            "ms",
            Goal::AtMostTimes(0.2),
            Goal::AtMostTimes(0.08),
        ),
        Measure::at_most("cpu", "kill -9 with six active segments: CPU until then", "CPU s", 0.2, 0.08),
    ],
};

const PARTITIONS: i32 = 6;

fn run(session: &mut Session) -> Result<(), String> {
    let mut broker = session.start()?;
    let topic = "recovery";
    topics::create(&broker.address, topic, PARTITIONS, &[("segment.bytes", "1073741824")])?;
    let load = Produce {
        topic,
        partitions: PARTITIONS,
        connections: PARTITIONS as usize,
        in_flight: 5,
        records: 64,
        record_bytes: 1024,
        amount: Amount::Requests(session.choose(5000, 600) * MIB / (64 * 1024)),
    };
    load.run(&broker.address)?;
    broker.kill();
    session.settle();
    broker.launch()?;
    wait_until("recovered", || topics::all_serve(&broker.address, topic, PARTITIONS))?;
    let (elapsed, cpu) = (broker.begun.elapsed(), broker.cpu_seconds());
    session.figure("metadata", broker.start_ms)?;
    session.figure("ready", elapsed.as_secs_f64() * 1e3)?;
    session.figure("cpu", cpu)
}
