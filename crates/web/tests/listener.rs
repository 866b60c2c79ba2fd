//! A listener over real sockets: rights, methods, maxima.

use background::Runtime;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;
use web::{Page, Right, Route, serve};

/// Well above the maximum of connections of one address.
const MANY: usize = 100;

struct Site {
    port: u16,
    _runtime: Runtime,
}

fn site(address: Ipv4Addr) -> Site {
    let runtime = Runtime::start().unwrap();
    let listener = TcpListener::bind((address, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let routes = vec![
        Route::new("/live", Right::Public, || Page::text(200, "live\n")),
        Route::new("/large", Right::Public, || Page::text(200, "x".repeat(8 << 20))),
        Route::new("/own", Right::Machine, || Page::text(200, "own\n")),
    ];
    serve(&runtime, listener, routes).unwrap();
    Site { port, _runtime: runtime }
}

impl Site {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// The whole answer to a request on a connection of its own; what came before a connection broke.
    fn ask(&self, head: &str) -> String {
        let mut stream = self.connect();
        let _answered_before_it_was_read = stream.write_all(head.as_bytes());
        let mut answer = Vec::new();
        let _ends_with_the_connection = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    }
}

#[test]
fn routes_answer_by_the_right_that_they_need() {
    for (address, own) in [(Ipv4Addr::LOCALHOST, "HTTP/1.1 200"), (Ipv4Addr::UNSPECIFIED, "HTTP/1.1 403")] {
        let site = site(address);
        assert!(site.get("/live").starts_with("HTTP/1.1 200") && site.get("/live").ends_with("\r\n\r\nlive\n"));
        assert!(site.get("/own").starts_with(own), "{address}");
        assert!(site.get("/nothing").starts_with("HTTP/1.1 404"));
        assert!(site.get("/live?x=1").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn only_reading_is_answered_and_heads_have_a_maximum() {
    let site = site(Ipv4Addr::UNSPECIFIED);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let answer = site.ask(&format!("{method} /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("allow: GET, HEAD"), "{method}: {answer}");
    }
    let head = site.ask("HEAD /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    let long = format!("GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(1 << 20));
    assert!(!site.ask(&long).starts_with("HTTP/1.1 200"));
    let many = format!("GET /live HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(1000));
    assert!(!site.ask(&many).starts_with("HTTP/1.1 200"));
    assert!(!site.ask("\0\u{1}nonsense\r\n\r\n").starts_with("HTTP/1.1 200"));
    assert!(site.get("/live").starts_with("HTTP/1.1 200"));
}

#[test]
fn connections_of_one_address_and_large_pages_on_their_way_have_maxima() {
    let site = site(Ipv4Addr::LOCALHOST);
    let mut readers: Vec<TcpStream> = (0..8).map(|_| site.connect()).collect();
    let mut answers = Vec::new();
    for reader in &mut readers {
        reader.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut begin = [0; 12];
        reader.read_exact(&mut begin).unwrap();
        answers.push(String::from_utf8_lossy(&begin).into_owned());
    }
    assert_eq!(answers.iter().filter(|answer| *answer == "HTTP/1.1 200").count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "HTTP/1.1 503").count(), 4, "{answers:?}");
    drop(readers);
    let mut idle: Vec<TcpStream> = (0..MANY).map(|_| site.connect()).collect();
    let refused = |stream: &mut TcpStream| {
        let asked = stream.write_all(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut begin = [0; 12];
        asked.is_err() || stream.read_exact(&mut begin).is_err() || begin != *b"HTTP/1.1 200"
    };
    let refused = idle.iter_mut().map(refused).filter(|refused| *refused).count();
    assert!((MANY - 16..MANY).contains(&refused), "{refused}");
}

#[test]
fn a_connection_beyond_the_maximum_is_told_so_and_closed() {
    let site = site(Ipv4Addr::LOCALHOST);
    let served = |_| {
        let mut stream = site.connect();
        stream.write_all(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).unwrap();
        assert_eq!(begin, *b"HTTP/1.1 200");
        stream
    };
    let open: Vec<TcpStream> = (0..16).map(served).collect();
    for _ in 0..40 {
        // Without `Connection: close`: it ends all the same.
        let answer = site.ask("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("too many connections\n"), "{answer}");
    }
    drop(open);
}
