//! Real sockets against a service that echoes: order of answers, limits on frames, files with and without sendfile.

use base::{Files, Now, OpenMode};
use net::{
    Answer, Bounds, ConnectionInfo, ConnectionLimits, Limits, Listener, ListenerRole, ListenerSpec, Piece, Pipelining,
    Plain, Reply, Server, Session, Transport, Wrapping, bind,
};
use os::{Clock, RealFiles};
use parking_lot::Mutex;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Echoes; frames `w...` and `W...` wait until a frame `g` comes on any connection, the latter with all requests behind
/// it; `f` is answered from a file.
#[derive(Default)]
struct Echo {
    waiting: Mutex<Vec<(Reply, Vec<u8>)>>,
    file: Option<Arc<dyn base::File>>,
}

/// What all connections of a test's listener are served by.
trait Service: Send + Sync {
    fn request(&self, frame: &mut [u8], reply: Reply, now: Now) -> Pipelining;

    /// How large the first frame may be; it opens the connection.
    fn first_frame(&self, _: Now) -> Option<Bounds> {
        None
    }
}

struct Door<S> {
    service: Arc<S>,
    wrap: fn(mio::net::TcpStream) -> Transport,
}

impl<S: Service + 'static> Listener for Door<S> {
    fn wrapping(&self) -> &dyn Wrapping {
        self
    }

    fn session(&self, _: &ConnectionInfo, now: Now) -> Box<dyn Session> {
        Box::new(Conversation { service: self.service.clone(), bounds: self.service.first_frame(now) })
    }
}

impl<S: Send + Sync> Wrapping for Door<S> {
    fn accepted(&self, socket: mio::net::TcpStream) -> Transport {
        (self.wrap)(socket)
    }

    fn outgoing(&self, socket: mio::net::TcpStream) -> Transport {
        Plain.outgoing(socket)
    }
}

struct Conversation<S> {
    service: Arc<S>,
    bounds: Option<Bounds>,
}

impl<S: Service> Session for Conversation<S> {
    fn secured(&mut self, _: &ConnectionInfo, _: Now) {}

    fn bounds(&self) -> Option<Bounds> {
        self.bounds
    }

    fn request(&mut self, _: &ConnectionInfo, frame: &mut [u8], reply: Reply, now: Now) -> Pipelining {
        self.bounds = None;
        self.service.request(frame, reply, now)
    }

    fn ended(&mut self, _: &ConnectionInfo) {}
}

fn framed(body: &[u8]) -> Vec<u8> {
    [&(body.len() as i32).to_be_bytes()[..], body].concat()
}

impl Service for Echo {
    fn request(&self, frame: &mut [u8], reply: Reply, _: Now) -> Pipelining {
        match (frame.first(), &self.file) {
            (Some(b'w' | b'W'), _) => self.waiting.lock().push((reply, frame.to_vec())),
            (Some(b'd'), _) => drop(reply),
            (Some(b'f'), Some(file)) => {
                let len = file.len().unwrap_or(0) as usize;
                let head = (len as i32).to_be_bytes().to_vec();
                reply.send(Answer::Pieces(vec![
                    Piece::Bytes(head),
                    Piece::File { file: file.clone(), position: 0, len },
                ]));
            }
            (Some(b'g'), _) => {
                reply.send(Answer::Bytes(framed(frame)));
                for (reply, frame) in self.waiting.lock().drain(..) {
                    reply.send(Answer::Bytes(framed(&frame)));
                }
            }
            _ => reply.send(Answer::Bytes(framed(frame))),
        }
        if matches!(frame.first(), Some(b'h' | b'W')) { Pipelining::Hold } else { Pipelining::Allow }
    }
}

fn serve(service: impl Service + 'static, wrap: fn(mio::net::TcpStream) -> Transport) -> (Arc<Server>, SocketAddr) {
    serve_shared(Arc::new(service), wrap)
}

fn serve_shared(
    service: Arc<impl Service + 'static>,
    wrap: fn(mio::net::TcpStream) -> Transport,
) -> (Arc<Server>, SocketAddr) {
    serve_at("127.0.0.1:0", service, wrap)
}

