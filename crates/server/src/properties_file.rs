//! A `server.properties` as it is on this machine: its entries, overrides over them, and what config providers fill in.

use crate::ServerError;
use config::{Outside, Properties, Settings, fill_in};
use std::path::Path;

/// The files and the environment of this process, for config providers.
pub struct ThisMachine;

impl Outside for ThisMachine {
    fn file(&self, path: &Path) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| format!("cannot be read: {}: {error}", path.display()))
    }

    fn variable(&self, name: &str) -> Result<Option<String>, String> {
        let value = std::env::var_os(name).map(std::ffi::OsString::into_string).transpose();
        value.map_err(|_| "is not UTF-8 in the environment".to_owned())
    }
}

/// Reads the file; overrides may hold variables as well, as in Kafka.
pub(crate) fn read(path: &Path, overrides: &[String]) -> Result<Settings, ServerError> {
    let bytes = std::fs::read(path).map_err(|source| ServerError::File { path: path.to_owned(), source })?;
    let properties =
        Properties::parse(&bytes).map_err(|error| ServerError::Properties(format!("{}: {error}", path.display())))?;
    let settings = Settings::default().file(&path.display().to_string(), &properties);
    let settings = overrides.iter().fold(settings, |settings, argument| settings.override_argument(argument));
    fill_in(settings, &ThisMachine).map_err(|rejected| ServerError::Rejected(rejected.to_string()))
}
