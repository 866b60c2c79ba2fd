//! Historical bugs of Kafka and its peers, built in behind a feature, so that the simulation can prove that it finds
//! each of them. Without the feature `mutants` the question below is a constant: nothing of this is in a real build.

/// A bug that can be switched on; `if base::mutant(Mutant::X)` stands where the bug was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mutant {
    /// KAFKA-6683: producer state changes before the append succeeded, so that a retry counts as a duplicate.
    StateBeforeAppend = 1,
    /// KAFKA-7866: an error behind the write leaves the log end behind what is in the file.
    EndLeftBehind,
    /// A write that met a full disk is not cut back.
    CutBackMissing,
    /// KAFKA-9892, KAFKA-16541: small files are renamed into place before they are on disk.
    ReplaceWithoutSync,
    /// KAFKA-10471: `.kafka_cleanshutdown` survives the start, so that a crash after it looks like a clean stop.
    CleanShutdownKept,
    /// KAFKA-10101, Redpanda 9711: the recovery point moves without a sync.
    FlushWithoutSync,
    /// `flush.messages=1` acknowledges before the disk has it.
    AckBeforeSync,
    /// A failed sync is tried again and believed (PostgreSQL's fsyncgate).
    FailedSyncRetried,
    /// The same after a restart: what the page cache shows of a sync that failed is taken for what is on disk.
    FailedSyncBelieved,
    /// KAFKA-10778: the directory stays in service after an I/O error.
    AppendsAfterIoError,
    /// Who waits for the disk is told that all is well when the directory fails.
    AckAfterFailure,
    /// Redpanda 3039, 5355: only the last batch of a producer is recognised when it is repeated.
    DedupOnlyLast,
    /// The same after a start: a producer snapshot has only the last batch.
    DedupLostAtStart,
    /// Recovery takes batches whose checksum is wrong.
    RecoveryKeepsTornBatch,
    /// Recovery goes on behind a damaged segment.
    RecoveryKeepsLaterSegments,
    /// KAFKA-9156: recovery leaves the old entries in the indexes.
    IndexNotReset,
    /// KAFKA-16342: a search by timestamp answers with the end of the batch.
    TimestampFindsBatchEnd,
    /// KAFKA-5634: retention deletes what is above the high watermark.
    RetentionPastHighWatermark,
    /// KAFKA-7190: the producer state goes with the records that retention deletes.
    ProducersGoWithRetention,
    /// KAFKA-12964: the delayed delete removes a new folder of the same name.
    DeleteByName,
    /// KAFKA-14616, KIP-516: a topic that is made again inherits the files of the old one.
    RecreatedTopicInherits,
    /// KAFKA-14618: the id of a metadata snapshot is one too high.
    SnapshotIdOffByOne,
    /// KAFKA-17713: a metadata snapshot ends inside a batch.
    SnapshotInsideBatch,
    /// KAFKA-10527, KAFKA-10533: metadata counts as committed before it is flushed.
    MetadataBeforeFlush,
    /// A block of producer ids is handed out again after a restart.
    ProducerIdsReused,
    /// KAFKA-17306: offsets whose group has no record are left out when the coordinator loads.
    OffsetsNeedGroup,
    /// KAFKA-8069: the default timestamp of an offset is taken for its end.
    OffsetsExpireEarly,
    /// KAFKA-15784: offsets are in memory although the append failed.
    OffsetsBeforeLog,
    /// A member of an older generation commits offsets.
    StaleGenerationCommits,
    /// KAFKA-9752: members that vanish while the coordinator moves keep their group waiting for ever.
    SessionsLostAtLoad,
    /// KAFKA-4704: the tombstone of a group is forgotten when the coordinator loads.
    GroupTombstoneIgnored,
    /// KAFKA-14457: a replica shows metadata that its leader had not committed.
    ObserverShowsUncommitted,
    /// KIP-279: a log that differs from its leader's is not cut.
    ObserverKeepsDivergingTail,
    /// A topic's creation is answered before this node shows it.
    AnswerBeforePublished,
    /// A voter elects two candidates in one epoch.
    VotesTwice,
    /// Raft's figure 8: a leader counts records of older epochs as committed without one of its own behind them.
    CommitsOlderEpochs,
    /// KAFKA-15489: a leader that no majority reaches goes on.
    NoCheckQuorum,
    /// A change of the metadata is answered before a majority has it.
    AnswersBeforeCommit,
    /// KIP-101: a follower is cut at its high watermark, not where the epochs part.
    TruncatesToHighWatermark,
    /// KAFKA-14704: a follower believes the high watermark of an answer that says that it diverges.
    HighWatermarkBeforeTruncation,
    /// An older ISR is applied over a newer one.
    StaleIsrApplied,
    /// KIP-966: the high watermark moves while fewer replicas are in sync than `min.insync.replicas`.
    CommitsUnderMinIsr,
    /// A leader acknowledges acks=all when it alone has the record.
    AckBeforeIsr,
    /// A replica that was out of sync is elected although the topic does not allow it.
    UncleanElection,
    /// KAFKA-14617, KIP-903: a replica comes in sync by what an earlier process of its broker had.
    StaleBrokerEpochJoins,
    /// KAFKA-13141: a fetch that is told to cut its log first counts as if it had what its leader has.
    DivergingFetchCounts,
    /// KIP-279: a leader that does not know the epoch in which a follower's log ends says that both agree.
    UnknownEpochAgrees,
    /// KAFKA-15510, KAFKA-7164: a follower does not say in which epoch its log ends.
    LastFetchedEpochLost,
    /// KAFKA-7415: a new leader does not note where its epoch begins.
    EpochStartUnrecorded,
    /// KAFKA-10706: epochs that were cut off with their records stay in the list.
    TruncationKeepsEpochs,
    /// KAFKA-10432: recovery takes epoch 0 for none.
    EpochZeroIgnored,
    /// KAFKA-9196: consumers are shown what is not committed.
    ReadsPastHighWatermark,
    /// KAFKA-9491: a log that begins anew further on keeps the high watermark that it had.
    EmptiedKeepsHighWatermark,
    /// KIP-841, KAFKA-13916: a replica whose broker is fenced comes in sync.
    FencedReplicaJoins,
    /// KAFKA-15221: a fetch of a broker's earlier process says what its present one has.
    OlderProcessCounts,
    /// KAFKA-18635: a broker that was not stopped in order stays an eligible leader.
    UncleanShutdownTrusted,
    /// KAFKA-19522: the last known leader is elected while it is fenced.
    FencedLeaderElected,
    /// KIP-966: eligible leaders are kept while enough others are in sync.
    StaleEligibleLeaders,
    /// KAFKA-7152: time alone makes a follower of a quiet partition lag.
    IdleLeavesIsr,
    /// A follower's pause ends by the wall clock (Kafka's pull request 8517).
    WallClockBackoff,
    /// A late copy of AlterPartition changes a partition that has changed since.
    StalePartitionEpoch,
    /// A copy takes a log's place before it is on disk.
    CopyNotFlushed,
    /// KIP-853: voters change while another change, or the leader's first record, is not committed.
    VotersChangeTogether,
    /// A leader epoch is on disk before the cut behind which it begins: after a power cut old records are taken for its own.
    EpochBeforeCut,
}

