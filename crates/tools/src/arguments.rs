//! Command lines as argparse4j reads them, which some of Kafka's tools use: sub-commands, groups of which one is needed,
//! options with several values, and its sentences for what is wrong.

use crate::io::Io;

/// How many values an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    None,
    One,
    /// One or more, up to the next option.
    Many,
}

#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// `--name`, and perhaps `-n`.
    pub names: &'static [&'static str],
    pub values: Values,
    pub value: &'static str,
    pub required: bool,
    /// Arguments of the same group exclude each other; one of them is needed.
    pub group: bool,
    pub help: &'static str,
}

pub const fn option(names: &'static [&'static str], value: &'static str, help: &'static str) -> Argument {
    Argument { names, values: Values::One, value, required: false, group: false, help }
}

pub const fn switch(names: &'static [&'static str], help: &'static str) -> Argument {
    Argument { names, values: Values::None, value: "", required: false, group: false, help }
}

impl Argument {
    pub const fn required(mut self) -> Argument {
        self.required = true;
        self
    }

    pub const fn grouped(mut self) -> Argument {
        self.group = true;
        self
    }

    pub const fn many(mut self) -> Argument {
        self.values = Values::Many;
        self
    }

    fn shown(&self) -> String {
        match self.values {
            Values::None => self.names[0].to_string(),
            Values::One => format!("{} {}", self.names[0], self.value),
            Values::Many => format!("{} {} [{} ...]", self.names[0], self.value, self.value),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub name: &'static str,
    pub arguments: &'static [Argument],
    pub help: &'static str,
}

/// A tool's command line.
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    pub program: &'static str,
    pub purpose: &'static str,
    pub arguments: &'static [Argument],
    /// Whether one argument of the group must be there.
    pub group_required: bool,
    pub commands: &'static [Command],
    pub examples: &'static [&'static str],
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// `-h`: the help of the tool or of a sub-command.
    Help(Option<&'static str>),
    Wrong {
        command: Option<&'static str>,
        message: String,
    },
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    pub command: Option<&'static str>,
    found: Vec<(&'static str, Vec<String>)>,
}

impl Matches {
    pub fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.found
            .iter()
            .rev()
            .find(|(found, _)| *found == name)
            .and_then(|(_, values)| values.first())
            .map(String::as_str)
    }

    /// All values of all occurrences.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.found
            .iter()
            .filter(|(found, _)| *found == name)
            .flat_map(|(_, values)| values)
            .map(String::as_str)
            .collect()
    }

    /// A number, or argparse4j's sentence.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let bad = |value: &str| format!("argument {name}: could not convert '{value}' to a number");
        self.value(name).map(|value| value.parse().map_err(|_| bad(value))).transpose()
    }
}

