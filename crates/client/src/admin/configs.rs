//! Configs of topics, brokers, loggers, groups and client-metrics subscriptions.

use super::{Admin, item_result};
use crate::{Result, Target, Wanted};
use base::ErrorCode;
use protocol::describe_configs_request::DescribeConfigsResource;
use protocol::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use protocol::{DescribeConfigsRequest, IncrementalAlterConfigsRequest, ListConfigResourcesRequest};
use std::borrow::Cow;

/// Kinds of resources with configs; the number is the one on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub enum ResourceType {
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}

/// A resource with configs. The empty broker name stands for the defaults of all brokers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigResource {
    pub kind: ResourceType,
    pub name: String,
}

impl ConfigResource {
    pub fn new(kind: ResourceType, name: impl Into<String>) -> ConfigResource {
        ConfigResource { kind, name: name.into() }
    }

    /// Configs of one node and its loggers are read and changed at that node itself.
    fn target(&self) -> Target<'static> {
        match (self.kind, self.name.parse()) {
            (ResourceType::Broker | ResourceType::BrokerLogger, Ok(node)) => Target::Node(node),
            _ => Target::Any,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    pub name: String,
    /// `None` for secrets and for keys without a value.
    pub value: Option<String>,
    /// Kafka's number of the source: 1 topic, 2 broker, 3 broker default, 4 static, 5 default, 6 logger, 7 client
    /// metrics, 8 group.
    pub source: i8,
    pub is_sensitive: bool,
    pub synonyms: Vec<ConfigSynonym>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigSynonym {
    pub name: String,
    pub value: Option<String>,
    pub source: i8,
}

/// What to do with a key (KIP-339).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub enum AlterOp {
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigValueChange {
    pub key: String,
    pub op: AlterOp,
    pub value: Option<String>,
}

impl Admin {
    /// All configs of one resource, in the order of the answer.
    pub fn describe_config(&self, resource: &ConfigResource, synonyms: bool) -> Result<Vec<ConfigEntry>> {
        Ok(self.describe_configs(std::slice::from_ref(resource), synonyms)?.pop().unwrap_or_default())
    }

    /// All configs of several resources that live at the same node, in their order.
    pub fn describe_configs(&self, resources: &[ConfigResource], synonyms: bool) -> Result<Vec<Vec<ConfigEntry>>> {
        let Some(first) = resources.first() else { return Ok(Vec::new()) };
        let build = |_| DescribeConfigsRequest {
            resources: resources
                .iter()
                .map(|resource| DescribeConfigsResource {
                    resource_type: resource.kind as i8,
                    resource_name: Cow::Borrowed(&resource.name),
                    configuration_keys: None,
                    ..Default::default()
                })
                .collect(),
            include_synonyms: synonyms,
            ..Default::default()
        };
        let target = self.reachable(first.target(), "describeConfigs")?;
        let mut response = self.call("describeConfigs", target, build, |_| ErrorCode::None)?;
        resources
            .iter()
            .map(|resource| {
                let place = response
                    .results
                    .iter()
                    .position(|r| r.resource_type == resource.kind as i8 && r.resource_name == resource.name)
                    .ok_or_else(|| super::missing("a resource"))?;
                let result = response.results.swap_remove(place);
                item_result(result.error_code, result.error_message.as_deref())?;
                Ok(result.configs.into_iter().map(config_entry).collect())
            })
            .collect()
    }

    /// Changes configs of one resource.
    pub fn alter_configs(&self, resource: &ConfigResource, changes: &[ConfigValueChange]) -> Result<()> {
        let build = |_| IncrementalAlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type: resource.kind as i8,
                resource_name: Cow::Borrowed(&resource.name),
                configs: changes
                    .iter()
                    .map(|change| AlterableConfig {
                        name: Cow::Borrowed(&change.key),
                        config_operation: change.op as i8,
                        value: change.value.as_deref().map(Cow::Borrowed),
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            }],
            ..Default::default()
        };
        // Controllers change levels of their own loggers only; everything else goes into the metadata log.
        let is_logger = resource.kind == ResourceType::BrokerLogger;
        let target = match self.cluster().settings().bootstrap.is_controllers() && !is_logger {
            true => Target::Controller,
            false => self.reachable(resource.target(), "incrementalAlterConfigs")?,
        };
        let target = if matches!(target, Target::Any) { Target::Controller } else { target };
        let verdict = |r: &protocol::IncrementalAlterConfigsResponse<'static>| {
            let moved = r.responses.iter().any(|t| t.error_code == ErrorCode::NotController.code());
            if moved { ErrorCode::NotController } else { ErrorCode::None }
        };
        let response = self.call("incrementalAlterConfigs", target, build, verdict)?;
        let result = response.responses.first().ok_or_else(|| super::missing("the resource"))?;
        item_result(result.error_code, result.error_message.as_deref())
    }

    /// Names of the resources of a kind that have configs of their own (KIP-1142).
    pub fn list_config_resources(&self, kind: ResourceType) -> Result<Vec<String>> {
        let build = |version: i16| ListConfigResourcesRequest {
            resource_types: if version == 0 { Vec::new() } else { vec![kind as i8] },
            ..Default::default()
        };
        let response = self.call("listConfigResources", Target::Any, build, |r| ErrorCode::from_code(r.error_code))?;
        item_result(response.error_code, None)?;
        let of_kind = response.config_resources.into_iter().filter(|r| r.resource_type == kind as i8);
        Ok(of_kind.map(|r| r.resource_name.into_owned()).collect())
    }

    /// A node that is no controller is not known where controllers were bootstrapped from: any of them is asked, and says so.
    fn reachable<'a>(&self, target: Target<'a>, name: &str) -> Result<Target<'a>> {
        let Target::Node(node) = target else { return Ok(target) };
        if !self.cluster().settings().bootstrap.is_controllers() {
            return Ok(target);
        }
        let is_known = self.metadata(Wanted::Nothing, name)?.nodes.contains_key(&node);
        Ok(if is_known { target } else { Target::Any })
    }
}

fn config_entry(config: protocol::describe_configs_response::DescribeConfigsResourceResult<'_>) -> ConfigEntry {
    ConfigEntry {
        name: config.name.into_owned(),
        value: config.value.map(Cow::into_owned),
        source: config.config_source,
        is_sensitive: config.is_sensitive,
        synonyms: config
            .synonyms
            .into_iter()
            .map(|synonym| ConfigSynonym {
                name: synonym.name.into_owned(),
                value: synonym.value.map(Cow::into_owned),
                source: synonym.source,
            })
            .collect(),
    }
}
