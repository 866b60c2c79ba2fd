//! The commands of the shell.

use super::tree::{Found, Node};
use super::{image_tree, read};
use crate::dump_log::Failure;
use std::io::Write;

const COMMANDS: &[&str] = &["cat", "find", "ls", "tree"];
const INTERACTIVE: &[&str] = &["cat", "cd", "exit", "find", "help", "history", "ls", "man", "pwd", "tree"];

const HELP: &[(&str, &str, &str)] = &[
    ("cat", "cat targets [targets ...]", "shows the content of files"),
    ("cd", "cd [target]", "goes to another folder"),
    ("exit", "exit", "leaves the shell"),
    ("find", "find [paths [paths ...]]", "lists everything below a folder"),
    ("help", "help", "shows this text"),
    ("history", "history [numEntriesToShow]", "shows the commands so far"),
    ("ls", "ls [targets [targets ...]]", "lists folders"),
    ("man", "man cmd", "explains a command"),
    ("pwd", "pwd", "shows the current folder"),
    ("tree", "tree targets [targets ...]", "shows folders with the content of their files"),
];

/// The tree, and where in it one is.
pub(super) struct Shell {
    root: Node,
    folder: Vec<String>,
    history: Vec<String>,
}

impl Shell {
    pub fn open(file: &str, err: &mut dyn Write) -> Result<Shell, Failure> {
        let (loader, _) = read::image(file, err)?;
        Ok(Shell { root: image_tree::build(loader.visible()), folder: Vec::new(), history: Vec::new() })
    }

    /// A command of the command line.
    pub fn once(&self, words: &[String], out: &mut dyn Write) -> Result<(), Failure> {
        let Some((command, targets)) = words.split_first() else { return Ok(()) };
        if !COMMANDS.contains(&command.as_str()) {
            return wrong_choice(command, COMMANDS, out);
        }
        self.look(command, targets, out)
    }

    /// A command of the prompt; `false`: leave.
    pub fn command(&mut self, words: &[String], out: &mut dyn Write) -> Result<bool, Failure> {
        let Some((command, targets)) = words.split_first() else { return Ok(true) };
        self.history.push(words.join(" "));
        match command.as_str() {
            "exit" => return Ok(false),
            "pwd" => writeln!(out, "/{}", self.folder.join("/"))?,
            "cd" => self.change_folder(targets.first().map_or("/", String::as_str), out)?,
            "help" => {
                writeln!(out, "Commands of the metadata shell:\n")?;
                for (_, usage, about) in HELP {
                    writeln!(out, "  {usage:<28} {about}")?;
                }
            }
            "man" => match targets.first().map(|name| (name, HELP.iter().find(|(known, ..)| known == name))) {
                Some((_, Some((name, usage, about)))) => writeln!(out, "{name}: {about}\n\nusage: {usage}")?,
                Some((name, None)) => {
                    writeln!(out, "man: unknown command {name}. Type help to get a list of commands.")?
                }
                None => writeln!(out, "too few arguments")?,
            },
            "history" => {
                for (i, line) in self.history.iter().enumerate() {
                    writeln!(out, "{i:>5}  {line}")?;
                }
            }
            known if COMMANDS.contains(&known) => self.look(known, targets, out)?,
            other => wrong_choice(other, INTERACTIVE, out)?,
        }
        Ok(true)
    }

    fn look(&self, command: &str, targets: &[String], out: &mut dyn Write) -> Result<(), Failure> {
        match command {
            "ls" => self.list(targets, out),
            "find" => self.find(targets, out),
            _ if targets.is_empty() => Ok(writeln!(out, "too few arguments")?),
            "cat" => self.each(targets, "cat", out, |found, target, out| match found.node {
                Node::File(text) => writeln!(out, "{text}"),
                _ => writeln!(out, "cat: {target}: Is a directory"),
            }),
            _ => self.each(targets, "tree", out, |found, _, out| found.node.print(0, out)),
        }
    }

    fn each(
        &self,
        targets: &[String],
        command: &str,
        out: &mut dyn Write,
        show: impl Fn(&Found<'_>, &str, &mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        for target in targets {
            let found = self.root.find(&self.folder, target);
            if found.is_empty() {
                writeln!(out, "{command}: {target}: No such file or directory.")?;
            }
            for found in found {
                show(&found, target, out)?;
            }
        }
        Ok(())
    }

    fn list(&self, targets: &[String], out: &mut dyn Write) -> Result<(), Failure> {
        let here = [String::from(".")];
        let targets = if targets.is_empty() { &here } else { targets };
        let mut files: Vec<Found<'_>> = Vec::new();
        let mut folders: Vec<Found<'_>> = Vec::new();
        for target in targets {
            let found = self.root.find(&self.folder, target);
            if found.is_empty() {
                writeln!(out, "ls: {target}: no such file or directory.")?;
            }
            let (some_files, some_folders): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|found| matches!(found.node, Node::File(_)));
            files.extend(some_files);
            folders.extend(some_folders);
        }
        for file in &files {
            writeln!(out, "{}", file.name())?;
        }
        let with_titles = files.len() + folders.len() > 1;
        for (i, folder) in folders.iter().enumerate() {
            if i > 0 || !files.is_empty() {
                writeln!(out)?;
            }
            if with_titles {
                writeln!(out, "{}:", folder.name())?;
            }
            if let Node::Folder(children) = folder.node {
                for name in children.keys() {
                    writeln!(out, "{name}")?;
                }
            }
        }
        Ok(())
    }

    fn find(&self, targets: &[String], out: &mut dyn Write) -> Result<(), Failure> {
        let here = [String::from(".")];
        let targets = if targets.is_empty() { &here } else { targets };
        for target in targets {
            let found = self.root.find(&self.folder, target);
            if found.is_empty() {
                writeln!(out, "find: {target}: no such file or directory.")?;
            }
            let is_plain = !target.contains(['*', '?', '{']);
            for found in found {
                let shown = if is_plain { target.trim_end_matches('/').to_owned() } else { found.absolute() };
                writeln!(out, "{}", if shown.is_empty() { "/" } else { &shown })?;
                find_below(found.node, &shown, out)?;
            }
        }
        Ok(())
    }

    fn change_folder(&mut self, target: &str, out: &mut dyn Write) -> Result<(), Failure> {
        let found = self.root.find(&self.folder, target);
        match found.as_slice() {
            [found] if matches!(found.node, Node::Folder(_)) => self.folder = found.path.clone(),
            [_] => writeln!(out, "cd: {target}: not a directory.")?,
            [] => writeln!(out, "cd: {target}: no such directory.")?,
            _ => writeln!(out, "cd: too many arguments.")?,
        }
        Ok(())
    }
}

fn find_below(node: &Node, path: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let Node::Folder(children) = node else { return Ok(()) };
    for (name, child) in children {
        if matches!(child, Node::Hollow) {
            return Err(Failure(format!(
                "Unexpected error: Expected {name} to be a valid child of {path}, but it was not."
            )));
        }
        let below = format!("{path}/{name}");
        writeln!(out, "{below}")?;
        find_below(child, &below, out)?;
    }
    Ok(())
}

fn wrong_choice(command: &str, known: &[&str], out: &mut dyn Write) -> Result<(), Failure> {
    let known: Vec<String> = known.iter().map(|name| format!("'{name}'")).collect();
    Ok(writeln!(out, "invalid choice: '{command}' (choose from {})", known.join(", "))?)
}
