//! An image as the tree that Kafka's shell shows, with the texts of its classes.

use super::tree::Node;
use metadata::{
    Broker, ConfigResourceType, Controller, Endpoint, Image, Partition, Topic, VersionRange, metadata_version_name,
};
use protocol::{AccessControlEntryRecord, DelegationTokenRecord, UserScramCredentialRecord};
use std::fmt::Display;

/// Commit of the release whose behaviour these tools have.
const KAFKA_COMMIT: &str = "26b251a451ce941d";

pub(super) fn build(image: &Image) -> Node {
    let mut tree = Node::folder();
    let mut of_image = Node::folder();
    of_image.add("acls", acls(image));
    of_image.add("clientQuotas", client_quotas(image));
    of_image.add("cluster", cluster(image));
    of_image.add("configs", configs(image));
    of_image.add("delegationToken", delegation_tokens(image));
    of_image.add("features", features(image));
    of_image.add("producerIds", producer_ids(image));
    of_image.add("provenance", Node::file(provenance(image)));
    of_image.add("scram", scram(image));
    of_image.add("topics", topics(image));
    tree.add("image", of_image);
    let mut local = Node::folder();
    local.add("commitId", Node::file(KAFKA_COMMIT));
    local.add("version", Node::file(crate::KAFKA_VERSION));
    tree.add("local", local);
    tree
}

