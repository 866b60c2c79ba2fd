//! The compression codecs of record batches. Decompression streams and stops at a bound that the caller sets: no
//! length inside the compressed data is trusted, so that a small batch cannot take much memory.

use crate::snappy::{XerialReader, XerialWriter};
use crate::varint::Source;
use crate::{RecordsError, snappy};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::rc::Rc;

/// How records are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Codec {
    #[default]
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// A codec with its level, as `compression.type` and `compression.*.level` say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compression {
    pub codec: Codec,
    /// Meaning and bounds are the codec's: gzip 1 to 9, zstd -131072 to 22; `None` is Kafka's default. Snappy has none,
    /// and LZ4's is accepted but makes no difference (the encoder has one level).
    pub level: Option<i32>,
}

impl From<Codec> for Compression {
    fn from(codec: Codec) -> Self {
        Compression { codec, level: None }
    }
}

/// A decompressor that yields the plain bytes piece by piece.
pub type Decompressor<'a> = Box<dyn BufRead + 'a>;

impl Codec {
    /// The number in the batch attributes.
    pub fn id(self) -> u8 {
        self as u8
    }

    pub fn from_id(id: u8) -> Result<Codec, RecordsError> {
        Ok(match id {
            0 => Codec::None,
            1 => Codec::Gzip,
            2 => Codec::Snappy,
            3 => Codec::Lz4,
            4 => Codec::Zstd,
            _ => return Err(RecordsError::UnknownCodec(id)),
        })
    }

    /// Kafka's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Codec::None => "none",
            Codec::Gzip => "gzip",
            Codec::Snappy => "snappy",
            Codec::Lz4 => "lz4",
            Codec::Zstd => "zstd",
        }
    }

    /// The codec of a name as producers and `compression.type` write it (`none` and `uncompressed` are the same).
    pub fn from_name(name: &str) -> Option<Codec> {
        Some(match name {
            "none" | "uncompressed" => Codec::None,
            "gzip" => Codec::Gzip,
            "snappy" => Codec::Snappy,
            "lz4" => Codec::Lz4,
            "zstd" => Codec::Zstd,
            _ => return None,
        })
    }

    fn error(self, error: &io::Error) -> RecordsError {
        RecordsError::Codec { codec: self.name(), reason: error.to_string() }
    }

    /// A reader of the plain bytes. It does not bound them, [`Bounded`] does; but raw snappy, which can only be
    /// decompressed at once, is refused above `bytes_max`.
    ///
    /// What it takes meanwhile grows with the bytes that it yields, never with what the data announces: of a zstd window
    /// (128 MiB at most) only the part that was written is real memory.
    pub fn reader<'a>(self, compressed: &'a [u8], bytes_max: usize) -> Result<Decompressor<'a>, RecordsError> {
        Ok(match self {
            Codec::None => Box::new(compressed),
            Codec::Gzip => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(compressed))),
            Codec::Snappy if snappy::is_xerial(compressed) => Box::new(XerialReader::new(compressed)),
            Codec::Snappy => {
                if snappy::block_len(compressed).map_err(|e| self.error(&e))? > bytes_max {
                    return Err(RecordsError::DecompressedTooLarge { limit: bytes_max });
                }
                Box::new(io::Cursor::new(snappy::decompress_block(compressed).map_err(|e| self.error(&e))?))
            }
            Codec::Lz4 => {
                check_lz4_frame(compressed)?;
                Box::new(lz4_flex::frame::FrameDecoder::new(compressed))
            }
            Codec::Zstd => Box::new(BufReader::new(
                zstd::stream::read::Decoder::with_buffer(compressed).map_err(|e| self.error(&e))?,
            )),
        })
    }

    /// The plain bytes; `DecompressedTooLarge` above `bytes_max`.
    pub fn decompress(self, compressed: &[u8], bytes_max: usize) -> Result<Vec<u8>, RecordsError> {
        let reader = self.reader(compressed, bytes_max)?;
        let mut plain = Vec::with_capacity(compressed.len().saturating_mul(3).min(bytes_max).min(1 << 20));
        reader.take(bytes_max as u64 + 1).read_to_end(&mut plain).map_err(|e| self.error(&e))?;
        if plain.len() > bytes_max {
            return Err(RecordsError::DecompressedTooLarge { limit: bytes_max });
        }
        Ok(plain)
    }
}

