//! A checked reader over one frame. No method panics, and nothing is allocated for a length or count that the bytes
//! at hand cannot back.

use super::{DecodeError, UnknownTaggedField, UnknownTaggedFields};
use base::Uuid;
use std::borrow::Cow;

type Result<T> = std::result::Result<T, DecodeError>;

/// Longest string that Kafka accepts, in bytes.
pub(super) const MAX_STRING: usize = 0x7fff;

/// Reads from the front of `bytes`. `budget` is what the arrays of this frame may still claim: every element claims its
/// smallest size on the wire, so honest messages never reach the end and nested lies cannot multiply.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    budget: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes, budget: bytes.len() }
    }

    /// How many bytes were not read yet.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The bytes that were not read yet.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// An error if anything is left.
    pub fn expect_end(&self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(DecodeError::Trailing { count }),
        }
    }

    /// The next `length` bytes.
    #[inline]
    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(length) {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.truncated(length)),
        }
    }

    #[cold]
    fn truncated(&self, wanted: usize) -> DecodeError {
        DecodeError::Truncated { missing: wanted.saturating_sub(self.rest.len()) }
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.truncated(N)),
        }
    }

    #[inline]
    pub fn bool(&mut self) -> Result<bool> {
        Ok(self.chunk::<1>()?[0] != 0)
    }

    #[inline]
    pub fn i8(&mut self) -> Result<i8> {
        self.chunk().map(i8::from_be_bytes)
    }

    #[inline]
    pub fn i16(&mut self) -> Result<i16> {
        self.chunk().map(i16::from_be_bytes)
    }

    #[inline]
    pub fn i32(&mut self) -> Result<i32> {
        self.chunk().map(i32::from_be_bytes)
    }

    #[inline]
    pub fn i64(&mut self) -> Result<i64> {
        self.chunk().map(i64::from_be_bytes)
    }

    #[inline]
    pub fn u16(&mut self) -> Result<u16> {
        self.chunk().map(u16::from_be_bytes)
    }

    #[inline]
    pub fn u32(&mut self) -> Result<u32> {
        self.chunk().map(u32::from_be_bytes)
    }

    #[inline]
    pub fn f64(&mut self) -> Result<f64> {
        self.chunk().map(f64::from_be_bytes)
    }

    #[inline]
    pub fn uuid(&mut self) -> Result<Uuid> {
        self.chunk().map(Uuid)
    }

    /// An unsigned number of at most five bytes and 32 bits.
    #[inline]
    pub fn uvarint(&mut self) -> Result<u32> {
        match self.rest.split_first() {
            Some((&first, rest)) if first < 0x80 => {
                self.rest = rest;
                Ok(u32::from(first))
            }
            _ => u32::try_from(self.long_varint(5)?).or(Err(DecodeError::Varint)),
        }
    }

    /// An unsigned number of at most ten bytes and 64 bits.
    #[inline]
    pub fn uvarlong(&mut self) -> Result<u64> {
        match self.rest.split_first() {
            Some((&first, rest)) if first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first))
            }
            _ => self.long_varint(10),
        }
    }

    fn long_varint(&mut self, max_bytes: usize) -> Result<u64> {
        let mut value = 0u64;
        for (i, &byte) in self.rest.iter().enumerate().take(max_bytes) {
            if i == 9 && byte > 1 {
                return Err(DecodeError::Varint);
            }
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.rest = self.rest.get(i + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(if self.rest.len() < max_bytes { DecodeError::Truncated { missing: 1 } } else { DecodeError::Varint })
    }

    /// A zigzag-encoded number of 32 bits.
    #[inline]
    pub fn varint(&mut self) -> Result<i32> {
        let raw = self.uvarint()?;
        Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
    }

    /// A zigzag-encoded number of 64 bits.
    #[inline]
    pub fn varlong(&mut self) -> Result<i64> {
        let raw = self.uvarlong()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// Length of bytes or count of an array; `None` is null. All negative numbers are null, as in Kafka, where compact
    /// lengths are numbers of 32 bits with a sign, too.
    #[inline]
    fn long_length(&mut self, flexible: bool) -> Result<Option<usize>> {
        let length = if flexible { self.compact_length()? } else { self.i32()? };
        Ok(usize::try_from(length).ok())
    }

    #[inline]
    fn compact_length(&mut self) -> Result<i32> {
        Ok((self.uvarint()? as i32).wrapping_sub(1))
    }

    #[inline]
    fn field(&mut self, length: usize, field: &'static str) -> Result<&'a [u8]> {
        let remaining = self.rest.len();
        self.take(length).map_err(|_| DecodeError::Length { field, length, remaining })
    }

    /// Text; what is not UTF-8 is replaced, as Java does.
    #[inline]
    pub fn nullable_string(&mut self, flexible: bool, field: &'static str) -> Result<Option<Cow<'a, str>>> {
        let length = if flexible { self.compact_length()? } else { i32::from(self.i16()?) };
        let Ok(length) = usize::try_from(length) else { return Ok(None) };
        if length > MAX_STRING {
            return Err(DecodeError::Length { field, length, remaining: self.rest.len() });
        }
        Ok(Some(String::from_utf8_lossy(self.field(length, field)?)))
    }

    #[inline]
    pub fn string(&mut self, flexible: bool, field: &'static str) -> Result<Cow<'a, str>> {
        self.nullable_string(flexible, field)?.ok_or(DecodeError::Null { field })
    }

    #[inline]
    pub fn nullable_bytes(&mut self, flexible: bool, field: &'static str) -> Result<Option<Cow<'a, [u8]>>> {
        match self.long_length(flexible)? {
            None => Ok(None),
            Some(length) => Ok(Some(Cow::Borrowed(self.field(length, field)?))),
        }
    }

    #[inline]
    pub fn bytes(&mut self, flexible: bool, field: &'static str) -> Result<Cow<'a, [u8]>> {
        self.nullable_bytes(flexible, field)?.ok_or(DecodeError::Null { field })
    }

    /// An array whose elements take at least `smallest` bytes each (at least 1).
    #[inline]
    pub fn nullable_array<T>(
        &mut self,
        flexible: bool,
        smallest: usize,
        field: &'static str,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Option<Vec<T>>> {
        let Some(count) = self.long_length(flexible)? else { return Ok(None) };
        self.claim(count, smallest, field)?;
        let mut elements = Vec::with_capacity(count);
        for _ in 0..count {
            elements.push(element(self)?);
        }
        Ok(Some(elements))
    }

    #[inline]
    pub fn array<T>(
        &mut self,
        flexible: bool,
        smallest: usize,
        field: &'static str,
        element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.nullable_array(flexible, smallest, field, element)?.ok_or(DecodeError::Null { field })
    }

    /// Takes room for `count` elements from the frame's budget, before anything is reserved for them.
    pub fn claim(&mut self, count: usize, smallest: usize, field: &'static str) -> Result<()> {
        let wanted = count.saturating_mul(smallest.max(1));
        if wanted > self.rest.len() || wanted > self.budget {
            return Err(DecodeError::Count { field, count });
        }
        self.budget -= wanted;
        Ok(())
    }

    /// Whether a nullable struct follows.
    #[inline]
    pub fn struct_present(&mut self) -> Result<bool> {
        Ok(self.i8()? >= 0)
    }

    /// Whether a nullable struct follows in a tagged field: there Kafka has an unsigned number, and 0 for null.
    #[inline]
    pub fn tagged_struct_present(&mut self) -> Result<bool> {
        Ok(self.uvarint()? > 0)
    }

    /// Number of tagged fields at the end of a struct. What Java takes for a negative number means none, as in Kafka.
    #[inline]
    pub fn tag_count(&mut self) -> Result<u32> {
        let count = self.uvarint()?;
        match i32::try_from(count) {
            Ok(0) | Err(_) => Ok(0),
            Ok(_) => self.claim(count as usize, 2, "tagged fields").map(|()| count),
        }
    }

    /// Tag and size of the next tagged field.
    pub fn tag(&mut self) -> Result<(u32, usize)> {
        let tag = self.uvarint()?;
        let length = self.uvarint()? as usize;
        if length > self.rest.len() {
            return Err(DecodeError::Length { field: "tagged field", length, remaining: self.rest.len() });
        }
        Ok((tag, length))
    }

    /// Skips what a known tagged field announced and did not need; `before` is `remaining()` at its start. A field that
    /// took more than it announced is an error.
    pub fn end_tag(&mut self, tag: u32, announced: usize, before: usize) -> Result<()> {
        let taken = before.saturating_sub(self.rest.len());
        let Some(excess) = announced.checked_sub(taken) else {
            return Err(DecodeError::TagSize { tag, announced, taken });
        };
        self.take(excess).map(|_| ())
    }

    /// Keeps a tagged field that this program does not know; `into` must be settled after the last one.
    pub fn unknown_tag(&mut self, tag: u32, length: usize, into: &mut UnknownTaggedFields) -> Result<()> {
        into.push(UnknownTaggedField { tag, data: self.take(length)?.to_vec() });
        Ok(())
    }

    /// All tagged fields of a struct that knows none.
    #[inline]
    pub fn only_unknown_tags(&mut self) -> Result<UnknownTaggedFields> {
        let mut unknown = UnknownTaggedFields::default();
        for _ in 0..self.tag_count()? {
            let (tag, length) = self.tag()?;
            self.unknown_tag(tag, length, &mut unknown)?;
        }
        unknown.settle();
        Ok(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_with_excess_bits_or_bytes_are_refused() {
        for bytes in [&[0xff, 0xff, 0xff, 0xff, 0x10][..], &[0x80; 6], &[0xff, 0xff, 0xff, 0xff, 0xff, 0]] {
            assert_eq!(Cursor::new(bytes).uvarint(), Err(DecodeError::Varint));
        }
        assert_eq!(Cursor::new(&[0x80, 0x80]).uvarint(), Err(DecodeError::Truncated { missing: 1 }));
        assert_eq!(Cursor::new(&[0xff; 9]).uvarlong(), Err(DecodeError::Truncated { missing: 1 }));
        let mut largest = [0xff; 10];
        largest[9] = 1;
        assert_eq!(Cursor::new(&largest).uvarlong(), Ok(u64::MAX));
        largest[9] = 2;
        assert_eq!(Cursor::new(&largest).uvarlong(), Err(DecodeError::Varint));
    }

    #[test]
    fn a_count_beyond_the_frame_is_refused_before_anything_is_reserved() {
        let bytes = [0x7f, 0xff, 0xff, 0xff, 0, 0];
        let outcome = Cursor::new(&bytes).array(false, 4, "x", Cursor::i32);
        assert_eq!(outcome, Err(DecodeError::Count { field: "x", count: 0x7fff_ffff }));
    }

    #[test]
    fn nested_counts_share_one_budget() {
        let mut cursor = Cursor::new(&[0; 100]);
        assert!(cursor.claim(60, 1, "outer").is_ok());
        assert!(cursor.claim(60, 1, "inner").is_err());
        assert!(cursor.claim(40, 1, "inner").is_ok());
    }

    #[test]
    fn negative_lengths_and_counts_are_null_or_none_as_in_kafka() {
        let all_ones = [0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(Cursor::new(&all_ones).nullable_bytes(true, "x"), Ok(None));
        assert_eq!(Cursor::new(&all_ones).nullable_string(true, "x"), Ok(None));
        assert_eq!(Cursor::new(&all_ones).tag_count(), Ok(0));
        assert_eq!(Cursor::new(&[0xff, 0xfe]).nullable_string(false, "x"), Ok(None));
        // 2^31 less one is the largest length, which no frame holds.
        let outcome = Cursor::new(&[0x80, 0x80, 0x80, 0x80, 0x08]).nullable_bytes(true, "x");
        assert!(matches!(outcome, Err(DecodeError::Length { length: 0x7fff_ffff, .. })));
    }

    #[test]
    fn what_a_tagged_field_announced_and_did_not_need_is_skipped() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4]);
        assert_eq!(cursor.i8(), Ok(1));
        cursor.end_tag(0, 3, 4).unwrap();
        assert_eq!(cursor.rest(), [4]);
        assert!(matches!(cursor.end_tag(0, 1, 4), Err(DecodeError::TagSize { tag: 0, announced: 1, taken: 3 })));
    }

    #[test]
    fn text_that_is_not_utf8_is_replaced_as_java_does() {
        assert_eq!(Cursor::new(&[0, 2, b'a', 0xff]).string(false, "x").unwrap(), "a\u{fffd}");
    }
}
