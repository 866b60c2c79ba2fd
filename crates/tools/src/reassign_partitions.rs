//! `kafka-reassign-partitions.sh`: lists, verifies, starts and cancels moves of partitions between brokers and of
//! replicas between log directories, throttled where that is asked for.

use crate::connect;
use crate::failure::{Failure, Outcome, java};
use crate::io::Io;
use crate::options::{COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, long, text};
use crate::throttles::{self, Throttled};
use base::{ErrorCode, NodeId};
use client::{Admin, ClientError, Wanted};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const OPTIONS: &[Opt] = &[
    text("bootstrap-server", "HOST:PORT[,...]", "brokers to connect to first").optional_value(),
    text("bootstrap-controller", "HOST:PORT[,...]", "controllers to connect to instead").optional_value(),
    COMMAND_CONFIG,
    flag("list", "list moves that are under way"),
    flag("verify", "show how far the moves of a file are"),
    flag("execute", "start the moves of a file"),
    flag("cancel", "stop the moves of a file"),
    flag("generate", "propose moves"),
    text("reassignment-json-file", "FILE", "the moves"),
    text("topics-to-move-json-file", "FILE", "with --generate: the topics"),
    text("broker-list", "ID,ID", "with --generate: the brokers"),
    flag("additional", "with --execute: although others are under way"),
    flag("preserve-throttles", "with --verify and --cancel: leave the throttles"),
    flag("disable-rack-aware", "with --generate: do not look at racks"),
    flag("disallow-replication-factor-change", "refuse moves that change the number of replicas"),
    long("throttle", "BYTES", "most bytes a second that moves between brokers may take on each of them"),
    long("replica-alter-log-dirs-throttle", "BYTES", "the same of moves between directories"),
    long("timeout", "MS", "how long to wait for log directory moves to start"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-reassign-partitions.sh",
    purpose: "Move partitions between brokers and log directories.",
    examples: &[
        "--bootstrap-server localhost:9092 --list",
        "--bootstrap-server localhost:9092 --verify --reassignment-json-file moves.json",
    ],
    options: OPTIONS,
};

/// One partition of a file with moves.
struct Move {
    topic: String,
    partition: i32,
    replicas: Vec<NodeId>,
    /// `any`, or a directory for each replica.
    dirs: Vec<String>,
}

impl Move {
    fn key(&self) -> (String, i32) {
        (self.topic.clone(), self.partition)
    }

    fn name(&self) -> String {
        format!("{}-{}", self.topic, self.partition)
    }
}

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if let Err(message) = check(&parsed) {
        io.complain(message);
        USAGE.print(io);
        return 1;
    }
    match act(&parsed, io) {
        Ok(()) => 0,
        Err(failure) => {
            // Kafka prints where it happened behind it; of that the first line is read.
            match &failure.cause {
                Some(cause) => io.say(format!("Error: {cause}\n{}", java(cause))),
                None => {
                    let message = &failure.message;
                    io.say(format!("Error: {message}\norg.apache.kafka.tools.AdminCommandFailedException: {message}"));
                }
            }
            1
        }
    }
}

fn check(parsed: &Parsed) -> Result<(), String> {
    let actions = ["generate", "execute", "verify", "cancel", "list"];
    if actions.iter().filter(|action| parsed.has(action)).count() != 1 {
        return Err("Command must include exactly one action: --generate, --execute, --verify, --cancel, --list".into());
    }
    if !parsed.has("bootstrap-server") && !parsed.has("bootstrap-controller") {
        return Err("Please specify --bootstrap-server".into());
    }
    if parsed.has("generate") {
        return parsed.require(&["topics-to-move-json-file", "broker-list"]);
    }
    if parsed.has("list") {
        return Ok(());
    }
    parsed.require(&["reassignment-json-file"])
}

fn act(parsed: &Parsed, io: &mut Io) -> Outcome {
    let admin = connect::admin_named("reassign-partitions-tool", parsed)?;
    if parsed.has("list") {
        return list(&admin, io);
    }
    if parsed.has("generate") {
        return generate(parsed, &admin, io);
    }
    let moves = read_moves(parsed.value("reassignment-json-file").unwrap_or_default())?;
    if parsed.has("verify") {
        verify(parsed, &admin, &moves, io)
    } else if parsed.has("execute") {
        execute(parsed, &admin, &moves, io)
    } else {
        cancel(parsed, &admin, &moves, io)
    }
}

