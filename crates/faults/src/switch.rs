//! The switch: a TUN device in each namespace, a thread that reads each, and one that delivers what is delayed. IPv4 only.

use crate::fabric::{Fabric, Link, Port};
use crate::{FaultError, Namespace, sys};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const DEVICE: &str = "tun0";
const MASK: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 0);
const MTU: u32 = 9000;
const PACKET_BYTES_MAX: usize = 65_536;
/// Packets on their way; more are lost, as in any switch.
const PACKETS_MAX: usize = 50_000;

/// A packet on its way: when it arrives, the order in which it came, where to, and its bytes.
type Packet = (Duration, u64, usize, Vec<u8>);

struct State {
    fabric: Fabric,
    on_the_way: BinaryHeap<Reverse<Packet>>,
    count: u64,
}

struct Shared {
    begun: Instant,
    addresses: Vec<Ipv4Addr>,
    devices: Vec<File>,
    state: Mutex<State>,
    something_came: Condvar,
}

/// A switch between namespaces. It lives as long as the process.
#[derive(Clone)]
pub struct Switch {
    shared: Arc<Shared>,
}

impl Switch {
    /// Connects the namespaces, each under its address; addresses share their first three numbers.
    ///
    /// # Errors
    /// A device cannot be made.
    pub fn connect(members: &[(&Namespace, Ipv4Addr)], seed: u64) -> Result<Switch, FaultError> {
        let mut devices = Vec::new();
        for (namespace, address) in members {
            let address = *address;
            let device = namespace.run(move || {
                let device = sys::open_tun(DEVICE)?;
                sys::set_address(DEVICE, address, MASK, MTU)?;
                sys::set_up(DEVICE).map(|()| device)
            })?;
            devices.push(device.map_err(|error| FaultError::system("make a TUN device", error))?);
        }
        let state = State { fabric: Fabric::new(members.len(), seed), on_the_way: BinaryHeap::new(), count: 0 };
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            addresses: members.iter().map(|(_, address)| *address).collect(),
            devices,
            state: Mutex::new(state),
            something_came: Condvar::new(),
        });
        for from in 0..members.len() {
            let shared = shared.clone();
            std::thread::spawn(move || shared.receive(Port(from)));
        }
        let late = shared.clone();
        std::thread::spawn(move || late.deliver_late());
        Ok(Switch { shared })
    }

    /// Says how packets from one port to another fare from now on.
    pub fn set(&self, from: Port, to: Port, link: Link) {
        self.shared.lock().fabric.set(from, to, link);
    }

    /// Every link is whole again.
    pub fn heal(&self) {
        let ports = self.shared.devices.len();
        let mut state = self.shared.lock();
        (0..ports * ports).for_each(|i| state.fabric.set(Port(i / ports), Port(i % ports), Link::default()));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, from: Port) {
        let mut bytes = vec![0; PACKET_BYTES_MAX];
        let Some(mut device) = self.devices.get(from.0) else { return };
        while let Ok(count) = device.read(&mut bytes) {
            if let Some(to) = bytes.get(..count).and_then(|packet| self.destination(packet)) {
                self.forward(from, to, &bytes[..count]);
            }
        }
    }

    fn destination(&self, packet: &[u8]) -> Option<usize> {
        let (version, address) = (packet.first()? >> 4, packet.get(16..20)?);
        self.addresses.iter().position(|known| version == 4 && known.octets() == address)
    }

    fn forward(&self, from: Port, to: usize, packet: &[u8]) {
        let now = self.begun.elapsed();
        let mut state = self.lock();
        let Some(arrival) = state.fabric.arrival(from, Port(to), now) else { return };
        if arrival <= now {
            drop(state);
            return self.deliver(to, packet);
        }
        if state.on_the_way.len() < PACKETS_MAX {
            state.count += 1;
            let count = state.count;
            state.on_the_way.push(Reverse((arrival, count, to, packet.to_vec())));
            self.something_came.notify_one();
        }
    }

    fn deliver(&self, to: usize, packet: &[u8]) {
        if let Some(mut device) = self.devices.get(to) {
            let _lost_as_packets_are = device.write(packet);
        }
    }

    fn deliver_late(&self) {
        let mut state = self.lock();
        loop {
            let now = self.begun.elapsed();
            match state.on_the_way.peek().map(|Reverse((arrival, ..))| *arrival) {
                Some(arrival) if arrival <= now => {
                    let Some(Reverse((_, _, to, packet))) = state.on_the_way.pop() else { continue };
                    drop(state);
                    self.deliver(to, &packet);
                    state = self.lock();
                }
                next => {
                    let wait = next.map_or(Duration::from_secs(3600), |arrival| arrival - now);
                    let woken = self.something_came.wait_timeout(state, wait);
                    state = woken.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    /// Needs CAP_SYS_ADMIN and `/dev/net/tun`; says so where they are absent.
    #[test]
    fn namespaces_speak_until_the_cable_is_cut() {
        let (one, two) = match (Namespace::new(), Namespace::new()) {
            (Ok(one), Ok(two)) => (one, two),
            (Err(error), _) | (_, Err(error)) => return eprintln!("not tested here: {error}"),
        };
        let addresses = [Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 0, 2)];
        let switch = match Switch::connect(&[(&one, addresses[0]), (&two, addresses[1])], 1) {
            Ok(switch) => switch,
            Err(error) => return eprintln!("not tested here: {error}"),
        };
        let listener = one.run(move || TcpListener::bind((addresses[0], 9092))).unwrap().unwrap();
        let mut near = two.run(move || TcpStream::connect((addresses[0], 9092))).unwrap().unwrap();
        let (mut far, _) = listener.accept().unwrap();
        let mut byte = [0];
        near.write_all(b"a").unwrap();
        far.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"a");

        switch.set(Port(1), Port(0), Link { is_cut: true, ..Link::default() });
        near.write_all(b"b").unwrap();
        far.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        far.read_exact(&mut byte).unwrap_err();
        switch.heal();
        far.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        far.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"b");
    }
}
