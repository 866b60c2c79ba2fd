//! How records look on standard output: Kafka's message formatters under their class names.

use crate::deserializer::Deserializer;
use crate::failure::Failure;
use client::ConsumerRecord;
use records::TimestampType;
use serde_json::{Value, json};

/// One of the formatters, ready to write.
#[derive(Debug, Clone)]
pub enum Formatter {
    Default(Box<Layout>),
    /// The default's line on standard error instead.
    Logging(Box<Layout>),
    Nothing,
    /// Records of Kafka's own topics as JSON, one after the other without a separator.
    Coordinator(Coordinator),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coordinator {
    Offsets,
    Groups,
    Transactions,
}

#[derive(Debug, Clone)]
pub struct Layout {
    timestamp: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key: bool,
    value: bool,
    key_separator: String,
    line_separator: String,
    headers_separator: String,
    null: String,
    key_text: Deserializer,
    value_text: Deserializer,
    headers_text: Deserializer,
}

impl Formatter {
    /// The formatter of a class name, with its properties.
    pub fn new(class: &str, properties: &[(String, String)]) -> Result<Formatter, Failure> {
        Ok(match class {
            "org.apache.kafka.tools.consumer.DefaultMessageFormatter" => Formatter::Default(layout(properties)?),
            "org.apache.kafka.tools.consumer.LoggingMessageFormatter" => Formatter::Logging(layout(properties)?),
            "org.apache.kafka.tools.consumer.NoOpMessageFormatter" => Formatter::Nothing,
            "org.apache.kafka.tools.consumer.OffsetsMessageFormatter" => Formatter::Coordinator(Coordinator::Offsets),
            "org.apache.kafka.tools.consumer.GroupMetadataMessageFormatter" => {
                Formatter::Coordinator(Coordinator::Groups)
            }
            "org.apache.kafka.tools.consumer.TransactionLogMessageFormatter" => {
                Formatter::Coordinator(Coordinator::Transactions)
            }
            other => return Err(Failure::usage(other.to_string())),
        })
    }

    /// What a record looks like.
    pub fn format(&self, record: &ConsumerRecord) -> Formatted {
        let (bytes, problem) = match self {
            Formatter::Default(layout) | Formatter::Logging(layout) => layout.format(record),
            Formatter::Nothing => (Vec::new(), None),
            Formatter::Coordinator(kind) => (kind.format(record).unwrap_or_default(), None),
        };
        Formatted { bytes, to_stderr: matches!(self, Formatter::Logging(_)), problem }
    }
}

/// What is written of a record.
pub struct Formatted {
    /// Up to the part that could not be shown, if there is one.
    pub bytes: Vec<u8>,
    pub to_stderr: bool,
    /// The exception that a part of the record met.
    pub problem: Option<String>,
}

fn layout(properties: &[(String, String)]) -> Result<Box<Layout>, Failure> {
    let get = |key: &str| properties.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
    let is = |key: &str, default: bool| get(key).map_or(default, |value| value.trim().eq_ignore_ascii_case("true"));
    let or = |key: &str, default: &str| get(key).unwrap_or(default).to_string();
    let deserializer = |key: &str| get(key).map_or(Ok(Deserializer::Raw), Deserializer::from_class);
    Ok(Box::new(Layout {
        timestamp: is("print.timestamp", false),
        partition: is("print.partition", false),
        offset: is("print.offset", false),
        delivery: is("print.delivery", false),
        epoch: is("print.epoch", false),
        headers: is("print.headers", false),
        key: is("print.key", false),
        value: is("print.value", true),
        key_separator: or("key.separator", "\t"),
        line_separator: or("line.separator", "\n"),
        headers_separator: or("headers.separator", ","),
        null: or("null.literal", "null"),
        key_text: deserializer("key.deserializer")?,
        value_text: deserializer("value.deserializer")?,
        headers_text: deserializer("headers.deserializer")?,
    }))
}

impl Layout {
    /// The line, or its beginning and what is wrong with the next part.
    fn format(&self, record: &ConsumerRecord) -> (Vec<u8>, Option<String>) {
        let mut line = Vec::new();
        let mut is_first = true;
        for part in self.parts(record) {
            if !std::mem::take(&mut is_first) {
                line.extend_from_slice(self.key_separator.as_bytes());
            }
            match part {
                Ok(bytes) => line.extend_from_slice(&bytes),
                Err(problem) => return (line, Some(problem)),
            }
        }
        line.extend_from_slice(self.line_separator.as_bytes());
        (line, None)
    }

