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
}

impl<R> Plan<R> {
    /// Nothing changes.
    pub fn answer(reply: R) -> Plan<R> {
        Plan { records: Vec::new(), reply }
    }
}

pub(crate) fn record(value: impl Into<MetadataRecord<'static>>, version: i16) -> Record {
    Record { value: value.into(), version }
}
