//! `ConsumerGroupRegularExpressionKey` (key 16), versions 0 to 0.
//! Generated from `schema/group-coordinator/ConsumerGroupRegularExpressionKey.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupRegularExpressionKey<'a> {
    pub group_id: Cow<'a, str>,
    pub regular_expression: Cow<'a, str>,
}

impl Default for ConsumerGroupRegularExpressionKey<'_> {
    fn default() -> Self {
        ConsumerGroupRegularExpressionKey { group_id: Cow::Borrowed(""), regular_expression: Cow::Borrowed("") }
    }
}

impl<'a> ConsumerGroupRegularExpressionKey<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion {
                message: "ConsumerGroupRegularExpressionKey",
                version,
            });
        }
        let group_id = c.string(false, "groupId")?;
        let regular_expression = c.string(false, "regularExpression")?;
        Ok(Self { group_id, regular_expression })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion {
                message: "ConsumerGroupRegularExpressionKey",
                version,
            });
        }
        w.string(&self.group_id, false, "groupId")?;
        w.string(&self.regular_expression, false, "regularExpression")?;
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ConsumerGroupRegularExpressionKey<'static> {
        ConsumerGroupRegularExpressionKey {
            group_id: Cow::Owned(self.group_id.into_owned()),
            regular_expression: Cow::Owned(self.regular_expression.into_owned()),
        }
    }
}

impl crate::Message for ConsumerGroupRegularExpressionKey<'_> {
    const NAME: &'static str = "ConsumerGroupRegularExpressionKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = None;
    type Owned = ConsumerGroupRegularExpressionKey<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ConsumerGroupRegularExpressionKey::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ConsumerGroupRegularExpressionKey::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ConsumerGroupRegularExpressionKey<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ConsumerGroupRegularExpressionKey::decode(c, version)
    }
}
