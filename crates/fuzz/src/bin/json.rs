//! Fuzzes the family `json`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("json");
}
