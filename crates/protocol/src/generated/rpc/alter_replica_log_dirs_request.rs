//! `AlterReplicaLogDirsRequest` (key 34), versions 1 to 2.
//! Generated from `schema/rpc/AlterReplicaLogDirsRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 1 to 2, flexible since 2.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterReplicaLogDirsRequest<'a> {
    pub dirs: Vec<AlterReplicaLogDir<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterReplicaLogDirsRequest<'_> {
    fn default() -> Self {
        AlterReplicaLogDirsRequest { dirs: Vec::new(), unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl<'a> AlterReplicaLogDirsRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(1..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "AlterReplicaLogDirsRequest", version });
        }
        let flexible = version >= 2;
        let dirs =
            c.array(flexible, if version >= 2 { 3 } else { 6 }, "dirs", |c| AlterReplicaLogDir::decode(c, version))?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { dirs, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        if !(1..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "AlterReplicaLogDirsRequest", version });
        }
        w.length(self.dirs.len(), flexible, "dirs")?;
        for v in &self.dirs {
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
    pub fn into_owned(self) -> AlterReplicaLogDirsRequest<'static> {
        AlterReplicaLogDirsRequest {
            dirs: self.dirs.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for AlterReplicaLogDirsRequest<'_> {
    const NAME: &'static str = "AlterReplicaLogDirsRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(2);
    type Owned = AlterReplicaLogDirsRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        AlterReplicaLogDirsRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        AlterReplicaLogDirsRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for AlterReplicaLogDirsRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        AlterReplicaLogDirsRequest::decode(c, version)
    }
}

impl crate::Request for AlterReplicaLogDirsRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::AlterReplicaLogDirs;
    type Response<'r> = crate::AlterReplicaLogDirsResponse<'r>;
    type OwnedResponse = crate::AlterReplicaLogDirsResponse<'static>;
}

/// A part of [`AlterReplicaLogDirsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AlterReplicaLogDir<'a> {
    pub path: Cow<'a, str>,
    pub topics: Vec<AlterReplicaLogDirTopic<'a>>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterReplicaLogDir<'_> {
    fn default() -> Self {
        AlterReplicaLogDir {
            path: Cow::Borrowed(""),
            topics: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterReplicaLogDir<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let path = c.string(flexible, "path")?;
        let topics = c.array(flexible, if version >= 2 { 3 } else { 6 }, "topics", |c| {
            AlterReplicaLogDirTopic::decode(c, version)
        })?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { path, topics, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.path, flexible, "path")?;
        w.length(self.topics.len(), flexible, "topics")?;
        for v in &self.topics {
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
    pub fn into_owned(self) -> AlterReplicaLogDir<'static> {
        AlterReplicaLogDir {
            path: Cow::Owned(self.path.into_owned()),
            topics: self.topics.into_iter().map(|v| v.into_owned()).collect(),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`AlterReplicaLogDirsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct AlterReplicaLogDirTopic<'a> {
    pub name: Cow<'a, str>,
    pub partitions: Vec<i32>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for AlterReplicaLogDirTopic<'_> {
    fn default() -> Self {
        AlterReplicaLogDirTopic {
            name: Cow::Borrowed(""),
            partitions: Vec::new(),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> AlterReplicaLogDirTopic<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 2;
        let name = c.string(flexible, "name")?;
        let partitions = c.array(flexible, 4, "partitions", wire::Cursor::i32)?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { name, partitions, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 2;
        w.string(&self.name, flexible, "name")?;
        w.length(self.partitions.len(), flexible, "partitions")?;
        for v in &self.partitions {
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
    pub fn into_owned(self) -> AlterReplicaLogDirTopic<'static> {
        AlterReplicaLogDirTopic {
            name: Cow::Owned(self.name.into_owned()),
            partitions: self.partitions,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
