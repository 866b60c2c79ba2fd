//! `kafka-groups.sh`: all groups with type and protocol.

use crate::connect;
use crate::failure::{ExitCode, Outcome};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Parsed, Usage, VERSION, flag, text};
use client::GroupListing;

const OPTIONS: &[Opt] = &[
    BOOTSTRAP_SERVER.required(),
    COMMAND_CONFIG,
    flag("list", "list the groups"),
    text("group-type", "TYPE", "only groups of this type: classic, consumer, share, streams"),
    text("protocol", "PROTOCOL", "only groups of this protocol"),
    flag("consumer", "only consumer groups of either kind"),
    flag("share", "only share groups"),
    flag("streams", "only streams groups"),
    HELP,
    VERSION,
];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-groups.sh",
    purpose: "List groups of all types.",
    examples: &["--bootstrap-server localhost:9092 --list"],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read_or_explain(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    if !parsed.has("list") {
        return USAGE.refuse("Command must include exactly one action: --list.", io);
    }
    if ["consumer", "share", "streams"].iter().filter(|kind| parsed.has(kind)).count() > 1 {
        return USAGE.refuse("Only one of --consumer, --share and --streams can be given", io);
    }
    list(&parsed, io).exit_code(io)
}

fn list(parsed: &Parsed, io: &mut Io) -> Outcome {
    let admin = connect::admin(parsed)?;
    let kinds: Vec<String> = parsed.value("group-type").map(str::to_string).into_iter().collect();
    let shown = |group: &GroupListing| {
        let is_consumer = group.kind.eq_ignore_ascii_case("consumer")
            || group.kind.eq_ignore_ascii_case("classic") && matches!(group.protocol_type.as_str(), "" | "consumer");
        parsed.value("protocol").is_none_or(|protocol| group.protocol_type == protocol)
            && (!parsed.has("consumer") || is_consumer)
            && (!parsed.has("share") || group.kind.eq_ignore_ascii_case("share"))
            && (!parsed.has("streams") || group.kind.eq_ignore_ascii_case("streams"))
    };
    let groups: Vec<GroupListing> = admin.list_groups(&[], &kinds)?.into_iter().filter(shown).collect();
    let width = groups.iter().map(|group| group.id.len()).max().unwrap_or(0).max(20);
    io.say(format!("{:<width$} {:<20} {:<20}", "GROUP", "TYPE", "PROTOCOL"));
    for group in groups {
        io.say(format!("{:<width$} {:<20} {:<20} ", group.id, kind_name(&group.kind), group.protocol_type));
    }
    Ok(())
}

/// A group's type with a capital, as the tools print it.
pub fn kind_name(kind: &str) -> String {
    let mut chars = kind.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase())
        .unwrap_or_default()
}
