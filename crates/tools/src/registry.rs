//! All tools by their names: Apache's scripts, short names, and the classes that `kafka-run-class.sh` is given.

use crate::io::Io;

/// A tool.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// Short name, such as `topics`; the script is `kafka-topics.sh`.
    pub name: &'static str,
    /// Class names, of today and of older guides.
    pub classes: &'static [&'static str],
    /// One line for a list of tools.
    pub summary: &'static str,
    /// Runs it: arguments without the program's name, to an exit code.
    pub run: fn(&[String], &mut Io) -> i32,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "topics",
        classes: &["org.apache.kafka.tools.TopicCommand", "kafka.admin.TopicCommand"],
        summary: "create, list, describe, alter, delete topics",
        run: crate::topics::run,
    },
    Tool {
        name: "configs",
        classes: &["kafka.admin.ConfigCommand"],
        summary: "show and change configs",
        run: crate::configs::run,
    },
    Tool {
        name: "console-producer",
        classes: &["org.apache.kafka.tools.ConsoleProducer", "kafka.tools.ConsoleProducer"],
        summary: "send lines as records",
        run: crate::console_producer::run,
    },
    Tool {
        name: "console-consumer",
        classes: &["org.apache.kafka.tools.consumer.ConsoleConsumer", "kafka.tools.ConsoleConsumer"],
        summary: "print records",
        run: crate::console_consumer::run,
    },
    Tool {
        name: "consumer-groups",
        classes: &["org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "kafka.admin.ConsumerGroupCommand"],
        summary: "list, describe, reset, delete consumer groups",
        run: crate::consumer_groups::run,
    },
    Tool {
        name: "groups",
        classes: &["org.apache.kafka.tools.GroupsCommand"],
        summary: "list groups of all types",
        run: crate::groups::run,
    },
    Tool {
        name: "broker-api-versions",
        classes: &["org.apache.kafka.tools.BrokerApiVersionsCommand", "kafka.admin.BrokerApiVersionsCommand"],
        summary: "show what each broker speaks",
        run: crate::broker_api_versions::run,
    },
    Tool {
        name: "get-offsets",
        classes: &["org.apache.kafka.tools.GetOffsetShell", "kafka.tools.GetOffsetShell"],
        summary: "show offsets of partitions",
        run: crate::get_offsets::run,
    },
    Tool {
        name: "log-dirs",
        classes: &["org.apache.kafka.tools.LogDirsCommand", "kafka.admin.LogDirsCommand"],
        summary: "show what is in the brokers' log directories",
        run: crate::log_dirs::run,
    },
    Tool {
        name: "delete-records",
        classes: &["org.apache.kafka.tools.DeleteRecordsCommand", "kafka.admin.DeleteRecordsCommand"],
        summary: "delete records below an offset",
        run: crate::delete_records::run,
    },
    Tool {
        name: "cluster",
        classes: &["org.apache.kafka.tools.ClusterTool", "kafka.tools.ClusterTool"],
        summary: "cluster id, endpoints, unregistering brokers",
        run: crate::cluster::run,
    },
    Tool {
        name: "features",
        classes: &["org.apache.kafka.tools.FeatureCommand", "kafka.admin.FeatureCommand"],
        summary: "show and change feature levels",
        run: crate::features::run,
    },
    Tool {
        name: "metadata-quorum",
        classes: &["org.apache.kafka.tools.MetadataQuorumCommand", "kafka.admin.MetadataQuorumCommand"],
        summary: "state of the metadata quorum",
        run: crate::metadata_quorum::run,
    },
    Tool {
        name: "producer-perf-test",
        classes: &["org.apache.kafka.tools.ProducerPerformance", "kafka.tools.ProducerPerformance"],
        summary: "measure producing",
        run: crate::producer_perf_test::run,
    },
    Tool {
        name: "consumer-perf-test",
        classes: &["org.apache.kafka.tools.ConsumerPerformance", "kafka.tools.ConsumerPerformance"],
        summary: "measure consuming",
        run: crate::consumer_perf_test::run,
    },
    Tool {
        name: "e2e-latency",
        classes: &["org.apache.kafka.tools.EndToEndLatency", "kafka.tools.EndToEndLatency"],
        summary: "measure the time from producer to consumer",
        run: crate::e2e_latency::run,
    },
    Tool {
        name: "verifiable-producer",
        classes: &["org.apache.kafka.tools.VerifiableProducer"],
        summary: "produce numbers and report each in JSON",
        run: crate::verifiable_producer::run,
    },
    Tool {
        name: "verifiable-consumer",
        classes: &["org.apache.kafka.tools.VerifiableConsumer"],
        summary: "consume and report progress in JSON",
        run: crate::verifiable_consumer::run,
    },
    Tool {
        name: "leader-election",
        classes: &["org.apache.kafka.tools.LeaderElectionCommand", "kafka.admin.LeaderElectionCommand"],
        summary: "elect partition leaders",
        run: crate::leader_election::run,
    },
    Tool {
        name: "reassign-partitions",
        classes: &[
            "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
            "kafka.admin.ReassignPartitionsCommand",
        ],
        summary: "show partition reassignments",
        run: crate::reassign_partitions::run,
    },
];

/// All tools, in the order of a list for people.
pub fn all() -> &'static [Tool] {
    TOOLS
}

/// The tool that is called `kafka-topics.sh`, `kafka-topics`, `topics`, or by one of its class names.
pub fn by_name(name: &str) -> Option<&'static Tool> {
    let short = name.strip_suffix(".sh").unwrap_or(name);
    let short = short.strip_prefix("kafka-").unwrap_or(short);
    TOOLS.iter().find(|tool| tool.name == short || tool.classes.contains(&name))
}

/// The tool whose short name is nearest to what was typed, for a hint.
pub fn nearest(name: &str) -> Option<&'static Tool> {
    let short = name.strip_suffix(".sh").unwrap_or(name);
    let short = short.strip_prefix("kafka-").unwrap_or(short);
    let best = config::nearest(short, TOOLS.iter().map(|tool| tool.name))?;
    by_name(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_found_by_all_their_names() {
        for name in ["kafka-topics.sh", "kafka-topics", "topics", "org.apache.kafka.tools.TopicCommand"] {
            assert_eq!(by_name(name).map(|tool| tool.name), Some("topics"), "{name}");
        }
        assert!(by_name("kafka-nosuch.sh").is_none());
        assert_eq!(nearest("kafka-topic.sh").map(|tool| tool.name), Some("topics"));
    }
}
