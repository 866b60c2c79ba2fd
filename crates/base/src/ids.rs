//! Ids, offsets and epochs under Kafka's names.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::display::Base64Display;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use std::fmt;

/// Position of a record in a partition; -1 where Kafka says "none".
pub type Offset = i64;
/// Counts the leaderships of one partition.
pub type LeaderEpoch = i32;
/// Counts the changes of one partition's registration (leader, ISR, replicas).
pub type PartitionEpoch = i32;
/// Offset of the registration record of a broker's current incarnation in the metadata log.
pub type BrokerEpoch = i64;
/// `node.id` of a broker or controller.
pub type NodeId = i32;
/// Number of a partition within its topic.
pub type PartitionIndex = i32;
pub type ProducerId = i64;
pub type ProducerEpoch = i16;

/// 16 bytes, written by Kafka as 22 characters of URL-safe base64 without padding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid(pub [u8; 16]);

/// Identity of a topic; a topic that is deleted and created again gets another one (KIP-516).
pub type TopicId = Uuid;
/// Identity of a log directory (KIP-858).
pub type DirectoryId = Uuid;

/// Java's decoder does not look at the four bits that 22 characters have more than 16 bytes.
const BASE64: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

impl Uuid {
    pub const ZERO: Uuid = Uuid([0; 16]);
    /// Topic id of `__cluster_metadata` (`AAAAAAAAAAAAAAAAAAAAAQ`).
    pub const METADATA_TOPIC: Uuid = Uuid::from_u128(1);
    /// Directory id "not known yet" (KIP-858): all zero.
    pub const DIRECTORY_UNASSIGNED: Uuid = Uuid::from_u128(0);
    /// Directory id "lost" (KIP-858).
    pub const DIRECTORY_LOST: Uuid = Uuid::from_u128(1);
    /// Directory id "from before directories had ids" (KIP-858).
    pub const DIRECTORY_MIGRATING: Uuid = Uuid::from_u128(2);

    pub const fn from_u128(value: u128) -> Uuid {
        Uuid(value.to_be_bytes())
    }

    /// A version-4 uuid from 16 random bytes. Kafka never hands out one whose text begins with `-`, because tools would
    /// take it for an option, nor one below 100, which it reserves; the caller draws again while this is `None`.
    pub fn from_random(bytes: [u8; 16]) -> Option<Uuid> {
        let mut bytes = bytes;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let uuid = Uuid(bytes);
        (bytes[0] >> 2 != 62 && u128::from_be_bytes(bytes) > 99).then_some(uuid)
    }

    pub fn is_zero(&self) -> bool {
        self.0 == [0; 16]
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Base64Display::new(&self.0, &BASE64).fmt(f)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a Kafka uuid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UuidParseError {
    pub text: String,
    pub reason: &'static str,
}

impl fmt::Display for UuidParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a uuid: {}", self.text, self.reason)
    }
}

impl std::error::Error for UuidParseError {}

impl std::str::FromStr for Uuid {
    type Err = UuidParseError;

    /// Accepts what Java's URL-safe base64 decoder accepts for 16 bytes: 22 characters, or 24 with `==`.
    fn from_str(text: &str) -> Result<Uuid, UuidParseError> {
        let fail = |reason| Err(UuidParseError { text: text.chars().take(64).collect(), reason });
        let bare = text.strip_suffix("==").unwrap_or(text);
        if bare.len() != 22 {
            return fail("it must be 22 characters of URL-safe base64 (16 bytes)");
        }
        let mut bytes = [0; 16];
        match BASE64.decode_slice(bare, &mut bytes) {
            Ok(16) => Ok(Uuid(bytes)),
            _ => fail("only letters, digits, `-` and `_` may appear in it"),
        }
    }
}

/// A partition by the name of its topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    pub topic: String,
    pub partition: PartitionIndex,
}

impl TopicPartition {
    pub fn new(topic: impl Into<String>, partition: PartitionIndex) -> Self {
        TopicPartition { topic: topic.into(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_print_and_parse_as_kafka_does() {
        assert_eq!(Uuid::METADATA_TOPIC.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(Uuid::ZERO.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        for text in ["9ZcVX4kFTgmWqXvP5YhQ2A", "MkU3OEVBNTcwNTJENDM2Qk", "_-9fX19fTl9fX19fX19fXw"] {
            let uuid: Uuid = text.parse().unwrap();
            assert_eq!(uuid.to_string().parse::<Uuid>().unwrap(), uuid);
            assert_eq!(uuid.to_string()[..21], text[..21]);
        }
        assert!("short".parse::<Uuid>().is_err());
        assert!("MkU3OEVBNTcwNTJENDM2Q!".parse::<Uuid>().is_err());
    }

    #[test]
    fn random_uuids_never_begin_with_a_dash() {
        assert!(Uuid::from_random([0xf8; 16]).is_none());
        assert!(Uuid::from_random([0x10; 16]).is_some());
    }
}
