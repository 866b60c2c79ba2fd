//! Loading a coordinator: its partition is read from the beginning, whatever happens to it meanwhile.

use super::cell::{CoordinatorCell, Host, InputOf};
use crate::handlers::COLD_LOOKS_MAX;
use crate::partition::{PartitionCell, ReadError};
use base::Offset;
use coordinator::{Input, LoadError, Loaded, Loading, Machine, StoredRecord};
use records::batches;
use records::control::EndTransactionMarker;
use storage::{LogSlice, ReadLimits, StorageError};

/// Bytes of the log that loading reads at once.
const LOAD_BYTES: usize = 1 << 20;
/// A load that something was short for is begun anew after this time.
const LOAD_AGAIN_US: u64 = 1_000_000;

enum Failed {
    Storage(StorageError),
    Broken(&'static str),
}

impl From<StorageError> for Failed {
    fn from(error: StorageError) -> Failed {
        Failed::Storage(error)
    }
}

/// Reads the partition; what came of it is an input for the runtime. `None`: it will be tried again, or nobody wants it.
pub(super) fn load<H: Host>(cell: &CoordinatorCell<H>) -> Option<InputOf<H>> {
    let broker = cell.broker.upgrade()?;
    let partition = broker.replicas.get(cell.topic_id, cell.partition)?;
    let started = broker.executor.now();
    match replay_log(&partition, cell.host.machine()) {
        Ok(loaded) => {
            let took_ms = (broker.executor.now().monotonic_us - started.monotonic_us) / 1000;
            tracing::debug!(partition = %partition.name, records = loaded.records, took_ms, "coordinator loaded");
            Some(Input::Loaded(loaded))
        }
        Err(Failed::Broken(what)) => Some(Input::Broken(what)),
        Err(Failed::Storage(error)) if error.is_shortage() => {
            partition.directory().tell_shortage(&error);
            let this = cell.myself.upgrade()?;
            partition.directory().run_later(LOAD_AGAIN_US, Box::new(move || this.load()));
            None
        }
        Err(Failed::Storage(error)) => {
            tracing::error!(partition = %partition.name, %error, "the coordinator's partition cannot be read");
            if error.fails_log_dir() {
                partition.directory().report(&error);
            }
            Some(Input::Unreadable)
        }
    }
}

/// Finds records. What lies on the disk for that is read without the cell; a partition whose pages vanish as fast as they
/// are read is looked at on this thread, which may wait, in the end.
fn look_up(partition: &PartitionCell, offset: Offset, limits: &ReadLimits) -> Result<LogSlice, Failed> {
    let mut cold_looks = 0;
    loop {
        match partition.search(cold_looks >= COLD_LOOKS_MAX, |log| log.read(offset, limits)) {
            Ok(slice) => return Ok(slice),
            Err(ReadError::Cold(cold)) => {
                cold.warm();
                cold_looks += 1;
            }
            Err(ReadError::Storage(error)) => return Err(error.into()),
            Err(ReadError::OutOfRange | ReadError::Refused(_)) => {
                return Err(Failed::Broken("a search asks no leader"));
            }
        }
    }
}

fn replay_log<M: Machine>(partition: &PartitionCell, machine: M) -> Result<Loaded<M>, Failed> {
    let (mut next, end) = partition.with_log(|log| (log.log_start_offset(), log.log_end_offset()));
    let mut loading = Loading::new(machine, 0);
    while next < end {
        let limits = ReadLimits { bytes_max: LOAD_BYTES, upper_bound: end, at_least_one: true, aborted: false };
        let slice = look_up(partition, next, &limits)?;
        let bytes = slice.read()?;
        let before = next;
        for batch in batches(&bytes) {
            let batch = batch.map_err(StorageError::from)?;
            next = batch.next_offset();
            let open = batch.open(256 << 20).map_err(StorageError::from)?;
            for record in open.records() {
                let record = record.map_err(StorageError::from)?;
                let taken = match batch.is_control() {
                    true => {
                        let (id, epoch) = (batch.producer_id(), batch.producer_epoch());
                        match EndTransactionMarker::from_record(id, epoch, &record).map_err(StorageError::from)? {
                            Some(marker) => loading.marker(record.offset, marker.producer_id, marker.committed),
                            None => loading.pass(record.offset),
                        }
                    }
                    false => loading.record(StoredRecord {
                        offset: record.offset,
                        producer_id: if batch.is_transactional() { batch.producer_id() } else { -1 },
                        key: record.key.unwrap_or_default(),
                        value: record.value,
                    }),
                };
                match taken {
                    Ok(()) => {}
                    Err(LoadError::Broken(what)) => return Err(Failed::Broken(what)),
                    Err(LoadError::Unreadable(error)) => {
                        let offset = record.offset;
                        tracing::warn!(partition = %partition.name, offset, %error, "a record is left aside");
                    }
                }
            }
        }
        if next <= before {
            break;
        }
    }
    loading.finish(end).map_err(|error| match error {
        LoadError::Broken(what) => Failed::Broken(what),
        LoadError::Unreadable(_) => Failed::Broken("a load ends behind its records"),
    })
}

#[cfg(test)]
mod tests {
    use crate::test_bench::Bench;
    use base::Uuid;

    const TOPIC: Uuid = Uuid::from_u128(7);

    #[test]
    fn nobody_waits_inside_of_a_cell_while_a_coordinator_is_loaded_from_the_disk() {
        let mut bench = Bench::new(&["/data"], |_| {});
        let cell = bench.open("__consumer_offsets-0", TOPIC);
        bench.fill(&cell, 60);
        bench.executor.settle();
        let (broker, _mailbox) = bench.broker_with_partitions();
        broker.image.store(Bench::image(1, &[("__consumer_offsets-0", TOPIC, Uuid::DIRECTORY_UNASSIGNED)]));
        bench.files.chill(false);
        broker.coordinators.leadership(TOPIC, 0, Some(0));
        bench.executor.settle();
        assert!(bench.files.waits() > 0, "it was read from the disk");
        assert!(broker.coordinators.is_loaded(0));
    }
}
