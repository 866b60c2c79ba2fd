//! The command line.

use crate::rows::GROUPS;
use std::path::PathBuf;

pub const USAGE: &str = "usage: bench [--ottla FILE] [--kafka-bin DIR] [--rows a,b] [--quick] [--out FILE] [--dir DIR] \
[--first-port N] | --list";

#[derive(Debug)]
pub struct Arguments {
    /// Ottla's binary.
    pub ottla: PathBuf,
    /// The folder of Apache's scripts; without it Ottla is measured alone.
    pub kafka_bin: Option<PathBuf>,
    /// Names of groups; none means all.
    pub rows: Vec<String>,
    pub quick: bool,
    /// Where the report goes besides standard output.
    pub out: Option<PathBuf>,
    /// A folder on the disk to measure.
    pub dir: PathBuf,
    pub first_port: u16,
    pub list: bool,
}

impl Arguments {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut parsed = Arguments {
            ottla: PathBuf::from("target/release/ottla"),
            kafka_bin: None,
            rows: Vec::new(),
            quick: false,
            out: None,
            dir: std::env::temp_dir(),
            first_port: 31_300,
            list: false,
        };
        let mut rest = arguments;
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--ottla" => parsed.ottla = value()?.into(),
                "--kafka-bin" => parsed.kafka_bin = Some(value()?.into()),
                "--rows" => parsed.rows = value()?.split(',').map(str::to_owned).collect(),
                "--quick" => parsed.quick = true,
                "--out" => parsed.out = Some(value()?.into()),
                "--dir" => parsed.dir = value()?.into(),
                "--first-port" => parsed.first_port = port(&value()?)?,
                "--list" => parsed.list = true,
                other => return Err(format!("unknown argument: {other}\n{USAGE}")),
            }
        }
        match parsed.rows.iter().find(|row| !GROUPS.iter().any(|group| group.name == **row)) {
            Some(row) => Err(format!("no rows of this name: {row} (--list names them)")),
            None => Ok(parsed),
        }
    }

    pub fn wants(&self, group: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|row| row == group)
    }
}

fn port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(port) if (1024..65_000).contains(&port) => Ok(port),
        _ => Err(format!("--first-port is from 1024 to 64999: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn rows_are_checked_and_chosen() {
        let arguments = parse("--rows start,idle --quick").expect("arguments");
        assert!(arguments.wants("idle") && !arguments.wants("small") && arguments.quick);
        assert!(parse("").expect("arguments").wants("small"));
        assert!(parse("--rows strat").is_err());
        assert!(parse("--first-port 65535").is_err());
        assert!(parse("--rows").is_err());
    }
}
