//! A runtime of counters with a virtual clock and a log in memory.

use super::counters::{Counters, Request, Response};
use base::{ErrorCode, LeaderEpoch, Now, Offset};
use coordinator::{Appended, Effects, Input, LoadError, Loading, Log, Record, Runtime, StoredRecord, Work};
use std::collections::BTreeMap;

const MAX: i64 = 1_000_000;

struct Stored {
    offset: Offset,
    record: Record,
    /// A transaction marker: the producer, and whether it committed.
    marker: Option<(i64, bool)>,
}

#[derive(Default)]
struct MemoryLog {
    records: Vec<Stored>,
    end: Offset,
    epoch: LeaderEpoch,
    /// The next append ends like this.
    fails: Option<ErrorCode>,
    /// The next append says what no log may say.
    lies: Option<String>,
    shown: Vec<String>,
}

impl Log for MemoryLog {
    fn append(&mut self, _: Now, epoch: LeaderEpoch, records: &[Record]) -> Result<Appended, ErrorCode> {
        let refusal = (epoch < self.epoch).then_some(ErrorCode::FencedLeaderEpoch);
        if let Some(error) = refusal.or(self.fails.take()) {
            self.shown.push(format!("append in epoch {epoch}: {}", error.name()));
            return Err(error);
        }
        let base_offset = self.end;
        for record in records {
            let value = record.value.as_deref().map_or("gone".into(), String::from_utf8_lossy);
            let name = String::from_utf8_lossy(&record.key);
            self.shown.push(format!("record {}: {name}={value} (epoch {epoch})", self.end));
            self.records.push(Stored { offset: self.end, record: record.clone(), marker: None });
            self.end += 1;
        }
        let mut appended = Appended { base_offset, end_offset: self.end, epoch };
        match self.lies.take().as_deref() {
            Some("base") => appended.base_offset = 0,
            Some("end") => appended.end_offset += 1,
            Some("epoch") => appended.epoch += 1,
            _ => {}
        }
        Ok(appended)
    }
}

/// One coordinator; the world's other ones have their own.
struct Shard {
    runtime: Runtime<Counters, String>,
    loading: Option<(Loading<Counters>, usize)>,
    /// What waits for the high watermark.
    waiting: Vec<(Offset, String, Response)>,
    work: Vec<Work<(u64, i64)>>,
    log: MemoryLog,
}

impl Default for Shard {
    fn default() -> Shard {
        let (loading, waiting, work) = (None, Vec::new(), Vec::new());
        Shard { runtime: Runtime::new(0), loading, waiting, work, log: MemoryLog::default() }
    }
}

pub struct World {
    now: Now,
    shards: BTreeMap<String, Shard>,
    current: String,
    shown: Vec<String>,
}

fn show(response: Response) -> String {
    match response {
        Response::Value(n) => n.to_string(),
        Response::Error(error) => error.name().to_owned(),
    }
}

impl World {
    pub fn new() -> World {
        let now = Now { monotonic_us: 1_000_000, wall_ms: 1_700_000_000_000 };
        World { now, shards: BTreeMap::new(), current: "one".to_owned(), shown: Vec::new() }
    }

    fn shard(&mut self) -> &mut Shard {
        self.shards.entry(self.current.clone()).or_default()
    }

    /// Runs one line of a conversation and returns what it showed.
    pub fn run(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = |n: usize| words.get(n).copied().unwrap_or_default();
        let number = |n: usize| word(n).parse::<i64>().unwrap_or_else(|_| panic!("{line}: no number"));
        let name = || word(2).to_owned();
        match word(0) {
            "partition" => self.current = word(1).to_owned(),
            "lead" => {
                let epoch = number(1) as LeaderEpoch;
                let shard = self.shard();
                shard.runtime = Runtime::new(epoch);
                shard.loading = None;
                shard.log.epoch = shard.log.epoch.max(epoch);
            }
            // Another broker leads; this one has not heard of it.
            "deposed" => self.shard().log.epoch = number(1) as LeaderEpoch,
            "load" => self.load(usize::MAX),
            "load-some" => self.load(number(1) as usize),
            "crash" => {
                let shard = self.shard();
                let epoch = shard.runtime.epoch();
                (shard.runtime, shard.loading) = (Runtime::new(epoch), None);
                (shard.waiting, shard.work) = (Vec::new(), Vec::new());
            }
            "unreadable" => self.step(Input::Unreadable),
            "resign" => self.step(Input::Resign),
            "fail" => self.shard().log.fails = ErrorCode::ALL.iter().copied().find(|error| error.name() == word(1)),
            "lie" => self.shard().log.lies = Some(word(1).to_owned()),
            // What another epoch left in the log.
            "stored" => self.store((number(1), word(2), word(3)), None),
            "marker" => self.store((number(1), "", ""), Some((number(2), word(3) == "commit"))),
            "add" => self.ask(word(1), Request::Add { name: name(), n: number(3) }),
            "get" => self.ask(word(1), Request::Get { name: name() }),
            "reach" => self.ask(word(1), Request::Reach { name: name(), n: number(3) }),
            "sum" => self.ask(word(1), Request::Sum),
            "unwanted" => self.step(Input::Notice(word(1).to_owned())),
            "work" => {
                for work in std::mem::take(&mut self.shard().work) {
                    self.step(Input::Done(work()));
                }
            }
            "committed" => self.committed(number(1)),
            "not-committed" => self.not_committed(word(1)),
            "wait" => self.wait(number(1) as u64),
            "deadline" => {
                let next = self.shard().runtime.next_deadline_us();
                let in_ms = next.map(|at| at.saturating_sub(self.now.monotonic_us) / 1000);
                self.shown.push(in_ms.map_or("none".to_owned(), |ms| format!("in {ms} ms")));
            }
            other => panic!("no such command: {other}"),
        }
        std::mem::take(&mut self.shown)
    }

