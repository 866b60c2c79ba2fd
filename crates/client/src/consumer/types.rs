//! What a consumer takes and gives: policies, subscriptions, records, events.

use records::TimestampType;
use std::sync::Arc;
use std::time::Duration;

/// Where to start without a committed offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetReset {
    Earliest,
    Latest,
    None,
    /// So long before now (KIP-1106).
    ByDuration(Duration),
}

impl OffsetReset {
    /// Reads a value of `auto.offset.reset`.
    pub fn parse(text: &str) -> Option<OffsetReset> {
        match text.to_ascii_lowercase().as_str() {
            "earliest" => Some(OffsetReset::Earliest),
            "latest" => Some(OffsetReset::Latest),
            "none" => Some(OffsetReset::None),
            other => parse_duration(other.strip_prefix("by_duration:")?).map(OffsetReset::ByDuration),
        }
    }
}

/// The part of ISO 8601 that durations of Kafka use: `P1DT2H3M4S`.
fn parse_duration(text: &str) -> Option<Duration> {
    let rest = text.to_ascii_uppercase();
    let rest = rest.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds = 0.0;
    for (part, units) in [(days, &[('D', 86_400.0)][..]), (time, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)])] {
        let mut part = part;
        for (unit, scale) in units {
            if let Some((number, after)) = part.split_once(*unit) {
                seconds += number.parse::<f64>().ok()? * scale;
                part = after;
            }
        }
        if !part.is_empty() {
            return None;
        }
    }
    (rest.len() > 1 && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds))
}

/// Where a chosen partition starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAt {
    /// The committed offset, or as `auto.offset.reset` says.
    Committed,
    Beginning,
    End,
    Offset(i64),
}

/// Which topics a group member reads.
pub enum Subscription {
    Topics(Vec<String>),
    /// Topics whose name the test accepts; it is asked again with every refresh of the metadata.
    Matching(Box<dyn Fn(&str) -> bool + Send>),
}

/// A record that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRecord {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
    pub timestamp_ms: i64,
    /// `None` for records from before timestamps.
    pub timestamp_type: Option<TimestampType>,
    pub leader_epoch: Option<i32>,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<RecordHeader>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHeader {
    pub key: String,
    pub value: Option<Vec<u8>>,
}

/// What a rebalance did, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebalanceEvent {
    Assigned(Vec<(String, i32)>),
    Revoked(Vec<(String, i32)>),
    /// The member was thrown out; others may have these already.
    Lost(Vec<(String, i32)>),
}

/// What is known of an assigned partition.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    /// Next offset to hand out; `None` until it is known.
    pub next: Option<i64>,
    pub start: StartAt,
    pub leader_epoch: i32,
    pub paused: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reset_policies_are_read() {
        let day = Duration::from_secs(86_400);
        for (text, policy) in [
            ("earliest", Some(OffsetReset::Earliest)),
            ("Latest", Some(OffsetReset::Latest)),
            ("none", Some(OffsetReset::None)),
            ("by_duration:P1D", Some(OffsetReset::ByDuration(day))),
            ("by_duration:PT24H", Some(OffsetReset::ByDuration(day))),
            ("by_duration:P", None),
            ("soon", None),
        ] {
            assert_eq!(OffsetReset::parse(text), policy, "{text}");
        }
    }
}
