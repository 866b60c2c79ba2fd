//! Emits `decode`: fields in order, then the tagged ones.

use crate::names;
use crate::types::{self, Context};
use schema::{Field, Type};
use std::fmt::Write;

pub fn function(out: &mut String, context: &Context, borrows: bool, fields: &[&Field], top: bool) {
    let mut body = String::new();
    if top {
        version_check(&mut body, context, "DecodeError");
    }
    if context.flexible() == "flexible" {
        let _ = writeln!(body, "let flexible = version >= {};", context.message.flexible_since.unwrap_or(0));
    }
    for field in fields.iter().filter(|f| f.tag.is_none()) {
        inline_field(&mut body, context, field);
    }
    let tagged: Vec<&&Field> = fields.iter().filter(|f| f.tag.is_some()).collect();
    for field in &tagged {
        let _ = writeln!(body, "let mut {} = {};", names::local(&field.name), types::default_expression(field));
    }
    if context.ever_flexible() {
        tagged_section(&mut body, context, &tagged);
    }
    let mut literal: Vec<String> = fields.iter().map(|f| initializer(&f.name)).collect();
    if context.ever_flexible() {
        literal.push("unknown_tagged_fields".into());
    }
    let _ = writeln!(body, "Ok(Self {{ {} }})", literal.join(", "));

    let (visibility, doc) = if top {
        ("pub", "/// Reads one from the front of `c`; the caller decides whether bytes may remain.\n")
    } else {
        ("pub(crate)", "")
    };
    let lifetime = if borrows { "<'a>" } else { "<'_>" };
    let (c, version) = (used("c", &body, "c."), used("version", &body, "version"));
    let c = if body.contains("(c,") { "c" } else { c };
    let _ = writeln!(
        out,
        "{doc}{visibility} fn decode({c}: &mut wire::Cursor{lifetime}, {version}: i16) -> Result<Self, wire::DecodeError> {{\n{body}}}"
    );
}

fn initializer(name: &str) -> String {
    let (field, local) = (names::field(name), names::local(name));
    if field == local { field } else { format!("{field}: {local}") }
}

/// Whether `body` names the variable `version` (and not a field of that name).
fn names_version(body: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    body.match_indices("version").any(|(at, word)| {
        let before = body[..at].chars().next_back();
        let after = body[at + word.len()..].chars().next();
        !before.is_some_and(|c| is_name(c) || c == '.') && !after.is_some_and(|c| is_name(c) || c == ':')
    })
}

