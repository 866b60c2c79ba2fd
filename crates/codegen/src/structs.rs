//! One file a message: its structs with defaults, debug output, `into_owned`, and the impls of the traits.

use crate::tables::Api;
use crate::types::{self, Context};
use crate::{Definition, decode, encode, names};
use schema::{DefaultValue, Field, Kind, Message, Type};
use std::fmt::Write;

pub fn message_file(definition: &Definition, apis: &[Api]) -> String {
    let message = &definition.message;
    let mut body = String::new();
    let top = Context { message, range: message.versions };
    structure(&mut body, &top, &message.name, &message.fields, true);
    traits(&mut body, message, apis);
    for (name, range) in in_order(message) {
        let context = Context { message, range };
        structure(&mut body, &context, &name, &types::structure(message, &name).fields, false);
    }
    let mut text = format!(
        "//! `{}`{}, versions {} to {}.\n//! Generated from `schema/{}/{}.msg` by `cargo run -p codegen`; edits get lost.\n\n",
        message.name,
        message.key.map(|key| format!(" (key {key})")).unwrap_or_default(),
        message.versions.min,
        message.versions.max,
        definition.family,
        message.name
    );
    text.push_str("use crate::wire;\n");
    if body.contains("Uuid") {
        text.push_str("use base::Uuid;\n");
    }
    if body.contains("Cow") {
        text.push_str("use std::borrow::Cow;\n");
    }
    text + &body
}

/// The nested structs in the order of the definition, those that no version uses left out.
fn in_order(message: &Message) -> Vec<(String, schema::Versions)> {
    let ranges = types::struct_ranges(message);
    message.structs.iter().filter_map(|s| ranges.get(&s.name).map(|range| (s.name.clone(), *range))).collect()
}

fn structure(out: &mut String, context: &Context, name: &str, fields: &[Field], top: bool) {
    let fields: Vec<&Field> = fields.iter().filter(|f| !f.versions.intersect(context.range).is_empty()).collect();
    let message = context.message;
    let borrows = fields.iter().any(|f| types::borrows(message, &f.ty));
    let generics = if borrows { "<'a>" } else { "" };
    let secret = fields.iter().any(|f| f.secret);
    if !top {
        let _ = writeln!(out, "\n/// A part of [`{}`].", message.name);
    } else {
        let _ = writeln!(out, "\n/// {}", purpose(message));
    }
    let derives = if secret { "Clone, PartialEq" } else { "Debug, Clone, PartialEq" };
    let _ = writeln!(out, "#[derive({derives})]\npub struct {name}{generics} {{");
    for field in &fields {
        if let Some(note) = field_note(context, field) {
            let _ = writeln!(out, "/// {note}");
        }
        let _ = writeln!(out, "pub {}: {},", names::field(&field.name), types::field_type(message, field));
    }
    if context.ever_flexible() {
        out.push_str("pub unknown_tagged_fields: wire::UnknownTaggedFields,\n");
    }
    out.push_str("}\n\n");
    default_impl(out, context, name, borrows, &fields);
    if secret {
        debug_impl(out, context, name, borrows, &fields);
    }
    let impl_generics = if borrows { "impl<'a>" } else { "impl" };
    let _ = writeln!(out, "{impl_generics} {name}{generics} {{");
    decode::function(out, context, borrows, &fields, top);
    encode::function(out, context, &fields, top);
    if borrows {
        into_owned(out, context, name, &fields);
    }
    out.push_str("}\n");
}

fn purpose(message: &Message) -> String {
    let versions = match (message.versions.min, message.versions.max) {
        (min, max) if min == max => format!("Version {min}"),
        (min, max) => format!("Versions {min} to {max}"),
    };
    let flexible = message.flexible_since.map(|since| format!(", flexible since {since}")).unwrap_or_default();
    format!("{versions}{flexible}.")
}

