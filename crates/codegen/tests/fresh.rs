//! The committed codecs are what the definitions give.

#[test]
fn the_generated_codecs_are_fresh() {
    let stale = codegen::stale_files().unwrap();
    assert!(stale.is_empty(), "run `cargo run -p codegen`; stale: {}", stale.join(", "));
}
