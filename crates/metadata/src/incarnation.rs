//! Incarnation ids of Ottla's nodes: random, but for the mark at their end by which controllers know their own kind.
//! Everybody else compares them for equality, nothing more.

use base::{Random, Uuid};

/// The last five bytes of the id.
const MARK: &[u8; 5] = b"Ottla";

/// The id of a process that begins.
pub fn new_incarnation(random: &mut dyn Random) -> Uuid {
    let Uuid(mut bytes) = random.uuid();
    bytes[16 - MARK.len()..].copy_from_slice(MARK);
    Uuid(bytes)
}

/// Whether a process of Ottla drew it: it hands its address over to nobody else while it lives, and sends heartbeats as
/// soon as it can.
pub fn is_ottla(incarnation: Uuid) -> bool {
    incarnation.0.ends_with(MARK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SplitMix64;

    #[test]
    fn incarnations_differ_and_are_known_again() {
        let mut random = SplitMix64(7);
        let (one, other) = (new_incarnation(&mut random), new_incarnation(&mut random));
        assert_ne!(one, other);
        assert!(is_ottla(one) && is_ottla(other));
        assert!(!is_ottla(random.uuid()) && !is_ottla(Uuid::ZERO));
        assert!(one.to_string().parse::<Uuid>().is_ok_and(|parsed| parsed == one));
    }
}
