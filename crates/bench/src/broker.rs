//! A broker process: started on a fresh folder, watched, stopped.

use crate::wire::Connection;
use protocol::MetadataRequest;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub enum Kind {
    Ottla(PathBuf),
    Kafka(PathBuf),
}

pub struct Broker {
    child: Child,
    folder: PathBuf,
    pub address: String,
    pub start_ms: f64,
}

impl Broker {
    /// Formats and starts; returns when a Metadata request was answered.
    pub fn start(kind: &Kind) -> Result<Broker, String> {
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("ottla-bench-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let file = folder.join("server.properties");
        let data = folder.join("data");
        let text = format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{c}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{c}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
             log.dirs={data}\noffsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n",
            c = port + 1,
            data = data.display()
        );
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        let mut server = match kind {
            Kind::Ottla(binary) => {
                let mut server = Command::new(binary);
                server.arg("server").arg("--data-dir").arg(&data).args([
                    "--port",
                    &port.to_string(),
                    "--http-port",
                    "0",
                ]);
                server
            }
            Kind::Kafka(bin) => {
                let mut format = Command::new(bin.join("kafka-storage.sh"));
                let formatted = format.args(["format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c"]).arg(&file).output();
                let formatted = formatted.map_err(|error| format!("format: {error}"))?;
                if !formatted.status.success() {
                    return Err(format!("format failed: {}", String::from_utf8_lossy(&formatted.stderr)));
                }
                let mut server = Command::new(bin.join("kafka-server-start.sh"));
                server.arg(&file).env("LOG_DIR", folder.join("logs"));
                server
            }
        };
        let log = std::fs::File::create(folder.join("server.log")).map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let child = server
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("start: {error}"))?;
        let address = format!("127.0.0.1:{port}");
        let mut broker = Broker { child, folder, address, start_ms: 0.0 };
        broker.wait_ready()?;
        broker.start_ms = begun.elapsed().as_secs_f64() * 1e3;
        Ok(broker)
    }

    fn wait_ready(&self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            let answered = Connection::open(&self.address).and_then(|mut connection| {
                connection.call(12, &MetadataRequest { topics: Some(Vec::new()), ..Default::default() })
            });
            match answered {
                Ok(response) if !response.brokers.is_empty() => return Ok(()),
                Ok(_) | Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
                Ok(_) => return Err("no broker in its metadata after 90 s".into()),
                Err(error) => return Err(format!("not ready after 90 s: {error}")),
            }
        }
    }

    /// CPU that the process has used so far, in milliseconds (resolution 10 ms).
    pub fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
        let ticks = |i: usize| fields.get(i).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) * 10.0
    }

    /// Resident memory without the page cache of mapped files, in megabytes.
    pub fn rss_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kb = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0)
        };
        (kb("RssAnon:") + kb("RssShmem:")) / 1024.0
    }

    pub fn stop(mut self) {
        let _gone = Command::new("kill").arg(self.child.id().to_string()).status();
        let _status = self.child.wait();
        remove(&self.folder);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn remove(folder: &Path) {
    let _left_for_the_system = std::fs::remove_dir_all(folder);
}

fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    Ok(port.clamp(10_000, 65_000))
}
