//! Requests, responses and their headers.
//!
//! Requests and responses: API key, version, body. Headers: kind, then for responses API key and version, then the frame.

use crate::Feature;
use crate::corpus::{Vector, vectors};
use crate::input::{Input, feature_of, mix};
use crate::memory::{self, PLAIN};
use protocol::header::{
    RequestHead, decode_request_header, decode_response_header, encode_request_header, encode_response_header,
};
use protocol::{AnyMessage, ApiKey, Cursor, DecodeError, EncodeError, Message, Writer, decode_any, json};

/// Debug output of larger messages takes too long to compare.
const COMPARED_BYTES_MAX: usize = 2048;

pub fn request(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let (api, version) = api_and_version(&mut input);
    message(api.info().request, version, input.0)
}

pub fn response(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let (api, version) = api_and_version(&mut input);
    message(api.info().response, version, input.0)
}

fn api_and_version(input: &mut Input<'_>) -> (ApiKey, i16) {
    let byte = input.u8();
    let api = ApiKey::from_id(i16::from(byte)).unwrap_or(ApiKey::ALL[usize::from(byte) % ApiKey::ALL.len()]);
    let info = api.info();
    (api, input.version(info.min_version, info.max_unstable_version))
}

/// The checks that hold for every message: what decodes is written and decodes to the same again.
pub fn message(name: &str, version: i16, body: &[u8]) -> Feature {
    let decoded = memory::within(PLAIN, body.len(), || {
        let mut c = Cursor::new(body);
        decode(name, version, &mut c).map(|message| (message, c.remaining()))
    });
    let outcome = match decoded {
        Err(error) => feature_of(&error),
        Ok((message, left)) => {
            reads_back(name, version, &*message);
            mix([u8::from(left > 0)])
        }
    };
    mix(name.bytes().chain([version as u8]).chain(outcome.to_le_bytes()))
}

type Decoded<'a> = Result<Box<dyn AnyMessage + 'a>, DecodeError>;

fn decode<'a>(name: &str, version: i16, c: &mut Cursor<'a>) -> Decoded<'a> {
    decode_any(name, version, c).unwrap_or_else(|| panic!("no message is called {name}"))
}

fn reads_back(name: &str, version: i16, message: &dyn AnyMessage) {
    let mut first = Writer::new();
    if may_fail(message.encode_any(&mut first, version), name, version) {
        return;
    }
    let mut c = Cursor::new(first.as_slice());
    let again = decode(name, version, &mut c);
    let again = again.unwrap_or_else(|error| panic!("{name} v{version} does not read what it wrote: {error}"));
    assert_eq!(c.remaining(), 0, "{name} v{version} leaves a part of what it wrote");
    let mut second = Writer::new();
    let written = again.encode_any(&mut second, version);
    written.unwrap_or_else(|error| panic!("{name} v{version} does not write what it wrote before: {error}"));
    assert_eq!(first.as_slice(), second.as_slice(), "{name} v{version}");
    if first.position() <= COMPARED_BYTES_MAX {
        assert_eq!(format!("{message:?}"), format!("{again:?}"), "{name} v{version}");
    }
}

/// A text that is not UTF-8 grows when it is replaced, perhaps beyond what fits. Nothing else may fail.
fn may_fail(outcome: Result<(), EncodeError>, name: &str, version: i16) -> bool {
    match outcome {
        Ok(()) => false,
        Err(EncodeError::TooLong { .. }) => true,
        Err(error) => panic!("{name} v{version} was read but cannot be written: {error}"),
    }
}

pub fn header(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    match input.u8() % 2 {
        0 => request_frame(input.0),
        _ => response_frame(input),
    }
}

fn request_frame(frame: &[u8]) -> Feature {
    let decoded = memory::within(PLAIN, frame.len(), || decode_request_header(frame));
    let (head, c) = match decoded {
        Err(error) => return feature_of(&error),
        Ok(decoded) => decoded,
    };
    let mut w = Writer::new();
    if may_fail(encode_request_header(&mut w, &head), "RequestHeader", head.version) {
        return 1;
    }
    let bytes = w.into_bytes();
    let (again, rest) = decode_request_header(&bytes).expect("a header that we wrote");
    assert_eq!((&again, rest.remaining()), (&head, 0));
    let RequestHead { api, version, .. } = head;
    if !(api.min_version()..=api.info().max_unstable_version).contains(&version) {
        return mix([2, api.id() as u8]);
    }
    message(api.info().request, version, c.rest())
}

