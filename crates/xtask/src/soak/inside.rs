//! The task where it works: rounds of faults until the time is over. Nobody at the other end of standard input means that
//! whoever wanted this is gone: then everything ends at once.

use crate::error::{During, TaskError};
use crate::place;
use crate::process;
use crate::soak::client::{Load, Notes, Verdict, Workload};
use crate::soak::cluster::{self, BROKERS, CLIENT, CONTROLLERS, Cluster};
use crate::soak::fault::{Aim, Kind};
use crate::soak::node::data_folder;
use crate::soak::report::{Event, Report};
use crate::soak::{Inside, Options, Program, replicas};
use faults::{Dice, FaultError, monotonic_ms};
use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a fault lasts, in seconds: shorter and longer than a broker's session.
const HOLD_S: [u64; 3] = [3, 7, 12];
/// A disk is full for longer than it takes until a directory counts as full (`ottla.full.log.dir.ms`), else the silence is
/// the fault itself.
const FULL_HOLD_S: [u64; 3] = [8, 12, 15];
/// How long a node is away that is started again: also for so short a time that nobody has missed it.
const AWAY_S: [u64; 4] = [0, 3, 7, 12];
/// The load goes on so long before each fault.
const PAUSE: Duration = Duration::from_secs(2);
/// A wall clock stands wrong for longer than a session, and than leaders wait between two looks at who lags.
const CLOCK_HOLD: Duration = Duration::from_secs(16);
const FLOWING_WITHIN: Duration = Duration::from_secs(60);
const WHOLE_WITHIN: Duration = Duration::from_secs(90);
/// What the end takes: the last records are read back, nodes stop, replicas are compared.
const END_RESERVE: Duration = Duration::from_secs(25);
const PARTITIONS: i32 = 6;
/// So many topics stay until the end, when their replicas are compared; older ones make room.
const TOPICS_MAX: usize = 20;
/// Appends are synced before they are acknowledged: these topics lose nothing with the power. Segments are new all the time:
/// a file whose folder was not synced is not there after a cut.
const DURABLE: &[(&str, &str)] = &[("flush.messages", "1"), ("segment.ms", "1000")];

fn unmount_below(folder: &Path) {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let places = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    for place in places.filter(|place| Path::new(place).starts_with(folder)) {
        let _gone_with_the_namespace = Command::new("umount").args(["-l", place]).status();
    }
}

/// Ends everything when standard input ends.
fn watch(folder: PathBuf, has_own_mounts: bool) {
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _ended_either_way = std::io::stdin().read_to_end(&mut rest);
        process::kill_all();
        if has_own_mounts {
            unmount_below(&folder);
        }
        let _what_can_be = std::fs::remove_dir_all(&folder);
        std::process::exit(130);
    });
}

/// Runs the task here; true if nothing failed.
pub fn run(options: &Options, inside: &Inside) -> Result<bool, TaskError> {
    let refused = match &inside.refused {
        None => faults::private_root().err().map(|error| error.to_string()),
        refused => refused.clone(),
    };
    let is_below = inside.scratch.is_absolute() && inside.scratch.starts_with(std::env::temp_dir());
    if !is_below || inside.scratch == std::env::temp_dir() {
        return Err(TaskError::Usage("--inside needs --scratch, a folder below the temporary one".to_owned()));
    }
    watch(inside.scratch.clone(), refused.is_none());
    let program = match (&options.peer, &options.binary) {
        (Some(peer), _) => Program::Kafka(peer.clone()),
        (None, Some(binary)) => Program::Ottla(binary.clone()),
        (None, None) => return Err(TaskError::Usage("--inside needs --binary".to_owned())),
    };
    let tool = options.binary.clone().unwrap_or_default();
    let logs = place::workshop("soak")?.join(if options.peer.is_some() { "kafka" } else { "ottla" });
    let _absent_the_first_time = std::fs::remove_dir_all(&logs);
    std::fs::create_dir_all(&logs).during(format!("make {}", logs.display()))?;
    println!("soak: seed {}, {} s, logs in {}", options.seed, options.time.as_secs(), logs.display());
    let begun = Instant::now();
    let lab = cluster::lab(&inside.scratch, options.seed, refused)?;
    let mut report = Report::default();
    let wanted = |kind: &Kind| options.only.is_empty() || options.only.iter().any(|name| name == kind.name());
    let mut kinds: Vec<Kind> = Kind::ALL.into_iter().filter(wanted).collect();
    kinds.retain(|kind| {
        let reason = kind.impossible(&lab);
        report.not_done.extend(reason.iter().map(|reason| (*kind, reason.clone())));
        reason.is_none()
    });
    let is_dynamic = options.seed.is_multiple_of(2);
    let cluster = Cluster::start((&program, &tool), is_dynamic, lab, &logs)?;
    let quorum = if is_dynamic { "dynamic" } else { "static" };
    println!("soak: six nodes are up after {:.1} s, with a {quorum} quorum", begun.elapsed().as_secs_f64());
    let mut soak = Soak {
        cluster,
        report,
        dice: Dice::new(options.seed),
        python: inside.python.clone(),
        logs,
        segment: 0,
        topics: VecDeque::new(),
        end: begun + options.time.saturating_sub(END_RESERVE),
    };
    if let Err(error) = soak.rounds(&kinds) {
        soak.report.failures.push(error.to_string());
    }
    soak.finish(&kinds);
    let Soak { report, .. } = soak;
    Ok(report.print(begun.elapsed()))
}

