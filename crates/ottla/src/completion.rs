//! `ottla completion bash|zsh|fish`: scripts that complete commands, sub-commands and flags, made of the rows that help and
//! parsers are made of. Links with Apache's names are completed too.

use crate::tools::Described;
use std::fmt::Write;

/// Makes the script of a shell; `None` for a shell that is not known.
pub fn script(shell: &str, commands: &[Described]) -> Option<String> {
    match shell {
        "bash" => Some(bash(commands)),
        "zsh" => Some(zsh(commands)),
        "fish" => Some(fish(commands)),
        _ => None,
    }
}

/// Names under which a tool may be called through a link.
fn links(commands: &[Described]) -> String {
    let links = commands.iter().filter(|command| command.is_tool);
    links.map(|command| format!("kafka-{0}.sh kafka-{0}", command.name)).collect::<Vec<_>>().join(" ")
}

/// `COMMAND` and `COMMAND SUB-COMMAND` with the flags of each.
fn scopes(commands: &[Described]) -> Vec<(String, Vec<(String, &'static str)>)> {
    let mut scopes = Vec::new();
    for command in commands {
        let of = |sub: Option<&str>| -> Vec<(String, &'static str)> {
            let flags = command.flags.iter().filter(|flag| flag.command == sub);
            flags.flat_map(|flag| flag.names.iter().map(|name| (name.clone(), flag.help))).collect()
        };
        scopes.push((command.name.to_owned(), of(None)));
        for (sub, _) in &command.commands {
            scopes.push((format!("{} {sub}", command.name), of(Some(sub))));
        }
    }
    scopes
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn bash(commands: &[Described]) -> String {
    let mut flags = String::new();
    for (scope, all) in scopes(commands) {
        let words = joined(all.iter().map(|(name, _)| name.as_str()));
        let _cannot_fail = writeln!(flags, "    '{scope}') echo '{words}' ;;");
    }
    let mut subs = String::new();
    for command in commands.iter().filter(|command| !command.commands.is_empty()) {
        let words = joined(command.commands.iter().map(|(name, _)| *name));
        let _cannot_fail = writeln!(subs, "    '{}') echo '{words}' ;;", command.name);
    }
    let names = joined(commands.iter().map(|command| command.name));
    format!(
        r#"# bash completion of ottla; source it, or put it into the folder of bash-completion.
_ottla_flags() {{
  case "$1" in
{flags}  esac
}}
_ottla_commands() {{
  case "$1" in
{subs}  esac
}}
_ottla() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" called="${{COMP_WORDS[0]##*/}}" tool first=1 i word scope subs
  case "$called" in
    kafka-*) tool="${{called#kafka-}}"; tool="${{tool%.sh}}" ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{names}" -- "$cur"))
        return
      fi
      tool="${{COMP_WORDS[1]}}"; first=2 ;;
  esac
  subs="$(_ottla_commands "$tool")"
  scope="$tool"
  for ((i = first; i < COMP_CWORD; i++)); do
    for word in $subs; do
      if [ "$word" = "${{COMP_WORDS[i]}}" ]; then scope="$tool $word"; fi
    done
  done
  if [ "${{cur#-}}" != "$cur" ]; then
    COMPREPLY=($(compgen -W "$(_ottla_flags "$scope")" -- "$cur"))
  elif [ -n "$subs" ] && [ "$scope" = "$tool" ]; then
    COMPREPLY=($(compgen -W "$subs" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}}
complete -o filenames -F _ottla ottla {links}
"#,
        links = links(commands)
    )
}

/// Text inside single quotes of zsh and fish.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "").replace('\n', " "))
}

fn zsh(commands: &[Described]) -> String {
    let described = |name: &str, help: &str| quoted(&format!("{}:{}", name.replace(':', "\\:"), help));
    let mut flags = String::new();
    for (scope, all) in scopes(commands) {
        let rows: Vec<String> = all.iter().map(|(name, help)| described(name, help)).collect();
        let _cannot_fail = writeln!(flags, "    '{scope}') rows=({}) ;;", rows.join(" "));
    }
    let mut subs = String::new();
    for command in commands.iter().filter(|command| !command.commands.is_empty()) {
        let rows: Vec<String> = command.commands.iter().map(|(name, help)| described(name, help)).collect();
        let _cannot_fail = writeln!(subs, "    '{}') subs=({}) ;;", command.name, rows.join(" "));
    }
    let names: Vec<String> = commands.iter().map(|command| described(command.name, command.summary)).collect();
    format!(
        r#"#compdef ottla {links}
# zsh completion of ottla; put it as _ottla into a folder of $fpath.
_ottla() {{
  local -a rows subs names
  local tool scope word first=2 called="${{words[1]:t}}"
  case "$called" in
    kafka-*) tool="${{${{called#kafka-}}%.sh}}" ;;
    *)
      if (( CURRENT == 2 )); then
        names=({names})
        _describe 'command' names
        return
      fi
      tool="${{words[2]}}"; first=3 ;;
  esac
  case "$tool" in
{subs}  esac
  scope="$tool"
  for word in "${{(@)words[first,CURRENT-1]}}"; do
    if [[ -n "$word" && -n "${{(M)subs:#$word:*}}" ]]; then scope="$tool $word"; fi
  done
  case "$scope" in
{flags}  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    _describe -o 'flag' rows
  elif (( ${{#subs}} )) && [[ "$scope" == "$tool" ]]; then
    _describe 'command' subs
  else
    _files
  fi
}}
_ottla "$@"
"#,
        links = links(commands),
        names = names.join(" ")
    )
}

fn fish(commands: &[Described]) -> String {
    let mut text = String::from("# fish completion of ottla; put it as ottla.fish into a folder of completions.\n");
    for command in commands {
        let (name, summary) = (command.name, quoted(command.summary));
        let _cannot_fail = writeln!(text, "complete -c ottla -f -n __fish_use_subcommand -a {name} -d {summary}");
        let called = std::iter::once(("ottla".to_owned(), format!("__fish_seen_subcommand_from {name}")));
        let linked = command.is_tool.then(|| [format!("kafka-{name}.sh"), format!("kafka-{name}")]);
        let linked = linked.into_iter().flatten().map(|link| (link, "true".to_owned()));
        for (program, when) in called.chain(linked) {
            for (sub, help) in &command.commands {
                let help = quoted(help);
                let _cannot_fail = writeln!(text, "complete -c {program} -f -n '{when}' -a {sub} -d {help}");
            }
            for flag in &command.flags {
                let when = match flag.command {
                    Some(sub) => format!("{when}; and __fish_seen_subcommand_from {sub}"),
                    None => when.clone(),
                };
                let names: Vec<String> = flag.names.iter().map(|name| fish_name(name)).collect();
                let value = if flag.takes_value { " -r" } else { "" };
                let (names, help) = (names.join(" "), quoted(flag.help));
                let _cannot_fail = writeln!(text, "complete -c {program} -n '{when}' {names}{value} -d {help}");
            }
        }
    }
    text
}

fn fish_name(name: &str) -> String {
    match (name.strip_prefix("--"), name.strip_prefix('-')) {
        (Some(long), _) => format!("-l {long}"),
        (None, Some(short)) => format!("-s {short}"),
        (None, None) => format!("-a {name}"),
    }
}
