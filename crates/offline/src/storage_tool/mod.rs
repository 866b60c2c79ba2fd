//! `kafka-storage`: formatting of log directories (KIP-631, KIP-853), a look at them, and feature levels of releases.

mod config_file;
mod features;
mod format;
mod info;
mod scram;

use crate::argparse::{Flag, Grammar, Stop};
use base::Random;
use os::SystemRandom;
use std::io::Write;

const TOP: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage [-h]
                     {info,format,version-mapping,feature-dependencies,random-uuid}
                     ...",
    about: "Prepares the log directories of a node and shows what is in them.

commands:
  info                   shows the log directories of a node
  format                 prepares the log directories of a node
  version-mapping        shows the feature levels that belong to a release
  feature-dependencies   shows what feature levels depend on
  random-uuid            prints a random uuid, for a cluster id or a directory id",
    flags: &[],
    takes_words: true,
};

const CONFIG: Flag = Flag::value("--config", Some('c'), "the node's properties file").required();

const INFO: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage info [-h] --config CONFIG",
    about: "Shows the log directories of a node and what they belong to.",
    flags: &[CONFIG],
    takes_words: false,
};

const FORMAT: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage format [-h] --config CONFIG --cluster-id CLUSTER_ID
                     [--add-scram ADD_SCRAM] [--ignore-formatted]
                     [--release-version RELEASE_VERSION]
                     [--feature FEATURE] [--standalone |
                     --no-initial-controllers |
                     --initial-controllers INITIAL_CONTROLLERS]",
    about: "Prepares the log directories of a node.",
    flags: &[
        CONFIG,
        Flag::value("--cluster-id", Some('t'), "id of the cluster that the node belongs to").required(),
        Flag::value("--add-scram", Some('S'), "a SCRAM credential: 'SCRAM-SHA-256=[name=alice,password=alice-secret]'"),
        Flag::switch("--ignore-formatted", Some('g'), "leave directories alone that are formatted already"),
        Flag::value("--release-version", Some('r'), "the release whose feature levels the cluster begins with"),
        Flag::value("--feature", Some('f'), "a feature level, as FEATURE=LEVEL; may be repeated"),
        Flag::switch("--standalone", Some('s'), "this controller is the only voter of a dynamic quorum").in_group(1),
        Flag::switch("--no-initial-controllers", Some('N'), "the node joins a dynamic quorum later").in_group(1),
        Flag::value("--initial-controllers", Some('I'), "voters of a dynamic quorum: id@host:port:directory,...")
            .in_group(1),
    ],
    takes_words: false,
};

const VERSION_MAPPING: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage version-mapping [-h]
                     [--release-version RELEASE_VERSION]",
    about: "Shows the feature levels that belong to a release.",
    flags: &[Flag::value("--release-version", Some('r'), "the release; the newest one without it")],
    takes_words: false,
};

const FEATURE_DEPENDENCIES: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage feature-dependencies [-h] --feature FEATURE",
    about: "Shows the levels of other features that feature levels depend on.",
    flags: &[Flag::value("--feature", Some('f'), "a feature level, as FEATURE=LEVEL; may be repeated").required()],
    takes_words: false,
};

const RANDOM_UUID: Grammar = Grammar {
    program: "kafka-storage",
    usage: "usage: kafka-storage random-uuid [-h]",
    about: "Prints a random uuid.",
    flags: &[],
    takes_words: false,
};

/// The sub-commands, in the order of the help.
pub(crate) const COMMANDS: &[(&str, Grammar)] = &[
    ("info", INFO),
    ("format", FORMAT),
    ("version-mapping", VERSION_MAPPING),
    ("feature-dependencies", FEATURE_DEPENDENCIES),
    ("random-uuid", RANDOM_UUID),
];

/// Why a command fails: one sentence of Kafka's for standard error; exit code 1.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub String);

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure(error.to_string())
    }
}

pub(crate) fn run(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let Some((command, rest)) = args.split_first() else {
        return TOP.stop(&Stop::Wrong("too few arguments".into()), out, err);
    };
    let (grammar, action): (&Grammar, Action) = match command.as_str() {
        "info" => (&INFO, info::run),
        "format" => (&FORMAT, format::run),
        "version-mapping" => (&VERSION_MAPPING, features::version_mapping),
        "feature-dependencies" => (&FEATURE_DEPENDENCIES, features::feature_dependencies),
        "random-uuid" => (&RANDOM_UUID, random_uuid),
        "-h" | "--help" => return TOP.stop(&Stop::Help, out, err),
        other => return TOP.stop(&wrong_command(other), out, err),
    };
    let parsed = match grammar.parse_or_exit(rest, out, err) {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    match action(&parsed, out) {
        Ok(code) => code,
        Err(failure) => {
            let _exit_code_says_it_too = writeln!(err, "{failure}");
            1
        }
    }
}

type Action = fn(&crate::argparse::Parsed, &mut dyn Write) -> Result<i32, Failure>;

fn wrong_command(command: &str) -> Stop {
    Stop::Wrong(match command.starts_with('-') {
        true => format!("unrecognized arguments: '{command}'"),
        false => format!(
            "invalid choice: '{command}' (choose from 'info', 'format', 'version-mapping', 'feature-dependencies', \
             'random-uuid')"
        ),
    })
}

fn random_uuid(_: &crate::argparse::Parsed, out: &mut dyn Write) -> Result<i32, Failure> {
    writeln!(out, "{}", SystemRandom.uuid())?;
    Ok(0)
}
