//! The rows.

use crate::authorizer::{CLUSTER, Operation, ResourceType};
use crate::request::{Received, Request};
use base::ErrorCode;
use metadata::{Image, Levels};
use net::Pipelining;
use protocol::{ApiKey, Cursor};
use std::sync::Arc;

/// Which quota a request counts against (KIP-13, KIP-219, KIP-599). Declared now, enforced later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    None,
    Produce,
    Fetch,
    Request,
    ControllerMutation,
}

/// Decodes the body, does the work and sees to the answer.
pub type Handler<S> = fn(&S, Request<'_>) -> Result<Pipelining, protocol::DecodeError>;

/// Encodes the body of an answer that refuses the request whose version and body these are.
pub type Refusal = fn(ApiKey, i16, &[u8], ErrorCode) -> Result<Vec<u8>, ErrorCode>;

/// One API of a listener.
pub struct Row<S: ?Sized> {
    pub api: ApiKey,
    pub handler: Handler<S>,
    /// What the authorizer is asked, on which kind of resource. Handlers ask for the names ([`Request::may`]); of rows that
    /// are about the cluster it is asked before they run.
    pub operation: Operation,
    pub resource: ResourceType,
    /// How a request is answered whose caller may not do that on the cluster. `None`: the handler knows of another right, or
    /// leaves something out.
    pub refusal: Option<Refusal>,
    pub quota: Quota,
    /// Highest version that works here, where that is below the newest stable one of Kafka 4.3.
    pub max_version: Option<i16>,
}

impl<S: ?Sized> Row<S> {
    pub fn version_range(&self) -> (i16, i16) {
        (self.api.min_version(), self.max_version.unwrap_or(self.api.max_version()))
    }

    /// Asks what the row says about the cluster, and calls its handler or refuses. An error says why there is no answer.
    pub fn serve(&self, state: &S, received: Received<'_>) -> Result<Pipelining, String> {
        let Received { client_id, connection, principal, host, authorizer, now, body, responder } = received;
        let (api, version) = (responder.api, responder.version);
        let is_allowed_on_cluster = match self.resource {
            ResourceType::Cluster if self.operation != Operation::None => {
                authorizer.is_allowed(principal, host, self.operation, ResourceType::Cluster, CLUSTER)
            }
            _ => true,
        };
        if let Some(refusal) = self.refusal.filter(|_| !is_allowed_on_cluster) {
            // A malformed body closes the connection, whoever sends it.
            protocol::decode_request(api, version, &mut Cursor::new(body)).map_err(|error| error.to_string())?;
            let answer = refusal(api, version, body, ErrorCode::ClusterAuthorizationFailed)
                .map_err(|error| format!("{api} cannot be refused: {error}"))?;
            responder.send_body(&answer);
            return Ok(Pipelining::Hold);
        }
        let request = Request {
            api,
            version,
            client_id,
            connection,
            principal,
            host,
            authorizer,
            operation: self.operation,
            resource: self.resource,
            is_allowed_on_cluster,
            now,
            body,
            responder,
        };
        (self.handler)(state, request).map_err(|error| format!("{api} version {version}: {error}"))
    }
}

/// The node behind a listener: what ApiVersions tells beside the versions, and who learns of the end of connections.
pub trait Node: Send + Sync {
    /// The newest published image: finalized levels, and the metadata offset (epoch) at which they hold.
    fn image(&self) -> Arc<Image>;
    /// Level of `kraft.version`, which no image has.
    fn kraft_version(&self) -> i16;
    /// The levels of features at which the node takes part.
    fn levels(&self) -> Levels;
    /// Whether requests of this connection are answered at all; otherwise it is closed.
    fn lets_ask(&self, _connection: &net::ConnectionInfo) -> bool {
        true
    }
    fn disconnected(&self, connection: &net::ConnectionInfo);
}

impl<T: Node> Node for Arc<T> {
    fn image(&self) -> Arc<Image> {
        (**self).image()
    }

    fn kraft_version(&self) -> i16 {
        (**self).kraft_version()
    }

    fn levels(&self) -> Levels {
        (**self).levels()
    }

    fn lets_ask(&self, connection: &net::ConnectionInfo) -> bool {
        (**self).lets_ask(connection)
    }

    fn disconnected(&self, connection: &net::ConnectionInfo) {
        (**self).disconnected(connection);
    }
}
