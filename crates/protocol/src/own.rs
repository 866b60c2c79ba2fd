//! What Ottla's nodes tell each other beside Kafka's fields: tagged fields of Kafka's messages whose numbers lie far above
//! those that Kafka gives out. Who does not know them passes over them, as KIP-482 asks, and so do Apache Kafka's nodes; a
//! node that hears none of them behaves as one of theirs.

use crate::{
    AlterPartitionRequest, AlterPartitionResponse, BrokerHeartbeatRequest, Cursor, UnknownTaggedField,
    UnknownTaggedFields, Writer,
};
use base::{DirectoryId, LeaderEpoch};

/// `ottla.full_log_dirs` of BrokerHeartbeatRequest: a compact array of the directories that have no room for records.
const FULL_LOG_DIRS: u32 = 10_000;
/// `ottla.copy` of AlterPartitionRequest: the epoch of the controller that it is for (int32), and a number (int64) that
/// grows with every request of the broker. `ottla.no_earlier_copy` of AlterPartitionResponse, empty: none of the broker's
/// earlier requests is taken any more.
const COPY: u32 = 10_001;

impl BrokerHeartbeatRequest {
    /// The same, which says that these directories have no room.
    pub fn with_full_log_dirs(mut self, directories: &[DirectoryId]) -> Self {
        if !directories.is_empty() {
            let mut writer = Writer::new();
            writer.uvarint(directories.len() as u32 + 1);
            directories.iter().for_each(|directory| writer.uuid(*directory));
            let field = UnknownTaggedField { tag: FULL_LOG_DIRS, data: writer.into_bytes() };
            self.unknown_tagged_fields.insert(field);
        }
        self
    }

    /// The directories that it says to have no room. What cannot be read says nothing.
    pub fn full_log_dirs(&self) -> Vec<DirectoryId> {
        let read = |data: &[u8]| {
            let mut cursor = Cursor::new(data);
            let directories = cursor.array(true, 16, "fullLogDirs", Cursor::uuid)?;
            cursor.expect_end().map(|()| directories)
        };
        own(&self.unknown_tagged_fields, FULL_LOG_DIRS).and_then(|data| read(data).ok()).unwrap_or_default()
    }
}

/// Which controller a request is for, and where it stands among those of its broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestCopy {
    pub controller_epoch: LeaderEpoch,
    pub number: i64,
}

impl AlterPartitionRequest {
    /// The same, which is for one controller only, and not to be taken once a newer one was.
    pub fn with_copy(mut self, copy: RequestCopy) -> Self {
        let mut writer = Writer::new();
        writer.i32(copy.controller_epoch);
        writer.i64(copy.number);
        self.unknown_tagged_fields.insert(UnknownTaggedField { tag: COPY, data: writer.into_bytes() });
        self
    }

    /// Whom it is for, if it says so.
    pub fn copy(&self) -> Option<RequestCopy> {
        let mut cursor = Cursor::new(own(&self.unknown_tagged_fields, COPY)?);
        let copy = RequestCopy { controller_epoch: cursor.i32().ok()?, number: cursor.i64().ok()? };
        cursor.expect_end().ok().map(|()| copy)
    }
}

impl AlterPartitionResponse {
    /// The same, which says that no earlier request of the broker is taken any more.
    pub fn with_no_earlier_copy(mut self) -> Self {
        self.unknown_tagged_fields.insert(UnknownTaggedField { tag: COPY, data: Vec::new() });
        self
    }

    /// Whether it says so.
    pub fn takes_no_earlier_copy(&self) -> bool {
        own(&self.unknown_tagged_fields, COPY).is_some()
    }
}

fn own(fields: &UnknownTaggedFields, tag: u32) -> Option<&[u8]> {
    fields.as_slice().iter().find(|field| field.tag == tag).map(|field| &field.data[..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;
    use base::Uuid;

    #[test]
    fn full_directories_travel_in_every_version_and_change_nothing_else() {
        let told = [Uuid::from_u128(200), Uuid::from_u128(300)];
        for version in 0..=2 {
            let plain = BrokerHeartbeatRequest { broker_id: 4, ..Default::default() };
            let request = plain.clone().with_full_log_dirs(&told);
            let bytes = request.to_bytes(version).unwrap();
            let read = BrokerHeartbeatRequest::decode(&mut Cursor::new(&bytes), version).unwrap();
            assert_eq!(read.full_log_dirs(), told);
            assert_eq!(BrokerHeartbeatRequest { unknown_tagged_fields: Default::default(), ..read }, plain);
            assert_eq!(plain.clone().with_full_log_dirs(&[]), plain);
            assert_eq!(plain.full_log_dirs(), []);
        }
    }

    #[test]
    fn copies_are_told_apart_in_every_version() {
        let copy = RequestCopy { controller_epoch: 7, number: 1 << 40 };
        for version in 2..=3 {
            let plain = AlterPartitionRequest { broker_id: 4, ..Default::default() };
            let bytes = plain.clone().with_copy(copy).to_bytes(version).unwrap();
            let read = AlterPartitionRequest::decode(&mut Cursor::new(&bytes), version).unwrap();
            assert_eq!((read.copy(), read.broker_id, plain.copy()), (Some(copy), 4, None));
            let bytes = AlterPartitionResponse::default().with_no_earlier_copy().to_bytes(version).unwrap();
            let read = AlterPartitionResponse::decode(&mut Cursor::new(&bytes), version).unwrap();
            assert!(read.takes_no_earlier_copy() && !AlterPartitionResponse::default().takes_no_earlier_copy());
        }
        for data in [vec![], vec![0; 11], vec![0; 13]] {
            let mut request = AlterPartitionRequest::default();
            request.unknown_tagged_fields.insert(UnknownTaggedField { tag: COPY, data });
            assert_eq!(request.copy(), None);
        }
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for data in [vec![], vec![0], vec![2, 7], vec![1, 7], vec![0xff; 5]] {
            let mut request = BrokerHeartbeatRequest::default();
            request.unknown_tagged_fields.insert(UnknownTaggedField { tag: FULL_LOG_DIRS, data });
            assert_eq!(request.full_log_dirs(), []);
        }
    }
}
