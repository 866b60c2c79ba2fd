//! Which part of the binary is meant.

use crate::{completion, link_tools, nodes, open_tools, tools};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

const USAGE: &str = "\
Ottla: Apache Kafka in one binary.

usage: ottla COMMAND [ARGUMENTS]

  server [FILE]          run a node; without FILE on localhost:9092, with nothing to configure
  server --nodes 3       run a cluster on this machine, to look at
  topics                 create, list, describe, alter and delete topics
  console-producer       write records from standard input
  console-consumer       read records to standard output
  groups, consumer-groups, configs, get-offsets, log-dirs, storage, dump-log, ...
                         every tool of Apache Kafka, under its name without `kafka-` and `.sh`
  link-tools DIR         make links in DIR, so that kafka-topics.sh and its like are this binary
  completion SHELL       print the completion script of bash, zsh or fish
  --version              the version

Each command explains itself with --help.
";

/// Commands that are not tools.
const COMMANDS: [&str; 3] = ["server", "link-tools", "completion"];

/// The arguments as text, or what is wrong with them and the exit code: Kafka's tools end with 1 for a command line that
/// will not do, our own commands with 2.
pub fn arguments(all: impl Iterator<Item = OsString>) -> Result<Vec<String>, (String, i32)> {
    let mut texts = Vec::new();
    for (number, argument) in all.enumerate() {
        match argument.into_string() {
            Ok(text) => texts.push(text),
            // Of the path only the name counts.
            Err(bytes) if number == 0 => texts.push(bytes.to_string_lossy().into_owned()),
            Err(bytes) => {
                let called = texts.first().map_or("ottla", |path| name_of(path));
                let code = if called.starts_with("kafka-") { 1 } else { 2 };
                return Err((format!("{called}: argument {number} is not UTF-8: {bytes:?}"), code));
            }
        }
    }
    Ok(texts)
}

fn name_of(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or("ottla")
}

/// Writes to standard output; who closed it reads nothing more, which is no failure.
pub(crate) fn print(text: &str) {
    let _nobody_reads_it = std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush());
}

/// Writes a line to standard error; the exit code says it too.
pub(crate) fn complain(line: &str) {
    let _nobody_reads_it = writeln!(std::io::stderr(), "{line}");
}

/// Runs the command line; returns the exit code.
pub fn run(arguments: &[String]) -> i32 {
    let called = arguments.first().map_or("ottla", |path| name_of(path));
    let rest = arguments.get(1..).unwrap_or_default();
    if called.starts_with("kafka-") || open_tools::is_script(called) {
        return run_tool(called, rest);
    }
    let Some((command, rest)) = rest.split_first() else {
        print(USAGE);
        return 1;
    };
    match command.as_str() {
        "--help" | "-h" | "help" => print_alone(USAGE, command, rest),
        "--version" | "-V" | "version" => print_alone(&format!("ottla {}\n", env!("CARGO_PKG_VERSION")), command, rest),
        "server" => run_server(rest),
        "link-tools" => link_tools::run(rest),
        "completion" => completion(rest),
        name => run_tool(name, rest),
    }
}

/// Prints what a command prints that takes no arguments.
fn print_alone(text: &str, command: &str, rest: &[String]) -> i32 {
    match rest.first() {
        None => {
            print(text);
            0
        }
        Some(word) => {
            complain(&format!("ottla {command}: unknown argument: {word}"));
            2
        }
    }
}

/// Whether somebody asks how a command is called.
pub(crate) fn asks_for_help(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == "--help" || argument == "-h")
}

fn run_server(arguments: &[String]) -> i32 {
    if asks_for_help(arguments) {
        print(SERVER_USAGE);
        return 0;
    }
    if nodes::are_meant(arguments) { nodes::run(arguments) } else { server::run_arguments(arguments) }
}

