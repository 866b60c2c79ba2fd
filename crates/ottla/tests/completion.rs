//! The completion scripts know every flag that a help shows.

use std::collections::BTreeSet;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_ottla");

fn printed(arguments: &[&str]) -> String {
    let done = Command::new(BINARY).args(arguments).output().expect("the binary runs");
    String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap()
}

/// Flags at the beginnings of a help's lines, and in its usage lines.
fn flags(help: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_';
    let of_line = |line: &str| {
        let starts = line.trim_start().starts_with("--") && line.len() - line.trim_start().len() <= 2;
        let name: String = line.trim_start().chars().take_while(|c| is_name(*c)).collect();
        starts.then_some(name).filter(|name| name.len() > 2 && !name.starts_with("---"))
    };
    help.lines().filter_map(of_line).collect()
}

/// What bash would offer at the end of these words.
fn offered(words: &[&str]) -> Vec<String> {
    let listed: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <('{BINARY}' completion bash); COMP_WORDS=({}); COMP_CWORD={}; _ottla; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        listed.join(" "),
        words.len() - 1
    );
    let done = Command::new("bash").args(["-c", &script]).output().expect("bash runs");
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn every_flag_of_a_help_is_completed() {
    let commands = offered(&["ottla", ""]);
    assert!(commands.len() > 25, "{commands:?}");
    let scripts = ["zsh", "fish"].map(|shell| printed(&["completion", shell]));
    let mut seen = 0;
    for command in commands.iter().filter(|name| !["link-tools", "completion", "server-stop"].contains(&name.as_str()))
    {
        let subs: Vec<String> = offered(&["ottla", command, ""])
            .into_iter()
            .filter(|_| printed(&["completion", "bash"]).contains(&format!("    '{command} ")))
            .collect();
        let scopes: Vec<Vec<&str>> = match subs.is_empty() {
            true => vec![vec![command]],
            false => std::iter::once(vec![command.as_str()])
                .chain(subs.iter().map(|sub| vec![command.as_str(), sub.as_str()]))
                .collect(),
        };
        for scope in scopes {
            let shown = flags(&printed(&[&scope[..], &["--help"]].concat()));
            let known: BTreeSet<String> = offered(&[&["ottla"], &scope[..], &["-"]].concat()).into_iter().collect();
            let missing: Vec<&String> = shown.difference(&known).collect();
            assert!(missing.is_empty(), "{scope:?}: bash does not know {missing:?}");
            seen += shown.len();
            for flag in &shown {
                assert!(scripts[0].contains(&format!("'{flag}:")), "zsh does not know {flag} of {scope:?}");
                let bare = flag.trim_start_matches('-');
                assert!(scripts[1].contains(&format!("-l {bare} ")), "fish does not know {flag} of {scope:?}");
            }
        }
    }
    assert!(seen > 250, "{seen}");
}

#[test]
fn links_are_completed_as_their_tools() {
    assert_eq!(offered(&["kafka-topics.sh", "--boots"]), ["--bootstrap-server"]);
    assert_eq!(offered(&["/opt/kafka/bin/kafka-cluster.sh", "unreg"]), ["unregister"]);
    assert_eq!(offered(&["ottla", "cluster", "unregister", "--i"]), ["--id"]);
    assert_eq!(offered(&["ottla", "comp"]), ["completion"]);
}

#[test]
fn an_unknown_shell_is_refused() {
    assert!(printed(&["completion", "tcsh"]).starts_with("usage: ottla completion bash|zsh|fish"));
}
