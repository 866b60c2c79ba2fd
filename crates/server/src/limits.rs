//! The configuration's limits on connections, handed to the network at the start and whenever they change.

use arc_swap::ArcSwap;
use broker::Broker;
use config::NetworkConfig;
use net::ConnectionLimits;
use parking_lot::Mutex;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::{Arc, Weak};

/// The limits as the network takes them. Names of hosts are resolved, which may take its time.
pub(crate) fn connection_limits(network: &NetworkConfig) -> ConnectionLimits {
    let count = |n: i32| if n == i32::MAX { usize::MAX } else { n.max(0) as usize };
    let rate = |n: i32| if n == i32::MAX { u32::MAX } else { n.max(0) as u32 };
    let overrides = network.connections_per_ip_overrides.iter();
    ConnectionLimits {
        max: count(network.connections_max),
        per_ip_max: count(network.connections_per_ip_max),
        per_ip_overrides: overrides.flat_map(|(host, max)| addresses(host).map(move |ip| (ip, count(*max)))).collect(),
        creation_rate_max: rate(network.connection_creation_rate_max),
        listener_max: network.listener_connections_max.iter().map(|(name, n)| (name.to_string(), count(*n))).collect(),
        listener_creation_rate_max: network
            .listener_connection_creation_rate_max
            .iter()
            .map(|(name, n)| (name.to_string(), rate(*n)))
            .collect(),
    }
}

fn addresses(host: &str) -> impl Iterator<Item = IpAddr> {
    let found: Vec<IpAddr> = match host.parse() {
        Ok(address) => vec![address],
        Err(_) => match (host, 0).to_socket_addrs() {
            Ok(addresses) => addresses.map(|address| address.ip().to_canonical()).collect(),
            Err(error) => {
                tracing::warn!(host, %error, "max.connections.per.ip.overrides: the host has no address: no limit of its own");
                Vec::new()
            }
        },
    };
    found.into_iter()
}

/// Follows the broker's configuration.
pub(crate) struct Limiter {
    broker: Weak<Broker>,
    network: Weak<net::Server>,
    /// The configuration that was looked at last.
    seen: ArcSwap<NetworkConfig>,
    /// Held while limits are handed over, so that the newest come last.
    turn: Arc<Mutex<()>>,
}

impl Limiter {
    pub fn new(broker: &Arc<Broker>, network: &Arc<net::Server>) -> Limiter {
        Limiter {
            broker: Arc::downgrade(broker),
            network: Arc::downgrade(network),
            seen: ArcSwap::from_pointee(broker.static_config.network.clone()),
            turn: Arc::new(Mutex::new(())),
        }
    }

    /// Hands the limits over if they are others than before; on a thread that may wait for a name server.
    pub fn configs_may_have_changed(&self) {
        let (Some(broker), Some(network)) = (self.broker.upgrade(), self.network.upgrade()) else { return };
        let config = broker.config.load();
        if config.network == **self.seen.load() {
            return;
        }
        self.seen.store(Arc::new(config.network.clone()));
        let turn = self.turn.clone();
        base::Executor::run_blocking(
            &*network.clone(),
            Box::new(move || {
                let _one_at_a_time = turn.lock();
                network.limit_connections(connection_limits(&broker.config.load().network));
            }),
        );
    }
}
