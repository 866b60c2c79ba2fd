//! `InitProducerIdRequest` (key 22), versions 0 to 6.
//! Generated from `schema/rpc/InitProducerIdRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 6, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct InitProducerIdRequest<'a> {
    pub transactional_id: Option<Cow<'a, str>>,
    pub transaction_timeout_ms: i32,
    /// Versions 3+; default -1.
    pub producer_id: i64,
    /// Versions 3+; default -1.
    pub producer_epoch: i16,
    /// Versions 6+.
    pub enable2_pc: bool,
    /// Versions 6+.
    pub keep_prepared_txn: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for InitProducerIdRequest<'_> {
    fn default() -> Self {
        InitProducerIdRequest {
            transactional_id: Some(Cow::Borrowed("")),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> InitProducerIdRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "InitProducerIdRequest", version });
        }
        let flexible = version >= 2;
        let transactional_id = c.nullable_string(flexible, "transactionalId")?;
        let transaction_timeout_ms = c.i32()?;
        let producer_id = if version >= 3 { c.i64()? } else { -1 };
        let producer_epoch = if version >= 3 { c.i16()? } else { -1 };
        let enable2_pc = if version >= 6 { c.bool()? } else { false };
        let keep_prepared_txn = if version >= 6 { c.bool()? } else { false };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            transactional_id,
            transaction_timeout_ms,
            producer_id,
            producer_epoch,
            enable2_pc,
            keep_prepared_txn,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(0..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "InitProducerIdRequest", version });
        }
        match &self.transactional_id {
            Some(v) => {
                w.string(v, flexible, "transactionalId")?;
            }
            None => w.null_string(flexible),
        }
        w.i32(self.transaction_timeout_ms);
        if version >= 3 {
            w.i64(self.producer_id);
        } else if self.producer_id != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "producerId", version });
        }
        if version >= 3 {
            w.i16(self.producer_epoch);
        } else if self.producer_epoch != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "producerEpoch", version });
        }
        if version >= 6 {
            w.bool(self.enable2_pc);
        } else if self.enable2_pc {
            return Err(wire::EncodeError::UnsupportedField { field: "enable2Pc", version });
        }
        if version >= 6 {
            w.bool(self.keep_prepared_txn);
        } else if self.keep_prepared_txn {
            return Err(wire::EncodeError::UnsupportedField { field: "keepPreparedTxn", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> InitProducerIdRequest<'static> {
        InitProducerIdRequest {
            transactional_id: self.transactional_id.map(|v| Cow::Owned(v.into_owned())),
            transaction_timeout_ms: self.transaction_timeout_ms,
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            enable2_pc: self.enable2_pc,
            keep_prepared_txn: self.keep_prepared_txn,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for InitProducerIdRequest<'_> {
    const NAME: &'static str = "InitProducerIdRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = InitProducerIdRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        InitProducerIdRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        InitProducerIdRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for InitProducerIdRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        InitProducerIdRequest::decode(c, version)
    }
}

impl crate::Request for InitProducerIdRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::InitProducerId;
    type Response<'r> = crate::InitProducerIdResponse;
    type OwnedResponse = crate::InitProducerIdResponse;
}
