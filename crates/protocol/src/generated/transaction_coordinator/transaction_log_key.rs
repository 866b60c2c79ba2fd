//! `TransactionLogKey` (key 0), versions 0 to 0.
//! Generated from `schema/transaction-coordinator/TransactionLogKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionLogKey<'a> {
    pub transactional_id: Cow<'a, str>,
}

impl Default for TransactionLogKey<'_> {
    fn default() -> Self {
        TransactionLogKey { transactional_id: Cow::Borrowed("") }
    }
}

impl<'a> TransactionLogKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "TransactionLogKey", version });
        }
        let transactional_id = c.string(false, "transactionalId")?;
        Ok(Self { transactional_id })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "TransactionLogKey", version });
        }
        w.string(&self.transactional_id, false, "transactionalId")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TransactionLogKey<'static> {
        TransactionLogKey { transactional_id: Cow::Owned(self.transactional_id.into_owned()) }
    }
}

impl crate::Message for TransactionLogKey<'_> {
    const NAME: &'static str = "TransactionLogKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = TransactionLogKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        TransactionLogKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        TransactionLogKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for TransactionLogKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        TransactionLogKey::decode(c, version)
    }
}
