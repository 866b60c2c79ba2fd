//! The command line.

use crate::measure::Group;
use crate::rows;
use std::path::PathBuf;

pub const USAGE: &str = "usage: bench [--ottla FILE] [--before FILE] [--kafka-bin DIR] [--rows a,b] [--rounds N] \
[--kafka-rounds N] [--no-floor] [--quick] [--out FILE] [--dir DIR] [--first-port N] | --list";

#[derive(Debug)]
pub struct Arguments {
    /// Ottla's binary.
    pub ottla: PathBuf,
    /// Another binary of Ottla, to compare with: that of before a change.
    pub before: Option<PathBuf>,
    /// The folder of Apache's scripts; without it Ottla is measured alone.
    pub kafka_bin: Option<PathBuf>,
    /// Names of groups; none means all.
    pub rows: Vec<String>,
    pub quick: bool,
    /// How often each group is measured, the brokers in turn; the table shows medians.
    pub rounds: usize,
    /// In how many of them Kafka takes part.
    pub kafka_rounds: Option<usize>,
    /// Whether the bare server is measured beside them.
    pub floor: bool,
    /// Be that bare server, on this port; `dir` is its folder.
    pub floor_server: Option<u16>,
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
            before: None,
            kafka_bin: None,
            rows: Vec::new(),
            quick: false,
            rounds: 1,
            kafka_rounds: None,
            floor: true,
            floor_server: None,
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
                "--before" => parsed.before = Some(value()?.into()),
                "--kafka-bin" => parsed.kafka_bin = Some(value()?.into()),
                "--rows" => parsed.rows = value()?.split(',').map(str::to_owned).collect(),
                "--quick" => parsed.quick = true,
                "--rounds" => parsed.rounds = rounds(&value()?)?,
                "--kafka-rounds" => parsed.kafka_rounds = Some(rounds(&value()?)?),
                "--no-floor" => parsed.floor = false,
                "--floor-server" => parsed.floor_server = Some(port(&value()?)?),
                "--out" => parsed.out = Some(value()?.into()),
                "--dir" => parsed.dir = value()?.into(),
                "--first-port" => parsed.first_port = port(&value()?)?,
                "--list" => parsed.list = true,
                other => return Err(format!("unknown argument: {other}\n{USAGE}")),
            }
        }
        match parsed.rows.iter().find(|row| !rows::all().any(|group| group.name == **row) && *row != "three") {
            Some(row) => Err(format!("no rows of this name: {row} (--list names them)")),
            None => Ok(parsed),
        }
    }

    /// Those of three nodes only where they are named, or all of them by `three`.
    pub fn wants(&self, group: &Group) -> bool {
        let is_of_three = group.name.starts_with("three/");
        match self.rows.is_empty() {
            true => !is_of_three,
            false => self.rows.iter().any(|row| row == group.name || is_of_three && row == "three"),
        }
    }
}

fn port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(port) if (1024..65_000).contains(&port) => Ok(port),
        _ => Err(format!("a port is from 1024 to 64999: {text}")),
    }
}

fn rounds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rounds) if (1..=100).contains(&rounds) => Ok(rounds),
        _ => Err(format!("rounds are from 1 to 100: {text}")),
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
        let wants = |arguments: &Arguments, name: &str| rows::all().any(|g| g.name == name && arguments.wants(g));
        assert!(wants(&arguments, "idle") && !wants(&arguments, "small") && arguments.quick);
        let all = parse("").expect("arguments");
        assert!(wants(&all, "small") && !wants(&all, "three/rest"));
        assert!(wants(&parse("--rows three").expect("arguments"), "three/rest"));
        assert!(parse("--rows strat").is_err());
        assert!(parse("--first-port 65535").is_err());
        assert!(parse("--rows").is_err());
        assert!(parse("--rounds 0").is_err());
        assert_eq!(parse("--rounds 5").expect("arguments").rounds, 5);
    }
}
