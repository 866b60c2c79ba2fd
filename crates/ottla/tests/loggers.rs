//! Levels of loggers (KIP-412) as `kafka-configs.sh` shows and changes them, and what a running node then tells.

mod robust;

use robust::node::{BINARY, Node, until};
use std::path::Path;
use std::process::{Command, Output};

fn tool(listener: (&str, u16), arguments: &[&str]) -> (Option<i32>, String, String) {
    let (option, port) = listener;
    let Output { status, stdout, stderr } = Command::new(BINARY)
        .args(&arguments[..1])
        .args([option, &format!("127.0.0.1:{port}")])
        .args(&arguments[1..])
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

fn loggers(listener: (&str, u16), arguments: &[&str]) -> String {
    let entity = ["configs", "--entity-type", "broker-loggers", "--entity-name", "1"];
    let (code, out, err) = tool(listener, &[&entity, arguments].concat());
    format!("{}{out}{err}", if code == Some(0) { "" } else { "failed: " })
}

#[test]
fn levels_change_at_once_at_either_listener() {
    let node = Node::start(&[]);
    let (broker, controller) = (("--bootstrap-server", node.port), ("--bootstrap-controller", node.port + 1));
    let requests = || node.log().matches("api=").count();
    let list_topics = || assert_eq!(tool(broker, &["topics", "--list"]).0, Some(0));

    list_topics();
    assert_eq!(requests(), 0);
    let done = "Completed updating config for broker-logger 1.\n";
    assert_eq!(loggers(broker, &["--alter", "--add-config", "kafka.request.logger=DEBUG"]), done);
    list_topics();
    until("requests are told", || node.log().contains("api=Metadata"));
    for listener in [broker, controller] {
        let shown = loggers(listener, &["--describe"]);
        assert!(shown.starts_with("Dynamic configs for broker-logger 1 are:\n"), "{shown}");
        for line in ["kafka.request.logger=DEBUG", "requests=DEBUG", "kafka.server.KafkaApis=INFO", "root=INFO"] {
            assert!(shown.contains(&format!("\n  {line} sensitive=false synonyms={{}}\n")), "{line} in {shown}");
        }
    }

    assert_eq!(loggers(controller, &["--alter", "--delete-config", "kafka.request.logger"]), done);
    let before = requests();
    list_topics();
    assert_eq!(requests(), before, "{}", node.log());

    let wrong = loggers(broker, &["--alter", "--add-config", "no.such=DEBUG,root=DEBUG", "--delete-config", "other"]);
    assert_eq!(wrong, "failed: Invalid broker logger(s): other,no.such\n");
    assert!(loggers(broker, &["--alter", "--add-config", "root=LOUD"]).contains("not a supported log level"));
    assert!(loggers(broker, &["--alter", "--delete-config", "root"]).contains("root logger is not allowed"));
    assert!(loggers(broker, &["--describe"]).contains("  root=INFO "));
}

#[test]
fn the_targets_of_loggers_are_modules() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rows = include_str!("../../config/rows/loggers.tsv").lines().skip(1);
    let targets = rows.filter_map(|row| row.split('\t').nth(1)).filter(|target| !["*", "requests"].contains(target));
    for target in targets {
        let mut parts = target.split("::");
        let source = crates.join(parts.next().expect("a crate")).join("src");
        let module = parts.fold(source, |path, part| path.join(part));
        assert!(module.is_dir() || module.with_extension("rs").is_file(), "there is no module {target}");
    }
}
