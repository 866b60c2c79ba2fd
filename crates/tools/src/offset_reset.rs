//! `kafka-consumer-groups.sh --reset-offsets`: which partitions, to which offsets, and the CSV files in between.

use crate::consumer_groups::chosen;
use crate::failure::{Failure, Outcome, java};
use crate::io::Io;
use crate::options::Parsed;
use crate::time;
use base::ErrorCode;
use client::{Admin, ClientError, IsolationLevel, OffsetAt, OffsetSpec, Wanted};
use std::collections::BTreeMap;

type Offsets = BTreeMap<(String, i32), i64>;

/// Plans the reset of each group, prints it, and with `--execute` commits it.
pub fn run(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let mut plan: BTreeMap<String, Offsets> = BTreeMap::new();
    let groups = chosen(parsed, admin)?;
    let total = groups.len();
    for (done, group) in groups.into_iter().enumerate() {
        io.progress("resetting offsets of groups", done, total);
        let state = match admin.describe_group(&group) {
            Ok(described) => described.state,
            Err(ClientError::Broker { code: ErrorCode::GroupIdNotFound, .. }) => "Dead".into(),
            Err(error) => return Err(error.into()),
        };
        if state != "Empty" && state != "Dead" {
            io.say(format!("\nError: Assignments can only be reset if the group '{group}' is inactive, but the current state is {state}."));
            continue;
        }
        let offsets = prepare(parsed, admin, &group, io)?;
        if parsed.has("execute") {
            for ((topic, partition), code) in admin.commit_group_offsets(&group, &offsets)? {
                if !code.is_ok() {
                    let error = ClientError::from_code(code);
                    return Err(Failure::new(format!("{topic}-{partition}: {}", java(&error))));
                }
            }
        }
        plan.insert(group, offsets);
    }
    if parsed.has("export") {
        print_csv(parsed, &plan, io);
    } else {
        print_plan(&plan, io);
    }
    Ok(())
}

fn print_plan(plan: &BTreeMap<String, Offsets>, io: &mut Io) {
    let rows =
        || plan.iter().flat_map(|(group, offsets)| offsets.iter().map(move |(key, offset)| (group, key, offset)));
    let group_width = rows().map(|(group, _, _)| group.len()).max().unwrap_or(0).max(15);
    let topic_width = rows().map(|(_, (topic, _), _)| topic.len()).max().unwrap_or(0).max(15);
    io.say(format!("\n{:<group_width$} {:<topic_width$} {:<10} NEW-OFFSET", "GROUP", "TOPIC", "PARTITION"));
    for (group, (topic, partition), offset) in rows() {
        io.say(format!("{group:<group_width$} {topic:<topic_width$} {partition:<10} {offset}"));
    }
}

/// CSV as `--from-file` reads it: with the group where more than one may be meant.
fn print_csv(parsed: &Parsed, plan: &BTreeMap<String, Offsets>, io: &mut Io) {
    let with_group = parsed.has("all-groups") || parsed.all("group").len() > 1;
    for (group, offsets) in plan {
        for ((topic, partition), offset) in offsets {
            match with_group {
                true => io.say(format!("{group},{topic},{partition},{offset}")),
                false => io.say(format!("{topic},{partition},{offset}")),
            }
        }
    }
    io.say("");
}

/// Reads `topic` or `topic:0,1`.
pub fn parse_topic(text: &str) -> Result<(String, Option<Vec<i32>>), Failure> {
    match text.split_once(':') {
        None => Ok((text.to_string(), None)),
        Some((topic, list)) => {
            let partitions: Result<Vec<i32>, _> = list.split(',').map(|p| p.trim().parse::<i32>()).collect();
            let partitions = partitions.map_err(|_| {
                Failure::new(format!("Invalid topic arg '{text}', expected topic:partition1,partition2"))
            })?;
            Ok((topic.to_string(), Some(partitions)))
        }
    }
}

