//! `ottla server --nodes N`: a cluster on this machine for those who want to look, each node a process of its own with its
//! own folder. Nodes that are killed stay down, so that one can watch what the others do; Ctrl-C stops them all in order.

use crate::cli::{complain, print};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

const NODES_MAX: u16 = 9;
/// A node has its port for clients, the next one for the controller and the one after for HTTP.
const PORTS_APART: u16 = 10;
const READY_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

struct Plan {
    count: u16,
    folder: PathBuf,
    first_port: u16,
    overrides: Vec<String>,
}

struct Node {
    id: u16,
    port: u16,
    home: PathBuf,
    child: Option<Child>,
}

/// Whether the arguments of `ottla server` ask for several nodes.
pub fn are_meant(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == "--nodes" || argument.starts_with("--nodes="))
}

pub fn run(arguments: &[String]) -> i32 {
    let plan = match Plan::parse(arguments) {
        Ok(plan) => plan,
        Err(reason) => {
            complain(&format!("ottla server: {reason}"));
            return 2;
        }
    };
    let stop = match signals() {
        Ok(stop) => stop,
        Err(error) => return failed(&format!("signals: {error}")),
    };
    let _claim = match plan.claim() {
        Ok(claim) => claim,
        Err(reason) => return failed(&reason),
    };
    let mut nodes = match plan.prepare() {
        Ok(nodes) => nodes,
        Err(reason) => return failed(&reason),
    };
    let begun = nodes.iter_mut().try_for_each(|node| node.launch(&plan.overrides));
    let ready = begun.and_then(|()| wait_ready(&mut nodes));
    if let Err(reason) = ready {
        stop_all(&mut nodes);
        return failed(&reason);
    }
    print(&plan.told(&nodes));
    loop {
        match stop.recv_timeout(LOOK_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                stop_all(&mut nodes);
                return 0;
            }
        }
        for node in &mut nodes {
            if let Some(how) = node.ended() {
                print(&format!("node {} ended ({how}); again: ottla server {}\n", node.id, node.file().display()));
            }
        }
        if nodes.iter().all(|node| node.child.is_none()) {
            return failed("no node runs any more");
        }
    }
}

fn failed(reason: &str) -> i32 {
    complain(&format!("ottla server: {reason}"));
    1
}

