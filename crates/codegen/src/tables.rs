//! The files that list all messages: modules, the table of APIs, dispatch by name, the embedded definitions.

use crate::{Definition, Result, names, types};
use schema::{Kind, Message};
use std::fmt::Write;

/// A row of `apis.tsv`.
pub struct Api {
    pub key: i16,
    pub name: String,
    pub min: i16,
    pub max: i16,
    pub unstable: i16,
    pub advertised: i16,
    pub broker: bool,
    pub controller: bool,
    pub response_header_fixed: bool,
    pub forwardable: bool,
    pub cluster_action: bool,
    pub delayed_allocation: bool,
    pub response_borrows: bool,
}

pub fn read_apis(text: &str, definitions: &[Definition]) -> Result<Vec<Api>> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.skip(1).map(|row| read_api(row, definitions)).collect()
}

fn read_api(row: &str, definitions: &[Definition]) -> Result<Api> {
    let cells: Vec<&str> = row.split('\t').collect();
    let [key, name, min, max, unstable, advertised, listeners, header, forwardable, cluster_action, delayed] =
        cells.as_slice()
    else {
        return Err(format!("apis.tsv: expected 11 cells: {row}"));
    };
    let number = |text: &str| text.parse::<i16>().map_err(|e| format!("apis.tsv: {name}: {e}: {text}"));
    let response = find(definitions, &format!("{name}Response"))?;
    Ok(Api {
        key: number(key)?,
        name: name.to_string(),
        min: number(min)?,
        max: number(max)?,
        unstable: number(unstable)?,
        advertised: number(advertised)?,
        broker: listeners.split(',').any(|l| l == "broker"),
        controller: listeners.split(',').any(|l| l == "controller"),
        response_header_fixed: *header == "0",
        forwardable: *forwardable == "true",
        cluster_action: *cluster_action == "true",
        delayed_allocation: *delayed == "true",
        response_borrows: types::any_borrows(response, &response.fields),
    })
}

fn find<'d>(definitions: &'d [Definition], name: &str) -> Result<&'d Message> {
    let found = definitions.iter().find(|d| d.message.name == name).map(|d| &d.message);
    found.ok_or_else(|| format!("no definition of {name}"))
}

pub fn family_module(family: &str, members: &[&Definition]) -> String {
    let mut out = format!("//! The messages of `schema/{family}`. Generated; edits get lost.\n\n");
    for member in members {
        let _ = writeln!(out, "pub mod {};", names::snake(&member.message.name));
    }
    out.push('\n');
    for member in members {
        let _ = writeln!(out, "pub use {}::{};", names::snake(&member.message.name), member.message.name);
    }
    out
}

pub fn root_module<'f>(families: impl Iterator<Item = &'f str>) -> String {
    let mut out = String::from(
        "//! Everything in this folder is written by `cargo run -p codegen` from `schema/`; edits get lost.\n\n\
         #![allow(clippy::all)]\n\nmod api_key;\nmod definitions;\nmod dispatch;\nmod stored_records;\n",
    );
    let families: Vec<String> = families.map(names::snake).collect();
    for family in &families {
        let _ = writeln!(out, "pub mod {family};");
    }
    out.push_str("\npub use api_key::ApiKey;\npub(crate) use definitions::DEFINITIONS;\npub use dispatch::decode_any;\npub use stored_records::*;\n");
    for family in &families {
        let _ = writeln!(out, "pub use {family}::*;");
    }
    out
}

