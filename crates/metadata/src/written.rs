//! The form in which a record is written: the version that the cluster's metadata.version asks for, without what that
//! version does not have.
//!
//! What an older level cannot say is left out as Kafka leaves it out: directories of replicas and of brokers (before
//! 3.7-IV2), eligible leader replicas (before 4.0-IV1), cordoned directories (before 4.3-IV0).

use crate::features::Features;
use protocol::MetadataRecord;

/// The record as this level has it, and its version.
pub fn written(record: impl Into<MetadataRecord<'static>>, features: &Features) -> (MetadataRecord<'static>, i16) {
    let mut record = record.into();
    let version = match &mut record {
        MetadataRecord::RegisterBroker(r) => {
            if !features.assigns_directories() {
                r.log_dirs.clear();
            }
            if !features.cordons_log_dirs() {
                r.cordoned_log_dirs = None;
            }
            features.register_broker_record_version()
        }
        MetadataRecord::BrokerRegistrationChange(r) => {
            if !features.assigns_directories() {
                r.log_dirs.clear();
            }
            if !features.cordons_log_dirs() {
                r.cordoned_log_dirs = None;
            }
            // The oldest that can say it, as readers of older levels know no other.
            match r {
                r if r.cordoned_log_dirs.is_some() => 3,
                r if !r.log_dirs.is_empty() => 2,
                r if r.in_controlled_shutdown != 0 => 1,
                _ => 0,
            }
        }
        MetadataRecord::Partition(r) => {
            let version = features.partition_record_version();
            if version < 1 {
                r.directories.clear();
            }
            if version < 2 {
                (r.eligible_leader_replicas, r.last_known_elr) = (None, None);
            }
            version
        }
        MetadataRecord::PartitionChange(r) => {
            let version = features.partition_record_version();
            if version < 1 {
                r.directories = None;
            }
            if version < 2 {
                (r.eligible_leader_replicas, r.last_known_elr) = (None, None);
            }
            version
        }
        _ => 0,
    };
    (record, version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{METADATA_VERSION, metadata_versions};
    use base::Uuid;
    use protocol::{BrokerRegistrationChangeRecord, PartitionChangeRecord, PartitionRecord, RegisterBrokerRecord};

    /// Every field that some level does not know.
    fn records() -> Vec<MetadataRecord<'static>> {
        let dirs = vec![Uuid::from_u128(7)];
        let change = BrokerRegistrationChangeRecord { in_controlled_shutdown: 1, ..Default::default() };
        vec![
            RegisterBrokerRecord {
                in_controlled_shutdown: true,
                log_dirs: dirs.clone(),
                cordoned_log_dirs: Some(dirs.clone()),
                ..Default::default()
            }
            .into(),
            BrokerRegistrationChangeRecord { log_dirs: dirs.clone(), ..change.clone() }.into(),
            BrokerRegistrationChangeRecord { cordoned_log_dirs: Some(dirs.clone()), ..change }.into(),
            PartitionRecord {
                directories: dirs.clone(),
                eligible_leader_replicas: Some(vec![1]),
                last_known_elr: Some(vec![1]),
                ..Default::default()
            }
            .into(),
            PartitionChangeRecord {
                directories: Some(dirs),
                eligible_leader_replicas: Some(vec![1]),
                last_known_elr: Some(vec![1]),
                ..Default::default()
            }
            .into(),
        ]
    }

    #[test]
    fn every_record_can_be_written_at_every_level() {
        let mut versions = Vec::new();
        for (level, name) in metadata_versions() {
            let mut features = Features::default();
            features.set(METADATA_VERSION, *level);
            let written: Vec<_> = records().into_iter().map(|record| written(record, &features)).collect();
            for (record, version) in &written {
                record.encode(&mut Vec::new(), *version).unwrap_or_else(|error| panic!("{name}: {record:?}: {error}"));
            }
            let of_level: Vec<i16> = written.iter().map(|(_, version)| *version).collect();
            if versions.last().is_none_or(|(_, before)| *before != of_level) {
                versions.push((*name, of_level));
            }
        }
        assert_eq!(
            versions,
            [
                ("3.3-IV3", vec![1, 1, 1, 0, 0]),
                ("3.4-IV0", vec![2, 1, 1, 0, 0]),
                ("3.7-IV2", vec![3, 2, 1, 1, 1]),
                ("4.0-IV1", vec![3, 2, 1, 2, 2]),
                ("4.3-IV0", vec![4, 2, 3, 2, 2]),
            ]
        );
    }
}
