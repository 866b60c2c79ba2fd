//! One socket to one node: frames, correlation ids, negotiated versions. Answers come in the order of the requests, so
//! several requests may be under way; [`Connection::receive`] hands them out one by one.

use crate::metrics::NodeMeter;
use crate::transport::{Transport, wait_readable, wait_writable};
use crate::{Address, ClientError, Result, Settings};
use base::ErrorCode;
use protocol::header::{decode_response_header, encode_request};
use protocol::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, Decode, Message, Request, Writer};
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// Largest answer that is accepted, in bytes.
const ANSWER_BYTES_MAX: usize = 1 << 30;
/// How much of an announced answer is reserved before its bytes are there.
const READ_AHEAD_BYTES: usize = 256 * 1024;

/// Versions of one API that a node speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionRange {
    pub min: i16,
    pub max: i16,
}

/// What a node says about itself in ApiVersions.
#[derive(Debug, Clone, Default)]
pub struct ApiVersions {
    /// By API number; also of APIs that this program does not know.
    pub ranges: BTreeMap<i16, VersionRange>,
    /// Supported levels of features.
    pub supported_features: BTreeMap<String, VersionRange>,
    /// Finalized levels of features.
    pub finalized_features: BTreeMap<String, i16>,
    pub finalized_epoch: i64,
}

impl ApiVersions {
    /// The highest stable version that both sides speak.
    pub fn usable(&self, api: ApiKey) -> Option<i16> {
        self.usable_up_to(api, i16::MAX)
    }

    pub fn usable_up_to(&self, api: ApiKey, limit: i16) -> Option<i16> {
        let range = self.ranges.get(&api.id())?;
        let version = range.max.min(api.max_version()).min(limit);
        (version >= range.min && version >= api.min_version()).then_some(version)
    }

    pub(crate) fn from_response(response: ApiVersionsResponse<'_>) -> ApiVersions {
        let ranges = response.api_keys.iter();
        let supported = response.supported_features.into_iter();
        let finalized = response.finalized_features.into_iter();
        ApiVersions {
            ranges: ranges
                .map(|api| (api.api_key, VersionRange { min: api.min_version, max: api.max_version }))
                .collect(),
            supported_features: supported
                .map(|f| (f.name.into_owned(), VersionRange { min: f.min_version, max: f.max_version }))
                .collect(),
            finalized_features: finalized.map(|f| (f.name.into_owned(), f.max_version_level)).collect(),
            finalized_epoch: response.finalized_features_epoch,
        }
    }
}

/// A whole answer, not decoded yet.
#[derive(Debug)]
pub struct Received {
    pub correlation_id: i32,
    pub api: ApiKey,
    pub version: i16,
    frame: Vec<u8>,
    address: String,
}

impl Received {
    /// The answer as the response of `R`, borrowing from this.
    pub fn decode<R: Request>(&self) -> Result<R::Response<'_>> {
        let failed = |error| ClientError::Decode { api: self.api, address: self.address.clone(), error };
        let (_, mut body) = decode_response_header(&self.frame, self.api, self.version).map_err(failed)?;
        <R::Response<'_> as Decode<'_>>::decode(&mut body, self.version).map_err(failed)
    }

    pub fn decode_owned<R: Request>(&self) -> Result<R::OwnedResponse> {
        Ok(self.decode::<R>()?.into_owned())
    }
}

#[derive(Debug, Clone, Copy)]
struct InFlight {
    correlation_id: i32,
    api: ApiKey,
    version: i16,
}

/// A connection to one node, with its versions known.
#[derive(Debug)]
pub struct Connection {
    transport: Transport,
    address: String,
    client_id: String,
    request_timeout: Duration,
    next_correlation_id: i32,
    versions: ApiVersions,
    in_flight: VecDeque<InFlight>,
    /// Bytes that were read and not handed out.
    buffer: Vec<u8>,
    last_used: Instant,
    meter: Option<NodeMeter>,
}

