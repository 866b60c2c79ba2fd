//! Controllers and brokers as processes of their own, with files of their own.

use super::node::{BINARY, free_ports, until};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The id of every cluster here.
pub const CLUSTER_ID: &str = "AAAAAAAAQACAAAAAAAAAAQ";

/// How a process gets mounts of its own, where the machine lets users have them.
pub const UNSHARE: [&str; 4] = ["--user", "--map-root-user", "--mount", "--"];

/// Whether it does.
pub fn can_mount() -> bool {
    let mut probe = Command::new("unshare");
    probe.args(UNSHARE).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// The binary with a disk of this size at a folder, with what the folder holds.
fn on_small_disk(folder: &Path, size: &str) -> Command {
    let script = "cp -a \"$0\" \"$0.kept\" && mount -t tmpfs -o size=\"$1\" tmpfs \"$0\" && cp -a \"$0.kept/.\" \"$0\" \
                  && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(UNSHARE).args(["sh", "-c", script]).arg(folder).arg(size).arg(BINARY);
    command
}

/// A node of a cluster: its files stay when its process ends.
pub struct Member {
    pub id: i32,
    pub port: u16,
    file: PathBuf,
    log: PathBuf,
    data: PathBuf,
    /// Of `storage format`.
    flags: Vec<String>,
    /// Of `server`, behind the file.
    arguments: Vec<String>,
    /// A disk of this size at the data folder, which the process alone sees.
    small_disk: Option<&'static str>,
    process: Option<Child>,
}

/// How controllers know who votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quorum {
    /// `controller.quorum.voters`
    Static,
    /// All of them, named when they were formatted (`--initial-controllers`).
    Initial,
    /// The first controller alone; the others follow until they are added.
    Standalone,
}

/// Controllers (the first members) and some brokers.
pub struct Cluster {
    pub members: Vec<Member>,
    folder: TempDir,
}

impl Cluster {
    /// Formats all and starts all; the brokers are ready.
    pub fn start(brokers: usize, more: &str) -> Cluster {
        Cluster::start_each(brokers, more, more)
    }

    /// The same with configuration that only the controller, or only the brokers have; `{id}` in it is the node's.
    pub fn start_each(brokers: usize, more_of_controller: &str, more_of_brokers: &str) -> Cluster {
        Cluster::start_many(1, brokers, more_of_controller, more_of_brokers)
    }

    /// The same with several controllers; the brokers come after them.
    pub fn start_many(controllers: usize, brokers: usize, more_of_controllers: &str, more_of_brokers: &str) -> Cluster {
        Cluster::start_as(Quorum::Static, controllers, brokers, more_of_controllers, more_of_brokers)
    }

