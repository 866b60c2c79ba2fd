//! What can be asked for, and who may.

/// The right that a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Everybody who reaches the listener: for probes and scrapes.
    Public,
    /// Whoever is on this machine: answered on loopback listeners only.
    Machine,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The status, such as 200.
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
}

impl Page {
    /// Plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Page {
        Page { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }
}

/// A page that can be read.
pub struct Route {
    /// With its slash, such as `/metrics`.
    pub path: &'static str,
    pub right: Right,
    /// Makes the page; on the thread of pages, where it may take its time.
    pub page: Box<dyn Fn() -> Page + Send>,
}

impl Route {
    /// A route whose page is made anew for each request.
    pub fn new(path: &'static str, right: Right, page: impl Fn() -> Page + Send + 'static) -> Route {
        Route { path, right, page: Box::new(page) }
    }
}