pub fn api_key(apis: &[Api], definitions: &[Definition]) -> Result<String> {
    let mut out = String::from(
        "//! The APIs that exist. Generated from `schema/apis.tsv`; edits get lost.\n\nuse crate::ApiInfo;\n\n\
         /// What a request asks for. Names as Kafka spells them.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(i16)]\npub enum ApiKey {\n",
    );
    for api in apis {
        let _ = writeln!(out, "{} = {},", api.name, api.key);
    }
    out.push_str(
        "}\n\nimpl ApiKey {\n/// Every API, in the order of the numbers.\npub const ALL: &'static [ApiKey] = &[\n",
    );
    for api in apis {
        let _ = writeln!(out, "ApiKey::{},", api.name);
    }
    out.push_str("];\n\n/// The API of a number; `None` for one that never existed or was removed.\npub fn from_id(id: i16) -> Option<ApiKey> {\nSome(match id {\n");
    for api in apis {
        let _ = writeln!(out, "{} => ApiKey::{},", api.key, api.name);
    }
    out.push_str("_ => return None,\n})\n}\n\n/// Its row of the table.\npub fn info(self) -> &'static ApiInfo {\nmatch self {\n");
    for api in apis {
        let request = find(definitions, &format!("{}Request", api.name))?;
        let response = find(definitions, &format!("{}Response", api.name))?;
        if request.key != Some(api.key) || response.key != Some(api.key) || request.versions.max != api.unstable {
            return Err(format!("apis.tsv and the definition disagree: {}", api.name));
        }
        let since = |message: &Message, none: bool| match message.flexible_since {
            Some(since) if !none => format!("Some({since})"),
            _ => "None".into(),
        };
        let _ = writeln!(
            out,
            "ApiKey::{name} => &ApiInfo {{ key: ApiKey::{name}, name: \"{name}\", request: \"{name}Request\", response: \"{name}Response\", min_version: {}, max_version: {}, max_unstable_version: {}, min_advertised_version: {}, request_flexible_since: {}, response_header_flexible_since: {}, broker: {}, controller: {}, forwardable: {}, cluster_action: {}, delayed_allocation: {} }},",
            api.min,
            api.max,
            api.unstable,
            api.advertised,
            since(request, false),
            since(response, api.response_header_fixed),
            api.broker,
            api.controller,
            api.forwardable,
            api.cluster_action,
            api.delayed_allocation,
            name = api.name,
        );
    }
    out.push_str("}\n}\n}\n");
    Ok(out)
}

pub fn dispatch(definitions: &[Definition]) -> String {
    let mut out = String::from(
        "//! Decoding by the name of a message. Generated; edits get lost.\n\nuse crate::AnyMessage;\nuse crate::any::boxed;\nuse crate::wire::{Cursor, DecodeError};\n\n\
         /// Decodes a message that is known by name only, such as `FetchRequest`; `None` if there is no such message.\n\
         pub fn decode_any<'a>(name: &str, version: i16, c: &mut Cursor<'a>) -> Option<Result<Box<dyn AnyMessage + 'a>, DecodeError>> {\nSome(match name {\n",
    );
    for definition in definitions {
        let message = &definition.message;
        let generics = if types::any_borrows(message, &message.fields) { "<'a>" } else { "" };
        let _ = writeln!(out, "\"{0}\" => boxed::<crate::{0}{generics}>(c, version),", message.name);
    }
    out.push_str("_ => return None,\n})\n}\n");
    out
}

pub fn definitions(definitions: &[Definition]) -> String {
    let mut sorted: Vec<&Definition> = definitions.iter().collect();
    sorted.sort_by_key(|d| &d.message.name);
    let mut out = format!(
        "//! The definitions, for the JSON view. Sorted by name. Generated; edits get lost.\n\nuse crate::json::Definition;\n\n\
         pub(crate) static DEFINITIONS: [Definition; {}] = [\n",
        sorted.len()
    );
    for definition in sorted {
        let name = &definition.message.name;
        let _ = writeln!(
            out,
            "Definition::new(\"{name}\", include_str!(\"../../schema/{}/{name}.msg\")),",
            definition.family
        );
    }
    out.push_str("];\n");
    out
}

/// The messages of one family and kind, by key.
pub fn by_key<'d>(definitions: &'d [Definition], family: &str, kind: Kind) -> Vec<&'d Message> {
    let chosen = definitions.iter().filter(|d| d.family == family && d.message.kind == kind);
    let mut messages: Vec<&Message> = chosen.map(|d| &d.message).collect();
    messages.sort_by_key(|message| message.key);
    messages
}
