//! Compares what came back with the golden answers.

use super::frames::{Case, Outcome};
use super::replay::Seen;
use protocol::{ApiKey, json};
use serde_json::Value;

const API_VERSIONS: i16 = 18;
const UNSUPPORTED_VERSION: i16 = 35;

/// Differences, each as a sentence; none if the answers are alike.
pub fn compare(case: &Case, seen: &Seen) -> Vec<String> {
    let mut differences = Vec::new();
    if seen.outcome != case.outcome {
        differences.push(format!("wanted {}, got {}", name(case.outcome), name(seen.outcome)));
    }
    if case.answers_total != seen.answers.len() {
        differences.push(format!("wanted {} answers, got {}", case.answers_total, seen.answers.len()));
    }
    let requests = requests(&case.sent);
    for (place, got) in seen.answers.iter().enumerate() {
        let want_bytes = case.answers.get(place).cloned().flatten();
        let request = request_of(&requests, got);
        let got_value = decode(request, got);
        let want_value = match &want_bytes {
            Some(bytes) => decode(request, bytes),
            None => case.decoded.get(place).map(|value| lower_names(&value["body"])).ok_or_else(String::new),
        };
        if let Ok(want) = want_value {
            let api = request.map(|(api, _)| api).filter(|_| want_bytes.is_some());
            compare_answer(api, &want, got_value, &mut differences);
        } else if let Ok(got) = got_value {
            let codes: Vec<String> = error_codes(&got).iter().filter(|(_, code)| *code != 0).map(show).collect();
            if case.outcome != seen.outcome {
                differences.push(format!("the answer: {} {}", codes.join(" "), cut(&got.to_string())));
            }
        }
    }
    differences
}

/// Without the API (the golden answer is not kept whole) only error codes count.
fn compare_answer(api: Option<ApiKey>, want: &Value, got: Result<Value, String>, differences: &mut Vec<String>) {
    let got = match got {
        Ok(got) => got,
        Err(error) => {
            differences.push(format!("the answer cannot be read: {error}"));
            return;
        }
    };
    let (wanted_codes, got_codes) = (error_codes(want), error_codes(&got));
    if wanted_codes != got_codes {
        let list = |codes: &[(String, i64)]| codes.iter().map(show).collect::<Vec<_>>().join(" ");
        differences.push(format!(
            "wanted [{}] ({}), got [{}] ({})",
            list(&wanted_codes),
            messages(want),
            list(&got_codes),
            messages(&got)
        ));
    } else if let Some(api) = api {
        let (mut want, got) = (masked(api, want), masked(api, &got));
        if api == ApiKey::ApiVersions {
            only_served(&mut want, &got);
        }
        let mut leaves = Vec::new();
        compare_leaves("", &want, &got, &mut leaves);
        if !leaves.is_empty() {
            differences.push(cut(&leaves.join(", ")));
        }
    }
}

/// Leaves APIs away that the answer does not list: `cargo xtask diff` compares which there are.
fn only_served(want: &mut Value, got: &Value) {
    let ids = |answer: &Value| -> Vec<Value> {
        answer["apiKeys"].as_array().into_iter().flatten().map(|row| row["apiKey"].clone()).collect()
    };
    let served = ids(got);
    if let Some(rows) = want["apiKeys"].as_array_mut() {
        rows.retain(|row| served.contains(&row["apiKey"]));
    }
}

/// The API of the first request of a case, where there is such an API.
pub fn api(case: &Case) -> Option<ApiKey> {
    requests(&case.sent).first().and_then(|(key, _, _)| ApiKey::from_id(*key))
}

/// API and version of the first request of a case, for a report.
pub fn what_is_asked(case: &Case) -> String {
    match requests(&case.sent).first() {
        Some((key, version, _)) => match ApiKey::from_id(*key) {
            Some(api) => format!("{} v{version}", api.name()),
            None => format!("API {key} v{version}"),
        },
        None => "no request".to_owned(),
    }
}

/// Every error code with the names on the way to it, sorted.
pub fn error_codes(value: &Value) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found.sort();
    found
}

