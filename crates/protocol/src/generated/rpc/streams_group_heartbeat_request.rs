//! `StreamsGroupHeartbeatRequest` (key 88), versions 0 to 0.
//! Generated from `schema/rpc/StreamsGroupHeartbeatRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupHeartbeatRequest<'a> {
    pub group_id: Cow<'a, str>,
    pub member_id: Cow<'a, str>,
    pub member_epoch: i32,
    pub endpoint_information_epoch: i32,
    pub instance_id: Option<Cow<'a, str>>,
    pub rack_id: Option<Cow<'a, str>>,
    /// Default -1.
    pub rebalance_timeout_ms: i32,
    pub topology: Option<Topology<'a>>,
    pub active_tasks: Option<Vec<TaskIds<'a>>>,
    pub standby_tasks: Option<Vec<TaskIds<'a>>>,
    pub warmup_tasks: Option<Vec<TaskIds<'a>>>,
    pub process_id: Option<Cow<'a, str>>,
    pub user_endpoint: Option<Endpoint<'a>>,
    pub client_tags: Option<Vec<KeyValue<'a>>>,
    pub task_offsets: Option<Vec<TaskOffset<'a>>>,
    pub task_end_offsets: Option<Vec<TaskOffset<'a>>>,
    pub shutdown_application: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupHeartbeatRequest<'_> {
    fn default() -> Self {
        StreamsGroupHeartbeatRequest {
            group_id: Cow::Borrowed(""),
            member_id: Cow::Borrowed(""),
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupHeartbeatRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupHeartbeatRequest", version });
        }
        let group_id = c.string(true, "groupId")?;
        let member_id = c.string(true, "memberId")?;
        let member_epoch = c.i32()?;
        let endpoint_information_epoch = c.i32()?;
        let instance_id = c.nullable_string(true, "instanceId")?;
        let rack_id = c.nullable_string(true, "rackId")?;
        let rebalance_timeout_ms = c.i32()?;
        let topology = if c.struct_present()? { Some(Topology::decode(c, version)?) } else { None };
        let active_tasks = c.nullable_array(true, 3, "activeTasks", |c| TaskIds::decode(c, version))?;
        let standby_tasks = c.nullable_array(true, 3, "standbyTasks", |c| TaskIds::decode(c, version))?;
        let warmup_tasks = c.nullable_array(true, 3, "warmupTasks", |c| TaskIds::decode(c, version))?;
        let process_id = c.nullable_string(true, "processId")?;
        let user_endpoint = if c.struct_present()? { Some(Endpoint::decode(c, version)?) } else { None };
        let client_tags = c.nullable_array(true, 3, "clientTags", |c| KeyValue::decode(c, version))?;
        let task_offsets = c.nullable_array(true, 14, "taskOffsets", |c| TaskOffset::decode(c, version))?;
        let task_end_offsets = c.nullable_array(true, 14, "taskEndOffsets", |c| TaskOffset::decode(c, version))?;
        let shutdown_application = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            endpoint_information_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            topology,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            shutdown_application,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupHeartbeatRequest", version });
        }
        w.string(&self.group_id, true, "groupId")?;
        w.string(&self.member_id, true, "memberId")?;
        w.i32(self.member_epoch);
        w.i32(self.endpoint_information_epoch);
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
        w.i32(self.rebalance_timeout_ms);
        match &self.topology {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
        match &self.active_tasks {
            Some(v) => {
                w.length(v.len(), true, "activeTasks")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        match &self.standby_tasks {
            Some(v) => {
                w.length(v.len(), true, "standbyTasks")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        match &self.warmup_tasks {
            Some(v) => {
                w.length(v.len(), true, "warmupTasks")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        match &self.process_id {
            Some(v) => {
                w.string(v, true, "processId")?;
            }
            None => w.null_string(true),
        }
        match &self.user_endpoint {
            Some(v) => {
                w.i8(1);
                v.encode(w, version)?;
            }
            None => w.null_struct(false),
        }
        match &self.client_tags {
            Some(v) => {
                w.length(v.len(), true, "clientTags")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        match &self.task_offsets {
            Some(v) => {
                w.length(v.len(), true, "taskOffsets")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        match &self.task_end_offsets {
            Some(v) => {
                w.length(v.len(), true, "taskEndOffsets")?;
                for v in v {
                    v.encode(w, version)?;
                }
            }
            None => w.null_length(true),
        }
        w.bool(self.shutdown_application);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupHeartbeatRequest<'static> {
        StreamsGroupHeartbeatRequest {
            group_id: Cow::Owned(self.group_id.into_owned()),
            member_id: Cow::Owned(self.member_id.into_owned()),
            member_epoch: self.member_epoch,
            endpoint_information_epoch: self.endpoint_information_epoch,
            instance_id: self.instance_id.map(|v| Cow::Owned(v.into_owned())),
            rack_id: self.rack_id.map(|v| Cow::Owned(v.into_owned())),
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            topology: self.topology.map(|v| v.into_owned()),
            active_tasks: self.active_tasks.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            standby_tasks: self.standby_tasks.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            warmup_tasks: self.warmup_tasks.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            process_id: self.process_id.map(|v| Cow::Owned(v.into_owned())),
            user_endpoint: self.user_endpoint.map(|v| v.into_owned()),
            client_tags: self.client_tags.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            task_offsets: self.task_offsets.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            task_end_offsets: self.task_end_offsets.map(|v| v.into_iter().map(|v| v.into_owned()).collect()),
            shutdown_application: self.shutdown_application,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupHeartbeatRequest<'_> {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupHeartbeatRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupHeartbeatRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupHeartbeatRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupHeartbeatRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupHeartbeatRequest::decode(c, version)
    }
}

impl crate::Request for StreamsGroupHeartbeatRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::StreamsGroupHeartbeat;
    type Response<'r> = crate::StreamsGroupHeartbeatResponse<'r>;
    type OwnedResponse = crate::StreamsGroupHeartbeatResponse<'static>;
}

/// A part of [`StreamsGroupHeartbeatRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Topology<'a> {
    pub epoch: i32,
    pub subtopologies: Vec<Subtopology<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Topology<'_> {
    fn default() -> Self {
        Topology { epoch: 0, subtopologies: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> Topology<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let epoch = c.i32()?;
        let subtopologies = c.array(true, 8, "subtopologies", |c| Subtopology::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { epoch, subtopologies, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.i32(self.epoch);
        w.length(self.subtopologies.len(), true, "subtopologies")?;
        for v in &self.subtopologies {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> Topology<'static> {
        Topology {
            epoch: self.epoch,
            subtopologies: self.subtopologies.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupHeartbeatRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct Subtopology<'a> {
    pub subtopology_id: Cow<'a, str>,
    pub source_topics: Vec<Cow<'a, str>>,
    pub source_topic_regex: Vec<Cow<'a, str>>,
    pub state_changelog_topics: Vec<TopicInfo<'a>>,
    pub repartition_sink_topics: Vec<Cow<'a, str>>,
    pub repartition_source_topics: Vec<TopicInfo<'a>>,
    pub copartition_groups: Vec<CopartitionGroup>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for Subtopology<'_> {
    fn default() -> Self {
        Subtopology {
            subtopology_id: Cow::Borrowed(""),
            source_topics: Vec::new(),
            source_topic_regex: Vec::new(),
            state_changelog_topics: Vec::new(),
            repartition_sink_topics: Vec::new(),
            repartition_source_topics: Vec::new(),
            copartition_groups: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> Subtopology<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let subtopology_id = c.string(true, "subtopologyId")?;
        let source_topics = c.array(true, 1, "sourceTopics", |c| c.string(true, "sourceTopics"))?;
        let source_topic_regex = c.array(true, 1, "sourceTopicRegex", |c| c.string(true, "sourceTopicRegex"))?;
        let state_changelog_topics = c.array(true, 9, "stateChangelogTopics", |c| TopicInfo::decode(c, version))?;
        let repartition_sink_topics =
            c.array(true, 1, "repartitionSinkTopics", |c| c.string(true, "repartitionSinkTopics"))?;
        let repartition_source_topics =
            c.array(true, 9, "repartitionSourceTopics", |c| TopicInfo::decode(c, version))?;
        let copartition_groups = c.array(true, 4, "copartitionGroups", |c| CopartitionGroup::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            source_topic_regex,
            state_changelog_topics,
            repartition_sink_topics,
            repartition_source_topics,
            copartition_groups,
            unknown_tagged_fields,
        })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.subtopology_id, true, "subtopologyId")?;
        w.length(self.source_topics.len(), true, "sourceTopics")?;
        for v in &self.source_topics {
            w.string(v, true, "sourceTopics")?;
        }
        w.length(self.source_topic_regex.len(), true, "sourceTopicRegex")?;
        for v in &self.source_topic_regex {
            w.string(v, true, "sourceTopicRegex")?;
        }
        w.length(self.state_changelog_topics.len(), true, "stateChangelogTopics")?;
        for v in &self.state_changelog_topics {
            v.encode(w, version)?;
        }
        w.length(self.repartition_sink_topics.len(), true, "repartitionSinkTopics")?;
        for v in &self.repartition_sink_topics {
            w.string(v, true, "repartitionSinkTopics")?;
        }
        w.length(self.repartition_source_topics.len(), true, "repartitionSourceTopics")?;
        for v in &self.repartition_source_topics {
            v.encode(w, version)?;
        }
        w.length(self.copartition_groups.len(), true, "copartitionGroups")?;
        for v in &self.copartition_groups {
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
            source_topic_regex: self.source_topic_regex.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            state_changelog_topics: self.state_changelog_topics.into_iter().map(|v| v.into_owned()).collect(),
            repartition_sink_topics: self
                .repartition_sink_topics
                .into_iter()
                .map(|v| Cow::Owned(v.into_owned()))
                .collect(),
            repartition_source_topics: self.repartition_source_topics.into_iter().map(|v| v.into_owned()).collect(),
            copartition_groups: self.copartition_groups,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupHeartbeatRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CopartitionGroup {
    pub source_topics: Vec<i16>,
    pub source_topic_regex: Vec<i16>,
    pub repartition_source_topics: Vec<i16>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for CopartitionGroup {
    fn default() -> Self {
        CopartitionGroup {
            source_topics: Vec::new(),
            source_topic_regex: Vec::new(),
            repartition_source_topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl CopartitionGroup {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, _version: i16) -> Result<Self, wire::DecodeError> {
        let source_topics = c.array(true, 2, "sourceTopics", wire::Cursor::i16)?;
        let source_topic_regex = c.array(true, 2, "sourceTopicRegex", wire::Cursor::i16)?;
        let repartition_source_topics = c.array(true, 2, "repartitionSourceTopics", wire::Cursor::i16)?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { source_topics, source_topic_regex, repartition_source_topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.length(self.source_topics.len(), true, "sourceTopics")?;
        for v in &self.source_topics {
            w.i16(*v);
        }
        w.length(self.source_topic_regex.len(), true, "sourceTopicRegex")?;
        for v in &self.source_topic_regex {
            w.i16(*v);
        }
        w.length(self.repartition_source_topics.len(), true, "repartitionSourceTopics")?;
        for v in &self.repartition_source_topics {
            w.i16(*v);
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

/// A part of [`StreamsGroupHeartbeatRequest`].
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

/// A part of [`StreamsGroupHeartbeatRequest`].
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

/// A part of [`StreamsGroupHeartbeatRequest`].
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

/// A part of [`StreamsGroupHeartbeatRequest`].
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

/// A part of [`StreamsGroupHeartbeatRequest`].
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
