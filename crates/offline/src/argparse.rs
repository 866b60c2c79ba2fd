//! Command lines in the manner of argparse4j, which `kafka-storage` and `kafka-metadata-shell` of Apache use: long and
//! short options, their errors, and exit code 1 with a usage text on standard error.

use std::io::Write;

/// An option of a tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag {
    pub long: &'static str,
    pub short: Option<char>,
    pub takes_value: bool,
    pub required: bool,
    /// Options with the same number exclude each other.
    pub group: Option<u8>,
    pub help: &'static str,
}

impl Flag {
    pub const fn value(long: &'static str, short: Option<char>, help: &'static str) -> Flag {
        Flag { long, short, takes_value: true, required: false, group: None, help }
    }

    pub const fn switch(long: &'static str, short: Option<char>, help: &'static str) -> Flag {
        Flag { long, short, takes_value: false, required: false, group: None, help }
    }

    pub const fn required(mut self) -> Flag {
        self.required = true;
        self
    }

    pub const fn in_group(mut self, group: u8) -> Flag {
        self.group = Some(group);
        self
    }

    /// As errors name it: `--config/-c`.
    fn title(&self) -> String {
        match self.short {
            Some(short) => format!("{}/-{short}", self.long),
            None => self.long.to_owned(),
        }
    }
}

/// What a tool, or a subcommand of it, understands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grammar {
    /// Name in error messages.
    pub program: &'static str,
    pub usage: &'static str,
    pub about: &'static str,
    pub flags: &'static [Flag],
    /// Whether words that are no options are taken.
    pub takes_words: bool,
}

/// What was given.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    values: Vec<(&'static str, String)>,
    pub words: Vec<String>,
}

/// Why nothing is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Help,
    Wrong(String),
}

impl Parsed {
    pub fn has(&self, long: &str) -> bool {
        self.values.iter().any(|(name, _)| *name == long)
    }

    /// The last value of an option.
    pub fn get(&self, long: &str) -> Option<&str> {
        self.values.iter().rev().find(|(name, _)| *name == long).map(|(_, value)| value.as_str())
    }

    /// All values of an option that may be repeated.
    pub fn all<'a>(&'a self, long: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(name, _)| *name == long).map(|(_, value)| value.as_str())
    }
}

impl Grammar {
    /// Reads the arguments.
    pub fn parse(&self, args: &[String]) -> Result<Parsed, Stop> {
        let mut parsed = Parsed::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "-h" || arg == "--help" {
                return Err(Stop::Help);
            }
            let is_option = arg.starts_with('-') && arg.len() > 1;
            if !is_option {
                parsed.words.push(arg.clone());
                continue;
            }
            let Some((flag, inline)) = self.option(arg) else {
                return Err(Stop::Wrong(format!("unrecognized arguments: '{arg}'")));
            };
            self.check_group(flag, &parsed)?;
            let value = match (flag.takes_value, inline) {
                (false, None) => String::new(),
                (false, Some(_)) => {
                    return Err(Stop::Wrong(format!("argument {}: ignored explicit argument", flag.title())));
                }
                (true, Some(value)) => value.to_owned(),
                (true, None) => match rest.as_slice().first().filter(|next| !next.starts_with('-') || next.len() < 2) {
                    Some(_) => rest.next().cloned().unwrap_or_default(),
                    None => return Err(Stop::Wrong(format!("argument {}: expected one argument", flag.title()))),
                },
            };
            parsed.values.push((flag.long, value));
        }
        if let (false, Some(word)) = (self.takes_words, parsed.words.first()) {
            return Err(Stop::Wrong(format!("unrecognized arguments: '{word}'")));
        }
        match self.flags.iter().find(|flag| flag.required && !parsed.has(flag.long)) {
            Some(flag) => Err(Stop::Wrong(format!("argument {} is required", flag.title()))),
            None => Ok(parsed),
        }
    }

    /// Parses, or says what there is to say and returns the exit code.
    pub fn parse_or_exit(&self, args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> Result<Parsed, i32> {
        self.parse(args).map_err(|stop| self.stop(&stop, out, err))
    }

    /// Writes help to `out`, or usage and error to `err`; returns the exit code.
    pub fn stop(&self, stop: &Stop, out: &mut dyn Write, err: &mut dyn Write) -> i32 {
        let (written, code) = match stop {
            Stop::Help => (out.write_all(self.help().as_bytes()), 0),
            Stop::Wrong(message) => (writeln!(err, "{}\n{}: error: {message}", self.usage, self.program), 1),
        };
        // The exit code says it too when nobody reads the streams.
        drop(written);
        code
    }

    fn help(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.usage, self.about);
        text.push_str("\nnamed arguments:\n  -h, --help             show this help message and exit\n");
        for flag in self.flags {
            let short = flag.short.map(|short| format!(", -{short}")).unwrap_or_default();
            let value = match flag.takes_value {
                true => format!(" {}", flag.long.trim_start_matches('-').to_uppercase().replace('-', "_")),
                false => String::new(),
            };
            let left = format!("  {}{short}{value}", flag.long);
            text.push_str(&format!("{left}\n                         {}\n", flag.help));
        }
        text
    }

    fn option<'a>(&self, arg: &'a str) -> Option<(&'static Flag, Option<&'a str>)> {
        if arg.starts_with("--") {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (arg, None),
            };
            let exact = self.flags.iter().find(|flag| flag.long == name);
            let mut starting = self.flags.iter().filter(|flag| flag.long.starts_with(name));
            let only_one = starting.next().filter(|_| starting.next().is_none());
            return exact.or(only_one).map(|flag| (flag, inline));
        }
        let mut letters = arg.chars();
        let letter = letters.nth(1)?;
        let rest = letters.as_str();
        let flag = self.flags.iter().find(|flag| flag.short == Some(letter))?;
        Some((flag, (!rest.is_empty()).then(|| rest.strip_prefix('=').unwrap_or(rest))))
    }

    fn check_group(&self, flag: &Flag, parsed: &Parsed) -> Result<(), Stop> {
        let Some(group) = flag.group else { return Ok(()) };
        let other = self
            .flags
            .iter()
            .find(|other| other.group == Some(group) && other.long != flag.long && parsed.has(other.long));
        match other {
            Some(other) => {
                Err(Stop::Wrong(format!("argument {}: not allowed with argument {}", flag.title(), other.title())))
            }
            None => Ok(()),
        }
    }
}
