//! Turns committed metadata into partitions, leaderships, configs and coordinators.
//!
//! Order of one publication, the same everywhere: broker configs, what is hosted here no more, new and changed partitions,
//! the image that handlers read, coordinators. The first publication waits until the broker is registered, then opens every log; it
//! runs on threads of its own, and what is published meanwhile is merged and applied after it, so that the controller of the same process is never held up. From
//! then on what was published is there: whoever publishes waits, also for logs that are opened again after a shortage.

use crate::broker::Broker;
use crate::partition::Effects;
use base::{BlockingWork, BrokerEpoch, NodeId, Now, PartitionIndex, Task, TopicId, TopicPartition};
use metadata::{ConfigResourceType, Delta, Image, NO_LEADER, Topic};
use parking_lot::Mutex;
use replication::Registrations;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Publishes to one broker.
pub struct BrokerPublisher {
    broker: Arc<Broker>,
    state: Arc<Mutex<Loading>>,
    progress: Arc<dyn Progress>,
    recovery_threads: usize,
}

/// Who hears how far a broker has come with its metadata.
pub trait Progress: Send + Sync {
    /// The metadata is here. `open` creates, renames and removes in the log directories: it is to run once the broker is
    /// registered.
    fn begin(&self, open: BlockingWork);

    /// An image was applied.
    fn published(&self, image: &Arc<Image>);
}

enum Loading {
    /// No image yet.
    NotBegun,
    /// Logs are being opened; what was published meanwhile, merged.
    Running(Option<(Arc<Image>, Delta)>),
    Live,
}

impl BrokerPublisher {
    /// Opens logs on `recovery_threads` threads for each directory; 0: on the thread that publishes, one by one.
    pub fn new(broker: Arc<Broker>, recovery_threads: usize, progress: Arc<dyn Progress>) -> BrokerPublisher {
        let state = Arc::new(Mutex::new(Loading::NotBegun));
        BrokerPublisher { broker, state, progress, recovery_threads }
    }
}

impl BrokerPublisher {
    fn reopener(&self) -> Reopener {
        let (broker, state, progress) = (self.broker.clone(), self.state.clone(), self.progress.clone());
        Reopener { broker, state, progress }
    }
}

/// Tries again to open logs that something was short for.
struct Reopener {
    broker: Arc<Broker>,
    state: Arc<Mutex<Loading>>,
    progress: Arc<dyn Progress>,
}

/// Time between two tries.
const REOPEN_US: u64 = 10_000_000;

impl Reopener {
    /// Sets a timer if there is something to try, and none is set.
    fn come_again(self) {
        if self.broker.replicas.begins_to_wait() {
            let executor = self.broker.executor.clone();
            executor.control_at(executor.now().monotonic_us + REOPEN_US, Arc::new(self));
        }
    }

    fn reopen(self) {
        let (broker, shared) = (self.broker.clone(), self.state.clone());
        broker.replicas.end_wait();
        // Answers leave behind publications: what is published meanwhile waits.
        let state = shared.lock();
        if !matches!(*state, Loading::Live) {
            // It is not long until it is.
            drop(state);
            return self.come_again();
        }
        let image = broker.image.load_full();
        let partitions = broker.replicas.take_short();
        for (topic_id, index) in &partitions {
            // Its coordinator could not be loaded either.
            if image.topic(*topic_id).is_some_and(|topic| topic.name == crate::coordinator::OFFSETS_TOPIC) {
                broker.coordinators.leadership(*topic_id, *index, None);
            }
        }
        let delta = Delta { partitions, ..Delta::default() };
        apply(&broker, &image, &delta, broker.executor.now());
        broker.replicas.vouch();
        drop(state);
        self.come_again();
    }
}

impl Task for Reopener {
    fn run(self: Arc<Self>, _: Now) {
        let Reopener { broker, state, progress } = &*self;
        let this = Reopener { broker: broker.clone(), state: state.clone(), progress: progress.clone() };
        broker.executor.run_blocking(Box::new(move || this.reopen()));
    }
}