/// Tells of the first signal that asks for the end.
fn signals() -> std::io::Result<Receiver<()>> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if sender.send(()).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Plan, String> {
        let mut plan = Plan { count: 0, folder: "ottla-cluster".into(), first_port: 9092, overrides: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value = || inline.clone().or_else(|| rest.next().cloned()).ok_or(format!("{name} needs a value"));
            match name {
                "--nodes" => {
                    let text = value()?;
                    let count = text.parse().ok().filter(|count| (1..=NODES_MAX).contains(count));
                    plan.count = count.ok_or(format!("--nodes needs a number from 1 to {NODES_MAX}, not: {text}"))?;
                }
                "--data-dir" => plan.folder = value()?.into(),
                "--port" => {
                    let text = value()?;
                    let last = u16::MAX - NODES_MAX * PORTS_APART;
                    let port = text.parse().ok().filter(|port| (1..=last).contains(port));
                    plan.first_port = port.ok_or(format!("--port needs a number from 1 to {last}, not: {text}"))?;
                }
                "--override" => plan.overrides.push(value()?),
                _ => return Err(format!("not together with --nodes: {argument}")),
            }
        }
        Ok(plan)
    }

    fn port(&self, id: u16) -> u16 {
        self.first_port + (id - 1) * PORTS_APART
    }

    /// Takes the folder for as long as the file lives: nobody else writes the nodes' files meanwhile.
    fn claim(&self) -> Result<File, String> {
        std::fs::create_dir_all(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let path = self.folder.join("nodes.lock");
        let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => {
                let folder = self.folder.display();
                Err(format!("the nodes of {folder} run already\nhint: another folder with --data-dir"))
            }
            Err(std::fs::TryLockError::Error(error)) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Makes and formats the folders that are not there; those of an earlier run are taken as they are.
    fn prepare(&self) -> Result<Vec<Node>, String> {
        std::fs::create_dir_all(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let folder =
            std::fs::canonicalize(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let cluster_id = cluster_id(&folder)?;
        let before = (1..=NODES_MAX).filter(|id| folder.join(format!("node-{id}")).exists()).count();
        if before > 0 && before != usize::from(self.count) {
            let folder = self.folder.display();
            return Err(format!(
                "{folder} holds a cluster of {before} nodes\nhint: --nodes {before}, or another folder with --data-dir"
            ));
        }
        let voters: Vec<String> = (1..=self.count).map(|id| format!("{id}@127.0.0.1:{}", self.port(id) + 1)).collect();
        let replicas = self.count.min(3);
        let mut nodes = Vec::new();
        for id in 1..=self.count {
            let (port, home) = (self.port(id), folder.join(format!("node-{id}")));
            let node = Node { id, port, home, child: None };
            std::fs::create_dir_all(&node.home).map_err(|error| format!("{}: {error}", node.home.display()))?;
            let text = format!(
                "process.roles=broker,controller\nnode.id={id}\ncontroller.quorum.voters={}\n\
                 listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{}\n\
                 controller.listener.names=CONTROLLER\nottla.http.listen=127.0.0.1:{}\nlog.dirs={}\n\
                 default.replication.factor={replicas}\nmin.insync.replicas={}\n\
                 offsets.topic.replication.factor={replicas}\ngroup.initial.rebalance.delay.ms=0\n",
                voters.join(","),
                port + 1,
                port + 2,
                node.home.join("data").display(),
                replicas.div_ceil(2)
            );
            std::fs::write(node.file(), text).map_err(|error| format!("{}: {error}", node.file().display()))?;
            let file = node.file().display().to_string();
            let format = ["format", "--ignore-formatted", "-t", &cluster_id, "-c", &file];
            let said = own_binary()?.arg("storage").args(format).stdin(Stdio::null()).output();
            let said = said.map_err(|error| format!("format: {error}"))?;
            if !said.status.success() {
                return Err(format!("{}: {}", node.home.display(), String::from_utf8_lossy(&said.stderr).trim_end()));
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    /// What a user wants to know first.
    fn told(&self, nodes: &[Node]) -> String {
        let mut text = format!("Ottla: a cluster of {} nodes on this machine\n", self.count);
        for node in nodes {
            let pid = node.child.as_ref().map_or(0, Child::id);
            let (id, port, home) = (node.id, node.port, node.home.display());
            let metrics = port + 2;
            let _cannot_fail = writeln!(
                text,
                "  node {id}: clients 127.0.0.1:{port}, http://127.0.0.1:{metrics}/metrics, pid {pid}, {home}"
            );
        }
        let bootstrap: Vec<String> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let (bootstrap, victim) =
            (bootstrap.join(","), nodes.first().and_then(|node| node.child.as_ref()).map_or(0, Child::id));
        let _cannot_fail = write!(
            text,
            "next:\n  ottla topics --bootstrap-server {bootstrap} --create --topic hello --partitions 6\n  \
             ottla topics --bootstrap-server {bootstrap} --describe --topic hello\n  \
             kill -9 {victim}    # and describe again: the others lead\nCtrl-C stops all nodes\n"
        );
        text
    }
}

/// The cluster's id, drawn once and kept beside the nodes.
fn cluster_id(folder: &Path) -> Result<String, String> {
    let path = folder.join("cluster.id");
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(text.trim().to_owned());
    }
    let said =
        own_binary()?.args(["storage", "random-uuid"]).output().map_err(|error| format!("a cluster id: {error}"))?;
    let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    std::fs::write(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text)
}

fn own_binary() -> Result<Command, String> {
    std::env::current_exe().map(Command::new).map_err(|error| format!("this binary: {error}"))
}

impl Node {
    fn file(&self) -> PathBuf {
        self.home.join("server.properties")
    }

    fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    fn launch(&mut self, overrides: &[String]) -> Result<(), String> {
        let about = |error: std::io::Error| format!("{}: {error}", self.log().display());
        let log = File::create(self.log()).map_err(about)?;
        let out = log.try_clone().map_err(about)?;
        let mut server = own_binary()?;
        server.arg("server").arg(self.file());
        overrides.iter().for_each(|value| _ = server.args(["--override", value]));
        let child = server.stdin(Stdio::null()).stdout(out).stderr(log).spawn();
        self.child = Some(child.map_err(|error| format!("node {}: {error}", self.id))?);
        Ok(())
    }

    fn is_ready(&self) -> bool {
        std::fs::read_to_string(self.log()).is_ok_and(|text| text.contains("Kafka Server started"))
    }

    /// How it ended, told once.
    fn ended(&mut self) -> Option<String> {
        let status = self.child.as_mut()?.try_wait().ok().flatten()?;
        self.child = None;
        Some(status.to_string())
    }

    /// The last words of its log.
    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(3)..].join("\n")
    }
}

fn wait_ready(nodes: &mut [Node]) -> Result<(), String> {
    let until = Instant::now() + READY_WITHIN;
    while !nodes.iter().all(Node::is_ready) {
        for node in nodes.iter_mut() {
            if let Some(how) = node.ended() {
                return Err(format!("node {} ended ({how}):\n{}", node.id, node.last_words()));
            }
        }
        if Instant::now() > until {
            let late = nodes.iter().find(|node| !node.is_ready());
            let log = late.map(|node| node.log().display().to_string()).unwrap_or_default();
            return Err(format!("not every node was ready after {} s; see {log}", READY_WITHIN.as_secs()));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// SIGTERM to all at once, and waits: who leads hands over to whoever is left.
fn stop_all(nodes: &mut [Node]) {
    for child in nodes.iter_mut().filter_map(|node| node.child.as_mut()) {
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _gone_already = kill_process(pid, Signal::TERM);
        }
    }
    for node in nodes {
        if let Some(mut child) = node.child.take() {
            let _reaped = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Plan, String> {
        Plan::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_no_cluster_is_refused_by_name() {
        let plan = parse("--nodes 3 --data-dir d --port=19092 --override a=b").unwrap();
        assert_eq!((plan.count, plan.first_port, plan.port(3)), (3, 19092, 19112));
        assert_eq!((plan.folder, plan.overrides), ("d".into(), vec!["a=b".to_owned()]));
        for line in ["--nodes 0", "--nodes 10", "--nodes", "--nodes 3 --port 65500", "--nodes 3 server.properties"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