fn read_json(path: &str) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(path).map_err(|_| Failure::new(format!("Unable to read file {path}")))?;
    serde_json::from_str(&text).map_err(|_| Failure::new("The input string is not a valid JSON"))
}

/// The only version of the file.
const FILE_VERSION: i64 = 1;

fn read_moves(path: &str) -> Result<Vec<Move>, Failure> {
    let json = read_json(path)?;
    if let Some(version) = json.get("version").filter(|version| version.as_i64() != Some(FILE_VERSION)) {
        return Err(Failure::new(format!("Not supported version field value {version}")));
    }
    let row = |row: &Value| {
        let replicas: Option<Vec<NodeId>> =
            row.get("replicas")?.as_array()?.iter().map(|id| NodeId::try_from(id.as_i64()?).ok()).collect();
        let replicas = replicas?;
        let dirs = match row.get("log_dirs").and_then(Value::as_array) {
            Some(dirs) => dirs.iter().map(|dir| dir.as_str().unwrap_or("any").to_string()).collect(),
            None => vec!["any".to_string(); replicas.len()],
        };
        let partition = i32::try_from(row.get("partition")?.as_i64()?).ok()?;
        let topic = row.get("topic")?.as_str()?.to_string();
        Some(Move { topic, partition, replicas, dirs })
    };
    let rows = json.get("partitions").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| Failure::new("Missing partitions field"))?;
    let moves: Option<Vec<Move>> = rows.iter().map(row).collect();
    let moves = moves.ok_or_else(|| Failure::new(format!("Invalid entry in the partitions field of {path}")))?;
    if let Some(one) = moves.iter().find(|one| one.dirs.len() != one.replicas.len()) {
        let (replicas, dirs) = (listed(&one.replicas), one.dirs.join(", "));
        let name = one.name();
        return Err(Failure::new(format!(
            "Size of replicas list [{replicas}] is different from size of log dirs list [{dirs}] for partition {name}"
        )));
    }
    if moves.is_empty() {
        return Err(Failure::new("Partition reassignment list cannot be empty"));
    }
    Ok(moves)
}

fn listed<T: ToString>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// Those that come more than once, each of them once.
fn repeated<T: Ord + Clone>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<T> = all.into_iter().filter(|one| !seen.insert(one.clone())).collect();
    twice.into_iter().collect()
}

/// What no controller needs to be asked for: nothing is done where one move of a file is wrong.
fn check_moves(moves: &[Move]) -> Result<(), Failure> {
    if moves.iter().any(|one| one.replicas.is_empty()) {
        return Err(Failure::new("Partition replica list cannot be empty"));
    }
    let twice = repeated(moves.iter().map(Move::name));
    if !twice.is_empty() {
        let names = twice.join(",");
        return Err(Failure::new(format!("Partition reassignment contains duplicate topic partitions: {names}")));
    }
    let entries = moves.iter().map(|one| (one.name(), repeated(one.replicas.iter().copied())));
    let entries: Vec<String> = entries
        .filter(|(_, twice)| !twice.is_empty())
        .map(|(name, twice)| {
            let ids = twice.iter().map(NodeId::to_string).collect::<Vec<_>>().join(",");
            format!("{name} contains multiple entries for {ids}")
        })
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("Partition replica lists may not contain duplicate entries: {}", entries.join(". "))))
}

fn list(admin: &Admin, io: &mut Io) -> Outcome {
    let moving = admin.list_reassignments()?;
    if moving.is_empty() {
        io.say("No partition reassignments found.");
        return Ok(());
    }
    io.say("Current partition reassignments:");
    let ids = |ids: &[NodeId]| ids.iter().map(NodeId::to_string).collect::<Vec<_>>().join(",");
    for ((topic, partition), reassignment) in moving {
        let mut line = format!("{topic}-{partition}: replicas: {}.", ids(&reassignment.replicas));
        if !reassignment.adding.is_empty() {
            line += &format!(" adding: {}.", ids(&reassignment.adding));
        }
        if !reassignment.removing.is_empty() {
            line += &format!(" removing: {}.", ids(&reassignment.removing));
        }
        io.say(line);
    }
    Ok(())
}

