//! `kafka-consumer-groups.sh --describe`: tables of offsets, members and states.

use crate::consumer_groups::chosen;
use crate::failure::{Failure, Outcome, java};
use crate::io::Io;
use crate::options::Parsed;
use crate::table::Table;
use base::ErrorCode;
use client::{
    Admin, ClientError, CommittedOffset, GroupDescription, GroupMember, IsolationLevel, OffsetSpec, Partitions,
};
use std::collections::BTreeMap;

pub(crate) fn describe(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let mut groups = Vec::new();
    let ids = chosen(parsed, admin)?;
    let total = ids.len();
    for (done, id) in ids.into_iter().enumerate() {
        io.progress("describing groups", done, total);
        let group = admin.describe_group(&id).map_err(|error| match error {
            ClientError::Broker { code: ErrorCode::GroupIdNotFound, .. } => {
                let error = ClientError::broker(ErrorCode::GroupIdNotFound, Some(format!("Group {id} not found.")));
                Failure::new(java(&error))
            }
            error => Failure::new(java(&error)),
        })?;
        groups.push(group);
    }
    let verbose = parsed.has("verbose");
    for group in &groups {
        let offsets = !parsed.has("members") && !parsed.has("state");
        let rows = if offsets { offset_rows(admin, group)? } else { Vec::new() };
        if !tell_state(group, !rows.is_empty() || !offsets, io) {
            continue;
        }
        let table = if parsed.has("members") {
            members_table(group, verbose)
        } else if parsed.has("state") {
            state_table(admin, group, verbose)
        } else {
            offsets_table(group, &rows, verbose)
        };
        io.say("");
        table.lines().into_iter().for_each(|line| io.say(line));
    }
    Ok(())
}

/// Says what is to be known of a group that is not stable; false if there is nothing to show of it.
fn tell_state(group: &GroupDescription, has_rows: bool, io: &mut Io) -> bool {
    let id = &group.id;
    match group.state.as_str() {
        "Dead" => {
            io.complain(format!("\nError: Consumer group '{id}' does not exist."));
            false
        }
        "Empty" => {
            io.complain(format!("\nConsumer group '{id}' has no active members."));
            has_rows
        }
        "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
            io.complain(format!("\nWarning: Consumer group '{id}' is rebalancing."));
            has_rows
        }
        _ => has_rows,
    }
}

struct OffsetRow {
    topic: String,
    partition: i32,
    committed: Option<CommittedOffset>,
    end: Option<i64>,
    member: Option<GroupMember>,
}

fn offset_rows(admin: &Admin, group: &GroupDescription) -> Result<Vec<OffsetRow>, Failure> {
    let mut committed = admin.group_offsets(&group.id, None).map_err(|error| Failure::new(java(&error)))?;
    let mut rows: BTreeMap<(String, i32), OffsetRow> = BTreeMap::new();
    let mut members: Vec<&GroupMember> = group.members.iter().collect();
    members.sort_by_key(|member| std::cmp::Reverse(member.assignment.len()));
    for member in members {
        for (topic, partitions) in &member.assignment {
            for partition in partitions {
                let key = (topic.clone(), *partition);
                let row = OffsetRow {
                    topic: topic.clone(),
                    partition: *partition,
                    committed: committed.remove(&key),
                    end: None,
                    member: Some(member.clone()),
                };
                rows.insert(key, row);
            }
        }
    }
    for ((topic, partition), offset) in committed {
        let row = OffsetRow { topic: topic.clone(), partition, committed: Some(offset), end: None, member: None };
        rows.insert((topic, partition), row);
    }
    let wanted: BTreeMap<(String, i32), OffsetSpec> =
        rows.keys().map(|key| (key.clone(), OffsetSpec::Latest)).collect();
    if !wanted.is_empty() {
        for (key, at) in admin.list_offsets(&wanted, IsolationLevel::ReadUncommitted)? {
            if let (Some(row), Ok(at)) = (rows.get_mut(&key), at) {
                row.end = Some(at.offset);
            }
        }
    }
    Ok(rows.into_values().collect())
}

