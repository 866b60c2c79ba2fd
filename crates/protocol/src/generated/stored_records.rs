//! Enums over the records that Kafka stores in its own topics. Generated; edits get lost.

use crate::stored::{self, UnknownRecord};
use crate::wire::{Cursor, DecodeError, EncodeError};
use crate::*;

/// A record of `__cluster_metadata`. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum MetadataRecord<'a> {
    RegisterBroker(RegisterBrokerRecord<'a>),
    UnregisterBroker(UnregisterBrokerRecord),
    Topic(TopicRecord<'a>),
    Partition(PartitionRecord),
    Config(ConfigRecord<'a>),
    PartitionChange(PartitionChangeRecord),
    FenceBroker(FenceBrokerRecord),
    UnfenceBroker(UnfenceBrokerRecord),
    RemoveTopic(RemoveTopicRecord),
    DelegationToken(DelegationTokenRecord<'a>),
    UserScramCredential(UserScramCredentialRecord<'a>),
    FeatureLevel(FeatureLevelRecord<'a>),
    ClientQuota(ClientQuotaRecord<'a>),
    ProducerIds(ProducerIdsRecord),
    BrokerRegistrationChange(BrokerRegistrationChangeRecord),
    AccessControlEntry(AccessControlEntryRecord<'a>),
    RemoveAccessControlEntry(RemoveAccessControlEntryRecord),
    NoOp(NoOpRecord),
    ZkMigrationState(ZkMigrationStateRecord),
    RemoveUserScramCredential(RemoveUserScramCredentialRecord<'a>),
    BeginTransaction(BeginTransactionRecord<'a>),
    EndTransaction(EndTransactionRecord),
    AbortTransaction(AbortTransactionRecord<'a>),
    RemoveDelegationToken(RemoveDelegationTokenRecord<'a>),
    RegisterController(RegisterControllerRecord<'a>),
    ClearElr(ClearElrRecord<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<RegisterBrokerRecord<'a>> for MetadataRecord<'a> {
    fn from(value: RegisterBrokerRecord<'a>) -> Self {
        Self::RegisterBroker(value)
    }
}

impl<'a> From<UnregisterBrokerRecord> for MetadataRecord<'a> {
    fn from(value: UnregisterBrokerRecord) -> Self {
        Self::UnregisterBroker(value)
    }
}

impl<'a> From<TopicRecord<'a>> for MetadataRecord<'a> {
    fn from(value: TopicRecord<'a>) -> Self {
        Self::Topic(value)
    }
}

impl<'a> From<PartitionRecord> for MetadataRecord<'a> {
    fn from(value: PartitionRecord) -> Self {
        Self::Partition(value)
    }
}

impl<'a> From<ConfigRecord<'a>> for MetadataRecord<'a> {
    fn from(value: ConfigRecord<'a>) -> Self {
        Self::Config(value)
    }
}

impl<'a> From<PartitionChangeRecord> for MetadataRecord<'a> {
    fn from(value: PartitionChangeRecord) -> Self {
        Self::PartitionChange(value)
    }
}

impl<'a> From<FenceBrokerRecord> for MetadataRecord<'a> {
    fn from(value: FenceBrokerRecord) -> Self {
        Self::FenceBroker(value)
    }
}

impl<'a> From<UnfenceBrokerRecord> for MetadataRecord<'a> {
    fn from(value: UnfenceBrokerRecord) -> Self {
        Self::UnfenceBroker(value)
    }
}

impl<'a> From<RemoveTopicRecord> for MetadataRecord<'a> {
    fn from(value: RemoveTopicRecord) -> Self {
        Self::RemoveTopic(value)
    }
}

impl<'a> From<DelegationTokenRecord<'a>> for MetadataRecord<'a> {
    fn from(value: DelegationTokenRecord<'a>) -> Self {
        Self::DelegationToken(value)
    }
}

impl<'a> From<UserScramCredentialRecord<'a>> for MetadataRecord<'a> {
    fn from(value: UserScramCredentialRecord<'a>) -> Self {
        Self::UserScramCredential(value)
    }
}

impl<'a> From<FeatureLevelRecord<'a>> for MetadataRecord<'a> {
    fn from(value: FeatureLevelRecord<'a>) -> Self {
        Self::FeatureLevel(value)
    }
}

impl<'a> From<ClientQuotaRecord<'a>> for MetadataRecord<'a> {
    fn from(value: ClientQuotaRecord<'a>) -> Self {
        Self::ClientQuota(value)
    }
}

impl<'a> From<ProducerIdsRecord> for MetadataRecord<'a> {
    fn from(value: ProducerIdsRecord) -> Self {
        Self::ProducerIds(value)
    }
}

impl<'a> From<BrokerRegistrationChangeRecord> for MetadataRecord<'a> {
    fn from(value: BrokerRegistrationChangeRecord) -> Self {
        Self::BrokerRegistrationChange(value)
    }
}

impl<'a> From<AccessControlEntryRecord<'a>> for MetadataRecord<'a> {
    fn from(value: AccessControlEntryRecord<'a>) -> Self {
        Self::AccessControlEntry(value)
    }
}

impl<'a> From<RemoveAccessControlEntryRecord> for MetadataRecord<'a> {
    fn from(value: RemoveAccessControlEntryRecord) -> Self {
        Self::RemoveAccessControlEntry(value)
    }
}

impl<'a> From<NoOpRecord> for MetadataRecord<'a> {
    fn from(value: NoOpRecord) -> Self {
        Self::NoOp(value)
    }
}

impl<'a> From<ZkMigrationStateRecord> for MetadataRecord<'a> {
    fn from(value: ZkMigrationStateRecord) -> Self {
        Self::ZkMigrationState(value)
    }
}

impl<'a> From<RemoveUserScramCredentialRecord<'a>> for MetadataRecord<'a> {
    fn from(value: RemoveUserScramCredentialRecord<'a>) -> Self {
        Self::RemoveUserScramCredential(value)
    }
}

impl<'a> From<BeginTransactionRecord<'a>> for MetadataRecord<'a> {
    fn from(value: BeginTransactionRecord<'a>) -> Self {
        Self::BeginTransaction(value)
    }
}

impl<'a> From<EndTransactionRecord> for MetadataRecord<'a> {
    fn from(value: EndTransactionRecord) -> Self {
        Self::EndTransaction(value)
    }
}

impl<'a> From<AbortTransactionRecord<'a>> for MetadataRecord<'a> {
    fn from(value: AbortTransactionRecord<'a>) -> Self {
        Self::AbortTransaction(value)
    }
}

impl<'a> From<RemoveDelegationTokenRecord<'a>> for MetadataRecord<'a> {
    fn from(value: RemoveDelegationTokenRecord<'a>) -> Self {
        Self::RemoveDelegationToken(value)
    }
}

impl<'a> From<RegisterControllerRecord<'a>> for MetadataRecord<'a> {
    fn from(value: RegisterControllerRecord<'a>) -> Self {
        Self::RegisterController(value)
    }
}

impl<'a> From<ClearElrRecord<'a>> for MetadataRecord<'a> {
    fn from(value: ClearElrRecord<'a>) -> Self {
        Self::ClearElr(value)
    }
}

impl<'a> MetadataRecord<'a> {
    /// Reads the value of a record: frame version, type and version before the message. Answers the version too.
    /// Bytes after a known message are an error, as in Kafka.
    pub fn decode(bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let (id, version) = stored::read_frame(&mut c)?;
        let record = match id {
            0 if (0..=4).contains(&version) => Self::RegisterBroker(RegisterBrokerRecord::decode(&mut c, version)?),
            1 if version == 0 => Self::UnregisterBroker(UnregisterBrokerRecord::decode(&mut c, version)?),
            2 if version == 0 => Self::Topic(TopicRecord::decode(&mut c, version)?),
            3 if (0..=2).contains(&version) => Self::Partition(PartitionRecord::decode(&mut c, version)?),
            4 if version == 0 => Self::Config(ConfigRecord::decode(&mut c, version)?),
            5 if (0..=2).contains(&version) => Self::PartitionChange(PartitionChangeRecord::decode(&mut c, version)?),
            7 if version == 0 => Self::FenceBroker(FenceBrokerRecord::decode(&mut c, version)?),
            8 if version == 0 => Self::UnfenceBroker(UnfenceBrokerRecord::decode(&mut c, version)?),
            9 if version == 0 => Self::RemoveTopic(RemoveTopicRecord::decode(&mut c, version)?),
            10 if version == 0 => Self::DelegationToken(DelegationTokenRecord::decode(&mut c, version)?),
            11 if version == 0 => Self::UserScramCredential(UserScramCredentialRecord::decode(&mut c, version)?),
            12 if version == 0 => Self::FeatureLevel(FeatureLevelRecord::decode(&mut c, version)?),
            14 if version == 0 => Self::ClientQuota(ClientQuotaRecord::decode(&mut c, version)?),
            15 if version == 0 => Self::ProducerIds(ProducerIdsRecord::decode(&mut c, version)?),
            17 if (0..=3).contains(&version) => {
                Self::BrokerRegistrationChange(BrokerRegistrationChangeRecord::decode(&mut c, version)?)
            }
            18 if version == 0 => Self::AccessControlEntry(AccessControlEntryRecord::decode(&mut c, version)?),
            19 if version == 0 => {
                Self::RemoveAccessControlEntry(RemoveAccessControlEntryRecord::decode(&mut c, version)?)
            }
            20 if version == 0 => Self::NoOp(NoOpRecord::decode(&mut c, version)?),
            21 if version == 0 => Self::ZkMigrationState(ZkMigrationStateRecord::decode(&mut c, version)?),
            22 if version == 0 => {
                Self::RemoveUserScramCredential(RemoveUserScramCredentialRecord::decode(&mut c, version)?)
            }
            23 if version == 0 => Self::BeginTransaction(BeginTransactionRecord::decode(&mut c, version)?),
            24 if version == 0 => Self::EndTransaction(EndTransactionRecord::decode(&mut c, version)?),
            25 if version == 0 => Self::AbortTransaction(AbortTransactionRecord::decode(&mut c, version)?),
            26 if version == 0 => Self::RemoveDelegationToken(RemoveDelegationTokenRecord::decode(&mut c, version)?),
            27 if version == 0 => Self::RegisterController(RegisterControllerRecord::decode(&mut c, version)?),
            28 if version == 0 => Self::ClearElr(ClearElrRecord::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        };
        c.expect_end()?;
        Ok((record, version))
    }

    /// Appends the value of a record with its frame. An unknown record keeps its own version.
    pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            let version = if let Self::Unknown(record) = self { record.version } else { version };
            stored::write_frame(w, self.id(), version);
            match self {
                Self::RegisterBroker(value) => value.encode(w, version),
                Self::UnregisterBroker(value) => value.encode(w, version),
                Self::Topic(value) => value.encode(w, version),
                Self::Partition(value) => value.encode(w, version),
                Self::Config(value) => value.encode(w, version),
                Self::PartitionChange(value) => value.encode(w, version),
                Self::FenceBroker(value) => value.encode(w, version),
                Self::UnfenceBroker(value) => value.encode(w, version),
                Self::RemoveTopic(value) => value.encode(w, version),
                Self::DelegationToken(value) => value.encode(w, version),
                Self::UserScramCredential(value) => value.encode(w, version),
                Self::FeatureLevel(value) => value.encode(w, version),
                Self::ClientQuota(value) => value.encode(w, version),
                Self::ProducerIds(value) => value.encode(w, version),
                Self::BrokerRegistrationChange(value) => value.encode(w, version),
                Self::AccessControlEntry(value) => value.encode(w, version),
                Self::RemoveAccessControlEntry(value) => value.encode(w, version),
                Self::NoOp(value) => value.encode(w, version),
                Self::ZkMigrationState(value) => value.encode(w, version),
                Self::RemoveUserScramCredential(value) => value.encode(w, version),
                Self::BeginTransaction(value) => value.encode(w, version),
                Self::EndTransaction(value) => value.encode(w, version),
                Self::AbortTransaction(value) => value.encode(w, version),
                Self::RemoveDelegationToken(value) => value.encode(w, version),
                Self::RegisterController(value) => value.encode(w, version),
                Self::ClearElr(value) => value.encode(w, version),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::RegisterBroker(_) => 0,
            Self::UnregisterBroker(_) => 1,
            Self::Topic(_) => 2,
            Self::Partition(_) => 3,
            Self::Config(_) => 4,
            Self::PartitionChange(_) => 5,
            Self::FenceBroker(_) => 7,
            Self::UnfenceBroker(_) => 8,
            Self::RemoveTopic(_) => 9,
            Self::DelegationToken(_) => 10,
            Self::UserScramCredential(_) => 11,
            Self::FeatureLevel(_) => 12,
            Self::ClientQuota(_) => 14,
            Self::ProducerIds(_) => 15,
            Self::BrokerRegistrationChange(_) => 17,
            Self::AccessControlEntry(_) => 18,
            Self::RemoveAccessControlEntry(_) => 19,
            Self::NoOp(_) => 20,
            Self::ZkMigrationState(_) => 21,
            Self::RemoveUserScramCredential(_) => 22,
            Self::BeginTransaction(_) => 23,
            Self::EndTransaction(_) => 24,
            Self::AbortTransaction(_) => 25,
            Self::RemoveDelegationToken(_) => 26,
            Self::RegisterController(_) => 27,
            Self::ClearElr(_) => 28,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::RegisterBroker(_) => "RegisterBrokerRecord",
            Self::UnregisterBroker(_) => "UnregisterBrokerRecord",
            Self::Topic(_) => "TopicRecord",
            Self::Partition(_) => "PartitionRecord",
            Self::Config(_) => "ConfigRecord",
            Self::PartitionChange(_) => "PartitionChangeRecord",
            Self::FenceBroker(_) => "FenceBrokerRecord",
            Self::UnfenceBroker(_) => "UnfenceBrokerRecord",
            Self::RemoveTopic(_) => "RemoveTopicRecord",
            Self::DelegationToken(_) => "DelegationTokenRecord",
            Self::UserScramCredential(_) => "UserScramCredentialRecord",
            Self::FeatureLevel(_) => "FeatureLevelRecord",
            Self::ClientQuota(_) => "ClientQuotaRecord",
            Self::ProducerIds(_) => "ProducerIdsRecord",
            Self::BrokerRegistrationChange(_) => "BrokerRegistrationChangeRecord",
            Self::AccessControlEntry(_) => "AccessControlEntryRecord",
            Self::RemoveAccessControlEntry(_) => "RemoveAccessControlEntryRecord",
            Self::NoOp(_) => "NoOpRecord",
            Self::ZkMigrationState(_) => "ZkMigrationStateRecord",
            Self::RemoveUserScramCredential(_) => "RemoveUserScramCredentialRecord",
            Self::BeginTransaction(_) => "BeginTransactionRecord",
            Self::EndTransaction(_) => "EndTransactionRecord",
            Self::AbortTransaction(_) => "AbortTransactionRecord",
            Self::RemoveDelegationToken(_) => "RemoveDelegationTokenRecord",
            Self::RegisterController(_) => "RegisterControllerRecord",
            Self::ClearElr(_) => "ClearElrRecord",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 4,
            1 => 0,
            2 => 0,
            3 => 2,
            4 => 0,
            5 => 2,
            7 => 0,
            8 => 0,
            9 => 0,
            10 => 0,
            11 => 0,
            12 => 0,
            14 => 0,
            15 => 0,
            17 => 3,
            18 => 0,
            19 => 0,
            20 => 0,
            21 => 0,
            22 => 0,
            23 => 0,
            24 => 0,
            25 => 0,
            26 => 0,
            27 => 0,
            28 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> MetadataRecord<'static> {
        match self {
            Self::RegisterBroker(value) => MetadataRecord::RegisterBroker(value.into_owned()),
            Self::UnregisterBroker(value) => MetadataRecord::UnregisterBroker(value),
            Self::Topic(value) => MetadataRecord::Topic(value.into_owned()),
            Self::Partition(value) => MetadataRecord::Partition(value),
            Self::Config(value) => MetadataRecord::Config(value.into_owned()),
            Self::PartitionChange(value) => MetadataRecord::PartitionChange(value),
            Self::FenceBroker(value) => MetadataRecord::FenceBroker(value),
            Self::UnfenceBroker(value) => MetadataRecord::UnfenceBroker(value),
            Self::RemoveTopic(value) => MetadataRecord::RemoveTopic(value),
            Self::DelegationToken(value) => MetadataRecord::DelegationToken(value.into_owned()),
            Self::UserScramCredential(value) => MetadataRecord::UserScramCredential(value.into_owned()),
            Self::FeatureLevel(value) => MetadataRecord::FeatureLevel(value.into_owned()),
            Self::ClientQuota(value) => MetadataRecord::ClientQuota(value.into_owned()),
            Self::ProducerIds(value) => MetadataRecord::ProducerIds(value),
            Self::BrokerRegistrationChange(value) => MetadataRecord::BrokerRegistrationChange(value),
            Self::AccessControlEntry(value) => MetadataRecord::AccessControlEntry(value.into_owned()),
            Self::RemoveAccessControlEntry(value) => MetadataRecord::RemoveAccessControlEntry(value),
            Self::NoOp(value) => MetadataRecord::NoOp(value),
            Self::ZkMigrationState(value) => MetadataRecord::ZkMigrationState(value),
            Self::RemoveUserScramCredential(value) => MetadataRecord::RemoveUserScramCredential(value.into_owned()),
            Self::BeginTransaction(value) => MetadataRecord::BeginTransaction(value.into_owned()),
            Self::EndTransaction(value) => MetadataRecord::EndTransaction(value),
            Self::AbortTransaction(value) => MetadataRecord::AbortTransaction(value.into_owned()),
            Self::RemoveDelegationToken(value) => MetadataRecord::RemoveDelegationToken(value.into_owned()),
            Self::RegisterController(value) => MetadataRecord::RegisterController(value.into_owned()),
            Self::ClearElr(value) => MetadataRecord::ClearElr(value.into_owned()),
            Self::Unknown(record) => MetadataRecord::Unknown(record.into_owned()),
        }
    }
}

/// A record of `__remote_log_metadata`. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum RemoteLogRecord<'a> {
    RemoteLogSegmentMetadata(RemoteLogSegmentMetadataRecord<'a>),
    RemoteLogSegmentMetadataUpdate(RemoteLogSegmentMetadataUpdateRecord<'a>),
    RemotePartitionDeleteMetadata(RemotePartitionDeleteMetadataRecord<'a>),
    RemoteLogSegmentMetadataSnapshot(RemoteLogSegmentMetadataSnapshotRecord<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<RemoteLogSegmentMetadataRecord<'a>> for RemoteLogRecord<'a> {
    fn from(value: RemoteLogSegmentMetadataRecord<'a>) -> Self {
        Self::RemoteLogSegmentMetadata(value)
    }
}

impl<'a> From<RemoteLogSegmentMetadataUpdateRecord<'a>> for RemoteLogRecord<'a> {
    fn from(value: RemoteLogSegmentMetadataUpdateRecord<'a>) -> Self {
        Self::RemoteLogSegmentMetadataUpdate(value)
    }
}

impl<'a> From<RemotePartitionDeleteMetadataRecord<'a>> for RemoteLogRecord<'a> {
    fn from(value: RemotePartitionDeleteMetadataRecord<'a>) -> Self {
        Self::RemotePartitionDeleteMetadata(value)
    }
}

impl<'a> From<RemoteLogSegmentMetadataSnapshotRecord<'a>> for RemoteLogRecord<'a> {
    fn from(value: RemoteLogSegmentMetadataSnapshotRecord<'a>) -> Self {
        Self::RemoteLogSegmentMetadataSnapshot(value)
    }
}

impl<'a> RemoteLogRecord<'a> {
    /// Reads the value of a record: frame version, type and version before the message. Answers the version too.
    /// Bytes after a known message are an error, as in Kafka.
    pub fn decode(bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let (id, version) = stored::read_frame(&mut c)?;
        let record = match id {
            0 if version == 0 => {
                Self::RemoteLogSegmentMetadata(RemoteLogSegmentMetadataRecord::decode(&mut c, version)?)
            }
            1 if version == 0 => {
                Self::RemoteLogSegmentMetadataUpdate(RemoteLogSegmentMetadataUpdateRecord::decode(&mut c, version)?)
            }
            2 if version == 0 => {
                Self::RemotePartitionDeleteMetadata(RemotePartitionDeleteMetadataRecord::decode(&mut c, version)?)
            }
            3 if version == 0 => {
                Self::RemoteLogSegmentMetadataSnapshot(RemoteLogSegmentMetadataSnapshotRecord::decode(&mut c, version)?)
            }
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        };
        c.expect_end()?;
        Ok((record, version))
    }

    /// Appends the value of a record with its frame. An unknown record keeps its own version.
    pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            let version = if let Self::Unknown(record) = self { record.version } else { version };
            stored::write_frame(w, self.id(), version);
            match self {
                Self::RemoteLogSegmentMetadata(value) => value.encode(w, version),
                Self::RemoteLogSegmentMetadataUpdate(value) => value.encode(w, version),
                Self::RemotePartitionDeleteMetadata(value) => value.encode(w, version),
                Self::RemoteLogSegmentMetadataSnapshot(value) => value.encode(w, version),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::RemoteLogSegmentMetadata(_) => 0,
            Self::RemoteLogSegmentMetadataUpdate(_) => 1,
            Self::RemotePartitionDeleteMetadata(_) => 2,
            Self::RemoteLogSegmentMetadataSnapshot(_) => 3,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::RemoteLogSegmentMetadata(_) => "RemoteLogSegmentMetadataRecord",
            Self::RemoteLogSegmentMetadataUpdate(_) => "RemoteLogSegmentMetadataUpdateRecord",
            Self::RemotePartitionDeleteMetadata(_) => "RemotePartitionDeleteMetadataRecord",
            Self::RemoteLogSegmentMetadataSnapshot(_) => "RemoteLogSegmentMetadataSnapshotRecord",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            1 => 0,
            2 => 0,
            3 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> RemoteLogRecord<'static> {
        match self {
            Self::RemoteLogSegmentMetadata(value) => RemoteLogRecord::RemoteLogSegmentMetadata(value.into_owned()),
            Self::RemoteLogSegmentMetadataUpdate(value) => {
                RemoteLogRecord::RemoteLogSegmentMetadataUpdate(value.into_owned())
            }
            Self::RemotePartitionDeleteMetadata(value) => {
                RemoteLogRecord::RemotePartitionDeleteMetadata(value.into_owned())
            }
            Self::RemoteLogSegmentMetadataSnapshot(value) => {
                RemoteLogRecord::RemoteLogSegmentMetadataSnapshot(value.into_owned())
            }
            Self::Unknown(record) => RemoteLogRecord::Unknown(record.into_owned()),
        }
    }
}

/// Key of a record of `__consumer_offsets`. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupRecordKey<'a> {
    LegacyOffsetCommit(LegacyOffsetCommitKey<'a>),
    OffsetCommit(OffsetCommitKey<'a>),
    GroupMetadata(GroupMetadataKey<'a>),
    ConsumerGroupMetadata(ConsumerGroupMetadataKey<'a>),
    ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataKey<'a>),
    ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey<'a>),
    ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataKey<'a>),
    ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberKey<'a>),
    ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentKey<'a>),
    ShareGroupMemberMetadata(ShareGroupMemberMetadataKey<'a>),
    ShareGroupMetadata(ShareGroupMetadataKey<'a>),
    ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataKey<'a>),
    ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberKey<'a>),
    ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentKey<'a>),
    ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataKey<'a>),
    ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionKey<'a>),
    StreamsGroupMetadata(StreamsGroupMetadataKey<'a>),
    StreamsGroupMemberMetadata(StreamsGroupMemberMetadataKey<'a>),
    StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataKey<'a>),
    StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberKey<'a>),
    StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentKey<'a>),
    StreamsGroupTopology(StreamsGroupTopologyKey<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<LegacyOffsetCommitKey<'a>> for GroupRecordKey<'a> {
    fn from(value: LegacyOffsetCommitKey<'a>) -> Self {
        Self::LegacyOffsetCommit(value)
    }
}

impl<'a> From<OffsetCommitKey<'a>> for GroupRecordKey<'a> {
    fn from(value: OffsetCommitKey<'a>) -> Self {
        Self::OffsetCommit(value)
    }
}

impl<'a> From<GroupMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: GroupMetadataKey<'a>) -> Self {
        Self::GroupMetadata(value)
    }
}

impl<'a> From<ConsumerGroupMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupMetadataKey<'a>) -> Self {
        Self::ConsumerGroupMetadata(value)
    }
}

impl<'a> From<ConsumerGroupPartitionMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupPartitionMetadataKey<'a>) -> Self {
        Self::ConsumerGroupPartitionMetadata(value)
    }
}

impl<'a> From<ConsumerGroupMemberMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupMemberMetadataKey<'a>) -> Self {
        Self::ConsumerGroupMemberMetadata(value)
    }
}

impl<'a> From<ConsumerGroupTargetAssignmentMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupTargetAssignmentMetadataKey<'a>) -> Self {
        Self::ConsumerGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<ConsumerGroupTargetAssignmentMemberKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupTargetAssignmentMemberKey<'a>) -> Self {
        Self::ConsumerGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<ConsumerGroupCurrentMemberAssignmentKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupCurrentMemberAssignmentKey<'a>) -> Self {
        Self::ConsumerGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<ShareGroupMemberMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupMemberMetadataKey<'a>) -> Self {
        Self::ShareGroupMemberMetadata(value)
    }
}

impl<'a> From<ShareGroupMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupMetadataKey<'a>) -> Self {
        Self::ShareGroupMetadata(value)
    }
}

impl<'a> From<ShareGroupTargetAssignmentMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupTargetAssignmentMetadataKey<'a>) -> Self {
        Self::ShareGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<ShareGroupTargetAssignmentMemberKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupTargetAssignmentMemberKey<'a>) -> Self {
        Self::ShareGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<ShareGroupCurrentMemberAssignmentKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupCurrentMemberAssignmentKey<'a>) -> Self {
        Self::ShareGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<ShareGroupStatePartitionMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ShareGroupStatePartitionMetadataKey<'a>) -> Self {
        Self::ShareGroupStatePartitionMetadata(value)
    }
}

impl<'a> From<ConsumerGroupRegularExpressionKey<'a>> for GroupRecordKey<'a> {
    fn from(value: ConsumerGroupRegularExpressionKey<'a>) -> Self {
        Self::ConsumerGroupRegularExpression(value)
    }
}

impl<'a> From<StreamsGroupMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupMetadataKey<'a>) -> Self {
        Self::StreamsGroupMetadata(value)
    }
}

impl<'a> From<StreamsGroupMemberMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupMemberMetadataKey<'a>) -> Self {
        Self::StreamsGroupMemberMetadata(value)
    }
}

impl<'a> From<StreamsGroupTargetAssignmentMetadataKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupTargetAssignmentMetadataKey<'a>) -> Self {
        Self::StreamsGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<StreamsGroupTargetAssignmentMemberKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupTargetAssignmentMemberKey<'a>) -> Self {
        Self::StreamsGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<StreamsGroupCurrentMemberAssignmentKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupCurrentMemberAssignmentKey<'a>) -> Self {
        Self::StreamsGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<StreamsGroupTopologyKey<'a>> for GroupRecordKey<'a> {
    fn from(value: StreamsGroupTopologyKey<'a>) -> Self {
        Self::StreamsGroupTopology(value)
    }
}

impl<'a> GroupRecordKey<'a> {
    /// Reads the key of a record: its type, then version 0 of the message.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut c = Cursor::new(bytes);
        let (id, version) = (c.i16()?, 0);
        Ok(match id {
            0 if version == 0 => Self::LegacyOffsetCommit(LegacyOffsetCommitKey::decode(&mut c, version)?),
            1 if version == 0 => Self::OffsetCommit(OffsetCommitKey::decode(&mut c, version)?),
            2 if version == 0 => Self::GroupMetadata(GroupMetadataKey::decode(&mut c, version)?),
            3 if version == 0 => Self::ConsumerGroupMetadata(ConsumerGroupMetadataKey::decode(&mut c, version)?),
            4 if version == 0 => {
                Self::ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataKey::decode(&mut c, version)?)
            }
            5 if version == 0 => {
                Self::ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey::decode(&mut c, version)?)
            }
            6 if version == 0 => Self::ConsumerGroupTargetAssignmentMetadata(
                ConsumerGroupTargetAssignmentMetadataKey::decode(&mut c, version)?,
            ),
            7 if version == 0 => Self::ConsumerGroupTargetAssignmentMember(
                ConsumerGroupTargetAssignmentMemberKey::decode(&mut c, version)?,
            ),
            8 if version == 0 => Self::ConsumerGroupCurrentMemberAssignment(
                ConsumerGroupCurrentMemberAssignmentKey::decode(&mut c, version)?,
            ),
            10 if version == 0 => Self::ShareGroupMemberMetadata(ShareGroupMemberMetadataKey::decode(&mut c, version)?),
            11 if version == 0 => Self::ShareGroupMetadata(ShareGroupMetadataKey::decode(&mut c, version)?),
            12 if version == 0 => Self::ShareGroupTargetAssignmentMetadata(
                ShareGroupTargetAssignmentMetadataKey::decode(&mut c, version)?,
            ),
            13 if version == 0 => {
                Self::ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberKey::decode(&mut c, version)?)
            }
            14 if version == 0 => {
                Self::ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentKey::decode(&mut c, version)?)
            }
            15 if version == 0 => {
                Self::ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataKey::decode(&mut c, version)?)
            }
            16 if version == 0 => {
                Self::ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionKey::decode(&mut c, version)?)
            }
            17 if version == 0 => Self::StreamsGroupMetadata(StreamsGroupMetadataKey::decode(&mut c, version)?),
            19 if version == 0 => {
                Self::StreamsGroupMemberMetadata(StreamsGroupMemberMetadataKey::decode(&mut c, version)?)
            }
            20 if version == 0 => Self::StreamsGroupTargetAssignmentMetadata(
                StreamsGroupTargetAssignmentMetadataKey::decode(&mut c, version)?,
            ),
            21 if version == 0 => Self::StreamsGroupTargetAssignmentMember(
                StreamsGroupTargetAssignmentMemberKey::decode(&mut c, version)?,
            ),
            22 if version == 0 => Self::StreamsGroupCurrentMemberAssignment(
                StreamsGroupCurrentMemberAssignmentKey::decode(&mut c, version)?,
            ),
            23 if version == 0 => Self::StreamsGroupTopology(StreamsGroupTopologyKey::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        })
    }

    /// Appends the key of a record.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            w.i16(self.id());
            match self {
                Self::LegacyOffsetCommit(value) => value.encode(w, 0),
                Self::OffsetCommit(value) => value.encode(w, 0),
                Self::GroupMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupPartitionMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupMemberMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupTargetAssignmentMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupTargetAssignmentMember(value) => value.encode(w, 0),
                Self::ConsumerGroupCurrentMemberAssignment(value) => value.encode(w, 0),
                Self::ShareGroupMemberMetadata(value) => value.encode(w, 0),
                Self::ShareGroupMetadata(value) => value.encode(w, 0),
                Self::ShareGroupTargetAssignmentMetadata(value) => value.encode(w, 0),
                Self::ShareGroupTargetAssignmentMember(value) => value.encode(w, 0),
                Self::ShareGroupCurrentMemberAssignment(value) => value.encode(w, 0),
                Self::ShareGroupStatePartitionMetadata(value) => value.encode(w, 0),
                Self::ConsumerGroupRegularExpression(value) => value.encode(w, 0),
                Self::StreamsGroupMetadata(value) => value.encode(w, 0),
                Self::StreamsGroupMemberMetadata(value) => value.encode(w, 0),
                Self::StreamsGroupTargetAssignmentMetadata(value) => value.encode(w, 0),
                Self::StreamsGroupTargetAssignmentMember(value) => value.encode(w, 0),
                Self::StreamsGroupCurrentMemberAssignment(value) => value.encode(w, 0),
                Self::StreamsGroupTopology(value) => value.encode(w, 0),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::LegacyOffsetCommit(_) => 0,
            Self::OffsetCommit(_) => 1,
            Self::GroupMetadata(_) => 2,
            Self::ConsumerGroupMetadata(_) => 3,
            Self::ConsumerGroupPartitionMetadata(_) => 4,
            Self::ConsumerGroupMemberMetadata(_) => 5,
            Self::ConsumerGroupTargetAssignmentMetadata(_) => 6,
            Self::ConsumerGroupTargetAssignmentMember(_) => 7,
            Self::ConsumerGroupCurrentMemberAssignment(_) => 8,
            Self::ShareGroupMemberMetadata(_) => 10,
            Self::ShareGroupMetadata(_) => 11,
            Self::ShareGroupTargetAssignmentMetadata(_) => 12,
            Self::ShareGroupTargetAssignmentMember(_) => 13,
            Self::ShareGroupCurrentMemberAssignment(_) => 14,
            Self::ShareGroupStatePartitionMetadata(_) => 15,
            Self::ConsumerGroupRegularExpression(_) => 16,
            Self::StreamsGroupMetadata(_) => 17,
            Self::StreamsGroupMemberMetadata(_) => 19,
            Self::StreamsGroupTargetAssignmentMetadata(_) => 20,
            Self::StreamsGroupTargetAssignmentMember(_) => 21,
            Self::StreamsGroupCurrentMemberAssignment(_) => 22,
            Self::StreamsGroupTopology(_) => 23,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::LegacyOffsetCommit(_) => "LegacyOffsetCommitKey",
            Self::OffsetCommit(_) => "OffsetCommitKey",
            Self::GroupMetadata(_) => "GroupMetadataKey",
            Self::ConsumerGroupMetadata(_) => "ConsumerGroupMetadataKey",
            Self::ConsumerGroupPartitionMetadata(_) => "ConsumerGroupPartitionMetadataKey",
            Self::ConsumerGroupMemberMetadata(_) => "ConsumerGroupMemberMetadataKey",
            Self::ConsumerGroupTargetAssignmentMetadata(_) => "ConsumerGroupTargetAssignmentMetadataKey",
            Self::ConsumerGroupTargetAssignmentMember(_) => "ConsumerGroupTargetAssignmentMemberKey",
            Self::ConsumerGroupCurrentMemberAssignment(_) => "ConsumerGroupCurrentMemberAssignmentKey",
            Self::ShareGroupMemberMetadata(_) => "ShareGroupMemberMetadataKey",
            Self::ShareGroupMetadata(_) => "ShareGroupMetadataKey",
            Self::ShareGroupTargetAssignmentMetadata(_) => "ShareGroupTargetAssignmentMetadataKey",
            Self::ShareGroupTargetAssignmentMember(_) => "ShareGroupTargetAssignmentMemberKey",
            Self::ShareGroupCurrentMemberAssignment(_) => "ShareGroupCurrentMemberAssignmentKey",
            Self::ShareGroupStatePartitionMetadata(_) => "ShareGroupStatePartitionMetadataKey",
            Self::ConsumerGroupRegularExpression(_) => "ConsumerGroupRegularExpressionKey",
            Self::StreamsGroupMetadata(_) => "StreamsGroupMetadataKey",
            Self::StreamsGroupMemberMetadata(_) => "StreamsGroupMemberMetadataKey",
            Self::StreamsGroupTargetAssignmentMetadata(_) => "StreamsGroupTargetAssignmentMetadataKey",
            Self::StreamsGroupTargetAssignmentMember(_) => "StreamsGroupTargetAssignmentMemberKey",
            Self::StreamsGroupCurrentMemberAssignment(_) => "StreamsGroupCurrentMemberAssignmentKey",
            Self::StreamsGroupTopology(_) => "StreamsGroupTopologyKey",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            1 => 0,
            2 => 0,
            3 => 0,
            4 => 0,
            5 => 0,
            6 => 0,
            7 => 0,
            8 => 0,
            10 => 0,
            11 => 0,
            12 => 0,
            13 => 0,
            14 => 0,
            15 => 0,
            16 => 0,
            17 => 0,
            19 => 0,
            20 => 0,
            21 => 0,
            22 => 0,
            23 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> GroupRecordKey<'static> {
        match self {
            Self::LegacyOffsetCommit(value) => GroupRecordKey::LegacyOffsetCommit(value.into_owned()),
            Self::OffsetCommit(value) => GroupRecordKey::OffsetCommit(value.into_owned()),
            Self::GroupMetadata(value) => GroupRecordKey::GroupMetadata(value.into_owned()),
            Self::ConsumerGroupMetadata(value) => GroupRecordKey::ConsumerGroupMetadata(value.into_owned()),
            Self::ConsumerGroupPartitionMetadata(value) => {
                GroupRecordKey::ConsumerGroupPartitionMetadata(value.into_owned())
            }
            Self::ConsumerGroupMemberMetadata(value) => GroupRecordKey::ConsumerGroupMemberMetadata(value.into_owned()),
            Self::ConsumerGroupTargetAssignmentMetadata(value) => {
                GroupRecordKey::ConsumerGroupTargetAssignmentMetadata(value.into_owned())
            }
            Self::ConsumerGroupTargetAssignmentMember(value) => {
                GroupRecordKey::ConsumerGroupTargetAssignmentMember(value.into_owned())
            }
            Self::ConsumerGroupCurrentMemberAssignment(value) => {
                GroupRecordKey::ConsumerGroupCurrentMemberAssignment(value.into_owned())
            }
            Self::ShareGroupMemberMetadata(value) => GroupRecordKey::ShareGroupMemberMetadata(value.into_owned()),
            Self::ShareGroupMetadata(value) => GroupRecordKey::ShareGroupMetadata(value.into_owned()),
            Self::ShareGroupTargetAssignmentMetadata(value) => {
                GroupRecordKey::ShareGroupTargetAssignmentMetadata(value.into_owned())
            }
            Self::ShareGroupTargetAssignmentMember(value) => {
                GroupRecordKey::ShareGroupTargetAssignmentMember(value.into_owned())
            }
            Self::ShareGroupCurrentMemberAssignment(value) => {
                GroupRecordKey::ShareGroupCurrentMemberAssignment(value.into_owned())
            }
            Self::ShareGroupStatePartitionMetadata(value) => {
                GroupRecordKey::ShareGroupStatePartitionMetadata(value.into_owned())
            }
            Self::ConsumerGroupRegularExpression(value) => {
                GroupRecordKey::ConsumerGroupRegularExpression(value.into_owned())
            }
            Self::StreamsGroupMetadata(value) => GroupRecordKey::StreamsGroupMetadata(value.into_owned()),
            Self::StreamsGroupMemberMetadata(value) => GroupRecordKey::StreamsGroupMemberMetadata(value.into_owned()),
            Self::StreamsGroupTargetAssignmentMetadata(value) => {
                GroupRecordKey::StreamsGroupTargetAssignmentMetadata(value.into_owned())
            }
            Self::StreamsGroupTargetAssignmentMember(value) => {
                GroupRecordKey::StreamsGroupTargetAssignmentMember(value.into_owned())
            }
            Self::StreamsGroupCurrentMemberAssignment(value) => {
                GroupRecordKey::StreamsGroupCurrentMemberAssignment(value.into_owned())
            }
            Self::StreamsGroupTopology(value) => GroupRecordKey::StreamsGroupTopology(value.into_owned()),
            Self::Unknown(record) => GroupRecordKey::Unknown(record.into_owned()),
        }
    }
}

