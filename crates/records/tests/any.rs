//! Whatever records a batch has, they survive; whatever bytes arrive, nothing panics.

use proptest::prelude::*;
use records::{Batch, BatchBuilder, BatchOptions, Codec, Header, ProduceRules, batches, validate_produced};

type Any = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(Vec<u8>, Option<Vec<u8>>)>);

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..200)
}

fn record() -> impl Strategy<Value = Any> {
    let headers = proptest::collection::vec((bytes(), proptest::option::of(bytes())), 0..4);
    (0..1i64 << 50, proptest::option::of(bytes()), proptest::option::of(bytes()), headers)
}

fn codec() -> impl Strategy<Value = Codec> {
    (0u8..5).prop_map(|id| Codec::from_id(id).unwrap())
}

fn build(codec: Codec, all: &[Any]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions { compression: codec.into(), ..BatchOptions::default() });
    for (timestamp_ms, key, value, headers) in all {
        let headers: Vec<_> = headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
        builder.append(*timestamp_ms, key.as_deref(), value.as_deref(), &headers);
    }
    builder.finish().unwrap()
}

fn lenient() -> ProduceRules {
    ProduceRules { timestamp_after_max_ms: i64::MAX, ..ProduceRules::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_survive_and_pass_validation(codec in codec(), all in proptest::collection::vec(record(), 1..20)) {
        let built = build(codec, &all);
        let valid = validate_produced(&built, &lenient(), 0).unwrap();
        prop_assert_eq!(&[&valid.header[..], &valid.payload].concat(), &built);
        let open = Batch::first_in(&built).unwrap().unwrap().open(1 << 20).unwrap();
        let found: Vec<Any> = open
            .records()
            .map(Result::unwrap)
            .map(|r| {
                let headers = r.headers.map(|h| (h.key.to_vec(), h.value.map(<[u8]>::to_vec))).collect();
                (r.timestamp_ms, r.key.map(<[u8]>::to_vec), r.value.map(<[u8]>::to_vec), headers)
            })
            .collect();
        prop_assert_eq!(found, all);
    }

    #[test]
    fn damaged_payloads_under_a_good_checksum_never_panic(
        codec in codec(),
        all in proptest::collection::vec(record(), 1..6),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let built = build(codec, &all);
        let batch = Batch::first_in(&built).unwrap().unwrap();
        let mut payload = batch.payload().to_vec();
        for (at, byte) in damage {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        let bad = [&batch.header().unwrap().encode(&payload)[..], &payload].concat();
        if validate_produced(&bad, &lenient(), 0).is_ok() {
            let open = Batch::first_in(&bad).unwrap().unwrap().open(1 << 20).unwrap();
            prop_assert!(open.records().all(|record| record.is_ok()));
        }
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _refused = validate_produced(&bytes, &lenient(), 0);
        for batch in batches(&bytes).flatten() {
            if let Ok(open) = batch.open(1 << 16) {
                open.records().for_each(drop);
            }
        }
    }
}
