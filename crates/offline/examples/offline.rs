//! Runs one tool: `cargo run -p offline --example offline -- storage random-uuid`, or by the name of a link to it.

use std::path::Path;

fn main() {
    let mut args: Vec<String> = std::env::args().collect();
    let called = args.first().and_then(|path| Path::new(path).file_name()?.to_str()).unwrap_or_default();
    if offline::find(called).is_none() {
        args.remove(0);
    }
    let (tool, rest) = args.split_first().expect("a tool's name");
    std::process::exit(offline::run(tool, rest, &mut std::io::stdout(), &mut std::io::stderr()));
}
