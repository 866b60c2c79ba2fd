//! What all messages have in common, for code that is generic over them.

use crate::ApiKey;
use crate::wire::{Cursor, DecodeError, EncodeError, Writer};

/// A message of the wire or of a stored record.
pub trait Message: Sized {
    /// Kafka's name, such as `FetchRequest`.
    const NAME: &'static str;
    const MIN_VERSION: i16;
    /// Includes a version that is not stable yet; see `ApiInfo::max_version`.
    const MAX_VERSION: i16;
    /// First version with compact lengths and tagged fields (KIP-482).
    const FLEXIBLE_SINCE: Option<i16>;
    /// The type without borrows.
    type Owned: Message + 'static;

    /// Appends the message; an error leaves what was written so far.
    fn encode(&self, w: &mut Writer, version: i16) -> Result<(), EncodeError>;

    fn into_owned(self) -> Self::Owned;

    /// The message as bytes of its own, without header and length. It must have no external records.
    fn to_bytes(&self, version: i16) -> Result<Vec<u8>, EncodeError> {
        let mut w = Writer::new();
        self.encode(&mut w, version)?;
        Ok(w.into_bytes())
    }

    /// The message after its version in two bytes, as consumers embed theirs in the classic group protocol.
    fn to_versioned(&self, version: i16) -> Result<Vec<u8>, EncodeError> {
        let mut w = Writer::new();
        w.i16(version);
        self.encode(&mut w, version)?;
        Ok(w.into_bytes())
    }
}

/// A message that can be read from bytes that live for `'a`.
pub trait Decode<'a>: Message {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    fn decode(c: &mut Cursor<'a>, version: i16) -> Result<Self, DecodeError>;

    /// Reads one that must take all of `bytes`.
    fn from_bytes(bytes: &'a [u8], version: i16) -> Result<Self, DecodeError> {
        let mut c = Cursor::new(bytes);
        let message = Self::decode(&mut c, version)?;
        c.expect_end()?;
        Ok(message)
    }

    /// Reads what `to_versioned` wrote, and the version found there. A version above `MAX_VERSION` is read as that one
    /// and bytes that are left are ignored, as Kafka does for what consumers embed.
    fn from_versioned(bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let version = c.i16()?;
        Ok((Self::decode(&mut c, version.min(Self::MAX_VERSION))?, version))
    }
}

/// A request, tied to its API and its response.
pub trait Request: Message {
    const API_KEY: ApiKey;
    type Response<'r>: Decode<'r> + Message<Owned = Self::OwnedResponse>;
    /// The response without borrows.
    type OwnedResponse: Message + Send + 'static;
}