fn field_note(context: &Context, field: &Field) -> Option<String> {
    let mut parts = Vec::new();
    let versions = field.versions.intersect(context.range);
    if versions != context.range {
        let message_max = context.message.versions.max;
        parts.push(match (versions.min, versions.max) {
            (min, max) if max == message_max => format!("versions {min}+"),
            (min, max) if min == max => format!("version {min}"),
            (min, max) => format!("versions {min} to {max}"),
        });
    }
    if let Some(tag) = field.tag {
        parts.push(format!("tag {tag}"));
    }
    match &field.default {
        DefaultValue::Int(value) => parts.push(format!("default {value}")),
        DefaultValue::Bool(value) => parts.push(format!("default {value}")),
        _ => {}
    }
    if field.is_nullable() && field.nullable.intersect(context.range) != versions {
        parts.push(format!("null since {}", field.nullable.min));
    }
    let text = parts.join("; ");
    let mut chars = text.chars();
    chars.next().map(|first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

fn default_impl(out: &mut String, context: &Context, name: &str, borrows: bool, fields: &[&Field]) {
    let generics = if borrows { "<'_>" } else { "" };
    let _ = writeln!(out, "impl Default for {name}{generics} {{\nfn default() -> Self {{\n{name} {{");
    for field in fields {
        let _ = writeln!(out, "{}: {},", names::field(&field.name), types::default_expression(field));
    }
    if context.ever_flexible() {
        out.push_str("unknown_tagged_fields: wire::UnknownTaggedFields::default(),\n");
    }
    out.push_str("}\n}\n}\n\n");
}

fn debug_impl(out: &mut String, context: &Context, name: &str, borrows: bool, fields: &[&Field]) {
    let generics = if borrows { "<'_>" } else { "" };
    let _ = writeln!(
        out,
        "impl std::fmt::Debug for {name}{generics} {{\nfn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\nf.debug_struct(\"{name}\")"
    );
    for field in fields {
        let rust = names::field(&field.name);
        let value = if field.secret { "wire::Redacted".into() } else { format!("self.{rust}") };
        let _ = writeln!(out, ".field(\"{}\", &{value})", rust.trim_start_matches("r#"));
    }
    if context.ever_flexible() {
        out.push_str(".field(\"unknown_tagged_fields\", &self.unknown_tagged_fields)\n");
    }
    out.push_str(".finish()\n}\n}\n\n");
}

fn into_owned(out: &mut String, context: &Context, name: &str, fields: &[&Field]) {
    let _ = writeln!(out, "\n/// The same without borrows.\npub fn into_owned(self) -> {name}<'static> {{\n{name} {{");
    for field in fields {
        let place = format!("self.{}", names::field(&field.name));
        let owned = match types::borrows(context.message, &field.ty) {
            false => place,
            true if field.is_nullable() => {
                format!("{place}.map(|v| {})", owned_expression(&field.ty, "v"))
            }
            true => owned_expression(&field.ty, &place),
        };
        let _ = writeln!(out, "{}: {owned},", names::field(&field.name));
    }
    if context.ever_flexible() {
        out.push_str("unknown_tagged_fields: self.unknown_tagged_fields,\n");
    }
    out.push_str("}\n}\n");
}

fn owned_expression(ty: &Type, place: &str) -> String {
    match ty {
        Type::String | Type::Bytes => format!("Cow::Owned({place}.into_owned())"),
        Type::Array(element) => {
            format!("{place}.into_iter().map(|v| {}).collect()", owned_expression(element, "v"))
        }
        _ => format!("{place}.into_owned()"),
    }
}

fn traits(out: &mut String, message: &Message, apis: &[Api]) {
    let name = &message.name;
    let borrows = types::any_borrows(message, &message.fields);
    let (any, lifetime, fixed) = if borrows { ("<'_>", "<'a>", "<'static>") } else { ("", "", "") };
    let since = message.flexible_since.map_or("None".into(), |since| format!("Some({since})"));
    let owned = if borrows { format!("{name}::into_owned(self)") } else { "self".into() };
    let _ = writeln!(
        out,
        "\nimpl crate::Message for {name}{any} {{
            const NAME: &'static str = \"{name}\";
            const MIN_VERSION: i16 = {};
            const MAX_VERSION: i16 = {};
            const FLEXIBLE_SINCE: Option<i16> = {since};
            type Owned = {name}{fixed};
            fn encode(&self, w: &mut wire::Writer, version: i16) -> Result<(), wire::EncodeError> {{
                {name}::encode(self, w, version)
            }}
            fn into_owned(self) -> Self::Owned {{ {owned} }}
        }}

        impl<'a> crate::Decode<'a> for {name}{lifetime} {{
            fn decode(c: &mut wire::Cursor<'a>, version: i16) -> Result<Self, wire::DecodeError> {{
                {name}::decode(c, version)
            }}
        }}",
        message.versions.min, message.versions.max
    );
    if message.kind == Kind::Request {
        request_trait(out, message, any, apis);
    }
}

fn request_trait(out: &mut String, message: &Message, any: &str, apis: &[Api]) {
    let api = apis.iter().find(|api| Some(api.key) == message.key).expect("every request has a row in apis.tsv");
    let (generics, owned) = if api.response_borrows { ("<'r>", "<'static>") } else { ("", "") };
    let _ = writeln!(
        out,
        "\nimpl crate::Request for {}{any} {{
            const API_KEY: crate::ApiKey = crate::ApiKey::{};
            type Response<'r> = crate::{}Response{generics};
            type OwnedResponse = crate::{}Response{owned};
        }}",
        message.name, api.name, api.name, api.name
    );
}