impl quorum::Publisher for BrokerPublisher {
    fn publish(&mut self, image: &Arc<Image>, delta: &Delta, now: Now) {
        let mut state = self.state.lock();
        match &mut *state {
            Loading::Live => {
                apply(&self.broker, image, delta, now);
                drop(state);
                self.progress.published(image);
                self.reopener().come_again();
            }
            Loading::Running(waiting) => {
                let merged = match waiting.take() {
                    None => delta.clone(),
                    Some((_, mut before)) => {
                        before.merge(delta.clone());
                        before
                    }
                };
                *waiting = Some((image.clone(), merged));
            }
            Loading::NotBegun => {
                // Before its bootstrap a log has nothing to show.
                if image.features.is_empty() {
                    return;
                }
                *state = Loading::Running(None);
                drop(state);
                let (reopener, image, threads) = (self.reopener(), image.clone(), self.recovery_threads);
                let load = move || {
                    let Reopener { broker, state, progress } = &reopener;
                    first(broker, image, state, &**progress, threads);
                    reopener.come_again();
                };
                self.progress.begin(Box::new(load));
            }
        }
    }
}

fn first(broker: &Arc<Broker>, image: Arc<Image>, state: &Mutex<Loading>, progress: &dyn Progress, threads: usize) {
    broker.apply_broker_configs(&image);
    open_all(broker, &image, threads);
    broker.replicas.set_aside_strays();
    // Not before: of two folders of a log the one that was given up is the only one that has a name, for a moment.
    broker.replicas.remove_deleted();
    broker.replicas.vouch();
    let mut delta = Delta::default();
    delta.brokers.extend(image.brokers.keys());
    for topic in image.topics_by_name() {
        delta.topics.insert(topic.id);
        delta.partitions.extend(topic.partitions.keys().map(|index| (topic.id, *index)));
    }
    apply(broker, &image, &delta, broker.executor.now());
    broker.replicas.first_image_applied();
    progress.published(&image);
    apply_waiting(broker, state, progress);
}

/// Applies what was published meanwhile, and lets the next publications be applied at once. Who publishes waits for it:
/// since the first image was told the broker may be registered, and answers tell of what is here.
fn apply_waiting(broker: &Arc<Broker>, state: &Mutex<Loading>, progress: &dyn Progress) {
    let mut state = state.lock();
    let Loading::Running(waiting) = std::mem::replace(&mut *state, Loading::Live) else { return };
    let Some((image, delta)) = waiting else { return };
    apply(broker, &image, &delta, broker.executor.now());
    drop(state);
    progress.published(&image);
}

/// Opens the logs of all hosted partitions that were found, on `threads` threads for each directory.
fn open_all(broker: &Arc<Broker>, image: &Image, threads: usize) {
    let values = broker.config_layers(image).effective();
    let mut work: Vec<(TopicPartition, TopicId, base::Uuid, Arc<crate::topic_settings::TopicSettings>)> = Vec::new();
    for topic in image.topics_by_name() {
        let settings = broker.topic_settings(image, &values, &topic.name);
        for (index, partition) in &topic.partitions {
            let name = TopicPartition::new(&topic.name, *index);
            if partition.replicas.contains(&broker.node_id) && broker.replicas.is_found(&name) {
                work.push((name, topic.id, partition.directory_of(broker.node_id), settings.clone()));
            }
        }
    }
    if work.is_empty() {
        return;
    }
    let started = broker.executor.now();
    let next = AtomicUsize::new(0);
    let count = (threads * broker.replicas.directories().len()).min(work.len()).max(1);
    let open = || {
        while let Some((name, topic_id, directory, settings)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = broker.replicas.open(name, *topic_id, *directory, settings.clone()) {
                report_open(broker, name, *topic_id, &error);
            }
        }
    };
    match threads {
        0 => open(),
        _ => std::thread::scope(|scope| (0..count).for_each(|_| drop(scope.spawn(open)))),
    }
    let took_ms = (broker.executor.now().monotonic_us - started.monotonic_us) / 1000;
    tracing::info!(logs = work.len(), took_ms, "logs opened");
}

