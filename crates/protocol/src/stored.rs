//! Framing of stored records and what happens to types that this program does not know.

use crate::wire::{Cursor, DecodeError, EncodeError, Writer};
use std::borrow::Cow;
use std::fmt;

const FRAME_VERSION: u32 = 1;

/// A record whose type or version is newer than this program. It is written back as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownRecord<'a> {
    /// Number of the type.
    pub id: i16,
    pub version: i16,
    /// What follows type and version.
    pub body: Cow<'a, [u8]>,
}

impl<'a> UnknownRecord<'a> {
    pub(crate) fn rest_of(c: &mut Cursor<'a>, id: i16, version: i16) -> Result<Self, DecodeError> {
        let body = Cow::Borrowed(c.take(c.remaining())?);
        Ok(UnknownRecord { id, version, body })
    }

    pub fn into_owned(self) -> UnknownRecord<'static> {
        UnknownRecord { id: self.id, version: self.version, body: Cow::Owned(self.body.into_owned()) }
    }
}

impl fmt::Debug for UnknownRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type {} version {} with {} bytes", self.id, self.version, self.body.len())
    }
}

/// Type and version of a framed record (KIP-746).
pub(crate) fn read_frame(c: &mut Cursor<'_>) -> Result<(i16, i16), DecodeError> {
    let version = c.uvarint()?;
    if version != FRAME_VERSION {
        return Err(DecodeError::FrameVersion { version });
    }
    Ok((small(c.uvarint()?)?, small(c.uvarint()?)?))
}

fn small(value: u32) -> Result<i16, DecodeError> {
    i16::try_from(value).map_err(|_| DecodeError::Varint)
}

pub(crate) fn write_frame(w: &mut Writer, id: i16, version: i16) {
    w.uvarint(FRAME_VERSION);
    w.uvarint(id as u16 as u32);
    w.uvarint(version as u16 as u32);
}

/// Runs `body` on a writer over `out`; nothing stays in `out` of a failed one.
pub(crate) fn append(
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let before = out.len();
    let mut w = Writer::over(std::mem::take(out));
    let outcome = body(&mut w);
    *out = w.into_bytes();
    if outcome.is_err() {
        out.truncate(before);
    }
    outcome
}
