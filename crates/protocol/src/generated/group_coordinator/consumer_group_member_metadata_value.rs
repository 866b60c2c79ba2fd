//! `ConsumerGroupMemberMetadataValue` (key 5), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupMemberMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupMemberMetadataValue<'a> {
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    pub subscribed_topic_names: Vec<Cow<'a, str>>,
    pub subscribed_topic_regex: Option<Cow<'a, str>>,
    /// Default -1.
    pub rebalance_timeout_ms: i32,
    pub server_assignor: Option<Cow<'a, str>>,
    /// Tag 0.
    pub classic_member_metadata: Option<ClassicMemberMetadata<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupMemberMetadataValue<'_> {
    fn default() -> Self {
        ConsumerGroupMemberMetadataValue {
            instance_id: Some(Cow::Borrowed("")),
            rack_id: Some(Cow::Borrowed("")),
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(Cow::Borrowed("")),
            rebalance_timeout_ms: -1,
            server_assignor: Some(Cow::Borrowed("")),
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupMemberMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupMemberMetadataValue", version });
        }
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let client_id = c.string(true, "clientId")?;
        let client_host = c.string(true, "clientHost")?;
        let subscribed_topic_names =
            c.array(true, 1, "subscribedTopicNames", |c| c.string(true, "subscribedTopicNames"))?;
        let subscribed_topic_regex = c.nullable_string(true, "subscribedTopicRegex")?;
        let rebalance_timeout_ms = c.i32()?;
        let server_assignor = c.nullable_string(true, "serverAssignor")?;
        let mut classic_member_metadata = Some(ClassicMemberMetadata::default());
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => {
                    classic_member_metadata =
                        if c.tagged_struct_present()? { Some(ClassicMemberMetadata::decode(c, version)?) } else { None }
                }
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            rebalance_timeout_ms,
            server_assignor,
            classic_member_metadata,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupMemberMetadataValue", version });
        }
        match &self.instance_id {
            Some(v) => {
                w.string(v, true, "instanceId")?;
            }
            None => w.null_string(true),
        }
        match &self.rack_id {
            Some(v) => {
                w.string(v, true, "rackId")?;
            }
            None => w.null_string(true),
        }
        w.string(&self.client_id, true, "clientId")?;
        w.string(&self.client_host, true, "clientHost")?;
        w.length(self.subscribed_topic_names.len(), true, "subscribedTopicNames")?;
        for v in &self.subscribed_topic_names {
            w.string(v, true, "subscribedTopicNames")?;
        }
        match &self.subscribed_topic_regex {
            Some(v) => {
                w.string(v, true, "subscribedTopicRegex")?;
            }
            None => w.null_string(true),
        }
        w.i32(self.rebalance_timeout_ms);
        match &self.server_assignor {
            Some(v) => {
                w.string(v, true, "serverAssignor")?;
            }
            None => w.null_string(true),
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.classic_member_metadata != Some(ClassicMemberMetadata::default()) {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.classic_member_metadata != Some(ClassicMemberMetadata::default()) {
            let start = w.begin_tag(0);
            match &self.classic_member_metadata {
                Some(v) => {
                    w.i8(1);
                    v.encode(w, version)?;
                }
                None => w.null_struct(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupMemberMetadataValue<'static> {
        ConsumerGroupMemberMetadataValue {
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            subscribed_topic_names: self
                .subscribed_topic_names
                .into_iter()
                .map(|v| Cow::Owned(v.into_owned()))
                .collect(),
            subscribed_topic_regex: self.subscribed_topic_regex.map(|v| Cow::Owned(v.into_owned())),
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            server_assignor: self.server_assignor.map(|v| Cow::Owned(v.into_owned())),
            classic_member_metadata: self.classic_member_metadata.map(|v| v.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupMemberMetadataValue<'_> {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupMemberMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupMemberMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupMemberMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupMemberMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupMemberMetadataValue::decode(c, version)
    }
}

/// A part of [`ConsumerGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct ClassicMemberMetadata<'a> {
    pub session_timeout_ms: i32,
    pub supported_protocols: Vec<ClassicProtocol<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ClassicMemberMetadata<'_> {
    fn default() -> Self {
        ClassicMemberMetadata {
            session_timeout_ms: 0,
            supported_protocols: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ClassicMemberMetadata<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let session_timeout_ms = c.i32()?;
        let supported_protocols = c.array(true, 3, "supportedProtocols", |c| ClassicProtocol::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { session_timeout_ms, supported_protocols, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.session_timeout_ms);
        w.length(self.supported_protocols.len(), true, "supportedProtocols")?;
        for v in &self.supported_protocols {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ClassicMemberMetadata<'static> {
        ClassicMemberMetadata {
            session_timeout_ms: self.session_timeout_ms,
            supported_protocols: self.supported_protocols.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ConsumerGroupMemberMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct ClassicProtocol<'a> {
    pub name: Cow<'a, str>,
    pub metadata: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ClassicProtocol<'_> {
    fn default() -> Self {
        ClassicProtocol {
            name: Cow::Borrowed(""),
            metadata: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ClassicProtocol<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let metadata = c.bytes(true, "metadata")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, metadata, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.bytes(&self.metadata, true, "metadata")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ClassicProtocol<'static> {
        ClassicProtocol {
            name: Cow::Owned(self.name.into_owned()),
            metadata: Cow::Owned(self.metadata.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
