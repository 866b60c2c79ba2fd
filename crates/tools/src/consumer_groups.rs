//! `kafka-consumer-groups.sh`: list, describe, delete groups and their offsets; resets are in `offset_reset`.

use crate::connect;
use crate::failure::{Failure, Outcome, java};
use crate::group_tables::describe;
use crate::groups::kind_name;
use crate::io::Io;
use crate::offset_reset;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, long, text};
use crate::patterns::re2_error;
use base::ErrorCode;
use client::{Admin, ClientError, GroupListing, Partitions, SettingsMap, Wanted};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    COMMAND_CONFIG,
    flag("list", "list groups"),
    flag("describe", "show offsets and lag, members or state"),
    flag("delete", "delete groups without members"),
    flag("reset-offsets", "move committed offsets of groups without members"),
    flag("delete-offsets", "delete committed offsets"),
    text("validate-regex", "REGEX", "check a regular expression for a subscription"),
    text("group", "GROUP", "group; may be repeated"),
    flag("all-groups", "all groups"),
    text("topic", "TOPIC[:P,P]", "topic, or partitions of it; may be repeated"),
    flag("all-topics", "all topics that the group has offsets of"),
    text("state", "STATES", "with --describe the group's state; with --list only groups in these states")
        .optional_value(),
    text("type", "TYPES", "with --list: types of groups, or only these types").optional_value(),
    flag("members", "with --describe: members"),
    flag("offsets", "with --describe: offsets (default)"),
    flag("verbose", "with --describe: more columns"),
    long("timeout", "MS", "time for the group to be found (default 30000)"),
    flag("dry-run", "with --reset-offsets: show what would be done"),
    flag("execute", "with --reset-offsets: do it"),
    flag("export", "with --reset-offsets: print the plan as CSV"),
    flag("to-earliest", "reset to the first record"),
    flag("to-latest", "reset to the end"),
    flag("to-current", "reset to where the offsets are"),
    long("to-offset", "OFFSET", "reset to an offset"),
    long("shift-by", "N", "move by so many records, forward or (negative) back"),
    text("to-datetime", "YYYY-MM-DDTHH:mm:SS.sss", "reset to the first record at or after this time"),
    text("by-duration", "PnDTnHnMnS", "reset to so long ago"),
    text("from-file", "FILE", "reset as a CSV file says, in the form that --export prints"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-consumer-groups.sh",
    purpose: "List, describe, delete consumer groups, and reset their offsets.",
    examples: &[
        "--bootstrap-server localhost:9092 --describe --group billing",
        "--bootstrap-server localhost:9092 --reset-offsets --group billing --topic orders --to-earliest --dry-run",
        "--bootstrap-server localhost:9092 --reset-offsets --group billing --topic orders:0,1 --shift-by -10 --execute",
    ],
    options: OPTIONS,
};

const DRY_RUN_WARNING: &str = "WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.";
const STATES: &[&str] =
    &["Reconciling", "Assigning", "Dead", "CompletingRebalance", "PreparingRebalance", "Stable", "Empty"];
const TYPES: &[&str] = &["Consumer", "Classic"];

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if let Err(failure) = check(&parsed, io) {
        io.complain(failure.message);
        USAGE.print(io);
        return 1;
    }
    // As Kafka's tool, what fails from here on is told on standard output and ends with 0.
    if let Err(failure) = act(&parsed, io) {
        let shown = failure.message;
        io.say(format!("\nError: Executing consumer group command failed due to {shown}"));
        io.complain(shown);
    }
    0
}

fn check(parsed: &Parsed, io: &mut Io) -> Outcome {
    let fail = |message: &str| Err(Failure::usage(message));
    let actions = ["list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex"];
    if actions.iter().filter(|action| parsed.has(action)).count() != 1 {
        return fail(
            "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex",
        );
    }
    if parsed.has("describe") {
        if !parsed.has("group") && !parsed.has("all-groups") {
            return fail("Option [describe] takes one of these options: [all-groups], [group]");
        }
        if ["members", "offsets", "state"].iter().filter(|kind| parsed.has(kind)).count() > 1 {
            return fail("Option [describe] takes at most one of these options: [members], [offsets], [state]");
        }
        if parsed.has_value("state") {
            return fail("Option [describe] does not take a value for [state]");
        }
    } else if parsed.has("timeout") && !parsed.has("list") {
        io.complain("Option [timeout] is applicable only when [describe] is used.");
    }
    if parsed.has("delete") && !parsed.has("group") && !parsed.has("all-groups") {
        return fail("Option [delete] takes one of these options: [all-groups], [group]");
    }
    if parsed.has("delete-offsets") && (!parsed.has("group") || !parsed.has("topic")) {
        return fail("Option [delete-offsets] takes the following options: [group], [topic]");
    }
    if parsed.has("reset-offsets") {
        check_reset(parsed, io)?;
    }
    if parsed.has("group") && parsed.has("all-groups") {
        return fail("Option \"[group]\" can't be used with option \"[all-groups]\"");
    }
    if parsed.has("list") {
        list_of(parsed.value("state"), STATES, "state", "states")?;
        list_of(parsed.value("type"), TYPES, "types", "types")?;
    }
    Ok(())
}

