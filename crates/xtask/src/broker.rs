//! A real `ottla server` in a fresh folder on free ports.

use crate::error::{During, TaskError};
use crate::place;
use crate::process::{Running, must_run, tail};
use rustix::process::Signal;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const READY_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Builds the binary, unless there is `one` already, and says where it is.
pub fn build(release: bool, one: Option<PathBuf>) -> Result<PathBuf, TaskError> {
    if let Some(binary) = one {
        return std::path::absolute(&binary).during(format!("find {}", binary.display()));
    }
    let log = place::workshop("logs")?.join("build.log");
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--package", "ottla"]).current_dir(place::root());
    if release {
        command.arg("--release");
    }
    must_run(&mut command, &log, Duration::from_secs(1800))?;
    Ok(place::target().join(if release { "release" } else { "debug" }).join("ottla"))
}

/// Finalizes the levels that Apache Kafka's `format` writes and ours leaves out, because they are not served yet: a node that
/// is a cluster by itself takes part at them, and what was recorded of Apache Kafka shows them.
pub fn finalize_kafkas_levels(binary: &Path, address: &str, log: &Path) -> Result<(), TaskError> {
    let mut upgrade = Command::new(binary);
    upgrade.args(["features", "--bootstrap-server", address, "upgrade", "--release-version", "4.3"]);
    must_run(&mut upgrade, log, READY_LIMIT)
}

/// A node that lives as long as this value.
pub struct Broker {
    running: Running,
    port: u16,
    log: PathBuf,
    _dir: TempDir,
}

impl Broker {
    /// Starts a node without configuration but `overrides`, and waits until it is ready.
    pub fn start(binary: &Path, name: &str, overrides: &[&str]) -> Result<Broker, TaskError> {
        let dir = tempfile::Builder::new().prefix("ottla-").tempdir().during("make a temporary folder")?;
        let log = place::workshop("logs")?.join(format!("{name}.broker.log"));
        let output = File::create(&log).during(format!("write {}", log.display()))?;
        let errors = output.try_clone().during(format!("write {}", log.display()))?;
        let port = free_ports();
        let mut command = Command::new(binary);
        command.arg("server").arg("--data-dir").arg(dir.path().join("data")).arg("--port").arg(port.to_string());
        for value in overrides {
            command.arg("--override").arg(value);
        }
        command.env_remove("RUST_LOG").stdout(output).stderr(errors);
        let running = Running::start(&mut command)?;
        let mut broker = Broker { running, port, log, _dir: dir };
        broker.wait_ready()?;
        Ok(broker)
    }

    /// `HOST:PORT` of the client listener.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What it and its tools say.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Port of the HTTP listener.
    pub fn http_port(&self) -> u16 {
        self.port + 2
    }

    /// Whether the process is there.
    pub fn is_alive(&mut self) -> bool {
        self.running.ended().is_none()
    }

    /// Asks the node to stop; says what was wrong with the end, or with what the log tells of the life before.
    pub fn stop(mut self) -> Result<(), String> {
        if !self.is_alive() {
            return Err(format!("the broker had ended\n{}", tail(&self.log, 15)));
        }
        self.running.signal(Signal::TERM);
        let status = self.running.wait(STOP_LIMIT);
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.contains("panicked at")) {
            return Err(format!("a thread of the broker panicked: {line}"));
        }
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("the broker ended with {status}\n{}", tail(&self.log, 15))),
            None => Err(format!("the broker did not stop within {} s", STOP_LIMIT.as_secs())),
        }
    }

    fn wait_ready(&mut self) -> Result<(), TaskError> {
        let end = Instant::now() + READY_LIMIT;
        while Instant::now() < end {
            if !self.is_alive() {
                return Err(TaskError::Broker(tail(&self.log, 20)));
            }
            if is_ready(self.http_port()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(TaskError::Broker(format!("not within {} s\n{}", READY_LIMIT.as_secs(), tail(&self.log, 20))))
    }
}

fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// The first of three neighbouring ports that are free, below the range that the kernel gives to clients.
pub fn free_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 5000).unwrap_or(0);
    for _ in 0..2000 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 11_000 + (start + step) % 5000 * 4;
        let bind = |port| TcpListener::bind(("127.0.0.1", port));
        if let (Ok(_), Ok(_), Ok(_)) = (bind(port), bind(port + 1), bind(port + 2)) {
            return port;
        }
    }
    11_000
}
