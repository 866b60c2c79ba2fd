//! `EndTxnMarker`, versions 0 to 0.
//! Generated from `schema/data/EndTxnMarker.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct EndTxnMarker {
    pub coordinator_epoch: i32,
}

impl Default for EndTxnMarker {
    fn default() -> Self {
        EndTxnMarker { coordinator_epoch: 0 }
    }
}

impl EndTxnMarker {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EndTxnMarker", version });
        }
        let coordinator_epoch = c.i32()?;
        Ok(Self { coordinator_epoch })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EndTxnMarker", version });
        }
        w.i32(self.coordinator_epoch);
        Ok(())
    }
}

impl crate::Message for EndTxnMarker {
    const NAME: &'static str = "EndTxnMarker";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = EndTxnMarker;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EndTxnMarker::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for EndTxnMarker {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EndTxnMarker::decode(c, version)
    }
}
