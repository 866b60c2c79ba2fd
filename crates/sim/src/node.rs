//! A simulated process: a node as the server puts it together, run without threads.

use crate::ending::Running;
use crate::executor::{SimExecutor, Work};
use crate::workload::Peer;
#[cfg(test)]
use api::Dispatcher;
use api::Open;
use base::{Executor, Files, Knocked, LeaderEpoch, Line, Network, NodeId, Now, Random, Remote, SplitMix64};
use broker::{Broker, Housekeeping, LifecycleState};
use config::{Properties, ServerConfig, Settings, load};
use metadata::Image;
use net::{Answer, ConnectionInfo, Piece, Reply};
use parking_lot::Mutex;
use protocol::header::{decode_response_header, encode_request};
use protocol::{Decode, Message, Request, Writer};
use quorum::{Input, Publisher, QuorumNode};
use raft::VoterSet;
use server::{
    Assembled, BrokerRole, Event, Folders, FormatAdvice, FormatRequest, InitialVoters, NodeParts, Parts, assemble,
    format_at,
};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::SimFiles;

/// What differs from seed to seed, the same for all processes of one.
#[derive(Debug, Clone, Copy)]
pub struct Swarm {
    pub has_two_dirs: bool,
    pub checkpoint_ms: u32,
    pub snapshot_bytes: u32,
    pub is_slow: bool,
    /// Of the clients' topics.
    pub segment_bytes: u32,
}

impl Swarm {
    pub fn draw(random: &mut SplitMix64) -> Swarm {
        let mut one_of = |choices: [u32; 3]| choices[random.below(3) as usize];
        Swarm {
            has_two_dirs: one_of([0, 1, 1]) == 1,
            checkpoint_ms: one_of([300, 2_000, 60_000]),
            snapshot_bytes: one_of([500, 1_500, 20_000_000]),
            is_slow: one_of([0, 0, 1]) == 1,
            segment_bytes: one_of([1_200, 4_000, 1 << 20]),
        }
    }

    fn dirs(&self) -> &'static [&'static str] {
        if self.has_two_dirs { &["/data", "/more"] } else { &["/data"] }
    }

    fn file(&self) -> String {
        let (dirs, checkpoint_ms, snapshot_bytes) = (self.dirs().join(","), self.checkpoint_ms, self.snapshot_bytes);
        format!(
            "{FILE}log.dirs={dirs}\n\
            log.flush.offset.checkpoint.interval.ms={checkpoint_ms}\n\
            log.flush.start.offset.checkpoint.interval.ms={checkpoint_ms}\n\
            replica.high.watermark.checkpoint.interval.ms={checkpoint_ms}\n\
            metadata.log.max.record.bytes.between.snapshots={snapshot_bytes}\n"
        )
    }
}

const FILE: &str = "\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=PLAINTEXT://127.0.0.1:9092
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
log.index.size.max.bytes=4096
log.index.interval.bytes=256
group.initial.rebalance.delay.ms=0
log.retention.check.interval.ms=150
offsets.retention.check.interval.ms=1000
";

const CLUSTER_ID: &str = "AAAAAAAAQACAAAAAAAAAAQ";

/// An answer that came back to a simulated connection: its tag, and the frame without its length (`None`: closed).
pub type Inbox = Arc<Mutex<VecDeque<(u64, Option<Vec<u8>>)>>>;

/// A running process.
pub struct SimNode {
    pub executor: Arc<SimExecutor>,
    parts: NodeParts,
    quorum: Option<QuorumNode>,
    publishers: Vec<Box<dyn Publisher>>,
    waiting: VecDeque<Input>,
    quorum_deadline_us: Option<u64>,
    has_failed: Arc<AtomicBool>,
    info: ConnectionInfo,
    pub inbox: Inbox,
    next_tag: u64,
    serves: bool,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Worked,
    /// Nothing is due before this time.
    IdleUntil(Option<u64>),
    /// The node cannot go on and would end its process.
    Died,
}

fn config(swarm: &Swarm) -> Result<ServerConfig, String> {
    let properties = Properties::parse_str(&swarm.file()).map_err(|error| error.to_string())?;
    let loaded = load(&Settings::default().file("sim", &properties)).map_err(|error| error.to_string())?;
    Ok(loaded.config)
}

/// The network of a node that has no others.
struct Alone;

