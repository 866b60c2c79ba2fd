//! Environment variables as the container images in use turn them into properties: `KAFKA_...` by the rule of
//! apache/kafka and cp-kafka, `KAFKA_CFG_...` (and the old names beside it) by that of bitnami/kafka.

use crate::rows::{Table, foreign, listener_override, nearest};
use crate::settings::{Origin, Settings};

/// What the environment says.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Sorted by variable, so that the order of the environment does not matter.
    pub settings: Settings,
    /// `CLUSTER_ID`, or Bitnami's names for it; empty is unset.
    pub cluster_id: Option<String>,
    /// Variables that look like a mistyped key, and the likely one.
    pub suspicious: Vec<(String, &'static str)>,
    /// What stops an image's start, and so ours.
    pub problems: Vec<String>,
}

/// `KAFKA_` variables that are meant for the images' scripts or the JVM and not for the broker.
const NOT_PROPERTIES: [&str; 30] = [
    "VERSION",
    "HEAP_OPTS",
    "LOG4J_OPTS",
    "OPTS",
    "JMX_OPTS",
    "JMX_PORT",
    "JMX_HOSTNAME",
    "JVM_PERFORMANCE_OPTS",
    "GC_LOG_OPTS",
    "LOG4J_ROOT_LOGLEVEL",
    "LOG4J_LOGGERS",
    "TOOLS_LOG4J_LOGLEVEL",
    "CLUSTER_ID",
    "KRAFT_CLUSTER_ID",
    "KRAFT_VERSION",
    "ENABLE_KRAFT",
    "SKIP_KRAFT_STORAGE_INIT",
    "INITIAL_CONTROLLERS",
    "NODE_ID_COMMAND",
    "CONTROLLER_QUORUM_VOTERS_COMMAND",
    "MOUNTED_CONF_DIR",
    "HOME",
    "USER",
    "BIN",
    "DEBUG",
    "DATA_DIR",
    "BASE_DIR",
    "CONF_DIR",
    "SCALA_VERSION",
    "OFFSET_VERSION",
];

/// Bitnami's old names, which count beside `KAFKA_CFG_`, and the key of each.
const BITNAMI_OLD: [(&str, &str); 29] = [
    ("ADVERTISED_LISTENERS", "advertised.listeners"),
    ("LISTENERS", "listeners"),
    ("NODE_ID", "node.id"),
    ("BROKER_ID", "broker.id"),
    ("PROCESS_ROLES", "process.roles"),
    ("CONTROLLER_QUORUM_VOTERS", "controller.quorum.voters"),
    ("CONTROLLER_LISTENER_NAMES", "controller.listener.names"),
    ("LISTENER_SECURITY_PROTOCOL_MAP", "listener.security.protocol.map"),
    ("INTER_BROKER_LISTENER_NAME", "inter.broker.listener.name"),
    ("LOG_DIRS", "log.dirs"),
    ("LOGS_DIRS", "log.dirs"),
    ("NUM_PARTITIONS", "num.partitions"),
    ("DEFAULT_REPLICATION_FACTOR", "default.replication.factor"),
    ("DELETE_TOPIC_ENABLE", "delete.topic.enable"),
    ("AUTO_CREATE_TOPICS_ENABLE", "auto.create.topics.enable"),
    ("LOG_RETENTION_BYTES", "log.retention.bytes"),
    ("LOG_RETENTION_HOURS", "log.retention.hours"),
    ("LOG_SEGMENT_BYTES", "log.segment.bytes"),
    ("SEGMENT_BYTES", "log.segment.bytes"),
    ("MESSAGE_MAX_BYTES", "message.max.bytes"),
    ("MAX_MESSAGE_BYTES", "message.max.bytes"),
    ("NUM_IO_THREADS", "num.io.threads"),
    ("NUM_NETWORK_THREADS", "num.network.threads"),
    ("OFFSETS_TOPIC_REPLICATION_FACTOR", "offsets.topic.replication.factor"),
    ("TRANSACTION_STATE_LOG_MIN_ISR", "transaction.state.log.min.isr"),
    ("TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "transaction.state.log.replication.factor"),
    ("SOCKET_RECEIVE_BUFFER_BYTES", "socket.receive.buffer.bytes"),
    ("SOCKET_REQUEST_MAX_BYTES", "socket.request.max.bytes"),
    ("SOCKET_SEND_BUFFER_BYTES", "socket.send.buffer.bytes"),
];

/// Reads the variables. Unknown ones are left alone: Kubernetes puts `KAFKA_PORT=tcp://...` and the like there.
pub fn read_environment<N: AsRef<str>, V: AsRef<str>>(variables: impl IntoIterator<Item = (N, V)>) -> Environment {
    let mut variables: Vec<(String, String)> =
        variables.into_iter().map(|(n, v)| (n.as_ref().to_string(), v.as_ref().to_string())).collect();
    variables.sort();
    let value = |name: &str| {
        let found = variables.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim());
        found.filter(|v| !v.is_empty()).map(str::to_string)
    };
    let mut environment = Environment {
        cluster_id: ["CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID"].into_iter().find_map(value),
        ..Environment::default()
    };
    let is_bitnami = variables.iter().any(|(name, _)| name.starts_with("KAFKA_CFG_"));
    for (name, value) in &variables {
        let Some(rest) = name.strip_prefix("KAFKA_").filter(|rest| !rest.is_empty()) else { continue };
        let key = match (is_bitnami, rest.strip_prefix("CFG_")) {
            (true, Some(rest)) => bitnami_key(rest),
            (true, None) => match BITNAMI_OLD.iter().find(|(old, _)| *old == rest) {
                Some((_, key)) => key.to_string(),
                None => continue,
            },
            (false, _) if NOT_PROPERTIES.contains(&rest) => continue,
            (false, _) => apache_key(rest),
        };
        environment.add(name, &key, value);
    }
    environment.derive();
    environment
}

