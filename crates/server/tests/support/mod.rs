//! A node's metadata quorum on a simulated disk, without the rest of the node.

#![allow(dead_code, reason = "each test uses a part of it")]

use base::{
    BlockingWork, DirectoryId, ErrorCode, Executor, Files, Knocked, Line, Network, Now, Remote, SplitMix64, Task, Uuid,
};
use config::{Properties, Settings, load};
use metadata::{Levels, VersionRange};
use protocol::{
    BrokerHeartbeatRequest, BrokerRegistrationRequest, CreateTopicsRequest, Cursor, Decode,
    IncrementalAlterConfigsRequest, Message, Request, broker_registration_request, create_topics_request,
    incremental_alter_configs_request,
};
use quorum::{ControllerRequest, Mailbox, Ports, Publications, QuorumNode, QuorumView, SharedView};
use server::{Folders, FormatAdvice, FormatRequest, format_at, open_quorum};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use testkit::{Fault, FaultOn, SimFiles};

pub const CLUSTER_ID: &str = "AAAAAAAAQACAAAAAAAAAAQ";
pub const FILE: &str = "\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
controller.listener.names=CONTROLLER
log.dirs=/data
";
pub const NO_SPACE: i32 = 28;
pub const INCARNATION: Uuid = Uuid::from_u128(77);
pub const TOPIC: i8 = 2;
pub const BROKER: i8 = 4;
pub const CLIENT_METRICS: i8 = 16;

/// Keeps what is to run elsewhere until the test runs it.
#[derive(Default)]
struct Elsewhere(Mutex<Vec<BlockingWork>>);

impl Executor for Elsewhere {
    fn now(&self) -> Now {
        Now { monotonic_us: 0, wall_ms: 0 }
    }
    fn defer(&self, _: Arc<dyn Task>) {}
    fn run_at(&self, _: u64, _: Arc<dyn Task>) {}
    fn run_blocking(&self, work: BlockingWork) {
        self.0.lock().unwrap().push(work);
    }
}

/// The only voter asks nobody.
struct Nobody;

impl Network for Nobody {
    fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        panic!("a line to {remote}")
    }

    fn knock(&self, remote: &Remote, _: u64, _: Knocked) {
        panic!("a knock at {remote}")
    }
}

/// A quorum and what it reaches the world by.
struct Opened {
    quorum: QuorumNode,
    elsewhere: Arc<Elsewhere>,
    mailbox: Mailbox,
    publications: Publications,
    view: SharedView,
}

/// The log directory that its broker registers; the ids below 100 have special meanings.
pub const DIRECTORY: DirectoryId = DirectoryId::from_u128(0x0d1e);

/// A node's quorum without the rest of it.
pub struct Node {
    pub files: SimFiles,
    pub quorum: QuorumNode,
    elsewhere: Arc<Elsewhere>,
    mailbox: Mailbox,
    publications: Publications,
    view: SharedView,
    pub now: Now,
    pub epoch: i64,
}

impl Node {
    pub fn start(more: &str) -> Node {
        Node::start_at(more, controller::default_feature_levels())
    }

    /// The same at these levels.
    pub fn start_at(more: &str, features: Vec<(String, i16)>) -> Node {
        let mut node = Node::formatted(more, features);
        node.pass(0);
        while !node.quorum.is_active_controller() {
            node.pass(100);
        }
        node.epoch = node.register().broker_epoch;
        assert!(!node.heartbeat().is_fenced);
        node
    }

    /// One that has just been elected: nothing that it wrote was synced yet.
    pub fn begin(more: &str) -> Node {
        let mut node = Node::formatted(more, controller::default_feature_levels());
        node.quorum.step(node.now, []).unwrap();
        node
    }

    /// The same on the disk as it is.
    pub fn begin_again(self, more: &str) -> Node {
        drop(self.quorum);
        let Opened { quorum, elsewhere, mailbox, publications, view } = open(&self.files, more, self.now);
        let mut node = Node { quorum, elsewhere, mailbox, publications, view, ..self };
        node.quorum.step(node.now, []).unwrap();
        node
    }

    /// What the quorum tells of itself.
    pub fn view(&self) -> Arc<QuorumView> {
        Arc::clone(&self.view.load())
    }

