//! The log directories at a start: two copies of one truth are refused, by name, before anything is written.

use base::{Files, SplitMix64, Uuid};
use config::{Properties, ServerConfig, Settings, load};
use server::{Folders, FormatAdvice, FormatRequest, format_at};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::{Fault, FaultOn, SimFiles};

const FILE: &str = "\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
controller.listener.names=CONTROLLER
log.dirs=/d1,/d2
";

const NOW: base::Now = base::Now { monotonic_us: 1_000_000, wall_ms: 1_000_000 };

fn request() -> FormatRequest {
    FormatRequest {
        cluster_id: "AAAAAAAAQACAAAAAAAAAAQ".to_owned(),
        node_id: 1,
        log_dirs: vec![PathBuf::from("/d1"), PathBuf::from("/d2")],
        metadata_log_dir: PathBuf::from("/d1"),
        features: controller::default_feature_levels(),
        more_records: Vec::new(),
        voters: None,
    }
}

/// Two formatted directories, stopped in order.
fn formatted() -> SimFiles {
    let files = SimFiles::new();
    format_at(&shared(&files), &request(), NOW, &mut SplitMix64(1)).unwrap();
    for dir in ["/d1", "/d2"] {
        files.put(&Path::new(dir).join(".kafka_cleanshutdown"), b"{\"version\":0,\"brokerEpoch\":4}");
    }
    files
}

fn shared(files: &SimFiles) -> Arc<dyn Files> {
    Arc::new(files.clone())
}

fn put_copy(files: &SimFiles, folder: &str, topic_id: Option<u128>, log: &[u8]) {
    let folder = Path::new(folder);
    files.create_dir_all(folder).unwrap();
    files.put(&folder.join("00000000000000000000.log"), log);
    if let Some(id) = topic_id {
        let text = format!("version: 0\ntopic_id: {}", Uuid::from_u128(id));
        files.put(&folder.join("partition.metadata"), text.as_bytes());
    }
}

/// Every file but the locks, with what is in it.
fn everything(files: &SimFiles, dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in files.list(dir).unwrap() {
        let path = dir.join(&entry.name);
        match entry.is_dir {
            true => all.extend(everything(files, &path)),
            false if entry.name == ".lock" => {}
            false => drop(all.insert(path.clone(), files.read(&path).unwrap())),
        }
    }
    all
}

fn config(file: &str) -> ServerConfig {
    let properties = Properties::parse_str(file).unwrap();
    load(&Settings::default().file("test", &properties)).unwrap().config
}

/// What a start says; nothing may have been written when it says no.
fn open(files: &SimFiles) -> Result<(), String> {
    open_with(files, FILE)
}

fn open_with(files: &SimFiles, file: &str) -> Result<(), String> {
    let config = config(file);
    let before = everything(files, Path::new("/"));
    let advice = FormatAdvice::Tool { config: "server.properties".to_owned() };
    let opened = Folders::open(&shared(files), &config, &advice).map(drop).map_err(|error| error.to_string());
    if opened.is_err() {
        assert_eq!(everything(files, Path::new("/")), before, "written although it was refused");
    }
    opened
}

