//! The command line that all fuzz binaries share.

use crate::{Engine, Finding, corpus, engine, family};
use std::path::PathBuf;
use std::process::exit;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One input may take so long.
const INPUT_SECONDS_MAX: u64 = 10;

static RUNS: AtomicU64 = AtomicU64::new(0);
static CURRENT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Options {
    seconds: Option<f64>,
    runs: Option<u64>,
    seed: u64,
    input: Option<PathBuf>,
    keep: bool,
}

fn usage(name: &str) -> ! {
    eprintln!("usage: {name} [--seconds N | --runs N] [--seed S] [--keep] [INPUT]");
    eprintln!("  INPUT   runs this file alone; --keep adds what came far to the corpus");
    exit(2)
}

fn options(name: &str) -> Options {
    let mut options = Options { seconds: None, runs: None, seed: 1, input: None, keep: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse::<f64>().ok()).unwrap_or_else(|| usage(name));
        match word.as_str() {
            "--seconds" => options.seconds = Some(number()),
            "--runs" => options.runs = Some(number() as u64),
            "--seed" => options.seed = number() as u64,
            "--keep" => options.keep = true,
            _ if word.starts_with('-') => usage(name),
            _ => options.input = Some(PathBuf::from(word)),
        }
    }
    options
}

/// Runs the family called `name` as the arguments say; ends the process with 1 when something was found.
pub fn main(name: &'static str) {
    let family = family(name).unwrap_or_else(|| usage(name));
    let options = options(name);
    if let Some(path) = &options.input {
        let input = std::fs::read(path).unwrap_or_else(|error| {
            eprintln!("{}: {error}", path.display());
            exit(2)
        });
        println!("{name}: feature {:016x}", (family.run)(&input));
        return;
    }
    std::thread::spawn(move || watch(name));
    let start = Instant::now();
    let seconds = options.seconds.or(if options.runs.is_some() { None } else { Some(10.0) });
    let is_over = |runs: u64| {
        options.runs.is_some_and(|limit| runs >= limit)
            || (runs.is_multiple_of(16) && seconds.is_some_and(|limit| start.elapsed().as_secs_f64() >= limit))
    };
    let mut engine = Engine::new(family, options.seed).unwrap_or_else(|finding| report(name, &finding));
    let mut runs = 0;
    while !is_over(runs) {
        let input = engine.next_input();
        CURRENT.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&input);
        RUNS.fetch_add(1, Ordering::Relaxed);
        runs += 1;
        if let Err(finding) = engine.try_input(input) {
            report(name, &shrink(name, finding));
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    let (rate, found) = (runs as f64 / elapsed, engine.found().len());
    println!("{name}: {runs} inputs in {elapsed:.1} s, {rate:.0} a second, {found} features beyond the corpus");
    if options.keep {
        match corpus::keep(family, engine.found()) {
            Ok(added) => println!("{name}: {added} inputs were added to the corpus"),
            Err(error) => eprintln!("{name}: the corpus cannot be written: {error}"),
        }
    }
}

/// Leaves out what the failure does not need, for at most a second.
fn shrink(name: &str, finding: Finding) -> Finding {
    let (Some(family), start) = (family(name), Instant::now()) else { return finding };
    std::panic::set_hook(Box::new(|_| {}));
    let mut best = finding;
    let mut step = (best.input.len() / 2).max(1);
    loop {
        let mut at = 0;
        while at < best.input.len() && start.elapsed() < Duration::from_secs(1) {
            let mut input = best.input.clone();
            input.drain(at..(at + step).min(input.len()));
            match engine::run(family, &input) {
                Err(smaller) => best = smaller,
                Ok(_) => at += step,
            }
        }
        if step == 1 {
            return best;
        }
        step /= 2;
    }
}

fn report(name: &str, finding: &Finding) -> ! {
    let path = write(name, &finding.input);
    eprintln!("{name}: FOUND: {}", finding.message);
    eprintln!("  reproduce: cargo run --profile sim -p fuzz --bin {name} -- {path}");
    eprintln!("  then mend it and keep the input as crates/fuzz/corpus/{name}/found-WHAT");
    exit(1)
}

fn write(name: &str, input: &[u8]) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    let hash = crate::input::mix(input.iter().copied());
    let path = folder.join(format!("{name}-{hash:016x}"));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    match written {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("({}: {error})", path.display()),
    }
}

/// Ends the process when one input does not end.
fn watch(name: &str) {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let runs = RUNS.load(Ordering::Relaxed);
        if runs != last {
            (last, since) = (runs, Instant::now());
        } else if runs > 0 && since.elapsed() > Duration::from_secs(INPUT_SECONDS_MAX) {
            let input = CURRENT.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let message = format!("an input took more than {INPUT_SECONDS_MAX} s");
            report(name, &Finding { input, message });
        }
    }
}
