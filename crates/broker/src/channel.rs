//! The way from a broker to the active controller: in the same process, or over a line to the node that leads the quorum.

use api::Caller;
use base::{ErrorCode, Executor, Line, LineError, Network, NodeId, Now, Outbound, Remote, Seldom, Task};
use parking_lot::Mutex;
use protocol::header::{RequestHead, decode_response_header, encode_request_header};
use protocol::{ApiKey, ApiVersionsResponse, Cursor, EncodeError, EnvelopeResponse, Message, Writer};
use quorum::{ControllerRequest, Intake, Mailbox, SharedView, is_not_controller};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// How long a request is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// One try; whoever sends tries again by himself (heartbeats, registrations).
    Once,
    /// Until it is answered, or `request.timeout.ms` is over. A request whose connection broke is sent again, as Kafka's
    /// brokers do it: it may then be carried out twice.
    Retry,
}

/// Carries requests to the active controller and their answers back, on any thread.
pub trait ControllerChannel: Send + Sync {
    fn send(&self, request: ControllerRequest, patience: Patience);
}

impl ControllerChannel for Mailbox {
    fn send(&self, request: ControllerRequest, _: Patience) {
        self.post(request);
    }
}

/// Times of a [`RemoteController`], in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct ChannelTimes {
    /// Of a request that is tried once.
    pub once_us: u64,
    /// Of one that is tried again, all tries together.
    pub retry_us: u64,
    /// The first pause between two tries.
    pub pause_us: u64,
}

/// Longest pause between two tries.
const PAUSE_MAX_US: u64 = 1_000_000;
/// Longest single try of a request that is tried again: a controller that hangs is given up, and the next one asked.
const TRY_US: u64 = 5_000_000;

/// The controller of another node, or of this one: whoever leads the quorum, as the view says at the time of each try.
pub struct RemoteController {
    /// The way to the controller of this process, where it may become the active one.
    local: Option<Mailbox>,
    network: Arc<dyn Network>,
    executor: Arc<dyn Executor>,
    view: SharedView,
    times: ChannelTimes,
    intake: Intake,
    state: Mutex<State>,
    next_correlation_id: AtomicI32,
    /// By which the controller knows this broker, as in Kafka: its id.
    client_id: String,
}

#[derive(Default)]
struct State {
    /// Lines of their own for what the broker lives by, and for what it forwards: a heartbeat stands behind no client.
    lines: [Option<(Remote, Arc<dyn Line>)>; 2],
    failures: u32,
    line: Seldom,
}

impl State {
    fn remote(&self) -> Option<&Remote> {
        self.lines.iter().flatten().map(|(remote, _)| remote).next()
    }
}

impl RemoteController {
    pub fn new(
        node_id: NodeId,
        local: Option<Mailbox>,
        network: Arc<dyn Network>,
        executor: Arc<dyn Executor>,
        view: SharedView,
        times: ChannelTimes,
    ) -> Arc<RemoteController> {
        let next_correlation_id = AtomicI32::new(0);
        Arc::new(RemoteController {
            local,
            network,
            executor,
            view,
            times,
            intake: Intake::default(),
            state: Mutex::default(),
            next_correlation_id,
            client_id: node_id.to_string(),
        })
    }

    fn line(&self, patience: Patience) -> Option<Arc<dyn Line>> {
        let remote = self.view.load().leader.clone()?;
        let mut state = self.state.lock();
        let place = &mut state.lines[usize::from(patience == Patience::Retry)];
        match place {
            Some((to, line)) if *to == remote => Some(line.clone()),
            _ => {
                let line = self.network.line(&remote);
                let before = place.replace((remote, line.clone()));
                drop(state);
                drop(before);
                Some(line)
            }
        }
    }

    fn reached(&self) {
        let mut state = self.state.lock();
        if std::mem::take(&mut state.failures) > 0
            && let Some(remote) = state.remote()
        {
            tracing::info!(controller = %remote, "the controller is reached");
        }
    }

