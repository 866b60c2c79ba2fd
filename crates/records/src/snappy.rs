//! Snappy as Kafka's Java clients frame it (the "xerial" stream): 8 bytes of magic, version i32, oldest compatible
//! version i32, then blocks of [length i32][raw snappy]. Other clients send one raw block without the frame.

use std::io::{self, BufRead, Read, Write};

const MAGIC: [u8; 8] = [0x82, b'S', b'N', b'A', b'P', b'P', b'Y', 0];
const HEADER_LEN: usize = 16;
/// Plain bytes in a block that we write (the Java library's default).
const BLOCK_LEN: usize = 32 * 1024;
/// No raw snappy element yields more than 64 bytes from 3.
const EXPANSION_MAX: usize = 22;

pub(crate) fn is_xerial(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER_LEN && bytes.starts_with(&MAGIC)
}

/// Plain bytes of a raw block.
pub(crate) fn block_len(block: &[u8]) -> io::Result<usize> {
    let len = snap::raw::decompress_len(block).map_err(io::Error::other)?;
    if len > block.len().saturating_mul(EXPANSION_MAX) {
        return Err(io::Error::other(format!("a block of {} bytes announces {len}", block.len())));
    }
    Ok(len)
}

/// One raw block. Its announced length is believed only as far as the format can expand the bytes that are there.
pub(crate) fn decompress_block(block: &[u8]) -> io::Result<Vec<u8>> {
    let len = block_len(block)?;
    let mut plain = vec![0; len];
    let written = snap::raw::Decoder::new().decompress(block, &mut plain).map_err(io::Error::other)?;
    plain.truncate(written);
    Ok(plain)
}

/// Writes a xerial stream.
pub(crate) struct XerialWriter<W> {
    out: W,
    encoder: snap::raw::Encoder,
    /// Plain bytes that are not a whole block yet.
    pending: Vec<u8>,
    has_begun: bool,
}

impl<W: Write> XerialWriter<W> {
    pub(crate) fn new(out: W) -> XerialWriter<W> {
        XerialWriter { out, encoder: snap::raw::Encoder::new(), pending: Vec::new(), has_begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.out.write_all(&MAGIC)?;
            self.out.write_all(&1i32.to_be_bytes())?;
            self.out.write_all(&1i32.to_be_bytes())?;
        }
        Ok(())
    }

    fn write_pending(&mut self) -> io::Result<()> {
        let block = self.encoder.compress_vec(&self.pending).map_err(io::Error::other)?;
        self.out.write_all(&(block.len() as u32).to_be_bytes())?;
        self.out.write_all(&block)?;
        self.pending.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.begin()?;
        if !self.pending.is_empty() {
            self.write_pending()?;
        }
        Ok(self.out)
    }
}

impl<W: Write> Write for XerialWriter<W> {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        self.begin()?;
        let count = plain.len().min(BLOCK_LEN - self.pending.len());
        self.pending.extend_from_slice(plain.get(..count).unwrap_or_default());
        if self.pending.len() == BLOCK_LEN {
            self.write_pending()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