/// Value of a record of `__consumer_offsets`; its type is that of the key. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupRecordValue<'a> {
    LegacyOffsetCommit(LegacyOffsetCommitValue<'a>),
    OffsetCommit(OffsetCommitValue<'a>),
    GroupMetadata(GroupMetadataValue<'a>),
    ConsumerGroupMetadata(ConsumerGroupMetadataValue),
    ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataValue<'a>),
    ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataValue<'a>),
    ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataValue),
    ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberValue),
    ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentValue),
    ShareGroupMemberMetadata(ShareGroupMemberMetadataValue<'a>),
    ShareGroupMetadata(ShareGroupMetadataValue),
    ShareGroupTargetAssignmentMetadata(ShareGroupTargetAssignmentMetadataValue),
    ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberValue),
    ShareGroupCurrentMemberAssignment(ShareGroupCurrentMemberAssignmentValue),
    ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataValue<'a>),
    ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionValue<'a>),
    StreamsGroupMetadata(StreamsGroupMetadataValue<'a>),
    StreamsGroupMemberMetadata(StreamsGroupMemberMetadataValue<'a>),
    StreamsGroupTargetAssignmentMetadata(StreamsGroupTargetAssignmentMetadataValue),
    StreamsGroupTargetAssignmentMember(StreamsGroupTargetAssignmentMemberValue<'a>),
    StreamsGroupCurrentMemberAssignment(StreamsGroupCurrentMemberAssignmentValue<'a>),
    StreamsGroupTopology(StreamsGroupTopologyValue<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<LegacyOffsetCommitValue<'a>> for GroupRecordValue<'a> {
    fn from(value: LegacyOffsetCommitValue<'a>) -> Self {
        Self::LegacyOffsetCommit(value)
    }
}

impl<'a> From<OffsetCommitValue<'a>> for GroupRecordValue<'a> {
    fn from(value: OffsetCommitValue<'a>) -> Self {
        Self::OffsetCommit(value)
    }
}

impl<'a> From<GroupMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: GroupMetadataValue<'a>) -> Self {
        Self::GroupMetadata(value)
    }
}

impl<'a> From<ConsumerGroupMetadataValue> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupMetadataValue) -> Self {
        Self::ConsumerGroupMetadata(value)
    }
}

impl<'a> From<ConsumerGroupPartitionMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupPartitionMetadataValue<'a>) -> Self {
        Self::ConsumerGroupPartitionMetadata(value)
    }
}

impl<'a> From<ConsumerGroupMemberMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupMemberMetadataValue<'a>) -> Self {
        Self::ConsumerGroupMemberMetadata(value)
    }
}

impl<'a> From<ConsumerGroupTargetAssignmentMetadataValue> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupTargetAssignmentMetadataValue) -> Self {
        Self::ConsumerGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<ConsumerGroupTargetAssignmentMemberValue> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupTargetAssignmentMemberValue) -> Self {
        Self::ConsumerGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<ConsumerGroupCurrentMemberAssignmentValue> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupCurrentMemberAssignmentValue) -> Self {
        Self::ConsumerGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<ShareGroupMemberMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: ShareGroupMemberMetadataValue<'a>) -> Self {
        Self::ShareGroupMemberMetadata(value)
    }
}

impl<'a> From<ShareGroupMetadataValue> for GroupRecordValue<'a> {
    fn from(value: ShareGroupMetadataValue) -> Self {
        Self::ShareGroupMetadata(value)
    }
}

impl<'a> From<ShareGroupTargetAssignmentMetadataValue> for GroupRecordValue<'a> {
    fn from(value: ShareGroupTargetAssignmentMetadataValue) -> Self {
        Self::ShareGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<ShareGroupTargetAssignmentMemberValue> for GroupRecordValue<'a> {
    fn from(value: ShareGroupTargetAssignmentMemberValue) -> Self {
        Self::ShareGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<ShareGroupCurrentMemberAssignmentValue> for GroupRecordValue<'a> {
    fn from(value: ShareGroupCurrentMemberAssignmentValue) -> Self {
        Self::ShareGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<ShareGroupStatePartitionMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: ShareGroupStatePartitionMetadataValue<'a>) -> Self {
        Self::ShareGroupStatePartitionMetadata(value)
    }
}

impl<'a> From<ConsumerGroupRegularExpressionValue<'a>> for GroupRecordValue<'a> {
    fn from(value: ConsumerGroupRegularExpressionValue<'a>) -> Self {
        Self::ConsumerGroupRegularExpression(value)
    }
}

impl<'a> From<StreamsGroupMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupMetadataValue<'a>) -> Self {
        Self::StreamsGroupMetadata(value)
    }
}

