//! The writer of the generated codecs: one pass into one buffer. Sizes of tagged fields are filled in afterwards.

use super::cursor::MAX_STRING;
use super::{EncodeError, RecordsField, UnknownTaggedFields};
use base::Uuid;

type Result<T> = std::result::Result<T, EncodeError>;

/// A place where `len` bytes from elsewhere belong, before the byte at `position` of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub position: usize,
    pub len: u32,
    /// The number that the message's `RecordsField::External` carried.
    pub id: u32,
}

/// Appends to a buffer. `cuts` are in order of position.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    buffer: Vec<u8>,
    cuts: Vec<Cut>,
}

impl Writer {
    pub fn new() -> Self {
        Writer::default()
    }

    pub fn with_capacity(bytes: usize) -> Self {
        Writer { buffer: Vec::with_capacity(bytes), cuts: Vec::new() }
    }

    /// Appends to what `buffer` holds; positions of cuts count from its start.
    pub fn over(buffer: Vec<u8>) -> Self {
        Writer { buffer, cuts: Vec::new() }
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.buffer
    }

    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// The buffer, for a caller without external slices.
    pub fn into_bytes(self) -> Vec<u8> {
        debug_assert!(self.cuts.is_empty(), "external slices would be lost");
        self.buffer
    }

    pub fn into_parts(self) -> (Vec<u8>, Vec<Cut>) {
        (self.buffer, self.cuts)
    }

    /// Bytes in the buffer, without external slices.
    pub fn position(&self) -> usize {
        self.buffer.len()
    }

    /// Bytes of the whole, with external slices.
    pub fn total_len(&self) -> usize {
        self.buffer.len() + self.cuts.iter().map(|cut| cut.len as usize).sum::<usize>()
    }

