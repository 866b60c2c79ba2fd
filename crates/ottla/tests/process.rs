//! The node as a process among others: its output cannot be written, signals come, bytes are odd, arguments are wrong.

mod robust;

use robust::node::{BINARY, Node, free_ports, refused, server, until};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A node with streams of its own, and how it is reached.
struct Process {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Process {
    fn start(streams: impl Fn(&mut Command, &Path)) -> Process {
        for _ in 0..5 {
            let folder = tempfile::Builder::new().prefix("ottla-process-").tempdir().expect("a folder");
            let port = free_ports();
            let mut command = server(&folder.path().join("data"), port, &[]);
            command.stdin(Stdio::null());
            streams(&mut command, folder.path());
            let mut process = Process { child: command.spawn().expect("the binary runs"), port, folder };
            // As somebody who reads no more.
            drop((process.child.stdout.take(), process.child.stderr.take()));
            let mut ended = false;
            until("the node is ready or has ended", || {
                ended = process.child.try_wait().expect("a child").is_some();
                ended || process.page("/ready").starts_with("HTTP/1.1 200")
            });
            if !ended {
                return process;
            }
        }
        panic!("the node ends by itself");
    }

    fn page(&self, path: &str) -> String {
        robust::node::get(self.port + 2, path).unwrap_or_default()
    }

    fn lost_lines(&self) -> u64 {
        let page = self.page("/metrics");
        let sample = page.lines().find_map(|line| line.strip_prefix("ottla_log_lines_lost_total "));
        sample.and_then(|number| number.parse().ok()).expect("the sample")
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a pid")).expect("a pid");
        kill_process(pid, signal).expect("the process is there");
    }

