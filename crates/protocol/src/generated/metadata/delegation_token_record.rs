//! `DelegationTokenRecord` (key 10), versions 0 to 0.
//! Generated from `schema/metadata/DelegationTokenRecord.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DelegationTokenRecord<'a> {
    pub owner: Cow<'a, str>,
    pub requester: Cow<'a, str>,
    pub renewers: Vec<Cow<'a, str>>,
    pub issue_timestamp: i64,
    pub max_timestamp: i64,
    pub expiration_timestamp: i64,
    pub token_id: Cow<'a, str>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DelegationTokenRecord<'_> {
    fn default() -> Self {
        DelegationTokenRecord {
            owner: Cow::Borrowed(""),
            requester: Cow::Borrowed(""),
            renewers: Vec::new(),
            issue_timestamp: 0,
            max_timestamp: 0,
            expiration_timestamp: 0,
            token_id: Cow::Borrowed(""),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> DelegationTokenRecord<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DelegationTokenRecord", version });
        }
        let owner = c.string(true, "owner")?;
        let requester = c.string(true, "requester")?;
        let renewers = c.array(true, 1, "renewers", |c| c.string(true, "renewers"))?;
        let issue_timestamp = c.i64()?;
        let max_timestamp = c.i64()?;
        let expiration_timestamp = c.i64()?;
        let token_id = c.string(true, "tokenId")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self {
            owner,
            requester,
            renewers,
            issue_timestamp,
            max_timestamp,
            expiration_timestamp,
            token_id,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DelegationTokenRecord", version });
        }
        w.string(&self.owner, true, "owner")?;
        w.string(&self.requester, true, "requester")?;
        w.length(self.renewers.len(), true, "renewers")?;
        for v in &self.renewers {
            w.string(v, true, "renewers")?;
        }
        w.i64(self.issue_timestamp);
        w.i64(self.max_timestamp);
        w.i64(self.expiration_timestamp);
        w.string(&self.token_id, true, "tokenId")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> DelegationTokenRecord<'static> {
        DelegationTokenRecord {
            owner: Cow::Owned(self.owner.into_owned()),
            requester: Cow::Owned(self.requester.into_owned()),
            renewers: self.renewers.into_iter().map(|v| Cow::Owned(v.into_owned())).collect(),
            issue_timestamp: self.issue_timestamp,
            max_timestamp: self.max_timestamp,
            expiration_timestamp: self.expiration_timestamp,
            token_id: Cow::Owned(self.token_id.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for DelegationTokenRecord<'_> {
    const NAME: &'static str = "DelegationTokenRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DelegationTokenRecord<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DelegationTokenRecord::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        DelegationTokenRecord::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for DelegationTokenRecord<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DelegationTokenRecord::decode(c, version)
    }
}
