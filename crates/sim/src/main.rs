//! `cargo xtask sim --seed N` | `--minutes M [--from N]`: runs schedules and ends with an error at the first violation.
//! `--trace N` shows what the node and the world do in one seed (RUST_LOG filters).
//! `cargo xtask mutants [--only NAME,..] [--seeds N] [--from N]`: hunts historical bugs, and ends with an error if one is
//! not found.

use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let value = |name: &str| text(name)?.parse::<u64>().ok();
    let from = value("--from").unwrap_or(1);
    if arguments.iter().any(|argument| argument == "--mutants") {
        std::process::exit(i32::from(!hunt_all(text("--only"), from, value("--seeds").unwrap_or(400))));
    }
    if let Some(seed) = value("--trace") {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "debug".into());
        tracing_subscriber::fmt().with_env_filter(filter).without_time().with_ansi(false).init();
        println!("{:#?}", sim::run_seed(seed));
        return;
    }
    if let Some(seed) = value("--seed") {
        let (first, second) = (sim::run_seed(seed), sim::run_seed(seed));
        println!("{first:#?}");
        if first != second {
            println!("the same seed gave another trace: {second:#?}");
        }
        std::process::exit(i32::from(!first.violations.is_empty() || first != second));
    }
    let limit = Duration::from_secs(value("--minutes").map_or(value("--seconds").unwrap_or(60), |m| m * 60));
    let (begun, mut seed, mut acknowledged, mut failed) = (Instant::now(), from, 0, 0);
    while begun.elapsed() < limit {
        let report = sim::run_seed(seed);
        acknowledged += report.acknowledged;
        if !report.violations.is_empty() {
            failed += 1;
            println!("seed {seed}: {:#?}", report.violations);
        }
        seed += 1;
    }
    let schedules = seed - from;
    let an_hour = schedules as f64 / begun.elapsed().as_secs_f64() * 3600.0;
    println!("{schedules} schedules, {acknowledged} values acknowledged, {an_hour:.0} schedules an hour");
    println!("{} passed, {failed} failed", schedules - failed);
    std::process::exit(i32::from(failed > 0));
}

/// Hunts every mutant, or those named, and prints a table. True if all were found.
#[cfg(feature = "mutants")]
fn hunt_all(only: Option<&String>, from: u64, seeds_max: u64) -> bool {
    // A bug may show as an assertion that fails; the table says so.
    std::panic::set_hook(Box::new(|_| {}));
    let named =
        |mutant: &base::Mutant| only.is_none_or(|names| names.split(',').any(|name| name == format!("{mutant:?}")));
    let mut missed = 0;
    println!("| Mutant | Schedules | What showed it |\n|---|---|---|");
    for mutant in base::Mutant::ALL.into_iter().filter(named) {
        match sim::hunt(mutant, from, seeds_max).found {
            Some((_, schedules, violation)) => println!("| {mutant:?} | {schedules} | {violation} |"),
            None => {
                missed += 1;
                println!("| {mutant:?} | NOT FOUND in {seeds_max} | |");
            }
        }
    }
    missed == 0
}

#[cfg(not(feature = "mutants"))]
fn hunt_all(_: Option<&String>, _: u64, _: u64) -> bool {
    eprintln!("this build has no mutants in it: build it with --features mutants");
    false
}
