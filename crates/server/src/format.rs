//! Formatting of log directories, for `kafka-storage format` and for the start without configuration.

use crate::ServerError;
use base::{Files, NodeId, Now, Random};
use controller::{Record, feature_records};
use os::{Clock, SystemRandom};
use quorum::{FormatPlan, write_format};
use raft::{Endpoint, ReplicaKey, Voter, VoterSet};
use std::path::PathBuf;
use std::sync::Arc;
use storage::{LogDir, LogDirError, MetaProperties};

/// What a new node's directories get.
pub struct FormatRequest {
    pub cluster_id: String,
    pub node_id: NodeId,
    pub log_dirs: Vec<PathBuf>,
    pub metadata_log_dir: PathBuf,
    /// Feature levels of the bootstrap, metadata.version first.
    pub features: Vec<(String, i16)>,
    /// Records beside the levels (SCRAM credentials).
    pub more_records: Vec<Record>,
    /// Voters that a dynamic quorum begins with. `None`: static voters, or a node that joins a quorum later.
    pub voters: Option<InitialVoters>,
}

/// Voters of a dynamic quorum (KIP-853).
#[derive(Debug, Clone)]
pub enum InitialVoters {
    /// `--standalone`: this node alone, reached here.
    Standalone(Vec<Endpoint>),
    /// `--initial-controllers`: agreed on before, directories included.
    These(VoterSet),
}

/// Formats every directory that is not formatted yet; returns those with the directory ids that they got.
pub fn format(
    files: &Arc<dyn Files>,
    request: &FormatRequest,
) -> Result<Vec<(PathBuf, base::DirectoryId)>, ServerError> {
    format_at(files, request, Clock::new().now(), &mut SystemRandom)
}

/// The same with a given time and source of directory ids.
pub fn format_at(
    files: &Arc<dyn Files>,
    request: &FormatRequest,
    now: Now,
    random: &mut dyn Random,
) -> Result<Vec<(PathBuf, base::DirectoryId)>, ServerError> {
    let mut records = feature_records(&request.features);
    records.extend(request.more_records.iter().cloned());
    let mut formatted = Vec::new();
    for path in &request.log_dirs {
        let dir = LogDir::open(files.clone(), path.clone()).map_err(|error| folder_error(path, error))?;
        if dir.meta_properties().map_err(|error| folder_error(path, error))?.is_some() {
            dir.unlock()?;
            continue;
        }
        let is_metadata_dir = *path == request.metadata_log_dir;
        let given_id = match &request.voters {
            Some(InitialVoters::These(voters)) if is_metadata_dir => voters.get(request.node_id),
            _ => None,
        };
        let directory_id = given_id.map_or_else(|| random.uuid(), |voter| voter.key.directory_id);
        let voters = request.voters.as_ref().map(|voters| match voters {
            InitialVoters::These(voters) => voters.clone(),
            InitialVoters::Standalone(endpoints) => {
                let key = ReplicaKey { id: request.node_id, directory_id };
                VoterSet::new([Voter { key, endpoints: endpoints.clone() }])
            }
        });
        let plan = FormatPlan {
            records: &records,
            quorum: voters.as_ref().map(|voters| (1, voters)),
            is_metadata_dir,
            now_wall_ms: now.wall_ms,
        };
        write_format(&**files, path, &plan)?;
        let meta = MetaProperties {
            cluster_id: request.cluster_id.clone(),
            node_id: request.node_id,
            directory_id: Some(directory_id),
        };
        dir.write_meta_properties(&meta, now.wall_ms)?;
        dir.unlock()?;
        formatted.push((path.clone(), directory_id));
    }
    Ok(formatted)
}

pub(crate) fn folder_error(path: &std::path::Path, error: LogDirError) -> ServerError {
    match error {
        LogDirError::Locked(_) => ServerError::Locked(path.to_owned()),
        LogDirError::MetaProperties { .. } => ServerError::MetaProperties(error.to_string()),
        LogDirError::Storage(error) => ServerError::Storage(error),
    }
}