impl<'a> From<StreamsGroupMemberMetadataValue<'a>> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupMemberMetadataValue<'a>) -> Self {
        Self::StreamsGroupMemberMetadata(value)
    }
}

impl<'a> From<StreamsGroupTargetAssignmentMetadataValue> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupTargetAssignmentMetadataValue) -> Self {
        Self::StreamsGroupTargetAssignmentMetadata(value)
    }
}

impl<'a> From<StreamsGroupTargetAssignmentMemberValue<'a>> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupTargetAssignmentMemberValue<'a>) -> Self {
        Self::StreamsGroupTargetAssignmentMember(value)
    }
}

impl<'a> From<StreamsGroupCurrentMemberAssignmentValue<'a>> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupCurrentMemberAssignmentValue<'a>) -> Self {
        Self::StreamsGroupCurrentMemberAssignment(value)
    }
}

impl<'a> From<StreamsGroupTopologyValue<'a>> for GroupRecordValue<'a> {
    fn from(value: StreamsGroupTopologyValue<'a>) -> Self {
        Self::StreamsGroupTopology(value)
    }
}

impl<'a> GroupRecordValue<'a> {
    /// Reads the value of a record whose key has the type `id`; the value begins with its version, which is answered.
    pub fn decode(id: i16, bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let version = c.i16()?;
        let value = match id {
            0 if version == 0 => Self::LegacyOffsetCommit(LegacyOffsetCommitValue::decode(&mut c, version)?),
            1 if (0..=4).contains(&version) => Self::OffsetCommit(OffsetCommitValue::decode(&mut c, version)?),
            2 if (0..=4).contains(&version) => Self::GroupMetadata(GroupMetadataValue::decode(&mut c, version)?),
            3 if version == 0 => Self::ConsumerGroupMetadata(ConsumerGroupMetadataValue::decode(&mut c, version)?),
            4 if version == 0 => {
                Self::ConsumerGroupPartitionMetadata(ConsumerGroupPartitionMetadataValue::decode(&mut c, version)?)
            }
            5 if version == 0 => {
                Self::ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataValue::decode(&mut c, version)?)
            }
            6 if version == 0 => Self::ConsumerGroupTargetAssignmentMetadata(
                ConsumerGroupTargetAssignmentMetadataValue::decode(&mut c, version)?,
            ),
            7 if version == 0 => Self::ConsumerGroupTargetAssignmentMember(
                ConsumerGroupTargetAssignmentMemberValue::decode(&mut c, version)?,
            ),
            8 if version == 0 => Self::ConsumerGroupCurrentMemberAssignment(
                ConsumerGroupCurrentMemberAssignmentValue::decode(&mut c, version)?,
            ),
            10 if version == 0 => {
                Self::ShareGroupMemberMetadata(ShareGroupMemberMetadataValue::decode(&mut c, version)?)
            }
            11 if version == 0 => Self::ShareGroupMetadata(ShareGroupMetadataValue::decode(&mut c, version)?),
            12 if version == 0 => Self::ShareGroupTargetAssignmentMetadata(
                ShareGroupTargetAssignmentMetadataValue::decode(&mut c, version)?,
            ),
            13 if version == 0 => {
                Self::ShareGroupTargetAssignmentMember(ShareGroupTargetAssignmentMemberValue::decode(&mut c, version)?)
            }
            14 if version == 0 => Self::ShareGroupCurrentMemberAssignment(
                ShareGroupCurrentMemberAssignmentValue::decode(&mut c, version)?,
            ),
            15 if version == 0 => {
                Self::ShareGroupStatePartitionMetadata(ShareGroupStatePartitionMetadataValue::decode(&mut c, version)?)
            }
            16 if version == 0 => {
                Self::ConsumerGroupRegularExpression(ConsumerGroupRegularExpressionValue::decode(&mut c, version)?)
            }
            17 if version == 0 => Self::StreamsGroupMetadata(StreamsGroupMetadataValue::decode(&mut c, version)?),
            19 if version == 0 => {
                Self::StreamsGroupMemberMetadata(StreamsGroupMemberMetadataValue::decode(&mut c, version)?)
            }
            20 if version == 0 => Self::StreamsGroupTargetAssignmentMetadata(
                StreamsGroupTargetAssignmentMetadataValue::decode(&mut c, version)?,
            ),
            21 if version == 0 => Self::StreamsGroupTargetAssignmentMember(
                StreamsGroupTargetAssignmentMemberValue::decode(&mut c, version)?,
            ),
            22 if version == 0 => Self::StreamsGroupCurrentMemberAssignment(
                StreamsGroupCurrentMemberAssignmentValue::decode(&mut c, version)?,
            ),
            23 if version == 0 => Self::StreamsGroupTopology(StreamsGroupTopologyValue::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        };
        Ok((value, version))
    }

