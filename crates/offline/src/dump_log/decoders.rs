//! Keys and values of records as text: plain ones by a decoder class, those of Kafka's own topics as JSON.

use protocol::json::{JsonError, View, decode, decode_from};
use protocol::{
    Cursor, DecodeError, GroupRecordKey, GroupRecordValue, MetadataRecord, RemoteLogRecord, ShareRecordKey,
    ShareRecordValue, TransactionRecordKey, TransactionRecordValue,
};
use records::Record;
use serde_json::{Value, json};

/// How records are shown.
#[derive(Debug)]
pub(super) enum Decoder {
    /// By the named classes of Kafka; `None` is the string decoder.
    Classes {
        key: Option<String>,
        value: Option<String>,
    },
    Offsets,
    Transactions,
    Metadata,
    RemoteLog,
    ShareState,
}

/// Key and payload as text.
pub(super) type Shown = (Option<String>, Option<String>);

/// A decoder that is ready: its classes are known.
#[derive(Debug)]
pub(super) enum Ready {
    Plain { key: Class, value: Class },
    Offsets,
    Transactions,
    Metadata,
    RemoteLog,
    ShareState,
}

/// Decoder classes of Kafka, in the package org.apache.kafka.tools.api.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    String,
    Long,
    Integer,
    Default,
}

impl Decoder {
    /// Looks the classes up.
    pub fn ready(&self) -> Result<Ready, String> {
        Ok(match self {
            Decoder::Classes { key, value } => Ready::Plain { key: class(key)?, value: class(value)? },
            Decoder::Offsets => Ready::Offsets,
            Decoder::Transactions => Ready::Transactions,
            Decoder::Metadata => Ready::Metadata,
            Decoder::RemoteLog => Ready::RemoteLog,
            Decoder::ShareState => Ready::ShareState,
        })
    }
}

fn class(name: &Option<String>) -> Result<Class, String> {
    let Some(name) = name else { return Ok(Class::String) };
    match name.strip_prefix("org.apache.kafka.tools.api.") {
        Some("StringDecoder") => Ok(Class::String),
        Some("LongDecoder") => Ok(Class::Long),
        Some("IntegerDecoder") => Ok(Class::Integer),
        Some("DefaultDecoder") => Ok(Class::Default),
        _ => Err(format!("Failed to load decoder class: {name}")),
    }
}

impl Class {
    fn show(self, bytes: &[u8]) -> Result<String, String> {
        let short = |needed: usize| format!("{} bytes are too few for the decoder, which needs {needed}", bytes.len());
        Ok(match self {
            Class::String => java_text(bytes),
            Class::Long => i64::from_be_bytes(*bytes.first_chunk().ok_or_else(|| short(8))?).to_string(),
            Class::Integer => i32::from_be_bytes(*bytes.first_chunk().ok_or_else(|| short(4))?).to_string(),
            // Java shows the array's identity here; ours depends on the content alone.
            Class::Default => format!("[B@{:x}", records::crc32c(&[bytes])),
        })
    }
}

impl Ready {
    /// Key and payload of a record.
    ///
    /// # Errors
    /// A sentence, where Kafka's tool ends.
    pub fn show(&self, record: &Record<'_>) -> Result<Shown, String> {
        let offset = record.offset;
        match self {
            Ready::Plain { key, value } => {
                let key = record.key.map(|bytes| key.show(bytes)).transpose()?;
                Ok((key, record.value.map(|bytes| value.show(bytes)).transpose()?))
            }
            Ready::Metadata => Ok((None, Some(metadata_payload(record)))),
            Ready::RemoteLog => Ok((None, Some(remote_log_payload(record)))),
            Ready::Offsets | Ready::Transactions | Ready::ShareState => {
                let Some(key) = record.key else {
                    return Err(format!(
                        "Failed to decode message at offset {offset} using the specified decoder (message had a \
                         missing key)"
                    ));
                };
                Ok(match self.coordinator_record(key, record.value) {
                    Ok((key, value)) => (Some(key), Some(value)),
                    Err(Skipped::Type(id)) => {
                        (None, Some(format!("Unknown record type {id} at offset {offset}, skipping.")))
                    }
                    Err(Skipped::Wrong(message)) => {
                        (None, Some(format!("Error at offset {offset}, skipping. {message}")))
                    }
                })
            }
        }
    }

