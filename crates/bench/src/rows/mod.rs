//! The table: every group of rows, in the order in which it is measured and printed.

mod durable;
mod end_to_end;
mod idle;
mod install;
mod librdkafka;
mod native;
mod partitions;
mod recovery;
mod small;
mod start;
mod warm;

pub use warm::warm;

use crate::measure::Group;

pub const GROUPS: &[Group] = &[
    start::GROUP,
    native::PRODUCE,
    small::GROUP,
    native::CONSUME,
    librdkafka::GROUP,
    end_to_end::GROUP,
    durable::GROUP,
    recovery::GROUP,
    partitions::GROUP,
    idle::GROUP,
    install::GROUP,
];

/// One node's groups, then those of three.
pub fn all() -> impl Iterator<Item = &'static Group> {
    GROUPS.iter().chain(crate::three::GROUPS)
}

/// A mebibyte.
const MIB: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_titles_are_unique() {
        let names: BTreeSet<_> = all().map(|group| group.name).collect();
        assert_eq!(names.len(), all().count());
        let measures: Vec<_> = all().flat_map(|group| group.measures).collect();
        let titles: BTreeSet<_> = measures.iter().map(|measure| measure.title).collect();
        assert_eq!(titles.len(), measures.len());
    }
}
