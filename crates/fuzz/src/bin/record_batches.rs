//! Fuzzes the family `record_batches`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("record_batches");
}