fn collect(value: &Value, path: &str, found: &mut Vec<(String, i64)>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_i64() {
                    Some(code) if name.to_lowercase().ends_with("errorcode") => {
                        found.push((format!("{path}{name}"), code))
                    }
                    _ => collect(field, &format!("{path}{name}."), found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        _ => {}
    }
}

fn messages(value: &Value) -> String {
    let mut found = Vec::new();
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field.as_str() {
                        Some(text) if name.to_lowercase().ends_with("errormessage") => found.push(text.to_owned()),
                        _ => walk(field, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    walk(value, &mut found);
    cut(&found.join(" | "))
}

/// Fields that differ from run to run are replaced; error messages, which are our own sentences, count by presence.
fn masked(api: ApiKey, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mask = |(name, field): (&String, &Value)| {
                let shown = match name.as_str() {
                    "host"
                    | "port"
                    | "clusterId"
                    | "finalizedFeaturesEpoch"
                    | "producerId"
                    | "sessionId"
                    | "memberId"
                    | "timestamp"
                    | "logAppendTimeMs"
                    | "topicId"
                    | "leader"
                    | "directoryId"
                    | "replicaDirectoryId"
                    | "lastFetchTimestamp"
                    | "lastCaughtUpTimestamp"
                    | "totalBytes"
                    | "usableBytes"
                    | "logDir" => Value::from("*"),
                    // These grow with the metadata log.
                    "leaderEpoch" | "highWatermark" | "logEndOffset" if api == ApiKey::DescribeQuorum => {
                        Value::from("*")
                    }
                    "errorMessage" | "batchIndexErrorMessage" => Value::from(field.is_string()),
                    _ => masked(api, field),
                };
                (name.clone(), shown)
            };
            Value::Object(fields.iter().map(mask).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| masked(api, item)).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        other => other.clone(),
    }
}

/// Where two values differ, as `path: wanted X, got Y`.
fn compare_leaves(path: &str, want: &Value, got: &Value, found: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) if want.keys().eq(got.keys()) => {
            let both = want.iter().zip(got.values());
            both.for_each(|((name, want), got)| compare_leaves(&format!("{path}.{name}"), want, got, found));
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => {
            want.iter().zip(got).for_each(|(want, got)| compare_leaves(path, want, got, found));
        }
        (Value::Array(want), Value::Array(got)) => {
            want.iter().filter(|item| !got.contains(item)).for_each(|item| found.push(format!("{path}: lacks {item}")));
            got.iter().filter(|item| !want.contains(item)).for_each(|item| found.push(format!("{path}: has {item}")));
        }
        _ if want != got => found.push(format!("{path}: wanted {want}, got {got}")),
        _ => {}
    }
}

/// API key, version and correlation id of each request in what was sent.
fn requests(mut sent: &[u8]) -> Vec<(i16, i16, i32)> {
    let mut requests = Vec::new();
    while let Some((length, rest)) = sent.split_first_chunk::<4>() {
        let Some((&[k0, k1, v0, v1, c0, c1, c2, c3], _)) = rest.split_first_chunk::<8>() else { break };
        requests.push((
            i16::from_be_bytes([k0, k1]),
            i16::from_be_bytes([v0, v1]),
            i32::from_be_bytes([c0, c1, c2, c3]),
        ));
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        sent = rest.get(length..).unwrap_or_default();
    }
    requests
}

fn request_of(requests: &[(i16, i16, i32)], answer: &[u8]) -> Option<(ApiKey, i16)> {
    let (id, _) = answer.split_first_chunk::<4>()?;
    let id = i32::from_be_bytes(*id);
    let (key, version, _) = requests.iter().find(|(_, _, correlation)| *correlation == id).or(requests.first())?;
    Some((ApiKey::from_id(*key)?, *version))
}

fn decode(request: Option<(ApiKey, i16)>, answer: &[u8]) -> Result<Value, String> {
    let (api, version) = request.ok_or("it belongs to no request")?;
    let error_code = answer.get(4..6).map(|code| i16::from_be_bytes([code[0], code[1]]));
    let version = match (api.id(), error_code) {
        (API_VERSIONS, Some(UNSUPPORTED_VERSION)) => 0,
        _ => version,
    };
    let header = if api.response_header_version(version) == 1 { 5 } else { 4 };
    let body = answer.get(header..).ok_or("it is too short")?;
    json::decode(api.info().response, version, body).map_err(|error| error.to_string())
}

/// Kafka's names of fields with a small first letter.
fn lower_names(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let lower = |name: &str| {
                let mut letters = name.chars();
                letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>()).unwrap_or_default()
            };
            Value::Object(fields.iter().map(|(name, field)| (lower(name), lower_names(field))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower_names).collect()),
        other => other.clone(),
    }
}

fn show((path, code): &(String, i64)) -> String {
    format!("{path}={code}")
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AnsweredOpen => "an answer and an open connection",
        Outcome::AnsweredClosed => "an answer and a closed connection",
        Outcome::Closed => "a closed connection",
        Outcome::Silent => "silence",
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(700) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn error_codes_are_found_at_every_depth() {
        let value =
            json!({"errorCode": 0, "topics": [{"name": "a", "errorCode": 3}, {"partitions": [{"errorCode": 6}]}]});
        let want = [("errorCode", 0), ("topics.errorCode", 3), ("topics.partitions.errorCode", 6)];
        assert_eq!(error_codes(&value), want.map(|(path, code)| (path.to_owned(), code)));
    }

    #[test]
    fn other_fields_count_and_apis_that_are_not_listed_do_not() {
        let row = |id: i16, max: i16| json!({"apiKey": id, "minVersion": 0, "maxVersion": max});
        let want = json!({"errorCode": 0, "apiKeys": [row(3, 13), row(24, 5)]});
        let differences = |max: i16| {
            let mut found = Vec::new();
            let got = json!({"errorCode": 0, "apiKeys": [row(3, max)]});
            compare_answer(Some(ApiKey::ApiVersions), &want, Ok(got), &mut found);
            found
        };
        assert!(differences(13).is_empty());
        assert_eq!(differences(12), [".apiKeys.maxVersion: wanted 13, got 12"]);
    }

    #[test]
    fn requests_of_a_pipeline_are_told_apart() {
        let sent = [0, 0, 0, 8, 0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 18, 0, 0, 0, 0, 0, 2];
        assert_eq!(requests(&sent), [(3, 1, 1), (18, 0, 2)]);
        assert_eq!(request_of(&requests(&sent), &[0, 0, 0, 2]).unwrap().0.id(), 18);
    }
}
