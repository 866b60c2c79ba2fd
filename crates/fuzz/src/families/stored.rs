//! Records of Kafka's own topics, control records, and what consumers embed in the group protocol.
//!
//! Metadata: records as pieces, replayed one after the other. Coordinators: kind, key as a piece, value. Control: message,
//! version, body. Consumer protocol: message, then its version and body.

use super::wire;
use crate::Feature;
use crate::corpus::vectors;
use crate::input::{Input, feature_of, mix, push_piece};
use crate::memory::{self, PLAIN};
use metadata::{Image, Loader, snapshot_records};
use protocol::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, EncodeError, GroupRecordKey, GroupRecordValue,
    MetadataRecord, RemoteLogRecord, ShareRecordKey, ShareRecordValue, TransactionRecordKey, TransactionRecordValue,
};
use records::Record;
use records::control::{ControlType, EndTransactionMarker};

const CONTROL: [&str; 7] = [
    "LeaderChangeMessage",
    "SnapshotHeaderRecord",
    "SnapshotFooterRecord",
    "KRaftVersionRecord",
    "VotersRecord",
    "EndTxnMarker",
    "ControlRecordTypeSchema",
];

/// Records of one input that are replayed.
const REPLAYED_MAX: i64 = 64;

/// What was read is written, and reads back as the same.
macro_rules! reads_back {
    ($record:expr, $version:expr, $decode:expr) => {
        let mut bytes = Vec::new();
        match $record.encode(&mut bytes, $version) {
            Err(EncodeError::TooLong { .. }) => assert!(bytes.is_empty()),
            Err(error) => panic!("{:?} v{} was read but cannot be written: {error}", $record.name(), $version),
            Ok(()) => {
                let again = $decode(&bytes).expect("what was written reads back");
                assert!(again == ($record.clone(), $version), "{:?} and {again:?}", ($record.clone(), $version));
            }
        }
    };
}

pub fn metadata(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let mut loader = Loader::new(Image::empty());
    let mut feature = 0;
    for offset in 0..REPLAYED_MAX {
        if input.is_empty() {
            break;
        }
        let piece = input.piece();
        let outcome = match memory::within(PLAIN, piece.len(), || MetadataRecord::decode(piece)) {
            Err(error) => feature_of(&error),
            Ok((record, version)) => {
                reads_back!(record, version, MetadataRecord::decode);
                match loader.replay(offset, 1, 0, &record) {
                    Ok(()) => mix([record.id().clamp(-1, 40) as u8]),
                    Err(error) => feature_of(&error),
                }
            }
        };
        feature = mix([feature, outcome].iter().flat_map(|part| part.to_le_bytes()).skip(7));
    }
    snapshot_recreates(&loader);
    feature
}

/// The records of a snapshot give the image that they were made of.
fn snapshot_recreates(loader: &Loader) {
    let image = loader.visible();
    if image.topics_by_name().count() != image.topic_count() {
        // Two topics of one name: no controller writes that, and a snapshot has the later one.
        return;
    }
    let mut again = Loader::new(Image::empty());
    for (offset, (record, version)) in snapshot_records(image).into_iter().enumerate() {
        let mut bytes = Vec::new();
        match record.encode(&mut bytes, version) {
            // An image of a low metadata.version may hold what its version cannot say; Kafka refuses that snapshot too.
            Err(EncodeError::TooLong { .. } | EncodeError::UnsupportedField { .. }) => return,
            other => other.unwrap_or_else(|error| panic!("a record of a snapshot cannot be written: {error}")),
        }
        let (record, _) = MetadataRecord::decode(&bytes).expect("a record of a snapshot reads back");
        let replayed = again.replay(offset as i64, 1, 0, &record);
        replayed.unwrap_or_else(|error| panic!("a record of a snapshot does not replay: {error}"));
    }
    // Partitions without replicas and the like, which no controller writes, may lose what contradicts them.
    let content = |image: &Image| (image.features.clone(), image.brokers.clone(), image.configs.clone(), names(image));
    assert_eq!(content(again.visible()), content(image));
}

/// Ids and names of the topics, with how many partitions each has.
fn names(image: &Image) -> Vec<(base::TopicId, String, usize)> {
    image.topics_by_name().map(|topic| (topic.id, topic.name.clone(), topic.partitions.len())).collect()
}

