//! Runs one tool: `cargo run -p offline --example offline -- storage random-uuid`.

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (tool, rest) = args.split_first().expect("a tool's name");
    std::process::exit(offline::run(tool, rest, &mut std::io::stdout(), &mut std::io::stderr()));
}
