//! Topic patterns: Java regular expressions that must match a whole name.

use crate::failure::Failure;
use fancy_regex::Regex;

/// A list of names or patterns, separated by `,` or `|`, as `--topic` and `--include` take it.
#[derive(Debug, Clone)]
pub struct TopicPattern(Regex);

impl TopicPattern {
    /// Reads it as Kafka's include list does: blanks and quotes around are dropped, commas separate alternatives.
    pub fn new(text: &str) -> Result<TopicPattern, Failure> {
        let cleaned: String = text.trim().replace(',', "|").replace(' ', "");
        let cleaned = cleaned.trim_matches(['"', '\'']);
        Self::exactly(cleaned).map_err(|_| Failure::new(format!("{cleaned} is an invalid regex.")))
    }

    /// Reads a regular expression as it is.
    pub fn exactly(regex: &str) -> Result<TopicPattern, String> {
        Regex::new(&format!("^(?:{regex})$")).map(TopicPattern).map_err(|error| error.to_string())
    }

    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name).unwrap_or(false)
    }
}

/// Topics that Kafka keeps for itself.
pub fn is_internal(topic: &str) -> bool {
    matches!(topic, "__consumer_offsets" | "__transaction_state" | "__share_group_state")
}

/// What is wrong with a regular expression in RE2's words, which brokers use for subscriptions.
pub fn re2_error(regex: &str) -> Option<&'static str> {
    if Regex::new(regex).is_ok() {
        return None;
    }
    let (mut depth, mut escaped, mut class) = (0i32, false, false);
    for c in regex.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' if class => class = false,
            _ if class => {}
            '[' => class = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Some("unexpected )"),
            ')' => depth -= 1,
            _ => {}
        }
    }
    Some(match (escaped, class, depth) {
        (true, _, _) => "trailing backslash at end of expression",
        (_, true, _) => "missing closing ]",
        (_, _, 1..) => "missing closing )",
        _ if regex.starts_with(['*', '+', '?']) => "missing argument to repetition operator",
        _ => "invalid syntax",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, matches) in [
            ("tt.*", "tt-1", true),
            ("tt", "tt-1", false),
            ("a,b", "b", true),
            ("a|b.c", "bxc", true),
            ("'ev|lz'", "lz", true),
            ("(?!x).*", "y", true),
        ] {
            assert_eq!(TopicPattern::new(pattern).unwrap().matches(name), matches, "{pattern} {name}");
        }
        assert!(TopicPattern::new("a(").is_err());
    }

    #[test]
    fn what_is_wrong_is_said_as_re2_does() {
        assert_eq!(re2_error("a.*"), None);
        assert_eq!(re2_error("a(("), Some("missing closing )"));
        assert_eq!(re2_error("[a"), Some("missing closing ]"));
        assert_eq!(re2_error("a)"), Some("unexpected )"));
    }
}
