//! What the task asks the cluster itself: topics made and deleted, who leads, who is in sync. Short patience, no state.

use protocol::header::{decode_response_header, encode_request};
use protocol::{
    CreateTopicsRequest, Decode, DeleteTopicsRequest, DescribeQuorumRequest, MetadataRequest, Request, Writer,
    create_topics_request, describe_quorum_request,
};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const CONNECT_WITHIN: Duration = Duration::from_secs(1);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const FRAME_BYTES_MAX: usize = 16 << 20;

/// One partition as a broker shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub topic: String,
    pub index: i32,
    pub leader: i32,
    pub leader_epoch: i32,
    pub in_sync: Vec<i32>,
}

/// The cluster as a broker shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    pub brokers: Vec<i32>,
    pub partitions: Vec<Partition>,
}

/// The quorum as its leader shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    pub leader: i32,
    pub epoch: i32,
    /// By how many records the slowest voter is behind.
    pub lag: i64,
}

pub fn view(broker: SocketAddr) -> Result<View, String> {
    let answer = call(broker, 7, &MetadataRequest { topics: None, ..Default::default() })?;
    let mut view = View { brokers: answer.brokers.iter().map(|broker| broker.node_id).collect(), ..View::default() };
    for topic in &answer.topics {
        let name = topic.name.as_ref().map(ToString::to_string).unwrap_or_default();
        view.partitions.extend(topic.partitions.iter().map(|partition| Partition {
            topic: name.clone(),
            index: partition.partition_index,
            leader: partition.leader_id,
            leader_epoch: partition.leader_epoch,
            in_sync: partition.isr_nodes.clone(),
        }));
    }
    Ok(view)
}

pub fn quorum(broker: SocketAddr) -> Result<Quorum, String> {
    let partitions = vec![describe_quorum_request::PartitionData::default()];
    let topic = describe_quorum_request::TopicData {
        topic_name: "__cluster_metadata".into(),
        partitions,
        ..Default::default()
    };
    let answer = call(broker, 1, &DescribeQuorumRequest { topics: vec![topic], ..Default::default() })?;
    let partition = answer.topics.first().and_then(|topic| topic.partitions.first());
    let partition = partition.ok_or_else(|| format!("DescribeQuorum: error {}", answer.error_code))?;
    if partition.error_code != 0 {
        return Err(format!("DescribeQuorum: error {}", partition.error_code));
    }
    let behind = partition.current_voters.iter().map(|voter| partition.high_watermark - voter.log_end_offset);
    Ok(Quorum { leader: partition.leader_id, epoch: partition.leader_epoch, lag: behind.max().unwrap_or(0) })
}

pub fn create_topic(broker: SocketAddr, name: &str, partitions: i32, configs: &[(&str, &str)]) -> Result<(), String> {
    let configs = configs.iter().map(|(name, value)| create_topics_request::CreatableTopicConfig {
        name: (*name).into(),
        value: Some((*value).into()),
        ..Default::default()
    });
    let topic = create_topics_request::CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 3,
        configs: configs.collect(),
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
    let answer = call(broker, 5, &request)?;
    const TOPIC_ALREADY_EXISTS: i16 = 36;
    match answer.topics.first().map_or(-1, |topic| topic.error_code) {
        0 | TOPIC_ALREADY_EXISTS => Ok(()),
        error => Err(format!("create topic {name}: error {error}")),
    }
}

pub fn delete_topic(broker: SocketAddr, name: &str) -> Result<(), String> {
    let request = DeleteTopicsRequest { topic_names: vec![name.into()], timeout_ms: 10_000, ..Default::default() };
    let answer = call(broker, 5, &request)?;
    match answer.responses.first().map_or(-1, |topic| topic.error_code) {
        0 => Ok(()),
        error => Err(format!("delete topic {name}: error {error}")),
    }
}

fn call<R: Request>(address: SocketAddr, version: i16, request: &R) -> Result<R::OwnedResponse, String>
where
    for<'r> R::Response<'r>: Decode<'r> + protocol::Message<Owned = R::OwnedResponse>,
{
    let at = |error: std::io::Error| format!("{address}: {error}");
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_WITHIN).map_err(at)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN)).map_err(at)?;
    stream.set_write_timeout(Some(ANSWER_WITHIN)).map_err(at)?;
    let mut writer = Writer::new();
    encode_request(&mut writer, version, 1, Some("soak"), request).map_err(|error| error.to_string())?;
    stream.write_all(&writer.into_bytes()).map_err(at)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).map_err(at)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > FRAME_BYTES_MAX {
        return Err(format!("{address}: an answer of {length} bytes"));
    }
    let mut frame = vec![0; length];
    stream.read_exact(&mut frame).map_err(at)?;
    let (_, mut body) = decode_response_header(&frame, R::API_KEY, version).map_err(|error| error.to_string())?;
    let response = R::Response::decode(&mut body, version).map_err(|error| error.to_string())?;
    Ok(protocol::Message::into_owned(response))
}