    /// The parts that are asked for, in Kafka's order.
    fn parts(&self, record: &ConsumerRecord) -> Vec<Result<Vec<u8>, String>> {
        let mut parts = Vec::new();
        if self.timestamp {
            parts.push(Ok(match record.timestamp_type {
                None => b"NO_TIMESTAMP".to_vec(),
                Some(TimestampType::CreateTime) => format!("CreateTime:{}", record.timestamp_ms).into_bytes(),
                Some(TimestampType::LogAppendTime) => format!("LogAppendTime:{}", record.timestamp_ms).into_bytes(),
            }));
        }
        if self.partition {
            parts.push(Ok(format!("Partition:{}", record.partition).into_bytes()));
        }
        if self.offset {
            parts.push(Ok(format!("Offset:{}", record.offset).into_bytes()));
        }
        // Kafka's console consumer loses both on the way to the formatter.
        if self.delivery {
            parts.push(Ok(b"Delivery:NOT_PRESENT".to_vec()));
        }
        if self.epoch {
            parts.push(Ok(b"Epoch:NOT_PRESENT".to_vec()));
        }
        if self.headers {
            parts.push(self.headers_of(record));
        }
        if self.key {
            parts.push(self.text(self.key_text, record.key.as_deref()));
        }
        if self.value {
            parts.push(self.text(self.value_text, record.value.as_deref()));
        }
        parts
    }

    /// A null goes through the deserializer as the bytes of its literal, as in Kafka.
    fn text(&self, deserializer: Deserializer, bytes: Option<&[u8]>) -> Result<Vec<u8>, String> {
        deserializer.show(bytes.unwrap_or(self.null.as_bytes()))
    }

    fn headers_of(&self, record: &ConsumerRecord) -> Result<Vec<u8>, String> {
        if record.headers.is_empty() {
            return Ok(b"NO_HEADERS".to_vec());
        }
        let header = |header: &client::RecordHeader| {
            let mut out = format!("{}:", header.key).into_bytes();
            out.extend(self.text(self.headers_text, header.value.as_deref())?);
            Ok(out)
        };
        let all: Result<Vec<Vec<u8>>, String> = record.headers.iter().map(header).collect();
        Ok(all?.join(self.headers_separator.as_bytes()))
    }
}

impl Coordinator {
    /// The record as JSON, if it is of this kind.
    fn format(self, record: &ConsumerRecord) -> Option<Vec<u8>> {
        let (id, key_bytes) = versioned(record.key.as_deref()?)?;
        let (key_name, value_name) = match (self, id) {
            (Coordinator::Offsets, 0 | 1) => ("OffsetCommitKey", "OffsetCommitValue"),
            (Coordinator::Groups, 2) => ("GroupMetadataKey", "GroupMetadataValue"),
            (Coordinator::Transactions, 0) => ("TransactionLogKey", "TransactionLogValue"),
            _ => return None,
        };
        let key = json!({ "type": id, "data": decode(key_name, 0, key_bytes) });
        let value = match record.value.as_deref().and_then(versioned) {
            Some((version, bytes)) => json!({ "version": version, "data": decode(value_name, version, bytes) }),
            None => Value::Null,
        };
        Some(json!({ "key": key, "value": value }).to_string().into_bytes())
    }
}

fn versioned(bytes: &[u8]) -> Option<(i16, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    Some((i16::from_be_bytes(*head), rest))
}

fn decode(name: &str, version: i16, bytes: &[u8]) -> Value {
    protocol::json::decode(name, version, bytes).unwrap_or_else(|_| Value::String("unknown".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> ConsumerRecord {
        ConsumerRecord {
            topic: "t".into(),
            partition: 2,
            offset: 7,
            timestamp_ms: 42,
            timestamp_type: Some(TimestampType::CreateTime),
            leader_epoch: Some(0),
            key: None,
            value: Some(b"v".to_vec()),
            headers: vec![client::RecordHeader { key: "h".into(), value: None }],
        }
    }

    fn line(properties: &str) -> String {
        let pairs: Vec<(String, String)> = properties
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(k, v)| (k.to_string(), v.to_string()))
            .collect();
        let class = "org.apache.kafka.tools.consumer.DefaultMessageFormatter";
        String::from_utf8(Formatter::new(class, &pairs).unwrap().format(&record()).bytes).unwrap()
    }

    #[test]
    fn parts_stand_in_kafkas_order() {
        assert_eq!(line(""), "v\n");
        assert_eq!(line("print.key=true key.separator=| null.literal=-"), "-|v\n");
        let all = "print.key=true print.headers=true print.timestamp=true print.partition=true print.offset=true print.epoch=true print.delivery=true";
        assert_eq!(
            line(all),
            "CreateTime:42\tPartition:2\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\th:null\tnull\tv\n"
        );
        assert!(Formatter::new("kafka.tools.DefaultMessageFormatter", &[]).is_err());
    }

    #[test]
    fn a_part_that_cannot_be_shown_ends_the_line_where_it_would_stand() {
        let long = [("print.partition", "true"), ("value.deserializer", "LongDeserializer")];
        let properties: Vec<(String, String)> = long.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let formatter = Formatter::new("org.apache.kafka.tools.consumer.DefaultMessageFormatter", &properties).unwrap();
        let formatted = formatter.format(&record());
        assert_eq!(formatted.bytes, b"Partition:2\t");
        assert!(formatted.problem.unwrap().ends_with("Size of data received by LongDeserializer is not 8"));
    }
}
