//! Counters. A record is a counter's name and its value; a tombstone removes it.

use base::{ErrorCode, Now, ProducerId};
use coordinator::{Machine, Plan, Record, Reply, StoredRecord, Weight, Work};
use std::collections::BTreeMap;

/// Whoever waits for a value waits this long.
const PATIENCE_US: u64 = 1_000_000;
/// More at once is no work for an event loop.
const SMALL_MAX: i64 = 1_000;

pub enum Request {
    Add {
        name: String,
        n: i64,
    },
    Get {
        name: String,
    },
    /// Answered when the counter has reached the value, or after a second.
    Reach {
        name: String,
        n: i64,
    },
    /// The sum of all counters, computed elsewhere.
    Sum,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Response {
    Value(i64),
    Error(ErrorCode),
}

struct Waiting {
    token: u64,
    name: String,
    n: i64,
    deadline_us: u64,
}

#[derive(Default)]
pub struct Counters {
    values: BTreeMap<String, i64>,
    waiting: Vec<Waiting>,
    /// Waits that the plan in flight answers.
    in_flight: Vec<Waiting>,
    sums: Vec<(u64, Vec<i64>)>,
    /// Who waits for a sum that is computed.
    summing: Vec<u64>,
}

fn record(name: &str, value: Option<i64>) -> Record {
    Record { key: name.as_bytes().to_vec(), value: value.map(|n| n.to_string().into_bytes()) }
}

impl Machine for Counters {
    type Request = Request;
    type Response = Response;
    /// The highest value that a counter may have.
    type View<'a> = i64;
    /// A counter is no longer wanted.
    type Notice = String;
    type Done = (u64, i64);
    type ReplayError = String;

    fn replay(&mut self, record: StoredRecord<'_>) -> Result<(), String> {
        let name = String::from_utf8_lossy(record.key).into_owned();
        let Some(value) = record.value else {
            self.values.remove(&name);
            return Ok(());
        };
        let value = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        self.values.insert(name, value.ok_or("no number")?);
        Ok(())
    }

    fn replay_marker(&mut self, producer_id: ProducerId, committed: bool) {
        self.values.insert(format!("producer-{producer_id}"), i64::from(committed));
    }

    /// Whoever loads counts how often.
    fn loaded(&mut self, _: Now) -> Plan<Response> {
        let loads = self.values.get("loads").copied().unwrap_or(0) + 1;
        Plan { records: vec![record("loads", Some(loads))], replies: Vec::new() }
    }

    fn plan(&mut self, now: Now, max: &i64, request: Request, token: u64) -> Plan<Response> {
        self.in_flight.clear();
        let mut plan = Plan::default();
        match request {
            Request::Get { name } => {
                let value = self.values.get(&name).copied().unwrap_or(0);
                plan.reply_after_commit(token, Response::Value(value));
            }
            Request::Reach { name, n } => {
                self.waiting.push(Waiting { token, name, n, deadline_us: now.monotonic_us + PATIENCE_US });
            }
            Request::Sum => self.sums.push((token, self.values.values().copied().collect())),
            Request::Add { name, n } => {
                let value = self.values.get(&name).copied().unwrap_or(0) + n;
                if value > *max {
                    plan.reply(token, Response::Error(ErrorCode::InvalidRequest));
                    return plan;
                }
                plan.records.push(record(&name, Some(value)));
                plan.reply_after_commit(token, Response::Value(value));
                let waiting = std::mem::take(&mut self.waiting);
                let (reached, rest) = waiting.into_iter().partition(|w| w.name == name && w.n <= value);
                self.waiting = rest;
                self.in_flight = reached;
                for wait in &self.in_flight {
                    plan.reply_after_commit(wait.token, Response::Value(value));
                }
            }
        }
        plan
    }

    fn on_timer(&mut self, now: Now) -> Plan<Response> {
        self.in_flight.clear();
        let mut plan = Plan::default();
        self.waiting.retain(|wait| {
            if wait.deadline_us <= now.monotonic_us {
                plan.reply(wait.token, Response::Error(ErrorCode::RequestTimedOut));
            }
            wait.deadline_us > now.monotonic_us
        });
        plan
    }

    fn next_deadline_us(&self) -> Option<u64> {
        self.waiting.iter().map(|wait| wait.deadline_us).min()
    }

    fn notice(&mut self, _: Now, name: &String) -> Vec<Plan<Response>> {
        self.in_flight.clear();
        let known = self.values.contains_key(name);
        known.then(|| Plan { records: vec![record(name, None)], replies: Vec::new() }).into_iter().collect()
    }

    fn take_work(&mut self) -> Option<Work<(u64, i64)>> {
        let (token, values) = self.sums.pop()?;
        self.summing.push(token);
        Some(Box::new(move || (token, values.iter().sum())))
    }

    fn work_done(&mut self, _: Now, (token, sum): (u64, i64)) -> Plan<Response> {
        self.in_flight.clear();
        self.summing.retain(|summing| *summing != token);
        let mut plan = Plan::default();
        plan.reply(token, Response::Value(sum));
        plan
    }

    /// Whoever was about to be told that its value is reached goes on waiting.
    fn append_failed(&mut self, _: Now, failed: Plan<Response>, error: ErrorCode) -> Plan<Response> {
        let reverted = std::mem::take(&mut self.in_flight);
        let answers_of_others = |reply: &Reply<Response>| !reverted.iter().any(|wait| wait.token == reply.token);
        let mut plan = Plan::default();
        for reply in failed.replies.into_iter().filter(answers_of_others) {
            plan.reply(reply.token, Counters::fail(reply.response, error));
        }
        self.waiting.extend(reverted);
        plan
    }

    fn resign(&mut self, error: ErrorCode) -> Vec<Reply<Response>> {
        let summing = std::mem::take(&mut self.summing);
        let tokens = std::mem::take(&mut self.waiting).into_iter().map(|wait| wait.token).chain(summing);
        tokens.map(|token| Reply { token, response: Response::Error(error), after_commit: false }).collect()
    }

    fn refuse(_: &Request, error: ErrorCode) -> Response {
        Response::Error(error)
    }

    fn fail(_: Response, error: ErrorCode) -> Response {
        Response::Error(if error == ErrorCode::NotLeaderOrFollower { ErrorCode::NotCoordinator } else { error })
    }

    fn request_weight(&self, request: &Request) -> Weight {
        match request {
            Request::Add { n, .. } if *n > SMALL_MAX => Weight::Large,
            _ => Weight::Small,
        }
    }

    fn timer_weight(&self, _: Now) -> Weight {
        if self.waiting.len() > 2 { Weight::Large } else { Weight::Small }
    }

    fn notice_weight(&self, _: &String) -> Weight {
        Weight::Small
    }
}
