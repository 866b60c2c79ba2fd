//! Fuzzes the family `metadata_records`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("metadata_records");
}