fn check_reset(parsed: &Parsed, io: &mut Io) -> Outcome {
    let fail = |message: &str| Err(Failure::usage(message));
    if parsed.has("dry-run") && parsed.has("execute") {
        return fail("Option [reset-offsets] only accepts one of [execute] and [dry-run]");
    }
    if !parsed.has("dry-run") && !parsed.has("execute") {
        io.complain(DRY_RUN_WARNING);
    }
    if !parsed.has("group") && !parsed.has("all-groups") {
        return fail("Option [reset-offsets] takes one of these options: [all-groups], [group]");
    }
    let scenarios =
        ["to-offset", "shift-by", "to-datetime", "by-duration", "to-earliest", "to-latest", "to-current", "from-file"];
    if !scenarios.iter().any(|scenario| parsed.has(scenario)) {
        return fail(
            "Option '[reset-offsets]' requires one of the following scenarios: [[by-duration], [to-latest], [to-current], [to-earliest], [to-offset], [shift-by], [from-file], [to-datetime]]",
        );
    }
    for scenario in scenarios {
        let others: Vec<&str> = scenarios.into_iter().filter(|other| *other != scenario).collect();
        parsed.forbid_with(scenario, &others).map_err(Failure::usage)?;
    }
    if !parsed.has("from-file") && !parsed.has("topic") && !parsed.has("all-topics") {
        return fail("One of the reset scopes should be defined: --all-topics, --topic.");
    }
    Ok(())
}

/// A list of states or types, checked against the known ones and written as they are.
fn list_of(value: Option<&str>, known: &[&str], what: &str, plural: &str) -> Result<Vec<String>, Failure> {
    let Some(list) = value else { return Ok(Vec::new()) };
    let find = |item: &str| known.iter().find(|name| name.eq_ignore_ascii_case(item.trim())).map(|n| n.to_string());
    list.split(',').map(find).collect::<Option<Vec<_>>>().ok_or_else(|| {
        Failure::usage(format!("Invalid {what} list '{list}'. Valid {plural} are: {}", known.join(", ")))
    })
}

fn act(parsed: &Parsed, io: &mut Io) -> Outcome {
    if let Some(regex) = parsed.value("validate-regex") {
        match re2_error(regex) {
            None => io.say(format!("The regular expression `{regex}` is valid.")),
            Some(reason) => io.say(format!("The regular expression `{regex}` is invalid: {reason}.")),
        }
        return Ok(());
    }
    let mut map = SettingsMap::default();
    let timeout = parsed.value("timeout").unwrap_or("30000");
    map.set("default.api.timeout.ms", timeout);
    let admin = connect::admin_from(connect::bootstrap(parsed)?, parsed.value("command-config"), map)?;
    if parsed.has("list") {
        list(parsed, &admin, io)
    } else if parsed.has("describe") {
        describe(parsed, &admin, io)
    } else if parsed.has("delete") {
        delete(parsed, &admin, io)
    } else if parsed.has("reset-offsets") {
        offset_reset::run(parsed, &admin, io)
    } else {
        delete_offsets(parsed, &admin, io)
    }
}

/// Consumer groups of either protocol.
fn listings(admin: &Admin, states: &[String], kinds: &[String]) -> Result<Vec<GroupListing>, Failure> {
    let groups = admin.list_groups(states, kinds)?.into_iter();
    let is_consumer = |group: &GroupListing| {
        matches!(group.protocol_type.as_str(), "" | "consumer") && !group.kind.eq_ignore_ascii_case("share")
    };
    Ok(groups.filter(is_consumer).collect())
}

