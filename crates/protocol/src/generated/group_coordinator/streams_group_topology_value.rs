//! `StreamsGroupTopologyValue` (key 23), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupTopologyValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupTopologyValue<'a> {
    pub epoch: i32,
    pub subtopologies: Vec<Subtopology<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupTopologyValue<'_> {
    fn default() -> Self {
        StreamsGroupTopologyValue {
            epoch: 0,
            subtopologies: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupTopologyValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "StreamsGroupTopologyValue", version });
        }
        let epoch = c.i32()?;
        let subtopologies = c.array(true, 8, "subtopologies", |c| Subtopology::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { epoch, subtopologies, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "StreamsGroupTopologyValue", version });
        }
        w.i32(self.epoch);
        w.length(self.subtopologies.len(), true, "subtopologies")?;
        for v in &self.subtopologies {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupTopologyValue<'static> {
        StreamsGroupTopologyValue {
            epoch: self.epoch,
            subtopologies: self.subtopologies.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupTopologyValue<'_> {
    const NAME: &'static str = "StreamsGroupTopologyValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupTopologyValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupTopologyValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupTopologyValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupTopologyValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupTopologyValue::decode(c, version)
    }
}

/// A part of [`StreamsGroupTopologyValue`].
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

/// A part of [`StreamsGroupTopologyValue`].
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

/// A part of [`StreamsGroupTopologyValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicConfig<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TopicConfig<'_> {
    fn default() -> Self {
        TopicConfig {
            key: Cow::Borrowed(""),
            value: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TopicConfig<'a> {
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
    pub fn into_owned(self) -> TopicConfig<'static> {
        TopicConfig {
            key: Cow::Owned(self.key.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`StreamsGroupTopologyValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TopicInfo<'a> {
    pub name: Cow<'a, str>,
    pub partitions: i32,
    pub replication_factor: i16,
    pub topic_configs: Vec<TopicConfig<'a>>,
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
        let topic_configs = c.array(true, 3, "topicConfigs", |c| TopicConfig::decode(c, version))?;
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
