//! A producer, and the tally of its reports of deliveries.

use super::api::{ANY_PARTITION, Api, COPY_PAYLOAD, Object, PRODUCER, QUEUE_FULL, RawMessage};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reports of deliveries so far.
#[derive(Default)]
struct Tally {
    failed: AtomicU64,
    /// The last error, as librdkafka's code.
    last_error: AtomicU64,
}

/// # Safety
/// For librdkafka alone: a valid message, and the tally that its client was made with.
unsafe extern "C" fn count_delivery(_client: Object, message: *const RawMessage, tally: *mut c_void) {
    // SAFETY: as this function demands.
    let (tally, error) = unsafe { (&*tally.cast::<Tally>(), (*message).error) };
    if error != 0 {
        tally.failed.fetch_add(1, Ordering::Relaxed);
        tally.last_error.store(u64::from(error.cast_unsigned()), Ordering::Relaxed);
    }
}

/// A producer of one topic.
pub struct Producer<'a> {
    api: &'a Api,
    client: Object,
    topic: Object,
    tally: Box<Tally>,
}

impl<'a> Producer<'a> {
    pub fn new(api: &'a Api, topic: &str, settings: &[(&str, &str)]) -> Result<Producer<'a>, String> {
        let tally = Box::<Tally>::default();
        let pointer = std::ptr::from_ref::<Tally>(&tally).cast_mut().cast();
        let client = api.client(PRODUCER, settings, Some((count_delivery, pointer)))?;
        let mut producer = Producer { api, client, topic: null_mut(), tally };
        producer.topic = api.topic(client, topic)?;
        Ok(producer)
    }

    /// Hands over one record; waits while the client's queue is full. No partition: the client's own choice.
    pub fn send(&self, partition: Option<i32>, payload: &[u8]) -> Result<(), String> {
        loop {
            // SAFETY: valid topic; the payload is copied before the call returns.
            let (result, error) = unsafe {
                let (data, length) = (payload.as_ptr(), payload.len());
                let partition = partition.unwrap_or(ANY_PARTITION);
                let produce = self.api.rd_kafka_produce;
                let no_key = std::ptr::null();
                let result = produce(self.topic, partition, COPY_PAYLOAD, data, length, no_key, 0, null_mut());
                (result, (self.api.rd_kafka_last_error)())
            };
            match (result, error) {
                (0, _) => return Ok(()),
                (_, QUEUE_FULL) => self.poll(5),
                (_, error) => return Err(self.api.error("produce", error)),
            }
        }
    }

    /// Takes the reports of deliveries, for so long at most.
    pub fn poll(&self, milliseconds: c_int) {
        // SAFETY: valid client; reports go to the tally, which lives as long as it.
        unsafe { (self.api.rd_kafka_poll)(self.client, milliseconds) };
    }

    /// Waits until everything is acknowledged; an error if anything was not.
    pub fn flush(&self) -> Result<(), String> {
        // SAFETY: valid client.
        let result = unsafe { (self.api.rd_kafka_flush)(self.client, 120_000) };
        if result != 0 {
            return Err(self.api.error("flush", result));
        }
        match self.tally.failed.load(Ordering::Relaxed) {
            0 => Ok(()),
            failed => {
                let last = (self.tally.last_error.load(Ordering::Relaxed) as u32).cast_signed();
                Err(self.api.error(&format!("{failed} records not delivered"), last))
            }
        }
    }
}

impl Drop for Producer<'_> {
    fn drop(&mut self) {
        // SAFETY: both are ours and not used again; the tally is dropped after this.
        unsafe {
            if !self.topic.is_null() {
                (self.api.rd_kafka_topic_destroy)(self.topic);
            }
            (self.api.rd_kafka_destroy)(self.client);
        }
    }
}
