//! `ottla server`: from the arguments to the end of the process.

use crate::addresses::{bind_all, endpoint, has_ipv6};
use crate::assemble::Event;
use crate::folders::{Folders, FormatAdvice, all_dirs, is_fresh};
use crate::format::{FormatRequest, InitialVoters, format};
use crate::log_sink::Stream;
use crate::logging::{flush, say};
use crate::node::Node;
use crate::options::{Options, Source};
use crate::panics::abort_on_panic;
use crate::properties_file;
use crate::start_limits::{LOOK_EVERY, StartLimits, exceeded_text};
use crate::{LogFormat, ServerError, init_logging, signals, systemd};
use base::{Files, Random};
use broker::LifecycleState;
use config::{
    Loggers, Origin, Quorum, ServerConfig, Settings, ZeroConfiguration, load, read_environment, zero_configuration,
};
use os::{RealFiles, SystemRandom};
use quorum::voter_endpoint;
use raft::Endpoint;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How long an orderly stop may wait for the controller before it goes on without.
const LEAVE_DEADLINE: Duration = Duration::from_secs(10);

/// Runs `ottla server ARGUMENTS` as the one node of this process, which a panic ends; returns the exit code.
pub fn run_arguments(arguments: &[String]) -> i32 {
    abort_on_panic();
    match Options::parse(arguments) {
        Ok(options) => run(&options),
        Err(message) => {
            say(Stream::Err, &format!("ottla server: {message}\nhint: `ottla server --help` shows what there is\n"));
            2
        }
    }
}

/// Runs a node until a signal; returns the exit code.
pub fn run(options: &Options) -> i32 {
    let loggers = init_logging(if options.json_logs { LogFormat::Json } else { LogFormat::Text });
    let code = match start_and_wait(options, loggers) {
        Ok(()) => 0,
        Err(error) => {
            say(Stream::Err, &format!("ottla server: {error}\n"));
            1
        }
    };
    flush();
    code
}

/// Why a node ends.
enum End {
    Asked,
    /// What is here is whole.
    InOrder(String),
    AtOnce(String),
}

/// A configuration and what belongs to it.
struct Start {
    config: ServerConfig,
    advice: FormatAdvice,
    /// `ADDRESS:PORT` of HTTP, where there is to be any.
    http_listen: Option<String>,
    /// Set for a start without a file.
    zero: Option<(PathBuf, Settings, Option<String>)>,
}

fn start_and_wait(options: &Options, loggers: Arc<Loggers>) -> Result<(), ServerError> {
    let begun = Instant::now();
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let start = configure(options)?;
    let open_files = os::raise_open_file_limit();
    if open_files < 10_000 {
        tracing::warn!(
            open_files,
            "few files may be open at once: raise the limit (ulimit -n) for many partitions or clients"
        );
    }
    if let Some((data_dir, settings, cluster_id)) = &start.zero {
        prepare_zero(&files, &start.config, data_dir, settings, cluster_id.as_deref())?;
    }
    let folders = Folders::open(&files, &start.config, &start.advice)?;
    let bound = bind_all(&start.config.network)?;
    let http = start.http_listen.as_deref().map(crate::http::bind).transpose()?.flatten();
    let (events, arrived) = mpsc::channel();
    let on_signal = events.clone();
    signals::watch(move |name| {
        let _main_has_ended = on_signal.send(Event::Signal(name));
    })?;
    let ignores_acls = options.ignore_acls && is_on_loopback(&start.config);
    let mut node = Node::start(start.config.clone(), folders, bound, loggers, ignores_acls, events)?;
    let ready = Arc::new(AtomicBool::new(false));
    // The one background runtime of this process, where something needs it.
    let background = http.as_ref().map(|_| background::Runtime::start()).transpose()?;
    if let (Some(runtime), Some(listener)) = (&background, http) {
        web::serve(runtime, listener, crate::http::routes(&node, &ready))?;
    }
    let limits = StartLimits::new(&start.config.lifecycle, begun, Instant::now());
    let end = loop {
        let event = match ready.load(Ordering::Acquire) {
            true => arrived.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => arrived.recv_timeout(LOOK_EVERY),
        };
        match event {
            Err(RecvTimeoutError::Timeout) => {
                let state = node.lifecycle_state();
                if let Some(key) = limits.exceeded(state, Instant::now()) {
                    let (refusal, controllers) = (node.refusal(), controllers(&start.config));
                    break End::InOrder(exceeded_text(key, state, refusal.as_deref(), &controllers));
                }
            }
            Ok(event) if node.is_ready_after(&event) && !ready.swap(true, Ordering::AcqRel) => {
                node.serve_clients();
                announce(&start, begun.elapsed());
                systemd::notify("READY=1");
            }
            Ok(Event::Lifecycle(LifecycleState::Refused(error))) => {
                break End::InOrder(format!(
                    "the controller refuses this broker ({error}): it does not take part at all finalized levels of the \
                     cluster, or a node that is a cluster by itself is at levels of Apache Kafka.\nhint: \
                     `kafka-features.sh --bootstrap-server HOST:PORT describe` shows both; take down what is above the \
                     supported levels of Ottla"
                ));
            }
            Ok(Event::Lifecycle(_) | Event::QuorumReached) => {}
            Ok(Event::Acls(count)) => break End::InOrder(acls_text(options.ignore_acls, count)),
            Ok(Event::Signal(name)) => {
                tracing::info!(signal = name, "stopping");
                break End::Asked;
            }
            Ok(Event::Ends(reason)) => break End::InOrder(reason),
            Ok(Event::Fatal(reason)) => break End::AtOnce(reason),
            Err(RecvTimeoutError::Disconnected) => break End::AtOnce("every part of the node has ended".to_owned()),
        }
    };
    ready.store(false, Ordering::Release);
    systemd::notify("STOPPING=1");
    let reason = match end {
        End::Asked => None,
        End::InOrder(reason) => {
            tracing::error!(%reason, "stopping");
            Some(reason)
        }
        End::AtOnce(reason) => return Err(ServerError::Fatal(reason)),
    };
    node.stop(&arrived, LEAVE_DEADLINE)?;
    tracing::info!("stopped in order");
    reason.map_or(Ok(()), |reason| Err(ServerError::Fatal(reason)))
}

