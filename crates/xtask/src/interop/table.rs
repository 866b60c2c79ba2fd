//! The suites: a row each.

use super::prepare;
use crate::error::TaskError;
use std::path::Path;
use std::process::Command;

/// One suite.
pub struct Suite {
    pub name: &'static str,
    pub what: &'static str,
    /// Folder under `interop/`.
    pub folder: &'static str,
    /// Programs that it cannot do without.
    pub needs: &'static [&'static str],
    /// Fetches and builds what is needed, and says how the suite is run.
    pub prepare: fn(&Suite, &Path) -> Result<Command, TaskError>,
    /// Settings of its broker.
    pub overrides: &'static [&'static str],
    /// It starts and stops brokers itself, from `$OTTLA`, on ports from `$BASE_PORT` on.
    pub own_broker: bool,
    pub limit_s: u64,
}

const QUICK_GROUPS: &str = "group.initial.rebalance.delay.ms=0";
const FEW_PARTITIONS: &str = "offsets.topic.num.partitions=4";
const NO_AUTO_CREATE: &str = "auto.create.topics.enable=false";
const STRICT: &[&str] = &[QUICK_GROUPS, FEW_PARTITIONS, NO_AUTO_CREATE];
const AUTO_CREATE: &[&str] = &[QUICK_GROUPS, FEW_PARTITIONS];

/// All suites, in the order of running.
pub fn suites() -> &'static [Suite] {
    &[
        Suite {
            name: "kcat",
            what: "librdkafka as Debian has it",
            folder: "kcat",
            needs: &["kcat", "bash"],
            prepare: prepare::script,
            overrides: AUTO_CREATE,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "confluent-kafka",
            what: "Python on a recent librdkafka",
            folder: "python",
            needs: &["python3"],
            prepare: prepare::python,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "kafka-python",
            what: "the pure Python client",
            folder: "python",
            needs: &["python3"],
            prepare: prepare::python,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "aiokafka",
            what: "asyncio in Python",
            folder: "python",
            needs: &["python3"],
            prepare: prepare::python,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "java",
            what: "Apache's Java client",
            folder: "java",
            needs: &["java", "javac", "mvn"],
            prepare: prepare::java,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "apache-tools",
            what: "Apache's command line tools",
            folder: "apache-tools",
            needs: &["java", "mvn", "bash"],
            prepare: prepare::apache_tools,
            overrides: STRICT,
            own_broker: false,
            limit_s: 180,
        },
        Suite {
            name: "spring-boot",
            what: "a Spring Boot application: JSON, manual acknowledgement",
            folder: "spring",
            needs: &["java", "javac", "mvn"],
            prepare: prepare::java,
            overrides: AUTO_CREATE,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "franz-go",
            what: "Go",
            folder: "franz-go",
            needs: &["go"],
            prepare: prepare::go,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "sarama",
            what: "Go",
            folder: "sarama",
            needs: &["go"],
            prepare: prepare::go,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "kafkajs",
            what: "Node",
            folder: "kafkajs",
            needs: &["node", "npm"],
            prepare: prepare::node,
            overrides: STRICT,
            own_broker: false,
            limit_s: 120,
        },
        Suite {
            name: "disk",
            what: "Apache Kafka on the folder that Ottla left, and back",
            folder: "disk",
            needs: &["java", "mvn", "bash"],
            prepare: prepare::apache_tools,
            overrides: &[],
            own_broker: true,
            limit_s: 240,
        },
        Suite {
            name: "neighbour",
            what: "a broker of Apache Kafka with Ottla's controller",
            folder: "neighbour",
            needs: &["java", "mvn", "bash"],
            prepare: prepare::apache_tools,
            overrides: &[],
            own_broker: true,
            limit_s: 180,
        },
        Suite {
            name: "mixed",
            what: "clusters of Apache Kafka's nodes and Ottla's: brokers and controllers, nodes killed, replicas compared",
            folder: "mixed",
            needs: &["java", "mvn", "kcat", "bash"],
            prepare: prepare::apache_tools,
            overrides: &[],
            own_broker: true,
            limit_s: 330,
        },
        Suite {
            name: "crash",
            what: "kill -9 under load: nothing acknowledged is lost",
            folder: "python",
            needs: &["python3"],
            prepare: prepare::python,
            overrides: &[],
            own_broker: true,
            limit_s: 120,
        },
    ]
}