impl Network for Alone {
    fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        unreachable!("a node alone opens no line, and wants one to {remote}")
    }

    fn knock(&self, remote: &Remote, _: u64, _: Knocked) {
        unreachable!("a node alone suspects nobody, and knocks at {remote}")
    }
}

/// Formats the simulated folders, those that are not yet.
pub fn format(files: &SimFiles, swarm: &Swarm, now: Now, random: &mut SplitMix64) -> Result<(), String> {
    format_node(files, 1, swarm.dirs(), None, now, random)
}

/// The same for a node of any id; the first folder has the metadata log. `voters`: those that a dynamic quorum begins with.
pub fn format_node(
    files: &SimFiles,
    node_id: NodeId,
    dirs: &[&str],
    voters: Option<&VoterSet>,
    now: Now,
    random: &mut SplitMix64,
) -> Result<(), String> {
    let request = FormatRequest {
        cluster_id: CLUSTER_ID.to_owned(),
        node_id,
        log_dirs: dirs.iter().map(PathBuf::from).collect(),
        metadata_log_dir: PathBuf::from("/data"),
        features: controller::default_feature_levels(),
        more_records: Vec::new(),
        voters: voters.cloned().map(InitialVoters::These),
    };
    let files: Arc<dyn Files> = Arc::new(files.clone());
    format_at(&files, &request, now, random).map_err(|error| error.to_string())?;
    Ok(())
}

impl SimNode {
    /// Starts a process on the disk as it is.
    pub fn start(files: &SimFiles, swarm: &Swarm, now: Now, seed: u64) -> Result<SimNode, String> {
        SimNode::start_with(files, config(swarm)?, Arc::new(Alone), now, seed)
    }

    /// The same with any configuration, where others are reached by `network`.
    pub fn start_with(
        files: &SimFiles,
        config: ServerConfig,
        network: Arc<dyn Network>,
        now: Now,
        seed: u64,
    ) -> Result<SimNode, String> {
        let mut random = SplitMix64(seed);
        let executor = SimExecutor::new(now);
        let files: Arc<dyn Files> = Arc::new(files.clone());
        let folders = Folders::open(&files, &config, &FormatAdvice::NewFolder).map_err(|error| error.to_string())?;
        let has_failed = Arc::new(AtomicBool::new(false));
        let failed = has_failed.clone();
        let Assembled { quorum, publishers, parts } = assemble(Parts {
            config,
            folders,
            executor: executor.clone(),
            network,
            random: &mut || Box::new(SplitMix64(random.next_u64())),
            loggers: Arc::default(),
            on_event: Arc::new(move |event| {
                if let Event::Fatal(_) | Event::Ends(_) = event {
                    failed.store(true, Ordering::Relaxed);
                }
            }),
            on_published: Arc::new(|_| {}),
            recovery_threads: 0,
            ignores_acls: false,
            now,
        })
        .map_err(|error| error.to_string())?;
        let local = std::net::SocketAddr::from(([127, 0, 0, 1], 9092));
        let info = ConnectionInfo { id: 1, listener: "PLAINTEXT".into(), peer: local, local };
        Ok(SimNode {
            executor,
            parts,
            quorum: Some(quorum),
            publishers,
            waiting: VecDeque::new(),
            quorum_deadline_us: Some(0),
            has_failed,
            info,
            inbox: Inbox::default(),
            next_tag: 1,
            serves: false,
        })
    }

    fn role(&self) -> Option<&BrokerRole> {
        self.parts.broker.as_ref()
    }

    /// Whether clients may connect.
    pub fn serves(&self) -> bool {
        self.serves
    }

    pub fn broker(&self) -> Option<&Arc<Broker>> {
        self.role().map(|role| &role.broker)
    }

    /// Where requests go, also from other threads, and as which connection.
    #[cfg(test)]
    pub fn clients(&self) -> (Arc<Dispatcher<Arc<Broker>>>, ConnectionInfo) {
        (self.role().expect("a broker").clients.clone(), self.info.clone())
    }

    /// The directories that are out of service.
    #[cfg(test)]
    pub fn failed_dirs(&self) -> Vec<PathBuf> {
        let failed = self.parts.directories.iter().filter(|directory| directory.dir.is_failed());
        failed.map(|directory| directory.dir.path().to_owned()).collect()
    }

