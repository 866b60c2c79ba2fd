//! `cargo xtask test`: the one test command.

use crate::error::TaskError;
use crate::interop::{self, Target};
use crate::words::Words;
use crate::{broker, core_tests, report};
use std::path::PathBuf;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    core: bool,
    interop: bool,
    only: Vec<String>,
    release: bool,
    against: Option<String>,
    binary: Option<PathBuf>,
    list: bool,
    /// Write the table of the suites into the docs.
    table: bool,
}

/// Runs the tests that the arguments choose; true if nothing failed.
pub fn run(arguments: &[String]) -> Result<bool, TaskError> {
    let options = parse(arguments)?;
    if options.list {
        interop::names().iter().for_each(|name| println!("{name}"));
        return Ok(true);
    }
    let mut results = Vec::new();
    if options.core {
        println!("core: the workspace's own tests");
        results.push(core_tests::run_core()?);
    }
    if options.interop {
        let target = match &options.against {
            Some(address) => Target::Running(address.clone()),
            None => Target::Binary(broker::build(options.release, options.binary.clone())?),
        };
        let suites = interop::run_all(&target, &options.only)?;
        if options.table {
            report::write_table(&suites)?;
        }
        results.extend(suites);
    }
    Ok(report::print(&results))
}

fn parse(arguments: &[String]) -> Result<Options, TaskError> {
    let mut options = Options::default();
    let mut words = Words::of(arguments);
    while let Some(word) = words.next() {
        match word {
            "--core" => options.core = true,
            "--interop" => options.interop = true,
            "--only" => options.only = words.list()?,
            "--release" => options.release = true,
            "--against" => options.against = Some(words.value()?.to_owned()),
            "--binary" => options.binary = Some(PathBuf::from(words.value()?)),
            "--list" => options.list = true,
            "--table" => options.table = true,
            _ => return Err(words.unknown()),
        }
    }
    let names = interop::names();
    if let Some(unknown) = options.only.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(TaskError::Usage(format!("there is no suite `{unknown}`; there are {}", names.join(", "))));
    }
    if !options.only.is_empty() || options.against.is_some() {
        options.interop = true;
    } else if !options.core && !options.interop {
        (options.core, options.interop) = (true, true);
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, TaskError> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn without_arguments_everything_runs() {
        let options = parsed("").unwrap();
        assert!(options.core && options.interop);
    }

    #[test]
    fn a_part_alone() {
        assert_eq!(parsed("--core").unwrap(), Options { core: true, ..Options::default() });
        let only = Options { interop: true, only: vec!["kcat".into()], ..Options::default() };
        assert_eq!(parsed("--only kcat").unwrap(), only);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parsed("--only nobody").unwrap_err().to_string().contains("nobody"));
        assert!(parsed("--cor").unwrap_err().to_string().contains("--cor"));
    }
}
