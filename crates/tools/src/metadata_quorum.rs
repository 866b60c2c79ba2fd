//! `kafka-metadata-quorum.sh`: state of the metadata quorum, adding and removing voters.

use crate::arguments::{Command, Matches, Syntax, option, switch};
use crate::cluster::admin_of;
use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use crate::time;
use base::Uuid;
use client::{Address, Quorum, QuorumReplica};

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "kafka-metadata-quorum",
    purpose: "Show and change the quorum of controllers.",
    arguments: &[
        option(&["--bootstrap-server"], "BOOTSTRAP_SERVER", "brokers to connect to").grouped(),
        option(&["--bootstrap-controller"], "BOOTSTRAP_CONTROLLER", "controllers to connect to").grouped(),
        option(&["--command-config"], "COMMAND_CONFIG", "properties file of the client"),
    ],
    group_required: true,
    commands: &[
        Command {
            name: "describe",
            arguments: &[
                switch(&["--status"], "leader, epoch, high watermark, voters"),
                switch(&["--replication"], "a line for each replica"),
                switch(&["--human-readable"], "times as so long ago"),
            ],
            help: "show the quorum",
        },
        Command {
            name: "add-controller",
            arguments: &[switch(&["--dry-run"], "only check")],
            help: "add the controller whose server.properties --command-config names",
        },
        Command {
            name: "remove-controller",
            arguments: &[
                option(&["--controller-id", "-i"], "CONTROLLER_ID", "node id").required(),
                option(&["--controller-directory-id", "-d"], "CONTROLLER_DIRECTORY_ID", "directory id").required(),
                switch(&["--dry-run"], "only check"),
            ],
            help: "take a controller out of the voters",
        },
    ],
    examples: &["--bootstrap-server localhost:9092 describe --status"],
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 0, io),
    };
    let outcome = match matches.command {
        Some("describe") => describe(&matches, io),
        Some("add-controller") => add(&matches, io),
        _ => remove(&matches, io),
    };
    outcome.exit_code(io)
}

fn describe(matches: &Matches, io: &mut Io) -> Outcome {
    match (matches.has("--status"), matches.has("--replication")) {
        (true, true) => {
            Err(Failure::new("Only one of --status or --replication should be specified with describe sub-command"))
        }
        (false, false) => {
            Err(Failure::new("One of --status or --replication must be specified with describe sub-command"))
        }
        (true, false) if matches.has("--human-readable") => {
            Err(Failure::new("The option --human-readable is only supported along with --replication"))
        }
        (true, false) => {
            let admin = admin_of(matches)?;
            let quorum = admin.describe_quorum()?;
            status(&admin.describe_cluster(false)?.cluster_id, &quorum, io);
            Ok(())
        }
        (false, true) => {
            replication(&admin_of(matches)?.describe_quorum()?, matches.has("--human-readable"), io);
            Ok(())
        }
    }
}

fn status(cluster_id: &str, quorum: &Quorum, io: &mut Io) {
    let leader = quorum.voters.iter().find(|voter| voter.id == quorum.leader_id);
    let leader_end = leader.map_or(-1, |leader| leader.log_end_offset);
    let followers = quorum.voters.iter().filter(|voter| voter.id != quorum.leader_id);
    let slowest = followers.min_by_key(|voter| voter.log_end_offset).or(leader);
    let lag = slowest.map_or(0, |slowest| leader_end - slowest.log_end_offset);
    let lag_ms = match (leader, slowest) {
        _ if lag == 0 => 0,
        (Some(leader), Some(slowest)) if slowest.last_caught_up_ms >= 0 => {
            leader.last_caught_up_ms - slowest.last_caught_up_ms
        }
        _ => -1,
    };
    for (label, value) in [
        ("ClusterId:", cluster_id.to_string()),
        ("LeaderId:", quorum.leader_id.to_string()),
        ("LeaderEpoch:", quorum.leader_epoch.to_string()),
        ("HighWatermark:", quorum.high_watermark.to_string()),
        ("MaxFollowerLag:", lag.to_string()),
        ("MaxFollowerLagTimeMs:", lag_ms.to_string()),
        ("CurrentVoters:", nodes_json(&quorum.voters, quorum)),
        ("CurrentObservers:", nodes_json(&quorum.observers, quorum)),
    ] {
        io.say(format!("{label:<23} {value}"));
    }
}

fn nodes_json(replicas: &[QuorumReplica], quorum: &Quorum) -> String {
    let node = |replica: &QuorumReplica| {
        let directory = match replica.directory_id.is_zero() {
            true => "null".to_string(),
            false => format!("\"{}\"", replica.directory_id),
        };
        let mut json = format!("{{\"id\": {}, \"directoryId\": {directory}", replica.id);
        if let Some((_, listeners)) = quorum.endpoints.iter().find(|(id, _)| *id == replica.id)
            && !listeners.is_empty()
        {
            let listed: Vec<String> =
                listeners.iter().map(|(name, address)| format!("\"{name}://{address}\"")).collect();
            json += &format!(", \"endpoints\": [{}]", listed.join(", "));
        }
        json + "}"
    };
    format!("[{}]", replicas.iter().map(node).collect::<Vec<_>>().join(", "))
}