    /// The same with another kind of quorum.
    pub fn start_as(
        quorum: Quorum,
        controllers: usize,
        brokers: usize,
        more_of_controllers: &str,
        more_of_brokers: &str,
    ) -> Cluster {
        let folder = tempfile::Builder::new().prefix("ottla-cluster-").tempdir().expect("a folder");
        let ports: Vec<u16> = (0..controllers + brokers).map(|_| free_ports()).collect();
        let voter = |index: usize| format!("{}@127.0.0.1:{}", 100 + index, ports[index]);
        let voters: Vec<String> = (0..controllers).map(voter).collect();
        let addresses: Vec<String> = ports[..controllers].iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let with_directory =
            |index: usize| format!("{}:AAAAAAAAAAAAAAAAAAA{}ZA", voter(index), (b'A' + index as u8) as char);
        let initial: Vec<String> = (0..controllers).map(with_directory).collect();
        let flags = |index: usize| match quorum {
            Quorum::Initial => vec!["--initial-controllers".to_owned(), initial.join(",")],
            Quorum::Standalone if index == 0 => vec!["--standalone".to_owned()],
            Quorum::Standalone => vec!["--no-initial-controllers".to_owned()],
            Quorum::Static => Vec::new(),
        };
        let voters = match quorum {
            Quorum::Static => format!("controller.quorum.voters={}\n", voters.join(",")),
            _ => format!("controller.quorum.bootstrap.servers={}\n", addresses.join(",")),
        };
        let mut members = Vec::new();
        for (index, port) in ports.into_iter().enumerate() {
            let is_controller = index < controllers;
            let id = if is_controller { 100 + index as i32 } else { (index + 1 - controllers) as i32 };
            let role = if is_controller { "controller" } else { "broker" };
            let more = if is_controller { more_of_controllers } else { more_of_brokers };
            let more = more.replace("{id}", &id.to_string());
            let listener = if is_controller { "CONTROLLER" } else { "PLAINTEXT" };
            let data = folder.path().join(format!("data-{id}"));
            let content = format!(
                "process.roles={role}\nnode.id={id}\n{voters}controller.listener.names=CONTROLLER\n\
                 listeners={listener}://127.0.0.1:{port}\nlog.dirs={}\noffsets.topic.replication.factor=1\n\
                 offsets.topic.num.partitions=6\ngroup.initial.rebalance.delay.ms=0\n{more}\n",
                data.display()
            );
            let (file, log) = (folder.path().join(format!("{id}.properties")), folder.path().join(format!("{id}.log")));
            std::fs::write(&file, content).expect("a file");
            let flags = if is_controller { flags(index) } else { Vec::new() };
            let arguments = Vec::new();
            let member = Member { id, port, file, log, data, flags, arguments, small_disk: None, process: None };
            member.format(CLUSTER_ID);
            members.push(member);
        }
        let mut cluster = Cluster { members, folder };
        cluster.members.iter_mut().for_each(Member::run);
        cluster.members.iter().for_each(Member::becomes_ready);
        cluster
    }

    pub fn broker(&mut self, index: usize) -> &mut Member {
        &mut self.members[index]
    }

    pub fn controller(&mut self) -> &mut Member {
        &mut self.members[0]
    }

    /// Runs a tool against a broker.
    pub fn tool(&self, broker: usize, arguments: &[&str]) -> Output {
        let bootstrap = format!("127.0.0.1:{}", self.members[broker].port);
        let mut command = Command::new(BINARY);
        command.args(&arguments[..1]).args(["--bootstrap-server", &bootstrap]).args(&arguments[1..]);
        command.stdin(Stdio::null()).output().expect("the binary runs")
    }

    /// Runs a tool against a controller.
    pub fn tool_of_controller(&self, controller: usize, arguments: &[&str]) -> Output {
        let bootstrap = format!("127.0.0.1:{}", self.members[controller].port);
        // Only this tool takes it behind its command.
        let at = if arguments[0] == "cluster" { arguments.len() } else { 1 };
        let mut command = Command::new(BINARY);
        command.args(&arguments[..at]).args(["--bootstrap-controller", &bootstrap]).args(&arguments[at..]);
        command.stdin(Stdio::null()).output().expect("the binary runs")
    }

    /// The same, where it must work; what it printed.
    pub fn ask(&self, broker: usize, arguments: &[&str]) -> String {
        let output = self.tool(broker, arguments);
        let (said, erred) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {said}{erred}\n{}", self.logs());
        said.into_owned()
    }

    /// Waits until a broker lists these topics: what a controller made, brokers learn a moment later.
    pub fn lists(&self, broker: usize, topics: &str) {
        until("it lists the topics", || self.ask(broker, &["topics", "--list"]) == topics);
    }

    /// Another node with the configuration of a member, but for the data folder and the values in `more`; it is formatted
    /// for this cluster id, and does not run yet.
    pub fn double(&self, index: usize, cluster_id: &str, more: &str) -> Member {
        let of = &self.members[index];
        let content = std::fs::read_to_string(&of.file).expect("a file");
        let data = self.data(index);
        let own = data.with_extension("double");
        let content = content.replace(&*data.to_string_lossy(), &own.to_string_lossy());
        let (file, log) = (of.file.with_extension("double.properties"), of.log.with_extension("double.log"));
        std::fs::write(&file, format!("{content}{more}")).expect("a file");
        let double = Member {
            id: of.id,
            port: of.port,
            file,
            log,
            data: own,
            flags: of.flags.clone(),
            arguments: Vec::new(),
            small_disk: None,
            process: None,
        };
        double.format(cluster_id);
        double
    }

