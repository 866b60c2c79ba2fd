//! A fixed set of seeds on every run; new ones by `cargo xtask sim`.

/// Seeds that once found something stay here.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=30;

#[test]
fn nothing_acknowledged_is_lost_whatever_fails() {
    let mut acknowledged = 0;
    for seed in SEEDS {
        let report = sim::run_seed(seed);
        assert!(report.violations.is_empty(), "{report:#?}");
        acknowledged += report.acknowledged;
    }
    assert!(acknowledged > 3_000, "the clients hardly got anything done: {acknowledged}");
}

#[test]
fn one_seed_is_one_trace() {
    for seed in [3, 7, 1_000_003] {
        assert_eq!(sim::run_seed(seed), sim::run_seed(seed));
    }
}
