//! `kafka-server-stop [--process-role=R] [--node-id=N]`: finds the running nodes of this program, signals them and says on
//! standard error which ones. It does not wait for their end. Apache's script passes over what it does not understand and
//! stops every node then; here that is an error, and a value may stand behind a blank too.

use crate::declared::Flag;
use config::Properties;
use rustix::process::{Pid, Signal, kill_process};
use std::io::Write;
use std::path::Path;

pub(crate) const FLAGS: &[Flag] = &[
    Flag::new("process-role", true, "only nodes with these process.roles"),
    Flag::new("node-id", true, "only the node of this id"),
    Flag::new("version", false, "prints the version of Kafka that this is"),
    Flag::new("help", false, "prints the usage"),
];

const USAGE: &str = "\
usage: kafka-server-stop.sh [--process-role=ROLES] [--node-id=ID]

Signals every node of this machine that runs this program, or those alone whose properties file has these process.roles or
this node.id, with TERM or what the environment variable SIGNAL names (INT, KILL, HUP, QUIT). It does not wait for their end.
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Stop(Selection),
    Help,
    Version,
    Wrong(String),
}

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
    let done = match request(args) {
        Request::Help => out.write_all(USAGE.as_bytes()).map(|()| 0),
        Request::Version => writeln!(out, "{}", crate::KAFKA_VERSION).map(|()| 0),
        Request::Wrong(message) => writeln!(err, "{message}\n{USAGE}").map(|()| 1),
        Request::Stop(selection) => stop(&selection, out, err),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            let _exit_code_says_it_too = writeln!(err, "{error}");
            1
        }
    }
}

/// Reads all arguments before any node is looked for.
fn request(args: &[String]) -> Request {
    let mut selection = Selection::default();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let place = match (name, &inline) {
            ("--help" | "-h", None) => return Request::Help,
            ("--version", None) => return Request::Version,
            ("--process-role", _) => &mut selection.process_role,
            ("--node-id", _) => &mut selection.node_id,
            _ => return Request::Wrong(format!("unknown argument, no node was stopped: {arg}")),
        };
        match inline.or_else(|| rest.next().cloned()).filter(|value| !value.is_empty()) {
            Some(value) => *place = Some(value),
            None => return Request::Wrong(format!("{name} needs a value, no node was stopped")),
        }
    }
    Request::Stop(selection)
}

fn stop(selection: &Selection, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<i32> {
    let Some((signal, signal_name)) = signal() else {
        writeln!(err, "SIGNAL in the environment is none of TERM, INT, KILL, HUP, QUIT: no node was stopped")?;
        return Ok(1);
    };
    let nodes = running_nodes()?;
    if nodes.is_empty() {
        writeln!(out, "No kafka server to stop")?;
        return Ok(1);
    }
    if selection.process_role.is_some() && selection.node_id.is_some() {
        writeln!(out, "Both --process-role and --node-id are given; node-id takes precedence.")?;
    }
    let mut stopped = 0;
    for node in &nodes {
        match selection.takes(node) {
            Ok(true) => {
                let Some(pid) = Pid::from_raw(node.pid) else { continue };
                match kill_process(pid, signal) {
                    Ok(()) => {
                        stopped += 1;
                        writeln!(err, "{signal_name} sent to {}", node.described())?;
                    }
                    // It has ended by itself meanwhile.
                    Err(rustix::io::Errno::SRCH) => {}
                    Err(error) => return Err(std::io::Error::other(format!("{}: {error}", node.described()))),
                }
            }
            Ok(false) => {}
            Err(file) => {
                writeln!(out, "Can't find the configuration file: {file}")?;
                return Ok(1);
            }
        }
    }
    if stopped == 0 {
        writeln!(err, "none of the {} running nodes is meant: no node was stopped", nodes.len())?;
    }
    Ok(0)
}

/// `$SIGNAL`, by name or number; TERM without it, `None` for what is no such signal.
fn signal() -> Option<(Signal, &'static str)> {
    let Some(name) = std::env::var_os("SIGNAL").filter(|name| !name.is_empty()) else {
        return Some((Signal::TERM, "SIGTERM"));
    };
    let name = name.to_str()?;
    Some(match name.strip_prefix("SIG").unwrap_or(name) {
        "TERM" | "15" => (Signal::TERM, "SIGTERM"),
        "INT" | "2" => (Signal::INT, "SIGINT"),
        "KILL" | "9" => (Signal::KILL, "SIGKILL"),
        "HUP" | "1" => (Signal::HUP, "SIGHUP"),
        "QUIT" | "3" => (Signal::QUIT, "SIGQUIT"),
        _ => return None,
    })
}

impl Selection {
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
    /// For the line that tells of it.
    fn described(&self) -> String {
        match self.file() {
            Some(file) => format!("process {}, the node of {file}", self.pid),
            None => format!("process {}, a node without a properties file", self.pid),
        }
    }

    /// The properties file: the last word, overrides aside.
    fn file(&self) -> Option<&str> {
        let mut words = Vec::new();
        let mut rest = self.arguments.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--override" | "--http-listen" | "--http-port" | "--log-format" | "--data-dir" | "--port" => {
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

    fn requested(args: &[&str]) -> Request {
        request(&args.iter().map(|arg| arg.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn nothing_but_a_well_formed_wish_to_stop_stops_anything() {
        for args in [&["--help"][..], &["-h"], &["--node-id=1", "--help"]] {
            assert_eq!(requested(args), Request::Help, "{args:?}");
        }
        assert_eq!(requested(&["--version"]), Request::Version);
        for args in [
            &["all"][..],
            &["--node-id=1", "2"],
            &["-n", "1"],
            &["--node-id"],
            &["--node-id="],
            &["--nodeid=1"],
            &["--help=x"],
            &[""],
        ] {
            assert!(matches!(requested(args), Request::Wrong(_)), "{args:?}");
        }
        let by_id = Selection { node_id: Some("1".into()), process_role: None };
        assert_eq!(requested(&["--node-id", "1"]), Request::Stop(by_id));
        assert_eq!(requested(&[]), Request::Stop(Selection::default()));
    }

    #[test]
    fn a_node_is_selected_by_what_its_file_says() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("s.properties");
        std::fs::write(&file, "node.id=3\nprocess.roles=broker,controller\n").unwrap();
        let file = file.display().to_string();
        let node = Node { pid: 1, arguments: vec![file.clone(), "--override".into(), "node.id=4".into()] };
        let select = |args: &[&str]| match requested(args) {
            Request::Stop(selection) => selection,
            other => panic!("{other:?}"),
        };
        assert_eq!(select(&[]).takes(&node), Ok(true));
        assert_eq!(select(&["--node-id=3"]).takes(&node), Ok(true));
        assert_eq!(select(&["--node-id", "4"]).takes(&node), Ok(false));
        assert_eq!(select(&["--node-id=3", "--process-role=broker"]).takes(&node), Ok(true));
        assert_eq!(select(&["--process-role=broker"]).takes(&node), Ok(false));
        assert_eq!(select(&["--process-role=broker,controller"]).takes(&node), Ok(true));
        let gone = Node { pid: 1, arguments: vec![format!("{file}.gone")] };
        assert_eq!(select(&["--node-id=3"]).takes(&gone), Err(format!("{file}.gone")));
    }
}