fn offsets_table(group: &GroupDescription, rows: &[OffsetRow], verbose: bool) -> Table {
    let mut header = vec![
        "GROUP",
        "TOPIC",
        "PARTITION",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
    ];
    let mut widths = vec![15, 15, 10, 15, 15, 15, 15, 15, 0];
    if verbose {
        header.insert(3, "LEADER-EPOCH");
        widths.insert(3, 15);
    }
    let fit: &[usize] = if verbose { &[0, 1, 7, 8] } else { &[0, 1, 6, 7] };
    let mut table = Table::new(&widths, &header);
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    for row in rows {
        let current = row.committed.as_ref().map(|committed| committed.offset);
        let lag = current.zip(row.end).map(|(current, end)| end - current);
        let epoch = row.committed.as_ref().map(|committed| committed.leader_epoch).filter(|epoch| *epoch >= 0);
        let member = row.member.as_ref();
        let mut cells = vec![
            group.id.clone(),
            row.topic.clone(),
            row.partition.to_string(),
            or_dash(current.map(|offset| offset.to_string())),
            or_dash(row.end.map(|offset| offset.to_string())),
            or_dash(lag.map(|lag| lag.to_string())),
            or_dash(member.map(|member| member.id.clone())),
            or_dash(member.map(|member| member.host.clone())),
            or_dash(member.map(|member| member.client_id.clone())),
        ];
        if verbose {
            cells.insert(3, or_dash(epoch.map(|epoch| epoch.to_string())));
        }
        table.push(cells);
    }
    table.fit(fit)
}

fn assignment_text(partitions: &Partitions) -> String {
    if partitions.is_empty() {
        return "-".into();
    }
    let topics = partitions.iter().map(|(topic, partitions)| {
        let list: Vec<String> = partitions.iter().map(i32::to_string).collect();
        format!("{topic}:{}", list.join(","))
    });
    topics.collect::<Vec<_>>().join(";")
}

fn members_table(group: &GroupDescription, verbose: bool) -> Table {
    let with_instance = group.members.iter().any(|member| member.instance_id.is_some());
    let mut header = vec!["GROUP", "CONSUMER-ID"];
    let mut widths = vec![15, 15];
    if with_instance {
        header.push("GROUP-INSTANCE-ID");
        widths.push(17);
    }
    header.extend(["HOST", "CLIENT-ID", "#PARTITIONS"]);
    widths.extend([15, 15, 15]);
    if verbose {
        header.extend(["CURRENT-EPOCH", "CURRENT-ASSIGNMENT", "TARGET-EPOCH", "TARGET-ASSIGNMENT"]);
        widths.extend([15, 20, 15, 20]);
    } else {
        header.push("");
        widths.push(0);
    }
    let mut table = Table::new(&widths, &header);
    for member in &group.members {
        let mut cells = vec![group.id.clone(), member.id.clone()];
        if with_instance {
            cells.push(member.instance_id.clone().unwrap_or_default());
        }
        let count: usize = member.assignment.values().map(Vec::len).sum();
        cells.extend([member.host.clone(), member.client_id.clone(), count.to_string()]);
        if verbose {
            let epoch = |epoch: Option<i32>| epoch.map_or("-".to_string(), |epoch| epoch.to_string());
            cells.push(epoch(member.epoch));
            cells.push(assignment_text(&member.assignment));
            cells.push(epoch(group.assignment_epoch));
            cells.push(member.target.as_ref().map_or("-".to_string(), assignment_text));
        } else {
            cells.push(String::new());
        }
        table.push(cells);
    }
    let last = widths.len() - 1;
    let fit: Vec<usize> = if verbose { vec![0, 1, 2, 3, last - 2, last] } else { vec![0, 1, 2, 3] };
    table.fit(&fit)
}

fn state_table(admin: &Admin, group: &GroupDescription, verbose: bool) -> Table {
    let address = admin.cluster().address_of(group.coordinator);
    let address = address.map_or_else(|| "-".to_string(), |address| address.to_string());
    let coordinator = format!("{address}  ({})", group.coordinator);
    let assignor = if group.assignor.is_empty() { "-".to_string() } else { group.assignor.clone() };
    let epoch = |epoch: Option<i32>| epoch.map_or("-".to_string(), |epoch| epoch.to_string());
    let mut header = vec!["GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE"];
    let mut widths = vec![15, 25, 20, 20];
    let mut cells = vec![group.id.clone(), coordinator, assignor, group.state.clone()];
    if verbose {
        header.extend(["GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"]);
        widths.extend([15, 25]);
        cells.extend([epoch(group.epoch), epoch(group.assignment_epoch)]);
    }
    header.push("#MEMBERS");
    widths.push(0);
    cells.push(group.members.len().to_string());
    let mut table = Table::new(&widths, &header);
    table.push(cells);
    table.fit(&[0, 1])
}
