//! `kafka-server-stop [--process-role=R] [--node-id=N]`: finds the running nodes of this program and signals them. It does
//! not wait for their end.

use crate::declared::Flag;
use config::Properties;
use rustix::process::{Pid, Signal, kill_process};
use std::io::Write;
use std::path::Path;

/// Options of the script; each is one word with its value.
pub(crate) const FLAGS: &[Flag] = &[
    Flag::new("process-role=", false, "only nodes with these process.roles"),
    Flag::new("node-id=", false, "only the node of this id"),
];

/// Which nodes are meant.
#[derive(Debug, Default, PartialEq, Eq)]
struct Selection {
    process_role: Option<String>,
    node_id: Option<String>,
}

/// A running node.
#[derive(Debug, PartialEq, Eq)]
struct Node {
    pid: i32,
    arguments: Vec<String>,
}

pub(crate) fn run(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    match stop(args, out) {
        Ok(code) => code,
        Err(error) => {
            let _exit_code_says_it_too = writeln!(err, "{error}");
            1
        }
    }
}

fn stop(args: &[String], out: &mut dyn Write) -> std::io::Result<i32> {
    let selection = Selection::parse(args);
    let nodes = running_nodes()?;
    if nodes.is_empty() {
        writeln!(out, "No kafka server to stop")?;
        return Ok(1);
    }
    if selection.process_role.is_some() && selection.node_id.is_some() {
        writeln!(out, "Both --process-role and --node-id are given; node-id takes precedence.")?;
    }
    let signal = signal();
    for node in nodes {
        match selection.takes(&node) {
            Ok(true) => {
                if let Some(pid) = Pid::from_raw(node.pid) {
                    kill_process(pid, signal)?;
                }
            }
            Ok(false) => {}
            Err(file) => {
                writeln!(out, "Can't find the configuration file: {file}")?;
                return Ok(1);
            }
        }
    }
    Ok(0)
}

/// `$SIGNAL`, by name; TERM without it.
fn signal() -> Signal {
    match std::env::var("SIGNAL").as_deref().map(|name| name.strip_prefix("SIG").unwrap_or(name)) {
        Ok("INT" | "2") => Signal::INT,
        Ok("KILL" | "9") => Signal::KILL,
        Ok("HUP" | "1") => Signal::HUP,
        Ok("QUIT" | "3") => Signal::QUIT,
        _ => Signal::TERM,
    }
}

impl Selection {
    /// Options with `=` only; others are passed over, as Kafka's script does.
    fn parse(args: &[String]) -> Selection {
        let value = |name: &str| args.iter().rev().find_map(|arg| arg.strip_prefix(name).map(str::to_owned));
        Selection { process_role: value("--process-role="), node_id: value("--node-id=") }
    }

    /// Whether the node is meant; an error names its properties file, which cannot be read from here.
    fn takes(&self, node: &Node) -> Result<bool, String> {
        let (key, wanted) = match (&self.node_id, &self.process_role) {
            (Some(id), _) => ("node.id", id),
            (None, Some(role)) => ("process.roles", role),
            (None, None) => return Ok(true),
        };
        // A node without a file has nothing to compare with.
        let Some(file) = node.file() else { return Ok(false) };
        let bytes = std::fs::read(Path::new(file)).map_err(|_| file.to_owned())?;
        let properties = Properties::parse(&bytes).unwrap_or_default();
        Ok(properties.get(key).is_some_and(|value| value.trim() == wanted))
    }
}

impl Node {
    /// The properties file: the last word, overrides aside.
    fn file(&self) -> Option<&str> {
        let mut words = Vec::new();
        let mut rest = self.arguments.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--override" | "--http-port" | "--log-format" => {
                    rest.next();
                }
                word if word.starts_with("--") => {}
                word => words.push(word),
            }
        }
        words.last().copied()
    }
}

fn running_nodes() -> std::io::Result<Vec<Node>> {
    let own = std::env::current_exe()?;
    let own_name = own.file_name().unwrap_or_default().to_owned();
    let mut nodes = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        if pid.unsigned_abs() == std::process::id() {
            continue;
        }
        // A process may end between the listing and the look at it, and another user's may not be looked at.
        let (Ok(line), Ok(program)) =
            (std::fs::read(entry.path().join("cmdline")), std::fs::read_link(entry.path().join("exe")))
        else {
            continue;
        };
        let program = program.to_string_lossy();
        // A binary that was replaced since is the same program.
        let program = Path::new(program.trim_end_matches(" (deleted)"));
        if program.file_name().is_none_or(|name| name != own_name) {
            continue;
        }
        if let Some(arguments) = server_arguments(&line) {
            nodes.push(Node { pid, arguments });
        }
    }
    nodes.sort_by_key(|node| node.pid);
    Ok(nodes)
}

/// The arguments behind the part of a command line that runs a node; `None` where it runs something else.
fn server_arguments(line: &[u8]) -> Option<Vec<String>> {
    let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let called = words.next()?;
    let called = Path::new(&called).file_name()?.to_str()?.to_owned();
    if !is_start(&called) {
        if called.starts_with("kafka-") {
            return None;
        }
        let command = words.next()?;
        if command != "server" && !is_start(&command) {
            return None;
        }
    }
    Some(words.filter(|word| !word.is_empty()).collect())
}

fn is_start(name: &str) -> bool {
    matches!(name.strip_suffix(".sh").unwrap_or(name), "kafka-server-start" | "server-start")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Option<Vec<String>> {
        server_arguments(line.replace(' ', "\0").as_bytes())
    }

    #[test]
    fn nodes_are_known_by_their_command_line() {
        let words = |line: &str| Some(line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(arguments("/usr/bin/ottla server s.properties"), words("s.properties"));
        assert_eq!(arguments("/opt/kafka/bin/kafka-server-start.sh s.properties "), words("s.properties"));
        assert_eq!(
            arguments("ottla kafka-server-start s.properties --override a=b"),
            words("s.properties --override a=b")
        );
        assert_eq!(arguments("ottla server"), words(""));
        assert_eq!(arguments("ottla topics --list"), None);
        assert_eq!(arguments("kafka-topics.sh server"), None);
    }

    #[test]
    fn a_node_is_selected_by_what_its_file_says() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("s.properties");
        std::fs::write(&file, "node.id=3\nprocess.roles=broker,controller\n").unwrap();
        let file = file.display().to_string();
        let node = Node { pid: 1, arguments: vec![file.clone(), "--override".into(), "node.id=4".into()] };
        let select = |args: &[&str]| Selection::parse(&args.iter().map(|arg| arg.to_string()).collect::<Vec<_>>());
        assert_eq!(select(&[]).takes(&node), Ok(true));
        assert_eq!(select(&["--node-id=3"]).takes(&node), Ok(true));
        assert_eq!(select(&["--node-id=3", "--process-role=broker"]).takes(&node), Ok(true));
        assert_eq!(select(&["--process-role=broker"]).takes(&node), Ok(false));
        assert_eq!(select(&["--process-role=broker,controller"]).takes(&node), Ok(true));
        let gone = Node { pid: 1, arguments: vec![format!("{file}.gone")] };
        assert_eq!(select(&["--node-id=3"]).takes(&gone), Err(format!("{file}.gone")));
    }
}
