//! Where two answers differ.

use super::wire::Outcome;
use serde_json::{Value, json};

const NO_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";
/// Names of fields that identify an element of a list, the most telling first.
const KEYS: &[&str] = &[
    "name",
    "topicName",
    "resourceName",
    "groupId",
    "topicId",
    "topic",
    "partitionIndex",
    "partition",
    "partitionId",
    "configKey",
    "apiKey",
    "feature",
    "key",
    "memberId",
    "brokerId",
    "nodeId",
    "logDir",
    "replicaId",
];
/// Fields that hold free text.
pub const MESSAGES: &[&str] = &["errorMessage", "message", "batchIndexErrorMessage"];

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub path: String,
    pub kafka: String,
    pub ottla: String,
    /// The free text of an error only.
    pub is_message: bool,
}

/// What identifies an element: the values of its key fields. An id that is random says nothing.
pub fn key_of(item: &Value) -> String {
    let parts = KEYS.iter().filter_map(|name| item.get(*name).filter(|value| !value.is_null()));
    let texts = parts.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned));
    texts.filter(|text| text != "<some id>" && text != NO_ID).take(3).collect::<Vec<_>>().join(",")
}

/// An outcome as it is kept: the answer, or a word.
pub fn as_value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(value) => value.clone(),
        Outcome::Closed => json!("the connection is closed"),
        Outcome::Silence => json!("no answer"),
        Outcome::Broken(reason) => json!(format!("broken: {reason}")),
    }
}

/// All differences of two answers.
pub fn differences(kafka: &Value, ottla: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", kafka, ottla, &mut found);
    found
}

fn walk(path: &str, kafka: &Value, ottla: &Value, found: &mut Vec<Difference>) {
    match (kafka, ottla) {
        (Value::Object(want), Value::Object(got)) => {
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for (name, want) in want {
                walk(&below(name), want, got.get(name).unwrap_or(&Value::Null), found);
            }
            for (name, got) in got.iter().filter(|(name, _)| !want.contains_key(*name)) {
                walk(&below(name), &Value::Null, got, found);
            }
        }
        (Value::Array(want), Value::Array(got)) => lists(path, want, got, found),
        _ if kafka != ottla => {
            let is_message = MESSAGES.iter().any(|name| path == *name || path.ends_with(&format!(".{name}")));
            let is_message = is_message && kafka.is_null() == ottla.is_null();
            found.push(Difference { path: path.to_owned(), kafka: cut(kafka), ottla: cut(ottla), is_message });
        }
        _ => {}
    }
}

fn lists(path: &str, want: &[Value], got: &[Value], found: &mut Vec<Difference>) {
    let keys = |items: &[Value]| items.iter().map(key_of).collect::<Vec<_>>();
    let (want_keys, got_keys) = (keys(want), keys(got));
    if !distinct(&want_keys) || !distinct(&got_keys) {
        let absent = json!("absent");
        for place in 0..want.len().max(got.len()) {
            let at = format!("{path}[{place}]");
            walk(&at, want.get(place).unwrap_or(&absent), got.get(place).unwrap_or(&absent), found);
        }
        return;
    }
    let common_in = |keys: &[String], others: &[String]| {
        keys.iter().filter(|key| others.contains(key)).cloned().collect::<Vec<_>>().join(" ")
    };
    let (order, other_order) = (common_in(&want_keys, &got_keys), common_in(&got_keys, &want_keys));
    if order != other_order {
        let path = format!("{path}[order]");
        found.push(Difference { path, kafka: order, ottla: other_order, is_message: false });
    }
    for (key, want) in want_keys.iter().zip(want) {
        let other = got_keys.iter().position(|other| other == key).and_then(|place| got.get(place));
        walk(&format!("{path}[{key}]"), want, other.unwrap_or(&json!("absent")), found);
    }
    for (key, got) in got_keys.iter().zip(got).filter(|(key, _)| !want_keys.contains(key)) {
        walk(&format!("{path}[{key}]"), &json!("absent"), got, found);
    }
}

fn distinct(keys: &[String]) -> bool {
    keys.iter().enumerate().all(|(place, key)| !key.is_empty() && !keys[..place].contains(key))
}

fn cut(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(kafka: &Value, ottla: &Value) -> Vec<String> {
        differences(kafka, ottla).into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn elements_are_matched_by_their_keys() {
        let kafka = json!({"topics": [{"name": "a", "errorCode": 0}, {"name": "b", "errorCode": 1}]});
        let ottla = json!({"topics": [{"name": "b", "errorCode": 2}, {"name": "c", "errorCode": 0}]});
        assert_eq!(paths(&kafka, &ottla), ["topics[a]", "topics[b].errorCode", "topics[c]"]);
    }

    #[test]
    fn another_order_is_one_difference() {
        let kafka = json!([{"name": "a"}, {"name": "b"}]);
        let ottla = json!([{"name": "b"}, {"name": "a"}]);
        assert_eq!(paths(&kafka, &ottla), ["[order]"]);
    }

    #[test]
    fn texts_differ_as_messages_unless_one_is_absent() {
        let of = |text: Value| json!({"errorMessage": text});
        assert!(differences(&of(json!("x")), &of(json!("y")))[0].is_message);
        assert!(!differences(&of(json!("x")), &of(Value::Null))[0].is_message);
    }
}
