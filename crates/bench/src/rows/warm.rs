//! The warm-up of the broker that the shared groups run on. A JVM needs load before it shows what it can do: its first
//! gigabytes cost several times what later ones do, and small requests are compiled apart from large ones.

use super::MIB;
use crate::broker::Broker;
use crate::load::{self, Amount, Produce};
use crate::session::Session;
use crate::topics;

pub fn warm(session: &Session, broker: &Broker) -> Result<(), String> {
    let (bulk_mib, small) = if session.kind.is_kafka() { (3072, 600_000) } else { (256, 50_000) };
    let shorter = session.choose(1, 3);
    let (bulk_mib, small) = (bulk_mib / shorter, small / shorter);
    let address = &broker.address;
    topics::create(address, "warm", 8, &[])?;
    let bulk = Produce {
        topic: "warm",
        partitions: 8,
        connections: 8,
        in_flight: 5,
        records: 64,
        record_bytes: 1024,
        amount: Amount::Requests(bulk_mib * MIB / (64 * 1024)),
    };
    bulk.run(address)?;
    Produce { records: 1, amount: Amount::Requests(small), ..bulk }.run(address)?;
    load::consume(address, "warm", 8, 1 << 20)?;
    broker.delete_topic("warm")
}
