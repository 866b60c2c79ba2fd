//! What the emitters ask about types and versions: Rust types, lifetimes, defaults, version conditions, smallest sizes.

use crate::names;
use schema::{DefaultValue, Field, Message, Struct, Type, Versions};
use std::collections::BTreeMap;

/// A struct of a message with the versions in which it can appear.
pub struct Context<'m> {
    pub message: &'m Message,
    pub range: Versions,
}

/// Versions in which each nested struct of a message can appear.
pub fn struct_ranges(message: &Message) -> BTreeMap<String, Versions> {
    let mut ranges = BTreeMap::new();
    visit(message, &message.fields, message.versions, &mut ranges);
    ranges
}

fn visit(message: &Message, fields: &[Field], within: Versions, ranges: &mut BTreeMap<String, Versions>) {
    for field in fields {
        let Some(name) = struct_name(&field.ty) else { continue };
        let range = field.versions.intersect(within);
        if range.is_empty() {
            continue;
        }
        let known = ranges.entry(name.to_string()).or_insert(Versions::NONE);
        *known = known.hull(range);
        visit(message, &structure(message, name).fields, range, ranges);
    }
}

pub fn structure<'m>(message: &'m Message, name: &str) -> &'m Struct {
    message.structure(name).expect("the parser checked references")
}

pub fn struct_name(ty: &Type) -> Option<&str> {
    match ty {
        Type::Struct(name) => Some(name),
        Type::Array(element) => struct_name(element),
        _ => None,
    }
}

pub fn borrows(message: &Message, ty: &Type) -> bool {
    match ty {
        Type::String | Type::Bytes | Type::Records => true,
        Type::Array(element) => borrows(message, element),
        Type::Struct(name) => any_borrows(message, &structure(message, name).fields),
        _ => false,
    }
}

pub fn any_borrows(message: &Message, fields: &[Field]) -> bool {
    fields.iter().any(|field| borrows(message, &field.ty))
}

/// Method of the cursor and the writer for a fixed-size type.
pub fn primitive(ty: &Type) -> Option<(&'static str, usize)> {
    Some(match ty {
        Type::Bool => ("bool", 1),
        Type::Int8 => ("i8", 1),
        Type::Int16 => ("i16", 2),
        Type::Int32 => ("i32", 4),
        Type::Int64 => ("i64", 8),
        Type::Uint16 => ("u16", 2),
        Type::Uint32 => ("u32", 4),
        Type::Float64 => ("f64", 8),
        Type::Uuid => ("uuid", 16),
        _ => return None,
    })
}

pub fn rust_type(message: &Message, ty: &Type) -> String {
    match ty {
        Type::Uuid => "Uuid".into(),
        Type::String => "Cow<'a, str>".into(),
        Type::Bytes => "Cow<'a, [u8]>".into(),
        Type::Records => "wire::RecordsField<'a>".into(),
        Type::Array(element) => format!("Vec<{}>", rust_type(message, element)),
        Type::Struct(name) if borrows(message, ty) => format!("{name}<'a>"),
        Type::Struct(name) => name.clone(),
        _ => primitive(ty).expect("every other type is fixed").0.into(),
    }
}

pub fn field_type(message: &Message, field: &Field) -> String {
    let inner = rust_type(message, &field.ty);
    if field.is_nullable() { format!("Option<{inner}>") } else { inner }
}

/// The default of a field as an expression. Kafka's nullable fields default to "empty" unless they say null; only
/// records default to null.
pub fn default_expression(field: &Field) -> String {
    if field.default == DefaultValue::Null || (field.is_nullable() && field.ty == Type::Records) {
        return "None".into();
    }
    let inner = match (&field.default, &field.ty) {
        (DefaultValue::Int(value), Type::Int64) if *value == i64::MAX => "i64::MAX".into(),
        (DefaultValue::Int(value), Type::Int32) if *value == i64::from(i32::MAX) => "i32::MAX".into(),
        (DefaultValue::Int(value), Type::Int32) if *value == i64::from(i32::MIN) => "i32::MIN".into(),
        (DefaultValue::Int(value), _) => value.to_string(),
        (DefaultValue::Bool(value), _) => value.to_string(),
        (_, Type::Bool) => "false".into(),
        (_, Type::Float64) => "0.0".into(),
        (_, Type::Uuid) => "Uuid::ZERO".into(),
        (_, Type::String) => "Cow::Borrowed(\"\")".into(),
        (_, Type::Bytes) => "Cow::Borrowed(&[])".into(),
        (_, Type::Records) => "wire::RecordsField::default()".into(),
        (_, Type::Array(_)) => "Vec::new()".into(),
        (_, Type::Struct(name)) => format!("{name}::default()"),
        _ => "0".into(),
    };
    if field.is_nullable() { format!("Some({inner})") } else { inner }
}

