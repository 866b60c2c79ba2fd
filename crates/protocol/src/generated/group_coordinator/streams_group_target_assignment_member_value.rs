//! `StreamsGroupTargetAssignmentMemberValue` (key 21), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupTargetAssignmentMemberValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupTargetAssignmentMemberValue<'a> {
    pub active_tasks: Vec<TaskIds<'a>>,
    pub standby_tasks: Vec<TaskIds<'a>>,
    pub warmup_tasks: Vec<TaskIds<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupTargetAssignmentMemberValue<'_> {
    fn default() -> Self {
        StreamsGroupTargetAssignmentMemberValue {
            active_tasks: Vec::new(),
            standby_tasks: Vec::new(),
            warmup_tasks: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupTargetAssignmentMemberValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "StreamsGroupTargetAssignmentMemberValue",
                version,
            });
        }
        let active_tasks = c.array(true, 3, "activeTasks", |c| TaskIds::decode(c, version))?;
        let standby_tasks = c.array(true, 3, "standbyTasks", |c| TaskIds::decode(c, version))?;
        let warmup_tasks = c.array(true, 3, "warmupTasks", |c| TaskIds::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { active_tasks, standby_tasks, warmup_tasks, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "StreamsGroupTargetAssignmentMemberValue",
                version,
            });
        }
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
    pub fn into_owned(self) -> StreamsGroupTargetAssignmentMemberValue<'static> {
        StreamsGroupTargetAssignmentMemberValue {
            active_tasks: self.active_tasks.into_iter().map(|v| v.into_owned()).collect(),
            standby_tasks: self.standby_tasks.into_iter().map(|v| v.into_owned()).collect(),
            warmup_tasks: self.warmup_tasks.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupTargetAssignmentMemberValue<'_> {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupTargetAssignmentMemberValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupTargetAssignmentMemberValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupTargetAssignmentMemberValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupTargetAssignmentMemberValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupTargetAssignmentMemberValue::decode(c, version)
    }
}

/// A part of [`StreamsGroupTargetAssignmentMemberValue`].
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
