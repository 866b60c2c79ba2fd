//! The loop: take an input of the pool, change it, run it, keep it when it showed something new.

use crate::mutate::Mutator;
use crate::{Family, Feature, corpus};
use base::{Set, SplitMix64};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An input for which a family's entry failed.
#[derive(Debug, Clone)]
pub struct Finding {
    pub input: Vec<u8>,
    pub message: String,
}

/// Runs one family from one seed: the same seed makes the same inputs.
pub struct Engine {
    family: &'static Family,
    mutator: Mutator,
    pool: Vec<Vec<u8>>,
    seeds: usize,
    seen: Set<Feature>,
}

impl Engine {
    /// Loads the seeds and the corpus, and runs each once.
    pub fn new(family: &'static Family, seed: u64) -> Result<Engine, Finding> {
        let mut engine = Engine {
            family,
            mutator: Mutator { random: SplitMix64(seed) },
            pool: corpus::all(family),
            seeds: 0,
            seen: Set::default(),
        };
        engine.seeds = engine.pool.len();
        assert!(engine.seeds > 0, "family {} has no seeds", family.name);
        for input in &engine.pool {
            engine.seen.insert(run(family, input)?);
        }
        Ok(engine)
    }

    /// The next input. Every other one comes of what was found lately.
    pub fn next_input(&mut self) -> Vec<u8> {
        let fresh = self.pool.len() - self.seeds;
        let place = match self.mutator.below(2) {
            0 if fresh > 0 => self.seeds + self.mutator.below(fresh),
            _ => self.mutator.below(self.seeds),
        };
        let other = self.mutator.below(self.pool.len());
        self.mutator.mutate(&self.pool[place], &self.pool[other])
    }

    /// Runs an input and keeps it when its feature is new.
    pub fn try_input(&mut self, input: Vec<u8>) -> Result<(), Finding> {
        if self.seen.insert(run(self.family, &input)?) {
            self.pool.push(input);
        }
        Ok(())
    }

    /// Inputs with new features that were found since the start.
    pub fn found(&self) -> &[Vec<u8>] {
        &self.pool[self.seeds..]
    }
}

/// Runs one input.
pub fn run(family: &Family, input: &[u8]) -> Result<Feature, Finding> {
    catch_unwind(AssertUnwindSafe(|| (family.run)(input))).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Finding { input: input.to_vec(), message: text.unwrap_or_default() }
    })
}
