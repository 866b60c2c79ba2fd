//! What becomes of a packet between two ports: when it arrives, if it does. No I/O and no clock; one seed gives one fate.
//!
//! Links have a direction. A link keeps the order of its packets: jitter delays those behind as well.

use crate::Dice;
use std::time::Duration;

/// A port of the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(pub usize);

/// How packets of one direction fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Link {
    pub is_cut: bool,
    /// How many of a thousand packets are lost.
    pub loss_per_mille: u32,
    pub delay: Duration,
    /// At most so much is added to the delay.
    pub jitter: Duration,
}

#[derive(Debug, Default, Clone)]
struct Lane {
    link: Link,
    /// When the last packet arrives; nothing overtakes it.
    last: Duration,
}

/// All links between so many ports.
#[derive(Debug)]
pub struct Fabric {
    ports: usize,
    lanes: Vec<Lane>,
    dice: Dice,
}

impl Fabric {
    pub fn new(ports: usize, seed: u64) -> Fabric {
        Fabric { ports, lanes: vec![Lane::default(); ports * ports], dice: Dice::new(seed) }
    }

    pub fn set(&mut self, from: Port, to: Port, link: Link) {
        if let Some(lane) = self.lane(from, to) {
            lane.link = link;
        }
    }

    /// When a packet that is sent now arrives; `None`: never.
    pub fn arrival(&mut self, from: Port, to: Port, now: Duration) -> Option<Duration> {
        let (chance, jitter) = (self.dice.roll() % 1000, self.dice.roll());
        let lane = self.lane(from, to)?;
        let link = lane.link;
        if link.is_cut || chance < u64::from(link.loss_per_mille) {
            return None;
        }
        let most = u64::try_from(link.jitter.as_micros()).unwrap_or(u64::MAX);
        let extra = if most == 0 { Duration::ZERO } else { Duration::from_micros(jitter % most) };
        lane.last = lane.last.max(now + link.delay + extra);
        Some(lane.last)
    }

    fn lane(&mut self, from: Port, to: Port) -> Option<&mut Lane> {
        if from.0 >= self.ports || to.0 >= self.ports {
            return None;
        }
        self.lanes.get_mut(from.0 * self.ports + to.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Port = Port(0);
    const B: Port = Port(1);

    fn ms(value: u64) -> Duration {
        Duration::from_millis(value)
    }

    #[test]
    fn a_cut_has_a_direction() {
        let mut fabric = Fabric::new(2, 1);
        fabric.set(A, B, Link { is_cut: true, ..Link::default() });
        assert_eq!(fabric.arrival(A, B, ms(5)), None);
        assert_eq!(fabric.arrival(B, A, ms(5)), Some(ms(5)));
        fabric.set(A, B, Link::default());
        assert_eq!(fabric.arrival(A, B, ms(6)), Some(ms(6)));
    }

    #[test]
    fn nothing_overtakes_on_a_link() {
        let mut fabric = Fabric::new(2, 7);
        fabric.set(A, B, Link { delay: ms(10), jitter: ms(50), ..Link::default() });
        let arrivals: Vec<Duration> = (0..200).filter_map(|at| fabric.arrival(A, B, ms(at))).collect();
        assert_eq!(arrivals.len(), 200);
        assert!(arrivals.is_sorted());
        assert!(arrivals.iter().zip(0..).all(|(arrival, at)| *arrival >= ms(at + 10)));
    }

    #[test]
    fn loss_is_about_what_was_said_and_the_same_for_a_seed() {
        let lost = |seed| {
            let mut fabric = Fabric::new(2, seed);
            fabric.set(A, B, Link { loss_per_mille: 100, ..Link::default() });
            (0..10_000).filter(|at| fabric.arrival(A, B, ms(*at)).is_none()).collect::<Vec<u64>>()
        };
        assert!((800..1200).contains(&lost(3).len()));
        assert_eq!(lost(3), lost(3));
        assert_ne!(lost(3), lost(4));
    }

    #[test]
    fn who_is_not_there_gets_nothing() {
        assert_eq!(Fabric::new(2, 1).arrival(A, Port(2), ms(0)), None);
    }
}
