//! Emits the enums over stored records: metadata records, remote log metadata, keys and values of the coordinators.

use crate::tables::by_key;
use crate::{Definition, types};
use schema::{Kind, Message};
use std::fmt::Write;

/// An enum to emit.
struct Family<'d> {
    name: &'static str,
    doc: &'static str,
    /// Cut from the end of a message's name to get the variant.
    suffix: &'static str,
    messages: Vec<&'d Message>,
}

pub fn stored_records(definitions: &[Definition]) -> String {
    let mut out = String::from(
        "//! Enums over the records that Kafka stores in its own topics. Generated; edits get lost.\n\n\
         use crate::stored::{self, UnknownRecord};\nuse crate::wire::{Cursor, DecodeError, EncodeError};\nuse crate::*;\n",
    );
    let framed = [
        ("MetadataRecord", "A record of `__cluster_metadata`.", "metadata"),
        ("RemoteLogRecord", "A record of `__remote_log_metadata`.", "storage"),
    ];
    for (name, doc, family) in framed {
        let messages = by_key(definitions, family, Kind::Metadata);
        emit_framed(&mut out, &Family { name, doc, suffix: "Record", messages });
    }
    let coordinators = [
        ("GroupRecordKey", "GroupRecordValue", "`__consumer_offsets`", "group-coordinator"),
        ("TransactionRecordKey", "TransactionRecordValue", "`__transaction_state`", "transaction-coordinator"),
        ("ShareRecordKey", "ShareRecordValue", "`__share_group_state`", "share-coordinator"),
    ];
    for (key, value, topic, family) in coordinators {
        let messages = by_key(definitions, family, Kind::CoordinatorKey);
        let doc = format!("Key of a record of {topic}.");
        emit_key(&mut out, &Family { name: key, doc: doc.clone().leak(), suffix: "Key", messages });
        let messages = by_key(definitions, family, Kind::CoordinatorValue);
        let doc = format!("Value of a record of {topic}; its type is that of the key.");
        emit_value(&mut out, &Family { name: value, doc: doc.leak(), suffix: "Value", messages });
    }
    out
}

fn generics(message: &Message) -> &'static str {
    if types::any_borrows(message, &message.fields) { "<'a>" } else { "" }
}

fn emit_enum(out: &mut String, family: &Family) {
    let name = family.name;
    let _ = writeln!(
        out,
        "\n/// {} What this program does not know stays as it is in `Unknown`.\n#[derive(Debug, Clone, PartialEq)]\npub enum {name}<'a> {{",
        family.doc
    );
    for message in &family.messages {
        let _ = writeln!(out, "{}({}{}),", variant(family, message), message.name, generics(message));
    }
    out.push_str("Unknown(UnknownRecord<'a>),\n}\n");
    for message in &family.messages {
        let _ = writeln!(
            out,
            "\nimpl<'a> From<{message}{generics}> for {name}<'a> {{ fn from(value: {message}{generics}) -> Self {{ Self::{variant}(value) }} }}",
            message = message.name,
            generics = generics(message),
            variant = variant(family, message),
        );
    }
}

fn variant<'m>(family: &Family, message: &'m Message) -> &'m str {
    message.name.strip_suffix(family.suffix).unwrap_or(&message.name)
}

/// `id`, `name`, `max_version` and `into_owned`, which all enums have.
fn emit_common(out: &mut String, family: &Family) {
    let name = family.name;
    out.push_str("\n/// Number of the type.\npub fn id(&self) -> i16 {\nmatch self {\n");
    for message in &family.messages {
        let _ = writeln!(out, "Self::{}(_) => {},", variant(family, message), message.key.unwrap_or(0));
    }
    out.push_str("Self::Unknown(record) => record.id,\n}\n}\n\n/// Name of the message inside; `None` if unknown.\npub fn name(&self) -> Option<&'static str> {\nSome(match self {\n");
    for message in &family.messages {
        let _ = writeln!(out, "Self::{}(_) => \"{}\",", variant(family, message), message.name);
    }
    out.push_str("Self::Unknown(_) => return None,\n})\n}\n\n/// Highest version that this program knows of a type.\npub fn max_version(id: i16) -> Option<i16> {\nSome(match id {\n");
    for message in &family.messages {
        let _ = writeln!(out, "{} => {},", message.key.unwrap_or(0), message.versions.max);
    }
    let _ = writeln!(
        out,
        "_ => return None,\n}})\n}}\n\n/// The same without borrows.\npub fn into_owned(self) -> {name}<'static> {{\nmatch self {{"
    );
    for message in &family.messages {
        let _ = writeln!(
            out,
            "Self::{0}(value) => {name}::{0}({1}),",
            variant(family, message),
            if generics(message).is_empty() { "value" } else { "value.into_owned()" }
        );
    }
    let _ = writeln!(out, "Self::Unknown(record) => {name}::Unknown(record.into_owned()),\n}}\n}}");
}

