//! The table of scenarios: on the screen, and as `docs/diff.md`.

use super::golden::Deviation;
use super::{KAFKA_VERSION, Verdict};
use crate::error::{During, TaskError};
use crate::place;
use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// Prints a row a scenario, and the sum.
pub fn print(verdicts: &[Verdict]) {
    let width = verdicts.iter().map(|verdict| verdict.name.len()).max().unwrap_or(0).max(8);
    println!("\n{:width$}  steps  equal  accepted  unlisted  other text", "scenario");
    for v in verdicts.iter().chain(std::iter::once(&sum(verdicts))) {
        let (name, unlisted) = (&v.name, v.steps - v.equal - v.accepted);
        println!("{name:width$}  {:5}  {:5}  {:8}  {unlisted:8}  {:10}", v.steps, v.equal, v.accepted, v.messages);
    }
}

fn sum(verdicts: &[Verdict]) -> Verdict {
    let total = |count: fn(&Verdict) -> usize| verdicts.iter().map(count).sum();
    Verdict {
        name: "all".to_owned(),
        steps: total(|v| v.steps),
        equal: total(|v| v.equal),
        accepted: total(|v| v.accepted),
        messages: total(|v| v.messages),
        failures: Vec::new(),
    }
}

/// Writes the page.
pub fn write(verdicts: &[Verdict], deviations: &[Deviation]) -> Result<(), TaskError> {
    let file = place::root().join("docs/diff.md");
    std::fs::write(&file, page(verdicts, deviations, &today())).during(format!("write {}", file.display()))
}

fn page(verdicts: &[Verdict], deviations: &[Deviation], date: &str) -> String {
    let mut text = format!(
        "# Ottla and Apache Kafka, answer by answer\n\n\
         Written by `cargo xtask diff --table`; the scenarios and their notation are in `interop/diff`.\n\n\
         {date}, Ottla {} against the answers of Apache Kafka {KAFKA_VERSION}. A step is one request. Compared is every\n\
         field of the answer but clocks, random ids, ports and folders; \"other text\" counts steps whose error message is\n\
         worded differently, which is no difference for clients.\n\n\
         | scenario | steps | equal | accepted | unlisted | other text |\n|---|---|---|---|---|---|\n",
        env!("CARGO_PKG_VERSION")
    );
    for v in verdicts.iter().chain(std::iter::once(&sum(verdicts))) {
        let unlisted = v.steps - v.equal - v.accepted;
        let _infallible =
            writeln!(text, "| {} | {} | {} | {} | {unlisted} | {} |", v.name, v.steps, v.equal, v.accepted, v.messages);
    }
    text.push_str("\n## Accepted differences\n\n| scenario | step | field | reason |\n|---|---|---|---|\n");
    for d in deviations {
        let cell = |text: &str| text.replace('|', "\\|");
        let _infallible =
            writeln!(text, "| {} | {} | `{}` | {} |", d.scenario, cell(&d.step), cell(&d.path), cell(&d.reason));
    }
    text
}

/// The date in UTC.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(i64::try_from(seconds / 86_400).unwrap_or(0));
    format!("{year}-{month:02}-{day:02}")
}

/// Year, month and day of the days since 1970, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin in March, so that the leap day is the last of a year.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let want = [(0, (1970, 1, 1)), (19_782, (2024, 2, 29)), (20_778, (2026, 11, 21))];
        want.iter().for_each(|(days, date)| assert_eq!(civil(*days), *date));
    }
}