fn report_open(broker: &Broker, name: &TopicPartition, topic_id: TopicId, error: &storage::StorageError) {
    tracing::error!(partition = %name, %error, "the log cannot be opened; the partition is offline");
    if error.is_shortage() {
        broker.replicas.note_short(topic_id, name.partition);
    }
    if error.fails_log_dir()
        && let Some(directory) = error.path().and_then(|path| broker.replicas.directory_of(path))
    {
        directory.fail();
    }
}

/// The changes, and what this broker leads as well where they tell of its registration: it did not before.
fn with_own(broker: &Broker, image: &Image, delta: &Delta) -> Delta {
    let mut delta = delta.clone();
    if delta.brokers.contains(&broker.node_id) && broker.is_registered_in(image) {
        for topic in image.topics_by_name() {
            let led = topic.partitions.iter().filter(|(_, partition)| partition.leader == broker.node_id);
            delta.partitions.extend(led.map(|(index, _)| (topic.id, *index)));
        }
    }
    delta
}

fn apply(broker: &Arc<Broker>, image: &Arc<Image>, delta: &Delta, now: Now) {
    let delta = &with_own(broker, image, delta);
    let is_registered = broker.is_registered_in(image);
    let broker_configs = delta.configs.iter().any(|resource| {
        resource.kind == ConfigResourceType::Broker
            && (resource.name.is_empty() || resource.name == broker.node_id.to_string())
    });
    if broker_configs {
        broker.apply_broker_configs(image);
    }
    let values = broker.config_layers(image).effective();
    let partitions_of = |topic: &metadata::Topic| topic.partitions.keys().map(|i| (topic.id, *i)).collect::<Vec<_>>();
    let is_away = |(topic_id, index): &(TopicId, PartitionIndex)| {
        image.partition(*topic_id, *index).is_some_and(|partition| !partition.replicas.contains(&broker.node_id))
    };
    let away: Vec<_> = delta.partitions.iter().copied().filter(is_away).collect();
    // Who waits there is sent to the new leaders: the topics are not gone.
    away.iter().for_each(|(topic_id, index)| broker.replicas.reassigned(*topic_id, *index));
    broker.replicas.remove_all(delta.removed_topics.iter().flat_map(|topic| partitions_of(topic)).chain(away));
    let mut in_other_directories: Vec<(TopicId, PartitionIndex)> = Vec::new();
    let mut settings_of: Option<(TopicId, Arc<crate::topic_settings::TopicSettings>)> = None;
    for (topic_id, index) in &delta.partitions {
        let (Some(topic), Some(partition)) = (image.topic(*topic_id), image.partition(*topic_id, *index)) else {
            continue;
        };
        if !partition.replicas.contains(&broker.node_id) {
            continue;
        }
        let name = TopicPartition::new(&topic.name, *index);
        let cell = match broker.replicas.get(*topic_id, *index) {
            Some(cell) => cell,
            None => {
                let settings = match &settings_of {
                    Some((id, settings)) if id == topic_id => settings.clone(),
                    _ => broker.topic_settings(image, &values, &topic.name),
                };
                settings_of = Some((*topic_id, settings.clone()));
                let directory = partition.directory_of(broker.node_id);
                match broker.replicas.open(&name, *topic_id, directory, settings) {
                    Ok(cell) => cell,
                    Err(error) => {
                        report_open(broker, &name, *topic_id, &error);
                        continue;
                    }
                }
            }
        };
        if image.features.assigns_directories()
            && partition.directory_of(broker.node_id) != broker.moves.told_directory(&cell)
        {
            in_other_directories.push((*topic_id, *index));
        }
        let mut effects = Effects::default();
        let led_before = partition.leader == broker.node_id && !is_registered;
        let applied = match led_before {
            true => {
                let nobody_leads = metadata::Partition { leader: NO_LEADER, ..metadata::Partition::clone(partition) };
                cell.apply(broker.node_id, &nobody_leads, now, &mut effects)
            }
            false => cell.apply(broker.node_id, partition, now, &mut effects),
        };
        if partition.leader == broker.node_id {
            // A leadership may begin when a follower is long fenced.
            cell.set_brokers(&Registered(image), &mut effects);
        }
        if let Err(error) = applied {
            report_open(broker, &name, *topic_id, &error);
        }
        effects.run(&cell, now);
    }
    apply_topic_configs(broker, image, delta, &values, broker_configs, now);
    if !delta.brokers.is_empty() {
        apply_eligibility(broker, image, now);
    }
    broker.image.store(image.clone());
    broker.replica_fetchers.update(broker, image, delta);
    notify_coordinators(broker, image, delta);
    broker.assign_directories(in_other_directories);
    broker.resume_moves();
    broker.hurry_moves();
}

