//! `OffsetFetchRequest` (key 9), versions 1 to 10.
//! Generated from `schema/rpc/OffsetFetchRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 1 to 10, flexible since 6.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequest<'a> {
    /// Versions 1 to 7.
    pub group_id: Cow<'a, str>,
    /// Versions 1 to 7; null since 2.
    pub topics: Option<Vec<OffsetFetchRequestTopic<'a>>>,
    /// Versions 8+.
    pub groups: Vec<OffsetFetchRequestGroup<'a>>,
    /// Versions 7+.
    pub require_stable: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchRequest<'_> {
    fn default() -> Self {
        OffsetFetchRequest {
            group_id: Cow::Borrowed(""),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=10).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "OffsetFetchRequest", version });
        }
        let flexible = version >= 6;
        let group_id = if version <= 7 { c.string(flexible, "groupId")? } else { Cow::Borrowed("") };
        let topics = if version <= 7 {
            if version >= 2 {
                c.nullable_array(flexible, if version >= 6 { 3 } else { 6 }, "topics", |c| {
                    OffsetFetchRequestTopic::decode(c, version)
                })?
            } else {
                Some(c.array(flexible, if version >= 6 { 3 } else { 6 }, "topics", |c| {
                    OffsetFetchRequestTopic::decode(c, version)
                })?)
            }
        } else {
            Some(Vec::new())
        };
        let groups = if version >= 8 {
            c.array(flexible, if version >= 9 { 8 } else { 3 }, "groups", |c| {
                OffsetFetchRequestGroup::decode(c, version)
            })?
        } else {
            Vec::new()
        };
        let require_stable = if version >= 7 { c.bool()? } else { false };
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { group_id, topics, groups, require_stable, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        if !(1..=10).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "OffsetFetchRequest", version });
        }
        if version <= 7 {
            w.string(&self.group_id, flexible, "groupId")?;
        } else if !self.group_id.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "groupId", version });
        }
        if version <= 7 {
            match &self.topics {
                Some(v) => {
                    w.length(v.len(), flexible, "topics")?;
                    for v in v {
                        v.encode(w, version)?;
                    }
                }
                None if version >= 2 => w.null_length(flexible),
                None => return Err(wire::EncodeError::Null { field: "topics" }),
            }
        } else if self.topics.as_ref().is_none_or(|v| !v.is_empty()) {
            return Err(wire::EncodeError::UnsupportedField { field: "topics", version });
        }
        if version >= 8 {
            w.length(self.groups.len(), flexible, "groups")?;
            for v in &self.groups {
                v.encode(w, version)?;
            }
        } else if !self.groups.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "groups", version });
        }
        if version >= 7 {
            w.bool(self.require_stable);
        } else if self.require_stable {
            return Err(wire::EncodeError::UnsupportedField { field: "requireStable", version });
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchRequest<'static> {
        OffsetFetchRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            require_stable: self.require_stable,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for OffsetFetchRequest<'_> {
    const NAME: &'static str = "OffsetFetchRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_SINCE: Option<i16> = Some(6);
    type Owned = OffsetFetchRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        OffsetFetchRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        OffsetFetchRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for OffsetFetchRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        OffsetFetchRequest::decode(c, version)
    }
}

impl crate::Request for OffsetFetchRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::OffsetFetch;
    type Response<'r> = crate::OffsetFetchResponse<'r>;
    type OwnedResponse = crate::OffsetFetchResponse<'static>;
}

/// A part of [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequestTopic<'a> {
    pub name: Cow<'a, str>,
    pub partition_indexes: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchRequestTopic<'_> {
    fn default() -> Self {
        OffsetFetchRequestTopic {
            name: Cow::Borrowed(""),
            partition_indexes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchRequestTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 6;
        let name = c.string(flexible, "name")?;
        let partition_indexes = c.array(flexible, 4, "partitionIndexes", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partition_indexes, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 6;
        w.string(&self.name, flexible, "name")?;
        w.length(self.partition_indexes.len(), flexible, "partitionIndexes")?;
        for v in &self.partition_indexes {
            w.i32(*v);
        }
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchRequestTopic<'static> {
        OffsetFetchRequestTopic {
            name: Cow::Owned(self.name.into_owned()),
            partition_indexes: self.partition_indexes,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequestGroup<'a> {
    pub group_id: Cow<'a, str>,
    /// Versions 9+.
    pub member_id: Option<Cow<'a, str>>,
    /// Versions 9+; default -1.
    pub member_epoch: i32,
    pub topics: Option<Vec<OffsetFetchRequestTopics<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchRequestGroup<'_> {
    fn default() -> Self {
        OffsetFetchRequestGroup {
            group_id: Cow::Borrowed(""),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchRequestGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let group_id = c.string(true, "groupId")?;
        let member_id = if version >= 9 { c.nullable_string(true, "memberId")? } else { None };
        let member_epoch = if version >= 9 { c.i32()? } else { -1 };
        let topics = c.nullable_array(true, if version >= 10 { 18 } else { 3 }, "topics", |c| {
            OffsetFetchRequestTopics::decode(c, version)
        })?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { group_id, member_id, member_epoch, topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.group_id, true, "groupId")?;
        if version >= 9 {
            match &self.member_id {
                Some(v) => {
                    w.string(v, true, "memberId")?;
                }
                None => w.null_string(true),
            }
        }
        if version >= 9 {
            w.i32(self.member_epoch);
        }
        match &self.topics {
            Some(v) => {
                w.length(v.len(), true, "topics")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchRequestGroup<'static> {
        OffsetFetchRequestGroup {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: self.member_id.map(|v| Cow::Owned(v.into_owned())),
            member_epoch: self.member_epoch,
            topics: self.topics.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`OffsetFetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchRequestTopics<'a> {
    /// Versions 8 to 9.
    pub name: Cow<'a, str>,
    /// Versions 10+.
    pub topic_id: Uuid,
    pub partition_indexes: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for OffsetFetchRequestTopics<'_> {
    fn default() -> Self {
        OffsetFetchRequestTopics {
            name: Cow::Borrowed(""),
            topic_id: Uuid::ZERO,
            partition_indexes: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> OffsetFetchRequestTopics<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = if version <= 9 { c.string(true, "name")? } else { Cow::Borrowed("") };
        let topic_id = if version >= 10 { c.uuid()? } else { Uuid::ZERO };
        let partition_indexes = c.array(true, 4, "partitionIndexes", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, topic_id, partition_indexes, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version <= 9 {
            w.string(&self.name, true, "name")?;
        }
        if version >= 10 {
            w.uuid(self.topic_id);
        }
        w.length(self.partition_indexes.len(), true, "partitionIndexes")?;
        for v in &self.partition_indexes {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> OffsetFetchRequestTopics<'static> {
        OffsetFetchRequestTopics {
            name: Cow::Owned(self.name.into_owned()),
            topic_id: self.topic_id,
            partition_indexes: self.partition_indexes,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
