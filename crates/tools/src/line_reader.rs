//! Lines to records, as Kafka's `LineMessageReader` does it: `headers<TAB>key<TAB>value`, each part if asked for.

use crate::failure::Failure;
use client::ProducerRecord;

/// How lines are cut.
#[derive(Debug, Clone)]
pub struct LineReader {
    pub topic: String,
    parse_key: bool,
    parse_headers: bool,
    ignore_error: bool,
    key_separator: String,
    headers_delimiter: String,
    headers_separator: String,
    headers_key_separator: String,
    null_marker: Option<String>,
    line_number: u64,
}

impl LineReader {
    /// From reader properties, later ones win.
    pub fn new(topic: &str, properties: &[(String, String)]) -> Result<LineReader, Failure> {
        let get = |key: &str| properties.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.clone());
        let is = |key: &str| get(key).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        let or = |key: &str, default: &str| get(key).unwrap_or_else(|| default.to_string());
        let reader = LineReader {
            topic: topic.to_string(),
            parse_key: is("parse.key"),
            parse_headers: is("parse.headers"),
            ignore_error: is("ignore.error"),
            key_separator: or("key.separator", "\t"),
            headers_delimiter: or("headers.delimiter", "\t"),
            headers_separator: or("headers.separator", ","),
            headers_key_separator: or("headers.key.separator", ":"),
            null_marker: get("null.marker"),
            line_number: 0,
        };
        let different = |a: &str, b: &str, names: &str| match a == b {
            true => Err(Failure::new(format!("{names} may not be equal"))),
            false => Ok(()),
        };
        if reader.parse_headers {
            different(&reader.headers_delimiter, &reader.headers_separator, "headers.delimiter and headers.separator")?;
            different(
                &reader.headers_delimiter,
                &reader.headers_key_separator,
                "headers.delimiter and headers.key.separator",
            )?;
            different(
                &reader.headers_separator,
                &reader.headers_key_separator,
                "headers.separator and headers.key.separator",
            )?;
        }
        Ok(reader)
    }

    /// The record of the next line (without its end).
    pub fn record(&mut self, line: &[u8]) -> Result<ProducerRecord, Failure> {
        self.line_number += 1;
        let mut rest = line;
        let mut record = ProducerRecord { topic: self.topic.clone(), ..ProducerRecord::default() };
        if self.parse_headers
            && let Some(headers) = self.cut(&mut rest, &self.headers_delimiter, "headers delimiter", line)?
            && !self.is_null(headers)
        {
            record.headers = self.headers(headers)?;
        }
        if self.parse_key
            && let Some(key) = self.cut(&mut rest, &self.key_separator, "key separator", line)?
        {
            record.key = self.nullable(key);
        }
        record.value = self.nullable(rest);
        Ok(record)
    }

    /// Takes what stands before a separator; `None` if it is missing and errors are ignored.
    fn cut<'a>(
        &self,
        rest: &mut &'a [u8],
        separator: &str,
        what: &str,
        line: &[u8],
    ) -> Result<Option<&'a [u8]>, Failure> {
        let separator = separator.as_bytes();
        let place = rest.windows(separator.len().max(1)).position(|window| window == separator);
        match place {
            Some(place) => {
                let (head, tail) = rest.split_at(place);
                *rest = tail.get(separator.len()..).unwrap_or_default();
                Ok(Some(head))
            }
            None if self.ignore_error => Ok(None),
            None => {
                let line = String::from_utf8_lossy(line);
                Err(Failure::new(format!("No {what} found on line number {}: '{line}'", self.line_number)))
            }
        }
    }

    fn headers(&self, text: &[u8]) -> Result<Vec<(String, Option<Vec<u8>>)>, Failure> {
        let text = String::from_utf8_lossy(text);
        let mut headers = Vec::new();
        for pair in text.split(&self.headers_separator) {
            match pair.split_once(&self.headers_key_separator) {
                Some((key, value)) => {
                    if self.is_null(key.as_bytes()) {
                        let number = self.line_number;
                        let message = format!(
                            "Header keys should not be equal to the null marker '{key}' as they can't be null (line number {number})"
                        );
                        return Err(Failure::new(message));
                    }
                    headers.push((key.to_string(), self.nullable(value.as_bytes())));
                }
                None if self.ignore_error => headers.push((pair.to_string(), None)),
                None => {
                    return Err(Failure::new(format!(
                        "No header key separator found in pair '{pair}' on line number {}",
                        self.line_number
                    )));
                }
            }
        }
        Ok(headers)
    }

    fn is_null(&self, text: &[u8]) -> bool {
        self.null_marker.as_ref().is_some_and(|marker| marker.as_bytes() == text)
    }

    fn nullable(&self, text: &[u8]) -> Option<Vec<u8>> {
        (!self.is_null(text)).then(|| text.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(properties: &[(&str, &str)]) -> LineReader {
        let owned: Vec<_> = properties.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        LineReader::new("t", &owned).unwrap()
    }

    fn shown(record: &ProducerRecord) -> String {
        let text = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().map_or("-".into(), |bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let headers: Vec<String> = record.headers.iter().map(|(k, v)| format!("{k}={}", text(v))).collect();
        format!("[{}] {} {}", headers.join(" "), text(&record.key), text(&record.value))
    }

    #[test]
    fn lines_are_cut_as_the_properties_say() {
        let all = &[("parse.key", "true"), ("parse.headers", "true"), ("null.marker", "NULL")][..];
        let cases: &[(&[(&str, &str)], &str, &str)] = &[
            (&[], "a\tb", "[] - a\tb"),
            (&[("parse.key", "true")], "k\tv\tw", "[] k v\tw"),
            (&[("parse.key", "true"), ("key.separator", "::")], "k::v", "[] k v"),
            (&[("parse.key", "true"), ("ignore.error", "true")], "v", "[] - v"),
            (all, "h1:v1,h2:NULL\tk\tv", "[h1=v1 h2=-] k v"),
            (all, "NULL\tNULL\tNULL", "[] - -"),
        ];
        for (properties, line, expected) in cases {
            assert_eq!(shown(&reader(properties).record(line.as_bytes()).unwrap()), *expected, "{line:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_the_line() {
        let mut keyed = reader(&[("parse.key", "true"), ("key.separator", ":")]);
        keyed.record(b"k4:val4").unwrap();
        assert_eq!(keyed.record(b"nokey").unwrap_err().message, "No key separator found on line number 2: 'nokey'");
        let mut headers = reader(&[("parse.key", "true"), ("parse.headers", "true")]);
        headers.record(b"h:v\tk\tv").unwrap();
        let error = headers.record(b"\tk2\tval2").unwrap_err();
        assert_eq!(error.message, "No header key separator found in pair '' on line number 2");
    }
}
