use super::*;
use crate::test_bench::{Bench, NODE};
use base::Uuid;

const TOPIC: Uuid = Uuid::from_u128(7);
const FOLLOWER: NodeId = 2;

/// A fetch from an offset, in the epoch of the bench.
fn read(bench: &Bench, cell: &Arc<PartitionCell>, reader: Reader, offset: Offset) -> Result<ReadOutcome, ReadError> {
    let position = Position { offset, current_leader_epoch: -1, last_fetched_epoch: -1 };
    let mut effects = Effects::default();
    let read = cell.read(position, reader, 1 << 20, true, false, bench.now(), &mut effects);
    effects.run(cell, bench.now());
    read
}

#[test]
fn an_offset_that_is_not_in_the_log_does_not_say_how_far_a_follower_has_come() {
    let bench = Bench::new(&["/data"], |_| {});
    let cell = bench.open("t-0", TOPIC);
    bench.fill(&cell, 4);
    bench.lead(&cell, &[NODE, FOLLOWER]);
    let high_watermark = || cell.with_log(|log| log.high_watermark());
    bench.fill(&cell, 6);
    assert_eq!(high_watermark(), 4);
    for beyond in [11, i64::MAX, -1] {
        let refused = read(&bench, &cell, Reader::Replica(FOLLOWER), beyond);
        assert!(matches!(refused, Err(ReadError::OutOfRange)), "{beyond}");
        assert_eq!(high_watermark(), 4, "after a fetch from {beyond}");
    }
    read(&bench, &cell, Reader::Replica(FOLLOWER), 8).ok().unwrap();
    assert_eq!(high_watermark(), 8);
}
