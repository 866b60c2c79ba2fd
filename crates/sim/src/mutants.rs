//! Proof that the simulation finds what it is for: each historical bug is switched on and hunted, seed after seed.

use base::{Mutant, set_mutant};

/// What became of a hunt.
#[derive(Debug, Clone)]
pub struct Hunt {
    pub mutant: Mutant,
    /// The seed that found it, how many schedules were run until then, and the first violation.
    pub found: Option<(u64, u64, String)>,
}

/// Runs the seeds from `from` on, at most `seeds_max`, until one shows the bug.
pub fn hunt(mutant: Mutant, from: u64, seeds_max: u64) -> Hunt {
    set_mutant(Some(mutant));
    let run = if mutant.is_of_clusters() { crate::run_cluster } else { crate::run_seed };
    let found = (from..from + seeds_max).find_map(|seed| {
        let violation = run(seed).violations.into_iter().next()?;
        Some((seed, seed - from + 1, violation))
    });
    set_mutant(None);
    Hunt { mutant, found }
}
