//! Whether a log directory has room for records, as far as looks at it tell. The controller lets others take over what a
//! full one leads; a client's write is not needed to see that there is room again.
//!
//! ```text
//!            something finds no room           no look has found any for ottla.full.log.dir.ms
//!   room ------------------------> short ------------------------------------------------------> full
//!    ^  a look finds some, or plenty |                   a look finds plenty                       |
//!    +-------------------------------+-------------------------------------------------------------+
//! ```
//! While it is short or full somebody looks every second. That a small record still finds a place behind the last one of a
//! segment says nothing: there is room where [`Look::of`] can write as much as producers send at once as a rule. Larger
//! batches may find none all the same: some is none while they are refused between the looks.

use storage::{LogDir, StorageError};

/// The pause between two looks.
const LOOK_EVERY_US: u64 = 1_000_000;
/// What must find room for a directory not to be short; on a small disk less.
const SOME_BYTES: u64 = 1 << 20;
/// What part of a disk that is at most.
const SOME_PARTS: u64 = 64;
/// So many times that must be free before a full directory has room again: one that is filled up at once does not go back
/// and forth.
const PLENTY: u64 = 8;

/// What a look has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Nothing,
    Some,
    Plenty,
}

impl Look {
    /// Looks at the directory; to be done where one may wait for the disk.
    pub fn of(dir: &LogDir) -> Result<Look, StorageError> {
        let (free, total) = dir.free_space()?;
        let some = (total / SOME_PARTS).clamp(4096, SOME_BYTES);
        // Twice as much: while one looks others shall find room.
        Ok(match free >= 2 * some && dir.has_room_for(some as usize)? {
            false => Look::Nothing,
            true if free < some * PLENTY => Look::Some,
            true => Look::Plenty,
        })
    }
}

/// What comes of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looked {
    /// When somebody has to look again, if at all.
    pub again_us: Option<u64>,
    /// It has become full, or is full no more.
    pub is_full: Option<bool>,
}

/// What is known of a directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Space {
    #[default]
    Room,
    Short {
        since_us: u64,
        /// Something has found no room since the last look.
        is_refused: bool,
    },
    Full,
}

impl Space {
    /// Something found no room; when somebody has to look, where nobody does so far.
    pub fn refused(&mut self, now_us: u64, full_after_us: u64) -> Option<u64> {
        match self {
            Space::Room => {
                *self = Space::Short { since_us: now_us, is_refused: false };
                Some(now_us + LOOK_EVERY_US.min(full_after_us))
            }
            Space::Short { is_refused, .. } => {
                *is_refused = true;
                None
            }
            Space::Full => None,
        }
    }

    /// Somebody has looked; `None`: it could not be seen.
    pub fn looked(&mut self, look: Option<Look>, now_us: u64, full_after_us: u64) -> Looked {
        let before = *self;
        *self = match (before, look) {
            (Space::Room, _) | (_, Some(Look::Plenty)) => Space::Room,
            (Space::Short { is_refused: false, .. }, Some(Look::Some)) => Space::Room,
            (Space::Short { since_us, .. }, Some(_)) => match now_us >= since_us.saturating_add(full_after_us) {
                true => Space::Full,
                false => Space::Short { since_us, is_refused: false },
            },
            (before, _) => before,
        };
        let again_us = match *self {
            Space::Room => None,
            Space::Full => Some(now_us + LOOK_EVERY_US),
            // Not past the time when it counts as full.
            Space::Short { since_us, .. } => {
                let full_us = since_us.saturating_add(full_after_us);
                Some((now_us + LOOK_EVERY_US).min(full_us.max(now_us + 1)))
            }
        };
        let is_full = *self == Space::Full;
        Looked { again_us, is_full: (is_full != (before == Space::Full)).then_some(is_full) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Look::{Nothing, Plenty, Some as Little};

    const AFTER_US: u64 = 5_000_000;
    const SECOND_US: u64 = 1_000_000;

    /// Looks each time that somebody has to, from the first refusal at 0 on; the times of the changes.
    fn changes(looks: &[Option<Look>]) -> Vec<(u64, bool)> {
        let (mut space, mut changes) = (Space::default(), Vec::new());
        let mut due = space.refused(0, AFTER_US);
        for look in looks {
            let Some(now_us) = due else { break };
            let looked = space.looked(*look, now_us, AFTER_US);
            changes.extend(looked.is_full.map(|is_full| (now_us / SECOND_US, is_full)));
            due = looked.again_us;
        }
        changes
    }

    #[test]
    fn it_is_full_when_no_look_has_found_room_for_as_long_as_that() {
        assert_eq!(changes(&[Some(Nothing); 20]), [(5, true)]);
        assert_eq!(changes(&[Some(Nothing), Some(Nothing), Some(Nothing), Some(Little), Some(Nothing)]), []);
        assert_eq!(changes(&[None; 20]), []);
        assert_eq!(changes(&[&[None; 7][..], &[Some(Nothing)]].concat()).len(), 1);
    }

    #[test]
    fn a_little_room_does_not_end_it_and_plenty_does() {
        let looks = |last| [[Some(Nothing); 5], [None, Some(Little), Some(Little), Some(Nothing), Some(last)]].concat();
        assert_eq!(changes(&looks(Little)), [(5, true)]);
        assert_eq!(changes(&looks(Plenty)), [(5, true), (10, false)]);
    }

    #[test]
    fn one_looks_however_many_are_refused_and_nobody_once_there_is_room() {
        let mut space = Space::default();
        assert_eq!(space.refused(7, AFTER_US), Some(7 + SECOND_US));
        assert_eq!(space.refused(9, AFTER_US), None);
        assert_eq!(space.looked(Some(Plenty), SECOND_US, AFTER_US), Looked { again_us: None, is_full: None });
        assert_eq!(space.refused(SECOND_US, AFTER_US), Some(2 * SECOND_US), "from now on");
    }

    #[test]
    fn some_room_is_none_while_what_is_larger_finds_none() {
        let (mut space, mut due) = (Space::default(), None);
        let mut look = |is_refused: bool, found| {
            let now_us = due.unwrap_or(0);
            if is_refused {
                due = space.refused(now_us, AFTER_US).or(due);
            }
            let looked = space.looked(Some(found), due.unwrap_or(0), AFTER_US);
            due = looked.again_us;
            (due.unwrap_or(0) / SECOND_US, looked.is_full)
        };
        assert_eq!(look(true, Nothing), (2, None));
        assert_eq!([(); 3].map(|()| look(true, Little)), [(3, None), (4, None), (5, None)]);
        assert_eq!(look(true, Little), (6, Some(true)));
        assert_eq!(look(false, Little), (7, None));
        assert_eq!(look(false, Plenty), (0, Some(false)));
        // Once nothing is refused any more, some is enough.
        look(true, Nothing);
        look(true, Little);
        assert_eq!(look(false, Little), (0, None));
    }

    #[test]
    fn a_short_patience_is_kept_to() {
        let mut space = Space::default();
        assert_eq!(space.refused(0, 1_000), Some(1_000));
        assert_eq!(space.looked(Some(Nothing), 1_000, 1_000).is_full, Some(true));
    }
}
