//! A machine that takes in its partition. The runtime goes on answering meanwhile; several partitions load at once.

use crate::machine::{Machine, StoredRecord};
use base::{Offset, ProducerId};

/// Why a record was not taken in.
#[derive(Debug, PartialEq, Eq)]
pub enum LoadError<E> {
    /// What must always hold of a log does not: nothing of it can be relied on.
    Broken(&'static str),
    /// The machine cannot read this record; loading may go on without it.
    Unreadable(E),
}

/// A load under way. Dropping it leaves no trace.
pub struct Loading<M> {
    machine: M,
    /// The next record's offset is at or above this.
    next: Offset,
    records: usize,
}

/// A machine with all that its partition says.
pub struct Loaded<M> {
    pub(crate) machine: M,
    pub(crate) end: Offset,
    /// How many records it read.
    pub records: usize,
}

impl<M: Machine> Loading<M> {
    /// Begins with an empty machine at the start of the log.
    pub fn new(machine: M, start: Offset) -> Loading<M> {
        Loading { machine, next: start, records: 0 }
    }

    /// Takes in the next record.
    pub fn record(&mut self, record: StoredRecord<'_>) -> Result<(), LoadError<M::ReplayError>> {
        self.pass(record.offset)?;
        self.machine.replay(record).map_err(LoadError::Unreadable)
    }

    /// Takes in the end of a transaction.
    pub fn marker(
        &mut self,
        offset: Offset,
        producer_id: ProducerId,
        committed: bool,
    ) -> Result<(), LoadError<M::ReplayError>> {
        self.pass(offset)?;
        self.machine.replay_marker(producer_id, committed);
        Ok(())
    }

    /// Passes a record that says nothing to the machine.
    pub fn pass(&mut self, offset: Offset) -> Result<(), LoadError<M::ReplayError>> {
        if offset < self.next {
            return Err(LoadError::Broken("record offsets grow while a coordinator loads"));
        }
        self.next = offset + 1;
        self.records += 1;
        Ok(())
    }

    /// The log is read up to `end`.
    pub fn finish(self, end: Offset) -> Result<Loaded<M>, LoadError<M::ReplayError>> {
        if end < self.next {
            return Err(LoadError::Broken("a coordinator's records lie below the log end"));
        }
        Ok(Loaded { machine: self.machine, end, records: self.records })
    }
}
