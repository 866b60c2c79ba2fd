//! `DescribeTransactionsRequest` (key 65), versions 0 to 0.
//! Generated from `schema/rpc/DescribeTransactionsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTransactionsRequest<'a> {
    pub transactional_ids: Vec<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeTransactionsRequest<'_> {
    fn default() -> Self {
        DescribeTransactionsRequest {
            transactional_ids: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribeTransactionsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeTransactionsRequest", version });
        }
        let transactional_ids = c.array(true, 1, "transactionalIds", |c| c.string(true, "transactionalIds"))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { transactional_ids, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeTransactionsRequest", version });
        }
        w.length(self.transactional_ids.len(), true, "transactionalIds")?;
        for v in &self.transactional_ids {
            w.string(v, true, "transactionalIds")?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribeTransactionsRequest<'static> {
        DescribeTransactionsRequest {
            transactional_ids: self.transactional_ids.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DescribeTransactionsRequest<'_> {
    const NAME: &'static str = "DescribeTransactionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeTransactionsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeTransactionsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DescribeTransactionsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DescribeTransactionsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeTransactionsRequest::decode(c, version)
    }
}

impl crate::Request for DescribeTransactionsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeTransactions;
    type Response<'r> = crate::DescribeTransactionsResponse<'r>;
    type OwnedResponse = crate::DescribeTransactionsResponse<'static>;
}
