//! What this node takes no part in: a cluster with finalized levels that it does not serve, or with transactions. It ends by
//! name before it leads, shows metadata or registers.
//!
//! Its vote it grants before it knows: to whoever has at least what it has, which may be the only one that knows better, and
//! without a leader it would hear of nothing. A vote (and the line of `quorum-state` that keeps it, Kafka's own) says
//! nothing of levels, and harms no cluster, whatever it has finalized.
//!
//! A node that is a cluster by itself goes on with all levels that are known (`metadata::Levels`). Its log is looked at before
//! anything is replayed, because the level of a later Kafka comes before records that cannot be read here.

use crate::QuorumError;
use crate::bootstrap::BootstrapCheckpoint;
use crate::node::QuorumNode;
use base::{NodeId, Now, TopicId};
use metadata::{Features, Image, KRAFT_VERSION, Levels, TRANSACTION_TOPIC, Unserved, VersionRange};
use protocol::MetadataRecord;
use std::collections::BTreeSet;

/// Time in which a voter whose log says what it does not serve must hear that this holds no more.
const LOOK_FOR_US: u64 = 10_000_000;

/// Why a voter stands in no election, and when it ends for it.
pub(crate) struct Muted {
    reason: QuorumError,
    until_us: u64,
}

/// What is to be known of a log before it is replayed, and as far as it can be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Glimpse {
    pub features: Features,
    brokers: BTreeSet<NodeId>,
    transaction_topic: Option<TopicId>,
    /// Before the metadata transaction that is open.
    before: Option<Box<Glimpse>>,
}

impl Glimpse {
    pub fn note(&mut self, record: &MetadataRecord<'_>) {
        match record {
            MetadataRecord::FeatureLevel(level) => self.features.set(&level.name, level.feature_level),
            MetadataRecord::RegisterBroker(broker) => _ = self.brokers.insert(broker.broker_id),
            MetadataRecord::UnregisterBroker(broker) => _ = self.brokers.remove(&broker.broker_id),
            MetadataRecord::Topic(topic) if topic.name == TRANSACTION_TOPIC => {
                self.transaction_topic = Some(topic.topic_id);
            }
            MetadataRecord::RemoveTopic(topic) if self.transaction_topic == Some(topic.topic_id) => {
                self.transaction_topic = None;
            }
            MetadataRecord::BeginTransaction(_) => self.before = Some(Box::new(self.clone())),
            MetadataRecord::EndTransaction(_) => self.before = None,
            MetadataRecord::AbortTransaction(_) => {
                if let Some(before) = self.before.take() {
                    *self = *before;
                }
            }
            _ => {}
        }
    }

    /// Why something cannot be read: levels that are not known say more than the first record that is not.
    pub fn explain(&self, error: QuorumError) -> QuorumError {
        explain(error, &self.features)
    }
}

/// As [`Glimpse::explain`].
pub(crate) fn explain(error: QuorumError, features: &Features) -> QuorumError {
    let unknown = features.beyond(Levels::Known);
    if unknown.is_empty() { error } else { QuorumError::Levels(unknown) }
}

/// Whether a level of `kraft.version` is known; it has records of its own.
pub(crate) fn check_kraft_version(level: i16) -> Result<(), QuorumError> {
    if Levels::Known.has(KRAFT_VERSION, level) {
        return Ok(());
    }
    let range = Levels::Known.range(KRAFT_VERSION);
    Err(QuorumError::Levels(vec![Unserved { feature: KRAFT_VERSION.to_owned(), level, range }]))
}

impl QuorumNode {
    /// The levels at which this node takes part, by what the image says of others.
    pub(crate) fn levels_in(&self, image: &Image) -> Levels {
        self.levels_beside(image.brokers.keys().any(|id| *id != self.config.local.id))
    }

    /// The same, as the newest image says.
    pub(crate) fn current_levels(&self) -> Levels {
        self.view_image().map_or(Levels::Served, |image| self.levels_in(image))
    }

    fn levels_beside(&self, has_other_brokers: bool) -> Levels {
        let is_combined = self.config.is_controller && self.config.is_broker;
        let is_alone = is_combined && self.is_voter() && self.voter_count() == 1 && !has_other_brokers;
        if is_alone { Levels::Known } else { Levels::Served }
    }

