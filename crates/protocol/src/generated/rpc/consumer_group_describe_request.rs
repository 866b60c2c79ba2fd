//! `ConsumerGroupDescribeRequest` (key 69), versions 0 to 1.
//! Generated from `schema/rpc/ConsumerGroupDescribeRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupDescribeRequest<'a> {
    pub group_ids: Vec<Cow<'a, str>>,
    pub include_authorized_operations: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupDescribeRequest<'_> {
    fn default() -> Self {
        ConsumerGroupDescribeRequest {
            group_ids: Vec::new(),
            include_authorized_operations: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupDescribeRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupDescribeRequest", version });
        }
        let group_ids = c.array(true, 1, "groupIds", |c| c.string(true, "groupIds"))?;
        let include_authorized_operations = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_ids, include_authorized_operations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupDescribeRequest", version });
        }
        w.length(self.group_ids.len(), true, "groupIds")?;
        for v in &self.group_ids {
            w.string(v, true, "groupIds")?;
        }
        w.bool(self.include_authorized_operations);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupDescribeRequest<'static> {
        ConsumerGroupDescribeRequest {
            group_ids: self.group_ids.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            include_authorized_operations: self.include_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupDescribeRequest<'_> {
    const NAME: &'static str = "ConsumerGroupDescribeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupDescribeRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupDescribeRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupDescribeRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupDescribeRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupDescribeRequest::decode(c, version)
    }
}

impl crate::Request for ConsumerGroupDescribeRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ConsumerGroupDescribe;
    type Response<'r> = crate::ConsumerGroupDescribeResponse<'r>;
    type OwnedResponse = crate::ConsumerGroupDescribeResponse<'static>;
}
