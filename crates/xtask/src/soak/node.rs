//! One node: its configuration, its folder, and its process, which comes and goes.

use crate::error::{During, TaskError};
use crate::process::{Running, must_run, tail};
use crate::soak::Program;
use crate::soak::lab::Host;
use rustix::process::Signal;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CLUSTER_ID: &str = "T3R0bGFTb2FrMDAwMDAwMQ";
const FORMAT_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(90);
const JVM: [&str; 4] = ["-Xms192m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Controller,
    Broker,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Controller => "controller",
            Role::Broker => "broker",
        }
    }
}

/// A node of the cluster.
pub struct Node {
    pub id: i32,
    pub role: Role,
    program: Program,
    properties: PathBuf,
    log: PathBuf,
    running: Option<Running>,
}

impl Node {
    /// Writes the configuration and formats the folder.
    pub fn format(
        program: &Program,
        (id, role): (i32, Role),
        host: &Host,
        quorum: &Quorum,
        logs: &Path,
    ) -> Result<Node, TaskError> {
        // Not on the disk that loses its power: nobody syncs it.
        let properties = logs.join(format!("{}-{id}.properties", role.name()));
        std::fs::write(&properties, settings(id, role, host, quorum)).during("write server.properties")?;
        let log = logs.join(format!("{}-{id}.log", role.name()));
        let mut command = match program {
            Program::Ottla(binary) => {
                let mut command = Command::new(binary);
                command.arg("storage");
                command
            }
            Program::Kafka(folder) => java(folder, "kafka.tools.StorageTool"),
        };
        command.args(["format", "-t", CLUSTER_ID, "-c"]).arg(&properties);
        if let Some(initial) = quorum.initial_controllers().filter(|_| role == Role::Controller) {
            command.args(["--initial-controllers", &initial]);
        }
        must_run(&mut command, &log, FORMAT_WITHIN)?;
        // Folders are formatted long before the power fails.
        host.disk().map_or(Ok(()), faults::Disk::sync)?;
        Ok(Node { id, role, program: program.clone(), properties, log, running: None })
    }

    pub fn start(&mut self, host: &Host) -> Result<(), TaskError> {
        let mut command = match &self.program {
            Program::Ottla(binary) => {
                let mut command = Command::new(binary);
                command.arg("server");
                command
            }
            Program::Kafka(folder) => java(folder, "kafka.Kafka"),
        };
        let output = File::options().append(true).create(true).open(&self.log).during("open a node's log")?;
        let errors = output.try_clone().during("open a node's log")?;
        command.arg(&self.properties).env_remove("RUST_LOG").stdout(output).stderr(errors);
        self.running = Some(host.inside(move || Running::start(&mut command))?);
        Ok(())
    }

    /// Whether its process runs; one that is stopped for a while does.
    pub fn is_running(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.ended().is_none())
    }

    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Running::id)
    }

    pub fn signal(&self, signal: Signal) {
        if let Some(running) = &self.running {
            running.signal(signal);
        }
    }

    /// SIGKILL, and its end.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// SIGTERM, and its end in order.
    pub fn stop(&mut self) -> Result<(), String> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        running.signal(Signal::TERM);
        match running.wait(STOP_WITHIN) {
            // The JVM ends with 128 + 15.
            Some(status) if status.success() || status.code() == Some(143) => Ok(()),
            Some(status) => Err(format!("{} ended with {status}\n{}", self.name(), tail(&self.log, 10))),
            None => Err(format!("{} did not stop within {STOP_WITHIN:?} of SIGTERM", self.name())),
        }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.role.name(), self.id)
    }

    /// The last lines that it said.
    pub fn last_words(&self) -> String {
        tail(&self.log, 10)
    }

    /// What it said of a thread that panicked.
    pub fn panic(&self) -> Option<String> {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.lines().find(|line| line.contains("panicked at")).map(|line| format!("{}: {line}", self.name()))
    }
}

fn java(folder: &Path, class: &str) -> Command {
    let mut command = Command::new("java");
    command.args(JVM).arg("-Dlog4j2.level=WARN").arg("-cp").arg(folder.join("libs").join("*")).arg(class);
    command
}

/// Kafka's defaults, but for what a cluster of three needs and small files.
fn settings(id: i32, role: Role, host: &Host, quorum: &Quorum) -> String {
    let listener = if role == Role::Broker { "PLAINTEXT" } else { "CONTROLLER" };
    let data = data_folder(host);
    format!(
        "process.roles={role}\nnode.id={id}\n{quorum}\n\
         listeners={listener}://{address}\ncontroller.listener.names=CONTROLLER\n\
         listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n\
         log.dirs={data}\nlog.segment.bytes=8388608\nlog.index.size.max.bytes=131072\n\
         default.replication.factor=3\nmin.insync.replicas=2\nauto.create.topics.enable=false\n\
         log.message.timestamp.after.max.ms=7200000\n\
         offsets.topic.replication.factor=3\noffsets.topic.num.partitions=4\n\
         transaction.state.log.replication.factor=3\ngroup.initial.rebalance.delay.ms=0\n",
        role = role.name(),
        quorum = quorum.setting(),
        address = host.address,
        data = data.display(),
    )
}

/// Where a host's node keeps its logs.
pub fn data_folder(host: &Host) -> PathBuf {
    host.folder().join("data")
}

/// Who votes.
#[derive(Debug)]
pub struct Quorum {
    pub controllers: Vec<(i32, SocketAddr)>,
    /// Where the quorum is dynamic: the ids of their directories.
    pub directories: Option<Vec<String>>,
}

impl Quorum {
    fn setting(&self) -> String {
        let addresses = self.controllers.iter().map(|(_, address)| address.to_string());
        let voters = self.controllers.iter().map(|(id, address)| format!("{id}@{address}"));
        match self.directories {
            None => format!("controller.quorum.voters={}", voters.collect::<Vec<_>>().join(",")),
            Some(_) => format!("controller.quorum.bootstrap.servers={}", addresses.collect::<Vec<_>>().join(",")),
        }
    }

    fn initial_controllers(&self) -> Option<String> {
        let all = self.controllers.iter().zip(self.directories.as_ref()?);
        let voters = all.map(|((id, address), directory)| format!("{id}@{address}:{directory}"));
        Some(voters.collect::<Vec<_>>().join(","))
    }
}
