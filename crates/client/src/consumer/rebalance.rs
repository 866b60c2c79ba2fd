//! A subscribed consumer's way through rebalances: which topics it wants, what it gives up, what it gets.

use super::group::Progress;
use super::offsets::Effort;
use super::{Consumer, Partition, Position, RebalanceEvent, StartAt, Subscription, listed, next_offsets};
use crate::cluster::left_until;
use crate::{ClientError, Result, TopicMetadata, Wanted};
use base::ErrorCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Consumer {
    /// Keeps the member in its group, through rebalances, at most until `deadline`.
    pub(super) fn join_group(&mut self, deadline: Instant) -> Result<()> {
        if self.group.is_none() {
            return Ok(());
        }
        self.refresh_subscription(deadline)?;
        let topics: Vec<String> = self.subscribed.iter().cloned().collect();
        loop {
            let Some(group) = &mut self.group else { return Ok(()) };
            let failure = group.polled();
            if group.take_lost() {
                self.drop_positions(RebalanceEvent::Lost);
                failure?;
                continue;
            }
            failure?;
            if topics.is_empty() {
                return Ok(());
            }
            match group.advance(&topics, deadline)? {
                Progress::None => return Ok(()),
                Progress::Lost => {}
                Progress::GiveUp => {
                    self.give_up();
                    if let Some(group) = &self.group {
                        group.gave_up();
                    }
                }
                Progress::Assigned(assigned) => {
                    self.take_assignment(&assigned);
                    return Ok(());
                }
            }
        }
    }

    /// Before a rebalance: commits if that is automatic, and lets all partitions go unless the member is cooperative.
    fn give_up(&mut self) {
        if let Some(group) = self.group.as_ref().filter(|_| self.settings.auto_commit.is_some()) {
            // Others go on from what was committed before if this fails.
            let _ = group.commit(&next_offsets(&self.positions), self.effort_before_rebalance());
            if group.take_lost() {
                return self.drop_positions(RebalanceEvent::Lost);
            }
        }
        if !self.settings.is_cooperative() {
            self.drop_positions(RebalanceEvent::Revoked);
        }
    }

    fn drop_positions(&mut self, event: fn(Vec<(String, i32)>) -> RebalanceEvent) {
        if !self.positions.is_empty() {
            self.events.push(event(listed(&self.positions)));
            self.positions.clear();
            self.fetcher.keep_only(&self.positions);
        }
    }

    /// A commit before or after a rebalance is worth waiting for, but the group waits too.
    fn effort_before_rebalance(&self) -> Effort {
        Effort::Passing(self.settings.heartbeat_interval)
    }

    /// Goes over to a new assignment. What a cooperative member had and has not any more is committed and given up, and the
    /// member joins again, so that others get it.
    fn take_assignment(&mut self, assigned: &BTreeMap<String, Vec<i32>>) {
        let has = |(topic, partition): &Partition| {
            assigned.get(&**topic).is_some_and(|partitions| partitions.contains(partition))
        };
        let given_up: BTreeMap<Partition, Position> = self
            .positions
            .iter()
            .filter(|(partition, _)| !has(partition))
            .map(|(partition, position)| (partition.clone(), position.clone()))
            .collect();
        if let Some(group) = self.group.as_ref().filter(|_| !given_up.is_empty()) {
            if self.settings.auto_commit.is_some() {
                let _tried_again_by_others = group.commit(&next_offsets(&given_up), self.effort_before_rebalance());
            }
            self.positions.retain(|partition, _| has(partition));
            self.events.push(RebalanceEvent::Revoked(listed(&given_up)));
            group.rejoin();
        }
        let mut added = Vec::new();
        for (topic, partition) in assigned.iter().flat_map(|(topic, all)| all.iter().map(move |one| (topic, *one))) {
            let position = Position { next: None, start: StartAt::Committed, leader_epoch: -1, paused: false };
            self.positions.entry((topic.as_str().into(), partition)).or_insert_with(|| {
                added.push((topic.clone(), partition));
                position
            });
        }
        self.fetcher.keep_only(&self.positions);
        self.last_commit = Instant::now();
        self.events.push(RebalanceEvent::Assigned(added));
    }

    /// Finds the topics of the subscription, and rejoins when they or their partitions changed.
    fn refresh_subscription(&mut self, deadline: Instant) -> Result<()> {
        let Some(subscription) = &self.subscription else { return Ok(()) };
        let known = self.cluster.metadata();
        let (missing, unmatched) = match subscription {
            Subscription::Topics(topics) => {
                (topics.iter().any(|topic| known.topics.get(topic).is_none_or(|t| !t.error.is_ok())), false)
            }
            Subscription::Matching(_) => {
                (false, self.matched.as_ref().is_some_and(|matched| !Arc::ptr_eq(matched, &known)))
            }
        };
        let stale = self.cluster.is_stale();
        if !missing && !unmatched && !stale && !self.subscribed.is_empty() {
            return Ok(());
        }
        let api = self.cluster.deadline();
        let deadline = deadline.max(Instant::now() + Duration::from_millis(100)).min(api);
        let (topics, refreshed) = match subscription {
            Subscription::Topics(topics) => {
                let names: Vec<&str> = topics.iter().map(String::as_str).collect();
                let create = self.settings.allow_auto_create_topics;
                let refreshed = self.cluster.refresh(Wanted::Names(&names), create, "metadata", deadline);
                (topics.iter().cloned().collect::<BTreeSet<_>>(), refreshed)
            }
            Subscription::Matching(accepts) => {
                // The fetcher asks for all topics too: what it learnt is matched without asking again.
                let refreshed = match unmatched && !stale {
                    true => Ok(known),
                    false => self.cluster.refresh(Wanted::All, false, "metadata", deadline),
                };
                let metadata = self.cluster.metadata();
                let there = |topic: &&TopicMetadata| topic.error != ErrorCode::UnknownTopicOrPartition;
                let matching = metadata.topics.values().filter(there).filter(|topic| {
                    !(topic.is_internal && self.settings.exclude_internal_topics) && accepts(&topic.name)
                });
                let matching = matching.map(|topic| topic.name.clone()).collect();
                self.matched = Some(metadata);
                (matching, refreshed)
            }
        };
        match refreshed {
            Ok(_) | Err(ClientError::Timeout(_)) => {}
            Err(error) if error.is_retriable() => {}
            Err(error) => return Err(error),
        }
        let metadata = self.cluster.metadata();
        for topic in &topics {
            match metadata.topics.get(topic).map(|t| t.error) {
                Some(ErrorCode::InvalidTopicException) => {
                    return Err(ClientError::broker(
                        ErrorCode::InvalidTopicException,
                        Some(format!("Invalid topics: [{topic}]")),
                    ));
                }
                Some(error) => self.metadata_error = Some(error).filter(|error| !error.is_ok()),
                None => {}
            }
        }
        if topics != self.subscribed
            && let Some(group) = &mut self.group
        {
            group.rejoin();
        }
        self.subscribed = topics;
        if let Some(group) = &mut self.group {
            group.watch_partitions(&metadata, &self.subscribed);
        }
        if missing {
            std::thread::sleep(left_until(deadline, Duration::from_millis(50)));
        }
        Ok(())
    }
}
