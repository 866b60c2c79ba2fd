//! The load (`interop/python/soak.py`): started, watched, ended, and what it remembers.

use crate::error::{During, TaskError};
use crate::place;
use crate::process::{Ended, Running, run, tail};
use crate::soak::lab::Host;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Records a second, over all partitions.
const RATE: &str = "600";
const END_WITHIN: Duration = Duration::from_secs(180);
const VERIFY_WITHIN: Duration = Duration::from_secs(600);

/// What is written to, and where the client's notes are.
#[derive(Debug, Clone)]
pub struct Workload {
    pub topic: String,
    pub partitions: i32,
    pub notes: PathBuf,
    python: PathBuf,
    bootstrap: String,
    log: PathBuf,
}

impl Workload {
    pub fn new(python: &Path, bootstrap: &str, topic: &str, partitions: i32, logs: &Path) -> Workload {
        Workload {
            topic: topic.to_owned(),
            partitions,
            notes: logs.join(format!("{topic}.events")),
            python: python.to_path_buf(),
            bootstrap: bootstrap.to_owned(),
            log: logs.join(format!("{topic}.client.log")),
        }
    }

    fn command(&self, task: &str, rate: Option<&str>) -> Command {
        let mut command = Command::new(&self.python);
        command.arg("-u").arg(place::sources("python").join("soak.py")).args([task, &self.bootstrap]);
        command.arg(&self.notes).args(rate).args([&self.partitions.to_string(), &self.topic]);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Begins to write and to read.
    pub fn begin(&self, host: &Host) -> Result<Load, TaskError> {
        let mut command = self.command("load", Some(RATE));
        let errors = File::create(&self.log).during(format!("write {}", self.log.display()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut running = host.inside(move || Running::start_connected(&mut command))?;
        let (sender, lines) = channel();
        let (stdin, stdout) = running.pipes();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout?).lines().map_while(Result::ok) {
                sender.send(line).ok()?;
            }
            Some(())
        });
        Ok(Load { running, stdin, lines, log: self.log.clone(), silent: usize::MAX })
    }

    /// What of that which was acknowledged is there.
    pub fn verify(&self, host: &Host) -> Result<Verdict, TaskError> {
        let (mut command, log) = (self.command("verify", None), self.log.clone());
        let mut last = String::new();
        let (ended, last) = host.inside(move || {
            let ended = run(&mut command, &log, VERIFY_WITHIN, |line| line.clone_into(&mut last))?;
            Ok((ended, last))
        })?;
        if ended != Ended::Well {
            return Err(TaskError::Broker(format!("reading back: {ended:?}\n{}", tail(&self.log, 10))));
        }
        Verdict::of(&last).ok_or_else(|| TaskError::Broker(format!("the client's verdict: {last}")))
    }
}

/// The client at work.
pub struct Load {
    running: Running,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    log: PathBuf,
    /// Partitions that were not acknowledged within the last second.
    silent: usize,
}

impl Load {
    /// Whether every partition is written to; `Err` where the client gave up.
    pub fn flows(&mut self) -> Result<bool, String> {
        while let Ok(line) = self.lines.try_recv() {
            let mut words = line.split(' ');
            match (words.next(), words.next(), words.next()) {
                (Some("progress"), Some(_), Some(silent)) => self.silent = silent.parse().unwrap_or(usize::MAX),
                (Some("fatal"), ..) => return Err(format!("the producer gave up: {line}")),
                _ => {}
            }
        }
        match self.running.ended() {
            Some(status) => Err(format!("the client ended with {status}\n{}", tail(&self.log, 10))),
            None => Ok(self.silent == 0),
        }
    }

