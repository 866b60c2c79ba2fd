//! A process of this binary with a start of its own.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_ottla");

/// The binary of nodes: another build of it where `OTTLA_BINARY` names one (`cargo xtask full`).
fn server_binary() -> OsString {
    std::env::var_os("OTTLA_BINARY").unwrap_or_else(|| BINARY.into())
}

/// Longest time that anything here waits for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running node without a properties file; it is killed when this value goes.
pub struct Node {
    process: Child,
    pub port: u16,
    folder: TempDir,
}

impl Node {
    /// A ready node with `--override` for each of these.
    pub fn start(overrides: &[&str]) -> Node {
        Node::start_by(|command, _| command, overrides)
    }

    /// The same, where `wrap` makes of the command (given its folder) the one that is run.
    pub fn start_by(wrap: impl Fn(Command, &Path) -> Command, overrides: &[&str]) -> Node {
        for _ in 0..5 {
            let folder = tempfile::Builder::new().prefix("ottla-robust-").tempdir().expect("a folder");
            let port = free_ports();
            let log = File::create(folder.path().join("log")).expect("a log");
            let mut command = wrap(server(&folder.path().join("data"), port, overrides), folder.path());
            command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
            let mut node = Node { process: command.spawn().expect("the binary runs"), port, folder };
            if node.becomes_ready() {
                return node;
            }
            assert!(node.log().contains("cannot listen"), "the node is not ready:\n{}", node.log());
        }
        panic!("no free ports");
    }

    pub fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder where a test may have mounted a small disk.
    pub fn small(&self) -> PathBuf {
        self.folder.path().join("small")
    }

    /// The machine's root folder as the process sees it, with its own mounts.
    pub fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.process.id()))
    }

    /// All that it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn is_alive(&mut self) -> bool {
        self.process.try_wait().expect("a child").is_none()
    }

    /// A figure of `/proc/PID/status` in bytes, such as `VmHWM` (largest) or `VmRSS` (now).
    pub fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).expect("the figure");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    /// A page of the HTTP listener, with its head.
    pub fn page(&self, path: &str) -> String {
        get(self.port + 2, path).unwrap_or_default()
    }

    /// A sample without labels of `/metrics`.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.page("/metrics").lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    fn becomes_ready(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until && self.is_alive() {
            if self.page("/ready").starts_with("HTTP/1.1 200") {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The command of a node without a file.
pub fn server(data: &Path, port: u16, overrides: &[&str]) -> Command {
    let mut command = Command::new(server_binary());
    command.arg("server").arg("--data-dir").arg(data).arg("--port").arg(port.to_string()).env_remove("RUST_LOG");
    for value in overrides {
        command.args(["--override", value]);
    }
    command
}

/// Runs a start that must fail by itself; its exit code and everything it said.
pub fn refused(mut command: Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().expect("the binary runs");
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (status.code().expect("an end of its own"), said)
}

/// The first of three neighbouring ports that are free, below the range that the kernel gives to clients.
pub fn free_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 5000) as u16;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 11_000 + (start + step) % 5000 * 4;
        let bind = |port| TcpListener::bind(("127.0.0.1", port));
        if let (Ok(_), Ok(_), Ok(_)) = (bind(port), bind(port + 1), bind(port + 2)) {
            return port;
        }
    }
}

pub fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
