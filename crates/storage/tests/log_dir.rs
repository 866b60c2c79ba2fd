//! The files of a log directory: lock, identity, clean stop, checkpoints, partition folders.

use base::{Files, TopicPartition, Uuid};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{
    FolderState, LogDir, LogDirError, MetaProperties, REPLICATION_OFFSETS, StorageError, deleted_folder_name,
    stray_folder_name,
};
use testkit::{Fault, FaultOn, SimFiles};

fn open(files: &SimFiles) -> Result<LogDir, LogDirError> {
    let files: Arc<dyn Files> = Arc::new(files.clone());
    LogDir::open(files, PathBuf::from("/data"))
}

fn text(files: &SimFiles, name: &str) -> String {
    String::from_utf8(files.read(&Path::new("/data").join(name)).unwrap()).unwrap()
}

#[test]
fn a_directory_is_used_by_one_process_at_a_time() {
    let files = SimFiles::new();
    let first = open(&files).unwrap();
    assert!(matches!(open(&files), Err(LogDirError::Locked(_))));
    first.unlock().unwrap();
    assert!(!files.exists(Path::new("/data/.lock")).unwrap());
    drop(open(&files).unwrap());
    open(&files).unwrap();
}

#[test]
fn meta_properties_have_kafkas_form() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    assert_eq!(dir.meta_properties().unwrap(), None);
    let meta = MetaProperties {
        cluster_id: "9ZcVX4kFTgmWqXvP5YhQ2A".into(),
        node_id: 1,
        directory_id: Some(Uuid::from_u128(5 << 90)),
    };
    dir.write_meta_properties(&meta, 1_795_219_572_000).unwrap();
    assert_eq!(dir.meta_properties().unwrap(), Some(meta.clone()));
    let id = meta.directory_id.unwrap();
    let expected = format!(
        "#\n#Sat Nov 21 00:06:12 UTC 2026\nnode.id=1\ndirectory.id={id}\nversion=1\ncluster.id=9ZcVX4kFTgmWqXvP5YhQ2A\n"
    );
    assert_eq!(text(&files, "meta.properties"), expected);
    for bad in
        ["version=2\nnode.id=1\ncluster.id=c\n", "version=1\ncluster.id=c\n", "version=1\nnode.id=x\ncluster.id=c\n"]
    {
        files.put(Path::new("/data/meta.properties"), bad.as_bytes());
        assert!(matches!(dir.meta_properties(), Err(LogDirError::MetaProperties { .. })), "{bad}");
    }
}

#[test]
fn a_clean_stop_counts_once() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    dir.write_clean_shutdown(14).unwrap();
    assert_eq!(text(&files, ".kafka_cleanshutdown"), "{\"version\":0,\"brokerEpoch\":14}");
    assert_eq!(dir.take_clean_shutdown().unwrap().unwrap().broker_epoch, 14);
    // Not even after a power cut during the load that followed.
    files.power_cut(1);
    assert_eq!(dir.take_clean_shutdown().unwrap(), None);
    files.put(Path::new("/data/.kafka_cleanshutdown"), b"");
    assert_eq!(dir.take_clean_shutdown().unwrap().unwrap().broker_epoch, -1);
}

#[test]
fn checkpoints_have_kafkas_form_and_damage_is_told() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    assert_eq!(dir.read_checkpoint(REPLICATION_OFFSETS).unwrap(), []);
    let offsets = [(TopicPartition::new("a", 3), 7), (TopicPartition::new("b-c", 0), 0)];
    dir.write_checkpoint(REPLICATION_OFFSETS, offsets.iter().map(|(p, o)| (p, *o))).unwrap();
    assert_eq!(text(&files, "replication-offset-checkpoint"), "0\n2\na 3 7\nb-c 0 0\n");
    assert_eq!(dir.read_checkpoint(REPLICATION_OFFSETS).unwrap(), offsets);
    for bad in ["1\n0\n", "0\n", "0\n2\na 3 7\n", "0\n1\na x 7\n", "0\n1\na 3 7 9\n"] {
        files.put(Path::new("/data/replication-offset-checkpoint"), bad.as_bytes());
        assert!(matches!(dir.read_checkpoint(REPLICATION_OFFSETS), Err(StorageError::Corrupt { .. })), "{bad:?}");
    }
    files.put(Path::new("/data/replication-offset-checkpoint"), b"");
    assert_eq!(dir.read_checkpoint(REPLICATION_OFFSETS).unwrap(), []);
}

