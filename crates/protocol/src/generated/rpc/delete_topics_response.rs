//! `DeleteTopicsResponse` (key 20), versions 1 to 6.
//! Generated from `schema/rpc/DeleteTopicsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 1 to 6, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteTopicsResponse<'a> {
    pub throttle_time_ms: i32,
    pub responses: Vec<DeletableTopicResult<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeleteTopicsResponse<'_> {
    fn default() -> Self {
        DeleteTopicsResponse {
            throttle_time_ms: 0,
            responses: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeleteTopicsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=6).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DeleteTopicsResponse", version });
        }
        let flexible = version >= 4;
        let throttle_time_ms = c.i32()?;
        let responses = c.array(
            flexible,
            if version >= 6 {
                21
            } else if version >= 5 {
                5
            } else {
                4
            },
            "responses",
            |c| DeletableTopicResult::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { throttle_time_ms, responses, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(1..=6).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DeleteTopicsResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.responses.len(), flexible, "responses")?;
        for v in &self.responses {
            v.encode(w, version)?;
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeleteTopicsResponse<'static> {
        DeleteTopicsResponse {
            throttle_time_ms: self.throttle_time_ms,
            responses: self.responses.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DeleteTopicsResponse<'_> {
    const NAME: &'static str = "DeleteTopicsResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = DeleteTopicsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DeleteTopicsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DeleteTopicsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DeleteTopicsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DeleteTopicsResponse::decode(c, version)
    }
}

/// A part of [`DeleteTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeletableTopicResult<'a> {
    /// Null since 6.
    pub name: Option<Cow<'a, str>>,
    /// Versions 6+.
    pub topic_id: Uuid,
    pub error_code: i16,
    /// Versions 5+.
    pub error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DeletableTopicResult<'_> {
    fn default() -> Self {
        DeletableTopicResult {
            name: Some(Cow::Borrowed("")),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DeletableTopicResult<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let name = if version >= 6 { c.nullable_string(flexible, "name")? } else { Some(c.string(flexible, "name")?) };
        let topic_id = if version >= 6 { c.uuid()? } else { Uuid::ZERO };
        let error_code = c.i16()?;
        let error_message = if version >= 5 { c.nullable_string(flexible, "errorMessage")? } else { None };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, topic_id, error_code, error_message, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        match &self.name {
            Some(v) => {
                w.string(v, flexible, "name")?;
            }
            None if version >= 6 => w.null_string(flexible),
            None => return Err(wire::EncodeError::Null { field: "name" }),
        }
        if version >= 6 {
            w.uuid(self.topic_id);
        }
        w.i16(self.error_code);
        if version >= 5 {
            match &self.error_message {
                Some(v) => {
                    w.string(v, flexible, "errorMessage")?;
                }
                None => w.null_string(flexible),
            }
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DeletableTopicResult<'static> {
        DeletableTopicResult {
            name: self.name.map(|v| Cow::Owned(v.into_owned())),
            topic_id: self.topic_id,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