impl Connection {
    /// Connects and asks for the node's versions (KIP-511: a node that does not speak our newest ApiVersions answers in
    /// version 0 and is asked again).
    pub fn open(address: &Address, settings: &Settings, deadline: Instant) -> Result<Connection> {
        Connection::open_metered(address, settings, || None, deadline)
    }

    /// The same, counted by a meter that is made once it is connected.
    pub(crate) fn open_metered(
        address: &Address,
        settings: &Settings,
        meter: impl FnOnce() -> Option<NodeMeter>,
        deadline: Instant,
    ) -> Result<Connection> {
        let deadline = deadline.min(Instant::now() + settings.request_timeout);
        let mut connection = Connection {
            transport: Transport::connect(address, settings, deadline)?,
            address: address.to_string(),
            client_id: settings.client_id.clone(),
            request_timeout: settings.request_timeout,
            next_correlation_id: 0,
            versions: ApiVersions::default(),
            in_flight: VecDeque::new(),
            buffer: Vec::new(),
            last_used: Instant::now(),
            meter: None,
        };
        connection.meter = meter();
        connection.versions = connection.negotiate(deadline)?;
        Ok(connection)
    }

    fn negotiate(&mut self, deadline: Instant) -> Result<ApiVersions> {
        let request = ApiVersionsRequest {
            client_software_name: Cow::Borrowed("ottla"),
            client_software_version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
            ..ApiVersionsRequest::default()
        };
        let mut version = ApiKey::ApiVersions.max_version();
        loop {
            self.send(&request, version)?;
            let mut received = self.receive_by(deadline)?;
            let code = received.frame.get(4..6).map_or(0, |b| i16::from_be_bytes([b[0], b[1]]));
            let refused = ErrorCode::from_code(code) == ErrorCode::UnsupportedVersion;
            if refused {
                received.version = 0;
            }
            let response = received.decode_owned::<ApiVersionsRequest>()?;
            if refused && version > 0 {
                let theirs = response.api_keys.iter().find(|api| api.api_key == ApiKey::ApiVersions.id());
                version = theirs.map_or(0, |api| api.max_version).clamp(0, version - 1);
                continue;
            }
            if code != 0 {
                return Err(ClientError::from_code(ErrorCode::from_code(code)));
            }
            return Ok(ApiVersions::from_response(response));
        }
    }

