//! `UnregisterBrokerRequest` (key 64), versions 0 to 0.
//! Generated from `schema/rpc/UnregisterBrokerRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;

/// Version 0, flexible since 0.
#[derive(Debug, Clone, PartialEq)]
pub struct UnregisterBrokerRequest {
    pub broker_id: i32,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for UnregisterBrokerRequest {
    fn default() -> Self {
        UnregisterBrokerRequest { broker_id: 0, unknown_tagged_fields: wire::UnknownTaggedFields::default() }
    }
}

impl UnregisterBrokerRequest {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'_>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "UnregisterBrokerRequest", version });
        }
        let broker_id = c.i32()?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { broker_id, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "UnregisterBrokerRequest", version });
        }
        w.i32(self.broker_id);
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }
}

impl crate::Message for UnregisterBrokerRequest {
    const NAME: &'static str = "UnregisterBrokerRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = UnregisterBrokerRequest;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        UnregisterBrokerRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl<'a> crate::Decode<'a> for UnregisterBrokerRequest {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        UnregisterBrokerRequest::decode(c, version)
    }
}

impl crate::Request for UnregisterBrokerRequest {
    const API_KEY: crate::ApiKey = crate::ApiKey::UnregisterBroker;
    type Response<'r> = crate::UnregisterBrokerResponse<'r>;
    type OwnedResponse = crate::UnregisterBrokerResponse<'static>;
}
