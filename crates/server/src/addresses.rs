//! Listeners of the configuration as sockets and as addresses that others are told.

use crate::ServerError;
use config::{BrokerListener, NetworkConfig};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

/// Shortest queue of connections that wait to be accepted: with Kafka's default of 50 a burst of clients meets the
/// kernel's retry of a second.
const BACKLOG_MIN: i32 = 1024;

/// A listener with its socket.
pub(crate) struct Bound {
    pub name: String,
    pub is_controller: bool,
    pub socket: TcpListener,
}

/// Binds every listener, or none: the first that cannot be bound is the error.
pub(crate) fn bind_all(network: &NetworkConfig) -> Result<Vec<Bound>, ServerError> {
    let mut bound = Vec::new();
    for listener in &network.listeners {
        let address = socket_address(listener)?;
        let socket = net::bind(address, network.socket_listen_backlog.max(BACKLOG_MIN))
            .map_err(|source| ServerError::Bind { address: address.to_string(), port: address.port(), source })?;
        let is_controller = network.controller_listener_names.contains(&listener.name);
        bound.push(Bound { name: listener.name.to_string(), is_controller, socket });
    }
    Ok(bound)
}

/// What others are told of an advertised listener.
pub(crate) fn endpoint(listener: &BrokerListener) -> metadata::Endpoint {
    metadata::Endpoint {
        listener: listener.name.to_string(),
        host: listener.endpoint.host.clone().unwrap_or_default(),
        port: listener.endpoint.port,
        security_protocol: listener.protocol as i16,
    }
}

fn socket_address(listener: &BrokerListener) -> Result<SocketAddr, ServerError> {
    let port = listener.endpoint.port;
    let Some(host) = &listener.endpoint.host else {
        // Java listens on both families where there are two.
        let any: IpAddr = if has_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        return Ok(SocketAddr::new(any, port));
    };
    let resolved = (host.as_str(), port).to_socket_addrs().ok();
    // A name of both families means its IPv4 address, as with Java's default.
    let mut addresses: Vec<SocketAddr> = resolved.into_iter().flatten().collect();
    addresses.sort_by_key(|address| address.is_ipv6());
    addresses
        .first()
        .copied()
        .ok_or_else(|| ServerError::Resolve { listener: listener.name.to_string(), host: host.clone() })
}

/// The address of `ADDRESS:PORT` for HTTP; `None` for port 0, which asks for no listener.
pub(crate) fn http_address(text: &str) -> Result<Option<SocketAddr>, ServerError> {
    let wrong = |why: &str| ServerError::Rejected(format!("ottla.http.listen (--http-listen): {why}: {text}"));
    let (host, port) = text.trim().rsplit_once(':').ok_or_else(|| wrong("needs ADDRESS:PORT"))?;
    let port: u16 = port.parse().map_err(|_| wrong("needs a port number from 0 to 65535"))?;
    if port == 0 {
        return Ok(None);
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() {
        return Err(wrong("needs an address, such as 127.0.0.1 or 0.0.0.0 for every interface"));
    }
    let mut found: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(|_| wrong("no such host"))?.collect();
    found.sort_by_key(|address| address.is_ipv6());
    found.first().copied().map(Some).ok_or_else(|| wrong("no such host"))
}

/// Whether the loopback address of IPv6 can be bound.
pub(crate) fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// The name of this machine, for listeners without a host.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The advertised listeners with every host filled in.
pub(crate) fn fill_hosts(listeners: &mut [BrokerListener]) {
    for listener in listeners {
        if listener.endpoint.host.as_deref().is_none_or(str::is_empty) {
            listener.endpoint.host = Some(host_name());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_http_are_read_or_refused_by_name() {
        for (text, expected) in [
            ("127.0.0.1:9404", Some("127.0.0.1:9404")),
            ("0.0.0.0:9404", Some("0.0.0.0:9404")),
            ("[::]:9404", Some("[::]:9404")),
            ("[::1]:9404 ", Some("[::1]:9404")),
            ("127.0.0.1:0", None),
        ] {
            assert_eq!(http_address(text).unwrap().map(|address| address.to_string()).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("9404", "needs ADDRESS:PORT"),
            (":9404", "needs an address"),
            ("127.0.0.1:x", "needs a port number"),
            ("127.0.0.1:70000", "needs a port number"),
            ("", "needs ADDRESS:PORT"),
        ] {
            let error = http_address(text).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("ottla.http.listen"), "{error}");
        }
    }
}
