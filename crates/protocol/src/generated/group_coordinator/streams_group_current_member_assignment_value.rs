//! `StreamsGroupCurrentMemberAssignmentValue` (key 22), versions 0 to 0.
//! Generated from `schema/group-coordinator/StreamsGroupCurrentMemberAssignmentValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamsGroupCurrentMemberAssignmentValue<'a> {
    pub member_epoch: i32,
    pub previous_member_epoch: i32,
    pub state: i8,
    pub active_tasks: Vec<TaskIds<'a>>,
    pub standby_tasks: Vec<TaskIds<'a>>,
    pub warmup_tasks: Vec<TaskIds<'a>>,
    pub active_tasks_pending_revocation: Vec<TaskIds<'a>>,
    pub standby_tasks_pending_revocation: Vec<TaskIds<'a>>,
    pub warmup_tasks_pending_revocation: Vec<TaskIds<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for StreamsGroupCurrentMemberAssignmentValue<'_> {
    fn default() -> Self {
        StreamsGroupCurrentMemberAssignmentValue {
            member_epoch: 0,
            previous_member_epoch: 0,
            state: 0,
            active_tasks: Vec::new(),
            standby_tasks: Vec::new(),
            warmup_tasks: Vec::new(),
            active_tasks_pending_revocation: Vec::new(),
            standby_tasks_pending_revocation: Vec::new(),
            warmup_tasks_pending_revocation: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> StreamsGroupCurrentMemberAssignmentValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "StreamsGroupCurrentMemberAssignmentValue",
                version,
            });
        }
        let member_epoch = c.i32()?;
        let previous_member_epoch = c.i32()?;
        let state = c.i8()?;
        let active_tasks = c.array(true, 3, "activeTasks", |c| TaskIds::decode(c, version))?;
        let standby_tasks = c.array(true, 3, "standbyTasks", |c| TaskIds::decode(c, version))?;
        let warmup_tasks = c.array(true, 3, "warmupTasks", |c| TaskIds::decode(c, version))?;
        let active_tasks_pending_revocation =
            c.array(true, 3, "activeTasksPendingRevocation", |c| TaskIds::decode(c, version))?;
        let standby_tasks_pending_revocation =
            c.array(true, 3, "standbyTasksPendingRevocation", |c| TaskIds::decode(c, version))?;
        let warmup_tasks_pending_revocation =
            c.array(true, 3, "warmupTasksPendingRevocation", |c| TaskIds::decode(c, version))?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            active_tasks_pending_revocation,
            standby_tasks_pending_revocation,
            warmup_tasks_pending_revocation,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "StreamsGroupCurrentMemberAssignmentValue",
                version,
            });
        }
        w.i32(self.member_epoch);
        w.i32(self.previous_member_epoch);
        w.i8(self.state);
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
        w.length(self.active_tasks_pending_revocation.len(), true, "activeTasksPendingRevocation")?;
        for v in &self.active_tasks_pending_revocation {
            v.encode(w, version)?;
        }
        w.length(self.standby_tasks_pending_revocation.len(), true, "standbyTasksPendingRevocation")?;
        for v in &self.standby_tasks_pending_revocation {
            v.encode(w, version)?;
        }
        w.length(self.warmup_tasks_pending_revocation.len(), true, "warmupTasksPendingRevocation")?;
        for v in &self.warmup_tasks_pending_revocation {
            v.encode(w, version)?;
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> StreamsGroupCurrentMemberAssignmentValue<'static> {
        StreamsGroupCurrentMemberAssignmentValue {
            member_epoch: self.member_epoch,
            previous_member_epoch: self.previous_member_epoch,
            state: self.state,
            active_tasks: self.active_tasks.into_iter().map(|v| v.into_owned()).collect(),
            standby_tasks: self.standby_tasks.into_iter().map(|v| v.into_owned()).collect(),
            warmup_tasks: self.warmup_tasks.into_iter().map(|v| v.into_owned()).collect(),
            active_tasks_pending_revocation: self
                .active_tasks_pending_revocation
                .into_iter()
                .map(|v| v.into_owned())
                .collect(),
            standby_tasks_pending_revocation: self
                .standby_tasks_pending_revocation
                .into_iter()
                .map(|v| v.into_owned())
                .collect(),
            warmup_tasks_pending_revocation: self
                .warmup_tasks_pending_revocation
                .into_iter()
                .map(|v| v.into_owned())
                .collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for StreamsGroupCurrentMemberAssignmentValue<'_> {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = StreamsGroupCurrentMemberAssignmentValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        StreamsGroupCurrentMemberAssignmentValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        StreamsGroupCurrentMemberAssignmentValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for StreamsGroupCurrentMemberAssignmentValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        StreamsGroupCurrentMemberAssignmentValue::decode(c, version)
    }
}

/// A part of [`StreamsGroupCurrentMemberAssignmentValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct TaskIds<'a> {
    pub subtopology_id: Cow<'a, str>,
    pub partitions: Vec<i32>,
    /// Tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for TaskIds<'_> {
    fn default() -> Self {
        TaskIds {
            subtopology_id: Cow::Borrowed(""),
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> TaskIds<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let subtopology_id = c.string(true, "subtopologyId")?;
        let partitions = c.array(true, 4, "partitions", wire::Cursor::i32)?;
        let mut assignment_epochs = Some(Vec::new());
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let before = c.remaining();
            match tag {
                0 => assignment_epochs = c.nullable_array(true, 4, "assignmentEpochs", wire::Cursor::i32)?,
                _ => {
                    c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                    continue;
                }
            }
            c.end_tag(tag, size, before)?;
        }
        unknown_tagged_fields.settle();
        Ok(Self { subtopology_id, partitions, assignment_epochs, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.subtopology_id, true, "subtopologyId")?;
        w.length(self.partitions.len(), true, "partitions")?;
        for v in &self.partitions {
            w.i32(*v);
        }
        let unknown = &self.unknown_tagged_fields;
        let mut tags = unknown.as_slice().len();
        if tags != 0 {
            wire::Writer::check_unknown_tags(unknown, &[0])?;
        }
        if self.assignment_epochs.as_ref().is_none_or(|v| !v.is_empty()) {
            tags += 1;
        }
        w.uvarint(tags as u32);
        if self.assignment_epochs.as_ref().is_none_or(|v| !v.is_empty()) {
            let start = w.begin_tag(0);
            match &self.assignment_epochs {
                Some(v) => {
                    w.length(v.len(), true, "assignmentEpochs")?;
                    for v in v {
                        w.i32(*v);
                    }
                }
                None => w.null_length(true),
            }
            w.end_tag(start);
        }
        w.unknown_tags(unknown, 0, u64::MAX);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TaskIds<'static> {
        TaskIds {
            subtopology_id: Cow::Owned(self.subtopology_id.into_owned()),
            partitions: self.partitions,
            assignment_epochs: self.assignment_epochs,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
