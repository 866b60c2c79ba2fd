//! Records as Kafka 4.3 writes them: a key is the type's number and the message, a value its version and the message.

use crate::group::Group;
use crate::member::Member;
use crate::offsets::CommittedOffset;
use crate::request::CoordinatorRecord;
use protocol::group_metadata_value::MemberMetadata;
use protocol::{
    GroupMetadataKey, GroupMetadataValue, GroupRecordKey, Message, OffsetCommitKey, OffsetCommitValue, Writer,
};
use std::borrow::Cow;

const OFFSET_COMMIT_VERSION: i16 = 4;
/// The last version that can say when an offset expires.
const OFFSET_COMMIT_EXPIRING_VERSION: i16 = 1;
const GROUP_METADATA_VERSION: i16 = 3;

/// Keys are built from strings that a request or the log already carried in 16 bits of length, so they fit.
fn key_bytes(key: GroupRecordKey<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoded = key.encode(&mut bytes);
    debug_assert!(encoded.is_ok(), "a key of strings that came from the wire encodes");
    bytes
}

fn value_bytes<M: Message>(value: &M, version: i16) -> Vec<u8> {
    let mut w = Writer::new();
    w.i16(version);
    let encoded = value.encode(&mut w, version);
    debug_assert!(encoded.is_ok(), "a value of strings that came from the wire encodes");
    w.into_bytes()
}

fn offset_key(group: &str, topic: &str, partition: i32) -> Vec<u8> {
    let key = OffsetCommitKey { group: group.into(), topic: topic.into(), partition };
    key_bytes(key.into())
}

pub(crate) fn offset_commit(
    group: &str,
    topic: &str,
    partition: i32,
    committed: &CommittedOffset,
) -> CoordinatorRecord {
    let version = match committed.expire_timestamp_ms {
        Some(_) => OFFSET_COMMIT_EXPIRING_VERSION,
        None => OFFSET_COMMIT_VERSION,
    };
    let value = OffsetCommitValue {
        offset: committed.offset,
        leader_epoch: committed.leader_epoch,
        metadata: Cow::Borrowed(&committed.metadata),
        commit_timestamp: committed.commit_timestamp_ms,
        expire_timestamp: committed.expire_timestamp_ms.unwrap_or(-1),
        topic_id: committed.topic_id,
        ..Default::default()
    };
    CoordinatorRecord { key: offset_key(group, topic, partition), value: Some(value_bytes(&value, version)) }
}

pub(crate) fn offset_tombstone(group: &str, topic: &str, partition: i32) -> CoordinatorRecord {
    CoordinatorRecord { key: offset_key(group, topic, partition), value: None }
}

fn group_key(group: &str) -> Vec<u8> {
    key_bytes(GroupMetadataKey { group: group.into() }.into())
}

pub(crate) fn group_tombstone(group: &str) -> CoordinatorRecord {
    CoordinatorRecord { key: group_key(group), value: None }
}

pub(crate) fn group_metadata<'a>(
    group: &'a Group,
    assignment_of: impl Fn(&'a Member) -> &'a [u8],
) -> CoordinatorRecord {
    let protocol = group.protocol_name.as_deref();
    let stored = |m: &'a Member| MemberMetadata {
        member_id: Cow::Borrowed(&m.id),
        group_instance_id: m.instance_id.as_deref().map(Cow::Borrowed),
        client_id: Cow::Borrowed(&m.client_id),
        client_host: Cow::Borrowed(&m.client_host),
        rebalance_timeout: m.rebalance_timeout_ms,
        session_timeout: m.session_timeout_ms,
        subscription: Cow::Borrowed(protocol.and_then(|p| m.metadata(p)).unwrap_or_default()),
        assignment: Cow::Borrowed(assignment_of(m)),
        ..Default::default()
    };
    let value = GroupMetadataValue {
        protocol_type: Cow::Borrowed(group.protocol_type.as_deref().unwrap_or_default()),
        generation: group.generation,
        protocol: protocol.map(Cow::Borrowed),
        leader: group.leader.as_deref().map(Cow::Borrowed),
        current_state_timestamp: group.state_timestamp_ms,
        members: group.members.values().map(stored).collect(),
        ..Default::default()
    };
    CoordinatorRecord { key: group_key(&group.id), value: Some(value_bytes(&value, GROUP_METADATA_VERSION)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::TopicId;
    use protocol::{Cursor, Decode};

    /// Every record of a classic group and every offset that Kafka 4.3.1 wrote comes out of the state as it went in.
    #[test]
    fn records_are_written_as_kafka_writes_them() {
        let logs: [&[u8]; 3] = [
            include_bytes!("../tests/data/kafka-classic-consumer-txn.log"),
            include_bytes!("../tests/data/kafka-classic.log"),
            include_bytes!("../tests/data/kafka-admin.log"),
        ];
        let (mut groups, mut offsets) = (0, 0);
        for batch in logs.iter().flat_map(|log| ::records::batches(log)) {
            let opened = batch.unwrap().open(1 << 20).unwrap();
            for record in opened.records().map(|r| r.unwrap()) {
                let (Some(key), Some(value)) = (record.key, record.value) else { continue };
                let stored = CoordinatorRecord { key: key.to_vec(), value: Some(value.to_vec()) };
                let mut c = Cursor::new(value);
                match GroupRecordKey::decode(key) {
                    Ok(GroupRecordKey::GroupMetadata(k)) => {
                        let version = c.i16().unwrap();
                        let group = Group::from_stored(&k.group, GroupMetadataValue::decode(&mut c, version).unwrap());
                        assert_eq!(group.record(|m| &m.assignment), stored);
                        groups += 1;
                    }
                    Ok(GroupRecordKey::OffsetCommit(k)) => {
                        let version = c.i16().unwrap();
                        let value = <OffsetCommitValue as Decode>::decode(&mut c, version).unwrap();
                        let committed = CommittedOffset {
                            offset: value.offset,
                            leader_epoch: value.leader_epoch,
                            metadata: value.metadata.into_owned(),
                            commit_timestamp_ms: value.commit_timestamp,
                            expire_timestamp_ms: None,
                            topic_id: value.topic_id,
                            record_offset: 0,
                        };
                        assert_eq!(offset_commit(&k.group, &k.topic, k.partition, &committed), stored);
                        offsets += 1;
                    }
                    _ => {}
                }
            }
        }
        assert_eq!((groups, offsets), (6, 11));
    }

    #[test]
    fn an_offset_with_its_own_expiry_is_written_in_the_version_that_can_say_so() {
        let committed = CommittedOffset {
            offset: 7,
            leader_epoch: 3,
            metadata: "m".into(),
            commit_timestamp_ms: 1,
            expire_timestamp_ms: Some(2),
            topic_id: TopicId::from_u128(9),
            record_offset: 0,
        };
        let record = offset_commit("g", "t", 0, &committed);
        assert_eq!(record.value.unwrap(), b"\0\x01\0\0\0\0\0\0\0\x07\0\x01m\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02");
    }
}
