//! The HTTP listener: `/live`, `/ready` and `/metrics`, on a thread and a runtime of its own.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use std::net::TcpListener;
use std::sync::Arc;

/// What the pages show.
pub(crate) struct Pages {
    pub is_ready: Box<dyn Fn() -> bool + Send + Sync>,
    pub metrics: Box<dyn Fn() -> String + Send + Sync>,
}

/// Serves until the process ends.
pub(crate) fn serve(listener: TcpListener, pages: Pages) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let pages = Arc::new(pages);
    let (for_ready, for_metrics) = (pages.clone(), pages);
    let router = Router::new()
        .route("/live", get(|| async { "live\n" }))
        .route(
            "/ready",
            get(move || async move {
                match (for_ready.is_ready)() {
                    true => (StatusCode::OK, "ready\n").into_response(),
                    false => (StatusCode::SERVICE_UNAVAILABLE, "starting or stopping\n").into_response(),
                }
            }),
        )
        .route(
            "/metrics",
            get(move || async move {
                let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
                (kind, (for_metrics.metrics)())
            }),
        );
    std::thread::Builder::new().name("ottla-http".into()).spawn(move || {
        runtime.block_on(async move {
            let served = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => axum::serve(listener, router).await,
                Err(error) => Err(error),
            };
            if let Err(error) = served {
                tracing::error!(%error, "the HTTP listener ended");
            }
        });
    })?;
    Ok(())
}
