//! Listeners, advertised addresses, the protocol of each, and the addresses of the quorum.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base::NodeId;

use crate::error::ConfigError;

/// Name of a listener, in capitals as Kafka keeps it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerName(String);

impl ListenerName {
    pub fn new(name: &str) -> ListenerName {
        ListenerName(name.trim().to_uppercase())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before a key that holds for this listener alone.
    pub fn config_prefix(&self) -> String {
        format!("listener.name.{}.", self.0.to_lowercase())
    }
}

impl fmt::Display for ListenerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ListenerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a listener's connections are protected; the numbers are those of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum SecurityProtocol {
    Plaintext = 0,
    Ssl = 1,
    SaslPlaintext = 2,
    SaslSsl = 3,
}

impl SecurityProtocol {
    pub fn name(self) -> &'static str {
        match self {
            SecurityProtocol::Plaintext => "PLAINTEXT",
            SecurityProtocol::Ssl => "SSL",
            SecurityProtocol::SaslPlaintext => "SASL_PLAINTEXT",
            SecurityProtocol::SaslSsl => "SASL_SSL",
        }
    }

    /// In any case, as Kafka reads it.
    pub fn from_name(name: &str) -> Option<SecurityProtocol> {
        use SecurityProtocol::*;
        [Plaintext, Ssl, SaslPlaintext, SaslSsl].into_iter().find(|p| p.name().eq_ignore_ascii_case(name))
    }
}

/// A host and a port; no host means every interface, or the host's own name where it is advertised.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub host: Option<String>,
    pub port: u16,
}

impl Endpoint {
    /// Whether the host is an address of this machine alone.
    pub fn is_loopback(&self) -> bool {
        match self.host.as_deref() {
            Some("localhost") => true,
            Some(host) => std::net::IpAddr::from_str(host).is_ok_and(|ip| ip.is_loopback()),
            None => false,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_deref() {
            Some(host) if host.contains(':') => write!(f, "[{host}]:{}", self.port),
            host => write!(f, "{}:{}", host.unwrap_or_default(), self.port),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A listener: where it listens, or what it advertises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerListener {
    pub name: ListenerName,
    pub protocol: SecurityProtocol,
    pub endpoint: Endpoint,
}

impl fmt::Display for BrokerListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.name, self.endpoint)
    }
}

/// A member of the static quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    pub id: NodeId,
    pub endpoint: Endpoint,
}

/// How a node finds the controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// `controller.quorum.voters`: the voters are in the file.
    Static(Vec<Voter>),
    /// `controller.quorum.bootstrap.servers`: the voters are in the metadata log (KIP-853).
    Dynamic(Vec<Endpoint>),
}

/// Parses the value of `listeners` or `advertised.listeners`. The message is Kafka's, which names the whole list.
pub(crate) fn parse_listeners(
    list: &[String],
    protocols: &BTreeMap<ListenerName, SecurityProtocol>,
    must_be_distinct_ports: bool,
) -> Result<Vec<BrokerListener>, String> {
    let shown = format!("[{}]", list.join(", "));
    let wrong = |what: String| Err(format!("Error creating broker listeners from '{shown}': {what}"));
    let mut listeners: Vec<BrokerListener> = Vec::new();
    for text in list {
        let Some((name, host, port)) = split_listener(text) else {
            return wrong(format!("Unable to parse {text} to a broker endpoint"));
        };
        let name = ListenerName::new(name);
        let Some(protocol) = protocols.get(&name) else {
            return wrong(format!("No security protocol defined for listener {name}"));
        };
        let Ok(port) = u16::try_from(port) else {
            return wrong(format!("port out of range:{port}"));
        };
        let host = (!host.is_empty()).then(|| host.to_string());
        listeners.push(BrokerListener { name, protocol: *protocol, endpoint: Endpoint { host, port } });
    }
    for (i, listener) in listeners.iter().enumerate() {
        for other in listeners.iter().skip(i + 1) {
            if listener.name == other.name {
                return wrong(format!("Each listener must have a different name, listeners: {shown}"));
            }
            let same_port = listener.endpoint.port == other.endpoint.port && listener.endpoint.port != 0;
            if must_be_distinct_ports && same_port && !are_ipv4_and_ipv6(listener, other) {
                return wrong(format!(
                    "If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, \
                     listeners: {shown}, port: {}",
                    listener.endpoint.port
                ));
            }
        }
    }
    Ok(listeners)
}

