//! `kafka-configs.sh`: show and change configs of topics, brokers, loggers, groups and client-metrics subscriptions.
//! Quotas and SCRAM credentials of users, clients and addresses are refused: nothing behind them is served yet.

use crate::connect;
use crate::failure::{Failure, Outcome};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, text};
use client::{Admin, AlterOp, ConfigEntry, ConfigResource, ConfigValueChange, ResourceType};

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER,
    text("bootstrap-controller", "HOST:PORT[,...]", "controllers to connect to instead of brokers"),
    COMMAND_CONFIG,
    flag("describe", "show configs"),
    flag("alter", "change configs"),
    text("entity-type", "TYPE", "topics, brokers, broker-loggers, groups, client-metrics, users, clients, ips"),
    text("entity-name", "NAME", "name of the entity (a topic, a broker's id, ...)"),
    flag("entity-default", "the defaults of the entity type"),
    text("add-config", "K=V,K=[V,V]", "configs to set; values with commas stand in brackets"),
    text("add-config-file", "FILE", "properties file with configs to set"),
    text("delete-config", "K,K", "configs to take away"),
    flag("all", "with --describe: also configs that are not set here"),
    text("topic", "TOPIC", "short for --entity-type topics --entity-name"),
    text("broker", "ID", "short for --entity-type brokers --entity-name"),
    flag("broker-defaults", "the defaults of all brokers"),
    text("broker-logger", "ID", "short for --entity-type broker-loggers --entity-name"),
    text("group", "GROUP", "short for --entity-type groups --entity-name"),
    text("client-metrics", "NAME", "short for --entity-type client-metrics --entity-name"),
    text("client", "ID", "not supported yet"),
    flag("client-defaults", "not supported yet"),
    text("user", "NAME", "not supported yet"),
    flag("user-defaults", "not supported yet"),
    text("ip", "ADDRESS", "not supported yet"),
    flag("ip-defaults", "not supported yet"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-configs.sh",
    purpose: "Show and change configs of topics, brokers, groups and others.",
    examples: &[
        "--bootstrap-server localhost:9092 --alter --topic orders --add-config retention.ms=86400000",
        "--bootstrap-server localhost:9092 --alter --topic orders --add-config cleanup.policy=[compact,delete]",
        "--bootstrap-server localhost:9092 --describe --topic orders --all",
        "--bootstrap-server localhost:9092 --alter --broker-defaults --delete-config log.retention.ms",
    ],
    options: OPTIONS,
};

const TYPES: &str = "topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers";

/// A type of entities with a name or without.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entity {
    kind: String,
    name: Option<String>,
}

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let result = entities(&parsed).and_then(|entities| {
        check(&parsed, &entities)?;
        Ok((changes(&parsed)?, entities))
    });
    let (changes, entities) = match result {
        Ok(checked) => checked,
        Err(failure) => {
            io.complain(failure.message);
            return 1;
        }
    };
    match act(&parsed, &entities[0], &changes, io) {
        Ok(code) => code,
        Err(failure) => {
            io.complain(format!("Error while executing config command with args '{}'", args.join(" ")));
            io.complain(failure.message);
            1
        }
    }
}

/// Does what is asked, to an exit code.
fn act(parsed: &Parsed, entity: &Entity, changes: &[ConfigValueChange], io: &mut Io) -> Result<i32, Failure> {
    let admin = connect::admin(parsed)?;
    if !parsed.has("alter") {
        return describe(&admin, entity, parsed.has("all"), io).map(|()| 0);
    }
    if entity.kind == "broker-loggers" {
        let unknown = unknown_loggers(&admin, entity, changes)?;
        if !unknown.is_empty() {
            io.complain(format!("Invalid broker logger(s): {}", unknown.join(",")));
            return Ok(1);
        }
    }
    alter(&admin, entity, changes, io).map(|()| 0)
}

/// Loggers of the changes that the node does not have, those to delete first.
fn unknown_loggers<'a>(
    admin: &Admin,
    entity: &Entity,
    changes: &'a [ConfigValueChange],
) -> Result<Vec<&'a str>, Failure> {
    let name = entity.name.as_deref().unwrap_or_default();
    let loggers = admin.describe_config(&ConfigResource::new(ResourceType::BrokerLogger, name), false)?;
    let is_unknown = |change: &&ConfigValueChange| loggers.iter().all(|logger| logger.name != change.key);
    let (deleted, set): (Vec<_>, Vec<_>) =
        changes.iter().filter(is_unknown).partition(|change| change.op == AlterOp::Delete);
    Ok(deleted.into_iter().chain(set).map(|change| change.key.as_str()).collect())
}