/// Directory of every replica, and of those under way to another one, by partition and broker.
type Dirs = BTreeMap<(String, i32, NodeId), (Option<String>, Option<String>)>;

fn log_dirs(admin: &Admin, brokers: &BTreeSet<NodeId>) -> Result<Dirs, Failure> {
    let mut dirs = Dirs::new();
    for broker in brokers {
        for dir in admin.describe_log_dirs(*broker, None)? {
            for replica in dir.replicas {
                let places = dirs.entry((replica.topic, replica.partition, *broker)).or_default();
                let place = if replica.is_future { &mut places.1 } else { &mut places.0 };
                *place = Some(dir.path.clone());
            }
        }
    }
    Ok(dirs)
}

fn brokers_of(moves: &[Move]) -> BTreeSet<NodeId> {
    moves.iter().flat_map(|one| one.replicas.iter().copied()).collect()
}

fn verify(parsed: &Parsed, admin: &Admin, moves: &[Move], io: &mut Io) -> Outcome {
    let moving = admin.list_reassignments()?;
    let names: Vec<&str> = moves.iter().map(|one| one.topic.as_str()).collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    io.say("Status of partition reassignment:");
    let mut done = true;
    for one in moves {
        let name = one.name();
        if moving.contains_key(&one.key()) {
            done = false;
            io.say(format!("Reassignment of partition {name} is still in progress."));
            continue;
        }
        match metadata.partition(&one.topic, one.partition) {
            Some(partition) if partition.replicas == one.replicas => {
                io.say(format!("Reassignment of partition {name} is completed."));
            }
            Some(partition) => {
                let ids = |ids: &[NodeId]| ids.iter().map(NodeId::to_string).collect::<Vec<_>>().join(",");
                io.say(format!(
                    "There is no active reassignment of partition {name}, but replica set is {} rather than {}.",
                    ids(&partition.replicas),
                    ids(&one.replicas)
                ));
            }
            None => io.say(format!(
                "There is no active reassignment of partition {name}, but replica set is  rather than {:?}.",
                one.replicas
            )),
        }
    }
    let named = moves.iter().flat_map(|one| one.replicas.iter().zip(&one.dirs).map(move |(id, dir)| (one, *id, dir)));
    let named: Vec<(&Move, NodeId, &String)> = named.filter(|(_, _, dir)| *dir != "any").collect();
    if named.is_empty() {
        // Kafka's line about log directories, where there is nothing to say.
        io.say("");
    } else {
        let known: BTreeSet<NodeId> = metadata.nodes.keys().copied().collect();
        let dirs = log_dirs(admin, &named.iter().map(|(_, id, _)| *id).filter(|id| known.contains(id)).collect())?;
        for (one, id, wanted) in named {
            let name = format!("{}-{id}", one.name());
            match dirs.get(&(one.topic.clone(), one.partition, id)) {
                Some((_, Some(future))) if future == wanted => {
                    done = false;
                    io.say(format!("Reassignment of replica {name} is still in progress."));
                }
                Some((Some(current), _)) if current == wanted => {
                    io.say(format!("Reassignment of replica {name} completed successfully."));
                }
                Some((Some(current), _)) => io.say(format!(
                    "Partition {} on broker {id} is not being moved from log dir {current} to {wanted}.",
                    one.name()
                )),
                _ => io.say(format!("Partition {} is not found in any live log dir on broker {id}.", one.name())),
            }
        }
    }
    if done && !parsed.has("preserve-throttles") {
        clear_throttles(admin, moves, io)?;
    }
    Ok(())
}

fn clear_throttles(admin: &Admin, moves: &[Move], io: &mut Io) -> Outcome {
    let mut ids: BTreeSet<NodeId> = admin.cluster().metadata().nodes.keys().copied().collect();
    // One that is away keeps its throttles, and that is told.
    ids.extend(brokers_of(moves));
    let topics: BTreeSet<&str> = moves.iter().map(|one| one.topic.as_str()).collect();
    let brokers: Vec<String> = ids.iter().map(NodeId::to_string).collect();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    io.say(format!("Clearing broker-level throttles on broker{} {}", plural(brokers.len()), brokers.join(",")));
    let names: Vec<&str> = topics.iter().copied().collect();
    io.say(format!("Clearing topic-level throttles on topic{} {}", plural(topics.len()), names.join(",")));
    throttles::clear(admin, &ids, &topics)
}