fn are_ipv4_and_ipv6(one: &BrokerListener, other: &BrokerListener) -> bool {
    let is_v6 = |l: &BrokerListener| {
        l.endpoint.host.as_deref().and_then(|h| std::net::IpAddr::from_str(h).ok()).map(|ip| ip.is_ipv6())
    };
    matches!((is_v6(one), is_v6(other)), (Some(a), Some(b)) if a != b)
}

/// `NAME://host:port`; the host may be empty or in brackets.
fn split_listener(text: &str) -> Option<(&str, &str, i64)> {
    let (name, rest) = text.trim().split_once("://")?;
    let (host, port) = split_host_port(rest)?;
    Some((name, host, port))
}

/// Whether all characters may stand in a host's name or address.
pub(crate) fn is_host(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '%' | '.' | '_' | ':'))
}

fn split_host_port(text: &str) -> Option<(&str, i64)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let digits = port.strip_prefix('-').unwrap_or(port);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (is_host(host) && is_number).then_some(())?;
    Some((host, port.parse().ok()?))
}

/// The name before `://`, which Kafka needs even of listeners it does not open.
pub(crate) fn listener_name(text: &str) -> Option<ListenerName> {
    text.trim().split_once("://").map(|(name, _)| ListenerName::new(name))
}

/// Parses `listener.security.protocol.map`.
pub(crate) fn parse_protocol_map(text: &str) -> Result<BTreeMap<ListenerName, SecurityProtocol>, String> {
    let mut map = BTreeMap::new();
    for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let Some((name, protocol)) = entry.rsplit_once(':') else {
            return Err(format!(
                "Error parsing configuration property 'listener.security.protocol.map': `{entry}` is not NAME:PROTOCOL"
            ));
        };
        let protocol = protocol.trim();
        let Some(protocol) = SecurityProtocol::from_name(protocol) else {
            let name = protocol.to_uppercase();
            return Err(format!("Invalid security protocol `{name}` defined in listener.security.protocol.map"));
        };
        map.insert(ListenerName::new(name), protocol);
    }
    Ok(map)
}

/// Parses `controller.quorum.voters`.
pub(crate) fn parse_voters(list: &[String]) -> Result<Vec<Voter>, ConfigError> {
    const KEY: &str = "controller.quorum.voters";
    const FORM: &str = "Each entry should be in the form `{id}@{host}:{port}`.";
    let wrong = |message: String| ConfigError::InvalidList { key: KEY.into(), message };
    let mut voters = Vec::new();
    for entry in list {
        let (id, address) =
            entry.split_once('@').ok_or_else(|| wrong(format!("Invalid configuration value for {KEY}. {FORM}")))?;
        let id = id.parse().map_err(|_| wrong(format!("Failed to parse voter ID as an integer from {id}")))?;
        let host =
            || wrong(format!("Failed to parse host name from entry {entry} for the configuration {KEY}. {FORM}"));
        let (host, port) = split_host_port(address).filter(|(host, _)| !host.is_empty()).ok_or_else(host)?;
        let port = u16::try_from(port).map_err(|_| wrong(format!("port out of range:{port}")))?;
        voters.push(Voter { id, endpoint: Endpoint { host: Some(host.into()), port } });
    }
    Ok(voters)
}

/// Parses `controller.quorum.bootstrap.servers`.
pub(crate) fn parse_bootstrap_servers(list: &[String]) -> Result<Vec<Endpoint>, ConfigError> {
    const KEY: &str = "controller.quorum.bootstrap.servers";
    let wrong = |message: String| ConfigError::InvalidList { key: KEY.into(), message };
    let mut servers = Vec::new();
    for entry in list {
        let form = || {
            wrong(format!(
                "Failed to parse host name from {entry} for the configuration {KEY}. \
                 Each entry should be in the form \"{{host}}:{{port}}\""
            ))
        };
        let (host, port) = split_host_port(entry).filter(|(host, _)| !host.is_empty()).ok_or_else(form)?;
        let port = u16::try_from(port).map_err(|_| wrong(format!("port out of range:{port}")))?;
        servers.push(Endpoint { host: Some(host.into()), port });
    }
    Ok(servers)
}
