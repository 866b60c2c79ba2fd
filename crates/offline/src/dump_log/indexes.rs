//! `.index` and `.timeindex`: their entries, and whether the segment has what they say.

use super::Failure;
use super::log_file::{BatchReader, starting_offset};
use super::options::Options;
use std::io::Write;

const OFFSET_ENTRY_LEN: usize = 8;
const TIME_ENTRY_LEN: usize = 12;

/// What is not as it should be; written after everything else.
#[derive(Debug, Default)]
pub(super) struct Findings {
    offsets: Vec<(String, Vec<(i64, i64)>)>,
    times: Vec<(String, Vec<(i64, i64)>)>,
    order: Vec<(String, Vec<(i64, i64)>)>,
    not_found: Vec<(String, Vec<(i64, i64)>)>,
    gaps: Vec<(String, Vec<(i64, i64)>)>,
}

/// Notes a pair of numbers under a file, which is named by its absolute path.
fn add(list: &mut Vec<(String, Vec<(i64, i64)>)>, path: &str, pair: (i64, i64)) {
    let path = std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string());
    match list.last_mut().filter(|(last, _)| *last == path) {
        Some((_, pairs)) => pairs.push(pair),
        None => list.push((path, vec![pair])),
    }
}

impl Findings {
    /// Two records of a segment whose offsets do not follow each other.
    pub fn gap(&mut self, path: &str, before: i64, after: i64) {
        add(&mut self.gaps, path, (before, after));
    }

    pub fn write(&self, err: &mut dyn Write) -> Result<(), Failure> {
        let kinds = [
            (&self.offsets, "Mismatches in :", "  Index offset: ", ", log offset: "),
            (&self.times, "Found timestamp mismatch in :", "  Index timestamp: ", ", log timestamp: "),
            (
                &self.order,
                "Found out of order timestamp in :",
                "  Index timestamp: ",
                ", Previously indexed timestamp: ",
            ),
            (
                &self.not_found,
                "The following indexed offsets are not found in :",
                "Indexed offset: ",
                ", found log offset: ",
            ),
            (&self.gaps, "Non-consecutive offsets in ", "  ", " is followed by "),
        ];
        for (list, title, first, second) in kinds {
            for (path, pairs) in list {
                writeln!(err, "{title}{path}")?;
                for (one, other) in pairs {
                    writeln!(err, "{first}{one}{second}{other}")?;
                }
            }
        }
        Ok(())
    }
}

/// An index file and its segment.
struct Index {
    path: String,
    log: String,
    base: i64,
    bytes: Vec<u8>,
}

impl Index {
    fn read(path: &str, name: &str, suffix: &str) -> Result<Index, Failure> {
        let base = starting_offset(name)?;
        let log = format!("{}.log", path.strip_suffix(suffix).unwrap_or(path));
        let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
        Ok(Index { path: path.to_owned(), log, base, bytes })
    }

    /// The form of the file: whole entries, and the last one not below the base.
    fn check(&self, entry_len: usize, last: Option<i64>) -> Result<(), Failure> {
        let (path, len) = (&self.path, self.bytes.len());
        if !len.is_multiple_of(entry_len) {
            return Err(Failure(format!(
                "Index file {path} is corrupt, found {len} bytes which is neither positive nor a multiple of {entry_len}"
            )));
        }
        match last {
            Some(last) if last < self.base => Err(Failure(format!(
                "Corrupt index found, index file ({path}) has non-zero size but the last offset is {last} which is less \
                 than the base offset {}",
                self.base
            ))),
            _ => Ok(()),
        }
    }

    fn offset_entries(&self) -> Vec<(i64, u32)> {
        let (entries, _) = self.bytes.as_chunks::<OFFSET_ENTRY_LEN>();
        entries
            .iter()
            .map(|e| {
                let relative = i32::from_be_bytes([e[0], e[1], e[2], e[3]]);
                (self.base + i64::from(relative), u32::from_be_bytes([e[4], e[5], e[6], e[7]]))
            })
            .collect()
    }

