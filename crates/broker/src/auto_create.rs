//! Topics that come into being because clients use them (`auto.create.topics.enable`), and the coordinators' own.

use crate::Broker;
use crate::channel::{Patience, call};
use base::{ErrorCode, Set};
use parking_lot::Mutex;
use protocol::create_topics_response::CreatableTopicResult;
use protocol::{ApiKey, CreateTopicsRequest, CreateTopicsResponse, Cursor, Message, create_topics_request};
use std::sync::Arc;

/// Says why a topic was not created automatically, unless somebody else was first.
fn tell_refused(topic: &CreatableTopicResult<'_>) {
    let error = ErrorCode::from_code(topic.error_code);
    if !matches!(error, ErrorCode::None | ErrorCode::TopicAlreadyExists) {
        let reason = topic.error_message.as_deref().unwrap_or_default();
        tracing::info!(topic = %topic.name, %error, reason, "a topic could not be created automatically");
    }
}

/// Names of topics that the controller is asked for at the moment.
#[derive(Default)]
pub(crate) struct BeingCreated(Mutex<Set<String>>);

/// Most topics that are asked for at a time; clients ask again for more.
const BEING_CREATED_MAX: usize = 1_000;

impl BeingCreated {
    /// Those that nobody asks for yet.
    fn begin(&self, names: &[String]) -> Vec<String> {
        let mut asked = self.0.lock();
        let mut is_new = |name: &&String| asked.len() < BEING_CREATED_MAX && asked.insert((*name).clone());
        names.iter().filter(|name| is_new(name)).cloned().collect()
    }

    fn end(&self, names: &[String]) {
        let mut asked = self.0.lock();
        asked.retain(|name| !names.contains(name));
    }
}

impl Broker {
    /// Asks the controller for topics that clients use without having created them. Clients ask for metadata again.
    /// A topic is asked for once at a time, however many ask here.
    pub(crate) fn create_topics_automatically(self: &Arc<Self>, names: &[String]) {
        let names = self.being_created.begin(names);
        if names.is_empty() {
            return;
        }
        let topics = names.iter().map(|name| self.creatable(name));
        let request = CreateTopicsRequest { topics: topics.collect(), timeout_ms: 30_000, ..Default::default() };
        let broker = self.clone();
        call(&*self.controller, ApiKey::CreateTopics, &request, Patience::Once, move |result, version| {
            broker.being_created.end(&names);
            match result
                .map(|body| CreateTopicsResponse::decode(&mut Cursor::new(&body), version).map(Message::into_owned))
            {
                Err(error) => tracing::info!(%error, "topics could not be created automatically"),
                Ok(Err(error)) => tracing::error!(%error, "the controller's answer cannot be read"),
                Ok(Ok(response)) => response.topics.iter().for_each(tell_refused),
            }
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
            _ => (-1, -1, Vec::new()),
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
