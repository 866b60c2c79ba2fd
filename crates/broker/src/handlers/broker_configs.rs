//! Changes of broker configs on a broker's listener: what it does not take itself never reaches the controller.

use crate::test_bench::Bench;
use ::metadata::{Delta, Image};
use api::{AllowAll, Dispatcher, Open};
use base::ErrorCode;
use net::{Answer, ConnectionInfo, Reply};
use parking_lot::Mutex;
use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::{
    AlterConfigsRequest, AlterConfigsResponse, ApiKey, ConfigRecord, FeatureLevelRecord,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, Message, MetadataRecord, Writer,
    alter_configs_request, incremental_alter_configs_request,
};
use std::sync::Arc;

const BROKER: i8 = 4;
const BOTH: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n\
    listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\n\
    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL\n";
const ALONE: &str = "process.roles=broker\nnode.id=1\ncontroller.quorum.voters=9@127.0.0.1:9093\n\
    listeners=PLAINTEXT://127.0.0.1:9092\ncontroller.listener.names=CONTROLLER\n\
    num.io.threads=16\nlog.retention.ms=1000\n";

/// What a broker refused; empty where the request went on to the controller as a whole.
type Refused = Vec<(ErrorCode, String)>;

struct Asked {
    dispatcher: Dispatcher<Arc<crate::Broker>>,
    mailbox: quorum::Mailbox,
}

/// A broker of this file, with dynamic configs of its own.
fn broker(file: &str, own: &[(&'static str, &'static str)]) -> Asked {
    let (broker, mailbox) = Bench::new(&["/d1"], |_| {}).broker_of_file(file);
    let mut image = Image::empty();
    let level = |name: &'static str, feature_level| {
        let record = FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() };
        record.into()
    };
    let config = |name: &'static str, of: &'static str, value: &'static str| {
        let (resource_name, value) = (of.into(), Some(value.into()));
        ConfigRecord { resource_type: BROKER, resource_name, name: name.into(), value, ..Default::default() }.into()
    };
    let mut records: Vec<MetadataRecord<'static>> = vec![
        level("metadata.version", 25),
        level("eligible.leader.replicas.version", 1),
        config("min.insync.replicas", "", "1"),
    ];
    records.extend(own.iter().map(|(key, value)| config(key, "1", value)));
    records.iter().for_each(|record| image.replay(record, &mut Delta::default()).unwrap());
    broker.image.store(Arc::new(image));
    Asked { dispatcher: Dispatcher::new(Arc::new(broker), super::rows(), Arc::new(AllowAll)), mailbox }
}

impl Asked {
    /// The answer, if one came.
    fn ask(&self, api: ApiKey, version: i16, request: &impl Message) -> Option<Vec<u8>> {
        let mut writer = Writer::with_capacity(256);
        let head = RequestHead { api, version, correlation_id: 5, client_id: None };
        encode_request_header(&mut writer, &head).unwrap();
        let mut frame = writer.into_bytes();
        frame.extend(request.to_bytes(version).unwrap());
        let address = "127.0.0.1:9092".parse().unwrap();
        let connection = ConnectionInfo { id: 1, listener: "PLAINTEXT".into(), peer: address, local: address };
        let answer: Arc<Mutex<Option<Answer>>> = Arc::default();
        let told = answer.clone();
        let reply = Reply::callback(move |answer| *told.lock() = Some(answer));
        let now = base::Now { monotonic_us: 1, wall_ms: 1 };
        self.dispatcher.request(&connection, &Open::anonymous(), &mut frame, reply, now);
        match answer.lock().take()? {
            Answer::Bytes(frame) => Some(frame),
            _ => panic!("no answer of bytes"),
        }
    }

