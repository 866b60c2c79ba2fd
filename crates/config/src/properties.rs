//! Java's `.properties` format: reading as `java.util.Properties.load(InputStream)` does (ISO-8859-1, escapes,
//! continuations, three kinds of separators, a later line wins), with line numbers; and writing as `store` does.

use std::fmt::Write;

/// One key with its value, as it stands in a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Property {
    pub key: String,
    pub value: String,
    /// Number of the (first) line, from 1; 0 when it did not come from a file.
    pub line: u32,
}

impl std::fmt::Debug for Property {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (line {})", self.key, self.line)
    }
}

/// The entries of a file in its order, repetitions included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    pub entries: Vec<Property>,
}

/// The only thing that can be wrong in a properties file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: a \\u must be followed by four hexadecimal digits")]
pub struct PropertiesError {
    pub line: u32,
}

impl Properties {
    /// Reads a file as Java does: each byte is a character of ISO-8859-1.
    pub fn parse(bytes: &[u8]) -> Result<Properties, PropertiesError> {
        parse_chars(bytes.iter().map(|b| *b as char))
    }

    /// Reads text that is already decoded, as `Properties.load(Reader)` does.
    pub fn parse_str(text: &str) -> Result<Properties, PropertiesError> {
        parse_chars(text.chars())
    }

    /// The value that counts: the last one.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|e| e.key == key).map(|e| e.value.as_str())
    }

    pub fn push(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.entries.push(Property { key: key.into(), value: value.into(), line: 0 });
    }

    /// Text as `Properties.store` writes it, with each of `comments` as a line behind `#`; in the order of the entries.
    pub fn store(&self, comments: &[&str]) -> String {
        let mut out = String::new();
        for comment in comments {
            let _ = writeln!(out, "#{comment}");
        }
        for entry in &self.entries {
            escape(&entry.key, true, &mut out);
            out.push('=');
            escape(&entry.value, false, &mut out);
            out.push('\n');
        }
        out
    }

    /// A line for people: escapes only what would be read back differently.
    pub fn line(key: &str, value: &str) -> String {
        let mut line = String::new();
        escape(key, true, &mut line);
        line.push('=');
        for (i, c) in value.chars().enumerate() {
            match c {
                ' ' if i == 0 => line.push_str("\\ "),
                ':' | '=' | '#' | '!' => line.push(c),
                c => escape_char(c, &mut line),
            }
        }
        line
    }
}

fn escape(text: &str, is_key: bool, out: &mut String) {
    for (i, c) in text.chars().enumerate() {
        match c {
            ' ' if is_key || i == 0 => out.push_str("\\ "),
            '=' | ':' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => escape_char(c, out),
        }
    }
}

fn escape_char(c: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\u{c}' => out.push_str("\\f"),
        ' '..='~' => out.push(c),
        c => {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04X}");
            }
        }
    }
}

/// A logical line: comment lines are gone, continued lines are joined, escapes still stand.
struct Lines<I: Iterator<Item = char>> {
    chars: std::iter::Peekable<I>,
    line: u32,
}

impl<I: Iterator<Item = char>> Lines<I> {
    fn next_logical(&mut self) -> Option<(u32, Vec<char>)> {
        loop {
            let first = self.line;
            let (text, ended) = self.next_natural()?;
            if text.first().is_some_and(|c| matches!(c, '#' | '!')) || (text.is_empty() && !ended) {
                continue;
            }
            let mut logical = text;
            while ends_in_backslash(&logical) {
                logical.pop();
                match self.next_natural() {
                    Some((more, _)) => logical.extend(more),
                    None => break,
                }
            }
            if !logical.is_empty() {
                return Some((first, logical));
            }
            if ended {
                return None;
            }
        }
    }

    /// The next line of the file without leading white space, and whether the file ended with it. A comment line is not
    /// continued, which the caller sees by its first character.
    fn next_natural(&mut self) -> Option<(Vec<char>, bool)> {
        self.chars.peek()?;
        let mut text = Vec::new();
        while let Some(c) = self.chars.next() {
            match c {
                '\n' | '\r' => {
                    if c == '\r' && self.chars.peek() == Some(&'\n') {
                        self.chars.next();
                    }
                    self.line += 1;
                    return Some((text, false));
                }
                ' ' | '\t' | '\u{c}' if text.is_empty() => {}
                c => text.push(c),
            }
        }
        Some((text, true))
    }
}

fn ends_in_backslash(text: &[char]) -> bool {
    text.iter().rev().take_while(|c| **c == '\\').count() % 2 == 1
}

fn parse_chars(chars: impl Iterator<Item = char>) -> Result<Properties, PropertiesError> {
    let mut lines = Lines { chars: chars.peekable(), line: 1 };
    let mut properties = Properties::default();
    while let Some((line, text)) = lines.next_logical() {
        let (key, value) = split(&text);
        let key = unescape(key, line)?;
        let value = unescape(value, line)?;
        properties.entries.push(Property { key, value, line });
    }
    Ok(properties)
}

