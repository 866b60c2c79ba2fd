//! How bytes of keys, values and headers become text: Kafka's deserializers under their class names, with what they say of
//! bytes that are not theirs. Numbers look as Java prints them.

use crate::failure::Failure;

/// A deserializer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deserializer {
    /// None at all, and those whose text is the bytes'.
    Raw,
    Text,
    /// What can be printed, the rest as `\xHH`.
    Bytes,
    ByteBuffer,
    Integer,
    Long,
    Short,
    Double,
    Float,
    Uuid,
    Boolean,
    Void,
}

impl Deserializer {
    pub fn from_class(class: &str) -> Result<Deserializer, Failure> {
        let name = class.rsplit('.').next().unwrap_or_default();
        Ok(match name.strip_suffix("Deserializer").unwrap_or_default() {
            // What Java prints of an array is its address, which is of no use to anybody.
            "ByteArray" | "List" => Deserializer::Raw,
            "String" => Deserializer::Text,
            "Bytes" => Deserializer::Bytes,
            "ByteBuffer" => Deserializer::ByteBuffer,
            "Integer" => Deserializer::Integer,
            "Long" => Deserializer::Long,
            "Short" => Deserializer::Short,
            "Double" => Deserializer::Double,
            "Float" => Deserializer::Float,
            "UUID" => Deserializer::Uuid,
            "Boolean" => Deserializer::Boolean,
            "Void" => Deserializer::Void,
            _ => return Err(Failure::usage(class.to_string())),
        })
    }

    /// The text of these bytes, or the exception that Kafka's class throws.
    pub fn show(self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let text = match self {
            Deserializer::Raw => return Ok(bytes.to_vec()),
            Deserializer::Text => String::from_utf8_lossy(bytes).into_owned(),
            Deserializer::Bytes => printable(bytes),
            Deserializer::ByteBuffer => {
                format!("java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]", bytes.len())
            }
            Deserializer::Integer => i32::from_be_bytes(sized(bytes, "IntegerDeserializer")?).to_string(),
            Deserializer::Long => i64::from_be_bytes(sized(bytes, "LongDeserializer")?).to_string(),
            Deserializer::Short => i16::from_be_bytes(sized(bytes, "ShortDeserializer")?).to_string(),
            // Kafka's two classes of floating point numbers name themselves no better.
            Deserializer::Double => java_double(f64::from_be_bytes(sized(bytes, "Deserializer")?)),
            Deserializer::Float => java_float(f32::from_be_bytes(sized(bytes, "Deserializer")?)),
            Deserializer::Uuid => uuid(bytes).ok_or_else(|| serialization("Error parsing data into UUID"))?,
            Deserializer::Boolean => match sized::<1>(bytes, "BooleanDeserializer")? {
                [0] => "false".to_owned(),
                [1] => "true".to_owned(),
                [other] => {
                    let byte = i8::from_be_bytes([other]);
                    return Err(serialization(&format!("Unexpected byte received by BooleanDeserializer: {byte}")));
                }
            },
            // Never: the formatter hands it the text of a null.
            Deserializer::Void => {
                return Err(
                    "java.lang.IllegalArgumentException: Data should be null for a VoidDeserializer.".to_owned()
                );
            }
        };
        Ok(text.into_bytes())
    }
}

fn serialization(message: &str) -> String {
    format!("org.apache.kafka.common.errors.SerializationException: {message}")
}

fn sized<const N: usize>(bytes: &[u8], class: &str) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| serialization(&format!("Size of data received by {class} is not {N}")))
}

