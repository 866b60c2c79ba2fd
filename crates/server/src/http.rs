//! The pages of this node: `/live`, `/ready` and `/metrics`, for everybody who reaches the listener.

use crate::ServerError;
use crate::addresses::http_address;
use crate::node::Node;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use web::{Page, Right, Route};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 50;

/// The socket of a value of `ottla.http.listen`; `None` where it asks for none.
pub(crate) fn bind(listen: &str) -> Result<Option<TcpListener>, ServerError> {
    let Some(address) = http_address(listen)? else { return Ok(None) };
    let failed = |source| ServerError::Bind { address: address.to_string(), port: address.port(), source };
    net::bind(address, BACKLOG).map(Some).map_err(failed)
}

/// Every page with the right that it needs.
pub(crate) fn routes(node: &Node, ready: &Arc<AtomicBool>) -> Vec<Route> {
    let ready = ready.clone();
    let broker = node.parts.broker.as_ref().map(|role| role.broker.clone());
    let lifecycle = node.parts.broker.as_ref().map(|role| role.lifecycle.clone());
    // Who is a controller alone is there for the quorum.
    let quorum = node.parts.broker.is_none().then(|| node.parts.view.clone());
    let network = node.network.clone();
    vec![
        Route::new("/live", Right::Public, || Page::text(200, "live\n")),
        Route::new("/ready", Right::Public, move || match ready.load(Ordering::Acquire) {
            true if lifecycle.as_ref().is_some_and(|lifecycle| !lifecycle.is_ready()) => {
                Page::text(503, "fenced or not registered\n")
            }
            true if quorum.as_ref().is_some_and(|view| !view.load().is_led) => {
                Page::text(503, "no leader of the quorum is heard of\n")
            }
            true => Page::text(200, "ready\n"),
            false => Page::text(503, "starting or stopping\n"),
        }),
        Route::new("/metrics", Right::Public, move || Page {
            status: 200,
            content_type: "text/plain; version=0.0.4; charset=utf-8",
            body: crate::metrics::page(broker.as_deref(), &network),
        }),
    ]
}