/// Leaders hear which brokers may be in sync: those in service, in the epoch that they fetch in.
fn apply_eligibility(broker: &Broker, image: &Image, now: Now) {
    broker.replicas.for_each(|cell| {
        let mut effects = Effects::default();
        cell.set_brokers(&Registered(image), &mut effects);
        effects.run(cell, now);
    });
}

/// What an image says of brokers.
struct Registered<'a>(&'a Image);

impl Registrations for Registered<'_> {
    fn is_eligible(&self, id: NodeId, epoch: Option<BrokerEpoch>) -> bool {
        let is_active =
            |broker: &metadata::Broker| broker.is_active() || base::mutant(base::Mutant::FencedReplicaJoins);
        let active = self.0.brokers.get(&id).filter(|broker| is_active(broker));
        let is_any = epoch.is_none() || base::mutant(base::Mutant::StaleBrokerEpochJoins);
        active.is_some_and(|broker| is_any || epoch == Some(broker.epoch))
    }

    fn is_registered(&self, id: NodeId, epoch: BrokerEpoch) -> bool {
        self.0.brokers.get(&id).is_some_and(|broker| broker.epoch == epoch)
    }

    fn is_alive(&self, id: NodeId) -> bool {
        self.0.brokers.get(&id).is_some_and(|broker| !broker.fenced)
    }
}

/// New configs reach the partitions that are there already.
fn apply_topic_configs(
    broker: &Broker,
    image: &Image,
    delta: &Delta,
    values: &config::BrokerValues,
    all: bool,
    now: Now,
) {
    let changed: BTreeSet<&str> = delta
        .configs
        .iter()
        .filter(|resource| resource.kind == ConfigResourceType::Topic)
        .map(|resource| resource.name.as_str())
        .collect();
    let topics: Vec<&Arc<Topic>> = if all {
        image.topics_by_name().collect()
    } else {
        changed.iter().filter_map(|name| image.topic_by_name(name)).collect()
    };
    for topic in topics {
        let settings = broker.topic_settings(image, values, &topic.name);
        for index in topic.partitions.keys() {
            let Some(cell) = broker.replicas.get(topic.id, *index) else { continue };
            let mut effects = Effects::default();
            cell.set_settings(settings.clone(), &mut effects);
            effects.run(&cell, now);
        }
    }
}

fn notify_coordinators(broker: &Arc<Broker>, image: &Image, delta: &Delta) {
    let name = crate::coordinator::OFFSETS_TOPIC;
    for topic in delta.removed_topics.iter().filter(|topic| topic.name == name) {
        topic.partitions.keys().for_each(|index| broker.coordinators.leadership(topic.id, *index, None));
    }
    if let Some(topic) = image.topic_by_name(name) {
        for (index, partition) in &topic.partitions {
            if delta.partitions.contains(&(topic.id, *index)) {
                let is_leader = partition.leader == broker.node_id && broker.is_registered_in(image);
                let epoch: NodeId = partition.leader_epoch;
                broker.coordinators.leadership(topic.id, *index, is_leader.then_some(epoch));
            }
        }
    }
    let removed: Vec<String> = delta.removed_topics.iter().map(|topic| topic.name.clone()).collect();
    if !removed.is_empty() {
        broker.coordinators.topics_deleted(&removed);
    }
}

#[cfg(test)]
mod tests;