    /// Does one piece of work.
    pub fn step(&mut self, random: &mut SplitMix64) -> Step {
        // As the server: without the metadata's directory, or without any, the process ends.
        if self.has_failed.load(Ordering::Relaxed) {
            return Step::Died;
        }
        let now = self.executor.now();
        self.waiting.extend(self.parts.mailbox.take());
        let quorum_is_due =
            !self.waiting.is_empty() || self.quorum_deadline_us.is_some_and(|at| at <= now.monotonic_us);
        let has_work = self.executor.has_work();
        let publishes = self.parts.publications.has_work();
        let mut kinds = Vec::new();
        kinds.extend(quorum_is_due.then_some(0));
        kinds.extend(has_work.then_some(1));
        kinds.extend(publishes.then_some(2));
        if kinds.is_empty() {
            return Step::IdleUntil(self.next_us());
        }
        match kinds[random.below(kinds.len() as u64) as usize] {
            0 => {
                let Some(quorum) = &mut self.quorum else { return Step::Died };
                match quorum.step(now, self.waiting.drain(..)) {
                    Ok(deadline) => self.quorum_deadline_us = deadline,
                    Err(_) => {
                        // Its log may have failed to reach the disk: nothing of it is used any more, and it is not closed.
                        self.quorum = None;
                        return Step::Died;
                    }
                }
            }
            1 => match self.executor.next(random) {
                Some(work) => run(work, now),
                // What there is is late: time passes.
                None if kinds.len() == 1 => return Step::IdleUntil(self.next_us()),
                None => {}
            },
            _ => self.parts.publications.run(&mut self.publishers, now),
        }
        self.after_work()
    }

    fn after_work(&mut self) -> Step {
        if let Some(BrokerRole { broker, lifecycle, .. }) = &self.parts.broker
            && !self.serves
            && lifecycle.state() == LifecycleState::Running
        {
            self.serves = true;
            Housekeeping::start(broker);
        }
        Step::Worked
    }

    /// Sends a request of a client; its answer appears in the inbox under the tag.
    pub fn send_frame(&self, tag: u64, mut frame: Vec<u8>) {
        let inbox = self.inbox.clone();
        let reply = Reply::callback(move |answer| inbox.lock().push_back((tag, answer_bytes(answer))));
        self.serve(false, self.info.id, &mut frame, reply);
    }

    /// Hands a request to the listener of controllers, or to that of clients. Where there is none, nobody answers but the
    /// closed connection.
    pub fn serve(&self, to_controller: bool, connection: u64, frame: &mut [u8], reply: Reply) {
        let now = self.executor.now();
        let info = ConnectionInfo { id: connection, ..self.info.clone() };
        match (to_controller, &self.parts.controller, self.role()) {
            (true, Some(service), _) => drop(service.request(&info, &Open::anonymous(), frame, reply, now)),
            (false, _, Some(role)) => drop(role.clients.request(&info, &Open::anonymous(), frame, reply, now)),
            _ => reply.send(Answer::Close),
        }
    }

    /// Who asked the listener of controllers over a connection has closed it.
    pub fn line_closed(&self, connection: u64) {
        if let Some(service) = &self.parts.controller {
            service.closed(&ConnectionInfo { id: connection, ..self.info.clone() });
        }
    }

    /// When it has something to do next.
    pub fn next_us(&self) -> Option<u64> {
        [self.executor.next_timer_us(), self.quorum_deadline_us].into_iter().flatten().min()
    }

    /// The image that its quorum has committed, as far as it is shown to anybody.
    pub fn committed_image(&self) -> Option<Arc<Image>> {
        self.quorum.as_ref().map(|quorum| quorum.image().clone())
    }

    /// What is wrong with the logs as they are now, looked at from inside.
    pub fn wrong_logs(&self) -> Option<String> {
        self.broker()?.replicas.all().iter().find_map(|cell| {
            // A follower hears of what is committed before its own copy is on disk, where it is not in sync.
            let on_disk = cell.settings().log.flush_messages <= 1 && cell.check_leadership(-1).is_ok();
            cell.with_log(|log| {
                let (start, watermark, end) = (log.log_start_offset(), log.high_watermark(), log.log_end_offset());
                let flushed = if on_disk { log.recovery_point() } else { end };
                let fits = start <= watermark && watermark <= flushed && flushed <= end;
                let text = || {
                    let name = &cell.name;
                    format!("{name}: log start {start}, high watermark {watermark}, on disk {flushed}, log end {end}")
                };
                (!fits && !log.is_failed()).then(text)
            })
        })
    }

