//! `StreamsGroupDescribeRequest` (key 89), versions 0 to 0.
//! Generated from `schema/rpc/StreamsGroupDescribeRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupDescribeRequest<'a> {
    pub group_ids: Vec<Cow<'a, str>>,
    pub include_authorized_operations: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupDescribeRequest<'_> {
    fn default() -> Self {
        StreamsGroupDescribeRequest {
            group_ids: Vec::new(),
            include_authorized_operations: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupDescribeRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupDescribeRequest", version });
        }
        let group_ids = c.array(true, 1, "groupIds", |c| c.string(true, "groupIds"))?;
        let include_authorized_operations = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_ids, include_authorized_operations, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupDescribeRequest", version });
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
    pub fn into_owned(self) -> StreamsGroupDescribeRequest<'static> {
        StreamsGroupDescribeRequest {
            group_ids: self.group_ids.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            include_authorized_operations: self.include_authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupDescribeRequest<'_> {
    const NAME: &'static str = "StreamsGroupDescribeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupDescribeRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupDescribeRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupDescribeRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupDescribeRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupDescribeRequest::decode(c, version)
    }
}

impl crate::Request for StreamsGroupDescribeRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::StreamsGroupDescribe;
    type Response<'r> = crate::StreamsGroupDescribeResponse<'r>;
    type OwnedResponse = crate::StreamsGroupDescribeResponse<'static>;
}
