//! Fuzzes the family `requests`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("requests");
}
