//! The tools of both kinds - those that speak to brokers and those that work on files - under all their names.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::Write;
use tools::{Io, Stop};

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
    watch(stop.clone());
    // The streams are flushed when this value goes, before the process ends.
    let mut io = Io::process(stop);
    let code = (tool.run)(arguments, &mut io);
    io.flush();
    code
}

/// `kafka-run-class.sh CLASS ARGUMENTS`, with the words of a JVM for a class that is not there.
fn run_class(arguments: &[String]) -> i32 {
    let Some((class, rest)) = arguments.split_first() else {
        println!("USAGE: kafka-run-class.sh [-daemon] [-name servicename] [-loggc] classname [opts]");
        return 1;
    };
    let offline = match class.as_str() {
        "kafka.tools.StorageTool" => Some("storage"),
        "org.apache.kafka.tools.DumpLogSegments" => Some("dump-log"),
        "org.apache.kafka.shell.MetadataShell" => Some("metadata-shell"),
        "kafka.Kafka" => Some("server-start"),
        _ => None,
    };
    run(offline.unwrap_or(class), rest).unwrap_or_else(|| {
        eprintln!("Error: Could not find or load main class {class}");
        eprintln!("Caused by: java.lang.ClassNotFoundException: {class}");
        1
    })
}

/// The first signal asks the tool to stop, the second ends the process.
fn watch(stop: Stop) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        let mut arrived = signals.forever();
        if arrived.next().is_some() {
            stop.request();
        }
        if arrived.next().is_some() {
            std::process::exit(130);
        }
    });
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
