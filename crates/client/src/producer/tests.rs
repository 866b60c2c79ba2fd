//! The sender's decisions against a model of a leader that checks sequences as Kafka does, without threads and sockets.

use super::accumulator::{Accumulator, Append, Batch, Key};
use super::metrics::{CallerMetrics, SenderMetrics};
use super::sender::Sender;
use super::sequences::Identity;
use super::{ProducerRecord, Shared};
use crate::cluster::lock;
use crate::metrics::Registry;
use crate::{ClientError, Cluster, ProducerSettings, SettingsMap};
use base::ErrorCode;
use protocol::ProduceResponse;
use protocol::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender as Tell, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What a leader has of one partition.
#[derive(Default)]
struct Log {
    epoch: i16,
    next: i32,
    /// Epoch and sequence of each batch.
    batches: Vec<(i16, i32)>,
}

struct Scene {
    sender: Sender,
    logs: BTreeMap<i32, Log>,
    /// Answer with this instead of writing to a partition.
    refusals: BTreeMap<i32, ErrorCode>,
    tell: Tell<String>,
    fates: Receiver<String>,
}

impl Scene {
    fn new(settings: &[(&str, &str)]) -> Scene {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", "localhost:1").set("batch.size", "1");
        for (key, value) in settings {
            map.set(*key, *value);
        }
        let settings = ProducerSettings::from_map(&map).unwrap();
        let registry = Registry::new("producer", "test");
        let (waker, woken) = UnixStream::pair().unwrap();
        let shared = Arc::new(Shared {
            cluster: Cluster::new(settings.common.clone()).unwrap(),
            accumulator: Mutex::new(Accumulator::new(&settings)),
            settings,
            progress: Condvar::new(),
            closing: AtomicBool::new(false),
            awake: AtomicBool::new(false),
            metrics: CallerMetrics::new(&registry),
            waker,
        });
        let mut sender = Sender::new(shared, woken, SenderMetrics::new(&registry));
        sender.identity = Some(Identity { id: 7, epoch: 0 });
        let (tell, fates) = channel();
        Scene { sender, logs: BTreeMap::new(), refusals: BTreeMap::new(), tell, fates }
    }

    /// Queues a record in a batch of its own.
    fn send(&self, name: &'static str, partition: i32) {
        let tell = self.tell.clone();
        let record = ProducerRecord { topic: "t".into(), value: Some(name.into()), ..ProducerRecord::default() };
        let delivery = move |fate: crate::Result<_>| {
            let fate = fate.map_or_else(|error| format!("{:?}", error.code()), |_| "stored".into());
            drop(tell.send(format!("{name} {fate}")));
        };
        let append = lock(&self.sender.shared.accumulator).append(record, Some(Box::new(delivery)), partition, 0);
        assert!(matches!(append, Append::Taken { .. }));
    }

    /// What the sender sends now to these partitions.
    fn drain(&mut self, partitions: &[i32]) -> Vec<Batch> {
        let keys: Vec<Key> = partitions.iter().map(|partition| ("t".into(), *partition)).collect();
        self.sender.restart_broken(&keys);
        self.sender.drain(keys)
    }

    /// The leader takes batches.
    fn write(&mut self, batches: &[Batch]) -> ProduceResponse<'static> {
        let write = |batch: &Batch| {
            let sent = records::batches(&batch.bytes).next().unwrap().unwrap();
            sent.check_crc().unwrap();
            let log = self.logs.entry(batch.key.1).or_default();
            let (epoch, base) = (sent.producer_epoch(), sent.base_sequence());
            let expected = if epoch > log.epoch { 0 } else { log.next };
            let code = match self.refusals.get(&batch.key.1) {
                Some(code) => *code,
                None if log.batches.contains(&(epoch, base)) => ErrorCode::DuplicateSequenceNumber,
                None if epoch < log.epoch => ErrorCode::InvalidProducerEpoch,
                None if base != expected => ErrorCode::OutOfOrderSequenceNumber,
                None => {
                    (log.epoch, log.next) = (epoch, base + batch.count());
                    log.batches.push((epoch, base));
                    ErrorCode::None
                }
            };
            PartitionProduceResponse { index: batch.key.1, error_code: code.code(), ..Default::default() }
        };
        let partition_responses = batches.iter().map(write).collect();
        let topic = TopicProduceResponse { name: "t".into(), partition_responses, ..Default::default() };
        ProduceResponse { responses: vec![topic], ..Default::default() }
    }

    /// Sends what may be sent until nothing is left, with all answers.
    fn settle(&mut self, partitions: &[i32]) {
        for _ in 0..20 {
            let batches = self.drain(partitions);
            let answer = self.write(&batches);
            self.sender.answered(batches, answer);
        }
    }

    fn lose(&mut self, batches: Vec<Batch>) {
        self.sender.retry_or_fail(batches, &ClientError::from_code(ErrorCode::NetworkException));
    }

    fn fates(&self) -> Vec<String> {
        self.fates.try_iter().collect()
    }
}