/// The replicas of each topic that its moves load.
fn throttled(
    admin: &Admin,
    moves: &[Move],
    moving: &BTreeMap<(String, i32), client::Reassignment>,
) -> Result<BTreeMap<String, Throttled>, Failure> {
    let names: Vec<&str> = moves.iter().map(|one| one.topic.as_str()).collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    let mut topics: BTreeMap<String, Throttled> = BTreeMap::new();
    for one in moves {
        let Some(partition) = metadata.partition(&one.topic, one.partition) else { continue };
        // What an earlier move adds has not got the records yet.
        let adding = moving.get(&one.key()).map(|reassignment| reassignment.adding.as_slice()).unwrap_or_default();
        let sources = partition.replicas.iter().filter(|id| !adding.contains(id));
        let of_topic = topics.entry(one.topic.clone()).or_default();
        let sources: BTreeSet<NodeId> = sources.copied().collect();
        let destinations = one.replicas.iter().filter(|id| !sources.contains(id));
        of_topic.destinations.extend(destinations.map(|id| (one.partition, *id)));
        of_topic.sources.extend(sources.iter().map(|id| (one.partition, *id)));
    }
    Ok(topics)
}

/// Sets the throttles that were asked for, before anything moves.
fn set_throttles(parsed: &Parsed, admin: &Admin, moves: &[Move], io: &mut Io) -> Outcome {
    let rate = |name: &str| match parsed.value(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<i64>()
            .map(|rate| Some(rate).filter(|rate| *rate >= 0))
            .map_err(|_| Failure::new(format!("Cannot parse argument '{text}' of option {name}"))),
    };
    let (between_brokers, between_dirs) = (rate("throttle")?, rate("replica-alter-log-dirs-throttle")?);
    if between_brokers.is_some() || between_dirs.is_some() {
        io.say(
            "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is \
             removed.",
        );
    }
    if let Some(rate) = between_brokers {
        throttles::set_between_brokers(admin, &throttled(admin, moves, &admin.list_reassignments()?)?, rate)?;
        io.say(format!("The inter-broker throttle limit was set to {rate} B/s"));
    }
    if let Some(rate) = between_dirs {
        let moved = moves.iter().flat_map(|one| one.replicas.iter().zip(&one.dirs));
        let brokers = moved.filter(|(_, dir)| *dir != "any").map(|(id, _)| *id).collect();
        throttles::set_between_dirs(admin, &brokers, rate)?;
        io.say(format!("The replica-alter-dir throttle limit was set to {rate} B/s"));
    }
    Ok(())
}

/// The assignment of partitions as a file that `--execute` reads.
fn current_json(admin: &Admin, keys: &[(String, i32)]) -> Result<String, Failure> {
    let names: Vec<&str> = keys.iter().map(|(topic, _)| topic.as_str()).collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    let dirs = log_dirs(admin, &metadata.nodes.keys().copied().collect())?;
    let mut rows = Vec::new();
    for (topic, index) in keys {
        let Some(partition) = metadata.partition(topic, *index) else {
            return Err(Failure::new(java(&client::ClientError::from_code(ErrorCode::UnknownTopicOrPartition))));
        };
        let places = partition.replicas.iter().map(|id| {
            dirs.get(&(topic.clone(), *index, *id)).and_then(|places| places.0.clone()).unwrap_or_else(|| "any".into())
        });
        rows.push(json!({
            "topic": topic,
            "partition": index,
            "replicas": partition.replicas,
            "log_dirs": places.collect::<Vec<String>>(),
        }));
    }
    Ok(json!({ "version": 1, "partitions": rows }).to_string())
}

