//! Starts that must not happen: each says why in a sentence, exits with 1, and leaves the folders as they were.

mod robust;

use robust::node::{BINARY, Node, free_ports, get, refused, server, until};
use robust::peer::Peer;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every file below a folder with its content; an error where something vanishes meanwhile.
fn content(folder: &Path) -> std::io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(content(&path)?);
        } else {
            all.insert(path.clone(), std::fs::read(&path)?);
        }
    }
    Ok(all)
}

/// A properties file of a node with these folders, which are formatted for cluster and node as told.
fn formatted(place: &Path, dirs: &[(&str, &str, u32)], more: &str) -> PathBuf {
    let port = free_ports();
    let controller = port + 1;
    let file = place.join("server.properties");
    let write = |dirs: &str, node_id: u32, more: &str| {
        let text = format!(
            "process.roles=broker,controller\nnode.id={node_id}\ncontroller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\nlog.dirs={dirs}\n{more}"
        );
        std::fs::write(&file, text).unwrap();
    };
    for (dir, cluster_id, node_id) in dirs {
        write(&place.join(dir).display().to_string(), *node_id, "");
        let mut format = Command::new(BINARY);
        format.args(["storage", "format", "--standalone", "-t", cluster_id, "-c"]).arg(&file);
        let done = format.output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
    let all: Vec<String> = dirs.iter().map(|(dir, ..)| place.join(dir).display().to_string()).collect();
    write(&all.join(","), 1, more);
    file
}

fn start(file: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("server").arg(file).env_remove("RUST_LOG");
    command
}

const ONE: &str = "MkU3OEVBNTcwNTJENDM2Qk";
const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

#[test]
fn folders_of_another_cluster_or_node_are_refused_and_left_alone() {
    for (dirs, expected) in [
        (&[("a", ONE, 1), ("b", OTHER, 1)][..], OTHER),
        (&[("a", ONE, 1), ("b", ONE, 7)][..], "node id 7"),
        (&[("a", ONE, 7)][..], "node id 7"),
    ] {
        let place = tempfile::tempdir().unwrap();
        let file = formatted(place.path(), dirs, "");
        let without_locks = || {
            let mut all = content(place.path()).unwrap();
            all.retain(|path, _| !path.ends_with(".lock"));
            all
        };
        let before = without_locks();
        let (code, said) = refused(start(&file));
        assert!(code == 1 && said.contains(expected), "{code} {said}");
        assert!(before == without_locks(), "{dirs:?}: something was written");
    }
}

#[test]
fn a_folder_in_use_is_refused_before_anything_is_written() {
    // Nothing comes round meanwhile that would write.
    let node = Node::start(&[
        "log.flush.offset.checkpoint.interval.ms=3600000",
        "log.flush.start.offset.checkpoint.interval.ms=3600000",
        "replica.high.watermark.checkpoint.interval.ms=3600000",
    ]);
    let mut peer = Peer::connect(&node);
    assert_eq!(peer.create("t", &[]), 0);
    let settled = || {
        let first = content(&node.data()).ok()?;
        (first == content(&node.data()).ok()?).then_some(first)
    };
    let mut before = None;
    until("the folder is at rest", || {
        before = settled();
        before.is_some()
    });
    let (code, said) = refused(server(&node.data(), free_ports(), &[]));
    assert!(code == 1 && said.contains("is in use by another process"), "{code} {said}");
    assert!(before == content(&node.data()).ok(), "something was written");
    peer.greet();
}

#[test]
fn a_port_in_use_is_named_and_the_folder_serves_a_later_start() {
    let place = tempfile::tempdir().unwrap();
    let file = formatted(place.path(), &[("a", ONE, 1)], "");
    let text = std::fs::read_to_string(&file).unwrap();
    let port: u16 = text.split("PLAINTEXT://127.0.0.1:").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (code, said) = refused(start(&file));
    assert!(code == 1 && said.contains(&format!("127.0.0.1:{port}")) && said.contains("in use"), "{code} {said}");
    drop(taken);
    let (code, said) = refused({
        let mut again = start(&file);
        again.args(["--override", "listeners=nonsense"]);
        again
    });
    assert!(code == 1 && !said.contains("in use"), "{code} {said}");
}

#[test]
fn mistakes_in_the_configuration_are_told_by_name() {
    for (more, code_expected, expected) in [
        ("num.partitions=many\n", 1, "Invalid value many for configuration num.partitions"),
        ("log.dir=\nlistener.security.protocol.map=PLAINTEXT:SSL,CONTROLLER:PLAINTEXT\n", 1, "SSL"),
        ("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n", 1, "authorizer.class.name"),
        ("num.partitons=3\nnum.io.threads=x\n", 1, "num.io.threads"),
    ] {
        let place = tempfile::tempdir().unwrap();
        let file = formatted(place.path(), &[("a", ONE, 1)], more);
        let (code, said) = refused(start(&file));
        assert!(code == code_expected && said.contains(expected), "{more}: {code} {said}");
    }
    let node = Node::start(&["num.partitons=3"]);
    assert!(node.log().contains("num.partitons: unknown key; did you mean num.partitions?"), "{}", node.log());
}

#[test]
fn values_come_from_config_providers_or_the_start_is_refused() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("more.properties"), "size=none\n").unwrap();
    let providers = format!(
        "config.providers=file,env\n\
         config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n\
         config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n\
         num.partitions=${{file:{}:size}}\n",
        place.path().join("more.properties").display()
    );
    let file = formatted(place.path(), &[("a", ONE, 1)], &providers);
    let (code, said) = refused(start(&file));
    assert!(code == 1 && said.contains("Invalid value none for configuration num.partitions"), "{code} {said}");
    let mut command = start(&file);
    command.args(["--override", "num.io.threads=${env:OTTLA_TEST_NOBODY_SETS_THIS}"]);
    let (code, said) = refused(command);
    assert!(code == 1 && said.contains("${env:OTTLA_TEST_NOBODY_SETS_THIS} is not set"), "{code} {said}");
}