    fn alter(&self, name: &str, key: &str, value: &str) -> Refused {
        let config = incremental_alter_configs_request::AlterableConfig {
            name: key.into(),
            config_operation: 0,
            value: Some(value.into()),
            ..Default::default()
        };
        let resource = incremental_alter_configs_request::AlterConfigsResource {
            resource_type: BROKER,
            resource_name: name.into(),
            configs: vec![config],
            ..Default::default()
        };
        let request = IncrementalAlterConfigsRequest { resources: vec![resource], ..Default::default() };
        let api = ApiKey::IncrementalAlterConfigs;
        let answer = self.ask(api, 1, &request);
        let went_on = self.mailbox.take().len() == 1;
        assert_ne!(went_on, answer.is_some(), "{name} {key}={value}");
        let Some(frame) = answer else { return Refused::new() };
        let (_, mut cursor) = decode_response_header(&frame[4..], api, 1).unwrap();
        let response = IncrementalAlterConfigsResponse::decode(&mut cursor, 1).unwrap();
        let one = |r: &protocol::incremental_alter_configs_response::AlterConfigsResourceResponse<'_>| {
            (ErrorCode::from_code(r.error_code), r.error_message.as_deref().unwrap_or_default().to_owned())
        };
        response.responses.iter().map(one).collect()
    }

    fn replace(&self, configs: &[(&str, &str)]) -> Refused {
        let config = |(key, value): &(&str, &str)| alter_configs_request::AlterableConfig {
            name: (*key).to_owned().into(),
            value: Some((*value).to_owned().into()),
            ..Default::default()
        };
        let resource = alter_configs_request::AlterConfigsResource {
            resource_type: BROKER,
            resource_name: "1".into(),
            configs: configs.iter().map(config).collect(),
            ..Default::default()
        };
        let answer =
            self.ask(ApiKey::AlterConfigs, 2, &AlterConfigsRequest { resources: vec![resource], ..Default::default() });
        assert_ne!(self.mailbox.take().len() == 1, answer.is_some(), "{configs:?}");
        let Some(frame) = answer else { return Refused::new() };
        let (_, mut cursor) = decode_response_header(&frame[4..], ApiKey::AlterConfigs, 2).unwrap();
        let response = AlterConfigsResponse::decode(&mut cursor, 2).unwrap();
        response.responses.iter().map(|r| (ErrorCode::from_code(r.error_code), String::new())).collect()
    }
}

/// The records of Apache Kafka 4.3.1 for the same changes.
#[test]
fn a_broker_gives_kafkas_verdict_on_changes_of_its_configs() {
    let node = broker(BOTH, &[]);
    let mut wrong = Vec::new();
    // Taken from the tests of the crate that decides.
    for line in include_str!("../../../config/tests/data/dynamic-verdicts.tsv").lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [key, scope, prefix, value, kafka] = columns[..] else { panic!("{line}") };
        let name = if scope == "broker" { "1" } else { "" };
        let refused = node.alter(name, &format!("{prefix}{key}"), if value == "[]" { "" } else { value });
        let is_alike = match (kafka, &refused[..]) {
            ("ok", refused) => refused.is_empty(),
            (_, [(ErrorCode::InvalidRequest, message)]) => {
                !kafka.starts_with("Cannot") && !kafka.starts_with("These") || message == kafka
            }
            _ => false,
        };
        if !is_alike {
            wrong.push(format!("{line}\n  ours: {refused:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_broker_alone_judges_by_its_own_file_and_listeners() {
    let alone = broker(ALONE, &[]);
    for (name, key, value) in [
        ("1", "max.connections", "0"),
        ("1", "max.connection.creation.rate", "0"),
        ("", "max.connections", "0"),
        ("1", "listener.name.plaintext.num.network.threads", "50"),
        ("1", "listeners", "CONTROLLER://127.0.0.1:9092"),
        ("1", "num.io.threads", "33"),
        ("1", "num.io.threads", "7"),
        ("", "num.io.threads", "7"),
        ("1", "log.local.retention.ms", "1001"),
        ("", "log.local.retention.ms", "1001"),
    ] {
        let refused = alone.alter(name, key, value);
        assert!(matches!(&refused[..], [(ErrorCode::InvalidRequest, _)]), "{name} {key}={value}: {refused:?}");
    }
    for (name, key, value) in [
        ("1", "max.connections", "5"),
        ("1", "num.io.threads", "32"),
        ("1", "num.io.threads", "8"),
        ("1", "log.local.retention.ms", "1000"),
        // Nobody here has that listener.
        ("1", "listener.name.other.num.network.threads", "50"),
    ] {
        assert_eq!(alone.alter(name, key, value), [], "{name} {key}={value}");
    }
    let unexpected = "Unexpected broker id, expected 1, but received 2".to_owned();
    assert_eq!(alone.alter("2", "max.connections", "5"), [(ErrorCode::InvalidRequest, unexpected)]);
}

#[test]
fn a_replacement_is_judged_with_what_it_takes_away() {
    let alone = broker(ALONE, &[("log.retention.ms", "5000"), ("log.local.retention.ms", "4000")]);
    assert_eq!(alone.replace(&[("log.retention.ms", "4500"), ("log.local.retention.ms", "4000")]), []);
    assert_eq!(alone.replace(&[]), []);
    // The file's 1000 counts again.
    let refused = alone.replace(&[("log.local.retention.ms", "4001")]);
    assert!(matches!(&refused[..], [(ErrorCode::InvalidRequest, _)]), "{refused:?}");
}
