//! A start on a fresh folder, and the broker at rest after it.

use crate::broker::Broker;
use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use std::time::Duration;

pub const GROUP: Group = Group {
    name: "start",
    about: "start on a fresh folder: time and CPU to the first answered Metadata; memory and CPU at rest",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::at_most("time", "start to first answered Metadata: time", "ms", 1.0 / 50.0, 1.0 / 100.0),
        Measure::at_most("cpu", "start to first answered Metadata: CPU", "ms", 1.0 / 50.0, 1.0 / 100.0),
        Measure::at_most("memory", "memory at rest (VmRSS)", "MiB", 1.0 / 15.0, 1.0 / 20.0),
        Measure::told("anonymous", "memory at rest, without pages of files", "MiB"),
        Measure::new("rest", "CPU at rest", "% of a core", Goal::AtMost(0.1), Goal::None),
    ],
};

struct Start {
    time_ms: f64,
    cpu_ms: f64,
}

fn run(session: &mut Session) -> Result<(), String> {
    let mut starts = Vec::new();
    for _ in 1..session.choose(3, 1) {
        let (_ended, start) = start(session)?;
        starts.push(start);
    }
    let (broker, last) = start(session)?;
    starts.push(last);
    let median = |value: fn(&Start) -> f64| {
        let mut values: Vec<f64> = starts.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    session.figure("time", median(|start| start.time_ms))?;
    session.figure("cpu", median(|start| start.cpu_ms))?;
    std::thread::sleep(session.choose(Duration::from_secs(10), Duration::from_secs(3)));
    let memory = broker.memory();
    session.figure("memory", memory.resident_mb)?;
    session.figure("anonymous", memory.anonymous_mb)?;
    let window = session.choose(Duration::from_secs(20), Duration::from_secs(5));
    session.figure("rest", session.cpu_percent(&broker, window))
}

fn start(session: &Session) -> Result<(Broker, Start), String> {
    let broker = session.start()?;
    let start = Start { time_ms: broker.start_ms, cpu_ms: broker.cpu_seconds() * 1e3 };
    Ok((broker, start))
}
