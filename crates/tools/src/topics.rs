//! `kafka-topics.sh`: create, list, describe, alter and delete topics.

use crate::connect;
use crate::failure::{Failure, Outcome};
use crate::io::Io;
use crate::options::{
    BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, OptionError, Parsed, Usage, VERSION, flag, int, text,
};
use crate::patterns::{TopicPattern, is_internal};
use base::{ErrorCode, NodeId, Uuid};
use client::{
    Admin, ClientError, ConfigEntry, ConfigResource, NewPartitions, NewTopic, PartitionDescription, ResourceType,
};
use config::Table;
use std::collections::BTreeSet;
use std::time::Duration;

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER,
    COMMAND_CONFIG,
    flag("list", "list topics"),
    flag("create", "create a topic"),
    flag("describe", "show partitions and configs of topics"),
    flag("alter", "give a topic more partitions"),
    flag("delete", "delete topics"),
    text("topic", "TOPIC", "name; for list, describe, alter and delete a regular expression"),
    text("topic-id", "ID", "describe the topic of this id"),
    int("partitions", "N", "number of partitions"),
    int("replication-factor", "N", "replicas of each partition"),
    text("replica-assignment", "B:B,B:B", "brokers of each partition's replicas, partitions separated by commas"),
    text("config", "KEY=VALUE", "a config of the new topic; may be repeated"),
    text("delete-config", "KEY", "no longer supported: see kafka-configs.sh"),
    flag("if-exists", "do nothing if the topic is not there"),
    flag("if-not-exists", "do nothing if the topic is there"),
    flag("exclude-internal", "leave out Kafka's own topics"),
    flag("topics-with-overrides", "only topics with configs of their own"),
    flag("under-replicated-partitions", "only partitions with replicas that are out of sync"),
    flag("unavailable-partitions", "only partitions without a leader"),
    flag("under-min-isr-partitions", "only partitions below min.insync.replicas"),
    flag("at-min-isr-partitions", "only partitions at min.insync.replicas"),
    int("partition-size-limit-per-response", "N", "partitions in one answer"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-topics.sh",
    purpose: "Create, delete, describe, or change a topic.",
    examples: &[
        "--bootstrap-server localhost:9092 --create --topic orders --partitions 3 --config retention.ms=86400000",
        "--bootstrap-server localhost:9092 --describe --topic 'orders|payments.*'",
        "--bootstrap-server localhost:9092 --list",
    ],
    options: OPTIONS,
};

const ACTIONS: &[&str] = &["create", "list", "alter", "describe", "delete"];
const NAME_WARNING: &str = "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.";

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let unreadable = |message: &str, io: &mut Io| {
        if message.starts_with("Cannot parse argument") {
            io.say(format!("Error while executing topic command : {message}"));
        }
        io.complain(message);
        1
    };
    let parsed = match USAGE.read_or(args, io, unreadable) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if let Err(failure) = check(&parsed, io) {
        io.complain(&failure.message);
        if failure.with_usage {
            USAGE.print(io);
        }
        return failure.code;
    }
    match act(&parsed, io) {
        Ok(()) => 0,
        Err(failure) => {
            io.say(format!("Error while executing topic command : {}", failure.message));
            io.complain(&failure.message);
            1
        }
    }
}

