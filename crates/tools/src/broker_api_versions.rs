//! `kafka-broker-api-versions.sh`: which versions of which APIs each broker speaks.

use crate::connect;
use crate::failure::{Failure, Outcome};
use crate::io::Io;
use crate::options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, HELP, Opt, Usage, VERSION};
use client::{ApiVersions, ClientError, VersionRange};
use protocol::ApiKey;

const OPTIONS: &[Opt] = &[BOOTSTRAP_SERVER.required(), COMMAND_CONFIG, HELP, VERSION];

pub(crate) const USAGE: Usage = Usage {
    tool: "kafka-broker-api-versions.sh",
    purpose: "Show the API versions of every broker.",
    examples: &["--bootstrap-server localhost:9092"],
    options: OPTIONS,
};

pub fn run(args: &[String], io: &mut Io) -> i32 {
    let parsed = match USAGE.read(args, io) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    let admin = match connect::admin_named("admin-1", &parsed) {
        Ok(admin) => admin,
        Err(failure) => {
            io.complain(failure.message);
            return 1;
        }
    };
    match show(&admin, io) {
        Ok(()) => 0,
        Err(failure) => {
            let unreachable = matches!(failure.cause, Some(ClientError::Timeout(_) | ClientError::Connect { .. }));
            let addresses = admin.cluster().settings().bootstrap.addresses().iter().zip(1..);
            let nodes: Vec<String> =
                addresses.map(|(address, i)| format!("{address} (id: -{i} rack: null isFenced: false)")).collect();
            match unreachable {
                true => io.complain(format!("Request METADATA failed on brokers [{}]", nodes.join(", "))),
                false => io.complain(failure.message),
            }
            1
        }
    }
}

fn show(admin: &client::Admin, io: &mut Io) -> Outcome {
    // One round over the bootstrap addresses, as Kafka's tool; there is nothing to wait for.
    let soon =
        std::time::Instant::now() + std::time::Duration::from_secs(1).min(admin.cluster().settings().api_timeout);
    admin.cluster().refresh(client::Wanted::Nothing, false, "metadata", soon)?;
    for broker in admin.broker_versions()? {
        let rack = broker.node.rack.as_deref().unwrap_or("null");
        let head = format!("{} (id: {} rack: {rack} isFenced: false) -> ", broker.node.address, broker.node.id);
        match broker.versions {
            Ok(versions) => io.say(format!("{head}(\n{}\n)", lines(&versions).join(",\n"))),
            Err(error) => return Err(Failure::new(format!("{head}ERROR: {error}"))),
        }
    }
    Ok(())
}

/// One line an API: those of brokers that are known here, and what else the broker names.
fn lines(versions: &ApiVersions) -> Vec<String> {
    let known = ApiKey::ALL.iter().filter(|api| api.info().broker).map(|api| api.id());
    let mut ids: Vec<i16> = known.chain(versions.ranges.keys().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| line(id, versions.ranges.get(&id))).collect()
}

fn line(id: i16, range: Option<&VersionRange>) -> String {
    let api = ApiKey::from_id(id);
    let name = api.map_or("UNKNOWN", ApiKey::name);
    let Some(range) = range else { return format!("\t{name}({id}): UNSUPPORTED") };
    let span = if range.min == range.max { range.min.to_string() } else { format!("{} to {}", range.min, range.max) };
    let usable = match api {
        Some(api) if range.max < api.min_version() => "unusable: node too old".to_string(),
        Some(api) if range.min > api.max_version() => "unusable: node too new".to_string(),
        Some(api) => format!("usable: {}", range.max.min(api.max_version())),
        None => "unusable: node too new".to_string(),
    };
    format!("\t{name}({id}): {span} [{usable}]")
}