    fn coordinator_record(&self, key: &[u8], value: Option<&[u8]>) -> Result<(String, String), Skipped> {
        let (id, key_name) = match self {
            Ready::Transactions => {
                let decoded = TransactionRecordKey::decode(key)?;
                (decoded.id(), decoded.name())
            }
            Ready::ShareState => {
                let decoded = ShareRecordKey::decode(key)?;
                (decoded.id(), decoded.name())
            }
            _ => {
                let decoded = GroupRecordKey::decode(key)?;
                (decoded.id(), decoded.name())
            }
        };
        let key_name = key_name.ok_or(Skipped::Type(id))?;
        let key_json = decode(key_name, 0, key.get(2..).unwrap_or_default())?;
        let key = json!({ "type": id.to_string(), "data": key_json }).to_string();
        let Some(bytes) = value else { return Ok((key, "<DELETE>".into())) };
        let (name, version, group) = match self {
            Ready::Transactions => {
                let (decoded, version) = TransactionRecordValue::decode(id, bytes)?;
                (decoded.name(), version, None)
            }
            Ready::ShareState => {
                let (decoded, version) = ShareRecordValue::decode(id, bytes)?;
                (decoded.name(), version, None)
            }
            _ => {
                let (decoded, version) = GroupRecordValue::decode(id, bytes)?;
                (decoded.name(), version, Some(decoded))
            }
        };
        let name = name.ok_or(Skipped::Type(id))?;
        let mut data = decode(name, version, bytes.get(2..).unwrap_or_default())?;
        if let Some(GroupRecordValue::GroupMetadata(group)) = group
            && group.protocol_type == "consumer"
        {
            for (i, member) in group.members.iter().enumerate() {
                data["members"][i]["subscription"] = embedded("ConsumerProtocolSubscription", &member.subscription)?;
                data["members"][i]["assignment"] = embedded("ConsumerProtocolAssignment", &member.assignment)?;
            }
        }
        Ok((key, json!({ "version": version.to_string(), "data": data }).to_string()))
    }
}

/// A message of the classic consumer protocol after its version.
fn embedded(name: &str, bytes: &[u8]) -> Result<Value, Skipped> {
    if bytes.is_empty() {
        return Ok(Value::from(""));
    }
    let mut c = Cursor::new(bytes);
    let newest = protocol::json::definition(name).map_or(0, |message| message.versions.max);
    let version = c.i16()?.min(newest);
    Ok(decode_from(name, version, &mut c, View::default())?)
}

/// Why a record of a coordinator is passed over.
enum Skipped {
    Type(i16),
    Wrong(String),
}

impl From<DecodeError> for Skipped {
    fn from(error: DecodeError) -> Skipped {
        Skipped::Wrong(error.to_string())
    }
}

impl From<JsonError> for Skipped {
    fn from(error: JsonError) -> Skipped {
        Skipped::Wrong(error.to_string())
    }
}

fn metadata_payload(record: &Record<'_>) -> String {
    match record.value.ok_or_else(|| "Error while reading frame version".to_owned()).and_then(metadata_json) {
        Ok(json) => json.to_string(),
        Err(message) => format!("Error at {}, skipping. {message}", record.offset),
    }
}

/// A metadata record as type, version and data.
pub(crate) fn metadata_json(bytes: &[u8]) -> Result<Value, String> {
    let (record, version) = MetadataRecord::decode(bytes).map_err(frame_error)?;
    let name = record.name().ok_or_else(|| format!("Unknown metadata id {}", record.id()))?;
    let data = decode(name, version, body(bytes)).map_err(|error| error.to_string())?;
    Ok(json!({ "type": upper_snake(name), "version": version, "data": data }))
}

/// What follows frame version, type and version.
fn body(bytes: &[u8]) -> &[u8] {
    let mut c = Cursor::new(bytes);
    for _ in 0..3 {
        if c.uvarint().is_err() {
            return &[];
        }
    }
    c.rest()
}

fn frame_error(error: DecodeError) -> String {
    match error {
        DecodeError::FrameVersion { version } => format!(
            "Could not deserialize metadata record due to unknown frame version {version}(only frame version 1 is \
             supported)"
        ),
        other => other.to_string(),
    }
}

fn remote_log_payload(record: &Record<'_>) -> String {
    let decoded = record.value.ok_or_else(|| "the record has no value".to_owned()).and_then(|bytes| {
        let (decoded, version) = RemoteLogRecord::decode(bytes).map_err(frame_error)?;
        let name = decoded.name().ok_or_else(|| format!("Unknown metadata id {}", decoded.id()))?;
        decode(name, version, body(bytes)).map_err(|error| error.to_string())
    });
    match decoded {
        Ok(json) => json.to_string(),
        Err(message) => format!("Error at offset {}, skipping. {message}", record.offset),
    }
}

/// UTF-8 as Java reads it: what is malformed becomes U+FFFD, and three bytes that encode a surrogate become one of them.
fn java_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        let (valid, malformed) = rest.split_at(error.valid_up_to());
        text.push_str(&String::from_utf8_lossy(valid));
        text.push(char::REPLACEMENT_CHARACTER);
        let skipped = match malformed {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => 3,
            _ => error.error_len().unwrap_or(malformed.len()),
        };
        rest = malformed.get(skipped..).unwrap_or_default();
    }
    text.push_str(&String::from_utf8_lossy(rest));
    text
}

/// `TopicRecord` as `TOPIC_RECORD`.
fn upper_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::java_text;

    #[test]
    fn malformed_text_is_shown_as_by_java() {
        for (bytes, shown) in [
            (&b"plain"[..], "plain"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"\xed\xba\x8fz", "\u{fffd}z"),
            (b"\xe0\x80\x80", "\u{fffd}\u{fffd}\u{fffd}"),
            (b"\xe4\xb8", "\u{fffd}"),
        ] {
            assert_eq!(java_text(bytes), shown, "{bytes:?}");
        }
    }
}
