//! DescribeConfigs (versions 1 to 4), which a broker's listener and a controller's answer alike: from the newest image,
//! the node's own file and its loggers.

use api::{Request, ResourceType};
use base::{ErrorCode, NodeId};
use config::{BrokerLayers, Described, Loggers, Source};
use metadata::{ConfigResource, ConfigResourceType, Image};
use net::Pipelining;
use protocol::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use protocol::{DecodeError, DescribeConfigsRequest, DescribeConfigsResponse};

/// Configs as one node sees them.
pub struct NodeConfigs<'a> {
    pub node_id: NodeId,
    pub image: &'a Image,
    /// This node's configuration in that image.
    pub layers: BrokerLayers,
    pub loggers: &'a Loggers,
}

/// Whether the client may describe configs of a resource.
type Allowed<'a> = &'a dyn Fn(ResourceType, &str) -> bool;

pub(crate) type Failure = (ErrorCode, String);

/// Answers the request.
pub fn describe_configs(node: &NodeConfigs<'_>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let describe: DescribeConfigsRequest<'_> = request.decode()?;
    let allowed = |kind, name: &str| request.is_allowed(request.operation, kind, name);
    let response = node.answer(&describe, &allowed);
    request.responder.send(&response);
    Ok(Pipelining::Hold)
}

impl NodeConfigs<'_> {
    fn answer(&self, request: &DescribeConfigsRequest<'_>, allowed: Allowed<'_>) -> DescribeConfigsResponse<'static> {
        let results = request.resources.iter().map(|resource| {
            let name = &*resource.resource_name;
            let kind = ConfigResourceType::from_code(resource.resource_type);
            let (error, message, all) = match self.described(kind, name, allowed) {
                Ok(all) => (ErrorCode::None, String::new(), all),
                Err((error, message)) => (error, message, Vec::new()),
            };
            // No list and an empty list ask for every key.
            let keys = resource.configuration_keys.as_ref().filter(|keys| !keys.is_empty());
            let is_wanted =
                |described: &Described| keys.is_none_or(|keys| keys.iter().any(|key| *key == described.key));
            DescribeConfigsResult {
                error_code: error.code(),
                error_message: Some(message.into()),
                resource_type: resource.resource_type,
                resource_name: name.to_owned().into(),
                configs: all.into_iter().filter(is_wanted).map(|described| entry(described, request)).collect(),
                ..Default::default()
            }
        });
        DescribeConfigsResponse { results: results.collect(), ..Default::default() }
    }

    fn described(&self, kind: ConfigResourceType, name: &str, allowed: Allowed<'_>) -> Result<Vec<Described>, Failure> {
        let own = |kind| controller::dynamic_configs(self.image, &ConfigResource::new(kind, name));
        match kind {
            ConfigResourceType::Topic => {
                if !allowed(ResourceType::Topic, name) {
                    return Err((ErrorCode::TopicAuthorizationFailed, "Topic authorization failed.".into()));
                }
                controller::validate_topic_name(name).map_err(|message| (ErrorCode::InvalidTopicException, message))?;
                if self.image.topic_by_name(name).is_none() {
                    return Err((ErrorCode::UnknownTopicOrPartition, String::new()));
                }
                Ok(config::describe_topic(&own(kind), &self.layers))
            }
            ConfigResourceType::Broker => {
                let of_all = name.is_empty();
                if !of_all {
                    self.is_this_node(name, " or empty string,")?;
                }
                for_cluster(allowed)?;
                Ok(if of_all { self.layers.describe_cluster_defaults() } else { self.layers.describe_broker() })
            }
            ConfigResourceType::BrokerLogger => {
                if name.is_empty() {
                    return Err(invalid("Broker id must not be empty"));
                }
                self.is_this_node(name, "")?;
                for_cluster(allowed)?;
                Ok(self.loggers.describe())
            }
            ConfigResourceType::Group if name.is_empty() => Err(invalid("Group name must not be empty")),
            ConfigResourceType::Group => {
                if !allowed(ResourceType::Group, name) {
                    return Err((ErrorCode::GroupAuthorizationFailed, "Group authorization failed.".into()));
                }
                Ok(config::describe_group(&own(kind), &self.layers))
            }
            ConfigResourceType::ClientMetrics if name.is_empty() => {
                Err(invalid("Client metrics subscription name must not be empty"))
            }
            ConfigResourceType::ClientMetrics => {
                for_cluster(allowed)?;
                Ok(config::describe_client_metrics(&own(kind)))
            }
            ConfigResourceType::Other(code) => Err(invalid(format!("Unsupported resource type: {code}"))),
        }
    }

    /// A node is asked about itself only; any form of its number will do.
    fn is_this_node(&self, name: &str, or_else: &str) -> Result<(), Failure> {
        match name.parse::<NodeId>() {
            Ok(id) if id == self.node_id => Ok(()),
            Ok(_) => {
                Err(invalid(format!("Unexpected broker id, expected {}{or_else} but received {name}", self.node_id)))
            }
            Err(_) => Err(invalid(format!("Broker id must be an integer, but it is: {name}"))),
        }
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    (ErrorCode::InvalidRequest, message.into())
}

