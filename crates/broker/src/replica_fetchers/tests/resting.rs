//! Replicas without room that are not in sync.

use super::*;
use protocol::PartitionChangeRecord;

impl Following {
    /// The metadata says that these are in sync.
    fn in_sync(&mut self, isr: &[NodeId]) {
        let change =
            PartitionChangeRecord { topic_id: TOPIC, partition_id: 0, isr: Some(isr.to_vec()), ..Default::default() };
        self.image.replay(&change.into(), &mut Delta::default()).unwrap();
        self.broker.image.store(Arc::new(self.image.clone()));
    }

    /// The disk has no room until it heals, and so long that the directory counts as full.
    fn fill_disk(&self) {
        let directory = self.cell.directory();
        self.bench.files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
        let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
        directory.tell_shortage(&storage::StorageError::NoSpace { path: "/data/x".into(), source });
        self.bench.executor.pass(6_000);
        assert!(directory.is_full());
    }
}

/// The leader has nothing new of it.
fn nothing_new() -> FetchResponse<'static> {
    FetchResponse { session_id: SESSION, ..Default::default() }
}

#[test]
fn a_replica_without_room_is_fetched_seldom_while_it_is_not_in_sync() {
    let mut following = Following::new(|_| {});
    following.in_sync(&[LEADER]);
    following.follow(4);
    following.fill_disk();
    answer(following.request(), &nothing_new());
    assert!(following.is_quiet());
    following.bench.executor.pass(2_900);
    assert!(following.is_quiet());
    following.bench.executor.pass(100);
    // It says where it stands, and hears where its leader's log begins.
    let request = following.request();
    assert_eq!(asked(&request), (1, Vec::new(), 0), "the leader knows where it stands");
    answer(request, &of_topic(data(0, Vec::new())));
    assert!(following.is_quiet());
    following.bench.files.heal();
    following.bench.executor.pass(3_000);
    let request = following.request();
    answer(request, &nothing_new());
    following.request();
}

#[test]
fn who_is_in_sync_or_has_room_does_not_rest() {
    for (isr, fills) in [(&[LEADER, NODE][..], true), (&[LEADER][..], false)] {
        let mut following = Following::new(|_| {});
        following.in_sync(isr);
        following.follow(4);
        if fills {
            following.fill_disk();
        }
        for _ in 0..3 {
            answer(following.request(), &nothing_new());
        }
        following.request();
    }
}
