//! Kafka's sticky and cooperative-sticky assignors (KIP-54, KIP-429): members keep what they have as far as the balance
//! allows. Pure functions over members, what they own, and partition counts.

use std::collections::{BTreeMap, BTreeSet};

type Assignment = BTreeMap<String, BTreeMap<String, Vec<i32>>>;
type Held = BTreeMap<String, BTreeSet<(String, i32)>>;

/// A member as the leader of the group sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StickyMember {
    pub topics: Vec<String>,
    /// Partitions that it had when it joined.
    pub owned: BTreeMap<String, Vec<i32>>,
    /// Generation of that assignment; of two members that claim a partition the later generation has it.
    pub generation: i32,
}

/// Gives every partition to a member that subscribes to its topic, so that counts differ by one at most where the
/// subscriptions allow it, and moves as few as possible.
pub fn assign_sticky(members: &BTreeMap<String, StickyMember>, partitions: &BTreeMap<String, i32>) -> Assignment {
    shown(&balanced(members, partitions))
}

/// The same in two steps: a partition that moves is given to nobody until its owner, which goes on with the others, has
/// given it up and joined again.
pub fn assign_cooperative(members: &BTreeMap<String, StickyMember>, partitions: &BTreeMap<String, i32>) -> Assignment {
    let mut held = balanced(members, partitions);
    let before = owners(members, partitions);
    for (member, own) in &mut held {
        own.retain(|partition| before.get(partition).is_none_or(|owner| owner == member));
    }
    shown(&held)
}

/// Who had each partition that still exists and is still subscribed to by its owner.
fn owners(
    members: &BTreeMap<String, StickyMember>,
    partitions: &BTreeMap<String, i32>,
) -> BTreeMap<(String, i32), String> {
    let mut owners: BTreeMap<(String, i32), (i32, String)> = BTreeMap::new();
    for (id, member) in members {
        for (topic, owned) in member.owned.iter().filter(|(topic, _)| member.topics.contains(topic)) {
            let count = partitions.get(topic).copied().unwrap_or(0);
            for partition in owned.iter().filter(|partition| (0..count).contains(*partition)) {
                let key = (topic.clone(), *partition);
                if owners.get(&key).is_none_or(|(generation, _)| *generation < member.generation) {
                    owners.insert(key, (member.generation, id.clone()));
                }
            }
        }
    }
    owners.into_iter().map(|(key, (_, id))| (key, id)).collect()
}

fn balanced(members: &BTreeMap<String, StickyMember>, partitions: &BTreeMap<String, i32>) -> Held {
    let mut held: Held = members.keys().map(|id| (id.clone(), BTreeSet::new())).collect();
    let before = owners(members, partitions);
    let takes = |id: &str, topic: &String| members.get(id).is_some_and(|member| member.topics.contains(topic));
    let mut free = Vec::new();
    for (topic, count) in partitions {
        for partition in 0..*count {
            let key = (topic.clone(), partition);
            match before.get(&key).and_then(|owner| held.get_mut(owner)) {
                Some(own) => drop(own.insert(key)),
                None => free.push(key),
            }
        }
    }
    for key in free {
        let fewest = held.iter().filter(|(id, _)| takes(id, &key.0)).min_by_key(|(_, own)| own.len());
        let Some(id) = fewest.map(|(id, _)| id.clone()) else { continue };
        held.entry(id).or_default().insert(key);
    }
    while let Some((from, to, key)) = next_move(&held, &takes) {
        if let Some(own) = held.get_mut(&from) {
            own.remove(&key);
        }
        held.entry(to).or_default().insert(key);
    }
    held
}

/// A partition that lies better with another member: who has it has at least two more.
fn next_move(held: &Held, takes: &dyn Fn(&str, &String) -> bool) -> Option<(String, String, (String, i32))> {
    let mut by_size: Vec<(&String, &BTreeSet<(String, i32)>)> = held.iter().collect();
    by_size.sort_by_key(|(_, own)| own.len());
    for (from, own) in by_size.iter().rev() {
        for (to, other) in by_size.iter().take_while(|(_, other)| other.len() + 1 < own.len()) {
            debug_assert!(other.len() < own.len());
            if let Some(key) = own.iter().rev().find(|(topic, _)| takes(to, topic)) {
                return Some(((*from).clone(), (*to).clone(), key.clone()));
            }
        }
    }
    None
}

fn shown(held: &Held) -> Assignment {
    let topics = |own: &BTreeSet<(String, i32)>| {
        let mut topics: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        for (topic, partition) in own {
            topics.entry(topic.clone()).or_default().push(*partition);
        }
        topics
    };
    held.iter().map(|(id, own)| (id.clone(), topics(own))).collect()
}

