//! `kafka-server-start [-daemon] FILE [--override KEY=VALUE]...`: runs a node of a properties file, in this process or, with
//! `-daemon`, in one of its own that goes on when this one ends.

use crate::declared::Flag;
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set in the environment of a daemon: it leaves the session of whoever started it.
const DAEMON: &str = "OTTLA_DAEMON";

/// Options that go to the server as they are; those of Kafka's class first.
pub(crate) const FLAGS: &[Flag] = &[
    Flag::new("override", true, "a key=value over the file's"),
    Flag::new("version", false, "prints the version of Kafka that this is"),
    Flag::new("help", false, "prints the usage"),
    Flag::new("http-listen", true, "address:port of /live, /ready and /metrics"),
    Flag::new("http-port", true, "the same, on the loopback address"),
    Flag::new("log-format", true, "text or json"),
    Flag::new("ignore-acls", false, "goes on with ACLs in the folder, on loopback listeners only"),
];

fn flag(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Run(Vec<String>),
    Version,
    Usage(String),
    Wrong(String),
}

pub(crate) fn run(tool: &str, args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let written = match args.split_first() {
        None => writeln!(out, "USAGE: {tool} [-daemon] server.properties [--override property=value]*"),
        Some((first, rest)) if first == "-daemon" => match spawn(tool, rest) {
            Ok(()) => return 0,
            Err(error) => writeln!(err, "{tool}: {error}"),
        },
        Some(_) => match request(args) {
            Request::Run(arguments) => return serve(&arguments),
            Request::Version => return i32::from(writeln!(out, "{}", crate::KAFKA_VERSION).is_err()),
            Request::Usage(message) => {
                writeln!(err, "{message}USAGE: {tool} server.properties [--override property=value]*")
            }
            Request::Wrong(message) => writeln!(err, "{message}"),
        },
    };
    // The exit code says it too when nobody reads the streams.
    drop(written);
    1
}

fn serve(arguments: &[String]) -> i32 {
    if std::env::var_os(DAEMON).is_some() {
        // It fails only where this process leads a session already, which is what is wanted.
        let _has_a_session = rustix::process::setsid();
    }
    match (server::run_arguments(arguments), server::ending_signal()) {
        // Java's exit codes after a signal: 128 and its number.
        (0, Some("SIGTERM")) => 143,
        (0, Some("SIGHUP")) => 129,
        (0, Some(_)) => 130,
        (code, _) => code,
    }
}

/// The file first, as Kafka's class wants it; options may stand behind it.
fn request(args: &[String]) -> Request {
    if args.iter().any(|arg| arg == "--version") {
        return Request::Version;
    }
    if args.iter().any(|arg| arg == "--help") {
        return Request::Usage(String::new());
    }
    let Some((file, mut rest)) = args.split_first() else { return Request::Usage(String::new()) };
    if let Some(option) = file.strip_prefix("--") {
        return Request::Wrong(format!("{option} is not a recognized option"));
    }
    let mut arguments = vec![file.clone()];
    while let Some((arg, after)) = rest.split_first() {
        rest = after;
        let Some(option) = arg.strip_prefix("--") else {
            return Request::Usage(format!("Found non argument parameters: {arg}\n"));
        };
        let (name, inline) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        let Some(flag) = flag(name) else {
            return Request::Wrong(format!("{name} is not a recognized option"));
        };
        if !flag.takes_value && inline.is_some() {
            return Request::Wrong(format!("Option {name} does not allow an argument"));
        } else if !flag.takes_value {
            arguments.push(arg.clone());
        } else {
            let value = match (inline, rest.split_first()) {
                (Some(value), _) => value.to_owned(),
                (None, Some((value, after))) => {
                    rest = after;
                    value.clone()
                }
                (None, None) => return Request::Wrong(format!("Option {name} requires an argument")),
            };
            arguments.extend([format!("--{name}"), value]);
        }
    }
    Request::Run(arguments)
}

/// Starts this program again, detached, its output in `$LOG_DIR/kafkaServer.out`.
fn spawn(tool: &str, args: &[String]) -> std::io::Result<()> {
    let program = std::env::current_exe()?;
    let log_dir = PathBuf::from(std::env::var_os("LOG_DIR").unwrap_or_else(|| OsString::from("logs")));
    std::fs::create_dir_all(&log_dir)?;
    let output = std::fs::File::create(log_dir.join("kafkaServer.out"))?;
    let name = match Path::new(tool).file_name().and_then(|name| name.to_str()) {
        Some(name) if name.starts_with("kafka-") => name,
        _ => "kafka-server-start.sh",
    };
    Command::new(program)
        .arg0(name)
        .args(args)
        .env(DAEMON, "1")
        .stdin(Stdio::null())
        .stderr(output.try_clone()?)
        .stdout(output)
        .spawn()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(line: &str) -> Request {
        request(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_read_as_kafka_reads_them() {
        let run = |line: &str| Request::Run(line.split_whitespace().map(str::to_owned).collect());
        assert_eq!(requested("f --override a=b --override=c=d"), run("f --override a=b --override c=d"));
        assert_eq!(requested("f --override nokv"), run("f --override nokv"));
        assert_eq!(requested("f --override"), Request::Wrong("Option override requires an argument".into()));
        assert_eq!(requested("f --nosuch"), Request::Wrong("nosuch is not a recognized option".into()));
        assert_eq!(
            requested("f --ignore-acls=x"),
            Request::Wrong("Option ignore-acls does not allow an argument".into())
        );
        assert_eq!(requested("f extra"), Request::Usage("Found non argument parameters: extra\n".into()));
        assert_eq!(requested("f -daemon"), Request::Usage("Found non argument parameters: -daemon\n".into()));
        assert_eq!(requested("--version"), Request::Version);
    }

    #[test]
    fn without_arguments_one_usage_line_goes_to_standard_output() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(run("kafka-server-start.sh", &[], &mut out, &mut err), 1);
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n");
        assert!(err.is_empty());
    }
}
