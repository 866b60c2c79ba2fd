//! Hash maps whose order depends on nothing but what was put in: the cores must behave the same on every run.

/// The hasher of these maps, for fingerprints that never leave the process.
pub type FixedState = foldhash::fast::FixedState;
/// A hash map with a fixed seed.
pub type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::FixedState>;
/// A hash set with a fixed seed.
pub type Set<K> = hashbrown::HashSet<K, foldhash::fast::FixedState>;