    /// Notes a try that failed, and says so once in a while. Returns how long to wait before the next one.
    fn not_reached(&self, now: Now, api: ApiKey, reason: &str) -> u64 {
        let mut state = self.state.lock();
        let pause_us = (self.times.pause_us.max(1) << state.failures.min(16)).min(PAUSE_MAX_US);
        state.failures += 1;
        if state.line.is_due(now) {
            let controller = state.remote().map(Remote::to_string);
            let controller = controller.unwrap_or_else(|| "(unknown)".to_owned());
            tracing::warn!(controller, %api, reason, tries = state.failures, "the controller is not reached");
        }
        pause_us
    }
}

/// A request on its way, with what is left of its time.
struct Sending {
    channel: Arc<RemoteController>,
    request: Mutex<Option<ControllerRequest>>,
    patience: Patience,
    deadline_us: u64,
}

impl ControllerChannel for Arc<RemoteController> {
    fn send(&self, request: ControllerRequest, patience: Patience) {
        let Some(request) = self.intake.admit(request) else { return };
        let within_us = match patience {
            Patience::Once => self.times.once_us,
            Patience::Retry => self.times.retry_us,
        };
        let deadline_us = self.executor.now().monotonic_us + within_us;
        let request = Mutex::new(Some(request));
        Arc::new(Sending { channel: self.clone(), request, patience, deadline_us }).attempt();
    }
}

impl Sending {
    fn attempt(self: Arc<Self>) {
        if let Some(mailbox) = self.channel.local.as_ref().filter(|_| self.channel.view.load().is_active) {
            return self.clone().attempt_here(mailbox);
        }
        let Some((sent, frame)) = self.frame() else { return };
        let api = sent.api;
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(%api, %error, "a request to the controller cannot be encoded");
                return self.finish(Err(ErrorCode::UnknownServerError));
            }
        };
        let Some(line) = self.channel.line(self.patience) else {
            return self.failed(api, "no leader of the quorum is known");
        };
        let left_us = self.deadline_us.saturating_sub(self.channel.executor.now().monotonic_us);
        let timeout_us = match self.patience {
            Patience::Once => left_us,
            Patience::Retry => left_us.min(TRY_US),
        };
        let done = Box::new(move |outcome: Result<Vec<u8>, LineError>| match outcome {
            Err(error) => self.failed(api, &error.to_string()),
            Ok(frame) => match sent.answer(&frame) {
                Some(Ok(body)) => self.answered(api, sent.version, body),
                Some(Err(ErrorCode::NotController)) => self.failed(api, "it is not the active controller"),
                Some(Err(error)) => self.refused(error),
                None => self.failed(api, "its answer belongs to another request"),
            },
        });
        line.send(Outbound { frame, timeout_us, done });
    }

    /// The active controller is in this process.
    fn attempt_here(self: Arc<Self>, mailbox: &Mailbox) {
        let (api, version, body, caller) = match &*self.request.lock() {
            Some(request) => (request.api, request.version, request.body.clone(), request.caller.clone()),
            None => return,
        };
        if api == ApiKey::ApiVersions {
            // Asked for what only other kinds of controllers serve.
            let answer = ApiVersionsResponse::default().to_bytes(version);
            return self.finish(answer.map_err(|_| ErrorCode::UnknownServerError));
        }
        let reply = Box::new(move |outcome: Result<Vec<u8>, ErrorCode>| match outcome {
            Ok(body) => self.answered(api, version, body),
            Err(ErrorCode::NotController) => self.failed(api, "this node is not the active controller any more"),
            Err(error) => self.finish(Err(error)),
        });
        mailbox.post(ControllerRequest { api, version, body, caller, reply });
    }

    fn answered(self: Arc<Self>, api: ApiKey, version: i16, body: Vec<u8>) {
        if is_not_controller(api, version, &body) {
            return self.failed(api, "it is not the active controller");
        }
        self.channel.reached();
        self.finish(Ok(body));
    }

    /// The controller does not take the envelope: the client is told why in the answer to its request.
    fn refused(&self, error: ErrorCode) {
        let refusal = match &*self.request.lock() {
            Some(request) => quorum::refuse(request.api, request.version, &request.body, error),
            None => return,
        };
        tracing::warn!(%error, "the controller refuses what this broker forwards");
        self.finish(refusal);
    }

    fn frame(&self) -> Option<(Sent, Result<Vec<u8>, EncodeError>)> {
        let request = self.request.lock();
        let request = request.as_ref()?;
        let correlation_id = self.channel.next_correlation_id.fetch_add(1, Ordering::Relaxed) & i32::MAX;
        let sent = Sent::new(request, correlation_id);
        Some((sent, frame(request, &sent, &self.channel.client_id)))
    }

    fn failed(self: Arc<Self>, api: ApiKey, reason: &str) {
        let now = self.channel.executor.now();
        let at_us = now.monotonic_us + self.channel.not_reached(now, api, reason);
        if self.patience == Patience::Once || at_us >= self.deadline_us {
            return self.finish(Err(ErrorCode::NotController));
        }
        let executor = self.channel.executor.clone();
        executor.control_at(at_us, self);
    }

    fn finish(&self, outcome: Result<Vec<u8>, ErrorCode>) {
        let request = self.request.lock().take();
        if let Some(request) = request {
            (request.reply)(outcome);
        }
    }
}

