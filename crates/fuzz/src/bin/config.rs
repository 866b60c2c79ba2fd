//! Fuzzes the family `config`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("config");
}
