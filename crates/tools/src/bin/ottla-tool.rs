//! Runs one tool by hand: `ottla-tool kafka-topics.sh --list ...`, or `ottla-tool kafka-run-class.sh CLASS ...`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|name| name.starts_with("kafka-run-class")) {
        args.remove(0);
    }
    let Some((name, rest)) = args.split_first() else {
        for tool in tools::all() {
            println!("kafka-{}.sh  {}", tool.name, tool.summary);
        }
        return ExitCode::FAILURE;
    };
    match tools::by_name(name) {
        Some(tool) => {
            let mut io = tools::Io::process(tools::Stop::default(), tool.at_signal);
            ExitCode::from((tool.run)(rest, &mut io) as u8)
        }
        None => {
            eprintln!("no such tool: {name}");
            ExitCode::from(127)
        }
    }
}
