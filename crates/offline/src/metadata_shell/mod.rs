//! `kafka-metadata-shell`: a snapshot or a segment of the metadata log as a tree of files, with ls, cat, tree and find;
//! and two views that guides use: `--print-controllers`, and `kafka-metadata --snapshot FILE --print`.
//!
//! The file is only read; the lock of the folder above, which Kafka's shell takes, is not needed for that.

mod commands;
mod controllers;
mod glob;
mod image_tree;
mod read;
mod tree;

use crate::argparse::{Flag, Grammar, Stop};
use crate::dump_log::Failure;
use commands::Shell;
use std::io::{BufRead, Write};

const SNAPSHOT: Flag = Flag::value("--snapshot", Some('s'), "a snapshot or a segment of the metadata log").required();

pub(crate) const SHELL: Grammar = Grammar {
    program: "kafka-metadata-shell",
    usage: "usage: kafka-metadata-shell [-h] --snapshot SNAPSHOT
                            [command [command ...]]",
    about: "Shows the cluster's metadata as files. Commands: cat, find, ls, tree; without one they are read from the
standard input.",
    flags: &[SNAPSHOT, Flag::switch("--print-controllers", None, "only says which voter is the active controller")],
    takes_words: true,
};

pub(crate) const PRINT: Grammar = Grammar {
    program: "kafka-metadata",
    usage: "usage: kafka-metadata [-h] --snapshot SNAPSHOT --print",
    about: "Prints the records of a snapshot or a segment of the metadata log, one a line, as JSON.",
    flags: &[SNAPSHOT, Flag::switch("--print", None, "prints the records")],
    takes_words: false,
};

/// `kafka-metadata-shell`.
pub(crate) fn run(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let parsed = match SHELL.parse(args) {
        Ok(parsed) => parsed,
        // Kafka's shell ends with 1 after its help too.
        Err(stop) => return SHELL.stop(&stop, out, err).max(1),
    };
    let file = parsed.get("--snapshot").unwrap_or_default();
    if parsed.has("--print-controllers") {
        return finish(controllers::print(file, out), err);
    }
    let shell = match Shell::open(file, err) {
        Ok(shell) => shell,
        Err(failure) => return finish(Err(Failure(format!("Unexpected error: {failure}"))), err),
    };
    let outcome = match parsed.words.as_slice() {
        [] => interactive(shell, out),
        words => shell.once(words, out),
    };
    finish(outcome, err)
}

/// `kafka-metadata`.
pub(crate) fn run_print(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    match PRINT.parse(args) {
        Ok(parsed) if parsed.has("--print") => {
            finish(read::print(parsed.get("--snapshot").unwrap_or_default(), out), err)
        }
        Ok(_) => PRINT.stop(&Stop::Wrong("argument --print is required".into()), out, err),
        Err(stop) => PRINT.stop(&stop, out, err),
    }
}

fn finish(outcome: Result<(), Failure>, err: &mut dyn Write) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            let _exit_code_says_it_too = writeln!(err, "{failure}");
            1
        }
    }
}

fn interactive(mut shell: Shell, out: &mut dyn Write) -> Result<(), Failure> {
    write!(out, "Loading...\nStarting...\n[ Kafka Metadata Shell ]\n")?;
    for line in std::io::stdin().lock().lines() {
        write!(out, ">> ")?;
        out.flush()?;
        let line = line?;
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if !shell.command(&words, out)? {
            return Ok(());
        }
    }
    write!(out, ">> ")?;
    Ok(())
}
