//! What a request leads to.

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

pub(crate) fn record(value: impl Into<MetadataRecord<'static>>, version: i16) -> Record {
    Record { value: value.into(), version }
}
