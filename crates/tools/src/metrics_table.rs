//! `--print-metrics`: a client's metrics as a table of names and values, sorted by name.

use crate::io::Io;
use client::{Metric, MetricValue};

/// Prints the table; nothing where there are no metrics.
pub(crate) fn print(metrics: &[Metric], io: &mut Io) {
    let mut rows: Vec<(String, String)> = metrics.iter().map(|metric| (name(metric), value(&metric.value))).collect();
    rows.sort();
    let Some(width) = rows.iter().map(|(name, _)| name.len()).max() else { return };
    io.say(format!("\n{:<width$}   Value", "Metric Name"));
    rows.iter().for_each(|(name, value)| io.say(format!("{name:<width$} : {value}")));
}

fn name(metric: &Metric) -> String {
    let tags: Vec<String> = metric.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}:{}:{{{}}}", metric.group, metric.name, tags.join(", "))
}

fn value(value: &MetricValue) -> String {
    match value {
        MetricValue::Number(number) => format!("{number:.3}"),
        MetricValue::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_numbers_have_three_digits() {
        let metric = |name: &str, tags: &[(&'static str, &str)], value| Metric {
            group: "g".into(),
            name: name.into(),
            tags: tags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            value,
        };
        let metrics = [
            metric("b", &[("client-id", "c"), ("topic", "t")], MetricValue::Number(f64::NAN)),
            metric("b", &[("client-id", "c")], MetricValue::Number(1.5)),
            metric("a", &[("client-id", "c")], MetricValue::Text("4.3.1".into())),
        ];
        let (mut io, out, _) = Io::captured(b"");
        print(&metrics, &mut io);
        print(&[], &mut io);
        drop(io);
        let expected = [
            "",
            "Metric Name                   Value",
            "g:a:{client-id=c}           : 4.3.1",
            "g:b:{client-id=c, topic=t}  : NaN",
            "g:b:{client-id=c}           : 1.500",
        ];
        let shown: Vec<String> = out.text().lines().map(str::to_owned).collect();
        assert_eq!(shown.len(), expected.len(), "{shown:?}");
        for (line, expected) in shown.iter().zip(expected) {
            let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(line), words(expected));
        }
        assert!(shown[2].len() < shown[3].len() + 3 && shown[3].starts_with("g:b:{client-id=c, topic=t} : "));
    }
}
