//! State that the recordings began with.

use client::{
    Acks, Admin, Consumer, ConsumerSettings, NewTopic, Producer, ProducerRecord, ProducerSettings, Settings,
    SettingsMap, Subscription,
};
use records::Codec;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What seeds a node.
pub struct Seed {
    pub bootstrap: String,
}

impl Seed {
    pub fn map(&self) -> SettingsMap {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", &self.bootstrap);
        map
    }

    pub fn admin(&self) -> Admin {
        Admin::new(Settings::admin(&self.map(), None).unwrap()).unwrap()
    }

    /// Topics and records of the main recordings.
    pub fn main(&self) {
        let mut waiting = Vec::new();
        for line in include_str!("../transcripts/s0.tsv").lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells[0] {
                "topic" => {
                    let pairs = cells[3].split(';').filter_map(|pair| pair.split_once('='));
                    let configs = pairs.map(|(k, v)| (k.to_string(), v.to_string())).collect();
                    self.topic(cells[1], cells[2].parse().unwrap(), configs);
                }
                "rec" => waiting.push(record(&cells)),
                "flush" => self.flush(std::mem::take(&mut waiting), cells[1], cells.get(3).copied()),
                "trim" => {
                    let key = (cells[1].to_string(), cells[2].parse().unwrap());
                    self.admin().delete_records(&BTreeMap::from([(key, cells[3].parse().unwrap())])).unwrap();
                }
                other => panic!("unknown step: {other}"),
            }
        }
    }

    pub fn topic(&self, name: &str, partitions: i32, configs: Vec<(String, String)>) {
        let topic = NewTopic { name: name.into(), partitions, replication_factor: -1, configs, ..NewTopic::default() };
        self.admin().create_topic(&topic).unwrap();
    }

    /// Sends records as one batch a partition, or in batches of a given size.
    pub fn flush(&self, records: Vec<ProducerRecord>, codec: &str, batch: Option<&str>) {
        let mut map = self.map();
        map.set("linger.ms", "2000").set("batch.size", batch.unwrap_or("1000000"));
        let mut settings = ProducerSettings::from_map(&map).unwrap();
        settings.compression = Codec::from_name(codec).unwrap().into();
        assert_eq!(settings.acks, Acks::All);
        let producer = Producer::new(settings).unwrap();
        for record in records {
            producer.send(record, Some(Box::new(|result| drop(result.unwrap())))).unwrap();
        }
        producer.close(Duration::from_secs(30));
    }

    /// Values `v0`, `v1`, ... in a new topic.
    pub fn values(&self, topic: &str, count: usize) {
        self.topic(topic, 1, Vec::new());
        let record = |i: usize| ProducerRecord {
            topic: topic.into(),
            key: Some(b"k".to_vec()),
            value: Some(format!("v{i}").into_bytes()),
            ..ProducerRecord::default()
        };
        self.flush((0..count).map(record).collect(), "none", None);
    }

    pub fn commit(&self, group: &str, offsets: &[(&str, i32, i64)]) {
        let offsets = offsets.iter().map(|(t, p, o)| ((t.to_string(), *p), *o)).collect();
        let results = self.admin().commit_group_offsets(group, &offsets).unwrap();
        assert!(results.values().all(|code| code.is_ok()));
    }
}

fn record(cells: &[&str]) -> ProducerRecord {
    let bytes = |cell: &str| match cell {
        "\\N" => None,
        cell => Some(match cell.strip_prefix("0*") {
            Some(count) => vec![b'x'; count.parse().unwrap()],
            None => cell.as_bytes().to_vec(),
        }),
    };
    let headers = cells.get(6).copied().unwrap_or_default();
    let headers = headers.split(',').filter_map(|pair| pair.split_once(':'));
    ProducerRecord {
        topic: cells[1].into(),
        partition: Some(cells[2].parse().unwrap()),
        timestamp_ms: Some(cells[3].parse().unwrap()),
        key: bytes(cells[4]),
        value: bytes(cells[5]),
        headers: headers.map(|(k, v)| (k.to_string(), Some(v.as_bytes().to_vec()))).collect(),
    }
}

/// A running member of a group on topic `plain`, which has read and committed all of it.
pub struct Member {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Member {
    pub fn start(seed: &Seed, group: &str, client_id: &str, records: usize) -> Member {
        let mut map = seed.map();
        map.set("group.id", group).set("client.id", client_id).set("auto.offset.reset", "earliest");
        let mut consumer = Consumer::new(ConsumerSettings::from_map(&map).unwrap()).unwrap();
        consumer.subscribe(Subscription::Topics(vec!["plain".into()])).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let until = Instant::now() + Duration::from_secs(30);
        let mut read = 0;
        while (read < records || consumer.assignment().is_empty()) && Instant::now() < until {
            read += consumer.poll(Duration::from_millis(200)).unwrap().len();
        }
        consumer.commit().unwrap();
        let asked = stop.clone();
        let thread = std::thread::spawn(move || {
            while !asked.load(Ordering::Acquire) {
                let _ = consumer.poll(Duration::from_millis(100));
            }
            consumer.close().unwrap();
        });
        Member { stop, thread: Some(thread) }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
