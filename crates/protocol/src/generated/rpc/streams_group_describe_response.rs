//! `StreamsGroupDescribeResponse` (key 89), versions 0 to 0.
//! Generated from `schema/rpc/StreamsGroupDescribeResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupDescribeResponse<'a> {
    pub throttle_time_ms: i32,
    pub groups: Vec<DescribedGroup<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupDescribeResponse<'_> {
    fn default() -> Self {
        StreamsGroupDescribeResponse {
            throttle_time_ms: 0,
            groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupDescribeResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupDescribeResponse", version });
        }
        let throttle_time_ms = c.i32()?;
        let groups = c.array(true, 20, "groups", |c| DescribedGroup::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { throttle_time_ms, groups, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupDescribeResponse", version });
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
    pub fn into_owned(self) -> StreamsGroupDescribeResponse<'static> {
        StreamsGroupDescribeResponse {
            throttle_time_ms: self.throttle_time_ms,
            groups: self.groups.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupDescribeResponse<'_> {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupDescribeResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupDescribeResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupDescribeResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupDescribeResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupDescribeResponse::decode(c, version)
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroup<'a> {
    pub error_code: i16,
    pub error_message: Option<Cow<'a, str>>,
    pub group_id: Cow<'a, str>,
    pub group_state: Cow<'a, str>,
    pub group_epoch: i32,
    pub assignment_epoch: i32,
    pub topology: Option<Topology<'a>>,
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
            topology: None,
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
        let topology = if c.struct_present()? { Some(Topology::decode(c, version)?) } else { None };
        let members = c.array(true, 28, "members", |c| Member::decode(c, version))?;
        let authorized_operations = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            group_epoch,
            assignment_epoch,
            topology,
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
        match &self.topology {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
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
            topology: self.topology.map(|v| v.into_owned()),
            members: self.members.into_iter().map(|v| v.into_owned()).collect(),
            authorized_operations: self.authorized_operations,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Topology<'a> {
    pub epoch: i32,
    pub subtopologies: Option<Vec<Subtopology<'a>>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Topology<'_> {
    fn default() -> Self {
        Topology { epoch: 0, subtopologies: None, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Topology<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let epoch = c.i32()?;
        let subtopologies = c.nullable_array(true, 6, "subtopologies", |c| Subtopology::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { epoch, subtopologies, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.epoch);
        match &self.subtopologies {
            Some(v) => {
                w.length(v.len(), true, "subtopologies")?;
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
    pub fn into_owned(self) -> Topology<'static> {
        Topology {
            epoch: self.epoch,
            subtopologies: self.subtopologies.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Subtopology<'a> {
    pub subtopology_id: Cow<'a, str>,
    pub source_topics: Vec<Cow<'a, str>>,
    pub repartition_sink_topics: Vec<Cow<'a, str>>,
    pub state_changelog_topics: Vec<TopicInfo<'a>>,
    pub repartition_source_topics: Vec<TopicInfo<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Subtopology<'_> {
    fn default() -> Self {
        Subtopology {
            subtopology_id: Cow::Borrowed(""),
            source_topics: Vec::new(),
            repartition_sink_topics: Vec::new(),
            state_changelog_topics: Vec::new(),
            repartition_source_topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Subtopology<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let subtopology_id = c.string(true, "subtopologyId")?;
        let source_topics = c.array(true, 1, "sourceTopics", |c| c.string(true, "sourceTopics"))?;
        let repartition_sink_topics =
            c.array(true, 1, "repartitionSinkTopics", |c| c.string(true, "repartitionSinkTopics"))?;
        let state_changelog_topics = c.array(true, 9, "stateChangelogTopics", |c| TopicInfo::decode(c, version))?;
        let repartition_source_topics =
            c.array(true, 9, "repartitionSourceTopics", |c| TopicInfo::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            repartition_sink_topics,
            state_changelog_topics,
            repartition_source_topics,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.subtopology_id, true, "subtopologyId")?;
        w.length(self.source_topics.len(), true, "sourceTopics")?;
        for v in &self.source_topics {
            w.string(v, true, "sourceTopics")?;
        }
        w.length(self.repartition_sink_topics.len(), true, "repartitionSinkTopics")?;
        for v in &self.repartition_sink_topics {
            w.string(v, true, "repartitionSinkTopics")?;
        }
        w.length(self.state_changelog_topics.len(), true, "stateChangelogTopics")?;
        for v in &self.state_changelog_topics {
            v.encode(w, version)?;
        }
        w.length(self.repartition_source_topics.len(), true, "repartitionSourceTopics")?;
        for v in &self.repartition_source_topics {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Subtopology<'static> {
        Subtopology {
            subtopology_id: Cow::Owned(self.subtopology_id.into_owned()),
            source_topics: self.source_topics.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            repartition_sink_topics: self
                .repartition_sink_topics
                .into_iter()
                .map(|v| Cow::Owned(v.into_owned()))
                .collect(),
            state_changelog_topics: self.state_changelog_topics.into_iter().map(|v| v.into_owned()).collect(),
            repartition_source_topics: self.repartition_source_topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    pub member_id: Cow<'a, str>,
    pub member_epoch: i32,
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    pub client_id: Cow<'a, str>,
    pub client_host: Cow<'a, str>,
    pub topology_epoch: i32,
    pub process_id: Cow<'a, str>,
    pub user_endpoint: Option<Endpoint<'a>>,
    pub client_tags: Vec<KeyValue<'a>>,
    pub task_offsets: Vec<TaskOffset<'a>>,
    pub task_end_offsets: Vec<TaskOffset<'a>>,
    pub assignment: Assignment<'a>,
    pub target_assignment: Assignment<'a>,
    pub is_classic: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Member<'_> {
    fn default() -> Self {
        Member {
            member_id: Cow::Borrowed(""),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            client_id: Cow::Borrowed(""),
            client_host: Cow::Borrowed(""),
            topology_epoch: 0,
            process_id: Cow::Borrowed(""),
            user_endpoint: None,
            client_tags: Vec::new(),
            task_offsets: Vec::new(),
            task_end_offsets: Vec::new(),
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            is_classic: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Member<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let member_id = c.string(true, "memberId")?;
        let member_epoch = c.i32()?;
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let client_id = c.string(true, "clientId")?;
        let client_host = c.string(true, "clientHost")?;
        let topology_epoch = c.i32()?;
        let process_id = c.string(true, "processId")?;
        let user_endpoint = if c.struct_present()? { Some(Endpoint::decode(c, version)?) } else { None };
        let client_tags = c.array(true, 3, "clientTags", |c| KeyValue::decode(c, version))?;
        let task_offsets = c.array(true, 14, "taskOffsets", |c| TaskOffset::decode(c, version))?;
        let task_end_offsets = c.array(true, 14, "taskEndOffsets", |c| TaskOffset::decode(c, version))?;
        let assignment = Assignment::decode(c, version)?;
        let target_assignment = Assignment::decode(c, version)?;
        let is_classic = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            client_id,
            client_host,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            assignment,
            target_assignment,
            is_classic,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.member_id, true, "memberId")?;
        w.i32(self.member_epoch);
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
        w.i32(self.topology_epoch);
        w.string(&self.process_id, true, "processId")?;
        match &self.user_endpoint {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
        w.length(self.client_tags.len(), true, "clientTags")?;
        for v in &self.client_tags {
            v.encode(w, version)?;
        }
        w.length(self.task_offsets.len(), true, "taskOffsets")?;
        for v in &self.task_offsets {
            v.encode(w, version)?;
        }
        w.length(self.task_end_offsets.len(), true, "taskEndOffsets")?;
        for v in &self.task_end_offsets {
            v.encode(w, version)?;
        }
        self.assignment.encode(w, version)?;
        self.target_assignment.encode(w, version)?;
        w.bool(self.is_classic);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Member<'static> {
        Member {
            member_id: Cow::Owned(self.member_id.into_owned()),
            member_epoch: self.member_epoch,
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            client_id: Cow::Owned(self.client_id.into_owned()),
            client_host: Cow::Owned(self.client_host.into_owned()),
            topology_epoch: self.topology_epoch,
            process_id: Cow::Owned(self.process_id.into_owned()),
            user_endpoint: self.user_endpoint.map(|v| v.into_owned()),
            client_tags: self.client_tags.into_iter().map(|v| v.into_owned()).collect(),
            task_offsets: self.task_offsets.into_iter().map(|v| v.into_owned()).collect(),
            task_end_offsets: self.task_end_offsets.into_iter().map(|v| v.into_owned()).collect(),
            assignment: self.assignment.into_owned(),
            target_assignment: self.target_assignment.into_owned(),
            is_classic: self.is_classic,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint<'a> {
    pub host: Cow<'a, str>,
    pub port: u16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Endpoint<'_> {
    fn default() -> Self {
        Endpoint { host: Cow::Borrowed(""), port: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Endpoint<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let host = c.string(true, "host")?;
        let port = c.u16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { host, port, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.host, true, "host")?;
        w.u16(self.port);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Endpoint<'static> {
        Endpoint {
            host: Cow::Owned(self.host.into_owned()),
            port: self.port,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TaskOffset<'a> {
    pub subtopology_id: Cow<'a, str>,
    pub partition: i32,
    pub offset: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TaskOffset<'_> {
    fn default() -> Self {
        TaskOffset {
            subtopology_id: Cow::Borrowed(""),
            partition: 0,
            offset: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TaskOffset<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let subtopology_id = c.string(true, "subtopologyId")?;
        let partition = c.i32()?;
        let offset = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { subtopology_id, partition, offset, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.subtopology_id, true, "subtopologyId")?;
        w.i32(self.partition);
        w.i64(self.offset);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TaskOffset<'static> {
        TaskOffset {
            subtopology_id: Cow::Owned(self.subtopology_id.into_owned()),
            partition: self.partition,
            offset: self.offset,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment<'a> {
    pub active_tasks: Vec<TaskIds<'a>>,
    pub standby_tasks: Vec<TaskIds<'a>>,
    pub warmup_tasks: Vec<TaskIds<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Assignment<'_> {
    fn default() -> Self {
        Assignment {
            active_tasks: Vec::new(),
            standby_tasks: Vec::new(),
            warmup_tasks: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Assignment<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let active_tasks = c.array(true, 3, "activeTasks", |c| TaskIds::decode(c, version))?;
        let standby_tasks = c.array(true, 3, "standbyTasks", |c| TaskIds::decode(c, version))?;
        let warmup_tasks = c.array(true, 3, "warmupTasks", |c| TaskIds::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { active_tasks, standby_tasks, warmup_tasks, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.length(self.active_tasks.len(), true, "activeTasks")?;
        for v in &self.active_tasks {
            v.encode(w, version)?;
        }
        w.length(self.standby_tasks.len(), true, "standbyTasks")?;
        for v in &self.standby_tasks {
            v.encode(w, version)?;
        }
        w.length(self.warmup_tasks.len(), true, "warmupTasks")?;
        for v in &self.warmup_tasks {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Assignment<'static> {
        Assignment {
            active_tasks: self.active_tasks.into_iter().map(|v| v.into_owned()).collect(),
            standby_tasks: self.standby_tasks.into_iter().map(|v| v.into_owned()).collect(),
            warmup_tasks: self.warmup_tasks.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TaskIds<'a> {
    pub subtopology_id: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TaskIds<'_> {
    fn default() -> Self {
        TaskIds {
            subtopology_id: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TaskIds<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let subtopology_id = c.string(true, "subtopologyId")?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { subtopology_id, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.subtopology_id, true, "subtopologyId")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TaskIds<'static> {
        TaskIds {
            subtopology_id: Cow::Owned(self.subtopology_id.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct KeyValue<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for KeyValue<'_> {
    fn default() -> Self {
        KeyValue {
            key: Cow::Borrowed(""),
            value: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> KeyValue<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let key = c.string(true, "key")?;
        let value = c.string(true, "value")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { key, value, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.key, true, "key")?;
        w.string(&self.value, true, "value")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> KeyValue<'static> {
        KeyValue {
            key: Cow::Owned(self.key.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicInfo<'a> {
    pub name: Cow<'a, str>,
    pub partitions: i32,
    pub replication_factor: i16,
    pub topic_configs: Vec<KeyValue<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicInfo<'_> {
    fn default() -> Self {
        TopicInfo {
            name: Cow::Borrowed(""),
            partitions: 0,
            replication_factor: 0,
            topic_configs: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicInfo<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let partitions = c.i32()?;
        let replication_factor = c.i16()?;
        let topic_configs = c.array(true, 3, "topicConfigs", |c| KeyValue::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, partitions, replication_factor, topic_configs, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i32(self.partitions);
        w.i16(self.replication_factor);
        w.length(self.topic_configs.len(), true, "topicConfigs")?;
        for v in &self.topic_configs {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TopicInfo<'static> {
        TopicInfo {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            replication_factor: self.replication_factor,
            topic_configs: self.topic_configs.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
