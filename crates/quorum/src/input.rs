//! What happens to the owner of the quorum node, and the way in for everybody else.

use crate::QuorumError;
use crate::refusal::refusal;
use crate::snapshot::SnapshotId;
use api::Caller;
use base::{BrokerEpoch, ErrorCode, Knock, LineError, NodeId};
use parking_lot::{Condvar, Mutex};
use protocol::ApiKey;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use storage::{Flushed, StorageError};

/// Takes the body of a response in the version of its request, or the error that says why there is none.
pub type Reply = Box<dyn FnOnce(Result<Vec<u8>, ErrorCode>) + Send>;

/// A request of the controller API, as it came or as a broker of this process makes it.
pub struct ControllerRequest {
    pub api: ApiKey,
    pub version: i16,
    pub body: Vec<u8>,
    pub caller: Caller,
    pub reply: Reply,
}

/// Everything that can happen to a [`crate::QuorumNode`] beside the passing of time.
pub enum Input {
    Request(ControllerRequest),
    /// What became of the request to another node that has this token.
    Answered {
        token: u64,
        outcome: Result<Vec<u8>, LineError>,
    },
    /// A sync of the log has ended.
    Flushed(Result<Flushed, StorageError>),
    /// A snapshot was written, or not.
    Snapshot {
        id: SnapshotId,
        outcome: Result<u64, QuorumError>,
    },
    /// What an address said that was knocked at.
    Knocked {
        token: u64,
        knock: Knock,
    },
    /// The connection has closed over which a broker of this epoch sent its heartbeats.
    LineClosed {
        broker: NodeId,
        epoch: BrokerEpoch,
    },
    /// The node is about to stop: where it leads the quorum, it hands over.
    Leave,
    /// The owner is to look around: it is asked to stop.
    Wake,
}

/// Requests of clients that may be with the owner at a time, waiting or under way, and the bytes of their bodies.
const CLIENT_REQUESTS_MAX: usize = 1_000;
const CLIENT_BYTES_MAX: usize = 64 << 20;
/// The same for requests by which brokers and controllers live.
const NODE_REQUESTS_MAX: usize = 10_000;

/// The way in: any thread may post, the owner receives. What has no room is answered at once.
#[derive(Clone, Default)]
pub struct Mailbox {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    intake: Intake,
}

#[derive(Default)]
struct Queue {
    inputs: VecDeque<Input>,
    is_closed: bool,
}

