//! The flags of this crate's tools as data, for the shell's completion. The same rows make help and parser.

use crate::argparse::Grammar;
use crate::{Tool, dump_log, metadata_shell, server_start, server_stop, storage_tool};

/// A flag of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The sub-command that it belongs to.
    pub command: Option<&'static str>,
    /// Without the dashes.
    pub name: &'static str,
    /// `-c` and its like.
    pub short: Option<char>,
    pub takes_value: bool,
    pub help: &'static str,
}

impl Flag {
    pub(crate) const fn new(name: &'static str, takes_value: bool, help: &'static str) -> Flag {
        Flag { command: None, name, short: None, takes_value, help }
    }
}

/// The sub-commands of a tool with a line about each.
pub fn commands(tool: Tool) -> Vec<(&'static str, &'static str)> {
    match tool {
        Tool::Storage => storage_tool::COMMANDS.iter().map(|(name, grammar)| (*name, grammar.about)).collect(),
        _ => Vec::new(),
    }
}

/// Every flag of a tool, in the order of its help.
pub fn flags(tool: Tool) -> Vec<Flag> {
    match tool {
        Tool::Storage => {
            let all = storage_tool::COMMANDS.iter();
            all.flat_map(|(name, grammar)| of_grammar(Some(name), grammar)).collect()
        }
        Tool::DumpLog => dump_log::flags().collect(),
        Tool::MetadataShell => of_grammar(None, &metadata_shell::SHELL).collect(),
        Tool::MetadataPrint => of_grammar(None, &metadata_shell::PRINT).collect(),
        Tool::ServerStart => server_start::FLAGS.to_vec(),
        Tool::ServerStop => server_stop::FLAGS.to_vec(),
    }
}

fn of_grammar(command: Option<&'static str>, grammar: &Grammar) -> impl Iterator<Item = Flag> {
    grammar.flags.iter().map(move |flag| Flag {
        command,
        name: flag.long.trim_start_matches('-'),
        short: flag.short,
        takes_value: flag.takes_value,
        help: flag.help,
    })
}
