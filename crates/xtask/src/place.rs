//! Where things are: the repository, and the folders under `target/interop` that hold what was fetched or built.

use crate::error::{During, TaskError};
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A folder for one suite's downloads and builds, made if absent. It may be kept between runs, and it may be deleted.
pub fn workshop(name: &str) -> Result<PathBuf, TaskError> {
    let dir = target().join("interop").join(name);
    std::fs::create_dir_all(&dir).during(format!("make {}", dir.display()))?;
    Ok(dir)
}

/// The folder of one suite's sources.
pub fn sources(name: &str) -> PathBuf {
    root().join("interop").join(name)
}

/// Whether this is CI, where nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The first program of this name on the path.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
