//! Records become state: while a shard loads, and right after it appended them itself.

use crate::group::{Group, State};
use crate::offsets::CommittedOffset;
use crate::other_groups::other_key;
use crate::rebalance::InFlight;
use crate::shard::Shard;
use base::{Offset, ProducerId};
use protocol::{Cursor, Decode, DecodeError, GroupMetadataValue, GroupRecordKey, OffsetCommitValue};
use std::collections::BTreeMap;

/// Why a record of the partition could not be taken in. The shard is as it was; loading may go on without the record.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("cannot read the key of the record at offset {offset}: {cause}")]
    Key { offset: Offset, cause: DecodeError },
    #[error("cannot read the value of the record at offset {offset} ({name}): {cause}")]
    Value { offset: Offset, name: &'static str, cause: DecodeError },
}

/// Reads a value: its version and the message.
fn decode_value<'a, M: Decode<'a>>(offset: Offset, bytes: &'a [u8]) -> Result<M, ReplayError> {
    let mut c = Cursor::new(bytes);
    let decoded = c.i16().and_then(|version| M::decode(&mut c, version));
    decoded.map_err(|cause| ReplayError::Value { offset, name: M::NAME, cause })
}

impl Shard {
    /// Takes in a record of the partition. `producer_id` is the one of its batch if that is transactional, otherwise -1;
    /// offsets of transactions wait for [`Shard::replay_end_transaction`]. Types that are not known are passed over.
    pub fn replay(
        &mut self,
        offset: Offset,
        producer_id: ProducerId,
        key: &[u8],
        value: Option<&[u8]>,
    ) -> Result<(), ReplayError> {
        let decoded = GroupRecordKey::decode(key).map_err(|cause| ReplayError::Key { offset, cause })?;
        if let Some(other) = other_key(&decoded) {
            self.other_groups.replay(other, key, value.is_none());
            return Ok(());
        }
        match decoded {
            GroupRecordKey::LegacyOffsetCommit(k) => {
                self.replay_offset(offset, producer_id, (&k.group, &k.topic, k.partition), value)
            }
            GroupRecordKey::OffsetCommit(k) => {
                self.replay_offset(offset, producer_id, (&k.group, &k.topic, k.partition), value)
            }
            GroupRecordKey::GroupMetadata(k) => self.replay_group(offset, &k.group, value),
            _ => Ok(()),
        }
    }

    /// A transaction marker: the offsets that the producer wrote are committed, or forgotten.
    pub fn replay_end_transaction(&mut self, producer_id: ProducerId, committed: bool) {
        self.offsets.end_transaction(producer_id, committed);
        self.create_groups_of_offsets();
    }

    fn replay_offset(
        &mut self,
        record_offset: Offset,
        producer_id: ProducerId,
        (group, topic, partition): (&str, &str, i32),
        value: Option<&[u8]>,
    ) -> Result<(), ReplayError> {
        let Some(value) = value else {
            match producer_id {
                ..0 => self.offsets.remove(group, topic, partition),
                _ => self.offsets.remove_pending(producer_id, &(group.to_owned(), topic.to_owned(), partition)),
            }
            return Ok(());
        };
        if !self.is_loaded && !self.groups.contains_key(group) && base::mutant(base::Mutant::OffsetsNeedGroup) {
            return Ok(());
        }
        let value: OffsetCommitValue<'_> = decode_value(record_offset, value)?;
        let committed = CommittedOffset {
            offset: value.offset,
            leader_epoch: value.leader_epoch,
            metadata: value.metadata.into_owned(),
            commit_timestamp_ms: value.commit_timestamp,
            expire_timestamp_ms: Some(value.expire_timestamp)
                .filter(|t| *t >= 0 || base::mutant(base::Mutant::OffsetsExpireEarly)),
            topic_id: value.topic_id,
            record_offset,
        };
        if producer_id >= 0 {
            self.offsets.put_pending(producer_id, (group.to_owned(), topic.to_owned(), partition), committed);
            return Ok(());
        }
        self.offsets.put(group, topic, partition, committed);
        self.create_group_of_offsets(group);
        Ok(())
    }

    /// Offsets without a group belong to a client that uses the group for them alone.
    fn create_group_of_offsets(&mut self, group: &str) {
        if self.is_loaded && !self.groups.contains_key(group) && self.other_groups.get(group).is_none() {
            self.groups.insert(group.to_owned(), Group::new(group, -1));
        }
    }

    /// Gives every group id that has offsets a group, once it is clear which groups there are.
    pub(crate) fn create_groups_of_offsets(&mut self) {
        let ids: Vec<String> =
            self.offsets.groups().filter(|id| !self.groups.contains_key(*id)).map(str::to_owned).collect();
        for id in ids {
            self.create_group_of_offsets(&id);
        }
    }

    fn replay_group(&mut self, offset: Offset, group_id: &str, value: Option<&[u8]>) -> Result<(), ReplayError> {
        let Some(value) = value else {
            if self.is_loaded || !base::mutant(base::Mutant::GroupTombstoneIgnored) {
                self.groups.remove(group_id);
                self.pending.remove_group(group_id);
            }
            return Ok(());
        };
        let value: GroupMetadataValue<'_> = decode_value(offset, value)?;
        match self.take_in_flight(group_id) {
            Some(planned) => self.apply_in_flight(planned, value),
            None => {
                self.pending.remove_group(group_id);
                self.groups.insert(group_id.to_owned(), Group::from_stored(group_id, value));
            }
        }
        Ok(())
    }

    fn take_in_flight(&mut self, group_id: &str) -> Option<InFlight> {
        let at = self.in_flight.iter().position(|planned| planned.group() == group_id)?;
        Some(self.in_flight.remove(at))
    }

    /// Our own record came back: memory has all of it but the assignment.
    fn apply_in_flight(&mut self, planned: InFlight, value: GroupMetadataValue<'_>) {
        let InFlight::Assignment { group, now_wall_ms } = planned else { return };
        let Some(group) = self.groups.get_mut(&group) else { return };
        let mut assignments: BTreeMap<_, _> = value.members.into_iter().map(|m| (m.member_id, m.assignment)).collect();
        for member in group.members.values_mut() {
            member.assignment = assignments.remove(member.id.as_str()).map(|a| a.into_owned()).unwrap_or_default();
        }
        group.transition(State::Stable, now_wall_ms);
    }
}
