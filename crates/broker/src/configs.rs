//! Topic settings as the image and the broker's configuration have them.

use crate::broker::Broker;
use crate::topic_settings::TopicSettings;
use config::{BrokerValues, TopicConfig};
use metadata::{ConfigResource, Image};
use std::sync::Arc;

impl Broker {
    /// The settings of a topic under the given broker configuration.
    pub(crate) fn topic_settings(&self, image: &Image, values: &BrokerValues, topic: &str) -> Arc<TopicSettings> {
        let overrides = image.configs.get(&ConfigResource::topic(topic));
        let overrides = overrides.into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str()));
        let at_the_start = self.static_config.limits.producer_id_expiration_ms;
        let expiration = values.value("producer.id.expiration.ms").as_i64().unwrap_or(at_the_start.into());
        Arc::new(TopicSettings::new(&TopicConfig::resolve(values, overrides), expiration))
    }

    /// Applies the dynamic broker configs of an image.
    pub(crate) fn apply_broker_configs(&self, image: &Image) {
        let values = self.config_layers(image).effective();
        let idle = config::taken_without_effect(&self.config.load().values, &values);
        if !idle.is_empty() {
            tracing::warn!("configs were taken and have no effect here: {}", idle.join("; "));
        }
        self.config.store(Arc::new(self.static_config.with_dynamic(values)));
    }
}
