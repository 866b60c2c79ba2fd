//! For the tests of this crate: partitions on a simulated disk, and an executor that runs what it is told when it is told.
//! Whoever waits for the disk while it is inside of a partition's cell fails the test.

use crate::broker::{Broker, BrokerParts};
use crate::log_dirs::Directory;
use crate::partition::append::AppendOutcome;
use crate::partition::{Acks, AppendError, Effects, PartitionCell};
use crate::replicas::{RecoveryHint, Replicas};
use crate::topic_settings::TopicSettings;
use base::{
    BlockingWork, Executor, Files, Knocked, LeaderEpoch, Line, Network, NodeId, Now, Offset, Outbound, ProducerId,
    Remote, Task,
};
use base::{TopicId, TopicPartition, Uuid};
use metadata::{Delta, Image};
use parking_lot::Mutex;
use protocol::{FeatureLevelRecord, Message, MetadataRecord, PartitionRecord, TopicRecord};
use quorum::{ControllerRequest, Input};
use records::{BatchBuilder, BatchOptions, ProduceRules};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use storage::{AppendOrigin, FolderState, LeaderBatch, LogConfig, LogDir};
use testkit::{SimFiles, WatchedFiles};

pub(crate) const NODE: NodeId = 1;
const START_MS: i64 = 1_795_000_000_000;

/// Runs work when the test says so.
pub(crate) struct TestExecutor {
    now: Mutex<Now>,
    soon: Mutex<VecDeque<Arc<dyn Task>>>,
    later: Mutex<Vec<(u64, Arc<dyn Task>)>>,
    blocking: Mutex<VecDeque<BlockingWork>>,
    waits: AtomicU64,
}

impl Executor for TestExecutor {
    fn now(&self) -> Now {
        *self.now.lock()
    }

    fn thread_waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    fn defer(&self, task: Arc<dyn Task>) {
        self.soon.lock().push_back(task);
    }

    fn run_at(&self, at_us: u64, task: Arc<dyn Task>) {
        self.later.lock().push((at_us, task));
    }

    fn run_blocking(&self, work: BlockingWork) {
        self.blocking.lock().push_back(work);
    }
}

impl TestExecutor {
    /// Runs everything that is due, and what comes of it.
    pub fn settle(&self) {
        loop {
            let now = self.now();
            let due = {
                let mut later = self.later.lock();
                let due = later.iter().position(|(at, _)| *at <= now.monotonic_us);
                due.map(|at| later.swap_remove(at).1)
            };
            let task = due.or_else(|| self.soon.lock().pop_front());
            let work = self.blocking.lock().pop_front();
            if task.is_none() && work.is_none() {
                return;
            }
            if let Some(task) = task {
                task.run(now);
            }
            if let Some(work) = work {
                work();
            }
        }
    }
}

impl TestExecutor {
    /// Lets time pass, then runs what is due.
    pub fn pass(&self, ms: i64) {
        self.tick(ms);
        self.settle();
    }

    /// Lets time pass while something else runs.
    pub fn tick(&self, ms: i64) {
        let mut now = self.now.lock();
        now.monotonic_us += ms as u64 * 1000;
        now.wall_ms += ms;
    }

    /// Runs one piece of work that waits for a thread; false: there is none.
    pub fn work_once(&self) -> bool {
        let work = self.blocking.lock().pop_front();
        work.map(|work| work()).is_some()
    }

    /// How many pieces of work wait for a thread.
    pub fn work_that_waits(&self) -> usize {
        self.blocking.lock().len()
    }

    /// Whether the calling thread had to wait for something.
    pub fn thread_waited(&self, waited: bool) {
        self.waits.fetch_add(u64::from(waited), Ordering::Relaxed);
    }

    /// Runs what was deferred until now.
    pub fn turn(&self) {
        let tasks = std::mem::take(&mut *self.soon.lock());
        tasks.into_iter().for_each(|task| task.run(self.now()));
    }

    /// How many timers are set that have something to do.
    pub fn timers(&self) -> usize {
        self.later.lock().iter().filter(|(_, task)| !task.is_over()).count()
    }