fn check(parsed: &Parsed, io: &mut Io) -> Outcome {
    if ACTIONS.iter().filter(|action| parsed.has(action)).count() != 1 {
        return Err(Failure::usage(
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete",
        ));
    }
    if !parsed.has("bootstrap-server") {
        return Err(Failure::new("--bootstrap-server must be specified"));
    }
    let usage = |result: Result<(), String>| result.map_err(Failure::usage);
    if parsed.has("describe") && parsed.has("if-exists") && !parsed.has("topic") && !parsed.has("topic-id") {
        return Err(Failure::usage("--topic or --topic-id is required to describe a topic with --if-exists"));
    }
    if parsed.has("delete-config") {
        io.complain("delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.");
    }
    if !parsed.has("list") && !parsed.has("describe") {
        usage(parsed.require(&["topic"]))?;
    }
    if parsed.has("alter") {
        if parsed.has("config") {
            return Err(Failure::usage(
                "Option combination \"[[config], [bootstrap-server]]\" can't be used with option \"[alter]\" (To alter topic configurations, the kafka-configs tool can be used.)",
            ));
        }
        usage(parsed.require(&["partitions"]))?;
    }
    for (name, allowed) in [
        ("config", &["create"][..]),
        ("partitions", &["alter", "create"]),
        ("replication-factor", &["create"]),
        ("replica-assignment", &["create", "alter"]),
        ("if-not-exists", &["create"]),
        ("if-exists", &["alter", "delete", "describe"]),
        ("under-replicated-partitions", &["describe"]),
        ("under-min-isr-partitions", &["describe"]),
        ("at-min-isr-partitions", &["describe"]),
        ("unavailable-partitions", &["describe"]),
        ("topics-with-overrides", &["describe"]),
        ("exclude-internal", &["list", "describe"]),
        ("topic-id", &["describe"]),
    ] {
        let forbidden: Vec<&str> = ACTIONS.iter().copied().filter(|action| !allowed.contains(action)).collect();
        usage(parsed.forbid_with(name, &forbidden))?;
    }
    if parsed.has("create") {
        usage(parsed.forbid_with("replica-assignment", &["partitions", "replication-factor"]))?;
    }
    let filters =
        ["under-replicated-partitions", "under-min-isr-partitions", "at-min-isr-partitions", "unavailable-partitions"];
    for filter in filters {
        usage(parsed.forbid_with(filter, &["topics-with-overrides"]))?;
        let others: Vec<&str> = filters.into_iter().filter(|other| *other != filter).collect();
        usage(parsed.forbid_with(filter, &others))?;
    }
    Ok(())
}

fn act(parsed: &Parsed, io: &mut Io) -> Outcome {
    for name in ["bootstrap-server", "topic", "partitions", "replication-factor"] {
        parsed.get(name).map_err(|OptionError(message)| Failure::new(message))?;
    }
    if parsed.has("create") {
        // Judged before anything is connected.
        let topic = new_topic(parsed)?;
        return create(parsed, &connect::admin(parsed)?, topic, io);
    }
    let admin = connect::admin(parsed)?;
    if parsed.has("alter") {
        alter(parsed, &admin)
    } else if parsed.has("describe") {
        describe(parsed, &admin, io)
    } else if parsed.has("delete") {
        delete(parsed, &admin)
    } else {
        list(parsed, &admin, io)
    }
}

fn new_topic(parsed: &Parsed) -> Result<NewTopic, Failure> {
    let name = parsed.value("topic").unwrap_or_default().to_string();
    let configs = topic_configs(&parsed.all("config"))?;
    let assignments = parsed.value("replica-assignment").map(parse_assignment).transpose()?.unwrap_or_default();
    let (partitions, factor) = (parsed.number("partitions"), parsed.number("replication-factor"));
    if factor.is_some_and(|factor| !(1..=32767).contains(&factor)) {
        return Err(Failure::new("The replication factor must be between 1 and 32767 inclusive"));
    }
    if partitions.is_some_and(|partitions| partitions < 1) {
        return Err(Failure::new("The partitions must be greater than 0"));
    }
    Ok(NewTopic {
        name,
        partitions: partitions.unwrap_or(-1) as i32,
        replication_factor: factor.unwrap_or(-1) as i16,
        assignments,
        configs,
    })
}

/// Configs of a new topic, checked here as Kafka's tool does; a later one of the same key wins.
fn topic_configs(pairs: &[&str]) -> Result<Vec<(String, String)>, Failure> {
    let mut configs: Vec<(String, String)> = Vec::new();
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::new(
                "requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".",
            ));
        };
        let (key, value) = (key.trim(), value.trim());
        let Some(row) = Table::topic().get(key) else {
            return Err(Failure::new(format!("Unknown topic config name: {key}")));
        };
        row.parse(value).map_err(|error| Failure::new(error.to_string()))?;
        configs.retain(|(known, _)| known != key);
        configs.push((key.to_string(), value.to_string()));
    }
    Ok(configs)
}