/// Where the configuration says that controllers are, for people.
fn controllers(config: &ServerConfig) -> String {
    let bootstrap = crate::quorum_parts::bootstrap(config, &"".into());
    bootstrap.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn configure(options: &Options) -> Result<Start, ServerError> {
    match &options.source {
        Source::File(path) => {
            let name = path.display().to_string();
            let config = checked(&properties_file::read(path, &options.overrides)?)?;
            let http_listen = options.http_listen.clone().or_else(|| config.network.http_listen.clone());
            Ok(Start { config, advice: FormatAdvice::Tool { config: name }, http_listen, zero: None })
        }
        Source::Zero { data_dir, port } => {
            let environment = read_environment(crate::environment::variables(std::env::vars_os())?);
            for (variable, nearest) in &environment.suspicious {
                tracing::warn!("environment variable {variable} means no known key; did you mean {nearest}?");
            }
            if !environment.problems.is_empty() {
                return Err(ServerError::Rejected(environment.problems.join("\n")));
            }
            let dir = data_dir.clone().unwrap_or_else(|| PathBuf::from("ottla-data"));
            let dir = std::path::absolute(&dir)?;
            let Some(shown) = dir.to_str().map(str::to_owned) else {
                return Err(ServerError::Rejected(format!("the path of the data folder is not UTF-8: {dir:?}")));
            };
            let zero = ZeroConfiguration { data_dir: &shown, port: *port, has_ipv6_loopback: has_ipv6() };
            if let (Some(port), Some(key)) = (port, environment.topology_key()) {
                tracing::warn!(
                    "--port {port} counts for the HTTP port only: {key} in the environment says who listens where"
                );
            }
            let mut settings = zero_configuration(&zero, &environment);
            if data_dir.is_some() {
                settings.push("log.dirs", zero.data_dir, Origin::Option("--data-dir"));
            }
            let settings = options.overrides.iter().fold(settings, |all, argument| all.override_argument(argument));
            let config = checked(&settings)?;
            let dir = config.log.log_dirs.first().map_or(dir, PathBuf::from);
            let own = options.http_listen.clone().or_else(|| config.network.http_listen.clone());
            let http_listen = Some(own.unwrap_or_else(|| format!("127.0.0.1:{}", zero.http_port())));
            Ok(Start {
                config,
                advice: FormatAdvice::NewFolder,
                http_listen,
                zero: Some((dir, settings, environment.cluster_id)),
            })
        }
    }
}

fn checked(settings: &Settings) -> Result<ServerConfig, ServerError> {
    match load(settings) {
        Ok(loaded) => {
            for note in &loaded.notes {
                tracing::warn!("{note}");
            }
            Ok(loaded.config)
        }
        Err(rejected) => Err(ServerError::Rejected(rejected.to_string())),
    }
}

/// Formats folders that are absent or empty, refuses others that are not formatted, leaves a `server.properties`.
fn prepare_zero(
    files: &Arc<dyn Files>,
    config: &ServerConfig,
    data_dir: &Path,
    settings: &Settings,
    cluster_id: Option<&str>,
) -> Result<(), ServerError> {
    let mut unformatted = Vec::new();
    for dir in all_dirs(config) {
        let looked = files
            .exists(&dir.join("meta.properties"))
            .and_then(|is_formatted| if is_formatted { Ok(None) } else { is_fresh(&**files, &dir).map(Some) });
        match looked {
            Ok(None) => {}
            Ok(Some(true)) => unformatted.push(dir),
            Ok(Some(false)) => return Err(ServerError::ForeignFolder { dir }),
            Err(source) if dir == Path::new(&config.log.metadata_log_dir) => {
                return Err(ServerError::Folder { path: dir, source });
            }
            // It may be that the node can start without it.
            Err(error) => tracing::debug!(dir = %dir.display(), %error, "a log directory cannot be looked at"),
        }
    }
    if unformatted.is_empty() {
        return Ok(());
    }
    let voters = match &config.controller.quorum {
        Quorum::Static(_) => None,
        Quorum::Dynamic(_) => Some(InitialVoters::Standalone(controller_endpoints(config))),
    };
    let request = FormatRequest {
        cluster_id: cluster_id.map_or_else(|| SystemRandom.uuid().to_string(), str::to_owned),
        node_id: config.node.node_id,
        log_dirs: unformatted,
        metadata_log_dir: PathBuf::from(&config.log.metadata_log_dir),
        features: controller::default_feature_levels(),
        more_records: Vec::new(),
        voters,
    };
    format(files, &request)?;
    files.replace(&data_dir.join("server.properties"), settings.to_file().as_bytes())?;
    Ok(())
}

/// Where the controller of this node is reached, for the voters of a dynamic quorum.
pub fn controller_endpoints(config: &ServerConfig) -> Vec<Endpoint> {
    let mut listeners = config.network.advertised_controller_listeners.clone();
    crate::addresses::fill_hosts(&mut listeners);
    listeners.iter().map(|listener| voter_endpoint(&endpoint(listener))).collect()
}

/// Whether nobody but this machine reaches the node.
fn is_on_loopback(config: &ServerConfig) -> bool {
    config.network.listeners.iter().all(|listener| listener.endpoint.is_loopback())
}

/// Why a broker ends that met ACLs; `was_asked` to ignore them.
fn acls_text(was_asked: bool, count: usize) -> String {
    let hint = match was_asked {
        true => "--ignore-acls works with listeners on loopback addresses only",
        false => {
            "run this broker with Apache Kafka, or remove the ACLs (kafka-acls.sh --remove); to go on without protection, \
             on loopback listeners only, start with --ignore-acls"
        }
    };
    format!("the metadata holds {count} ACLs, which this version does not enforce.\nhint: {hint}")
}

fn announce(start: &Start, took: Duration) {
    let listeners = &start.config.network.advertised_listeners;
    let clients: Vec<String> = listeners.iter().map(|listener| listener.endpoint.to_string()).collect();
    let data = start.config.log.log_dirs.join(", ");
    tracing::info!(clients = clients.join(","), data, took_ms = took.as_millis() as u64, "ready");
    // Scripts and container tests wait for Apache's own line.
    let node_id = start.config.node.node_id;
    tracing::info!("[KafkaRaftServer nodeId={node_id}] Kafka Server started (kafka.server.KafkaRaftServer)");
    if start.zero.is_some() {
        let bootstrap = clients.first().cloned().unwrap_or_default();
        let metrics = match start.http_listen.as_deref().filter(|listen| !listen.ends_with(":0")) {
            Some(listen) => format!("  metrics      http://{listen}/metrics\n"),
            None => String::new(),
        };
        let text = format!(
            "\nOttla is ready for Kafka clients.\n  connect to   {}\n  data in      {data}\n{metrics}  \
             try          ottla topics --bootstrap-server {bootstrap} --create --topic first\n  stop         Ctrl-C\n\n",
            clients.join("  ")
        );
        say(Stream::Out, &text);
    }
}
