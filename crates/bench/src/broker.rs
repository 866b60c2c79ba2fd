//! A broker process: started on a fresh folder, watched, killed, stopped, started again.

use crate::process::{self, Memory};
use crate::topics;
use crate::wire::Connection;
use protocol::MetadataRequest;
use std::cell::Cell;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(240);
const STOPPED_WITHIN: Duration = Duration::from_secs(180);
/// Deleted topics are soon gone from disk and page cache, and not during some later load.
const DELETE_DELAY_MS: &str = "1000";
const FORMAT_CLUSTER_ID: &str = "MkU3OEVBNTcwNTJENDM2Qk";

/// Which broker, and where its program is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// The binary.
    Ottla(PathBuf),
    /// The binary of before a change.
    Before(PathBuf),
    /// The bare server (`floor.rs`), which this program is too.
    Floor,
    /// The folder of Apache's scripts.
    Kafka(PathBuf),
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Ottla(_) => "Ottla",
            Kind::Before(_) => "before",
            Kind::Floor => "floor",
            Kind::Kafka(_) => "Kafka",
        }
    }

    pub fn is_kafka(&self) -> bool {
        matches!(self, Kind::Kafka(_))
    }
}

/// Where brokers keep their data and which ports they take.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    first_port: u16,
    next: Cell<u16>,
}

/// Ports that one run goes through before it begins again.
const PORTS: u16 = 60;

impl Place {
    pub fn new(folder: PathBuf, first_port: u16) -> Place {
        Place { folder, first_port, next: Cell::new(0) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A port of which the next one is free as well: clients and controller.
    pub fn ports(&self) -> Result<u16, String> {
        for _ in 0..PORTS / 2 {
            let port = self.first_port + self.next.get();
            self.next.set((self.next.get() + 2) % PORTS);
            let free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
            if free(port) && free(port + 1) {
                return Ok(port);
            }
        }
        Err(format!("no two free ports in a row from: {}", self.first_port))
    }
}

pub struct Broker {
    kind: Kind,
    child: Option<Child>,
    folder: PathBuf,
    port: u16,
    pub address: String,
    /// When the process was last started.
    pub begun: Instant,
    /// From then to the first answered Metadata request.
    pub start_ms: f64,
}

impl Broker {
    /// Formats a fresh folder and starts; returns when a Metadata request was answered.
    pub fn start(kind: &Kind, place: &Place) -> Result<Broker, String> {
        let port = place.ports()?;
        let folder = place.folder.join(format!("ottla-bench-{}-{port}", std::process::id()));
        remove(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| format!("folder {}: {error}", folder.display()))?;
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let mut broker = Broker { kind: kind.clone(), child: None, folder, port, address, begun, start_ms: 0.0 };
        broker.prepare()?;
        broker.launch()?;
        Ok(broker)
    }

    /// Starts the process again on the folder that the last one left; returns as [`Broker::start`] does.
    pub fn launch(&mut self) -> Result<(), String> {
        let log = self.folder.join("server.log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).map_err(|error| error.to_string())?;
        let out = log.try_clone().map_err(|error| error.to_string())?;
        self.begun = Instant::now();
        let child = self.command().stdin(Stdio::null()).stdout(out).stderr(log).spawn();
        self.child = Some(child.map_err(|error| format!("start: {error}"))?);
        self.wait_ready().map_err(|error| format!("{error}; its log ends: {}", self.last_log_lines()))?;
        self.start_ms = self.begun.elapsed().as_secs_f64() * 1e3;
        Ok(())
    }

    fn properties(&self) -> PathBuf {
        self.folder.join("server.properties")
    }

    /// Kafka's folder has to be formatted before it starts; Ottla does that itself.
    fn prepare(&self) -> Result<(), String> {
        let Kind::Kafka(bin) = &self.kind else { return Ok(()) };
        let (port, controller) = (self.port, self.port + 1);
        let text = format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
             log.dirs={data}\noffsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n\
             log.segment.delete.delay.ms={DELETE_DELAY_MS}\n",
            data = self.folder.join("data").display()
        );
        std::fs::write(self.properties(), text).map_err(|error| error.to_string())?;
        let mut format = Command::new(bin.join("kafka-storage.sh"));
        let format = format.args(["format", "-t", FORMAT_CLUSTER_ID, "-c"]).arg(self.properties()).output();
        let format = format.map_err(|error| format!("format: {error}"))?;
        if !format.status.success() {
            return Err(format!("format failed: {}", String::from_utf8_lossy(&format.stderr)));
        }
        Ok(())
    }

    fn command(&self) -> Command {
        match &self.kind {
            Kind::Ottla(binary) | Kind::Before(binary) => {
                let mut server = Command::new(binary);
                server.args(["server", "--http-port", "0", "--port", &self.port.to_string(), "--data-dir"]);
                server.arg(self.folder.join("data")).env("KAFKA_LOG_SEGMENT_DELETE_DELAY_MS", DELETE_DELAY_MS);
                server
            }
            Kind::Floor => {
                let mut server = Command::new("/proc/self/exe");
                server.args(["--floor-server", &self.port.to_string(), "--dir"]).arg(self.folder.join("data"));
                server
            }
            Kind::Kafka(bin) => {
                let mut server = Command::new(bin.join("kafka-server-start.sh"));
                server.arg(self.properties()).env("LOG_DIR", self.folder.join("logs"));
                server
            }
        }
    }

    fn wait_ready(&mut self) -> Result<(), String> {
        let deadline = self.begun + READY_WITHIN;
        loop {
            let answered = Connection::open(&self.address).and_then(|mut connection| {
                connection.call(12, &MetadataRequest { topics: Some(Vec::new()), ..Default::default() })
            });
            match answered {
                Ok(response) if !response.brokers.is_empty() => return Ok(()),
                _ if !self.is_alive() => return Err("the process ended before it was ready".into()),
                _ if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
                Ok(_) => return Err(format!("no broker in its metadata after {READY_WITHIN:?}")),
                Err(error) => return Err(format!("not ready after {READY_WITHIN:?}: {error}")),
            }
        }
    }

    /// Deletes a topic and waits until its files are gone.
    pub fn delete_topic(&self, name: &str) -> Result<(), String> {
        topics::delete(&self.address, name)?;
        let prefix = format!("{name}-");
        topics::wait_until("the files of a deleted topic are gone", || {
            let entries = std::fs::read_dir(self.folder.join("data")).map_err(|error| error.to_string())?;
            let left = entries.flatten().find(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
            left.map_or(Ok(()), |entry| Err(format!("{} is there", entry.path().display())))
        })
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    fn last_log_lines(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(3).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }

    fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// CPU that the process has used since it was last started.
    pub fn cpu_seconds(&self) -> f64 {
        process::cpu_seconds(self.pid())
    }

    pub fn memory(&self) -> Memory {
        process::memory(self.pid())
    }

    /// SIGKILL; the folder stays.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _gone = child.kill();
            let _status = child.wait();
        }
    }

    /// SIGTERM, and waits for the end; the folder stays.
    pub fn stop(&mut self) -> Result<(), String> {
        let Some(child) = &mut self.child else { return Ok(()) };
        let _sent = Command::new("kill").arg(child.id().to_string()).status();
        let deadline = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < deadline {
            if let Ok(Some(_)) = child.try_wait() {
                self.child = None;
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        Err(format!("did not stop within {STOPPED_WITHIN:?} of SIGTERM"))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    let _left_for_the_system = std::fs::remove_dir_all(folder);
}
