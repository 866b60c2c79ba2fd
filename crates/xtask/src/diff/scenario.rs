//! The notation of scenarios; `interop/diff/README.md` describes it.

use crate::error::TaskError;
use protocol::ApiKey;
use serde_json::{Map, Value};

/// A file of steps.
#[derive(Debug)]
pub struct Scenario {
    pub name: String,
    pub steps: Vec<Step>,
}

/// One step; it may stand for many requests.
#[derive(Debug)]
pub struct Step {
    pub label: String,
    pub what: What,
    /// Variables that are taken from the answer: name, path.
    pub saves: Vec<(String, String)>,
    /// Variables that take each of these values in turn.
    pub each: Vec<(String, Vec<Value>)>,
}

/// What a step does.
#[derive(Debug)]
pub enum What {
    Request(Ask),
    /// Takes the answer to a request that was sent before.
    Await(String),
    Topic {
        name: String,
        partitions: i32,
        configs: Vec<(String, String)>,
    },
    Close(String),
}

/// A request.
#[derive(Debug)]
pub struct Ask {
    pub connection: String,
    pub api: ApiKey,
    pub versions: (i16, i16),
    pub body: Value,
    pub wait: Wait,
    /// Repeat until the answer has this value at this path.
    pub until: Option<(String, Value)>,
    /// Show only what bears the scenario's name.
    pub mine: bool,
}

/// How a request and its answer hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    Answer,
    /// A later step awaits the answer.
    Later,
    /// There is none.
    Never,
}

/// Parses the text of a scenario.
///
/// # Errors
/// The line that cannot be read, and why.
pub fn parse(name: &str, text: &str) -> Result<Scenario, TaskError> {
    let mut steps: Vec<Step> = Vec::new();
    for (first_line, block) in blocks(text) {
        let step = parse_block(&block)
            .map_err(|reason| TaskError::Golden(format!("scenario {name}, line {first_line}: {reason}")))?;
        if !step.label.is_empty() && steps.iter().any(|other| other.label == step.label) {
            return Err(TaskError::Golden(format!("scenario {name}: two steps are called {}", step.label)));
        }
        steps.push(step);
    }
    Ok(Scenario { name: name.to_owned(), steps })
}

/// A line at the margin with the indented lines that follow; comments and empty lines are gone.
fn blocks(text: &str) -> Vec<(usize, Vec<&str>)> {
    let mut blocks: Vec<(usize, Vec<&str>)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match blocks.last_mut() {
            Some((_, block)) if line.starts_with(' ') => block.push(line.trim()),
            _ => blocks.push((number + 1, vec![line.trim()])),
        }
    }
    blocks
}

fn parse_block(block: &[&str]) -> Result<Step, String> {
    let (head, more) = block.split_first().ok_or("empty")?;
    let mut step = Step { label: String::new(), what: What::Close(String::new()), saves: Vec::new(), each: Vec::new() };
    let mut json = String::new();
    for line in more {
        if let Some(rest) = line.strip_prefix("save ") {
            let (name, path) = rest.split_once('=').ok_or("save NAME = PATH")?;
            step.saves.push((name.trim().to_owned(), path.trim().to_owned()));
        } else if let Some(rest) = line.strip_prefix("each ") {
            let (name, values) = rest.split_once('=').ok_or("each NAME = [VALUES]")?;
            let values: Vec<Value> = serde_json::from_str(values).map_err(|error| error.to_string())?;
            step.each.push((name.trim().to_owned(), values));
        } else {
            json.push_str(line);
            json.push('\n');
        }
    }
    if let Some(rest) = head.strip_prefix("topic ") {
        step.what = topic(rest)?;
    } else if let Some(rest) = head.strip_prefix("close ") {
        step.what = What::Close(rest.trim().to_owned());
    } else {
        let (label, rest) = head.split_once(": ").ok_or("LABEL: API VERSIONS JSON")?;
        step.label = label.to_owned();
        step.what = ask(rest, &json)?;
    }
    Ok(step)
}

