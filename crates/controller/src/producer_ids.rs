//! AllocateProducerIds (KIP-730): a block of ids that nobody else gets.

use crate::alter_partition::is_current;
use crate::plan::{Plan, record};
use crate::{Controller, View};
use base::ErrorCode;
use protocol::{AllocateProducerIdsRequest, AllocateProducerIdsResponse, ProducerIdsRecord};

/// Producer ids that a broker gets at once, as in Kafka.
const PRODUCER_ID_BLOCK: i32 = 1000;

impl Controller {
    pub fn allocate_producer_ids(
        &self,
        view: View<'_>,
        request: &AllocateProducerIdsRequest,
    ) -> Plan<AllocateProducerIdsResponse> {
        if !is_current(view, (request.broker_id, request.broker_epoch)) {
            let error_code = ErrorCode::StaleBrokerEpoch.code();
            return Plan::answer(AllocateProducerIdsResponse { error_code, ..Default::default() });
        }
        let start = view.image.producer_ids.next;
        let Some(next) = start.checked_add(PRODUCER_ID_BLOCK as i64) else {
            let error_code = ErrorCode::UnknownServerError.code();
            return Plan::answer(AllocateProducerIdsResponse { error_code, ..Default::default() });
        };
        let block = ProducerIdsRecord {
            broker_id: request.broker_id,
            broker_epoch: request.broker_epoch,
            next_producer_id: next,
            ..Default::default()
        };
        let reply = AllocateProducerIdsResponse {
            producer_id_start: start,
            producer_id_len: PRODUCER_ID_BLOCK,
            ..Default::default()
        };
        if base::mutant(base::Mutant::ProducerIdsReused) {
            return Plan::answer(reply);
        }
        Plan::new(vec![record(block, 0)], reply)
    }
}