impl Syntax {
    pub fn parse(&self, args: &[String]) -> Result<Matches, Stopped> {
        let mut matches = Matches::default();
        let mut command: Option<&'static Command> = None;
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            if arg == "-h" || arg == "--help" {
                return Err(Stopped::Help(command.map(|command| command.name)));
            }
            if !arg.starts_with('-') {
                match (command, self.commands.is_empty()) {
                    (None, false) => {
                        let named = self.commands.iter().find(|command| command.name == arg);
                        command = Some(named.ok_or_else(|| self.wrong(None, self.invalid_choice(arg)))?);
                    }
                    _ => return Err(self.wrong(command, unrecognized(arg))),
                }
                continue;
            }
            let (name, attached) = match arg.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_string())),
                _ => (arg.as_str(), None),
            };
            let scope = command.map_or(self.arguments, |command| command.arguments);
            let Some(argument) = find(scope, name) else {
                return Err(self.wrong(command, unrecognized(arg)));
            };
            let mut values: Vec<String> = attached.into_iter().collect();
            if values.is_empty() {
                let limit = match argument.values {
                    Values::None => 0,
                    Values::One => 1,
                    Values::Many => usize::MAX,
                };
                while values.len() < limit
                    && let Some(value) = args.next_if(|next| !looks_like_option(next))
                {
                    values.push(value.clone());
                }
            }
            if argument.values != Values::None && values.is_empty() {
                let message = match argument.values {
                    Values::Many => format!("argument {}: expected at least one argument", argument.names.join("/")),
                    _ => format!("argument {}: expected one argument", argument.names.join("/")),
                };
                return Err(self.wrong(command, message));
            }
            let other = matches.found.iter().map(|(found, _)| *found).find(|found| {
                argument.group && *found != argument.names[0] && scope.iter().any(|a| a.group && a.names[0] == *found)
            });
            if let Some(other) = other {
                let (own, other) = (argument.names.join("/"), other);
                return Err(self.wrong(command, format!("argument {own}: not allowed with argument {other}")));
            }
            matches.found.push((argument.names[0], values));
        }
        matches.command = command.map(|command| command.name);
        self.check(&matches, command)?;
        Ok(matches)
    }

    fn check(&self, matches: &Matches, command: Option<&'static Command>) -> Result<(), Stopped> {
        if command.is_none() && !self.commands.is_empty() {
            return Err(self.wrong(None, "too few arguments".into()));
        }
        let own = command.map_or(&[][..], |command| command.arguments);
        for argument in self.arguments.iter().chain(own).filter(|argument| argument.required) {
            if !matches.has(argument.names[0]) {
                return Err(self.wrong(command, format!("argument {} is required", argument.names.join("/"))));
            }
        }
        let grouped: Vec<&Argument> = self.arguments.iter().chain(own).filter(|argument| argument.group).collect();
        let needed = self.group_required && !grouped.is_empty();
        if needed && !grouped.iter().any(|argument| matches.has(argument.names[0])) {
            let names: Vec<String> = grouped.iter().map(|argument| argument.names.join("/")).collect();
            return Err(self.wrong(command, format!("one of the arguments {} is required", names.join(" "))));
        }
        Ok(())
    }

    fn invalid_choice(&self, arg: &str) -> String {
        let choices: Vec<String> = self.commands.iter().map(|command| format!("'{}'", command.name)).collect();
        format!("invalid choice:  '{arg}'  (choose from {})", choices.join(", "))
    }

    fn wrong(&self, command: Option<&'static Command>, message: String) -> Stopped {
        Stopped::Wrong { command: command.map(|command| command.name), message }
    }

    fn usage_line(&self, command: Option<&str>) -> String {
        let mut line = format!("usage: {}", self.program);
        let command = command.and_then(|name| self.commands.iter().find(|command| command.name == name));
        let arguments = match command {
            Some(command) => {
                line += &format!(" {}", command.name);
                command.arguments
            }
            None => self.arguments,
        };
        line += " [-h]";
        for argument in arguments.iter().filter(|argument| !argument.group) {
            match argument.required {
                true => line += &format!(" {}", argument.shown()),
                false => line += &format!(" [{}]", argument.shown()),
            }
        }
        let grouped: Vec<String> = arguments.iter().filter(|a| a.group).map(Argument::shown).collect();
        if !grouped.is_empty() {
            line += &match self.group_required {
                true => format!(" ({})", grouped.join(" | ")),
                false => format!(" [{}]", grouped.join(" | ")),
            };
        }
        if command.is_none() && !self.commands.is_empty() {
            let names: Vec<&str> = self.commands.iter().map(|command| command.name).collect();
            line += &format!(" {{{}}} ...", names.join(","));
        }
        line
    }

    /// Tells why it stopped; the exit code. `help_code` is what the tool's `--help` ends with.
    pub fn stopped(&self, stopped: &Stopped, help_code: i32, io: &mut Io) -> i32 {
        match stopped {
            Stopped::Wrong { command, message } => {
                io.complain(self.usage_line(*command));
                io.complain(format!("{}: error: {message}", self.program));
                1
            }
            Stopped::Help(command) => {
                self.help(*command, io);
                help_code
            }
        }
    }

    /// An error that is found after reading, told in the same form.
    pub fn error(&self, message: &str, io: &mut Io) -> i32 {
        self.stopped(&Stopped::Wrong { command: None, message: message.to_string() }, 1, io)
    }

    fn help(&self, command: Option<&str>, io: &mut Io) {
        io.say(self.usage_line(command));
        io.say(format!("\n{}", self.purpose));
        let named = command.and_then(|name| self.commands.iter().find(|command| command.name == name));
        if command.is_none() && !self.commands.is_empty() {
            io.say("\nCommands:");
            self.commands.iter().for_each(|command| io.say(format!("  {:<24} {}", command.name, command.help)));
        }
        io.say("\nOptions:");
        for argument in named.map_or(self.arguments, |command| command.arguments) {
            io.say(format!("  {:<36} {}", argument.shown(), argument.help));
        }
        if !self.examples.is_empty() {
            io.say("\nExamples:");
            self.examples.iter().for_each(|example| io.say(format!("  {} {example}", self.program)));
        }
    }
}

fn unrecognized(argument: &str) -> String {
    format!("unrecognized arguments: '{argument}'")
}

/// Negative numbers are values.
fn looks_like_option(text: &str) -> bool {
    text.starts_with('-') && text.parse::<f64>().is_err()
}

fn find(arguments: &'static [Argument], name: &str) -> Option<&'static Argument> {
    if let Some(exact) = arguments.iter().find(|argument| argument.names.contains(&name)) {
        return Some(exact);
    }
    let mut matching =
        arguments.iter().filter(|a| name.len() > 2 && a.names.iter().any(|known| known.starts_with(name)));
    match (matching.next(), matching.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: Syntax = Syntax {
        program: "prog",
        purpose: "",
        arguments: &[],
        group_required: true,
        commands: &[Command {
            name: "show",
            arguments: &[
                option(&["--server", "-b"], "S", "").grouped(),
                option(&["--controller", "-C"], "S", "").grouped(),
                option(&["--id", "-i"], "ID", "").required(),
                option(&["--props"], "P", "").many(),
            ],
            help: "",
        }],
        examples: &[],
    };

    fn read(line: &str) -> Result<Matches, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_string).collect();
        SYNTAX.parse(&args).map_err(|stopped| match stopped {
            Stopped::Wrong { message, .. } => message,
            Stopped::Help(_) => "help".into(),
        })
    }

    #[test]
    fn values_are_read() {
        let matches = read("show -b a:1 --id=-3 --props x=1 y=2").unwrap();
        assert_eq!((matches.command, matches.value("--server")), (Some("show"), Some("a:1")));
        assert_eq!(matches.number::<i32>("--id"), Ok(Some(-3)));
        assert_eq!(matches.all("--props"), ["x=1", "y=2"]);
        assert_eq!(read("show --ser a --id -1").unwrap().value("--id"), Some("-1"));
    }

    #[test]
    fn what_is_wrong_is_said_as_argparse_says_it() {
        for (line, message) in [
            ("", "too few arguments"),
            ("nosuch", "invalid choice:  'nosuch'  (choose from 'show')"),
            ("show -b x", "argument --id/-i is required"),
            ("show --id 1", "one of the arguments --server/-b --controller/-C is required"),
            ("show --id", "argument --id/-i: expected one argument"),
            ("show -b x -C y --id 1", "argument --controller/-C: not allowed with argument --server"),
            ("show -b x --id 1 --zap", "unrecognized arguments: '--zap'"),
            ("show -h", "help"),
        ] {
            assert_eq!(read(line).unwrap_err(), message, "{line}");
        }
    }
}
