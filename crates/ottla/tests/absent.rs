//! What is absent from a crate, on purpose (ARCHITECTURE.md): no clock, no thread and no version of the API in machines
//! and below, no socket but in the crates that are for them. What cannot be so yet stands here with its reason.

use std::path::{Path, PathBuf};

/// Deterministic crates: time, threads and randomness come from their callers.
const DETERMINISTIC: &[&str] = &[
    "base",
    "config",
    "schema",
    "protocol",
    "records",
    "metadata",
    "raft",
    "controller",
    "replication",
    "coordinator",
    "group",
    "storage",
];
const CLOCKS_AND_THREADS: &[&str] = &["Instant", "SystemTime", "thread::", "std::thread"];

/// Crates that are below the handlers, where versions of the API end.
const BELOW_HANDLERS: &[&str] = &["raft", "controller", "replication", "coordinator", "group", "storage", "metadata"];
/// How code looks that tells versions of an API apart.
const API_VERSIONS: &[&str] = &["version: i16", "version <", "version >", "version ==", "version !=", "api_version"];
const KNOWN_VERSIONS: &[(&str, &str)] = &[
    ("group/src/records.rs", "versions of stored records"),
    ("metadata/src/written.rs", "versions of stored records"),
    ("controller/src/plan.rs", "versions of stored records"),
];

/// Crates whose purpose are sockets, and what only developers run.
const WITH_SOCKETS: &[&str] = &["net", "os", "client", "bench", "fuzz", "sim", "testkit", "xtask"];
const SOCKETS: &[&str] = &["TcpStream", "TcpListener", "UdpSocket", "mio", "socket2"];
const KNOWN_SOCKETS: &[(&str, &str)] = &[
    ("server/src/addresses.rs", "binds all listeners before anything is opened, and hands them to net"),
    ("server/src/http.rs", "binds the HTTP listener likewise"),
    ("web/src/server.rs", "HTTP lives on the background runtime (ADR 0003)"),
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            rust_files(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The code of a file without its tests and comments, line by line with numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    lines.map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default()))
}

/// Whether the word stands in the line, not as a part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let goes_on = word.ends_with(is_inside) && after.is_some_and(is_inside);
        !before.is_some_and(is_inside) && !goes_on
    })
}

/// Every place in these crates where one of the words stands. What is known is left out, and must be there.
fn places(names: &[String], words: &[&str], known: &[(&str, &str)]) -> Vec<String> {
    let (mut found, mut met) = (Vec::new(), Vec::new());
    for name in names {
        let mut files = Vec::new();
        rust_files(&crates().join(name).join("src"), &mut files);
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let file = path.strip_prefix(crates()).unwrap().to_str().unwrap().to_owned();
            for (number, line) in code(&text) {
                for word in words.iter().filter(|word| has_word(line, word)) {
                    met.push(file.clone());
                    if !known.iter().any(|(of, _)| *of == file) {
                        found.push(format!("{file}:{number}: `{word}` in `{}`", line.trim()));
                    }
                }
            }
        }
    }
    for (file, reason) in known {
        assert!(met.iter().any(|of| of == file), "{file} is clean now: take it off the list ({reason})");
    }
    found
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn machines_and_storage_have_no_clock_and_no_threads() {
    let found = places(&owned(DETERMINISTIC), CLOCKS_AND_THREADS, &[]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn versions_of_the_api_end_above_the_machines() {
    let found = places(&owned(BELOW_HANDLERS), API_VERSIONS, KNOWN_VERSIONS);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn sockets_are_where_they_belong() {
    let entries = std::fs::read_dir(crates()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = entries.filter(|name| !WITH_SOCKETS.contains(&name.as_str())).collect();
    let found = places(&names, SOCKETS, KNOWN_SOCKETS);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn words_are_found_as_words() {
    assert!(has_word("let t = Instant::now();", "Instant"));
    assert!(!has_word("let t = Instantly;", "Instant"));
    assert!(has_word("if version < 3 {", "version <"));
    assert!(!has_word("if min_version < 3 {", "version <"));
}
