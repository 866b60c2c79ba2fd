//! Emits `encode`: checks what the version cannot carry, writes fields in order, then the tagged ones by tag.

use crate::decode::{flexible_versions, used, version_check};
use crate::names;
use crate::types::{self, Context};
use schema::{Field, Type};
use std::fmt::Write;

pub fn function(out: &mut String, context: &Context, fields: &[&Field], top: bool) {
    let mut body = String::new();
    if top {
        version_check(&mut body, context, "EncodeError");
    }
    for field in fields {
        if field.tag.is_none() {
            inline_field(&mut body, context, field);
        } else if !field.ignorable
            && let Some(condition) = context.condition(field.versions)
        {
            let _ = writeln!(
                body,
                "if !({condition}) && {} {{ {} }}",
                types::differs_from_default(field),
                unsupported(&field.name)
            );
        }
    }
    let mut tagged: Vec<&&Field> = fields.iter().filter(|f| f.tag.is_some()).collect();
    tagged.sort_by_key(|field| field.tag);
    if context.ever_flexible() {
        tagged_section(&mut body, context, &tagged);
    }
    if body.contains("flexible,") || body.contains("flexible)") || body.contains("if flexible ") {
        let since = context.message.flexible_since.unwrap_or(0);
        body = format!("let flexible = version >= {since};\n{body}");
    }
    let (visibility, doc) =
        if top { ("pub", "/// Appends it; an error leaves what was written so far.\n") } else { ("pub(crate)", "") };
    let w = if body.contains("(w,") { "w" } else { used("w", &body, "w.") };
    let version = used("version", &body, "version");
    let receiver = "&self";
    let _ = writeln!(
        out,
        "\n{doc}{visibility} fn encode({receiver}, {w}: &mut wire::Writer, {version}: i16) -> Result<(), wire::EncodeError> {{\n{body}Ok(())\n}}"
    );
}

fn unsupported(name: &str) -> String {
    format!("return Err(wire::EncodeError::UnsupportedField {{ field: \"{name}\", version }});")
}

fn inline_field(body: &mut String, context: &Context, field: &Field) {
    let write = value(context, field);
    let Some(condition) = context.condition(field.versions) else {
        body.push_str(&write);
        return;
    };
    let _ = write!(body, "if {condition} {{\n{write}}}");
    if !field.ignorable {
        let differs = types::differs_from_default(field);
        let _ = write!(body, " else if {differs} {{ {} }}", unsupported(&field.name));
    }
    body.push('\n');
}

/// Statements that write the value of a field that is present.
fn value(context: &Context, field: &Field) -> String {
    let place = format!("self.{}", names::field(&field.name));
    if !field.is_nullable() {
        return present(context, field, &field.ty, &place, false);
    }
    let marker = if matches!(field.ty, Type::Struct(_)) { "w.i8(1);\n" } else { "" };
    let null = match field.ty {
        Type::Struct(_) => format!("w.null_struct({})", field.tag.is_some()),
        Type::String => format!("w.null_string({})", context.flexible_for(field)),
        _ => format!("w.null_length({})", context.flexible_for(field)),
    };
    let within = Context { message: context.message, range: field.versions.intersect(context.range) };
    let none = match within.condition(field.nullable) {
        None => format!("None => {null},"),
        Some(condition) => format!(
            "None if {condition} => {null},\nNone => return Err(wire::EncodeError::Null {{ field: \"{}\" }}),",
            field.name
        ),
    };
    let some = present(context, field, &field.ty, "v", true);
    format!("match &{place} {{\nSome(v) => {{\n{marker}{some}}}\n{none}\n}}\n")
}

/// `place` is the value itself, or a reference to it if `reference`.
fn present(context: &Context, field: &Field, ty: &Type, place: &str, reference: bool) -> String {
    let (flexible, name) = (context.flexible_for(field), &field.name);
    let borrowed = if reference { place.to_string() } else { format!("&{place}") };
    match ty {
        Type::String => format!("w.string({borrowed}, {flexible}, \"{name}\")?;\n"),
        Type::Bytes => format!("w.bytes({borrowed}, {flexible}, \"{name}\")?;\n"),
        Type::Records => format!("w.records({borrowed}, {flexible}, \"{name}\")?;\n"),
        Type::Struct(_) => format!("{place}.encode(w, version)?;\n"),
        Type::Array(element) => format!(
            "w.length({place}.len(), {flexible}, \"{name}\")?;\nfor v in {borrowed} {{\n{}}}\n",
            present(context, field, element, "v", true)
        ),
        ty => {
            let method = types::primitive(ty).expect("every other type is fixed").0;
            format!("w.{method}({}{place});\n", if reference { "*" } else { "" })
        }
    }
}

fn tagged_section(body: &mut String, context: &Context, tagged: &[&&Field]) {
    let flexible = context.flexible();
    if flexible != "true" {
        body.push_str("if flexible {\n");
    }
    if tagged.is_empty() {
        body.push_str("w.only_unknown_tags(&self.unknown_tagged_fields);\n");
    } else {
        tagged_fields(body, context, tagged);
    }
    if flexible != "true" {
        let _ = writeln!(
            body,
            "}} else if !self.unknown_tagged_fields.is_empty() {{ {} }}",
            unsupported("unknownTaggedFields")
        );
    }
}

fn tagged_fields(body: &mut String, context: &Context, tagged: &[&&Field]) {
    let within = Context { message: context.message, range: flexible_versions(context) };
    let conditions: Vec<String> = tagged
        .iter()
        .map(|field| match within.condition(field.versions) {
            None => types::differs_from_default(field),
            Some(condition) => format!("{condition} && {}", types::differs_from_default(field)),
        })
        .collect();
    body.push_str("let unknown = &self.unknown_tagged_fields;\nlet mut tags = unknown.as_slice().len();\n");
    let known: Vec<String> = tagged.iter().map(|f| f.tag.unwrap_or(0).to_string()).collect();
    let _ = writeln!(body, "if tags != 0 {{ wire::Writer::check_unknown_tags(unknown, &[{}])?; }}", known.join(", "));
    for condition in &conditions {
        let _ = writeln!(body, "if {condition} {{ tags += 1; }}");
    }
    body.push_str("w.uvarint(tags as u32);\n");
    let mut next = "0";
    for (field, condition) in tagged.iter().zip(&conditions) {
        let tag = field.tag.unwrap_or(0);
        if tag > 0 {
            let _ = writeln!(body, "let next = w.unknown_tags(unknown, {next}, {tag});");
            next = "next";
        }
        let _ = writeln!(
            body,
            "if {condition} {{\nlet start = w.begin_tag({tag});\n{}w.end_tag(start);\n}}",
            value(context, field)
        );
    }
    let _ = writeln!(body, "w.unknown_tags(unknown, {next}, u64::MAX);");
}