    /// Appends the value of a record. An unknown one keeps its own version.
    pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            let version = if let Self::Unknown(record) = self { record.version } else { version };
            w.i16(version);
            match self {
                Self::LegacyOffsetCommit(value) => value.encode(w, version),
                Self::OffsetCommit(value) => value.encode(w, version),
                Self::GroupMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupPartitionMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupMemberMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupTargetAssignmentMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupTargetAssignmentMember(value) => value.encode(w, version),
                Self::ConsumerGroupCurrentMemberAssignment(value) => value.encode(w, version),
                Self::ShareGroupMemberMetadata(value) => value.encode(w, version),
                Self::ShareGroupMetadata(value) => value.encode(w, version),
                Self::ShareGroupTargetAssignmentMetadata(value) => value.encode(w, version),
                Self::ShareGroupTargetAssignmentMember(value) => value.encode(w, version),
                Self::ShareGroupCurrentMemberAssignment(value) => value.encode(w, version),
                Self::ShareGroupStatePartitionMetadata(value) => value.encode(w, version),
                Self::ConsumerGroupRegularExpression(value) => value.encode(w, version),
                Self::StreamsGroupMetadata(value) => value.encode(w, version),
                Self::StreamsGroupMemberMetadata(value) => value.encode(w, version),
                Self::StreamsGroupTargetAssignmentMetadata(value) => value.encode(w, version),
                Self::StreamsGroupTargetAssignmentMember(value) => value.encode(w, version),
                Self::StreamsGroupCurrentMemberAssignment(value) => value.encode(w, version),
                Self::StreamsGroupTopology(value) => value.encode(w, version),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::LegacyOffsetCommit(_) => 0,
            Self::OffsetCommit(_) => 1,
            Self::GroupMetadata(_) => 2,
            Self::ConsumerGroupMetadata(_) => 3,
            Self::ConsumerGroupPartitionMetadata(_) => 4,
            Self::ConsumerGroupMemberMetadata(_) => 5,
            Self::ConsumerGroupTargetAssignmentMetadata(_) => 6,
            Self::ConsumerGroupTargetAssignmentMember(_) => 7,
            Self::ConsumerGroupCurrentMemberAssignment(_) => 8,
            Self::ShareGroupMemberMetadata(_) => 10,
            Self::ShareGroupMetadata(_) => 11,
            Self::ShareGroupTargetAssignmentMetadata(_) => 12,
            Self::ShareGroupTargetAssignmentMember(_) => 13,
            Self::ShareGroupCurrentMemberAssignment(_) => 14,
            Self::ShareGroupStatePartitionMetadata(_) => 15,
            Self::ConsumerGroupRegularExpression(_) => 16,
            Self::StreamsGroupMetadata(_) => 17,
            Self::StreamsGroupMemberMetadata(_) => 19,
            Self::StreamsGroupTargetAssignmentMetadata(_) => 20,
            Self::StreamsGroupTargetAssignmentMember(_) => 21,
            Self::StreamsGroupCurrentMemberAssignment(_) => 22,
            Self::StreamsGroupTopology(_) => 23,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::LegacyOffsetCommit(_) => "LegacyOffsetCommitValue",
            Self::OffsetCommit(_) => "OffsetCommitValue",
            Self::GroupMetadata(_) => "GroupMetadataValue",
            Self::ConsumerGroupMetadata(_) => "ConsumerGroupMetadataValue",
            Self::ConsumerGroupPartitionMetadata(_) => "ConsumerGroupPartitionMetadataValue",
            Self::ConsumerGroupMemberMetadata(_) => "ConsumerGroupMemberMetadataValue",
            Self::ConsumerGroupTargetAssignmentMetadata(_) => "ConsumerGroupTargetAssignmentMetadataValue",
            Self::ConsumerGroupTargetAssignmentMember(_) => "ConsumerGroupTargetAssignmentMemberValue",
            Self::ConsumerGroupCurrentMemberAssignment(_) => "ConsumerGroupCurrentMemberAssignmentValue",
            Self::ShareGroupMemberMetadata(_) => "ShareGroupMemberMetadataValue",
            Self::ShareGroupMetadata(_) => "ShareGroupMetadataValue",
            Self::ShareGroupTargetAssignmentMetadata(_) => "ShareGroupTargetAssignmentMetadataValue",
            Self::ShareGroupTargetAssignmentMember(_) => "ShareGroupTargetAssignmentMemberValue",
            Self::ShareGroupCurrentMemberAssignment(_) => "ShareGroupCurrentMemberAssignmentValue",
            Self::ShareGroupStatePartitionMetadata(_) => "ShareGroupStatePartitionMetadataValue",
            Self::ConsumerGroupRegularExpression(_) => "ConsumerGroupRegularExpressionValue",
            Self::StreamsGroupMetadata(_) => "StreamsGroupMetadataValue",
            Self::StreamsGroupMemberMetadata(_) => "StreamsGroupMemberMetadataValue",
            Self::StreamsGroupTargetAssignmentMetadata(_) => "StreamsGroupTargetAssignmentMetadataValue",
            Self::StreamsGroupTargetAssignmentMember(_) => "StreamsGroupTargetAssignmentMemberValue",
            Self::StreamsGroupCurrentMemberAssignment(_) => "StreamsGroupCurrentMemberAssignmentValue",
            Self::StreamsGroupTopology(_) => "StreamsGroupTopologyValue",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            1 => 4,
            2 => 4,
            3 => 0,
            4 => 0,
            5 => 0,
            6 => 0,
            7 => 0,
            8 => 0,
            10 => 0,
            11 => 0,
            12 => 0,
            13 => 0,
            14 => 0,
            15 => 0,
            16 => 0,
            17 => 0,
            19 => 0,
            20 => 0,
            21 => 0,
            22 => 0,
            23 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> GroupRecordValue<'static> {
        match self {
            Self::LegacyOffsetCommit(value) => GroupRecordValue::LegacyOffsetCommit(value.into_owned()),
            Self::OffsetCommit(value) => GroupRecordValue::OffsetCommit(value.into_owned()),
            Self::GroupMetadata(value) => GroupRecordValue::GroupMetadata(value.into_owned()),
            Self::ConsumerGroupMetadata(value) => GroupRecordValue::ConsumerGroupMetadata(value),
            Self::ConsumerGroupPartitionMetadata(value) => {
                GroupRecordValue::ConsumerGroupPartitionMetadata(value.into_owned())
            }
            Self::ConsumerGroupMemberMetadata(value) => {
                GroupRecordValue::ConsumerGroupMemberMetadata(value.into_owned())
            }
            Self::ConsumerGroupTargetAssignmentMetadata(value) => {
                GroupRecordValue::ConsumerGroupTargetAssignmentMetadata(value)
            }
            Self::ConsumerGroupTargetAssignmentMember(value) => {
                GroupRecordValue::ConsumerGroupTargetAssignmentMember(value)
            }
            Self::ConsumerGroupCurrentMemberAssignment(value) => {
                GroupRecordValue::ConsumerGroupCurrentMemberAssignment(value)
            }
            Self::ShareGroupMemberMetadata(value) => GroupRecordValue::ShareGroupMemberMetadata(value.into_owned()),
            Self::ShareGroupMetadata(value) => GroupRecordValue::ShareGroupMetadata(value),
            Self::ShareGroupTargetAssignmentMetadata(value) => {
                GroupRecordValue::ShareGroupTargetAssignmentMetadata(value)
            }
            Self::ShareGroupTargetAssignmentMember(value) => GroupRecordValue::ShareGroupTargetAssignmentMember(value),
            Self::ShareGroupCurrentMemberAssignment(value) => {
                GroupRecordValue::ShareGroupCurrentMemberAssignment(value)
            }
            Self::ShareGroupStatePartitionMetadata(value) => {
                GroupRecordValue::ShareGroupStatePartitionMetadata(value.into_owned())
            }
            Self::ConsumerGroupRegularExpression(value) => {
                GroupRecordValue::ConsumerGroupRegularExpression(value.into_owned())
            }
            Self::StreamsGroupMetadata(value) => GroupRecordValue::StreamsGroupMetadata(value.into_owned()),
            Self::StreamsGroupMemberMetadata(value) => GroupRecordValue::StreamsGroupMemberMetadata(value.into_owned()),
            Self::StreamsGroupTargetAssignmentMetadata(value) => {
                GroupRecordValue::StreamsGroupTargetAssignmentMetadata(value)
            }
            Self::StreamsGroupTargetAssignmentMember(value) => {
                GroupRecordValue::StreamsGroupTargetAssignmentMember(value.into_owned())
            }
            Self::StreamsGroupCurrentMemberAssignment(value) => {
                GroupRecordValue::StreamsGroupCurrentMemberAssignment(value.into_owned())
            }
            Self::StreamsGroupTopology(value) => GroupRecordValue::StreamsGroupTopology(value.into_owned()),
            Self::Unknown(record) => GroupRecordValue::Unknown(record.into_owned()),
        }
    }
}

