//! Results of suites, and the table at the end.

use crate::diff::today;
use crate::error::{During, TaskError};
use crate::place;

/// How one suite went.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SuiteResult {
    pub name: String,
    pub version: String,
    pub passed: u32,
    /// What failed, with the reason.
    pub failures: Vec<String>,
    /// What could not run, with the reason.
    pub skips: Vec<String>,
    pub seconds: f64,
}

impl SuiteResult {
    /// An empty result.
    pub fn new(name: &str) -> SuiteResult {
        SuiteResult { name: name.to_owned(), ..SuiteResult::default() }
    }

    /// Takes one line of a suite's output: `ok NAME`, `not ok NAME: REASON`, `skip NAME: REASON` or `# version TEXT`.
    pub fn take_line(&mut self, line: &str) {
        if line.starts_with("ok ") {
            self.passed += 1;
        } else if let Some(what) = line.strip_prefix("not ok ") {
            self.failures.push(what.to_owned());
        } else if let Some(what) = line.strip_prefix("skip ") {
            self.skips.push(what.to_owned());
        } else if let Some(version) = line.strip_prefix("# version ") {
            self.version = version.trim().to_owned();
        }
    }

    /// Counts a check of the task itself.
    pub fn check(&mut self, name: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failures.push(format!("{name}: {reason}")),
        }
    }

    fn verdict(&self) -> &'static str {
        match (self.failures.is_empty(), self.passed, self.skips.is_empty()) {
            (false, _, _) => "FAILED",
            (true, 0, false) => "skipped",
            (true, _, false) => "passed, some skipped",
            (true, _, true) => "passed",
        }
    }
}

/// Prints the table and the last line; says whether nothing failed.
pub fn print(results: &[SuiteResult]) -> bool {
    let header = ["client", "version", "tests", "seconds", "result"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(header).chain(results.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    println!();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        println!("{}", cells.join("  ").trim_end());
    }
    for result in results {
        result.failures.iter().for_each(|failure| println!("\nFAILED {}: {failure}", result.name));
        result.skips.iter().for_each(|skip| println!("skipped {}: {skip}", result.name));
    }
    println!("\n{}", last_line(results));
    results.iter().all(|result| result.failures.is_empty())
}

fn row(result: &SuiteResult) -> [String; 5] {
    let tests = result.passed as usize + result.failures.len() + result.skips.len();
    let seconds = format!("{:.1}", result.seconds);
    [result.name.clone(), result.version.clone(), tests.to_string(), seconds, result.verdict().to_owned()]
}

/// Replaces the table at the end of `docs/interop.md`, with its date.
///
/// # Errors
/// The file cannot be read or written, or does not have the line before its table.
pub fn write_table(results: &[SuiteResult]) -> Result<(), TaskError> {
    const LAST_LINE: &str = "`cargo xtask test --interop --table`, ";
    let path = place::root().join("docs/interop.md");
    let text = std::fs::read_to_string(&path).during("read docs/interop.md")?;
    let Some(at) = text.find(LAST_LINE) else {
        return Err(TaskError::Usage(format!("docs/interop.md has no line that begins with: {LAST_LINE}")));
    };
    let mut page = format!("{}{LAST_LINE}{}:\n\n", &text[..at], today());
    page.push_str("| suite | version | passed | seconds |\n|---|---|---|---|\n");
    for result in results {
        let [name, version, tests, seconds, _] = row(result);
        page.push_str(&format!("| {name} | {version} | {} of {tests} | {seconds} |\n", result.passed));
    }
    std::fs::write(&path, page).during("write docs/interop.md")
}

fn last_line(results: &[SuiteResult]) -> String {
    let passed: u32 = results.iter().map(|result| result.passed).sum();
    let failed: usize = results.iter().map(|result| result.failures.len()).sum();
    let skipped: usize = results.iter().map(|result| result.skips.len()).sum();
    match skipped {
        0 => format!("{passed} passed, {failed} failed"),
        _ => format!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_suite_are_counted() {
        let mut result = SuiteResult::new("x");
        for line in ["# version 1.2", "ok a", "ok b", "not ok c: no", "skip d: why", "noise", "okay"] {
            result.take_line(line);
        }
        assert_eq!((result.passed, result.version.as_str()), (2, "1.2"));
        assert_eq!(
            (result.failures.as_slice(), result.skips.as_slice()),
            (&["c: no".to_owned()][..], &["d: why".to_owned()][..])
        );
        assert_eq!(last_line(&[result.clone(), result]), "4 passed, 2 failed, 2 skipped");
    }

    #[test]
    fn without_skips_the_last_line_names_none() {
        assert_eq!(last_line(&[SuiteResult { passed: 3, ..SuiteResult::default() }]), "3 passed, 0 failed");
    }
}
