//! Where the nodes are: each in a network namespace and on a disk of its own, or all on loopback and in folders, where the
//! machine allows no more.

use crate::error::{During, TaskError};
use faults::{Disk, Link, Namespace, Port, Switch};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

const DISK_BYTES: u64 = 2 << 30;
/// On a network of its own every node has this port.
const PORT: u16 = 9092;

/// A place for one node, or for the client.
pub struct Host {
    /// Its number in the lab, and its port at the switch.
    pub number: usize,
    pub address: SocketAddr,
    namespace: Option<Namespace>,
    disk: Option<Disk>,
    folder: PathBuf,
}

impl Host {
    /// Does something where the host is on the network: it starts processes and opens connections.
    pub fn inside<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, TaskError> + Send + 'static,
    ) -> Result<T, TaskError> {
        match &self.namespace {
            Some(namespace) => namespace.run(job)?,
            None => job(),
        }
    }

    /// Its disk, where it has one of its own.
    pub fn disk(&self) -> Option<&Disk> {
        self.disk.as_ref()
    }

    /// The folder on it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// All hosts and the network between them.
pub struct Lab {
    pub hosts: Vec<Host>,
    switch: Option<Switch>,
    /// Why there is no network of its own; and why there are no disks.
    pub no_network: Option<String>,
    pub no_disks: Option<String>,
}

impl Lab {
    /// So many hosts; `refused` says why there can be neither namespaces nor mounts.
    pub fn build(count: usize, scratch: &Path, seed: u64, refused: Option<String>) -> Result<Lab, TaskError> {
        let (networks, no_network) = match refused.as_ref().map_or_else(|| connect(count, seed), |why| Err(why.clone()))
        {
            Ok(networks) => (Some(networks), None),
            Err(reason) => (None, Some(reason)),
        };
        let (namespaces, switch) = networks.map_or((Vec::new(), None), |(all, switch)| (all, Some(switch)));
        let mut namespaces = namespaces.into_iter();
        let mut lab = Lab { hosts: Vec::new(), switch, no_network, no_disks: refused };
        for number in 0..count {
            let folder = scratch.join(format!("host-{number}"));
            std::fs::create_dir_all(&folder).during(format!("make {}", folder.display()))?;
            // The last one is the client's, which has nothing to lose.
            let disk = (lab.no_disks.is_none() && number + 1 < count).then(|| {
                Disk::create(scratch.join(format!("disk-{number}")), folder.clone(), DISK_BYTES)
                    .map_err(|error| lab.no_disks = Some(error.to_string()))
                    .ok()
            });
            let disk = disk.flatten();
            let namespace = namespaces.next();
            let address = match namespace {
                Some(_) => SocketAddr::new(IpAddr::V4(address(number)), PORT),
                None => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), crate::broker::free_ports()),
            };
            lab.hosts.push(Host { number, address, namespace, disk, folder });
        }
        Ok(lab)
    }

    /// How packets from some hosts to others fare from now on.
    pub fn set_links(&self, from: &[usize], to: &[usize], link: Link) {
        let Some(switch) = &self.switch else { return };
        for (a, b) in from.iter().flat_map(|a| to.iter().map(move |b| (*a, *b))).filter(|(a, b)| a != b) {
            switch.set(Port(a), Port(b), link);
        }
    }
}

fn connect(count: usize, seed: u64) -> Result<(Vec<Namespace>, Switch), String> {
    let namespaces: Result<Vec<Namespace>, _> = (0..count).map(|_| Namespace::new()).collect();
    let namespaces = namespaces.map_err(|error| error.to_string())?;
    let members: Vec<(&Namespace, Ipv4Addr)> = namespaces.iter().zip(0..).map(|(n, i)| (n, address(i))).collect();
    let switch = Switch::connect(&members, seed).map_err(|error| error.to_string())?;
    Ok((namespaces, switch))
}

fn address(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, u8::try_from(number + 1).unwrap_or(u8::MAX))
}