fn scope(parsed: &Parsed, admin: &Admin, group: &str) -> Result<Vec<(String, i32)>, Failure> {
    if parsed.has("all-topics") {
        return Ok(admin.group_offsets(group, None)?.into_keys().collect());
    }
    let topics: Vec<(String, Option<Vec<i32>>)> =
        parsed.all("topic").into_iter().map(parse_topic).collect::<Result<_, _>>()?;
    let names: Vec<&str> = topics.iter().map(|(topic, _)| topic.as_str()).collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    let mut partitions = Vec::new();
    let mut missing = Vec::new();
    for (topic, wanted) in topics {
        let known = metadata.topics.get(&topic).filter(|known| known.error.is_ok());
        match (wanted, known) {
            (None, None) => {
                return Err(ClientError::from_code(ErrorCode::UnknownTopicOrPartition).into());
            }
            (None, Some(known)) => partitions.extend(known.partitions.iter().map(|p| (topic.clone(), p.index))),
            (Some(wanted), known) => {
                for partition in wanted {
                    if known.is_none_or(|known| known.partition(partition).is_none()) {
                        missing.push(format!("{topic}-{partition}"));
                    }
                    partitions.push((topic.clone(), partition));
                }
            }
        }
    }
    if !missing.is_empty() {
        return Err(Failure::new(format!("The partitions \"{}\" do not exist", missing.join(","))));
    }
    Ok(partitions)
}

fn prepare(parsed: &Parsed, admin: &Admin, group: &str, io: &mut Io) -> Result<Offsets, Failure> {
    if let Some(path) = parsed.value("from-file") {
        let wanted = read_csv(parsed, group, path)?;
        return clamp(admin, wanted, io);
    }
    let partitions = scope(parsed, admin, group)?;
    if parsed.has("to-earliest") {
        return plain(offsets_at(admin, &partitions, OffsetSpec::Earliest)?);
    }
    if parsed.has("to-latest") {
        return plain(offsets_at(admin, &partitions, OffsetSpec::Latest)?);
    }
    if let Some(offset) = parsed.number("to-offset") {
        return clamp(admin, partitions.into_iter().map(|key| (key, offset)).collect(), io);
    }
    if parsed.has("shift-by") || parsed.has("to-current") {
        return from_current(parsed, admin, group, partitions, io);
    }
    let timestamp = if let Some(text) = parsed.value("to-datetime") {
        time::parse_datetime(text).map_err(|reason| Failure::new(format!("java.text.ParseException: {reason}")))?
    } else {
        let text = parsed.value("by-duration").unwrap_or_default();
        time::now_ms() - time::parse_duration(text).map_err(Failure::new)?
    };
    by_time(admin, &partitions, timestamp, io)
}

fn offsets_at(
    admin: &Admin,
    partitions: &[(String, i32)],
    spec: OffsetSpec,
) -> Result<BTreeMap<(String, i32), Result<OffsetAt, ClientError>>, Failure> {
    let wanted = partitions.iter().map(|key| (key.clone(), spec)).collect();
    let found = admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted)?;
    for ((topic, partition), result) in &found {
        let Err(error) = result else { continue };
        let message = match error.code() {
            ErrorCode::UnknownTopicOrPartition => format!(
                "Failed to fetch metadata for partition {topic}-{partition} because metadata for topic `{topic}` could not be found"
            ),
            _ => error.to_string(),
        };
        let error = ClientError::broker(error.code(), Some(message));
        return Err(Failure::new(format!("java.util.concurrent.ExecutionException: {}", java(&error))));
    }
    Ok(found)
}

fn plain(found: BTreeMap<(String, i32), Result<OffsetAt, ClientError>>) -> Result<Offsets, Failure> {
    Ok(found.into_iter().filter_map(|(key, at)| Some((key, at.ok()?.offset))).collect())
}

fn from_current(
    parsed: &Parsed,
    admin: &Admin,
    group: &str,
    partitions: Vec<(String, i32)>,
    io: &mut Io,
) -> Result<Offsets, Failure> {
    let committed = admin.group_offsets(group, None)?;
    if let Some(shift) = parsed.number("shift-by") {
        let mut wanted = Offsets::new();
        for key in partitions {
            let Some(current) = committed.get(&key) else {
                let message = format!(
                    "Cannot shift offset for partition {}-{} since there is no current committed offset",
                    key.0, key.1
                );
                return Err(Failure::new(message));
            };
            wanted.insert(key, current.offset.saturating_add(shift));
        }
        return clamp(admin, wanted, io);
    }
    let (with, without): (Vec<_>, Vec<_>) = partitions.into_iter().partition(|key| committed.contains_key(key));
    let mut offsets: Offsets =
        with.into_iter().filter_map(|key| committed.get(&key).map(|at| (key.clone(), at.offset))).collect();
    if !without.is_empty() {
        offsets.extend(plain(offsets_at(admin, &without, OffsetSpec::Latest)?)?);
    }
    Ok(offsets)
}

