//! A listener: accepts, reads requests, finds the route, and has the page made.

use crate::limits::{
    Admission, Admitted, CONNECTION_AGE_MAX, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, Complaints, HEAD_BYTES_MAX,
    HEAD_WAIT, HEADERS_MAX, LARGE_PAGE_BYTES, LARGE_PAGES_MAX, LAST_ANSWER_WAIT, PAGE_WAIT, PAGES_WAITING_MAX,
    REFUSED_MAX, REFUSED_WAIT, Rates,
};
use crate::{Page, Right, Route};
use background::{Asker, Runtime, answer_on_thread};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Pause after an accept that failed, such as for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves a bound listener until the runtime ends.
pub fn serve(runtime: &Runtime, listener: TcpListener, routes: Vec<Route>) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let is_loopback = listener.local_addr()?.ip().to_canonical().is_loopback();
    let known = routes.iter().map(|route| (route.path, route.right)).collect();
    let answer =
        move |index: usize| routes.get(index).map_or_else(|| Page::text(404, "no such page\n"), |r| (r.page)());
    let site = Arc::new(Site {
        routes: known,
        is_loopback,
        pages: answer_on_thread("ottla-pages", PAGES_WAITING_MAX, answer)?,
        rates: Mutex::default(),
        large: Arc::new(Semaphore::new(LARGE_PAGES_MAX)),
    });
    runtime.spawn(async move {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => accept_all(listener, site).await,
            Err(error) => tracing::error!(%error, "the HTTP listener ended"),
        }
    });
    Ok(())
}

async fn accept_all(listener: tokio::net::TcpListener, site: Arc<Site>) {
    let admission = Admission::default();
    let refused = Arc::new(Semaphore::new(REFUSED_MAX));
    let mut complaints = Complaints::default();
    let mut is_failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                is_failing = false;
                if let Some(admitted) = admission.admit(peer.ip().to_canonical()) {
                    tokio::spawn(connection(stream, admitted, site.clone()));
                    continue;
                }
                if complaints.take(Instant::now()) {
                    tracing::warn!(
                        %peer,
                        of_one_address_max = CONNECTIONS_PER_ADDRESS_MAX,
                        max = CONNECTIONS_MAX,
                        "too many HTTP connections: the newest are answered with 503"
                    );
                }
                // Beyond those that are told: closed at once.
                if let Ok(permit) = refused.clone().try_acquire_owned() {
                    tokio::spawn(refuse(stream, permit));
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::warn!(%error, "a connection to the HTTP listener cannot be accepted");
                }
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers the one request of a connection that there is no room for.
async fn refuse(stream: TcpStream, _permit: OwnedSemaphorePermit) {
    let service = service_fn(|_: Request<Incoming>| async {
        let Page { status, body, content_type } = Page::text(503, "too many connections\n");
        Ok::<_, Infallible>(answered(status, content_type, Full::new(Bytes::from(body))))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .header_read_timeout(REFUSED_WAIT)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let _cut_if_it_does_not_ask = timeout(REFUSED_WAIT, connection).await;
}

async fn connection(stream: TcpStream, admitted: Admitted, site: Arc<Site>) {
    let peer = admitted.address();
    let service = service_fn(move |request: Request<Incoming>| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(site.answer(peer, request.method(), request.uri().path()).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // How a connection ended is its peer's affair.
    if timeout(CONNECTION_AGE_MAX, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _cut_if_it_is_not_read = timeout(LAST_ANSWER_WAIT, connection).await;
    }
}

/// What all connections of a listener share.
struct Site {
    routes: Vec<(&'static str, Right)>,
    is_loopback: bool,
    /// Pages by the index of their route.
    pages: Asker<usize, Page>,
    rates: Mutex<Rates>,
    /// Large pages on their way.
    large: Arc<Semaphore>,
}

impl Site {
    async fn answer(&self, peer: IpAddr, method: &Method, path: &str) -> Response<Full<Bytes>> {
        if !self.rates.lock().take(peer, Instant::now()) {
            return self.response(Page::text(429, "too many requests\n"));
        }
        if method != Method::GET && method != Method::HEAD {
            let mut refused = self.response(Page::text(405, "pages are read with GET\n"));
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        let Some(index) = self.routes.iter().position(|(known, _)| *known == path) else {
            return self.response(Page::text(404, "no such page\n"));
        };
        if self.routes[index].1 == Right::Machine && !self.is_loopback {
            return self.response(Page::text(403, "this page is for this machine\n"));
        }
        match timeout(PAGE_WAIT, self.pages.ask(index)).await {
            Ok(Ok(page)) => self.response(page),
            Ok(Err(_)) | Err(_) => self.response(busy()),
        }
    }

    fn response(&self, page: Page) -> Response<Full<Bytes>> {
        let (page, permit) = match page.body.len() > LARGE_PAGE_BYTES {
            false => (page, None),
            true => match self.large.clone().try_acquire_owned() {
                Ok(permit) => (page, Some(permit)),
                Err(_) => (busy(), None),
            },
        };
        let body = Bytes::from_owner(OnItsWay { body: page.body, _permit: permit });
        answered(page.status, page.content_type, Full::new(body))
    }
}

fn answered(status: u16, content_type: &'static str, body: Full<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn busy() -> Page {
    Page::text(503, "busy\n")
}

/// A body that is held until it is sent, and counted if it is large.
struct OnItsWay {
    body: String,
    _permit: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for OnItsWay {
    fn as_ref(&self) -> &[u8] {
        self.body.as_bytes()
    }
}
