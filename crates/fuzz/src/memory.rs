//! Memory of decoding, compared with what was decoded.

/// Bytes that may be live at once: `base + factor * input`.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    pub base: usize,
    pub factor: usize,
}

/// 64 KiB and 64 times the input: a Rust value is larger than its bytes (an empty text is 1 byte there and 24 here).
pub const PLAIN: Bound = Bound { base: 64 << 10, factor: 64 };

/// Runs `work` on an input of `length` bytes.
///
/// # Panics
/// When more was allocated at once than `bound` allows.
pub fn within<T>(bound: Bound, length: usize, work: impl FnOnce() -> T) -> T {
    let mut outcome = None;
    let used = allocation_counter::measure(|| outcome = Some(work())).bytes_max;
    let allowed = bound.base + bound.factor * length;
    assert!(used <= allowed as u64, "{used} bytes were allocated for an input of {length}; {allowed} are allowed");
    outcome.expect("the work was done")
}
