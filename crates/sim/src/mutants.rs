//! Proof that the simulation finds what it is for: each historical bug is switched on and hunted, seed after seed.

use base::{Mutant, set_mutant};

/// What became of a hunt.
#[derive(Debug, Clone)]
pub struct Hunt {
    pub mutant: Mutant,
    /// The seed that found it, how many schedules were run until then, and the first violation.
    pub found: Option<(u64, u64, String)>,
    /// Seeds that show a violation without the mutant as well, and which: bugs of their own, of the code or of a check.
    pub others: Vec<(u64, String)>,
}

/// Runs the seeds from `from` on, at most `seeds_max`, until one shows the bug: a violation counts if the same seed has none
/// without it.
pub fn hunt(mutant: Mutant, from: u64, seeds_max: u64) -> Hunt {
    let run = if mutant.is_of_clusters() { crate::run_cluster } else { crate::run_seed };
    let first_violation = |mutant: Option<Mutant>, seed: u64| {
        set_mutant(mutant);
        let violation = run(seed).violations.into_iter().next();
        set_mutant(None);
        violation
    };
    let mut others = Vec::new();
    let found = (from..from + seeds_max).find_map(|seed| {
        let violation = first_violation(Some(mutant), seed)?;
        match first_violation(None, seed) {
            Some(other) => {
                others.push((seed, other));
                None
            }
            None => Some((seed, seed - from + 1, violation)),
        }
    });
    Hunt { mutant, found, others }
}
