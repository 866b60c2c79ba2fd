//! What a row of the table is: a measure with its unit and goals, and the group of measures that one load gives.

use crate::broker::Broker;
use crate::session::Session;

/// What a figure of Ottla is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// At most so many times Kafka's figure.
    AtMostTimes(f64),
    /// At least so many times Kafka's figure.
    AtLeastTimes(f64),
    /// At most this, in the unit of the row.
    AtMost(f64),
    /// Printed so that the reader can judge the other rows.
    None,
}

impl Goal {
    /// Whether the goal is met; nothing where there is no goal, or no figure of Kafka to compare with.
    pub fn met(self, ottla: f64, kafka: Option<f64>) -> Option<bool> {
        match self {
            Goal::AtMostTimes(times) => kafka.map(|kafka| ottla <= times * kafka),
            Goal::AtLeastTimes(times) => kafka.map(|kafka| ottla >= times * kafka),
            Goal::AtMost(limit) => Some(ottla <= limit),
            Goal::None => None,
        }
    }

    /// As the table shows it.
    pub fn text(self) -> String {
        match self {
            Goal::AtMostTimes(times) if times < 0.1 => format!("<= {times:.3} x"),
            Goal::AtMostTimes(times) => format!("<= {times:.2} x"),
            Goal::AtLeastTimes(times) => format!(">= {times:.0} x"),
            Goal::AtMost(limit) => format!("<= {limit}"),
            Goal::None => "-".into(),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// What the code calls it; unique in its group.
    pub id: &'static str,
    pub title: &'static str,
    pub unit: &'static str,
    /// To reach now.
    pub reach: Goal,
    /// To aim for in the end.
    pub aim: Goal,
}

impl Measure {
    pub const fn new(id: &'static str, title: &'static str, unit: &'static str, reach: Goal, aim: Goal) -> Measure {
        Measure { id, title, unit, reach, aim }
    }

    /// At most `reach` times Kafka's figure now, `aim` times in the end.
    pub const fn at_most(id: &'static str, title: &'static str, unit: &'static str, reach: f64, aim: f64) -> Measure {
        Measure::new(id, title, unit, Goal::AtMostTimes(reach), Goal::AtMostTimes(aim))
    }

    /// Without a goal of its own.
    pub const fn told(id: &'static str, title: &'static str, unit: &'static str) -> Measure {
        Measure::new(id, title, unit, Goal::None, Goal::None)
    }
}

/// The code of a group.
#[derive(Clone, Copy)]
pub enum Load {
    /// Runs on the broker that all such groups share, which has been under load for a while.
    Shared(fn(&mut Session, &Broker) -> Result<(), String>),
    /// Starts brokers itself, on fresh folders; no other broker runs meanwhile.
    Fresh(fn(&mut Session) -> Result<(), String>),
}

/// The measures that one load gives, chosen by `--rows NAME`.
#[derive(Clone, Copy)]
pub struct Group {
    pub name: &'static str,
    /// One line for `--list`.
    pub about: &'static str,
    pub needs_librdkafka: bool,
    /// Whether the bare server can be put under the load.
    pub has_floor: bool,
    pub load: Load,
    pub measures: &'static [Measure],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_compare_with_kafka_or_with_a_limit() {
        let cases = [
            (Goal::AtMostTimes(0.4), 0.8, Some(2.0), Some(true)),
            (Goal::AtMostTimes(0.4), 0.9, Some(2.0), Some(false)),
            (Goal::AtMostTimes(0.4), 0.8, None, None),
            (Goal::AtLeastTimes(5.0), 10.0, Some(2.0), Some(true)),
            (Goal::AtLeastTimes(5.0), 9.0, Some(2.0), Some(false)),
            (Goal::AtMost(30.0), 19.0, None, Some(true)),
            (Goal::None, 1.0, Some(1.0), None),
        ];
        for (goal, ottla, kafka, met) in cases {
            assert_eq!(goal.met(ottla, kafka), met, "{goal:?} {ottla} {kafka:?}");
        }
    }
}