fn execute(parsed: &Parsed, admin: &Admin, moves: &[Move], io: &mut Io) -> Outcome {
    check_moves(moves)?;
    let metadata = admin.metadata(Wanted::Nothing, "describeCluster")?;
    if let Some(unknown) = brokers_of(moves).into_iter().find(|id| !metadata.nodes.contains_key(id)) {
        return Err(Failure::new(format!("Unknown broker id {unknown}")));
    }
    if !parsed.has("additional") && !admin.list_reassignments()?.is_empty() {
        return Err(Failure::new(
            "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.",
        ));
    }
    let keys: Vec<(String, i32)> = moves.iter().map(Move::key).collect();
    io.say(format!("Current partition replica assignment\n\n{}\n\nSave this to use as the --reassignment-json-file option during rollback", current_json(admin, &keys)?));
    set_throttles(parsed, admin, moves, io)?;
    let wanted = moves.iter().map(|one| (one.key(), Some(one.replicas.clone()))).collect();
    let allow = !parsed.has("disallow-replication-factor-change");
    let failed: Vec<String> = admin
        .alter_reassignments(&wanted, allow)?
        .into_iter()
        .filter_map(|((topic, partition), result)| Some(format!("{topic}-{partition}: {}", result.err()?)))
        .collect();
    if !failed.is_empty() {
        return Err(Failure::new(format!("Error reassigning partition(s):\n{}", failed.join("\n"))));
    }
    let names: Vec<String> = moves.iter().map(Move::name).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    io.say(format!("Successfully started partition reassignment{plural} for {}", names.join(",")));
    let mut by_broker: BTreeMap<NodeId, BTreeMap<(String, i32), String>> = BTreeMap::new();
    for one in moves {
        for (id, dir) in one.replicas.iter().zip(&one.dirs).filter(|(_, dir)| *dir != "any") {
            by_broker.entry(*id).or_default().insert(one.key(), dir.clone());
        }
    }
    move_dirs(parsed, admin, by_broker, io)
}