    /// Forgets what waits for a thread, as if the disk had been full when it ran.
    pub fn forget_work(&self) {
        self.blocking.lock().clear();
    }
}

/// Lines whose requests the test answers.
#[derive(Default)]
pub(crate) struct TestNetwork(Arc<Requests>);

type Requests = Mutex<VecDeque<(Remote, Outbound)>>;

struct TestLine(Remote, Arc<Requests>);

impl Network for TestNetwork {
    fn line(&self, remote: &Remote) -> Arc<dyn Line> {
        Arc::new(TestLine(remote.clone(), self.0.clone()))
    }

    fn knock(&self, remote: &Remote, _: u64, _: Knocked) {
        panic!("a broker knocks at {remote}")
    }
}

impl Line for TestLine {
    fn send(&self, request: Outbound) {
        self.1.lock().push_back((self.0.clone(), request));
    }

    fn close(&self) {}
}

impl TestNetwork {
    /// The oldest request that was not taken yet.
    pub fn take(&self) -> Option<(Remote, Outbound)> {
        self.0.lock().pop_front()
    }
}

/// Log directories with their partitions.
pub(crate) struct Bench {
    pub files: SimFiles,
    pub executor: Arc<TestExecutor>,
    pub replicas: Replicas,
    pub settings: Arc<TopicSettings>,
    pub network: Arc<TestNetwork>,
    watched: Arc<Mutex<Vec<Weak<PartitionCell>>>>,
    next_wait: Arc<Mutex<Option<BlockingWork>>>,
    /// How often a directory was synced.
    pub dir_syncs: Arc<AtomicU64>,
}

impl Bench {
    pub fn new(dirs: &[&str], change: impl FnOnce(&mut LogConfig)) -> Bench {
        Bench::on(SimFiles::new(), dirs, change)
    }

    pub fn on(files: SimFiles, dirs: &[&str], change: impl FnOnce(&mut LogConfig)) -> Bench {
        let now = Now { monotonic_us: 1_000_000, wall_ms: START_MS };
        let executor = Arc::new(TestExecutor {
            now: Mutex::new(now),
            soon: Mutex::default(),
            later: Mutex::default(),
            blocking: Mutex::default(),
            waits: AtomicU64::new(0),
        });
        let watched: Arc<Mutex<Vec<Weak<PartitionCell>>>> = Arc::default();
        let next_wait: Arc<Mutex<Option<BlockingWork>>> = Arc::default();
        let dir_syncs: Arc<AtomicU64> = Arc::default();
        let (cells, disk, wait, syncs) = (watched.clone(), files.clone(), next_wait.clone(), dir_syncs.clone());
        let shared: Arc<dyn Files> = Arc::new(WatchedFiles {
            files: Arc::new(files.clone()),
            watcher: Arc::new(move |call, path| {
                let is_inside = cells.lock().iter().filter_map(Weak::upgrade).any(|cell| cell.is_entered());
                assert!(!is_inside, "{call} of {} inside of a partition's cell", path.display());
                syncs.fetch_add(u64::from(call == "sync_dir"), Ordering::Relaxed);
                let work = wait.lock().take();
                work.into_iter().for_each(|work| work());
            }),
            waits: Arc::new(move || disk.waits()),
        });
        let directories = dirs.iter().zip(1..).map(|(dir, id)| {
            let dir = LogDir::open(shared.clone(), PathBuf::from(dir)).unwrap();
            Directory::new(Uuid::from_u128(id << 64), dir, executor.clone())
        });
        let replicas = Replicas::new(directories.collect(), executor.clone(), 7);
        let mut log = LogConfig {
            segment_bytes: 1000,
            segment_index_bytes: 1200,
            index_interval_bytes: 200,
            producer_id_expiration_ms: i64::MAX,
            ..LogConfig::default()
        };
        change(&mut log);
        let none = config::ThrottledReplicas::Listed(Vec::new());
        let settings = TopicSettings {
            log: log.into(),
            produce: ProduceRules::default(),
            min_insync_replicas: 1,
            leader_throttled: none.clone(),
            follower_throttled: none,
        };
        Bench {
            files,
            executor,
            replicas,
            settings: Arc::new(settings),
            network: Arc::default(),
            watched,
            next_wait,
            dir_syncs,
        }
    }

