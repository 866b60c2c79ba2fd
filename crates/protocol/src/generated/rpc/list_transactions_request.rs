//! `ListTransactionsRequest` (key 66), versions 0 to 2.
//! Generated from `schema/rpc/ListTransactionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListTransactionsRequest<'a> {
    pub state_filters: Vec<Cow<'a, str>>,
    pub producer_id_filters: Vec<i64>,
    /// Versions 1+; default -1.
    pub duration_filter: i64,
    /// Versions 2+.
    pub transactional_id_pattern: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ListTransactionsRequest<'_> {
    fn default() -> Self {
        ListTransactionsRequest {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ListTransactionsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ListTransactionsRequest", version });
        }
        let state_filters = c.array(true, 1, "stateFilters", |c| c.string(true, "stateFilters"))?;
        let producer_id_filters = c.array(true, 8, "producerIdFilters", wire::Cursor::i64)?;
        let duration_filter = if version >= 1 { c.i64()? } else { -1 };
        let transactional_id_pattern =
            if version >= 2 { c.nullable_string(true, "transactionalIdPattern")? } else { None };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            state_filters,
            producer_id_filters,
            duration_filter,
            transactional_id_pattern,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ListTransactionsRequest", version });
        }
        w.length(self.state_filters.len(), true, "stateFilters")?;
        for v in &self.state_filters {
            w.string(v, true, "stateFilters")?;
        }
        w.length(self.producer_id_filters.len(), true, "producerIdFilters")?;
        for v in &self.producer_id_filters {
            w.i64(*v);
        }
        if version >= 1 {
            w.i64(self.duration_filter);
        } else if self.duration_filter != -1 {
            return Err(wire::EncodeError::UnsupportedField { field: "durationFilter", version });
        }
        if version >= 2 {
            match &self.transactional_id_pattern {
                Some(v) => {
                    w.string(v, true, "transactionalIdPattern")?;
                }
                None => w.null_string(true),
            }
        } else if self.transactional_id_pattern.is_some() {
            return Err(wire::EncodeError::UnsupportedField { field: "transactionalIdPattern", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ListTransactionsRequest<'static> {
        ListTransactionsRequest {
            state_filters: self.state_filters.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            producer_id_filters: self.producer_id_filters,
            duration_filter: self.duration_filter,
            transactional_id_pattern: self.transactional_id_pattern.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ListTransactionsRequest<'_> {
    const NAME: &'static str = "ListTransactionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ListTransactionsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ListTransactionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ListTransactionsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ListTransactionsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ListTransactionsRequest::decode(c, version)
    }
}

impl crate::Request for ListTransactionsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ListTransactions;
    type Response<'r> = crate::ListTransactionsResponse<'r>;
    type OwnedResponse = crate::ListTransactionsResponse<'static>;
}
