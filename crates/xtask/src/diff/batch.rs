//! Batches as JSON: built from a description that may be wrong on purpose, and described when they come back.

use records::{BATCH_HEADER_LEN, BatchBuilder, BatchOptions, Codec, Compression, TimestampType, batches, crc32c};
use serde_json::{Value, json};

const TIMESTAMP: i64 = 1_700_000_000_000;
const DECOMPRESSED_MAX: usize = 64 << 20;

/// The bytes of one description, or of a list of them.
///
/// # Errors
/// What cannot be understood.
pub fn build_all(value: &Value) -> Result<Vec<u8>, String> {
    match value {
        Value::Array(items) => Ok(items.iter().map(build).collect::<Result<Vec<_>, _>>()?.concat()),
        one => build(one),
    }
}

fn build(value: &Value) -> Result<Vec<u8>, String> {
    let fields = value.as_object().ok_or("a batch is an object")?;
    const KNOWN: &[&str] = &[
        "values",
        "keys",
        "headers",
        "codec",
        "pid",
        "epoch",
        "sequence",
        "ts",
        "base",
        "leaderEpoch",
        "transactional",
        "control",
        "logAppendTime",
        "crc",
        "count",
        "magic",
        "lastDelta",
        "attributes",
        "maxTs",
        "cut",
        "extra",
        "size",
        "length",
        "text",
        "broken",
    ];
    if let Some(name) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("a batch has no {name}"));
    }
    if let Some(text) = value["text"].as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let number = |name: &str, default: i64| value[name].as_i64().unwrap_or(default);
    let codec = value["codec"].as_str().unwrap_or("none");
    let codec = Codec::from_name(codec).ok_or_else(|| format!("no codec is called {codec}"))?;
    let is = |name: &str| value[name].as_bool().unwrap_or(false);
    let mut builder = BatchBuilder::new(BatchOptions {
        base_offset: number("base", 0),
        partition_leader_epoch: number("leaderEpoch", -1) as i32,
        compression: Compression { codec, ..Compression::default() },
        timestamp_type: if is("logAppendTime") { TimestampType::LogAppendTime } else { TimestampType::CreateTime },
        producer_id: number("pid", -1),
        producer_epoch: number("epoch", if value["pid"].is_null() { -1 } else { 0 }) as i16,
        base_sequence: number("sequence", if value["pid"].is_null() { -1 } else { 0 }) as i32,
        transactional: is("transactional"),
        control: is("control"),
    });
    let empty = Vec::new();
    let keys = value["keys"].as_array().unwrap_or(&empty);
    let filler = "x".repeat(number("size", 0) as usize);
    for (place, text) in value["values"].as_array().unwrap_or(&empty).iter().enumerate() {
        let text = text.as_str().map(|text| format!("{text}{filler}"));
        let key = keys.get(place).and_then(Value::as_str).map(str::as_bytes);
        let ts = match &value["ts"] {
            Value::Array(all) => all.get(place).and_then(Value::as_i64).unwrap_or(TIMESTAMP),
            one => one.as_i64().unwrap_or(TIMESTAMP + place as i64),
        };
        builder.append(ts, key, text.as_deref().map(str::as_bytes), &[]);
    }
    let bytes = builder.finish().map_err(|error| error.to_string())?;
    Ok(spoil(bytes, value))
}

/// Overwrites fields of the header; the checksum is right afterwards, unless it is what should be wrong.
fn spoil(mut bytes: Vec<u8>, value: &Value) -> Vec<u8> {
    let mut put = |name: &str, at: usize, width: usize| {
        if let Some(number) = value[name].as_i64() {
            bytes[at..at + width].copy_from_slice(&number.to_be_bytes()[8 - width..]);
        }
    };
    put("attributes", 21, 2);
    put("lastDelta", 23, 4);
    put("maxTs", 35, 8);
    put("count", 57, 4);
    if let Some(at) = value["broken"].as_i64() {
        bytes[BATCH_HEADER_LEN + at as usize] ^= 0x55;
    }
    let crc = value["crc"].as_i64().unwrap_or_else(|| i64::from(crc32c(&[&bytes[21..]]))) as u32;
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
    let mut put = |name: &str, at: usize, width: usize| {
        if let Some(number) = value[name].as_i64() {
            bytes[at..at + width].copy_from_slice(&number.to_be_bytes()[8 - width..]);
        }
    };
    put("magic", 16, 1);
    put("length", 8, 4);
    if let Some(cut) = value["cut"].as_i64() {
        bytes.truncate(bytes.len().saturating_sub(cut as usize));
    }
    if let Some(extra) = value["extra"].as_str() {
        bytes.extend_from_slice(extra.as_bytes());
    }
    bytes
}

/// What came back, batch by batch, and how many bytes of one more.
pub fn describe(bytes: &[u8]) -> Value {
    let mut walk = batches(bytes);
    let mut shown = Vec::new();
    for batch in walk.by_ref() {
        let Ok(batch) = batch else {
            shown.push(json!("unreadable"));
            break;
        };
        let records: Vec<Value> = match batch.open(DECOMPRESSED_MAX) {
            Ok(open) => {
                open.records().map(|record| record.map_or(json!("unreadable"), |record| show(&record))).collect()
            }
            Err(_) => vec![json!("unreadable")],
        };
        shown.push(json!({
            "magic": batch.magic(), "baseOffset": batch.base_offset(), "lastOffset": batch.last_offset(),
            "leaderEpoch": batch.partition_leader_epoch(), "attributes": batch.attributes(),
            "maxTs": shown_time(batch.max_timestamp_ms()), "batchProducerId": batch.producer_id(), "epoch": batch.producer_epoch(),
            "sequence": batch.base_sequence(), "size": batch.size(), "contents": records,
        }));
    }
    match walk.rest().len() {
        0 => json!({"batches": shown}),
        cut => json!({"batches": shown, "partOfABatch": cut}),
    }
}

fn show(record: &records::Record<'_>) -> Value {
    let text = |bytes: Option<&[u8]>| {
        bytes.map(|bytes| match bytes.len() {
            0..=40 => String::from_utf8_lossy(bytes).into_owned(),
            length => format!("{length} bytes"),
        })
    };
    json!([record.offset, shown_time(record.timestamp_ms), text(record.key), text(record.value)])
}

/// Times that a clock gave differ from run to run.
fn shown_time(ms: i64) -> Value {
    if ms > TIMESTAMP + 60_000_000_000 { json!("<now>") } else { json!(ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_built_and_described() {
        let bytes =
            build_all(&json!([{"values": ["a", null], "keys": ["k"], "codec": "gzip"}, {"values": ["b"]}])).unwrap();
        let shown = describe(&bytes[..bytes.len() - 1]);
        assert_eq!(shown["batches"][0]["contents"], json!([[0, TIMESTAMP, "k", "a"], [1, TIMESTAMP + 1, null, null]]));
        assert!(shown["partOfABatch"].as_u64() > Some(60));
    }

    #[test]
    fn a_wrong_checksum_is_wrong_and_others_are_right() {
        let wrong = build_all(&json!({"values": ["a"], "crc": 7})).unwrap();
        assert_eq!(wrong[17..21], [0, 0, 0, 7]);
        let right = build_all(&json!({"values": ["a"], "count": 9})).unwrap();
        assert_eq!(right[17..21], crc32c(&[&right[21..]]).to_be_bytes());
        assert!(build_all(&json!({"valeus": []})).is_err());
    }
}