/// Starts moves between directories; a replica that its broker does not have yet is waited for.
fn move_dirs(
    parsed: &Parsed,
    admin: &Admin,
    mut wanted: BTreeMap<NodeId, BTreeMap<(String, i32), String>>,
    io: &mut Io,
) -> Outcome {
    let timeout_ms = parsed.value("timeout").map_or(Ok(10_000), str::parse::<u64>);
    let timeout_ms = timeout_ms.map_err(|_| Failure::new("--timeout must be a number of milliseconds"))?;
    let deadline = Instant::now() + Duration::from_millis(timeout_ms);
    loop {
        for (broker, dirs) in &mut wanted {
            for ((topic, partition), result) in admin.alter_replica_log_dirs(*broker, dirs)? {
                match result {
                    Err(error) if error.code() == ErrorCode::ReplicaNotAvailable => continue,
                    Err(error) => {
                        let dir = dirs.get(&(topic.clone(), partition)).map(String::as_str).unwrap_or_default();
                        let replica = format!("{topic}-{partition}-{broker}");
                        return Err(Failure::new(format!(
                            "Failed to alter dir for {replica}: broker {broker} does not move it to {dir}: {error}"
                        )));
                    }
                    Ok(()) => {}
                }
                let dir = dirs.remove(&(topic.clone(), partition)).unwrap_or_default();
                io.say(format!("Successfully started moving log directory to {dir} for replica {topic}-{partition} with broker {broker} "));
            }
        }
        wanted.retain(|_, dirs| !dirs.is_empty());
        if wanted.is_empty() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let pending = wanted.iter().flat_map(|(broker, dirs)| {
                dirs.keys().map(move |(topic, partition)| format!("{topic}-{partition}-{broker}"))
            });
            return Err(Failure::new(format!(
                "Timed out waiting for log directory move(s) to start: {}",
                pending.collect::<Vec<_>>().join(",")
            )));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn cancel(parsed: &Parsed, admin: &Admin, moves: &[Move], io: &mut Io) -> Outcome {
    let moving = admin.list_reassignments()?;
    let active: Vec<&Move> = moves.iter().filter(|one| moving.contains_key(&one.key())).collect();
    if active.is_empty() {
        io.say("None of the specified partition reassignments are active.");
    } else {
        let wanted = active.iter().map(|one| (one.key(), None)).collect();
        for ((topic, partition), result) in admin.alter_reassignments(&wanted, true)? {
            result.map_err(|error| Failure::new(format!("Error cancelling {topic}-{partition}: {error}")))?;
        }
        let names: Vec<String> = active.iter().map(|one| one.name()).collect();
        io.say(format!("Successfully cancelled partition reassignments for: {}", names.join(",")));
    }
    io.write(b"None of the specified partition moves are active.");
    match parsed.has("preserve-throttles") {
        true => Ok(()),
        false => clear_throttles(admin, moves, io),
    }
}

/// Replicas over the listed brokers in turn, as many as each topic has now.
fn generate(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let ids: Result<Vec<NodeId>, _> =
        parsed.value("broker-list").unwrap_or_default().split(',').map(|id| id.trim().parse()).collect();
    let ids = ids.map_err(|_| Failure::new("--broker-list must be a list of broker ids"))?;
    let json = read_json(parsed.value("topics-to-move-json-file").unwrap_or_default())?;
    let rows = json.get("topics").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut topics: Vec<String> = rows.iter().filter_map(|row| Some(row.get("topic")?.as_str()?.to_string())).collect();
    topics.sort();
    let names: Vec<&str> = topics.iter().map(String::as_str).collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    let (mut keys, mut proposed) = (Vec::new(), Vec::new());
    for topic in &topics {
        let known = metadata.topics.get(topic).filter(|known| known.error.is_ok());
        let known = known.ok_or_else(|| Failure::new(format!("Topic {topic} not found.")))?;
        for partition in &known.partitions {
            let factor = partition.replicas.len();
            if factor > ids.len() {
                let count = ids.len();
                return Err(Failure {
                    cause: Some(ClientError::broker(
                        ErrorCode::InvalidReplicationFactor,
                        Some(format!(
                            "The target replication factor of {factor} cannot be reached because only {count} broker(s) \
                             are registered or some brokers have all their log directories cordoned."
                        )),
                    )),
                    ..Failure::new("")
                });
            }
            let start = partition.index as usize;
            let replicas: Vec<NodeId> = (0..factor).map(|i| ids[(start + i) % ids.len()]).collect();
            keys.push((topic.clone(), partition.index));
            let dirs = vec!["any"; factor];
            proposed
                .push(json!({ "topic": topic, "partition": partition.index, "replicas": replicas, "log_dirs": dirs }));
        }
    }
    io.say(format!("Current partition replica assignment\n{}\n", current_json(admin, &keys)?));
    io.say(format!(
        "Proposed partition reassignment configuration\n{}",
        json!({ "version": 1, "partitions": proposed })
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Move>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_moves(&file.path().to_string_lossy()).map_err(|failure| failure.message)
    }

    fn checked(partitions: &str) -> String {
        let moves = read(&format!(r#"{{"version":1,"partitions":[{partitions}]}}"#)).unwrap();
        check_moves(&moves).map_err(|failure| failure.message).err().unwrap_or_default()
    }

    #[test]
    fn files_that_kafka_refuses_are_refused_with_its_words() {
        let refused = |text: &str| read(text).err().unwrap_or_default();
        assert_eq!(refused(r#"{"version":2,"partitions":[]}"#), "Not supported version field value 2");
        assert_eq!(refused(r#"{"version":1,"partitions":[]}"#), "Partition reassignment list cannot be empty");
        assert_eq!(
            refused(r#"{"partitions":[{"topic":"mv","partition":0,"replicas":[11,12],"log_dirs":["any"]}]}"#),
            "Size of replicas list [11, 12] is different from size of log dirs list [any] for partition mv-0"
        );
    }

    #[test]
    fn nothing_is_started_where_one_move_is_wrong() {
        let good = r#"{"topic":"mv","partition":1,"replicas":[13,11,12]}"#;
        assert_eq!(checked(good), "");
        let with = |other: &str| checked(&format!("{good},{other}"));
        assert_eq!(with(r#"{"topic":"mv","partition":0,"replicas":[]}"#), "Partition replica list cannot be empty");
        assert_eq!(
            with(r#"{"topic":"mv","partition":1,"replicas":[11]}"#),
            "Partition reassignment contains duplicate topic partitions: mv-1"
        );
        assert_eq!(
            with(r#"{"topic":"mv","partition":0,"replicas":[11,11]}"#),
            "Partition replica lists may not contain duplicate entries: mv-0 contains multiple entries for 11"
        );
    }
}
