//! Headers and frames. A frame is a length of four bytes, a header whose version follows from API and version, and the
//! message. The header of an ApiVersions answer always has version 0 (KIP-511).

use crate::wire::{Cursor, DecodeError, EncodeError, Writer};
use crate::{ApiKey, Message, Request, RequestHeader, ResponseHeader};
use std::borrow::Cow;
use thiserror::Error;

/// Why the header of a request cannot be read. Kafka closes the connection in both cases.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    #[error("unknown API key: {0}")]
    UnknownApiKey(i16),
    #[error("malformed request header: {0}")]
    Malformed(#[from] DecodeError),
}

/// The header of a request. Its version may be one that does not exist: see `ApiKey::supports`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    pub api: ApiKey,
    pub version: i16,
    pub correlation_id: i32,
    pub client_id: Option<Cow<'a, str>>,
}

/// Reads the header from a frame (without its length); the cursor stands at the body.
pub fn decode_request_header(frame: &[u8]) -> Result<(RequestHead<'_>, Cursor<'_>), HeaderError> {
    let mut peek = Cursor::new(frame);
    let (id, version) = (peek.i16()?, peek.i16()?);
    let api = ApiKey::from_id(id).ok_or(HeaderError::UnknownApiKey(id))?;
    let mut c = Cursor::new(frame);
    let header = RequestHeader::decode(&mut c, api.request_header_version(version))?;
    Ok((RequestHead { api, version, correlation_id: header.correlation_id, client_id: header.client_id }, c))
}

/// Appends the header of a request.
pub fn encode_request_header(w: &mut Writer, head: &RequestHead<'_>) -> Result<(), EncodeError> {
    let header = RequestHeader {
        request_api_key: head.api.id(),
        request_api_version: head.version,
        correlation_id: head.correlation_id,
        client_id: head.client_id.as_deref().map(Cow::Borrowed),
        ..RequestHeader::default()
    };
    header.encode(w, head.api.request_header_version(head.version))
}

/// Reads the header of a response from a frame (without its length): the correlation id, and a cursor at the body.
pub fn decode_response_header(frame: &[u8], api: ApiKey, version: i16) -> Result<(i32, Cursor<'_>), DecodeError> {
    let mut c = Cursor::new(frame);
    let header = ResponseHeader::decode(&mut c, api.response_header_version(version))?;
    Ok((header.correlation_id, c))
}

/// Appends the header of a response.
pub fn encode_response_header(
    w: &mut Writer,
    api: ApiKey,
    version: i16,
    correlation_id: i32,
) -> Result<(), EncodeError> {
    let header = ResponseHeader { correlation_id, ..ResponseHeader::default() };
    header.encode(w, api.response_header_version(version))
}

/// Appends a whole request: length, header, message.
pub fn encode_request<R: Request>(
    w: &mut Writer,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
    request: &R,
) -> Result<(), EncodeError> {
    framed(w, |w| {
        let client_id = client_id.map(Cow::Borrowed);
        encode_request_header(w, &RequestHead { api: R::API_KEY, version, correlation_id, client_id })?;
        request.encode(w, version)
    })
}

/// Appends a whole response: length (with external records), header, message.
pub fn encode_response<M: Message>(
    w: &mut Writer,
    api: ApiKey,
    version: i16,
    correlation_id: i32,
    response: &M,
) -> Result<(), EncodeError> {
    framed(w, |w| {
        encode_response_header(w, api, version, correlation_id)?;
        response.encode(w, version)
    })
}

fn framed(w: &mut Writer, body: impl FnOnce(&mut Writer) -> Result<(), EncodeError>) -> Result<(), EncodeError> {
    let (start, before) = (w.position(), w.total_len());
    w.i32(0);
    body(w)?;
    let length = w.total_len() - before - 4;
    let announced = i32::try_from(length).map_err(|_| EncodeError::TooLong { field: "frame", length })?;
    w.patch_i32(start, announced);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiVersionsRequest, FetchResponse, RecordsField, fetch_response};

    #[test]
    fn a_request_header_reads_back_and_leaves_the_body() {
        let mut w = Writer::new();
        encode_request(&mut w, 3, 7, Some("me"), &ApiVersionsRequest::default()).unwrap();
        let frame = w.into_bytes();
        assert_eq!(frame[..4], (frame.len() as u32 - 4).to_be_bytes());
        let (head, mut c) = decode_request_header(&frame[4..]).unwrap();
        assert_eq!((head.api, head.version, head.correlation_id), (ApiKey::ApiVersions, 3, 7));
        assert_eq!(head.client_id.as_deref(), Some("me"));
        assert_eq!(ApiVersionsRequest::decode(&mut c, 3).unwrap(), ApiVersionsRequest::default());
        assert_eq!(c.remaining(), 0);
    }

    #[test]
    fn unknown_keys_and_short_headers_are_errors() {
        assert_eq!(decode_request_header(&[0x7f, 0, 0, 0]).unwrap_err(), HeaderError::UnknownApiKey(0x7f00));
        assert!(matches!(decode_request_header(&[0, 1, 0]).unwrap_err(), HeaderError::Malformed(_)));
    }

    #[test]
    fn the_answer_to_api_versions_has_header_version_0() {
        assert_eq!(ApiKey::ApiVersions.response_header_version(4), 0);
        assert_eq!(ApiKey::ApiVersions.request_header_version(4), 2);
        assert_eq!(ApiKey::Fetch.response_header_version(12), 1);
    }

    #[test]
    fn the_length_of_a_frame_counts_external_records() {
        let partition = fetch_response::PartitionData {
            records: Some(RecordsField::External { len: 1000, id: 1 }),
            ..Default::default()
        };
        let topic = fetch_response::FetchableTopicResponse { partitions: vec![partition], ..Default::default() };
        let response = FetchResponse { responses: vec![topic], ..Default::default() };
        let mut w = Writer::new();
        encode_response(&mut w, ApiKey::Fetch, 12, 1, &response).unwrap();
        let total = w.total_len();
        let (bytes, cuts) = w.into_parts();
        assert_eq!(cuts.len(), 1);
        assert_eq!(bytes.len() + 1000, total);
        assert_eq!(bytes[..4], (total as u32 - 4).to_be_bytes());
    }
}