impl Mutant {
    /// Those that are hunted: all but the one that docs/simulation.md names.
    pub const ALL: [Mutant; 63] = [
        Mutant::StateBeforeAppend,
        Mutant::EndLeftBehind,
        Mutant::CutBackMissing,
        Mutant::ReplaceWithoutSync,
        Mutant::CleanShutdownKept,
        Mutant::FlushWithoutSync,
        Mutant::AckBeforeSync,
        Mutant::FailedSyncRetried,
        Mutant::FailedSyncBelieved,
        Mutant::AppendsAfterIoError,
        Mutant::AckAfterFailure,
        Mutant::DedupOnlyLast,
        Mutant::DedupLostAtStart,
        Mutant::RecoveryKeepsTornBatch,
        Mutant::RecoveryKeepsLaterSegments,
        Mutant::IndexNotReset,
        Mutant::TimestampFindsBatchEnd,
        Mutant::RetentionPastHighWatermark,
        Mutant::ProducersGoWithRetention,
        Mutant::DeleteByName,
        Mutant::RecreatedTopicInherits,
        Mutant::SnapshotIdOffByOne,
        Mutant::SnapshotInsideBatch,
        Mutant::MetadataBeforeFlush,
        Mutant::ProducerIdsReused,
        Mutant::OffsetsNeedGroup,
        Mutant::OffsetsExpireEarly,
        Mutant::OffsetsBeforeLog,
        Mutant::StaleGenerationCommits,
        Mutant::SessionsLostAtLoad,
        Mutant::GroupTombstoneIgnored,
        Mutant::ObserverShowsUncommitted,
        Mutant::ObserverKeepsDivergingTail,
        Mutant::AnswerBeforePublished,
        Mutant::VotesTwice,
        Mutant::CommitsOlderEpochs,
        Mutant::NoCheckQuorum,
        Mutant::AnswersBeforeCommit,
        Mutant::TruncatesToHighWatermark,
        Mutant::CommitsUnderMinIsr,
        Mutant::AckBeforeIsr,
        Mutant::UncleanElection,
        Mutant::StaleIsrApplied,
        Mutant::UnknownEpochAgrees,
        Mutant::LastFetchedEpochLost,
        Mutant::TruncationKeepsEpochs,
        Mutant::ReadsPastHighWatermark,
        Mutant::FencedReplicaJoins,
        Mutant::UncleanShutdownTrusted,
        Mutant::FencedLeaderElected,
        Mutant::StaleEligibleLeaders,
        Mutant::WallClockBackoff,
        Mutant::CopyNotFlushed,
        Mutant::HighWatermarkBeforeTruncation,
        Mutant::StaleBrokerEpochJoins,
        Mutant::IdleLeavesIsr,
        Mutant::EpochStartUnrecorded,
        Mutant::EpochZeroIgnored,
        Mutant::DivergingFetchCounts,
        Mutant::EmptiedKeepsHighWatermark,
        Mutant::StalePartitionEpoch,
        Mutant::OlderProcessCounts,
        Mutant::VotersChangeTogether,
    ];

