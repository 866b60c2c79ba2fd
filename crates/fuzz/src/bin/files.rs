//! Fuzzes the family `files`; see crate `fuzz`.

fn main() {
    fuzz::driver::main("files");
}