fn serve_at(
    at: &str,
    service: Arc<impl Service + 'static>,
    wrap: fn(mio::net::TcpStream) -> Transport,
) -> (Arc<Server>, SocketAddr) {
    let server = Server::new(2, 2, Clock::new()).unwrap();
    let limits = Limits {
        request_bytes_max: 4 << 20,
        partial_bytes_max: 5 << 20,
        idle_max_ms: 60_000,
        descriptor_max: u64::MAX,
        send_buffer_bytes: None,
        receive_buffer_bytes: None,
    };
    server.start(limits).unwrap();
    let socket = bind(at.parse().unwrap(), 50).unwrap();
    let address = socket.local_addr().unwrap();
    server.listen(ListenerSpec {
        name: "L".into(),
        role: ListenerRole::Clients,
        socket,
        listener: Arc::new(Door { service, wrap }),
    });
    (server, address)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// A connection that does not come from this machine, as far as limits are concerned.
fn connect_from_elsewhere(address: SocketAddr) -> TcpStream {
    connect_from("127.0.0.2:0", address)
}

fn connect_from(own: &str, address: SocketAddr) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&own.parse::<SocketAddr>().unwrap().into()).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.into()
}

fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut body = vec![0; i32::from_be_bytes(length) as usize];
    stream.read_exact(&mut body).unwrap();
    body
}

fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_))
}

#[test]
fn answers_leave_in_the_order_of_the_requests() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let mut stream = connect(address);
    stream.write_all(&[framed(b"w1"), framed(b"2"), framed(b"w3"), framed(b"4")].concat()).unwrap();
    // The waiting ones are there once a later frame of another connection of each loop was answered.
    let [mut other, mut another] = [(); 2].map(|()| connect(address));
    for connection in [&mut other, &mut another] {
        connection.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(connection), b"x");
    }
    other.write_all(&framed(b"g")).unwrap();
    let answers: Vec<_> = (0..4).map(|_| read(&mut stream)).collect();
    assert_eq!(answers, [&b"w1"[..], b"2", b"w3", b"4"]);
    server.stop();
}

#[test]
fn connections_that_are_closed_get_no_answers_and_the_others_stay() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let mut closed = [(); 4].map(|()| connect(address));
    let mut stays = connect(address);
    for stream in &mut closed {
        stream.write_all(&framed(b"w")).unwrap();
    }
    // All of them wait once later frames of each loop were answered.
    for _ in 0..2 {
        let mut other = connect(address);
        other.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(&mut other), b"x");
    }
    let peer = stays.local_addr().unwrap();
    server.close_connections(vec!["M".to_owned()], |_| false);
    server.close_connections(vec!["L".to_owned()], move |info| info.peer == peer);
    assert!(closed.iter_mut().all(is_closed));
    stays.write_all(&framed(b"g")).unwrap();
    assert_eq!(read(&mut stays), b"g");
    server.stop();
}

/// What is behind a request that holds the others may be received with it, come while it is held, or after its answer.
#[test]
fn requests_behind_one_that_holds_them_are_served_after_its_answer() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let mut stream = connect(address);
    let mut other = connect(address);
    for (with, during) in [(&b"2"[..], &b""[..]), (b"", b"2"), (b"", b"")] {
        let mut first = framed(b"W1");
        let second = framed(b"2");
        first.extend_from_slice(if with.is_empty() { &[] } else { &second });
        stream.write_all(&first).unwrap();
        // It is held once a later frame of another connection of each loop was answered.
        for connection in [&mut connect(address), &mut connect(address), &mut other] {
            connection.write_all(&framed(b"x")).unwrap();
            assert_eq!(read(connection), b"x");
        }
        if !during.is_empty() {
            stream.write_all(&second).unwrap();
        }
        let mut answer = Vec::new();
        while answer.is_empty() {
            other.write_all(&framed(b"g")).unwrap();
            assert_eq!(read(&mut other), b"g");
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            let mut length = [0; 4];
            if stream.read_exact(&mut length).is_ok() {
                answer = vec![0; i32::from_be_bytes(length) as usize];
            }
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        }
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, b"W1");
        if with.is_empty() && during.is_empty() {
            stream.write_all(&second).unwrap();
        }
        assert_eq!(read(&mut stream), b"2");
    }
    server.stop();
}

/// Answers every request from a thread of its own, and holds those behind it until then.
struct HoldsAll(Mutex<std::sync::mpsc::Sender<(Reply, Vec<u8>)>>);

