//! Fuzzes the family `group`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("group");
}
