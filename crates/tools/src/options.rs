//! Command lines as jopt-simple reads them, which most of Kafka's tools use: `--name value`, `--name=value`, any prefix
//! that is unique, repeated options, and its sentences for what is wrong.

use crate::io::Io;

/// Whether an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arg {
    None,
    Required,
    /// Taken if what follows does not look like an option.
    Optional,
}

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    pub name: &'static str,
    pub arg: Arg,
    /// What the usage calls the value.
    pub value: &'static str,
    /// `Some` for values that must be numbers, with the bits of Java's type.
    pub number_bits: Option<u32>,
    /// Refused when it is missing.
    pub required: bool,
    pub help: &'static str,
}

/// An option without a value.
pub const fn flag(name: &'static str, help: &'static str) -> Opt {
    Opt { name, arg: Arg::None, value: "", number_bits: None, required: false, help }
}

/// An option with a text.
pub const fn text(name: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { name, arg: Arg::Required, value, number_bits: None, required: false, help }
}

/// An option with a number of Java's `int`.
pub const fn int(name: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { name, arg: Arg::Required, value, number_bits: Some(32), required: false, help }
}

/// An option with a number of Java's `long`.
pub const fn long(name: &'static str, value: &'static str, help: &'static str) -> Opt {
    Opt { name, arg: Arg::Required, value, number_bits: Some(64), required: false, help }
}

impl Opt {
    pub const fn optional_value(mut self) -> Opt {
        self.arg = Arg::Optional;
        self
    }

    pub const fn required(mut self) -> Opt {
        self.required = true;
        self
    }
}

pub const BOOTSTRAP_SERVER: Opt = text("bootstrap-server", "HOST:PORT[,...]", "brokers to connect to first");
pub const COMMAND_CONFIG: Opt = text("command-config", "FILE", "properties file with settings of the client");
pub const CONSUMER_CONFIG: Opt = text("consumer.config", "FILE", "deprecated: --command-config");
pub const CONSUMER_PROPERTY: Opt = text("command-property", "KEY=VALUE", "a setting of the consumer");
pub const HELP: Opt = flag("help", "print this and leave");
pub const VERSION: Opt = flag("version", "print the version of Kafka whose tool this is");

/// What is wrong with a command line, in jopt-simple's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionError(pub String);

/// A tool's options with the texts around them.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub tool: &'static str,
    /// One sentence.
    pub purpose: &'static str,
    pub examples: &'static [&'static str],
    pub options: &'static [Opt],
}

impl Usage {
    /// Reads a tool's command line. An exit code stands for a tool that has nothing more to do: help and the version were
    /// printed, or what is wrong was told.
    pub fn read(&self, args: &[String], io: &mut Io) -> Result<Parsed, i32> {
        self.read_or(args, io, |message, io| {
            io.complain(message);
            1
        })
    }

    /// The same for tools that show their usage where the command line is wrong.
    pub fn read_or_explain(&self, args: &[String], io: &mut Io) -> Result<Parsed, i32> {
        self.read_or(args, io, |message, io| self.refuse(message, io))
    }

    /// The same for tools that have their own way to tell what is wrong.
    pub fn read_or(
        &self,
        args: &[String],
        io: &mut Io,
        unreadable: impl Fn(&str, &mut Io) -> i32,
    ) -> Result<Parsed, i32> {
        let parsed = parse(self.options, args).map_err(|OptionError(message)| unreadable(&message, io))?;
        if args.is_empty() || parsed.has("help") {
            return Err(self.refuse(self.purpose, io));
        }
        if parsed.has("version") {
            io.say(crate::KAFKA_VERSION);
            return Err(0);
        }
        // Kafka's tools pass over words that belong to no option; what they may have meant is lost then.
        match parsed.rest.first() {
            Some(word) => Err(unreadable(&format!("Found non argument parameters: {word}"), io)),
            None => Ok(parsed),
        }
    }

    /// A message, the usage, and the exit code of a command line that will not do.
    pub fn refuse(&self, message: &str, io: &mut Io) -> i32 {
        io.complain(message);
        self.print(io);
        1
    }

    /// The usage text: purpose, examples, options.
    pub fn print(&self, io: &mut Io) {
        io.complain(format!("\nusage: {} OPTIONS\n", self.tool));
        if !self.examples.is_empty() {
            io.complain("Examples:");
            for example in self.examples {
                io.complain(format!("  {} {example}", self.tool));
            }
            io.complain("");
        }
        io.complain("Options (any unique beginning of a name will do):");
        for option in self.options {
            let head = match option.arg {
                Arg::None => format!("  --{}", option.name),
                Arg::Required => format!("  --{} {}", option.name, option.value),
                Arg::Optional => format!("  --{} [{}]", option.name, option.value),
            };
            let needed = if option.required { " (required)" } else { "" };
            if head.len() < 38 {
                io.complain(format!("{head:<38} {}{needed}", option.help));
            } else {
                io.complain(format!("{head}\n{:<38} {}{needed}", "", option.help));
            }
        }
    }
}

/// A command line that was read.
#[derive(Debug, Clone, Default)]
pub struct Parsed {
    found: Vec<(&'static str, Option<String>)>,
    /// Arguments that belong to no option.
    pub rest: Vec<String>,
}

impl Parsed {
    pub fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }

    pub fn has_value(&self, name: &str) -> bool {
        self.found.iter().any(|(found, value)| *found == name && value.is_some())
    }

