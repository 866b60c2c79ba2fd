//! What is left over in a partition folder: files that were being deleted, and a cleaner's unfinished work.

use crate::StorageError;
use crate::error::IoContext;
use crate::job::remove_if_present;
use crate::names::{self, parse_offset};
use crate::scan::{HEADER_CHUNK, Scanner};
use base::{DirEntry, Files, Link, Offset, OpenMode};
use std::collections::BTreeSet;
use std::path::Path;

/// Removes what deletions and the cleaner left, finishes swaps of the cleaner, and lists what is there then.
///
/// `*.deleted` and `*.cleaned` go. `*.swap` are complete, unless a `.cleaned` of a lower or equal offset shows that the
/// cleaner was still splitting: they replace all segments whose offsets they cover.
///
/// A link that leads nowhere is refused before anything is changed: what it stood for may come back.
pub(crate) fn tidy(files: &dyn Files, folder: &Path) -> Result<Vec<DirEntry>, StorageError> {
    let mut entries = files.list(folder).or_failed(folder)?;
    entries.retain(|entry| is_ours(folder, entry));
    if let Some(broken) = entries.iter().find(|entry| entry.link == Link::Broken && !is_left_over(&entry.name)) {
        return Err(StorageError::broken_link(&folder.join(&broken.name)));
    }
    let names = || entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.as_str());
    let offset_of = |name: &str| name.get(..20).and_then(|digits| digits.parse::<Offset>().ok());
    let cleaned_min = names().filter(|name| name.ends_with(names::CLEANED)).filter_map(offset_of).min();
    let mut swaps: Vec<&str> = Vec::new();
    let mut changed = false;
    for name in names() {
        let is_swap = name.ends_with(names::SWAP);
        let incomplete = is_swap && cleaned_min.is_some_and(|min| offset_of(name).is_some_and(|base| base >= min));
        if is_left_over(name) || incomplete {
            remove_if_present(files, &folder.join(name))?;
            changed = true;
        } else if is_swap {
            swaps.push(name);
        }
    }
    if !swaps.is_empty() {
        finish_swaps(files, folder, &entries, &swaps)?;
        changed = true;
    }
    changed |= remove_orphans(files, folder, &entries, changed)?;
    if !changed {
        return Ok(entries);
    }
    files.sync_dir(folder).or_failed(folder)?;
    let mut entries = files.list(folder).or_failed(folder)?;
    entries.retain(|entry| !entry.has_foreign_name());
    Ok(entries)
}

fn is_ours(folder: &Path, entry: &DirEntry) -> bool {
    let is_foreign = entry.has_foreign_name();
    if is_foreign {
        tracing::warn!(path = %folder.display(), name = entry.name, "a name is not UTF-8: it is left alone");
    }
    !is_foreign
}

fn is_left_over(name: &str) -> bool {
    [names::DELETED, names::CLEANED, names::STAGED].iter().any(|suffix| name.ends_with(suffix))
}

fn finish_swaps(files: &dyn Files, folder: &Path, entries: &[DirEntry], swaps: &[&str]) -> Result<(), StorageError> {
    let mut covered: Option<(Offset, Offset)> = None;
    for name in swaps {
        let Some(base) = name.strip_suffix(names::SWAP).and_then(|name| parse_offset(name, names::LOG)) else {
            continue;
        };
        let end = swap_end(files, &folder.join(name), base)?;
        let (low, high) = covered.unwrap_or((base, end));
        covered = Some((low.min(base), high.max(end)));
    }
    if let Some((low, high)) = covered {
        for entry in entries {
            let suffix = [names::LOG, names::INDEX, names::TIME_INDEX, names::TXN_INDEX];
            let base = suffix.iter().find_map(|suffix| parse_offset(&entry.name, suffix));
            if base.is_some_and(|base| (low..high).contains(&base)) {
                remove_if_present(files, &folder.join(&entry.name))?;
            }
        }
    }
    for name in swaps {
        let from = folder.join(name);
        let to = folder.join(name.strip_suffix(names::SWAP).unwrap_or(name));
        files.rename(&from, &to).or_failed(&from)?;
    }
    Ok(())
}

/// The offset after the last batch of a swap file.
fn swap_end(files: &dyn Files, path: &Path, base: Offset) -> Result<Offset, StorageError> {
    let file = files.open(path, OpenMode::Read).or_failed(path)?;
    let len = file.len().or_failed(path)?;
    let mut scanner = Scanner::new(file, 0, len, HEADER_CHUNK);
    let mut end = base;
    while let Ok(Some(batch)) = scanner.header() {
        end = batch.next_offset();
        let size = batch.size();
        scanner.advance(size);
    }
    Ok(end)
}

/// Removes indexes without a log. True when there were any.
fn remove_orphans(files: &dyn Files, folder: &Path, entries: &[DirEntry], relist: bool) -> Result<bool, StorageError> {
    let listed;
    let entries = if relist {
        listed = files.list(folder).or_failed(folder)?;
        &listed
    } else {
        entries
    };
    let logs: BTreeSet<Offset> = entries.iter().filter_map(|entry| parse_offset(&entry.name, names::LOG)).collect();
    let mut removed = false;
    for entry in entries {
        let suffix = [names::INDEX, names::TIME_INDEX, names::TXN_INDEX];
        let base = suffix.iter().find_map(|suffix| parse_offset(&entry.name, suffix));
        if base.is_some_and(|base| !logs.contains(&base)) {
            remove_if_present(files, &folder.join(&entry.name))?;
            removed = true;
        }
    }
    Ok(removed)
}
