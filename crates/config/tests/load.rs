//! Starting from files, overrides, the environment and nothing.

use config::*;

const NODE: &str = "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n\
    listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\nlog.dirs=/d\n";

fn file(more: &str) -> Settings {
    Settings::default().file("server.properties", &Properties::parse_str(&format!("{NODE}{more}")).unwrap())
}

fn rejected(more: &str) -> Rejected {
    load(&file(more)).map(|_| ()).unwrap_err()
}

#[test]
fn all_wrong_values_are_told_at_once_with_their_place() {
    let rejected = rejected("num.partitions=many\nlog.retention.hours=-7x\nnum.io.threads=0\n");
    assert_eq!(
        rejected.to_string(),
        "Invalid value -7x for configuration log.retention.hours: Not a number of type INT; allowed: a whole number \
         (32 bits) (log.retention.hours=-7x, server.properties line 8)\n\
         Invalid value 0 for configuration num.io.threads: Value must be at least 1; allowed: a whole number (32 bits), \
         at least 1 (num.io.threads=0, server.properties line 9)\n\
         Invalid value many for configuration num.partitions: Not a number of type INT; allowed: a whole number (32 \
         bits), at least 1 (num.partitions=many, server.properties line 7)"
    );
}

#[test]
fn later_settings_win_and_overrides_win_over_the_file() {
    let settings = file("num.partitions=2\nnum.partitions=3\n").override_argument("num.partitions=5");
    let config = load(&settings.override_argument("nokv")).unwrap().config;
    assert_eq!(config.topics.num_partitions, 5);
    assert_eq!(config.values.origin("num.partitions").to_string(), "--override");
}

#[test]
fn keys_without_effect_get_one_honest_line() {
    let more = "num.partitons=3\nlog.cleaner.threads=2\nzookeeper.connect=z:1\nmax.message.bytes=5\nsuper.users=User:a\n\
        listener.name.controller.nonsense=1\nleader.replication.throttled.rate=5\n";
    let notes: Vec<String> = load(&file(more)).unwrap().notes.iter().map(Note::to_string).collect();
    for expected in [
        "num.partitons: unknown key; did you mean num.partitions? (server.properties line 7)",
        "log.cleaner.threads: no effect here: nothing is compacted yet: a compacted topic is kept whole",
        "zookeeper.connect: no effect here: ZooKeeper is gone",
        "max.message.bytes: this is a key of topics; the broker's is message.max.bytes",
        "super.users: no effect here: it belongs to the authorizer",
        "listener.name.controller.nonsense: unknown key of a listener",
        "leader.replication.throttled.rate: it is not read from a file",
    ] {
        assert!(notes.iter().any(|note| note.starts_with(expected)), "{expected}\n{notes:#?}");
    }
    assert_eq!(notes.len(), 7);
}

#[test]
fn what_protects_is_refused_by_name() {
    for (more, expected) in [
        (
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "authorizer.class.name is set",
        ),
        ("create.topic.policy.class.name=a.B", "create.topic.policy.class.name is set"),
        (
            "listeners=SASL_PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\nsasl.enabled.mechanisms=PLAIN\n\
             listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT\n\
             security.inter.broker.protocol=SASL_PLAINTEXT",
            "listener SASL_PLAINTEXT asks for SASL_PLAINTEXT (with sasl.enabled.mechanisms)",
        ),
        (
            "listener.security.protocol.map=PLAINTEXT:SSL,CONTROLLER:PLAINTEXT\ninter.broker.listener.name=PLAINTEXT\n\
             listener.name.plaintext.ssl.keystore.password=hush",
            "listener PLAINTEXT asks for SSL (with listener.name.plaintext.ssl.keystore.password)",
        ),
    ] {
        let rejected = rejected(more);
        assert!(rejected.problems.is_empty(), "{rejected}");
        let text = format!("{rejected} {rejected:?}");
        assert!(text.contains(expected) && !text.contains("hush"), "{rejected}");
    }
    // The defaults of Kafka's own map name no protocol for CONTROLLER once a listener asks for SASL.
    assert!(rejected("listeners=SASL_PLAINTEXT://:9092,CONTROLLER://:9093").to_string().contains("SASL"));
    assert!(load(&file("authorizer.class.name=\nssl.keystore.location=/k")).is_ok());
}

