//! Clients from the usual options: `--bootstrap-server`, `--bootstrap-controller`, `--command-config`, properties.

use crate::failure::Failure;
use crate::options::Parsed;
use client::{Address, Admin, Bootstrap, Settings, SettingsMap};
use config::Properties;

/// Reads a properties file into settings.
pub fn load_file(map: &mut SettingsMap, path: &str) -> Result<(), Failure> {
    map.extend(&read_properties(path)?);
    Ok(())
}

/// Reads a properties file.
pub fn read_properties(path: &str) -> Result<Properties, Failure> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(format!("{path} (No such file or directory)")),
        _ => Failure::new(format!("{path} ({error})")),
    })?;
    Properties::parse(&bytes).map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// `key=value` arguments, as `--command-property` and its like take them.
pub fn load_pairs(map: &mut SettingsMap, pairs: &[&str]) -> Result<(), Failure> {
    for (key, value) in split_pairs(pairs)? {
        map.set(key, value);
    }
    Ok(())
}

/// Splits `key=value` arguments; a key without `=` is refused, an empty value is allowed.
pub fn split_pairs(pairs: &[&str]) -> Result<Vec<(String, String)>, Failure> {
    let split = |pair: &&str| match pair.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err(Failure::new(format!("Missing value for key {pair}"))),
    };
    pairs.iter().map(split).collect()
}

/// The address list of `--bootstrap-server` or `--bootstrap-controller`.
pub fn bootstrap(parsed: &Parsed) -> Result<Option<Bootstrap>, Failure> {
    let read = |list: &str| Address::parse_list(list).map_err(Failure::from);
    match (parsed.value("bootstrap-server"), parsed.value("bootstrap-controller")) {
        (Some(list), _) => Ok(Some(Bootstrap::Brokers(read(list)?))),
        (None, Some(list)) => Ok(Some(Bootstrap::Controllers(read(list)?))),
        (None, None) => Ok(None),
    }
}

/// The `client.id` of an admin client that nobody has named, as in Kafka.
pub const ADMIN_ID: &str = "adminclient-1";

/// The `client.id` of a consumer that nobody has named, as in Kafka.
pub fn consumer_id(group: Option<&str>) -> String {
    group.map_or_else(|| "consumer-1".to_owned(), |group| format!("consumer-{group}-1"))
}

/// An admin client as the options say.
pub fn admin(parsed: &Parsed) -> Result<Admin, Failure> {
    admin_named(ADMIN_ID, parsed)
}

/// The same for a tool that has a `client.id` of its own in Kafka.
pub fn admin_named(client_id: &str, parsed: &Parsed) -> Result<Admin, Failure> {
    let mut map = SettingsMap::default();
    map.set("client.id", client_id);
    admin_from(bootstrap(parsed)?, parsed.value("command-config"), map)
}

/// An admin client from an address list and a file, over `map`.
pub fn admin_from(
    bootstrap: Option<Bootstrap>,
    config_file: Option<&str>,
    mut map: SettingsMap,
) -> Result<Admin, Failure> {
    if let Some(path) = config_file {
        load_file(&mut map, path)?;
    }
    map.set_default("client.id", ADMIN_ID);
    Ok(Admin::new(Settings::admin(&map, bootstrap)?)?)
}
