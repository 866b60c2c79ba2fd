//! Which part of the binary is meant.

use crate::{completion, tools};
use std::path::Path;

const USAGE: &str = "\
Ottla: Apache Kafka in one binary.

usage: ottla COMMAND [ARGUMENTS]

  server [FILE]          run a node; without FILE on localhost:9092, with nothing to configure
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

/// Runs the command line; returns the exit code.
pub fn run(arguments: &[String]) -> i32 {
    let called = arguments.first().and_then(|path| Path::new(path).file_name()?.to_str()).unwrap_or("ottla");
    let rest = arguments.get(1..).unwrap_or_default();
    if called.starts_with("kafka-") {
        return run_tool(called, rest);
    }
    match rest.first().map(String::as_str) {
        None | Some("--help" | "-h" | "help") => {
            print!("{USAGE}");
            i32::from(rest.is_empty())
        }
        Some("--version" | "-V" | "version") => {
            println!("ottla {}", env!("CARGO_PKG_VERSION"));
            0
        }
        Some("server") => run_server(&rest[1..]),
        Some("link-tools") => link_tools(&rest[1..]),
        Some("completion") => completion(&rest[1..]),
        Some(name) => run_tool(name, &rest[1..]),
    }
}

fn run_server(arguments: &[String]) -> i32 {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        print!("{}", SERVER_USAGE);
        return 0;
    }
    server::run_arguments(arguments)
}

const SERVER_USAGE: &str = "\
usage: ottla server [FILE] [--override KEY=VALUE]... [--http-port N] [--log-format text|json] [--ignore-acls]
       ottla server [--data-dir DIR] [--port N] [--http-port N]

With FILE (Kafka's server.properties) the node is what the file says; format its folders once with
`ottla storage format`. Without FILE it needs nothing: clients on 127.0.0.1:9092, the controller on the next port, HTTP
(/live, /ready, /metrics) on the one after, data in ./ottla-data, which is formatted when it is absent or empty.
Environment variables of Kafka's container images (KAFKA_..., KAFKA_CFG_..., CLUSTER_ID) are read then.
";

fn run_tool(name: &str, arguments: &[String]) -> i32 {
    match tools::run(name, arguments) {
        Some(code) => code,
        None => {
            eprintln!("ottla: there is no command `{name}`");
            let command = COMMANDS.iter().find(|command| is_near(name, command)).map(|command| (*command).to_owned());
            if let Some(nearest) = command.or_else(|| tools::nearest(name)) {
                eprintln!("hint: did you mean `{nearest}`?");
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

/// Prints a shell's completion script.
fn completion(arguments: &[String]) -> i32 {
    let shell = arguments.first().map_or("", String::as_str);
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
            print!("{script}");
            0
        }
        None => {
            eprintln!("usage: ottla completion bash|zsh|fish\nhint: source <(ottla completion bash)");
            2
        }
    }
}

/// Flags of `ottla server`: name, whether it takes a value, help.
const SERVER_FLAGS: [(&str, bool, &str); 7] = [
    ("--override", true, "a key=value over the file's"),
    ("--http-port", true, "port of /live, /ready and /metrics"),
    ("--log-format", true, "text or json"),
    ("--ignore-acls", false, "go on with ACLs in the folder, on loopback listeners only"),
    ("--data-dir", true, "folder of the data, without a file"),
    ("--port", true, "port of clients, without a file"),
    ("--help", false, "print the help"),
];

fn server_flag(row: &(&'static str, bool, &'static str)) -> tools::DescribedFlag {
    let (name, takes_value, help) = *row;
    tools::DescribedFlag { command: None, names: vec![name.to_owned()], takes_value, help }
}

fn link_tools(arguments: &[String]) -> i32 {
    let [dir] = arguments else {
        eprintln!("usage: ottla link-tools DIR");
        return 2;
    };
    match make_links(Path::new(dir)) {
        Ok(count) => {
            println!("{count} links in {dir}");
            0
        }
        Err(error) => {
            eprintln!("ottla link-tools: {dir}: {error}");
            1
        }
    }
}

fn make_links(dir: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(dir)?;
    let target = std::env::current_exe()?;
    let names = tools::link_names();
    for name in &names {
        let link = dir.join(name);
        if std::fs::symlink_metadata(&link).is_ok_and(|found| found.is_symlink()) {
            std::fs::remove_file(&link)?;
        }
        std::os::unix::fs::symlink(&target, &link)?;
    }
    Ok(names.len())
}
