//! Plays a scenario against a target.

use super::body::{self, Variables};
use super::compare;
use super::normal::Normaliser;
use super::scenario::{Ask, Scenario, Step, Wait, What};
use super::wire::{Connection, Outcome};
use protocol::ApiKey;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const UNTIL_LIMIT: Duration = Duration::from_secs(15);
const UNTIL_STEP: Duration = Duration::from_millis(30);

/// Where the requests go, and texts of the target that answers may hold.
#[derive(Debug, Clone)]
pub struct Target {
    pub broker: String,
    pub controller: String,
    pub known: Vec<(String, String)>,
}

/// The answer to one request: name of the step with version and values, normalised JSON.
pub type Played = (String, Value);

/// Plays all steps, in order.
pub fn play(target: &Target, scenario: &Scenario) -> Vec<Played> {
    let mut player = Player {
        target,
        prefix: scenario.name.clone(),
        connections: BTreeMap::new(),
        variables: Variables::new(),
        normal: Normaliser::new(target.known.clone()),
        waiting: BTreeMap::new(),
        played: Vec::new(),
    };
    scenario.steps.iter().for_each(|step| player.step(step));
    player.played
}

struct Player<'a> {
    target: &'a Target,
    prefix: String,
    connections: BTreeMap<String, Connection>,
    variables: Variables,
    normal: Normaliser,
    /// APIs whose answers are still to be awaited, by connection.
    waiting: BTreeMap<String, Vec<ApiKey>>,
    played: Vec<Played>,
}

impl Player<'_> {
    fn step(&mut self, step: &Step) {
        match &step.what {
            What::Close(connection) => {
                self.connections.remove(connection);
                self.waiting.remove(connection);
            }
            What::Topic { name, partitions, configs } => {
                if let Err(reason) = self.topic(name, *partitions, configs) {
                    self.played.push((format!("topic {name}"), json!(format!("broken: {reason}"))));
                }
            }
            What::Await(connection) => {
                let api = match self.waiting.get_mut(connection) {
                    Some(waiting) if !waiting.is_empty() => waiting.remove(0),
                    _ => ApiKey::Heartbeat,
                };
                let outcome = self.receive(connection);
                self.keep(step, step.label.clone(), api, &outcome, false);
            }
            What::Request(ask) => self.requests(step, ask),
        }
    }

    fn requests(&mut self, step: &Step, ask: &Ask) {
        let (min, max) = ask.versions;
        for version in min..=max {
            let label = if min == max { step.label.clone() } else { format!("{}/v{version}", step.label) };
            self.variables.insert("v".to_owned(), Value::from(version));
            for (suffix, values) in combinations(&step.each) {
                self.variables.extend(values);
                let outcome = self.request(ask, version);
                if ask.wait != Wait::Answer && !matches!(outcome, Outcome::Broken(_)) {
                    continue;
                }
                self.keep(step, format!("{label}{suffix}"), ask.api, &outcome, ask.mine);
            }
        }
    }

    fn keep(&mut self, step: &Step, label: String, api: ApiKey, outcome: &Outcome, mine: bool) {
        let shown = match outcome {
            Outcome::Answer(value) => {
                for (name, path) in &step.saves {
                    self.variables.insert(name.clone(), at(value, path).clone());
                }
                let mine = if mine { only_mine(value, &self.prefix) } else { value.clone() };
                self.normal.answer(api, &mine)
            }
            other => compare::as_value(other),
        };
        self.played.push((label, shown));
    }

    fn request(&mut self, ask: &Ask, version: i16) -> Outcome {
        let body = body::fill_in(&ask.body, &self.variables);
        let bytes = body.and_then(|body| body::encode(ask.api.info().request, version, &body));
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(reason) => return Outcome::Broken(reason),
        };
        let end = Instant::now() + UNTIL_LIMIT;
        loop {
            let outcome = self.exchange(ask, version, &bytes);
            let done = match (&ask.until, &outcome) {
                (Some((path, want)), Outcome::Answer(value)) => {
                    let as_text = want.to_string();
                    at(value, path) == want || at(value, path).as_str() == Some(as_text.as_str())
                }
                _ => true,
            };
            if done || Instant::now() >= end {
                return outcome;
            }
            std::thread::sleep(UNTIL_STEP);
        }
    }

    fn exchange(&mut self, ask: &Ask, version: i16, bytes: &[u8]) -> Outcome {
        let sent = self
            .connection(&ask.connection)
            .and_then(|connection| connection.send(ask.api, version, bytes, ask.wait != Wait::Never));
        match (sent, ask.wait) {
            (Err(reason), _) => Outcome::Broken(reason),
            (Ok(()), Wait::Answer) => self.receive(&ask.connection),
            (Ok(()), Wait::Later) => {
                self.waiting.entry(ask.connection.clone()).or_default().push(ask.api);
                Outcome::Silence
            }
            (Ok(()), Wait::Never) => Outcome::Silence,
        }
    }

    fn connection(&mut self, name: &str) -> Result<&mut Connection, String> {
        if !self.connections.contains_key(name) {
            let address = if name.starts_with("@controller") { &self.target.controller } else { &self.target.broker };
            let connection = Connection::open(address).map_err(|error| format!("{address}: {error}"))?;
            self.connections.insert(name.to_owned(), connection);
        }
        self.connections.get_mut(name).ok_or_else(|| format!("no connection {name}"))
    }

    fn receive(&mut self, name: &str) -> Outcome {
        let outcome = match self.connection(name) {
            Ok(connection) => connection.receive(),
            Err(reason) => Outcome::Broken(reason),
        };
        if !matches!(outcome, Outcome::Answer(_)) {
            self.connections.remove(name);
        }
        outcome
    }

    /// Makes a topic and waits until all its partitions answer; its id becomes the variable `id_NAME`, with `_` for
    /// every other sign.
    fn topic(&mut self, name: &str, partitions: i32, configs: &[(String, String)]) -> Result<(), String> {
        let configs: Vec<Value> = configs.iter().map(|(key, value)| json!({"name": key, "value": value})).collect();
        let topic = json!({"name": name, "numPartitions": partitions, "replicationFactor": 1, "configs": configs});
        let made = self.plain(ApiKey::CreateTopics, 7, json!({"topics": [topic], "timeoutMs": 10_000}), None)?;
        if at(&made, "topics.0.errorCode") != &json!(0) {
            return Err(made.to_string());
        }
        let id = at(&made, "topics.0.topicId").clone();
        if let Some(text) = id.as_str() {
            self.normal.known.push((text.to_owned(), format!("<id of {name}>")));
        }
        let word = name.replace(|sign: char| !sign.is_ascii_alphanumeric(), "_");
        self.variables.insert(format!("id_{word}"), id);
        for partition in 0..partitions {
            let partition = json!({"partitionIndex": partition, "currentLeaderEpoch": -1, "timestamp": -1});
            let body = json!({"replicaId": -1, "topics": [{"name": name, "partitions": [partition]}]});
            self.plain(ApiKey::ListOffsets, 7, body, Some("topics.0.partitions.0.errorCode"))?;
        }
        Ok(())
    }

    fn plain(&mut self, api: ApiKey, version: i16, body: Value, zero_at: Option<&str>) -> Result<Value, String> {
        let ask = Ask {
            connection: "@preparation".to_owned(),
            api,
            versions: (version, version),
            body,
            wait: Wait::Answer,
            until: zero_at.map(|path| (path.to_owned(), json!(0))),
            mine: false,
        };
        match self.request(&ask, version) {
            Outcome::Answer(value) => Ok(value),
            other => Err(compare::as_value(&other).to_string()),
        }
    }
}