fn printable(bytes: &[u8]) -> String {
    let show = |byte: &u8| match byte {
        b'\\' => "\\x5C".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    bytes.iter().map(show).collect()
}

/// As `UUID.fromString` reads it: five hexadecimal numbers of any length, whose upper bits are cut off.
fn uuid(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= 36)?;
    let parts: Vec<u64> =
        text.split('-').map(|part| i64::from_str_radix(part, 16).ok().map(|n| n as u64)).collect::<Option<_>>()?;
    let [a, b, c, d, e] = parts[..] else { return None };
    let cut = |number: u64, bits: u32| number & ((1 << bits) - 1);
    Some(format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", cut(a, 32), cut(b, 16), cut(c, 16), cut(d, 16), cut(e, 48)))
}

/// `Double.toString`.
fn java_double(number: f64) -> String {
    java_number(number, &format!("{number:?}"), &format!("{number:E}"), &format!("{number:.1E}"))
}

/// `Float.toString`.
fn java_float(number: f32) -> String {
    java_number(f64::from(number), &format!("{number:?}"), &format!("{number:E}"), &format!("{number:.1E}"))
}

/// Chooses among a number's shortest plain form, its shortest one with an exponent, and the latter with two digits: Java
/// shows two at least.
fn java_number(number: f64, plain: &str, exponent: &str, two_digits: &str) -> String {
    let magnitude = number.abs();
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        plain.to_owned()
    } else if exponent.contains('.') {
        exponent.to_owned()
    } else {
        two_digits.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(class: &str, bytes: &[u8]) -> String {
        let class = format!("org.apache.kafka.common.serialization.{class}Deserializer");
        match Deserializer::from_class(&class).unwrap().show(bytes) {
            Ok(text) => String::from_utf8(text).unwrap(),
            Err(error) => error.rsplit_once(": ").map_or(error.clone(), |_| format!("! {error}")),
        }
    }

    /// What Apache Kafka 4.3.1 printed for these bytes.
    #[test]
    fn bytes_are_shown_and_refused_as_kafka_does() {
        let size = "! org.apache.kafka.common.errors.SerializationException: Size of data received by";
        let wrong = |class: &str, size_expected: u32| format!("{size} {class} is not {size_expected}");
        let uuid = "! org.apache.kafka.common.errors.SerializationException: Error parsing data into UUID";
        let byte =
            "! org.apache.kafka.common.errors.SerializationException: Unexpected byte received by BooleanDeserializer:";
        let void = "! java.lang.IllegalArgumentException: Data should be null for a VoidDeserializer.";
        let cases: &[(&str, &[u8], &str)] = &[
            ("UUID", b"1-2-3-4-5", "00000001-0002-0003-0004-000000000005"),
            ("UUID", b"123E4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            ("UUID", b"fffffffff-2-3-4-5", "ffffffff-0002-0003-0004-000000000005"),
            ("UUID", b"1-2-3-4", uuid),
            ("UUID", b"", uuid),
            ("UUID", b"null", uuid),
            ("UUID", b"\xff", uuid),
            ("Boolean", b"\x00", "false"),
            ("Boolean", b"\x01", "true"),
            ("Boolean", b"\x02", &format!("{byte} 2")),
            ("Boolean", b"\xff", &format!("{byte} -1")),
            ("Boolean", b"\x00\x01", &wrong("BooleanDeserializer", 1)),
            ("Boolean", b"", &wrong("BooleanDeserializer", 1)),
            ("Void", b"", void),
            ("Void", b"null", void),
            ("Integer", b"\x00\x00\x00\x01", "1"),
            ("Integer", b"null", "1853189228"),
            ("Integer", b"\x01", &wrong("IntegerDeserializer", 4)),
            ("Long", b"null", &wrong("LongDeserializer", 8)),
            ("Short", b"\x00\x01", "1"),
            ("Short", b"", &wrong("ShortDeserializer", 2)),
            ("Double", b"\x3f\xf0\0\0\0\0\0\0", "1.0"),
            ("Double", b"\x7f\xf8\0\0\0\0\0\0", "NaN"),
            ("Double", b"\x41\x97\xd7\x84\0\0\0\0", "1.0E8"),
            ("Double", b"\x3f\x1a\x36\xe2\xeb\x1c\x43\x2d", "1.0E-4"),
            ("Double", b"", &wrong("Deserializer", 8)),
            ("Float", b"null", "1.8988725E28"),
            ("Float", b"\x00\x00\x00\x01", "1.4E-45"),
            ("Float", b"\x7f\x80\0\0", "Infinity"),
            ("Float", b"\x4c\xbe\xbc\x20", "1.0E8"),
            ("Float", b"\x01", &wrong("Deserializer", 4)),
            ("String", b"ab \xc3\xa9\xfe\"", "ab \u{e9}\u{fffd}\""),
            ("Bytes", b"ab \xc3\xa9\xfe\"", "ab \\xC3\\xA9\\xFE\""),
            ("Bytes", b"\x7f\xc0\x00\x00", "\\x7F\\xC0\\x00\\x00"),
            ("ByteBuffer", b"null", "java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]"),
        ];
        for (class, bytes, expected) in cases {
            assert_eq!(shown(class, bytes), *expected, "{class} {bytes:?}");
        }
        assert!(Deserializer::from_class("org.example.MyDeserializer").is_err());
    }
}
