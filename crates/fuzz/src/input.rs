//! The leading bytes of an input, which choose what the rest is.

use crate::Feature;
use std::fmt::Debug;

/// Reads from the front; what is missing is zero or empty, so that every input means something.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn u8(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    pub fn u16(&mut self) -> u16 {
        u16::from_be_bytes([self.u8(), self.u8()])
    }

    /// One of `values`; the byte counts round.
    pub fn choose<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::from(self.u8()) % values.len()]
    }

    /// A version of `min..=max`: the byte itself where it is one.
    pub fn version(&mut self, min: i16, max: i16) -> i16 {
        let version = i16::from(self.u8() as i8);
        if (min..=max).contains(&version) { version } else { min + (version - min).rem_euclid(max - min + 1) }
    }

    /// Bytes after their length in two bytes; all that are left when it says more.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.u16()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends `piece` as [`Input::piece`] reads it; what is too long is cut.
pub fn push_piece(out: &mut Vec<u8>, piece: &[u8]) {
    let piece = &piece[..piece.len().min(0xffff)];
    out.extend_from_slice(&(piece.len() as u16).to_be_bytes());
    out.extend_from_slice(piece);
}

/// A feature of what an error (or anything else) prints, without its numbers: those say too little.
pub fn feature_of(what: &dyn Debug) -> Feature {
    let text = format!("{what:?}");
    mix(text.bytes().filter(|byte| !byte.is_ascii_digit()).take(120))
}

/// FNV-1a.
pub fn mix(bytes: impl IntoIterator<Item = u8>) -> Feature {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