/// Whether `self.field` differs from its default, as an expression.
pub fn differs_from_default(field: &Field) -> String {
    let place = format!("self.{}", names::field(&field.name));
    if default_expression(field) == "None" {
        return format!("{place}.is_some()");
    }
    match (&field.ty, field.is_nullable()) {
        (Type::Bool, false) if field.default == DefaultValue::Bool(true) => format!("!{place}"),
        (Type::Bool, false) => place,
        (Type::String | Type::Bytes | Type::Records | Type::Array(_), false) => format!("!{place}.is_empty()"),
        (Type::String | Type::Bytes | Type::Records | Type::Array(_), true) => {
            format!("{place}.as_ref().is_none_or(|v| !v.is_empty())")
        }
        _ => format!("{place} != {}", default_expression(field)),
    }
}

impl Context<'_> {
    /// The condition that `version` is in `versions`; `None` where that always holds.
    pub fn condition(&self, versions: Versions) -> Option<String> {
        let versions = versions.intersect(self.range);
        match (versions.min <= self.range.min, versions.max >= self.range.max) {
            _ if versions.is_empty() => Some("false".into()),
            (true, true) => None,
            (false, true) => Some(format!("version >= {}", versions.min)),
            (true, false) => Some(format!("version <= {}", versions.max)),
            (false, false) => Some(format!("({}..={}).contains(&version)", versions.min, versions.max)),
        }
    }

    /// Whether the version is flexible: `true`, `false` or the local variable `flexible`.
    pub fn flexible(&self) -> &'static str {
        match self.message.flexible_since {
            Some(since) if since <= self.range.min => "true",
            Some(since) if since <= self.range.max => "flexible",
            _ => "false",
        }
    }

    pub fn ever_flexible(&self) -> bool {
        self.flexible() != "false"
    }

    pub fn flexible_for(&self, field: &Field) -> &'static str {
        if field.inflexible { "false" } else { self.flexible() }
    }

    /// Smallest size of one element on the wire, as an expression over `version`.
    pub fn smallest(&self, field: &Field, element: &Type) -> String {
        let versions = field.versions.intersect(self.range);
        let size = |version| smallest_size(self.message, element, version);
        let mut expression = size(versions.min).to_string();
        assert!(size(versions.min) > 0, "{}.{}: elements of no size", self.message.name, field.name);
        for version in versions.min + 1..=versions.max {
            assert!(size(version) > 0, "{}.{}: elements of no size", self.message.name, field.name);
            if size(version) != size(version - 1) {
                let otherwise = if expression.starts_with("if") { expression } else { format!("{{ {expression} }}") };
                expression = format!("if version >= {version} {{ {} }} else {otherwise}", size(version));
            }
        }
        expression
    }
}

fn smallest_size(message: &Message, ty: &Type, version: i16) -> usize {
    let flexible = message.is_flexible(version);
    match ty {
        Type::String => 2 - usize::from(flexible),
        Type::Bytes | Type::Records | Type::Array(_) => 4 - 3 * usize::from(flexible),
        Type::Struct(name) => smallest_struct(message, structure(message, name), version),
        _ => primitive(ty).expect("every other type is fixed").1,
    }
}

fn smallest_struct(message: &Message, structure: &Struct, version: i16) -> usize {
    let fields = structure.fields.iter().filter(|f| f.tag.is_none() && f.versions.contains(version));
    let sizes = fields.map(|field| match field.ty {
        Type::Struct(_) if field.nullable.contains(version) => 1,
        _ => smallest_size(message, &field.ty, version),
    });
    sizes.sum::<usize>() + usize::from(message.is_flexible(version))
}