#[test]
fn secrets_are_redacted_everywhere() {
    let loaded = load(&file("ssl.keystore.password=hush\nsasl.jaas.config=hush\n")).unwrap();
    let layers = BrokerLayers { static_values: loaded.config.values.clone(), ..Default::default() };
    let described = format!("{:?}", layers.describe_broker());
    let settings = format!("{:?}", file("ssl.keystore.password=hush"));
    for text in [format!("{loaded:?}"), format!("{:?}", loaded.config.values), described, settings] {
        assert!(!text.contains("hush"), "{text}");
    }
}

#[test]
fn a_guides_properties_are_accepted() {
    let guide = "num.network.threads=16\nnum.io.threads=16\nsocket.send.buffer.bytes=102400\n\
        socket.receive.buffer.bytes=102400\nsocket.request.max.bytes=104857600\nnum.replica.fetchers=4\n\
        num.partitions=6\ndefault.replication.factor=3\nmin.insync.replicas=2\nunclean.leader.election.enable=false\n\
        log.retention.hours=168\nlog.segment.bytes=1073741824\nlog.retention.check.interval.ms=300000\n\
        compression.type=lz4\nmax.message.bytes=1048588\nreplica.lag.time.max.ms=10000\n\
        replica.socket.timeout.ms=30000\nauto.create.topics.enable=false\ndelete.topic.enable=true\n";
    let config = load(&file(guide)).unwrap().config;
    assert_eq!((config.topics.num_partitions, config.topics.auto_create), (6, false));
    assert_eq!(config.topics.topic.compression, Some(Compression::Lz4));
    assert_eq!(config.topics.topic.retention_ms, 168 * 3_600_000);
    assert_eq!(config.log.metadata_log_dir, "/d");
}