pub fn metadata_seeds() -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    for vector in vectors("metadata") {
        let id = (0..64).find(|id| metadata_name(*id) == Some(vector.message.clone()));
        let Some(id) = id else { continue };
        records.push([&[1, id as u8, vector.version as u8][..], &vector.bytes].concat());
    }
    let mut seeds: Vec<Vec<u8>> = records.iter().map(|record| pieces(&[record])).collect();
    seeds.extend(records.chunks(6).map(|chunk| pieces(&chunk.iter().collect::<Vec<_>>())));
    seeds.push(pieces(&image_records().iter().collect::<Vec<_>>()));
    seeds
}

/// A small cluster: what most other records refer to.
fn image_records() -> Vec<Vec<u8>> {
    use protocol::*;
    let topic_id = base::Uuid::from_u128(7);
    let records: Vec<MetadataRecord<'static>> = vec![
        FeatureLevelRecord { name: "metadata.version".into(), feature_level: 30, ..Default::default() }.into(),
        RegisterBrokerRecord { broker_id: 1, broker_epoch: 2, ..Default::default() }.into(),
        TopicRecord { name: "t".into(), topic_id, ..Default::default() }.into(),
        PartitionRecord { topic_id, replicas: vec![1], isr: vec![1], leader: 1, ..Default::default() }.into(),
        ConfigRecord {
            resource_type: 2,
            resource_name: "t".into(),
            name: "a".into(),
            value: Some("b".into()),
            ..Default::default()
        }
        .into(),
        PartitionChangeRecord { topic_id, isr: Some(vec![]), leader: -1, ..Default::default() }.into(),
        BrokerRegistrationChangeRecord { broker_id: 1, broker_epoch: 2, fenced: 1, ..Default::default() }.into(),
        ProducerIdsRecord { broker_id: 1, broker_epoch: 2, next_producer_id: 1000, ..Default::default() }.into(),
        BeginTransactionRecord::default().into(),
        RemoveTopicRecord { topic_id, ..Default::default() }.into(),
        EndTransactionRecord::default().into(),
    ];
    let written = records.into_iter().map(|record| {
        let mut bytes = Vec::new();
        record.encode(&mut bytes, 0).expect("a record in its first version");
        bytes
    });
    written.collect()
}

fn metadata_name(id: i16) -> Option<String> {
    let max = MetadataRecord::max_version(id)?;
    // The name of a type is only told by a record of it.
    let name = (0..=max).find_map(|version| {
        let mut bytes = vec![1, id as u8, version as u8];
        bytes.extend([0; 512]);
        (3..bytes.len()).find_map(|end| MetadataRecord::decode(&bytes[..end]).ok()?.0.name())
    })?;
    Some(name.to_owned())
}

fn pieces(all: &[&Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    all.iter().for_each(|piece| push_piece(&mut out, piece));
    out
}

macro_rules! key_and_value {
    ($input:expr, $key:ident, $value:ident) => {{
        let key = $input.piece();
        match memory::within(PLAIN, key.len(), || $key::decode(key)) {
            Err(error) => feature_of(&error),
            Ok(key) => {
                let mut bytes = Vec::new();
                match key.encode(&mut bytes) {
                    Err(EncodeError::TooLong { .. }) => {}
                    other => {
                        other.unwrap_or_else(|error| panic!("{:?} cannot be written: {error}", key.name()));
                        assert_eq!($key::decode(&bytes).as_ref(), Ok(&key));
                    }
                }
                let (id, value) = (key.id(), $input.0);
                let outcome = match memory::within(PLAIN, value.len(), || $value::decode(id, value)) {
                    Err(error) => feature_of(&error),
                    Ok((record, version)) => {
                        reads_back!(record, version, |bytes| $value::decode(id, bytes));
                        mix([version.clamp(-1, 9) as u8])
                    }
                };
                mix([id.clamp(-1, 40) as u8].into_iter().chain(outcome.to_le_bytes()))
            }
        }
    }};
}

pub fn coordinator(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    match input.u8() % 4 {
        0 => key_and_value!(input, GroupRecordKey, GroupRecordValue),
        1 => key_and_value!(input, TransactionRecordKey, TransactionRecordValue),
        2 => key_and_value!(input, ShareRecordKey, ShareRecordValue),
        _ => {
            let bytes = input.0;
            match memory::within(PLAIN, bytes.len(), || RemoteLogRecord::decode(bytes)) {
                Err(error) => feature_of(&error),
                Ok((record, version)) => {
                    reads_back!(record, version, RemoteLogRecord::decode);
                    mix([record.id().clamp(-1, 40) as u8])
                }
            }
        }
    }
}

pub fn coordinator_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (kind, file) in ["group-coordinator", "transaction-coordinator", "share-coordinator"].iter().enumerate() {
        let all = vectors(file);
        let keys = all.iter().filter(|vector| vector.message.ends_with("Key"));
        for key in keys {
            let name = key.message.trim_end_matches("Key");
            let bytes = (0..32i16).map(|id| [&id.to_be_bytes()[..], &key.bytes].concat());
            let framed = bytes.filter(|bytes| key_name(kind, bytes) == Some(key.message.clone()));
            for framed in framed {
                for value in all.iter().filter(|v| v.message.strip_suffix("Value") == Some(name)) {
                    let mut seed = vec![kind as u8];
                    push_piece(&mut seed, &framed);
                    seed.extend(wire::versioned_seed(value));
                    seeds.push(seed);
                }
            }
        }
    }
    for vector in vectors("storage") {
        for id in 0..4 {
            let bytes = [&[1, id, vector.version as u8][..], &vector.bytes].concat();
            let name = RemoteLogRecord::decode(&bytes).ok().and_then(|(record, _)| record.name());
            if name == Some(vector.message.as_str()) {
                seeds.push([&[3][..], &bytes].concat());
            }
        }
    }
    seeds
}

