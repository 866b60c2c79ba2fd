//! How a node takes over what its folder holds: the newest snapshot, the log behind it, the voters, the vote that was given.

use crate::config::{Ports, QuorumConfig};
use crate::follow::Following;
use crate::hints::Hints;
use crate::introduce::Introduction;
use crate::levels::{Glimpse, check_kraft_version, explain};
use crate::log::Entry;
use crate::node::QuorumNode;
use crate::peers::Peers;
use crate::snapshot::{SnapshotId, read_snapshot};
use crate::{FOLDER, QuorumError};
use base::{Files, LeaderEpoch, Now, Random};
use metadata::{Image, Loader};
use raft::{QuorumState, Raft, VoterSet};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use storage::Log;

impl QuorumNode {
    /// Takes over an open metadata log: loads the newest snapshot, the voters and the vote that was given.
    pub fn open(
        files: Arc<dyn Files>,
        log: Log,
        config: QuorumConfig,
        ports: Ports,
        mut random: Box<dyn Random>,
        now: Now,
    ) -> Result<QuorumNode, QuorumError> {
        let folder = config.metadata_log_dir.join(FOLDER);
        let entries = files.list(&folder).map_err(|error| QuorumError::file(&folder, error))?;
        let applied = log.log_start_offset();
        let snapshots: BTreeSet<SnapshotId> =
            entries.iter().filter_map(|entry| SnapshotId::from_file_name(&entry.name)).collect();
        if applied > 0 && snapshots.last().is_none_or(|newest| newest.end_offset < applied) {
            let reason = format!("the log starts at offset {applied}, and no snapshot holds what was before it");
            return Err(QuorumError::file(&folder, reason));
        }
        let newest = snapshots.last().copied();
        let (timing, seed) = (config.timing, random.next_u64());
        let mut node = QuorumNode {
            raft: Raft::new(config.local, VoterSet::default(), QuorumState::EMPTY, 0, 0, timing, seed, now),
            following: Following::new(&config),
            files,
            config,
            ports,
            log,
            kraft_version: 0,
            random,
            committed: Loader::default(),
            applied,
            latest: None,
            controller: None,
            pending: VecDeque::new(),
            published: Arc::new(Image::empty()),
            bytes_since_snapshot: 0,
            next_snapshot_us: None,
            snapshot_not_before_us: 0,
            snapshotting_bytes: None,
            next_refusal_line_us: 0,
            needs_flush: false,
            is_flushing: false,
            flush_not_before_us: 0,
            snapshots,
            fetches: Vec::new(),
            hints: Hints::default(),
            peers: Peers::default(),
            leaving: None,
            claims: None,
            next_token: 1,
            introduction: Introduction::default(),
            muted: None,
            change: None,
            fetchers: Default::default(),
            not_kept_line: Default::default(),
            told_voters: VoterSet::default(),
            voters_since: -1,
        };
        if let Some(id) = newest {
            node.committed = node.read_image(id)?;
            node.applied = id.end_offset;
            if node.log.log_end_offset() < id.end_offset {
                let jobs = node.log.truncate_fully_and_start_at(id.end_offset, now.wall_ms)?;
                for job in jobs {
                    job.run(&*node.files)?;
                }
            }
        }
        node.remember_log_start()?;
        let (voters, glimpse) = node.read_quorum()?;
        let state = node.read_quorum_state()?;
        node.raft = Raft::new(
            node.config.local,
            voters,
            state,
            node.log.log_end_offset(),
            node.last_epoch(),
            timing,
            seed,
            now,
        );
        node.check_log(glimpse, now)?;
        node.leader_moved(now);
        node.next_snapshot_us = node.snapshot_by_time(now);
        node.tell_view(now);
        Ok(node)
    }

    /// Takes up the log start of the process before: its segments may begin earlier, but what it knew of leader epochs begins
    /// there, and without that a replica whose log differs would be taken for one that agrees.
    fn remember_log_start(&mut self) -> Result<(), QuorumError> {
        let newest = self.snapshots.last().map_or(0, |id| id.end_offset);
        let known_from =
            self.log.leader_epochs().earliest().map_or(self.log.log_end_offset(), |entry| entry.start_offset);
        let start = known_from.min(newest);
        if start > self.log.log_start_offset() {
            self.log.set_high_watermark(start);
            let jobs = self.log.advance_log_start_offset(start)?;
            self.run_jobs(jobs)?;
        }
        let log_start = self.log.log_start_offset();
        let gone: Vec<SnapshotId> = self.snapshots.iter().copied().filter(|id| id.end_offset < log_start).collect();
        gone.into_iter().for_each(|id| self.remove_snapshot(id));
        Ok(())
    }

    /// The image that a snapshot of the folder holds.
    pub(crate) fn read_image(&self, id: SnapshotId) -> Result<Loader, QuorumError> {
        let content = read_snapshot(&*self.files, &self.snapshot_path(id))?;
        let mut loader = Loader::default();
        for record in &content.records {
            loader
                .replay(id.end_offset - 1, id.epoch, content.timestamp_ms, &record.value)
                .map_err(|error| explain(error.into(), &loader.latest().features))?;
        }
        loader.advance(id.end_offset - 1, id.epoch, content.timestamp_ms);
        Ok(loader)
    }

    /// Reads what newest snapshot and log say of the quorum itself: takes the level, returns the voters, and what else is to be
    /// known of them first.
    pub(crate) fn read_quorum(&mut self) -> Result<(VoterSet, Glimpse), QuorumError> {
        let (mut kraft_version, mut voters, mut since) = (0, self.config.static_voters.clone(), -1);
        let mut glimpse = Glimpse::default();
        let mut from = self.log.log_start_offset();
        if let Some(id) = self.snapshots.last().copied() {
            let content = read_snapshot(&*self.files, &self.snapshot_path(id))?;
            kraft_version = content.kraft_version;
            since = content.voters.as_ref().map_or(-1, |_| id.end_offset - 1);
            voters = content.voters.or(voters);
            content.records.iter().for_each(|record| glimpse.note(&record.value));
            from = from.max(id.end_offset);
        }
        let read = self.read_entries(from, self.log.log_end_offset(), |offset, _, _, entry| {
            match entry {
                Entry::Metadata(record) => glimpse.note(&record),
                Entry::KraftVersion(version) => kraft_version = version,
                Entry::Voters(found) => (voters, since) = (Some(found), offset),
                _ => {}
            }
            Ok(())
        });
        read.map_err(|error| glimpse.explain(error))?;
        check_kraft_version(kraft_version)?;
        self.kraft_version = kraft_version;
        self.config.settings.kraft_version = kraft_version;
        self.voters_since = since;
        Ok((voters.unwrap_or_default(), glimpse))
    }

    /// Epoch of the last record of the log; where it is empty, that of the snapshot before it.
    pub(crate) fn last_epoch(&self) -> LeaderEpoch {
        let of_snapshot = self.snapshots.last().filter(|id| id.end_offset == self.log.log_end_offset());
        let of_log = self.log.leader_epochs().latest().map(|entry| entry.epoch);
        of_log.into_iter().chain(of_snapshot.map(|id| id.epoch)).max().unwrap_or(0)
    }
}
