//! Connections that do nothing: what each keeps in the broker's memory.

use crate::measure::{Goal, Group, Load, Measure};
use crate::session::Session;
use crate::wire::Connection;
use protocol::ApiVersionsRequest;
use std::time::Duration;

pub const GROUP: Group = Group {
    name: "idle",
    about: "10,000 idle connections (quick: 2,000): the broker's memory for each",
    needs_librdkafka: false,
    has_floor: false,
    load: Load::Fresh(run),
    measures: &[
        Measure::told("silent", "idle connections that never sent anything: memory (VmRSS)", "KiB each"),
        Measure::new(
            "greeted",
            "idle connections that sent one ApiVersions: memory (VmRSS)",
            "KiB each",
            Goal::AtMost(4.0),
            Goal::AtMost(2.0),
        ),
    ],
};

/// Files that this process and the broker have open besides the connections.
const OTHER_FILES: u64 = 500;
/// Connections that fit in the queue of a listener (`socket.listen.backlog.size`: 50) until it accepts them; the kernel
/// lets the ones above it wait for a second.
const BURST: usize = 25;
const BREATH: Duration = Duration::from_millis(2);
const SETTLE: Duration = Duration::from_secs(2);

fn run(session: &mut Session) -> Result<(), String> {
    let wanted = session.choose(10_000, 2_000);
    let limit = os::raise_open_file_limit().saturating_sub(OTHER_FILES);
    let count = wanted.min(usize::try_from(limit).unwrap_or(usize::MAX));
    if count < wanted {
        eprintln!("  the limit of open files allows {count} connections instead of {wanted}");
    }
    let broker = session.start()?;
    std::thread::sleep(session.choose(SETTLE * 5, SETTLE));
    let before = broker.memory().resident_mb;
    let each = |memory_mb: f64| (memory_mb - before) * 1024.0 / count as f64;

    let mut connections = Vec::with_capacity(count);
    while connections.len() < count {
        connections.push(Connection::open(&broker.address)?);
        if connections.len() % BURST == 0 {
            std::thread::sleep(BREATH);
        }
    }
    std::thread::sleep(SETTLE);
    session.figure("silent", each(broker.memory().resident_mb))?;

    let greeting = ApiVersionsRequest {
        client_software_name: "bench".into(),
        client_software_version: "1".into(),
        ..Default::default()
    };
    for connection in &mut connections {
        connection.call(3, &greeting)?;
    }
    std::thread::sleep(SETTLE);
    session.figure("greeted", each(broker.memory().resident_mb))
}
