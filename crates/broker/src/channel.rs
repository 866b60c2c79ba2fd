//! The way from a broker to the active controller.

use protocol::{ApiKey, Message};
use quorum::{ControllerRequest, Mailbox};

/// Carries requests to the active controller and their answers back, on any thread. In a combined node it leads to the
/// controller of the same process; a broker alone will have one over a socket.
pub trait ControllerChannel: Send + Sync {
    fn send(&self, request: ControllerRequest);
}

impl ControllerChannel for Mailbox {
    fn send(&self, request: ControllerRequest) {
        self.post(request);
    }
}

/// Sends a request of the broker's own and hands the decoded answer to `done`.
pub(crate) fn call<R: Message>(
    channel: &dyn ControllerChannel,
    api: ApiKey,
    request: &R,
    done: impl FnOnce(Result<Vec<u8>, base::ErrorCode>, i16) + Send + 'static,
) {
    let version = api.max_version();
    match request.to_bytes(version) {
        Ok(body) => {
            channel.send(ControllerRequest { api, version, body, reply: Box::new(move |result| done(result, version)) })
        }
        Err(error) => {
            tracing::error!(%api, %error, "a request to the controller cannot be encoded");
            done(Err(base::ErrorCode::UnknownServerError), version);
        }
    }
}
