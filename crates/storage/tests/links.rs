//! Files and folders that were moved elsewhere and linked back, on the machine's own files: they are read through the
//! link, and what a link does not lead to is named before anything is written.

mod support;

use base::{Files, TopicPartition};
use os::RealFiles;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Log, LogConfig, LogDir, LogDirError, OpenOptions, StorageError};
use support::{NOW_MS, batch, produce, values};

/// A log directory, and a place beside it where files are moved to.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    /// With a log of so many records, closed in order or not.
    fn with_records(count: usize, clean: bool) -> Place {
        let place = Place { root: tempfile::tempdir().unwrap() };
        for dir in ["data", "elsewhere"] {
            fs::create_dir(place.root.path().join(dir)).unwrap();
        }
        let mut log = place.open(false).unwrap();
        for i in 0..count {
            produce(&mut log, &batch(&[&format!("value {i}")])).unwrap();
        }
        if clean {
            log.close_cleanly().unwrap();
        }
        place
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn folder(&self) -> PathBuf {
        self.dir().join("t-0")
    }

    fn open(&self, clean_shutdown: bool) -> Result<Log, StorageError> {
        let config = LogConfig {
            segment_bytes: 4096,
            segment_index_bytes: 1200,
            index_interval_bytes: 200,
            ..LogConfig::default()
        };
        let options = OpenOptions { clean_shutdown, now_wall_ms: NOW_MS, ..OpenOptions::default() };
        let files: Arc<dyn Files> = Arc::new(RealFiles);
        let mut log = Log::open(files, self.folder(), TopicPartition::new("t", 0), config, &options)?;
        log.set_high_watermark(log.log_end_offset());
        Ok(log)
    }

    /// The segments' files, oldest first.
    fn logs(&self) -> Vec<PathBuf> {
        self.files_with(".log")
    }

    fn files_with(&self, suffix: &str) -> Vec<PathBuf> {
        let all = fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        let mut named: Vec<_> = all.filter(|path| path.to_string_lossy().ends_with(suffix)).collect();
        named.sort();
        named
    }

    fn move_and_link(&self, path: &Path) {
        let target = self.root.path().join("elsewhere").join(path.file_name().unwrap());
        fs::rename(path, &target).unwrap();
        symlink(target, path).unwrap();
    }

    fn everything(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let all = fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        all.map(|path| (path.clone(), fs::read(path).ok())).collect()
    }
}

fn expected(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("value {i}")).collect()
}

#[test]
fn segments_that_are_links_keep_their_records_and_take_more() {
    const COUNT: usize = 8772;
    for clean in [true, false] {
        let place = Place::with_records(COUNT, clean);
        let logs = place.logs();
        assert!(logs.len() > 3);
        for path in [&logs[0], &logs[1], &logs[logs.len() - 1]] {
            place.move_and_link(path);
        }
        let mut log = place.open(clean).unwrap();
        assert_eq!(log.log_end_offset(), COUNT as i64, "closed in order: {clean}");
        assert_eq!(values(&log), expected(COUNT));
        produce(&mut log, &batch(&[&format!("value {COUNT}")])).unwrap();
        log.close_cleanly().unwrap();
        assert_eq!(values(&place.open(true).unwrap()), expected(COUNT + 1));
    }
}

#[test]
fn indexes_snapshots_and_whole_folders_may_be_links() {
    for clean in [true, false] {
        let place = Place::with_records(300, clean);
        for suffix in [".index", ".timeindex", ".txnindex", ".snapshot", "checkpoint"] {
            place.files_with(suffix).iter().for_each(|path| place.move_and_link(path));
        }
        place.move_and_link(&place.folder());
        let dir = LogDir::open(Arc::new(RealFiles), place.dir()).unwrap();
        let folders = dir.partition_folders().unwrap();
        assert_eq!(folders.len(), 1, "the linked folder is a partition's");
        let log = place.open(clean).unwrap();
        assert_eq!(values(&log), expected(300), "closed in order: {clean}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_named_and_nothing_is_written() {
    for (suffix, at) in [(".log", 0), (".log", 2), (".index", 0), (".snapshot", 0), ("checkpoint", 0)] {
        let place = Place::with_records(300, true);
        let path = place.files_with(suffix)[at].clone();
        place.move_and_link(&path);
        fs::remove_file(fs::read_link(&path).unwrap()).unwrap();
        let before = place.everything();
        for clean in [true, false] {
            match place.open(clean) {
                Err(StorageError::Corrupt { path: named, reason }) => {
                    assert_eq!(named, path);
                    assert!(reason.contains("link"), "{reason}");
                }
                other => panic!("{suffix} {at}: {other:?}"),
            }
        }
        assert_eq!(place.everything(), before);
    }
}

#[test]
fn a_partition_folder_that_leads_nowhere_is_named() {
    let place = Place::with_records(1, true);
    place.move_and_link(&place.folder());
    fs::remove_dir_all(fs::read_link(place.folder()).unwrap()).unwrap();
    symlink("nowhere", place.dir().join("notes")).unwrap();
    let dir = LogDir::open(Arc::new(RealFiles), place.dir()).unwrap();
    let error = dir.partition_folders().map_err(LogDirError::from).unwrap_err().to_string();
    assert!(error.contains("t-0") && error.contains("link"), "{error}");
}

#[test]
fn names_that_are_not_utf_8_are_left_alone() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with_records(1, true);
    let stray = |name: &[u8]| std::ffi::OsStr::from_bytes(name).to_owned();
    fs::create_dir(place.dir().join(stray(b"t\xff-0"))).unwrap();
    fs::write(place.dir().join(stray(b"notes\xff")), b"").unwrap();
    // Names like those that a log finishes, removes or refuses.
    for name in [&b"\xff.swap"[..], b"\xff.deleted", b"\xff.log"] {
        fs::write(place.folder().join(stray(name)), b"").unwrap();
    }
    symlink("nowhere", place.folder().join(stray(b"\xff.index"))).unwrap();
    let dir = LogDir::open(Arc::new(RealFiles), place.dir()).unwrap();
    let folders = dir.partition_folders().unwrap();
    assert_eq!(folders.iter().map(|folder| folder.path.clone()).collect::<Vec<_>>(), [place.folder()]);
    for clean in [true, false] {
        assert_eq!(place.open(clean).unwrap().log_end_offset(), 1);
    }
    assert!(place.folder().join(stray(b"\xff.deleted")).exists() && place.folder().join(stray(b"\xff.swap")).exists());
}
