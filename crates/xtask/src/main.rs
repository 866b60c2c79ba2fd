//! `cargo xtask TASK`: what developers and CI run. Nothing here is part of the product.

mod broker;
mod core_tests;
mod diff;
mod error;
mod full;
mod fuzz;
mod hostile;
mod interop;
mod place;
mod process;
mod report;
mod soak;
mod test;
mod words;

use error::TaskError;

/// Runs the simulator, optimised and with assertions: thousands of schedules an hour.
fn simulate(options: &[&str], arguments: &[String]) -> Result<bool, TaskError> {
    let mut command = std::process::Command::new("cargo");
    command.args(["run", "--quiet", "--profile", "sim", "--package", "sim"]).args(options);
    command.args(arguments).current_dir(place::root());
    let status = command.status().map_err(|error| TaskError::Usage(format!("cargo cannot be run: {error}")))?;
    Ok(status.success())
}

const USAGE: &str = "\
usage: cargo xtask TASK

  test [--core | --interop] [--only SUITE[,SUITE]] [--release | --binary FILE]
                         all tests: the workspace's own, then real clients against a broker.
                         --list names the suites; --table writes their results into docs/interop.md.
  test --against HOST:PORT --only SUITE[,SUITE]
                         suites against a broker that runs already, such as Apache Kafka
                         With --binary FILE the node is that program, and nothing is built.
  sim [--seed N | --minutes M | --seconds S] [--from N]
                         whole simulated nodes with faults; a seed runs twice and must give one trace
  mutants [--only NAME[,NAME]] [--seeds N] [--from N]
                         switches historical bugs on, one by one, and fails if the simulator misses one
  fuzz [--seconds N] [--family NAME] [--seed S] [--keep]
                         hostile bytes for the codecs of every family of messages, N seconds in all (120);
                         --keep adds what came far to crates/fuzz/corpus
  full bombs [--binary FILE]
                         what CI has no time or no quiet machine for (docs/ci.md), with a release build or that program:
                         how long a canary waits while decompression bombs come in; fails beyond 20 ms more at p99
  soak [--hours N | --minutes N] [--seed S] [--only FAULT[,FAULT]] [--binary FILE] [--peer DIR] [--loopback]
                         three controllers and three brokers as real processes under faults while librdkafka writes
                         (docs/faults.md); --peer: Apache Kafka's nodes instead, from a folder with its `libs`.
                         As root every node has a network namespace and a disk of its own.
  hostile [--only TEXT] [--binary FILE | --against HOST:PORT]
                         replays malformed and extreme frames, compares the answers with Apache Kafka's
  diff [--only NAME[,NAME]] [--binary FILE] [--table] [--messages] [--steps] [--port N]
                         plays interop/diff/scenarios and compares the answers with Apache Kafka's that are kept;
                         --table writes docs/diff.md
  diff --kafka-bin DIR --record
                         starts Apache Kafka from its scripts' folder and keeps its answers
  diff --against HOST:PORT[,CONTROLLER] [--record]
                         the same with a node that runs already

In CI (CI=true) a suite that cannot run is a failure; elsewhere it is named and counted as skipped.
";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match task {
        "test" => test::run(rest),
        "diff" => diff::run(rest),
        "full" => full::run(rest),
        "fuzz" => fuzz::run(rest),
        "hostile" => hostile::run(rest),
        "soak" => soak::run(rest),
        "sim" => simulate(&["--"], rest),
        "mutants" => simulate(&["--features", "mutants", "--", "--mutants"], rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        _ => Err(TaskError::Usage(format!("there is no task `{task}`\n\n{USAGE}"))),
    };
    match outcome {
        Ok(true) => {}
        Ok(false) => std::process::exit(1),
        Err(error) => {
            eprintln!("xtask: {error}");
            std::process::exit(2);
        }
    }
}
