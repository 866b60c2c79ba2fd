//! A cluster that begins at an old metadata.version, with static voters, and is raised while it runs.

mod robust;

use robust::node::{BINARY, Node, until};
use robust::peer::Peer;
use std::path::Path;
use std::process::Command;

/// A start from a file with two directories, formatted at the level, instead of the start without a file.
fn at_level(level: &'static str) -> impl Fn(Command, &Path) -> Command {
    move |zero, place| {
        let arguments: Vec<String> = zero.get_args().map(|text| text.to_string_lossy().into_owned()).collect();
        let at = arguments.iter().position(|text| text == "--port").expect("a port");
        let port: u16 = arguments[at + 1].parse().expect("a number");
        let (controller, http) = (port + 1, port + 2);
        let data = place.join("data");
        let text = format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
             controller.listener.names=CONTROLLER\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             log.dirs={},{}\n",
            data.display(),
            place.join("more").display()
        );
        let file = place.join("server.properties");
        std::fs::write(&file, text).expect("a file");
        let mut format = Command::new(BINARY);
        format.args(["storage", "format", "--release-version", level, "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c"]);
        assert!(format.arg(&file).output().expect("the binary runs").status.success());
        let mut command = Command::new(BINARY);
        command.arg("server").arg(&file).arg("--http-port").arg(http.to_string()).env_remove("RUST_LOG");
        command
    }
}

/// What the metadata log holds, a line a record.
fn metadata(node: &Node) -> String {
    let log = node.data().join("__cluster_metadata-0/00000000000000000000.log");
    let mut dump = Command::new(BINARY);
    dump.args(["dump-log", "--cluster-metadata-decoder", "--skip-record-metadata", "--files"]).arg(log);
    String::from_utf8_lossy(&dump.output().expect("the binary runs").stdout).into_owned()
}

#[test]
fn a_running_broker_says_what_the_level_before_could_not_carry() {
    let node = Node::start_by(at_level("3.6-IV2"), &[]);
    assert_eq!(Peer::connect(&node).create("t", &[]), 0);
    let before = metadata(&node);
    assert!(before.contains("\"REGISTER_BROKER_RECORD\",\"version\":2"), "{before}");
    assert!(before.contains("\"PARTITION_RECORD\",\"version\":0"), "{before}");
    let mut upgrade = Command::new(BINARY);
    upgrade.args(["features", "--bootstrap-server", &format!("127.0.0.1:{}", node.port)]);
    let done = upgrade.args(["upgrade", "--release-version", "4.3"]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("kraft.version was upgraded to 1."), "{said}");
    until("the broker has told its directories", || {
        metadata(&node).contains("\"REGISTER_BROKER_RECORD\",\"version\":4")
    });
    until("the directory of the replica is known", || {
        let log = metadata(&node);
        log.lines().any(|line| line.contains("PARTITION_CHANGE_RECORD") && line.contains("\"directories\":["))
    });
    assert!(metadata(&node).contains("\"REGISTER_CONTROLLER_RECORD\""));
    assert_eq!(Peer::connect(&node).create("u", &[]), 0);
}