    /// Overwrites four bytes at `position` (the length of a frame, known only at its end).
    pub fn patch_i32(&mut self, position: usize, value: i32) {
        self.buffer[position..position + 4].copy_from_slice(&value.to_be_bytes());
    }

    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.buffer.push(u8::from(value));
    }

    #[inline]
    pub fn i8(&mut self, value: i8) {
        self.buffer.push(value as u8);
    }

    #[inline]
    pub fn i16(&mut self, value: i16) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn i32(&mut self, value: i32) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn i64(&mut self, value: i64) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn u16(&mut self, value: u16) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn f64(&mut self, value: f64) {
        self.raw(&value.to_be_bytes());
    }

    #[inline]
    pub fn uuid(&mut self, value: Uuid) {
        self.raw(&value.0);
    }

    #[inline]
    pub fn uvarint(&mut self, value: u32) {
        self.uvarlong(u64::from(value));
    }

    /// Stands for a struct that is null: 0 in a tagged field, -1 elsewhere.
    #[inline]
    pub fn null_struct(&mut self, tagged: bool) {
        self.i8(if tagged { 0 } else { -1 });
    }

    #[inline]
    pub fn uvarlong(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.buffer.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.buffer.push(value as u8);
    }

    /// Zigzag encoding of 32 bits.
    #[inline]
    pub fn varint(&mut self, value: i32) {
        self.uvarint((value << 1 ^ value >> 31) as u32);
    }

    /// Zigzag encoding of 64 bits.
    #[inline]
    pub fn varlong(&mut self, value: i64) {
        self.uvarlong((value << 1 ^ value >> 63) as u64);
    }

    #[inline]
    pub fn string(&mut self, value: &str, flexible: bool, field: &'static str) -> Result<()> {
        if value.len() > MAX_STRING {
            return Err(EncodeError::TooLong { field, length: value.len() });
        }
        if flexible {
            self.uvarint(value.len() as u32 + 1)
        } else {
            self.i16(value.len() as i16)
        }
        self.raw(value.as_bytes());
        Ok(())
    }

    #[inline]
    pub fn null_string(&mut self, flexible: bool) {
        if flexible { self.uvarint(0) } else { self.i16(-1) }
    }

    /// Length of bytes or count of an array.
    #[inline]
    pub fn length(&mut self, length: usize, flexible: bool, field: &'static str) -> Result<()> {
        if length >= i32::MAX as usize {
            return Err(EncodeError::TooLong { field, length });
        }
        if flexible {
            self.uvarint(length as u32 + 1)
        } else {
            self.i32(length as i32)
        }
        Ok(())
    }

    /// Null bytes, null records or a null array.
    #[inline]
    pub fn null_length(&mut self, flexible: bool) {
        if flexible { self.uvarint(0) } else { self.i32(-1) }
    }

    #[inline]
    pub fn bytes(&mut self, value: &[u8], flexible: bool, field: &'static str) -> Result<()> {
        self.length(value.len(), flexible, field)?;
        self.raw(value);
        Ok(())
    }

    pub fn records(&mut self, value: &RecordsField<'_>, flexible: bool, field: &'static str) -> Result<()> {
        self.length(value.len(), flexible, field)?;
        match value {
            RecordsField::Bytes(bytes) => self.raw(bytes),
            RecordsField::External { len: 0, .. } => {}
            RecordsField::External { len, id } => {
                self.cuts.push(Cut { position: self.buffer.len(), len: *len, id: *id });
            }
        }
        Ok(())
    }

    /// Begins a tagged field; `end_tag` with the answer fills its size in.
    pub fn begin_tag(&mut self, tag: u32) -> usize {
        self.uvarint(tag);
        self.buffer.push(0);
        self.buffer.len()
    }

    /// Ends the tagged field that began at `start`. Only sizes from 128 on move bytes.
    pub fn end_tag(&mut self, start: usize) {
        let external: usize =
            self.cuts.iter().rev().take_while(|cut| cut.position >= start).map(|cut| cut.len as usize).sum();
        let mut size = self.buffer.len() - start + external;
        let mut varint = [0u8; 10];
        let mut used = 0;
        while size >= 0x80 {
            varint[used] = size as u8 | 0x80;
            used += 1;
            size >>= 7;
        }
        varint[used] = size as u8;
        self.buffer.splice(start - 1..start, varint[..=used].iter().copied());
        for cut in self.cuts.iter_mut().rev().take_while(|cut| cut.position >= start) {
            cut.position += used;
        }
    }

    /// Writes the unknown tagged fields below `limit`, starting at index `from`; answers where to go on.
    pub fn unknown_tags(&mut self, unknown: &UnknownTaggedFields, from: usize, limit: u64) -> usize {
        let mut next = from;
        for field in unknown.as_slice().iter().skip(from).take_while(|field| u64::from(field.tag) < limit) {
            self.uvarint(field.tag);
            self.uvarint(field.data.len() as u32);
            self.raw(&field.data);
            next += 1;
        }
        next
    }

    /// The end of a flexible struct that has no tagged fields of its own.
    #[inline]
    pub fn only_unknown_tags(&mut self, unknown: &UnknownTaggedFields) {
        let count = unknown.as_slice().len();
        self.uvarint(count as u32);
        if count != 0 {
            self.unknown_tags(unknown, 0, u64::MAX);
        }
    }

    /// An error if an unknown field has a tag that the struct knows.
    pub fn check_unknown_tags(unknown: &UnknownTaggedFields, known: &[u32]) -> Result<()> {
        match unknown.as_slice().iter().find(|field| known.contains(&field.tag)) {
            Some(field) => Err(EncodeError::TagCollision { tag: field.tag }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_records_leave_a_cut_after_their_length() {
        let mut writer = Writer::new();
        writer.i8(7);
        writer.records(&RecordsField::External { len: 300, id: 4 }, true, "records").unwrap();
        writer.i8(8);
        assert_eq!(writer.as_slice(), [7, 0xad, 2, 8]);
        assert_eq!(writer.cuts(), [Cut { position: 3, len: 300, id: 4 }]);
        assert_eq!(writer.total_len(), 304);
    }

    #[test]
    fn sizes_of_long_tagged_fields_are_filled_in() {
        let mut writer = Writer::new();
        let start = writer.begin_tag(1);
        writer.raw(&[9; 300]);
        writer.end_tag(start);
        assert_eq!(writer.as_slice()[..4], [1, 0xac, 2, 9]);
        assert_eq!(writer.position(), 303);
    }
}
