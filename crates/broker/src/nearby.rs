//! Consumers that read nearby (KIP-392): one that says its rack is sent to a follower in that rack.

use crate::broker::Broker;
use crate::partition::PartitionCell;
use base::{NodeId, Now, Offset};
use config::ReplicaSelector;
use std::cmp::Reverse;
use std::sync::Arc;

/// A consumer that is in another rack than this broker, and by which listener it came.
pub(crate) struct NearbyReader {
    rack: String,
    listener: Arc<str>,
}

impl NearbyReader {
    /// `None`: it reads from leaders, or this broker is as near as any.
    pub fn new(broker: &Broker, rack: &str, listener: &Arc<str>) -> Option<NearbyReader> {
        let config = &broker.static_config;
        let is_near = rack.is_empty() || config.node.rack.as_deref() == Some(rack);
        let picks = config.replication.selector == ReplicaSelector::RackAware && !is_near;
        picks.then(|| NearbyReader { rack: rack.to_owned(), listener: listener.clone() })
    }

    /// The follower to read from: of those in the rack that are in sync, in service and have the offset the one that is
    /// farthest, and lags the least.
    pub fn preferred(&self, broker: &Broker, cell: &PartitionCell, offset: Offset, now: Now) -> Option<NodeId> {
        let image = broker.image.load();
        let is_near = |id: NodeId| {
            let node = image.brokers.get(&id).filter(|node| !node.fenced && node.endpoint(&self.listener).is_some());
            node.is_some_and(|node| node.rack.as_deref() == Some(&self.rack))
        };
        let readable = cell.readable_followers(offset, now);
        let near = readable.into_iter().filter(|follower| is_near(follower.id));
        near.max_by_key(|it| (it.log_end_offset, Reverse(it.lags_for_us), it.id)).map(|it| it.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::{Effects, Position, ReadRequest, Reader};
    use crate::test_bench::{Bench, NODE};
    use base::Uuid;
    use metadata::{Delta, Image};
    use protocol::RegisterBrokerRecord;
    use protocol::register_broker_record::BrokerEndpoint;

    const FILE: &str = "process.roles=broker\nnode.id=1\ncontroller.quorum.voters=9@127.0.0.1:9093\n\
        listeners=PLAINTEXT://127.0.0.1:9092\ncontroller.listener.names=CONTROLLER\nbroker.rack=a\n\
        replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector\n";

    fn register(image: &mut Image, broker_id: NodeId, rack: &str, fenced: bool) {
        let end_points = vec![BrokerEndpoint { name: "PLAINTEXT".into(), ..Default::default() }];
        let rack = Some(rack.to_owned().into());
        let record = RegisterBrokerRecord { broker_id, rack, fenced, end_points, ..Default::default() };
        image.replay(&record.into(), &mut Delta::default()).unwrap();
    }

    #[test]
    fn the_farthest_follower_of_the_rack_that_has_the_offset_is_preferred() {
        let bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("t-0", Uuid::from_u128(7));
        bench.lead_in(&cell, &[NODE, 2, 3, 4, 5], 1);
        bench.fill(&cell, 10);
        for (id, offset) in [(2, 4), (3, 9), (4, 10), (5, 6)] {
            let by = replication::FetchingReplica { id, broker_epoch: -1, is_eligible: true };
            let position = Position { offset, current_leader_epoch: -1, last_fetched_epoch: -1, log_start_offset: 2 };
            let request = ReadRequest {
                position,
                reader: Reader::Replica(by),
                bytes_max: 1,
                at_least_one: false,
                may_wait: false,
                only_leader: true,
                is_news: true,
            };
            cell.read(&request, bench.now(), &mut Effects::default()).ok().unwrap();
        }
        let mut image = Image::empty();
        for (id, rack, fenced) in [(1, "a", false), (2, "b", false), (3, "b", false), (4, "b", true), (5, "c", false)] {
            register(&mut image, id, rack, fenced);
        }
        let (broker, _mailbox) = bench.broker_of_file(FILE);
        broker.image.store(image.into());
        let preferred = |rack: &str, offset| {
            let reader = NearbyReader::new(&broker, rack, &"PLAINTEXT".into())?;
            reader.preferred(&broker, &cell, offset, bench.now())
        };
        assert_eq!([3, 9, 10].map(|offset| preferred("b", offset)), [Some(3), Some(3), None]);
        assert_eq!((preferred("b", 1), preferred("c", 6)), (None, Some(5)), "it begins at 2");
        assert_eq!(["", "a", "d"].map(|rack| preferred(rack, 3)), [None; 3]);
        // Who is not in sync may fall behind for ever.
        bench.register_isr(&cell, (&[NODE, 2, 3, 4, 5], &[NODE, 2]), 1, 1);
        assert_eq!(preferred("b", 3), Some(2));
        let other = NearbyReader::new(&broker, "b", &"OTHER".into()).unwrap();
        assert_eq!(other.preferred(&broker, &cell, 3, bench.now()), None, "it is not reached that way");
    }
}
