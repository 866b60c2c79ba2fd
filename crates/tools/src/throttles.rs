//! Throttles of moves: which replicas of a topic are slowed down (configs of the topic), and how much the brokers may move
//! a second (configs of the brokers). They stay until `--verify` finds the moves done, or `--cancel` ends them.

use crate::failure::Failure;
use base::NodeId;
use client::{Admin, AlterOp, ClientError, ConfigResource, ConfigValueChange, ResourceType};
use std::collections::{BTreeMap, BTreeSet};

const LEADER_RATE: &str = "leader.replication.throttled.rate";
const FOLLOWER_RATE: &str = "follower.replication.throttled.rate";
const LOG_DIRS_RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";
const LEADER_REPLICAS: &str = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS: &str = "follower.replication.throttled.replicas";

/// Replicas of one topic as `partition:broker`.
#[derive(Default)]
pub(crate) struct Throttled {
    /// They have the records.
    pub sources: BTreeSet<(i32, NodeId)>,
    /// They get them.
    pub destinations: BTreeSet<(i32, NodeId)>,
}

fn change(key: &str, value: Option<String>) -> ConfigValueChange {
    let op = if value.is_some() { AlterOp::Set } else { AlterOp::Delete };
    ConfigValueChange { key: key.to_owned(), op, value }
}

/// Slows the moves of these topics down to so many bytes a second and broker.
pub(crate) fn set_between_brokers(
    admin: &Admin,
    topics: &BTreeMap<String, Throttled>,
    bytes_per_second: i64,
) -> Result<(), Failure> {
    let list = |replicas: &BTreeSet<(i32, NodeId)>| {
        let shown: Vec<String> = replicas.iter().map(|(partition, broker)| format!("{partition}:{broker}")).collect();
        Some(shown.join(","))
    };
    for (topic, throttled) in topics {
        let resource = ConfigResource::new(ResourceType::Topic, topic.clone());
        let changes = [
            change(LEADER_REPLICAS, list(&throttled.sources)),
            change(FOLLOWER_REPLICAS, list(&throttled.destinations)),
        ];
        admin.alter_configs(&resource, &changes)?;
    }
    let all = topics.values().flat_map(|throttled| throttled.sources.iter().chain(&throttled.destinations));
    let brokers: BTreeSet<NodeId> = all.map(|(_, broker)| *broker).collect();
    let rate = Some(bytes_per_second.to_string());
    set_rates(admin, &brokers, &[change(LEADER_RATE, rate.clone()), change(FOLLOWER_RATE, rate)])
}

/// Slows moves between the directories of these brokers down.
pub(crate) fn set_between_dirs(
    admin: &Admin,
    brokers: &BTreeSet<NodeId>,
    bytes_per_second: i64,
) -> Result<(), Failure> {
    set_rates(admin, brokers, &[change(LOG_DIRS_RATE, Some(bytes_per_second.to_string()))])
}

fn set_rates(admin: &Admin, brokers: &BTreeSet<NodeId>, changes: &[ConfigValueChange]) -> Result<(), Failure> {
    for broker in brokers {
        admin.alter_configs(&ConfigResource::new(ResourceType::Broker, broker.to_string()), changes)?;
    }
    Ok(())
}

/// Takes all throttles of these brokers and topics away. A topic that is gone has none.
pub(crate) fn clear(admin: &Admin, brokers: &BTreeSet<NodeId>, topics: &BTreeSet<&str>) -> Result<(), Failure> {
    set_rates(admin, brokers, &[change(LEADER_RATE, None), change(FOLLOWER_RATE, None), change(LOG_DIRS_RATE, None)])?;
    for topic in topics {
        let resource = ConfigResource::new(ResourceType::Topic, *topic);
        match admin.alter_configs(&resource, &[change(LEADER_REPLICAS, None), change(FOLLOWER_REPLICAS, None)]) {
            Err(error) if is_gone(&error) => {}
            other => other?,
        }
    }
    Ok(())
}

fn is_gone(error: &ClientError) -> bool {
    error.code() == base::ErrorCode::UnknownTopicOrPartition
}
