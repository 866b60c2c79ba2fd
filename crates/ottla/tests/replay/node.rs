//! A node of this binary in a folder of its own, configured as the recorded one was.

use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_ottla");

const READY_LIMIT: Duration = Duration::from_secs(30);

/// A running node; it is killed when this value goes.
pub struct Node {
    process: Child,
    port: u16,
    controller_port: u16,
    folder: TempDir,
}

impl Node {
    /// Two log directories, 4 partitions for internal topics, records kept for ever, no wait before the first rebalance.
    pub fn start() -> Node {
        let [port, controller_port] = free_ports();
        let more = format!(
            "node.id=1\ncontroller.quorum.bootstrap.servers=127.0.0.1:{controller_port}\nlog.dirs=HOME/d1,HOME/d2\n\
             num.partitions=1\noffsets.topic.num.partitions=4\noffsets.topic.replication.factor=1\n\
             transaction.state.log.num.partitions=4\ntransaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\nshare.coordinator.state.topic.num.partitions=4\n\
             share.coordinator.state.topic.replication.factor=1\nshare.coordinator.state.topic.min.isr=1\n\
             log.retention.ms=-1\n"
        );
        let mut node = Node::launch([port, controller_port], &more, &["--standalone"]);
        node.wait_ready();
        node.finalize_kafkas_levels();
        node
    }

    /// Three nodes of one cluster, as those of the recordings were.
    pub fn start_three() -> Vec<Node> {
        let ports = [(); 3].map(|()| free_ports());
        let id = |i: usize| i + 1;
        let initial: Vec<String> =
            (0..3).map(|i| format!("{}@127.0.0.1:{}:aBcDeFgHiJkLmNoPqRs{}ZA", id(i), ports[i][1], id(i))).collect();
        let servers: Vec<String> = ports.iter().map(|[_, port]| format!("127.0.0.1:{port}")).collect();
        let start = |i: usize| {
            let more = format!(
                "node.id={}\ncontroller.quorum.bootstrap.servers={}\nlog.dirs=HOME/data\nmin.insync.replicas=2\n\
                 default.replication.factor=3\nlog.index.size.max.bytes=262144\noffsets.topic.replication.factor=3\n\
                 offsets.topic.num.partitions=4\nauto.leader.rebalance.enable=false\n",
                id(i),
                servers.join(",")
            );
            Node::launch(ports[i], &more, &["--initial-controllers", &initial.join(",")])
        };
        // The third one comes when another leads the quorum already: it is the one that sessions end.
        let mut nodes: Vec<Node> = (0..2).map(start).collect();
        nodes.iter_mut().for_each(Node::wait_ready);
        nodes.push(start(2));
        nodes[2].wait_ready();
        nodes
    }

    /// Formats a folder and starts a process on it. `HOME` in the configuration is that folder.
    fn launch([port, controller_port]: [u16; 2], more: &str, flags: &[&str]) -> Node {
        let folder = tempfile::Builder::new().prefix("ottla-replay-").tempdir().expect("a folder");
        let more = more.replace("HOME", &folder.path().display().to_string());
        let text = format!(
            "process.roles=broker,controller\nlisteners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}\n\
             controller.listener.names=CONTROLLER\ngroup.initial.rebalance.delay.ms=0\n{more}"
        );
        let file = folder.path().join("server.properties");
        std::fs::write(&file, text).expect("server.properties");
        let path = file.display().to_string();
        let format = ["storage", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", &path];
        let formatted = Command::new(BINARY).args(format).args(flags).output().expect("the binary runs");
        assert!(formatted.status.success(), "format: {formatted:?}");
        let log = File::create(folder.path().join("server.log")).expect("a log");
        let process = Command::new(BINARY)
            .args(["server", &path])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("the binary runs");
        Node { process, port, controller_port, folder }
    }

    /// Its `server.properties`.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("server.properties")
    }

    /// Ends the process by a signal, and waits for that.
    pub fn end(&mut self, signal: Signal) {
        let _gone_already = kill_process(Pid::from_child(&self.process), signal);
        let _reaped = self.process.wait();
    }

    /// The id of its directory of this name.
    pub fn directory_id(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(name).join("meta.properties")).expect("a file");
        let id = text.lines().find_map(|line| line.strip_prefix("directory.id="));
        id.expect("an id").to_owned()
    }

    /// The recorded node was formatted by Apache Kafka, with levels that our `format` leaves out: a node that is a cluster by
    /// itself takes part at them.
    fn finalize_kafkas_levels(&self) {
        let upgrade = ["features", "--bootstrap-server", &self.bootstrap(), "upgrade", "--release-version", "4.3"];
        let upgraded = Command::new(BINARY).args(upgrade).output().expect("the binary runs");
        assert!(upgraded.status.success(), "{upgraded:?}");
    }

    /// `HOST:PORT` of the client listener.
    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `HOST:PORT` of the controller's listener.
    pub fn controller(&self) -> String {
        format!("127.0.0.1:{}", self.controller_port)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// Until a topic can be created, which needs controller and broker.
    fn wait_ready(&mut self) {
        let until = Instant::now() + READY_LIMIT;
        loop {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() && self.answers() {
                return;
            }
            let ended = self.process.try_wait().expect("a child");
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < until, "the node is not ready: {ended:?}\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn answers(&self) -> bool {
        let told = Command::new(BINARY).args(["cluster", "list-endpoints", "-b", &self.bootstrap()]).output();
        told.is_ok_and(|told| told.status.success() && String::from_utf8_lossy(&told.stdout).contains("127.0.0.1"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Two ports that are free at the moment.
pub fn free_ports() -> [u16; 2] {
    let open = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let both = [open(), open()];
    both.map(|listener| listener.local_addr().expect("an address").port())
}

/// Reads until the end, handing over every full line.
pub fn for_each_line(mut from: impl Read, mut take: impl FnMut(&str)) -> Vec<u8> {
    let (mut all, mut seen, mut chunk) = (Vec::new(), 0, [0; 4096]);
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        all.extend_from_slice(&chunk[..count]);
        while let Some(end) = all[seen..].iter().position(|byte| *byte == b'\n') {
            take(&String::from_utf8_lossy(&all[seen..seen + end]));
            seen += end + 1;
        }
    }
    all
}

/// Writes all of it; a reader that went away is its own affair.
pub fn feed(mut to: impl Write, bytes: &[u8]) {
    let _reader_went_away = to.write_all(bytes);
}
