//! Client-metrics subscriptions (KIP-714): what may be stored of them.

use std::collections::BTreeMap;

use crate::error::ConfigError;
use crate::rows::Table;
use crate::value::Value;

/// A subscription, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMetricsConfig {
    pub interval_ms: i32,
    /// Pairs of a client's property and the pattern that it must match.
    pub matches: Vec<(String, String)>,
    /// Prefixes of metrics; `*` is all.
    pub metrics: Vec<String>,
}

/// The properties of a client that a subscription can match.
const MATCHABLE: [&str; 7] = [
    "client_instance_id",
    "client_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
    "client_rack",
];

/// Checks all configs of a subscription as they would be after a change. Patterns are only checked for their form;
/// whoever compiles them finds what is no expression.
pub fn validate_client_metrics(configs: &BTreeMap<String, String>) -> Result<ClientMetricsConfig, ConfigError> {
    let table = Table::client_metrics();
    let mut config = ClientMetricsConfig { interval_ms: 300_000, matches: Vec::new(), metrics: Vec::new() };
    if let Some(key) = configs.keys().find(|key| table.get(key).is_none()) {
        return Err(ConfigError::UnknownClientMetricsKey(key.clone()));
    }
    for row in table.rows() {
        let Some(text) = configs.get(row.key) else { continue };
        match (row.key, row.parse(text)?) {
            ("interval.ms", Value::Int(ms)) if !(100..=3_600_000).contains(&ms) => {
                return Err(ConfigError::Interval(ms));
            }
            ("interval.ms", Value::Int(ms)) => config.interval_ms = ms,
            ("match", Value::List(list)) => {
                config.matches = list.iter().map(|text| parse_match(text)).collect::<Result<_, _>>()?;
            }
            ("metrics", Value::List(list)) => config.metrics = list,
            _ => {}
        }
    }
    Ok(config)
}

fn parse_match(text: &str) -> Result<(String, String), ConfigError> {
    let illegal = || ConfigError::IllegalMatch(text.into());
    let (name, pattern) = text.split_once('=').ok_or_else(illegal)?;
    let (name, pattern) = (name.trim(), pattern.trim());
    let brackets = |open, close| pattern.matches(open).count() == pattern.matches(close).count();
    if !MATCHABLE.contains(&name) || pattern.contains('=') || !brackets('[', ']') || !brackets('(', ')') {
        return Err(illegal());
    }
    Ok((name.into(), pattern.into()))
}