impl Task for Sending {
    fn run(self: Arc<Self>, _: Now) {
        self.attempt();
    }
}

impl Drop for Sending {
    /// The node stops: nobody tries any more.
    fn drop(&mut self) {
        self.finish(Err(ErrorCode::NotController));
    }
}

/// How a request was sent, to know its answer by.
#[derive(Clone, Copy)]
struct Sent {
    api: ApiKey,
    version: i16,
    correlation_id: i32,
    /// What a client asked for goes in an envelope that says who it is (KIP-590).
    is_enclosed: bool,
}

impl Sent {
    fn new(request: &ControllerRequest, correlation_id: i32) -> Sent {
        let is_enclosed = matches!(request.caller, Caller::Connected { .. }) && request.api.info().forwardable;
        Sent { api: request.api, version: request.version, correlation_id, is_enclosed }
    }

    /// The body of the answer, or the error of an envelope; `None` if it belongs to another request.
    fn answer(&self, frame: &[u8]) -> Option<Result<Vec<u8>, ErrorCode>> {
        if !self.is_enclosed {
            return self.body(self.api, self.version, frame).map(Ok);
        }
        let body = self.body(ApiKey::Envelope, ENVELOPE_VERSION, frame)?;
        let envelope = EnvelopeResponse::decode(&mut Cursor::new(&body), ENVELOPE_VERSION).ok()?;
        match (ErrorCode::from_code(envelope.error_code), envelope.response_data) {
            (ErrorCode::None, data) => self.body(self.api, self.version, &data?).map(Ok),
            (error, _) => Some(Err(error)),
        }
    }

    fn body(&self, api: ApiKey, version: i16, frame: &[u8]) -> Option<Vec<u8>> {
        let (id, body) = decode_response_header(frame, api, version).ok()?;
        (id == self.correlation_id).then(|| body.rest().to_vec())
    }
}

const ENVELOPE_VERSION: i16 = 0;

/// What is asked for a client keeps the client's id: the controller's quotas and log go by it.
fn frame(request: &ControllerRequest, sent: &Sent, own_id: &str) -> Result<Vec<u8>, EncodeError> {
    let correlation_id = sent.correlation_id;
    let asker = match &request.caller {
        Caller::Connected { client_id, .. } if sent.is_enclosed => client_id.as_deref(),
        _ => Some(own_id),
    };
    let client_id = asker.map(Into::into);
    let mut writer = Writer::new();
    writer.i32(0);
    let head = RequestHead { api: request.api, version: request.version, correlation_id, client_id };
    encode_request_header(&mut writer, &head)?;
    let mut frame = writer.into_bytes();
    frame.extend_from_slice(&request.body);
    if let Caller::Connected { principal, host, .. } = &request.caller
        && sent.is_enclosed
    {
        let envelope = quorum::enclosed(principal, *host, &frame[4..])?;
        let mut writer = Writer::new();
        writer.i32(0);
        let (api, version) = (ApiKey::Envelope, ENVELOPE_VERSION);
        let head = RequestHead { api, version, correlation_id, client_id: Some(own_id.into()) };
        encode_request_header(&mut writer, &head)?;
        envelope.encode(&mut writer, ENVELOPE_VERSION)?;
        frame = writer.into_bytes();
    }
    let length = (frame.len() - 4) as i32;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame)
}

