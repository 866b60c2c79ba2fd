//! The cluster as the metadata log tells it: an immutable image, the delta between two images, feature levels by
//! capability, and the records of a snapshot.
//!
//! Invariants:
//! - the image is derived from the log alone: replaying the same records gives an equal image, and so does a snapshot;
//! - a record that does not fit the image is an error that stops the node; nothing is skipped (KAFKA-14203);
//! - records of what this node does not serve (ACLs, quotas, SCRAM, tokens) are kept and written to snapshots again;
//! - nothing of an unfinished metadata transaction (KIP-868) is ever visible.

mod features;
mod image;
mod incarnation;
mod loader;
mod registration;
mod replay;
mod snapshot;
mod written;

pub use features::{
    ELR_VERSION, FEATURES, Feature, Features, KRAFT_VERSION, Levels, METADATA_VERSION, Unserved, loses_metadata,
    metadata_version_name, metadata_versions, way_down,
};
pub use image::{
    Broker, ConfigResource, ConfigResourceType, Controller, Endpoint, Image, Partition, ProducerIds, TRANSACTION_TOPIC,
    Topic, VersionRange,
};
pub use incarnation::{is_ottla, new_incarnation};
pub use loader::{Delta, Loader};
pub use replay::ReplayError;
pub use snapshot::snapshot_records;
pub use written::written;

/// "No leader" in partition records.
pub const NO_LEADER: base::NodeId = -1;
/// "The leader stays" in a PartitionChangeRecord.
pub const NO_LEADER_CHANGE: base::NodeId = -2;