/// Key of a record of `__transaction_state`. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum TransactionRecordKey<'a> {
    TransactionLog(TransactionLogKey<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<TransactionLogKey<'a>> for TransactionRecordKey<'a> {
    fn from(value: TransactionLogKey<'a>) -> Self {
        Self::TransactionLog(value)
    }
}

impl<'a> TransactionRecordKey<'a> {
    /// Reads the key of a record: its type, then version 0 of the message.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut c = Cursor::new(bytes);
        let (id, version) = (c.i16()?, 0);
        Ok(match id {
            0 if version == 0 => Self::TransactionLog(TransactionLogKey::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        })
    }

    /// Appends the key of a record.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            w.i16(self.id());
            match self {
                Self::TransactionLog(value) => value.encode(w, 0),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::TransactionLog(_) => 0,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::TransactionLog(_) => "TransactionLogKey",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TransactionRecordKey<'static> {
        match self {
            Self::TransactionLog(value) => TransactionRecordKey::TransactionLog(value.into_owned()),
            Self::Unknown(record) => TransactionRecordKey::Unknown(record.into_owned()),
        }
    }
}

/// Value of a record of `__transaction_state`; its type is that of the key. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum TransactionRecordValue<'a> {
    TransactionLog(TransactionLogValue<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<TransactionLogValue<'a>> for TransactionRecordValue<'a> {
    fn from(value: TransactionLogValue<'a>) -> Self {
        Self::TransactionLog(value)
    }
}

impl<'a> TransactionRecordValue<'a> {
    /// Reads the value of a record whose key has the type `id`; the value begins with its version, which is answered.
    pub fn decode(id: i16, bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let version = c.i16()?;
        let value = match id {
            0 if (0..=1).contains(&version) => Self::TransactionLog(TransactionLogValue::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        };
        Ok((value, version))
    }

    /// Appends the value of a record. An unknown one keeps its own version.
    pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            let version = if let Self::Unknown(record) = self { record.version } else { version };
            w.i16(version);
            match self {
                Self::TransactionLog(value) => value.encode(w, version),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::TransactionLog(_) => 0,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::TransactionLog(_) => "TransactionLogValue",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 1,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> TransactionRecordValue<'static> {
        match self {
            Self::TransactionLog(value) => TransactionRecordValue::TransactionLog(value.into_owned()),
            Self::Unknown(record) => TransactionRecordValue::Unknown(record.into_owned()),
        }
    }
}

/// Key of a record of `__share_group_state`. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum ShareRecordKey<'a> {
    ShareSnapshot(ShareSnapshotKey<'a>),
    ShareUpdate(ShareUpdateKey<'a>),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<ShareSnapshotKey<'a>> for ShareRecordKey<'a> {
    fn from(value: ShareSnapshotKey<'a>) -> Self {
        Self::ShareSnapshot(value)
    }
}

impl<'a> From<ShareUpdateKey<'a>> for ShareRecordKey<'a> {
    fn from(value: ShareUpdateKey<'a>) -> Self {
        Self::ShareUpdate(value)
    }
}

impl<'a> ShareRecordKey<'a> {
    /// Reads the key of a record: its type, then version 0 of the message.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut c = Cursor::new(bytes);
        let (id, version) = (c.i16()?, 0);
        Ok(match id {
            0 if version == 0 => Self::ShareSnapshot(ShareSnapshotKey::decode(&mut c, version)?),
            1 if version == 0 => Self::ShareUpdate(ShareUpdateKey::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        })
    }

    /// Appends the key of a record.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            w.i16(self.id());
            match self {
                Self::ShareSnapshot(value) => value.encode(w, 0),
                Self::ShareUpdate(value) => value.encode(w, 0),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::ShareSnapshot(_) => 0,
            Self::ShareUpdate(_) => 1,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::ShareSnapshot(_) => "ShareSnapshotKey",
            Self::ShareUpdate(_) => "ShareUpdateKey",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            1 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareRecordKey<'static> {
        match self {
            Self::ShareSnapshot(value) => ShareRecordKey::ShareSnapshot(value.into_owned()),
            Self::ShareUpdate(value) => ShareRecordKey::ShareUpdate(value.into_owned()),
            Self::Unknown(record) => ShareRecordKey::Unknown(record.into_owned()),
        }
    }
}

/// Value of a record of `__share_group_state`; its type is that of the key. What this program does not know stays as it is in `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum ShareRecordValue<'a> {
    ShareSnapshot(ShareSnapshotValue),
    ShareUpdate(ShareUpdateValue),
    Unknown(UnknownRecord<'a>),
}

impl<'a> From<ShareSnapshotValue> for ShareRecordValue<'a> {
    fn from(value: ShareSnapshotValue) -> Self {
        Self::ShareSnapshot(value)
    }
}

impl<'a> From<ShareUpdateValue> for ShareRecordValue<'a> {
    fn from(value: ShareUpdateValue) -> Self {
        Self::ShareUpdate(value)
    }
}

impl<'a> ShareRecordValue<'a> {
    /// Reads the value of a record whose key has the type `id`; the value begins with its version, which is answered.
    pub fn decode(id: i16, bytes: &'a [u8]) -> Result<(Self, i16), DecodeError> {
        let mut c = Cursor::new(bytes);
        let version = c.i16()?;
        let value = match id {
            0 if version == 0 => Self::ShareSnapshot(ShareSnapshotValue::decode(&mut c, version)?),
            1 if version == 0 => Self::ShareUpdate(ShareUpdateValue::decode(&mut c, version)?),
            _ => Self::Unknown(UnknownRecord::rest_of(&mut c, id, version)?),
        };
        Ok((value, version))
    }

    /// Appends the value of a record. An unknown one keeps its own version.
    pub fn encode(&self, out: &mut Vec<u8>, version: i16) -> Result<(), EncodeError> {
        stored::append(out, |w| {
            let version = if let Self::Unknown(record) = self { record.version } else { version };
            w.i16(version);
            match self {
                Self::ShareSnapshot(value) => value.encode(w, version),
                Self::ShareUpdate(value) => value.encode(w, version),
                Self::Unknown(record) => {
                    w.raw(&record.body);
                    Ok(())
                }
            }
        })
    }

    /// Number of the type.
    pub fn id(&self) -> i16 {
        match self {
            Self::ShareSnapshot(_) => 0,
            Self::ShareUpdate(_) => 1,
            Self::Unknown(record) => record.id,
        }
    }

    /// Name of the message inside; `None` if unknown.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::ShareSnapshot(_) => "ShareSnapshotValue",
            Self::ShareUpdate(_) => "ShareUpdateValue",
            Self::Unknown(_) => return None,
        })
    }

    /// Highest version that this program knows of a type.
    pub fn max_version(id: i16) -> Option<i16> {
        Some(match id {
            0 => 0,
            1 => 0,
            _ => return None,
        })
    }

    /// The same without borrows.
    pub fn into_owned(self) -> ShareRecordValue<'static> {
        match self {
            Self::ShareSnapshot(value) => ShareRecordValue::ShareSnapshot(value),
            Self::ShareUpdate(value) => ShareRecordValue::ShareUpdate(value),
            Self::Unknown(record) => ShareRecordValue::Unknown(record.into_owned()),
        }
    }
}
