//! Where the replicas of new partitions go: evenly over racks and brokers, and at least the leader to an active one, as
//! Kafka's striped placer does.

use base::NodeId;
use metadata::Broker;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether new replicas may be placed there: on fenced brokers too, which are expected to come back. As in Kafka, who is about to
/// stop takes none, and who has stopped in order is a fenced broker like others.
pub(crate) fn takes_new_replicas(broker: &Broker) -> bool {
    let cordoned = broker.cordoned_log_dirs.as_deref().unwrap_or_default();
    let has_room = broker.log_dirs.is_empty() || broker.log_dirs.iter().any(|dir| !cordoned.contains(dir));
    (broker.fenced || !broker.in_controlled_shutdown) && has_room
}

/// Replica sets for `count` partitions. Active brokers take turns to lead. The other replicas of a partition go to as many
/// racks as there are, in a rack to active brokers first, and to those that have got the fewest. The result depends on
/// `start` alone, so that two topics do not begin on the same broker. The caller has checked that there are enough brokers.
pub(crate) fn place(brokers: &[Arc<Broker>], count: usize, replication_factor: usize, start: u64) -> Vec<Vec<NodeId>> {
    let mut seats = seats(brokers);
    let leaders = seats.iter().filter(|seat| seat.is_active).count();
    if leaders == 0 {
        return Vec::new();
    }
    (start..start + count as u64).map(|turn| place_one(&mut seats, leaders, replication_factor, turn)).collect()
}

/// A broker in the order in which brokers take turns.
struct Seat {
    id: NodeId,
    rack: usize,
    is_active: bool,
    /// Replicas that it got so far.
    replicas: usize,
}

/// Active brokers before fenced ones, and among both an order in which neighbours sit in different racks.
fn seats(brokers: &[Arc<Broker>]) -> Vec<Seat> {
    let mut racks: BTreeMap<Option<&str>, Vec<&Broker>> = BTreeMap::new();
    for broker in brokers {
        racks.entry(broker.rack.as_deref()).or_default().push(broker);
    }
    let longest = racks.values().map(Vec::len).max().unwrap_or(0);
    let seat = |rack: usize, broker: &&Broker| Seat { id: broker.id, rack, is_active: broker.is_active(), replicas: 0 };
    let nth = |is_active: bool, i: usize| {
        let of_rack = move |(rack, brokers): (usize, &Vec<&Broker>)| {
            brokers.iter().filter(|broker| broker.is_active() == is_active).nth(i).map(|broker| seat(rack, broker))
        };
        racks.values().enumerate().filter_map(of_rack).collect::<Vec<Seat>>()
    };
    [true, false].into_iter().flat_map(|is_active| (0..longest).flat_map(move |i| nth(is_active, i))).collect()
}

fn place_one(seats: &mut [Seat], leaders: usize, replication_factor: usize, turn: u64) -> Vec<NodeId> {
    let first = (turn % leaders as u64) as usize;
    // Who follows a broker changes from round to round.
    let shift = (turn / leaders as u64) as usize;
    let mut chosen = vec![first];
    while chosen.len() < replication_factor {
        let in_rack_of = |seat: &Seat| chosen.iter().filter(|other| seats[**other].rack == seat.rack).count();
        let distance = |i: usize| {
            let (n, behind) = (seats.len(), (i + seats.len() - first) % seats.len());
            if n < 2 { 0 } else { (behind + (n - 1) - 1 - shift % (n - 1)) % (n - 1) }
        };
        let next = (0..seats.len()).filter(|i| !chosen.contains(i)).min_by_key(|i| {
            let seat = &seats[*i];
            (in_rack_of(seat), !seat.is_active, seat.replicas, distance(*i))
        });
        let Some(next) = next else { break };
        chosen.push(next);
    }
    chosen.iter().for_each(|i| seats[*i].replicas += 1);
    chosen.iter().map(|i| seats[*i].id).collect()
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
    fn who_is_about_to_stop_takes_no_replicas_and_who_has_stopped_does() {
        for (fenced, in_controlled_shutdown, takes) in
            [(false, false, true), (false, true, false), (true, true, true), (true, false, true)]
        {
            let broker = Broker { in_controlled_shutdown, ..(*broker(1, None, fenced)).clone() };
            assert_eq!(takes_new_replicas(&broker), takes, "{broker:?}");
        }
    }

    #[test]
    fn a_fenced_broker_does_not_lead() {
        let brokers = [broker(1, None, true), broker(2, None, false)];
        assert!(place(&brokers, 6, 2, 0).iter().all(|replicas| replicas == &[2, 1]));
    }

    #[test]
    fn replicas_of_a_partition_sit_in_different_racks() {
        let of = |id: NodeId| ["a", "b", "c"][id as usize % 3];
        let brokers: Vec<_> = (1..=7).map(|id| broker(id, Some(of(id)), id == 3)).collect();
        for start in 0..50 {
            let mut leaders = [0; 8];
            for replicas in place(&brokers, 60, 3, start) {
                let mut racks: Vec<&str> = replicas.iter().map(|id| of(*id)).collect();
                racks.sort_unstable();
                racks.dedup();
                assert_eq!(racks.len(), 3, "{replicas:?}");
                leaders[replicas[0] as usize] += 1;
            }
            assert_eq!(leaders[1..], [10, 10, 0, 10, 10, 10, 10]);
        }
        // A fenced broker of another rack comes before a second replica in the same one.
        let brokers = [broker(1, Some("a"), false), broker(2, Some("a"), false), broker(3, Some("b"), true)];
        assert!(place(&brokers, 6, 2, 0).iter().all(|replicas| replicas[1] == 3));
    }

    #[test]
    fn what_a_broker_led_is_spread_over_the_others_when_it_goes() {
        let brokers: Vec<_> = (1..=5).map(|id| broker(id, None, false)).collect();
        let placed = place(&brokers, 100, 3, 0);
        let mut second = [0; 6];
        placed.iter().filter(|replicas| replicas[0] == 1).for_each(|replicas| second[replicas[1] as usize] += 1);
        assert_eq!(second[2..], [5; 4], "{second:?}");
    }
}