    /// Begins to leave the cluster.
    pub fn leave(&self) {
        match self.role() {
            Some(role) => role.lifecycle.leave(),
            None => self.parts.mailbox.leave(),
        }
    }

    /// Whether it may stop: a broker when its controller agrees, a controller alone when it has handed over.
    pub fn has_left(&self) -> bool {
        match self.role() {
            Some(role) => role.lifecycle.state() == LifecycleState::Left,
            None => self.parts.view.load().has_left,
        }
    }

    /// The epoch of the metadata quorum that it leads, if it does.
    pub fn leads(&self) -> Option<LeaderEpoch> {
        self.quorum.as_ref()?.leads()
    }

    /// Who votes, as it knows it.
    pub fn voters(&self) -> Option<&VoterSet> {
        Some(self.quorum.as_ref()?.voters())
    }

    /// Stops in order and closes everything.
    pub fn stop(mut self, random: &mut SplitMix64) {
        self.leave();
        for _ in 0..100_000 {
            if self.has_left() {
                break;
            }
            match self.step(random) {
                Step::IdleUntil(Some(at)) => self.executor.advance_to(at),
                Step::IdleUntil(None) | Step::Died => break,
                Step::Worked => {}
            }
        }
        self.close();
    }

    /// Closes everything, whether it has left or not.
    pub fn close(mut self) {
        let clean = self.parts.close_logs();
        let now = self.executor.now();
        let closed = self.quorum.take().is_some_and(|quorum| quorum.close(now).is_ok());
        let _the_next_start_recovers = self.parts.leave_folders(clean && closed);
        self.executor.clear();
    }

    /// The process dies: nothing more of it runs.
    pub fn kill(self) {
        self.executor.clear();
    }
}

/// A request as it comes from a connection, without its length.
pub fn frame<R: Request>(tag: u64, version: i16, request: &R) -> Vec<u8> {
    let mut writer = Writer::new();
    if let Err(error) = encode_request(&mut writer, version, tag as i32, Some("sim"), request) {
        unreachable!("the workload sends what can be encoded: {error}");
    }
    writer.into_bytes().split_off(4)
}

impl Peer for SimNode {
    fn send<R: Request>(&mut self, version: i16, request: &R) -> u64 {
        let tag = self.next_tag;
        self.next_tag += 1;
        self.send_frame(tag, frame(tag, version, request));
        tag
    }

    fn now(&self) -> Now {
        self.executor.now()
    }
}

impl Running for SimNode {
    fn go_on(&mut self, random: &mut SplitMix64) -> bool {
        match self.step(random) {
            Step::Worked => true,
            Step::IdleUntil(Some(at)) => {
                self.executor.advance_to(at);
                true
            }
            Step::IdleUntil(None) | Step::Died => false,
        }
    }

    fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}

fn run(work: Work, now: Now) {
    match work {
        Work::Task(task) => task.run(now),
        Work::Blocking(work) => work(),
    }
}

/// The frame of an answer without its length; files are read as an encrypted connection would.
pub fn answer_bytes(answer: Answer) -> Option<Vec<u8>> {
    let pieces = match answer {
        Answer::Bytes(bytes) | Answer::Last(bytes) => return Some(bytes[4..].to_vec()),
        Answer::Pieces(pieces) => pieces,
        Answer::Nothing | Answer::Close => return None,
    };
    let mut frame = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => frame.extend(bytes),
            Piece::File { file, position, len } => {
                let at = frame.len();
                frame.resize(at + len, 0);
                if file.read_full_at(&mut frame[at..], position).ok() != Some(len) {
                    return None;
                }
            }
        }
    }
    Some(frame.split_off(4))
}

/// Decodes an answer.
pub fn decode<R: Request>(frame: &[u8], version: i16) -> Option<R::OwnedResponse>
where
    for<'r> R::Response<'r>: Decode<'r> + Message<Owned = R::OwnedResponse>,
{
    let (_, mut body) = decode_response_header(frame, R::API_KEY, version).ok()?;
    Some(R::Response::decode(&mut body, version).ok()?.into_owned())
}