/// Kafka's readers know version 1 of the frame format with independent blocks only: what they could not read later must
/// not be stored.
fn check_lz4_frame(compressed: &[u8]) -> Result<(), RecordsError> {
    const VERSION: u8 = 0b1100_0000;
    const INDEPENDENT_BLOCKS: u8 = 0b0010_0000;
    let fail = |reason: &str| Err(RecordsError::Codec { codec: Codec::Lz4.name(), reason: reason.to_owned() });
    match compressed.get(4) {
        // The decoder says what is wrong with a frame that is not even begun.
        None => Ok(()),
        Some(flags) if flags & VERSION != 0b0100_0000 => fail("its frame format is not version 1"),
        Some(flags) if flags & INDEPENDENT_BLOCKS == 0 => fail("its blocks depend on each other"),
        Some(_) => Ok(()),
    }
}

impl Compression {
    /// Appends the compressed form of `plain` to `out`.
    ///
    /// # Errors
    /// Only when the codec itself fails, which memory pressure may cause.
    pub fn compress(self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), RecordsError> {
        self.compress_into(plain, out).map_err(|e| self.codec.error(&e))
    }

    fn compress_into(self, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut encoder = self.encoder(out, Some(plain.len() as u64))?;
        encoder.write_all(plain)?;
        encoder.finish().map(|_| ())
    }

    /// A writer of plain bytes whose compressed form goes to `out`. `plain_len`: their number, where it is known.
    fn encoder<W: Write>(self, out: W, plain_len: Option<u64>) -> io::Result<Encoder<W>> {
        Ok(match self.codec {
            Codec::None => Encoder::None(out),
            Codec::Gzip => {
                let level = match self.level {
                    Some(level @ 1..=9) => flate2::Compression::new(level as u32),
                    _ => flate2::Compression::default(),
                };
                Encoder::Gzip(flate2::write::GzEncoder::new(out, level))
            }
            Codec::Snappy => Encoder::Snappy(Box::new(XerialWriter::new(out))),
            Codec::Lz4 => {
                // What Java's consumers expect: independent blocks of 64 KiB, no content checksum.
                let info = lz4_flex::frame::FrameInfo::new()
                    .block_size(lz4_flex::frame::BlockSize::Max64KB)
                    .block_mode(lz4_flex::frame::BlockMode::Independent);
                Encoder::Lz4(Box::new(lz4_flex::frame::FrameEncoder::with_frame_info(info, out)))
            }
            Codec::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(out, self.level.unwrap_or(3))?;
                encoder.set_pledged_src_size(plain_len)?;
                Encoder::Zstd(encoder)
            }
        })
    }
}