#[test]
fn partition_folders_are_listed_and_strays_found_by_topic_id() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    let (mine, other) = (Uuid::from_u128(7 << 100), Uuid::from_u128(8 << 100));
    let partition = TopicPartition::new("t", 1);
    let metadata = |id: Uuid| format!("version: 0\ntopic_id: {id}").into_bytes();
    files.put(Path::new("/data/t-1/partition.metadata"), &metadata(other));
    files.put(Path::new("/data/u-0/partition.metadata"), &metadata(mine));
    let deleted = deleted_folder_name(&partition, Uuid::from_u128(9));
    files.create_dir_all(&Path::new("/data").join(&deleted)).unwrap();
    files.create_dir_all(Path::new("/data/lost+found")).unwrap();
    let folders = dir.partition_folders().unwrap();
    let states: Vec<_> = folders.iter().map(|f| (f.partition.to_string(), f.state, f.topic_id)).collect();
    assert_eq!(
        states,
        [
            ("t-1".into(), FolderState::Live, Some(other)),
            ("t-1".into(), FolderState::Deleted, None),
            ("u-0".into(), FolderState::Live, Some(mine)),
        ]
    );
    let strays = LogDir::stray_folders(&folders, |_, topic_id| topic_id == Some(mine));
    assert_eq!(strays.len(), 1);
    dir.rename_folder(strays[0], &stray_folder_name(&partition, Uuid::from_u128(9))).unwrap();
    dir.remove_folder(&Path::new("/data").join(deleted)).unwrap();
    let states: Vec<_> = dir.partition_folders().unwrap().into_iter().map(|f| f.state).collect();
    assert_eq!(states, [FolderState::Stray, FolderState::Live]);
}

/// What the next process on the directory is told about the syncs of this one.
fn is_trusted_after(files: &SimFiles) -> bool {
    files.process_died();
    files.heal();
    open(files).unwrap().was_trusted()
}

#[test]
fn a_directory_is_trusted_once_somebody_vouched_and_while_no_sync_failed() {
    let files = SimFiles::new();
    let sync = |dir: &LogDir| dir.write_checkpoint(REPLICATION_OFFSETS, []);
    let dir = open(&files).unwrap();
    assert!(!dir.was_trusted(), "nobody knows who used it before");
    sync(&dir).unwrap();
    assert!(!is_trusted_after(&files), "no log was opened yet");

    let dir = open_again(&files);
    dir.vouch().unwrap();
    sync(&dir).unwrap();
    assert!(is_trusted_after(&files));
    sync(&open_again(&files)).unwrap();
    assert!(is_trusted_after(&files), "what is trusted needs nobody to vouch");

    for vouches in [true, false] {
        let dir = open_again(&files);
        if vouches {
            dir.vouch().unwrap();
        }
        files.inject(Fault { on: FaultOn::Sync, after: 0, errno: 5, sticky: false });
        sync(&dir).unwrap_err();
        sync(&dir).unwrap();
        dir.vouch().unwrap();
        assert!(!is_trusted_after(&files), "what was lost is not mended by a later sync");

        let dir = open_again(&files);
        dir.vouch().unwrap();
        assert!(is_trusted_after(&files), "every log was written again before somebody vouched");
    }
}

#[test]
fn a_directory_whose_disk_is_full_when_somebody_vouches_stays_in_use_and_doubtful() {
    for was_trusted in [false, true] {
        let files = SimFiles::new();
        if was_trusted {
            open(&files).unwrap().vouch().unwrap();
            assert!(is_trusted_after(&files));
        }
        let dir = open_again(&files);
        files.inject(Fault { on: FaultOn::Write, after: 0, errno: 28, sticky: true });
        dir.vouch().unwrap();
        assert!(!dir.is_failed());
        files.heal();
        files.inject(Fault { on: FaultOn::Sync, after: 0, errno: 5, sticky: false });
        dir.write_checkpoint(REPLICATION_OFFSETS, []).unwrap_err();
        assert!(!is_trusted_after(&files), "{was_trusted}");
    }
}