fn decode_arms(out: &mut String, family: &Family) {
    for message in &family.messages {
        let guard = match (message.versions.min, message.versions.max) {
            (0, 0) => "version == 0".to_string(),
            (min, max) => format!("({min}..={max}).contains(&version)"),
        };
        let _ = writeln!(
            out,
            "{} if {guard} => Self::{}({}::decode(&mut c, version)?),",
            message.key.unwrap_or(0),
            variant(family, message),
            message.name
        );
    }
    out.push_str("_ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),\n");
}

fn encode_arms(out: &mut String, family: &Family, version: &str) {
    for message in &family.messages {
        let _ = writeln!(out, "Self::{}(value) => value.encode(w, {version}),", variant(family, message));
    }
    out.push_str("Self::Unknown(record) => { w.raw(&record.body); Ok(()) }\n");
}

fn emit_framed(out: &mut String, family: &Family) {
    emit_enum(out, family);
    let name = family.name;
    let _ = writeln!(
        out,
        "\nimpl<'a> {name}<'a> {{
        /// Reads the value of a record: frame version, type and version before the message. Answers the version too.
        /// Bytes after a known message are an error, as in Kafka.
        pub fn decode(bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {{
            let mut c = Cursor::new(bytes);
            let (id, version) = stored::read_frame(&mut c)?;
            let record = match id {{"
    );
    decode_arms(out, family);
    out.push_str(
        "};
            c.expect_end()?;
            Ok((record, version))
        }

        /// Appends the value of a record with its frame. An unknown record keeps its own version.
        pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
            stored::append(out, |w| {
                let version = if let Self::Unknown(record) = self { record.version } else { version };
                stored::write_frame(w, self.id(), version);
                match self {\n",
    );
    encode_arms(out, family, "version");
    out.push_str("}\n})\n}\n");
    emit_common(out, family);
    out.push_str("}\n");
}

fn emit_key(out: &mut String, family: &Family) {
    emit_enum(out, family);
    let name = family.name;
    let _ = writeln!(
        out,
        "\nimpl<'a> {name}<'a> {{
        /// Reads the key of a record: its type, then version 0 of the message.
        pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {{
            let mut c = Cursor::new(bytes);
            let (id, version) = (c.i16()?, 0);
            Ok(match id {{"
    );
    decode_arms(out, family);
    out.push_str(
        "})
        }

        /// Appends the key of a record.
        pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
            stored::append(out, |w| {
                w.i16(self.id());
                match self {\n",
    );
    encode_arms(out, family, "0");
    out.push_str("}\n})\n}\n");
    emit_common(out, family);
    out.push_str("}\n");
}

fn emit_value(out: &mut String, family: &Family) {
    emit_enum(out, family);
    let name = family.name;
    let _ = writeln!(
        out,
        "\nimpl<'a> {name}<'a> {{
        /// Reads the value of a record whose key has the type `id`; the value begins with its version, which is answered.
        pub fn decode(id: i16, bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {{
            let mut c = Cursor::new(bytes);
            let version = c.i16()?;
            let value = match id {{"
    );
    decode_arms(out, family);
    out.push_str(
        "};
            Ok((value, version))
        }

        /// Appends the value of a record. An unknown one keeps its own version.
        pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
            stored::append(out, |w| {
                let version = if let Self::Unknown(record) = self { record.version } else { version };
                w.i16(version);
                match self {\n",
    );
    encode_arms(out, family, "version");
    out.push_str("}\n})\n}\n");
    emit_common(out, family);
    out.push_str("}\n");
}
