//! `DescribeClusterRequest` (key 60), versions 0 to 2.
//! Generated from `schema/rpc/DescribeClusterRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Versions 0 to 2, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeClusterRequest {
    pub include_cluster_authorized_operations: bool,
    /// Versions 1+; default 1.
    pub endpoint_type: i8,
    /// Versions 2+.
    pub include_fenced_brokers: bool,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        DescribeClusterRequest {
            include_cluster_authorized_operations: false,
            endpoint_type: 1,
            include_fenced_brokers: false,
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl DescribeClusterRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::DecodeError::UnsupportedVersion { message: "DescribeClusterRequest", version });
        }
        let include_cluster_authorized_operations = c.bool()?;
        let endpoint_type = if version >= 1 { c.i8()? } else { 1 };
        let include_fenced_brokers = if version >= 2 { c.bool()? } else { false };
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { include_cluster_authorized_operations, endpoint_type, include_fenced_brokers, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if !(0..=2).contains(&version) {
            return Err(wire::EncodeError::UnsupportedVersion { message: "DescribeClusterRequest", version });
        }
        w.bool(self.include_cluster_authorized_operations);
        if version >= 1 {
            w.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            return Err(wire::EncodeError::UnsupportedField { field: "endpointType", version });
        }
        if version >= 2 {
            w.bool(self.include_fenced_brokers);
        } else if self.include_fenced_brokers {
            return Err(wire::EncodeError::UnsupportedField { field: "includeFencedBrokers", version });
        }
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for DescribeClusterRequest {
    const NAME: &'static str = "DescribeClusterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = DescribeClusterRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        DescribeClusterRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for DescribeClusterRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        DescribeClusterRequest::decode(c, version)
    }
}

impl crate::Request for DescribeClusterRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::DescribeCluster;
    type Response<'r> = crate::DescribeClusterResponse<'r>;
    type OwnedResponse = crate::DescribeClusterResponse<'static>;
}
