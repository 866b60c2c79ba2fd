//! What of a forwarded request its caller may do: the row's operation is asked about every name in it, before it leaves the
//! listener that it came on; a broker judges changes of its configs there too. The rest goes on; what was refused joins the
//! answer when that comes back.

use crate::describe_configs::NodeConfigs;
use crate::refusal;
use api::{Operation, Request, ResourceType};
use base::{ErrorCode, TopicId};
use config::{Change, ChangeKind, replacing};
use metadata::ConfigResourceType;
use protocol::{
    AlterConfigsRequest, AlterConfigsResponse, ApiKey, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, Cursor, DecodeError, DeleteTopicsRequest, DeleteTopicsResponse,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, Message, alter_configs_response,
    incremental_alter_configs_response,
};
use std::collections::BTreeMap;

/// Completes an encoded answer with what was refused; `None` if it cannot be read.
pub(crate) type Completion = Box<dyn FnOnce(&[u8]) -> Option<Vec<u8>> + Send>;

pub(crate) enum Split {
    /// All of it may be done.
    Whole,
    /// The body that is left, or none, and how its answer is completed.
    Part(Option<Vec<u8>>, Completion),
}

/// Takes the elements out of the list for which the answer is no.
fn take_refused<T>(list: &mut Vec<T>, mut may: impl FnMut(&T) -> bool) -> Vec<T> {
    let (allowed, refused) = std::mem::take(list).into_iter().partition(|element| may(element));
    *list = allowed;
    refused
}

/// The part of a request that is left, with the answer to what was refused.
macro_rules! part {
    ($request:expr, $left:expr, $version:expr, $refused:expr, $response:ident . $list:ident) => {{
        let (version, refused) = ($version, $refused);
        let rest = (!$left).then(|| $request.to_bytes(version)).transpose().ok().flatten();
        Split::Part(
            rest,
            Box::new(move |body: &[u8]| {
                let mut all = match body.is_empty() {
                    true => $response::default(),
                    false => $response::decode(&mut Cursor::new(body), version).ok()?,
                };
                all.$list.extend(refused.$list);
                all.to_bytes(version).ok()
            }),
        )
    }};
}

/// Why a resource is refused.
type Reason = (ErrorCode, Option<String>);

/// Takes the elements out of the list that are refused, each with the reason.
fn take_judged<T>(list: &mut Vec<T>, mut judge: impl FnMut(&T) -> Option<Reason>) -> Vec<(T, Reason)> {
    let (mut left, mut refused) = (Vec::new(), Vec::new());
    for element in std::mem::take(list) {
        match judge(&element) {
            Some(reason) => refused.push((element, reason)),
            None => left.push(element),
        }
    }
    *list = left;
    refused
}

