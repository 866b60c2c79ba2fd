//! `ApiVersionsResponse` (key 18), versions 0 to 4.
//! Generated from `schema/rpc/ApiVersionsResponse.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 4, flexible since 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersionsResponse<'a> {
    pub error_code: i16,
    pub api_keys: Vec<ApiVersion>,
    /// Versions 1+.
    pub throttle_time_ms: i32,
    /// Versions 3+; tag 0.
    pub supported_features: Vec<SupportedFeatureKey<'a>>,
    /// Versions 3+; tag 1; default -1.
    pub finalized_features_epoch: i64,
    /// Versions 3+; tag 2.
    pub finalized_features: Vec<FinalizedFeatureKey<'a>>,
    /// Versions 3+; tag 3.
    pub zk_migration_ready: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ApiVersionsResponse<'_> {
    fn default() -> Self {
        ApiVersionsResponse {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> ApiVersionsResponse<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=4).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "ApiVersionsResponse", version });
        }
        let flexible = version >= 3;
        let error_code = c.i16()?;
        let api_keys =
            c.array(flexible, if version >= 3 { 7 } else { 6 }, "apiKeys", |c| ApiVersion::decode(c, version))?;
        let throttle_time_ms = if version >= 1 { c.i32()? } else { 0 };
        let mut supported_features = Vec::new();
        let mut finalized_features_epoch = -1;
        let mut finalized_features = Vec::new();
        let mut zk_migration_ready = false;
        let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();
        if flexible {
            for _ in 0..c.tag_count()? {
                let (tag, size) = c.tag()?;
                let before = c.remaining();
                match tag {
                    0 => {
                        supported_features =
                            c.array(flexible, 6, "supportedFeatures", |c| SupportedFeatureKey::decode(c, version))?
                    }
                    1 => finalized_features_epoch = c.i64()?,
                    2 => {
                        finalized_features =
                            c.array(flexible, 6, "finalizedFeatures", |c| FinalizedFeatureKey::decode(c, version))?
                    }
                    3 => zk_migration_ready = c.bool()?,
                    _ => {
                        c.unknown_tag(tag, size, &mut unknown_tagged_fields)?;
                        continue;
                    }
                }
                c.end_tag(tag, size, before)?;
            }
            unknown_tagged_fields.settle();
        }
        Ok(Self {
            error_code,
            api_keys,
            throttle_time_ms,
            supported_features,
            finalized_features_epoch,
            finalized_features,
            zk_migration_ready,
            unknown_tagged_fields,
        })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        if !(0..=4).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "ApiVersionsResponse", version });
        }
        w.i16(self.error_code);
        w.length(self.api_keys.len(), flexible, "apiKeys")?;
        for v in &self.api_keys {
            v.encode(w, version)?;
        }
        if version >= 1 {
            w.i32(self.throttle_time_ms);
        }
        if flexible {
            let unknown = &self.unknown_tagged_fields;
            let mut tags = unknown.as_slice().len();
            if tags != 0 {
                wire::Writer::check_unknown_tags(unknown, &[0, 1, 2, 3])?;
            }
            if !self.supported_features.is_empty() {
                tags += 1;
            }
            if self.finalized_features_epoch != -1 {
                tags += 1;
            }
            if !self.finalized_features.is_empty() {
                tags += 1;
            }
            if self.zk_migration_ready {
                tags += 1;
            }
            w.uvarint(tags as u32);
            if !self.supported_features.is_empty() {
                let start = w.begin_tag(0);
                w.length(self.supported_features.len(), flexible, "supportedFeatures")?;
                for v in &self.supported_features {
                    v.encode(w, version)?;
                }
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, 0, 1);
            if self.finalized_features_epoch != -1 {
                let start = w.begin_tag(1);
                w.i64(self.finalized_features_epoch);
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, next, 2);
            if !self.finalized_features.is_empty() {
                let start = w.begin_tag(2);
                w.length(self.finalized_features.len(), flexible, "finalizedFeatures")?;
                for v in &self.finalized_features {
                    v.encode(w, version)?;
                }
                w.end_tag(start);
            }
            let next = w.unknown_tags(unknown, next, 3);
            if self.zk_migration_ready {
                let start = w.begin_tag(3);
                w.bool(self.zk_migration_ready);
                w.end_tag(start);
            }
            w.unknown_tags(unknown, next, u64::MAX);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ApiVersionsResponse<'static> {
        ApiVersionsResponse {
            error_code: self.error_code,
            api_keys: self.api_keys,
            throttle_time_ms: self.throttle_time_ms,
            supported_features: self.supported_features.into_iter().map(|v| v.into_owned()).collect(),
            finalized_features_epoch: self.finalized_features_epoch,
            finalized_features: self.finalized_features.into_iter().map(|v| v.into_owned()).collect(),
            zk_migration_ready: self.zk_migration_ready,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for ApiVersionsResponse<'_> {
    const NAME: &'static str = "ApiVersionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_SINCE: Option<i16> = Some(3);
    type Owned = ApiVersionsResponse<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        ApiVersionsResponse::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        ApiVersionsResponse::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for ApiVersionsResponse<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        ApiVersionsResponse::decode(c, version)
    }
}

