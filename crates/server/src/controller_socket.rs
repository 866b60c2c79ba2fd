//! The way from a broker to the active controller over a socket: what a broker alone has. In a combined node the channel
//! leads to the controller of the same process; both carry the same requests.
//!
//! One thread writes, one for each connection reads; answers come in the order of the requests. When a connection breaks,
//! everything that is under way is answered with NOT_CONTROLLER: its senders try again, and the next request connects.

use base::ErrorCode;
use broker::ControllerChannel;
use parking_lot::Mutex;
use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::{ApiKey, Writer};
use quorum::{ControllerRequest, Reply};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer that is taken.
const ANSWER_BYTES_MAX: usize = 100 << 20;
/// What is reserved of an announced answer before its bytes are there.
const READ_AHEAD_BYTES: usize = 256 * 1024;

/// A channel over TCP.
pub struct SocketChannel {
    requests: mpsc::Sender<ControllerRequest>,
}

impl SocketChannel {
    /// A channel to a controller's listener; it connects with the first request.
    pub fn new(controller: SocketAddr) -> io::Result<SocketChannel> {
        let (requests, arriving) = mpsc::channel();
        let name = "ottla-to-controller".to_owned();
        std::thread::Builder::new().name(name).spawn(move || Writing::new(controller).run(&arriving))?;
        Ok(SocketChannel { requests })
    }
}

impl ControllerChannel for SocketChannel {
    fn send(&self, request: ControllerRequest) {
        if let Err(mpsc::SendError(request)) = self.requests.send(request) {
            (request.reply)(Err(ErrorCode::NotController));
        }
    }
}

/// A request without an answer so far.
struct InFlight {
    api: ApiKey,
    version: i16,
    correlation_id: i32,
    reply: Reply,
}

/// Requests in the order in which they were written; `None` once the connection is broken.
type Queue = Arc<Mutex<Option<VecDeque<InFlight>>>>;

struct Writing {
    controller: SocketAddr,
    connection: Option<(TcpStream, Queue)>,
    next_correlation_id: i32,
}

impl Writing {
    fn new(controller: SocketAddr) -> Writing {
        Writing { controller, connection: None, next_correlation_id: 0 }
    }

    fn run(mut self, arriving: &mpsc::Receiver<ControllerRequest>) {
        for request in arriving {
            if let Err(error) = self.send(request) {
                tracing::warn!(controller = %self.controller, %error, "the controller is not reached");
                if let Some((stream, queue)) = self.connection.take() {
                    fail_all(&queue);
                    let _already_gone = stream.shutdown(Shutdown::Both);
                }
            }
        }
        if let Some((stream, _)) = &self.connection {
            let _already_gone = stream.shutdown(Shutdown::Both);
        }
    }

