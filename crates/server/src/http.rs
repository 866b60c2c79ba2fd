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
    let writer = node.parts.broker.as_ref().map(|role| role.broker.clone());
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
            true => writer.as_deref().map_or_else(
                || Page::text(200, "ready\n"),
                |broker| {
                    let directories =
                        broker.replicas.directories().iter().filter(|directory| !directory.dir.is_failed());
                    room(directories.map(|directory| (directory.dir.path().display().to_string(), directory.is_full())))
                },
            ),
            false => Page::text(503, "starting or stopping\n"),
        }),
        Route::new("/metrics", Right::Public, move || Page {
            status: 200,
            content_type: "text/plain; version=0.0.4; charset=utf-8",
            body: crate::metrics::page(broker.as_deref(), &network),
        }),
    ]
}

/// The page of a node whose directories have room, or do not. One that takes no writes at all is not ready; where some
/// directories are full, the page says so.
fn room(directories: impl Iterator<Item = (String, bool)>) -> Page {
    let (full, others): (Vec<_>, Vec<_>) = directories.partition(|(_, is_full)| *is_full);
    let named = full.iter().map(|(path, _)| path.as_str()).collect::<Vec<&str>>().join(", ");
    match (full.is_empty(), others.is_empty()) {
        (true, _) => Page::text(200, "ready\n"),
        (false, true) => Page::text(503, format!("no writes are taken: the log directory is full: {named}\n")),
        (false, false) => Page::text(200, format!("ready, but a log directory is full: {named}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_room_anywhere_is_not_ready_and_full_directories_are_named() {
        for (directories, status, text) in [
            (&[][..], 200, "ready\n"),
            (&[("/a", false), ("/b", false)], 200, "ready\n"),
            (&[("/a", false), ("/b", true)], 200, "ready, but a log directory is full: /b\n"),
            (&[("/a", true), ("/b", true)], 503, "no writes are taken: the log directory is full: /a, /b\n"),
        ] {
            let page = room(directories.iter().map(|(path, is_full)| ((*path).to_owned(), *is_full)));
            assert_eq!((page.status, page.body.as_str()), (status, text));
        }
    }
}