    pub fn now(&self) -> Now {
        self.executor.now()
    }

    /// Runs this while somebody waits for the disk the next time.
    pub fn while_the_disk_is_waited_for(&self, work: BlockingWork) {
        *self.next_wait.lock() = Some(work);
    }

    /// An image at this offset with partitions that this node leads alone: their names, topics, and what the image says of
    /// their directories.
    pub fn image(offset: Offset, partitions: &[(&str, TopicId, Uuid)]) -> Arc<Image> {
        let mut image = Image::empty();
        image.offset = offset;
        let level = FeatureLevelRecord { name: "metadata.version".into(), feature_level: 25, ..Default::default() };
        let mut records: Vec<MetadataRecord<'static>> = vec![level.into()];
        for (partition, topic_id, directory) in partitions {
            let TopicPartition { topic, partition } = name(partition);
            let topic = TopicRecord { name: topic.to_string().into(), topic_id: *topic_id, ..Default::default() };
            let partition = PartitionRecord {
                partition_id: partition,
                topic_id: *topic_id,
                replicas: vec![NODE],
                isr: vec![NODE],
                leader: NODE,
                directories: vec![*directory],
                ..Default::default()
            };
            records.extend([topic.into(), partition.into()]);
        }
        records.iter().for_each(|record| image.replay(record, &mut Delta::default()).unwrap());
        Arc::new(image)
    }

    /// Tells of a folder as a start does.
    pub fn find(&self, partition: &str, dir: usize, topic_id: Option<TopicId>) {
        let directory = self.replicas.directories()[dir].clone();
        self.replicas.add_found(name(partition), directory, topic_id, RecoveryHint::default());
    }

    /// Tells of the copies of a partition in a directory as a start does.
    pub fn find_copy(&self, partition: &str, dir: usize, topic_id: TopicId) {
        let directory = self.replicas.directories()[dir].clone();
        for folder in directory.dir.partition_folders().unwrap() {
            if folder.partition == name(partition) && folder.state == FolderState::Future {
                let place = (directory.clone(), folder.path);
                self.replicas.add_copy(folder.partition, place, Some(topic_id), RecoveryHint::default());
            }
        }
    }

    /// Tells of all folders, and of what the checkpoints say, as a start does.
    pub fn find_all(&self) {
        for directory in self.replicas.directories() {
            let read = |checkpoint| -> BTreeMap<TopicPartition, Offset> {
                directory.dir.read_checkpoint(checkpoint).unwrap().into_iter().collect()
            };
            let rows = [storage::RECOVERY_POINTS, storage::LOG_START_OFFSETS, storage::REPLICATION_OFFSETS].map(read);
            for folder in directory.dir.partition_folders().unwrap() {
                let at = |row: usize| rows[row].get(&folder.partition).copied();
                let hint = RecoveryHint {
                    recovery_point: at(0).unwrap_or(0),
                    log_start_offset: at(1).unwrap_or(0),
                    high_watermark: at(2),
                    ..RecoveryHint::default()
                };
                let (name, directory) = (folder.partition.clone(), directory.clone());
                match folder.state {
                    FolderState::Live => self.replicas.add_found(name, directory, folder.topic_id, hint),
                    FolderState::Future => {
                        self.replicas.add_copy(name, (directory, folder.path), folder.topic_id, hint);
                    }
                    _ => self.replicas.add_deleted(directory, folder.path),
                }
            }
        }
    }

    /// Opens the partition, and leads it alone.
    pub fn open(&self, partition: &str, topic_id: TopicId) -> Arc<PartitionCell> {
        let settings = self.settings.clone();
        let opened = self.replicas.open(&name(partition), topic_id, Uuid::DIRECTORY_UNASSIGNED, settings);
        let cell = opened.unwrap();
        self.watch(&cell);
        self.lead(&cell, &[NODE]);
        self.executor.settle();
        cell
    }