/// Values as Java shows a list.
fn list<T: Display>(values: &[T]) -> String {
    let shown: Vec<String> = values.iter().map(T::to_string).collect();
    format!("[{}]", shown.join(", "))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn endpoints(endpoints: &[Endpoint]) -> String {
    let shown: Vec<String> = endpoints
        .iter()
        .map(|endpoint| {
            let protocol = match endpoint.security_protocol {
                0 => "PLAINTEXT",
                1 => "SSL",
                2 => "SASL_PLAINTEXT",
                3 => "SASL_SSL",
                _ => "UNKNOWN",
            };
            format!(
                "Endpoint(listenerName='{}', securityProtocol={protocol}, host='{}', port={})",
                endpoint.listener, endpoint.host, endpoint.port
            )
        })
        .collect();
    list(&shown)
}

fn supported(features: &[VersionRange]) -> String {
    let mut shown: Vec<String> =
        features.iter().map(|range| format!("{}: {}-{}", range.feature, range.min, range.max)).collect();
    shown.sort();
    format!("{{{}}}", shown.join(", "))
}

fn cluster(image: &Image) -> Node {
    let (mut brokers, mut controllers) = (Node::folder(), Node::folder());
    for broker in image.brokers.values() {
        brokers.add(broker.id.to_string(), Node::file(shown_broker(broker)));
    }
    for controller in image.controllers.values() {
        controllers.add(controller.id.to_string(), Node::file(shown_controller(controller)));
    }
    let mut cluster = Node::folder();
    cluster.add("brokers", brokers);
    cluster.add("controllers", controllers);
    cluster
}

fn shown_broker(broker: &Broker) -> String {
    let rack = broker.rack.as_ref().map_or("Optional.empty".to_owned(), |rack| format!("Optional[{rack}]"));
    format!(
        "BrokerRegistration(id={}, epoch={}, incarnationId={}, listeners={}, supportedFeatures={}, rack={rack}, \
         fenced={}, inControlledShutdown={}, isMigratingZkBroker={}, directories={}, cordonedDirectories={})",
        broker.id,
        broker.epoch,
        broker.incarnation_id,
        endpoints(&broker.endpoints),
        supported(&broker.features),
        broker.fenced,
        broker.in_controlled_shutdown,
        broker.is_migrating_zk_broker,
        list(&broker.log_dirs),
        list(broker.cordoned_log_dirs.as_deref().unwrap_or_default()),
    )
}

fn shown_controller(controller: &Controller) -> String {
    format!(
        "ControllerRegistration(id={}, incarnationId={}, zkMigrationReady={}, listeners={}, supportedFeatures={})",
        controller.id,
        controller.incarnation_id,
        controller.zk_migration_ready,
        endpoints(&controller.endpoints),
        supported(&controller.features),
    )
}

fn topics(image: &Image) -> Node {
    let (mut by_id, mut by_name) = (Node::folder(), Node::folder());
    for topic in image.topics_by_name() {
        by_id.add(topic.id.to_string(), shown_topic(topic));
        by_name.add(topic.name.clone(), shown_topic(topic));
    }
    let mut topics = Node::folder();
    topics.add("byId", by_id);
    topics.add("byName", by_name);
    topics
}

fn shown_topic(topic: &Topic) -> Node {
    let mut node = Node::folder();
    node.add("name", Node::file(&topic.name));
    node.add("id", Node::file(topic.id));
    for (index, partition) in &topic.partitions {
        node.add(index.to_string(), Node::file(shown_partition(partition)));
    }
    node
}

fn shown_partition(partition: &Partition) -> String {
    let recovery = if partition.leader_recovery_state == 0 { "RECOVERED" } else { "RECOVERING" };
    format!(
        "PartitionRegistration(replicas={}, directories={}, isr={}, removingReplicas={}, addingReplicas={}, elr={}, \
         lastKnownElr={}, leader={}, leaderRecoveryState={recovery}, leaderEpoch={}, partitionEpoch={})",
        list(&partition.replicas),
        list(&partition.directories),
        list(&partition.isr),
        list(&partition.removing_replicas),
        list(&partition.adding_replicas),
        list(&partition.elr),
        list(&partition.last_known_elr),
        partition.leader,
        partition.leader_epoch,
        partition.partition_epoch,
    )
}

fn configs(image: &Image) -> Node {
    let mut configs = Node::folder();
    for (resource, values) in &image.configs {
        let kind = match resource.kind {
            ConfigResourceType::Topic => "TOPIC",
            ConfigResourceType::Broker => "BROKER",
            ConfigResourceType::BrokerLogger => "BROKER_LOGGER",
            ConfigResourceType::ClientMetrics => "CLIENT_METRICS",
            ConfigResourceType::Group => "GROUP",
            ConfigResourceType::Other(_) => "UNKNOWN",
        };
        let name = match resource.name.as_str() {
            "" => kind.to_owned(),
            name => format!("{kind}:{name}"),
        };
        let mut node = Node::folder();
        for (key, value) in values {
            node.add(key.clone(), Node::file(value));
        }
        configs.add(name, node);
    }
    configs
}

fn client_quotas(image: &Image) -> Node {
    let mut quotas = Node::folder();
    for (entity, values) in &image.client_quotas {
        let mut parts = Vec::new();
        for (kind, shown) in [("client-id", "clientId"), ("user", "user"), ("ip", "ip")] {
            if let Some((_, Some(name))) = entity.iter().find(|(known, _)| known == kind) {
                parts.push(format!("{shown}({name})"));
            }
        }
        let name = parts.join("_");
        let mut node = Node::folder();
        for (key, value) in values {
            node.add(key.clone(), Node::file(format!("{:?}", value.0)));
        }
        let node = if name.is_empty() { Node::Hollow } else { node };
        quotas.add(name, node);
    }
    quotas
}

fn features(image: &Image) -> Node {
    let mut features = Node::folder();
    let mut version = "Optional.empty".to_owned();
    for (name, level) in image.features.iter() {
        if name == "metadata.version" {
            version = format!("Optional[{}]", metadata_version_name(level).unwrap_or("unknown"));
        } else {
            features.add(format!("finalized_{name}"), Node::file(level));
        }
    }
    features.add("metadataVersion", Node::file(version));
    features
}

fn producer_ids(image: &Image) -> Node {
    let mut node = Node::folder();
    let next = image.producer_ids.next;
    node.add("nextProducerId", Node::file(if next > 0 { next } else { -1 }));
    node
}

fn scram(image: &Image) -> Node {
    let mut scram = Node::folder();
    for (code, name) in [(1, "SCRAM-SHA-256"), (2, "SCRAM-SHA-512")] {
        let mut users = Node::folder();
        for ((mechanism, user), credential) in &image.scram_credentials {
            if *mechanism == code {
                users.add(user.clone(), Node::file(shown_credential(credential)));
            }
        }
        scram.add(name, users);
    }
    scram
}

fn shown_credential(credential: &UserScramCredentialRecord<'_>) -> String {
    format!(
        "ScramCredentialData(salt={}, storedKey={}, serverKey={}, iterations={})",
        hex(&credential.salt),
        hex(&credential.stored_key),
        hex(&credential.server_key),
        credential.iterations
    )
}

fn acls(image: &Image) -> Node {
    let mut by_id = Node::folder();
    for (id, acl) in &image.acls {
        by_id.add(id.to_string(), Node::file(shown_acl(acl)));
    }
    let mut acls = Node::folder();
    acls.add("byId", by_id);
    acls
}

/// Numbers for what has no name here; ACLs are not part of what is served yet.
fn shown_acl(acl: &AccessControlEntryRecord<'_>) -> String {
    format!(
        "StandardAcl(resourceType={}, resourceName={}, patternType={}, principal={}, host={}, operation={}, \
         permissionType={})",
        acl.resource_type,
        acl.resource_name,
        acl.pattern_type,
        acl.principal,
        acl.host,
        acl.operation,
        acl.permission_type
    )
}

fn delegation_tokens(image: &Image) -> Node {
    let mut tokens = Node::folder();
    for (id, token) in &image.delegation_tokens {
        tokens.add(id.clone(), Node::file(shown_token(token)));
    }
    tokens
}

fn shown_token(token: &DelegationTokenRecord<'_>) -> String {
    format!("TokenInformation{{owner={}, tokenId='{}'}}", token.owner, token.token_id)
}

fn provenance(image: &Image) -> String {
    format!("offset {}, epoch {}, time {}[UTC]", image.offset, image.epoch, utc(image.timestamp_ms))
}

/// Milliseconds since 1970 as Java's ZonedDateTime shows them: parts that are zero are left out at the end.
fn utc(ms: i64) -> String {
    let (days, of_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hour, minute, second, millis) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60, of_day % 1000);
    let rest = match (second, millis) {
        (0, 0) => String::new(),
        (_, 0) => format!(":{second:02}"),
        _ => format!(":{second:02}.{millis:03}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}{rest}Z")
}

/// Year, month and day of a day counted from 1970-01-01, by eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_shown_as_java_shows_them() {
        assert_eq!(utc(1_795_219_636_841), "2026-11-21T00:07:16.841Z");
        assert_eq!(utc(0), "1970-01-01T00:00Z");
        assert_eq!(utc(951_782_401_000), "2000-02-29T00:00:01Z");
        assert_eq!(utc(-1), "1969-12-31T23:59:59.999Z");
    }
}
