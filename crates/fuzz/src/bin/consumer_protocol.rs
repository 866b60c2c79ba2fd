//! Fuzzes the family `consumer_protocol`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("consumer_protocol");
}
