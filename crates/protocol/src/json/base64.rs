//! Base64 with padding, as Jackson writes bytes.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::GeneralPurpose;
use ::base64::engine::general_purpose::PAD;

/// Jackson does not look at the bits that the last character has more than the last byte.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, PAD.with_decode_allow_trailing_bits(true));

pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// `None` if the text is not base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("fooba", "Zm9vYmE=")] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(encode(&[0xfb, 0xff]), "+/8=");
        assert!(decode("a").is_none() && decode("a-==").is_none());
    }
}
