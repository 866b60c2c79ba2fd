//! Lines to other nodes over real sockets: order, time-outs, broken and refused connections, connecting again.

use base::{Line, LineError, Network, Outbound, Remote};
use net::{Limits, Plain, Server};
use os::Clock;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, mpsc};

type Outcome = Result<Vec<u8>, LineError>;

const LONG_US: u64 = 60_000_000;

fn server() -> Arc<Server> {
    let server = Server::new(1, 2, Clock::new()).unwrap();
    server
        .start(Limits {
            request_bytes_max: 1 << 20,
            partial_bytes_max: 1 << 20,
            idle_max_ms: 60_000,
            descriptor_max: u64::MAX,
            send_buffer_bytes: None,
            receive_buffer_bytes: None,
        })
        .unwrap();
    server.reach("CONTROLLER", Arc::new(Plain));
    server
}

fn remote(host: &str, port: u16) -> Remote {
    Remote { host: host.to_owned(), port, listener: "CONTROLLER".into() }
}

fn framed(body: &[u8]) -> Vec<u8> {
    [&(body.len() as i32).to_be_bytes()[..], body].concat()
}

fn ask(line: &dyn Line, body: &[u8], timeout_us: u64) -> mpsc::Receiver<Outcome> {
    let (sender, receiver) = mpsc::channel();
    let done = Box::new(move |outcome| drop(sender.send(outcome)));
    line.send(Outbound { frame: framed(body), timeout_us, done });
    receiver
}

fn read_frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut body = vec![0; i32::from_be_bytes(length) as usize];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

fn echo(stream: &mut TcpStream) {
    let body = read_frame(stream).unwrap();
    stream.write_all(&framed(&body)).unwrap();
}

#[test]
fn answers_come_in_order_over_one_connection_also_large_ones() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let line = server.line(&remote("localhost", listener.local_addr().unwrap().port()));
    let large = vec![7; 3 << 20];
    let answers = [ask(&*line, b"one", LONG_US), ask(&*line, &large, LONG_US), ask(&*line, b"three", LONG_US)];
    let (mut stream, _) = listener.accept().unwrap();
    let echoing = std::thread::spawn(move || {
        (0..3).for_each(|_| echo(&mut stream));
        stream
    });
    let answers: Vec<_> = answers.iter().map(|answer| answer.recv().unwrap().unwrap()).collect();
    assert_eq!(answers, [b"one".to_vec(), large, b"three".to_vec()]);
    drop(echoing.join().unwrap());
    server.stop();
}

#[test]
fn a_broken_connection_answers_what_is_under_way_and_the_next_request_connects() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let line = server.line(&remote("127.0.0.1", listener.local_addr().unwrap().port()));
    let (one, two) = (ask(&*line, b"one", LONG_US), ask(&*line, b"two", LONG_US));
    let (mut stream, _) = listener.accept().unwrap();
    echo(&mut stream);
    assert_eq!(one.recv().unwrap(), Ok(b"one".to_vec()));
    read_frame(&mut stream).unwrap();
    drop(stream);
    assert!(matches!(two.recv().unwrap(), Err(LineError::Broken(_))));
    let three = ask(&*line, b"three", LONG_US);
    let (mut stream, _) = listener.accept().unwrap();
    echo(&mut stream);
    assert_eq!(three.recv().unwrap(), Ok(b"three".to_vec()));
    server.stop();
}

#[test]
fn one_that_hangs_is_given_up_in_time_with_everything_behind_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let line = server.line(&remote("127.0.0.1", listener.local_addr().unwrap().port()));
    let (one, two) = (ask(&*line, b"one", 50_000), ask(&*line, b"two", LONG_US));
    let (mut stream, _) = listener.accept().unwrap();
    assert_eq!(one.recv().unwrap(), Err(LineError::TimedOut));
    assert_eq!(two.recv().unwrap(), Err(LineError::TimedOut));
    read_frame(&mut stream).unwrap();
    read_frame(&mut stream).unwrap();
    assert_eq!(read_frame(&mut stream), None, "the connection is closed");
    server.stop();
}

#[test]
fn who_is_not_there_is_told_at_once() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = server();
    let line = server.line(&remote("127.0.0.1", gone.port()));
    assert!(matches!(ask(&*line, b"x", LONG_US).recv().unwrap(), Err(LineError::Unreachable(_))));
    let nowhere = server.line(&remote("no-such-host.invalid", 1));
    assert!(matches!(ask(&*nowhere, b"x", LONG_US).recv().unwrap(), Err(LineError::Unreachable(_))));
    server.stop();
}

#[test]
fn an_answer_that_cannot_be_one_breaks_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let line = server.line(&remote("127.0.0.1", listener.local_addr().unwrap().port()));
    for announced in [-1, i32::MAX] {
        let asked = ask(&*line, b"x", LONG_US);
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&announced.to_be_bytes()).unwrap();
        assert!(matches!(asked.recv().unwrap(), Err(LineError::Broken(_))));
    }
    server.stop();
}

#[test]
fn a_line_that_is_dropped_and_a_server_that_stops_close_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let line = server.line(&remote("127.0.0.1", listener.local_addr().unwrap().port()));
    let one = ask(&*line, b"one", LONG_US);
    let (mut stream, _) = listener.accept().unwrap();
    read_frame(&mut stream).unwrap();
    drop(line);
    assert_eq!(one.recv().unwrap(), Err(LineError::Closed));
    assert_eq!(read_frame(&mut stream), None);
    let line = server.line(&remote("127.0.0.1", listener.local_addr().unwrap().port()));
    let two = ask(&*line, b"two", LONG_US);
    let (_stream, _) = listener.accept().unwrap();
    server.stop();
    assert_eq!(two.recv().unwrap(), Err(LineError::Closed));
}

#[test]
fn there_is_no_line_to_a_listener_of_which_nothing_is_known() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server();
    let secret = Remote { listener: "SECRET".into(), ..remote("127.0.0.1", listener.local_addr().unwrap().port()) };
    let line = server.line(&secret);
    let outcome = ask(&*line, b"x", LONG_US).recv().unwrap();
    assert!(matches!(&outcome, Err(LineError::Unreachable(reason)) if reason.contains("SECRET")), "{outcome:?}");
    server.stop();
}
