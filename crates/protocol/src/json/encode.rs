//! JSON to bytes.

use super::{JsonError, base64, default_value};
use crate::wire::Writer;
use schema::{Field, Message, Type};
use serde_json::Value;

const NO_NAME: &str = "JSON value";

pub(super) struct Converter<'m> {
    pub message: &'m Message,
    pub version: i16,
    pub flexible: bool,
}

type Result<T> = std::result::Result<T, JsonError>;

fn wrong<T>(name: &str, expected: &'static str) -> Result<T> {
    Err(JsonError::Type { field: name.into(), expected })
}

impl Converter<'_> {
    pub fn structure(&self, fields: &[Field], value: &Value, name: &str, w: &mut Writer) -> Result<()> {
        let Value::Object(object) = value else { return wrong(name, "an object") };
        for field in fields {
            let given = object.get(&field.name);
            if !field.versions.contains(self.version) {
                self.check_absent(field, given)?;
            } else if field.tag.is_none() {
                let missing = || JsonError::Missing { field: field.name.clone(), version: self.version };
                self.value(field, given.ok_or_else(missing)?, w)?;
            }
        }
        if self.flexible {
            self.tagged(fields, object, w)?;
        }
        Ok(())
    }

    fn check_absent(&self, field: &Field, given: Option<&Value>) -> Result<()> {
        match given {
            Some(value) if !field.ignorable && *value != default_value(self.message, self.version, field) => {
                Err(JsonError::UnsupportedField { field: field.name.clone(), version: self.version })
            }
            _ => Ok(()),
        }
    }

    fn tagged(&self, fields: &[Field], object: &serde_json::Map<String, Value>, w: &mut Writer) -> Result<()> {
        let mut given: Vec<(u32, &Field, &Value)> = fields
            .iter()
            .filter(|field| field.versions.contains(self.version))
            .filter_map(|field| Some((field.tag?, field, object.get(&field.name)?)))
            .filter(|(_, field, value)| **value != default_value(self.message, self.version, field))
            .collect();
        given.sort_by_key(|(tag, ..)| *tag);
        w.uvarint(given.len() as u32);
        for (tag, field, value) in given {
            let start = w.begin_tag(tag);
            self.value(field, value, w)?;
            w.end_tag(start);
        }
        Ok(())
    }

    fn value(&self, field: &Field, value: &Value, w: &mut Writer) -> Result<()> {
        let flexible = self.flexible && !field.inflexible;
        let nullable = field.nullable.contains(self.version);
        let is_struct = matches!(field.ty, Type::Struct(_));
        if !value.is_null() {
            if nullable && is_struct {
                w.i8(1);
            }
            return self.plain(&field.ty, flexible, value, &field.name, w);
        }
        if !nullable {
            return wrong(&field.name, "something other than null");
        }
        match field.ty {
            Type::Struct(_) => w.null_struct(field.tag.is_some()),
            Type::String => w.null_string(flexible),
            _ => w.null_length(flexible),
        }
        Ok(())
    }

    fn plain(&self, ty: &Type, flexible: bool, value: &Value, name: &str, w: &mut Writer) -> Result<()> {
        match ty {
            Type::Bool => match value.as_bool() {
                Some(value) => w.bool(value),
                None => return wrong(name, "true or false"),
            },
            Type::Int8 => w.i8(integer(value, name)?),
            Type::Int16 => w.i16(integer(value, name)?),
            Type::Int32 => w.i32(integer(value, name)?),
            Type::Int64 => w.i64(integer(value, name)?),
            Type::Uint16 => w.u16(integer(value, name)?),
            Type::Uint32 => w.u32(integer(value, name)?),
            Type::Float64 => w.f64(float(value, name)?),
            Type::Uuid => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(uuid) => w.uuid(uuid),
                None => return wrong(name, "a uuid of 22 characters"),
            },
            Type::String => match value.as_str() {
                Some(text) => w.string(text, flexible, NO_NAME)?,
                None => return wrong(name, "a string"),
            },
            Type::Bytes | Type::Records => match value.as_str().and_then(base64::decode) {
                Some(bytes) => w.bytes(&bytes, flexible, NO_NAME)?,
                None => return wrong(name, "base64"),
            },
            Type::Array(element) => {
                let Value::Array(elements) = value else { return wrong(name, "an array") };
                w.length(elements.len(), flexible, NO_NAME)?;
                for value in elements {
                    self.plain(element, flexible, value, name, w)?;
                }
            }
            Type::Struct(structure) => {
                let fields = self.message.structure(structure).map_or(&[][..], |s| &s.fields);
                self.structure(fields, value, name, w)?;
            }
        }
        Ok(())
    }
}

/// A number, or a string that holds one.
fn integer<T: TryFrom<i64>>(value: &Value, name: &str) -> Result<T> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number.and_then(|number| T::try_from(number).ok()) {
        Some(number) => Ok(number),
        None => wrong(name, "an integer in the range of its type"),
    }
}

fn float(value: &Value, name: &str) -> Result<f64> {
    match value.as_f64().or_else(|| value.as_str()?.parse().ok()) {
        Some(number) => Ok(number),
        None => wrong(name, "a number"),
    }
}
