//! Splitting a batch that the broker refused as too large into two, each with half of the records.

use super::accumulator::Batch;
use crate::{ClientError, Result};
use records::{BatchBuilder, BatchOptions, Compression, Header};

/// Most bytes that one batch may take when decompressed.
const BATCH_BYTES_MAX: usize = 1 << 30;

/// The records of a closed batch in two batches, in order; records of one batch were refused before any was written, so
/// that the sequences go on from its own. A batch of one record cannot be split.
pub(crate) fn split(batch: &Batch, compression: Compression) -> Result<[Vec<u8>; 2]> {
    let failed = |error: records::RecordsError| ClientError::Record(error.to_string());
    let whole = records::batches(&batch.bytes).next();
    let whole = whole.ok_or_else(|| ClientError::Record("a batch without records".into()))?.map_err(failed)?;
    let open = whole.open(BATCH_BYTES_MAX).map_err(failed)?;
    let builder = || BatchBuilder::new(BatchOptions { compression, ..BatchOptions::default() });
    let mut halves = [builder(), builder()];
    let first = batch.count() / 2;
    for (index, record) in (0..).zip(open.records()) {
        let record = record.map_err(failed)?;
        let headers: Vec<Header<'_>> = record.headers.collect();
        halves[usize::from(index >= first)].append(record.timestamp_ms, record.key, record.value, &headers);
    }
    let [first, second] = halves;
    Ok([first.finish().map_err(failed)?, second.finish().map_err(failed)?])
}
