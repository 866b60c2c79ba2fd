//! One command of a tool as a process: called by Apache's name, fed, watched, and stopped where the recorder stopped it.

use super::node::{BINARY, feed, for_each_line};
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// No recorded command takes longer than this here.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Outcome {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

/// When to send SIGTERM.
pub enum StopWhen {
    Never,
    /// After so many lines of either stream for which the test holds.
    Lines(usize, fn(&str) -> bool),
}

/// Runs the words in a folder. A name of a JVM's class goes through `kafka-run-class.sh`.
pub fn run(words: &[String], folder: &Path, stdin: &str, stop: &StopWhen) -> Outcome {
    let is_class = words[0].contains('.') && !words[0].ends_with(".sh");
    let (name, arguments) = if is_class { ("kafka-run-class.sh", words) } else { (words[0].as_str(), &words[1..]) };
    let mut child = Command::new(BINARY)
        .arg0(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let pid = Pid::from_child(&child);
    feed(child.stdin.take().expect("a pipe"), stdin.as_bytes());
    let (tell, hear) = channel();
    let test: fn(&str) -> bool = if let StopWhen::Lines(_, test) = stop { *test } else { |_| false };
    let (out, err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let tell_too = tell.clone();
    let counted = move |tell: std::sync::mpsc::Sender<()>| {
        move |line: &str| {
            if test(line) {
                let _nobody_waits = tell.send(());
            }
        }
    };
    let errors = std::thread::spawn(move || for_each_line(err, counted(tell_too)));
    let output = std::thread::spawn(move || for_each_line(out, counted(tell)));
    if let StopWhen::Lines(count, _) = stop {
        for _ in 0..*count {
            if hear.recv_timeout(PATIENCE).is_err() {
                break;
            }
        }
        let _gone_already = kill_process(pid, Signal::TERM);
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (stdout, stderr) = (text(output.join().expect("a thread")), text(errors.join().expect("a thread")));
    let status = child.wait().expect("a child");
    Outcome { exit: status.code().unwrap_or(-1), stdout, stderr }
}
