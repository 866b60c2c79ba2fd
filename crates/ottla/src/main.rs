//! One binary: `ottla server`, `ottla topics`, ...; called by an Apache name through a link it is that tool.

mod cli;
mod completion;
mod link_tools;
mod nodes;
mod open_tools;
mod tools;

use std::io::Write;

fn main() {
    let code = match cli::arguments(std::env::args_os()) {
        Ok(arguments) => cli::run(&arguments),
        Err((message, code)) => {
            let _exit_code_says_it_too = writeln!(std::io::stderr(), "{message}");
            code
        }
    };
    std::process::exit(code);
}