    fn formatted(more: &str, features: Vec<(String, i16)>) -> Node {
        let files = SimFiles::new();
        let shared: Arc<dyn Files> = Arc::new(files.clone());
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_000_000 };
        let request = FormatRequest {
            cluster_id: CLUSTER_ID.to_owned(),
            node_id: 1,
            log_dirs: vec![PathBuf::from("/data")],
            metadata_log_dir: PathBuf::from("/data"),
            features,
            more_records: Vec::new(),
            voters: None,
        };
        format_at(&shared, &request, now, &mut SplitMix64(1)).unwrap();
        let Opened { quorum, elsewhere, mailbox, publications, view } = open(&files, more, now);
        Node { files, quorum, elsewhere, mailbox, publications, view, now, epoch: -1 }
    }

    /// Ends without a word and starts again on what is on the disk.
    pub fn restart(self, more: &str) -> Node {
        drop(self.quorum);
        let Opened { quorum, elsewhere, mailbox, publications, view } = open(&self.files, more, self.now);
        let mut node = Node { quorum, elsewhere, mailbox, publications, view, ..self };
        node.pass(0);
        while !node.quorum.is_active_controller() {
            node.pass(100);
        }
        node
    }

    /// Lets milliseconds pass.
    pub fn pass(&mut self, ms: u64) {
        self.now.monotonic_us += ms * 1000;
        self.now.wall_ms += ms as i64;
        self.quorum.step(self.now, []).unwrap();
        self.settle();
    }

    /// Runs what runs elsewhere, and all that follows from it.
    fn settle(&mut self) {
        loop {
            let work = std::mem::take(&mut *self.elsewhere.0.lock().unwrap());
            if work.is_empty() && !self.mailbox.has_input() {
                break;
            }
            work.into_iter().for_each(|work| work());
            self.quorum.step(self.now, self.mailbox.take()).unwrap();
        }
        self.publications.run(&mut [], self.now);
    }

    pub fn ask<R: Request>(&mut self, version: i16, request: &R) -> R::OwnedResponse
    where
        for<'r> R::Response<'r>: Message<Owned = R::OwnedResponse>,
    {
        let (sender, receiver) = mpsc::channel();
        let request = ControllerRequest {
            api: R::API_KEY,
            version,
            body: request.to_bytes(version).unwrap(),
            caller: api::Caller::Node,
            reply: Box::new(move |result| drop(sender.send(result))),
        };
        self.mailbox.post(request);
        self.settle();
        let body = receiver.try_recv().unwrap().unwrap();
        R::Response::decode(&mut Cursor::new(&body), version).unwrap().into_owned()
    }

    pub fn register(&mut self) -> protocol::BrokerRegistrationResponse {
        let features = VersionRange::of(Levels::Known).into_iter().map(|range| broker_registration_request::Feature {
            name: range.feature.into(),
            min_supported_version: range.min,
            max_supported_version: range.max,
            ..Default::default()
        });
        let request = BrokerRegistrationRequest {
            broker_id: 1,
            cluster_id: CLUSTER_ID.into(),
            incarnation_id: INCARNATION,
            features: features.collect(),
            log_dirs: vec![DIRECTORY],
            ..Default::default()
        };
        self.ask(3, &request)
    }

    pub fn heartbeat(&mut self) -> protocol::BrokerHeartbeatResponse {
        let request = BrokerHeartbeatRequest {
            broker_id: 1,
            broker_epoch: self.epoch,
            current_metadata_offset: self.quorum.image().offset,
            ..Default::default()
        };
        self.ask(1, &request)
    }

    /// Creates topics; their error codes.
    pub fn create(&mut self, topics: &[(&str, i32)], validate_only: bool) -> Vec<ErrorCode> {
        let topic = |(name, count): &(&str, i32)| create_topics_request::CreatableTopic {
            name: (*name).to_owned().into(),
            num_partitions: *count,
            replication_factor: 1,
            ..Default::default()
        };
        let topics = topics.iter().map(topic).collect();
        let request = CreateTopicsRequest { topics, timeout_ms: 5000, validate_only, ..Default::default() };
        let response = self.ask(7, &request);
        response.topics.iter().map(|topic| ErrorCode::from_code(topic.error_code)).collect()
    }

    /// Sets a key of each resource; the error codes.
    pub fn alter(&mut self, resources: &[(i8, String)], keys: &[(&str, &str)]) -> Vec<ErrorCode> {
        let config = |(name, value): &(&str, &str)| incremental_alter_configs_request::AlterableConfig {
            name: (*name).to_owned().into(),
            config_operation: 0,
            value: Some((*value).to_owned().into()),
            ..Default::default()
        };
        let resources = resources.iter().map(|(kind, name)| incremental_alter_configs_request::AlterConfigsResource {
            resource_type: *kind,
            resource_name: name.clone().into(),
            configs: keys.iter().map(config).collect(),
            ..Default::default()
        });
        let request = IncrementalAlterConfigsRequest { resources: resources.collect(), ..Default::default() };
        let response = self.ask(1, &request);
        response.responses.iter().map(|resource| ErrorCode::from_code(resource.error_code)).collect()
    }

    pub fn partition_epoch(&self, topic: &str) -> i32 {
        self.quorum.image().topic_by_name(topic).unwrap().partitions[&0].partition_epoch
    }

    pub fn fill_disk(&self) {
        for on in [FaultOn::Write, FaultOn::Create] {
            self.files.inject(Fault { on, after: 0, errno: NO_SPACE, sticky: true });
        }
    }

    pub fn snapshots(&self) -> usize {
        let entries = self.files.list(&PathBuf::from("/data/__cluster_metadata-0")).unwrap();
        entries.iter().filter(|entry| entry.name.ends_with(".checkpoint")).count()
    }
}

fn open(files: &SimFiles, more: &str, now: Now) -> Opened {
    let shared: Arc<dyn Files> = Arc::new(files.clone());
    let properties = Properties::parse_str(&format!("{FILE}{more}")).unwrap();
    let config = load(&Settings::default().file("test", &properties)).unwrap().config;
    let folders = Folders::open(&shared, &config, &FormatAdvice::NewFolder).unwrap();
    let elsewhere = Arc::new(Elsewhere::default());
    let (mailbox, publications) = (Mailbox::default(), Publications::default());
    let ports = Ports {
        executor: elsewhere.clone(),
        network: Arc::new(Nobody),
        mailbox: mailbox.clone(),
        publications: publications.clone(),
        view: SharedView::default(),
    };
    let view = ports.view.clone();
    let quorum = open_quorum(&config, &folders, ports, Box::new(SplitMix64(2)), now).unwrap();
    Opened { quorum, elsewhere, mailbox, publications, view }
}