    /// Looks at what the log here holds, before this node leads with it. A log may be older than its cluster, which has taken
    /// the levels down meanwhile: where there are other voters this one follows them first, and stands in no election.
    pub(crate) fn check_log(&mut self, mut glimpse: Glimpse, now: Now) -> Result<(), QuorumError> {
        if !self.config.is_controller || !self.is_voter() {
            return Ok(());
        }
        if glimpse.features.is_empty() {
            // What it would write as the first leader of a new cluster.
            let bootstrap = BootstrapCheckpoint::read(&*self.files, &self.config.metadata_log_dir)?;
            bootstrap.iter().flat_map(|checkpoint| &checkpoint.records).for_each(|record| glimpse.note(&record.value));
        }
        let levels = self.levels_beside(glimpse.brokers.iter().any(|id| *id != self.config.local.id));
        match self.check(levels, &glimpse.features, glimpse.transaction_topic.is_some()) {
            Err(reason) if self.voter_count() > 1 => {
                tracing::warn!(%reason, "this controller stands in no election before it has seen what holds in its cluster");
                self.muted = Some(Muted { reason, until_us: now.monotonic_us + LOOK_FOR_US });
                Ok(())
            }
            other => other,
        }
    }

    /// Ends a node that found nobody to tell it that what its own log says holds no more.
    pub(crate) fn end_if_muted(&mut self, now: Now) -> Result<(), QuorumError> {
        match self.muted.take_if(|muted| muted.until_us <= now.monotonic_us) {
            Some(muted) => Err(muted.reason),
            None => Ok(()),
        }
    }

    pub(crate) fn muted_until_us(&self) -> Option<u64> {
        self.muted.as_ref().map(|muted| muted.until_us)
    }

    /// Looks at what has been committed, once all of it is here, and before anything is made of it.
    pub(crate) fn check_committed(&mut self) -> Result<(), QuorumError> {
        if !self.has_caught_up() {
            return Ok(());
        }
        let image = self.committed.visible();
        let is_first = self.published.offset < 0;
        let has_transactions = is_first && image.topic_id(TRANSACTION_TOPIC).is_some();
        self.check(self.levels_in(image), &image.features, has_transactions)?;
        if self.muted.take().is_some() {
            tracing::info!("this controller stands in elections: what holds in its cluster is served here");
        }
        Ok(())
    }

    /// Tells of a topic of transactions that appears while the node shows the metadata: in a cluster of Ottla it does not.
    pub(crate) fn tell_of_transactions(&self) {
        let image = self.committed.visible();
        let is_new = self.published.offset >= 0
            && image.topic_id(TRANSACTION_TOPIC).is_some()
            && self.published.topic_id(TRANSACTION_TOPIC).is_none();
        if is_new && self.levels_in(image) == Levels::Served && !self.config.settings.ignores_transactions {
            tracing::error!(
                hint = "let no producer have a transactional.id, and see docs/moving-from-kafka.md; while the topic \
                        exists this node does not start again without ottla.transactions.ignore=true",
                "the topic {TRANSACTION_TOPIC} was created, and Ottla serves no transactions yet"
            );
        }
    }

    fn check(&self, levels: Levels, features: &Features, has_transactions: bool) -> Result<(), QuorumError> {
        let unserved = features.beyond(levels);
        if !unserved.is_empty() {
            return Err(QuorumError::Levels(unserved));
        }
        let is_refused = has_transactions && levels == Levels::Served && !self.config.settings.ignores_transactions;
        if is_refused { Err(QuorumError::Transactions) } else { Ok(()) }
    }

    /// Makes this controller known again where its registration does not say what holds now: it was a cluster by itself.
    pub(crate) fn register_again(&mut self, now: Now) -> Result<(), QuorumError> {
        let Some(image) = self.view_image() else { return Ok(()) };
        let own = image.controllers.get(&self.config.local.id);
        let levels = self.levels_in(image);
        match own.is_some_and(|own| !VersionRange::are_of(&own.features, levels)) {
            true => match self.register_self(now) {
                // The next change of who is there tries again.
                Err(error) if error.is_shortage() => Ok(()),
                other => other,
            },
            false => Ok(()),
        }
    }
}