/// The parameter's name, with an underscore where the body has no `needle`.
pub fn used(name: &'static str, body: &str, needle: &str) -> &'static str {
    let found = if name == "version" { names_version(body) } else { body.contains(needle) };
    match (found, name) {
        (true, _) => name,
        (false, "c") => "_c",
        (false, "w") => "_w",
        _ => "_version",
    }
}

pub fn version_check(body: &mut String, context: &Context, error: &str) {
    let versions = context.message.versions;
    let condition = if versions.min == versions.max {
        format!("version != {}", versions.min)
    } else {
        format!("!({}..={}).contains(&version)", versions.min, versions.max)
    };
    let _ = writeln!(
        body,
        "if {condition} {{ return Err(wire::{error}::UnsupportedVersion {{ message: \"{}\", version }}); }}",
        context.message.name
    );
}

fn inline_field(body: &mut String, context: &Context, field: &Field) {
    let name = names::local(&field.name);
    let read = value(context, field);
    let _ = match context.condition(field.versions) {
        None => writeln!(body, "let {name} = {read};"),
        Some(condition) => {
            let default = types::default_expression(field);
            writeln!(body, "let {name} = if {condition} {{ {read} }} else {{ {default} }};")
        }
    };
}

/// Reads the value of a field that is present.
fn value(context: &Context, field: &Field) -> String {
    if !field.is_nullable() {
        return present(context, field);
    }
    // Null is decided among the versions that have the field.
    let within = Context { message: context.message, range: field.versions.intersect(context.range) };
    match within.condition(field.nullable) {
        None => nullable(context, field),
        Some(condition) => {
            format!("if {condition} {{ {} }} else {{ Some({}) }}", nullable(context, field), present(context, field))
        }
    }
}

fn present(context: &Context, field: &Field) -> String {
    let (flexible, name) = (context.flexible_for(field), &field.name);
    match &field.ty {
        Type::String => format!("c.string({flexible}, \"{name}\")?"),
        Type::Bytes => format!("c.bytes({flexible}, \"{name}\")?"),
        Type::Records => format!("c.bytes({flexible}, \"{name}\")?.into()"),
        Type::Struct(ty) => format!("{ty}::decode(c, version)?"),
        Type::Array(element) => format!("c.array({})?", array_arguments(context, field, element)),
        ty => format!("c.{}()?", types::primitive(ty).expect("every other type is fixed").0),
    }
}

fn nullable(context: &Context, field: &Field) -> String {
    let (flexible, name) = (context.flexible_for(field), &field.name);
    match &field.ty {
        Type::String => format!("c.nullable_string({flexible}, \"{name}\")?"),
        Type::Bytes => format!("c.nullable_bytes({flexible}, \"{name}\")?"),
        Type::Records => format!("c.nullable_bytes({flexible}, \"{name}\")?.map(Into::into)"),
        Type::Struct(ty) => {
            let present = if field.tag.is_some() { "tagged_struct_present" } else { "struct_present" };
            format!("if c.{present}()? {{ Some({ty}::decode(c, version)?) }} else {{ None }}")
        }
        Type::Array(element) => format!("c.nullable_array({})?", array_arguments(context, field, element)),
        _ => panic!("{name}: a fixed-size field cannot be null"),
    }
}

fn array_arguments(context: &Context, field: &Field, element: &Type) -> String {
    let (flexible, name) = (context.flexible_for(field), &field.name);
    let read = match element {
        Type::String => format!("|c| c.string({flexible}, \"{name}\")"),
        Type::Bytes => format!("|c| c.bytes({flexible}, \"{name}\")"),
        Type::Struct(ty) => format!("|c| {ty}::decode(c, version)"),
        ty => format!("wire::Cursor::{}", types::primitive(ty).expect("arrays of arrays do not exist").0),
    };
    format!("{flexible}, {}, \"{name}\", {read}", context.smallest(field, element))
}

fn tagged_section(body: &mut String, context: &Context, tagged: &[&&Field]) {
    let flexible = context.flexible();
    if tagged.is_empty() {
        let _ = match flexible {
            "true" => writeln!(body, "let unknown_tagged_fields = c.only_unknown_tags()?;"),
            _ => writeln!(
                body,
                "let unknown_tagged_fields = if flexible {{ c.only_unknown_tags()? }} else {{ wire::UnknownTaggedFields::default() }};"
            ),
        };
        return;
    }
    body.push_str("let mut unknown_tagged_fields = wire::UnknownTaggedFields::default();\n");
    if flexible != "true" {
        body.push_str("if flexible {\n");
    }
    body.push_str(
        "for _ in 0..c.tag_count()? {\nlet (tag, size) = c.tag()?;\nlet before = c.remaining();\nmatch tag {\n",
    );
    for field in tagged {
        let (tag, name) = (field.tag.unwrap_or(0), names::local(&field.name));
        let read = value(context, field);
        let flexible_range = Context { message: context.message, range: flexible_versions(context) };
        let _ = match flexible_range.condition(field.versions) {
            None => writeln!(body, "{tag} => {name} = {read},"),
            Some(condition) => writeln!(
                body,
                "{tag} if {condition} => {name} = {read},\n{tag} => return Err(wire::DecodeError::Tag {{ tag, version }}),"
            ),
        };
    }
    body.push_str("_ => {\nc.unknown_tag(tag, size, &mut unknown_tagged_fields)?;\ncontinue;\n}\n}\nc.end_tag(tag, size, before)?;\n}\nunknown_tagged_fields.settle();\n");
    if flexible != "true" {
        body.push_str("}\n");
    }
}

pub fn flexible_versions(context: &Context) -> schema::Versions {
    let since = context.message.flexible_since.unwrap_or(i16::MAX);
    schema::Versions { min: since.max(context.range.min), max: context.range.max }
}
