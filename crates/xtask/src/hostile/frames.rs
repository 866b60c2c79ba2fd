//! The golden cases, read from their file.

use crate::error::{During, TaskError};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    AnsweredOpen,
    AnsweredClosed,
    Closed,
    Silent,
}

/// One golden case.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub sent: Vec<u8>,
    pub outcome: Outcome,
    /// Frames that came back, without their length; `None` for one that is not kept whole.
    pub answers: Vec<Option<Vec<u8>>>,
    /// How many there were, including those not kept.
    pub answers_total: usize,
    /// Kafka's own reading of each answer.
    pub decoded: Vec<Value>,
}

/// Reads all cases.
pub fn load(file: &Path) -> Result<Vec<Case>, TaskError> {
    let compressed = File::open(file).during(format!("open {}", file.display()))?;
    let mut text = String::new();
    GzDecoder::new(compressed).read_to_string(&mut text).during(format!("read {}", file.display()))?;
    text.lines().map(|line| case(line).ok_or_else(|| TaskError::Golden(line.chars().take(120).collect()))).collect()
}

fn case(line: &str) -> Option<Case> {
    let row: Value = serde_json::from_str(line).ok()?;
    let answers: Vec<Option<Vec<u8>>> = row["answers"].as_array()?.iter().map(|hex| bytes(hex.as_str()?)).collect();
    let total = row["answers_total"].as_u64().and_then(|total| usize::try_from(total).ok());
    Some(Case {
        name: row["name"].as_str()?.to_owned(),
        sent: sent(&row)?,
        outcome: outcome(row["result"].as_str()?)?,
        answers_total: total.unwrap_or(answers.len()),
        answers,
        decoded: row["decoded"].as_array().cloned().unwrap_or_default(),
    })
}

fn sent(row: &Value) -> Option<Vec<u8>> {
    let Some(parts) = row["sent_parts"].as_array() else {
        return bytes(row["sent"].as_str()?);
    };
    let mut whole = Vec::new();
    for part in parts {
        match part.as_str()?.split_once('*') {
            Some((byte, count)) => {
                let length = whole.len().checked_add(count.parse().ok()?)?;
                whole.resize(length, *bytes(byte)?.first()?);
            }
            None => whole.extend(bytes(part.as_str()?)?),
        }
    }
    Some(whole)
}

fn outcome(text: &str) -> Option<Outcome> {
    match text {
        "answered, connection stays open" => Some(Outcome::AnsweredOpen),
        "answered then closed" => Some(Outcome::AnsweredClosed),
        "closed" | "closed (reset)" => Some(Outcome::Closed),
        "no answer in 5 s" => Some(Outcome::Silent),
        _ => None,
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_repeated_bytes_are_put_together() {
        let line = r#"{"name":"x","sent_parts":["0102","78*3","ff"],"result":"closed","answers":[]}"#;
        let case = case(line).unwrap();
        assert_eq!((case.sent, case.outcome), (vec![1, 2, b'x', b'x', b'x', 255], Outcome::Closed));
    }

    #[test]
    fn every_golden_case_is_read() {
        let cases = load(&crate::place::sources("hostile").join("frames.jsonl.gz")).unwrap();
        assert_eq!(cases.len(), 439);
    }
}