#[track_caller]
fn refused(files: &SimFiles, parts: &[&str]) {
    let said = open(files).unwrap_err();
    for part in parts {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
fn a_new_folder_beside_formatted_ones_gets_their_cluster_and_no_quorum_of_its_own() {
    let files = formatted();
    files.remove_file(Path::new("/d2/meta.properties")).unwrap();
    let command = "format --cluster-id AAAAAAAAQACAAAAAAAAAAQ --ignore-formatted --config server.properties";
    refused(&files, &["/d2 is not formatted", command]);
    files.remove_file(Path::new("/d1/meta.properties")).unwrap();
    refused(&files, &["/d1 is not formatted", "--cluster-id $(ottla storage random-uuid) --config server.properties"]);

    let dynamic = FILE.replace("controller.quorum.voters=1@", "controller.quorum.bootstrap.servers=");
    let files = formatted();
    files.remove_file(Path::new("/d1/meta.properties")).unwrap();
    let said = open_with(&files, &dynamic).unwrap_err();
    assert!(said.contains("format --no-initial-controllers --cluster-id AAAAAAAAQACAAAAAAAAAAQ --ignore"), "{said}");
    files.remove_file(Path::new("/d2/meta.properties")).unwrap();
    // One of several belongs to their cluster: an id of its own would keep it out.
    let several = dynamic.replace("bootstrap.servers=", "bootstrap.servers=127.0.0.1:19093,");
    let said = open_with(&files, &several).unwrap_err();
    assert!(said.contains("format --no-initial-controllers --cluster-id ID_OF_THE_CLUSTER --config"), "{said}");
    let said = open_with(&files, &dynamic).unwrap_err();
    assert!(said.contains("format --standalone --cluster-id $("), "{said}");
}

#[test]
fn a_partition_with_two_copies_is_refused_and_both_are_named() {
    for (first, second) in [(Some(7), Some(7)), (None, None), (None, Some(7)), (Some(7), None)] {
        let files = formatted();
        put_copy(&files, "/d1/t-0", first, b"some");
        put_copy(&files, "/d2/t-0", second, b"more");
        put_copy(&files, "/d2/t-1", second, b"");
        refused(&files, &["Duplicate log directories for t-0 are found in both /d1/t-0 and /d2/t-0"]);
    }
}

#[test]
fn a_copy_without_records_is_one_too_unless_it_was_hardly_begun() {
    let files = formatted();
    put_copy(&files, "/d1/t-0", Some(7), b"some");
    put_copy(&files, "/d2/t-0", Some(7), b"");
    refused(&files, &["/d1/t-0", "/d2/t-0"]);
    let files = formatted();
    put_copy(&files, "/d1/t-0", Some(7), b"some");
    put_copy(&files, "/d2/t-0", None, b"");
    open(&files).unwrap();
}

#[test]
fn folders_of_two_topics_of_one_name_are_told_apart_by_the_metadata() {
    let files = formatted();
    put_copy(&files, "/d1/t-0", Some(7), b"some");
    put_copy(&files, "/d2/t-0", Some(8), b"more");
    open(&files).unwrap();
}

#[test]
fn folders_that_are_set_aside_or_being_moved_are_no_copies() {
    let files = formatted();
    put_copy(&files, "/d1/t-0", Some(7), b"some");
    for state in ["delete", "stray", "future"] {
        put_copy(&files, &format!("/d2/t-0.0123456789abcdef0123456789abcdef-{state}"), Some(7), b"some");
    }
    open(&files).unwrap();
    put_copy(&files, "/d1/t-0.0123456789abcdef0123456789abcde0-future", Some(7), b"some");
    open(&files).unwrap();
}

#[test]
fn a_metadata_log_lies_in_its_own_directory_only() {
    let files = formatted();
    files.create_dir_all(Path::new("/d2/__cluster_metadata-0")).unwrap();
    refused(
        &files,
        &[
            "Found unexpected metadata location in data directory `/d2/__cluster_metadata-0`",
            "(the configured metadata directory is /d1)",
        ],
    );
}

#[test]
fn directories_are_compared_before_one_gets_an_id() {
    let properties = |node: i32, cluster: &str| format!("version=1\nnode.id={node}\ncluster.id={cluster}\n");
    for (second, expected) in [
        (properties(2, "AAAAAAAAQACAAAAAAAAAAQ"), "doesn't match"),
        (properties(1, "BBBBBBBBQACAAAAAAAAAAQ"), "belongs to cluster"),
    ] {
        let files = formatted();
        files.put(Path::new("/d1/meta.properties"), properties(1, "AAAAAAAAQACAAAAAAAAAAQ").as_bytes());
        files.put(Path::new("/d2/meta.properties"), second.as_bytes());
        refused(&files, &[expected]);
    }
}

#[test]
fn a_directory_that_is_a_copy_of_another_is_refused() {
    let files = formatted();
    let first = files.read(Path::new("/d1/meta.properties")).unwrap();
    files.put(Path::new("/d2/meta.properties"), &first);
    refused(&files, &["/d1", "/d2", "directory.id"]);
}

#[test]
fn a_directory_that_is_named_twice_is_refused_unless_by_the_very_same_name() {
    let named = |dirs: &str| FILE.replace("/d1,/d2", dirs);
    let said = open_with(&formatted(), &named("/d1,/d2,/d1/")).unwrap_err();
    assert!(said.starts_with("/d1 and /d1/ in log.dirs are one directory."), "{said}");
    assert_eq!(in_service(&formatted(), &named("/d1,/d2,/d1")).unwrap(), [Path::new("/d1"), Path::new("/d2")]);
}

#[test]
fn a_directory_that_is_named_twice_by_way_of_a_link_is_refused_too() {
    let root = std::env::temp_dir().join(format!("ottla-named-twice-{}", std::process::id()));
    let (dir, link) = (root.join("d1"), root.join("link"));
    std::fs::create_dir_all(&dir).unwrap();
    std::os::unix::fs::symlink(&dir, &link).unwrap();
    let files: Arc<dyn Files> = Arc::new(os::RealFiles);
    let request = FormatRequest { log_dirs: vec![dir.clone()], metadata_log_dir: dir.clone(), ..request() };
    format_at(&files, &request, NOW, &mut SplitMix64(1)).unwrap();
    for other in [link, root.join("link/../d1")] {
        let dirs = format!("{},{}", dir.display(), other.display());
        let advice = FormatAdvice::Tool { config: "server.properties".to_owned() };
        let said = Folders::open(&files, &config(&FILE.replace("/d1,/d2", &dirs)), &advice).map(drop).unwrap_err();
        let expected = format!("{} and {} in log.dirs are one directory.", dir.display(), other.display());
        assert!(said.to_string().starts_with(&expected), "{said}");
    }
    std::fs::remove_dir_all(&root).unwrap();
}

/// The directories with which a node starts.
fn in_service(files: &SimFiles, file: &str) -> Result<Vec<PathBuf>, String> {
    let opened = Folders::open(&shared(files), &config(file), &FormatAdvice::NewFolder);
    let paths = |folders: Folders| folders.dirs.iter().map(|(dir, _)| dir.path().to_owned()).collect();
    opened.map(paths).map_err(|error| error.to_string())
}

#[test]
fn a_node_starts_without_a_directory_that_cannot_be_read_unless_the_metadata_log_is_there() {
    let unreadable = |dir: &str| {
        let files = formatted();
        let path = Path::new(dir).join("meta.properties");
        files.remove_file(&path).unwrap();
        files.create_dir_all(&path).unwrap();
        files
    };
    assert_eq!(in_service(&unreadable("/d2"), FILE).unwrap(), [PathBuf::from("/d1")]);
    refused(&unreadable("/d1"), &["/d1/meta.properties", "is a directory"]);
    let only_other = FILE.replace("log.dirs=/d1,/d2", "log.dirs=/d2\nmetadata.log.dir=/d1");
    let said = in_service(&unreadable("/d2"), &only_other).unwrap_err();
    assert!(said.contains("/d2/meta.properties"), "no other directory for partitions is left: {said}");
    let files = formatted();
    files.put(Path::new("/d2/meta.properties"), b"");
    refused(&files, &["/d2", "version must be 1"]);
}

#[test]
fn whatever_a_start_does_first_an_error_of_the_disk_takes_the_directory_out_or_names_the_one_of_the_metadata() {
    for on in [FaultOn::Any, FaultOn::Open] {
        let mut outcomes = [0; 3];
        for after in 0.. {
            let files = formatted();
            put_copy(&files, "/d1/t-0", Some(7), b"some");
            put_copy(&files, "/d2/u-0", Some(8), b"more");
            files.inject(Fault { on, after, errno: 5, sticky: false });
            let outcome = in_service(&files, FILE);
            match &outcome {
                Ok(dirs) if dirs.len() == 2 => {
                    outcomes[0] += 1;
                    break;
                }
                Ok(dirs) => {
                    assert_eq!(dirs[..], [PathBuf::from("/d1")], "{on:?} {after}");
                    outcomes[1] += 1;
                }
                Err(said) => {
                    assert!(said.contains("/d1"), "{on:?} {after}: {said}");
                    outcomes[2] += 1;
                }
            }
        }
        assert!(outcomes.iter().all(|count| *count > 0), "{on:?}: {outcomes:?}");
    }
}
