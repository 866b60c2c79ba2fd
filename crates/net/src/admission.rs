//! Who may connect: limits on connections at one time, of one address, and on new ones a second (KIP-402, KIP-612).
//!
//! A listener that has no room accepts nothing until it has; clients wait in the kernel's queue meanwhile. An address
//! with too many connections is accepted and closed at once, as in Kafka. The listeners of controllers are counted apart
//! from the broker's. The broker's inter-broker listener, where it has others beside it, is bound by limits of its own
//! alone: a connection of it that goes beyond the broker's limit costs the one that was idle longest elsewhere.
//!
//! One connection is in reserve, so that limits that keep everybody out can be undone: it is for who comes from this
//! machine, is not counted, and is bound by all but the limits on numbers. The newest has it, at most one a second; who
//! had it before is closed.
//!
//! No clocks in here: time is an argument.

use base::{Map, Set};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// What a listener is for, as far as limits are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerRole {
    Clients,
    /// Its connections are not held back for those of clients.
    InterBroker,
    Controller,
}

/// Limits that change while the node runs. `usize::MAX` and `u32::MAX` mean none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// `max.connections`
    pub max: usize,
    /// `max.connections.per.ip`
    pub per_ip_max: usize,
    /// `max.connections.per.ip.overrides`
    pub per_ip_overrides: Map<IpAddr, usize>,
    /// `max.connection.creation.rate`, connections a second; 0 counts as 1, Kafka's slowest.
    pub creation_rate_max: u32,
    /// `listener.name.X.max.connections` by the listener's name.
    pub listener_max: Map<String, usize>,
    /// `listener.name.X.max.connection.creation.rate` by the listener's name.
    pub listener_creation_rate_max: Map<String, u32>,
}

impl Default for ConnectionLimits {
    /// No limits.
    fn default() -> ConnectionLimits {
        ConnectionLimits {
            max: usize::MAX,
            per_ip_max: usize::MAX,
            per_ip_overrides: Map::default(),
            creation_rate_max: u32::MAX,
            listener_max: Map::default(),
            listener_creation_rate_max: Map::default(),
        }
    }
}

/// Whether a listener may accept its next connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Yes,
    /// When a connection has gone, or the limits change; until then only for the connection in reserve, from this time.
    InReserve(u64),
    /// At this time.
    At(u64),
}

/// What becomes of a connection that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    Counted,
    /// Beyond the limits; the connection that was there before has to be closed.
    InReserve {
        instead_of: Option<u64>,
    },
    /// Its address has too many.
    Refused,
}

/// The connections of a node, counted.
pub(crate) struct Admission {
    limits: ConnectionLimits,
    listeners: Map<Arc<str>, Listener>,
    broker: Group,
    controller: Group,
    /// Some listener accepts nothing until a connection closes.
    waits: bool,
    reserve: Reserve,
}

#[derive(Default)]
struct Reserve {
    holder: Option<u64>,
    /// The holder, and those before that are not gone yet.
    uncounted: Set<u64>,
    /// When another connection may have it.
    next_us: u64,
}

/// Time for which nobody takes the reserve from who has it.
const RESERVE_HELD_US: u64 = 1_000_000;

struct Listener {
    role: ListenerRole,
    count: usize,
    rate: Rate,
}

/// Listeners that share `max.connections`.
#[derive(Default)]
struct Group {
    listeners: usize,
    count: usize,
    per_ip: Map<IpAddr, usize>,
    rate: Rate,
}

/// A bucket that holds what one second allows: when it would be full again says how much is in it.
#[derive(Default)]
struct Rate {
    full_at_ns: u64,
}

const SECOND_NS: u64 = 1_000_000_000;

impl Rate {
    /// When the next one is allowed; in the past: now.
    fn next_ns(&self, rate: u32) -> u64 {
        if rate == u32::MAX {
            0
        } else {
            (self.full_at_ns + SECOND_NS / u64::from(rate.max(1))).saturating_sub(SECOND_NS)
        }
    }

    fn take(&mut self, rate: u32, now_ns: u64) {
        if rate != u32::MAX {
            self.full_at_ns = self.full_at_ns.max(now_ns) + SECOND_NS / u64::from(rate.max(1));
        }
    }
}

impl Admission {
    pub fn new(limits: ConnectionLimits) -> Admission {
        Admission {
            limits,
            listeners: Map::default(),
            broker: Group::default(),
            controller: Group::default(),
            waits: false,
            reserve: Reserve::default(),
        }
    }

