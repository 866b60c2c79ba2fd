//! `cargo xtask sim --seed N` | `--minutes M [--from N]`: runs schedules and ends with an error at the first violation.
//! With `--cluster` of a controller and brokers, with `--single` of single nodes, else of both in turn.
//! `--trace N` shows what the node and the world do in one seed (RUST_LOG filters).
//! `cargo xtask mutants [--only NAME,..] [--seeds N] [--from N]`: hunts historical bugs, and ends with an error if one is
//! not found, or if a seed fails without it as well. With `--with NAME` all of the above runs with that bug.

#[cfg(feature = "mutants")]
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let value = |name: &str| text(name)?.parse::<u64>().ok();
    let from = value("--from").unwrap_or(1);
    let is_given = |name: &str| arguments.iter().any(|argument| argument == name);
    let kinds: &[fn(u64) -> sim::Report] = match (is_given("--cluster"), is_given("--single")) {
        (true, false) => &[sim::run_cluster],
        (false, true) => &[sim::run_seed],
        _ => &[sim::run_seed, sim::run_cluster],
    };
    if arguments.iter().any(|argument| argument == "--mutants") {
        std::process::exit(i32::from(!hunt_all(text("--only"), from, value("--seeds").unwrap_or(3_000))));
    }
    if let Some(name) = text("--with") {
        switch_on(name);
    }
    if let Some(seed) = value("--trace") {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "debug".into());
        tracing_subscriber::fmt().with_env_filter(filter).without_time().with_ansi(false).init();
        kinds.iter().for_each(|run| println!("{:#?}", run(seed)));
        return;
    }
    if let Some(seed) = value("--seed") {
        let mut failed = false;
        for run in kinds {
            let (first, second) = (run(seed), run(seed));
            println!("{first:#?}");
            if first != second {
                println!("the same seed gave another trace: {second:#?}");
            }
            failed |= !first.violations.is_empty() || first != second;
        }
        std::process::exit(i32::from(failed));
    }
    let limit = Duration::from_secs(value("--minutes").map_or(value("--seconds").unwrap_or(60), |m| m * 60));
    let (begun, mut seed, mut acknowledged, mut failed) = (Instant::now(), from, 0, 0);
    while begun.elapsed() < limit {
        for run in kinds {
            let report = run(seed);
            acknowledged += report.acknowledged;
            if !report.violations.is_empty() {
                failed += 1;
                println!("seed {seed}, {}: {:#?}", report.kind, report.violations);
            }
        }
        seed += 1;
    }
    let schedules = (seed - from) * kinds.len() as u64;
    let an_hour = schedules as f64 / begun.elapsed().as_secs_f64() * 3600.0;
    println!("{schedules} schedules, {acknowledged} values acknowledged, {an_hour:.0} schedules an hour");
    println!("{} passed, {failed} failed", schedules - failed);
    std::process::exit(i32::from(failed > 0));
}

#[cfg(feature = "mutants")]
fn switch_on(name: &str) {
    base::set_mutant(base::Mutant::ALL.into_iter().find(|mutant| format!("{mutant:?}") == name));
}

#[cfg(not(feature = "mutants"))]
fn switch_on(_: &str) {}

/// Hunts every mutant, or those named, and prints a table. True if all were found, and no seed failed without one.
#[cfg(feature = "mutants")]
fn hunt_all(only: Option<&String>, from: u64, seeds_max: u64) -> bool {
    // A bug may show as an assertion that fails; the table says so.
    std::panic::set_hook(Box::new(|_| {}));
    let named =
        |mutant: &base::Mutant| only.is_none_or(|names| names.split(',').any(|name| name == format!("{mutant:?}")));
    let (mut missed, mut others) = (0, BTreeMap::new());
    println!("| Mutant | Schedules | What showed it |\n|---|---|---|");
    for mutant in base::Mutant::ALL.into_iter().filter(named) {
        let hunt = sim::hunt(mutant, from, seeds_max);
        for (seed, violation) in hunt.others {
            eprintln!("A BUG OF ITS OWN: {mutant:?}, seed {seed} fails without the mutant as well: {violation}");
            others.insert((mutant.is_of_clusters(), seed), violation);
        }
        match hunt.found {
            Some((_, schedules, violation)) => println!("| {mutant:?} | {schedules} | {violation} |"),
            None => {
                missed += 1;
                println!("| {mutant:?} | NOT FOUND in {seeds_max} | |");
            }
        }
    }
    for ((is_of_clusters, seed), violation) in &others {
        let kind = if *is_of_clusters { "--cluster" } else { "--single" };
        println!("A BUG OF ITS OWN: {kind} --seed {seed} fails without any mutant: {violation}");
    }
    missed == 0 && others.is_empty()
}

#[cfg(not(feature = "mutants"))]
fn hunt_all(_: Option<&String>, _: u64, _: u64) -> bool {
    eprintln!("this build has no mutants in it: build it with --features mutants");
    false
}