struct Soak {
    cluster: Cluster,
    report: Report,
    dice: Dice,
    python: PathBuf,
    logs: PathBuf,
    segment: usize,
    topics: VecDeque<String>,
    end: Instant,
}

impl Soak {
    /// Every kind once a round, in another order each time.
    fn rounds(&mut self, kinds: &[Kind]) -> Result<(), TaskError> {
        let (power, mut others): (Vec<Kind>, Vec<Kind>) = kinds.iter().partition(|kind| **kind == Kind::PowerCut);
        while Instant::now() < self.end && self.report.is_going_on() {
            if !power.is_empty() {
                self.segment("durable", DURABLE, &power.repeat(2))?;
            }
            self.dice.shuffle(&mut others);
            // A topic has some faults; then what it holds is read back.
            for some in others.chunks(5) {
                if Instant::now() < self.end && self.report.is_going_on() {
                    self.segment("plain", &[], some)?;
                }
            }
            if kinds.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// A topic, its load, some faults, and its end.
    fn segment(&mut self, name: &str, configs: &'static [(&str, &str)], kinds: &[Kind]) -> Result<(), TaskError> {
        self.segment += 1;
        let topic = format!("{name}-{}", self.segment);
        self.cluster.create_topic(&topic, PARTITIONS, configs).map_err(TaskError::Broker)?;
        self.cluster.wait_whole(WHOLE_WITHIN).map_err(TaskError::Broker)?;
        let workload = Workload::new(&self.python, &self.cluster.bootstrap(), &topic, PARTITIONS, &self.logs);
        let mut load = workload.begin(&self.cluster.lab.hosts[CLIENT])?;
        let mut events = Vec::new();
        let mut outcome = load.wait_flowing(FLOWING_WITHIN);
        for kind in kinds {
            if outcome.is_err() || Instant::now() > self.end {
                break;
            }
            std::thread::sleep(PAUSE);
            outcome = self.fault(*kind, &mut load).map(|event| events.extend(event));
        }
        let reasons = [outcome, load.end()].into_iter().filter_map(Result::err);
        self.report.failures.extend(reasons.map(|reason| format!("{topic}: {reason}")));
        let verdict = workload.verify(&self.cluster.lab.hosts[CLIENT]);
        let notes = Notes::read(&workload.notes)?;
        let is_well = matches!(&verdict, Ok(verdict) if verdict.is_well());
        self.take(&topic, events, verdict, &notes);
        if is_well {
            std::fs::remove_file(&workload.notes).during("remove the client's notes")?;
        }
        self.topics.push_back(topic);
        if self.topics.len() <= TOPICS_MAX {
            return Ok(());
        }
        let oldest = self.topics.pop_front().unwrap_or_default();
        self.cluster.delete_topic(&oldest).map_err(TaskError::Broker)
    }

    /// One fault, or two at once, from before to when nothing is missing any more. No event: this machine does not have it.
    fn fault(&mut self, kind: Kind, load: &mut Load) -> Result<Option<Event>, String> {
        let aims = kind.aim(&self.cluster, &mut self.dice);
        let names: Vec<String> = aims.iter().map(|aim| aim.describe(&self.cluster)).collect();
        let name = names.join(", ");
        let hold = match kind {
            Kind::PowerCut | Kind::Rolling => Duration::ZERO,
            Kind::Clock => CLOCK_HOLD,
            Kind::KillBroker | Kind::KillController | Kind::PowerCutOne => {
                Duration::from_secs(self.dice.one_of(&AWAY_S).unwrap_or(0))
            }
            Kind::FullDisk => Duration::from_secs(self.dice.one_of(&FULL_HOLD_S).unwrap_or(8)),
            _ => Duration::from_secs(self.dice.one_of(&HOLD_S).unwrap_or(3)),
        };
        let changes_before = self.cluster.count_changes();
        let begun_ms = monotonic_ms();
        let outcome = self.make(&aims, hold);
        let undone_ms = monotonic_ms();
        if let Err(TaskError::Fault(error @ FaultError::Clock { .. })) = &outcome {
            self.report.not_done.push((kind, error.to_string()));
            return Ok(None);
        }
        let outcome = outcome.map_err(|error| error.to_string()).and_then(|()| {
            self.cluster.wait_whole(WHOLE_WITHIN)?;
            load.wait_flowing(FLOWING_WITHIN)
        });
        let whole_ms = monotonic_ms();
        let accidents: Vec<String> = self.cluster.accidents.drain(..).collect();
        let changes = self.cluster.count_changes().and_then(|after| Ok(after.since(changes_before?)));
        println!(
            "  {name}: {:.1} s, whole after {:.1} s more",
            ms_to_s(undone_ms - begun_ms),
            ms_to_s(whole_ms - undone_ms)
        );
        self.report.failures.extend(accidents.into_iter().map(|text| format!("{name}: {text}")));
        outcome.map_err(|reason| format!("{name}: {reason}"))?;
        Ok(Some(Event { kind, begun_ms, undone_ms, whole_ms, changes: changes.ok(), ..Event::default() }))
    }

    fn make(&mut self, aims: &[Aim], hold: Duration) -> Result<(), TaskError> {
        let mut outcome = Ok(());
        for aim in aims {
            outcome = outcome.and_then(|()| aim.begin(&mut self.cluster));
        }
        std::thread::sleep(hold);
        for aim in aims {
            outcome = outcome.and(aim.end(&mut self.cluster));
        }
        outcome
    }

    /// What a topic's segment showed.
    fn take(&mut self, topic: &str, mut events: Vec<Event>, verdict: Result<Verdict, TaskError>, notes: &Notes) {
        for event in &mut events {
            event.fill_in(notes);
        }
        match verdict {
            Ok(verdict) => {
                println!("  {topic}: {} acknowledged, {} lost", verdict.acknowledged, verdict.lost);
                self.report.take(topic, &verdict, &mut events);
            }
            Err(error) => self.report.failures.push(format!("{topic}: {error}")),
        }
        self.report.events.extend(events);
    }

    /// The nodes end in order, and their replicas are compared.
    fn finish(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            let report = &self.report;
            let is_told = report.events.iter().any(|event| event.kind == *kind)
                || report.not_done.iter().any(|(other, _)| other == kind);
            if !is_told {
                self.report.not_done.push((*kind, "the time was over".to_owned()));
            }
        }
        if let Err(reason) = self.cluster.wait_whole(WHOLE_WITHIN) {
            self.report.failures.push(format!("at the end: {reason}"));
        }
        self.cluster.stop();
        self.report.failures.append(&mut self.cluster.accidents);
        self.report.failures.extend(self.cluster.nodes.iter().filter_map(|node| node.panic()));
        let hosts: Vec<_> = self.cluster.lab.hosts.iter().skip(CONTROLLERS).take(BROKERS).collect();
        let compared = replicas::compare(&hosts);
        println!("soak: {} partitions, {} bytes each on three replicas", compared.partitions, compared.bytes);
        self.report.failures.extend(compared.differences);
        if !self.report.failures.is_empty() {
            self.keep_data();
        }
    }

    /// What the nodes have on their disks, beside their logs: for whoever looks for the cause.
    fn keep_data(&self) {
        for host in self.cluster.lab.hosts.iter().take(CLIENT) {
            let to = self.logs.join(format!("data-{}", host.number + 1));
            let _as_much_as_there_is = Command::new("cp").arg("-r").arg(data_folder(host)).arg(to).status();
        }
    }
}

fn ms_to_s(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}