fn parse_assignment(text: &str) -> Result<Vec<Vec<NodeId>>, Failure> {
    let mut assignment: Vec<Vec<NodeId>> = Vec::new();
    for (partition, list) in text.split(',').enumerate() {
        let mut replicas = Vec::new();
        for id in list.split(':') {
            let id: NodeId =
                id.trim().parse().map_err(|_| Failure::new(format!("For input string: \"{}\"", id.trim())))?;
            replicas.push(id);
        }
        let mut seen = BTreeSet::new();
        let repeated: BTreeSet<String> =
            replicas.iter().filter(|id| !seen.insert(**id)).map(NodeId::to_string).collect();
        if !repeated.is_empty() {
            let repeated: Vec<String> = repeated.into_iter().collect();
            let message = format!("Partition replica lists may not contain duplicate entries: {}", repeated.join(","));
            return Err(Failure::new(message));
        }
        if assignment.first().is_some_and(|first| first.len() != replicas.len()) {
            return Err(Failure::new(format!("Partition {partition} has different replication factor: {replicas:?}")));
        }
        assignment.push(replicas);
    }
    Ok(assignment)
}

fn create(parsed: &Parsed, admin: &Admin, topic: NewTopic, io: &mut Io) -> Outcome {
    if topic.name.contains(['.', '_']) {
        io.say(NAME_WARNING);
    }
    match admin.create_topic(&topic) {
        Ok(_) => {
            io.say(format!("Created topic {}.", topic.name));
            // The next command asks some broker a few milliseconds from now, which no JVM does.
            admin.await_topic(&topic.name, Duration::from_secs(1));
            Ok(())
        }
        Err(ClientError::Broker { code: ErrorCode::TopicAlreadyExists, .. }) if parsed.has("if-not-exists") => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Topics that the options name, in the order of the names.
fn matching(parsed: &Parsed, admin: &Admin) -> Result<Vec<String>, Failure> {
    let pattern = parsed.value("topic").map(TopicPattern::new).transpose()?;
    let exclude = parsed.has("exclude-internal");
    let topics = admin.list_topics()?.into_iter().filter(|(name, _, internal)| {
        pattern.as_ref().is_none_or(|p| p.matches(name)) && !(exclude && (*internal || is_internal(name)))
    });
    Ok(topics.map(|(name, _, _)| name).collect())
}

/// An exact name or id must be there, unless `--if-exists` was given.
fn ensure_found(parsed: &Parsed, found: &[String], wanted: Option<&str>, what: &str) -> Outcome {
    match wanted {
        Some(wanted) if found.is_empty() && !parsed.has("if-exists") => {
            Err(Failure::new(format!("{what} '{wanted}' does not exist as expected")))
        }
        _ => Ok(()),
    }
}

fn list(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let topics = matching(parsed, admin)?;
    for topic in topics {
        io.say(topic);
    }
    Ok(())
}

fn alter(parsed: &Parsed, admin: &Admin) -> Outcome {
    let topics = matching(parsed, admin)?;
    ensure_found(parsed, &topics, parsed.value("topic"), "Topic")?;
    let total = parsed.number("partitions").unwrap_or(-1) as i32;
    let replicas = parsed.value("replica-assignment").map(parse_assignment).transpose()?;
    for topic in topics {
        let known = match &replicas {
            Some(_) => admin.describe_topics(std::slice::from_ref(&topic))?.first().map_or(0, |t| t.partitions.len()),
            None => 0,
        };
        let assignments = replicas.as_ref().map(|all| all.iter().skip(known).cloned().collect());
        admin.create_partitions(&NewPartitions { topic, total, assignments })?;
    }
    Ok(())
}

fn delete(parsed: &Parsed, admin: &Admin) -> Outcome {
    let topics = matching(parsed, admin)?;
    ensure_found(parsed, &topics, parsed.value("topic"), "Topic")?;
    for topic in topics {
        admin.delete_topic(&topic)?;
    }
    Ok(())
}

/// Which partitions `--describe` shows.
#[derive(Clone, Copy)]
struct Filter {
    under_replicated: bool,
    unavailable: bool,
    under_min_isr: bool,
    at_min_isr: bool,
}

impl Filter {
    fn is_any(self) -> bool {
        self.under_replicated || self.unavailable || self.under_min_isr || self.at_min_isr
    }

    fn shows(self, partition: &PartitionDescription, live: &BTreeSet<NodeId>, min_isr: usize) -> bool {
        let (isr, leader) = (partition.isr.len(), partition.leader);
        self.under_replicated && isr < partition.replicas.len()
            || self.unavailable && (leader < 0 || !live.contains(&leader))
            || self.under_min_isr && isr < min_isr
            || self.at_min_isr && isr == min_isr
            || !self.is_any()
    }
}

fn describe(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let topics = match parsed.value("topic-id") {
        Some(id) => {
            let wanted = id.parse::<Uuid>().ok();
            let all = admin.list_topics()?.into_iter();
            let found: Vec<String> =
                all.filter(|(_, topic, _)| Some(*topic) == wanted).map(|(name, _, _)| name).collect();
            ensure_found(parsed, &found, Some(id), "TopicId")?;
            found
        }
        None => {
            let found = matching(parsed, admin)?;
            ensure_found(parsed, &found, parsed.value("topic"), "Topic")?;
            found
        }
    };
    if topics.is_empty() {
        return Ok(());
    }
    let limit = parsed.number("partition-size-limit-per-response").unwrap_or(2000) as i32;
    let filter = Filter {
        under_replicated: parsed.has("under-replicated-partitions"),
        unavailable: parsed.has("unavailable-partitions"),
        under_min_isr: parsed.has("under-min-isr-partitions"),
        at_min_isr: parsed.has("at-min-isr-partitions"),
    };
    let live: BTreeSet<NodeId> = admin.cluster().metadata().nodes.keys().copied().collect();
    let reassigning = admin.list_reassignments().unwrap_or_default();
    let resources: Vec<ConfigResource> =
        topics.iter().map(|topic| ConfigResource::new(ResourceType::Topic, topic.as_str())).collect();
    let configs = admin.describe_configs(&resources, false)?;
    let described = admin.describe_topics_paged(&topics, limit)?;
    for topic in described {
        let Some(place) = topics.iter().position(|name| *name == topic.name) else { continue };
        let overrides: Vec<&ConfigEntry> = configs[place].iter().filter(|config| config.source != 5).collect();
        if !filter.is_any() && (!parsed.has("topics-with-overrides") || !overrides.is_empty()) {
            let factor = topic.partitions.first().map_or(0, |partition| {
                let moving = reassigning.get(&(topic.name.clone(), partition.index));
                partition.replicas.len() - moving.map_or(0, |moving| moving.adding.len())
            });
            let configs: Vec<String> = overrides
                .iter()
                .map(|config| format!("{}={}", config.name, config.value.as_deref().unwrap_or("null")))
                .collect();
            io.say(format!(
                "Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {factor}\tConfigs: {}",
                topic.name,
                topic.id,
                topic.partitions.len(),
                configs.join(",")
            ));
        }
        if parsed.has("topics-with-overrides") {
            continue;
        }
        let min_isr = configs[place].iter().find(|config| config.name == "min.insync.replicas");
        let min_isr = min_isr.and_then(|config| config.value.as_ref()?.parse().ok()).unwrap_or(1);
        for partition in topic.partitions.iter().filter(|partition| filter.shows(partition, &live, min_isr)) {
            let mut line = partition_line(&topic.name, partition);
            if let Some(moving) = reassigning.get(&(topic.name.clone(), partition.index)) {
                line += &format!(
                    "\tAdding Replicas: {}\tRemoving Replicas: {}",
                    ids(&moving.adding),
                    ids(&moving.removing)
                );
            }
            io.say(line);
        }
    }
    Ok(())
}

fn partition_line(topic: &str, partition: &PartitionDescription) -> String {
    let leader = if partition.leader < 0 { "none".to_string() } else { partition.leader.to_string() };
    let elr = |nodes: &Option<Vec<NodeId>>| nodes.as_ref().map_or("N/A".to_string(), |nodes| ids(nodes));
    format!(
        "\tTopic: {topic}\tPartition: {}\tLeader: {leader}\tReplicas: {}\tIsr: {}\tElr: {}\tLastKnownElr: {}",
        partition.index,
        ids(&partition.replicas),
        ids(&partition.isr),
        elr(&partition.elr),
        elr(&partition.last_known_elr)
    )
}

fn ids(nodes: &[NodeId]) -> String {
    nodes.iter().map(NodeId::to_string).collect::<Vec<_>>().join(",")
}
