//! Random life of a cluster: what must always hold is checked after every record (`cluster::check`), and when all brokers
//! are back everything has a leader again.

use crate::cluster::{Cluster, directory, placed};
use base::{NodeId, Random, SplitMix64};
use controller::IsrChange;
use metadata::{Image, NO_LEADER};
use protocol::{
    AlterPartitionReassignmentsRequest, BrokerHeartbeatRequest, ElectLeadersRequest,
    alter_partition_reassignments_request as reassignment,
};

const BROKERS: NodeId = 5;
const TOPICS: [&str; 3] = ["one", "two", "three"];

struct Life {
    cluster: Cluster,
    random: SplitMix64,
}

impl Life {
    fn new(seed: u64) -> Life {
        let mut random = SplitMix64(seed);
        let mut cluster = Cluster::new(BROKERS, random.below(4) > 0);
        cluster.set_config("", "min.insync.replicas", ["1", "2"][random.below(2) as usize]);
        for (topic, factor) in TOPICS.iter().zip([3, 3, 2]) {
            assert_eq!(cluster.create(placed(topic, 3, factor)).error_code, 0);
        }
        cluster.set_config("three", "unclean.leader.election.enable", "true");
        Life { cluster, random }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound as u64) as usize
    }

    fn broker(&mut self) -> NodeId {
        1 + self.below(BROKERS as usize) as NodeId
    }

    fn some_of(&mut self, ids: &[NodeId]) -> Vec<NodeId> {
        ids.iter().copied().filter(|_| self.random.below(2) == 0).collect()
    }

    /// A leader shrinks or expands the ISR of a partition, as far as it can be elected to; sometimes on old news.
    fn alter(&mut self, old: &Image) {
        let name = TOPICS[self.below(TOPICS.len())];
        let index = self.below(3) as i32;
        let seen = if self.below(4) == 0 { old } else { self.cluster.image() };
        let (topic, brokers) = (seen.topic_by_name(name).unwrap().clone(), seen.brokers.clone());
        let partition = topic.partitions[&index].clone();
        let mut isr = self.some_of(&partition.replicas);
        if !isr.contains(&partition.leader) {
            isr.push(partition.leader);
        }
        let is_recovering = partition.leader_recovery_state == 1 && isr.len() == 1 && self.below(2) == 0;
        let change = IsrChange {
            leader_epoch: partition.leader_epoch,
            isr: isr.iter().map(|id| (*id, brokers.get(id).map_or(-1, |broker| broker.epoch))).collect(),
            leader_recovery_state: is_recovering.into(),
            partition_epoch: partition.partition_epoch,
        };
        let leader = (partition.leader, brokers.get(&partition.leader).map_or(-1, |broker| broker.epoch));
        let changes = vec![(topic.id, vec![(index, change)])];
        _ = self.cluster.step(|controller, view, _| controller.alter_partition(view, leader, changes));
    }

    fn reassign(&mut self) {
        let mut replicas = None;
        if self.below(4) > 0 {
            let all: Vec<NodeId> = (1..=BROKERS).collect();
            let mut some = self.some_of(&all);
            let turn = self.below(some.len().max(1));
            some.rotate_left(turn);
            replicas = Some(some);
        }
        let partition_index = self.below(3) as i32;
        let partition = reassignment::ReassignablePartition { partition_index, replicas, ..Default::default() };
        let topic = reassignment::ReassignableTopic {
            name: TOPICS[self.below(TOPICS.len())].into(),
            partitions: vec![partition],
            ..Default::default()
        };
        let request = AlterPartitionReassignmentsRequest { topics: vec![topic], ..Default::default() };
        self.cluster.step(|controller, view, _| controller.alter_reassignments(view, &request));
    }

    fn elect(&mut self) {
        let election_type = (self.below(8) == 0).into();
        let request = ElectLeadersRequest { election_type, topic_partitions: None, ..Default::default() };
        self.cluster.step(|controller, view, _| controller.elect_leaders(view, &request));
    }

    fn heartbeat(&mut self, id: NodeId) {
        let usual = self.cluster.heartbeat(id);
        let request = match self.below(14) {
            0 => BrokerHeartbeatRequest { want_fence: true, ..usual },
            1 => BrokerHeartbeatRequest { want_shut_down: true, ..usual },
            2 => BrokerHeartbeatRequest { offline_log_dirs: vec![directory(id, 1)], ..usual },
            3 => BrokerHeartbeatRequest { current_metadata_offset: 0, ..usual },
            4 => usual.with_full_log_dirs(&[directory(id, 0)]),
            5 => usual.with_full_log_dirs(&[directory(id, 0), directory(id, 1)]),
            _ => usual,
        };
        self.cluster.send(request);
    }

    fn time(&mut self) {
        self.cluster.now.monotonic_us += self.random.below(3_000_000);
        self.cluster.run_due();
    }

    /// A restart, after a stop in order or a kill; refused while the session of the one before goes on.
    fn restart(&mut self, id: NodeId) {
        let registered = self.cluster.image().brokers[&id].clone();
        let incarnation = u128::from_be_bytes(registered.incarnation_id.0) + 1;
        let previous_epoch = if self.below(2) == 0 { registered.epoch } else { -1 };
        let request = self.cluster.registration(id, incarnation, previous_epoch);
        self.cluster.try_register(request);
    }

    fn step(&mut self, old: &Image) {
        let id = self.broker();
        match self.below(10) {
            0..=2 => self.alter(old),
            3 => self.reassign(),
            4 => self.elect(),
            5 => self.restart(id),
            6 => self.time(),
            _ => self.heartbeat(id),
        }
    }

    /// All are back, and every leader brings all its replicas into the ISR.
    fn heal(&mut self) {
        self.cluster.now.monotonic_us += 20_000_000;
        self.time();
        for id in 1..=BROKERS {
            let registered = self.cluster.image().brokers[&id].clone();
            let incarnation = u128::from_be_bytes(registered.incarnation_id.0) + 1;
            let request = self.cluster.registration(id, incarnation, registered.epoch);
            assert_eq!(self.cluster.try_register(request).error_code, 0);
            self.cluster.beat(id);
        }
        for name in TOPICS {
            for index in 0..3 {
                // A reassignment may take the leadership along, and the next leader goes on.
                for _ in 0..2 {
                    let topic = self.cluster.image().topic_by_name(name).unwrap().clone();
                    let partition = &topic.partitions[&index];
                    assert_ne!(partition.leader, NO_LEADER, "{name}-{index}: {partition:?}");
                    let isr = partition.replicas.iter().map(|id| (*id, self.cluster.epoch(*id))).collect();
                    let change = IsrChange {
                        leader_epoch: partition.leader_epoch,
                        isr,
                        leader_recovery_state: 0,
                        partition_epoch: partition.partition_epoch,
                    };
                    let leader = (partition.leader, self.cluster.epoch(partition.leader));
                    let changes = vec![(topic.id, vec![(index, change)])];
                    self.cluster.step(|controller, view, _| controller.alter_partition(view, leader, changes)).unwrap();
                }
                let partition = &self.cluster.image().topic_by_name(name).unwrap().partitions[&index];
                assert_eq!(partition.isr.len(), partition.replicas.len(), "{name}-{index}: {partition:?}");
                assert!(partition.adding_replicas.is_empty() && partition.removing_replicas.is_empty());
                assert!(partition.elr.is_empty() && partition.leader_recovery_state == 0);
            }
        }
    }
}

#[test]
fn leaders_are_in_sync_epochs_grow_and_everything_heals() {
    for seed in 0..300 {
        println!("seed {seed}");
        let mut life = Life::new(seed);
        let mut old = life.cluster.image().clone();
        for step in 0..120 {
            life.step(&old);
            if step % 10 == 0 {
                old = life.cluster.image().clone();
            }
        }
        life.heal();
    }
}
