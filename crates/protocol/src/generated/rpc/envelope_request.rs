//! `EnvelopeRequest` (key 58), versions 0 to 0.
//! Generated from `schema/rpc/EnvelopeRequest.msg` by `cargo run -p codegen`; edits get lost.

use crate::wire;
use std::borrow::Cow;

/// Version 0, flexible since 0.
#[derive(Clone, PartialEq)]
pub struct EnvelopeRequest<'a> {
    pub request_data: Cow<'a, [u8]>,
    pub request_principal: Option<Cow<'a, [u8]>>,
    pub client_host_address: Cow<'a, [u8]>,
    pub unknown_tagged_fields: wire::UnknownTaggedFields,
}

impl Default for EnvelopeRequest<'_> {
    fn default() -> Self {
        EnvelopeRequest {
            request_data: Cow::Borrowed(&[]),
            request_principal: Some(Cow::Borrowed(&[])),
            client_host_address: Cow::Borrowed(&[]),
            unknown_tagged_fields: wire::UnknownTaggedFields::default(),
        }
    }
}

impl std::fmt::Debug for EnvelopeRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvelopeRequest")
            .field("request_data", &wire::Redacted)
            .field("request_principal", &self.request_principal)
            .field("client_host_address", &self.client_host_address)
            .field("unknown_tagged_fields", &self.unknown_tagged_fields)
            .finish()
    }
}

impl<'a> EnvelopeRequest<'a> {
    /// Reads one from the front of `c`; the caller decides whether bytes may remain.
    pub fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        if version != 0 {
            return Err(wire::DecodeError::UnsupportedVersion { message: "EnvelopeRequest", version });
        }
        let request_data = c.bytes(true, "requestData")?;
        let request_principal = c.nullable_bytes(true, "requestPrincipal")?;
        let client_host_address = c.bytes(true, "clientHostAddress")?;
        let unknown_tagged_fields = c.only_unknown_tags()?;
        Ok(Self { request_data, request_principal, client_host_address, unknown_tagged_fields })
    }

    /// Appends it; an error leaves what was written so far.
    pub fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        if version != 0 {
            return Err(wire::EncodeError::UnsupportedVersion { message: "EnvelopeRequest", version });
        }
        w.bytes(&self.request_data, true, "requestData")?;
        match &self.request_principal {
            Some(v) => {
                w.bytes(v, true, "requestPrincipal")?;
            }
            None => w.null_length(true),
        }
        w.bytes(&self.client_host_address, true, "clientHostAddress")?;
        w.only_unknown_tags(&self.unknown_tagged_fields);
        Ok(())
    }

    /// The same without borrows.
    pub fn into_owned(self) -> EnvelopeRequest<'static> {
        EnvelopeRequest {
            request_data: Cow::Owned(self.request_data.into_owned()),
            request_principal: self.request_principal.map(|v| Cow::Owned(v.into_owned())),
            client_host_address: Cow::Owned(self.client_host_address.into_owned()),
            unknown_tagged_fields: self.unknown_tagged_fields,
        }
    }
}

impl crate::Message for EnvelopeRequest<'_> {
    const NAME: &'static str = "EnvelopeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_SINCE: Option<i16> = Some(0);
    type Owned = EnvelopeRequest<'static>;
    fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {
        EnvelopeRequest::encode(self, w, version)
    }
    fn into_owned(self) -> Self::Owned {
        EnvelopeRequest::into_owned(self)
    }
}

impl<'a> crate::Decode<'a> for EnvelopeRequest<'a> {
    fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {
        EnvelopeRequest::decode(c, version)
    }
}

impl crate::Request for EnvelopeRequest<'_> {
    const API_KEY: crate::ApiKey = crate::ApiKey::Envelope;
    type Response<'r> = crate::EnvelopeResponse<'r>;
    type OwnedResponse = crate::EnvelopeResponse<'static>;
}