    /// Whoever waits for the disk inside of this cell fails the test from now on.
    pub fn watch(&self, cell: &Arc<PartitionCell>) {
        self.watched.lock().push(Arc::downgrade(cell));
    }

    /// Leads the partition in epoch 0, with these replicas in sync.
    pub fn lead(&self, cell: &Arc<PartitionCell>, replicas: &[NodeId]) {
        self.lead_in(cell, replicas, 0);
    }

    pub fn lead_in(&self, cell: &Arc<PartitionCell>, replicas: &[NodeId], leader_epoch: LeaderEpoch) {
        self.register(cell, replicas, NODE, leader_epoch);
    }

    /// Hears that this node leads the partition in this epoch.
    pub fn register(&self, cell: &Arc<PartitionCell>, replicas: &[NodeId], leader: NodeId, leader_epoch: LeaderEpoch) {
        self.apply(cell, (replicas, replicas), (leader, leader_epoch, 0));
    }

    /// Hears that this node leads the partition with these replicas and in-sync replicas, in this leader epoch and
    /// partition epoch.
    pub fn register_isr(
        &self,
        cell: &Arc<PartitionCell>,
        replicas: (&[NodeId], &[NodeId]),
        leader_epoch: LeaderEpoch,
        partition_epoch: i32,
    ) {
        self.apply(cell, replicas, (NODE, leader_epoch, partition_epoch));
    }

    fn apply(
        &self,
        cell: &Arc<PartitionCell>,
        (replicas, isr): (&[NodeId], &[NodeId]),
        (leader, leader_epoch, partition_epoch): (NodeId, LeaderEpoch, i32),
    ) {
        let registration = metadata::Partition {
            replicas: replicas.to_vec(),
            directories: vec![Uuid::DIRECTORY_UNASSIGNED; replicas.len()],
            isr: isr.to_vec(),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            elr: Vec::new(),
            last_known_elr: Vec::new(),
            leader,
            leader_recovery_state: 0,
            leader_epoch,
            partition_epoch,
        };
        let mut effects = Effects::default();
        cell.apply(NODE, &registration, self.now(), &mut effects).unwrap();
        effects.run(cell, self.now());
    }

    /// Appends a batch of one record of an idempotent producer.
    pub fn produce(&self, cell: &Arc<PartitionCell>, sequence: i32) -> Result<AppendOutcome, AppendError> {
        let leader_epoch = cell.check_leadership(-1).map_err(AppendError::Refused)?;
        self.produce_in(cell, leader_epoch, sequence)
    }

    /// Appends such a batch as somebody does who believes in this epoch.
    pub fn produce_in(
        &self,
        cell: &Arc<PartitionCell>,
        leader_epoch: LeaderEpoch,
        sequence: i32,
    ) -> Result<AppendOutcome, AppendError> {
        self.append(cell, leader_epoch, &self.record(sequence))
    }

    /// Appends a batch of one record of this producer.
    pub fn produce_as(
        &self,
        cell: &Arc<PartitionCell>,
        producer_id: ProducerId,
        sequence: i32,
    ) -> Result<AppendOutcome, AppendError> {
        let leader_epoch = cell.check_leadership(-1).map_err(AppendError::Refused)?;
        self.append(cell, leader_epoch, &self.record_of(producer_id, sequence))
    }

    fn append(
        &self,
        cell: &Arc<PartitionCell>,
        leader_epoch: LeaderEpoch,
        bytes: &[u8],
    ) -> Result<AppendOutcome, AppendError> {
        let batch = LeaderBatch::built(bytes, AppendOrigin::Client).unwrap();
        let mut effects = Effects::default();
        let outcome = cell.append_unwatched(&batch, leader_epoch, Acks::Leader, self.now(), &mut effects);
        effects.run(cell, self.now());
        outcome
    }

    /// A batch of one record.
    pub fn record(&self, sequence: i32) -> Vec<u8> {
        self.record_of(9, sequence)
    }

