//! The tools of both kinds - those that speak to brokers and those that work on files - under all their names.

use crate::cli::{complain, print};
use crate::open_tools;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::Write;
use tools::{AtSignal, Io, Stop};

/// Names without a tool of their own.
const RUN_CLASS: [&str; 2] = ["kafka-run-class.sh", "kafka-run-class"];

/// Runs a tool by any of its names; `None` if there is none.
pub fn run(name: &str, arguments: &[String]) -> Option<i32> {
    if RUN_CLASS.contains(&name) || name == "run-class" {
        return Some(run_class(arguments));
    }
    if offline::find(name).is_some() {
        let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
        let code = offline::run(name, arguments, &mut out, &mut err);
        let _closed_pipe = out.flush();
        return Some(code);
    }
    tools::by_name(name).map(|tool| run_online(tool, arguments))
}

fn run_online(tool: &tools::Tool, arguments: &[String]) -> i32 {
    let stop = Stop::default();
    watch(stop.clone(), tool.at_signal);
    // The streams are flushed when this value goes, before the process ends.
    let mut io = Io::process(stop, tool.at_signal);
    let code = (tool.run)(arguments, &mut io);
    io.flush();
    code
}

/// `kafka-run-class.sh CLASS ARGUMENTS`, with the words of a JVM for a class that is not there.
fn run_class(arguments: &[String]) -> i32 {
    let Some((class, rest)) = arguments.split_first() else {
        print("USAGE: kafka-run-class.sh [-daemon] [-name servicename] [-loggc] classname [opts]\n");
        return 1;
    };
    let offline = match class.as_str() {
        "kafka.tools.StorageTool" => Some("storage"),
        "org.apache.kafka.tools.DumpLogSegments" => Some("dump-log"),
        "org.apache.kafka.shell.MetadataShell" => Some("metadata-shell"),
        "kafka.Kafka" => Some("server-start"),
        _ => None,
    };
    let code = run(offline.unwrap_or(class), rest).or_else(|| open_tools::refuse(class));
    code.unwrap_or_else(|| {
        complain(&format!("Error: Could not find or load main class {class}"));
        complain(&format!("Caused by: java.lang.ClassNotFoundException: {class}"));
        if let Some(today) = tools::successor(class) {
            complain(&format!("hint: in Kafka 4 it is {today}"));
        }
        1
    })
}

/// The first signal asks a tool that can stop to do so; every other signal ends the process, as a JVM that is signalled.
fn watch(stop: Stop, at_signal: AtSignal) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        let mut is_asked = at_signal == AtSignal::Ends;
        for signal in signals.forever() {
            if std::mem::replace(&mut is_asked, true) {
                std::process::exit(128 + signal);
            }
            stop.request();
        }
    });
}

/// A command with what its help declares.
pub struct Described {
    /// Without `kafka-` and `.sh`.
    pub name: &'static str,
    pub summary: &'static str,
    /// Apache has it under a name of its own.
    pub is_tool: bool,
    pub commands: Vec<(&'static str, &'static str)>,
    pub flags: Vec<DescribedFlag>,
}

pub struct DescribedFlag {
    /// The sub-command that it belongs to.
    pub command: Option<&'static str>,
    /// With dashes.
    pub names: Vec<String>,
    pub takes_value: bool,
    pub help: &'static str,
}

/// All tools, for completion.
pub fn described() -> Vec<Described> {
    let help = |command: Option<&'static str>, names: &[&str]| DescribedFlag {
        command,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        takes_value: false,
        help: "print the help",
    };
    let mut all: Vec<Described> = tools::all()
        .iter()
        .map(|tool| {
            let mut flags: Vec<DescribedFlag> = tool.flags().iter().map(online_flag).collect();
            if tool.has_short_help() {
                let commands = tool.commands().into_iter().map(|(name, _)| Some(name));
                flags.extend(std::iter::once(None).chain(commands).map(|command| help(command, &["-h", "--help"])));
            }
            Described { name: tool.name, summary: tool.summary, is_tool: true, commands: tool.commands(), flags }
        })
        .collect();
    for (name, summary) in OFFLINE {
        let Some(tool) = offline::find(name) else { continue };
        let commands = offline::commands(tool);
        let mut flags: Vec<DescribedFlag> = offline::flags(tool).iter().map(offline_flag).collect();
        if !flags.iter().any(|flag| flag.names.iter().any(|name| name == "--help")) {
            let subs = commands.iter().map(|(name, _)| Some(*name));
            flags.extend(std::iter::once(None).chain(subs).map(|command| help(command, &["-h", "--help"])));
        }
        all.push(Described { name, summary, is_tool: true, commands, flags });
    }
    all
}

/// The tools that work on files, with a line about each.
const OFFLINE: [(&str, &str); 6] = [
    ("storage", "format log directories"),
    ("dump-log", "show what is in the files of a partition"),
    ("metadata-shell", "show the cluster's metadata as files"),
    ("metadata", "print the records of a metadata snapshot"),
    ("server-start", "run a node of a properties file"),
    ("server-stop", "stop the nodes of this machine"),
];

fn online_flag(flag: &tools::Flag) -> DescribedFlag {
    let takes_value = matches!(flag.takes, tools::Takes::One | tools::Takes::Many);
    DescribedFlag { command: flag.command, names: flag.spellings(), takes_value, help: flag.help }
}

fn offline_flag(flag: &offline::Flag) -> DescribedFlag {
    let mut names = vec![format!("--{}", flag.name)];
    names.extend(flag.short.map(|short| format!("-{short}")));
    DescribedFlag { command: flag.command, names, takes_value: flag.takes_value, help: flag.help }
}

/// The tool whose name is nearest.
pub fn nearest(name: &str) -> Option<String> {
    tools::nearest(name).map(|tool| tool.name.to_owned())
}

/// Names under which the binary is linked: Apache's scripts, with and without `.sh`.
pub fn link_names() -> Vec<String> {
    let online = tools::all().iter().map(|tool| format!("kafka-{}.sh", tool.name));
    let offline = offline::LINK_NAMES.iter().map(|name| (*name).to_owned());
    let mut names: Vec<String> = online.chain(offline).chain([RUN_CLASS[0].to_owned()]).collect();
    let bare: Vec<String> = names.iter().filter_map(|name| Some(name.strip_suffix(".sh")?.to_owned())).collect();
    names.extend(bare);
    names.sort();
    names.dedup();
    names
}
