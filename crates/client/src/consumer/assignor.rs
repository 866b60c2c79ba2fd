//! Who in a group reads which partition. Pure functions over members and partition counts.

use std::collections::{BTreeMap, BTreeSet};

type Assignment = BTreeMap<String, BTreeMap<String, Vec<i32>>>;

/// Kafka's range assignor: per topic, consecutive partitions to the members that subscribe to it, in the order of their
/// ids; the first ones get one more where it does not divide.
pub fn assign_range(members: &BTreeMap<String, Vec<String>>, partitions: &BTreeMap<String, i32>) -> Assignment {
    let mut assignment: Assignment = members.keys().map(|member| (member.clone(), BTreeMap::new())).collect();
    for (topic, count) in partitions {
        let subscribed: Vec<&String> =
            members.iter().filter(|(_, topics)| topics.contains(topic)).map(|(member, _)| member).collect();
        if subscribed.is_empty() {
            continue;
        }
        let size = subscribed.len() as i32;
        let (each, extra) = (count / size, count % size);
        let mut next = 0;
        for (index, member) in (0..).zip(subscribed) {
            let share = each + i32::from(index < extra);
            if share > 0
                && let Some(topics) = assignment.get_mut(member)
            {
                topics.insert(topic.clone(), (next..next + share).collect());
            }
            next += share;
        }
    }
    assignment
}

/// Kafka's round-robin assignor: all partitions in the order of topics, dealt to the members in turn, skipping those that
/// do not subscribe to the topic.
pub fn assign_round_robin(members: &BTreeMap<String, Vec<String>>, partitions: &BTreeMap<String, i32>) -> Assignment {
    let mut assignment: Assignment = members.keys().map(|member| (member.clone(), BTreeMap::new())).collect();
    let wanted: BTreeSet<&String> = members.values().flatten().collect();
    let ring: Vec<(&String, &Vec<String>)> = members.iter().collect();
    let mut turn = 0;
    for (topic, count) in partitions.iter().filter(|(topic, _)| wanted.contains(topic)) {
        for partition in 0..*count {
            while !ring[turn % ring.len()].1.contains(topic) {
                turn += 1;
            }
            let member = ring[turn % ring.len()].0;
            turn += 1;
            if let Some(topics) = assignment.get_mut(member) {
                topics.entry(topic.clone()).or_default().push(partition);
            }
        }
    }
    assignment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(list: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        list.iter().map(|(m, t)| (m.to_string(), t.iter().map(|t| t.to_string()).collect())).collect()
    }

    fn shown(assignment: &Assignment) -> String {
        let member = |(member, topics): (&String, &BTreeMap<String, Vec<i32>>)| {
            let topics: Vec<String> = topics.iter().map(|(t, p)| format!("{t}{p:?}")).collect();
            format!("{member}: {}", topics.join(" "))
        };
        assignment.iter().map(member).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn range_gives_the_first_members_more() {
        let partitions = BTreeMap::from([("t".to_string(), 5), ("u".to_string(), 1)]);
        let assignment = assign_range(&members(&[("a", &["t", "u"]), ("b", &["t"])]), &partitions);
        assert_eq!(shown(&assignment), "a: t[0, 1, 2] u[0]; b: t[3, 4]");
    }

    #[test]
    fn round_robin_deals_over_topics() {
        let partitions = BTreeMap::from([("t".to_string(), 3), ("u".to_string(), 2)]);
        let assignment = assign_round_robin(&members(&[("a", &["t", "u"]), ("b", &["t", "u"])]), &partitions);
        assert_eq!(shown(&assignment), "a: t[0, 2] u[1]; b: t[1] u[0]");
        let assignment = assign_round_robin(&members(&[("a", &["t"]), ("b", &["u"])]), &partitions);
        assert_eq!(shown(&assignment), "a: t[0, 1, 2]; b: u[0, 1]");
    }
}
