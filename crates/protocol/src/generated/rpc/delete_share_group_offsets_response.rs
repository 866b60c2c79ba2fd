//! `DeleteShareGroupOffsetsResponse` (key 92), versions 0 to 0.
//! Generated from `schema/rpc/DeleteShareGroupOffsetsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteShareGroupOffsetsResponse<'a> {
    pub throttle_time_ms: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteShareGroupOffsetsResponse<'_> {
    fn default() -> Self {
        DeleteShareGroupOffsetsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            responses: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteShareGroupOffsetsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteShareGroupOffsetsResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let responses = c.array(true, 21, "responses", |c| DeleteShareGroupOffsetsResponseTopic::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, error_code, error_message, responses, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteShareGroupOffsetsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.length(self.responses.len(), true, "responses")?;
        for v in &self.responses {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteShareGroupOffsetsResponse<'static> {
        DeleteShareGroupOffsetsResponse {
            throttle_time_ms: self.throttle_time_ms,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            responses: self.responses.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteShareGroupOffsetsResponse<'_> {
    const NAME: &'static str = "DeleteShareGroupOffsetsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DeleteShareGroupOffsetsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteShareGroupOffsetsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteShareGroupOffsetsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteShareGroupOffsetsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteShareGroupOffsetsResponse::decode(c, version)
    }
}

/// A part of [`DeleteShareGroupOffsetsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteShareGroupOffsetsResponseTopic<'a> {
    pub topic_name: Cow<'a, str>,
    pub topic_id: Uuid,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteShareGroupOffsetsResponseTopic<'_> {
    fn default() -> Self {
        DeleteShareGroupOffsetsResponseTopic {
            topic_name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteShareGroupOffsetsResponseTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_name = c.string(true, "topicName")?;
        let topic_id = c.uuid()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_name, topic_id, error_code, error_message, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.topic_name, true, "topicName")?;
        w.uuid(self.topic_id);
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteShareGroupOffsetsResponseTopic<'static> {
        DeleteShareGroupOffsetsResponseTopic {
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            topic_id: self.topic_id,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
