//! `cargo run -p codegen` rewrites `crates/protocol/src/generated`; with `--check` it only says what is stale.

use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    let outcome = if check { codegen::stale_files() } else { codegen::write_files() };
    match outcome {
        Ok(files) if files.is_empty() => {
            println!("the generated codecs are fresh");
            ExitCode::SUCCESS
        }
        Ok(files) if check => {
            eprintln!("stale: {}\nrun `cargo run -p codegen`", files.join(", "));
            ExitCode::FAILURE
        }
        Ok(files) => {
            println!("{} files written or removed", files.len());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