    /// Whether it takes several nodes to show it.
    pub fn is_of_clusters(self) -> bool {
        matches!(
            self,
            Mutant::ObserverShowsUncommitted
                | Mutant::ObserverKeepsDivergingTail
                | Mutant::VotesTwice
                | Mutant::CommitsOlderEpochs
                | Mutant::NoCheckQuorum
                | Mutant::AnswersBeforeCommit
                | Mutant::TruncatesToHighWatermark
                | Mutant::HighWatermarkBeforeTruncation
                | Mutant::StaleIsrApplied
                | Mutant::CommitsUnderMinIsr
                | Mutant::AckBeforeIsr
                | Mutant::UncleanElection
                | Mutant::StaleBrokerEpochJoins
                | Mutant::DivergingFetchCounts
                | Mutant::UnknownEpochAgrees
                | Mutant::LastFetchedEpochLost
                | Mutant::EpochZeroIgnored
                | Mutant::EpochStartUnrecorded
                | Mutant::TruncationKeepsEpochs
                | Mutant::ReadsPastHighWatermark
                | Mutant::EmptiedKeepsHighWatermark
                | Mutant::FencedReplicaJoins
                | Mutant::OlderProcessCounts
                | Mutant::UncleanShutdownTrusted
                | Mutant::FencedLeaderElected
                | Mutant::StaleEligibleLeaders
                | Mutant::IdleLeavesIsr
                | Mutant::WallClockBackoff
                | Mutant::StalePartitionEpoch
                | Mutant::VotersChangeTogether
                | Mutant::EpochBeforeCut
        )
    }
}

#[cfg(feature = "mutants")]
static ACTIVE: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Whether this bug is switched on.
#[cfg(feature = "mutants")]
pub fn mutant(which: Mutant) -> bool {
    ACTIVE.load(std::sync::atomic::Ordering::Relaxed) == which as u8
}

/// Whether this bug is switched on: never.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub const fn mutant(_: Mutant) -> bool {
    false
}

/// Switches one bug on in this process, or none.
#[cfg(feature = "mutants")]
pub fn set_mutant(which: Option<Mutant>) {
    ACTIVE.store(which.map_or(0, |which| which as u8), std::sync::atomic::Ordering::Relaxed);
}
