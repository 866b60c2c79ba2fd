//! Zigzag varints as records use them: at most 5 bytes for 32 bits, at most 10 for 64.

use crate::RecordsError;

/// The forms in which record bytes arrive: a slice, or a decompressor that is read piece by piece.
pub trait Source {
    /// The next byte; `None` at the end.
    fn byte(&mut self) -> Result<Option<u8>, RecordsError>;
    /// Passes over `count` bytes; false when fewer are left.
    fn skip(&mut self, count: usize) -> Result<bool, RecordsError>;
}

impl Source for &[u8] {
    #[inline]
    fn byte(&mut self) -> Result<Option<u8>, RecordsError> {
        let Some((first, rest)) = self.split_first() else { return Ok(None) };
        *self = rest;
        Ok(Some(*first))
    }

    #[inline]
    fn skip(&mut self, count: usize) -> Result<bool, RecordsError> {
        let Some(rest) = self.get(count..) else { return Ok(false) };
        *self = rest;
        Ok(true)
    }
}

/// Reads a zigzag varint of 32 bits; `None` when the bytes end first.
#[inline]
pub fn read_varint(source: &mut impl Source) -> Result<Option<i32>, RecordsError> {
    let mut value: u32 = 0;
    for shift in (0..35).step_by(7) {
        let Some(byte) = source.byte()? else { return Ok(None) };
        value |= u32::from(byte & 0x7f).wrapping_shl(shift);
        if byte < 0x80 {
            return Ok(Some((value >> 1) as i32 ^ -((value & 1) as i32)));
        }
    }
    Err(RecordsError::Varint)
}

/// Reads a zigzag varint of 64 bits; `None` when the bytes end first.
#[inline]
pub fn read_varlong(source: &mut impl Source) -> Result<Option<i64>, RecordsError> {
    let mut value: u64 = 0;
    for shift in (0..70).step_by(7) {
        let Some(byte) = source.byte()? else { return Ok(None) };
        value |= u64::from(byte & 0x7f).wrapping_shl(shift);
        if byte < 0x80 {
            return Ok(Some((value >> 1) as i64 ^ -((value & 1) as i64)));
        }
    }
    Err(RecordsError::Varint)
}

/// Appends a zigzag varint of 32 bits.
pub fn write_varint(out: &mut Vec<u8>, value: i32) {
    write_unsigned(out, u64::from((value << 1 ^ value >> 31) as u32));
}

/// Appends a zigzag varint of 64 bits.
pub fn write_varlong(out: &mut Vec<u8>, value: i64) {
    write_unsigned(out, (value << 1 ^ value >> 63) as u64);
}

fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes that `write_varint` appends.
pub fn varint_len(value: i32) -> usize {
    unsigned_len(u64::from((value << 1 ^ value >> 31) as u32))
}

/// Bytes that `write_varlong` appends.
pub fn varlong_len(value: i64) -> usize {
    unsigned_len((value << 1 ^ value >> 63) as u64)
}

fn unsigned_len(value: u64) -> usize {
    ((64 - (value | 1).leading_zeros()) as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_the_round_trip() {
        for value in
            [0, 1, -1, 63, 64, -64, -65, 8191, 8192, i64::from(i32::MAX), i64::from(i32::MIN), i64::MAX, i64::MIN]
        {
            let mut out = Vec::new();
            write_varlong(&mut out, value);
            assert_eq!(out.len(), varlong_len(value));
            assert_eq!(read_varlong(&mut out.as_slice()), Ok(Some(value)));
            if let Ok(value) = i32::try_from(value) {
                let mut out = Vec::new();
                write_varint(&mut out, value);
                assert_eq!(out.len(), varint_len(value));
                assert_eq!(read_varint(&mut out.as_slice()), Ok(Some(value)));
            }
        }
    }

    #[test]
    fn endless_and_cut_numbers_are_told_apart() {
        assert_eq!(read_varint(&mut [0x80u8; 5].as_slice()), Err(RecordsError::Varint));
        assert_eq!(read_varlong(&mut [0xffu8; 10].as_slice()), Err(RecordsError::Varint));
        assert_eq!(read_varint(&mut [0x80u8; 4].as_slice()), Ok(None));
        assert_eq!(read_varint(&mut [].as_slice()), Ok(None));
    }
}
