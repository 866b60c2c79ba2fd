//! The recorded starts of Apache Kafka 4.3.1's server (`kafka.Kafka`), good and bad ones, against this binary.
//!
//! Kafka writes a log on standard output; here its sentence may stand on either stream. Exit codes are equal.

mod replay;

use replay::node::free_ports;
use replay::run::{Outcome, StopWhen, run};
use replay::transcript::{self, Step, words};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Commands whose sentence is another one on purpose.
const OTHER_WORDS: &[(usize, &str)] = &[
    (5, "the folder that is not formatted is named"),
    (23, "a folder in use is refused before anything is written to it; Kafka damages it"),
];

struct Place {
    folder: TempDir,
    ports: [u16; 2],
}

impl Place {
    /// The properties files of the recording, their folders below this place, and two formatted folders.
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap(), ports: free_ports() };
        let [port, controller] = place.ports;
        let data = place.path().display().to_string();
        let ok = format!(
            "process.roles=broker,controller\nnode.id=1\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             controller.listener.names=CONTROLLER\noffsets.topic.replication.factor=1\nlog.dirs={data}/d1,{data}/d2\n"
        );
        let [other_port, other_controller] = free_ports();
        let everywhere = format!("PLAINTEXT://0.0.0.0:{port}");
        for (name, text) in [
            ("ok", ok.clone()),
            ("unformatted", ok.replace(&format!("{data}/d1,{data}/d2"), &format!("{data}/new"))),
            ("noroles", format!("node.id=1\nlisteners=PLAINTEXT://127.0.0.1:{port}\n")),
            ("badvalue", format!("{ok}num.io.threads=abc\n")),
            ("zero", format!("{ok}num.io.threads=0\n")),
            ("nonode", ok.replace("node.id=1\n", "")),
            ("wrongnode", ok.replace("node.id=1", "node.id=7")),
            ("unknownkey", format!("{ok}no.such.key=1\n")),
            ("zk", "broker.id=1\nzookeeper.connect=localhost:2181\n".to_owned()),
            ("noquorum", ok.replace(&format!("controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n"), "")),
            ("badlistener", ok.replace("PLAINTEXT://", "FOO://")),
            (
                "adv0",
                format!(
                    "{}advertised.listeners={everywhere}\n",
                    ok.replace(&format!("PLAINTEXT://127.0.0.1:{port}"), &everywhere)
                ),
            ),
            ("onenew", ok.replace(&format!("{data}/d2"), &format!("{data}/d2,{data}/d3"))),
            (
                "other",
                ok.replace(&port.to_string(), &other_port.to_string())
                    .replace(&controller.to_string(), &other_controller.to_string()),
            ),
        ] {
            std::fs::write(place.path().join(format!("{name}.properties")), text).unwrap();
        }
        let format = "kafka-storage.sh format -t MkU3OEVBNTcwNTJENDM2Qk --standalone -c ok.properties";
        assert_eq!(place.run(format, &StopWhen::Never).exit, 0);
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, command: &str, stop: &StopWhen) -> Outcome {
        run(&words(command), self.path(), "", stop)
    }

    /// As the recording has it: its ports and folders.
    fn alike(&self, text: &str) -> String {
        let [port, controller] = self.ports.map(|port| port.to_string());
        let folder: PathBuf = self.path().to_path_buf();
        text.replace(&port, "49092").replace(&controller, "49093").replace(&folder.display().to_string(), "/data")
    }
}

/// What the recorded output tells, without class names and log prefixes; one of these must be told here.
fn told(step: &Step) -> Vec<String> {
    let lines = step.stdout.lines().chain(step.stderr.lines());
    let bare = lines.filter(|line| !line.starts_with(['[', '\t', '<']) && !line.is_empty()).map(|line| {
        let line = line.strip_prefix("Caused by: ").unwrap_or(line);
        let line = match line.split_once(": ") {
            Some((class, rest)) if !class.contains(' ') && class.contains('.') => rest,
            _ => line,
        };
        line.strip_prefix("requirement failed: ").unwrap_or(line).to_owned()
    });
    let usage = "USAGE: java [options] kafka.Kafka ";
    bare.map(|line| line.replace(usage, "")).collect()
}

#[test]
fn starts_go_as_recorded() {
    let place = Place::new();
    let steps = transcript::read(include_str!("transcripts/kafka-server.txt"));
    assert_eq!(steps.len(), 23);
    let mut failures = Vec::new();
    for step in &steps {
        let is_started: fn(&str) -> bool = |line| line.contains("Kafka Server started");
        let stop = match step.exit {
            Some(143) | None => StopWhen::Lines(1, is_started),
            _ => StopWhen::Never,
        };
        let _taken = step.comment.contains("already taken").then(|| TcpListener::bind(("127.0.0.1", place.ports[0])));
        let running = step.comment.contains("folders in use").then(|| Background::start(&place));
        let done = place.run(&step.command, &stop);
        drop(running);
        if done.exit != step.exit.unwrap_or(143) {
            failures.push(format!("{}: exit {} instead of {:?}\n{done:?}", step.command, done.exit, step.exit));
        }
        let said = place.alike(&format!("{}{}", done.stdout, done.stderr));
        let wanted = told(step);
        let judged =
            step.exit == Some(1) && !step.usage_only && !OTHER_WORDS.iter().any(|(number, _)| *number == step.number);
        if judged && !wanted.iter().any(|sentence| said.contains(sentence)) {
            failures.push(format!("{}: lacks one of {wanted:#?}\nand is\n{said}", step.command));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// A node on the folders of `ok.properties`, until this value goes.
struct Background(std::process::Child);

impl Background {
    fn start(place: &Place) -> Background {
        let log = std::fs::File::create(place.path().join("background.log")).unwrap();
        let mut command = std::process::Command::new(replay::node::BINARY);
        command.args(["server", "ok.properties"]).current_dir(place.path()).stdin(std::process::Stdio::null());
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        while !std::fs::read_to_string(place.path().join("background.log")).unwrap().contains("Kafka Server started") {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Background(child)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn the_scripts_around_the_server_behave_as_kafkas() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| run(&words(line), folder.path(), "", &StopWhen::Never);
    let bare = run("kafka-server-start.sh");
    assert_eq!((bare.exit, bare.stdout.starts_with("USAGE: kafka-server-start.sh [-daemon]")), (1, true), "{bare:?}");
    let no_class = run("kafka-run-class.sh");
    assert_eq!((no_class.exit, no_class.stdout.starts_with("USAGE: kafka-run-class.sh")), (1, true), "{no_class:?}");
    // A daemon's start returns at once; what becomes of it stands in its log.
    let daemon = run("kafka-server-start.sh -daemon nosuch.properties");
    assert_eq!((daemon.exit, daemon.stdout.as_str(), daemon.stderr.as_str()), (0, "", ""));
}
