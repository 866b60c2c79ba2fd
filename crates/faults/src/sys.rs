//! The system calls that have no safe form: ioctls on a TUN device, an interface and a file system.
#![allow(unsafe_code)]

use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{Mode, OFlags, open};
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl};
use rustix::net::{AddressFamily, SocketType, socket};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::net::Ipv4Addr;

const TUNSETIFF: Opcode = 0x4004_54ca;
const SIOCSIFFLAGS: Opcode = 0x8914;
const SIOCSIFADDR: Opcode = 0x8916;
const SIOCSIFNETMASK: Opcode = 0x891c;
const SIOCSIFMTU: Opcode = 0x8922;
const EXT4_IOC_SHUTDOWN: Opcode = 0x8004_587d;

const IFF_TUN_NO_PI: u16 = 0x1001;
const IFF_UP_RUNNING: u16 = 0x41;
const AF_INET: u16 = 2;
/// The file system stops at once: neither its journal nor any page is written any more.
const SHUTDOWN_WITHOUT_LOG_FLUSH: u32 = 2;

/// An ioctl whose argument points to memory of this size; the kernel reads it and may write it, within it.
struct Pointed<'a, const SIZE: usize, const CODE: Opcode>(&'a mut [u8; SIZE]);

// SAFETY: the codes used here are those of calls that take a pointer to SIZE bytes (40 for `struct ifreq`, 4 for the shutdown
// flags), which stay borrowed during the call.
unsafe impl<const SIZE: usize, const CODE: Opcode> Ioctl for Pointed<'_, SIZE, CODE> {
    type Output = ();
    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        CODE
    }

    fn as_ptr(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> rustix::io::Result<()> {
        Ok(())
    }
}

type InterfaceRequest = [u8; 40];

fn interface(name: &str, value: &[u8]) -> InterfaceRequest {
    let mut request = [0; 40];
    request[..name.len().min(15)].copy_from_slice(&name.as_bytes()[..name.len().min(15)]);
    request[16..16 + value.len()].copy_from_slice(value);
    request
}

fn set<const CODE: Opcode>(fd: BorrowedFd<'_>, name: &str, value: &[u8]) -> io::Result<()> {
    // SAFETY: CODE is one of the interface calls above, and `ifreq` has 40 bytes on 64-bit Linux.
    Ok(unsafe { ioctl(fd, Pointed::<40, CODE>(&mut interface(name, value))) }?)
}

/// A new TUN device in the network namespace of the calling thread, not yet up; packets come and go without a header of its own.
pub fn open_tun(name: &str) -> io::Result<File> {
    let file = open("/dev/net/tun", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    set::<TUNSETIFF>(file.as_fd(), name, &IFF_TUN_NO_PI.to_ne_bytes())?;
    Ok(File::from(file))
}

/// Gives an interface of the calling thread's namespace its address, the mask of the network, and the largest packet.
pub fn set_address(name: &str, address: Ipv4Addr, mask: Ipv4Addr, mtu: u32) -> io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let sockaddr = |address: Ipv4Addr| {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&AF_INET.to_ne_bytes());
        bytes[4..8].copy_from_slice(&address.octets());
        bytes
    };
    set::<SIOCSIFADDR>(socket.as_fd(), name, &sockaddr(address))?;
    set::<SIOCSIFNETMASK>(socket.as_fd(), name, &sockaddr(mask))?;
    set::<SIOCSIFMTU>(socket.as_fd(), name, &mtu.to_ne_bytes())
}

/// Brings an interface of the calling thread's namespace up.
pub fn set_up(name: &str) -> io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    set::<SIOCSIFFLAGS>(socket.as_fd(), name, &IFF_UP_RUNNING.to_ne_bytes())
}

/// Stops the file system below a folder as a power cut does: what was not synced is gone.
pub fn shut_down(folder: &std::path::Path) -> io::Result<()> {
    let folder = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut flags = SHUTDOWN_WITHOUT_LOG_FLUSH.to_ne_bytes();
    // SAFETY: the call reads four bytes of flags.
    Ok(unsafe { ioctl(folder.as_fd(), Pointed::<4, EXT4_IOC_SHUTDOWN>(&mut flags)) }?)
}
