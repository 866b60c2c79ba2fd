//! Three processes of one cluster on this machine.

use crate::broker::{Kind, Place};
use crate::process::{self, Memory};
use crate::topics::wait_until;
use crate::wire::Connection;
use protocol::{
    CreateTopicsRequest, DescribeQuorumRequest, ElectLeadersRequest, MetadataRequest, create_topics_request,
    describe_quorum_request, metadata_request,
};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const COUNT: usize = 3;
const CLUSTER_ID: &str = "MkU3OEVBNTcwNTJENDM2Qk";
const STOPPED_WITHIN: Duration = Duration::from_secs(180);
const REQUEST_TIMEOUT_MS: i32 = 120_000;

/// A partition as one node knows it.
#[derive(Debug, Clone)]
pub struct Partition {
    pub index: i32,
    /// The place of its leader among the nodes; none: it has no leader.
    pub leader: Option<usize>,
    pub in_sync: usize,
}

struct Node {
    port: u16,
    child: Option<Child>,
}

pub struct Nodes {
    kind: Kind,
    folder: PathBuf,
    nodes: Vec<Node>,
}

impl Nodes {
    /// Formats fresh folders and starts all; returns when all are in the cluster. `more`: further lines of the configuration.
    pub fn start(kind: &Kind, place: &Place, more: &str) -> Result<Nodes, String> {
        let ports = (0..COUNT).map(|_| place.ports()).collect::<Result<Vec<u16>, String>>()?;
        let folder = place.folder().join(format!("ottla-bench-{}-{}", std::process::id(), ports[0]));
        let _none_before = std::fs::remove_dir_all(&folder);
        let voters: Vec<String> = (0..COUNT).map(|i| format!("{}@127.0.0.1:{}", i + 1, ports[i] + 1)).collect();
        let nodes = ports.iter().map(|port| Node { port: *port, child: None }).collect();
        let mut all = Nodes { kind: kind.clone(), folder, nodes };
        for (i, port) in ports.iter().enumerate() {
            let data = all.home(i).join("data");
            std::fs::create_dir_all(all.home(i)).map_err(|error| error.to_string())?;
            let text = format!(
                "process.roles=broker,controller\nnode.id={}\ncontroller.quorum.voters={}\n\
                 listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{}\n\
                 advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\nlog.dirs={}\n\
                 offsets.topic.replication.factor=3\ntransaction.state.log.replication.factor=3\n\
                 min.insync.replicas=2\ngroup.initial.rebalance.delay.ms=0\nlog.segment.delete.delay.ms=1000\n{more}",
                i + 1,
                voters.join(","),
                port + 1,
                data.display()
            );
            std::fs::write(all.properties(i), text).map_err(|error| error.to_string())?;
            let mut format = all.tool("kafka-storage.sh", "storage")?;
            let format = format.args(["format", "-t", CLUSTER_ID, "-c"]).arg(all.properties(i)).output();
            let format = format.map_err(|error| format!("format: {error}"))?;
            if !format.status.success() {
                return Err(format!("format failed: {}", String::from_utf8_lossy(&format.stderr)));
            }
        }
        (0..COUNT).try_for_each(|i| all.launch(i))?;
        (0..COUNT).try_for_each(|i| all.wait_ready(i))?;
        Ok(all)
    }

    fn home(&self, i: usize) -> PathBuf {
        self.folder.join(format!("node-{}", i + 1))
    }

    fn properties(&self, i: usize) -> PathBuf {
        self.home(i).join("server.properties")
    }

    fn tool(&self, script: &str, command: &str) -> Result<Command, String> {
        match &self.kind {
            Kind::Ottla(binary) | Kind::Before(binary) => {
                let mut tool = Command::new(binary);
                tool.arg(command);
                Ok(tool)
            }
            Kind::Kafka(bin) => Ok(Command::new(bin.join(script))),
            Kind::Floor => Err("the bare server has no cluster".into()),
        }
    }