/// Waits until the coordinators of all groups answer, so that no scenario sees them load.
pub fn warm_up(target: &Target) -> Vec<Played> {
    let text = "warm: OffsetFetch 5 until:errorCode=0 {\"groupId\": \"warm-$n\", \"topics\": null}\n  each n = [0,1,2,3,4,5,6,7,8,9,10,11]\n";
    let find = "find: FindCoordinator 3 until:errorCode=0 {\"key\": \"warm\", \"keyType\": 0}\n";
    match super::scenario::parse("warm-up", &format!("{find}{text}")) {
        Ok(scenario) => play(target, &scenario),
        Err(error) => vec![("warm-up".to_owned(), json!(error.to_string()))],
    }
}

/// All combinations of the values, each with its part of the step's name.
fn combinations(each: &[(String, Vec<Value>)]) -> Vec<(String, Variables)> {
    let mut all = vec![(String::new(), Variables::new())];
    for (name, values) in each {
        let longer = all.iter().flat_map(|(suffix, chosen)| {
            values.iter().enumerate().map(move |(place, value)| {
                let mut chosen = chosen.clone();
                chosen.insert(name.clone(), value.clone());
                (format!("{suffix}/{name}={}", short(value, place)), chosen)
            })
        });
        all = longer.collect();
    }
    all
}

fn short(value: &Value, place: usize) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let plain = text.len() <= 40 && !text.contains(char::is_whitespace);
    if plain { text } else { format!("#{}", place + 1) }
}

/// The value at a path of names and places with dots between.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, part| match part.parse::<usize>() {
        Ok(place) => &value[place],
        Err(_) => &value[part],
    })
}

/// Leaves elements of the top lists away whose key does not begin with the scenario's name.
fn only_mine(value: &Value, prefix: &str) -> Value {
    let Value::Object(fields) = value else { return value.clone() };
    let filter = |field: &Value| match field {
        Value::Array(items) => {
            let is_mine = |item: &&Value| compare::key_of(item).starts_with(prefix);
            Value::Array(items.iter().filter(is_mine).cloned().collect())
        }
        other => other.clone(),
    };
    let keep = |name: &str| matches!(name, "topics" | "groups" | "configResources");
    let pairs =
        fields.iter().map(|(name, field)| (name.clone(), if keep(name) { filter(field) } else { field.clone() }));
    Value::Object(pairs.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_values_is_one_step() {
        let each =
            [("a".to_owned(), vec![json!(1), json!("x")]), ("b".to_owned(), vec![json!(null), json!("two words")])];
        let names: Vec<String> = combinations(&each).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["/a=1/b=null", "/a=1/b=#2", "/a=x/b=null", "/a=x/b=#2"]);
    }

    #[test]
    fn paths_reach_into_lists() {
        assert_eq!(at(&json!({"a": [{"b": 3}]}), "a.0.b"), &json!(3));
        assert_eq!(at(&json!({}), "a.0.b"), &Value::Null);
    }
}
