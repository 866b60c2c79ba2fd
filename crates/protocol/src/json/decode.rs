//! Bytes to JSON.

use super::{JsonError, View, base64, default_value};
use crate::wire::{Cursor, DecodeError};
use schema::{Field, Message, Type};
use serde_json::{Map, Value};

const NO_NAME: &str = "field";

pub(super) struct Reader<'m> {
    pub message: &'m Message,
    pub version: i16,
    pub flexible: bool,
    pub view: View,
}

impl Reader<'_> {
    pub fn structure(&self, fields: &[Field], c: &mut Cursor<'_>) -> Result<Map<String, Value>, JsonError> {
        let mut values: Vec<Option<Value>> = vec![None; fields.len()];
        for (field, value) in fields.iter().zip(&mut values) {
            if field.versions.contains(self.version) && field.tag.is_none() {
                *value = Some(self.value(field, c)?);
            }
        }
        if self.flexible {
            self.tagged(fields, &mut values, c)?;
        }
        let present = fields.iter().zip(values).filter_map(|(field, value)| Some((field, value?)));
        Ok(present.map(|(field, value)| self.shown(field, value)).collect())
    }

    /// Tagged fields that hold their default are left out.
    fn tagged(&self, fields: &[Field], values: &mut [Option<Value>], c: &mut Cursor<'_>) -> Result<(), JsonError> {
        for _ in 0..c.tag_count()? {
            let (tag, size) = c.tag()?;
            let Some(place) = fields.iter().position(|field| field.tag == Some(tag)) else {
                c.take(size)?;
                continue;
            };
            let field = &fields[place];
            if !field.versions.contains(self.version) {
                return Err(DecodeError::Tag { tag, version: self.version }.into());
            }
            let before = c.remaining();
            let value = self.value(field, c)?;
            c.end_tag(tag, size, before)?;
            values[place] = Some(value).filter(|value| *value != default_value(self.message, self.version, field));
        }
        Ok(())
    }

    /// Name and value as the view wants them.
    fn shown(&self, field: &Field, value: Value) -> (String, Value) {
        match &value {
            Value::String(_) | Value::Object(_) if field.secret && self.view.redact_secrets => {
                (field.name.clone(), "<redacted>".into())
            }
            Value::Number(_) if field.ty == Type::Records => (format!("{}SizeInBytes", field.name), value),
            _ => (field.name.clone(), value),
        }
    }

    fn value(&self, field: &Field, c: &mut Cursor<'_>) -> Result<Value, JsonError> {
        let flexible = self.flexible && !field.inflexible;
        let present = match &field.ty {
            Type::Struct(_) if !field.nullable.contains(self.version) || struct_present(field, c)? => {
                Some(self.plain(&field.ty, flexible, c)?)
            }
            Type::Struct(_) => None,
            Type::String => c.nullable_string(flexible, NO_NAME)?.map(|text| Value::from(text.into_owned())),
            Type::Bytes | Type::Records => {
                let bytes = c.nullable_bytes(flexible, NO_NAME)?;
                bytes.map(|bytes| match field.ty {
                    Type::Records if self.view.records_as_size => Value::from(bytes.len()),
                    _ => Value::from(base64::encode(&bytes)),
                })
            }
            Type::Array(element) => self.array(element, flexible, c)?,
            ty => Some(self.plain(ty, flexible, c)?),
        };
        match present {
            Some(value) => Ok(value),
            None if field.nullable.contains(self.version) => Ok(Value::Null),
            None => Err(DecodeError::Null { field: NO_NAME }.into()),
        }
    }

    fn array(&self, element: &Type, flexible: bool, c: &mut Cursor<'_>) -> Result<Option<Value>, JsonError> {
        let mut problem = None;
        let elements = c.nullable_array(flexible, 1, NO_NAME, |c| {
            self.plain(element, flexible, c).map_err(|error| match error {
                JsonError::Decode(error) => error,
                other => {
                    problem = Some(other);
                    DecodeError::Varint
                }
            })
        });
        match problem {
            Some(problem) => Err(problem),
            None => Ok(elements?.map(Value::Array)),
        }
    }

    /// A value that cannot be null.
    fn plain(&self, ty: &Type, flexible: bool, c: &mut Cursor<'_>) -> Result<Value, JsonError> {
        Ok(match ty {
            Type::Bool => c.bool()?.into(),
            Type::Int8 => c.i8()?.into(),
            Type::Int16 => c.i16()?.into(),
            Type::Int32 => c.i32()?.into(),
            Type::Int64 => c.i64()?.into(),
            Type::Uint16 => c.u16()?.into(),
            Type::Uint32 => c.u32()?.into(),
            Type::Float64 => float(c.f64()?),
            Type::Uuid => c.uuid()?.to_string().into(),
            Type::String => c.string(flexible, NO_NAME)?.into_owned().into(),
            Type::Bytes | Type::Records => base64::encode(&c.bytes(flexible, NO_NAME)?).into(),
            Type::Array(element) => self.array(element, flexible, c)?.ok_or(DecodeError::Null { field: NO_NAME })?,
            Type::Struct(name) => {
                let fields = self.message.structure(name).map_or(&[][..], |s| &s.fields);
                Value::Object(self.structure(fields, c)?)
            }
        })
    }
}

/// Jackson writes what JSON has no number for as text.
fn float(value: f64) -> Value {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    value.into()
}

fn struct_present(field: &Field, c: &mut Cursor<'_>) -> Result<bool, DecodeError> {
    if field.tag.is_some() { c.tagged_struct_present() } else { c.struct_present() }
}
