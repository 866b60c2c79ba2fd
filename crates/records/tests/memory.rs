//! What batches of a hostile producer make the process take. One test, so that nothing else of the process is measured.
#![cfg(target_os = "linux")]

use records::{
    Batch, BatchBuilder, BatchHeader, BatchOptions, Codec, Compression, InvalidBatch, ProduceRules, validate_produced,
};
use std::ops::ControlFlow;

const NOW_MS: i64 = 1_795_265_217_771;
const MIB: usize = 1 << 20;

/// The most that the process ever had in memory since the last reset, above what it had then.
fn peak_of(work: impl FnOnce()) -> usize {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    work();
    status("VmHWM:").saturating_sub(before)
}

fn status(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn with_payload(codec: Codec, payload: &[u8], count: i32) -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions { compression: codec.into(), ..BatchOptions::default() });
    builder.append(NOW_MS, None, Some(b"v"), &[]);
    let bytes = builder.finish().unwrap();
    let header = Batch::first_in(&bytes).unwrap().unwrap().header().unwrap();
    let header = BatchHeader { count, last_offset_delta: count - 1, ..header };
    [&header.encode(payload)[..], payload].concat()
}

/// A zstd frame of 128 KiB blocks of zeros that announces a window of 128 MiB; 4 bytes a block.
fn zstd_of_wide_window(blocks: usize) -> Vec<u8> {
    let window_log_27 = (27 - 10) << 3;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window_log_27];
    for block in 1..=blocks {
        let header = u32::from(block == blocks) | 1 << 1 | (128 << 10) << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// One record of so many zeros.
fn large_record(bytes: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(NOW_MS, None, Some(&vec![0; bytes]), &[]);
    builder.finish().unwrap()
}

fn compressed(codec: Codec, plain: &[u8]) -> Vec<u8> {
    let plain = Batch::first_in(plain).unwrap().unwrap().payload();
    let mut payload = Vec::new();
    Compression::from(codec).compress(plain, &mut payload).unwrap();
    with_payload(codec, &payload, 1)
}

#[test]
fn memory_is_paid_for_by_bytes_that_are_there() {
    // The first use of everything: of libraries, tables and the allocator.
    for codec in [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let batch = compressed(codec, &large_record(1000));
        validate_produced(&batch, &ProduceRules::default(), NOW_MS).unwrap();
    }
    let rules = ProduceRules::default();

    let tiny = with_payload(Codec::Zstd, &zstd_of_wide_window(8), 1);
    assert!(tiny.len() <= 100);
    let peak = peak_of(|| {
        for _ in 0..50 {
            assert!(validate_produced(&tiny, &rules, NOW_MS).is_err());
        }
    });
    println!("a batch of {} bytes with a window of 128 MiB: {peak}", tiny.len());
    assert!(peak < 4 * MIB, "{peak}");

    let frame = zstd_of_wide_window(8);
    let peak = peak_of(|| assert_eq!(Codec::Zstd.decompress(&frame, 256 * MIB).unwrap(), vec![0; MIB]));
    println!("all of its records: {peak}");
    assert!(peak < 5 * MIB, "{peak}");

    // An lz4 frame that announces blocks of 4 MiB, and raw snappy that announces 22 times its length.
    let lz4 = with_payload(Codec::Lz4, &[0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73, 1, 0, 0, 0x80, 0, 0, 0, 0, 0], 1);
    let peak = peak_of(|| drop(validate_produced(&lz4, &rules, NOW_MS)));
    println!("an lz4 frame that announces large blocks: {peak}");
    assert!(peak < 9 * MIB, "{peak}");
    let snappy = [&[0x80, 0x80, 0x80, 0x50][..], &vec![0; 8 * MIB]].concat();
    let small = ProduceRules { max_message_bytes: 16 * MIB, decompressed_bytes_max: 2 * MIB, ..rules.clone() };
    let snappy = with_payload(Codec::Snappy, &snappy, 1);
    let peak = peak_of(|| {
        let refused = validate_produced(&snappy, &small, NOW_MS).unwrap_err();
        assert_eq!(refused, InvalidBatch::DecompressedTooLarge { limit: 2 * MIB });
    });
    println!("raw snappy above the limit: {peak}");
    assert!(peak < MIB, "{peak}");

    // 100 MiB in a small batch: looked at piece by piece.
    let large = large_record(100 * MIB);
    for codec in [Codec::Gzip, Codec::Lz4, Codec::Zstd, Codec::Snappy] {
        let rules = ProduceRules { max_message_bytes: 8 * MIB, ..rules.clone() };
        let batch = compressed(codec, &large);
        let peak = peak_of(|| drop(validate_produced(&batch, &rules, NOW_MS).unwrap()));
        println!("100 MiB of {codec:?} in {} bytes: {peak}", batch.len());
        assert!(peak < 10 * MIB, "{codec:?}: {peak}");

        let parsed = Batch::first_in(&batch).unwrap().unwrap();
        let mut seen = 0;
        let peak = peak_of(|| {
            let found = parsed.find_record(256 * MIB, |_, _| {
                seen += 1;
                ControlFlow::Continue(())
            });
            assert_eq!(found, Ok(false));
        });
        assert_eq!(seen, 1);
        assert!(peak < 10 * MIB, "{codec:?}: {peak}");

        for to in [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
            let rules = ProduceRules { compression: Some(to.into()), ..rules.clone() };
            let mut outcome = None;
            let peak = peak_of(|| outcome = Some(validate_produced(&batch, &rules, NOW_MS).map(|valid| valid.size())));
            println!("recompressed from {codec:?} to {to:?}: {peak}, {outcome:?}");
            assert!(peak < 20 * MIB, "{codec:?} to {to:?}: {peak}");
            match to {
                Codec::None => assert!(matches!(outcome, Some(Err(InvalidBatch::TooLarge { .. })))),
                _ => assert!(matches!(outcome, Some(Ok(_)))),
            }
        }
    }
}
