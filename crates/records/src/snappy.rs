//! Snappy as Kafka's Java clients frame it (the "xerial" stream): 8 bytes of magic, version i32, oldest compatible
//! version i32, then blocks of [length i32][raw snappy]. Other clients send one raw block without the frame.

use std::io::{self, BufRead, Read};

const MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
const HEADER_LEN: usize = 16;
/// Plain bytes in a block that we write (the Java library's default).
const BLOCK_LEN: usize = 32 * 1024;
/// No raw snappy element yields more than 64 bytes from 3.
const EXPANSION_MAX: usize = 22;

pub(crate) fn is_xerial(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER_LEN && bytes.starts_with(&MAGIC)
}

/// One raw block. Its announced length is believed only as far as the format can expand the bytes that are there.
pub(crate) fn decompress_block(block: &[u8]) -> io::Result<Vec<u8>> {
    let len = snap::raw::decompress_len(block).map_err(io::Error::other)?;
    if len > block.len().saturating_mul(EXPANSION_MAX) {
        return Err(io::Error::other(format!("a block of {} bytes announces {len}", block.len())));
    }
    let mut plain = vec![0; len];
    let written = snap::raw::Decoder::new().decompress(block, &mut plain).map_err(io::Error::other)?;
    plain.truncate(written);
    Ok(plain)
}

pub(crate) fn compress_xerial(plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&1i32.to_be_bytes());
    out.extend_from_slice(&1i32.to_be_bytes());
    let mut encoder = snap::raw::Encoder::new();
    for block in plain.chunks(BLOCK_LEN) {
        let at = out.len();
        out.resize(at + 4 + snap::raw::max_compress_len(block.len()), 0);
        let written = encoder.compress(block, &mut out[at + 4..]).map_err(io::Error::other)?;
        out[at..at + 4].copy_from_slice(&(written as u32).to_be_bytes());
        out.truncate(at + 4 + written);
    }
    Ok(())
}

/// Reads a xerial stream block by block.
pub(crate) struct XerialReader<'a> {
    rest: &'a [u8],
    block: Vec<u8>,
    at: usize,
}

impl<'a> XerialReader<'a> {
    /// `stream` must satisfy `is_xerial`.
    pub(crate) fn new(stream: &'a [u8]) -> XerialReader<'a> {
        XerialReader { rest: stream.get(HEADER_LEN..).unwrap_or_default(), block: Vec::new(), at: 0 }
    }

    fn next_block(&mut self) -> io::Result<()> {
        // Concatenated streams repeat the header.
        while self.rest.starts_with(&MAGIC) {
            self.rest = self.rest.get(HEADER_LEN..).unwrap_or_default();
        }
        let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "a block is cut");
        let (len, rest) = self.rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let (block, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize).ok_or_else(cut)?;
        self.block = decompress_block(block)?;
        self.at = 0;
        self.rest = rest;
        Ok(())
    }
}

impl Read for XerialReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for XerialReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.block.len() && !self.rest.is_empty() {
            self.next_block()?;
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}
