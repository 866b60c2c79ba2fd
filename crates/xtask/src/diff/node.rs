//! Apache Kafka or Ottla, started on one and the same properties file in a fresh folder.

use super::play::Target;
use crate::broker;
use crate::error::{During, TaskError};
use crate::place;
use crate::process::{Running, must_run, tail};
use rustix::process::Signal;
use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const READY_LIMIT: Duration = Duration::from_secs(90);
const STOP_LIMIT: Duration = Duration::from_secs(40);
const CLUSTER_ID: &str = "T3R0bGFEaWZmMDAwMDAwMQ";

/// Which program is asked.
#[derive(Debug, Clone)]
pub enum Program {
    /// An `ottla` binary.
    Ottla(PathBuf),
    /// The folder of Apache Kafka's scripts.
    Kafka(PathBuf),
}

/// A node that lives as long as this value.
pub struct Node {
    running: Running,
    port: u16,
    log: PathBuf,
    dir: TempDir,
}

impl Node {
    /// Formats a folder, starts the program and waits until its listener accepts.
    pub fn start(program: &Program, port: u16) -> Result<Node, TaskError> {
        let dir = tempfile::Builder::new().prefix("diff-").tempdir().during("make a temporary folder")?;
        let properties = dir.path().join("server.properties");
        std::fs::write(&properties, settings(dir.path(), port)).during("write server.properties")?;
        let log = place::workshop("logs")?.join("diff.broker.log");
        let _absent_the_first_time = std::fs::remove_file(&log);
        let (mut format, mut server) = match program {
            Program::Ottla(binary) => (Command::new(binary), Command::new(binary)),
            Program::Kafka(bin) => {
                (Command::new(bin.join("kafka-storage.sh")), Command::new(bin.join("kafka-server-start.sh")))
            }
        };
        if let Program::Ottla(_) = program {
            format.arg("storage");
            server.arg("server").arg("--http-port").arg((port + 2).to_string());
        }
        format.args(["format", "--standalone", "-t", CLUSTER_ID, "-c"]).arg(&properties);
        format.env("LOG_DIR", dir.path().join("logs"));
        must_run(&mut format, &log, READY_LIMIT)?;
        let output = File::options().append(true).open(&log).during(format!("write {}", log.display()))?;
        let errors = output.try_clone().during(format!("write {}", log.display()))?;
        server.arg(&properties).env("LOG_DIR", dir.path().join("logs")).env_remove("RUST_LOG");
        let running = Running::start(server.stdout(output).stderr(errors))?;
        let mut node = Node { running, port, log, dir };
        node.wait_ready()?;
        if let Program::Ottla(binary) = program {
            broker::finalize_kafkas_levels(binary, &format!("127.0.0.1:{port}"), &node.log)?;
        }
        Ok(node)
    }

    /// Where scenarios send their requests.
    pub fn target(&self) -> Target {
        let dir = self.dir.path().display().to_string();
        Target::local(&format!("127.0.0.1:{}", self.port), &format!("127.0.0.1:{}", self.port + 1), Some(&dir))
    }

    /// Asks the node to stop.
    pub fn stop(mut self) -> Result<(), String> {
        if self.running.ended().is_some() {
            return Err(format!("the node had ended\n{}", tail(&self.log, 15)));
        }
        self.running.signal(Signal::TERM);
        let status = self.running.wait(STOP_LIMIT);
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.contains("panicked at")) {
            return Err(format!("a thread panicked: {line}"));
        }
        status.map(|_| ()).ok_or_else(|| "the node did not stop".to_owned())
    }

    fn wait_ready(&mut self) -> Result<(), TaskError> {
        let end = Instant::now() + READY_LIMIT;
        while Instant::now() < end && self.running.ended().is_none() {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(TaskError::Broker(tail(&self.log, 20)))
    }
}

impl Target {
    /// A target on two addresses; its ports and its folder are hidden in answers.
    pub fn local(broker: &str, controller: &str, dir: Option<&str>) -> Target {
        let port = |address: &str| address.rsplit_once(':').map_or("", |(_, port)| port).to_owned();
        let mut known = vec![
            (format!(":{}", port(broker)), ":<port>".to_owned()),
            (format!(":{}", port(controller)), ":<controller port>".to_owned()),
        ];
        known.extend(dir.map(|dir| (dir.to_owned(), "<folder>".to_owned())));
        Target { broker: broker.to_owned(), controller: controller.to_owned(), known }
    }
}

/// Small, quick, and nothing that happens by itself.
fn settings(dir: &Path, port: u16) -> String {
    let controller = port + 1;
    format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={}/data
auto.create.topics.enable=false
log.retention.ms=-1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=6000
offset.metadata.max.bytes=100
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.cleaner.dedupe.buffer.size=2097152
log.initial.task.delay.ms=600000
",
        dir.display()
    )
}
