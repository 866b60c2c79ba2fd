//! Fuzzes the family `responses`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("responses");
}