#[test]
fn a_controller_listener_on_every_interface_is_advertised_by_the_machines_name() {
    let everywhere = "listeners=PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093\n";
    let config = load(&file(&format!("{everywhere}advertised.listeners=PLAINTEXT://localhost:9092"))).unwrap().config;
    let shown = |listeners: &[BrokerListener]| listeners.iter().map(|l| l.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(shown(&config.network.advertised_listeners), "PLAINTEXT://localhost:9092");
    // No host: the name of the machine.
    assert_eq!(shown(&config.network.advertised_controller_listeners), "CONTROLLER://:9093");
    for (advertised, expected) in [
        ("PLAINTEXT://localhost:9092,CONTROLLER://c:9093", Ok("CONTROLLER://c:9093")),
        ("PLAINTEXT://localhost:9092,CONTROLLER://0.0.0.0:9093", Err("nonroutable meta-address 0.0.0.0")),
        ("PLAINTEXT://0.0.0.0:9092", Err("nonroutable meta-address 0.0.0.0")),
    ] {
        match (load(&file(&format!("{everywhere}advertised.listeners={advertised}"))), expected) {
            (Ok(loaded), Ok(expected)) => {
                assert_eq!(shown(&loaded.config.network.advertised_controller_listeners), expected);
            }
            (Err(rejected), Err(expected)) => assert!(rejected.to_string().contains(expected), "{rejected}"),
            (outcome, expected) => panic!("{advertised}: {outcome:?} is not {expected:?}"),
        }
    }
    // Without advertised.listeners the broker's own would be told to clients.
    assert!(rejected(everywhere).to_string().contains("nonroutable"));
}

#[test]
fn limits_of_one_listener_and_address_are_read() {
    let more = "listener.name.plaintext.max.connections=7\nmax.connections.per.ip.overrides=10.0.0.1:3, host:4\n";
    let config = load(&file(more)).unwrap().config;
    let changed = [("max.connections.per.ip.overrides", "h:9"), ("max.connections", "5"), ("num.partitions", "x")];
    let dynamic = config.with_dynamic(config.values.with_dynamic(changed.into_iter())).network;
    assert_eq!((dynamic.connections_per_ip_overrides["h"], dynamic.connections_max), (9, 5));
    let network = config.network;
    assert_eq!(network.listener_connections_max[&ListenerName::new("plaintext")], 7);
    assert_eq!(network.connections_per_ip_overrides["host"], 4);
    assert_eq!(network.listeners[0].to_string(), "PLAINTEXT://127.0.0.1:9092");
    assert!(network.listeners[0].endpoint.is_loopback());
}

#[test]
fn nothing_at_all_is_a_whole_node_on_loopback() {
    for has_ipv6_loopback in [false, true] {
        let zero = ZeroConfiguration { data_dir: "/data/o", port: Some(19092), has_ipv6_loopback };
        let settings = zero_configuration(&zero, &Environment::default());
        let loaded = load(&settings).unwrap();
        assert_eq!(loaded.notes, []);
        let config = loaded.config;
        assert_eq!(config.node.roles, Roles { broker: true, controller: true });
        assert!(config.network.listeners.iter().all(|l| l.endpoint.is_loopback()));
        assert_eq!(config.network.listeners.len(), 2 + usize::from(has_ipv6_loopback));
        assert_eq!((zero.http_port(), config.log.log_dirs), (19094, vec!["/data/o".to_string()]));
        let text = settings.to_file();
        let again = Settings::default().file("f", &Properties::parse(text.as_bytes()).unwrap());
        assert_eq!(load(&again).unwrap().config.network, config.network);
    }
}

#[test]
fn a_containers_environment_is_a_whole_node() {
    let environment = read_environment([
        ("KAFKA_PROCESS_ROLES", "broker,controller"),
        ("KAFKA_NODE_ID", "7"),
        ("KAFKA_LISTENERS", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"),
        ("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://127.0.0.1:9092"),
        ("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
        ("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
        ("KAFKA_CONTROLLER_QUORUM_VOTERS", "7@127.0.0.1:9093"),
        ("KAFKA_LOG_DIRS", "/env"),
        ("KAFKA_NUM_PARTITIONS", "3"),
        ("CLUSTER_ID", "MkU3OEVBNTcwNTJENDM2Qk"),
        ("KAFKA_HEAP_OPTS", "-Xmx1G"),
        ("KAFKA_PORT", "tcp://10.0.0.1:9092"),
    ]);
    let zero = ZeroConfiguration { data_dir: "/data", port: None, has_ipv6_loopback: true };
    let loaded = load(&zero_configuration(&zero, &environment)).unwrap();
    assert_eq!(loaded.notes, []);
    assert_eq!((loaded.config.node.node_id, loaded.config.topics.num_partitions), (7, 3));
    assert_eq!(loaded.config.log.log_dirs, ["/env"]);
    assert_eq!(environment.cluster_id.as_deref(), Some("MkU3OEVBNTcwNTJENDM2Qk"));
    assert!(matches!(loaded.config.controller.quorum, Quorum::Static(_)));
    let only = read_environment([("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false"), ("KAFKA_NUM_PARTITIONS", "x")]);
    let rejected = load(&zero_configuration(&zero, &only)).unwrap_err();
    assert!(rejected.to_string().contains("environment variable KAFKA_NUM_PARTITIONS"), "{rejected}");
}

#[test]
fn the_file_that_is_left_behind_has_one_replica_of_everything() {
    let zero = ZeroConfiguration { data_dir: "/data/o", port: None, has_ipv6_loopback: true };
    let text = zero_configuration(&zero, &Environment::default()).to_file();
    for line in [
        "listeners=PLAINTEXT://127.0.0.1:9092,PLAINTEXT_IPV6://[::1]:9092,CONTROLLER://127.0.0.1:9093",
        "controller.quorum.bootstrap.servers=127.0.0.1:9093",
        "log.dirs=/data/o",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.min.isr=1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
}
