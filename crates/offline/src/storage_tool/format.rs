//! `kafka-storage format`: checks what was asked for in Kafka's order, then has the directories written.

use super::{Failure, config_file, features, scram};
use crate::argparse::Parsed;
use base::{DirectoryId, Files, NodeId};
use config::{Properties, Quorum, ServerConfig};
use controller::Record;
use metadata::{FEATURES, Levels};
use os::{RealFiles, SystemRandom};
use protocol::{MetadataRecord, UserScramCredentialRecord};
use raft::{Endpoint, ReplicaKey, Voter, VoterSet};
use server::{FormatRequest, InitialVoters};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first metadata version with SCRAM records, 3.5-IV2.
const SCRAM_SINCE: i16 = 11;

pub(super) fn run(parsed: &Parsed, out: &mut dyn Write) -> Result<i32, Failure> {
    let config = config_file::read(parsed.get("--config").unwrap_or_default())?;
    let levels = feature_levels(parsed)?;
    let voters = voters(parsed, &config)?;
    check_kraft_version(parsed, &config)?;
    let credentials = credentials(parsed, levels.metadata_version)?;
    let cluster_id = parsed.get("--cluster-id").unwrap_or_default();
    let folders = Folders::look(&config, cluster_id, out)?;
    if let (Some(dir), false) = (folders.formatted.first(), parsed.has("--ignore-formatted")) {
        return Err(Failure(format!(
            "Log directory {} is already formatted. Use --ignore-formatted to ignore this directory and format the \
             others.",
            dir.display()
        )));
    }
    if folders.empty.is_empty() && !folders.formatted.is_empty() {
        writeln!(out, "All of the log directories are already formatted.")?;
        return Ok(0);
    }
    if folders.empty.is_empty() {
        return Err(Failure("No available log directories to format.".into()));
    }
    writeln!(out, "Bootstrap metadata: {}", shown_bootstrap(&levels, &credentials))?;
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let metadata_log_dir = PathBuf::from(&config.log.metadata_log_dir);
    for dir in &folders.empty {
        let kind = match (*dir == metadata_log_dir, &voters) {
            (false, _) => "data",
            (true, None) => "metadata",
            (true, Some(InitialVoters::These(voters))) if voters.get(config.node.node_id).is_none() => {
                "dynamic metadata"
            }
            (true, Some(_)) => "dynamic metadata voter",
        };
        let (shown, name) = (dir.display(), levels.metadata_version_name);
        writeln!(out, "Formatting {kind} directory {shown} with metadata.version {name}.")?;
        let more_records = credentials
            .iter()
            .map(|credential| Record { value: MetadataRecord::UserScramCredential(credential.clone()), version: 0 });
        let request = FormatRequest {
            cluster_id: cluster_id.to_owned(),
            node_id: config.node.node_id,
            log_dirs: vec![dir.clone()],
            metadata_log_dir: metadata_log_dir.clone(),
            features: levels.levels.clone(),
            more_records: more_records.collect(),
            voters: voters.clone(),
        };
        server::format(&files, &request).map_err(|error| Failure(error.to_string()))?;
    }
    Ok(0)
}

/// The levels that are written; those of 0 are not among them.
struct WrittenLevels {
    metadata_version: i16,
    metadata_version_name: &'static str,
    levels: Vec<(String, i16)>,
}

