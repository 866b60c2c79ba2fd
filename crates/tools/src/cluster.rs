//! `kafka-cluster.sh`: cluster id, endpoints, taking out a broker that is gone.

use crate::arguments::{Argument, Command, Matches, Syntax, option, switch};
use crate::connect;
use crate::failure::{ExitCode, Failure, Outcome};
use crate::io::Io;
use client::{Address, Admin, Bootstrap, SettingsMap};

const SERVER: Argument = option(&["--bootstrap-server", "-b"], "BOOTSTRAP_SERVER", "brokers to connect to").grouped();
const CONTROLLER: Argument =
    option(&["--bootstrap-controller", "-C"], "BOOTSTRAP_CONTROLLER", "controllers to connect to").grouped();
const OLD_CONFIG: Argument = option(&["--config"], "CONFIG", "deprecated: --command-config");
const CONFIG: Argument = option(&["--command-config", "-c"], "COMMAND_CONFIG", "properties file of the client");

pub(crate) const SYNTAX: Syntax = Syntax {
    program: "kafka-cluster",
    purpose: "Show and change what belongs to the cluster as a whole.",
    arguments: &[],
    group_required: true,
    commands: &[
        Command {
            name: "cluster-id",
            arguments: &[OLD_CONFIG, CONFIG, SERVER, CONTROLLER],
            help: "print the id of the cluster",
        },
        Command {
            name: "unregister",
            arguments: &[
                OLD_CONFIG,
                CONFIG,
                option(&["--id", "-i"], "ID", "broker to take out").required(),
                SERVER,
                CONTROLLER,
            ],
            help: "take a broker out that is gone for good",
        },
        Command {
            name: "list-endpoints",
            arguments: &[
                OLD_CONFIG,
                CONFIG,
                switch(&["--include-fenced-brokers"], "also brokers that are fenced"),
                SERVER,
                CONTROLLER,
            ],
            help: "list brokers or controllers with their addresses",
        },
    ],
    examples: &["cluster-id --bootstrap-server localhost:9092", "list-endpoints --bootstrap-server localhost:9092"],
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let matches = match SYNTAX.parse(args) {
        Ok(matches) => matches,
        Err(stopped) => return SYNTAX.stopped(&stopped, 1, io),
    };
    act(&matches, io).exit_code(io)
}

/// An admin client from the arguments of a tool of this kind.
pub fn admin_of(matches: &Matches) -> Result<Admin, Failure> {
    let read = |list: &str| Address::parse_list(list).map_err(Failure::from);
    let bootstrap = match (matches.value("--bootstrap-server"), matches.value("--bootstrap-controller")) {
        (Some(list), _) => Some(Bootstrap::Brokers(read(list)?)),
        (None, Some(list)) => Some(Bootstrap::Controllers(read(list)?)),
        (None, None) => None,
    };
    let file = matches.value("--command-config").or(matches.value("--config"));
    connect::admin_from(bootstrap, file, SettingsMap::default())
}

fn act(matches: &Matches, io: &mut Io) -> Outcome {
    if matches.has("--config") {
        if matches.has("--command-config") {
            return Err(Failure::new("--config and --command-config cannot be specified together."));
        }
        io.say("Option --config has been deprecated and will be removed in a future version. Use --command-config instead.");
    }
    let admin = admin_of(matches)?;
    match matches.command {
        Some("cluster-id") => {
            let id = admin.describe_cluster(false)?.cluster_id;
            match id.is_empty() {
                true => io.say("No cluster ID found. The Kafka version is probably too old."),
                false => io.say(format!("Cluster ID: {id}")),
            }
            Ok(())
        }
        Some("unregister") => {
            let id: i32 = matches.number("--id").map_err(Failure::new)?.unwrap_or(-1);
            admin.unregister_broker(id)?;
            io.say(format!("Broker {id} is no longer registered."));
            Ok(())
        }
        _ => list_endpoints(matches, &admin, io),
    }
}

fn list_endpoints(matches: &Matches, admin: &Admin, io: &mut Io) -> Outcome {
    let controllers = admin.cluster().settings().bootstrap.is_controllers();
    if controllers && matches.has("--include-fenced-brokers") {
        return Err(Failure::new(
            "The option --include-fenced-brokers is only supported with --bootstrap-server option",
        ));
    }
    let nodes = admin.describe_cluster(matches.has("--include-fenced-brokers"))?.nodes;
    let widest = nodes.iter().map(|(node, _)| node.address.host.len()).max().unwrap_or(0).max(4);
    let rack_width =
        nodes.iter().map(|(node, _)| node.rack.as_deref().unwrap_or("null").len()).max().unwrap_or(0).max(10);
    let mut row = |id: &str, host: &str, port: &str, rack: &str, state: &str, kind: &str| {
        let state = if controllers { String::new() } else { format!("{state:<10} ") };
        io.say(format!("{id:<10} {host:<widest$} {port:<10} {rack:<rack_width$} {state}{kind:<15}"));
    };
    row("ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE");
    let kind = if controllers { "controller" } else { "broker" };
    for (node, fenced) in &nodes {
        let state = if *fenced { "fenced" } else { "unfenced" };
        let rack = node.rack.as_deref().unwrap_or("null");
        row(&node.id.to_string(), &node.address.host, &node.address.port.to_string(), rack, state, kind);
    }
    Ok(())
}
