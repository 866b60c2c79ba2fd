//! Metrics: each is declared once, with its name, kind and help; the text that Prometheus reads is made at the scrape.

pub mod rows;

use std::fmt::Write;

/// What a number means over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
}

/// A metric's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    /// Names of the labels of each sample.
    pub labels: &'static [&'static str],
}

/// Collects samples into the text format of Prometheus (version 0.0.4).
#[derive(Debug, Default)]
pub struct Text {
    out: String,
}

impl Text {
    pub fn new() -> Text {
        Text::default()
    }

    /// Adds a metric with its samples: one value for each of its labels, and the number.
    pub fn metric<const N: usize>(&mut self, metric: Metric, samples: impl IntoIterator<Item = ([String; N], f64)>) {
        debug_assert_eq!(metric.labels.len(), N, "{}", metric.name);
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let (name, help) = (metric.name, metric.help);
        // Writing to a String cannot fail.
        let _ = write!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (values, number) in samples {
            self.out.push_str(name);
            for (i, (label, value)) in metric.labels.iter().zip(&values).enumerate() {
                let _ = write!(self.out, "{}{label}=\"{}\"", if i == 0 { '{' } else { ',' }, escaped(value));
            }
            if N > 0 {
                self.out.push('}');
            }
            let _ = writeln!(self.out, " {number}");
        }
    }

    /// Adds a metric with one sample and no labels.
    pub fn single(&mut self, metric: Metric, number: f64) {
        self.metric(metric, [([], number)]);
    }

    pub fn finish(self) -> String {
        self.out
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn samples_are_prometheus_text() {
        let mut text = Text::new();
        let metric = Metric { name: "a_total", kind: Kind::Counter, help: "How many.", labels: &["t", "p"] };
        text.metric(metric, [(["x\"y".to_owned(), "0".to_owned()], 3.0)]);
        assert_eq!(
            text.finish(),
            "# HELP a_total How many.\n# TYPE a_total counter\na_total{t=\"x\\\"y\",p=\"0\"} 3\n"
        );
    }

    /// Whether a name is one by Prometheus' data model; labels have no colons.
    fn is_name(name: &str) -> bool {
        let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
        name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit())
    }

    #[test]
    fn every_row_is_valid_and_there_once() {
        let names: BTreeSet<&str> = rows::ALL.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), rows::ALL.len());
        for metric in rows::ALL {
            let name = metric.name;
            assert!(is_name(name) && name.starts_with("ottla_"), "{name}");
            assert_eq!(name.ends_with("_total"), metric.kind == Kind::Counter, "{name}");
            assert!(metric.help.ends_with('.') && !metric.help.contains(['\n', '\\']), "{name}");
            assert!(metric.labels.iter().all(|label| is_name(label) && !label.starts_with("__")), "{name}");
        }
    }
}
