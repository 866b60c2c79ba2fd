//! `EndTxnRequest` (key 26), versions 0 to 5.
//! Generated from `schema/rpc/EndTxnRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 5, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct EndTxnRequest<'a> {
    pub transactional_id: Cow<'a, str>,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub committed: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EndTxnRequest<'_> {
    fn default() -> Self {
        EndTxnRequest {
            transactional_id: Cow::Borrowed(""),
            producer_id: 0,
            producer_epoch: 0,
            committed: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> EndTxnRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=5).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EndTxnRequest", version });
        }
        let flexible = version >= 3;
        let transactional_id = c.string(flexible, "transactionalId")?;
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let committed = c.bool()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { transactional_id, producer_id, producer_epoch, committed, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=5).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EndTxnRequest", version });
        }
        w.string(&self.transactional_id, flexible, "transactionalId")?;
        w.i64(self.producer_id);
        w.i16(self.producer_epoch);
        w.bool(self.committed);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EndTxnRequest<'static> {
        EndTxnRequest {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            committed: self.committed,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for EndTxnRequest<'_> {
    const NAME: &'static str = "EndTxnRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = EndTxnRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EndTxnRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        EndTxnRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for EndTxnRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EndTxnRequest::decode(c, version)
    }
}

impl crate::Request for EndTxnRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::EndTxn;
    type Response<'r> = crate::EndTxnResponse;
    type OwnedResponse = crate::EndTxnResponse;
}