    pub fn set_limits(&mut self, limits: ConnectionLimits) {
        self.limits = limits;
    }

    pub fn add_listener(&mut self, name: Arc<str>, role: ListenerRole) {
        let listener = Listener { role, count: 0, rate: Rate::default() };
        if self.listeners.insert(name, listener).is_none() {
            self.group(role).listeners += 1;
        }
    }

    /// Whether a listener may accept one more; remembers that it waits if not.
    pub fn room(&mut self, listener: &str, now_us: u64) -> Room {
        let limits = &self.limits;
        let Some(own) = self.listeners.get(listener) else { return Room::Yes };
        let is_protected = self.is_protected(own.role);
        let group = if own.role == ListenerRole::Controller { &self.controller } else { &self.broker };
        let own_max = limits.listener_max.get(listener).copied().unwrap_or(usize::MAX);
        if own.count >= own_max || (!is_protected && group.count >= limits.max) {
            self.waits = true;
            return Room::InReserve(self.reserve.next_us);
        }
        let own_rate = limits.listener_creation_rate_max.get(listener).copied().unwrap_or(u32::MAX);
        let shared_rate = if is_protected { u32::MAX } else { limits.creation_rate_max };
        let next_ns = own.rate.next_ns(own_rate).max(group.rate.next_ns(shared_rate));
        if next_ns > now_us.saturating_mul(1000) { Room::At(next_ns.div_ceil(1000)) } else { Room::Yes }
    }

    /// Counts a connection from `ip` that was accepted on `local`, or gives it the reserve.
    pub fn admit(&mut self, listener: &str, ip: IpAddr, local: IpAddr, id: u64, now_us: u64) -> Admitted {
        let ip = ip.to_canonical();
        if !self.listeners.contains_key(listener) {
            return Admitted::Counted;
        }
        let has_room = !matches!(self.room(listener, now_us), Room::InReserve(_));
        if has_room && self.count(listener, ip, now_us) {
            return Admitted::Counted;
        }
        if !is_this_machine(ip, local) || now_us < self.reserve.next_us {
            return Admitted::Refused;
        }
        self.reserve.next_us = now_us + RESERVE_HELD_US;
        self.reserve.uncounted.insert(id);
        Admitted::InReserve { instead_of: self.reserve.holder.replace(id) }
    }

    /// False if the address has too many already.
    fn count(&mut self, listener: &str, ip: IpAddr, now_us: u64) -> bool {
        let now_ns = now_us.saturating_mul(1000);
        let Some(own) = self.listeners.get_mut(listener) else { return true };
        let own_rate = self.limits.listener_creation_rate_max.get(listener).copied().unwrap_or(u32::MAX);
        own.rate.take(own_rate, now_ns);
        let role = own.role;
        let group = if role == ListenerRole::Controller { &mut self.controller } else { &mut self.broker };
        group.rate.take(self.limits.creation_rate_max, now_ns);
        let of_peer = group.per_ip.get(&ip).copied().unwrap_or(0);
        if of_peer >= self.limits.per_ip_overrides.get(&ip).copied().unwrap_or(self.limits.per_ip_max) {
            return false;
        }
        own.count += 1;
        group.count += 1;
        group.per_ip.insert(ip, of_peer + 1);
        true
    }

    /// A connection has gone; true if a listener waits for that.
    pub fn release(&mut self, listener: &str, ip: IpAddr, id: u64) -> bool {
        if self.reserve.uncounted.remove(&id) {
            self.reserve.holder = self.reserve.holder.filter(|holder| *holder != id);
            return false;
        }
        let ip = ip.to_canonical();
        let Some(own) = self.listeners.get_mut(listener) else { return false };
        own.count = own.count.saturating_sub(1);
        let role = own.role;
        let group = self.group(role);
        group.count = group.count.saturating_sub(1);
        if let Some(of_peer) = group.per_ip.get_mut(&ip) {
            *of_peer = of_peer.saturating_sub(1);
            if *of_peer == 0 {
                group.per_ip.remove(&ip);
            }
        }
        std::mem::take(&mut self.waits)
    }

    /// Whether a connection of a listener that others may not hold back has gone beyond the broker's limit.
    pub fn must_give_way(&self, listener: &str) -> bool {
        let role = self.listeners.get(listener).map(|own| own.role);
        role.is_some_and(|role| self.is_protected(role)) && self.broker.count > self.limits.max
    }