    fn store(&mut self, (offset, key, value): (Offset, &str, &str), marker: Option<(i64, bool)>) {
        let value = Some(value).filter(|value| *value != "gone").map(|value| value.as_bytes().to_vec());
        let record = Record { key: key.as_bytes().to_vec(), value };
        let log = &mut self.shard().log;
        log.records.push(Stored { offset, record, marker });
        log.end = log.end.max(offset + 1);
    }

    /// Reads so many records more; after the last one the machine is handed over.
    fn load(&mut self, count: usize) {
        let shard = self.shard();
        let (mut loading, done) = shard.loading.take().unwrap_or((Loading::new(Counters::default(), 0), 0));
        let mut shown = Vec::new();
        for stored in shard.log.records.iter().skip(done).take(count) {
            let (offset, value) = (stored.offset, stored.record.value.as_deref());
            let taken = match stored.marker {
                Some((producer_id, committed)) => loading.marker(offset, producer_id, committed),
                None => loading.record(StoredRecord { offset, producer_id: -1, key: &stored.record.key, value }),
            };
            match taken {
                Ok(()) => {}
                Err(LoadError::Unreadable(error)) => shown.push(format!("record {offset} left aside: {error}")),
                Err(LoadError::Broken(what)) => {
                    self.shown.extend(shown);
                    return self.step(Input::Broken(what));
                }
            }
        }
        let done = done.saturating_add(count);
        if done < shard.log.records.len() {
            shard.loading = Some((loading, done));
            return self.shown.extend(shown);
        }
        let end = shard.log.end;
        self.shown.extend(shown);
        match loading.finish(end) {
            Ok(loaded) => self.step(Input::Loaded(loaded)),
            Err(error) => panic!("{error:?}"),
        }
    }

    fn ask(&mut self, who: &str, request: Request) {
        self.step(Input::Request(request, who.to_owned()));
    }

    fn step(&mut self, input: Input<Counters, String>) {
        let now = self.now;
        let shard = self.shard();
        let weight = shard.runtime.weight(now, &input);
        let is_loaded = matches!(input, Input::Loaded(_));
        let effects = shard.runtime.step(now, input, &MAX, &mut shard.log);
        let mut shown = std::mem::take(&mut shard.log.shown);
        if weight == coordinator::Weight::Large && !is_loaded {
            shown.insert(0, "large".to_owned());
        }
        let Effects { replies, after_commit, committed_at, work, left_aside, broken } = effects;
        shown.extend(replies.into_iter().map(|(who, response)| format!("{who}: {}", show(response))));
        for (who, response) in after_commit {
            shown.push(format!("{who}: {} when {committed_at} is committed", show(response)));
            shard.waiting.push((committed_at, who, response));
        }
        if !work.is_empty() {
            shown.push(format!("{} computed elsewhere", work.len()));
        }
        shard.work.extend(work);
        shown.extend(left_aside.into_iter().map(|(offset, error)| format!("own record {offset}: {error}")));
        shown.extend(broken.map(|what| format!("out of service: {what}")));
        self.shown.extend(shown);
    }

    fn committed(&mut self, high_watermark: Offset) {
        let shard = self.shard();
        let waiting = std::mem::take(&mut shard.waiting);
        let (done, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(at, ..)| *at <= high_watermark);
        shard.waiting = rest;
        self.shown.extend(done.into_iter().map(|(_, who, response)| format!("{who}: {}", show(response))));
    }

    fn not_committed(&mut self, error: &str) {
        let error = ErrorCode::ALL.iter().copied().find(|e| e.name() == error).unwrap();
        let failed = |response| show(<Counters as coordinator::Machine>::fail(response, error));
        let waiting = std::mem::take(&mut self.shard().waiting);
        self.shown.extend(waiting.into_iter().map(|(_, who, response)| format!("{who}: {}", failed(response))));
    }

    fn wait(&mut self, ms: u64) {
        self.now.monotonic_us += ms * 1000;
        self.now.wall_ms += ms as i64;
        self.step(Input::Timer);
    }
}
