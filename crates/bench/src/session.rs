//! What a group of rows gets: the kind of broker it measures, the scale of the load, and where its figures go.

use crate::broker::{Broker, Kind, Place};
use crate::measure::Group;
use crate::rdkafka::Api;
use crate::settle;
use std::time::Duration;

/// One figure of one broker.
#[derive(Debug, Clone)]
pub struct Figure {
    pub group: &'static str,
    pub id: &'static str,
    pub value: f64,
}

/// One run of one group against one kind of broker.
pub struct Session<'a> {
    pub kind: &'a Kind,
    pub group: &'a Group,
    pub place: &'a Place,
    /// A short run: less load, less warm-up, rougher figures.
    pub quick: bool,
    /// librdkafka, where the machine has it.
    pub librdkafka: Option<&'a Api>,
    pub figures: Vec<Figure>,
}

impl<'a> Session<'a> {
    /// Notes a figure under the id of a measure of this group.
    pub fn figure(&mut self, id: &'static str, value: f64) -> Result<(), String> {
        let measure = self.group.measures.iter().find(|measure| measure.id == id);
        let measure = measure.ok_or_else(|| format!("no measure of this name in group {}: {id}", self.group.name))?;
        eprintln!("  {:<8}{}: {value:.4} {}", self.kind.name(), measure.title, measure.unit);
        self.figures.push(Figure { group: self.group.name, id, value });
        Ok(())
    }

    /// The first in a full run, the second in a quick one.
    pub fn choose<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// A part of the load of a full run.
    pub fn scaled(&self, full: usize) -> usize {
        full / self.choose(1, 8)
    }

    /// Starts a broker of this session's kind on a fresh folder.
    pub fn start(&self) -> Result<Broker, String> {
        Broker::start(self.kind, self.place)
    }

    /// To be called right before a load that is measured.
    pub fn settle(&self) {
        settle::settle(self.place.folder(), self.scaled(settle::ROOM_BYTES));
    }

    pub fn librdkafka(&self) -> Result<&'a Api, String> {
        self.librdkafka.ok_or_else(|| "librdkafka is not on this machine".into())
    }

    /// Share of one core that a broker uses over `window`, in percent.
    pub fn cpu_percent(&self, broker: &Broker, window: Duration) -> f64 {
        let before = broker.cpu_seconds();
        std::thread::sleep(window);
        (broker.cpu_seconds() - before) / window.as_secs_f64() * 100.0
    }
}
