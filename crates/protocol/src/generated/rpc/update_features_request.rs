//! `UpdateFeaturesRequest` (key 57), versions 0 to 2.
//! Generated from `schema/rpc/UpdateFeaturesRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateFeaturesRequest<'a> {
    /// Default 60000.
    pub timeout_ms: i32,
    pub feature_updates: Vec<FeatureUpdateKey<'a>>,
    /// Versions 1+.
    pub validate_only: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UpdateFeaturesRequest<'_> {
    fn default() -> Self {
        UpdateFeaturesRequest {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> UpdateFeaturesRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "UpdateFeaturesRequest", version });
        }
        let timeout_ms = c.i32()?;
        let feature_updates = c.array(true, 5, "featureUpdates", |c| FeatureUpdateKey::decode(c, version))?;
        let validate_only = if version >= 1 { c.bool()? } else { false };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { timeout_ms, feature_updates, validate_only, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "UpdateFeaturesRequest", version });
        }
        w.i32(self.timeout_ms);
        w.length(self.feature_updates.len(), true, "featureUpdates")?;
        for v in &self.feature_updates {
            v.encode(w, version)?;
        }
        if version >= 1 {
            w.bool(self.validate_only);
        } else if self.validate_only {
            return Err(wire::EncodeError::UnsupportedField { field: "validateOnly", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> UpdateFeaturesRequest<'static> {
        UpdateFeaturesRequest {
            timeout_ms: self.timeout_ms,
            feature_updates: self.feature_updates.into_iter().map(|v| v.into_owned()).collect(),
            validate_only: self.validate_only,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for UpdateFeaturesRequest<'_> {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = UpdateFeaturesRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        UpdateFeaturesRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        UpdateFeaturesRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for UpdateFeaturesRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        UpdateFeaturesRequest::decode(c, version)
    }
}

impl crate::Request for UpdateFeaturesRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::UpdateFeatures;
    type Response<'r> = crate::UpdateFeaturesResponse<'r>;
    type OwnedResponse = crate::UpdateFeaturesResponse<'static>;
}

/// A part of [`UpdateFeaturesRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureUpdateKey<'a> {
    pub feature: Cow<'a, str>,
    pub max_version_level: i16,
    /// Version 0.
    pub allow_downgrade: bool,
    /// Versions 1+; default 1.
    pub upgrade_type: i8,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for FeatureUpdateKey<'_> {
    fn default() -> Self {
        FeatureUpdateKey {
            feature: Cow::Borrowed(""),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl<'a> FeatureUpdateKey<'a> {
    pub(crate) fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        let feature = c.string(true, "feature")?;
        let max_version_level = c.i16()?;
        let allow_downgrade = if version <= 0 { c.bool()? } else { false };
        let upgrade_type = if version >= 1 { c.i8()? } else { 1 };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { feature, max_version_level, allow_downgrade, upgrade_type, unknown_tagged_fields })
    }

    pub(crate) fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        w.string(&self.feature, true, "feature")?;
        w.i16(self.max_version_level);
        if version <= 0 {
            w.bool(self.allow_downgrade);
        } else if self.allow_downgrade {
            return Err(wire::EncodeError::UnsupportedField { field: "allowDowngrade", version });
        }
        if version >= 1 {
            w.i8(self.upgrade_type);
        } else if self.upgrade_type != 1 {
            return Err(wire::EncodeError::UnsupportedField { field: "upgradeType", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> FeatureUpdateKey<'static> {
        FeatureUpdateKey {
            feature: Cow::Owned(self.feature.into_owned()),
            max_version_level: self.max_version_level,
            allow_downgrade: self.allow_downgrade,
            upgrade_type: self.upgrade_type,
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}
