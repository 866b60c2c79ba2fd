//! `cargo run --release -p bench -- --kafka-bin DIR [--rows a,b] [--quick] [--out FILE]`: puts the same load on Ottla and
//! on Apache Kafka, group of rows by group of rows and one broker after the other, and prints both figures, their ratio
//! and the goal. `--list` names the groups.
//!
//! CPU is the broker's own, from /proc; the load's own is not counted. Numbers of one run are comparable with each other
//! and with nothing else.

mod arguments;
mod broker;
mod floor;
mod load;
mod measure;
mod process;
mod rdkafka;
mod report;
mod rows;
mod session;
mod setting;
mod settle;
mod three;
mod topics;
mod wire;

use arguments::Arguments;
use broker::{Broker, Kind, Place};
use measure::{Group, Load};
use rdkafka::Api;
use report::Results;
use session::Session;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) if arguments.list => {
            rows::all().for_each(|group| println!("{:<16}{}", group.name, group.about));
            ExitCode::SUCCESS
        }
        Ok(Arguments { floor_server: Some(port), dir, .. }) => match floor::serve(port, &dir) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("bench: {message}");
                ExitCode::FAILURE
            }
        },
        Ok(arguments) => run(&arguments),
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> ExitCode {
    let librdkafka = Api::load().inspect_err(|error| eprintln!("bench: without librdkafka: {error}")).ok();
    let mut run = Run {
        place: Place::new(arguments.dir.clone(), arguments.first_port),
        quick: arguments.quick,
        librdkafka: librdkafka.as_ref(),
        contestants: contestants(arguments),
        rounds: arguments.rounds,
        results: Results::default(),
    };
    for group in rows::all().filter(|group| arguments.wants(group)) {
        run.group(group);
    }
    let text = report::markdown(
        &setting::setting(arguments, librdkafka.as_ref()),
        &rows::all().copied().collect::<Vec<_>>(),
        &run.results,
    );
    println!("{text}");
    if let Some(out) = &arguments.out
        && let Err(error) = std::fs::write(out, &text)
    {
        eprintln!("bench: {}: {error}", out.display());
        return ExitCode::FAILURE;
    }
    if run.results.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn contestants(arguments: &Arguments) -> Vec<Contestant> {
    let of = |kind: Kind, rounds: usize| Contestant { kind, shared: None, rounds };
    let rounds = arguments.rounds;
    let mut contestants = vec![of(Kind::Ottla(arguments.ottla.clone()), rounds)];
    contestants.extend(arguments.before.clone().map(|binary| of(Kind::Before(binary), rounds)));
    contestants.extend(arguments.floor.then_some(of(Kind::Floor, rounds)));
    let kafka_rounds = arguments.kafka_rounds.unwrap_or(rounds);
    contestants.extend(arguments.kafka_bin.clone().map(|bin| of(Kind::Kafka(bin), kafka_rounds)));
    contestants
}

/// A kind of broker, with the process that the shared groups use.
struct Contestant {
    kind: Kind,
    shared: Option<Broker>,
    /// In so many rounds it takes part.
    rounds: usize,
}

struct Run<'a> {
    place: Place,
    quick: bool,
    librdkafka: Option<&'a Api>,
    contestants: Vec<Contestant>,
    rounds: usize,
    results: Results,
}

impl Run<'_> {
    /// Measures one group on every kind of broker, in turn and round by round; what fails is noted, and the run goes on.
    fn group(&mut self, group: &Group) {
        eprintln!("{}: {}", group.name, group.about);
        if group.needs_librdkafka && self.librdkafka.is_none() {
            self.results.skipped.push(format!("{}: librdkafka is not on this machine", group.name));
            return;
        }
        if matches!(group.load, Load::Fresh(_)) {
            self.contestants.iter_mut().for_each(|contestant| contestant.shared = None);
        }
        for round in 0..self.rounds {
            // Who comes first changes, so that what drifts meets all of them.
            let order: Vec<usize> = (0..self.contestants.len()).collect();
            let order = if round % 2 == 0 { order } else { order.into_iter().rev().collect() };
            order.into_iter().for_each(|contestant| self.measure(group, round, contestant));
        }
    }

    fn measure(&mut self, group: &Group, round: usize, contestant: usize) {
        let Some(contestant) = self.contestants.get_mut(contestant) else { return };
        let kind = contestant.kind.clone();
        if round >= contestant.rounds || (matches!(kind, Kind::Floor) && !group.has_floor) {
            return;
        }
        let mut session = Session {
            kind: &kind,
            group,
            place: &self.place,
            quick: self.quick,
            librdkafka: self.librdkafka,
            figures: Vec::new(),
        };
        let begun = Instant::now();
        let result = contestant.measure(&mut session);
        eprintln!("  {:<8}took {:.0} s", kind.name(), begun.elapsed().as_secs_f64());
        self.results.figures_of(&kind).append(&mut session.figures);
        if let Err(error) = result {
            eprintln!("  {} failed: {error}", kind.name());
            self.results.failed.push(format!("{}, {}: {error}", group.name, kind.name()));
            // What is left of it would spoil the next group.
            contestant.shared = None;
        }
    }
}

impl Contestant {
    fn measure(&mut self, session: &mut Session) -> Result<(), String> {
        match session.group.load {
            Load::Fresh(run) => run(session),
            Load::Shared(run) => {
                if self.shared.is_none() {
                    let broker = session.start()?;
                    rows::warm(session, &broker)?;
                    self.shared = Some(broker);
                }
                self.shared.as_ref().map_or(Ok(()), |broker| run(session, broker))
            }
        }
    }
}
