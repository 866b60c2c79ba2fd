//! The variables of the environment, those included whose value stands in a file (`NAME_FILE`, as in bitnami/kafka).

use crate::ServerError;
use config::variable_in_file;
use std::ffi::OsString;
use std::path::PathBuf;

/// The variables, with files read; only where the environment speaks Bitnami's dialect. A variable that is not UTF-8 is an
/// error where it would be read, and nothing where it is somebody else's.
pub(crate) fn variables(all: impl Iterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>, ServerError> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for (name, value) in all {
        let shown = name.to_string_lossy().into_owned();
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => variables.push((name, value)),
            _ if shown.starts_with("KAFKA_") || shown == "CLUSTER_ID" => {
                return Err(ServerError::Rejected(format!("environment variable {shown} is not UTF-8")));
            }
            _ => {}
        }
    }
    let is_bitnami = variables.iter().any(|(name, _)| name.starts_with("KAFKA_CFG_"));
    if !is_bitnami {
        return Ok(variables);
    }
    for (name, path) in &variables.clone() {
        if matches!(name.as_str(), "KAFKA_NODE_ID_COMMAND" | "KAFKA_CONTROLLER_QUORUM_VOTERS_COMMAND") {
            tracing::warn!("{name} has no effect: no command of the environment is run");
        }
        let Some(variable) = variable_in_file(name).map(str::to_owned) else { continue };
        let path = PathBuf::from(path);
        let text = std::fs::read_to_string(&path).map_err(|source| ServerError::File { path, source })?;
        variables.retain(|(other, _)| *other != variable);
        variables.push((variable, text.trim_end_matches('\n').to_owned()));
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(all: Vec<(String, String)>) -> impl Iterator<Item = (OsString, OsString)> {
        all.into_iter().map(|(name, value)| (name.into(), value.into()))
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_named_where_they_would_be_read_and_passed_over_elsewhere() {
        use std::os::unix::ffi::OsStringExt;
        let bytes = || OsString::from_vec(vec![b'a', 0xff]);
        let read = |name: OsString, value: OsString| variables([(name, value)].into_iter());
        assert_eq!(read("LESSOPEN".into(), bytes()).unwrap(), []);
        assert_eq!(read(bytes(), "x".into()).unwrap(), []);
        for name in ["KAFKA_NODE_ID", "KAFKA_CFG_NODE_ID", "CLUSTER_ID"] {
            let error = read(name.into(), bytes()).unwrap_err().to_string();
            assert_eq!(error, format!("environment variable {name} is not UTF-8"));
        }
        let name = OsString::from_vec(b"KAFKA_\xff".to_vec());
        assert!(read(name, "x".into()).is_err());
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_file_stands_for_its_content_without_the_last_line_end() {
        let path = std::env::temp_dir().join(format!("ottla-environment-{}", std::process::id()));
        std::fs::write(&path, "7\n").unwrap();
        let shown = path.display().to_string();
        let read = |all: Vec<(String, String)>| variables(os(all));
        let found = read(vec![pair("KAFKA_CFG_NODE_ID", "1"), pair("KAFKA_CFG_NODE_ID_FILE", &shown)]).unwrap();
        assert!(found.contains(&pair("KAFKA_CFG_NODE_ID", "7")) && !found.contains(&pair("KAFKA_CFG_NODE_ID", "1")));
        let other = vec![pair("KAFKA_NODE_ID_FILE", &shown)];
        assert_eq!(read(other.clone()).unwrap(), other, "not Bitnami's dialect");
        std::fs::remove_file(&path).unwrap();
        let error = read(vec![pair("KAFKA_CFG_NODE_ID_FILE", &shown)]).unwrap_err();
        assert!(error.to_string().contains(&shown));
    }
}