/// Sends a request of the broker's own and hands the decoded answer to `done`.
pub(crate) fn call<R: Message>(
    channel: &dyn ControllerChannel,
    api: ApiKey,
    request: &R,
    patience: Patience,
    done: impl FnOnce(Result<Vec<u8>, ErrorCode>, i16) + Send + 'static,
) {
    let version = api.max_version();
    match request.to_bytes(version) {
        Ok(body) => {
            let reply = Box::new(move |result| done(result, version));
            channel.send(ControllerRequest { api, version, body, caller: Caller::Node, reply }, patience);
        }
        Err(error) => {
            tracing::error!(%api, %error, "a request to the controller cannot be encoded");
            done(Err(ErrorCode::UnknownServerError), version);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::header::decode_request_header;
    use protocol::{EnvelopeRequest, ListPartitionReassignmentsResponse, UpdateFeaturesResponse};

    const SENT: Sent = Sent { api: ApiKey::UpdateFeatures, version: 1, correlation_id: 9, is_enclosed: true };

    fn frame_of<M: Message>(api: ApiKey, version: i16, correlation_id: i32, message: &M) -> Vec<u8> {
        api::respond_bytes(api, version, correlation_id, &message.to_bytes(version).unwrap())[4..].to_vec()
    }

    fn around(data: Option<Vec<u8>>, error: ErrorCode) -> Vec<u8> {
        let response_data = data.map(Into::into);
        let envelope = EnvelopeResponse { response_data, error_code: error.code(), ..Default::default() };
        frame_of(ApiKey::Envelope, 0, 9, &envelope)
    }

    #[test]
    fn an_answer_is_taken_out_of_its_envelope() {
        let response = UpdateFeaturesResponse::default();
        let data = frame_of(ApiKey::UpdateFeatures, 1, 9, &response);
        let body = response.to_bytes(1).unwrap();
        assert_eq!(SENT.answer(&around(Some(data.clone()), ErrorCode::None)), Some(Ok(body.clone())));
        let bare = Sent { is_enclosed: false, ..SENT };
        assert_eq!(bare.answer(&data), Some(Ok(body)));
    }

    #[test]
    fn the_error_of_an_envelope_is_told_apart_from_what_belongs_elsewhere() {
        assert_eq!(SENT.answer(&around(None, ErrorCode::NotController)), Some(Err(ErrorCode::NotController)));
        assert_eq!(SENT.answer(&around(None, ErrorCode::None)), None);
        let other = frame_of(ApiKey::UpdateFeatures, 1, 8, &UpdateFeaturesResponse::default());
        assert_eq!(SENT.answer(&around(Some(other.clone()), ErrorCode::None)), None);
        assert_eq!(SENT.answer(&other), None);
        assert_eq!(SENT.answer(&[]), None);
    }

    #[test]
    fn only_what_a_client_asked_for_goes_in_an_envelope() {
        let host = [10, 0, 0, 1].into();
        let client_id = Some("a client".into());
        let client = Caller::Connected { principal: Arc::new(api::Principal::anonymous()), host, client_id };
        let request = |api, caller| {
            let body = ListPartitionReassignmentsResponse::default().to_bytes(0).unwrap();
            ControllerRequest { api, version: 0, body, caller, reply: Box::new(|_| {}) }
        };
        for (api, caller, is_enclosed) in [
            (ApiKey::ListPartitionReassignments, client, true),
            (ApiKey::AllocateProducerIds, Caller::Node, false),
            (ApiKey::CreateTopics, Caller::Node, false),
        ] {
            let request = request(api, caller);
            let sent = Sent::new(&request, 3);
            let frame = frame(&request, &sent, "7").unwrap();
            let key = if is_enclosed { ApiKey::Envelope } else { api };
            let (head, mut body) = decode_request_header(&frame[4..]).unwrap();
            assert_eq!((sent.is_enclosed, head.api, head.client_id.as_deref()), (is_enclosed, key, Some("7")));
            if is_enclosed {
                let envelope = EnvelopeRequest::decode(&mut body, ENVELOPE_VERSION).unwrap();
                let (head, _) = decode_request_header(&envelope.request_data).unwrap();
                assert_eq!((head.api, head.client_id.as_deref()), (api, Some("a client")));
            }
        }
    }
}
