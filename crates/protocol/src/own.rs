//! What Ottla's nodes tell each other beside Kafka's fields: tagged fields of Kafka's messages whose numbers lie far above
//! those that Kafka gives out. Who does not know them passes over them, as KIP-482 asks, and so do Apache Kafka's nodes; a
//! node that hears none of them behaves as one of theirs.

use crate::{BrokerHeartbeatRequest, Cursor, UnknownTaggedField, Writer};
use base::DirectoryId;

/// `ottla.full_log_dirs` of BrokerHeartbeatRequest: a compact array of the directories that have no room for records.
const FULL_LOG_DIRS: u32 = 10_000;

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
        let own = self.unknown_tagged_fields.as_slice().iter().find(|field| field.tag == FULL_LOG_DIRS);
        let read = |data: &[u8]| {
            let mut cursor = Cursor::new(data);
            let directories = cursor.array(true, 16, "fullLogDirs", Cursor::uuid)?;
            cursor.expect_end().map(|()| directories)
        };
        own.and_then(|field| read(&field.data).ok()).unwrap_or_default()
    }
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
    fn what_cannot_be_read_says_nothing() {
        for data in [vec![], vec![0], vec![2, 7], vec![1, 7], vec![0xff; 5]] {
            let mut request = BrokerHeartbeatRequest::default();
            request.unknown_tagged_fields.insert(UnknownTaggedField { tag: FULL_LOG_DIRS, data });
            assert_eq!(request.full_log_dirs(), []);
        }
    }
}
