//! Topics that come into being because clients use them (`auto.create.topics.enable`), and the coordinators' own.

use crate::Broker;
use crate::channel::{Patience, call};
use crate::coordinator::is_internal_topic;
use base::{ErrorCode, Now, Seldom, Set};
use parking_lot::Mutex;
use protocol::create_topics_response::CreatableTopicResult;
use protocol::{ApiKey, CreateTopicsRequest, CreateTopicsResponse, Cursor, Message, create_topics_request};
use std::collections::VecDeque;
use std::sync::Arc;

/// Topics that the controller is asked for, a request at a time: whatever clients ask for, others find room there.
#[derive(Default)]
pub(crate) struct BeingCreated {
    state: Mutex<State>,
    /// Lines about what was refused: of what groups need, of clients' topics, of a controller that is not reached.
    internal_line: Seldom,
    line: Seldom,
    unreached_line: Seldom,
}

#[derive(Default)]
struct State {
    /// Asked for, or waiting for their turn.
    names: Set<String>,
    waiting: VecDeque<String>,
    /// Who sends is the one who has set this; the answer goes on with what waits.
    asks: bool,
}

/// Most topics that are asked for or wait; clients ask again for more.
const BEING_CREATED_MAX: usize = 1_000;
/// Most topics, and partitions of them, of a request: the controller refuses larger ones as a whole.
const TOPICS_MAX: usize = 16;
const PARTITIONS_MAX: usize = 10_000;

impl BeingCreated {
    /// Notes those that nobody asks for yet. The names to ask for now, if nobody asks at the moment.
    fn begin(&self, names: &[String], topics_max: usize) -> Vec<String> {
        let mut state = self.state.lock();
        for name in names {
            // What groups need waits behind no client's topics.
            let is_internal = is_internal_topic(name);
            let has_room = is_internal || state.names.len() < BEING_CREATED_MAX;
            if has_room && state.names.insert(name.clone()) {
                match is_internal {
                    true => state.waiting.push_front(name.clone()),
                    false => state.waiting.push_back(name.clone()),
                }
            }
        }
        if state.asks { Vec::new() } else { state.next(topics_max) }
    }

    /// These were answered; the names to ask for next.
    fn end(&self, names: &[String], topics_max: usize) -> Vec<String> {
        let mut state = self.state.lock();
        names.iter().for_each(|name| _ = state.names.remove(name));
        state.next(topics_max)
    }

    /// Says why a topic was not created automatically, unless somebody else was first. Clients ask again and again.
    fn tell_refused(&self, now: Now, topic: &CreatableTopicResult<'_>) {
        let error = ErrorCode::from_code(topic.error_code);
        let is_internal = is_internal_topic(&topic.name);
        let line = if is_internal { &self.internal_line } else { &self.line };
        if matches!(error, ErrorCode::None | ErrorCode::TopicAlreadyExists) || !line.is_due(now) {
            return;
        }
        let (topic, reason) = (&*topic.name, topic.error_message.as_deref().unwrap_or_default());
        match hint(error, is_internal) {
            Some(hint) => {
                tracing::warn!(topic, %error, reason, hint, "a topic could not be created automatically");
            }
            None => tracing::info!(topic, %error, reason, "a topic could not be created automatically"),
        }
    }

    /// The controller is not reached: nothing waits for it here, clients ask again.
    fn give_up(&self) {
        *self.state.lock() = State::default();
    }
}

/// What to do where it will not pass by itself: the configuration asks for what the cluster cannot do, or groups wait.
fn hint(error: ErrorCode, is_internal: bool) -> Option<&'static str> {
    match (error, is_internal) {
        (ErrorCode::InvalidReplicationFactor, true) => Some(
            "no group works before this topic is there: set offsets.topic.replication.factor to what this cluster \
             can do, or start more brokers",
        ),
        (ErrorCode::InvalidReplicationFactor, false) => {
            Some("set default.replication.factor to what this cluster can do, or start more brokers")
        }
        (_, true) => Some("no group works before this topic is there"),
        (_, false) => None,
    }
}

impl State {
    fn next(&mut self, topics_max: usize) -> Vec<String> {
        let count = self.waiting.len().min(topics_max);
        self.asks = count > 0;
        self.waiting.drain(..count).collect()
    }
}

impl Broker {
    /// Asks the controller for topics that clients use without having created them. Clients ask for metadata again.
    /// A topic is asked for once at a time, however many ask here.
    pub(crate) fn create_topics_automatically(self: &Arc<Self>, names: &[String]) {
        let names = self.being_created.begin(names, self.created_at_once_max());
        self.ask_for_topics(names);
    }

    /// How many topics a request may create.
    fn created_at_once_max(&self) -> usize {
        let config = self.config.load();
        let partitions = config.topics.num_partitions.max(config.groups.offsets.topic_num_partitions).max(1);
        (PARTITIONS_MAX / partitions as usize).clamp(1, TOPICS_MAX)
    }