impl Service for HoldsAll {
    fn request(&self, frame: &mut [u8], reply: Reply, _: Now) -> Pipelining {
        self.0.lock().send((reply, framed(frame))).unwrap();
        Pipelining::Hold
    }
}

#[test]
fn answers_that_come_while_the_loop_looks_whether_to_wait_tear_no_frame() {
    let (requests, answers) = std::sync::mpsc::channel::<(Reply, Vec<u8>)>();
    std::thread::spawn(move || {
        loop {
            match answers.try_recv() {
                Ok((reply, answer)) => reply.send(Answer::Bytes(answer)),
                Err(std::sync::mpsc::TryRecvError::Empty) => std::hint::spin_loop(),
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            }
        }
    });
    let (server, address) = serve(HoldsAll(Mutex::new(requests)), Transport::Plain);
    let mut stream = connect(address);
    let mut writer = stream.try_clone().unwrap();
    let bodies = |i: u32| [&i.to_be_bytes()[..], &vec![65; (i * 7919 % 3000) as usize]].concat();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for from in (0..40_000).step_by(200) {
                let frames: Vec<u8> = (from..from + 200).flat_map(|i| framed(&bodies(i))).collect();
                if writer.write_all(&frames).is_err() {
                    return;
                }
            }
        });
        for i in 0..40_000 {
            assert!(read(&mut stream) == bodies(i), "answer {i}");
        }
    });
    server.stop();
}

#[test]
fn frames_in_pieces_of_every_size_arrive_whole() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let body: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8 | 0x80).collect();
    for piece in [1000, 4096, 70_001, 200_004] {
        let mut stream = connect(address);
        let frame = [framed(&body), framed(b"end")].concat();
        for part in frame.chunks(piece) {
            stream.write_all(part).unwrap();
        }
        assert!(read(&mut stream) == body);
        assert_eq!(read(&mut stream), b"end");
    }
    server.stop();
}

#[test]
fn negative_and_too_long_frames_close_the_connection() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    for length in [-1, i32::MIN, i32::MAX, (4 << 20) + 1] {
        let mut stream = connect(address);
        stream.write_all(&length.to_be_bytes()).unwrap();
        assert!(is_closed(&mut stream), "{length}");
    }
    server.stop();
}

#[test]
fn a_reply_that_is_dropped_closes_the_connection() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let mut stream = connect(address);
    stream.write_all(&framed(b"d")).unwrap();
    assert!(is_closed(&mut stream));
    server.stop();
}

#[test]
fn files_are_sent_whole_with_and_without_sendfile() {
    let dir = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..3_000_000u32).map(|i| (i / 7) as u8).collect();
    for wrap in [Transport::Plain as fn(_) -> _, Transport::PlainWithoutSendfile] {
        let file = RealFiles.open(&dir.path().join("f"), OpenMode::Create).unwrap();
        file.write_all_at(&content, 0).unwrap();
        let (server, address) = serve(Echo { file: Some(file), ..Echo::default() }, wrap);
        let mut stream = connect(address);
        stream.write_all(&[framed(b"f"), framed(b"after")].concat()).unwrap();
        assert!(read(&mut stream) == content);
        assert_eq!(read(&mut stream), b"after");
        server.stop();
    }
}

#[test]
fn above_the_limit_clients_wait_until_there_is_room_and_others_go_on() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    server.limit_connections(ConnectionLimits { max: 2, ..ConnectionLimits::default() });
    let greet = |stream: &mut TcpStream| {
        stream.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(stream), b"x");
    };
    let mut first = [connect_from_elsewhere(address), connect_from_elsewhere(address)];
    first.iter_mut().for_each(greet);
    let mut later = [connect_from_elsewhere(address), connect_from_elsewhere(address)];
    for stream in &mut later {
        stream.write_all(&framed(b"y")).unwrap();
    }
    first.iter_mut().for_each(greet);
    assert_eq!(server.connections(), 2);
    let [closing, mut staying] = first;
    drop(closing);
    assert_eq!(read(&mut later[0]), b"y");
    assert_eq!(server.connections(), 2);
    server.limit_connections(ConnectionLimits::default());
    assert_eq!(read(&mut later[1]), b"y");
    greet(&mut staying);
    server.stop();
}

