//! What a request leads to.

use metadata::{Delta, Features, Image};
use protocol::MetadataRecord;

/// A metadata record and the version in which it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub value: MetadataRecord<'static>,
    pub version: i16,
}

pub type Records = Vec<Record>;

/// Records to append in one batch, and what is answered once they are committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<R> {
    pub records: Records,
    pub reply: R,
    /// The records are not appended; limits hold for them all the same.
    pub validate_only: bool,
}

impl<R> Plan<R> {
    /// Nothing changes.
    pub fn answer(reply: R) -> Plan<R> {
        Plan::new(Vec::new(), reply)
    }

    /// The records are appended.
    pub fn new(records: Records, reply: R) -> Plan<R> {
        Plan { records, reply, validate_only: false }
    }
}

/// A record whose form depends on the level of the cluster.
pub(crate) fn at_level(value: impl Into<MetadataRecord<'static>>, features: &Features) -> Record {
    let (value, version) = metadata::written(value, features);
    Record { value, version }
}

/// A record that has one version.
pub(crate) fn record(value: impl Into<MetadataRecord<'static>>, version: i16) -> Record {
    Record { value: value.into(), version }
}

/// The image with these records, for a plan that decides in steps.
pub(crate) fn after(image: &Image, records: &[Record]) -> Image {
    let mut image = image.clone();
    for record in records {
        // What does not fit stops the node where it is appended.
        _ = image.replay(&record.value, &mut Delta::default());
    }
    image
}
