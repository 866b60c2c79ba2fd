//! Groups of the newer protocols (consumer, share, streams) as far as the log tells of them. Their members are not served
//! here: the records stay as they are, and their ids are not taken for classic groups.

use crate::request::CoordinatorRecord;
use base::ErrorCode;
use protocol::GroupRecordKey;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GroupType {
    Consumer,
    Share,
    Streams,
}

impl GroupType {
    /// Kafka's name; it is the protocol type of such groups, too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            GroupType::Consumer => "consumer",
            GroupType::Share => "share",
            GroupType::Streams => "streams",
        }
    }
}

/// Type, group and, for records that stand for one member, that fact.
pub(crate) struct OtherKey {
    pub group_type: GroupType,
    pub group: String,
    pub is_member: bool,
}

/// What a key says if it belongs to a group of a newer protocol.
pub(crate) fn other_key(key: &GroupRecordKey<'_>) -> Option<OtherKey> {
    use GroupRecordKey as K;
    use GroupType::{Consumer, Share, Streams};
    let (group_type, group, is_member) = match key {
        K::ConsumerGroupMetadata(k) => (Consumer, &k.group_id, false),
        K::ConsumerGroupPartitionMetadata(k) => (Consumer, &k.group_id, false),
        K::ConsumerGroupMemberMetadata(k) => (Consumer, &k.group_id, true),
        K::ConsumerGroupTargetAssignmentMetadata(k) => (Consumer, &k.group_id, false),
        K::ConsumerGroupTargetAssignmentMember(k) => (Consumer, &k.group_id, false),
        K::ConsumerGroupCurrentMemberAssignment(k) => (Consumer, &k.group_id, false),
        K::ConsumerGroupRegularExpression(k) => (Consumer, &k.group_id, false),
        K::ShareGroupMemberMetadata(k) => (Share, &k.group_id, true),
        K::ShareGroupMetadata(k) => (Share, &k.group_id, false),
        K::ShareGroupTargetAssignmentMetadata(k) => (Share, &k.group_id, false),
        K::ShareGroupTargetAssignmentMember(k) => (Share, &k.group_id, false),
        K::ShareGroupCurrentMemberAssignment(k) => (Share, &k.group_id, false),
        K::ShareGroupStatePartitionMetadata(k) => (Share, &k.group_id, false),
        K::StreamsGroupMetadata(k) => (Streams, &k.group_id, false),
        K::StreamsGroupMemberMetadata(k) => (Streams, &k.group_id, true),
        K::StreamsGroupTargetAssignmentMetadata(k) => (Streams, &k.group_id, false),
        K::StreamsGroupTargetAssignmentMember(k) => (Streams, &k.group_id, false),
        K::StreamsGroupCurrentMemberAssignment(k) => (Streams, &k.group_id, false),
        K::StreamsGroupTopology(k) => (Streams, &k.group_id, false),
        _ => return None,
    };
    Some(OtherKey { group_type, group: group.to_string(), is_member })
}

/// A group of a newer protocol: the keys of its records that are not tombstones.
#[derive(Debug)]
pub(crate) struct OtherGroup {
    pub group_type: GroupType,
    /// Key of each record, and whether it stands for a member.
    keys: BTreeSet<(Vec<u8>, bool)>,
}

impl OtherGroup {
    pub(crate) fn has_members(&self) -> bool {
        self.keys.iter().any(|(_, is_member)| *is_member)
    }

    /// State as tools print it, as far as it can be told without the members' protocol.
    pub(crate) fn state_name(&self) -> &'static str {
        if self.has_members() { "Stable" } else { "Empty" }
    }

    pub(crate) fn tombstones(&self) -> impl Iterator<Item = CoordinatorRecord> {
        self.keys.iter().map(|(key, _)| CoordinatorRecord { key: key.clone(), value: None })
    }

    pub(crate) fn validate_commit(&self, generation: i32) -> Result<(), ErrorCode> {
        match self.group_type {
            GroupType::Share => Err(ErrorCode::GroupIdNotFound),
            _ if generation < 0 && !self.has_members() => Ok(()),
            _ => Err(ErrorCode::UnknownMemberId),
        }
    }

    /// Members name themselves and their epoch; an administrator names neither.
    pub(crate) fn validate_fetch(&self, member_id: Option<&str>, member_epoch: i32) -> Result<(), ErrorCode> {
        match self.group_type {
            GroupType::Share => Ok(()),
            _ if member_id.is_none() && member_epoch < 0 => Ok(()),
            _ => Err(ErrorCode::UnknownMemberId),
        }
    }

    pub(crate) fn validate_offset_delete(&self) -> Result<(), ErrorCode> {
        if self.group_type == GroupType::Share { Err(ErrorCode::GroupIdNotFound) } else { Ok(()) }
    }
}

#[derive(Debug, Default)]
pub(crate) struct OtherGroups {
    groups: BTreeMap<String, OtherGroup>,
}

impl OtherGroups {
    pub(crate) fn get(&self, group: &str) -> Option<&OtherGroup> {
        self.groups.get(group)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &OtherGroup)> {
        self.groups.iter().map(|(id, group)| (id.as_str(), group))
    }

    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    /// Takes a record in. One id that is used by two types in turn keeps the keys of both; the last one is its type.
    pub(crate) fn replay(&mut self, key: OtherKey, key_bytes: &[u8], is_tombstone: bool) {
        let entry = (key_bytes.to_vec(), key.is_member);
        if !is_tombstone {
            let new = || OtherGroup { group_type: key.group_type, keys: BTreeSet::new() };
            let group = self.groups.entry(key.group).or_insert_with(new);
            group.group_type = key.group_type;
            group.keys.insert(entry);
        } else if let Some(group) = self.groups.get_mut(&key.group) {
            group.keys.remove(&entry);
            if group.keys.is_empty() {
                self.groups.remove(&key.group);
            }
        }
    }
}
