//! Three controllers and three brokers: started, asked how they are, stopped.

use crate::error::{During, TaskError};
use crate::soak::ask::{self, Quorum};
use crate::soak::lab::Lab;
use crate::soak::node::{self, Node, Role};
use crate::soak::{Program, metadata_log};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub const CONTROLLERS: usize = 3;
pub const BROKERS: usize = 3;
/// The host on which the client is, and from which the cluster is asked.
pub const CLIENT: usize = CONTROLLERS + BROKERS;
const START_WITHIN: Duration = Duration::from_secs(120);
const ACCIDENTS_MAX: usize = 8;
/// Records by which a voter may be behind while its leader goes on writing.
const LAG_MAX: i64 = 20;

/// The nodes, by number: controllers first.
pub struct Cluster {
    pub lab: Lab,
    pub nodes: Vec<Node>,
    /// What went wrong with a process: it ended by itself, or not when asked.
    pub accidents: Vec<String>,
    /// Reads the metadata log, whoever wrote it.
    tool: PathBuf,
}

impl Cluster {
    /// Formats and starts the nodes; returns when all of them know each other.
    pub fn start(
        (program, tool): (&Program, &Path),
        is_dynamic: bool,
        lab: Lab,
        logs: &Path,
    ) -> Result<Cluster, TaskError> {
        let id = |number: usize| i32::try_from(number + 1).unwrap_or(0);
        let controllers: Vec<(i32, SocketAddr)> =
            lab.hosts.iter().take(CONTROLLERS).map(|host| (id(host.number), host.address)).collect();
        let directories = is_dynamic.then(|| (0..CONTROLLERS).map(|_| random_uuid(tool)).collect()).transpose()?;
        let quorum = node::Quorum { controllers, directories };
        let mut nodes = Vec::new();
        for host in lab.hosts.iter().take(CLIENT) {
            let role = if host.number < CONTROLLERS { Role::Controller } else { Role::Broker };
            nodes.push(Node::format(program, (id(host.number), role), host, &quorum, logs)?);
        }
        let mut cluster = Cluster { lab, nodes, accidents: Vec::new(), tool: tool.to_path_buf() };
        for number in 0..cluster.nodes.len() {
            cluster.start_node(number)?;
        }
        cluster.wait_whole(START_WITHIN).map_err(TaskError::Broker)?;
        Ok(cluster)
    }

    pub fn start_node(&mut self, number: usize) -> Result<(), TaskError> {
        let (Some(node), Some(host)) = (self.nodes.get_mut(number), self.lab.hosts.get(number)) else { return Ok(()) };
        node.start(host)
    }

    /// SIGTERM; a node that does not end well is an accident.
    pub fn stop_node(&mut self, number: usize) {
        if let Some(Err(reason)) = self.nodes.get_mut(number).map(Node::stop) {
            self.accidents.push(reason);
        }
    }

    /// `HOST:PORT` of every broker.
    pub fn bootstrap(&self) -> String {
        let brokers: Vec<String> = self.brokers().map(|address| address.to_string()).collect();
        brokers.join(",")
    }

    fn brokers(&self) -> impl Iterator<Item = SocketAddr> {
        self.lab.hosts.iter().skip(CONTROLLERS).take(BROKERS).map(|host| host.address)
    }

