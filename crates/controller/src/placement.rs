//! Where the replicas of new partitions go: evenly over racks and brokers, active ones first, as Kafka's striped placer does.

use base::NodeId;
use metadata::Broker;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Replica sets for `count` partitions: live brokers take turns among themselves, and fenced ones behind them, where
/// there are not enough live ones. Racks alternate. The result depends on `start` alone, so that two topics do not begin
/// on the same broker. The caller has checked that there are enough brokers.
pub(crate) fn place(brokers: &[Arc<Broker>], count: usize, replication_factor: usize, start: u64) -> Vec<Vec<NodeId>> {
    let (active, fenced): (Vec<_>, Vec<_>) = brokers.iter().map(Arc::as_ref).partition(|broker| broker.is_active());
    let rings = [ring(&active), ring(&fenced)];
    let replicas =
        |partition| rings.iter().flat_map(move |ring| turn(ring, start + partition)).take(replication_factor);
    (0..count as u64).map(|partition| replicas(partition).collect()).collect()
}

/// Brokers in an order in which neighbours sit in different racks.
fn ring(brokers: &[&Broker]) -> Vec<NodeId> {
    let mut racks: BTreeMap<Option<&str>, Vec<NodeId>> = BTreeMap::new();
    for broker in brokers {
        racks.entry(broker.rack.as_deref()).or_default().push(broker.id);
    }
    let longest = racks.values().map(Vec::len).max().unwrap_or(0);
    (0..longest).flat_map(|i| racks.values().filter_map(move |rack| rack.get(i).copied())).collect()
}

/// All brokers of a ring, from the one whose turn it is; who follows it changes from round to round.
fn turn(ring: &[NodeId], first: u64) -> impl Iterator<Item = NodeId> + '_ {
    let n = ring.len() as u64;
    let shift = first.checked_div(n).unwrap_or(0);
    let behind = move |i: u64| if i == 0 { 0 } else { 1 + (shift + i - 1) % (n - 1) };
    (0..n).map(move |i| ring[((first + behind(i)) % n) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;

    fn broker(id: NodeId, rack: Option<&str>, fenced: bool) -> Arc<Broker> {
        Arc::new(Broker {
            id,
            epoch: 0,
            incarnation_id: Uuid::ZERO,
            endpoints: vec![],
            features: vec![],
            rack: rack.map(str::to_owned),
            fenced,
            in_controlled_shutdown: false,
            is_migrating_zk_broker: false,
            log_dirs: vec![],
            cordoned_log_dirs: None,
        })
    }

    #[test]
    fn replicas_are_distinct_and_leaders_spread() {
        let brokers: Vec<_> = (1..=5).map(|id| broker(id, None, false)).collect();
        for start in 0..40 {
            let placed = place(&brokers, 25, 3, start);
            let mut leaders = [0; 6];
            for replicas in &placed {
                let mut distinct = replicas.clone();
                distinct.sort_unstable();
                distinct.dedup();
                assert_eq!(distinct.len(), 3, "{replicas:?}");
                leaders[replicas[0] as usize] += 1;
            }
            assert_eq!(leaders[1..], [5; 5]);
        }
    }

    #[test]
    fn fenced_brokers_leave_the_turns_of_the_others_even() {
        let brokers: Vec<_> = (1..=5).map(|id| broker(id, None, [2, 3].contains(&id))).collect();
        for start in 0..40 {
            let mut counts = [0; 6];
            for replicas in place(&brokers, 30, 1, start) {
                counts[replicas[0] as usize] += 1;
            }
            assert_eq!(counts[1..], [10, 0, 0, 10, 10]);
            let mut counts = [0; 6];
            for replicas in place(&brokers, 30, 4, start) {
                replicas.iter().for_each(|id| counts[*id as usize] += 1);
            }
            assert_eq!(counts[1..], [30, 15, 15, 30, 30], "all that are live, and fenced ones in turn");
        }
    }

    #[test]
    fn a_fenced_broker_does_not_lead() {
        let brokers = [broker(1, None, true), broker(2, None, false)];
        assert!(place(&brokers, 6, 2, 0).iter().all(|replicas| replicas == &[2, 1]));
    }
}
