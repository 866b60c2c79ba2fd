//! `ProducerSnapshot`, versions 1 to 1.
//! Generated from `schema/storage/ProducerSnapshot.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ProducerSnapshot {
    pub crc: u32,
    pub producer_entries: Vec<ProducerEntry>,
}

impl Default for ProducerSnapshot {
    fn default() -> Self {
        ProducerSnapshot { crc: 0, producer_entries: Vec::new() }
    }
}

impl ProducerSnapshot {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 1 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ProducerSnapshot", version });
        }
        let crc = c.u32()?;
        let producer_entries = c.array(false, 46, "producerEntries", |c| ProducerEntry::decode(c, version))?;
        Ok(Self { crc, producer_entries })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 1 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ProducerSnapshot", version });
        }
        w.u32(self.crc);
        w.length(self.producer_entries.len(), false, "producerEntries")?;
        for v in &self.producer_entries {
            v.encode(w, version)?;
        }
        Ok(())
    }
}

impl crate::Message for ProducerSnapshot {
    const NAME: &'static str = "ProducerSnapshot";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ProducerSnapshot;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ProducerSnapshot::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for ProducerSnapshot {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ProducerSnapshot::decode(c, version)
    }
}

/// A part of [`ProducerSnapshot`].
#[derive(Debug, Clone, PartialEq)]
pub struct ProducerEntry {
    pub producer_id: i64,
    pub epoch: i16,
    pub last_sequence: i32,
    pub last_offset: i64,
    pub offset_delta: i32,
    pub timestamp: i64,
    pub coordinator_epoch: i32,
    pub current_txn_first_offset: i64,
}

impl Default for ProducerEntry {
    fn default() -> Self {
        ProducerEntry {
            producer_id: 0,
            epoch: 0,
            last_sequence: 0,
            last_offset: 0,
            offset_delta: 0,
            timestamp: 0,
            coordinator_epoch: 0,
            current_txn_first_offset: 0,
        }
    }
}

impl ProducerEntry {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let producer_id = c.i64()?;
        let epoch = c.i16()?;
        let last_sequence = c.i32()?;
        let last_offset = c.i64()?;
        let offset_delta = c.i32()?;
        let timestamp = c.i64()?;
        let coordinator_epoch = c.i32()?;
        let current_txn_first_offset = c.i64()?;
        Ok(Self {
            producer_id,
            epoch,
            last_sequence,
            last_offset,
            offset_delta,
            timestamp,
            coordinator_epoch,
            current_txn_first_offset,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i64(self.producer_id);
        w.i16(self.epoch);
        w.i32(self.last_sequence);
        w.i64(self.last_offset);
        w.i32(self.offset_delta);
        w.i64(self.timestamp);
        w.i32(self.coordinator_epoch);
        w.i64(self.current_txn_first_offset);
        Ok(())
    }
}
