//! The rows.

use crate::authorizer::{Operation, ResourceType};
use crate::request::Request;
use base::ErrorCode;
use metadata::Image;
use net::Pipelining;
use protocol::ApiKey;
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
}

/// The node behind a listener: what ApiVersions tells beside the versions, and who learns of the end of connections.
pub trait Node: Send + Sync {
    /// The newest published image: finalized levels, and the metadata offset (epoch) at which they hold.
    fn image(&self) -> Arc<Image>;
    /// Level of `kraft.version`, which no image has.
    fn kraft_version(&self) -> i16;
    fn disconnected(&self, connection: &net::ConnectionInfo);
}

impl<T: Node> Node for Arc<T> {
    fn image(&self) -> Arc<Image> {
        (**self).image()
    }

    fn kraft_version(&self) -> i16 {
        (**self).kraft_version()
    }

    fn disconnected(&self, connection: &net::ConnectionInfo) {
        (**self).disconnected(connection);
    }
}