    /// Asks from where the client is.
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let client = self.lab.hosts.get(CLIENT).ok_or("no host for the client")?;
        client.inside(move || question().map_err(TaskError::Broker)).map_err(|error| error.to_string())
    }

    /// What the first broker says that answers.
    fn ask_any<T: Send + 'static>(&self, question: fn(SocketAddr) -> Result<T, String>) -> Result<T, String> {
        let mut last = Err("no broker".to_owned());
        for broker in self.brokers() {
            last = self.ask(move || question(broker));
            if last.is_ok() {
                break;
            }
        }
        last
    }

    pub fn quorum(&self) -> Result<Quorum, String> {
        self.ask_any(ask::quorum)
    }

    /// The number of the node that leads the quorum.
    pub fn active_controller(&self) -> Option<usize> {
        let leader = self.quorum().ok()?.leader;
        self.nodes.iter().position(|node| node.id == leader)
    }

    /// Makes a topic of three replicas.
    pub fn create_topic(&self, name: &str, partitions: i32, configs: &'static [(&str, &str)]) -> Result<(), String> {
        let end = Instant::now() + START_WITHIN;
        loop {
            let mut last = Ok(());
            for broker in self.brokers() {
                let name = name.to_owned();
                last = self.ask(move || ask::create_topic(broker, &name, partitions, configs));
                if last.is_ok() {
                    return Ok(());
                }
            }
            if Instant::now() > end {
                return last;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Deletes a topic; it may stay where no broker answers.
    pub fn delete_topic(&self, name: &str) -> Result<(), String> {
        let mut last = Ok(());
        for broker in self.brokers() {
            let name = name.to_owned();
            last = self.ask(move || ask::delete_topic(broker, &name));
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Waits until nothing is missing.
    pub fn wait_whole(&mut self, limit: Duration) -> Result<(), String> {
        let end = Instant::now() + limit;
        loop {
            self.revive();
            if self.accidents.len() > ACCIDENTS_MAX {
                return Err("nodes end by themselves again and again".to_owned());
            }
            let Err(missing) = self.is_whole() else { return Ok(()) };
            if Instant::now() > end {
                return Err(format!("after {} s: {missing}", limit.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Starts what ended by itself, and notes it.
    pub fn revive(&mut self) {
        for number in 0..self.nodes.len() {
            let Some(node) = self.nodes.get_mut(number) else { continue };
            if node.pid().is_some() && !node.is_running() {
                self.accidents.push(format!("{} ended by itself\n{}", node.name(), node.last_words()));
                if let Err(error) = self.start_node(number) {
                    self.accidents.push(error.to_string());
                }
            }
        }
    }

    /// Whether every broker knows all brokers, every replica is in sync, and the quorum's voters follow.
    fn is_whole(&self) -> Result<(), String> {
        for broker in self.brokers() {
            let view = self.ask(move || ask::view(broker))?;
            if view.brokers.len() != BROKERS {
                return Err(format!("{broker} knows brokers {:?}", view.brokers));
            }
            if let Some(partition) = view.partitions.iter().find(|p| p.leader < 0 || p.in_sync.len() != BROKERS) {
                return Err(format!("{broker} says {partition:?}"));
            }
        }
        let quorum = self.quorum()?;
        if quorum.leader < 0 || quorum.lag > LAG_MAX {
            return Err(format!("{quorum:?}"));
        }
        Ok(())
    }

    /// What the metadata log has of each kind of record that tells of trouble, by the active controller's file.
    pub fn count_changes(&self) -> Result<metadata_log::Changes, String> {
        let active = self.active_controller().ok_or("no active controller")?;
        let host = self.lab.hosts.get(active).ok_or("no such host")?;
        let mut changes = metadata_log::count(&self.tool, host)?;
        changes.epoch = self.quorum()?.epoch;
        Ok(changes)
    }

    /// Everything ends in order, brokers first.
    pub fn stop(&mut self) {
        for number in (0..self.nodes.len()).rev() {
            self.stop_node(number);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Before their disks go.
        self.nodes.iter_mut().for_each(Node::kill);
    }
}

fn random_uuid(tool: &Path) -> Result<String, TaskError> {
    let output = Command::new(tool).args(["storage", "random-uuid"]).output().during("ask for an id")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Everything that the cluster needs of the machine.
pub fn lab(scratch: &Path, seed: u64, refused: Option<String>) -> Result<Lab, TaskError> {
    Lab::build(CLIENT + 1, scratch, seed, refused)
}
