//! Level of `kraft.version`, which lives in the metadata log's own records and not in the image: raising it makes a static
//! quorum a dynamic one, with its voters in the log (KIP-853).

use crate::QuorumError;
use crate::log::quorum_records;
use crate::node::QuorumNode;
use crate::voters::DYNAMIC;
use base::Now;
use raft::{Voter, VoterSet};
use records::BatchOptions;
use records::control::{ControlType, control_batch};

impl QuorumNode {
    /// Why this leader cannot write its voters into the log, if so: it must know the directory of each, and knows its own.
    pub(crate) fn keeps_kraft_version(&self, now: Now) -> Option<String> {
        let unknown = || Some("The directories of its voters are not all known.".to_owned());
        let Some(voters) = self.voters_with_directories().filter(|_| self.is_voter()) else { return unknown() };
        voters.iter().find_map(|voter| self.other_directory(now, voter.key))
    }

    /// The static voters with their directories, as they have told.
    fn voters_with_directories(&self) -> Option<VoterSet> {
        let own = Voter { key: self.config.local, endpoints: self.own_endpoints() };
        let told = |id| if id == own.key.id { Some(own.clone()) } else { self.told_voters.get(id).cloned() };
        self.raft.voters().iter().map(|voter| told(voter.key.id)).collect::<Option<Vec<_>>>().map(VoterSet::new)
    }

    /// Makes the quorum a dynamic one of the voters that it has.
    pub(crate) fn raise_kraft_version(&mut self, now: Now) -> Result<(), QuorumError> {
        let Some(voters) = self.voters_with_directories() else { return Ok(()) };
        let values = quorum_records(DYNAMIC, &voters)?;
        let records: Vec<(ControlType, &[u8])> = values.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
        let options = BatchOptions {
            base_offset: self.log.log_end_offset(),
            partition_leader_epoch: self.raft.epoch(),
            ..BatchOptions::default()
        };
        self.append_control(now, &control_batch(options, now.wall_ms, &records))?;
        self.voters_since = self.log.log_end_offset() - 1;
        self.raft.set_voters(now, voters);
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
