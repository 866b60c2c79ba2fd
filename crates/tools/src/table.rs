//! Columns of text that are as wide as their widest value, but not narrower than Kafka's formats make them.

/// Rows under a header. Cells are left-aligned, padded to the widths and separated by one blank.
pub struct Table {
    widths: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Minimum widths; 0 for a last column that is not padded.
    pub fn new(widths: &[usize], header: &[&str]) -> Table {
        let mut table = Table { widths: widths.to_vec(), rows: Vec::new() };
        table.push(header.iter().map(|cell| cell.to_string()).collect());
        table
    }

    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Widens a column to its widest value, the header aside.
    pub fn fit(mut self, columns: &[usize]) -> Table {
        for column in columns {
            let widest = self.rows.iter().skip(1).filter_map(|row| row.get(*column)).map(|cell| cell.chars().count());
            let widest = widest.max().unwrap_or(0);
            if let Some(width) = self.widths.get_mut(*column) {
                *width = (*width).max(widest);
            }
        }
        self
    }

    pub fn lines(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| {
                let cells = row.iter().zip(&self.widths).map(|(cell, width)| format!("{cell:<width$}"));
                cells.collect::<Vec<_>>().join(" ")
            })
            .collect()
    }
}
