//! Fuzzes the family `control_records`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("control_records");
}