fn for_cluster(allowed: Allowed<'_>) -> Result<(), Failure> {
    match allowed(ResourceType::Cluster, "kafka-cluster") {
        true => Ok(()),
        false => Err((ErrorCode::ClusterAuthorizationFailed, "Cluster authorization failed.".into())),
    }
}

fn entry(described: Described, request: &DescribeConfigsRequest<'_>) -> DescribeConfigsResourceResult<'static> {
    let config_type = described.type_id();
    // Loggers have no documentation, and Kafka says so with an empty one, asked or not.
    let is_documented = request.include_documentation || described.source == Source::DynamicBrokerLogger;
    let synonyms = described.synonyms.into_iter().filter(|_| request.include_synonyms);
    DescribeConfigsResourceResult {
        name: described.key.into(),
        value: described.value.map(Into::into),
        read_only: described.is_read_only,
        config_source: described.source as i8,
        is_sensitive: described.is_sensitive,
        synonyms: synonyms
            .map(|synonym| DescribeConfigsSynonym {
                name: synonym.key.into(),
                value: synonym.value.map(Into::into),
                source: synonym.source as i8,
                ..Default::default()
            })
            .collect(),
        config_type,
        documentation: is_documented.then(|| described.documentation.into()),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::describe_configs_request::DescribeConfigsResource;

    fn ask(kind: i8, name: &str, keys: Option<&[&str]>, allowed: Allowed<'_>) -> DescribeConfigsResult<'static> {
        let (image, loggers) = (Image::empty(), Loggers::default());
        let node = NodeConfigs { node_id: 1, image: &image, layers: BrokerLayers::default(), loggers: &loggers };
        let resource = DescribeConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configuration_keys: keys.map(|keys| keys.iter().map(|key| (*key).into()).collect()),
            ..Default::default()
        };
        let request = DescribeConfigsRequest { resources: vec![resource], ..Default::default() };
        node.answer(&request, allowed).results.remove(0)
    }

    fn outcome(kind: i8, name: &str) -> (i16, String) {
        let result = ask(kind, name, None, &|_, _| true);
        (result.error_code, result.error_message.unwrap_or_default().into_owned())
    }

    #[test]
    fn a_node_is_asked_about_itself_under_any_form_of_its_number() {
        for (kind, more) in [(4, " or empty string,"), (8, "")] {
            for name in ["1", "01", "+1"] {
                assert_eq!(outcome(kind, name), (0, String::new()), "{kind} {name}");
            }
            for name in ["9", "-1"] {
                assert_eq!(
                    outcome(kind, name),
                    (42, format!("Unexpected broker id, expected 1{more} but received {name}"))
                );
            }
            for name in ["x", " 1", "1.0", "99999999999"] {
                assert_eq!(outcome(kind, name), (42, format!("Broker id must be an integer, but it is: {name}")));
            }
        }
        assert_eq!(outcome(4, ""), (0, String::new()));
        assert_eq!(outcome(8, "").0, 42);
    }

    #[test]
    fn an_empty_list_of_keys_asks_for_all() {
        let names = |kind, keys: Option<&[&str]>| -> Vec<String> {
            let result = ask(kind, "1", keys, &|_, _| true);
            result.configs.iter().map(|config| config.name.to_string()).collect()
        };
        for kind in [4, 8] {
            let all = names(kind, None);
            assert!(all.len() > 50);
            assert_eq!(names(kind, Some(&[])), all);
        }
        assert_eq!(names(4, Some(&["node.id", "no.such.key", "node.id"])), ["node.id"]);
        assert_eq!(names(8, Some(&["root", "no.such.logger"])), ["root"]);
    }

    #[test]
    fn what_is_not_there_or_not_allowed_is_an_error_of_its_resource() {
        let topic = outcome(2, "none");
        assert_eq!(topic, (ErrorCode::UnknownTopicOrPartition.code(), String::new()));
        assert_eq!(outcome(2, "a b").0, ErrorCode::InvalidTopicException.code());
        for (kind, name) in [(16, ""), (32, ""), (0, "x"), (99, "x")] {
            assert_eq!(outcome(kind, name).0, ErrorCode::InvalidRequest.code(), "{kind}");
        }
        for (kind, name, error) in [
            (2, "t", ErrorCode::TopicAuthorizationFailed),
            (4, "1", ErrorCode::ClusterAuthorizationFailed),
            (8, "1", ErrorCode::ClusterAuthorizationFailed),
            (16, "m", ErrorCode::ClusterAuthorizationFailed),
            (32, "g", ErrorCode::GroupAuthorizationFailed),
        ] {
            assert_eq!(ask(kind, name, None, &|_, _| false).error_code, error.code(), "{kind}");
        }
    }
}
