//! `GroupMetadataValue` (key 2), versions 0 to 4.
//! Generated from `schema/group-coordinator/GroupMetadataValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 4.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMetadataValue<'a> {
    pub protocol_type: Cow<'a, str>,
    pub generation: i32,
    pub protocol: Option<Cow<'a, str>>,
    pub leader: Option<Cow<'a, str>>,
    /// Versions 2+; default -1.
    pub current_state_timestamp: i64,
    pub members: Vec<MemberMetadata<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for GroupMetadataValue<'_> {
    fn default() -> Self {
        GroupMetadataValue {
            protocol_type: Cow::Borrowed(""),
            generation: 0,
            protocol: Some(Cow::Borrowed("")),
            leader: Some(Cow::Borrowed("")),
            current_state_timestamp: -1,
            members: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> GroupMetadataValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "GroupMetadataValue", version });
        }
        let flexible = version >= 4;
        let protocol_type = c.string(flexible, "protocolType")?;
        let generation = c.i32()?;
        let protocol = c.nullable_string(flexible, "protocol")?;
        let leader = c.nullable_string(flexible, "leader")?;
        let current_state_timestamp = if version >= 2 { c.i64()? } else { -1 };
        let members = c.array(
            flexible,
            if version >= 4 {
                15
            } else if version >= 3 {
                24
            } else if version >= 1 {
                22
            } else {
                18
            },
            "members",
            |c| MemberMetadata::decode(c, version),
        )?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            protocol_type,
            generation,
            protocol,
            leader,
            current_state_timestamp,
            members,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "GroupMetadataValue", version });
        }
        w.string(&self.protocol_type, flexible, "protocolType")?;
        w.i32(self.generation);
        match &self.protocol {
            Some(v) => {
                w.string(v, flexible, "protocol")?;
            }
            None => w.null_string(flexible),
        }
        match &self.leader {
            Some(v) => {
                w.string(v, flexible, "leader")?;
            }
            None => w.null_string(flexible),
        }
        if version >= 2 {
            w.i64(self.current_state_timestamp);
        }
        w.length(self.members.len(), flexible, "members")?;
        for v in &self.members {
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
    pub fn into_owned(self) -> GroupMetadataValue<'static> {
        GroupMetadataValue {
            protocol_type: Cow::Owned(self.protocol_type.into_owned()),
            generation: self.generation,
            protocol: self.protocol.map(|v| Cow::Owned(v.into_owned())),
            leader: self.leader.map(|v| Cow::Owned(v.into_owned())),
            current_state_timestamp: self.current_state_timestamp,
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for GroupMetadataValue<'_> {
    const NAME: &'static str = "GroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(4);
    type Owned = GroupMetadataValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        GroupMetadataValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        GroupMetadataValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for GroupMetadataValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        GroupMetadataValue::decode(c, version)
    }
}

/// A part of [`GroupMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct MemberMetadata<'a> {
    pub member_id: Cow<'a, str>,
    /// Versions 3+.
    pub group_instance_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    /// Versions 1+; default -1.
    pub rebalance_timeout: i32,
    pub session_timeout: i32,
    pub subscription: Cow<'a, [u8]>,
    pub assignment: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for MemberMetadata<'_> {
    fn default() -> Self {
        MemberMetadata {
            member_id: Cow::Borrowed(""),
            group_instance_id: None,
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Cow::Borrowed(&[]),
            assignment: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> MemberMetadata<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 4;
        let member_id = c.string(flexible, "memberId")?;
        let group_instance_id = if version >= 3 { c.nullable_string(flexible, "groupInstanceId")? } else { None };
        let client_id = c.string(flexible, "clientId")?;
        let client_host = c.string(flexible, "clientHost")?;
        let rebalance_timeout = if version >= 1 { c.i32()? } else { -1 };
        let session_timeout = c.i32()?;
        let subscription = c.bytes(flexible, "subscription")?;
        let assignment = c.bytes(flexible, "assignment")?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 4;
        w.string(&self.member_id, flexible, "memberId")?;
        if version >= 3 {
            match &self.group_instance_id {
                Some(v) => {
                    w.string(v, flexible, "groupInstanceId")?;
                }
                None => w.null_string(flexible),
            }
        }
        w.string(&self.client_id, flexible, "clientId")?;
        w.string(&self.client_host, flexible, "clientHost")?;
        if version >= 1 {
            w.i32(self.rebalance_timeout);
        }
        w.i32(self.session_timeout);
        w.bytes(&self.subscription, flexible, "subscription")?;
        w.bytes(&self.assignment, flexible, "assignment")?;
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MemberMetadata<'static> {
        MemberMetadata {
            member_id: Cow::Owned(self.member_id.into_owned()),
            group_instance_id: self.group_instance_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            rebalance_timeout: self.rebalance_timeout,
            session_timeout: self.session_timeout,
            subscription: Cow::Owned(self.subscription.into_owned()),
            assignment: Cow::Owned(self.assignment.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
