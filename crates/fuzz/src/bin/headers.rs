//! Fuzzes the family `headers`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("headers");
}
