//! Text to model. A mistake names the line.

use crate::{DefaultValue, Field, Kind, Message, Struct, Type, Versions};
use std::fmt;

/// The text is no message definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for ParseError {}

struct Line<'a> {
    number: usize,
    indent: usize,
    words: Vec<&'a str>,
}

struct Parser<'a> {
    lines: Vec<Line<'a>>,
    next: usize,
    message_versions: Versions,
    structs: Vec<Struct>,
}

/// Parses one definition and checks that every struct it names exists once.
pub fn parse(text: &str) -> Result<Message, ParseError> {
    let lines: Vec<Line> = text.lines().enumerate().filter_map(|(i, raw)| line(i + 1, raw)).collect();
    let Some(head) = lines.first() else { return fail(1, "no definition") };
    let mut message = header(head)?;
    let mut parser = Parser { lines, next: 1, message_versions: message.versions, structs: Vec::new() };
    message.fields = parser.fields(2)?;
    while parser.next < parser.lines.len() {
        parser.shared_struct()?;
    }
    message.structs = parser.structs;
    check_references(&message)?;
    Ok(message)
}

fn line(number: usize, raw: &str) -> Option<Line<'_>> {
    let trimmed = raw.trim();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return None;
    }
    let indent = raw.len() - raw.trim_start().len();
    Some(Line { number, indent, words: trimmed.split_whitespace().collect() })
}

fn fail<T>(line: usize, problem: impl Into<String>) -> Result<T, ParseError> {
    Err(ParseError { line, problem: problem.into() })
}

fn header(line: &Line) -> Result<Message, ParseError> {
    let [kind, name, attributes @ ..] = line.words.as_slice() else {
        return fail(line.number, "expected: kind name attributes");
    };
    let kind = match *kind {
        "request" => Kind::Request,
        "response" => Kind::Response,
        "header" => Kind::Header,
        "data" => Kind::Data,
        "metadata" => Kind::Metadata,
        "coordinator-key" => Kind::CoordinatorKey,
        "coordinator-value" => Kind::CoordinatorValue,
        other => return fail(line.number, format!("unknown kind of message: {other}")),
    };
    let mut message = Message {
        name: name.to_string(),
        kind,
        key: None,
        versions: Versions::NONE,
        flexible_since: None,
        unstable_latest: false,
        fields: Vec::new(),
        structs: Vec::new(),
    };
    for attribute in attributes {
        match attribute.split_once('=').unwrap_or((attribute, "")) {
            ("key", value) => message.key = Some(number(line.number, value)?),
            ("versions", value) => message.versions = versions(line.number, value, i16::MAX)?,
            ("flexible", value) => message.flexible_since = Some(versions(line.number, value, i16::MAX)?.min),
            ("unstable-latest", "") => message.unstable_latest = true,
            _ => return fail(line.number, format!("unknown attribute: {attribute}")),
        }
    }
    if message.versions.is_empty() {
        return fail(line.number, "a message needs versions");
    }
    Ok(message)
}

fn number<T: std::str::FromStr>(line: usize, text: &str) -> Result<T, ParseError> {
    text.parse().or_else(|_| fail(line, format!("not a number in range: {text}")))
}

/// `3`, `3-5` or `3+`; an open range ends at `last`.
fn versions(line: usize, text: &str, last: i16) -> Result<Versions, ParseError> {
    if let Some(min) = text.strip_suffix('+') {
        return Ok(Versions { min: number(line, min)?, max: last });
    }
    let (min, max) = text.split_once('-').unwrap_or((text, text));
    Ok(Versions { min: number(line, min)?, max: number(line, max)? })
}