fn list(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let states = list_of(parsed.value("state"), STATES, "state", "states")?;
    let kinds = list_of(parsed.value("type"), TYPES, "types", "types")?;
    let groups = listings(admin, &states, &kinds)?;
    let (with_type, with_state) = (parsed.has("type"), parsed.has("state"));
    if !with_type && !with_state {
        groups.iter().for_each(|group| io.say(&group.id));
        return Ok(());
    }
    let width = groups.iter().map(|group| group.id.len()).max().unwrap_or(0).max(25);
    let row = |id: &str, kind: &str, state: &str| {
        let mut line = format!("{id:<width$}");
        if with_type {
            line += &format!(" {kind:<20}");
        }
        if with_state {
            line += &format!(" {state:<20}");
        }
        line
    };
    io.say(row("GROUP", "TYPE", "STATE"));
    for group in groups {
        io.say(row(&group.id, &kind_name(&group.kind), &group.state));
    }
    Ok(())
}

/// The groups that the options name.
pub(crate) fn chosen(parsed: &Parsed, admin: &Admin) -> Result<Vec<String>, Failure> {
    if parsed.has("all-groups") {
        return Ok(listings(admin, &[], &[])?.into_iter().map(|group| group.id).collect());
    }
    let mut groups: Vec<String> = parsed.all("group").into_iter().map(str::to_string).collect();
    groups.sort();
    groups.dedup();
    Ok(groups)
}

fn delete(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let groups = chosen(parsed, admin)?;
    let results: Vec<(String, Result<(), ClientError>)> =
        groups.into_iter().map(|group| (group.clone(), admin.delete_group(&group))).collect();
    let deleted: Vec<String> =
        results.iter().filter(|(_, result)| result.is_ok()).map(|(group, _)| format!("'{group}'")).collect();
    let failed: Vec<String> = results
        .iter()
        .filter_map(|(group, result)| Some((group, result.as_ref().err()?)))
        .map(|(group, error)| format!("* Group '{group}' could not be deleted due to: {}", java(error)))
        .collect();
    if failed.is_empty() {
        io.say(format!("Deletion of requested consumer groups ({}) was successful.", deleted.join(", ")));
        return Ok(());
    }
    io.say("\nError: Deletion of some consumer groups failed:");
    failed.iter().for_each(|line| io.say(line));
    if !deleted.is_empty() {
        io.say(format!("\nThese consumer groups were deleted successfully: {}", deleted.join(", ")));
    }
    Ok(())
}

fn delete_offsets(parsed: &Parsed, admin: &Admin, io: &mut Io) -> Outcome {
    let group = parsed.value("group").unwrap_or_default();
    let names: BTreeSet<&str> =
        parsed.all("topic").into_iter().map(|topic| topic.split(':').next().unwrap_or(topic)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let metadata = admin.metadata(Wanted::Names(&names), "describeTopics")?;
    let mut wanted = Partitions::new();
    let mut unknown = Vec::new();
    for text in parsed.all("topic") {
        let (topic, partitions) = offset_reset::parse_topic(text)?;
        let known = metadata.topics.get(&topic).filter(|known| known.error.is_ok());
        match (partitions, known) {
            (Some(partitions), _) => wanted.entry(topic).or_default().extend(partitions),
            (None, Some(known)) => wanted.entry(topic).or_default().extend(known.partitions.iter().map(|p| p.index)),
            (None, None) => unknown.push(topic),
        }
    }
    let (top, mut results) = match wanted.is_empty() {
        true => (None, BTreeMap::new()),
        false => match admin.delete_group_offsets(group, &wanted) {
            Ok(results) => (None, results),
            Err(error) => (Some(error), BTreeMap::new()),
        },
    };
    if let Some(error) = &top {
        for (topic, partitions) in &wanted {
            results.extend(partitions.iter().map(|partition| ((topic.clone(), *partition), error.code())));
        }
    }
    match &top {
        Some(error) => io.say(format!("\nError: {error}")),
        None if results.values().all(|code| code.is_ok()) => {
            io.say(format!("Request succeeded for deleting offsets from group {group}."));
        }
        None => io.say("\nError: Encountered some partition-level error, see the follow-up details."),
    }
    io.say(format!("\n{:<15} {:<10} {:<15}", "TOPIC", "PARTITION", "STATUS"));
    let mut row = |topic: &str, partition: &str, code: ErrorCode| {
        let status = match code {
            ErrorCode::None => "Successful".to_string(),
            code => format!("Error: {}", java(&ClientError::from_code(code))),
        };
        io.say(format!("{topic:<15} {partition:<10} {status:<15}"));
    };
    for ((topic, partition), code) in &results {
        row(topic, &partition.to_string(), *code);
    }
    for topic in unknown {
        row(&topic, "-", ErrorCode::UnknownTopicOrPartition);
    }
    Ok(())
}