    /// Waits until every partition is written to.
    pub fn wait_flowing(&mut self, limit: Duration) -> Result<(), String> {
        let end = Instant::now() + limit;
        while !self.flows()? {
            if Instant::now() > end {
                return Err(format!("{} partitions are not written to after {} s", self.silent, limit.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// No more is sent; what is under way is waited for.
    pub fn end(mut self) -> Result<(), String> {
        if let Some(mut stdin) = self.stdin.take() {
            let _it_ended_by_itself = stdin.write_all(b"stop\n");
        }
        match self.running.wait(END_WITHIN) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("the client ended with {status}\n{}", tail(&self.log, 10))),
            None => Err(format!("the client did not end within {END_WITHIN:?}")),
        }
    }
}

/// What reading back says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub acknowledged: u64,
    pub read: u64,
    pub lost: u64,
    /// When some of these were acknowledged.
    pub lost_at_ms: Vec<u64>,
    /// Records that the client sent again under another epoch, and that are there twice (`replicas.rs` tells them from what
    /// a broker took twice).
    pub twice: u64,
    /// What is wrong otherwise: a kind and how often.
    pub wrong: BTreeMap<String, u64>,
    pub examples: Vec<String>,
}

impl Verdict {
    pub fn is_well(&self) -> bool {
        self.lost == 0 && self.wrong.is_empty()
    }

    fn of(line: &str) -> Option<Verdict> {
        let value: Value = serde_json::from_str(line).ok()?;
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let kinds = ["failed", "moved", "disordered", "gaps", "unseen"];
        let wrong = kinds.iter().filter_map(|kind| Some(((*kind).to_owned(), number(kind)?)));
        let examples = value.get("examples")?.as_array()?.iter().filter_map(Value::as_str);
        Some(Verdict {
            acknowledged: number("acknowledged")?,
            read: number("read")?,
            lost: number("lost")?,
            twice: number("twice")?,
            lost_at_ms: value.get("lost_at")?.as_array()?.iter().filter_map(Value::as_u64).collect(),
            wrong: wrong.filter(|(_, count)| *count > 0).collect(),
            examples: examples.map(str::to_owned).collect(),
        })
    }
}

/// When each partition was acknowledged, and when the group was balanced; from the client's notes.
#[derive(Debug, Default)]
pub struct Notes {
    acknowledged: BTreeMap<i32, Vec<u64>>,
    balanced: Vec<u64>,
}

impl Notes {
    pub fn read(path: &Path) -> Result<Notes, TaskError> {
        let file = File::open(path).during(format!("read {}", path.display()))?;
        let mut notes = Notes::default();
        for line in BufReader::new(file).lines().map_while(Result::ok) {
            notes.take(&line);
        }
        Ok(notes)
    }

    fn take(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let time = words.get(1).and_then(|word| word.parse().ok());
        let (Some(kind), Some(time)) = (words.first(), time) else { return };
        match (*kind, words.get(3).and_then(|word| word.parse().ok())) {
            ("ack", Some(partition)) => self.acknowledged.entry(partition).or_default().push(time),
            ("group", _) => self.balanced.push(time),
            _ => {}
        }
    }

    /// The longest time without an acknowledgement that touches the window: of any one partition, and of all together.
    pub fn silence_ms(&self, from: u64, to: u64) -> (u64, u64) {
        let worst = self.acknowledged.values().map(|times| longest_gap(times, from, to)).max().unwrap_or(to - from);
        let mut all: Vec<u64> = self.acknowledged.values().flatten().copied().collect();
        all.sort_unstable();
        (worst, longest_gap(&all, from, to))
    }

    /// How often the group was balanced in the window.
    pub fn balanced(&self, from: u64, to: u64) -> usize {
        self.balanced.iter().filter(|time| (from..=to).contains(*time)).count()
    }
}

/// `times` ascend. Where none came after the window, the gap ends with it.
fn longest_gap(times: &[u64], from: u64, to: u64) -> u64 {
    let first = times.partition_point(|time| *time <= from).saturating_sub(1);
    let inside = times.get(first..).unwrap_or_default();
    let mut last = inside.first().copied().unwrap_or(from);
    let mut longest = 0;
    for time in inside {
        longest = longest.max(time.saturating_sub(last));
        last = *time;
        if last > to {
            return longest;
        }
    }
    longest.max(to.saturating_sub(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silence_touches_the_window() {
        let times = [10, 20, 100, 130, 500];
        assert_eq!(longest_gap(&times, 0, 15), 10);
        assert_eq!(longest_gap(&times, 15, 25), 80);
        assert_eq!(longest_gap(&times, 50, 60), 80);
        assert_eq!(longest_gap(&times, 125, 140), 370);
        assert_eq!(longest_gap(&times, 500, 900), 400);
        assert_eq!(longest_gap(&[], 5, 9), 4);
    }

    #[test]
    fn notes_tell_partitions_apart() {
        let mut notes = Notes::default();
        for line in
            ["ack 10 t 0 0 p0 0", "ack 20 t 1 0 p0 0", "ack 30 t 1 1 p0 1", "ack 200 t 0 1 p0 1", "group 25 assigned 2"]
        {
            notes.take(line);
        }
        assert_eq!(notes.silence_ms(15, 35), (190, 170));
        assert_eq!((notes.balanced(0, 30), notes.balanced(30, 40)), (1, 0));
    }

    #[test]
    fn a_verdict_names_what_is_wrong() {
        let line = r#"{"acknowledged": 5, "failed": 0, "read": 4, "lost": 1, "moved": 3, "twice": 2, "disordered": 0,
                       "gaps": 0, "unseen": 0, "examples": ["lost: t-0"], "lost_at": [77]}"#;
        let verdict = Verdict::of(line).unwrap();
        assert_eq!((verdict.acknowledged, verdict.lost, verdict.twice), (5, 1, 2));
        assert_eq!(verdict.wrong, BTreeMap::from([("moved".to_owned(), 3)]));
    }
}