impl Parser<'_> {
    /// The fields that are indented by `indent`, and the structs nested below them.
    fn fields(&mut self, indent: usize) -> Result<Vec<Field>, ParseError> {
        let mut fields = Vec::new();
        while let Some(line) = self.lines.get(self.next).filter(|line| line.indent >= indent) {
            if line.indent != indent {
                return fail(line.number, format!("expected an indent of {indent}: {}", line.indent));
            }
            let field = self.field(line)?;
            self.next += 1;
            if self.lines.get(self.next).is_some_and(|line| line.indent > indent) {
                self.nested_struct(&field, indent + 2)?;
            }
            fields.push(field);
        }
        Ok(fields)
    }

    fn nested_struct(&mut self, field: &Field, indent: usize) -> Result<(), ParseError> {
        let line = self.lines[self.next].number;
        let Some(name) = struct_name(&field.ty) else {
            return fail(line, format!("`{}` is no struct and cannot have fields", field.name));
        };
        let place = self.structs.len();
        self.add_struct(line, name.to_string())?;
        self.structs[place].fields = self.fields(indent)?;
        Ok(())
    }

    fn shared_struct(&mut self) -> Result<(), ParseError> {
        let line = &self.lines[self.next];
        let (0, ["struct", name]) = (line.indent, line.words.as_slice()) else {
            return fail(line.number, "expected: struct NAME");
        };
        let (number, name, place) = (line.number, name.to_string(), self.structs.len());
        self.next += 1;
        self.add_struct(number, name)?;
        self.structs[place].fields = self.fields(2)?;
        Ok(())
    }

    fn add_struct(&mut self, line: usize, name: String) -> Result<(), ParseError> {
        if self.structs.iter().any(|s| s.name == name) {
            return fail(line, format!("struct defined twice: {name}"));
        }
        self.structs.push(Struct { name, fields: Vec::new() });
        Ok(())
    }

    fn field(&self, line: &Line) -> Result<Field, ParseError> {
        let [name, ty, attributes @ ..] = line.words.as_slice() else {
            return fail(line.number, "expected: name type attributes");
        };
        let mut field = Field {
            name: name.to_string(),
            ty: parse_type(ty),
            versions: self.message_versions,
            nullable: Versions::NONE,
            tag: None,
            default: DefaultValue::Zero,
            ignorable: false,
            entity: None,
            map_key: false,
            inflexible: false,
            secret: false,
        };
        for attribute in attributes {
            self.attribute(line.number, attribute, &mut field)?;
        }
        Ok(field)
    }

    fn attribute(&self, line: usize, attribute: &str, field: &mut Field) -> Result<(), ParseError> {
        let last = self.message_versions.max;
        match attribute.split_once('=').unwrap_or((attribute, "")) {
            ("null", "") => field.nullable = field.versions,
            ("null", range) => field.nullable = versions(line, range, last)?,
            ("tag", tag) => field.tag = Some(number(line, tag)?),
            ("default", value) => field.default = default_value(line, value)?,
            ("entity", kind) => field.entity = Some(kind.to_string()),
            ("ignorable", "") => field.ignorable = true,
            ("mapkey", "") => field.map_key = true,
            ("inflexible", "") => field.inflexible = true,
            ("secret", "") => field.secret = true,
            (range, "") if range.starts_with(|c: char| c.is_ascii_digit()) => {
                field.versions = versions(line, range, last)?;
            }
            _ => return fail(line, format!("unknown attribute: {attribute}")),
        }
        Ok(())
    }
}

fn parse_type(text: &str) -> Type {
    match text {
        "bool" => Type::Bool,
        "int8" => Type::Int8,
        "int16" => Type::Int16,
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "uint16" => Type::Uint16,
        "uint32" => Type::Uint32,
        "float64" => Type::Float64,
        "uuid" => Type::Uuid,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "records" => Type::Records,
        _ => match text.strip_prefix("[]") {
            Some(element) => Type::Array(Box::new(parse_type(element))),
            None => Type::Struct(text.to_string()),
        },
    }
}

fn default_value(line: usize, text: &str) -> Result<DefaultValue, ParseError> {
    Ok(match text {
        "null" => DefaultValue::Null,
        "true" => DefaultValue::Bool(true),
        "false" => DefaultValue::Bool(false),
        _ => DefaultValue::Int(number(line, text)?),
    })
}

fn struct_name(ty: &Type) -> Option<&str> {
    match ty {
        Type::Struct(name) => Some(name),
        Type::Array(element) => struct_name(element),
        _ => None,
    }
}

fn check_references(message: &Message) -> Result<(), ParseError> {
    let nested = message.structs.iter().flat_map(|s| &s.fields);
    for field in message.fields.iter().chain(nested) {
        if let Some(name) = struct_name(&field.ty)
            && message.structure(name).is_none()
        {
            return fail(0, format!("`{}` has an unknown type: {name}", field.name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "request ExampleRequest key=7 versions=1-4 flexible=3+
  name string null=2+ default=null
  # a comment
  parts []Part 2+ ignorable
    index int32 default=-1 mapkey
    shared Shared 3+
  flag bool 4+ tag=1 default=true
struct Shared
  hmac bytes secret
";

    #[test]
    fn a_definition_becomes_a_model() {
        let message = parse(EXAMPLE).unwrap();
        assert_eq!((message.key, message.flexible_since), (Some(7), Some(3)));
        assert_eq!(message.fields[0].nullable, Versions { min: 2, max: 4 });
        assert_eq!(message.fields[2].tag, Some(1));
        assert_eq!(message.fields[2].default, DefaultValue::Bool(true));
        let names: Vec<_> = message.structs.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Part", "Shared"]);
        assert_eq!(message.structs[0].fields[0].versions, Versions { min: 1, max: 4 });
        assert!(message.structs[1].fields[0].secret);
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, line) in [
            ("", 1),
            ("request X versions=0\n  a int32 frobnicate", 2),
            ("request X versions=0\n   a int32", 2),
            ("request X versions=0\n  a int32\n    b int32", 3),
            ("request X versions=0\n  a Unknown", 0),
            ("request X versions=0\n  a int32 default=x", 2),
            ("request X versions=0\nstruct A\n  a int8\nstruct A\n  a int8", 4),
            ("request X versions=none", 1),
        ] {
            assert_eq!(parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
