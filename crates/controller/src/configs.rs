//! AlterConfigs and IncrementalAlterConfigs, and what configs a new topic begins with.

use crate::plan::{Plan, Record, Records, record};
use crate::{Controller, View};
use base::ErrorCode;
use config::{BrokerLayers, Change, ChangeKind, ConfigError, Layer, Resource};
use metadata::{ConfigResource, ConfigResourceType, Image};
use protocol::incremental_alter_configs_request::AlterConfigsResource;
use protocol::{
    AlterConfigsRequest, AlterConfigsResponse, ClearElrRecord, ConfigRecord, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, MetadataRecord, alter_configs_request, alter_configs_response,
    create_topics_response, incremental_alter_configs_response,
};
use std::collections::{BTreeMap, BTreeSet};

type ConfigFailure = (ErrorCode, String);

/// The dynamic configs of a resource in an image.
pub fn dynamic_configs(image: &Image, resource: &ConfigResource) -> BTreeMap<String, String> {
    let configs = image.configs.get(resource);
    configs.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}

impl Controller {
    /// Configuration of all brokers of the cluster, as far as the controller knows it: its own file and the dynamic
    /// defaults.
    fn broker_layers(&self, view: View<'_>) -> BrokerLayers {
        BrokerLayers {
            static_values: (*self.settings.static_config).clone(),
            cluster_defaults: dynamic_configs(view.image, &ConfigResource::all_brokers()),
            own: BTreeMap::new(),
        }
    }

    /// The configs that a topic is created with, checked.
    pub(crate) fn topic_configs(
        &self,
        view: View<'_>,
        topic: &str,
        overrides: &[(&str, Option<&str>)],
    ) -> Result<BTreeMap<String, String>, ConfigFailure> {
        let _policies_will_see_it = topic;
        let broker = self.broker_layers(view).effective();
        config::validate_topic_creation(overrides.iter().copied(), &broker)
            .map_err(|error| (error.code(Resource::Topic), error.to_string()))?;
        Ok(overrides.iter().filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_owned()))).collect())
    }

    /// What a new topic's configs look like to the client that created it.
    pub(crate) fn effective_configs(
        &self,
        view: View<'_>,
        own: &BTreeMap<String, String>,
    ) -> Vec<create_topics_response::CreatableTopicConfigs<'static>> {
        config::describe_topic(own, &self.broker_layers(view))
            .into_iter()
            .map(|described| create_topics_response::CreatableTopicConfigs {
                // What was asked for is told as it was written.
                value: own
                    .get(described.key.as_str())
                    .filter(|_| !described.is_sensitive)
                    .cloned()
                    .or(described.value)
                    .map(Into::into),
                name: described.key.into(),
                read_only: described.is_read_only,
                config_source: described.source as i8,
                is_sensitive: described.is_sensitive,
                ..Default::default()
            })
            .collect()
    }

    /// IncrementalAlterConfigs (KIP-339): each resource succeeds or fails as a whole.
    pub fn incremental_alter_configs(
        &self,
        view: View<'_>,
        request: &IncrementalAlterConfigsRequest<'_>,
    ) -> Plan<IncrementalAlterConfigsResponse<'static>> {
        let target = |r: &AlterConfigsResource<'_>| (r.resource_type, r.resource_name.to_string());
        let (records, altered) = alter_each(view, &request.resources, target, |resource, kind, name| {
            let mut changes = Vec::new();
            for c in &resource.configs {
                let Some(operation) = ChangeKind::from_id(c.config_operation) else {
                    return Err((ErrorCode::UnknownServerError, String::new()));
                };
                changes.push(Change { key: &c.name, kind: operation, value: c.value.as_deref() });
            }
            self.alter(view, &kind, name, &changes)
        });
        let responses =
            altered.into_iter().map(|altered| incremental_alter_configs_response::AlterConfigsResourceResponse {
                error_code: altered.error.code(),
                error_message: altered.message.map(Into::into),
                resource_type: altered.kind,
                resource_name: altered.name.into(),
                ..Default::default()
            });
        let reply = IncrementalAlterConfigsResponse { responses: responses.collect(), ..Default::default() };
        Plan { records, reply, validate_only: request.validate_only }
    }

    /// AlterConfigs: what is not named goes.
    pub fn alter_configs(
        &self,
        view: View<'_>,
        request: &AlterConfigsRequest<'_>,
    ) -> Plan<AlterConfigsResponse<'static>> {
        let target =
            |r: &alter_configs_request::AlterConfigsResource<'_>| (r.resource_type, r.resource_name.to_string());
        let (records, altered) = alter_each(view, &request.resources, target, |resource, kind, name| {
            let current = resource_of(&kind, name).map(|key| dynamic_configs(view.image, &key)).unwrap_or_default();
            let set = resource.configs.iter().map(|c| (&*c.name, c.value.as_deref()));
            let changes = config::replacing(&current, set);
            self.alter(view, &kind, name, &changes)
        });
        let responses = altered.into_iter().map(|altered| alter_configs_response::AlterConfigsResourceResponse {
            error_code: altered.error.code(),
            error_message: altered.message.map(Into::into),
            resource_type: altered.kind,
            resource_name: altered.name.into(),
            ..Default::default()
        });
        let reply = AlterConfigsResponse { responses: responses.collect(), ..Default::default() };
        Plan { records, reply, validate_only: request.validate_only }
    }

    fn alter(&self, view: View<'_>, kind: &i8, name: &str, changes: &[Change<'_>]) -> Result<Records, ConfigFailure> {
        let resource = resource_of(kind, name)?;
        let current = dynamic_configs(view.image, &resource);
        let layers = self.broker_layers(view);
        let changed = match resource.kind {
            ConfigResourceType::Topic => {
                if view.image.topic_by_name(name).is_none() {
                    return match crate::validate_topic_name(name) {
                        Ok(()) => {
                            Err((ErrorCode::UnknownTopicOrPartition, format!("The topic '{name}' does not exist.")))
                        }
                        Err(message) => Err((ErrorCode::InvalidTopicException, message)),
                    };
                }
                explained(Resource::Topic, config::alter_topic(&current, changes, &layers.effective()))?
            }
            ConfigResourceType::Broker => {
                let layer = if name.is_empty() { Layer::ClusterDefault } else { Layer::Broker };
                if layer == Layer::Broker {
                    check_node(view, name)?;
                }
                let elr = view.image.features.keeps_eligible_leaders();
                explained(Resource::Broker, config::alter_distant_broker(&current, layer, changes, elr))?
            }
            ConfigResourceType::Group => {
                explained(Resource::Group, config::alter_group(&current, changes, &layers.effective()))?
            }
            ConfigResourceType::ClientMetrics => {
                explained(Resource::ClientMetrics, config::alter_client_metrics(&current, changes))?
            }
            // Levels of loggers are changed by the node that has them.
            ConfigResourceType::BrokerLogger | ConfigResourceType::Other(_) => {
                return Err((ErrorCode::InvalidRequest, format!("Unknown resource type {kind}")));
            }
        };
        Ok(changed.into_iter().map(|(key, value)| config_record(&resource, &key, value)).collect())
    }
}