fn by_time(admin: &Admin, partitions: &[(String, i32)], timestamp: i64, io: &mut Io) -> Result<Offsets, Failure> {
    let found = plain(offsets_at(admin, partitions, OffsetSpec::Timestamp(timestamp))?)?;
    let (mut offsets, none): (Offsets, Offsets) = found.into_iter().partition(|(_, offset)| *offset >= 0);
    for (topic, partition) in none.keys() {
        io.say(format!(
            "\nWarn: Partition {partition} from topic {topic} is empty. Falling back to latest known offset."
        ));
    }
    let none: Vec<(String, i32)> = none.into_keys().collect();
    if !none.is_empty() {
        offsets.extend(plain(offsets_at(admin, &none, OffsetSpec::Latest)?)?);
    }
    Ok(offsets)
}

/// Offsets within what the partitions have.
fn clamp(admin: &Admin, wanted: Offsets, io: &mut Io) -> Result<Offsets, Failure> {
    let partitions: Vec<(String, i32)> = wanted.keys().cloned().collect();
    let earliest = plain(offsets_at(admin, &partitions, OffsetSpec::Earliest)?)?;
    let latest = plain(offsets_at(admin, &partitions, OffsetSpec::Latest)?)?;
    let mut offsets = Offsets::new();
    for (key, offset) in wanted {
        let (low, high) = (earliest.get(&key).copied().unwrap_or(0), latest.get(&key).copied().unwrap_or(i64::MAX));
        let (side, bound, name) = match offset {
            _ if offset > high => ("higher than latest", high, &key),
            _ if offset < low => ("lower than earliest", low, &key),
            _ => {
                offsets.insert(key, offset);
                continue;
            }
        };
        io.complain(format!(
            "WARN New offset ({offset}) is {side} offset for topic partition {}-{}. Value will be set to {bound}",
            name.0, name.1
        ));
        offsets.insert(key, bound);
    }
    Ok(offsets)
}

/// Rows of a CSV file for a group: `topic,partition,offset` or `group,topic,partition,offset`, values with or without
/// quotes; a missing number is 0.
fn read_csv(parsed: &Parsed, group: &str, path: &str) -> Result<Offsets, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|_| Failure::new(format!("java.io.IOException: Unable to read file {path}")))?;
    parse_csv(parsed.has("all-groups") || parsed.all("group").len() > 1, group, &text)
}

fn parse_csv(several: bool, group: &str, text: &str) -> Result<Offsets, Failure> {
    let number = |cell: Option<&&str>| cell.map_or(Some(0), |cell| cell.parse::<i64>().ok());
    let mut offsets = Offsets::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
        // The second cell of a row without a group is a partition.
        let with_group = cells.len() == 4 || several && cells.get(1).is_some_and(|cell| cell.parse::<i32>().is_err());
        if with_group && cells.first() != Some(&group) {
            continue;
        }
        let row = if with_group { &cells[1..] } else { &cells[..] };
        let bad = || Failure::new(format!("Invalid row in the CSV file: {line}"));
        let (Some(topic), Some(partition), Some(offset)) = (row.first(), number(row.get(1)), number(row.get(2))) else {
            return Err(bad());
        };
        offsets.insert((topic.to_string(), i32::try_from(partition).map_err(|_| bad())?), offset);
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_read_with_and_without_groups() {
        let show = |several, text: &str| {
            let rows = parse_csv(several, "g", text).unwrap();
            rows.into_iter().map(|((t, p), o)| format!("{t}-{p}={o}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(show(false, "plain,0,4\nplain,1,5\n"), "plain-0=4 plain-1=5");
        assert_eq!(show(true, "g,plain,0,1\nh,codecs,0,3\n"), "plain-0=1");
        assert_eq!(show(false, "\"plain\",\"0\",\"6\""), "plain-0=6");
        assert_eq!(show(false, "plain,0"), "plain-0=0");
        assert!(parse_csv(false, "g", "plain,x,1").is_err());
    }

    #[test]
    fn topics_may_name_partitions() {
        assert_eq!(parse_topic("t").unwrap(), ("t".into(), None));
        assert_eq!(parse_topic("t:0,2").unwrap(), ("t".into(), Some(vec![0, 2])));
        assert!(parse_topic("t:x").is_err());
    }
}