    /// Starts a process on the folder that is there; does not wait for it.
    pub fn launch(&mut self, i: usize) -> Result<(), String> {
        let log = self.home(i).join("server.log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).map_err(|error| error.to_string())?;
        let out = log.try_clone().map_err(|error| error.to_string())?;
        let mut server = self.tool("kafka-server-start.sh", "server")?;
        server.arg(self.properties(i)).env("LOG_DIR", self.home(i).join("logs"));
        let child = server.stdin(Stdio::null()).stdout(out).stderr(log).spawn();
        self.nodes[i].child = Some(child.map_err(|error| format!("start: {error}"))?);
        Ok(())
    }

    /// Waits until the node itself knows all that run as brokers of the cluster.
    pub fn wait_ready(&mut self, i: usize) -> Result<(), String> {
        let running = self.nodes.iter().filter(|node| node.child.is_some()).count();
        let address = self.address(i);
        wait_until("all nodes are in the cluster", || {
            let request = MetadataRequest { topics: Some(Vec::new()), ..Default::default() };
            let known = Connection::open(&address)?.call(12, &request)?.brokers.len();
            if known >= running { Ok(()) } else { Err(format!("brokers: {known}")) }
        })
    }

    pub fn address(&self, i: usize) -> String {
        format!("127.0.0.1:{}", self.nodes[i].port)
    }

    /// CPU of all that run, since each was started.
    pub fn cpu_seconds(&self) -> f64 {
        self.pids().map(process::cpu_seconds).sum()
    }

    pub fn memory(&self) -> Memory {
        let all: Vec<Memory> = self.pids().map(process::memory).collect();
        let sum = |of: fn(&Memory) -> f64| all.iter().map(of).sum();
        Memory { resident_mb: sum(|m| m.resident_mb), anonymous_mb: sum(|m| m.anonymous_mb) }
    }

    fn pids(&self) -> impl Iterator<Item = u32> {
        self.nodes.iter().filter_map(|node| node.child.as_ref().map(Child::id))
    }

    pub fn kill(&mut self, i: usize) {
        if let Some(mut child) = self.nodes[i].child.take() {
            let _gone = child.kill();
            let _status = child.wait();
        }
    }

    pub fn stop(&mut self, i: usize) -> Result<(), String> {
        let Some(child) = &mut self.nodes[i].child else { return Ok(()) };
        let _sent = Command::new("kill").arg(child.id().to_string()).status();
        let deadline = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < deadline {
            if let Ok(Some(_)) = child.try_wait() {
                self.nodes[i].child = None;
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.kill(i);
        Err(format!("did not stop within {STOPPED_WITHIN:?} of SIGTERM"))
    }

    /// The node whose controller is the active one, as another node says.
    pub fn active_controller(&self, asks: usize) -> Result<usize, String> {
        let request = DescribeQuorumRequest {
            topics: vec![describe_quorum_request::TopicData {
                topic_name: "__cluster_metadata".into(),
                partitions: vec![describe_quorum_request::PartitionData { partition_index: 0, ..Default::default() }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let answer = Connection::open(&self.address(asks))?.call(1, &request)?;
        let leader = answer.topics.first().and_then(|topic| topic.partitions.first()).map_or(-1, |p| p.leader_id);
        if (1..=COUNT as i32).contains(&leader) { Ok(leader as usize - 1) } else { Err("no active controller".into()) }
    }

    /// Asks once for a topic with three replicas of each partition, or one.
    pub fn try_create(&self, asks: usize, name: &str, partitions: i32, replicas: i16) -> Result<(), String> {
        let topic = create_topics_request::CreatableTopic {
            name: name.to_owned().into(),
            num_partitions: partitions,
            replication_factor: replicas,
            ..Default::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: REQUEST_TIMEOUT_MS, ..Default::default() };
        let answer = Connection::open(&self.address(asks))?.call(5, &request)?;
        match answer.topics.first().map_or(-1, |topic| topic.error_code) {
            0 => Ok(()),
            error => Err(format!("create topic {name}: error {error}")),
        }
    }

    /// Creates a topic and returns when all its replicas are in sync, as every node that runs knows.
    pub fn create(&self, name: &str, partitions: i32) -> Result<(), String> {
        self.try_create(0, name, partitions, COUNT as i16)?;
        (0..COUNT).try_for_each(|i| wait_until("the topic is replicated", || self.all_in_sync(i, name, partitions)))
    }

    /// An error unless every partition has all its replicas in sync.
    pub fn all_in_sync(&self, asks: usize, name: &str, partitions: i32) -> Result<(), String> {
        let found = self.partitions(asks, name)?;
        let in_sync = found.iter().filter(|partition| partition.leader.is_some() && partition.in_sync == COUNT).count();
        let is_so = in_sync == partitions as usize;
        if is_so { Ok(()) } else { Err(format!("partitions that are in sync: {in_sync}")) }
    }

    pub fn partitions(&self, asks: usize, name: &str) -> Result<Vec<Partition>, String> {
        let topic = metadata_request::MetadataRequestTopic { name: Some(name.to_owned().into()), ..Default::default() };
        let request = MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
        let answer = Connection::open(&self.address(asks))?.call(12, &request)?;
        let topic = answer.topics.first().filter(|topic| topic.error_code == 0);
        let partitions = topic.map(|topic| &topic.partitions[..]).unwrap_or_default();
        let one = |p: &protocol::metadata_response::MetadataResponsePartition| Partition {
            index: p.partition_index,
            leader: usize::try_from(p.leader_id - 1).ok().filter(|place| *place < COUNT),
            in_sync: p.isr_nodes.len(),
        };
        let mut all: Vec<Partition> = partitions.iter().map(one).collect();
        all.sort_by_key(|partition| partition.index);
        Ok(all)
    }

    /// Gives every partition back to its first replica.
    pub fn elect_preferred(&self) -> Result<(), String> {
        let request = ElectLeadersRequest {
            election_type: 0,
            topic_partitions: None,
            timeout_ms: REQUEST_TIMEOUT_MS,
            ..Default::default()
        };
        Connection::open(&self.address(0))?.call(2, &request).map(drop)
    }

    /// The address of the leader of each partition, in their order.
    pub fn leaders(&self, name: &str) -> Result<Vec<String>, String> {
        let partitions = self.partitions(0, name)?;
        let address = |partition: &Partition| partition.leader.map(|place| self.address(place));
        partitions.iter().map(|partition| address(partition).ok_or_else(|| "no leader".to_owned())).collect()
    }
}

/// A load on a new topic: Kafka's brokers show a topic shortly before they take records for it.
pub fn steadily<T>(mut load: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    for _ in 0..3 {
        match load() {
            Err(error) => eprintln!("  once more: {error}"),
            done => return done,
        }
        std::thread::sleep(Duration::from_secs(2));
    }
    load()
}

impl Drop for Nodes {
    fn drop(&mut self) {
        (0..self.nodes.len()).for_each(|i| self.kill(i));
        let _left_for_the_system = std::fs::remove_dir_all(&self.folder);
    }
}
