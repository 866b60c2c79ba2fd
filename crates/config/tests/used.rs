//! Keeps the rows honest: a key that is said to be used has a reader in the sources of the other crates, by its name or
//! by the field of the typed configuration that it fills.

use config::{Row, Table, Use};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const NODE: &[&str] = &[
    "api",
    "broker",
    "controller",
    "group",
    "net",
    "observe",
    "os",
    "quorum",
    "raft",
    "replication",
    "server",
    "storage",
];
const CLIENTS: &[&str] = &["client", "tools"];
/// What a typed configuration is called where its fields are read.
const OWNERS: &[&str] = &[
    "node",
    "network",
    "log",
    "topics",
    "groups",
    "offsets",
    "transactions",
    "controller",
    "lifecycle",
    "replication",
    "limits",
    "config",
];
/// Keys that this crate itself turns into something else.
const READ_HERE: &[&str] = &[
    "advertised.listeners",
    "config.providers",
    "controller.listener.names",
    "controller.quorum.bootstrap.servers",
    "controller.quorum.voters",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "listeners",
    "log.dir",
    "max.connections.per.ip.overrides",
    "security.inter.broker.protocol",
];

/// Sources without their tests; chains that were broken into lines are put together again.
fn sources(crates: &[&str]) -> String {
    fn collect(folder: &Path, text: &mut String) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]").next().unwrap_or_default();
                for line in code.lines().map(str::trim) {
                    text.push_str(if line.starts_with('.') { "" } else { "\n" });
                    text.push_str(line);
                }
            }
        }
    }
    let mut text = String::new();
    for name in crates {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), &mut text);
    }
    text
}

/// The field that a key fills: the last one that is named before it.
fn fields(source: &str) -> BTreeMap<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut all = BTreeMap::new();
    let mut field = String::new();
    for line in source.lines().map(str::trim) {
        if let Some((name, rest)) = line.split_once(':')
            && !rest.starts_with(':')
            && !name.is_empty()
            && name.chars().all(is_name)
        {
            field = name.to_owned();
        }
        for key in line.split('"').skip(1).step_by(2) {
            all.insert(key.to_owned(), field.clone());
        }
    }
    all
}

fn is_read(text: &str, owners: &[&str], field: &str) -> bool {
    owners.iter().any(|owner| {
        let path = format!("{owner}.{field}");
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '(');
        text.match_indices(&path).any(|(at, found)| ends(&text[at + found.len()..]))
    })
}

fn is_used(row: &Row) -> bool {
    row.usage == Use::Used
}

#[test]
fn every_key_of_a_node_that_is_called_used_is_read() {
    let text = sources(NODE);
    let broker_fields = fields(include_str!("../src/server.rs"));
    let topic_fields = fields(include_str!("../src/topic.rs"));
    let reads = |fields: &BTreeMap<String, String>, owners: &[&str], key: &str| {
        text.contains(&format!("\"{key}\"")) || fields.get(key).is_some_and(|field| is_read(&text, owners, field))
    };
    let topic_owners = ["topic", "config"];
    let (read, unread): (Vec<&Row>, Vec<&Row>) = Table::topic()
        .rows()
        .iter()
        .filter(|row| is_used(row))
        .partition(|row| reads(&topic_fields, &topic_owners, row.key));
    let is_topic_default =
        |key: &str| read.iter().any(|row| row.broker_synonyms.iter().any(|synonym| synonym.key == key));
    let of_broker = Table::broker().rows().iter().filter(|row| {
        is_used(row)
            && !READ_HERE.contains(&row.key)
            && !is_topic_default(row.key)
            && !reads(&broker_fields, OWNERS, row.key)
    });
    let unread: Vec<&str> = unread.into_iter().chain(of_broker).map(|row| row.key).collect();
    assert_eq!(unread, [""; 0], "these have no reader: give them one, or say in rows/*.tsv why they have no effect");
}

#[test]
fn every_key_of_a_client_that_is_called_used_is_read() {
    let text = sources(CLIENTS);
    let tables = [Table::producer(), Table::consumer(), Table::admin()];
    let unread: Vec<&str> = tables
        .iter()
        .flat_map(|table| table.rows())
        .filter(|row| is_used(row) && !text.contains(&format!("\"{}\"", row.key)))
        .map(|row| row.key)
        .collect();
    assert_eq!(unread, [""; 0]);
}
