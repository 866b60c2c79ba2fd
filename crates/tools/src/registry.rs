//! All tools by their names: Apache's scripts, short names, and the classes that `kafka-run-class.sh` is given.

use crate::arguments::{Argument, Syntax, Values};
use crate::io::Io;
use crate::options::{Arg, Opt, Usage};

/// A tool.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// Short name, such as `topics`; the script is `kafka-topics.sh`.
    pub name: &'static str,
    /// Class names.
    pub classes: &'static [&'static str],
    /// Class names of older guides, which Kafka 4.3 does not know any more.
    pub former: &'static [&'static str],
    /// One line for a list of tools.
    pub summary: &'static str,
    /// Runs it: arguments without the program's name, to an exit code.
    pub run: fn(&[String], &mut Io) -> i32,
    /// How it ends at a signal.
    pub at_signal: AtSignal,
    line: Line,
}

/// What a signal to end does to a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtSignal {
    /// It looks at [`crate::Stop`] and ends by itself: what it has begun is sent, counted and said.
    Stops,
    /// It waits for answers and has nothing to finish: the process ends at once.
    Ends,
}

/// How a tool declares its command line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line {
    Options(&'static Usage),
    Arguments(&'static Syntax),
}

/// Whether a flag takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// A value if what follows is none of the flags.
    Perhaps,
    One,
    /// One or more.
    Many,
}

/// A flag of a tool: what help shows of it, and the parser and the shell's completion know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The sub-command that it belongs to.
    pub command: Option<&'static str>,
    /// With the dashes; aliases behind the name.
    pub names: &'static [&'static str],
    /// The name without dashes where `names` is empty.
    pub name: &'static str,
    pub takes: Takes,
    /// Bits of Java's type, for values that must be numbers.
    pub number_bits: Option<u32>,
    pub required: bool,
    pub help: &'static str,
}

