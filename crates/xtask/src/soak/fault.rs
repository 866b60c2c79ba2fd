//! The faults: what each does to a node, and how it is undone.

use crate::error::TaskError;
use crate::soak::cluster::{BROKERS, CLIENT, CONTROLLERS, Cluster};
use crate::soak::lab::Lab;
use faults::{Dice, FaultError, Link, WallClock};
use rustix::process::Signal;
use std::ops::Range;
use std::time::Duration;

/// Nodes of Ottla serve by then, or are about to; nodes of Kafka read their logs.
const AGAIN_AFTER: Duration = Duration::from_millis(1500);

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    PowerCut,
    PowerCutOne,
    Clock,
    KillBroker,
    KillController,
    PauseBroker,
    PauseController,
    CutBroker,
    CutController,
    CutFromControllers,
    CutBetweenBrokers,
    OneWay,
    Lossy,
    FullDisk,
    Rolling,
    Two,
}

/// What a kind needs of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    Network,
    Disks,
    Clocks,
}

impl Kind {
    pub const ALL: [Kind; 16] = [
        Kind::PowerCut,
        Kind::PowerCutOne,
        Kind::Clock,
        Kind::KillBroker,
        Kind::KillController,
        Kind::PauseBroker,
        Kind::PauseController,
        Kind::CutBroker,
        Kind::CutController,
        Kind::CutFromControllers,
        Kind::CutBetweenBrokers,
        Kind::OneWay,
        Kind::Lossy,
        Kind::FullDisk,
        Kind::Rolling,
        Kind::Two,
    ];

    /// What two faults at once are made of.
    const SINGLE: [Kind; 7] = [
        Kind::KillBroker,
        Kind::KillController,
        Kind::PauseBroker,
        Kind::CutBroker,
        Kind::CutController,
        Kind::OneWay,
        Kind::Lossy,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::PowerCut => "power-cut",
            Kind::PowerCutOne => "power-cut-one",
            Kind::Clock => "clock",
            Kind::KillBroker => "kill-broker",
            Kind::KillController => "kill-controller",
            Kind::PauseBroker => "pause-broker",
            Kind::PauseController => "pause-controller",
            Kind::CutBroker => "cut-broker",
            Kind::CutController => "cut-controller",
            Kind::CutFromControllers => "cut-from-controllers",
            Kind::CutBetweenBrokers => "cut-between-brokers",
            Kind::OneWay => "one-way",
            Kind::Lossy => "lossy",
            Kind::FullDisk => "full-disk",
            Kind::Rolling => "rolling",
            Kind::Two => "two",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn need(self) -> Need {
        match self {
            Kind::PowerCut | Kind::PowerCutOne | Kind::FullDisk => Need::Disks,
            Kind::Clock => Need::Clocks,
            Kind::CutBroker | Kind::CutController | Kind::CutFromControllers => Need::Network,
            Kind::CutBetweenBrokers | Kind::OneWay | Kind::Lossy => Need::Network,
            Kind::KillBroker | Kind::KillController | Kind::PauseBroker => Need::Nothing,
            Kind::PauseController | Kind::Rolling | Kind::Two => Need::Nothing,
        }
    }

    /// Why the machine does not allow it.
    pub fn impossible(self, lab: &Lab) -> Option<String> {
        match self.need() {
            Need::Nothing => None,
            Need::Network => lab.no_network.clone(),
            Need::Disks => lab.no_disks.clone(),
            Need::Clocks => WallClock::unsupported().map(str::to_owned),
        }
    }

    /// What it is about to be done to.
    pub fn aim(self, cluster: &Cluster, dice: &mut Dice) -> Vec<Aim> {
        if self == Kind::Two {
            return two(cluster, dice);
        }
        let node = self.pick(cluster, dice);
        let other = CONTROLLERS + (node + 1 + dice.below(BROKERS - 1)) % BROKERS;
        vec![Aim { kind: self, node, other, side: dice.below(2) == 0 }]
    }

    fn pick(self, cluster: &Cluster, dice: &mut Dice) -> usize {
        let controller = |dice: &mut Dice| {
            let any = dice.below(CONTROLLERS);
            // The active one more often than one time in three.
            if dice.below(2) == 0 { cluster.active_controller().unwrap_or(any) } else { any }
        };
        let broker = |dice: &mut Dice| CONTROLLERS + dice.below(BROKERS);
        match self {
            Kind::KillController | Kind::PauseController | Kind::CutController => controller(dice),
            Kind::OneWay | Kind::Lossy | Kind::Clock | Kind::PowerCutOne | Kind::FullDisk if dice.below(2) == 0 => {
                controller(dice)
            }
            _ => broker(dice),
        }
    }
}

/// Two single faults at different nodes.
fn two(cluster: &Cluster, dice: &mut Dice) -> Vec<Aim> {
    let possible: Vec<Kind> = Kind::SINGLE.into_iter().filter(|kind| kind.impossible(&cluster.lab).is_none()).collect();
    let mut aims: Vec<Aim> = Vec::new();
    for _ in 0..100 {
        let Some(kind) = dice.one_of(&possible) else { break };
        let Some(aim) = kind.aim(cluster, dice).pop() else { break };
        if aims.iter().all(|other| other.node != aim.node) {
            aims.push(aim);
        }
        if aims.len() == 2 {
            break;
        }
    }
    aims
}

/// A fault and its victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    pub kind: Kind,
    pub node: usize,
    /// The other end, where there is one.
    other: usize,
    /// Which way, where there are two.
    side: bool,
}

