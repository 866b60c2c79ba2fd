//! `ShareGroupDescribeRequest` (key 77), versions 1 to 1.
//! Generated from `schema/rpc/ShareGroupDescribeRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 1, flexible since 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareGroupDescribeRequest<'a> {
    pub group_ids: Vec<Cow<'a, str>>,
    pub include_authorized_operations: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ShareGroupDescribeRequest<'_> {
    fn default() -> Self {
        ShareGroupDescribeRequest {
            group_ids: Vec::new(),
            include_authorized_operations: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ShareGroupDescribeRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 1 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ShareGroupDescribeRequest", version });
        }
        let group_ids = c.array(true, 1, "groupIds", |c| c.string(true, "groupIds"))?;
        let include_authorized_operations = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_ids, include_authorized_operations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 1 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ShareGroupDescribeRequest", version });
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
    pub fn into_owned(self) -> ShareGroupDescribeRequest<'static> {
        ShareGroupDescribeRequest {
            group_ids: self.group_ids.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            include_authorized_operations: self.include_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ShareGroupDescribeRequest<'_> {
    const NAME: &'static str = "ShareGroupDescribeRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(1);
    type Owned = ShareGroupDescribeRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ShareGroupDescribeRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ShareGroupDescribeRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ShareGroupDescribeRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ShareGroupDescribeRequest::decode(c, version)
    }
}

impl crate::Request for ShareGroupDescribeRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::ShareGroupDescribe;
    type Response<'r> = crate::ShareGroupDescribeResponse<'r>;
    type OwnedResponse = crate::ShareGroupDescribeResponse<'static>;
}