/// The key ends at the first `=`, `:` or white space that is not escaped; around the separator white space is skipped.
fn split(text: &[char]) -> (&[char], &[char]) {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\u{c}');
    let mut escaped = false;
    let mut end = text.len();
    for (i, c) in text.iter().enumerate() {
        if !escaped && (matches!(c, '=' | ':') || is_space(*c)) {
            end = i;
            break;
        }
        escaped = *c == '\\' && !escaped;
    }
    let (key, rest) = text.split_at(end);
    let skip = |rest: &[char]| rest.iter().take_while(|c| is_space(**c)).count();
    let rest = &rest[skip(rest)..];
    let rest = match rest.first() {
        Some('=' | ':') => &rest[1 + skip(&rest[1..])..],
        _ => rest,
    };
    (key, rest)
}

fn unescape(text: &[char], line: u32) -> Result<String, PropertiesError> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut chars = text.iter();
    let mut buffer = [0u16; 2];
    while let Some(c) = chars.next() {
        let c = match (*c, c) {
            ('\\', _) => match chars.next() {
                Some('u') => {
                    let mut unit = 0u32;
                    for _ in 0..4 {
                        let digit = chars.next().and_then(|c| c.to_digit(16)).ok_or(PropertiesError { line })?;
                        unit = unit << 4 | digit;
                    }
                    units.push(unit as u16);
                    continue;
                }
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some(other) => *other,
                None => continue,
            },
            (c, _) => c,
        };
        units.extend_from_slice(c.encode_utf16(&mut buffer));
    }
    Ok(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        Properties::parse(text.as_bytes()).unwrap().entries.into_iter().map(|e| (e.key, e.value)).collect()
    }

    #[test]
    fn lines_are_read_as_java_reads_them() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("a=b", &[("a", "b")]),
            ("a = b ", &[("a", "b ")]),
            ("a:b\na b\n a\tb", &[("a", "b"), ("a", "b"), ("a", "b")]),
            ("a : = b", &[("a", "= b")]),
            ("a", &[("a", "")]),
            ("=v", &[("", "v")]),
            ("# c\n! d\n\n   # e\nx=1", &[("x", "1")]),
            ("#c \\\nx=1", &[("x", "1")]),
            ("a=b\\\n    c\\\n  d", &[("a", "bcd")]),
            ("a=b\\\n#c", &[("a", "b#c")]),
            ("a=b\\\\\nc=d", &[("a", "b\\"), ("c", "d")]),
            ("a\\ b\\=\\:c=d", &[("a b=:c", "d")]),
            ("p=C:\\\\x\\ty\\q", &[("p", "C:\\x\tyq")]),
            ("u=\\u00e4\\uD83D\\uDE00", &[("u", "ä😀")]),
            ("a=1\r\nb=2\rc=3", &[("a", "1"), ("b", "2"), ("c", "3")]),
            ("a=b\\", &[("a", "b")]),
            ("a=b#c", &[("a", "b#c")]),
            ("\\\na=b", &[("a", "b")]),
            ("a=b\\\n\nc=d", &[("a", "b"), ("c", "d")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            assert_eq!(pairs(text), expected, "{text:?}");
        }
        assert_eq!(Properties::parse(b"a=\xe4").unwrap().get("a"), Some("ä"));
    }

    #[test]
    fn lines_are_counted_and_the_last_wins() {
        let properties = Properties::parse(b"# x\n\na=1\\\n 2\nb=3\na=4").unwrap();
        assert_eq!(properties.entries.iter().map(|e| e.line).collect::<Vec<_>>(), [3, 5, 6]);
        assert_eq!(properties.get("a"), Some("4"));
        assert_eq!(Properties::parse(b"\na=\\u12x4"), Err(PropertiesError { line: 2 }));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut properties = Properties::default();
        for (key, value) in [("a b", " x=y:z"), ("ä#!", "tab\t\u{1F600}\\n"), ("p", "C:\\dir"), ("e", "")] {
            properties.push(key, value);
        }
        let text = properties.store(&["", "Sat"]);
        assert!(text.starts_with("#\n#Sat\na\\ b=\\ x\\=y\\:z\n"), "{text}");
        let read = Properties::parse(text.as_bytes()).unwrap();
        let plain = |p: &Properties| p.entries.iter().map(|e| (e.key.clone(), e.value.clone())).collect::<Vec<_>>();
        assert_eq!(plain(&read), plain(&properties));
        let lines: String = properties.entries.iter().map(|e| Properties::line(&e.key, &e.value) + "\n").collect();
        assert_eq!(plain(&Properties::parse(lines.as_bytes()).unwrap()), plain(&properties));
    }

    #[test]
    fn values_do_not_show_in_debug() {
        let properties = Properties::parse(b"ssl.key.password=hush").unwrap();
        assert!(!format!("{properties:?}").contains("hush"));
    }
}
