//! Messages as JSON in the shape that Kafka's tools print and read: names in camel case, bytes in base64, uuids as 22
//! characters, tagged fields only where they differ from their default. Works from the definitions, not from the
//! generated types, so a message is known by its name.

pub mod base64;
mod decode;
mod encode;

use crate::wire::{Cursor, DecodeError, EncodeError, Writer};
use schema::{DefaultValue, Field, Message, Type};
use serde_json::{Map, Value};
use std::sync::OnceLock;
use thiserror::Error;

/// Why there is no JSON, or no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JsonError {
    #[error("no message has this name: {0}")]
    UnknownMessage(String),
    #[error("{message} has no version {version}")]
    UnsupportedVersion { message: String, version: i16 },
    #[error("{0}")]
    Decode(#[from] DecodeError),
    #[error("{0}")]
    Encode(#[from] EncodeError),
    #[error("`{field}` is mandatory in version {version}")]
    Missing { field: String, version: i16 },
    #[error("`{field}` is set, but version {version} does not have it")]
    UnsupportedField { field: String, version: i16 },
    #[error("`{field}` should be {expected}")]
    Type { field: String, expected: &'static str },
}

/// What the JSON shows of records and secrets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Only the size of record batches, as `recordsSizeInBytes`.
    pub records_as_size: bool,
    /// `<redacted>` instead of passwords, keys and the like.
    pub redact_secrets: bool,
}

/// A definition that is parsed when somebody asks for it.
pub(crate) struct Definition {
    name: &'static str,
    text: &'static str,
    parsed: OnceLock<Option<Message>>,
}

impl Definition {
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Definition { name, text, parsed: OnceLock::new() }
    }
}

/// The definition of a message.
pub fn definition(name: &str) -> Option<&'static Message> {
    let all = &crate::generated::DEFINITIONS;
    let place = all.binary_search_by_key(&name, |definition| definition.name).ok()?;
    let definition = &all[place];
    definition.parsed.get_or_init(|| schema::parse(definition.text).ok()).as_ref()
}

/// Names of all messages, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    crate::generated::DEFINITIONS.iter().map(|definition| definition.name)
}

fn find(name: &str, version: i16) -> Result<&'static Message, JsonError> {
    let message = definition(name).ok_or_else(|| JsonError::UnknownMessage(name.into()))?;
    if !message.versions.contains(version) {
        return Err(JsonError::UnsupportedVersion { message: name.into(), version });
    }
    Ok(message)
}

/// The JSON of a message that takes all of `bytes`, with everything shown.
pub fn decode(name: &str, version: i16, bytes: &[u8]) -> Result<Value, JsonError> {
    let mut c = Cursor::new(bytes);
    let value = decode_from(name, version, &mut c, View::default())?;
    c.expect_end()?;
    Ok(value)
}

/// The JSON of a message at the front of `c`.
pub fn decode_from(name: &str, version: i16, c: &mut Cursor<'_>, view: View) -> Result<Value, JsonError> {
    let message = find(name, version)?;
    let reader = decode::Reader { message, version, flexible: message.is_flexible(version), view };
    reader.structure(&message.fields, c).map(Value::Object)
}

/// The bytes of a message that is given as JSON. Keys that the message does not have are ignored, as in Kafka.
pub fn encode(name: &str, version: i16, value: &Value) -> Result<Vec<u8>, JsonError> {
    let message = find(name, version)?;
    let mut w = Writer::new();
    let writer = encode::Converter { message, version, flexible: message.is_flexible(version) };
    writer.structure(&message.fields, value, name, &mut w)?;
    Ok(w.into_bytes())
}

/// What a field that is left out holds.
pub fn default_value(message: &Message, version: i16, field: &Field) -> Value {
    match (&field.default, &field.ty) {
        (DefaultValue::Null, _) => Value::Null,
        (DefaultValue::Int(value), _) => Value::from(*value),
        (DefaultValue::Bool(value), _) => Value::from(*value),
        (_, Type::Bool) => Value::from(false),
        (_, Type::Float64) => Value::from(0.0),
        (_, Type::Uuid) => Value::from(base::Uuid::ZERO.to_string()),
        (_, Type::Records) if field.is_nullable() => Value::Null,
        (_, Type::String | Type::Bytes | Type::Records) => Value::from(""),
        (_, Type::Array(_)) => Value::Array(Vec::new()),
        (_, Type::Struct(name)) => {
            let fields = message.structure(name).map_or(&[][..], |s| &s.fields);
            let present = fields.iter().filter(|f| f.versions.contains(version) && f.tag.is_none());
            let pairs = present.map(|f| (f.name.clone(), default_value(message, version, f)));
            Value::Object(Map::from_iter(pairs))
        }
        _ => Value::from(0),
    }
}
