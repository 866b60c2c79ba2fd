//! Bytes that a connection has received and could not hand over yet, and the memory for them.
//!
//! ```text
//!   memory: [ handed over | kept           | room                ]
//!           0             start            end                   memory.len()
//! ```
//! The room is memory that was filled before: large frames are received right into it, and nothing is set to zero twice.

/// Memory that a loop keeps for the frames to come: buffers, how large each may be (a request of `max.request.size`, the
/// clients' default, fits), and all of them.
const SPARE_MAX: usize = 16;
const SPARE_BYTES_MAX: usize = (1 << 20) + (1 << 18);
const SPARES_BYTES_MAX: usize = 4 << 20;
/// Nobody gets a buffer so many times larger than what it is for, but for small ones: a few bytes pin no megabyte.
const TIMES_MAX: usize = 8;
const SMALL_BYTES: usize = 64 * 1024;

/// Bytes of a connection: an incomplete frame, or complete ones that have to wait.
#[derive(Default)]
pub(crate) struct Kept {
    memory: Vec<u8>,
    start: usize,
    end: usize,
}

impl Kept {
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// What it takes, whatever of it is filled.
    pub fn memory_bytes(&self) -> usize {
        self.memory.capacity()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.end]
    }

    /// So many bytes from the front were handed over.
    pub fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
    }

    /// Moves what is kept to the front of the memory.
    fn compact(&mut self) {
        if self.start > 0 {
            self.memory.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
    }

    pub fn push(&mut self, bytes: &[u8], spare: &mut Spare) {
        let room = self.room(bytes.len(), spare);
        room.copy_from_slice(bytes);
        self.received(bytes.len());
    }

    /// Memory for so many bytes behind those that are kept. Fresh memory is twice as much at most.
    pub fn room(&mut self, count: usize, spare: &mut Spare) -> &mut [u8] {
        self.compact();
        let wanted = self.end + count;
        if self.memory.len() < wanted {
            match spare.take(wanted) {
                Some(mut larger) => {
                    larger[..self.end].copy_from_slice(&self.memory[..self.end]);
                    spare.put(std::mem::replace(&mut self.memory, larger));
                }
                None => self.memory.resize(wanted, 0),
            }
        }
        &mut self.memory[self.end..wanted]
    }

    /// So many bytes were written into the room.
    pub fn received(&mut self, count: usize) {
        self.end = (self.end + count).min(self.memory.len());
    }

    /// Gives the memory back where nothing is kept.
    pub fn release(&mut self, spare: &mut Spare) {
        if self.is_empty() && !self.memory.is_empty() {
            spare.put(std::mem::take(self).memory);
        }
    }
}

/// Buffers that are not in use: frames come in pieces all the time, and fresh memory costs page faults.
#[derive(Default)]
pub(crate) struct Spare {
    /// The largest last.
    buffers: Vec<Vec<u8>>,
    bytes: usize,
    /// One was taken since the last look.
    is_in_use: bool,
}

impl Spare {
    /// The smallest buffer for so many bytes, unless it is much too large for them.
    fn take(&mut self, bytes: usize) -> Option<Vec<u8>> {
        self.is_in_use = true;
        let at = self.buffers.partition_point(|buffer| buffer.len() < bytes);
        let fits = self.buffers.get(at)?.capacity() <= (TIMES_MAX * bytes).max(SMALL_BYTES);
        let buffer = fits.then(|| self.buffers.remove(at))?;
        self.bytes -= buffer.capacity();
        Some(buffer)
    }

    fn put(&mut self, buffer: Vec<u8>) {
        if buffer.is_empty() {
            return;
        }
        let bytes = self.bytes + buffer.capacity();
        if self.buffers.len() < SPARE_MAX && buffer.capacity() <= SPARE_BYTES_MAX && bytes <= SPARES_BYTES_MAX {
            self.bytes = bytes;
            let at = self.buffers.partition_point(|other| other.len() < buffer.len());
            self.buffers.insert(at, buffer);
        }
    }

    /// To be called now and then: what nobody has used since the last time is given back.
    pub fn look(&mut self) {
        if !std::mem::replace(&mut self.is_in_use, false) {
            *self = Spare::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_comes_out_in_order_whatever_was_consumed_between() {
        let (mut kept, mut spare) = (Kept::default(), Spare::default());
        kept.push(b"abcd", &mut spare);
        kept.consume(3);
        kept.push(b"ef", &mut spare);
        assert_eq!(kept.bytes(), b"def");
        kept.room(10, &mut spare)[..2].copy_from_slice(b"gh");
        kept.received(2);
        assert_eq!(kept.bytes(), b"defgh");
        kept.consume(5);
        assert!(kept.is_empty());
        kept.release(&mut spare);
        assert_eq!(spare.buffers.len(), 1);
    }

    #[test]
    fn memory_is_used_again_and_never_shows_what_it_held() {
        let (mut kept, mut spare) = (Kept::default(), Spare::default());
        kept.push(&[7; 1000], &mut spare);
        kept.consume(1000);
        kept.release(&mut spare);
        kept.push(&[8; 10], &mut spare);
        assert_eq!(kept.bytes(), [8; 10]);
        assert!(spare.buffers.is_empty() && spare.bytes == 0);
    }

    #[test]
    fn spare_memory_has_a_maximum_and_goes_when_nobody_uses_it() {
        let mut spare = Spare::default();
        spare.put(vec![0; SPARE_BYTES_MAX + 1]);
        assert!(spare.buffers.is_empty());
        for _ in 0..SPARE_MAX {
            spare.put(vec![0; 1 << 20]);
        }
        assert_eq!((spare.buffers.len(), spare.bytes), (4, SPARES_BYTES_MAX));
        assert!(spare.take(10).is_none(), "much too large");
        assert_eq!(spare.take(1 << 18).map(|buffer| buffer.len()), Some(1 << 20));
        spare.look();
        assert_eq!(spare.buffers.len(), 3);
        spare.look();
        assert!(spare.buffers.is_empty() && spare.bytes == 0);
    }
}