/// A part of [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersion {
    pub api_key: i16,
    pub min_version: i16,
    pub max_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for ApiVersion {
    fn default() -> Self {
        ApiVersion {
            api_key: 0,
            min_version: 0,
            max_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl ApiVersion {
    pub(crate) fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        let flexible = version >= 3;
        let api_key = c.i16()?;
        let min_version = c.i16()?;
        let max_version = c.i16()?;
        let unknown_tagged_fields =
            if flexible { c.only_unknown_tags()? } else { wire::UnknownTaggedFields::default() };
        Ok(Self { api_key, min_version, max_version, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        let flexible = version >= 3;
        w.i16(self.api_key);
        w.i16(self.min_version);
        w.i16(self.max_version);
        if flexible {
            w.only_unknown_tags(&self.unknown_tagged_fields);
        } else if !self.unknown_tagged_fields.is_empty() {
            return Err(wire::EncodeError::UnsupportedField { field: "unknownTaggedFields", version });
        }
        Ok(())
    }
}

/// A part of [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct SupportedFeatureKey<'a> {
    pub name: Cow<'a, str>,
    pub min_version: i16,
    pub max_version: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for SupportedFeatureKey<'_> {
    fn default() -> Self {
        SupportedFeatureKey {
            name: Cow::Borrowed(""),
            min_version: 0,
            max_version: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> SupportedFeatureKey<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let min_version = c.i16()?;
        let max_version = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, min_version, max_version, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i16(self.min_version);
        w.i16(self.max_version);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> SupportedFeatureKey<'static> {
        SupportedFeatureKey {
            name: Cow::Owned(self.name.into_owned()),
            min_version: self.min_version,
            max_version: self.max_version,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

/// A part of [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct FinalizedFeatureKey<'a> {
    pub name: Cow<'a, str>,
    pub max_version_level: i16,
    pub min_version_level: i16,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FinalizedFeatureKey<'_> {
    fn default() -> Self {
        FinalizedFeatureKey {
            name: Cow::Borrowed(""),
            max_version_level: 0,
            min_version_level: 0,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FinalizedFeatureKey<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, _version: i16) -> Result<Self, wire::DecodeError> {
        let name = c.string(true, "name")?;
        let max_version_level = c.i16()?;
        let min_version_level = c.i16()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { name, max_version_level, min_version_level, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, _version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.name, true, "name")?;
        w.i16(self.max_version_level);
        w.i16(self.min_version_level);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FinalizedFeatureKey<'static> {
        FinalizedFeatureKey {
            name: Cow::Owned(self.name.into_owned()),
            max_version_level: self.max_version_level,
            min_version_level: self.min_version_level,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