    /// The data folder of a member.
    pub fn data(&self, index: usize) -> PathBuf {
        self.folder.path().join(format!("data-{}", self.members[index].id))
    }

    pub fn logs(&self) -> String {
        self.members.iter().map(|member| format!("== {}\n{}", member.id, member.said())).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.logs());
        }
    }
}

impl Member {
    /// Formats its data folder.
    pub fn format(&self, cluster_id: &str) {
        let format = ["storage", "format", "-t", cluster_id, "-c"];
        let mut command = Command::new(BINARY);
        let status = command.args(format).arg(&self.file).args(&self.flags).stdout(Stdio::null()).status();
        assert!(status.expect("the binary runs").success());
    }

    /// Its `server.properties`.
    pub fn file(&self) -> &str {
        self.file.to_str().expect("a name")
    }

    /// More of its configuration, from its next start on.
    pub fn configure(&self, more: &str) {
        let content = std::fs::read_to_string(&self.file).expect("a file");
        std::fs::write(&self.file, content + more).expect("a file");
    }

    /// Other flags of `storage format` from now on.
    pub fn set_flags(&mut self, flags: &[&str]) {
        self.flags = flags.iter().map(|flag| flag.to_string()).collect();
    }

    /// Other arguments of `server` from its next start on.
    pub fn set_arguments(&mut self, arguments: &[&str]) {
        self.arguments = arguments.iter().map(|argument| argument.to_string()).collect();
    }

    /// From its next start on there is a disk of this size at its data folder, with what the folder holds then. The process
    /// alone sees it, and it goes with it.
    pub fn set_small_disk(&mut self, size: &'static str) {
        self.small_disk = Some(size);
    }

    /// Its data folder as it sees it.
    pub fn own_data(&self) -> PathBuf {
        let process = self.process.as_ref().expect("a process");
        PathBuf::from(format!("/proc/{}/root", process.id())).join(self.data.strip_prefix("/").expect("a whole path"))
    }

    /// Waits until it has ended by itself; its exit code.
    pub fn ends(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("a process");
        let mut code = None;
        until("the process ends", || {
            code = process.try_wait().expect("a child");
            code.is_some()
        });
        code.and_then(|code| code.code())
    }

    pub fn run(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("a log");
        let mut command = match self.small_disk {
            None => Command::new(BINARY),
            Some(size) => on_small_disk(&self.data, size),
        };
        command.arg("server").arg(&self.file).args(&self.arguments).env_remove("RUST_LOG").stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a log")).stderr(log);
        self.process = Some(command.spawn().expect("the binary runs"));
    }

    /// What it has said in all its lives.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn readied(&self) -> usize {
        self.said().matches("Kafka Server started").count()
    }

    pub fn becomes_ready(&self) {
        until("the node is ready", || self.readied() > 0);
    }

    pub fn signal(&self, signal: Signal) {
        let process = self.process.as_ref().expect("a process");
        kill_process(Pid::from_raw(process.id() as i32).expect("an id"), signal).expect("a signal");
    }

    /// Kills it at once, or asks it to stop; returns when it has ended.
    pub fn end(&mut self, signal: Signal) {
        self.signal(signal);
        let mut process = self.process.take().expect("a process");
        let _its_code = process.wait();
    }

    /// Runs it again and waits until it is ready.
    pub fn run_again(&mut self) {
        let before = self.readied();
        self.run();
        until("the node is ready again", || self.readied() > before);
    }

    /// Waits until it says something that it had not said `before` times.
    pub fn says(&self, text: &str, before: usize) {
        until(text, || self.said().matches(text).count() > before);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _gone_already = process.kill();
            let _reaped = process.wait();
        }
    }
}
