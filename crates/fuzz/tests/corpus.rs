//! The corpus as plain tests: every input that once failed, all seeds, and a fixed number of mutated inputs.

use fuzz::{Engine, family};

fn check(name: &str) {
    let family = family(name).unwrap();
    let mut engine =
        Engine::new(family, 7).unwrap_or_else(|finding| panic!("{}: {:02x?}", finding.message, finding.input));
    for _ in 0..family.runs_in_tests {
        let input = engine.next_input();
        if let Err(finding) = engine.try_input(input) {
            panic!("{name}: {}: {:02x?}", finding.message, finding.input);
        }
    }
}

macro_rules! families {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_family_is_tested() {
            assert_eq!(fuzz::FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>(), [$(stringify!($name)),*]);
        }
    };
}

families! {
    requests responses headers metadata_records coordinator_records control_records consumer_protocol record_batches
    json files config group
}
