//! `ConsumerGroupDescribeResponse` (key 69), versions 0 to 1.
//! Generated from `schema/rpc/ConsumerGroupDescribeResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use base::Uuid;
use std::borrow::Cow;

/// Versions 0 to 1, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupDescribeResponse<'a> {
    pub throttle_time_ms: i32,
    pub groups: Vec<DescribedGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupDescribeResponse<'_> {
    fn default() -> Self {
        ConsumerGroupDescribeResponse {
            throttle_time_ms: 0,
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupDescribeResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ConsumerGroupDescribeResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let groups = c.array(true, 20, "groups", |c| DescribedGroup::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=1).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ConsumerGroupDescribeResponse", version });
        }
        w.i32(self.throttle_time_ms);
        w.length(self.groups.len(), true, "groups")?;
        for v in &self.groups {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupDescribeResponse<'static> {
        ConsumerGroupDescribeResponse {
            throttle_time_ms: self.throttle_time_ms,
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupDescribeResponse<'_> {
    const NAME: &'static str = "ConsumerGroupDescribeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupDescribeResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupDescribeResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupDescribeResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupDescribeResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupDescribeResponse::decode(c, version)
    }
}

/// A part of [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroup<'a> {
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub group_id: Cow<'a, str>,
    pub group_state: Cow<'a, str>,
    pub group_epoch: i32,
    pub assignment_epoch: i32,
    pub assignor_name: Cow<'a, str>,
    pub members: Vec<Member<'a>>,
    /// Default -2147483648.
    pub authorized_operations: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribedGroup<'_> {
    fn default() -> Self {
        DescribedGroup {
            error_code: 0,
            error_message: None,
            group_id: Cow::Borrowed(""),
            group_state: Cow::Borrowed(""),
            group_epoch: 0,
            assignment_epoch: 0,
            assignor_name: Cow::Borrowed(""),
            members: Vec::new(),
            authorized_operations: i32::MIN,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DescribedGroup<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let error_code = c.i16()?;
        let error_message = c.nullable_string(true, "errorMessage")?;
        let group_id = c.string(true, "groupId")?;
        let group_state = c.string(true, "groupState")?;
        let group_epoch = c.i32()?;
        let assignment_epoch = c.i32()?;
        let assignor_name = c.string(true, "assignorName")?;
        let members = c.array(true, if version >= 1 { 17 } else { 16 }, "members", |c| Member::decode(c, version))?;
        let authorized_operations = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            group_epoch,
            assignment_epoch,
            assignor_name,
            members,
            authorized_operations,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i16(self.error_code);
        match &self.error_message {
            Some(v) => {
                w.string(v, true, "errorMessage")?;
            }
            None => w.null_string(true),
        }
        w.string(&self.group_id, true, "groupId")?;
        w.string(&self.group_state, true, "groupState")?;
        w.i32(self.group_epoch);
        w.i32(self.assignment_epoch);
        w.string(&self.assignor_name, true, "assignorName")?;
        w.length(self.members.len(), true, "members")?;
        for v in &self.members {
            v.encode(w, version)?;
        }
        w.i32(self.authorized_operations);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DescribedGroup<'static> {
        DescribedGroup {
            error_code: self.error_code,
            error_message: self.error_message.map(|v| Cow::Owned(v.into_owned())),
            group_id: Cow::Owned(self.group_id.into_owned()),
            group_state: Cow::Owned(self.group_state.into_owned()),
            group_epoch: self.group_epoch,
            assignment_epoch: self.assignment_epoch,
            assignor_name: Cow::Owned(self.assignor_name.into_owned()),
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            authorized_operations: self.authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    pub member_id: Cow<'a, str>,
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    pub member_epoch: i32,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    pub subscribed_topic_names: Vec<Cow<'a, str>>,
    pub subscribed_topic_regex: Option<Cow<'a, str>>,
    pub assignment: Assignment<'a>,
    pub target_assignment: Assignment<'a>,
    /// Versions 1+; default -1.
    pub member_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Member<'_> {
    fn default() -> Self {
        Member {
            member_id: Cow::Borrowed(""),
            instance_id: None,
            rack_id: None,
            member_epoch: 0,
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Member<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let member_id = c.string(true, "memberId")?;
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let member_epoch = c.i32()?;
        let client_id = c.string(true, "clientId")?;
        let client_host = c.string(true, "clientHost")?;
        let subscribed_topic_names =
            c.array(true, 1, "subscribedTopicNames", |c| c.string(true, "subscribedTopicNames"))?;
        let subscribed_topic_regex = c.nullable_string(true, "subscribedTopicRegex")?;
        let assignment = Assignment::decode(c, version)?;
        let target_assignment = Assignment::decode(c, version)?;
        let member_type = if version >= 1 { c.i8()? } else { -1 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            member_id,
            instance_id,
            rack_id,
            member_epoch,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            assignment,
            target_assignment,
            member_type,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.member_id, true, "memberId")?;
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
        w.i32(self.member_epoch);
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
        self.assignment.encode(w, version)?;
        self.target_assignment.encode(w, version)?;
        if version >= 1 {
            w.i8(self.member_type);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Member<'static> {
        Member {
            member_id: Cow::Owned(self.member_id.into_owned()),
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            member_epoch: self.member_epoch,
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            subscribed_topic_names: self
                .subscribed_topic_names
                .into_iter()
                .map(|v| Cow::Owned(v.into_owned()))
                .collect(),
            subscribed_topic_regex: self.subscribed_topic_regex.map(|v| Cow::Owned(v.into_owned())),
            assignment: self.assignment.into_owned(),
            target_assignment: self.target_assignment.into_owned(),
            member_type: self.member_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPartitions<'a> {
    pub topic_id: Uuid,
    pub topic_name: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicPartitions<'_> {
    fn default() -> Self {
        TopicPartitions {
            topic_id: Uuid::ZERO,
            topic_name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicPartitions<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let topic_id = c.uuid()?;
        let topic_name = c.string(true, "topicName")?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_id, topic_name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.uuid(self.topic_id);
        w.string(&self.topic_name, true, "topicName")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicPartitions<'static> {
        TopicPartitions {
            topic_id: self.topic_id,
            topic_name: Cow::Owned(self.topic_name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment<'a> {
    pub topic_partitions: Vec<TopicPartitions<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Assignment<'_> {
    fn default() -> Self {
        Assignment { topic_partitions: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Assignment<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let topic_partitions = c.array(true, 19, "topicPartitions", |c| TopicPartitions::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topic_partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.length(self.topic_partitions.len(), true, "topicPartitions")?;
        for v in &self.topic_partitions {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Assignment<'static> {
        Assignment {
            topic_partitions: self.topic_partitions.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
