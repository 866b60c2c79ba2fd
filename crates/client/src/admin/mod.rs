//! Typed calls for administration: one method a call of Kafka's Admin, results in plain structs.

mod cluster_calls;
mod configs;
mod groups;
mod partitions;
mod topics;

pub use cluster_calls::{ClusterDescription, FeatureUpdate, FeaturesView, NodeVersions, Quorum, QuorumReplica};
pub use configs::{AlterOp, ConfigEntry, ConfigResource, ConfigSynonym, ConfigValueChange, ResourceType};
pub(crate) use groups::collect_offsets;
pub use groups::{CommittedOffset, GroupDescription, GroupListing, GroupMember, Partitions};
pub(crate) use partitions::list_offsets;
pub use partitions::{
    ElectionResult, ElectionType, IsolationLevel, LogDir, LogDirReplica, OffsetAt, OffsetSpec, Reassignment,
};
pub use topics::{NewPartitions, NewTopic, PartitionDescription, TopicDescription};

use crate::{Call, ClientError, Cluster, Metadata, Result, Settings, Target, Wanted};
use base::ErrorCode;
use protocol::Request;
use std::sync::Arc;

/// A client for administration. Each method keeps to `default.api.timeout.ms` in total.
#[derive(Debug)]
pub struct Admin {
    cluster: Cluster,
}

impl Admin {
    /// Resolves the bootstrap names; connects with the first call.
    pub fn new(settings: Settings) -> Result<Admin> {
        Ok(Admin { cluster: Cluster::new(settings)? })
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    fn call<R: Request>(
        &self,
        name: &str,
        target: Target<'_>,
        build: impl Fn(i16) -> R,
        verdict: impl Fn(&R::OwnedResponse) -> ErrorCode,
    ) -> Result<R::OwnedResponse> {
        let call = Call { name, target, deadline: self.cluster.deadline(), version_max: i16::MAX };
        self.cluster.call(call, build, verdict)
    }

    /// Fresh metadata of topics.
    pub fn metadata(&self, wanted: Wanted<'_>, name: &str) -> Result<Arc<Metadata>> {
        self.cluster.refresh(wanted, false, name, self.cluster.deadline())
    }

    fn timeout_ms(&self) -> i32 {
        i32::try_from(self.cluster.settings().request_timeout.as_millis()).unwrap_or(i32::MAX)
    }
}

/// The code of the first item that failed, for the verdict on an answer with a code per item.
fn first_retriable(codes: impl Iterator<Item = i16>) -> ErrorCode {
    codes.map(ErrorCode::from_code).find(|code| code.is_retriable()).unwrap_or(ErrorCode::None)
}

fn item_result(code: i16, message: Option<&str>) -> Result<()> {
    crate::error::check(code, message)
}

fn missing(what: &str) -> ClientError {
    ClientError::State(format!("the answer lacks {what}"))
}
