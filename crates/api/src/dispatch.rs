//! Finds the row of a request. What Kafka answers by closing the connection is closed here too: an unknown API, a
//! version that does not exist, a header or a body that cannot be read.

use crate::authorizer::Authorizer;
use crate::request::{Received, Responder};
use crate::session::Open;
use crate::table::{Node, Row};
use crate::versions;
use base::Now;
use net::{ConnectionInfo, Pipelining, Reply};
use protocol::header::decode_request_header;
use protocol::{ApiKey, Cursor, DecodeError};
use std::sync::Arc;

/// Serves requests of open connections with a table of APIs over a state, and asks what their rows say before it does.
pub struct Dispatcher<S: Node> {
    state: Arc<S>,
    rows: Vec<Option<Row<S>>>,
    authorizer: Arc<dyn Authorizer>,
}

impl<S: Node> Dispatcher<S> {
    pub fn new(state: Arc<S>, rows: Vec<Row<S>>, authorizer: Arc<dyn Authorizer>) -> Dispatcher<S> {
        let mut table: Vec<Option<Row<S>>> = Vec::new();
        for row in rows {
            let index = row.api.id() as usize;
            if table.len() <= index {
                table.resize_with(index + 1, || None);
            }
            table[index] = Some(row);
        }
        Dispatcher { state, rows: table, authorizer }
    }

    pub fn state(&self) -> &Arc<S> {
        &self.state
    }

    /// Every API that is served, ApiVersions included, with its versions.
    pub fn served(&self) -> Vec<(ApiKey, i16, i16)> {
        let own = (ApiKey::ApiVersions, ApiKey::ApiVersions.min_version(), ApiKey::ApiVersions.max_version());
        let mut served: Vec<_> = self
            .rows
            .iter()
            .flatten()
            .map(|row| (row.api, row.api.info().min_advertised_version, row.version_range().1))
            .chain([own])
            .collect();
        served.sort_by_key(|(api, _, _)| api.id());
        served
    }

    fn dispatch(
        &self,
        connection: &ConnectionInfo,
        open: &Open,
        frame: &[u8],
        reply: Reply,
        now: Now,
    ) -> Result<Pipelining, String> {
        if !self.state.lets_ask(connection) {
            return Err("clients are not answered any more".to_owned());
        }
        let (head, mut cursor) = decode_request_header(frame).map_err(|error| error.to_string())?;
        let responder = Responder::new(head.api, head.version, head.correlation_id, reply);
        if head.api == ApiKey::ApiVersions {
            self.answer_versions(head.version, &mut cursor, responder).map_err(|error| error.to_string())?;
            return Ok(Pipelining::Hold);
        }
        let Some(row) = self.rows.get(head.api.id() as usize).and_then(Option::as_ref) else {
            return Err(format!("API {} is not served on listener {}", head.api, connection.listener));
        };
        let (min, max) = row.version_range();
        if !(min..=max).contains(&head.version) {
            return Err(format!("API {} version {} is not served ({min} to {max} are)", head.api, head.version));
        }
        // The logger that Kafka calls kafka.request.logger.
        tracing::debug!(
            target: "requests",
            api = %head.api,
            version = head.version,
            correlation_id = head.correlation_id,
            client_id = head.client_id.as_deref().unwrap_or_default(),
            bytes = frame.len(),
            peer = %connection.peer,
            listener = %connection.listener,
            "request"
        );
        let received = Received {
            client_id: head.client_id.as_deref(),
            connection,
            principal: &open.principal,
            host: connection.peer.ip(),
            authorizer: &self.authorizer,
            now,
            body: cursor.rest(),
            responder,
        };
        row.serve(&self.state, received)
    }

    /// Answers ApiVersions, which everybody may ask at any time.
    pub(crate) fn answer_versions(
        &self,
        version: i16,
        body: &mut Cursor<'_>,
        responder: Responder,
    ) -> Result<(), DecodeError> {
        versions::answer(&*self.state, &self.served(), version, body, responder)
    }

    /// A connection has ended.
    pub fn closed(&self, connection: &ConnectionInfo) {
        self.state.disconnected(connection);
    }

    /// One request of an open connection, without its length prefix.
    pub fn request(
        &self,
        connection: &ConnectionInfo,
        open: &Open,
        frame: &mut [u8],
        reply: Reply,
        now: Now,
    ) -> Pipelining {
        match self.dispatch(connection, open, frame, reply, now) {
            Ok(pipelining) => pipelining,
            // The responder was dropped unanswered, which closes the connection.
            Err(reason) => {
                tracing::debug!(peer = %connection.peer, %reason, "a request cannot be served; its connection is closed");
                Pipelining::Hold
            }
        }
    }
}
