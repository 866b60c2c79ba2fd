//! The options of each tool against the tables of Apache Kafka 4.3.1: every one of Kafka's is taken as Kafka takes it,
//! and there is no other.

use std::collections::{BTreeMap, BTreeSet};
use tools::{Flag, Takes, Tool};

/// Options where ours is another on purpose: tool, option, reason.
const KNOWN: &[(&str, &str, &str)] = &[];

type Row = (String, Option<u32>);

/// Option to what it takes and the size of its number, of a tool that reads as jopt-simple does.
fn declared(tool: &Tool) -> BTreeMap<String, Row> {
    let row = |flag: &Flag| {
        let takes = match flag.takes {
            Takes::Nothing => "flag",
            Takes::Perhaps => "optional",
            Takes::One | Takes::Many => "required",
        };
        (flag.spellings()[0].clone(), (takes.to_owned(), flag.number_bits))
    };
    tool.flags().iter().map(row).collect()
}

#[test]
fn jopt_options_are_those_of_kafka() {
    let mut tables: BTreeMap<&str, BTreeMap<String, Row>> = BTreeMap::new();
    for line in include_str!("data/options-jopt.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let bits = match cells[3] {
            "Integer" => Some(32),
            "Long" => Some(64),
            _ => None,
        };
        tables.entry(cells[0]).or_default().insert(cells[1].to_owned(), (cells[2].to_owned(), bits));
    }
    let mut differences = Vec::new();
    for (name, table) in &tables {
        let Some(tool) = tools::by_name(name) else { continue };
        let own = declared(tool);
        let all: BTreeSet<&String> = table.keys().chain(own.keys()).collect();
        for option in all {
            let known = KNOWN.iter().any(|(of, which, _)| of == name && which == option);
            if table.get(option) != own.get(option) && !known {
                differences.push(format!("{name} {option}: {:?} instead of {:?}", own.get(option), table.get(option)));
            }
        }
    }
    assert!(tables.len() > 12, "{}", tables.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn argparse_options_are_those_of_kafka() {
    type Key = (String, String, String);
    let mut table: BTreeMap<Key, (bool, bool)> = BTreeMap::new();
    for line in include_str!("data/options-argparse.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[2] != "-h, --help" && tools::by_name(cells[0]).is_some() {
            let key = (cells[0].to_owned(), cells[1].to_owned(), cells[2].to_owned());
            table.insert(key, (!cells[3].is_empty(), cells[4] == "yes"));
        }
    }
    let tools_of_table: BTreeSet<&String> = table.keys().map(|(tool, _, _)| tool).collect();
    let mut own = BTreeMap::new();
    for name in &tools_of_table {
        for flag in tools::by_name(name).into_iter().flat_map(Tool::flags) {
            let key = ((*name).clone(), flag.command.unwrap_or_default().to_owned(), flag.spellings().join(", "));
            own.insert(key, (flag.takes != Takes::Nothing, flag.required));
        }
    }
    let all: BTreeSet<&Key> = table.keys().chain(own.keys()).collect();
    let differ = all.into_iter().filter(|key| table.get(key) != own.get(key));
    let differences: Vec<String> =
        differ.map(|key| format!("{key:?}: {:?} instead of {:?}", own.get(key), table.get(key))).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
