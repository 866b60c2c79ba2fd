//! Changes to an input, drawn from a seed.

use base::{Random, SplitMix64};

/// Inputs do not grow beyond this.
pub const LENGTH_MAX: usize = 16 << 10;

const EDGES: [i64; 22] = [
    0,
    1,
    2,
    -1,
    -2,
    7,
    8,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    1 << 24,
    1 << 30,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    i64::MAX,
    i64::MIN,
];
const WORDS: [&[u8]; 18] = [
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x08",
    b"\x80\x80\x80\x80\x80",
    b"\x80\x00",
    b"\xfe\xff\xff\xff\x0f",
    b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\n",
    b"=",
    b",",
    b":",
    b"\\",
    b"-1",
    b"9223372036854775807",
    b"2147483648",
    b"NaN",
];

/// Makes new inputs of old ones.
pub struct Mutator {
    pub random: SplitMix64,
}

impl Mutator {
    pub fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound.max(1) as u64) as usize
    }

    /// One of the inputs, changed in one to five places; `other` lends pieces.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        let changes = 1 + self.below(6).saturating_sub(1);
        for _ in 0..changes {
            self.change(&mut bytes, other);
        }
        bytes.truncate(LENGTH_MAX);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        match self.below(16) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = self.random.next_u64() as u8,
            2 if !bytes.is_empty() => bytes[at] = [0, 1, 2, 0x7f, 0x80, 0xff, 0xfe, b'0'][self.below(8)],
            3 if !bytes.is_empty() => bytes[at] = bytes[at].wrapping_add(self.below(9) as u8).wrapping_sub(4),
            4 | 5 => {
                let edge = EDGES[self.below(EDGES.len())].to_be_bytes();
                let width = [1, 2, 4, 4, 8][self.below(5)];
                overwrite(bytes, at, &edge[8 - width..]);
            }
            6 => {
                let word = WORDS[self.below(WORDS.len())];
                overwrite(bytes, at, word);
            }
            7 => {
                let word = WORDS[self.below(WORDS.len())];
                insert(bytes, at, word);
            }
            8 => bytes.truncate(at),
            9 => {
                let end = (at + 1 + self.below(12)).min(bytes.len());
                bytes.drain(at..end);
            }
            10 => {
                let piece = self.piece(&bytes.clone()).to_vec();
                insert(bytes, at, &piece);
            }
            11 => {
                let piece = self.piece(other).to_vec();
                insert(bytes, at, &piece);
            }
            12 => {
                let piece = self.piece(other).to_vec();
                overwrite(bytes, at, &piece);
            }
            13 => {
                // The head of one and the tail of the other.
                bytes.truncate(at);
                let from = self.below(other.len());
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            14 => {
                let fill = [0, 1, 0x80, 0xff, b'a'][self.below(5)];
                let piece = vec![fill; 1 + self.below(40)];
                insert(bytes, at, &piece);
            }
            _ => {
                let piece: Vec<u8> = (0..=self.below(8)).map(|_| self.random.next_u64() as u8).collect();
                insert(bytes, at, &piece);
            }
        }
    }

    fn piece<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let from = self.below(bytes.len());
        let longest = if self.below(4) == 0 { bytes.len() } else { 16 };
        let end = (from + 1 + self.below(longest)).min(bytes.len());
        bytes.get(from..end).unwrap_or_default()
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    for (byte, new) in bytes.iter_mut().skip(at).zip(with) {
        *byte = *new;
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    if bytes.len() + piece.len() <= LENGTH_MAX {
        bytes.splice(at..at, piece.iter().copied());
    }
}
