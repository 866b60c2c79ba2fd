//! The options of `kafka-dump-log`.

use super::decoders::Decoder;
use crate::declared::Flag;

const INTRO: &str = "This tool helps to parse a log file and dump its contents to the console, useful for debugging a \
                     seemingly corrupt log segment.";

/// What to show.
#[derive(Debug)]
pub(super) struct Options {
    pub files: Vec<String>,
    /// Records with what is in them.
    pub print_data: bool,
    /// Records at all.
    pub deep: bool,
    pub skip_metadata: bool,
    pub sanity_check: bool,
    pub verify_only: bool,
    /// `None`: the whole file.
    pub bytes_max: Option<u64>,
    pub message_bytes_max: u64,
    pub decoder: Decoder,
}

/// Why nothing is shown.
#[derive(Debug)]
pub(super) enum Stop {
    Version,
    /// A message above the usage text.
    Usage(String),
    Wrong(String),
}

/// An option: name, what its value is called, whether it takes one (`Some(true)`: it must have one), help.
type Row = (&'static str, &'static str, Option<bool>, &'static str);

const OPTIONS: &[Row] = &[
    ("cluster-metadata-decoder", "", None, "the file belongs to the metadata log: shows its records as JSON"),
    ("deep-iteration", "", None, "shows every record, without key and value"),
    ("files", "<file1, file2, ...>", Some(true), "REQUIRED: files to show, with commas between them"),
    ("help", "", None, "prints this text"),
    ("index-sanity-check", "", None, "only checks the form of an index"),
    (
        "key-decoder-class",
        "[class]",
        Some(false),
        "decoder of keys (default: org.apache.kafka.tools.api.StringDecoder)",
    ),
    ("max-bytes", "<Integer: size>", Some(true), "bytes of a segment to read (default: all)"),
    (
        "max-message-size",
        "<Integer: size>",
        Some(true),
        "size of the largest record, for index checks (default: 5242880)",
    ),
    ("offsets-decoder", "", None, "the file belongs to __consumer_offsets: shows its records as JSON"),
    ("print-data-log", "", None, "shows every record, with key and value"),
    ("remote-log-metadata-decoder", "", None, "the file belongs to __remote_log_metadata"),
    ("share-group-state-decoder", "", None, "the file belongs to __share_group_state: shows its records as JSON"),
    ("skip-record-metadata", "", None, "shows keys and values only"),
    ("transaction-log-decoder", "", None, "the file belongs to __transaction_state: shows its records as JSON"),
    (
        "value-decoder-class",
        "[class]",
        Some(false),
        "decoder of values (default: org.apache.kafka.tools.api.StringDecoder)",
    ),
    ("verify-index-only", "", None, "checks an index against its segment without showing it"),
    ("version", "", None, "prints the version"),
];

/// The usage text: a line an option.
pub(super) fn usage() -> String {
    let mut text = format!("{:<39} {}\n{:<39} {}", "Option", "Description", "------", "-----------");
    for (name, value, _, help) in OPTIONS {
        let head = format!("--{name} {value}");
        text += &format!("\n{:<39} {help}", head.trim_end());
    }
    text
}

/// The same rows, for the shell's completion.
pub(crate) fn flags() -> impl Iterator<Item = Flag> {
    OPTIONS.iter().map(|(name, _, value, help)| Flag::new(name, *value == Some(true), help))
}

pub(super) fn parse(args: &[String]) -> Result<Options, Stop> {
    if args.is_empty() {
        return Err(Stop::Usage(INTRO.to_owned()));
    }
    let given = collect(args)?;
    let has = |name: &str| given.iter().any(|(option, _)| *option == name);
    let get = |name: &str| given.iter().find(|(option, _)| *option == name).and_then(|(_, value)| value.as_deref());
    if has("help") {
        return Err(Stop::Usage(INTRO.to_owned()));
    }
    if has("version") {
        return Err(Stop::Version);
    }
    for (name, ..) in OPTIONS {
        if given.iter().filter(|(option, value)| option == name && value.is_some()).count() > 1 {
            return Err(Stop::Wrong(format!("Found multiple arguments for option {name}, but you asked for only one")));
        }
    }
    let Some(files) = get("files") else {
        return Err(Stop::Usage("Missing required argument \"[files]\"".into()));
    };
    let number = |name: &str| match get(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<i32>()
            .map(Some)
            .map_err(|_| Stop::Wrong(format!("Cannot parse argument '{text}' of option {name}"))),
    };
    let decoders = [
        ("offsets-decoder", Decoder::Offsets),
        ("transaction-log-decoder", Decoder::Transactions),
        ("cluster-metadata-decoder", Decoder::Metadata),
        ("remote-log-metadata-decoder", Decoder::RemoteLog),
        ("share-group-state-decoder", Decoder::ShareState),
    ];
    let classes = Decoder::Classes {
        key: get("key-decoder-class").map(str::to_owned),
        value: get("value-decoder-class").map(str::to_owned),
    };
    let special = decoders.into_iter().find(|(name, _)| has(name)).map(|(_, decoder)| decoder);
    let print_data =
        has("print-data-log") || special.is_some() || has("key-decoder-class") || has("value-decoder-class");
    Ok(Options {
        files: files.trim_end_matches(',').split(',').map(str::to_owned).collect(),
        print_data,
        deep: print_data || has("deep-iteration"),
        skip_metadata: has("skip-record-metadata"),
        sanity_check: has("index-sanity-check"),
        verify_only: has("verify-index-only"),
        bytes_max: number("max-bytes")?.filter(|n| *n != i32::MAX).map(|n| n.max(0).unsigned_abs().into()),
        message_bytes_max: number("max-message-size")?.unwrap_or(5 * 1024 * 1024).max(0).unsigned_abs().into(),
        decoder: special.unwrap_or(classes),
    })
}

type Given = Vec<(&'static str, Option<String>)>;

fn collect(args: &[String]) -> Result<Given, Stop> {
    let mut given = Given::new();
    let mut rest = args.iter().peekable();
    while let Some(arg) = rest.next() {
        let Some(bare) = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')) else {
            return Err(Stop::Wrong(format!("Found non argument parameters: {arg}")));
        };
        let (name, inline) = match bare.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (bare, None),
        };
        let exact = OPTIONS.iter().find(|(option, ..)| *option == name);
        let mut starting = OPTIONS.iter().filter(|(option, ..)| !name.is_empty() && option.starts_with(name));
        let found = exact.or_else(|| starting.next().filter(|_| starting.next().is_none()));
        let Some((name, _, value, _)) = found else {
            return Err(Stop::Wrong(format!("{name} is not a recognized option")));
        };
        let value = match value {
            None => None,
            Some(_) if inline.is_some() => inline,
            Some(required) => match rest.next_if(|next| !next.starts_with('-')) {
                Some(next) => Some(next.clone()),
                None if *required => return Err(Stop::Wrong(format!("Option {name} requires an argument"))),
                None => None,
            },
        };
        given.push((name, value));
    }
    Ok(given)
}
