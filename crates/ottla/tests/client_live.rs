//! The client crate - producer, consumer, groups - against a node of this binary.

mod replay;

use client::{
    Admin, ClientError, Consumer, ConsumerRecord, ConsumerSettings, NewTopic, Producer, ProducerRecord,
    ProducerSettings, RebalanceEvent, Settings, SettingsMap, StartAt, Subscription, partition_for_key,
};
use replay::node::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

struct Live {
    node: Node,
    topic: String,
}

impl Live {
    /// A new topic of its own for each test.
    fn new(name: &str, partitions: i32) -> Live {
        let live = Live { node: Node::start(), topic: format!("live-{name}-{}", std::process::id()) };
        let topic = NewTopic { name: live.topic.clone(), partitions, replication_factor: 1, ..NewTopic::default() };
        live.admin().create_topic(&topic).unwrap();
        live
    }

    fn map(&self, pairs: &[(&str, &str)]) -> SettingsMap {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", self.node.bootstrap());
        for (key, value) in pairs {
            map.set(*key, *value);
        }
        map
    }

    fn admin(&self) -> Admin {
        Admin::new(Settings::admin(&self.map(&[]), None).unwrap()).unwrap()
    }

    fn produce(&self, count: usize, pairs: &[(&str, &str)]) {
        let producer = Producer::new(ProducerSettings::from_map(&self.map(pairs)).unwrap()).unwrap();
        let failed: Arc<Mutex<Vec<ClientError>>> = Arc::default();
        for i in 0..count {
            let record = ProducerRecord {
                topic: self.topic.clone(),
                key: Some(format!("k{}", i % 7).into_bytes()),
                value: Some(format!("v{i}").into_bytes()),
                headers: vec![("h".into(), Some(vec![i as u8])), ("none".into(), None)],
                ..ProducerRecord::default()
            };
            let failed = failed.clone();
            let delivery = move |result: client::Result<_>| failed.lock().unwrap().extend(result.err());
            producer.send(record, Some(Box::new(delivery))).unwrap();
        }
        producer.close(Duration::from_secs(30));
        assert_eq!(*failed.lock().unwrap(), []);
    }

    fn consumer(&self, pairs: &[(&str, &str)]) -> Consumer {
        let mut map = self.map(&[("auto.offset.reset", "earliest")]);
        for (key, value) in pairs {
            map.set(*key, *value);
        }
        Consumer::new(ConsumerSettings::from_map(&map).unwrap()).unwrap()
    }

    fn member(&self, group: &str) -> Consumer {
        let mut consumer = self.consumer(&[("group.id", group), ("heartbeat.interval.ms", "100")]);
        consumer.subscribe(Subscription::Topics(vec![self.topic.clone()])).unwrap();
        consumer
    }
}

fn read(consumer: &mut Consumer, count: usize) -> Vec<ConsumerRecord> {
    let until = Instant::now() + Duration::from_secs(30);
    let mut records = Vec::new();
    while records.len() < count && Instant::now() < until {
        records.extend(consumer.poll(Duration::from_millis(200)).unwrap());
    }
    records
}

#[test]
fn records_come_back_in_order_under_every_codec() {
    let live = Live::new("codecs", 3);
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    for codec in codecs {
        live.produce(200, &[("compression.type", codec), ("batch.size", "500"), ("linger.ms", "1")]);
    }
    let mut consumer = live.consumer(&[]);
    let all: Vec<(&str, i32, StartAt)> = (0..3).map(|p| (live.topic.as_str(), p, StartAt::Beginning)).collect();
    consumer.assign(&all).unwrap();
    let records = read(&mut consumer, 1000);
    assert_eq!(records.len(), 1000);
    let mut next: BTreeMap<i32, i64> = BTreeMap::new();
    let mut last: BTreeMap<Vec<u8>, (i64, usize)> = BTreeMap::new();
    for record in records {
        let offset = next.entry(record.partition).or_default();
        assert_eq!(record.offset, *offset);
        *offset += 1;
        let key = record.key.clone().unwrap();
        assert_eq!(record.partition, partition_for_key(&key, 3));
        assert_eq!((record.headers[0].key.as_str(), record.headers[1].value.as_ref()), ("h", None));
        let number: usize = String::from_utf8(record.value.unwrap()[1..].to_vec()).unwrap().parse().unwrap();
        let seen = last.entry(key).or_insert((-1, 0));
        assert!(number > seen.1 || number < 7, "order within a key and round");
        *seen = (record.offset, number);
    }
}