#[test]
fn a_port_option_beside_a_topology_of_the_environment_is_told_to_count_little() {
    let place = tempfile::tempdir().unwrap();
    let mut command = server(&place.path().join("data"), 40000, &["num.partitions=x"]);
    command.env("KAFKA_PROCESS_ROLES", "broker,controller").env("KAFKA_NODE_ID", "1");
    let (code, said) = refused(command);
    assert!(code == 1 && said.contains("--port 40000 counts for the HTTP port only: process.roles"), "{code} {said}");
}

#[test]
fn a_node_starts_without_a_log_directory_that_is_a_file_and_shows_it() {
    let place = tempfile::tempdir().unwrap();
    let file = formatted(place.path(), &[("a", ONE, 1), ("b", ONE, 1)], "");
    std::fs::rename(place.path().join("b"), place.path().join("kept")).unwrap();
    std::fs::write(place.path().join("b"), "").unwrap();
    let http = free_ports();
    let mut node = start(&file).args(["--http-listen", &format!("127.0.0.1:{http}")]).spawn().unwrap();
    until("the node is ready", || get(http, "/ready").is_ok_and(|page| page.starts_with("HTTP/1.1 200")));
    let metrics = get(http, "/metrics").unwrap();
    let online = |dir: &str| format!("{}\"}} 1", place.path().join(dir).display());
    assert!(metrics.contains(&online("a")), "{metrics}");
    assert!(!metrics.contains(&online("b")), "{metrics}");
    let port = std::fs::read_to_string(&file).unwrap();
    let port = port.split("PLAINTEXT://").nth(1).unwrap().split(',').next().unwrap();
    let tool = Command::new(BINARY).args(["log-dirs", "--bootstrap-server", port, "--describe"]).output().unwrap();
    let said = String::from_utf8_lossy(&tool.stdout);
    assert!(said.contains("KafkaStorageException"), "{said}");
    let id = rustix::process::Pid::from_raw(node.id() as i32).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(node.wait().unwrap().success());
}

#[test]
fn a_link_that_leads_nowhere_is_named_by_format() {
    let place = tempfile::tempdir().unwrap();
    let file = formatted(place.path(), &[], "");
    let link = place.path().join("link");
    std::os::unix::fs::symlink(place.path().join("gone"), &link).unwrap();
    let text = std::fs::read_to_string(&file).unwrap().replace("log.dirs=", &format!("log.dirs={}", link.display()));
    std::fs::write(&file, text).unwrap();
    let mut format = Command::new(BINARY);
    format.args(["storage", "format", "--standalone", "-t", ONE, "-c"]).arg(&file);
    let (code, said) = refused(format);
    assert!(code != 0 && said.contains(&format!("{} is", link.display())) && said.contains("link"), "{code} {said}");
}
