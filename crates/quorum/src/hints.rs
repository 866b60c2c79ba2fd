//! What closed connections tell of other nodes, long before sessions and fetches time out: who cannot be heard any more is
//! knocked for, and what an address that refuses says goes to `raft` (of the leader) or to `controller` (of a broker). They
//! decide what it is worth.

use crate::QuorumError;
use crate::input::Input;
use crate::node::QuorumNode;
use base::{BrokerEpoch, Knock, LeaderEpoch, NodeId, Now, Offset, Remote};
use controller::{View, can_be_suspected};
use parking_lot::Mutex;
use protocol::{BrokerHeartbeatRequest, Cursor};
use raft::{Event, Role};
use std::collections::BTreeMap;

/// How long an address has for its answer.
const WITHIN_US: u64 = 1_000_000;
/// The pause before the leader's address is asked again: the kernel closes what a process had in an order of its own.
const LEADER_PAUSE_US: u64 = 25_000;
/// So often at most for each line that broke.
const LEADER_TIMES: u32 = 8;
/// Addresses of one broker that are asked at most.
const ADDRESSES_MAX: usize = 8;
/// The pause before a broker is greeted again whose addresses did not answer.
const GREET_AGAIN_US: u64 = 30_000_000;

/// The connections over which brokers send their heartbeats, and of which broker each is.
#[derive(Default)]
pub struct Lifelines {
    brokers: Mutex<BTreeMap<u64, (NodeId, BrokerEpoch)>>,
}

impl Lifelines {
    /// A heartbeat came over a connection.
    pub(crate) fn heard(&self, connection: u64, version: i16, body: &[u8]) {
        if let Ok(request) = BrokerHeartbeatRequest::decode(&mut Cursor::new(body), version) {
            self.brokers.lock().insert(connection, (request.broker_id, request.broker_epoch));
        }
    }

    /// The connection has closed; whose heartbeats it carried, if anybody's.
    pub(crate) fn closed(&self, connection: u64) -> Option<(NodeId, BrokerEpoch)> {
        self.brokers.lock().remove(&connection)
    }
}

/// Whose address is asked.
#[derive(Debug, Clone, Copy)]
enum Of {
    Leader {
        id: NodeId,
        epoch: LeaderEpoch,
    },
    /// A suspect, with the number of the question.
    Broker {
        id: NodeId,
        epoch: BrokerEpoch,
        number: u64,
    },
    /// A broker that lives, to know whether it can be reached from here at all.
    Greeted {
        id: NodeId,
        epoch: BrokerEpoch,
    },
}

/// Addresses that were asked for one node, and what they said so far.
struct Asked {
    of: Of,
    waiting: usize,
    all_refused: bool,
    any_answered: bool,
}

/// Whether a broker of this epoch has ever answered here.
#[derive(Debug, Clone, Copy)]
struct Greeting {
    epoch: BrokerEpoch,
    has_answered: bool,
    next_us: u64,
}

/// The leader, whose line broke.
struct Leader {
    id: NodeId,
    epoch: LeaderEpoch,
    remote: Remote,
    /// `None` while it is asked.
    next_us: Option<u64>,
    left: u32,
}

#[derive(Default)]
pub(crate) struct Hints {
    asked: BTreeMap<u64, Asked>,
    leader: Option<Leader>,
    greetings: BTreeMap<NodeId, Greeting>,
    /// The image whose brokers were looked at last.
    greeted_at: Offset,
    next_greeting_us: Option<u64>,
    /// The last leader whose process was gone: its broker, where it has one, is gone too.
    pub gone_leader: Option<NodeId>,
}

impl QuorumNode {
    /// A fetch from the leader ended with its connection, or found none.
    pub(crate) fn leader_line_broke(&mut self, now: Now, remote: &Remote) {
        let (Some(id), epoch) = (self.raft.leader_id(), self.raft.epoch()) else { return };
        let follows = matches!(self.raft.role(), Role::Follower { .. }) && self.is_voter() && self.voter_count() > 1;
        let is_known = self.hints.leader.as_ref().is_some_and(|leader| (leader.id, leader.epoch) == (id, epoch));
        if follows && !is_known {
            let next_us = Some(now.monotonic_us);
            self.hints.leader = Some(Leader { id, epoch, remote: remote.clone(), next_us, left: LEADER_TIMES });
        }
    }

    /// The leader has answered: nothing is wrong with it.
    pub(crate) fn leader_answers(&mut self) {
        self.hints.leader = None;
    }

    fn leader_knock_us(&self) -> Option<u64> {
        self.hints.leader.as_ref().and_then(|leader| leader.next_us)
    }

    /// When `knock` is due; the controller's own deadlines are not among it.
    pub(crate) fn hints_deadline_us(&self) -> Option<u64> {
        [self.leader_knock_us(), self.hints.next_greeting_us].into_iter().flatten().min()
    }

    /// Every controller greets the brokers that live: an address that refuses later says something only if it answered
    /// before. (Behind a firewall that refuses, none does.)
    fn greet(&mut self, now: Now) {
        let is_due = self.hints.next_greeting_us.is_some_and(|at| at <= now.monotonic_us);
        if !self.config.is_controller || !is_due && self.hints.greeted_at == self.published.offset {
            return;
        }
        let image = self.published.clone();
        self.hints.greeted_at = image.offset;
        let is_meant = |id: &NodeId, known: &mut Greeting| {
            image.brokers.get(id).is_some_and(|broker| broker.epoch == known.epoch && can_be_suspected(broker))
        };
        self.hints.greetings.retain(is_meant);
        let mut wanted = Vec::new();
        for broker in image.brokers.values().filter(|b| b.id != self.config.local.id && can_be_suspected(b)) {
            let known = self.hints.greetings.get(&broker.id).copied().filter(|known| known.epoch == broker.epoch);
            if known.is_none_or(|known| !known.has_answered && known.next_us <= now.monotonic_us) {
                let next_us = now.monotonic_us + GREET_AGAIN_US;
                let greeting = Greeting { epoch: broker.epoch, has_answered: false, next_us };
                self.hints.greetings.insert(broker.id, greeting);
                wanted.push((broker.id, broker.epoch, broker.endpoints.clone()));
            }
        }
        self.plan_greetings();
        for (id, epoch, endpoints) in wanted {
            self.ask_broker(Of::Greeted { id, epoch }, endpoints);
        }
    }