#[test]
fn a_partition_goes_on_after_a_batch_that_expired_while_it_waited_for_its_retry() {
    for was_written in [false, true] {
        let mut scene = Scene::new(&[]);
        scene.send("a", 0);
        scene.settle(&[0]);
        scene.send("b", 0);
        let sent = scene.drain(&[0]);
        if was_written {
            scene.write(&sent);
        }
        scene.lose(sent);
        scene.sender.expire(Duration::ZERO);
        for name in ["c", "d"] {
            scene.send(name, 0);
            scene.settle(&[0]);
        }
        assert_eq!(scene.fates(), ["a stored", "b RequestTimedOut", "c stored", "d stored"]);
        let log: &[(i16, i32)] =
            if was_written { &[(0, 0), (0, 1), (1, 0), (1, 1)] } else { &[(0, 0), (1, 0), (1, 1)] };
        assert_eq!(scene.logs[&0].batches, log);
    }
}

#[test]
fn batches_behind_one_that_expired_are_stored_once() {
    for written in [0, 1, 2] {
        let mut scene = Scene::new(&[]);
        scene.send("a", 0);
        scene.send("b", 0);
        let sent = [scene.drain(&[0]), scene.drain(&[0])];
        for batches in &sent[..written] {
            scene.write(batches);
        }
        sent.into_iter().for_each(|batches| scene.lose(batches));
        // The first of the two alone.
        let first = lock(&scene.sender.shared.accumulator).take(&("t".into(), 0)).unwrap();
        scene.sender.give_up(first, ClientError::Timeout(String::new()), false);
        scene.send("c", 0);
        scene.settle(&[0]);
        assert_eq!(scene.fates(), ["a RequestTimedOut", "b stored", "c stored"]);
        assert_eq!(scene.logs[&0].batches.len(), 2 + written.min(1), "{written} of two were written");
    }
}

#[test]
fn a_partition_that_begins_again_leaves_the_sequences_of_others() {
    let mut scene = Scene::new(&[]);
    scene.send("a", 0);
    scene.send("b", 1);
    scene.refusals.insert(0, ErrorCode::InvalidRecord);
    let sent = scene.drain(&[0, 1]);
    assert_eq!(sent.len(), 2);
    let _lost_but_written = scene.write(&sent[1..]);
    let (refused, lost): (Vec<Batch>, Vec<Batch>) = sent.into_iter().partition(|batch| batch.key.1 == 0);
    let answer = scene.write(&refused);
    scene.sender.answered(refused, answer);
    scene.lose(lost);
    scene.refusals.clear();
    scene.send("c", 0);
    scene.settle(&[0, 1]);
    assert_eq!(scene.fates(), ["a InvalidRecord", "c stored", "b stored"]);
    assert_eq!(scene.logs[&0].batches, [(1, 0)]);
    assert_eq!(scene.logs[&1].batches, [(0, 0)]);
    // With nothing open it takes the epoch of the others.
    scene.send("d", 1);
    scene.settle(&[1]);
    assert_eq!(scene.logs[&1].batches, [(0, 0), (1, 0)]);
}

#[test]
fn batches_behind_a_refused_one_are_stored_in_order_under_the_next_epoch() {
    let mut scene = Scene::new(&[]);
    scene.send("z", 0);
    scene.settle(&[0]);
    for name in ["a", "b", "c"] {
        scene.send(name, 0);
    }
    let sent = [scene.drain(&[0]), scene.drain(&[0]), scene.drain(&[0])];
    scene.refusals.insert(0, ErrorCode::InvalidRecord);
    for batches in sent {
        let answer = scene.write(&batches);
        scene.refusals.clear();
        scene.sender.answered(batches, answer);
    }
    scene.settle(&[0]);
    assert_eq!(scene.fates(), ["z stored", "a InvalidRecord", "b stored", "c stored"]);
    assert_eq!(scene.logs[&0].batches, [(0, 0), (1, 0), (1, 1)]);
}

#[test]
fn without_idempotence_lost_batches_are_sent_again_in_their_order() {
    let mut scene = Scene::new(&[("enable.idempotence", "false")]);
    scene.sender.identity = None;
    scene.send("a", 0);
    scene.send("b", 0);
    let sent = [scene.drain(&[0]), scene.drain(&[0])];
    scene.lose(sent.into_iter().flatten().collect());
    let again = scene.drain(&[0]);
    let records: Vec<u8> = again.iter().flat_map(|batch| batch.bytes.clone()).collect();
    assert_eq!(again.len(), 1);
    assert!(records.contains(&b'a') && !records.ends_with(b"b\0"));
}

#[test]
fn the_size_that_a_record_may_have_is_estimated_as_kafka_does() {
    for (key, value, headers, expected) in [
        (None, Some(1000), 0, 1086),
        (Some(5), Some(1000), 2, 1111),
        (None, None, 1, 90),
        (Some(0), Some(0), 0, 85),
        (Some(200), Some(100_000), 2, 100_308),
    ] {
        let mut all = vec![("abc".to_owned(), None), ("abc".to_owned(), Some(vec![0; 10]))];
        all.truncate(headers);
        let bytes = |len: Option<usize>| len.map(|len| vec![0; len]);
        let record = ProducerRecord { key: bytes(key), value: bytes(value), headers: all, ..ProducerRecord::default() };
        assert_eq!(record.serialized_size_max(), expected);
    }
}
