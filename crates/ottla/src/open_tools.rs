//! Tools of Apache Kafka that are not there yet: called by one of their names, the binary says what they come with.

use crate::cli::complain;

/// A tool that is not there.
struct Open {
    /// The name of its script, without `.sh`.
    script: &'static str,
    class: &'static str,
    why: Why,
}

enum Why {
    /// It comes with this.
    With(&'static str),
    /// It does not come; what there is instead.
    Never(&'static str),
}

const SHARE: Why = Why::With("share groups");
const STREAMS: Why = Why::With("the group protocol of Kafka Streams");
const CONNECT: Why = Why::Never("Ottla runs no connectors. Apache's Kafka Connect does, against a cluster of Ottla");

const OPEN: [Open; 15] = [
    Open {
        script: "kafka-acls",
        class: "org.apache.kafka.tools.AclCommand",
        why: Why::With("ACLs and their enforcement"),
    },
    Open {
        script: "kafka-transactions",
        class: "org.apache.kafka.tools.TransactionsCommand",
        why: Why::With("transactions"),
    },
    Open {
        script: "kafka-delegation-tokens",
        class: "org.apache.kafka.tools.DelegationTokenCommand",
        why: Why::With("delegation tokens"),
    },
    Open {
        script: "kafka-client-metrics",
        class: "org.apache.kafka.tools.ClientMetricsCommand",
        why: Why::With("metrics that clients push (KIP-714)"),
    },
    Open { script: "kafka-share-groups", class: "org.apache.kafka.tools.consumer.group.ShareGroupCommand", why: SHARE },
    Open {
        script: "kafka-console-share-consumer",
        class: "org.apache.kafka.tools.consumer.ConsoleShareConsumer",
        why: SHARE,
    },
    Open {
        script: "kafka-share-consumer-perf-test",
        class: "org.apache.kafka.tools.ShareConsumerPerformance",
        why: SHARE,
    },
    Open {
        script: "kafka-verifiable-share-consumer",
        class: "org.apache.kafka.tools.VerifiableShareConsumer",
        why: SHARE,
    },
    Open { script: "kafka-streams-groups", class: "org.apache.kafka.tools.streams.StreamsGroupCommand", why: STREAMS },
    Open { script: "kafka-streams-application-reset", class: "org.apache.kafka.tools.StreamsResetter", why: STREAMS },
    Open {
        script: "kafka-jmx",
        class: "org.apache.kafka.tools.JmxTool",
        why: Why::Never("Ottla has no JMX. Its metrics are at /metrics of the listener that ottla.http.listen names"),
    },
    Open { script: "connect-distributed", class: "org.apache.kafka.connect.cli.ConnectDistributed", why: CONNECT },
    Open { script: "connect-standalone", class: "org.apache.kafka.connect.cli.ConnectStandalone", why: CONNECT },
    Open { script: "connect-mirror-maker", class: "org.apache.kafka.connect.mirror.MirrorMaker", why: CONNECT },
    Open { script: "connect-plugin-path", class: "org.apache.kafka.tools.ConnectPluginPath", why: CONNECT },
];

/// Says why there is no such tool, and returns the exit code; `None`: Apache has none of that name either.
pub fn refuse(name: &str) -> Option<i32> {
    let short = name.strip_suffix(".sh").unwrap_or(name);
    let is_meant =
        |open: &&Open| open.script == short || open.script.strip_prefix("kafka-") == Some(short) || open.class == name;
    let open = OPEN.iter().find(is_meant)?;
    let said = match open.why {
        Why::With(what) => format!("this tool comes with {what}, which Ottla does not have yet"),
        Why::Never(instead) => format!("this tool is no part of Ottla: {instead}"),
    };
    complain(&format!("{}: {said}\nhint: COMPAT.md lists what works", open.script));
    Some(1)
}

/// Whether Apache has a script of this name that is not there yet.
pub fn is_script(name: &str) -> bool {
    OPEN.iter().any(|open| name.strip_suffix(".sh").unwrap_or(name) == open.script)
}
