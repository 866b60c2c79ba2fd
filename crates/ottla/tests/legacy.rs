//! Flags and class names of older guides that still circulate: each is taken or refused as Apache Kafka 4.3.1 does it,
//! with its warning or its sentence (`transcripts/legacy-names.tsv`).

mod replay;

use replay::alike::figures_alike;
use replay::run::{Outcome, StopWhen};
use replay::session::{Kind, Session};

/// Rows that differ: the beginning of the name, and why.
const KNOWN: &[(&str, &str)] = &[
    ("kafka.docker.KafkaDockerWrapper", "a part of Apache's image; Ottla reads the environment itself"),
    ("kafka.tools.TestRaftServer", "a test program of Kafka's own"),
    ("org.apache.kafka.tools.AclCommand", "open (COMPAT.md)"),
    ("org.apache.kafka.tools.ClientCompatibilityTest", "a test program of Kafka's own"),
    ("org.apache.kafka.tools.JmxTool", "there is no JMX"),
    ("org.apache.kafka.tools.LogCompactionTester", "a test program of Kafka's own"),
    ("org.apache.kafka.tools.OAuthCompatibilityTool", "open (COMPAT.md)"),
    ("org.apache.kafka.tools.ReplicaVerificationTool", "deprecated in Kafka, comes with the cluster"),
    ("org.apache.kafka.tools.StreamsResetter", "open (COMPAT.md)"),
    ("org.apache.kafka.tools.TransactionalMessageCopier", "open (COMPAT.md)"),
    ("org.apache.kafka.trogdor", "Kafka's own test framework"),
];

/// The recorded column: first lines of standard output, then of standard error, cut short.
struct Printed<'a> {
    stdout: Vec<&'a str>,
    stderr: Vec<&'a str>,
}

fn printed(cell: &str) -> Printed<'_> {
    let (out, err) = cell.split_once(" | ").unwrap_or((cell, "-"));
    let lines = |part| -> Vec<&str> {
        let noise = ["-", "", "<usage>", "<usage text>", "<JSON lines>", "<java stack frames>"];
        str::split(part, " / ")
            .map(|line| line.trim().trim_end_matches(" /"))
            .filter(|line| !noise.contains(line))
            .collect()
    };
    Printed { stdout: lines(out), stderr: lines(err) }
}

/// The sentence of a line of standard error.
fn bare(line: &str) -> &str {
    let line = line.strip_prefix("Exception in thread \"main\" ").unwrap_or(line);
    match line.split_once(": ") {
        Some((class, rest)) if class.contains('.') && !class.contains(' ') => rest,
        _ => line,
    }
}

fn judge(session: &Session, name: &str, exit: i32, cell: &str, done: &Outcome) -> Option<String> {
    let cell = cell.replace("NAME", name).replace("usage text on stderr", "- | -");
    let wanted = printed(&cell);
    let mut how = Vec::new();
    if done.exit != exit {
        how.push(format!("exit {} instead of {exit}", done.exit));
    }
    let loose = |text: &str| -> String {
        // Figures, ids and clocks are chance; what the table cut off is not compared.
        let text = session.alike(text, Kind::Plain);
        text.lines().map(|line| figures_alike(line).replace('\t', " ")).collect::<Vec<_>>().join("\n")
    };
    let (out, err) = (loose(&done.stdout), loose(&done.stderr));
    for line in wanted.stdout {
        if line.starts_with('{') {
            continue;
        }
        let line = loose(line);
        let chance = line.starts_with('0') || line.contains(" records sent") || line.contains("perf-consumer");
        let chance = chance || line.contains("console-consumer-") || line.contains("N, N") || line.contains("N:N");
        if !chance && !out.contains(line.trim_end()) {
            how.push(format!("stdout lacks {line}\nand is\n{out}"));
        }
    }
    for line in wanted.stderr {
        if line.starts_with("The consumer rebalance protocol") || line.starts_with("Caused by") {
            continue;
        }
        if !err.contains(&loose(bare(line))) {
            how.push(format!("stderr lacks {}\nand is\n{err}", bare(line)));
        }
    }
    (!how.is_empty()).then(|| how.join("\n"))
}

#[test]
fn old_flags_and_classes_are_taken_or_refused_as_by_kafka() {
    let session = Session::start();
    session.seed.values("lf", 5);
    session.seed.commit("lg", &[("lf", 0, 2)]);
    let path = session.folder().join("tp.json");
    std::fs::write(path, "{\"partitions\": [{\"topic\": \"lf\", \"partition\": 0, \"offset\": 0}]}").unwrap();
    let (mut failures, mut judged) = (Vec::new(), 0);
    for row in include_str!("transcripts/legacy-names.tsv").lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [kind, name, exit, prints] = cells[..] else { panic!("a row of four: {row}") };
        let Ok(exit) = exit.parse::<i32>() else { continue };
        if KNOWN.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        let bootstrap = session.bootstrap();
        let command = match kind {
            // As they were recorded.
            "class" => format!("kafka-run-class.sh {name} --help"),
            _ => name
                .replace("$BS", &format!("--bootstrap-server {bootstrap}"))
                .replace("bootstrap.servers=B", &format!("bootstrap.servers={bootstrap}"))
                .replace(" B ", &format!(" {bootstrap} "))
                .replace("\\$", "$"),
        };
        judged += 1;
        let done = session.run(command.trim(), "", &StopWhen::Never);
        if let Some(how) = judge(&session, name, exit, prints, &done) {
            failures.push(format!("{command}: {how}"));
        }
    }
    println!("{judged} rows, {} differ", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