/// Requests that are not answered yet.
#[derive(Default)]
struct Load {
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

/// A request's place; free again once its answer is there, or nobody is left to give one.
struct Place {
    load: Arc<Load>,
    bytes: usize,
}

impl Place {
    fn take(load: &Arc<Load>, bytes: usize, requests_max: usize, bytes_max: usize) -> Option<Place> {
        let others = load.requests.fetch_add(1, Ordering::AcqRel);
        let other_bytes = load.bytes.fetch_add(bytes, Ordering::AcqRel);
        let place = Place { load: load.clone(), bytes };
        // One alone may be as large as its connection let it be.
        let fits = others == 0 || (others < requests_max && other_bytes.saturating_add(bytes) <= bytes_max);
        fits.then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.load.requests.fetch_sub(1, Ordering::AcqRel);
        self.load.bytes.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// Counts requests on their way to a controller, here or elsewhere, until they are answered.
#[derive(Default)]
pub struct Intake {
    clients: Arc<Load>,
    nodes: Arc<Load>,
}

impl Intake {
    /// The request with a place that its answer gives back; one that finds none is refused here.
    pub fn admit(&self, request: ControllerRequest) -> Option<ControllerRequest> {
        let ControllerRequest { api, version, body, caller, reply } = request;
        let place = match is_of_nodes(api) {
            true => Place::take(&self.nodes, 0, NODE_REQUESTS_MAX, usize::MAX),
            false => Place::take(&self.clients, body.len(), CLIENT_REQUESTS_MAX, CLIENT_BYTES_MAX),
        };
        let Some(place) = place else {
            tracing::debug!(%api, "the controller has too many requests waiting");
            let message = "The controller has too many requests waiting.";
            reply(refusal(api, version, &body, ErrorCode::RequestTimedOut, Some(message)));
            return None;
        };
        let reply: Reply = Box::new(move |result| {
            drop(place);
            reply(result);
        });
        Some(ControllerRequest { api, version, body, caller, reply })
    }
}

/// Whether nodes of the cluster send it for their own life: no client's load may keep it out.
pub(crate) fn is_of_nodes(api: ApiKey) -> bool {
    matches!(
        api,
        ApiKey::BrokerRegistration
            | ApiKey::BrokerHeartbeat
            | ApiKey::AllocateProducerIds
            | ApiKey::AssignReplicasToDirs
            | ApiKey::AlterPartition
            | ApiKey::Fetch
            | ApiKey::FetchSnapshot
            | ApiKey::Vote
            | ApiKey::BeginQuorumEpoch
            | ApiKey::EndQuorumEpoch
            | ApiKey::UpdateRaftVoter
            | ApiKey::ControllerRegistration
    )
}

/// Whether an answer leaves behind the publication of what it is about. What other nodes live by rests on nothing that is
/// shown here. A heartbeat waits for no publication, not even this node's own: those take as long as a disk does, and a
/// session may be shorter. What AlterPartition answers says all that its caller has to know.
pub(crate) fn waits_until_shown(api: ApiKey, is_own: bool) -> bool {
    !matches!(api, ApiKey::BrokerHeartbeat | ApiKey::AlterPartition) && (is_own || !is_of_nodes(api))
}

impl Mailbox {
    /// Hands a request over. Beyond the maximum it is refused (with REQUEST_TIMED_OUT, which clients try again); when the
    /// owner is gone the reply says that the controller is not there.
    pub fn post(&self, request: ControllerRequest) {
        if let Some(request) = self.shared.intake.admit(request) {
            self.deliver(Input::Request(request));
        }
    }

    /// Tells the owner of something that it has asked for.
    pub(crate) fn deliver(&self, input: Input) {
        let refused = {
            let mut queue = self.shared.queue.lock();
            match queue.is_closed {
                true => Some(input),
                false => {
                    queue.inputs.push_back(input);
                    None
                }
            }
        };
        match refused {
            None => {
                self.shared.arrived.notify_one();
            }
            Some(Input::Request(request)) => (request.reply)(Err(ErrorCode::NotController)),
            Some(_) => {}
        }
    }

    /// Asks the owner to leave the quorum; its view tells when it has.
    pub fn leave(&self) {
        self.deliver(Input::Leave);
    }

    /// Makes the owner look around.
    pub fn wake(&self) {
        self.deliver(Input::Wake);
    }

    /// Whether something waits for the owner.
    pub fn has_input(&self) -> bool {
        !self.shared.queue.lock().inputs.is_empty()
    }

    /// All that has come; never waits.
    pub fn take(&self) -> VecDeque<Input> {
        std::mem::take(&mut self.shared.queue.lock().inputs)
    }

    /// All that has come, once there is something or the time is over.
    pub fn receive(&self, timeout: Duration) -> VecDeque<Input> {
        let mut queue = self.shared.queue.lock();
        if queue.inputs.is_empty() {
            let _told_by_the_queue = self.shared.arrived.wait_for(&mut queue, timeout);
        }
        std::mem::take(&mut queue.inputs)
    }

    /// The owner takes nothing more: what waits, and what comes, is told that no controller is here.
    pub fn close(&self) {
        let inputs = {
            let mut queue = self.shared.queue.lock();
            queue.is_closed = true;
            std::mem::take(&mut queue.inputs)
        };
        for input in inputs {
            if let Input::Request(request) = input {
                (request.reply)(Err(ErrorCode::NotController));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn ask(mailbox: &Mailbox, api: ApiKey) -> mpsc::Receiver<Result<Vec<u8>, ErrorCode>> {
        let (sender, receiver) = mpsc::channel();
        let reply: Reply = Box::new(move |result| drop(sender.send(result)));
        let body = vec![0; 8];
        mailbox.post(ControllerRequest { api, version: 0, body, caller: Caller::Node, reply });
        receiver
    }

    #[test]
    fn beyond_the_maximum_clients_are_refused_and_brokers_are_not() {
        let mailbox = Mailbox::default();
        let waiting: Vec<_> = (0..CLIENT_REQUESTS_MAX).map(|_| ask(&mailbox, ApiKey::DescribeQuorum)).collect();
        assert!(waiting.iter().all(|answer| answer.try_recv().is_err()));
        let refused = ask(&mailbox, ApiKey::DescribeQuorum);
        assert_eq!(refused.try_recv().unwrap(), Err(ErrorCode::RequestTimedOut));
        assert!(ask(&mailbox, ApiKey::BrokerHeartbeat).try_recv().is_err());
        // An answer makes room, taking from the queue does not.
        let mut inputs = mailbox.take();
        assert!(ask(&mailbox, ApiKey::DescribeQuorum).try_recv().is_ok());
        let Some(Input::Request(first)) = inputs.pop_front() else { panic!("a request") };
        (first.reply)(Ok(Vec::new()));
        assert!(ask(&mailbox, ApiKey::DescribeQuorum).try_recv().is_err());
    }

    #[test]
    fn an_owner_that_has_gone_answers() {
        let mailbox = Mailbox::default();
        let waiting = ask(&mailbox, ApiKey::BrokerHeartbeat);
        mailbox.close();
        assert_eq!(waiting.try_recv().unwrap(), Err(ErrorCode::NotController));
        assert_eq!(ask(&mailbox, ApiKey::BrokerHeartbeat).try_recv().unwrap(), Err(ErrorCode::NotController));
    }

    #[test]
    fn a_nodes_own_answers_leave_behind_what_they_make_visible_but_for_its_heartbeats() {
        for (api, node, client) in [
            (ApiKey::CreateTopics, true, true),
            (ApiKey::BrokerRegistration, true, false),
            (ApiKey::AllocateProducerIds, true, false),
            (ApiKey::BrokerHeartbeat, false, false),
            (ApiKey::AlterPartition, false, false),
        ] {
            assert_eq!(waits_until_shown(api, true), node, "{api}");
            assert_eq!(waits_until_shown(api, false), client, "{api}");
        }
    }
}
