//! What a run showed: a row a kind of fault, and the last line.

use crate::soak::client::{Notes, Verdict};
use crate::soak::fault::Kind;
use crate::soak::metadata_log::Changes;
use std::time::Duration;

/// More failures than this, and a run ends early.
const FAILURES_MAX: usize = 10;

/// One fault as it went.
#[derive(Debug, Clone)]
pub struct Event {
    pub kind: Kind,
    pub begun_ms: u64,
    pub undone_ms: u64,
    pub whole_ms: u64,
    /// What the metadata log got meanwhile.
    pub changes: Option<Changes>,
    /// The longest time without an acknowledgement: on one partition, and on all of them.
    pub silence_ms: (u64, u64),
    pub balanced: usize,
    pub lost: u64,
}

impl Default for Event {
    fn default() -> Event {
        Event {
            kind: Kind::Two,
            begun_ms: 0,
            undone_ms: 0,
            whole_ms: 0,
            changes: None,
            silence_ms: (0, 0),
            balanced: 0,
            lost: 0,
        }
    }
}

impl Event {
    /// What only the client's notes tell.
    pub fn fill_in(&mut self, notes: &Notes) {
        self.silence_ms = notes.silence_ms(self.begun_ms, self.whole_ms);
        self.balanced = notes.balanced(self.begun_ms, self.whole_ms);
    }
}

/// Everything that a run showed.
#[derive(Debug, Default)]
pub struct Report {
    pub events: Vec<Event>,
    pub failures: Vec<String>,
    pub not_done: Vec<(Kind, String)>,
    acknowledged: u64,
    read: u64,
    lost: u64,
    twice: u64,
    /// Some of the records that are not as they should be.
    examples: Vec<String>,
}

impl Report {
    pub fn is_going_on(&self) -> bool {
        self.failures.len() < FAILURES_MAX
    }

    /// Takes what a topic's records say, and books losses where they came from: the first fault that ended after the record
    /// was acknowledged.
    pub fn take(&mut self, topic: &str, verdict: &Verdict, events: &mut [Event]) {
        self.acknowledged += verdict.acknowledged;
        self.read += verdict.read;
        self.lost += verdict.lost;
        self.twice += verdict.twice;
        for at in &verdict.lost_at_ms {
            if let Some(event) = events.iter_mut().find(|event| event.whole_ms >= *at) {
                event.lost += 1;
            }
        }
        if verdict.lost > 0 {
            self.failures
                .push(format!("{topic}: {} of {} acknowledged records lost", verdict.lost, verdict.acknowledged));
        }
        for (kind, count) in &verdict.wrong {
            self.failures.push(format!("{topic}: {count} records {kind}"));
        }
        self.examples.extend(verdict.examples.iter().take(4).cloned());
    }

    /// Prints the table and the last line; whether nothing failed.
    pub fn print(&self, took: Duration) -> bool {
        println!("\n{}", self.table());
        self.failures.iter().for_each(|failure| println!("FAILED {failure}"));
        self.examples.iter().for_each(|example| println!("  such as {example}"));
        for (kind, reason) in &self.not_done {
            println!("not done: {}: {reason}", kind.name());
        }
        println!("\n{}", self.last_line(took));
        self.failures.is_empty()
    }

    fn table(&self) -> String {
        let mut table = String::from(
            "| fault | times | worst silence of a partition, s | of all, s | whole again, s (worst) | leader and ISR changes | brokers fenced or back | controller epochs | group balanced | lost |\n\
             |---|---|---|---|---|---|---|---|---|---|\n",
        );
        for kind in Kind::ALL {
            let events: Vec<&Event> = self.events.iter().filter(|event| event.kind == kind).collect();
            if !events.is_empty() {
                table.push_str(&row(kind, &events));
            }
        }
        table
    }

    fn last_line(&self, took: Duration) -> String {
        let done = format!(
            "{} acknowledged, {} read back, {} sent twice by the client under a new epoch, {} faults, lost: {}, failed: {}; {} s",
            self.acknowledged,
            self.read,
            self.twice,
            self.events.len(),
            self.lost,
            self.failures.len(),
            took.as_secs()
        );
        if self.not_done.is_empty() {
            return done;
        }
        let kinds: Vec<&str> = self.not_done.iter().map(|(kind, _)| kind.name()).collect();
        format!("{done}; NOT DONE: {}", kinds.join(", "))
    }
}

fn row(kind: Kind, events: &[&Event]) -> String {
    let worst = |of: fn(&Event) -> u64| {
        Duration::from_millis(events.iter().map(|event| of(event)).max().unwrap_or(0)).as_secs_f64()
    };
    let changes = || events.iter().filter_map(|event| event.changes);
    format!(
        "| {} | {} | {:.1} | {:.1} | {:.1} | {} | {} | {} | {} | {} |\n",
        kind.name(),
        events.len(),
        worst(|event| event.silence_ms.0),
        worst(|event| event.silence_ms.1),
        worst(|event| event.whole_ms - event.undone_ms),
        changes().map(|changes| changes.partitions).sum::<usize>(),
        changes().map(|changes| changes.brokers).sum::<usize>(),
        changes().map(|changes| changes.epoch).sum::<i32>(),
        events.iter().map(|event| event.balanced).sum::<usize>(),
        events.iter().map(|event| event.lost).sum::<u64>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_booked_at_the_fault_that_followed() {
        let event = |begun_ms, whole_ms| Event { begun_ms, whole_ms, ..Event::default() };
        let mut events = [event(100, 200), event(300, 400)];
        let verdict = Verdict { acknowledged: 9, lost: 2, lost_at_ms: vec![150, 250], ..Verdict::default() };
        let mut report = Report::default();
        report.take("t", &verdict, &mut events);
        assert_eq!(events.map(|event| event.lost), [1, 1]);
        assert_eq!(report.failures, ["t: 2 of 9 acknowledged records lost"]);
    }

    #[test]
    fn the_last_line_names_what_was_not_done() {
        let mut report = Report::default();
        assert!(!report.last_line(Duration::ZERO).contains("NOT DONE"));
        report.not_done.push((Kind::PowerCut, "no loop devices".to_owned()));
        assert!(report.last_line(Duration::ZERO).ends_with("NOT DONE: power-cut"));
    }
}