    fn time_entries(&self) -> Vec<(i64, i64)> {
        let (entries, _) = self.bytes.as_chunks::<TIME_ENTRY_LEN>();
        entries
            .iter()
            .map(|e| {
                let time = i64::from_be_bytes([e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]]);
                (time, self.base + i64::from(i32::from_be_bytes([e[8], e[9], e[10], e[11]])))
            })
            .collect()
    }
}

pub(super) fn dump_offsets(
    path: &str,
    name: &str,
    options: &Options,
    findings: &mut Findings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let index = Index::read(path, name, ".index")?;
    let entries = index.offset_entries();
    if entries.is_empty() {
        return Ok(writeln!(out, "{path} is empty.")?);
    }
    if options.sanity_check {
        index.check(OFFSET_ENTRY_LEN, entries.last().map(|(offset, _)| *offset))?;
        return Ok(writeln!(out, "{path} passed sanity check.")?);
    }
    for (i, (offset, position)) in entries.into_iter().enumerate() {
        // The zeros that a file is pre-sized with.
        if i > 0 && offset == index.base {
            return Ok(());
        }
        let mut reader = BatchReader::open(&index.log, position.into(), options.message_bytes_max)?;
        let Some((_, batch)) = reader.next_batch()? else {
            // Kafka's tool breaks off here; the index of a segment that is still empty is no mistake.
            return Ok(());
        };
        if batch.last_offset() != offset {
            add(&mut findings.offsets, path, (offset, batch.last_offset()));
        }
        if !options.verify_only {
            writeln!(out, "offset: {offset} position: {position}")?;
        }
    }
    Ok(())
}

pub(super) fn dump_times(
    path: &str,
    name: &str,
    options: &Options,
    findings: &mut Findings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let index = Index::read(path, name, ".timeindex")?;
    let entries = index.time_entries();
    if options.sanity_check {
        index.check(TIME_ENTRY_LEN, entries.last().map(|(_, offset)| *offset))?;
        return Ok(writeln!(out, "{path} passed sanity check.")?);
    }
    let offset_path = format!("{}.index", path.strip_suffix(".timeindex").unwrap_or(path));
    let offset_name = name.replace(".timeindex", ".index");
    let positions = match Index::read(&offset_path, &offset_name, ".index") {
        Ok(index) => index.offset_entries(),
        Err(_) => Vec::new(),
    };
    let mut before = -1;
    for (i, (time, offset)) in entries.into_iter().enumerate() {
        if i > 0 && offset == index.base {
            return Ok(());
        }
        let below = positions
            .iter()
            .enumerate()
            .take_while(|(i, (known, _))| *known <= offset && (*i == 0 || *known > index.base));
        let position = below.last().map_or(0, |(_, (_, position))| *position);
        check_time(&index, path, position.into(), (time, offset), findings)?;
        if before >= time {
            add(&mut findings.order, path, (time, before));
        }
        before = time;
        if !options.verify_only {
            writeln!(out, "timestamp: {time} offset: {offset}")?;
        }
    }
    Ok(())
}

/// The batch with the offset must be there and have the timestamp as its newest.
fn check_time(
    index: &Index,
    path: &str,
    position: u64,
    (time, offset): (i64, i64),
    findings: &mut Findings,
) -> Result<(), Failure> {
    let mut reader = BatchReader::open(&index.log, position, u64::MAX)?;
    while let Some((_, batch)) = reader.next_batch()? {
        if batch.last_offset() < offset {
            continue;
        }
        if batch.last_offset() != offset {
            add(&mut findings.not_found, path, (offset, batch.last_offset()));
        } else if batch.max_timestamp_ms() != time {
            add(&mut findings.times, path, (time, batch.max_timestamp_ms()));
        }
        return Ok(());
    }
    add(&mut findings.not_found, path, (offset, -1));
    Ok(())
}