    /// Whether connections of the listener may be closed for those of the inter-broker listener.
    pub fn gives_way(&self, listener: &str) -> bool {
        self.listeners.get(listener).is_some_and(|own| own.role == ListenerRole::Clients)
    }

    fn is_protected(&self, role: ListenerRole) -> bool {
        role == ListenerRole::InterBroker && self.broker.listeners > 1
    }

    fn group(&mut self, role: ListenerRole) -> &mut Group {
        match role {
            ListenerRole::Controller => &mut self.controller,
            ListenerRole::Clients | ListenerRole::InterBroker => &mut self.broker,
        }
    }
}

/// Whether a connection from `peer` that was accepted on `local` comes from this machine: over its loopback interface, or
/// from the address that it connected to, as who connects to an advertised address of its own machine does.
pub(crate) fn is_this_machine(peer: IpAddr, local: IpAddr) -> bool {
    let peer = peer.to_canonical();
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].contains(&peer) || peer == local.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "10.0.0.1";
    const B: &str = "10.0.0.2";
    /// The address that listeners advertise.
    const HERE: &str = "10.0.0.9";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Listeners C and D for clients, I between brokers, K of the controller.
    fn admission(limits: ConnectionLimits) -> Admission {
        let mut admission = Admission::new(limits);
        for (name, role) in [
            ("C", ListenerRole::Clients),
            ("D", ListenerRole::Clients),
            ("I", ListenerRole::InterBroker),
            ("K", ListenerRole::Controller),
        ] {
            admission.add_listener(name.into(), role);
        }
        admission
    }

    fn counts(admission: &mut Admission, listener: &str, from: &str, now_us: u64) -> bool {
        admission.admit(listener, ip(from), ip(HERE), 1, now_us) == Admitted::Counted
    }

    /// How many connections the listener accepts at this time.
    fn accepted(admission: &mut Admission, listener: &str, now_us: u64) -> usize {
        (0..100)
            .take_while(|_| admission.room(listener, now_us) == Room::Yes && counts(admission, listener, A, now_us))
            .count()
    }

    #[test]
    fn a_full_broker_or_listener_waits_until_a_connection_closes() {
        let listener_max = [("D".to_owned(), 2)].into_iter().collect();
        let mut admission = admission(ConnectionLimits { max: 5, listener_max, ..ConnectionLimits::default() });
        assert_eq!(accepted(&mut admission, "D", 0), 2);
        assert_eq!(accepted(&mut admission, "C", 0), 3);
        assert_eq!(admission.room("C", 0), Room::InReserve(0));
        assert!(admission.release("D", ip(A), 1), "somebody waits");
        assert!(!admission.release("D", ip(A), 1), "nobody has asked since");
        assert_eq!(accepted(&mut admission, "C", 0), 2);
        admission.set_limits(ConnectionLimits { max: 6, ..ConnectionLimits::default() });
        assert_eq!(accepted(&mut admission, "C", 0), 1);
    }

    #[test]
    fn controllers_are_counted_apart_and_brokers_are_not_held_back() {
        let mut admission = admission(ConnectionLimits { max: 2, ..ConnectionLimits::default() });
        assert_eq!(accepted(&mut admission, "C", 0), 2);
        assert_eq!(accepted(&mut admission, "K", 0), 2);
        assert!(!admission.must_give_way("C"));
        assert_eq!(admission.room("I", 0), Room::Yes);
        assert!(counts(&mut admission, "I", A, 0));
        assert!(admission.must_give_way("I"));
        assert!(admission.gives_way("C") && !admission.gives_way("I") && !admission.gives_way("K"));
    }

    #[test]
    fn an_address_has_its_own_limit_in_either_notation() {
        let per_ip_overrides = [(ip(B), 3)].into_iter().collect();
        let mut admission =
            admission(ConnectionLimits { per_ip_max: 1, per_ip_overrides, ..ConnectionLimits::default() });
        let results = |admission: &mut Admission, from: &str| [(); 4].map(|()| counts(admission, "C", from, 0));
        assert_eq!(results(&mut admission, A), [true, false, false, false]);
        assert_eq!(results(&mut admission, B), [true, true, true, false]);
        assert!(!counts(&mut admission, "C", "::ffff:10.0.0.1", 0));
        admission.release("C", ip("::ffff:10.0.0.1"), 1);
        assert!(counts(&mut admission, "C", A, 0));
    }

    #[test]
    fn limits_that_keep_everybody_out_leave_one_connection_from_this_machine() {
        let nobody = [
            ConnectionLimits { max: 0, ..ConnectionLimits::default() },
            ConnectionLimits { per_ip_max: 0, ..ConnectionLimits::default() },
            ConnectionLimits {
                listener_max: [("C".to_owned(), 0)].into_iter().collect(),
                ..ConnectionLimits::default()
            },
        ];
        for limits in nobody {
            let mut admission = admission(limits);
            assert_eq!(admission.admit("C", ip(A), ip(HERE), 1, 5), Admitted::Refused, "another machine");
            assert_eq!(admission.admit("C", ip("127.0.0.1"), ip(HERE), 2, 5), Admitted::InReserve { instead_of: None });
            assert_eq!(admission.admit("C", ip("::1"), ip(HERE), 3, 6), Admitted::Refused, "one a second");
            let later = 5 + RESERVE_HELD_US;
            assert_eq!(
                admission.admit("C", ip("::ffff:127.0.0.1"), ip(HERE), 4, later),
                Admitted::InReserve { instead_of: Some(2) }
            );
            // What was never counted takes nothing away when it goes, in whatever order.
            admission.set_limits(ConnectionLimits { max: 1, ..ConnectionLimits::default() });
            assert_eq!(accepted(&mut admission, "C", later), 1);
            for id in [4, 2] {
                admission.release("C", ip("127.0.0.1"), id);
                assert_eq!(admission.room("C", later), Room::InReserve(later + RESERVE_HELD_US));
            }
            let again = later + RESERVE_HELD_US;
            assert_eq!(
                admission.admit("C", ip("127.0.0.1"), ip(HERE), 5, again),
                Admitted::InReserve { instead_of: None }
            );
        }
    }

    #[test]
    fn who_connects_from_the_address_that_it_connects_to_is_on_this_machine() {
        for (peer, local, expected) in [
            ("10.0.0.9", "10.0.0.9", true),
            ("::ffff:10.0.0.9", "10.0.0.9", true),
            ("127.0.0.1", "10.0.0.9", true),
            ("127.0.0.2", "127.0.0.2", true),
            ("127.0.0.2", "127.0.0.1", false),
            ("10.0.0.1", "10.0.0.9", false),
            ("fe80::1", "fe80::2", false),
        ] {
            assert_eq!(is_this_machine(ip(peer), ip(local)), expected, "{peer} to {local}");
        }
        let mut admission = admission(ConnectionLimits { max: 0, ..ConnectionLimits::default() });
        assert_eq!(admission.admit("C", ip(A), ip(HERE), 1, 0), Admitted::Refused);
        assert_eq!(admission.admit("C", ip(HERE), ip(HERE), 2, 0), Admitted::InReserve { instead_of: None });
        assert_eq!(admission.admit("C", ip(HERE), ip(HERE), 3, 0), Admitted::Refused, "one a second");
    }

    #[test]
    fn a_second_of_connections_at_once_and_then_the_rate() {
        let mut admission = admission(ConnectionLimits { creation_rate_max: 10, ..ConnectionLimits::default() });
        let begin = 7_000_000;
        assert_eq!(accepted(&mut admission, "C", begin), 10);
        assert_eq!(admission.room("C", begin), Room::At(begin + 100_000));
        assert_eq!(accepted(&mut admission, "D", begin + 250_000), 2);
        assert_eq!(accepted(&mut admission, "C", begin + 60_000_000), 10, "no more than a second's is saved up");
    }

    #[test]
    fn a_listeners_rate_binds_it_alone_and_none_at_all_is_one_a_second() {
        let listener_creation_rate_max = [("C".to_owned(), 0), ("I".to_owned(), 4)].into_iter().collect();
        let mut admission = admission(ConnectionLimits {
            creation_rate_max: 6,
            listener_creation_rate_max,
            ..ConnectionLimits::default()
        });
        assert_eq!(accepted(&mut admission, "C", 0), 1);
        assert_eq!(admission.room("C", 0), Room::At(1_000_000));
        assert_eq!(accepted(&mut admission, "D", 0), 5);
        assert_eq!(accepted(&mut admission, "I", 0), 4, "the broker's rate does not bind it");
        assert_eq!(accepted(&mut admission, "K", 0), 6);
    }
}
