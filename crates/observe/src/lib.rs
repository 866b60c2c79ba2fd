//! Metrics: each is declared once, with its name, kind and help; the text that Prometheus reads is made at the scrape.

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

    /// Adds a metric with its samples: labels (name, value) and the number.
    pub fn metric<'a>(&mut self, metric: Metric, samples: impl IntoIterator<Item = (Vec<(&'a str, String)>, f64)>) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let (name, help) = (metric.name, metric.help);
        // Writing to a String cannot fail.
        let _ = write!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            self.out.push_str(name);
            for (i, (label, text)) in labels.iter().enumerate() {
                let _ = write!(self.out, "{}{label}=\"{}\"", if i == 0 { '{' } else { ',' }, escaped(text));
            }
            if !labels.is_empty() {
                self.out.push('}');
            }
            let _ = writeln!(self.out, " {value}");
        }
    }

    /// Adds a metric with one sample and no labels.
    pub fn single(&mut self, metric: Metric, value: f64) {
        self.metric(metric, [(Vec::new(), value)]);
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

    #[test]
    fn samples_are_prometheus_text() {
        let mut text = Text::new();
        let metric = Metric { name: "a_total", kind: Kind::Counter, help: "How many." };
        text.metric(metric, [(vec![("t", "x\"y".to_owned()), ("p", "0".to_owned())], 3.0)]);
        assert_eq!(
            text.finish(),
            "# HELP a_total How many.\n# TYPE a_total counter\na_total{t=\"x\\\"y\",p=\"0\"} 3\n"
        );
    }
}