const SERVER_USAGE: &str = "\
usage: ottla server [FILE] [--override KEY=VALUE]... [--http-listen ADDRESS:PORT] [--log-format text|json]
                    [--ignore-acls]
       ottla server [--data-dir DIR] [--port N] [--http-port N] [--override KEY=VALUE]...
       ottla server --nodes N [--data-dir DIR] [--port N] [--override KEY=VALUE]...

With FILE (Kafka's server.properties) the node is what the file says; format its folders once with
`ottla storage format`. Without FILE it needs nothing: clients on 127.0.0.1:9092, the controller on the next port, HTTP
(/live, /ready, /metrics) on the one after, data in ./ottla-data, which is formatted when it is absent or empty.
Environment variables of Kafka's container images (KAFKA_..., KAFKA_CFG_..., CLUSTER_ID) are read then.

With --nodes N a cluster of so many nodes runs on this machine, each a process of its own (ports ten apart, data in
./ottla-cluster, three replicas where there are three nodes): kill one, and watch the others. Ctrl-C stops all.

--http-port N is --http-listen 127.0.0.1:N; port 0 is no HTTP. In a file the key is ottla.http.listen.
";

fn run_tool(name: &str, arguments: &[String]) -> i32 {
    match tools::run(name, arguments).or_else(|| open_tools::refuse(name)) {
        Some(code) => code,
        None => {
            complain(&format!("ottla: there is no command `{name}`"));
            let command = COMMANDS.iter().find(|command| is_near(name, command)).map(|command| (*command).to_owned());
            if let Some(nearest) = command.or_else(|| tools::nearest(name)) {
                complain(&format!("hint: did you mean `{nearest}`?"));
            }
            2
        }
    }
}

/// Whether the letters are the same but for their order or one of them.
fn is_near(typed: &str, command: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (a, b) = (sorted(typed), sorted(command));
    let missing = b.iter().filter(|letter| !a.contains(letter)).count();
    a == b || (a.len().abs_diff(b.len()) <= 1 && missing <= 1)
}

const COMPLETION_USAGE: &str = "usage: ottla completion bash|zsh|fish\nhint: source <(ottla completion bash)";

/// Prints a shell's completion script.
fn completion(arguments: &[String]) -> i32 {
    if asks_for_help(arguments) {
        print(&format!("{COMPLETION_USAGE}\n"));
        return 0;
    }
    let shell = match arguments {
        [shell] => shell.as_str(),
        _ => "",
    };
    let own = |name, summary, flags: Vec<tools::DescribedFlag>| tools::Described {
        name,
        summary,
        is_tool: false,
        commands: Vec::new(),
        flags,
    };
    let mut commands = vec![
        own("server", "run a node", SERVER_FLAGS.iter().map(server_flag).collect()),
        own("link-tools", "make links with Apache's names", Vec::new()),
        own("completion", "print the completion script of a shell", Vec::new()),
    ];
    commands.extend(tools::described());
    match completion::script(shell, &commands) {
        Some(script) => {
            print(&script);
            0
        }
        None => {
            complain(COMPLETION_USAGE);
            2
        }
    }
}

/// Flags of `ottla server`: name, whether it takes a value, help.
const SERVER_FLAGS: [(&str, bool, &str); 9] = [
    ("--override", true, "a key=value over the file's"),
    ("--http-listen", true, "address:port of /live, /ready and /metrics"),
    ("--http-port", true, "the same, on the loopback address"),
    ("--log-format", true, "text or json"),
    ("--ignore-acls", false, "go on with ACLs in the folder, on loopback listeners only"),
    ("--data-dir", true, "folder of the data, without a file"),
    ("--port", true, "port of clients, without a file"),
    ("--nodes", true, "run a cluster of so many nodes on this machine"),
    ("--help", false, "print the help"),
];

fn server_flag(row: &(&'static str, bool, &'static str)) -> tools::DescribedFlag {
    let (name, takes_value, help) = *row;
    tools::DescribedFlag { command: None, names: vec![name.to_owned()], takes_value, help }
}