    fn plan_greetings(&mut self) {
        let waiting = self.hints.greetings.values().filter(|known| !known.has_answered);
        self.hints.next_greeting_us = waiting.map(|known| known.next_us).min();
    }

    fn has_answered(&self, id: NodeId, epoch: BrokerEpoch) -> bool {
        self.hints.greetings.get(&id).is_some_and(|known| known.epoch == epoch && known.has_answered)
    }

    fn ask_broker(&mut self, of: Of, endpoints: Vec<metadata::Endpoint>) {
        let listener = self.config.controller_listener.clone();
        let remote = |endpoint: metadata::Endpoint| Remote {
            host: endpoint.host,
            port: endpoint.port,
            listener: listener.clone(),
        };
        self.ask_addresses(of, endpoints.into_iter().take(ADDRESSES_MAX).map(remote).collect());
    }

    /// Knocks where it is due.
    pub(crate) fn knock(&mut self, now: Now) {
        self.greet(now);
        if self.leader_knock_us().is_some_and(|at| at <= now.monotonic_us) {
            let moved = |leader: &mut Leader| {
                leader.left == 0 || (Some(leader.id), leader.epoch) != (self.raft.leader_id(), self.raft.epoch())
            };
            if self.hints.leader.take_if(moved).is_none()
                && let Some(leader) = &mut self.hints.leader
            {
                (leader.next_us, leader.left) = (None, leader.left - 1);
                let (of, remote) = (Of::Leader { id: leader.id, epoch: leader.epoch }, leader.remote.clone());
                self.ask_addresses(of, vec![remote]);
            }
        }
        loop {
            let (next_offset, levels) = (self.log.log_end_offset(), self.current_levels());
            let (Some(controller), Some(latest)) = (&mut self.controller, &self.latest) else { return };
            let Some(suspect) = controller.next_suspect(View { image: latest.latest(), next_offset, now, levels })
            else {
                return;
            };
            let of = Of::Broker { id: suspect.id, epoch: suspect.epoch, number: suspect.number };
            self.ask_broker(of, suspect.endpoints);
        }
    }

    fn ask_addresses(&mut self, of: Of, remotes: Vec<Remote>) {
        let token = self.new_token();
        self.hints.asked.insert(token, Asked { of, waiting: remotes.len(), all_refused: true, any_answered: false });
        for remote in remotes {
            let mailbox = self.ports.mailbox.clone();
            let done = Box::new(move |knock| mailbox.deliver(Input::Knocked { token, knock }));
            self.ports.network.knock(&remote, WITHIN_US, done);
        }
    }

    /// What one address said.
    pub(crate) fn knocked(&mut self, now: Now, token: u64, knock: Knock) -> Result<(), QuorumError> {
        let Some(asked) = self.hints.asked.get_mut(&token) else { return Ok(()) };
        asked.waiting = asked.waiting.saturating_sub(1);
        asked.all_refused &= knock == Knock::Refused;
        asked.any_answered |= knock == Knock::Answered;
        if asked.waiting > 0 {
            return Ok(());
        }
        let (of, refused, answered) = (asked.of, asked.all_refused, asked.any_answered);
        self.hints.asked.remove(&token);
        match of {
            Of::Leader { id, epoch } => {
                let is_asked = |leader: &&mut Leader| (leader.id, leader.epoch) == (id, epoch);
                let Some(leader) = self.hints.leader.as_mut().filter(is_asked) else { return Ok(()) };
                if refused {
                    self.hints.leader = None;
                    self.hints.gone_leader = Some(id);
                    tracing::info!(
                        leader = id,
                        epoch,
                        "the process of the quorum's leader is gone: nobody listens there"
                    );
                    return self.raft_event(now, Event::LeaderGone { leader_id: id, epoch });
                }
                leader.next_us = Some(now.monotonic_us + LEADER_PAUSE_US);
                Ok(())
            }
            Of::Greeted { id, epoch } => {
                if let Some(known) = self.hints.greetings.get_mut(&id).filter(|known| known.epoch == epoch) {
                    known.has_answered |= answered;
                    self.plan_greetings();
                }
                Ok(())
            }
            Of::Broker { id, epoch, number } => {
                let refused = refused && self.has_answered(id, epoch);
                let (next_offset, levels) = (self.log.log_end_offset(), self.current_levels());
                let (Some(controller), Some(latest)) = (&mut self.controller, &self.latest) else { return Ok(()) };
                let view = View { image: latest.latest(), next_offset, now, levels };
                match controller.asked_suspect(view, (id, number), refused) {
                    Some(plan) => self.carry_out_due(now, plan),
                    None => Ok(()),
                }
            }
        }
    }

    /// The connection closed over which a broker sent its heartbeats.
    pub(crate) fn line_closed(&mut self, now: Now, id: NodeId, epoch: BrokerEpoch) {
        let (next_offset, levels) = (self.log.log_end_offset(), self.current_levels());
        if let (Some(controller), Some(latest)) = (&mut self.controller, &self.latest) {
            controller.line_closed(View { image: latest.latest(), next_offset, now, levels }, id, epoch);
        }
    }
}
