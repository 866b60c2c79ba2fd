//! How others reach the owner of the quorum node.

use base::ErrorCode;
use protocol::ApiKey;
use std::sync::mpsc;

/// Takes the body of a response in the version of its request, or the error that says why there is none.
pub type Reply = Box<dyn FnOnce(Result<Vec<u8>, ErrorCode>) + Send>;

/// A request of the controller API, as it came or as a broker of this process makes it.
pub struct ControllerRequest {
    pub api: ApiKey,
    pub version: i16,
    pub body: Vec<u8>,
    pub reply: Reply,
}

/// The way in: any thread may post, the owner receives.
#[derive(Clone)]
pub struct Mailbox {
    sender: mpsc::Sender<ControllerRequest>,
}

impl Mailbox {
    pub fn new() -> (Mailbox, mpsc::Receiver<ControllerRequest>) {
        let (sender, receiver) = mpsc::channel();
        (Mailbox { sender }, receiver)
    }

    /// Hands the request over; when the owner is gone the reply says that the controller is not there.
    pub fn post(&self, request: ControllerRequest) {
        if let Err(mpsc::SendError(request)) = self.sender.send(request) {
            (request.reply)(Err(ErrorCode::NotController));
        }
    }
}
