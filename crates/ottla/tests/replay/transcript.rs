//! The form of a recording: `$ command`, then its standard output, `--- stdin`, `--- stderr`, `--- exit N`; a `#` line
//! before a command tells what is special about it.

/// One recorded command.
#[derive(Debug, Clone)]
pub struct Step {
    pub number: usize,
    pub comment: String,
    pub command: String,
    pub stdin: String,
    pub stdout: String,
    pub stderr: String,
    /// `None` for a process that the recorder had to kill.
    pub exit: Option<i32>,
    /// The texts are not Kafka's to keep; only the exit code counts.
    pub usage_only: bool,
}

pub fn read(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut comment, mut part) = (String::new(), "after");
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                number: steps.len() + 1,
                comment: std::mem::take(&mut comment),
                command: command.into(),
                stdin: String::new(),
                stdout: String::new(),
                stderr: String::new(),
                exit: None,
                usage_only: false,
            });
            part = "stdout";
            continue;
        }
        if part == "after" {
            if line.starts_with('#') {
                comment = line.to_string();
            }
            continue;
        }
        let Some(step) = steps.last_mut() else { continue };
        match line {
            "--- stdin" => part = "stdin",
            "--- stdout" => part = "stdout",
            "--- stderr" => part = "stderr",
            line if line.starts_with("--- (usage text not kept)") => step.usage_only = true,
            line if line.starts_with("--- exit ") => {
                step.exit = line[9..].parse().ok();
                part = "after";
            }
            line => {
                let text = match part {
                    "stdin" => &mut step.stdin,
                    "stdout" => &mut step.stdout,
                    _ => &mut step.stderr,
                };
                *text += line;
                *text += "\n";
            }
        }
    }
    steps
}

/// Words as a shell cuts them, with single quotes.
pub fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut any) = (String::new(), false, false);
    for c in command.chars() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}
