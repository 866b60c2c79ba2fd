//! `AddOffsetsToTxnRequest` (key 25), versions 0 to 4.
//! Generated from `schema/rpc/AddOffsetsToTxnRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct AddOffsetsToTxnRequest<'a> {
    pub transactional_id: Cow<'a, str>,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub group_id: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AddOffsetsToTxnRequest<'_> {
    fn default() -> Self {
        AddOffsetsToTxnRequest {
            transactional_id: Cow::Borrowed(""),
            producer_id: 0,
            producer_epoch: 0,
            group_id: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AddOffsetsToTxnRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AddOffsetsToTxnRequest", version });
        }
        let flexible = version >= 3;
        let transactional_id = c.string(flexible, "transactionalId")?;
        let producer_id = c.i64()?;
        let producer_epoch = c.i16()?;
        let group_id = c.string(flexible, "groupId")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { transactional_id, producer_id, producer_epoch, group_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AddOffsetsToTxnRequest", version });
        }
        w.string(&self.transactional_id, flexible, "transactionalId")?;
        w.i64(self.producer_id);
        w.i16(self.producer_epoch);
        w.string(&self.group_id, flexible, "groupId")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> AddOffsetsToTxnRequest<'static> {
        AddOffsetsToTxnRequest {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            group_id: Cow::Owned(self.group_id.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AddOffsetsToTxnRequest<'_> {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = AddOffsetsToTxnRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AddOffsetsToTxnRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AddOffsetsToTxnRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AddOffsetsToTxnRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AddOffsetsToTxnRequest::decode(c, version)
    }
}

impl crate::Request for AddOffsetsToTxnRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AddOffsetsToTxn;
    type Response<'r> = crate::AddOffsetsToTxnResponse;
    type OwnedResponse = crate::AddOffsetsToTxnResponse;
}
