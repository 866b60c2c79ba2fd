//! Requests that the controller answers: the body goes there and its answer comes back as it is.

use crate::Broker;
use api::Request;
use net::Pipelining;
use protocol::DecodeError;
use quorum::ControllerRequest;
use std::sync::Arc;

pub(super) fn handle(broker: &Arc<Broker>, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    // A malformed body closes the connection here, as in Kafka, and never reaches the controller.
    protocol::decode_request(request.api, request.version, &mut protocol::Cursor::new(request.body))?;
    let responder = request.responder;
    let reply = Box::new(move |result: Result<Vec<u8>, base::ErrorCode>| match result {
        Ok(body) => responder.send_body(&body),
        // No controller at the moment: clients find their way by connecting again.
        Err(error) => {
            tracing::info!(api = %responder.api, %error, "the controller did not answer");
            responder.close();
        }
    });
    broker.controller.send(ControllerRequest {
        api: request.api,
        version: request.version,
        body: request.body.to_vec(),
        reply,
    });
    Ok(Pipelining::Hold)
}
