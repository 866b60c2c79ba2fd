//! Makes the codecs of crate `protocol`: one Rust file a message, the table of APIs, the enums of stored records and the
//! dispatch by name. What the files contain follows from `crates/protocol/schema` alone.

mod decode;
mod encode;
mod names;
mod records;
mod structs;
mod tables;
mod types;

use schema::Message;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A definition and where it came from.
pub(crate) struct Definition {
    pub family: String,
    pub message: Message,
}

/// Path relative to the generated folder, and its text.
type Files = BTreeMap<String, String>;
type Result<T> = std::result::Result<T, String>;

fn protocol_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol")
}

fn generated_dir() -> PathBuf {
    protocol_dir().join("src/generated")
}

/// Rewrites what is stale and removes what is no longer generated; answers the names of these files.
pub fn write_files() -> Result<Vec<String>> {
    let files = formatted()?;
    let stale = differences(&files)?;
    for name in &stale {
        let path = generated_dir().join(name);
        match files.get(name) {
            Some(text) => write(&path, text)?,
            None => std::fs::remove_file(&path).map_err(|e| format!("cannot remove {}: {e}", path.display()))?,
        }
    }
    Ok(stale)
}

/// The files that differ from what the definitions give now.
pub fn stale_files() -> Result<Vec<String>> {
    differences(&formatted()?)
}

fn differences(files: &Files) -> Result<Vec<String>> {
    let mut present = Files::new();
    collect(&generated_dir(), "", &mut present)?;
    let mut stale: Vec<String> =
        files.iter().filter(|(name, text)| present.get(*name) != Some(text)).map(|(name, _)| name.clone()).collect();
    stale.extend(present.into_keys().filter(|name| !files.contains_key(name)));
    Ok(stale)
}

fn collect(dir: &Path, prefix: &str, into: &mut Files) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), into)?;
        } else {
            into.insert(name, read(&entry.path())?);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// All files as `rustfmt` leaves them. They are formatted in a scratch folder, so that a check changes nothing.
fn formatted() -> Result<Files> {
    let files = generate()?;
    let scratch = std::env::temp_dir().join(format!("ottla-codegen-{}", std::process::id()));
    let outcome = format_in(&scratch, &files);
    let _ = std::fs::remove_dir_all(&scratch);
    outcome
}

fn format_in(scratch: &Path, files: &Files) -> Result<Files> {
    for (name, text) in files {
        write(&scratch.join(name), text)?;
    }
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rustfmt.toml");
    let status = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(config)
        .arg(scratch.join("mod.rs"))
        .status()
        .map_err(|e| format!("cannot run rustfmt: {e}"))?;
    if !status.success() {
        return Err("rustfmt refused the generated code".into());
    }
    let mut formatted = Files::new();
    collect(scratch, "", &mut formatted)?;
    Ok(formatted)
}

fn definitions() -> Result<Vec<Definition>> {
    let mut files = Files::new();
    collect(&protocol_dir().join("schema"), "", &mut files)?;
    let mut definitions = Vec::new();
    for (path, text) in &files {
        let Some((family, name)) = path.strip_suffix(".msg").and_then(|path| path.split_once('/')) else { continue };
        let message = schema::parse(text).map_err(|e| format!("{path}: {e}"))?;
        if message.name != name {
            return Err(format!("{path}: defines {}", message.name));
        }
        definitions.push(Definition { family: family.to_string(), message });
    }
    Ok(definitions)
}

fn generate() -> Result<Files> {
    let definitions = definitions()?;
    let apis = tables::read_apis(&read(&protocol_dir().join("schema/apis.tsv"))?, &definitions)?;
    let mut files = Files::new();
    let mut families: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
    for definition in &definitions {
        let family = names::snake(&definition.family);
        let file = names::snake(&definition.message.name);
        files.insert(format!("{family}/{file}.rs"), structs::message_file(definition, &apis));
        families.entry(&definition.family).or_default().push(definition);
    }
    for (family, members) in &families {
        files.insert(format!("{}/mod.rs", names::snake(family)), tables::family_module(family, members));
    }
    files.insert("mod.rs".into(), tables::root_module(families.keys().copied()));
    files.insert("api_key.rs".into(), tables::api_key(&apis, &definitions)?);
    files.insert("dispatch.rs".into(), tables::dispatch(&definitions));
    files.insert("definitions.rs".into(), tables::definitions(&definitions));
    files.insert("stored_records.rs".into(), records::stored_records(&definitions));
    Ok(files)
}
