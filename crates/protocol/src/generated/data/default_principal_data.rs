//! `DefaultPrincipalData`, versions 0 to 0.
//! Generated from `schema/data/DefaultPrincipalData.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultPrincipalData<'a> {
    pub r#type: Cow<'a, str>,
    pub name: Cow<'a, str>,
    pub token_authenticated: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DefaultPrincipalData<'_> {
    fn default() -> Self {
        DefaultPrincipalData {
            r#type: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            token_authenticated: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DefaultPrincipalData<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DefaultPrincipalData", version });
        }
        let r#type = c.string(true, "type")?;
        let name = c.string(true, "name")?;
        let token_authenticated = c.bool()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { r#type, name, token_authenticated, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DefaultPrincipalData", version });
        }
        w.string(&self.r#type, true, "type")?;
        w.string(&self.name, true, "name")?;
        w.bool(self.token_authenticated);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DefaultPrincipalData<'static> {
        DefaultPrincipalData {
            r#type: Cow::Owned(self.r#type.into_owned()),
            name: Cow::Owned(self.name.into_owned()),
            token_authenticated: self.token_authenticated,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DefaultPrincipalData<'_> {
    const NAME: &'static str = "DefaultPrincipalData";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DefaultPrincipalData<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DefaultPrincipalData::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DefaultPrincipalData::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DefaultPrincipalData<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DefaultPrincipalData::decode(c, version)
    }
}
