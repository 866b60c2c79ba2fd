//! `cargo xtask sim --seed N` | `--minutes M [--from N]`: runs schedules and ends with an error at the first violation.

use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    if let Some(seed) = value("--seed") {
        let (first, second) = (sim::run_seed(seed), sim::run_seed(seed));
        println!("{first:#?}");
        if first != second {
            println!("the same seed gave another trace: {second:#?}");
        }
        std::process::exit(i32::from(!first.violations.is_empty() || first != second));
    }
    let limit = Duration::from_secs(value("--minutes").map_or(value("--seconds").unwrap_or(60), |m| m * 60));
    let from = value("--from").unwrap_or(1);
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
