use crate::test_bench::{Bench, end};
use base::Uuid;

const OLD: Uuid = Uuid::from_u128(7);
const NEW: Uuid = Uuid::from_u128(8);

/// Two directories: the second one has `t-0` of the topic, with records, the first one something else.
fn with_a_log_in_the_second(topic_id: Uuid) -> Bench {
    let bench = Bench::new(&["/d2"], |_| {});
    let cell = bench.open("t-0", topic_id);
    bench.fill(&cell, 5);
    bench.files.sync_everything();
    bench.files.process_died();
    Bench::on(bench.files, &["/d1", "/d2"], |_| {})
}

#[test]
fn of_two_topics_of_a_name_the_one_of_the_image_is_opened_and_the_other_set_aside() {
    for order in [[0, 1], [1, 0]] {
        let bench = with_a_log_in_the_second(NEW);
        bench.files.put("/d1/t-0/00000000000000000000.log".as_ref(), b"");
        for dir in order {
            bench.find("t-0", dir, Some([OLD, NEW][dir]));
        }
        let cell = bench.open("t-0", NEW);
        assert_eq!(end(&cell), 5, "{order:?}");
        assert_eq!(cell.directory().dir.path().to_str(), Some("/d2"));
        assert!(bench.names("/d1").iter().any(|name| name.ends_with("-stray")), "{:?}", bench.names("/d1"));
        assert!(!bench.names("/d1").contains(&"t-0".to_owned()));
    }
}

#[test]
fn a_folder_that_was_hardly_begun_gives_way_to_the_one_with_the_topic_id() {
    for order in [[0, 1], [1, 0]] {
        let bench = with_a_log_in_the_second(NEW);
        bench.files.put("/d1/t-0/00000000000000000000.log".as_ref(), b"");
        for dir in order {
            bench.find("t-0", dir, [None, Some(NEW)][dir]);
        }
        assert_eq!(end(&bench.open("t-0", NEW)), 5, "{order:?}");
        assert!(bench.names("/d1").iter().any(|name| name.ends_with("-stray")));
    }
}

#[test]
fn folders_that_no_topic_claims_are_all_set_aside() {
    let bench = with_a_log_in_the_second(NEW);
    bench.files.put("/d1/t-0/00000000000000000000.log".as_ref(), b"");
    bench.find("t-0", 0, Some(OLD));
    bench.find("t-0", 1, Some(NEW));
    bench.replicas.set_aside_strays();
    for dir in ["/d1", "/d2"] {
        assert!(bench.names(dir).iter().any(|name| name.ends_with("-stray")), "{dir}");
    }
}

#[test]
fn a_partition_of_the_first_image_that_may_lie_in_a_directory_out_of_service_begins_nowhere_else() {
    let bench = Bench::new(&["/d1", "/d2"], |_| {});
    bench.replicas.directories()[1].fail();
    let open = |partition: &str| {
        let name = crate::test_bench::name(partition);
        bench.replicas.open(&name, NEW, Uuid::DIRECTORY_UNASSIGNED, bench.settings.clone()).map(|cell| {
            let path = cell.directory().dir.path().to_owned();
            path.to_str().map(str::to_owned)
        })
    };
    assert!(matches!(open("t-0"), Err(storage::StorageError::Offline { .. })));
    bench.replicas.first_image_applied();
    assert!(matches!(open("t-0"), Err(storage::StorageError::Offline { .. })), "a later try begins nothing either");
    assert_eq!(open("t-1").unwrap().as_deref(), Some("/d1"), "a new one has nothing to lose");
    assert!(bench.replicas.stop_opening(), "what is in service is closed in order");
}