fn feature_levels(parsed: &Parsed) -> Result<WrittenLevels, Failure> {
    let mut given: BTreeMap<&str, i16> = BTreeMap::new();
    for text in parsed.all("--feature") {
        let wrong = |why: String| Failure(format!("Can't parse feature=level string {text}: {why}"));
        let (name, level) = text.split_once('=').ok_or_else(|| wrong("equals sign not found.".into()))?;
        let parsed = level.trim().parse().map_err(|_| wrong(format!("unable to parse {level} as a short.")))?;
        given.insert(name.trim(), parsed);
    }
    let in_feature = given.remove("metadata.version");
    let (metadata_version, metadata_version_name) = match (parsed.get("--release-version"), in_feature) {
        (Some(_), Some(_)) => {
            return Err(Failure(
                "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.".into(),
            ));
        }
        (Some(text), None) => features::release(text, false)?,
        (None, Some(level)) => match metadata::metadata_version_name(level) {
            Some(name) => (level, name),
            None => return Err(Failure(format!("No MetadataVersion with feature level {level}"))),
        },
        (None, None) => features::latest(),
    };
    if let Some(name) = given.keys().find(|name| !FEATURES.iter().any(|feature| feature.name == **name)) {
        let known = FEATURES.iter().map(|feature| feature.name).filter(|name| *name != "metadata.version");
        return Err(Failure(format!(
            "Unsupported feature: {name}. Supported features are: {}",
            known.collect::<Vec<_>>().join(", ")
        )));
    }
    let mut levels = vec![("metadata.version".to_owned(), metadata_version)];
    for feature in FEATURES.iter().filter(|feature| feature.name != "metadata.version") {
        // What the release has, as far as it is served: a node of several starts on nothing else.
        let default = features::default_level(feature.name, metadata_version).min(feature.served);
        let level = given.get(feature.name).copied().unwrap_or(default);
        if !Levels::Known.has(feature.name, level) {
            return Err(Failure(format!("No feature:{} with feature level {level}", feature.name)));
        }
        if !Levels::Served.has(feature.name, level) {
            return Err(Failure(format!(
                "Ottla does not serve {}={level} yet, so that no cluster of several nodes would start.\nhint: leave --feature \
                 {0}={level} away; the highest level that is served is {}",
                feature.name, feature.served
            )));
        }
        if let Some(needs) = features::dependency(feature.name, level).filter(|needs| metadata_version < *needs) {
            return Err(Failure(format!(
                "{} could not be set to {level} because it depends on metadata.version level {needs}",
                feature.name
            )));
        }
        // kraft.version lives in the quorum's own records.
        if level > 0 && feature.name != "kraft.version" {
            levels.push((feature.name.to_owned(), level));
        }
    }
    Ok(WrittenLevels { metadata_version, metadata_version_name, levels })
}

/// `None`: static voters, or a node that joins a quorum later.
fn voters(parsed: &Parsed, config: &ServerConfig) -> Result<Option<InitialVoters>, Failure> {
    let is_static = matches!(config.controller.quorum, Quorum::Static(_));
    let (standalone, initial) = (parsed.has("--standalone"), parsed.get("--initial-controllers"));
    let is_controller = config.node.roles.controller;
    if standalone && !is_controller {
        return Err(Failure("You can only use --standalone on a controller.".into()));
    }
    if is_static && (standalone || initial.is_some()) {
        return Err(Failure(
            "You cannot specify controller.quorum.voters and format the node with --initial-controllers or \
             --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify \
             controller.quorum.bootstrap.servers instead."
                .into(),
        ));
    }
    if let Some(text) = initial {
        return initial_controllers(text, config).map(Some);
    }
    if standalone {
        return Ok(Some(InitialVoters::Standalone(server::controller_endpoints(config))));
    }
    if !is_static && is_controller && !parsed.has("--no-initial-controllers") {
        return Err(Failure(
            "Because controller.quorum.voters is not set on this controller, you must specify one of the following: \
             --standalone, --initial-controllers, or --no-initial-controllers."
                .into(),
        ));
    }
    Ok(None)
}

fn check_kraft_version(parsed: &Parsed, config: &ServerConfig) -> Result<(), Failure> {
    let level = parsed.all("--feature").filter_map(|text| text.trim().strip_prefix("kraft.version=")).last();
    let is_static = matches!(config.controller.quorum, Quorum::Static(_));
    let flags = ["--standalone", "--initial-controllers", "--no-initial-controllers"];
    let with_flag = flags.iter().any(|flag| parsed.has(flag));
    match level {
        Some("0") if !is_static && with_flag => Err(Failure(
            "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, \
             --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try removing \
             the --feature flag for kraft.version."
                .into(),
        )),
        Some("1") if is_static => Err(Failure(
            "Cannot set kraft.version to 1 unless controller.quorum.voters is empty and one of the flags --standalone, \
             --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try using one \
             of --standalone, --initial-controllers, or --no-initial-controllers and removing controller.quorum.voters."
                .into(),
        )),
        _ => Ok(()),
    }
}

/// One `id@host:port:directory`.
struct InitialController {
    id: NodeId,
    host: String,
    port: u16,
    directory_id: DirectoryId,
}

fn initial_controllers(text: &str, config: &ServerConfig) -> Result<InitialVoters, Failure> {
    let mut controllers: Vec<InitialController> = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let controller = initial_controller(entry).map_err(|message| Failure(message.to_owned()))?;
        if controllers.iter().any(|other| other.id == controller.id) {
            return Err(Failure(format!("Node id {} was specified more than once.", controller.id)));
        }
        controllers.push(controller);
    }
    if controllers.is_empty() {
        return Err(Failure("No voters given.".into()));
    }
    let listener = config.network.controller_listener_names.first().map(ToString::to_string).unwrap_or_default();
    let voters = controllers.into_iter().map(|controller| Voter {
        key: ReplicaKey { id: controller.id, directory_id: controller.directory_id },
        endpoints: vec![Endpoint { listener: listener.clone(), host: controller.host, port: controller.port }],
    });
    Ok(InitialVoters::These(VoterSet::new(voters)))
}

