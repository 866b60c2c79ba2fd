//! Producer, consumer and groups against a running broker, whose address is in `OTTLA_TEST_BOOTSTRAP`; without it there
//! is nothing to test.

use client::{
    Admin, ClientError, Consumer, ConsumerRecord, ConsumerSettings, NewTopic, Producer, ProducerRecord,
    ProducerSettings, RebalanceEvent, Settings, SettingsMap, StartAt, Subscription, partition_for_key,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

struct Live {
    bootstrap: String,
    topic: String,
}

impl Live {
    /// A new topic of its own for each test.
    fn new(name: &str, partitions: i32) -> Option<Live> {
        let bootstrap = std::env::var("OTTLA_TEST_BOOTSTRAP").ok()?;
        let live = Live { bootstrap, topic: format!("live-{name}-{}", std::process::id()) };
        let topic = NewTopic { name: live.topic.clone(), partitions, replication_factor: 1, ..NewTopic::default() };
        live.admin().create_topic(&topic).unwrap();
        Some(live)
    }

    fn map(&self, pairs: &[(&str, &str)]) -> SettingsMap {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", &self.bootstrap);
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
    let Some(live) = Live::new("codecs", 3) else { return };
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
    let Some(live) = Live::new("group", 4) else { return };
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
    let Some(live) = Live::new("refused", 1) else { return };
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
    let Some(live) = Live::new("reset", 1) else { return };
    let mut consumer = live.consumer(&[("auto.offset.reset", "none")]);
    consumer.assign(&[(live.topic.as_str(), 0, StartAt::Committed)]).unwrap();
    let error = consumer.poll(Duration::from_secs(5)).unwrap_err();
    assert!(matches!(error, ClientError::NoOffset(_)), "{error:?}");
    consumer.seek_to(&live.topic, 0, StartAt::Offset(99)).unwrap();
    let error = consumer.poll(Duration::from_secs(5)).unwrap_err();
    assert!(matches!(error, ClientError::NoOffset(_)), "{error:?}");
}
