//! Java's `String.hashCode`, by which Kafka places groups and transactions on the partitions of its internal topics.

/// Java's `String.hashCode` over UTF-16 code units.
pub fn string_hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit as i32))
}

/// The partition of an internal topic that holds the coordinator of `key` (`Utils.abs`: `i32::MIN` counts as 0).
pub fn coordinator_partition(key: &str, partitions: i32) -> i32 {
    let hash = string_hash_code(key);
    (if hash == i32::MIN { 0 } else { hash.abs() }) % partitions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_java_does() {
        assert_eq!(string_hash_code(""), 0);
        assert_eq!(string_hash_code("a"), 97);
        assert_eq!(string_hash_code("polygenelubricants"), i32::MIN);
        assert_eq!(coordinator_partition("polygenelubricants", 50), 0);
    }
}
