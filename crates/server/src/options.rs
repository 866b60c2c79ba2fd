//! What was typed after `ottla server` or `kafka-server-start.sh`.

use std::path::PathBuf;

/// Where the configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A properties file; the environment is not read and nothing is formatted.
    File(PathBuf),
    /// Defaults, the environment, then the flags; an empty data folder is formatted.
    Zero { data_dir: Option<PathBuf>, port: Option<u16> },
}

/// How a node is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub source: Source,
    /// `--override key=value`, in order.
    pub overrides: Vec<String>,
    pub http_port: Option<u16>,
    /// Go on although the folder holds ACLs that are not enforced; on loopback only.
    pub ignore_acls: bool,
    pub json_logs: bool,
}

impl Options {
    /// Parses the arguments of `ottla server`.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut file = None;
        let mut options = Options {
            source: Source::Zero { data_dir: None, port: None },
            overrides: Vec::new(),
            http_port: None,
            ignore_acls: false,
            json_logs: false,
        };
        let (mut data_dir, mut port) = (None, None);
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value = || inline.clone().or_else(|| rest.next().cloned()).ok_or(format!("{name} needs a value"));
            match name {
                "--override" => options.overrides.push(value()?),
                "--data-dir" => data_dir = Some(PathBuf::from(value()?)),
                "--port" => port = Some(parse_port(name, &value()?)?),
                "--http-port" => options.http_port = Some(parse_port(name, &value()?)?),
                "--ignore-acls" => options.ignore_acls = true,
                "--log-format" => options.json_logs = value()? == "json",
                _ if name.starts_with('-') => return Err(format!("unknown option: {name}")),
                _ if file.is_none() => file = Some(PathBuf::from(argument)),
                _ => return Err(format!("one properties file at most, but there is also: {argument}")),
            }
        }
        options.source = match file {
            Some(_) if data_dir.is_some() || port.is_some() => {
                return Err("--data-dir and --port are for a start without a file; use --override key=value".into());
            }
            Some(file) => Source::File(file),
            None => Source::Zero { data_dir, port },
        };
        Ok(options)
    }
}

fn parse_port(name: &str, value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| format!("{name} needs a port number from 0 to 65535, not: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_file_and_overrides() {
        let options = parse("server.properties --override log.dirs=/x --override=num.partitions=3").unwrap();
        assert_eq!(options.source, Source::File("server.properties".into()));
        assert_eq!(options.overrides, ["log.dirs=/x", "num.partitions=3"]);
    }

    #[test]
    fn flags_of_the_start_without_a_file() {
        let options = parse("--data-dir d --port 19092 --http-port=0").unwrap();
        assert_eq!(options.source, Source::Zero { data_dir: Some("d".into()), port: Some(19092) });
        assert_eq!(options.http_port, Some(0));
        assert!(parse("f --port 1").is_err());
        assert!(parse("--port many").is_err());
        assert!(parse("--prot 1").unwrap_err().contains("--prot"));
    }
}
