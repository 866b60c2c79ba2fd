//! Level of `kraft.version`, which lives in the metadata log's own records and not in the image: raising it makes a static
//! quorum a dynamic one, with its voters in the log (KIP-853).

use crate::QuorumError;
use crate::log::{quorum_records, voter_endpoint};
use crate::node::QuorumNode;
use base::Now;
use raft::{Voter, VoterSet};
use records::BatchOptions;
use records::control::{ControlType, control_batch};

impl QuorumNode {
    /// Whether this leader can write its voters into the log: it must know the directory of each, and knows its own.
    pub(crate) fn can_raise_kraft_version(&self) -> bool {
        self.voter_count() == 1 && self.is_voter()
    }

    /// Makes the quorum a dynamic one of this node.
    pub(crate) fn raise_kraft_version(&mut self, now: Now) -> Result<(), QuorumError> {
        const DYNAMIC: i16 = 1;
        let endpoints = self.config.controller_endpoints.iter().map(voter_endpoint);
        let voters = VoterSet::new([Voter { key: self.config.local, endpoints: endpoints.collect() }]);
        let values = quorum_records(DYNAMIC, &voters)?;
        let records: Vec<(ControlType, &[u8])> = values.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
        let options = BatchOptions {
            base_offset: self.log.log_end_offset(),
            partition_leader_epoch: self.raft.epoch(),
            ..BatchOptions::default()
        };
        self.append_control(now, &control_batch(options, now.wall_ms, &records))?;
        self.raft.set_voters(voters);
        self.kraft_version = DYNAMIC;
        self.config.settings.kraft_version = DYNAMIC;
        if let Some(controller) = &mut self.controller {
            controller.settings.kraft_version = DYNAMIC;
        }
        // In the form that belongs to the new level.
        let state = self.read_quorum_state()?;
        self.write_quorum_state(&state)?;
        tracing::info!("the voters of the metadata log are in the log now");
        Ok(())
    }
}
