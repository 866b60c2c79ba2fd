//! Offsets and timestamps of the records of a batch, for searches: compressed records are decompressed piece by piece and
//! not kept.

use crate::codec::Bounded;
use crate::validate::{Seen, pass_slice_record, pass_stream_record};
use crate::{Batch, Codec, RecordsError, TimestampType};
use base::Offset;
use std::ops::ControlFlow;

impl Batch<'_> {
    /// Calls `visit` with the offset and timestamp (milliseconds since 1970, -1 for none) of each record in order, until
    /// it breaks; true when it did. Memory does not grow with the records, but in batches of formats 0 and 1.
    ///
    /// # Errors
    /// Those of [`Batch::open`] and its records, as far as they are met.
    pub fn find_record(
        &self,
        decompressed_bytes_max: usize,
        mut visit: impl FnMut(Offset, i64) -> ControlFlow<()>,
    ) -> Result<bool, RecordsError> {
        let Some(count) = self.count() else {
            for record in self.open(decompressed_bytes_max)?.records() {
                let record = record?;
                if visit(record.offset, record.timestamp_ms).is_break() {
                    return Ok(true);
                }
            }
            return Ok(false);
        };
        let fixed_ms = (self.timestamp_type() == TimestampType::LogAppendTime).then(|| self.max_timestamp_ms());
        let mut visit = |seen: Seen| {
            let timestamp_ms =
                fixed_ms.unwrap_or_else(|| self.base_timestamp_ms().wrapping_add(seen.timestamp_delta_ms));
            visit(self.base_offset().saturating_add(i64::from(seen.offset_delta)), timestamp_ms).is_break()
        };
        let trailing = RecordsError::Record { index: count, reason: "bytes follow the last record" };
        match self.codec()? {
            Codec::None => {
                let mut records = self.payload();
                for index in 0..count {
                    if visit(pass_slice_record(&mut records, index)?) {
                        return Ok(true);
                    }
                }
                if records.is_empty() { Ok(false) } else { Err(trailing) }
            }
            codec => {
                let mut records = Bounded::new(codec, self.payload(), decompressed_bytes_max)?;
                for index in 0..count {
                    if visit(pass_stream_record(&mut records, index)?) {
                        return Ok(true);
                    }
                }
                if records.is_at_end()? { Ok(false) } else { Err(trailing) }
            }
        }
    }
}