impl Aim {
    /// What is done to whom, for the log.
    pub fn describe(&self, cluster: &Cluster) -> String {
        let name = |number: usize| cluster.nodes.get(number).map(|node| node.name()).unwrap_or_default();
        let node = name(self.node);
        match self.kind {
            Kind::PowerCut if self.side => "power cut of all nodes, and again while they start".to_owned(),
            Kind::PowerCut => "power cut of all nodes".to_owned(),
            Kind::Rolling => "every node restarted in order".to_owned(),
            Kind::Clock => format!("clock of {node} {} an hour", if self.side { "ahead" } else { "behind" }),
            Kind::CutBetweenBrokers => format!("{node} and {} cut from each other", name(self.other)),
            Kind::OneWay => format!("nothing {} {node}", if self.side { "leaves" } else { "reaches" }),
            kind => format!("{} at {node}", kind.name()),
        }
    }

    /// Makes it.
    pub fn begin(&self, cluster: &mut Cluster) -> Result<(), TaskError> {
        let all: Vec<usize> = (0..=CLIENT).collect();
        let (me, cut) = ([self.node], Link { is_cut: true, ..Link::default() });
        match self.kind {
            Kind::PowerCut => {
                power_cut(cluster, 0..CLIENT)?;
                if self.side {
                    (0..CLIENT).try_for_each(|number| cluster.start_node(number))?;
                    std::thread::sleep(AGAIN_AFTER);
                    power_cut(cluster, 0..CLIENT)?;
                }
            }
            Kind::PowerCutOne => power_cut(cluster, self.node..self.node + 1)?,
            Kind::Rolling => rolling(cluster)?,
            Kind::Clock => set_clock(cluster, self.node, if self.side { 3600 } else { -3600 })?,
            Kind::KillBroker | Kind::KillController => cluster.nodes[self.node].kill(),
            Kind::PauseBroker | Kind::PauseController => cluster.nodes[self.node].signal(Signal::STOP),
            Kind::CutBroker | Kind::CutController => both_ways(&cluster.lab, &me, &all, cut),
            Kind::CutFromControllers => both_ways(&cluster.lab, &me, &all[..CONTROLLERS], cut),
            Kind::CutBetweenBrokers => both_ways(&cluster.lab, &me, &[self.other], cut),
            Kind::OneWay if self.side => cluster.lab.set_links(&me, &all, cut),
            Kind::OneWay => cluster.lab.set_links(&all, &me, cut),
            Kind::Lossy => {
                let (delay, jitter) = (Duration::from_millis(20), Duration::from_millis(40));
                both_ways(&cluster.lab, &me, &all, Link { loss_per_mille: 50, delay, jitter, is_cut: false });
            }
            Kind::FullDisk => disk(cluster, self.node, faults::Disk::fill)?,
            Kind::Two => {}
        }
        Ok(())
    }

    /// Undoes it.
    pub fn end(&self, cluster: &mut Cluster) -> Result<(), TaskError> {
        match self.kind {
            Kind::Rolling | Kind::Two => {}
            Kind::PowerCut => (0..CLIENT).try_for_each(|number| cluster.start_node(number))?,
            Kind::Clock => set_clock(cluster, self.node, 0)?,
            Kind::KillBroker | Kind::KillController | Kind::PowerCutOne => cluster.start_node(self.node)?,
            Kind::PauseBroker | Kind::PauseController => cluster.nodes[self.node].signal(Signal::CONT),
            Kind::FullDisk => disk(cluster, self.node, |disk| {
                disk.empty();
                Ok(())
            })?,
            _ => {
                let all: Vec<usize> = (0..=CLIENT).collect();
                both_ways(&cluster.lab, &[self.node], &all, Link::default());
            }
        }
        Ok(())
    }
}

fn both_ways(lab: &Lab, some: &[usize], others: &[usize], link: Link) {
    lab.set_links(some, others, link);
    lab.set_links(others, some, link);
}

fn disk(
    cluster: &Cluster,
    node: usize,
    work: impl FnOnce(&faults::Disk) -> Result<(), FaultError>,
) -> Result<(), TaskError> {
    let disk = cluster.lab.hosts.get(node).and_then(|host| host.disk());
    disk.map_or(Ok(()), |disk| Ok(work(disk)?))
}

fn set_clock(cluster: &mut Cluster, node: usize, seconds: i64) -> Result<(), TaskError> {
    let node = &mut cluster.nodes[node];
    // Where it has ended meanwhile, its successor sees the machine's clock.
    match node.pid() {
        Some(pid) if node.is_running() => Ok(WallClock::of(pid).set_offset(seconds)?),
        _ => Ok(()),
    }
}

/// All of these at once; what they had not synced is gone.
fn power_cut(cluster: &mut Cluster, mut numbers: Range<usize>) -> Result<(), TaskError> {
    for number in numbers.clone() {
        disk(cluster, number, faults::Disk::cut_power)?;
    }
    for number in numbers.clone() {
        cluster.nodes[number].kill();
    }
    numbers.try_for_each(|number| disk(cluster, number, faults::Disk::restore_power))
}

/// One node after the other, as an upgrade does: the next when the cluster is whole again.
fn rolling(cluster: &mut Cluster) -> Result<(), TaskError> {
    const WHOLE_WITHIN: Duration = Duration::from_secs(90);
    for number in (0..CLIENT).rev() {
        cluster.stop_node(number);
        cluster.start_node(number)?;
        cluster.wait_whole(WHOLE_WITHIN).map_err(TaskError::Broker)?;
    }
    Ok(())
}
