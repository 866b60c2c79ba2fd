//! Where the replicas of new partitions go: evenly over racks and brokers, active ones first.

use base::NodeId;
use metadata::Broker;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Replica sets for `count` partitions. Each begins with a live broker where there is one; racks alternate. The result
/// depends on `start` alone, so that two topics do not begin on the same broker. The caller has checked that there are
/// enough brokers.
pub(crate) fn place(brokers: &[Arc<Broker>], count: usize, replication_factor: usize, start: u64) -> Vec<Vec<NodeId>> {
    let mut racks: BTreeMap<Option<&str>, Vec<&Broker>> = BTreeMap::new();
    for broker in brokers {
        racks.entry(broker.rack.as_deref()).or_default().push(broker);
    }
    // Brokers in an order in which neighbours sit in different racks.
    let mut ring: Vec<&Broker> = Vec::with_capacity(brokers.len());
    let longest = racks.values().map(Vec::len).max().unwrap_or(0);
    for i in 0..longest {
        ring.extend(racks.values().filter_map(|rack| rack.get(i).copied()));
    }
    let n = ring.len().max(1) as u64;
    (0..count as u64)
        .map(|partition| {
            let first = start + partition;
            let shift = first / n % n;
            let mut replicas: Vec<&Broker> = (0..n)
                .map(|i| ring[((first + if i == 0 { 0 } else { 1 + (shift + i - 1) % (n - 1).max(1) }) % n) as usize])
                .collect();
            replicas.sort_by_key(|broker| !broker.is_active());
            replicas.truncate(replication_factor);
            replicas.iter().map(|broker| broker.id).collect()
        })
        .collect()
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
    fn a_fenced_broker_does_not_lead() {
        let brokers = [broker(1, None, true), broker(2, None, false)];
        assert!(place(&brokers, 6, 2, 0).iter().all(|replicas| replicas == &[2, 1]));
    }
}