fn topic(text: &str) -> Result<What, String> {
    let mut words = text.split_whitespace();
    let name = words.next().ok_or("topic NAME [PARTITIONS] [KEY=VALUE]")?.to_owned();
    let (mut partitions, mut configs) = (1, Vec::new());
    for word in words {
        match word.split_once('=') {
            Some((key, value)) => configs.push((key.to_owned(), value.to_owned())),
            None => partitions = word.parse().map_err(|_| format!("partitions: {word}"))?,
        }
    }
    Ok(What::Topic { name, partitions, configs })
}

fn ask(text: &str, more: &str) -> Result<What, String> {
    let (words, json) = match text.find('{') {
        Some(place) => text.split_at(place),
        None => (text, ""),
    };
    let json = format!("{json}\n{more}");
    let body = match json.trim() {
        "" => Value::Object(Map::new()),
        json => serde_json::from_str(json).map_err(|error| format!("{error} in {json}"))?,
    };
    let mut words = words.split_whitespace().peekable();
    let connection = words.next_if(|word| word.starts_with('@')).unwrap_or("@a").to_owned();
    let name = words.next().ok_or("no API")?;
    if name == "await" {
        return Ok(What::Await(connection));
    }
    let api = api(name).ok_or_else(|| format!("no API is called {name}"))?;
    let versions = versions(api, words.next().ok_or("no version")?)?;
    let mut ask = Ask { connection, api, versions, body, wait: Wait::Answer, until: None, mine: false };
    for word in words {
        match (word, word.split_once('=')) {
            ("send", _) => ask.wait = Wait::Later,
            ("unanswered", _) => ask.wait = Wait::Never,
            ("mine", _) => ask.mine = true,
            (_, Some((path, value))) => {
                let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
                ask.until = Some((path.strip_prefix("until:").ok_or("until:PATH=VALUE")?.to_owned(), value));
            }
            _ => return Err(format!("unknown word: {word}")),
        }
    }
    Ok(What::Request(ask))
}

/// The API of this name.
pub fn api(name: &str) -> Option<ApiKey> {
    (0..=200).filter_map(ApiKey::from_id).find(|api| api.name() == name)
}

fn versions(api: ApiKey, word: &str) -> Result<(i16, i16), String> {
    let number = |text: &str| match text {
        "max" => Ok(api.max_version()),
        text => text.parse().map_err(|_| format!("version: {text}")),
    };
    match word.split_once('-') {
        _ if word == "*" => Ok((api.min_version(), api.max_version())),
        Some((min, max)) => Ok((number(min)?, number(max)?)),
        None => Ok((number(word)?, number(word)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_connection_api_versions_flags_and_a_body_over_lines() {
        let text = "# title\ntopic x-a 2 a.b=c\none: @b Fetch 4-6 send until:errorCode=0 {\"maxBytes\": 1,\n  \"minBytes\": 2}\n  save s = sessionId\n  each q = [1, 2]\ntwo: @b await\n";
        let scenario = parse("x", text).unwrap();
        assert_eq!(scenario.steps.len(), 3);
        let What::Request(ask) = &scenario.steps[1].what else { panic!("no request") };
        assert_eq!(
            (ask.connection.as_str(), ask.api, ask.versions, ask.wait),
            ("@b", ApiKey::Fetch, (4, 6), Wait::Later)
        );
        assert_eq!(ask.body["minBytes"], 2);
        assert_eq!(ask.until, Some(("errorCode".to_owned(), Value::from(0))));
        assert_eq!(scenario.steps[1].each[0].1.len(), 2);
        assert_eq!(scenario.steps[1].saves, [("s".to_owned(), "sessionId".to_owned())]);
    }

    #[test]
    fn mistakes_name_their_line() {
        let error = parse("x", "\none: Fetsch 4 {}").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("Fetsch"), "{error}");
        assert!(parse("x", "one: Fetch 4 {}\none: Fetch 5 {}").is_err());
    }
}