/// Compresses what is written to it.
enum Encoder<W: Write> {
    None(W),
    Gzip(flate2::write::GzEncoder<W>),
    Snappy(Box<XerialWriter<W>>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<W>>),
    Zstd(zstd::stream::write::Encoder<'static, W>),
}

impl<W: Write> Encoder<W> {
    fn finish(self) -> io::Result<W> {
        match self {
            Encoder::None(out) => Ok(out),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Snappy(encoder) => encoder.finish(),
            Encoder::Lz4(encoder) => encoder.finish().map_err(io::Error::other),
            Encoder::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        match self {
            Encoder::None(out) => out.write(plain),
            Encoder::Gzip(encoder) => encoder.write(plain),
            Encoder::Snappy(encoder) => encoder.write(plain),
            Encoder::Lz4(encoder) => encoder.write(plain),
            Encoder::Zstd(encoder) => encoder.write(plain),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compressed bytes, of which no more than `limit` are kept.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    is_exceeded: Rc<Cell<bool>>,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.limit - self.bytes.len() {
            self.is_exceeded.set(true);
        }
        if !self.is_exceeded.get() {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compresses record bytes while they are read.
pub(crate) struct Recompressor {
    target: Compression,
    encoder: BufWriter<Encoder<Capped>>,
    is_exceeded: Rc<Cell<bool>>,
}

impl Recompressor {
    /// Keeps at most `bytes_max` of what it compresses.
    pub fn new(target: Compression, bytes_max: usize) -> Result<Recompressor, RecordsError> {
        let is_exceeded = Rc::new(Cell::new(false));
        let capped = Capped { bytes: Vec::new(), limit: bytes_max, is_exceeded: is_exceeded.clone() };
        let encoder = target.encoder(capped, None).map_err(|e| target.codec.error(&e))?;
        Ok(Recompressor { target, encoder: BufWriter::with_capacity(RECOMPRESS_CHUNK, encoder), is_exceeded })
    }

    fn add(&mut self, plain: &[u8]) -> io::Result<()> {
        self.encoder.write_all(plain)
    }

    /// There are more compressed bytes than are kept.
    pub fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }

    /// The compressed bytes; `None` when there were too many.
    pub fn finish(self) -> Result<Option<Vec<u8>>, RecordsError> {
        let encoder = self.encoder.into_inner().map_err(io::IntoInnerError::into_error);
        let capped = encoder.and_then(Encoder::finish).map_err(|e| self.target.codec.error(&e))?;
        Ok((!self.is_exceeded.get()).then_some(capped.bytes))
    }
}

/// Bytes that are compressed at once.
const RECOMPRESS_CHUNK: usize = 64 * 1024;

/// Record bytes out of a decompressor, at most so many, without keeping them.
pub struct Bounded<'a> {
    codec: Codec,
    reader: Decompressor<'a>,
    left: usize,
    limit: usize,
    copy: Option<&'a mut Recompressor>,
}

impl<'a> Bounded<'a> {
    pub fn new(codec: Codec, compressed: &'a [u8], bytes_max: usize) -> Result<Bounded<'a>, RecordsError> {
        Ok(Bounded {
            codec,
            reader: codec.reader(compressed, bytes_max)?,
            left: bytes_max,
            limit: bytes_max,
            copy: None,
        })
    }

    /// Also compresses what is read.
    pub(crate) fn with_copy(self, copy: &'a mut Recompressor) -> Bounded<'a> {
        Bounded { copy: Some(copy), ..self }
    }

    /// How many bytes were read.
    pub fn passed(&self) -> usize {
        self.limit - self.left
    }

    /// Whether all bytes were read.
    pub fn is_at_end(&mut self) -> Result<bool, RecordsError> {
        Ok(self.available()?.is_empty())
    }

    fn available(&mut self) -> Result<&[u8], RecordsError> {
        self.reader.fill_buf().map_err(|e| self.codec.error(&e))
    }

    fn consume(&mut self, count: usize) -> Result<(), RecordsError> {
        self.left = self.left.checked_sub(count).ok_or(RecordsError::DecompressedTooLarge { limit: self.limit })?;
        if let Some(copy) = &mut self.copy {
            let available = self.reader.fill_buf().map_err(|e| self.codec.error(&e))?;
            copy.add(available.get(..count).unwrap_or_default()).map_err(|e| self.codec.error(&e))?;
            if copy.is_exceeded() {
                return Err(RecordsError::DecompressedTooLarge { limit: self.limit });
            }
        }
        self.reader.consume(count);
        Ok(())
    }
}

impl Source for Bounded<'_> {
    fn byte(&mut self) -> Result<Option<u8>, RecordsError> {
        let Some(byte) = self.available()?.first().copied() else { return Ok(None) };
        self.consume(1)?;
        Ok(Some(byte))
    }

    fn skip(&mut self, mut count: usize) -> Result<bool, RecordsError> {
        while count > 0 {
            let available = self.available()?.len().min(count);
            if available == 0 {
                return Ok(false);
            }
            self.consume(available)?;
            count -= available;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Codec; 5] = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

    fn compress(codec: Codec, plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Compression::from(codec).compress(plain, &mut out).unwrap();
        out
    }

    #[test]
    fn bytes_survive_every_codec() {
        for codec in ALL {
            for len in [0usize, 1, 100, 32 * 1024, 200_000] {
                let plain: Vec<u8> = (0..len).map(|i| ((i * i) >> 7) as u8).collect();
                assert_eq!(codec.decompress(&compress(codec, &plain), len).unwrap(), plain, "{codec:?} {len}");
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let plain = vec![0; 8 << 20];
        for codec in ALL {
            let bomb = compress(codec, &plain);
            let limit = 64 * 1024;
            assert_eq!(codec.decompress(&bomb, limit), Err(RecordsError::DecompressedTooLarge { limit }), "{codec:?}");
            let mut bounded = Bounded::new(codec, &bomb, limit).unwrap();
            assert_eq!(bounded.skip(plain.len()), Err(RecordsError::DecompressedTooLarge { limit }), "{codec:?}");
        }
    }

    #[test]
    fn lz4_frames_that_kafka_cannot_read_are_refused() {
        let mut frame = compress(Codec::Lz4, &[7; 1000]);
        assert!(Codec::Lz4.decompress(&frame, 1 << 20).is_ok());
        frame[4] &= !0x20;
        assert!(Codec::Lz4.decompress(&frame, 1 << 20).unwrap_err().to_string().contains("depend"));
    }

    #[test]
    fn garbage_and_cut_data_are_errors_not_panics() {
        for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
            assert!(codec.decompress(b"this is not compressed", 1 << 20).is_err(), "{codec:?}");
            let whole = compress(codec, &[7; 1000]);
            for cut in 1..whole.len() {
                let _must_not_panic = codec.decompress(&whole[..cut], 1 << 20);
            }
        }
    }
}