#[test]
fn limits_that_keep_everybody_out_leave_a_way_in_from_this_machine() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let greet = |stream: &mut TcpStream| {
        stream.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(stream), b"x");
    };
    server.limit_connections(ConnectionLimits { max: 0, ..ConnectionLimits::default() });
    let mut others: Vec<TcpStream> = (0..3).map(|_| connect_from_elsewhere(address)).collect();
    for stream in &mut others {
        stream.write_all(&framed(b"y")).unwrap();
    }
    // Behind the others in the kernel's queue.
    let mut first = connect(address);
    greet(&mut first);
    assert_eq!(server.connections(), 1);
    // The newest has the place, after a while.
    let mut second = connect(address);
    greet(&mut second);
    assert!(is_closed(&mut first));
    server.limit_connections(ConnectionLimits::default());
    for stream in &mut others {
        assert_eq!(read(stream), b"y");
    }
    greet(&mut second);
    server.stop();
}

#[test]
fn who_connects_to_an_advertised_address_of_its_own_machine_has_the_way_in() {
    let (server, address) = serve_at("127.0.0.3:0", Arc::new(Echo::default()), Transport::Plain);
    server.limit_connections(ConnectionLimits { max: 0, ..ConnectionLimits::default() });
    let _waits: Vec<TcpStream> = (0..3).map(|_| connect_from_elsewhere(address)).collect();
    let mut own = connect_from("127.0.0.3:0", address);
    own.write_all(&framed(b"x")).unwrap();
    assert_eq!(read(&mut own), b"x");
    assert_eq!(server.connections(), 1);
    server.stop();
}

#[test]
fn too_many_connections_of_an_address_are_closed() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    server.limit_connections(ConnectionLimits { per_ip_max: 1, ..ConnectionLimits::default() });
    let mut first = connect_from_elsewhere(address);
    first.write_all(&framed(b"x")).unwrap();
    assert_eq!(read(&mut first), b"x");
    assert!(is_closed(&mut connect_from_elsewhere(address)));
    first.write_all(&framed(b"y")).unwrap();
    assert_eq!(read(&mut first), b"y");
    server.stop();
}

#[test]
fn new_connections_keep_to_the_rate() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    server.limit_connections(ConnectionLimits { creation_rate_max: 20, ..ConnectionLimits::default() });
    let started = std::time::Instant::now();
    for _ in 0..24 {
        let mut stream = connect(address);
        stream.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(&mut stream), b"x");
    }
    assert!(started.elapsed() >= Duration::from_millis(190), "four above the burst of 20, each 50 ms after the other");
    server.stop();
}

#[test]
fn incomplete_requests_cannot_fill_the_memory_and_small_ones_go_on() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    let part = vec![0x80; 2 << 20];
    let mut greedy: Vec<TcpStream> = (0..4).map(|_| connect(address)).collect();
    for stream in &mut greedy {
        // The end of the request never comes; a connection that was closed meanwhile takes no more.
        let _may_be_closed = stream.write_all(&(4i32 << 20).to_be_bytes()).and_then(|()| stream.write_all(&part));
    }
    assert!(greedy.iter_mut().any(is_closed_soon), "four times 2 MiB are above the limit of 5 MiB");
    let mut modest = connect(address);
    modest.write_all(&framed(&[0x80; 100_000])).unwrap();
    assert_eq!(read(&mut modest).len(), 100_000);
    server.stop();
}

/// Whether the other end closes within a few seconds.
fn is_closed_soon(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    match stream.read(&mut [0; 1]) {
        Ok(n) => n == 0,
        Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
    }
}

/// Bytes and the end of the stream often come as one event.
#[test]
fn connections_that_the_client_has_finished_are_closed() {
    let (server, address) = serve(Echo::default(), Transport::Plain);
    for round in 0..200 {
        let mut stream = connect(address);
        let frame = framed(b"hello");
        let sent = if round % 2 == 0 { frame.len() } else { 3 };
        stream.write_all(&frame[..sent]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), if round % 2 == 0 { sent } else { 0 }, "round {round}");
    }
    server.stop();
}

/// Holds every answer `h...` for a moment; frames may be large only after the first one of a connection.
struct Throttles(Mutex<Vec<u64>>);

const HELD_US: u64 = 50_000;

