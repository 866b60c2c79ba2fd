//! Brokers that seem to be gone long before their sessions end. The kernel of a process that dies closes its connections at
//! once, and refuses new ones on its addresses: the first is a hint, and only both together count.
//!
//! ```text
//!   its line to this controller closed         nobody listens, at none of its addresses, twice in a row
//!   ------------------------------------> suspected ------------------------------------> fenced
//!   (or: not heard since this one leads)    |   ^ |
//!        a heartbeat, a registration,       |   | | somebody listens, or nothing can be said: asked again, with a
//!        the end of its session:  free <----+   +-+ pause that grows
//! ```
//!
//! Only Ottla's brokers are suspected: one that lives sends a heartbeat over a new line soon. A network that flaps makes
//! nobody listen nowhere, so it fences nobody; nor does one that lets this node reach no broker at all: an address that
//! refuses counts only where it answered before (the caller knows). Every check of epochs stands as it does for a session that
//! ended.

use crate::plan::{Plan, Records};
use crate::schedule::Due;
use crate::{Controller, SmallMap, View};
use base::{BrokerEpoch, NodeId, Now};
use metadata::{Broker, Endpoint, Image, is_ottla};

/// The pause before an address is asked again, and the longest one.
const PAUSE_US: u64 = 40_000;
const PAUSE_MAX_US: u64 = 500_000;
/// Refusals in a row that count.
const REFUSALS: u32 = 2;
/// A new leader asks for those that it has not heard of within this time. Most live, and wait for their next heartbeat: their
/// addresses answer, which does them no harm.
const HEARD_WITHIN_US: u64 = 400_000;

#[derive(Debug)]
struct Suspicion {
    epoch: BrokerEpoch,
    /// In a row, the last one included.
    refusals: u32,
    /// Of the question that is under way: an answer to an older one says nothing.
    number: u64,
    next_us: u64,
    pause_us: u64,
    is_asked: bool,
}

impl Suspicion {
    fn new(epoch: BrokerEpoch, next_us: u64) -> Suspicion {
        Suspicion { epoch, refusals: 0, number: 0, next_us, pause_us: PAUSE_US, is_asked: false }
    }
}

/// Who is suspected. Soft state, as heartbeats are.
#[derive(Debug, Default)]
pub(crate) struct Suspicions {
    brokers: SmallMap<NodeId, Suspicion>,
    last_number: u64,
}

/// A broker whose addresses are to be asked whether anybody listens there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    pub id: NodeId,
    pub epoch: BrokerEpoch,
    /// Of the question.
    pub number: u64,
    pub endpoints: Vec<Endpoint>,
}

/// Whether its process can be told to be gone by its addresses.
pub fn can_be_suspected(broker: &Broker) -> bool {
    !broker.fenced && is_ottla(broker.incarnation_id) && !broker.endpoints.is_empty()
}

impl Suspicions {
    /// Whoever served clients under the controller before is to be heard of soon by a new one.
    pub fn of_new_leader(image: &Image, now: Now) -> Suspicions {
        let mut suspicions = Suspicions::default();
        for broker in image.brokers.values().filter(|broker| can_be_suspected(broker)) {
            suspicions.brokers.insert(broker.id, Suspicion::new(broker.epoch, now.monotonic_us + HEARD_WITHIN_US));
        }
        suspicions
    }

    /// It was heard, or its session is over.
    pub fn clear(&mut self, id: NodeId) {
        self.brokers.remove(&id);
    }

    /// Whether nobody listened at its addresses when they were last asked, and nothing was heard of it since.
    pub fn seems_gone(&self, id: NodeId) -> bool {
        self.brokers.get(&id).is_some_and(|suspicion| suspicion.refusals > 0)
    }

    /// Whether its line closed, and nothing was heard of it since.
    pub fn is_suspected(&self, id: NodeId) -> bool {
        self.brokers.contains_key(&id)
    }

    pub fn deadline_us(&self) -> Option<u64> {
        self.brokers.values().filter(|suspicion| !suspicion.is_asked).map(|suspicion| suspicion.next_us).min()
    }
}

impl Controller {
    /// The connection over which a broker of this epoch sent its heartbeats has closed.
    pub fn line_closed(&mut self, view: View<'_>, id: NodeId, epoch: BrokerEpoch) {
        let broker = view.image.brokers.get(&id).filter(|broker| broker.epoch == epoch && can_be_suspected(broker));
        if broker.is_some() {
            let next_us = view.now.monotonic_us;
            let suspicion = self.suspicions.brokers.entry(id).or_insert_with(|| Suspicion::new(epoch, next_us));
            if suspicion.epoch != epoch {
                *suspicion = Suspicion::new(epoch, next_us);
            }
        }
    }

    /// The process of a node is gone, as others have seen: its broker is asked for at once.
    pub fn node_gone(&mut self, view: View<'_>, id: NodeId) {
        if let Some(epoch) = view.image.brokers.get(&id).map(|broker| broker.epoch) {
            self.suspicions.clear(id);
            self.line_closed(view, id, epoch);
        }
    }

    /// The next broker whose addresses are to be asked; its answer goes to [`Self::asked_suspect`].
    pub fn next_suspect(&mut self, view: View<'_>) -> Option<Suspect> {
        loop {
            let is_due = |suspicion: &Suspicion| !suspicion.is_asked && suspicion.next_us <= view.now.monotonic_us;
            let id = self.suspicions.brokers.iter().filter(|(_, one)| is_due(one)).map(|(id, _)| *id).min()?;
            let suspicion = self.suspicions.brokers.get_mut(&id)?;
            let broker = view.image.brokers.get(&id).filter(|broker| broker.epoch == suspicion.epoch);
            match broker.filter(|broker| can_be_suspected(broker)) {
                Some(broker) => {
                    self.suspicions.last_number += 1;
                    let number = self.suspicions.last_number;
                    (suspicion.is_asked, suspicion.number) = (true, number);
                    return Some(Suspect { id, epoch: broker.epoch, number, endpoints: broker.endpoints.clone() });
                }
                None => self.suspicions.clear(id),
            }
        }
    }

    /// Takes whether all addresses of a suspect refused, where they answered this node before; fences it where they did so twice.
    pub fn asked_suspect(&mut self, view: View<'_>, suspect: (NodeId, u64), refused: bool) -> Option<Plan<Due>> {
        let (id, number) = suspect;
        let is_meant = |suspicion: &&mut Suspicion| suspicion.is_asked && suspicion.number == number;
        let suspicion = self.suspicions.brokers.get_mut(&id).filter(is_meant)?;
        let epoch = suspicion.epoch;
        suspicion.is_asked = false;
        suspicion.refusals = if refused { suspicion.refusals + 1 } else { 0 };
        suspicion.next_us = view.now.monotonic_us + suspicion.pause_us;
        suspicion.pause_us = if refused { PAUSE_US } else { (suspicion.pause_us * 2).min(PAUSE_MAX_US) };
        if suspicion.refusals < REFUSALS {
            return None;
        }
        self.suspicions.clear(id);
        let mut records = Records::new();
        let broker = view.image.brokers.get(&id).filter(|broker| broker.epoch == epoch && !broker.fenced)?;
        self.heartbeats.end(id);
        self.full_directories.forget(id);
        self.fence(view.image, broker, &mut records);
        Some(Plan::new(records, Due::Gone(id)))
    }
}