    /// The exit code after it has ended; `None` after a signal killed it.
    fn end(&mut self) -> Option<i32> {
        let mut status = None;
        until("the node ends", || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        status.and_then(|status| status.code())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Whether the folder was left in order.
    fn is_clean(&self) -> bool {
        self.folder.path().join("data").join(".kafka_cleanshutdown").exists()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn full(command: &mut Command, _folder: &Path) {
    let full = File::options().write(true).open("/dev/full").expect("Linux");
    command.stdout(full.try_clone().expect("a descriptor")).stderr(full);
}

fn to_log(command: &mut Command, folder: &Path) {
    let log = File::create(folder.join("log")).expect("a log");
    command.stdout(log.try_clone().expect("a descriptor")).stderr(log);
}

fn closed(command: &mut Command, _folder: &Path) {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
}

#[test]
fn output_that_nobody_takes_stops_no_node() {
    for streams in [full, closed] {
        let mut process = Process::start(streams);
        until("lines are lost and counted", || process.lost_lines() > 0);
        assert!(process.page("/live").starts_with("HTTP/1.1 200"));
        process.signal(Signal::TERM);
        assert_eq!(process.end(), Some(0));
        assert!(process.is_clean());
    }
}

#[test]
fn a_refused_start_ends_with_its_code_on_a_full_disk_too() {
    let mut command = Command::new(BINARY);
    command.args(["server", "no-such.properties"]);
    full(&mut command, Path::new(""));
    assert_eq!(command.status().expect("the binary runs").code(), Some(1));
    for arguments in [&["--help"][..], &["--version"], &["server", "--help"], &["completion", "bash"], &["nosuch"]] {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        full(&mut command, Path::new(""));
        assert!(matches!(command.status().expect("the binary runs").code(), Some(0 | 2)), "{arguments:?}");
    }
}

#[test]
fn a_terminal_that_closes_stops_the_node_in_order() {
    let mut process = Process::start(to_log);
    process.signal(Signal::HUP);
    process.signal(Signal::HUP);
    assert_eq!(process.end(), Some(0));
    assert!(process.is_clean() && process.log().contains("SIGHUP"), "{}", process.log());
}

#[test]
fn sigquit_tells_what_runs_and_the_node_goes_on() {
    let mut process = Process::start(to_log);
    process.signal(Signal::XFSZ);
    process.signal(Signal::QUIT);
    until("the threads are told", || {
        let log = process.log();
        ["what the process does", "ottla-net-0", "ottla-quorum", "ottla-signals"].iter().all(|part| log.contains(part))
    });
    assert!(process.page("/ready").starts_with("HTTP/1.1 200"));
    process.signal(Signal::TERM);
    process.signal(Signal::TERM);
    process.signal(Signal::INT);
    assert_eq!(process.end(), Some(0));
    assert!(process.is_clean(), "{}", process.log());
}

#[test]
fn http_is_where_the_key_or_the_flag_says() {
    let port = free_ports();
    let listen = format!("ottla.http.listen=0.0.0.0:{port}");
    // The test's helper looks for the port of a start without configuration, which the flag gives.
    let with_flag = |mut command: Command, _: &Path| {
        let own = command.get_args().filter_map(|word| word.to_str()?.parse::<u16>().ok()).next().expect("a port");
        command.arg("--http-listen").arg(format!("0.0.0.0:{}", own + 2));
        command
    };
    let node = Node::start_by(with_flag, &[&listen]);
    assert!(node.page("/metrics").contains("ottla_topics"), "the flag counts before the key");
    assert!(robust::node::get(port, "/ready").is_err());
    assert!(node.log().contains("http://0.0.0.0:"), "{}", node.log());
    for (value, expected) in [("9404", "needs ADDRESS:PORT"), ("203.0.113.7:9404", "no interface of this machine")] {
        let place = tempfile::tempdir().expect("a folder");
        let setting = format!("ottla.http.listen={value}");
        let (code, said) = refused(server(&place.path().join("data"), free_ports(), &[&setting]));
        assert!(code == 1 && said.contains(expected), "{code} {said}");
    }
}

fn odd() -> OsString {
    OsString::from_vec(b"a\xff".to_vec())
}

#[test]
fn arguments_that_are_not_utf_8_are_errors_and_no_panics() {
    let place = tempfile::tempdir().expect("a folder");
    let linked = Command::new(BINARY).arg("link-tools").arg(place.path()).output().expect("the binary runs");
    assert!(linked.status.success());
    let mut failures = Vec::new();
    let mut judge = |mut command: Command, code: i32| {
        let line = format!("{:?}", command.arg(odd()));
        let (got, said) = refused(command);
        if got != code || !said.contains("argument") || !said.contains("is not UTF-8") || said.contains("panicked") {
            failures.push(format!("{line}: {got} {said}"));
        }
    };
    for entry in std::fs::read_dir(place.path()).expect("links") {
        judge(Command::new(entry.expect("a link").path()), 1);
    }
    for name in ["server", "topics", "storage", "link-tools", "completion", "server-stop", "--version"] {
        let mut command = Command::new(BINARY);
        command.arg(name);
        judge(command, 2);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_environment_that_is_not_utf_8_is_an_error_where_it_is_read() {
    let place = tempfile::tempdir().expect("a folder");
    let mut command = server(&place.path().join("data"), free_ports(), &[]);
    command.env("KAFKA_NUM_PARTITIONS", odd());
    let (code, said) = refused(command);
    assert!(code == 1 && said.contains("environment variable KAFKA_NUM_PARTITIONS is not UTF-8"), "{code} {said}");
    let odd_elsewhere = |mut command: Command, _: &Path| {
        command.env("SOMEBODYS", odd()).env(odd(), "x").env("OTTLA_LOG", odd());
        command
    };
    let node = Node::start_by(odd_elsewhere, &[]);
    assert!(node.log().contains("OTTLA_LOG is not used"), "{}", node.log());
    let mut topics = Command::new(BINARY);
    topics.args(["topics", "--list", "--bootstrap-server", &format!("127.0.0.1:{}", node.port)]);
    topics.env("SOMEBODYS", odd()).env(odd(), "x").env("OTTLA_LOG", odd());
    assert!(topics.status().expect("the binary runs").success());
}

#[test]
fn no_command_passes_over_an_argument_that_it_does_not_know() {
    for line in [
        "--version now",
        "help me",
        "completion bash zsh",
        "completion csh",
        "link-tools --all",
        "link-tools a b",
        "server --log-format yaml",
        "server --ignore-acls=no",
        "server a.properties b.properties",
        "server-start a.properties --ignore-acls=no",
        "server-stop everything",
        "server-stop --node 1",
        "storage random-uuid more",
        "dump-log --files x more",
        "metadata --snapshot x more",
        "topics --list --bootstrap-server 127.0.0.1:1 more",
        "console-producer --topic t --bootstrap-server 127.0.0.1:1 more",
        "cluster cluster-id --bootstrap-server 127.0.0.1:1 more",
    ] {
        let place = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(BINARY);
        command.args(line.split_whitespace()).current_dir(place.path());
        let (code, said) = refused(command);
        assert!(code == 1 || code == 2, "{line}: {code} {said}");
        let last = line.split([' ', '=']).rfind(|word| *word != "no").expect("a word");
        let last = last.trim_start_matches('-');
        assert!(said.contains(last) || said.contains("usage"), "{line}: {said}");
        assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0, "{line} left something");
    }
}

/// The `client_id` of the first request that comes.
fn first_client_id(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut start = [0; 14];
    stream.read_exact(&mut start).expect("a request");
    let mut client_id = vec![0; usize::from(u16::from_be_bytes([start[12], start[13]]))];
    stream.read_exact(&mut client_id).expect("a name");
    String::from_utf8(client_id).expect("a text")
}

/// As recorded of Apache Kafka's, at a node that logs requests.
#[test]
fn tools_name_themselves_as_kafkas_do() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    for (client_id, arguments) in [
        ("adminclient-1", "topics --list"),
        ("adminclient-1", "consumer-groups --list"),
        ("log-dirs-tool", "log-dirs --describe"),
        ("reassign-partitions-tool", "reassign-partitions --list"),
        ("GetOffsetShell", "get-offsets --topic t"),
        ("admin-1", "broker-api-versions"),
        ("adminclient-1", "e2e-latency --topic t --num-records 1 --producer-acks 1 --record-size 9"),
        ("console-consumer", "console-consumer --topic t --group g"),
        ("consumer-g-1", "verifiable-consumer --topic t --group-id g"),
        ("producer-1", "verifiable-producer --topic t --max-messages 1"),
        ("perf-producer-client", "producer-perf-test --topic t --num-records 1 --record-size 9 --throughput -1"),
    ] {
        let mut command = Command::new(BINARY);
        command.args(arguments.split(' ')).args(["--bootstrap-server", &address]);
        let mut tool =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a tool");
        let named = first_client_id(&listener);
        tool.kill().expect("it waits for an answer");
        let _its_code = tool.wait();
        assert_eq!(named, client_id, "{arguments}");
    }
}

#[test]
fn a_tool_that_is_not_there_yet_says_what_it_comes_with() {
    let place = tempfile::tempdir().expect("a folder");
    for (name, says) in [
        ("kafka-acls.sh", "comes with ACLs"),
        ("kafka-transactions.sh", "comes with transactions"),
        ("kafka-transactions", "comes with transactions"),
        ("kafka-share-groups.sh", "comes with share groups"),
        ("connect-distributed.sh", "Apache's Kafka Connect"),
    ] {
        let link = place.path().join(name);
        std::os::unix::fs::symlink(BINARY, &link).expect("a link");
        for arguments in [&[][..], &["--help"], &["--bootstrap-server", "127.0.0.1:1", "--list"]] {
            let mut command = Command::new(&link);
            command.args(arguments);
            let (code, said) = refused(command);
            assert!(code == 1 && said.contains(says) && said.contains("hint"), "{name} {arguments:?}: {code} {said}");
        }
    }
    for arguments in [&["acls", "--list"][..], &["run-class", "org.apache.kafka.tools.AclCommand", "--list"]] {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        let (code, said) = refused(command);
        assert!(code == 1 && said.contains("kafka-acls: this tool comes with ACLs"), "{arguments:?}: {code} {said}");
    }
    let mut command = Command::new(BINARY);
    command.arg("nosuch");
    let (code, said) = refused(command);
    assert!(code == 2 && said.contains("there is no command `nosuch`"), "{code} {said}");
}

/// A copy of the binary under a name of its own, so that no other node of this machine is stopped.
#[test]
fn a_stop_says_what_it_stops_and_help_stops_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let program = place.path().join(format!("ottla-alone-{}", std::process::id()));
    std::fs::copy(BINARY, &program).expect("a copy");
    let mut process = Process::start(|command, folder| {
        let arguments: Vec<OsString> = command.get_args().map(ToOwned::to_owned).collect();
        let mut own = Command::new(&program);
        own.args(arguments);
        to_log(&mut own, folder);
        *command = own;
    });
    let stop = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.arg("server-stop").args(arguments);
        refused(command)
    };
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["-h"], 0),
        (&["--version"], 0),
        (&["now"], 1),
        (&["--all"], 1),
        (&["--node-id"], 1),
        (&["--node-id", "7"], 0),
        (&["--node-id=7"], 0),
    ] {
        let (got, said) = stop(arguments);
        assert_eq!(got, code, "{arguments:?}: {said}");
        assert!(process.child.try_wait().expect("a child").is_none(), "{arguments:?}");
    }
    let (code, said) = stop(&[]);
    assert!(code == 0 && said.contains(&format!("process {}", process.child.id())), "{said}");
    assert_eq!(process.end(), Some(0));
    assert!(process.is_clean());
    assert_eq!(stop(&[]), (1, "No kafka server to stop\n".to_owned()));
}

#[test]
fn messages_name_what_they_are_about() {
    let place = tempfile::tempdir().expect("a folder");
    let links = place.path().join("links");
    std::fs::create_dir(&links).expect("a folder");
    let other = links.join("kafka-topics.sh");
    std::fs::write(&other, "mine").expect("a file");
    let mut command = Command::new(BINARY);
    command.arg("link-tools").arg(&links);
    let (code, said) = refused(command);
    assert!(code == 1 && said.contains(&other.display().to_string()), "{said}");
    assert_eq!(std::fs::read_dir(&links).expect("a folder").count(), 1, "no link was made");
    let (code, said) = refused(server(&other, free_ports(), &[]));
    assert!(code == 1 && said.contains(&other.display().to_string()), "{code} {said}");
    let (port, controller) = (free_ports(), free_ports());
    let elsewhere = format!("listeners=PLAINTEXT://203.0.113.7:{port},CONTROLLER://127.0.0.1:{controller}");
    let told = format!("advertised.listeners=PLAINTEXT://127.0.0.1:{port}");
    let (code, said) = refused(server(&place.path().join("d"), port, &[&elsewhere, &told]));
    assert!(code == 1 && said.contains("no interface of this machine"), "{code} {said}");
    assert!(!said.contains("another process"), "{said}");
}
