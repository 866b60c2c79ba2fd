//! Takes out of answers what differs from run to run: ids, clocks, ports, folders, and the order of lists to which Kafka
//! gives none.

use super::{batch, compare};
use protocol::ApiKey;
use protocol::json::base64;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields that say nothing about behaviour.
const MASKED: &[&str] =
    &["clusterId", "throttleTimeMs", "brokerEpoch", "finalizedFeaturesEpoch", "totalBytes", "usableBytes"];
/// Fields that a clock gives, unless they are negative.
const CLOCKS: &[&str] =
    &["logAppendTimeMs", "lastTimestamp", "lastFetchTimestamp", "lastCaughtUpTimestamp", "documentation"];
/// Fields of DescribeQuorum that grow with the metadata log.
const QUORUM: &[&str] = &["leaderEpoch", "highWatermark", "logEndOffset"];
const DIRECTORIES: &[&str] = &["replicaDirectoryId", "voterDirectoryId", "directoryId"];
/// APIs whose answers have a promised order.
const ORDERED: &[ApiKey] = &[ApiKey::Fetch, ApiKey::DescribeTopicPartitions];
const NO_UUID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// What a scenario has seen so far.
#[derive(Debug, Default)]
pub struct Normaliser {
    /// Texts to be replaced wherever they occur: longest first does not matter, they do not overlap.
    pub known: Vec<(String, String)>,
    seen: BTreeMap<&'static str, Vec<String>>,
}

impl Normaliser {
    /// A normaliser that knows the target's own texts, such as its folder.
    pub fn new(known: Vec<(String, String)>) -> Normaliser {
        Normaliser { known, seen: BTreeMap::new() }
    }

    /// The answer without what differs from run to run.
    pub fn answer(&mut self, api: ApiKey, value: &Value) -> Value {
        let value = self.value(api, "", value);
        if ORDERED.contains(&api) { value } else { sorted(value) }
    }

    fn value(&mut self, api: ApiKey, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let show = |(name, field): (&String, &Value)| (name.clone(), self.value(api, name, field));
                Value::Object(fields.iter().map(show).collect::<Map<_, _>>())
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(api, name, item)).collect()),
            Value::Null => Value::Null,
            _ if MASKED.contains(&name) => Value::from("*"),
            _ if QUORUM.contains(&name) && api == ApiKey::DescribeQuorum => Value::from("*"),
            _ if CLOCKS.contains(&name) && value.as_i64().is_none_or(|time| time > 0) => Value::from("*"),
            Value::String(text) if name == "records" => {
                base64::decode(text).map_or(Value::Null, |bytes| self.value(api, "", &batch::describe(&bytes)))
            }
            Value::String(text) => Value::from(self.text(name, text)),
            Value::Number(number) => self.number(api, name, number.as_i64()).unwrap_or_else(|| value.clone()),
            other => other.clone(),
        }
    }

    fn number(&mut self, api: ApiKey, name: &str, number: Option<i64>) -> Option<Value> {
        let number = number?;
        match name {
            "port" => Some(Value::from(self.replace(&format!(":{number}")))),
            "sessionId" if number > 0 => Some(self.nth("session", &number.to_string())),
            "producerId" if (0..4000).contains(&number) && api != ApiKey::Produce => {
                Some(self.nth("producer", &number.to_string()))
            }
            "batchProducerId" if (0..4000).contains(&number) => Some(self.nth("producer", &number.to_string())),
            _ => None,
        }
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        let text = self.replace(text);
        if DIRECTORIES.contains(&name) && text != NO_UUID {
            return "<directory>".to_owned();
        }
        if name == "topicId" && text.len() == 22 && text != NO_UUID {
            return "<some id>".to_owned();
        }
        let text = if compare::MESSAGES.contains(&name) { without_times(&text) } else { text };
        self.members(&text)
    }

    fn replace(&self, text: &str) -> String {
        let replace = |text: String, (from, to): &(String, String)| text.replace(from.as_str(), to);
        self.known.iter().fold(text.to_owned(), replace)
    }

    /// Random uuids of 36 characters, as they end member ids, become numbers in the order of appearance.
    fn members(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(place) = (0..rest.len()).find(|place| rest.get(*place..).is_some_and(starts_with_uuid)) {
            out.push_str(&rest[..place]);
            out.push_str(self.nth("uuid", &rest[place..place + 36]).as_str().unwrap_or_default());
            rest = &rest[place + 36..];
        }
        out.push_str(rest);
        out
    }

    fn nth(&mut self, kind: &'static str, value: &str) -> Value {
        let seen = self.seen.entry(kind).or_default();
        let place = seen.iter().position(|known| known == value).unwrap_or_else(|| {
            seen.push(value.to_owned());
            seen.len() - 1
        });
        Value::from(format!("<{kind} {}>", place + 1))
    }
}

/// A sentence without the bounds that a clock gives, such as those of a timestamp that is out of range.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.len() > 12 && word.bytes().all(|byte| byte.is_ascii_digit());
    let show = |word: &str| match word.trim_matches(|mark: char| !mark.is_ascii_digit()) {
        time if is_time(time) && word.contains(['[', ']']) => word.replace(time, "<time>"),
        _ => word.to_owned(),
    };
    text.split(' ').map(show).collect::<Vec<_>>().join(" ")
}

fn starts_with_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 36
        && bytes[..36].iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Lists of objects in the order of their keys.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(name, field)| (name, sorted(field))).collect()),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            if items.iter().all(Value::is_object) {
                items.sort_by_cached_key(|item| (compare::key_of(item), item.to_string()));
            }
            Value::Array(items)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bounds_that_a_clock_gives_are_masked_and_what_was_asked_stays() {
        let text = "Timestamp 9999999999999 is out of range: not within [-9223370241573120436, 1795285255371]";
        let want = "Timestamp 9999999999999 is out of range: not within [-<time>, <time>]";
        assert_eq!(without_times(text), want);
    }

    #[test]
    fn members_are_numbered_and_clocks_masked() {
        let mut normal = Normaliser::new(vec![(":31200".into(), ":<port>".into())]);
        let id = "diff-01234567-89ab-cdef-0123-456789abcdef";
        let other = "diff-11234567-89ab-cdef-0123-456789abcdef";
        let value = json!({"memberId": other, "leader": id, "errorMessage": format!("no {id}"), "logAppendTimeMs": -1});
        let want = json!({"memberId": "diff-<uuid 1>", "leader": "diff-<uuid 2>", "errorMessage": "no diff-<uuid 2>", "logAppendTimeMs": -1});
        assert_eq!(normal.answer(ApiKey::JoinGroup, &value), want);
        assert_eq!(
            normal.answer(ApiKey::Metadata, &json!({"port": 31200, "throttleTimeMs": 5})),
            json!({"port": ":<port>", "throttleTimeMs": "*"})
        );
    }
}
