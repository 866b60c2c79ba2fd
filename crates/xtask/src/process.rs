//! Child processes: each in a process group of its own, bounded in time, with output kept in a file. What was started is
//! ended by its id.

use crate::error::{During, TaskError};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The groups that run now.
static GROUPS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Kills every child that runs now: for a process that is about to exit.
pub fn kill_all() {
    for id in GROUPS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        kill_group(*id, Signal::KILL);
    }
}

fn kill_group(id: u32, signal: Signal) {
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return };
    let _gone_already = kill_process_group(group, signal);
}

/// A child that ends with this value.
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts the command as the leader of a process group.
    pub fn start(command: &mut Command) -> Result<Running, TaskError> {
        let name = format!("start {}", command.get_program().to_string_lossy());
        Running::spawn(command.stdin(Stdio::null()), name)
    }

    /// The same with the standard input that the command says.
    pub fn start_connected(command: &mut Command) -> Result<Running, TaskError> {
        let name = format!("start {}", command.get_program().to_string_lossy());
        Running::spawn(command, name)
    }

    fn spawn(command: &mut Command, name: String) -> Result<Running, TaskError> {
        let child = command.process_group(0).spawn().during(name)?;
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).insert(child.id());
        Ok(Running { child })
    }

    /// Its process id, which is its group's too.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input and output, where they are pipes, once.
    pub fn pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>) {
        (self.child.stdin.take(), self.child.stdout.take())
    }

    /// Sends a signal to the whole group.
    pub fn signal(&self, signal: Signal) {
        kill_group(self.child.id(), signal);
    }

    /// The status, once the child has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the end, at most so long.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= end {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.signal(Signal::KILL);
            let _status = self.child.wait();
        }
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.child.id());
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Well,
    Failed,
    TooLate,
}

/// Runs a command to its end; every line of standard output goes to `on_line`, and both outputs to the file `log`.
pub fn run(
    command: &mut Command,
    log: &Path,
    limit: Duration,
    mut on_line: impl FnMut(&str),
) -> Result<Ended, TaskError> {
    let what = format!("write {}", log.display());
    let mut file = File::options().create(true).append(true).open(log).during(&what)?;
    let stderr = file.try_clone().during(&what)?;
    let mut running = Running::start(command.stdout(Stdio::piped()).stderr(stderr))?;
    let (lines, arrived) = channel();
    if let Some(stdout) = running.child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    break;
                }
            }
        });
    }
    let end = Instant::now() + limit;
    loop {
        match arrived.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                writeln!(file, "{line}").during(&what)?;
                on_line(&line);
            }
            Err(RecvTimeoutError::Timeout) => return Ok(Ended::TooLate),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    match running.wait(end.saturating_duration_since(Instant::now()).max(Duration::from_secs(1))) {
        Some(status) if status.success() => Ok(Ended::Well),
        Some(_) => Ok(Ended::Failed),
        None => Ok(Ended::TooLate),
    }
}

/// Runs a command that prepares something; it must end well within the limit.
pub fn must_run(command: &mut Command, log: &Path, limit: Duration) -> Result<(), TaskError> {
    let name = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ");
    match run(command, log, limit, |_| {})? {
        Ended::Well => Ok(()),
        ended => Err(TaskError::Command { command: name, reason: format!("{ended:?}\n{}", tail(log, 15)) }),
    }
}

/// The last lines of a file, for a report.
pub fn tail(file: &Path, count: usize) -> String {
    let bytes = std::fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    lines[from..].iter().map(|line| format!("    | {line}\n")).collect()
}
