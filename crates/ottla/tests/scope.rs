//! Every recorded command of the single node is replayed somewhere, or excused with a reason.

mod replay;

use replay::session::KNOWN;
use replay::transcript;
use std::collections::BTreeSet;
use std::path::Path;

/// Files whose commands are all replayed from the same file name here.
const HERE: &[&str] = &[
    "kafka-broker-api-versions.txt",
    "kafka-cluster.txt",
    "kafka-configs.txt",
    "kafka-console-producer-consumer.txt",
    "kafka-consumer-groups.txt",
    "kafka-delete-records.txt",
    "kafka-features.txt",
    "kafka-get-offsets.txt",
    "kafka-groups.txt",
    "kafka-log-dirs.txt",
    "kafka-metadata-quorum.txt",
    "kafka-reassign-partitions.txt",
    "kafka-server.txt",
    "kafka-topics.txt",
    "kafka-verifiable.txt",
    "perf-tools.txt",
];

/// Files that crate `offline` replays, under its own names.
const OFFLINE: &[(&str, &[&str])] = &[
    ("kafka-dump-log.txt", &["dump-log.txt", "dump-log-more.txt"]),
    ("kafka-metadata-shell.txt", &["metadata-shell.txt", "metadata-shell-more.txt"]),
    ("kafka-storage.txt", &["storage.txt"]),
];

/// Commands that are not replayed: file, parts of the command, reason.
const EXCUSED: &[(&str, &str, &str)] = &[
    ("kafka-jmx.txt", "kafka-jmx", "there is no JVM and no JMX; /metrics has the figures"),
    ("kafka-storage.txt", "random-uuid", "the uuid is random; a test of its own looks at the form"),
    ("kafka-storage.txt", "info -c server.properties", "the folders of a running node; info is replayed on others"),
    ("kafka-dump-log.txt", "$(ls clean/d1", "replayed with the file that the shell found"),
    ("kafka-storage.txt", "find /data/st", "replayed with the line ends of the real command"),
];

#[test]
fn every_command_in_scope_is_replayed_or_excused() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let offline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../offline/tests/transcripts");
    let mut missing = Vec::new();
    let (mut rows, mut excused, mut replayed) = (0, 0, 0);
    for row in include_str!("transcripts/scope.tsv").lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [file, number, command] = cells[..] else { panic!("a row of three: {row}") };
        rows += 1;
        let here = HERE.contains(&file).then(|| tests.join(file));
        let there = OFFLINE.iter().filter(|(name, _)| *name == file).flat_map(|(_, own)| *own);
        let paths = here.into_iter().chain(there.map(|own| offline.join(own)));
        let texts = paths.map(|path| std::fs::read(path).expect("a transcript"));
        let commands: BTreeSet<String> =
            texts.flat_map(|text| transcript::read(&String::from_utf8_lossy(&text))).map(|step| step.command).collect();
        if commands.contains(command) {
            replayed += 1;
        } else if EXCUSED.iter().any(|(of, part, _)| *of == file && command.contains(part)) {
            excused += 1;
        } else {
            missing.push(format!("{file} {number}: {command}"));
        }
    }
    println!("{rows} commands: {replayed} replayed ({} known to differ), {excused} excused", KNOWN.len());
    assert!(missing.is_empty(), "neither replayed nor excused:\n{}", missing.join("\n"));
}
