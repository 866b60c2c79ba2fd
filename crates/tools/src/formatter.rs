//! How records look on standard output: Kafka's message formatters under their class names.

use crate::failure::Failure;
use client::ConsumerRecord;
use records::TimestampType;
use serde_json::{Value, json};

/// How bytes of keys and values become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bytes,
    Integer,
    Long,
    Short,
    Double,
    Float,
}

impl Shape {
    fn from_class(class: &str) -> Result<Shape, Failure> {
        match class.rsplit('.').next().unwrap_or_default() {
            "StringDeserializer" | "ByteArrayDeserializer" | "BytesDeserializer" | "ByteBufferDeserializer" => {
                Ok(Shape::Bytes)
            }
            "IntegerDeserializer" => Ok(Shape::Integer),
            "LongDeserializer" => Ok(Shape::Long),
            "ShortDeserializer" => Ok(Shape::Short),
            "DoubleDeserializer" => Ok(Shape::Double),
            "FloatDeserializer" => Ok(Shape::Float),
            _ => Err(Failure::usage(class.to_string())),
        }
    }

    fn show(self, bytes: &[u8]) -> Vec<u8> {
        let text = match (self, bytes.len()) {
            (Shape::Integer, 4) => bytes.first_chunk().map(|b| i32::from_be_bytes(*b).to_string()),
            (Shape::Long, 8) => bytes.first_chunk().map(|b| i64::from_be_bytes(*b).to_string()),
            (Shape::Short, 2) => bytes.first_chunk().map(|b| i16::from_be_bytes(*b).to_string()),
            (Shape::Double, 8) => bytes.first_chunk().map(|b| format!("{:?}", f64::from_be_bytes(*b))),
            (Shape::Float, 4) => bytes.first_chunk().map(|b| format!("{:?}", f32::from_be_bytes(*b))),
            _ => None,
        };
        text.map_or_else(|| bytes.to_vec(), String::into_bytes)
    }
}

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
    key_shape: Shape,
    value_shape: Shape,
    headers_shape: Shape,
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

    /// What a record looks like, and whether it goes to standard error.
    pub fn format(&self, record: &ConsumerRecord) -> (Vec<u8>, bool) {
        match self {
            Formatter::Default(layout) => (layout.format(record), false),
            Formatter::Logging(layout) => (layout.format(record), true),
            Formatter::Nothing => (Vec::new(), false),
            Formatter::Coordinator(kind) => (kind.format(record).unwrap_or_default(), false),
        }
    }
}

fn layout(properties: &[(String, String)]) -> Result<Box<Layout>, Failure> {
    let get = |key: &str| properties.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
    let is = |key: &str, default: bool| get(key).map_or(default, |value| value.trim().eq_ignore_ascii_case("true"));
    let or = |key: &str, default: &str| get(key).unwrap_or(default).to_string();
    let shape = |key: &str| get(key).map_or(Ok(Shape::Bytes), Shape::from_class);
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
        key_shape: shape("key.deserializer")?,
        value_shape: shape("value.deserializer")?,
        headers_shape: shape("headers.deserializer")?,
    }))
}

impl Layout {
    fn format(&self, record: &ConsumerRecord) -> Vec<u8> {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let bytes = |value: &Option<Vec<u8>>, shape: Shape| {
            value.as_ref().map_or_else(|| self.null.clone().into_bytes(), |bytes| shape.show(bytes))
        };
        if self.timestamp {
            parts.push(match record.timestamp_type {
                None => b"NO_TIMESTAMP".to_vec(),
                Some(TimestampType::CreateTime) => format!("CreateTime:{}", record.timestamp_ms).into_bytes(),
                Some(TimestampType::LogAppendTime) => format!("LogAppendTime:{}", record.timestamp_ms).into_bytes(),
            });
        }
        if self.partition {
            parts.push(format!("Partition:{}", record.partition).into_bytes());
        }
        if self.offset {
            parts.push(format!("Offset:{}", record.offset).into_bytes());
        }
        // Kafka's console consumer loses both on the way to the formatter.
        if self.delivery {
            parts.push(b"Delivery:NOT_PRESENT".to_vec());
        }
        if self.epoch {
            parts.push(b"Epoch:NOT_PRESENT".to_vec());
        }
        if self.headers {
            parts.push(self.headers_of(record));
        }
        if self.key {
            parts.push(bytes(&record.key, self.key_shape));
        }
        if self.value {
            parts.push(bytes(&record.value, self.value_shape));
        }
        let mut line = parts.join(self.key_separator.as_bytes());
        line.extend_from_slice(self.line_separator.as_bytes());
        line
    }

    fn headers_of(&self, record: &ConsumerRecord) -> Vec<u8> {
        if record.headers.is_empty() {
            return b"NO_HEADERS".to_vec();
        }
        let header = |header: &client::RecordHeader| {
            let mut out = format!("{}:", header.key).into_bytes();
            match &header.value {
                Some(value) => out.extend(self.headers_shape.show(value)),
                None => out.extend_from_slice(self.null.as_bytes()),
            }
            out
        };
        record.headers.iter().map(header).collect::<Vec<_>>().join(self.headers_separator.as_bytes())
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
        String::from_utf8(Formatter::new(class, &pairs).unwrap().format(&record()).0).unwrap()
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
}
