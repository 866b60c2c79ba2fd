//! Messages whose type is known only at run time: for logs, tests and fuzzing.

use crate::wire::{Cursor, DecodeError, EncodeError, Writer};
use crate::{ApiKey, Decode, Message, decode_any};
use std::fmt::Debug;

/// A decoded message of some type.
pub trait AnyMessage: Debug {
    fn name(&self) -> &'static str;
    fn encode_any(&self, w: &mut Writer, version: i16) -> Result<(), EncodeError>;
}

impl<M: Message + Debug> AnyMessage for M {
    fn name(&self) -> &'static str {
        M::NAME
    }

    fn encode_any(&self, w: &mut Writer, version: i16) -> Result<(), EncodeError> {
        self.encode(w, version)
    }
}

type Boxed<'a> = Result<Box<dyn AnyMessage + 'a>, DecodeError>;

pub(crate) fn boxed<'a, M: Decode<'a> + Debug + 'a>(c: &mut Cursor<'a>, version: i16) -> Boxed<'a> {
    Ok(Box::new(M::decode(c, version)?))
}

/// Decodes the body of a request.
pub fn decode_request<'a>(api: ApiKey, version: i16, c: &mut Cursor<'a>) -> Boxed<'a> {
    named(api.info().request, version, c)
}

/// Decodes the body of a response.
pub fn decode_response<'a>(api: ApiKey, version: i16, c: &mut Cursor<'a>) -> Boxed<'a> {
    named(api.info().response, version, c)
}

fn named<'a>(message: &'static str, version: i16, c: &mut Cursor<'a>) -> Boxed<'a> {
    decode_any(message, version, c).unwrap_or(Err(DecodeError::UnsupportedVersion { message, version }))
}