#[test]
fn a_directory_says_whether_there_is_room_and_leaves_nothing_behind() {
    let files = SimFiles::new();
    files.put(Path::new("/data/.ottla-room"), &[0; 100]);
    let dir = open(&files).unwrap();
    let names = || files.list(Path::new("/data")).unwrap().into_iter().map(|entry| entry.name).collect::<Vec<_>>();
    let before = names();
    assert!(!before.contains(&".ottla-room".to_owned()), "a process was killed in the middle");
    assert!(dir.has_room_for(1 << 20).unwrap());
    files.inject(Fault { on: FaultOn::Write, after: 0, errno: 28, sticky: true });
    assert!(!dir.has_room_for(1 << 20).unwrap());
    files.heal();
    files.inject(Fault { on: FaultOn::Create, after: 0, errno: 28, sticky: true });
    assert!(!dir.has_room_for(1 << 20).unwrap());
    files.heal();
    files.inject(Fault { on: FaultOn::Write, after: 0, errno: 5, sticky: true });
    assert!(dir.has_room_for(1 << 20).unwrap_err().fails_log_dir());
    assert_eq!(names(), before);
    files.heal();
    // Not even to remove something.
    files.inject(Fault { on: FaultOn::Remove, after: 0, errno: 122, sticky: true });
    assert!(!dir.has_room_for(1 << 20).unwrap());
    files.heal();
    assert!(dir.has_room_for(1 << 20).unwrap());
    assert_eq!(names(), before);
    files.inject(Fault { on: FaultOn::Write, after: 0, errno: 28, sticky: true });
    files.inject(Fault { on: FaultOn::Remove, after: 0, errno: 5, sticky: true });
    assert!(dir.has_room_for(1 << 20).unwrap_err().fails_log_dir());
}

#[test]
fn a_directory_that_was_closed_in_order_is_doubtful_for_whoever_comes_next() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    dir.vouch().unwrap();
    dir.write_clean_shutdown(3).unwrap();
    assert!(!is_trusted_after(&files));
}

#[test]
fn a_shortage_of_descriptors_is_no_failed_sync() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    dir.vouch().unwrap();
    files.inject(Fault { on: FaultOn::Sync, after: 1, errno: 24, sticky: false });
    dir.write_checkpoint(REPLICATION_OFFSETS, []).unwrap_err();
    assert!(is_trusted_after(&files));
}

#[test]
fn a_full_disk_that_cannot_even_note_a_doubt_fails_no_sync() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    let file = dir.files().open(Path::new("/data/f"), base::OpenMode::Create).unwrap();
    dir.vouch().unwrap();
    files.inject(Fault { on: FaultOn::Write, after: 0, errno: 28, sticky: true });
    file.sync_data().unwrap();
    assert!(!is_trusted_after(&files));
}

#[test]
fn after_a_failed_sync_no_later_one_of_that_file_succeeds() {
    let files = SimFiles::new();
    let dir = open(&files).unwrap();
    let file = dir.files().open(Path::new("/data/f"), base::OpenMode::Create).unwrap();
    files.inject(Fault { on: FaultOn::Sync, after: 0, errno: 5, sticky: false });
    file.sync_data().unwrap_err();
    file.sync_all().unwrap_err();
}

#[test]
fn a_witness_that_cannot_be_understood_is_doubtful() {
    for content in [&b"doubtful"[..], b"", b"trusted\0", b"trusted\nx"] {
        let files = SimFiles::new();
        drop(open(&files).unwrap());
        files.put(Path::new("/data/.ottla-syncs"), content);
        assert!(!is_trusted_after(&files), "{content:?}");
        open_again(&files).vouch().unwrap();
        assert!(is_trusted_after(&files), "{content:?}");
    }
}

fn open_again(files: &SimFiles) -> LogDir {
    files.process_died();
    open(files).unwrap()
}