/// Asks about every name of a request that changes topics or configs. `topic_name` knows the topics by id, and `broker`
/// is who judges changes of its configs.
pub(crate) fn split(
    request: &Request<'_>,
    topic_name: &dyn Fn(TopicId) -> Option<String>,
    broker: Option<&NodeConfigs<'_>>,
) -> Result<Split, DecodeError> {
    let version = request.version;
    let code = ErrorCode::TopicAuthorizationFailed.code();
    Ok(match request.api {
        ApiKey::CreateTopics => {
            let mut create: CreateTopicsRequest<'_> = request.decode()?;
            // Who may create on the cluster may create any topic.
            let any = request.may_on_cluster(request.operation);
            let topics = take_refused(&mut create.topics, |topic| any || request.may(&topic.name));
            if topics.is_empty() {
                return Ok(Split::Whole);
            }
            let refused = refusal::create_topics(&CreateTopicsRequest { topics, ..Default::default() }, code, None);
            part!(create, create.topics.is_empty(), version, refused, CreateTopicsResponse.topics)
        }
        ApiKey::CreatePartitions => {
            let mut create: CreatePartitionsRequest<'_> = request.decode()?;
            let topics = take_refused(&mut create.topics, |topic| request.may(&topic.name));
            if topics.is_empty() {
                return Ok(Split::Whole);
            }
            let asked = CreatePartitionsRequest { topics, ..Default::default() };
            let refused = refusal::create_partitions(&asked, code, None);
            part!(create, create.topics.is_empty(), version, refused, CreatePartitionsResponse.results)
        }
        ApiKey::DeleteTopics => {
            let mut delete: DeleteTopicsRequest<'_> = request.decode()?;
            let topic_names = take_refused(&mut delete.topic_names, |name| request.may(name));
            let topics = take_refused(&mut delete.topics, |topic| match &topic.name {
                Some(name) => request.may(name),
                // Of an id that is unknown the controller says so.
                None => topic_name(topic.topic_id).is_none_or(|name| request.may(&name)),
            });
            if topic_names.is_empty() && topics.is_empty() {
                return Ok(Split::Whole);
            }
            let asked = DeleteTopicsRequest { topic_names, topics, ..Default::default() };
            let refused = refusal::delete_topics(&asked, code, None);
            let nothing_left = delete.topic_names.is_empty() && delete.topics.is_empty();
            part!(delete, nothing_left, version, refused, DeleteTopicsResponse.responses)
        }
        ApiKey::AlterConfigs => {
            let mut alter: AlterConfigsRequest<'_> = request.decode()?;
            let names = alter.resources.iter().map(|resource| (resource.resource_type, &*resource.resource_name));
            let twice = named_twice(names);
            let judged = take_judged(&mut alter.resources, |resource| {
                let (kind, name) = (resource.resource_type, &*resource.resource_name);
                let configs = &resource.configs;
                refused_configs(request, kind, name).or_else(|| {
                    let broker = judge_of(broker, kind).filter(|_| !twice.iter().any(|named| named == name))?;
                    let set = configs.iter().map(|config| (&*config.name, config.value.as_deref()));
                    let changes = Some(replacing(broker.of_layer(name), set));
                    broker.refuses(name, changes).map(|(error, message)| (error, Some(message)))
                })
            });
            if judged.is_empty() {
                return Ok(Split::Whole);
            }
            let responses = judged.into_iter().map(|(resource, (error, message))| {
                alter_configs_response::AlterConfigsResourceResponse {
                    error_code: error.code(),
                    error_message: message.map(Into::into),
                    resource_type: resource.resource_type,
                    resource_name: resource.resource_name.into_owned().into(),
                    ..Default::default()
                }
            });
            let refused = AlterConfigsResponse { responses: responses.collect(), ..Default::default() };
            part!(alter, alter.resources.is_empty(), version, refused, AlterConfigsResponse.responses)
        }
        ApiKey::IncrementalAlterConfigs => {
            let mut alter: IncrementalAlterConfigsRequest<'_> = request.decode()?;
            let names = alter.resources.iter().map(|resource| (resource.resource_type, &*resource.resource_name));
            let twice = named_twice(names);
            let judged = take_judged(&mut alter.resources, |resource| {
                let (kind, name) = (resource.resource_type, &*resource.resource_name);
                let configs = &resource.configs;
                refused_configs(request, kind, name).or_else(|| {
                    let broker = judge_of(broker, kind).filter(|_| !twice.iter().any(|named| named == name))?;
                    let changes = configs.iter().map(|config| {
                        let kind = ChangeKind::from_id(config.config_operation)?;
                        Some(Change { key: &config.name, kind, value: config.value.as_deref() })
                    });
                    let changes = changes.collect();
                    broker.refuses(name, changes).map(|(error, message)| (error, Some(message)))
                })
            });
            if judged.is_empty() {
                return Ok(Split::Whole);
            }
            let responses = judged.into_iter().map(|(resource, (error, message))| {
                incremental_alter_configs_response::AlterConfigsResourceResponse {
                    error_code: error.code(),
                    error_message: message.map(Into::into),
                    resource_type: resource.resource_type,
                    resource_name: resource.resource_name.into_owned().into(),
                    ..Default::default()
                }
            });
            let refused = IncrementalAlterConfigsResponse { responses: responses.collect(), ..Default::default() };
            part!(alter, alter.resources.is_empty(), version, refused, IncrementalAlterConfigsResponse.responses)
        }
        _ => Split::Whole,
    })
}

/// Topics and groups are asked about by name, everything else by the cluster.
fn may_alter(request: &Request<'_>, resource_type: i8, name: &str) -> bool {
    let operation: Operation = request.operation;
    match ConfigResourceType::from_code(resource_type) {
        ConfigResourceType::Topic => request.is_allowed(operation, ResourceType::Topic, name),
        ConfigResourceType::Group => request.is_allowed(operation, ResourceType::Group, name),
        _ => request.may_on_cluster(operation),
    }
}

fn refused_configs(request: &Request<'_>, resource_type: i8, name: &str) -> Option<Reason> {
    (!may_alter(request, resource_type, name)).then(|| (config_refusal(resource_type), None))
}

/// Who judges changes of this kind of resource before the controller does.
fn judge_of<'a>(broker: Option<&'a NodeConfigs<'a>>, resource_type: i8) -> Option<&'a NodeConfigs<'a>> {
    broker.filter(|_| ConfigResourceType::from_code(resource_type) == ConfigResourceType::Broker)
}

/// Brokers that are named more than once, of which the controller takes none.
fn named_twice<'a>(names: impl Iterator<Item = (i8, &'a str)>) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let brokers = names.filter(|(kind, _)| ConfigResourceType::from_code(*kind) == ConfigResourceType::Broker);
    brokers.for_each(|(_, name)| *times.entry(name).or_default() += 1);
    times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name.to_owned()).collect()
}

fn config_refusal(resource_type: i8) -> ErrorCode {
    match ConfigResourceType::from_code(resource_type) {
        ConfigResourceType::Topic => ErrorCode::TopicAuthorizationFailed,
        ConfigResourceType::Group => ErrorCode::GroupAuthorizationFailed,
        _ => ErrorCode::ClusterAuthorizationFailed,
    }
}