    pub fn versions(&self) -> &ApiVersions {
        &self.versions
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// How long nothing was sent or received.
    pub fn idle(&self) -> Duration {
        self.last_used.elapsed()
    }

    /// Requests whose answers were not received yet.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// The highest version that both speak, at most `limit`.
    pub fn version(&self, api: ApiKey, limit: i16) -> Result<i16> {
        self.versions.usable_up_to(api, limit).ok_or(ClientError::Unsupported { api })
    }

    /// Sends a request whose answer [`Self::receive`] gives later; returns its correlation id.
    pub fn send<R: Request>(&mut self, request: &R, version: i16) -> Result<i32> {
        let correlation_id = self.send_without_answer(request, version)?;
        self.in_flight.push_back(InFlight { correlation_id, api: R::API_KEY, version });
        Ok(correlation_id)
    }

    /// Sends a request that the node does not answer (Produce with acks=0).
    pub fn send_without_answer<R: Request>(&mut self, request: &R, version: i16) -> Result<i32> {
        let correlation_id = self.next_correlation_id;
        self.next_correlation_id = self.next_correlation_id.checked_add(1).unwrap_or(0);
        let mut w = Writer::new();
        encode_request(&mut w, version, correlation_id, Some(&self.client_id), request)
            .map_err(|error| ClientError::Encode { api: R::API_KEY, error })?;
        self.write_all(w.as_slice())?;
        if let Some(meter) = &self.meter {
            meter.sent(w.as_slice().len());
        }
        Ok(correlation_id)
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> Result<()> {
        let deadline = Instant::now() + self.request_timeout;
        while !bytes.is_empty() {
            match self.transport.write(bytes) {
                Ok(Some(0)) => return Err(self.lost("it was closed")),
                Ok(Some(written)) => bytes = &bytes[written..],
                Ok(None) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() || !wait_writable(self.transport.as_fd(), left) {
                        return Err(self.lost("the node does not read"));
                    }
                }
                Err(error) => return Err(self.lost(&error.to_string())),
            }
        }
        self.last_used = Instant::now();
        Ok(())
    }

    /// The next answer, or `None` if it is not complete by `deadline`. A deadline in the past only takes what is there.
    pub fn receive(&mut self, deadline: Instant) -> Result<Option<Received>> {
        loop {
            if let Some(frame) = self.take_frame()? {
                return self.match_frame(frame).map(Some);
            }
            if !self.read_more()? {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() || !wait_readable(&[self.transport.as_fd()], left) {
                    return Ok(None);
                }
            }
        }
    }

    fn receive_by(&mut self, deadline: Instant) -> Result<Received> {
        let timed_out =
            || ClientError::Disconnected { address: self.address.clone(), reason: "no answer in time".into() };
        let late = timed_out();
        self.receive(deadline)?.ok_or(late)
    }

    /// Reads what the socket has; false if it has nothing now.
    fn read_more(&mut self) -> Result<bool> {
        let missing = self.announced()?.map_or(4, |announced| announced + 4).saturating_sub(self.buffer.len());
        let start = self.buffer.len();
        self.buffer.resize(start + missing.clamp(4096, READ_AHEAD_BYTES), 0);
        let read = self.transport.read(&mut self.buffer[start..]);
        let count = *read.as_ref().ok().and_then(|count| count.as_ref()).unwrap_or(&0);
        self.buffer.truncate(start + count);
        match read {
            Ok(None) => Ok(false),
            Ok(Some(0)) => Err(self.lost("it was closed by the node")),
            Ok(Some(_)) => Ok(true),
            Err(error) => Err(self.lost(&error.to_string())),
        }
    }

    fn announced(&self) -> Result<Option<usize>> {
        let Some(head) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        match usize::try_from(i32::from_be_bytes(*head)) {
            Ok(length) if length <= ANSWER_BYTES_MAX => Ok(Some(length)),
            _ => Err(self.lost("the node sent a frame of impossible length")),
        }
    }

    fn take_frame(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(length) = self.announced()? else { return Ok(None) };
        if self.buffer.len() < 4 + length {
            return Ok(None);
        }
        let rest = self.buffer.split_off(4 + length);
        let mut frame = std::mem::replace(&mut self.buffer, rest);
        frame.drain(..4);
        Ok(Some(frame))
    }

    fn match_frame(&mut self, frame: Vec<u8>) -> Result<Received> {
        self.last_used = Instant::now();
        let expected = self.in_flight.pop_front().ok_or_else(|| self.lost("it answered what nobody asked"))?;
        let correlation_id = frame.first_chunk::<4>().map(|id| i32::from_be_bytes(*id));
        if correlation_id != Some(expected.correlation_id) {
            return Err(self.lost("its answers are out of order"));
        }
        if let Some(meter) = &self.meter {
            meter.received(frame.len() + 4);
        }
        Ok(Received {
            correlation_id: expected.correlation_id,
            api: expected.api,
            version: expected.version,
            frame,
            address: self.address.clone(),
        })
    }

    /// Sends a request and waits for its answer, at most until `deadline` and the request timeout.
    pub fn call<R: Request>(&mut self, request: &R, version: i16, deadline: Instant) -> Result<R::OwnedResponse> {
        let wanted = self.send(request, version)?;
        let deadline = deadline.min(Instant::now() + self.request_timeout);
        loop {
            let received = self.receive_by(deadline)?;
            if received.correlation_id == wanted {
                return received.decode_owned::<R>();
            }
        }
    }

    /// Counts how long a request took that moves records.
    pub(crate) fn answered(&self, sent: Instant) {
        if let Some(meter) = &self.meter {
            meter.answered(sent);
        }
    }

    fn lost(&self, reason: &str) -> ClientError {
        ClientError::Disconnected { address: self.address.clone(), reason: reason.to_string() }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}