/// What a member of the eager sticky protocol says of its last assignment: topics with partitions, and the generation.
pub(crate) fn user_data(owned: &BTreeMap<String, Vec<i32>>, generation: i32) -> Vec<u8> {
    let mut bytes = (owned.len() as i32).to_be_bytes().to_vec();
    for (topic, partitions) in owned {
        bytes.extend((topic.len() as i16).to_be_bytes());
        bytes.extend(topic.as_bytes());
        bytes.extend((partitions.len() as i32).to_be_bytes());
        partitions.iter().for_each(|partition| bytes.extend(partition.to_be_bytes()));
    }
    bytes.extend(generation.to_be_bytes());
    bytes
}

/// Reads it; nothing where another member wrote something else.
pub(crate) fn read_user_data(mut bytes: &[u8]) -> Option<(BTreeMap<String, Vec<i32>>, i32)> {
    fn int(bytes: &mut &[u8]) -> Option<i32> {
        let (head, rest) = bytes.split_first_chunk::<4>()?;
        *bytes = rest;
        Some(i32::from_be_bytes(*head))
    }
    let mut owned = BTreeMap::new();
    for _ in 0..int(&mut bytes)? {
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (topic, rest) = rest.split_at_checked(usize::try_from(i16::from_be_bytes(*head)).ok()?)?;
        bytes = rest;
        let mut partitions = Vec::new();
        for _ in 0..int(&mut bytes)? {
            partitions.push(int(&mut bytes)?);
        }
        owned.insert(String::from_utf8(topic.to_vec()).ok()?, partitions);
    }
    // The first version had no generation.
    Some((owned, int(&mut bytes).unwrap_or(-1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a:t,u=t0,t1@2`: member, topics, owned, generation.
    fn members(text: &str) -> BTreeMap<String, StickyMember> {
        let member = |text: &str| {
            let (id, rest) = text.split_once(':').unwrap();
            let (topics, rest) = rest.split_once('=').unwrap();
            let (owned, generation) = rest.split_once('@').unwrap();
            let mut member = StickyMember {
                topics: topics.split(',').map(str::to_owned).collect(),
                generation: generation.parse().unwrap(),
                ..StickyMember::default()
            };
            for partition in owned.split(',').filter(|text| !text.is_empty()) {
                member.owned.entry(partition[..1].to_owned()).or_default().push(partition[1..].parse().unwrap());
            }
            (id.to_owned(), member)
        };
        text.split_whitespace().map(member).collect()
    }

    fn text(assignment: &Assignment) -> String {
        let member = |(id, topics): (&String, &BTreeMap<String, Vec<i32>>)| {
            let all =
                topics.iter().flat_map(|(topic, list)| list.iter().map(move |partition| format!("{topic}{partition}")));
            format!("{id}={}", all.collect::<Vec<_>>().join(","))
        };
        assignment.iter().map(member).collect::<Vec<_>>().join(" ")
    }

    fn counts(text: &str) -> BTreeMap<String, i32> {
        text.split_whitespace().map(|pair| (pair[..1].to_owned(), pair[1..].parse().unwrap())).collect()
    }

    #[test]
    fn members_keep_what_they_have_as_far_as_the_balance_allows() {
        for (before, partitions, after) in [
            ("a:t=@-1 b:t=@-1", "t5", "a=t0,t2,t4 b=t1,t3"),
            // A member comes: it takes one from each that has too many.
            ("a:t=t0,t2,t4@1 b:t=t1,t3@1 c:t=@-1", "t6", "a=t0,t2 b=t1,t3 c=t4,t5"),
            // A member goes.
            ("a:t=t0,t2@1", "t4", "a=t0,t1,t2,t3"),
            // Two claim the same: the later generation has it.
            ("a:t=t0,t1@1 b:t=t0@2", "t2", "a=t1 b=t0"),
            // Topics that are gone or not subscribed to any more.
            ("a:t=u0,t0@1 b:t=@-1", "t2", "a=t0 b=t1"),
            ("a:t=@-1 b:t,u=@-1", "t2 u2", "a=t0,t1 b=u0,u1"),
        ] {
            assert_eq!(text(&assign_sticky(&members(before), &counts(partitions))), after, "{before}");
        }
    }

    #[test]
    fn what_moves_cooperatively_is_given_up_first() {
        let partitions = counts("t4");
        let first = assign_cooperative(&members("a:t=t0,t1,t2,t3@1 b:t=@-1"), &partitions);
        assert_eq!(text(&first), "a=t0,t1 b=");
        let second = assign_cooperative(&members("a:t=t0,t1@2 b:t=@2"), &partitions);
        assert_eq!(text(&second), "a=t0,t1 b=t2,t3");
    }

    #[test]
    fn what_members_say_of_themselves_comes_back() {
        let owned = BTreeMap::from([("t".to_owned(), vec![0, 7]), ("u".to_owned(), vec![])]);
        let bytes = user_data(&owned, 5);
        assert_eq!(read_user_data(&bytes), Some((owned, 5)));
        for length in 0..bytes.len() - 4 {
            assert_eq!(read_user_data(&bytes[..length]), None, "{length}");
        }
        assert_eq!(read_user_data(&[0x7f, 0xff, 0xff, 0xff]), None);
    }
}
