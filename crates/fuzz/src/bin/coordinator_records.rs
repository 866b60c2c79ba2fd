//! Fuzzes the family `coordinator_records`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("coordinator_records");
}