fn initial_controller(text: &str) -> Result<InitialController, &'static str> {
    let (id, rest) = text.split_once('@').ok_or("No @ found in dynamic voter string.")?;
    let id = id.parse().map_err(|_| "Failed to parse node id in dynamic voter string.")?;
    let (host, rest) = match rest.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) =
                bracketed.split_once(']').ok_or("Hostname began with left bracket, but no right bracket was found.")?;
            (host, rest.strip_prefix(':').ok_or("No colon following hostname could be found.")?)
        }
        None => rest.split_once(':').ok_or("No colon following hostname could be found.")?,
    };
    let (port, directory) = rest.split_once(':').ok_or("No colon following port could be found.")?;
    let port = port.parse().map_err(|_| "Failed to parse port in dynamic voter string.")?;
    let directory_id = directory.parse().map_err(|_| "Failed to parse directory ID in dynamic voter string.")?;
    Ok(InitialController { id, host: host.to_owned(), port, directory_id })
}

fn credentials(parsed: &Parsed, metadata_version: i16) -> Result<Vec<UserScramCredentialRecord<'static>>, Failure> {
    let records = parsed.all("--add-scram").map(|text| scram::parse(text, &mut SystemRandom));
    let records: Vec<_> = records.collect::<Result<_, _>>()?;
    if !records.is_empty() && metadata_version < SCRAM_SINCE {
        return Err(Failure("SCRAM is only supported in metadata.version 3.5-IV2 or later.".into()));
    }
    Ok(records)
}

/// The directories of the node, by whether they have a `meta.properties`.
struct Folders {
    formatted: Vec<PathBuf>,
    empty: Vec<PathBuf>,
}

impl Folders {
    fn look(config: &ServerConfig, cluster_id: &str, out: &mut dyn Write) -> Result<Folders, Failure> {
        let mut folders = Folders { formatted: Vec::new(), empty: Vec::new() };
        for dir in config_file::directories(config) {
            let path = dir.join("meta.properties");
            match std::fs::read(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => folders.empty.push(dir),
                Err(_) => writeln!(out, "I/O error trying to read log directory {}. Ignoring...", dir.display())?,
                Ok(bytes) => {
                    check_meta(&path, &bytes, cluster_id, config.node.node_id)?;
                    folders.formatted.push(dir);
                }
            }
        }
        Ok(folders)
    }
}

fn check_meta(path: &Path, bytes: &[u8], cluster_id: &str, node_id: NodeId) -> Result<(), Failure> {
    let shown = path.display();
    let properties = Properties::parse(bytes).map_err(|error| Failure(format!("{shown}: {error}")))?;
    let differs = |key: &str, expected: &str| match properties.get(key) {
        Some(found) if found.trim() != expected => {
            Err(Failure(format!("Invalid {key} in: {shown}. Expected {expected}, but read {}", found.trim())))
        }
        _ => Ok(()),
    };
    differs("cluster.id", cluster_id)?;
    differs("node.id", &node_id.to_string())
}

/// The records as Kafka's classes show themselves.
fn shown_bootstrap(levels: &WrittenLevels, credentials: &[UserScramCredentialRecord<'_>]) -> String {
    let features = levels.levels.iter().map(|(name, level)| {
        format!("ApiMessageAndVersion(FeatureLevelRecord(name='{name}', featureLevel={level}) at version 0)")
    });
    let users = credentials.iter().map(|credential| {
        format!(
            "ApiMessageAndVersion(UserScramCredentialRecord(name='{}', mechanism={}, salt={}, storedKey={}, \
             serverKey={}, iterations={}) at version 0)",
            credential.name,
            credential.mechanism,
            shown_bytes(&credential.salt),
            shown_bytes(&credential.stored_key),
            shown_bytes(&credential.server_key),
            credential.iterations
        )
    });
    let records: Vec<String> = features.chain(users).collect();
    format!(
        "BootstrapMetadata(records=[{}], metadataVersionLevel={}, source=format command)",
        records.join(", "),
        levels.metadata_version
    )
}

/// Bytes as Java shows an array of them: signed.
fn shown_bytes(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().map(|byte| byte.cast_signed().to_string()).collect();
    format!("[{}]", shown.join(", "))
}