fn replication(quorum: &Quorum, human: bool, io: &mut Io) {
    let leader_end =
        quorum.voters.iter().find(|voter| voter.id == quorum.leader_id).map_or(-1, |leader| leader.log_end_offset);
    let now = time::now_ms();
    let shown = |ms: i64| match (human, ms) {
        (_, -1) => "-1".to_string(),
        (true, ms) => format!("{} ms ago", (now - ms).max(0)),
        (false, ms) => ms.to_string(),
    };
    let header =
        ["NodeId", "DirectoryId", "LogEndOffset", "Lag", "LastFetchTimestamp", "LastCaughtUpTimestamp", "Status"];
    let mut rows: Vec<Vec<String>> = vec![header.iter().map(|cell| cell.to_string()).collect()];
    let followers = quorum.voters.iter().filter(|voter| voter.id != quorum.leader_id).map(|voter| (voter, "Follower"));
    let leader = quorum.voters.iter().filter(|voter| voter.id == quorum.leader_id).map(|voter| (voter, "Leader"));
    let observers = quorum.observers.iter().map(|observer| (observer, "Observer"));
    for (replica, status) in leader.chain(followers).chain(observers) {
        rows.push(vec![
            replica.id.to_string(),
            replica.directory_id.to_string(),
            replica.log_end_offset.to_string(),
            (leader_end - replica.log_end_offset).to_string(),
            shown(replica.last_fetch_ms),
            shown(replica.last_caught_up_ms),
            status.to_string(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}\t")).collect();
        io.say(cells.concat());
    }
}

fn remove(matches: &Matches, io: &mut Io) -> Outcome {
    let id: i32 = matches.number("--controller-id").map_err(Failure::new)?.unwrap_or(-1);
    if id < 0 {
        return Err(Failure::new("Invalid negative --controller-id: ".to_string() + &id.to_string()));
    }
    let text = matches.value("--controller-directory-id").unwrap_or_default();
    let directory: Uuid =
        text.parse().map_err(|_| Failure::new(format!("Failed to parse --controller-directory-id: {text}")))?;
    if matches.has("--dry-run") {
        io.say(format!("DRY RUN of removing  KRaft controller {id} with directory id {directory}"));
        return Ok(());
    }
    admin_of(matches)?.remove_voter(id, directory)?;
    io.say(format!("Removed  KRaft controller {id} with directory id {directory}"));
    Ok(())
}

fn add(matches: &Matches, io: &mut Io) -> Outcome {
    let path = matches.value("--command-config").ok_or_else(|| {
        Failure::new(
            "You must supply the configuration file of the controller you are adding when using add-controller.",
        )
    })?;
    let server = connect::read_properties(path)?;
    let get = |key: &str| server.get(key).map(str::trim);
    let needed = |key: &str| get(key).ok_or_else(|| Failure::new(format!("{key} not found in configuration file.")));
    let roles = get("process.roles").unwrap_or_default();
    if !roles.split(',').any(|role| role.trim() == "controller") {
        return Err(Failure::new("process.roles did not contain controller in configuration file."));
    }
    let id: i32 = needed("node.id")?.parse().map_err(|_| Failure::new("node.id is not a number."))?;
    let dir = get("metadata.log.dir").or_else(|| get("log.dirs")?.split(',').next()).or(get("log.dir"));
    let dir = dir.ok_or_else(|| Failure::new("Neither metadata.log.dir nor log.dirs is in the configuration file."))?;
    let meta = connect::read_properties(&format!("{}/meta.properties", dir.trim()))?;
    let directory: Uuid = meta
        .get("directory.id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Failure::new(format!("No directory id found in {dir}")))?;
    let names: Vec<&str> = needed("controller.listener.names")?.split(',').map(str::trim).collect();
    let listed = get("advertised.listeners").into_iter().chain(get("listeners")).flat_map(|list| list.split(','));
    let mut listeners: Vec<(String, Address)> = Vec::new();
    for (name, rest) in listed.filter_map(|listener| listener.trim().split_once("://")) {
        if names.contains(&name) && !listeners.iter().any(|(known, _)| known == name) {
            let rest = if rest.starts_with(':') { format!("localhost{rest}") } else { rest.to_string() };
            listeners.push((name.to_string(), Address::parse(&rest)?));
        }
    }
    let shown: Vec<String> = listeners.iter().map(|(name, address)| format!("{name}://{address}")).collect();
    let endpoints = shown.join(", ");
    if matches.has("--dry-run") {
        io.say(format!("DRY RUN of adding controller {id} with directory id {directory} and endpoints: {endpoints}"));
        return Ok(());
    }
    admin_of(matches)?.add_voter(id, directory, &listeners)?;
    io.say(format!("Added controller {id} with directory id {directory} and endpoints: {endpoints}"));
    Ok(())
}
