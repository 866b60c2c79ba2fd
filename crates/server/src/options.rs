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
    /// `--http-listen` or `--http-port`, as a value of `ottla.http.listen`.
    pub http_listen: Option<String>,
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
            http_listen: None,
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
                "--http-listen" => options.http_listen = Some(value()?),
                "--http-port" => options.http_listen = Some(format!("127.0.0.1:{}", parse_port(name, &value()?)?)),
                "--ignore-acls" if inline.is_some() => return Err(format!("{name} takes no value: {argument}")),
                "--ignore-acls" => options.ignore_acls = true,
                "--log-format" => options.json_logs = is_json(&value()?)?,
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

fn is_json(format: &str) -> Result<bool, String> {
    match format {
        "json" => Ok(true),
        "text" => Ok(false),
        _ => Err(format!("--log-format needs text or json, not: {format}")),
    }
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
        assert_eq!(options.http_listen.as_deref(), Some("127.0.0.1:0"));
        assert_eq!(parse("--http-listen [::]:9404").unwrap().http_listen.as_deref(), Some("[::]:9404"));
        assert!(parse("f --port 1").is_err());
        assert!(parse("--port many").is_err());
        assert!(parse("--prot 1").unwrap_err().contains("--prot"));
    }

    #[test]
    fn nothing_that_is_not_understood_is_passed_over() {
        for (line, expected) in [
            ("--log-format yaml", "--log-format needs text or json, not: yaml"),
            ("--log-format", "--log-format needs a value"),
            ("--ignore-acls=no", "--ignore-acls takes no value: --ignore-acls=no"),
            ("-v", "unknown option: -v"),
            ("one.properties two.properties", "one properties file at most, but there is also: two.properties"),
        ] {
            assert_eq!(parse(line).unwrap_err(), expected);
        }
        assert!(parse("--log-format json").unwrap().json_logs && !parse("--log-format=text").unwrap().json_logs);
    }
}