    fn ask_for_topics(self: &Arc<Self>, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let topics = names.iter().map(|name| self.creatable(name));
        let request = CreateTopicsRequest { topics: topics.collect(), timeout_ms: 30_000, ..Default::default() };
        let broker = self.clone();
        call(&*self.controller, ApiKey::CreateTopics, &request, Patience::Once, move |result, version| {
            match result
                .map(|body| CreateTopicsResponse::decode(&mut Cursor::new(&body), version).map(Message::into_owned))
            {
                Err(error) => {
                    if broker.being_created.unreached_line.is_due(broker.executor.now()) {
                        tracing::info!(%error, "topics could not be created automatically");
                    }
                    return broker.being_created.give_up();
                }
                Ok(Err(error)) => tracing::error!(%error, "the controller's answer cannot be read"),
                Ok(Ok(response)) => {
                    let now = broker.executor.now();
                    response.topics.iter().for_each(|topic| broker.being_created.tell_refused(now, topic));
                }
            }
            let next = broker.being_created.end(&names, broker.created_at_once_max());
            broker.ask_for_topics(next);
        });
    }

    fn creatable(&self, name: &str) -> create_topics_request::CreatableTopic<'static> {
        let config = self.config.load();
        let (partitions, factor, configs) = match name {
            crate::coordinator::OFFSETS_TOPIC => {
                let offsets = &config.groups.offsets;
                let configs = [
                    ("cleanup.policy", "compact".to_owned()),
                    ("compression.type", "producer".to_owned()),
                    ("segment.bytes", offsets.topic_segment_bytes.to_string()),
                ];
                (offsets.topic_num_partitions, offsets.topic_replication_factor, configs.to_vec())
            }
            // As in Kafka, this broker's defaults: the controller of another node may have others.
            _ => {
                let factor = i16::try_from(config.topics.replication_factor).unwrap_or(i16::MAX);
                (config.topics.num_partitions, factor, Vec::new())
            }
        };
        create_topics_request::CreatableTopic {
            name: name.to_owned().into(),
            num_partitions: partitions,
            replication_factor: factor,
            configs: configs
                .into_iter()
                .map(|(name, value)| create_topics_request::CreatableTopicConfig {
                    name: name.into(),
                    value: Some(value.into()),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinator::OFFSETS_TOPIC;

    fn named(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|number| format!("t{number}")).collect()
    }

    #[test]
    fn topics_are_asked_for_once_and_by_one_request_at_a_time() {
        let being_created = BeingCreated::default();
        assert_eq!(being_created.begin(&named(0..2), 16), named(0..2));
        assert!(being_created.begin(&named(0..5), 16).is_empty());
        assert!(being_created.begin(&named(3..6), 16).is_empty());
        assert_eq!(being_created.end(&named(0..2), 3), named(2..5));
        assert_eq!(being_created.end(&named(2..5), 3), named(5..6));
        assert!(being_created.end(&named(5..6), 3).is_empty());
        assert_eq!(being_created.begin(&named(0..1), 3), named(0..1));
    }

    #[test]
    fn a_refusal_that_lasts_is_told_with_what_to_do() {
        let factor = ErrorCode::InvalidReplicationFactor;
        assert!(hint(factor, true).unwrap().contains("offsets.topic.replication.factor"));
        assert!(hint(factor, false).unwrap().contains("default.replication.factor"));
        assert!(hint(ErrorCode::PolicyViolation, true).is_some());
        assert_eq!(hint(ErrorCode::InvalidTopicException, false), None);
        // What clients ask for takes no line from what groups need.
        let (being_created, now) = (BeingCreated::default(), Now { monotonic_us: 0, wall_ms: 0 });
        let refused = |name: &'static str| CreatableTopicResult {
            name: name.into(),
            error_code: factor.code(),
            ..Default::default()
        };
        being_created.tell_refused(now, &refused("clients"));
        assert_eq!((being_created.line.is_due(now), being_created.internal_line.is_due(now)), (false, true));
        being_created.tell_refused(now, &refused(OFFSETS_TOPIC));
        assert!(!being_created.internal_line.is_due(now));
    }

    #[test]
    fn nothing_waits_for_a_controller_that_is_not_there() {
        let being_created = BeingCreated::default();
        assert_eq!(being_created.begin(&named(0..9), 4), named(0..4));
        being_created.give_up();
        assert_eq!(being_created.begin(&named(0..2), 4), named(0..2));
    }

    #[test]
    fn what_waits_has_a_maximum_and_what_groups_need_goes_first() {
        let being_created = BeingCreated::default();
        assert_eq!(being_created.begin(&named(0..20_000), 16), named(0..16));
        assert_eq!(being_created.state.lock().names.len(), BEING_CREATED_MAX);
        assert!(being_created.begin(&[OFFSETS_TOPIC.to_owned()], 16).is_empty());
        assert_eq!(being_created.end(&named(0..16), 2), [OFFSETS_TOPIC.to_owned(), "t16".to_owned()]);
    }
}
