//! Which changes of a running broker's configs Apache Kafka 4.3.1 takes: every key, for one broker and for the cluster's
//! default, alone and for a listener, with its default and with odd values.

use config::*;

const NODE: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.bootstrap.servers=127.0.0.1:28701\n\
    listeners=PLAINTEXT://127.0.0.1:28700,CONTROLLER://127.0.0.1:28701\ninter.broker.listener.name=PLAINTEXT\n\
    advertised.listeners=PLAINTEXT://127.0.0.1:28700,CONTROLLER://127.0.0.1:28701\n\
    controller.listener.names=CONTROLLER\n\
    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,\
    SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL\nnum.network.threads=3\nnum.io.threads=8\nlog.dirs=/data\n\
    num.recovery.threads.per.data.dir=2\nlog.retention.hours=168\nlog.segment.bytes=1073741824\n";

fn layers() -> BrokerLayers {
    let settings = Settings::default().file("server.properties", &Properties::parse_str(NODE).unwrap());
    let static_values = load(&settings).unwrap().config.values;
    // What the controller writes when eligible leader replicas are switched on.
    let cluster_defaults = [("min.insync.replicas".to_string(), "1".to_string())].into();
    BrokerLayers { static_values, cluster_defaults, ..Default::default() }
}

fn layer(scope: &str) -> Layer {
    if scope == "broker" { Layer::Broker } else { Layer::ClusterDefault }
}

/// `ok`, or the message, with `!` before it for INVALID_CONFIG.
fn verdict(layers: &BrokerLayers, layer: Layer, change: Change<'_>) -> String {
    match alter_broker(layers, layer, &[change], true) {
        Ok(_) => "ok".into(),
        Err(error) => {
            let is_invalid_config = error.code(Resource::Broker) == base::ErrorCode::InvalidConfig;
            format!("{}{error}", if is_invalid_config { "!" } else { "" })
        }
    }
}

/// Whether two verdicts are alike. Where Kafka shows what went wrong inside it, only the refusal counts.
fn are_alike(kafka: &str, ours: &str) -> bool {
    let inner = ["/ by zero", "For input string", "failed with class", ": begin 0, end -1"];
    kafka == ours || (inner.iter().any(|text| kafka.contains(text)) && ours != "ok")
}

#[test]
fn every_key_gets_kafkas_verdict_on_any_value() {
    let layers = layers();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("data/dynamic.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [key, prefix, operation, scope, answer, values] = columns[..] else { panic!("{line}") };
        let kind = match operation {
            "SET" => ChangeKind::Set,
            "DELETE" => ChangeKind::Delete,
            "APPEND" => ChangeKind::Append,
            _ => ChangeKind::Subtract,
        };
        let whole = format!("{prefix}{key}");
        for value in values.split('|') {
            let shown = if answer.starts_with("Cannot update") { &whole } else { key };
            let kafka = answer.replace("KEY", shown).replace("{}", value);
            let value = Some(value).filter(|_| kind != ChangeKind::Delete);
            for scope in ["broker", "default"].into_iter().filter(|one| scope == "both" || scope == *one) {
                count += 1;
                let ours = verdict(&layers, layer(scope), Change { key: &whole, kind, value });
                if !are_alike(&kafka, &ours) {
                    wrong.push(format!("{scope} {whole} {operation} {value:?}\n  Kafka: {kafka}\n  ours:  {ours}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 10_000, "{count}");
}

#[test]
fn every_default_gets_kafkas_verdict() {
    let layers = layers();
    let mut wrong = Vec::new();
    for line in include_str!("data/dynamic-verdicts.tsv").lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [key, scope, prefix, value, answer] = columns[..] else { panic!("{line}") };
        let kafka = answer.replace("requirement failed: ", "");
        let key = format!("{prefix}{key}");
        let value = Some(if value == "[]" { "" } else { value });
        let ours = verdict(&layers, layer(scope), Change { key: &key, kind: ChangeKind::Set, value });
        if !are_alike(&kafka, &ours) {
            wrong.push(format!("{line}\n  ours:  {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_accepted_can_be_taken_away() {
    let mut layers = layers();
    // From a version that took it.
    layers.own.insert("max.connections".into(), "0".into());
    layers.own.insert("num.partitions".into(), "7".into());
    layers.own.insert("group.consumer.assignment.interval.ms".into(), "20000".into());
    for key in ["max.connections", "num.partitions", "group.consumer.assignment.interval.ms"] {
        let change = Change { key, kind: ChangeKind::Delete, value: None };
        assert_eq!(verdict(&layers, Layer::Broker, change), "ok", "{key}");
    }
    let change = Change { key: "compression.type", kind: ChangeKind::Set, value: Some("gzip") };
    assert_eq!(verdict(&layers, Layer::Broker, change), "ok", "nobody is kept from changing something else");
}
