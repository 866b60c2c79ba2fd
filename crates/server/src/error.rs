//! Why a node does not start, or ends. Each message says what to do.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("cannot read {}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Properties(String),
    /// Wrong values, refusals: already written for people.
    #[error("{0}")]
    Rejected(String),
    #[error(
        "{at} is not formatted. No `meta.properties` found in {at} (have you run `kafka-storage.sh` to format the directory?)\nhint: type `{command}` and start again",
        at = dir.display()
    )]
    NotFormatted { dir: PathBuf, command: String },
    #[error("{} has other things in it and is no data folder of Kafka's: nothing was written there.\nhint: give an empty or absent folder with --data-dir", dir.display())]
    ForeignFolder { dir: PathBuf },
    #[error("{} is in use by another process, or was given twice (its .lock is held).\nhint: stop that process, or give another folder", .0.display())]
    Locked(PathBuf),
    #[error(
        "{} and {} in log.dirs are one directory.\nhint: name it once",
        first.display(),
        second.display()
    )]
    NamedTwice { first: PathBuf, second: PathBuf },
    #[error("{0}")]
    MetaProperties(String),
    #[error(
        "Duplicate log directories for {partition} are found in both {} and {}: which of them has the newest records cannot be told, and nothing was written.\nhint: look into both (`ottla dump-log`), move the older one out of the log directory, and start again",
        first.display(),
        second.display()
    )]
    TwoCopies { partition: base::TopicPartition, first: PathBuf, second: PathBuf },
    #[error(
        "Found unexpected metadata location in data directory `{}` (the configured metadata directory is {}).\nhint: set metadata.log.dir to the directory that has the metadata log in use; move the other one out of the log directories",
        found.display(),
        metadata_dir.display()
    )]
    MetadataElsewhere { found: PathBuf, metadata_dir: PathBuf },
    #[error("{}: {}", path.display(), plain(source))]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot listen: Socket server failed to bind to {address}: {}.\n{}", plain(source), bind_hint(address, *port, source))]
    Bind { address: String, port: u16, source: std::io::Error },
    #[error("cannot resolve the host of listener {listener}: {host}")]
    Resolve { listener: String, host: String },
    #[error("{0}")]
    Storage(#[from] storage::StorageError),
    #[error("{0}")]
    Quorum(#[from] quorum::QuorumError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Fatal(String),
}

impl ServerError {
    /// Where the disk failed, if that is the reason.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            ServerError::Storage(error) => error.path(),
            ServerError::Folder { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// What the system says, without the number of the error.
fn plain(source: &std::io::Error) -> String {
    let text = source.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// What may help somebody whose address cannot be listened on.
fn bind_hint(address: &str, port: u16, source: &std::io::Error) -> String {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("hint: another process may use port {port}; `ss -ltnp | grep :{port}` shows it")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            format!("hint: no interface of this machine has the address of {address}; `ip address` shows what there is")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("hint: port {port} needs more rights than this user has; take one above 1023")
        }
        _ => format!("hint: is {address} an address to listen on?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Error, ErrorKind};

    #[test]
    fn the_hint_about_a_bind_fits_its_reason() {
        for (kind, expected) in [
            (ErrorKind::AddrInUse, "another process may use port 9092"),
            (ErrorKind::AddrNotAvailable, "no interface of this machine has the address of 10.1.2.3:9092"),
            (ErrorKind::PermissionDenied, "port 9092 needs more rights"),
            (ErrorKind::InvalidInput, "is 10.1.2.3:9092 an address to listen on?"),
        ] {
            let error = ServerError::Bind { address: "10.1.2.3:9092".into(), port: 9092, source: Error::from(kind) };
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