fn entities(parsed: &Parsed) -> Result<Vec<Entity>, Failure> {
    let mut entities = Vec::new();
    let mut names = parsed.all("entity-name").into_iter();
    for kind in parsed.all("entity-type") {
        let name = if parsed.has("entity-default") { Some("") } else { names.next() };
        entities.push(Entity { kind: kind.into(), name: name.map(str::to_string) });
    }
    for (option, kind) in [
        ("topic", "topics"),
        ("client", "clients"),
        ("user", "users"),
        ("broker", "brokers"),
        ("broker-logger", "broker-loggers"),
        ("ip", "ips"),
        ("client-metrics", "client-metrics"),
        ("group", "groups"),
    ] {
        for name in parsed.all(option) {
            entities.push(Entity { kind: kind.into(), name: Some(name.into()) });
        }
    }
    for (option, kind) in [
        ("client-defaults", "clients"),
        ("user-defaults", "users"),
        ("broker-defaults", "brokers"),
        ("ip-defaults", "ips"),
    ] {
        if parsed.has(option) {
            entities.push(Entity { kind: kind.into(), name: Some(String::new()) });
        }
    }
    Ok(entities)
}

fn check(parsed: &Parsed, entities: &[Entity]) -> Outcome {
    let fail = |message: &str| Err(Failure::new(message));
    if parsed.has("alter") == parsed.has("describe") {
        return fail("Command must include exactly one action: --describe, --alter");
    }
    if !parsed.has("bootstrap-server") && !parsed.has("bootstrap-controller") {
        return fail("Either --bootstrap-server or --bootstrap-controller must be specified.");
    }
    if parsed.has("bootstrap-server") && parsed.has("bootstrap-controller") {
        return fail("Only one of --bootstrap-server or --bootstrap-controller can be specified.");
    }
    if entities.is_empty() {
        return fail("At least one entity type must be specified");
    }
    for entity in entities {
        if !TYPES.split(", ").any(|known| known == entity.kind) {
            return Err(Failure::new(format!(
                "Invalid entity type {}, the entity type must be one of {TYPES} with a --bootstrap-server or --bootstrap-controller argument",
                entity.kind
            )));
        }
        if matches!(entity.kind.as_str(), "users" | "clients" | "ips") {
            return Err(Failure::new(format!(
                "configs of {} are not supported yet: {}",
                entity.kind, "quotas and credentials are not served"
            )));
        }
        let default = entity.name.as_deref() == Some("");
        if default && entity.kind != "brokers" && parsed.has("describe") {
            return Err(Failure::new(format!(
                "--entity-default must not be specified with --describe of {}",
                entity.kind
            )));
        }
        if matches!(entity.kind.as_str(), "brokers" | "broker-loggers")
            && !default
            && let Some(name) = &entity.name
            && name.parse::<i32>().is_err()
        {
            return Err(Failure::new(format!(
                "The entity name for {} must be a valid integer broker id, but it is: {name}",
                entity.kind
            )));
        }
    }
    if entities.len() > 1 {
        return fail("Only one entity may be specified here");
    }
    if parsed.has("describe") && entities[0].kind == "broker-loggers" && entities[0].name.is_none() {
        return fail("An entity name must be specified with --describe of broker-loggers");
    }
    if parsed.has("alter") {
        if entities[0].name.is_none() {
            return fail(
                "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips",
            );
        }
        if !["add-config", "add-config-file", "delete-config"].iter().any(|option| parsed.has(option)) {
            return fail(
                "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
            );
        }
        if parsed.has("add-config") && parsed.has("add-config-file") {
            return fail("Only one of --add-config or --add-config-file must be specified.");
        }
    } else if ["add-config", "add-config-file", "delete-config"].iter().any(|option| parsed.has(option)) {
        return fail("--add-config, --add-config-file and --delete-config go with --alter only");
    }
    Ok(())
}

fn changes(parsed: &Parsed) -> Result<Vec<ConfigValueChange>, Failure> {
    let mut changes: Vec<ConfigValueChange> = Vec::new();
    let mut set = |key: &str, value: &str| {
        changes.retain(|change| change.key != key);
        changes.push(ConfigValueChange { key: key.into(), op: AlterOp::Set, value: Some(value.into()) });
    };
    if let Some(path) = parsed.value("add-config-file") {
        for property in &connect::read_properties(path)?.entries {
            set(&property.key, &property.value);
        }
    }
    for list in parsed.all("add-config") {
        for pair in split_outside_brackets(list) {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                Failure::new("requirement failed: Invalid entity config: all configs to be added must be in the format \"key=val\" or  \"key=[val1,val2]\" to group values which contain commas.")
            })?;
            set(key.trim(), value.replace(['[', ']'], "").trim());
        }
    }
    for key in parsed.all("delete-config").into_iter().flat_map(|list| list.split(',')) {
        changes.push(ConfigValueChange { key: key.trim().into(), op: AlterOp::Delete, value: None });
    }
    Ok(changes)
}