/// The variable that stands behind `NAME_FILE`, whose value is the path of a file with that variable's value: a habit of
/// bitnami/kafka, for names that it knows. `None`: the name is nothing of that kind.
pub fn variable_in_file(name: &str) -> Option<&str> {
    let variable = name.strip_suffix("_FILE")?;
    let rest = variable.strip_prefix("KAFKA_")?;
    let is_known = |key: String| Table::broker().get(&key).is_some() || listener_override(&key).is_some();
    let is_old =
        || matches!(rest, "CLUSTER_ID" | "KRAFT_CLUSTER_ID") || BITNAMI_OLD.iter().any(|(old, _)| *old == rest);
    let is_meant = match rest.strip_prefix("CFG_") {
        Some(rest) => is_known(bitnami_key(rest)) && !is_known(bitnami_key(&format!("{rest}_FILE"))),
        None => is_old(),
    };
    is_meant.then_some(variable)
}

impl Environment {
    fn add(&mut self, variable: &str, key: &str, value: &str) {
        let table = Table::broker();
        let is_known = table.get(key).is_some() || listener_override(key).is_some();
        let is_service_link = value.starts_with("tcp://") || value.starts_with("udp://");
        if is_known || (foreign(key).is_some() && !is_service_link && !matches!(key, "port" | "host.name")) {
            let origin = Origin::Environment { variable: variable.into() };
            self.settings.push(key, value, origin);
        } else if let (Some(near), false) = (nearest(key, table.rows().iter().map(|row| row.key)), is_service_link) {
            self.suspicious.push((variable.into(), near));
        }
    }

    /// As the images do: without listeners, those that are advertised on every interface; a controller advertises none.
    fn derive(&mut self) {
        let get = |key: &str| self.settings.get(key).filter(|s| !s.value.trim().is_empty());
        let roles = get("process.roles").map(|s| s.value.trim().to_string());
        let Some(advertised) = get("advertised.listeners").cloned() else {
            self.settings.entries.retain(|s| s.key != "advertised.listeners");
            return;
        };
        if roles.as_deref() == Some("controller") {
            self.problems.push(format!("a controller advertises no listeners: unset {}", advertised.origin));
            return;
        }
        if get("listeners").is_none() {
            self.settings.entries.retain(|s| s.key != "listeners");
            let listeners: Vec<String> = advertised.value.split(',').map(on_every_interface).collect();
            self.settings.push("listeners", listeners.join(","), advertised.origin);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.settings.entries.is_empty()
    }
}

fn on_every_interface(listener: &str) -> String {
    match (listener.split_once("://"), listener.rsplit_once(':')) {
        (Some((name, _)), Some((_, port))) => format!("{name}://0.0.0.0:{port}"),
        _ => listener.into(),
    }
}

/// Lower case; `___` is `-`, `__` is `_`, `_` is `.`.
fn apache_key(rest: &str) -> String {
    rest.to_lowercase().replace('_', ".").replace("...", "-").replace("..", "_")
}

/// Lower case, each `_` is `.`; only the two protocol names with `_` are mended.
fn bitnami_key(rest: &str) -> String {
    let key = rest.to_lowercase().replace('_', ".");
    key.replace("sasl.ssl", "sasl_ssl").replace("sasl.plaintext", "sasl_plaintext")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        read_environment(variables.iter().copied())
    }

