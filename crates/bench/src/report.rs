//! The Markdown report: where and with what it was measured, the table, and what failed or was left out.

use crate::broker::Kind;
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
    pub before: Vec<Figure>,
    pub floor: Vec<Figure>,
    pub kafka: Vec<Figure>,
    /// Groups that failed, by broker, with the error.
    pub failed: Vec<String>,
    /// Groups that this machine cannot measure.
    pub skipped: Vec<String>,
}

impl Results {
    /// Where the figures of a kind of broker belong; one of each measure and round.
    pub fn figures_of(&mut self, kind: &Kind) -> &mut Vec<Figure> {
        match kind {
            Kind::Ottla(_) => &mut self.ottla,
            Kind::Before(_) => &mut self.before,
            Kind::Floor => &mut self.floor,
            Kind::Kafka(_) => &mut self.kafka,
        }
    }

    fn row(&self, group: &Group, measure: &Measure) -> Row {
        let of = |figures: &[Figure]| {
            let of_measure = figures.iter().filter(|figure| (figure.group, figure.id) == (group.name, measure.id));
            Spread::of(of_measure.map(|figure| figure.value).collect())
        };
        Row { ottla: of(&self.ottla), before: of(&self.before), floor: of(&self.floor), kafka: of(&self.kafka) }
    }
}

/// What one measure gave on each kind of broker.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    ottla: Option<Spread>,
    before: Option<Spread>,
    floor: Option<Spread>,
    kafka: Option<Spread>,
}

/// The values of several rounds.
#[derive(Debug, Clone, Copy)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Spread> {
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let lower = values.get((values.len() - 1) / 2)?;
        let upper = values.get(values.len() / 2)?;
        Some(Spread { least, median: (lower + upper) / 2.0, most })
    }

    fn text(self) -> String {
        match self.least == self.most {
            true => number(self.median),
            false => format!("{} ({}-{})", number(self.median), number(self.least), number(self.most)),
        }
    }
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
        "\n| measure | unit | Ottla | before | floor | Apache Kafka | x Kafka | x before | goal (aim) | met |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for group in groups {
        for measure in group.measures {
            text.extend(line(measure, &results.row(group, measure)));
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
fn line(measure: &Measure, row: &Row) -> Option<String> {
    let show = |spread: Option<Spread>| spread.map_or("-".into(), Spread::text);
    let all = [row.ottla, row.before, row.floor, row.kafka];
    if all.iter().all(Option::is_none) {
        return None;
    }
    let [ottla, before, _, kafka] = all.map(|spread| spread.map(|spread| spread.median));
    let ratio = |of: Option<f64>| match (ottla, of) {
        (Some(ottla), Some(of)) if of > 0.0 => format!("{:.3}", ottla / of),
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
    let figures = all.map(show).join(" | ");
    Some(format!("| {title} | {unit} | {figures} | {} | {} | {goal} | {met} |\n", ratio(kafka), ratio(before)))
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

    fn row(ottla: &[f64], before: &[f64], floor: &[f64], kafka: &[f64]) -> Row {
        let of = |values: &[f64]| Spread::of(values.to_vec());
        Row { ottla: of(ottla), before: of(before), floor: of(floor), kafka: of(kafka) }
    }

    #[test]
    fn a_line_shows_figures_ratios_and_goal() {
        let cpu = Measure::at_most("cpu", "produce", "s", 0.40, 0.30);
        let cases = [
            (
                row(&[0.5], &[], &[], &[2.0]),
                "0.500 | - | - | 2.000 | 0.250 | - | <= 0.40 x (<= 0.30 x) | yes, the aim too",
            ),
            (
                row(&[0.7], &[0.7], &[], &[2.0]),
                "0.700 | 0.700 | - | 2.000 | 0.350 | 1.000 | <= 0.40 x (<= 0.30 x) | yes",
            ),
            (row(&[2.0], &[], &[1.0], &[2.0]), "2.000 | - | 1.000 | 2.000 | 1.000 | - | <= 0.40 x (<= 0.30 x) | no"),
            (row(&[120.0], &[], &[], &[]), "120 | - | - | - | - | - | <= 0.40 x (<= 0.30 x) | -"),
            (
                row(&[3.0, 1.0, 2.0], &[], &[], &[]),
                "2.000 (1.000-3.000) | - | - | - | - | - | <= 0.40 x (<= 0.30 x) | -",
            ),
        ];
        for (row, expected) in cases {
            assert_eq!(line(&cpu, &row), Some(format!("| produce | s | {expected} |\n")));
        }
        assert_eq!(line(&cpu, &Row::default()), None);
    }
}
