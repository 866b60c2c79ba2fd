//! `AlterPartitionReassignmentsResponse` (key 45), versions 0 to 1.
//! Generated from `schema/rpc/AlterPartitionReassignmentsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterPartitionReassignmentsResponse<'a> {
    pub throttle_time_ms: i32,
    /// Versions 1+; default true.
    pub allow_replication_factor_change: bool,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub responses: Vec<ReassignableTopicResponse<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterPartitionReassignmentsResponse<'_> {
    fn default() -> Self {
        AlterPartitionReassignmentsResponse {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            responses: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterPartitionReassignmentsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "AlterPartitionReassignmentsResponse",
                version,
            });
        }
        let throttle_time_ms = c.i32()?;
        let allow_replication_factor_change = if version >= 1 { c.bool()? } else { true };
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let responses = c.array(true, 3, "responses", |c| ReassignableTopicResponse::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            allow_replication_factor_change,
            error_code,
            error_message,
            responses,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "AlterPartitionReassignmentsResponse",
                version,
            });
        }
        w.i32(self.throttle_time_ms);
        if version >= 1 {
            w.bool(self.allow_replication_factor_change);
        }
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
    pub fn into_owned(self) -> AlterPartitionReassignmentsResponse<'static> {
        AlterPartitionReassignmentsResponse {
            throttle_time_ms: self.throttle_time_ms,
            allow_replication_factor_change: self.allow_replication_factor_change,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            responses: self.responses.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterPartitionReassignmentsResponse<'_> {
    const NAME: &'static str = "AlterPartitionReassignmentsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = AlterPartitionReassignmentsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterPartitionReassignmentsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterPartitionReassignmentsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterPartitionReassignmentsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterPartitionReassignmentsResponse::decode(c, version)
    }
}

/// A part of [`AlterPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReassignableTopicResponse<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<ReassignablePartitionResponse<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReassignableTopicResponse<'_> {
    fn default() -> Self {
        ReassignableTopicResponse {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ReassignableTopicResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.array(true, 8, "partitions", |c| ReassignablePartitionResponse::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ReassignableTopicResponse<'static> {
        ReassignableTopicResponse {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReassignablePartitionResponse<'a> {
    pub partition_index: i32,
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ReassignablePartitionResponse<'_> {
    fn default() -> Self {
        ReassignablePartitionResponse {
            partition_index: 0,
            error_code: 0,
            error_message: Some(Cow::Borrowed("")),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ReassignablePartitionResponse<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let partition_index = c.i32()?;
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { partition_index, error_code, error_message, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.partition_index);
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
    pub fn into_owned(self) -> ReassignablePartitionResponse<'static> {
        ReassignablePartitionResponse {
            partition_index: self.partition_index,
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