/// Splits at commas that stand outside brackets.
fn split_outside_brackets(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in list.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth <= 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn resource_type(kind: &str) -> ResourceType {
    match kind {
        "topics" => ResourceType::Topic,
        "broker-loggers" => ResourceType::BrokerLogger,
        "groups" => ResourceType::Group,
        "client-metrics" => ResourceType::ClientMetrics,
        _ => ResourceType::Broker,
    }
}

/// `topics` without the plural.
fn singular(kind: &str) -> &str {
    kind.strip_suffix('s').unwrap_or(kind)
}

fn alter(admin: &Admin, entity: &Entity, changes: &[ConfigValueChange], io: &mut Io) -> Outcome {
    let name = entity.name.as_deref().unwrap_or_default();
    admin.alter_configs(&ConfigResource::new(resource_type(&entity.kind), name), changes)?;
    if name.is_empty() {
        io.say(format!("Completed updating default config for {} in the cluster.", entity.kind));
    } else {
        io.say(format!("Completed updating config for {} {name}.", singular(&entity.kind)));
    }
    Ok(())
}

fn describe(admin: &Admin, entity: &Entity, all: bool, io: &mut Io) -> Outcome {
    let by_controller = admin.cluster().settings().bootstrap.is_controllers();
    let names = match &entity.name {
        Some(name) if name.is_empty() => vec![String::new()],
        Some(name) => {
            let known = match entity.kind.as_str() {
                "topics" if !by_controller => existing(admin, "topics")?.contains(name),
                "brokers" | "broker-loggers" if !by_controller => existing(admin, "brokers")?.contains(name),
                "groups" => existing(admin, "groups")?.contains(name) || has_configs(admin, ResourceType::Group, name)?,
                "client-metrics" => has_configs(admin, ResourceType::ClientMetrics, name)?,
                _ => true,
            };
            if !known {
                let kind = singular(&entity.kind);
                io.say(format!("The {kind} '{name}' doesn't exist and doesn't have dynamic config."));
                return Ok(());
            }
            vec![name.clone()]
        }
        None => {
            let mut names = existing(admin, &entity.kind)?;
            if entity.kind == "brokers" {
                names.push(String::new());
            }
            names
        }
    };
    for name in names {
        let kind = singular(&entity.kind);
        let resource = ConfigResource::new(resource_type(&entity.kind), name.as_str());
        io.say(match (name.is_empty(), all) {
            (true, _) => format!("Default configs for {} in the cluster are:", entity.kind),
            (false, true) => format!("All configs for {kind} {name} are:"),
            (false, false) => format!("Dynamic configs for {kind} {name} are:"),
        });
        let mut configs = admin.describe_config(&resource, true)?;
        configs.sort_by(|a, b| a.name.cmp(&b.name));
        let own = own_source(&entity.kind, name.is_empty());
        for config in configs.iter().filter(|config| all || config.source == own) {
            io.say(config_line(config));
        }
    }
    Ok(())
}

/// Names of all entities of a kind.
fn existing(admin: &Admin, kind: &str) -> Result<Vec<String>, Failure> {
    Ok(match kind {
        "topics" => admin.list_topics()?.into_iter().map(|(name, _, _)| name).collect(),
        "brokers" | "broker-loggers" => {
            admin.describe_cluster(false)?.nodes.into_iter().map(|(node, _)| node.id.to_string()).collect()
        }
        "groups" => {
            let mut names: Vec<String> = admin.list_groups(&[], &[])?.into_iter().map(|group| group.id).collect();
            names.extend(with_configs(admin, ResourceType::Group)?);
            names.sort();
            names.dedup();
            names
        }
        _ => with_configs(admin, ResourceType::ClientMetrics)?,
    })
}

fn with_configs(admin: &Admin, kind: ResourceType) -> Result<Vec<String>, Failure> {
    Ok(admin.list_config_resources(kind)?)
}

fn has_configs(admin: &Admin, kind: ResourceType, name: &str) -> Result<bool, Failure> {
    Ok(with_configs(admin, kind)?.iter().any(|known| known == name))
}

/// The source of configs that were set at an entity itself.
fn own_source(kind: &str, default: bool) -> i8 {
    match kind {
        "topics" => 1,
        "brokers" if default => 3,
        "broker-loggers" => 6,
        "client-metrics" => 7,
        "groups" => 8,
        _ => 2,
    }
}

fn source_name(source: i8) -> &'static str {
    match source {
        1 => "DYNAMIC_TOPIC_CONFIG",
        2 => "DYNAMIC_BROKER_CONFIG",
        3 => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        4 => "STATIC_BROKER_CONFIG",
        5 => "DEFAULT_CONFIG",
        6 => "DYNAMIC_BROKER_LOGGER_CONFIG",
        7 => "DYNAMIC_CLIENT_METRICS_CONFIG",
        8 => "DYNAMIC_GROUP_CONFIG",
        _ => "UNKNOWN",
    }
}

fn config_line(config: &ConfigEntry) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".into());
    let synonyms: Vec<String> =
        config.synonyms.iter().map(|s| format!("{}:{}={}", source_name(s.source), s.name, shown(&s.value))).collect();
    format!(
        "  {}={} sensitive={} synonyms={{{}}}",
        config.name,
        shown(&config.value),
        config.is_sensitive,
        synonyms.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_brackets_do_not_split() {
        assert_eq!(split_outside_brackets("a=1,b=[x,y],c="), ["a=1", "b=[x,y]", "c="]);
    }
}