    fn record_of(&self, producer_id: ProducerId, sequence: i32) -> Vec<u8> {
        let options =
            BatchOptions { producer_id, producer_epoch: 0, base_sequence: sequence, ..BatchOptions::default() };
        let mut builder = BatchBuilder::new(options);
        builder.append(self.now().wall_ms, None, Some(&[b'v'; 100]), &[]);
        builder.finish().unwrap()
    }

    /// Appends so many records, one after the other.
    pub fn fill(&self, cell: &Arc<PartitionCell>, records: i32) {
        let first = cell.with_log(|log| log.log_end_offset()) as i32;
        for sequence in first..first + records {
            self.produce(cell, sequence).unwrap();
        }
    }

    /// A broker beside the partitions, for what asks for one: it has none of its own.
    pub fn broker(&self) -> Arc<Broker> {
        self.broker_with_mailbox().0
    }

    /// The same, with where its requests to the controller arrive.
    pub fn broker_with_mailbox(&self) -> (Arc<Broker>, quorum::Mailbox) {
        self.broker_of(Replicas::new(Vec::new(), self.executor.clone(), 1))
    }

    /// A broker with the partitions and directories of the bench, which has none any more.
    pub fn broker_with_partitions(&mut self) -> (Arc<Broker>, quorum::Mailbox) {
        let none = Replicas::new(Vec::new(), self.executor.clone(), 1);
        let replicas = std::mem::replace(&mut self.replicas, none);
        self.broker_of(replicas)
    }

    /// A broker of another file, without partitions.
    pub fn broker_of_file(&self, file: &str) -> (Arc<Broker>, quorum::Mailbox) {
        self.broker_with(file, Replicas::new(Vec::new(), self.executor.clone(), 1))
    }

    fn broker_of(&self, replicas: Replicas) -> (Arc<Broker>, quorum::Mailbox) {
        let file = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n\
            listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\n\
            log.index.size.max.bytes=1200\n";
        self.broker_with(file, replicas)
    }

    fn broker_with(&self, file: &str, replicas: Replicas) -> (Arc<Broker>, quorum::Mailbox) {
        let mailbox = quorum::Mailbox::default();
        let properties = config::Properties::parse_str(file).unwrap();
        let loaded = config::load(&config::Settings::default().file("bench", &properties)).unwrap();
        let broker = Broker::new(BrokerParts {
            config: loaded.config,
            cluster_id: String::new(),
            executor: self.executor.clone(),
            network: self.network.clone(),
            controller: Arc::new(mailbox.clone()),
            replicas,
            random: Box::new(base::SplitMix64(1)),
            view: Default::default(),
            loggers: Arc::default(),
        });
        (broker, mailbox)
    }

    pub fn names(&self, folder: &str) -> Vec<String> {
        self.files.list(Path::new(folder)).unwrap().into_iter().map(|entry| entry.name).collect()
    }
}

pub(crate) fn name(partition: &str) -> TopicPartition {
    let (topic, index) = partition.rsplit_once('-').unwrap();
    TopicPartition::new(topic, index.parse().unwrap())
}

pub(crate) fn end(cell: &PartitionCell) -> Offset {
    cell.with_log(|log| log.log_end_offset())
}

/// Opens logs without a registration, and tells the offset of what was published.
pub(crate) struct AtOnce<F>(pub F);

impl<F: Fn(Offset) + Send + Sync> crate::Progress for AtOnce<F> {
    fn begin(&self, open: BlockingWork) {
        open();
    }

    fn published(&self, image: &Arc<Image>) {
        (self.0)(image.offset);
    }
}

/// The one request to the controller that was not taken yet.
pub(crate) fn only_request(mailbox: &quorum::Mailbox) -> ControllerRequest {
    let mut inputs: Vec<Input> = mailbox.take().into();
    match (inputs.pop(), inputs.is_empty()) {
        (Some(Input::Request(request)), true) => request,
        (last, _) => panic!("{} inputs", inputs.len() + usize::from(last.is_some())),
    }
}

/// Answers as the controller.
pub(crate) fn answer(request: ControllerRequest, response: &impl Message) {
    (request.reply)(Ok(response.to_bytes(request.version).unwrap()));
}