fn response_frame(mut input: Input<'_>) -> Feature {
    let (api, version) = api_and_version(&mut input);
    let frame = input.0;
    let decoded = memory::within(PLAIN, frame.len(), || decode_response_header(frame, api, version));
    let (correlation_id, c) = match decoded {
        Err(error) => return feature_of(&error),
        Ok(decoded) => decoded,
    };
    let mut w = Writer::new();
    encode_response_header(&mut w, api, version, correlation_id).expect("a number can be written");
    let bytes = w.into_bytes();
    let (again, rest) = decode_response_header(&bytes, api, version).expect("a header that we wrote");
    assert_eq!((again, rest.remaining()), (correlation_id, 0));
    message(api.info().response, version, c.rest())
}

fn api_of(message: &str) -> Option<ApiKey> {
    ApiKey::ALL.iter().copied().find(|api| api.info().request == message || api.info().response == message)
}

fn seed(vector: &Vector) -> Option<Vec<u8>> {
    let api = api_of(&vector.message)?;
    Some([&[api.id() as u8, vector.version as u8][..], &vector.bytes].concat())
}

pub fn request_seeds() -> Vec<Vec<u8>> {
    vectors("rpc-request").iter().filter_map(seed).collect()
}

pub fn response_seeds() -> Vec<Vec<u8>> {
    vectors("rpc-response").iter().filter_map(seed).collect()
}

/// Every request behind a header, and every tenth response.
pub fn header_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vector in vectors("rpc-request").iter().step_by(5) {
        let Some(api) = api_of(&vector.message) else { continue };
        let head = RequestHead { api, version: vector.version, correlation_id: 7, client_id: Some("grüße".into()) };
        let mut w = Writer::over(vec![0]);
        encode_request_header(&mut w, &head).expect("the header of a golden vector");
        seeds.push([w.into_bytes(), vector.bytes.clone()].concat());
    }
    for vector in vectors("rpc-response").iter().step_by(10) {
        let Some(api) = api_of(&vector.message) else { continue };
        let mut w = Writer::over(vec![1, api.id() as u8, vector.version as u8]);
        encode_response_header(&mut w, api, vector.version, 7).expect("the header of a golden vector");
        seeds.push([w.into_bytes(), vector.bytes.clone()].concat());
    }
    seeds
}

/// The versions of a message that is known by name.
pub fn versions(name: &str) -> (i16, i16) {
    let definition = json::definition(name).unwrap_or_else(|| panic!("no message is called {name}"));
    let mut existing = (0..=i16::from(i8::MAX)).filter(|version| definition.versions.contains(*version));
    let first = existing.next().unwrap_or_default();
    (first, existing.next_back().unwrap_or(first))
}

/// Reads a message with its version in front, as consumers embed theirs; what is written reads back the same.
pub fn versioned<'a, M>(bytes: &'a [u8]) -> Feature
where
    M: protocol::Decode<'a> + std::fmt::Debug,
{
    let decoded = memory::within(PLAIN, bytes.len(), || M::from_versioned(bytes));
    let (value, version) = match decoded {
        Err(error) => return feature_of(&error),
        Ok(decoded) => decoded,
    };
    let known = version.min(M::MAX_VERSION);
    let first = match value.to_versioned(known) {
        Err(EncodeError::TooLong { .. }) => return 3,
        other => other.unwrap_or_else(|error| panic!("{} v{known}: {error}", M::NAME)),
    };
    let shown = format!("{value:?}");
    compare_versioned::<M>(&first, known, &shown);
    mix(M::NAME.bytes().chain([version.clamp(-1, 9) as u8]))
}

fn compare_versioned<'a, M: protocol::Decode<'a>>(first: &[u8], version: i16, shown: &str) {
    let mut c = Cursor::new(&first[2..]);
    let again = decode(M::NAME, version, &mut c).expect("what was written reads back");
    assert_eq!((c.remaining(), format!("{again:?}").as_str()), (0, shown), "{} v{version}", M::NAME);
}

/// An input that [`Message::to_versioned`] would make of a golden vector.
pub fn versioned_seed(vector: &Vector) -> Vec<u8> {
    [&vector.version.to_be_bytes()[..], &vector.bytes].concat()
}

/// Whether `M` is the vector's message.
pub fn is_of<M: Message>(vector: &Vector) -> bool {
    vector.message == M::NAME
}
