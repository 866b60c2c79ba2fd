//! A consumer without a group.

use super::api::{Api, CONSUMER, FROM_BEGINNING, Object, RawMessage};
use std::ffi::c_int;
use std::ptr::null_mut;

/// A consumer of all partitions of one topic from their beginning, without a group.
pub struct Consumer<'a> {
    api: &'a Api,
    client: Object,
    topic: Object,
    queue: Object,
    started: Vec<i32>,
}

impl<'a> Consumer<'a> {
    pub fn new(api: &'a Api, topic: &str, partitions: i32, settings: &[(&str, &str)]) -> Result<Consumer<'a>, String> {
        let client = api.client(CONSUMER, settings, None)?;
        let mut consumer = Consumer { api, client, topic: null_mut(), queue: null_mut(), started: Vec::new() };
        // SAFETY: valid client.
        consumer.queue = unsafe { (api.rd_kafka_queue_new)(client) };
        consumer.topic = api.topic(client, topic)?;
        for partition in 0..partitions {
            // SAFETY: valid topic and queue, both alive until the partition is stopped.
            let result = unsafe {
                let start = api.rd_kafka_consume_start_queue;
                (start(consumer.topic, partition, FROM_BEGINNING, consumer.queue), (api.rd_kafka_last_error)())
            };
            if result.0 != 0 {
                return Err(api.error("start to consume", result.1));
            }
            consumer.started.push(partition);
        }
        Ok(consumer)
    }

    /// The next record's value, if one comes within the time.
    pub fn next<T>(&self, milliseconds: c_int, read: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, String> {
        // SAFETY: valid queue.
        let message = unsafe { (self.api.rd_kafka_consume_queue)(self.queue, milliseconds) };
        if message.is_null() {
            return Ok(None);
        }
        self.take(message, read).map(Some)
    }

    /// Takes up to 1,000 records, waiting so long at most for that many; returns records and bytes of their values.
    pub fn next_many(&self, milliseconds: c_int) -> Result<(u64, u64), String> {
        let mut messages = [null_mut::<RawMessage>(); 1000];
        // SAFETY: valid queue, and room for as many pointers as are announced.
        let taken = unsafe {
            let take = self.api.rd_kafka_consume_batch_queue;
            take(self.queue, milliseconds, messages.as_mut_ptr(), messages.len())
        };
        let taken = messages.get(..usize::try_from(taken).unwrap_or(0)).unwrap_or(&[]);
        let sizes: Vec<Result<usize, String>> = taken.iter().map(|message| self.take(*message, <[u8]>::len)).collect();
        let mut total = (0, 0);
        for size in sizes {
            total = (total.0 + 1, total.1 + size? as u64);
        }
        Ok(total)
    }

    /// Reads one message and gives it back to the library.
    fn take<T>(&self, message: *mut RawMessage, read: impl FnOnce(&[u8]) -> T) -> Result<T, String> {
        // SAFETY: librdkafka gave the message; it stays valid until it is destroyed here, once.
        unsafe {
            let raw = &*message;
            let result = match raw.error {
                0 if raw.payload.is_null() => Ok(read(&[])),
                0 => Ok(read(std::slice::from_raw_parts(raw.payload, raw.payload_bytes))),
                error => Err(self.api.error("consume", error)),
            };
            (self.api.rd_kafka_message_destroy)(message);
            result
        }
    }
}

impl Drop for Consumer<'_> {
    fn drop(&mut self) {
        // SAFETY: all are ours, given back in the order that rdkafka.h asks for, and not used again.
        unsafe {
            for partition in &self.started {
                (self.api.rd_kafka_consume_stop)(self.topic, *partition);
            }
            if !self.topic.is_null() {
                (self.api.rd_kafka_topic_destroy)(self.topic);
            }
            (self.api.rd_kafka_queue_destroy)(self.queue);
            (self.api.rd_kafka_destroy)(self.client);
        }
    }
}
