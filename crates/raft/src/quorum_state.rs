//! The `quorum-state` file: what a voter must not forget.

use crate::voters::ReplicaKey;
use base::{LeaderEpoch, NodeId, Uuid};
use serde_json::{Value, json};

/// Epoch, leader and vote as they are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuorumState {
    pub leader_id: Option<NodeId>,
    pub leader_epoch: LeaderEpoch,
    pub voted: Option<ReplicaKey>,
}

impl QuorumState {
    /// Of a replica that has never been part of an epoch.
    pub const EMPTY: QuorumState = QuorumState { leader_id: None, leader_epoch: 0, voted: None };

    /// Kafka's JSON. `data_version` 0 belongs to `kraft.version` 0 and lists the voters; 1 to `kraft.version` 1.
    pub fn to_json(&self, kraft_version: i16, voters: &[NodeId]) -> String {
        let leader = self.leader_id.unwrap_or(-1);
        let voted = self.voted.map_or(-1, |key| key.id);
        let value = if kraft_version == 0 {
            let voters: Vec<Value> = voters.iter().map(|id| json!({ "voterId": id })).collect();
            json!({ "clusterId": "", "leaderId": leader, "leaderEpoch": self.leader_epoch, "votedId": voted,
                    "appliedOffset": 0, "currentVoters": voters, "data_version": 0 })
        } else {
            let directory = self.voted.map_or(Uuid::ZERO, |key| key.directory_id);
            json!({ "leaderId": leader, "leaderEpoch": self.leader_epoch, "votedId": voted,
                    "votedDirectoryId": directory.to_string(), "data_version": 1 })
        };
        value.to_string()
    }

    /// Reads both versions; anything else is an error that says what was found (KAFKA-15412: never guessed).
    pub fn from_json(text: &str) -> Result<QuorumState, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let number = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_i64)
                .and_then(|n| i32::try_from(n).ok())
                .ok_or(format!("no number `{name}`"))
        };
        match number("data_version")? {
            0 | 1 => {}
            other => return Err(format!("its data_version is {other}; 0 and 1 are known")),
        }
        let leader = number("leaderId")?;
        let voted = number("votedId")?;
        let directory = match value.get("votedDirectoryId").and_then(Value::as_str) {
            Some(text) => text.parse().map_err(|error| format!("votedDirectoryId: {error}"))?,
            None => Uuid::ZERO,
        };
        Ok(QuorumState {
            leader_id: (leader >= 0).then_some(leader),
            leader_epoch: number("leaderEpoch")?,
            voted: (voted >= 0).then_some(ReplicaKey { id: voted, directory_id: directory }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DYNAMIC: &str =
        r#"{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}"#;
    const STATIC: &str = r#"{"clusterId":"","leaderId":1,"leaderEpoch":1,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}"#;

    #[test]
    fn reads_and_writes_kafkas_bytes() {
        let state = QuorumState { leader_id: Some(1), leader_epoch: 1, voted: None };
        assert_eq!(QuorumState::from_json(DYNAMIC), Ok(state.clone()));
        assert_eq!(QuorumState::from_json(STATIC), Ok(state.clone()));
        assert_eq!(state.to_json(1, &[1]), DYNAMIC);
        assert_eq!(state.to_json(0, &[1]), STATIC);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(QuorumState::from_json(r#"{"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":2}"#).is_err());
        assert!(QuorumState::from_json("{}").is_err());
        assert!(QuorumState::from_json("\0\0").is_err());
    }
}
