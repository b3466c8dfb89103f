//! What goes to the standard output: JSON for programs, a table for people.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

/// How a command is to print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Table,
}

/// A row that people read in columns. Its `Serialize` is what programs read.
pub(crate) trait Row: Serialize {
    /// The heads of the columns.
    const COLUMNS: &'static [&'static str];
    /// One cell for each column; missing values are "–".
    fn cells(&self) -> Vec<String>;
}

/// Prints a list.
pub(crate) fn list<R: Row>(format: Format, rows: &[R]) -> io::Result<()> {
    match format {
        Format::Json => json(&rows),
        Format::Table => table(R::COLUMNS, rows.iter().map(Row::cells)),
    }
}

/// Prints a list that is made while it is printed: 50,000 rows are never there at once. A table takes two rounds, the first
/// of which finds the widths.
pub(crate) fn stream<R: Row>(format: Format, rows: impl Iterator<Item = R> + Clone) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
        Format::Json => {
            serde_json::Serializer::pretty(&mut out).collect_seq(rows)?;
            writeln!(out)?;
        }
        Format::Table => {
            let mut widths: Vec<usize> = R::COLUMNS.iter().map(|head| head.chars().count()).collect();
            for row in rows.clone() {
                for (width, cell) in widths.iter_mut().zip(row.cells()) {
                    *width = (*width).max(cell.chars().count());
                }
            }
            write_row(&mut out, R::COLUMNS.iter().map(|head| head.to_uppercase()), &widths)?;
            for row in rows {
                write_row(&mut out, row.cells().iter().map(|cell| on_one_line(cell)), &widths)?;
            }
        }
    }
    out.flush()
}

/// Prints one thing: as a JSON object, or as a list of its columns with their values.
pub(crate) fn one<R: Row>(format: Format, row: &R) -> io::Result<()> {
    match format {
        Format::Json => json(row),
        Format::Table => {
            let lines =
                R::COLUMNS.iter().zip(row.cells()).map(|(column, cell)| vec![(*column).to_owned(), cell]);
            table(&[], lines)
        }
    }
}

/// Prints one line of text as it is, for what another program takes over.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush()
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    let rows: Vec<Vec<String>> =
        rows.map(|cells| cells.iter().map(|cell| on_one_line(cell)).collect()).collect();
    let columns = rows.first().map_or(heads.len(), Vec::len);
    let width = |c: usize| {
        let cells = rows.iter().filter_map(|row| row.get(c)).map(String::as_str);
        cells.chain(heads.get(c).copied()).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = io::stdout().lock();
    if !heads.is_empty() {
        write_row(&mut out, heads.iter().map(|head| head.to_uppercase()), &widths)?;
    }
    for row in rows {
        write_row(&mut out, row.into_iter(), &widths)?;
    }
    out.flush()
}

fn write_row(out: &mut impl Write, cells: impl Iterator<Item = String>, widths: &[usize]) -> io::Result<()> {
    let mut line = String::new();
    for (cell, width) in cells.zip(widths) {
        let padding = width.saturating_sub(cell.chars().count()) + 2;
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', padding));
    }
    writeln!(out, "{}", line.trim_end())
}

/// Names come from servers: what would move the cursor or colour the terminal is shown as a mark.
pub(crate) fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A cell for something that may be missing.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

/// A cell for several names.
pub(crate) fn joined(names: &[String]) -> String {
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

/// A cell for yes and no.
pub(crate) fn yes_no(value: bool) -> String {
    if value { "yes".to_owned() } else { "no".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(on_one_line("a\x1b[31mb\r\nc\u{9b}d"), "a\u{fffd}[31mb\u{fffd}\u{fffd}c\u{fffd}d");
        assert_eq!(on_one_line("Élodie – «ok»"), "Élodie – «ok»");
    }

    #[test]
    fn columns_align_by_letters_not_bytes() {
        let mut out = Vec::new();
        write_row(&mut out, ["Élodie".to_owned(), "x".to_owned()].into_iter(), &[8, 1]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "Élodie    x\n");
    }
}
