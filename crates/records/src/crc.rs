//! The two checksums: CRC-32C of v2 batches and producer snapshots, CRC-32 of v0 and v1 messages.

use crc_fast::CrcAlgorithm;

/// CRC-32C (Castagnoli) of the parts one after the other.
pub fn crc32c(parts: &[&[u8]]) -> u32 {
    checksum(CrcAlgorithm::Crc32Iscsi, parts)
}

/// CRC-32 as in zlib and gzip, of the parts one after the other.
pub fn crc32(parts: &[&[u8]]) -> u32 {
    checksum(CrcAlgorithm::Crc32IsoHdlc, parts)
}

fn checksum(algorithm: CrcAlgorithm, parts: &[&[u8]]) -> u32 {
    if let [only] = parts {
        return crc_fast::checksum(algorithm, only) as u32;
    }
    let mut digest = crc_fast::Digest::new(algorithm);
    for part in parts {
        digest.update(part);
    }
    digest.finalize() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_have_their_catalogue_check_values() {
        assert_eq!(crc32c(&[b"123456789"]), 0xe306_9283);
        assert_eq!(crc32c(&[b"1234", b"", b"56789"]), 0xe306_9283);
        assert_eq!(crc32(&[b"123456789"]), 0xcbf4_3926);
    }
}
