//! Which partition a record goes to: Kafka's murmur2 for keys, sticky for the rest (KIP-794).

use base::{Random, SplitMix64};
use std::collections::BTreeMap;

/// Murmur2 as Kafka's Java client computes it.
pub fn murmur2(data: &[u8]) -> i32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c_u32 ^ data.len() as u32;
    let (chunks, rest) = data.as_chunks::<4>();
    for chunk in chunks {
        let mut k = u32::from_le_bytes(*chunk).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        for (i, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * i);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    (hash ^ (hash >> 15)) as i32
}

/// The partition of a key among `partitions` (which must be positive).
pub fn partition_for_key(key: &[u8], partitions: i32) -> i32 {
    (murmur2(key) & i32::MAX) % partitions.max(1)
}

/// Keeps to one partition of a topic until a batch's worth of bytes went there, then picks another.
#[derive(Debug)]
pub(crate) struct Sticky {
    topics: BTreeMap<String, (i32, usize)>,
    random: SplitMix64,
}

impl Default for Sticky {
    fn default() -> Self {
        let now = super::now_ms() as u64 ^ (std::process::id() as u64) << 32;
        Sticky { topics: BTreeMap::new(), random: SplitMix64(now) }
    }
}

impl Sticky {
    pub fn next(&mut self, topic: &str, partitions: i32, bytes: usize, batch_bytes: usize) -> i32 {
        let mut draw = || self.random.below(partitions.max(1) as u64) as i32;
        match self.topics.get_mut(topic) {
            Some((partition, used)) => {
                if *used >= batch_bytes || *partition >= partitions {
                    (*partition, *used) = (draw(), 0);
                }
                *used += bytes;
                *partition
            }
            None => {
                let partition = draw();
                self.topics.insert(topic.to_string(), (partition, bytes));
                partition
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_kafka_does() {
        let vectors: &[(&[u8], i32)] = &[
            (b"", 275646681),
            (b"a", -1563381124),
            (b"ab", 316155434),
            (b"abc", 479470107),
            (b"abcd", -1323649548),
            (b"hello", 2132663229),
            (b"hello-world", 1993811437),
            (b"key-123456789", 1669656999),
            ("grüße".as_bytes(), 1943707148),
            ("日本語".as_bytes(), 1431860170),
            (b"0123456789abcdef", 1438427052),
            (b"\0", 375494588),
        ];
        for (data, hash) in vectors {
            assert_eq!(murmur2(data), *hash, "{data:?}");
        }
    }

    #[test]
    fn keyless_records_stick_until_a_batch_is_full() {
        let mut sticky = Sticky::default();
        let first = sticky.next("t", 1000, 60, 100);
        assert_eq!(sticky.next("t", 1000, 60, 100), first);
        let more: Vec<i32> = (0..20).map(|_| sticky.next("t", 1000, 100, 100)).collect();
        assert!(more.iter().any(|partition| *partition != first));
        assert_eq!(sticky.next("t", 1, 1, 100), 0);
    }
}