    fn send(&mut self, request: ControllerRequest) -> io::Result<()> {
        let ControllerRequest { api, version, body, reply } = request;
        let correlation_id = self.next_correlation_id;
        self.next_correlation_id = correlation_id.wrapping_add(1).max(0);
        let (mut stream, queue) = match self.connected() {
            Ok(connection) => connection,
            Err(error) => {
                reply(Err(ErrorCode::NotController));
                return Err(error);
            }
        };
        let frame = match frame(api, version, correlation_id, &body) {
            Ok(frame) => frame,
            Err(error) => {
                reply(Err(ErrorCode::UnknownServerError));
                return Err(error);
            }
        };
        {
            let mut queue = queue.lock();
            match &mut *queue {
                Some(queue) => queue.push_back(InFlight { api, version, correlation_id, reply }),
                None => {
                    reply(Err(ErrorCode::NotController));
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
            }
        }
        stream.write_all(&frame)
    }

    fn connected(&mut self) -> io::Result<(TcpStream, Queue)> {
        let broken = self.connection.as_ref().is_none_or(|(_, queue)| queue.lock().is_none());
        if broken {
            let stream = TcpStream::connect_timeout(&self.controller, CONNECT_TIMEOUT)?;
            stream.set_nodelay(true)?;
            stream.set_write_timeout(Some(CONNECT_TIMEOUT))?;
            let queue: Queue = Arc::new(Mutex::new(Some(VecDeque::new())));
            let (reader, answers) = (stream.try_clone()?, queue.clone());
            let name = "ottla-from-controller".to_owned();
            std::thread::Builder::new().name(name).spawn(move || read_all(reader, &answers))?;
            self.connection = Some((stream, queue));
        }
        match &self.connection {
            Some((stream, queue)) => Ok((stream.try_clone()?, queue.clone())),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

fn frame(api: ApiKey, version: i16, correlation_id: i32, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new();
    writer.i32(0);
    let head = RequestHead { api, version, correlation_id, client_id: Some("ottla-broker".into()) };
    encode_request_header(&mut writer, &head).map_err(io::Error::other)?;
    let mut frame = writer.into_bytes();
    frame.extend_from_slice(body);
    let length = i32::try_from(frame.len() - 4).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame)
}

fn read_all(mut stream: TcpStream, queue: &Queue) {
    while let Ok(frame) = read_frame(&mut stream) {
        let Some(in_flight) = queue.lock().as_mut().and_then(VecDeque::pop_front) else { break };
        match decode_response_header(&frame, in_flight.api, in_flight.version) {
            Ok((correlation_id, body)) if correlation_id == in_flight.correlation_id => {
                (in_flight.reply)(Ok(body.rest().to_vec()));
            }
            _ => {
                tracing::error!(api = %in_flight.api, "the controller's answer belongs to another request");
                (in_flight.reply)(Err(ErrorCode::NotController));
                break;
            }
        }
    }
    fail_all(queue);
    let _already_gone = stream.shutdown(Shutdown::Both);
}

fn read_frame(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > ANSWER_BYTES_MAX {
        return Err(io::Error::other(format!("an answer of {length} bytes")));
    }
    let mut frame = Vec::with_capacity(length.min(READ_AHEAD_BYTES));
    let read = stream.take(length as u64).read_to_end(&mut frame)?;
    if read < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(frame) }
}

/// The connection is broken: nobody waits on it any longer.
fn fail_all(queue: &Queue) {
    for in_flight in queue.lock().take().into_iter().flatten() {
        (in_flight.reply)(Err(ErrorCode::NotController));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn ask(channel: &SocketChannel, body: &[u8]) -> mpsc::Receiver<Result<Vec<u8>, ErrorCode>> {
        let (sender, receiver) = mpsc::channel();
        let reply: Reply = Box::new(move |result| drop(sender.send(result)));
        channel.send(ControllerRequest { api: ApiKey::BrokerHeartbeat, version: 1, body: body.to_vec(), reply });
        receiver
    }

    /// Answers with the body that was asked.
    fn echo(stream: &mut TcpStream) {
        let frame = read_frame(stream).unwrap();
        let (head, body) = protocol::header::decode_request_header(&frame).unwrap();
        let mut answer = head.correlation_id.to_be_bytes().to_vec();
        answer.push(0);
        answer.extend_from_slice(body.rest());
        stream.write_all(&(answer.len() as i32).to_be_bytes()).unwrap();
        stream.write_all(&answer).unwrap();
    }

    #[test]
    fn answers_come_in_order_and_a_broken_connection_answers_what_is_under_way() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let channel = SocketChannel::new(listener.local_addr().unwrap()).unwrap();
        let (one, two) = (ask(&channel, b"one"), ask(&channel, b"two"));
        let (mut stream, _) = listener.accept().unwrap();
        echo(&mut stream);
        echo(&mut stream);
        assert_eq!((one.recv().unwrap().unwrap(), two.recv().unwrap().unwrap()), (b"one".to_vec(), b"two".to_vec()));
        let three = ask(&channel, b"three");
        read_frame(&mut stream).unwrap();
        drop(stream);
        assert_eq!(three.recv().unwrap(), Err(ErrorCode::NotController));
        let four = ask(&channel, b"four");
        let (mut stream, _) = listener.accept().unwrap();
        echo(&mut stream);
        assert_eq!(four.recv().unwrap(), Ok(b"four".to_vec()));
    }

    #[test]
    fn a_controller_that_is_not_there_is_an_answer() {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let channel = SocketChannel::new(gone).unwrap();
        assert_eq!(ask(&channel, b"x").recv().unwrap(), Err(ErrorCode::NotController));
    }
}
