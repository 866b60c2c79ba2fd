//! The Markdown report: where and with what it was measured, the table, and what failed or was left out.

use crate::measure::{Goal, Group, Measure};
use crate::session::Figure;
use std::fmt::Write;

/// What the reader has to know to judge the figures.
#[derive(Debug, Default)]
pub struct Setting {
    pub date: String,
    pub quick: bool,
    /// One line each: programs with versions, machine.
    pub lines: Vec<String>,
}

/// Everything that a run found.
#[derive(Debug, Default)]
pub struct Results {
    pub ottla: Vec<Figure>,
    pub kafka: Vec<Figure>,
    /// Groups that failed, by broker, with the error.
    pub failed: Vec<String>,
    /// Groups that this machine cannot measure.
    pub skipped: Vec<String>,
}

pub fn markdown(setting: &Setting, groups: &[Group], results: &Results) -> String {
    let mut text = String::new();
    let form = if setting.quick { "quick: a fraction of the load and of the warm-up" } else { "full" };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "## {}, {form}\n", setting.date);
    for line in &setting.lines {
        let _ = writeln!(text, "- {line}");
    }
    text.push_str(
        "\n| measure | unit | Ottla | Apache Kafka | ratio | goal (aim) | met |\n|---|---|---|---|---|---|---|\n",
    );
    for group in groups {
        for measure in group.measures {
            let find = |figures: &[Figure]| {
                figures.iter().find(|figure| (figure.group, figure.id) == (group.name, measure.id)).map(|f| f.value)
            };
            text.extend(line(measure, find(&results.ottla), find(&results.kafka)));
        }
    }
    for (title, lines) in [("Failed", &results.failed), ("Skipped", &results.skipped)] {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{title}:");
        }
        for line in lines {
            let _ = writeln!(text, "- {line}");
        }
    }
    text
}

/// One line of the table; none where nothing was measured.
fn line(measure: &Measure, ottla: Option<f64>, kafka: Option<f64>) -> Option<String> {
    if ottla.is_none() && kafka.is_none() {
        return None;
    }
    let show = |value: Option<f64>| value.map_or("-".into(), number);
    let ratio = match (ottla, kafka) {
        (Some(ottla), Some(kafka)) if kafka > 0.0 => format!("{:.3}", ottla / kafka),
        _ => "-".into(),
    };
    let goal = match (measure.reach, measure.aim) {
        (reach, Goal::None) => reach.text(),
        (reach, aim) => format!("{} ({})", reach.text(), aim.text()),
    };
    let met = match ottla.map(|ottla| (measure.reach.met(ottla, kafka), measure.aim.met(ottla, kafka))) {
        Some((Some(true), Some(true))) => "yes, the aim too",
        Some((Some(true), _)) => "yes",
        Some((Some(false), _)) => "no",
        Some((None, _)) | None => "-",
    };
    let (title, unit) = (measure.title, measure.unit);
    Some(format!("| {title} | {unit} | {} | {} | {ratio} | {goal} | {met} |\n", show(ottla), show(kafka)))
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_figures_ratio_and_goal() {
        let cpu = Measure::at_most("cpu", "produce", "CPU s/GB", 0.40, 0.30);
        let cases = [
            (
                Some(0.5),
                Some(2.0),
                "| produce | CPU s/GB | 0.500 | 2.000 | 0.250 | <= 0.40 x (<= 0.30 x) | yes, the aim too |\n",
            ),
            (Some(0.7), Some(2.0), "| produce | CPU s/GB | 0.700 | 2.000 | 0.350 | <= 0.40 x (<= 0.30 x) | yes |\n"),
            (Some(2.0), Some(2.0), "| produce | CPU s/GB | 2.000 | 2.000 | 1.000 | <= 0.40 x (<= 0.30 x) | no |\n"),
            (Some(120.0), None, "| produce | CPU s/GB | 120 | - | - | <= 0.40 x (<= 0.30 x) | - |\n"),
            (None, Some(12.0), "| produce | CPU s/GB | - | 12.0 | - | <= 0.40 x (<= 0.30 x) | - |\n"),
        ];
        for (ottla, kafka, expected) in cases {
            assert_eq!(line(&cpu, ottla, kafka).as_deref(), Some(expected));
        }
        assert_eq!(line(&cpu, None, None), None);
    }
}
