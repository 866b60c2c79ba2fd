//! Types of values, and reading and writing them as Kafka's ConfigDef does.

use std::fmt;

/// Kafka's types; the numbers are those of DescribeConfigs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i8)]
pub enum Type {
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}

impl Type {
    /// Reads the name in a row; `None` for anything else.
    pub fn from_name(name: &str) -> Option<Type> {
        Some(match name {
            "boolean" => Type::Boolean,
            "string" => Type::String,
            "int" => Type::Int,
            "short" => Type::Short,
            "long" => Type::Long,
            "double" => Type::Double,
            "list" => Type::List,
            "class" => Type::Class,
            "password" => Type::Password,
            _ => return None,
        })
    }

    /// The name as Kafka's messages write it (`LONG`).
    pub fn name(self) -> &'static str {
        match self {
            Type::Boolean => "BOOLEAN",
            Type::String => "STRING",
            Type::Int => "INT",
            Type::Short => "SHORT",
            Type::Long => "LONG",
            Type::Double => "DOUBLE",
            Type::List => "LIST",
            Type::Class => "CLASS",
            Type::Password => "PASSWORD",
        }
    }

    /// What a value of this type looks like, for people.
    pub fn described(self) -> &'static str {
        match self {
            Type::Boolean => "true or false",
            Type::String => "text",
            Type::Int => "a whole number (32 bits)",
            Type::Short => "a whole number (16 bits)",
            Type::Long => "a whole number (64 bits)",
            Type::Double => "a number",
            Type::List => "a list separated by commas",
            Type::Class => "the name of a class",
            Type::Password => "a secret",
        }
    }
}

/// A value that no log, message or answer may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Secret {
        Secret(value.into())
    }

    /// The secret itself; whoever calls this answers for where it goes.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// A value of one of the types, or none.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    Int(i32),
    Short(i16),
    Long(i64),
    Double(f64),
    List(Vec<String>),
    String(String),
    Class(String),
    Password(Secret),
}

impl fmt::Display for Value {
    /// As Kafka's `convertToString`: a list with commas and no blanks, a double as Java writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Boolean(v) => write!(f, "{v}"),
            Value::Int(v) => write!(f, "{v}"),
            Value::Short(v) => write!(f, "{v}"),
            Value::Long(v) => write!(f, "{v}"),
            Value::Double(v) => f.write_str(&java_double(*v)),
            Value::List(v) => f.write_str(&v.join(",")),
            Value::String(v) | Value::Class(v) => f.write_str(v),
            Value::Password(v) => write!(f, "{v}"),
        }
    }
}

impl Value {
    /// Reads `text` as `kind`; the error is the reason behind Kafka's `Invalid value X for configuration Y: `.
    pub fn parse(kind: Type, text: &str) -> Result<Value, String> {
        let trimmed = java_trim(text);
        let not_a_number = || format!("Not a number of type {}", kind.name());
        Ok(match kind {
            Type::Boolean if trimmed.eq_ignore_ascii_case("true") => Value::Boolean(true),
            Type::Boolean if trimmed.eq_ignore_ascii_case("false") => Value::Boolean(false),
            Type::Boolean => return Err("Expected value to be either true or false".into()),
            Type::Int => Value::Int(trimmed.parse().map_err(|_| not_a_number())?),
            Type::Short => Value::Short(trimmed.parse().map_err(|_| not_a_number())?),
            Type::Long => Value::Long(trimmed.parse().map_err(|_| not_a_number())?),
            Type::Double => Value::Double(parse_java_double(trimmed).ok_or_else(not_a_number)?),
            Type::List => Value::List(split_list(trimmed)),
            Type::String => Value::String(trimmed.into()),
            Type::Class if is_class_name(trimmed) => Value::Class(trimmed.into()),
            Type::Class => return Err(format!("Class {text} could not be found.")),
            Type::Password => Value::Password(Secret::new(trimmed)),
        })
    }

    /// The number, for the types that have one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(v) => Some(*v as f64),
            Value::Short(v) => Some(*v as f64),
            Value::Long(v) => Some(*v as f64),
            Value::Double(v) => Some(*v),
            _ => None,
        }
    }

    /// The whole number, for the types that have one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(v) => Some((*v).into()),
            Value::Short(v) => Some((*v).into()),
            Value::Long(v) => Some(*v),
            _ => None,
        }
    }
}

/// Java's `String.trim`: everything up to the blank goes, on both sides.
pub(crate) fn java_trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

/// Splits at commas with the white space around them; an empty text is an empty list.
pub(crate) fn split_list(trimmed: &str) -> Vec<String> {
    if trimmed.is_empty() {
        return Vec::new();
    }
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    trimmed.split(',').map(|part| part.trim_matches(space).to_string()).collect()
}

/// Kafka's ConfigDef drops repetitions in a list and says so in its log.
pub(crate) fn without_repetitions(list: &mut Vec<String>) -> bool {
    let before = list.len();
    let mut kept: Vec<String> = Vec::with_capacity(before);
    for item in list.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *list = kept;
    list.len() != before
}

fn is_class_name(text: &str) -> bool {
    let part = |p: &str| {
        p.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
            && p.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    };
    text.split('.').all(part)
}

fn parse_java_double(text: &str) -> Option<f64> {
    let (sign, bare) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    match bare {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let digits = bare.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(bare);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if !plain || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    digits.parse::<f64>().ok().map(|v| sign * v)
}

/// A double as Java's `Double.toString` writes it: `0.5`, `1.0E20`, `2.147483647E9`.
pub(crate) fn java_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Infinity".into() } else { "Infinity".into() };
    }
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        let text = format!("{value}");
        return if text.contains('.') { text } else { text + ".0" };
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (value, text) in [
            (0.5, "0.5"),
            (1.0, "1.0"),
            (0.0, "0.0"),
            (1e20, "1.0E20"),
            (2147483647.0, "2.147483647E9"),
            (f64::MAX, "1.7976931348623157E308"),
            (0.0001, "1.0E-4"),
            (-1234.5, "-1234.5"),
        ] {
            assert_eq!(java_double(value), text);
        }
    }

    #[test]
    fn secrets_are_never_shown() {
        let value = Value::parse(Type::Password, "hush").unwrap();
        assert_eq!(format!("{value} {value:?}"), "[hidden] Password([hidden])");
    }
}
