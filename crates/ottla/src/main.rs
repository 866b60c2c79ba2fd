//! One binary: `ottla server`, `ottla topics`, ...; called by an Apache name through a link it is that tool.

mod cli;
mod completion;
mod tools;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    std::process::exit(cli::run(&arguments));
}
