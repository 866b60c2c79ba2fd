//! Sending bytes and parts of files to a socket that does not block; and sockets that met themselves.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// Sends bytes; `more` tells the kernel that further data follows at once (MSG_MORE). Returns how many were taken.
pub fn send_bytes(socket: BorrowedFd<'_>, bytes: &[u8], more: bool) -> io::Result<usize> {
    let mut flags = rustix::net::SendFlags::NOSIGNAL | rustix::net::SendFlags::DONTWAIT;
    if more {
        flags |= rustix::net::SendFlags::MORE;
    }
    Ok(rustix::net::send(socket, bytes, flags)?)
}

/// Sends part of a file from the page cache without copying it through this process. Returns how many bytes went; 0
/// means that the file ends before `position`.
pub fn send_file(socket: BorrowedFd<'_>, file: BorrowedFd<'_>, position: u64, count: usize) -> io::Result<usize> {
    let mut offset = position;
    Ok(rustix::fs::sendfile(socket, file, Some(&mut offset), count)?)
}

/// Refuses a connection that has just been made and has itself at its other end. Where nobody listens at a port from which
/// the kernel takes ports of clients, a connection to it may get that very port for its own end (TCP's simultaneous open),
/// and would keep whoever is to listen there from it. The port is free once the socket is closed.
pub fn refuse_itself(socket: BorrowedFd<'_>) -> io::Result<()> {
    let local = rustix::net::getsockname(socket)?;
    // Who has closed it already was somebody else.
    let peer = rustix::net::getpeername(socket).ok().flatten();
    if peer != Some(local) {
        return Ok(());
    }
    // No port waits then for what may still be on its way.
    rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO))?;
    Err(io::Error::new(io::ErrorKind::ConnectionRefused, "nobody listens there: the connection met itself"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, socket};
    use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
    use std::os::fd::{AsFd, OwnedFd};

    fn bound(port: u16) -> io::Result<(OwnedFd, SocketAddrV4)> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
        let address = SocketAddrV4::try_from(getsockname(&socket)?)?;
        Ok((socket, address))
    }

    #[test]
    fn a_connection_that_met_itself_is_refused_and_leaves_its_port() {
        let (socket, address) = bound(0).unwrap();
        connect(&socket, &address).unwrap();
        let error = refuse_itself(socket.as_fd()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        drop(socket);
        // Without SO_REUSEADDR: no connection of before waits there.
        assert!(bound(address.port()).is_ok());
    }

    #[test]
    fn a_connection_to_somebody_else_is_none_of_these() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let stream = TcpStream::connect(address).unwrap();
        assert!(refuse_itself(stream.as_fd()).is_ok());
    }
}
