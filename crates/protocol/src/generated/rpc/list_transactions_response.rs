//! `ListTransactionsResponse` (key 66), versions 0 to 2.
//! Generated from `schema/rpc/ListTransactionsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListTransactionsResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub unknown_state_filters: Vec<Cow<'a, str>>,
    pub transaction_states: Vec<TransactionState<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListTransactionsResponse<'_> {
    fn default() -> Self {
        ListTransactionsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            unknown_state_filters: Vec::new(),
            transaction_states: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListTransactionsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListTransactionsResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let unknown_state_filters =
            c.array(true, 1, "unknownStateFilters", |c| c.string(true, "unknownStateFilters"))?;
        let transaction_states = c.array(true, 11, "transactionStates", |c| TransactionState::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, unknown_state_filters, transaction_states, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListTransactionsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        w.length(self.unknown_state_filters.len(), true, "unknownStateFilters")?;
        for v in &self.unknown_state_filters {
            w.string(v, true, "unknownStateFilters")?;
        }
        w.length(self.transaction_states.len(), true, "transactionStates")?;
        for v in &self.transaction_states {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListTransactionsResponse<'static> {
        ListTransactionsResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            unknown_state_filters: self.unknown_state_filters.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            transaction_states: self.transaction_states.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListTransactionsResponse<'_> {
    const NAME: &'static str = "ListTransactionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListTransactionsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListTransactionsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListTransactionsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListTransactionsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListTransactionsResponse::decode(c, version)
    }
}

/// A part of [`ListTransactionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionState<'a> {
    pub transactional_id: Cow<'a, str>,
    pub producer_id: i64,
    pub transaction_state: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TransactionState<'_> {
    fn default() -> Self {
        TransactionState {
            transactional_id: Cow::Borrowed(""),
            producer_id: 0,
            transaction_state: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TransactionState<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let transactional_id = c.string(true, "transactionalId")?;
        let producer_id = c.i64()?;
        let transaction_state = c.string(true, "transactionState")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { transactional_id, producer_id, transaction_state, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.transactional_id, true, "transactionalId")?;
        w.i64(self.producer_id);
        w.string(&self.transaction_state, true, "transactionState")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TransactionState<'static> {
        TransactionState {
            transactional_id: Cow::Owned(self.transactional_id.into_owned()),
            producer_id: self.producer_id,
            transaction_state: Cow::Owned(self.transaction_state.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