#[test]
fn a_group_shares_partitions_and_goes_on_where_it_was() {
    let live = Live::new("group", 4);
    live.produce(100, &[]);
    let group = format!("g-{}", live.topic);
    let mut first = live.member(&group);
    assert_eq!(read(&mut first, 100).len(), 100);
    assert_eq!(first.assignment().len(), 4);
    let mut second = live.member(&group);
    let until = Instant::now() + Duration::from_secs(20);
    while (first.assignment().len(), second.assignment().len()) != (2, 2) && Instant::now() < until {
        assert_eq!(first.poll(Duration::from_millis(50)).unwrap(), []);
        assert_eq!(second.poll(Duration::from_millis(50)).unwrap(), []);
    }
    let both: BTreeSet<(String, i32)> = first.assignment().into_iter().chain(second.assignment()).collect();
    assert_eq!(both.len(), 4);
    assert!(first.take_events().iter().any(|event| matches!(event, RebalanceEvent::Revoked(all) if all.len() == 4)));
    second.close().unwrap();
    while first.assignment().len() != 4 && Instant::now() < until {
        first.poll(Duration::from_millis(50)).unwrap();
    }
    first.close().unwrap();
    live.produce(10, &[]);
    let mut third = live.member(&group);
    assert_eq!(read(&mut third, 10).len(), 10);
    third.close().unwrap();
    assert_eq!(live.admin().describe_group(&group).unwrap().state, "Empty");
}

#[test]
fn what_a_topic_refuses_is_told_to_its_record() {
    let live = Live::new("refused", 1);
    let producer =
        Producer::new(ProducerSettings::from_map(&live.map(&[("max.request.size", "10000000")])).unwrap()).unwrap();
    let large = ProducerRecord { topic: live.topic.clone(), value: Some(vec![b'x'; 3_000_000]), ..Default::default() };
    let error = producer.send_and_wait(large).unwrap_err();
    assert_eq!(error.code(), base::ErrorCode::MessageTooLarge, "{error:?}");
    let small = ProducerRecord { topic: live.topic.clone(), value: Some(b"x".to_vec()), ..Default::default() };
    assert_eq!(producer.send_and_wait(small).unwrap().offset, 0);
    let illegal = ProducerRecord { topic: "bad/name".into(), ..Default::default() };
    assert_eq!(producer.send_and_wait(illegal).unwrap_err().code(), base::ErrorCode::InvalidTopicException);
}

#[test]
fn without_a_reset_policy_a_missing_offset_is_an_error() {
    let live = Live::new("reset", 1);
    let mut consumer = live.consumer(&[("auto.offset.reset", "none")]);
    consumer.assign(&[(live.topic.as_str(), 0, StartAt::Committed)]).unwrap();
    let error = consumer.poll(Duration::from_secs(5)).unwrap_err();
    assert!(matches!(error, ClientError::NoOffset(_)), "{error:?}");
    consumer.seek_to(&live.topic, 0, StartAt::Offset(99)).unwrap();
    let error = consumer.poll(Duration::from_secs(5)).unwrap_err();
    assert!(matches!(error, ClientError::NoOffset(_)), "{error:?}");
}

/// Polls all of them until the test holds, or half a minute has passed.
fn poll_until(consumers: &mut [&mut Consumer], mut holds: impl FnMut(&[&mut Consumer]) -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !holds(consumers) && Instant::now() < until {
        for consumer in consumers.iter_mut() {
            consumer.poll(Duration::from_millis(50)).unwrap();
        }
    }
    assert!(holds(consumers), "not within half a minute");
}

#[test]
fn a_cooperative_member_keeps_its_partitions_while_the_group_rebalances() {
    let live = Live::new("cooperative", 4);
    live.produce(40, &[]);
    let strategy = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
    let member = || {
        let settings =
            [("group.id", "coop"), ("heartbeat.interval.ms", "100"), ("partition.assignment.strategy", strategy)];
        let mut consumer = live.consumer(&settings);
        consumer.subscribe(Subscription::Topics(vec![live.topic.clone()])).unwrap();
        consumer
    };
    let (mut first, mut second) = (member(), member());
    assert_eq!(read(&mut first, 40).len(), 40);
    let had: BTreeSet<(String, i32)> = first.assignment().into_iter().collect();
    assert_eq!(had.len(), 4);
    first.take_events();
    let mut least = 4;
    poll_until(&mut [&mut first, &mut second], |all| {
        least = least.min(all[0].assignment().len());
        all.iter().all(|consumer| consumer.assignment().len() == 2)
    });
    assert_eq!(least, 2, "nothing more than what moves was given up");
    let kept: BTreeSet<(String, i32)> = first.assignment().into_iter().collect();
    assert!(kept.is_subset(&had));
    let revoked: Vec<usize> = first
        .take_events()
        .iter()
        .filter_map(|event| if let RebalanceEvent::Revoked(all) = event { Some(all.len()) } else { None })
        .collect();
    assert_eq!(revoked, [2]);
    second.close().unwrap();
    poll_until(&mut [&mut first], |all| all[0].assignment().len() == 4);
    assert!(!first.take_events().iter().any(|event| matches!(event, RebalanceEvent::Revoked(_))));
}

