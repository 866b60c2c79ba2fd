//! What a row's `valid` column allows, and the reason Kafka gives when a value is not allowed.
//!
//! Notation: `1..`, `1..9`, `1..9|-1` bounds; `{a,b}` one of these, `{i:A,B}` in any case; before a list's set `!` says
//! that the list may not be empty; `nonempty` text or list; and a few words for keys with a grammar of their own.

use crate::error::ConfigError;
use crate::value::Value;

/// The parsed form of the column. Texts stay as written, because messages repeat them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Valid {
    Any,
    Range { min: &'static str, max: Option<&'static str>, or: Option<i64> },
    OneOf { values: Vec<&'static str>, any_case: bool },
    Elements { values: Vec<&'static str>, may_be_empty: bool },
    NonEmpty,
    Either { one: &'static str, other: &'static str, any_case: bool },
    ThrottledReplicas,
    Voters,
    Endpoints,
    OffsetReset { share: bool },
}

impl Valid {
    /// `None` when the column cannot be read, which a test of the rows excludes.
    pub(crate) fn from_column(text: &'static str, is_list: bool) -> Option<Valid> {
        Some(match text {
            "" => Valid::Any,
            "nonempty" => Valid::NonEmpty,
            "throttled-replicas" => Valid::ThrottledReplicas,
            "voters" => Valid::Voters,
            "endpoints" => Valid::Endpoints,
            "offset-reset" => Valid::OffsetReset { share: false },
            "share-offset-reset" => Valid::OffsetReset { share: true },
            _ => return Self::from_set_or_range(text, is_list),
        })
    }

    fn from_set_or_range(text: &'static str, is_list: bool) -> Option<Valid> {
        if let Some(set) = text.strip_prefix("either{") {
            let (any_case, set) = set.strip_prefix("i:").map_or((false, set), |rest| (true, rest));
            let (one, other) = set.strip_suffix('}')?.split_once(',')?;
            return Some(Valid::Either { one, other, any_case });
        }
        let (may_be_empty, set) = text.strip_prefix('!').map_or((true, text), |rest| (false, rest));
        if let Some(set) = set.strip_prefix('{') {
            let set = set.strip_suffix('}')?;
            let (any_case, set) = set.strip_prefix("i:").map_or((false, set), |rest| (true, rest));
            let values = set.split(',').collect();
            return Some(match is_list {
                true => Valid::Elements { values, may_be_empty },
                false => Valid::OneOf { values, any_case },
            });
        }
        let (range, or) = match text.split_once('|') {
            Some((range, or)) => (range, Some(or.parse().ok()?)),
            None => (text, None),
        };
        let (min, max) = range.split_once("..")?;
        min.parse::<f64>().ok()?;
        Some(Valid::Range { min, max: (!max.is_empty()).then_some(max), or })
    }

    /// Whether `value` is allowed for `key`.
    pub(crate) fn check(&self, key: &str, value: &Value) -> Result<(), ConfigError> {
        let invalid = |reason: String| Err(ConfigError::Invalid { key: key.into(), value: shown(value), reason });
        if *value == Value::Null {
            return Ok(());
        }
        match (self, value) {
            (Valid::Range { min, max, or }, value) => match out_of_range(value, min, *max, *or) {
                Some(reason) => invalid(reason),
                None => Ok(()),
            },
            (Valid::OneOf { values, any_case }, Value::String(text)) => {
                let matches = |v: &&str| if *any_case { v.eq_ignore_ascii_case(text) } else { v == text };
                match values.iter().any(matches) {
                    true => Ok(()),
                    false => {
                        let case = if *any_case { " (case insensitive)" } else { "" };
                        invalid(format!("String must be one of{case}: {}", values.join(", ")))
                    }
                }
            }
            (Valid::NonEmpty, Value::String(text)) if text.is_empty() => invalid("String must be non-empty".into()),
            (Valid::Either { one, other, any_case }, Value::String(text)) => {
                let matches = |v: &str| if *any_case { v.eq_ignore_ascii_case(text) } else { v == text };
                match matches(one) || matches(other) {
                    true => Ok(()),
                    false => invalid(format!(
                        "Invalid value `{text}` for configuration {key}. The value must either be '{one}' or '{other}'."
                    )),
                }
            }
            (Valid::OffsetReset { share }, Value::String(text)) if !is_offset_reset(text, *share) => {
                let (none, dot) = if *share { ("", "") } else { (", 'none'", ".") };
                invalid(format!(
                    "Invalid value `{text}` for configuration {key}. The value must be either 'earliest', 'latest'{none} or of the \
                     format 'by_duration:<PnDTnHnMn.nS{dot}>'."
                ))
            }
            (_, Value::List(list)) => self.check_list(key, list),
            _ => Ok(()),
        }
    }

    fn check_list(&self, key: &str, list: &[String]) -> Result<(), ConfigError> {
        let bad = |message: String| Err(ConfigError::InvalidList { key: key.into(), message });
        match self {
            Valid::Voters => return crate::listeners::parse_voters(list).map(|_| ()),
            Valid::Endpoints => return crate::listeners::parse_bootstrap_servers(list).map(|_| ()),
            Valid::ThrottledReplicas => return check_throttled(key, list),
            Valid::NonEmpty if list.is_empty() => {
                return bad(format!(
                    "Configuration '{key}' must not be empty. Valid values include: any non-empty value"
                ));
            }
            Valid::Elements { values, may_be_empty: false } if list.is_empty() => {
                let values = values.join(", ");
                return bad(format!("Configuration '{key}' must not be empty. Valid values include: [{values}]"));
            }
            _ => {}
        }
        if let Valid::Elements { values, .. } = self
            && let Some(item) = list.iter().find(|item| !values.contains(&item.as_str()))
            && !item.is_empty()
        {
            let reason = format!("String must be one of: {}", values.join(", "));
            return Err(ConfigError::Invalid { key: key.into(), value: item.clone(), reason });
        }
        match list.iter().any(String::is_empty) {
            true => bad(format!("Configuration '{key}' values must not be empty.")),
            false => Ok(()),
        }
    }

    /// What is allowed, for people; empty when the type says it all.
    pub(crate) fn described(&self) -> String {
        match self {
            Valid::Any => String::new(),
            Valid::Range { min, max: None, or: None } => format!("at least {min}"),
            Valid::Range { min, max: Some(max), or: None } => format!("{min} to {max}"),
            Valid::Range { min, max, or: Some(or) } => format!("{min} to {}, or {or}", max.unwrap_or("any")),
            Valid::OneOf { values, .. } => format!("one of {}", values.join(", ")),
            Valid::Elements { values, .. } => format!("a list of {}", values.join(", ")),
            Valid::NonEmpty => "not empty".into(),
            Valid::Either { one, other, .. } => format!("{one} or {other}"),
            Valid::ThrottledReplicas => "* or partition:broker, ...".into(),
            Valid::Voters => "id@host:port, ...".into(),
            Valid::Endpoints => "host:port, ...".into(),
            Valid::OffsetReset { share: true } => "earliest, latest or by_duration:PnDTnHnMn.nS".into(),
            Valid::OffsetReset { share: false } => "earliest, latest, none or by_duration:PnDTnHnMn.nS".into(),
        }
    }
}

/// A value as Java prints it in a message: a list in brackets.
fn shown(value: &Value) -> String {
    match value {
        Value::List(list) => format!("[{}]", list.join(", ")),
        other => other.to_string(),
    }
}

fn out_of_range(value: &Value, min: &str, max: Option<&str>, or: Option<i64>) -> Option<String> {
    let number = value.as_f64()?;
    let bound = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let below = number < bound(min);
    let above = max.is_some_and(|max| number > bound(max));
    match (or, max) {
        (Some(or), Some(max)) if (below || above) && value.as_i64() != Some(or) => {
            Some(format!("Value must be between {min} and {max} or equal to {or}"))
        }
        (Some(_), _) => None,
        (None, _) if below => Some(format!("Value must be at least {min}")),
        (None, Some(max)) if above => Some(format!("Value must be no more than {max}")),
        _ => None,
    }
}

fn check_throttled(key: &str, list: &[String]) -> Result<(), ConfigError> {
    let is_pair = |item: &String| {
        item.split_once(':').is_some_and(|(partition, broker)| {
            let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            number(partition) && number(broker)
        })
    };
    if list.iter().all(is_pair) || list == ["*"] || list.iter().all(String::is_empty) {
        return Ok(());
    }
    let reason = format!(
        "{key} must be the literal '*' or a list of replicas in the following format: \
         [partitionId]:[brokerId],[partitionId]:[brokerId],..."
    );
    Err(ConfigError::Invalid { key: key.into(), value: format!("[{}]", list.join(", ")), reason })
}

fn is_offset_reset(text: &str, share: bool) -> bool {
    match text {
        "earliest" | "latest" => true,
        "none" => !share,
        _ => text.strip_prefix("by_duration:").is_some_and(|d| iso_duration_seconds(d).is_some()),
    }
}

/// Seconds of a duration as `PnDTnHnMn.nS`; `None` when it is malformed or negative.
pub(crate) fn iso_duration_seconds(text: &str) -> Option<f64> {
    let rest = text.strip_prefix(['P', 'p'])?;
    let (days, time) = match rest.split_once(['T', 't']) {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (rest, ""),
    };
    let mut total = 0.0;
    let mut parts = 0;
    for (text, units) in [(days, &[('D', 86400.0)][..]), (time, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)][..])] {
        let mut rest = text;
        for (unit, seconds) in units {
            if let Some((number, after)) = rest.split_once([*unit, unit.to_ascii_lowercase()]) {
                total += number.parse::<f64>().ok()? * seconds;
                rest = after;
                parts += 1;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    (parts > 0 && total >= 0.0).then_some(total)
}