    /// All values of an option.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.found.iter().filter(|(found, _)| *found == name).filter_map(|(_, value)| value.as_deref()).collect()
    }

    /// The value of an option that may be given once.
    pub fn get(&self, name: &str) -> Result<Option<&str>, OptionError> {
        match self.all(name).as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(OptionError(format!("Found multiple arguments for option {name}, but you asked for only one"))),
        }
    }

    /// The last value, for options that were checked to be given once, or where later ones win.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.all(name).last().copied()
    }

    /// The value of a number option; the parser has checked that it is one.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.value(name).and_then(|value| value.parse().ok())
    }

    /// How many options were given.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// Reads a command line.
pub fn parse(options: &'static [Opt], args: &[String]) -> Result<Parsed, OptionError> {
    let mut parsed = Parsed::default();
    let mut args = args.iter().peekable();
    let mut only_rest = false;
    while let Some(arg) = args.next() {
        if only_rest || arg == "-" || !arg.starts_with('-') {
            parsed.rest.push(arg.clone());
            continue;
        }
        if arg == "--" {
            only_rest = true;
            continue;
        }
        let body = arg.strip_prefix("--").or(arg.strip_prefix('-')).unwrap_or(arg);
        let (name, attached) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (body, None),
        };
        let option = find(options, name).ok_or_else(|| OptionError(format!("{name} is not a recognized option")))?;
        let value = match option.arg {
            Arg::None if attached.is_some() => {
                return Err(OptionError(format!("Option {} does not allow an argument", option.name)));
            }
            Arg::None => None,
            Arg::Required => match attached.or_else(|| args.next().cloned()) {
                Some(value) => Some(value),
                None => return Err(OptionError(format!("Option {} requires an argument", option.name))),
            },
            Arg::Optional => attached.or_else(|| args.next_if(|next| !next.starts_with('-')).cloned()),
        };
        if let (Some(bits), Some(value)) = (option.number_bits, &value) {
            let fits = if bits == 32 { value.parse::<i32>().is_ok() } else { value.parse::<i64>().is_ok() };
            if !fits {
                return Err(OptionError(format!("Cannot parse argument '{value}' of option {}", option.name)));
            }
        }
        parsed.found.push((option.name, value));
    }
    let missing = options.iter().find(|option| option.required && !parsed.has(option.name));
    if let Some(option) = missing.filter(|_| !parsed.has("help") && !parsed.has("version")) {
        return Err(OptionError(format!("Missing required argument \"[{}]\"", option.name)));
    }
    Ok(parsed)
}

/// The option of that name, or the only one that begins so.
fn find(options: &'static [Opt], name: &str) -> Option<&'static Opt> {
    if let Some(exact) = options.iter().find(|option| option.name == name) {
        return Some(exact);
    }
    let mut matching = options.iter().filter(|option| option.name.starts_with(name));
    match (matching.next(), matching.next()) {
        (Some(only), None) if !name.is_empty() => Some(only),
        _ => None,
    }
}

/// The checks that Kafka's tools share, with their sentences.
impl Parsed {
    /// Fails with the first of `names` that is missing.
    pub fn require(&self, names: &[&str]) -> Result<(), String> {
        match names.iter().find(|name| !self.has(name)) {
            Some(name) => Err(format!("Missing required argument \"[{name}]\"")),
            None => Ok(()),
        }
    }

    /// Fails with the first of `others` that stands beside `name`.
    pub fn forbid_with(&self, name: &str, others: &[&str]) -> Result<(), String> {
        match others.iter().find(|other| self.has(name) && self.has(other)) {
            Some(other) => Err(format!("Option \"[{name}]\" can't be used with option \"[{other}]\"")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &[Opt] = &[
        text("topic", "T", ""),
        text("topic-id", "T", ""),
        int("partitions", "N", ""),
        flag("list", ""),
        text("state", "S", "").optional_value(),
    ];

    fn read(line: &str) -> Result<Parsed, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_string).collect();
        parse(OPTIONS, &args).map_err(|OptionError(message)| message)
    }

    #[test]
    fn values_are_taken_in_all_forms() {
        for line in ["--topic a", "--topic=a", "-topic a"] {
            assert_eq!(read(line).unwrap().value("topic"), Some("a"), "{line}");
        }
        assert_eq!(read("--part 3").unwrap().number("partitions"), Some(3));
        assert_eq!(read("--partitions -1").unwrap().number("partitions"), Some(-1));
        assert_eq!(read("--topic a --topic b").unwrap().all("topic"), ["a", "b"]);
        assert!(read("--state --list").unwrap().has("state"));
        assert_eq!(read("--state Stable --list").unwrap().value("state"), Some("Stable"));
        assert_eq!(read("a --list b").unwrap().rest, ["a", "b"]);
    }

    #[test]
    fn what_is_wrong_is_said_as_jopt_says_it() {
        for (line, message) in [
            ("--nosuch", "nosuch is not a recognized option"),
            ("--top x", "top is not a recognized option"),
            ("--topic", "Option topic requires an argument"),
            ("--partitions x", "Cannot parse argument 'x' of option partitions"),
            ("--list=x", "Option list does not allow an argument"),
            ("--partitions=", "Cannot parse argument '' of option partitions"),
        ] {
            assert_eq!(read(line).unwrap_err(), message, "{line}");
        }
        let twice = read("--topic a --topic b").unwrap();
        let OptionError(message) = twice.get("topic").unwrap_err();
        assert_eq!(message, "Found multiple arguments for option topic, but you asked for only one");
    }
}