#[test]
fn sticky_members_get_back_what_they_had() {
    let live = Live::new("sticky", 4);
    let member = || {
        let settings = [
            ("group.id", "sticky"),
            ("heartbeat.interval.ms", "100"),
            ("partition.assignment.strategy", "org.apache.kafka.clients.consumer.StickyAssignor"),
        ];
        let mut consumer = live.consumer(&settings);
        consumer.subscribe(Subscription::Topics(vec![live.topic.clone()])).unwrap();
        consumer
    };
    let (mut first, mut second, mut third) = (member(), member(), member());
    let two_each = |all: &[&mut Consumer]| all.iter().all(|consumer| consumer.assignment().len() == 2);
    poll_until(&mut [&mut first, &mut second], two_each);
    let (one, two) = (first.assignment(), second.assignment());
    poll_until(&mut [&mut first, &mut second, &mut third], |all| {
        all.iter().all(|consumer| !consumer.assignment().is_empty())
    });
    assert!(first.assignment().iter().all(|partition| one.contains(partition)));
    assert!(second.assignment().iter().all(|partition| two.contains(partition)));
}

#[test]
fn a_batch_that_is_too_large_for_the_topic_is_split() {
    for idempotence in ["true", "false"] {
        let live = Live::new(&format!("split-{idempotence}"), 1);
        let configs = [("max.message.bytes".to_owned(), "3000".to_owned())];
        let topic = NewTopic {
            name: "small".into(),
            partitions: 1,
            replication_factor: 1,
            configs: configs.to_vec(),
            ..NewTopic::default()
        };
        live.admin().create_topic(&topic).unwrap();
        let pairs = [("linger.ms", "200"), ("batch.size", "100000"), ("enable.idempotence", idempotence)];
        let producer = Producer::new(ProducerSettings::from_map(&live.map(&pairs)).unwrap()).unwrap();
        let offsets: Arc<Mutex<Vec<i64>>> = Arc::default();
        for i in 0..50u8 {
            let record = ProducerRecord { topic: "small".into(), value: Some(vec![i; 500]), ..Default::default() };
            let offsets = offsets.clone();
            let delivery = move |result: client::Result<client::RecordMetadata>| {
                offsets.lock().unwrap().push(result.unwrap().offset);
            };
            producer.send(record, Some(Box::new(delivery))).unwrap();
        }
        producer.close(Duration::from_secs(30));
        // Without sequences, requests that are under way together may overtake each other, as in Kafka.
        let in_order = idempotence == "true";
        let mut offsets = offsets.lock().unwrap().clone();
        if !in_order {
            offsets.sort_unstable();
        }
        assert_eq!(offsets, (0..50).collect::<Vec<i64>>(), "idempotence {idempotence}");
        let mut consumer = live.consumer(&[]);
        consumer.assign(&[("small", 0, StartAt::Beginning)]).unwrap();
        let mut values: Vec<u8> =
            read(&mut consumer, 50).iter().map(|record| record.value.as_ref().unwrap()[0]).collect();
        if !in_order {
            values.sort_unstable();
        }
        assert_eq!(values, (0..50).collect::<Vec<u8>>());
    }
}

#[test]
fn a_fetch_session_follows_pauses_and_seeks() {
    let live = Live::new("session", 3);
    live.produce(60, &[]);
    let mut consumer = live.consumer(&[("fetch.max.wait.ms", "20"), ("max.poll.records", "7")]);
    let all: Vec<(&str, i32, StartAt)> = (0..3).map(|p| (live.topic.as_str(), p, StartAt::Beginning)).collect();
    consumer.assign(&all).unwrap();
    let mut records = read(&mut consumer, 60);
    assert_eq!(records.len(), 60);
    // Nothing comes while the session has nothing new to say, then what was produced meanwhile.
    assert_eq!(consumer.poll(Duration::from_millis(100)).unwrap(), []);
    consumer.set_paused(&live.topic, 1, true);
    assert_eq!(consumer.poll(Duration::from_millis(100)).unwrap(), []);
    live.produce(60, &[]);
    let of_first = records.iter().filter(|record| record.partition == 1).count();
    let others = read(&mut consumer, 60 - of_first);
    assert!(others.iter().all(|record| record.partition != 1));
    consumer.set_paused(&live.topic, 1, false);
    consumer.seek(&live.topic, 1, 0).unwrap();
    records = read(&mut consumer, 2 * of_first);
    assert!(records.iter().all(|record| record.partition == 1));
    let offsets: Vec<i64> = records.iter().map(|record| record.offset).collect();
    assert_eq!(offsets, (0..2 * of_first as i64).collect::<Vec<i64>>());
}