impl Service for Throttles {
    fn request(&self, frame: &mut [u8], mut reply: Reply, now: Now) -> Pipelining {
        if frame.first() == Some(&b'h') {
            reply.hold_until(now.monotonic_us + HELD_US);
        }
        self.0.lock().push(now.monotonic_us);
        reply.send(Answer::Bytes(framed(frame)));
        Pipelining::Allow
    }

    fn first_frame(&self, now: Now) -> Option<Bounds> {
        Some(Bounds { frame_bytes_max: 10, deadline_us: now.monotonic_us + 300_000 })
    }
}

#[test]
fn an_answer_leaves_at_its_time_and_the_requests_behind_it_are_taken_after_it() {
    let service = Arc::new(Throttles(Mutex::default()));
    let (server, address) = serve_shared(service.clone(), Transport::Plain);
    let mut stream = connect(address);
    stream.write_all(&[framed(b"1"), framed(b"h2"), framed(b"3"), framed(b"h4"), framed(b"5")].concat()).unwrap();
    for body in [&b"1"[..], b"h2", b"3", b"h4", b"5"] {
        assert_eq!(read(&mut stream), body);
    }
    let times = service.0.lock().clone();
    assert!(times[2] - times[1] >= HELD_US && times[4] - times[3] >= HELD_US, "{times:?}");
    server.stop();
}

#[test]
fn until_a_session_is_open_its_frames_are_small_and_its_time_is_short() {
    let (server, address) = serve(Throttles(Mutex::default()), Transport::Plain);
    let mut large = connect(address);
    large.write_all(&11i32.to_be_bytes()).unwrap();
    assert!(is_closed(&mut large), "the first frame may have 10 bytes");
    let mut silent = connect(address);
    assert!(is_closed(&mut silent), "its deadline has passed");
    let mut open = connect(address);
    open.write_all(&[framed(b"first"), framed(&[b'x'; 1000])].concat()).unwrap();
    assert_eq!(read(&mut open), b"first");
    assert_eq!(read(&mut open).len(), 1000, "the limit of the node holds now");
    // Another deadline passes; what is open stays.
    assert!(is_closed(&mut connect(address)));
    open.write_all(&framed(b"y")).unwrap();
    assert_eq!(read(&mut open), b"y");
    server.stop();
}

/// `l...` goes on elsewhere: later requests of the connection are taken once it lets them, and answered behind it.
struct Leaves(Mutex<Vec<Vec<u8>>>, Mutex<Option<std::sync::mpsc::Receiver<()>>>);

impl Service for Arc<Leaves> {
    fn request(&self, frame: &mut [u8], reply: Reply, _: Now) -> Pipelining {
        let answer = framed(frame);
        if frame.first() != Some(&b'l') {
            self.0.lock().push(frame.to_vec());
            reply.send(Answer::Bytes(answer));
            return Pipelining::Allow;
        }
        let (service, body, release) = (self.clone(), frame.to_vec(), self.1.lock().take().unwrap());
        std::thread::spawn(move || {
            release.recv().unwrap();
            service.0.lock().push(body);
            reply.lets_pass();
            release.recv().unwrap();
            reply.send(Answer::Bytes(answer));
        });
        Pipelining::Hold
    }
}

#[test]
fn a_request_that_is_away_holds_the_later_ones_until_it_lets_them_pass_and_is_answered_first() {
    let (release, released) = std::sync::mpsc::channel();
    let service = Arc::new(Leaves(Mutex::default(), Mutex::new(Some(released))));
    let (server, address) = serve(service.clone(), Transport::Plain);
    let mut stream = connect(address);
    stream.write_all(&[framed(b"l1"), framed(b"2"), framed(b"3")].concat()).unwrap();
    let mut others = [(); 2].map(|()| connect(address));
    for other in &mut others {
        other.write_all(&framed(b"x")).unwrap();
        assert_eq!(read(other), b"x", "other connections go on");
    }
    release.send(()).unwrap();
    while service.0.lock().len() < 5 {
        // Its requests are taken although it has no answer.
        std::thread::yield_now();
    }
    assert_eq!(service.0.lock()[..], [&b"x"[..], b"x", b"l1", b"2", b"3"].map(<[u8]>::to_vec));
    release.send(()).unwrap();
    for body in [&b"l1"[..], b"2", b"3"] {
        assert_eq!(read(&mut stream), body);
    }
    server.stop();
}