    #[test]
    fn keys_of_our_own_are_known_in_both_dialects() {
        for variable in ["KAFKA_OTTLA_HTTP_LISTEN", "KAFKA_CFG_OTTLA_HTTP_LISTEN"] {
            let environment = read(&[(variable, "0.0.0.0:9404")]);
            let setting = environment.settings.get("ottla.http.listen");
            assert_eq!(setting.map(|setting| setting.value.as_str()), Some("0.0.0.0:9404"), "{variable}");
        }
    }

    #[test]
    fn names_become_keys_by_the_images_rules() {
        assert_eq!(apache_key("A_B__C___D"), "a.b_c-d");
        assert_eq!(bitnami_key("LISTENER_NAME_SASL_SSL_X"), "listener.name.sasl_ssl.x");
        let env = read(&[("KAFKA_NUM_PARTITIONS", "3"), ("KAFKA_HEAP_OPTS", "-Xmx1G"), ("kafka_log_dirs", "/x")]);
        assert_eq!(env.settings.entries.len(), 1);
        assert_eq!(env.settings.get("num.partitions").unwrap().value, "3");
        let env = read(&[("KAFKA_CFG_NODE_ID", "0"), ("KAFKA_LOGS_DIRS", "/d"), ("KAFKA_QUEUED_MAX_REQUESTS", "9")]);
        assert_eq!(env.settings.entries.len(), 2);
        assert_eq!(env.settings.get("log.dirs").unwrap().value, "/d");
    }

    #[test]
    fn values_may_stand_in_files_for_names_that_are_known() {
        for (name, expected) in [
            ("KAFKA_CFG_NODE_ID_FILE", Some("KAFKA_CFG_NODE_ID")),
            (
                "KAFKA_CFG_LISTENER_NAME_INTERNAL_MAX_CONNECTIONS_FILE",
                Some("KAFKA_CFG_LISTENER_NAME_INTERNAL_MAX_CONNECTIONS"),
            ),
            ("KAFKA_NODE_ID_FILE", Some("KAFKA_NODE_ID")),
            ("KAFKA_KRAFT_CLUSTER_ID_FILE", Some("KAFKA_KRAFT_CLUSTER_ID")),
            ("KAFKA_CFG_NONSENSE_FILE", None),
            ("KAFKA_CFG_NODE_ID", None),
            ("LOG_FILE", None),
        ] {
            assert_eq!(variable_in_file(name), expected, "{name}");
        }
    }

    #[test]
    fn service_links_of_kubernetes_break_nothing() {
        let env = read(&[
            ("KAFKA_PORT", "tcp://10.0.0.1:9092"),
            ("KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1"),
            ("KAFKA_SERVICE_HOST", "10.0.0.1"),
            ("KAFKA_SERVICE_PORT", "9092"),
            ("KAFKA_", ""),
        ]);
        assert!(env.is_empty() && env.suspicious.is_empty() && env.problems.is_empty(), "{env:?}");
        assert_eq!(
            read(&[("KAFKA_NUM_PARTITONS", "3")]).suspicious,
            [("KAFKA_NUM_PARTITONS".into(), "num.partitions")]
        );
    }

    #[test]
    fn listeners_follow_from_the_advertised_ones() {
        let advertised = ("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:9092,EXT://[::1]:9094");
        let env = read(&[advertised, ("KAFKA_LISTENERS", ""), ("CLUSTER_ID", "abc")]);
        assert_eq!(env.settings.get("listeners").unwrap().value, "PLAINTEXT://0.0.0.0:9092,EXT://0.0.0.0:9094");
        assert_eq!(env.cluster_id.as_deref(), Some("abc"));
        let env = read(&[advertised, ("KAFKA_PROCESS_ROLES", "controller")]);
        assert_eq!(env.problems.len(), 1);
    }
}