/// Brokers have configs, and so have controllers; each judges them by its own file, which is not known here.
fn check_node(view: View<'_>, name: &str) -> Result<(), ConfigFailure> {
    match name.parse::<i32>() {
        Err(_) => Err((ErrorCode::InvalidRequest, format!("Node id must be an integer, but it is: {name}"))),
        Ok(id) if view.image.brokers.contains_key(&id) || view.image.controllers.contains_key(&id) => Ok(()),
        Ok(id) => Err((ErrorCode::BrokerIdNotRegistered, format!("No node with id {id} found."))),
    }
}

/// After changes of `min.insync.replicas`: eligible leader replicas were chosen by the old value, so they are forgotten
/// (KIP-966), those of a topic, or of all where the cluster's default changes.
pub(crate) fn clear_elr_records(view: View<'_>, changes: &[Record]) -> Records {
    if !view.image.features.keeps_eligible_leaders() {
        return Records::new();
    }
    let cleared = changes.iter().filter_map(|change| match &change.value {
        MetadataRecord::Config(config) if config.name == "min.insync.replicas" => {
            let is_topic = config.resource_type == ConfigResourceType::Topic.code();
            let topic_name = if is_topic { config.resource_name.clone() } else { "".into() };
            Some(record(ClearElrRecord { topic_name, ..Default::default() }, 0))
        }
        _ => None,
    });
    cleared.collect()
}

fn explained(
    kind: Resource,
    result: Result<(BTreeMap<String, String>, Vec<(&str, Option<String>)>), ConfigError>,
) -> Result<Vec<(String, Option<String>)>, ConfigFailure> {
    let (_, changed) = result.map_err(|error| (error.code(kind), error.to_string()))?;
    Ok(changed.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn resource_of(kind: &i8, name: &str) -> Result<ConfigResource, ConfigFailure> {
    match ConfigResourceType::from_code(*kind) {
        ConfigResourceType::Other(_) => Err((ErrorCode::InvalidRequest, format!("Unknown resource type {kind}"))),
        ConfigResourceType::Group if name.is_empty() => {
            Err((ErrorCode::InvalidRequest, "Default group resources are not allowed.".into()))
        }
        ConfigResourceType::Topic if name.is_empty() => {
            Err((ErrorCode::InvalidRequest, "Default topic resources are not allowed.".into()))
        }
        ConfigResourceType::ClientMetrics if name.is_empty() => {
            Err((ErrorCode::InvalidRequest, "Subscription name can't be empty".into()))
        }
        kind => Ok(ConfigResource::new(kind, name)),
    }
}

/// What became of a resource whose configs were to change.
struct Altered {
    kind: i8,
    name: String,
    error: ErrorCode,
    message: Option<String>,
}

/// Changes each resource, all or nothing of it; those that are named twice are refused.
fn alter_each<R>(
    view: View<'_>,
    resources: &[R],
    target: impl Fn(&R) -> (i8, String),
    alter: impl Fn(&R, i8, &str) -> Result<Records, ConfigFailure>,
) -> (Records, Vec<Altered>) {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for target in resources.iter().map(&target) {
        if !seen.insert(target.clone()) {
            twice.insert(target);
        }
    }
    let (mut records, mut altered) = (Records::new(), Vec::new());
    for resource in resources {
        let (kind, name) = target(resource);
        let outcome = match twice.contains(&(kind, name.clone())) {
            true => Err((ErrorCode::InvalidRequest, "Each resource must appear at most once.".to_owned())),
            false => alter(resource, kind, &name),
        };
        let (error, message) = match outcome {
            Ok(changed) => {
                records.extend(changed);
                (ErrorCode::None, None)
            }
            Err((error, message)) => (error, Some(message).filter(|message| !message.is_empty())),
        };
        altered.push(Altered { kind, name, error, message });
    }
    records.extend(clear_elr_records(view, &records));
    (records, altered)
}

fn config_record(resource: &ConfigResource, key: &str, value: Option<String>) -> Record {
    let config = ConfigRecord {
        resource_type: resource.kind.code(),
        resource_name: resource.name.clone().into(),
        name: key.to_owned().into(),
        value: value.map(Into::into),
        ..Default::default()
    };
    record(config, 0)
}