fn key_name(kind: usize, bytes: &[u8]) -> Option<String> {
    let name = match kind {
        0 => GroupRecordKey::decode(bytes).ok()?.name(),
        1 => TransactionRecordKey::decode(bytes).ok()?.name(),
        _ => ShareRecordKey::decode(bytes).ok()?.name(),
    };
    name.map(str::to_owned)
}

pub fn control(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    let byte = usize::from(input.u8());
    let Some(name) = CONTROL.get(byte % (CONTROL.len() + 1)) else { return marker(input) };
    let (first, last) = wire::versions(name);
    let version = input.version(first, last);
    wire::message(name, version, input.0)
}

/// A transaction marker as a record: its key, then its value.
fn marker(mut input: Input<'_>) -> Feature {
    let key = Some(input.piece()).filter(|key| !key.is_empty());
    let batch = records::control::control_batch(
        records::BatchOptions { producer_id: 1, producer_epoch: 0, transactional: true, ..Default::default() },
        0,
        &[(ControlType::Commit, input.0)],
    );
    let batch = records::Batch::first_in(&batch).expect("our own batch").expect("it is whole");
    let open = batch.open(1 << 20).expect("it is not compressed");
    let record: Record<'_> = open.records().next().expect("it has a record").expect("a record that we wrote");
    let kind = ControlType::from_key(key);
    let marker = EndTransactionMarker::from_record(1, 0, &Record { key, ..record });
    feature_of(&(kind, marker.map(|marker| marker.map(|marker| marker.committed))))
}

pub fn control_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vector in vectors("data").into_iter().chain(vectors("raft")) {
        if let Some(place) = CONTROL.iter().position(|name| *name == vector.message) {
            seeds.push([&[place as u8, vector.version as u8][..], &vector.bytes].concat());
        }
    }
    for kind in [ControlType::Abort, ControlType::Commit, ControlType::LeaderChange] {
        let mut seed = vec![CONTROL.len() as u8];
        push_piece(&mut seed, &kind.key());
        seed.extend([0, 0, 0, 0, 0, 9]);
        seeds.push(seed);
    }
    seeds
}

pub fn consumer(bytes: &[u8]) -> Feature {
    let mut input = Input(bytes);
    match input.u8() % 2 {
        0 => wire::versioned::<ConsumerProtocolSubscription<'_>>(input.0),
        _ => wire::versioned::<ConsumerProtocolAssignment<'_>>(input.0),
    }
}

pub fn consumer_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for vector in vectors("data") {
        let kind = if wire::is_of::<ConsumerProtocolSubscription<'_>>(&vector) {
            0
        } else if wire::is_of::<ConsumerProtocolAssignment<'_>>(&vector) {
            1
        } else {
            continue;
        };
        seeds.push([&[kind][..], &wire::versioned_seed(&vector)].concat());
    }
    seeds
}