impl Flag {
    /// All names with their dashes.
    pub fn spellings(&self) -> Vec<String> {
        match self.names {
            [] => vec![format!("--{}", self.name)],
            names => names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

impl Tool {
    /// The sub-commands with a line about each.
    pub fn commands(&self) -> Vec<(&'static str, &'static str)> {
        match self.line {
            Line::Options(_) => Vec::new(),
            Line::Arguments(syntax) => syntax.commands.iter().map(|command| (command.name, command.help)).collect(),
        }
    }

    /// Every flag, in the order of the help; for argparse4j's tools without `-h`, which each of them has.
    pub fn flags(&self) -> Vec<Flag> {
        match self.line {
            Line::Options(usage) => usage.options.iter().map(flag_of_option).collect(),
            Line::Arguments(syntax) => {
                let own = syntax.arguments.iter().map(|argument| flag_of_argument(None, argument));
                let below = syntax.commands.iter().flat_map(|command| {
                    command.arguments.iter().map(|argument| flag_of_argument(Some(command.name), argument))
                });
                own.chain(below).collect()
            }
        }
    }

    /// Whether flags are read by argparse4j's rules: `-h`, and no abbreviation without two dashes.
    pub fn has_short_help(&self) -> bool {
        matches!(self.line, Line::Arguments(_))
    }
}

fn flag_of_option(option: &'static Opt) -> Flag {
    let takes = match option.arg {
        Arg::None => Takes::Nothing,
        Arg::Optional => Takes::Perhaps,
        Arg::Required => Takes::One,
    };
    Flag {
        command: None,
        names: &[],
        name: option.name,
        takes,
        number_bits: option.number_bits,
        required: option.required,
        help: option.help,
    }
}

fn flag_of_argument(command: Option<&'static str>, argument: &'static Argument) -> Flag {
    let takes = match argument.values {
        Values::None => Takes::Nothing,
        Values::One => Takes::One,
        Values::Many => Takes::Many,
    };
    Flag {
        command,
        names: argument.names,
        name: argument.names.first().copied().unwrap_or_default(),
        takes,
        number_bits: None,
        required: argument.required,
        help: argument.help,
    }
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "topics",
        classes: &["org.apache.kafka.tools.TopicCommand"],
        former: &["kafka.admin.TopicCommand"],
        summary: "create, list, describe, alter, delete topics",
        run: crate::topics::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::topics::USAGE),
    },
    Tool {
        name: "configs",
        classes: &["kafka.admin.ConfigCommand"],
        former: &[],
        summary: "show and change configs",
        run: crate::configs::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::configs::USAGE),
    },
    Tool {
        name: "console-producer",
        classes: &["org.apache.kafka.tools.ConsoleProducer"],
        former: &["kafka.tools.ConsoleProducer"],
        summary: "send lines as records",
        run: crate::console_producer::run,
        at_signal: AtSignal::Stops,
        line: Line::Options(&crate::console_producer::USAGE),
    },
    Tool {
        name: "console-consumer",
        classes: &["org.apache.kafka.tools.consumer.ConsoleConsumer"],
        former: &["kafka.tools.ConsoleConsumer"],
        summary: "print records",
        run: crate::console_consumer::run,
        at_signal: AtSignal::Stops,
        line: Line::Options(&crate::console_consumer::USAGE),
    },
    Tool {
        name: "consumer-groups",
        classes: &["org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"],
        former: &["kafka.admin.ConsumerGroupCommand"],
        summary: "list, describe, reset, delete consumer groups",
        run: crate::consumer_groups::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::consumer_groups::USAGE),
    },
    Tool {
        name: "groups",
        classes: &["org.apache.kafka.tools.GroupsCommand"],
        former: &[],
        summary: "list groups of all types",
        run: crate::groups::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::groups::USAGE),
    },
    Tool {
        name: "broker-api-versions",
        classes: &["org.apache.kafka.tools.BrokerApiVersionsCommand"],
        former: &["kafka.admin.BrokerApiVersionsCommand"],
        summary: "show what each broker speaks",
        run: crate::broker_api_versions::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::broker_api_versions::USAGE),
    },
    Tool {
        name: "get-offsets",
        classes: &["org.apache.kafka.tools.GetOffsetShell"],
        former: &["kafka.tools.GetOffsetShell"],
        summary: "show offsets of partitions",
        run: crate::get_offsets::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::get_offsets::USAGE),
    },
    Tool {
        name: "log-dirs",
        classes: &["org.apache.kafka.tools.LogDirsCommand"],
        former: &["kafka.admin.LogDirsCommand"],
        summary: "show what is in the brokers' log directories",
        run: crate::log_dirs::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::log_dirs::USAGE),
    },
    Tool {
        name: "delete-records",
        classes: &["org.apache.kafka.tools.DeleteRecordsCommand"],
        former: &["kafka.admin.DeleteRecordsCommand"],
        summary: "delete records below an offset",
        run: crate::delete_records::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::delete_records::USAGE),
    },
    Tool {
        name: "cluster",
        classes: &["org.apache.kafka.tools.ClusterTool"],
        former: &["kafka.tools.ClusterTool"],
        summary: "cluster id, endpoints, unregistering brokers",
        run: crate::cluster::run,
        at_signal: AtSignal::Ends,
        line: Line::Arguments(&crate::cluster::SYNTAX),
    },
    Tool {
        name: "features",
        classes: &["org.apache.kafka.tools.FeatureCommand"],
        former: &["kafka.admin.FeatureCommand"],
        summary: "show and change feature levels",
        run: crate::features::run,
        at_signal: AtSignal::Ends,
        line: Line::Arguments(&crate::features::SYNTAX),
    },
    Tool {
        name: "metadata-quorum",
        classes: &["org.apache.kafka.tools.MetadataQuorumCommand"],
        former: &["kafka.admin.MetadataQuorumCommand"],
        summary: "state of the metadata quorum",
        run: crate::metadata_quorum::run,
        at_signal: AtSignal::Ends,
        line: Line::Arguments(&crate::metadata_quorum::SYNTAX),
    },
    Tool {
        name: "producer-perf-test",
        classes: &["org.apache.kafka.tools.ProducerPerformance"],
        former: &["kafka.tools.ProducerPerformance"],
        summary: "measure producing",
        run: crate::producer_perf_test::run,
        at_signal: AtSignal::Stops,
        line: Line::Arguments(&crate::producer_perf_test::SYNTAX),
    },
    Tool {
        name: "consumer-perf-test",
        classes: &["org.apache.kafka.tools.ConsumerPerformance"],
        former: &["kafka.tools.ConsumerPerformance"],
        summary: "measure consuming",
        run: crate::consumer_perf_test::run,
        at_signal: AtSignal::Stops,
        line: Line::Options(&crate::consumer_perf_test::USAGE),
    },
    Tool {
        name: "e2e-latency",
        classes: &["org.apache.kafka.tools.EndToEndLatency"],
        former: &["kafka.tools.EndToEndLatency"],
        summary: "measure the time from producer to consumer",
        run: crate::e2e_latency::run,
        at_signal: AtSignal::Stops,
        line: Line::Options(&crate::e2e_latency::USAGE),
    },
    Tool {
        name: "verifiable-producer",
        classes: &["org.apache.kafka.tools.VerifiableProducer"],
        former: &[],
        summary: "produce numbers and report each in JSON",
        run: crate::verifiable_producer::run,
        at_signal: AtSignal::Stops,
        line: Line::Arguments(&crate::verifiable_producer::SYNTAX),
    },
    Tool {
        name: "verifiable-consumer",
        classes: &["org.apache.kafka.tools.VerifiableConsumer"],
        former: &[],
        summary: "consume and report progress in JSON",
        run: crate::verifiable_consumer::run,
        at_signal: AtSignal::Stops,
        line: Line::Arguments(&crate::verifiable_consumer::SYNTAX),
    },
    Tool {
        name: "leader-election",
        classes: &["org.apache.kafka.tools.LeaderElectionCommand"],
        former: &["kafka.admin.LeaderElectionCommand"],
        summary: "elect partition leaders",
        run: crate::leader_election::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::leader_election::USAGE),
    },
    Tool {
        name: "reassign-partitions",
        classes: &["org.apache.kafka.tools.reassign.ReassignPartitionsCommand"],
        former: &["kafka.admin.ReassignPartitionsCommand"],
        summary: "show partition reassignments",
        run: crate::reassign_partitions::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::reassign_partitions::USAGE),
    },
    Tool {
        name: "replica-verification",
        classes: &["org.apache.kafka.tools.ReplicaVerificationTool"],
        former: &["kafka.tools.ReplicaVerificationTool"],
        summary: "compare the replicas of partitions",
        run: crate::replica_verification::run,
        at_signal: AtSignal::Ends,
        line: Line::Options(&crate::replica_verification::USAGE),
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

/// The class that does today what a class of older guides did.
pub fn successor(class: &str) -> Option<&'static str> {
    TOOLS.iter().find(|tool| tool.former.contains(&class)).and_then(|tool| tool.classes.first().copied())
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
        assert!(by_name("kafka.admin.TopicCommand").is_none());
        assert_eq!(successor("kafka.admin.TopicCommand"), Some("org.apache.kafka.tools.TopicCommand"));
        assert_eq!(nearest("kafka-topic.sh").map(|tool| tool.name), Some("topics"));
    }

    #[test]
    fn tools_that_stream_stop_in_order_and_all_others_end_at_once() {
        let stops = all().iter().filter(|tool| tool.at_signal == AtSignal::Stops).map(|tool| tool.name);
        let streams = [
            "console-producer",
            "console-consumer",
            "producer-perf-test",
            "consumer-perf-test",
            "e2e-latency",
            "verifiable-producer",
            "verifiable-consumer",
        ];
        assert_eq!(stops.collect::<Vec<_>>(), streams);
    }
}
