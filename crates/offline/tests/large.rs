//! Replays what was recorded of Apache Kafka 4.3.1's `kafka-dump-log` and `kafka-metadata-shell` on files that are too
//! large to lie here as they are (`tests/data/more.tar.gz`), and on damaged copies of them. Equal are standard output,
//! exit code and the sentences on standard error.

use std::path::Path;

/// What follows these differs from run to run.
const VARYING: &str = "[B@";
/// Recorded commands that differ: parts of them, and why.
const KNOWN: &[(&str, &str)] = &[
    ("meta.properties ls", "Kafka's shell waits for ever; ours says what the file is"),
    ("tree /image/configs", "Kafka's shell shows an empty tree; ours shows the configs"),
    ("plain-0/00000000000000000000.log ls", "the same"),
    (
        "metadata-shell.sh --snapshot clean/d1/__cluster_metadata-0/00000000000000000095-0000000001.checkpoint",
        "reads commands; replayed with the binary, in crate ottla",
    ),
];

#[derive(Default)]
struct Step {
    command: String,
    out: String,
    exit: Option<i32>,
}

fn steps(transcript: &[u8]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut part = "";
    for line in String::from_utf8_lossy(transcript).lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), ..Step::default() });
            part = "out";
            continue;
        }
        let Some(step) = steps.last_mut() else { continue };
        match line {
            "--- stderr" | "--- stdin" => part = "other",
            "--- stdout" => part = "out",
            line if line.starts_with("--- exit ") => (step.exit, part) = (line[9..].parse().ok(), ""),
            line if part == "out" => step.out += &format!("{line}\n"),
            _ => {}
        }
    }
    steps
}

/// Without what varies and without blanks at ends.
fn normalized(text: &str) -> String {
    let line = |line: &str| match line.find(VARYING) {
        Some(at) => line[..at].to_owned(),
        None => line.trim_end().to_owned(),
    };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The damage that the recordings tell of.
fn damage() {
    let copy = |folder: &str, from: &str, change: fn(&mut Vec<u8>)| {
        let to = Path::new("dmg").join(folder);
        std::fs::create_dir_all(&to).unwrap();
        let mut bytes = std::fs::read(from).unwrap();
        change(&mut bytes);
        std::fs::write(to.join(Path::new(from).file_name().unwrap()), bytes).unwrap();
    };
    let rolled = "clean/d2/rolled-0/00000000000000000";
    for end in ["129.log", "258.log", "129.timeindex", "258.timeindex"] {
        copy("rolled-0", &format!("{rolled}{end}"), |_| {});
    }
    copy("rolled-0", &format!("{rolled}258.index"), |bytes| bytes.truncate(bytes.len() - 3));
    copy("rolled-0", &format!("{rolled}129.index"), |bytes| bytes[12..16].copy_from_slice(&7_i32.to_be_bytes()));
    let plain = "clean/d2/plain-0/00000000000000000000.log";
    copy("plain-0", plain, |bytes| bytes[70] ^= 1);
    copy("trunc-0", plain, |bytes| bytes.truncate(bytes.len() - 20));
}

#[test]
fn large_and_damaged_files_are_shown_as_by_kafka() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/more.tar.gz");
    let folder = tempfile::tempdir().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    assert!(std::process::Command::new("tar").arg("xzf").arg(&data).status().unwrap().success());
    damage();
    let mut failures = Vec::new();
    let recorded =
        [&include_bytes!("transcripts/dump-log-more.txt")[..], include_bytes!("transcripts/metadata-shell-more.txt")];
    let all: Vec<Step> = recorded.iter().flat_map(|transcript| steps(transcript)).collect();
    assert_eq!(all.len(), 35);
    for step in all.iter().filter(|step| {
        !KNOWN
            .iter()
            .any(|(part, _)| step.command.ends_with(part) || step.command.contains(part) && part.ends_with("ls"))
    }) {
        let words: Vec<String> = step.command.split_whitespace().map(str::to_owned).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = offline::run(&words[0], &words[1..], &mut out, &mut err);
        let out = String::from_utf8_lossy(&out);
        if Some(code) != step.exit || normalized(&out) != normalized(&step.out) {
            let first = normalized(&out)
                .lines()
                .zip(normalized(&step.out).lines())
                .find(|(a, b)| a != b)
                .map(|(a, b)| format!("{}\n{}", &a[..a.len().min(400)], &b[..b.len().min(400)]));
            let err = String::from_utf8_lossy(&err).into_owned();
            failures.push(format!("{}: {code} instead of {:?}\n{first:?}\n{err}", step.command, step.exit));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
