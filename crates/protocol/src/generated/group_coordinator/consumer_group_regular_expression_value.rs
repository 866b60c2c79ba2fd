//! `ConsumerGroupRegularExpressionValue` (key 16), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupRegularExpressionValue.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupRegularExpressionValue<'a> {
    pub topics: Vec<Cow<'a, str>>,
    pub version: i64,
    pub timestamp: i64,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ConsumerGroupRegularExpressionValue<'_> {
    fn default() -> Self {
        ConsumerGroupRegularExpressionValue {
            topics: Vec::new(),
            version: 0,
            timestamp: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ConsumerGroupRegularExpressionValue<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ConsumerGroupRegularExpressionValue",
                version,
            });
        }
        let topics = c.array(true, 1, "topics", |c| c.string(true, "topics"))?;
        let version_ = c.i64()?;
        let timestamp = c.i64()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { topics, version: version_, timestamp, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ConsumerGroupRegularExpressionValue",
                version,
            });
        }
        w.length(self.topics.len(), true, "topics")?;
        for v in &self.topics {
            w.string(v, true, "topics")?;
        }
        w.i64(self.version);
        w.i64(self.timestamp);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupRegularExpressionValue<'static> {
        ConsumerGroupRegularExpressionValue {
            topics: self.topics.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            version: self.version,
            timestamp: self.timestamp,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ConsumerGroupRegularExpressionValue<'_> {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = ConsumerGroupRegularExpressionValue<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupRegularExpressionValue::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupRegularExpressionValue::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupRegularExpressionValue<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupRegularExpressionValue::decode(c, version)
    }
}
