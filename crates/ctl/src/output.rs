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
            let heads = || R::COLUMNS.iter().map(|head| head.to_uppercase()).collect::<Vec<_>>();
            let cells = |row: R| shortened(row.cells());
            let widths = widths(rows.clone().map(cells).chain([heads()]));
            write_row(&mut out, &heads(), &widths)?;
            for row in rows {
                write_row(&mut out, &cells(row), &widths)?;
            }
        }
    }
    out.flush()
}

/// Prints one thing: as a JSON object, or as a list of its columns with their values.
pub(crate) fn one<R: Row>(format: Format, row: &R) -> io::Result<()> {
    match format {
        Format::Json => json(row),
        Format::Table => pairs(R::COLUMNS.iter().map(|column| (*column).to_owned()).zip(row.cells())),
    }
}

/// Prints names with what belongs to each, whole: whoever looks at one thing wants to read it. The further lines of a value stand
/// below its first, and none begins where a name would.
pub(crate) fn pairs(pairs: impl Iterator<Item = (String, String)>) -> io::Result<()> {
    let pairs: Vec<(String, String)> =
        pairs.map(|(name, value)| (shortened_to(&name, WIDEST), value)).collect();
    let widths = widths(pairs.iter().map(|(name, _)| vec![name.clone()]));
    let mut out = io::stdout().lock();
    for (name, value) in &pairs {
        write_pair(&mut out, name, value, &widths)?;
    }
    out.flush()
}

fn write_pair(out: &mut impl Write, name: &str, value: &str, widths: &[usize]) -> io::Result<()> {
    let value = value.trim_end_matches(['\r', '\n']).replace("\r\n", "\n").replace('\t', "    ");
    let mut name = name;
    for line in value.split('\n') {
        write_row(out, &[name.to_owned(), on_one_line(line)], widths)?;
        name = "";
    }
    Ok(())
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
    let heads = heads.iter().map(|head| head.to_uppercase()).collect();
    let rows: Vec<Vec<String>> = [heads].into_iter().chain(rows.map(shortened)).collect();
    let widths = widths(rows.iter().cloned());
    let mut out = io::BufWriter::new(io::stdout().lock());
    for row in &rows {
        write_row(&mut out, row, &widths)?;
    }
    out.flush()
}

/// Characters of a cell that others stand beside: one name of 300,000 would widen every row to that.
const WIDEST: usize = 60;
/// Characters of the last cell of a row, which widens no other.
const LAST_WIDEST: usize = 1_000;

fn shortened(mut cells: Vec<String>) -> Vec<String> {
    let last = cells.len().saturating_sub(1);
    for (place, cell) in cells.iter_mut().enumerate() {
        *cell = shortened_to(cell, if place == last { LAST_WIDEST } else { WIDEST });
    }
    cells
}

/// One line of at most so many characters; what was longer ends in "…".
fn shortened_to(cell: &str, widest: usize) -> String {
    match cell.char_indices().nth(widest) {
        None => on_one_line(cell),
        Some(_) => {
            let kept: String = cell.chars().take(widest - 1).collect();
            on_one_line(&kept) + "…"
        }
    }
}

/// Of the widest cell of each column.
fn widths(rows: impl Iterator<Item = Vec<String>>) -> Vec<usize> {
    rows.fold(Vec::new(), |mut widths: Vec<usize>, row| {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(&row) {
            *width = (*width).max(cell.chars().count());
        }
        widths
    })
}

/// Nothing stands after the last cell, which is why it is not padded.
fn write_row(out: &mut impl Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    let mut line = String::new();
    for (place, cell) in cells.iter().enumerate() {
        line.push_str(cell);
        if place + 1 < cells.len() {
            let width = widths.get(place).copied().unwrap_or_default();
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count()) + 2));
        }
    }
    writeln!(out, "{}", line.trim_end())
}

/// Names come from servers: what would move the cursor, colour the terminal, break the line or turn its direction is shown as
/// a mark.
pub(crate) fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}

/// Characters of format, and the separators of lines. The joiners U+200C and U+200D stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'
    )
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
    fn a_name_cannot_turn_or_break_the_line() {
        for turning in
            ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain("\u{2028}\u{2029}\u{200f}".chars())
        {
            assert_eq!(on_one_line(&format!("gnp{turning}.exe")), "gnp\u{fffd}.exe", "{turning:?}");
        }
        for name in ["👩\u{200d}💻", "می\u{200c}خواهم", "日本 עברית"] {
            assert_eq!(on_one_line(name), name);
        }
    }

    #[test]
    fn columns_align_by_letters_not_bytes() {
        let mut out = Vec::new();
        write_row(&mut out, &["Élodie".to_owned(), "x".to_owned()], &[8, 1]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "Élodie    x\n");
    }

    #[test]
    fn further_lines_of_a_value_stand_below_its_first_and_imitate_no_name() {
        let mut out = Vec::new();
        write_pair(&mut out, "notes", "one\r\n\n\ttwo\rx\x1b[31m\nlogin  x\n", &[8]).unwrap();
        let lines = "notes     one\n\n              two\u{fffd}x\u{fffd}[31m\n          login  x\n";
        assert_eq!(String::from_utf8(out).unwrap(), lines);
    }

    #[test]
    fn one_long_cell_widens_no_row_beyond_reason() {
        let long = "é".repeat(300_000);
        let cells = shortened(vec![long.clone(), "x".to_owned(), long]);
        assert_eq!(cells[0], "é".repeat(WIDEST - 1) + "…");
        assert_eq!((cells[1].as_str(), cells[2].chars().count()), ("x", LAST_WIDEST));
        assert_eq!(widths([cells].into_iter())[0], WIDEST);
        let just_so = "é".repeat(WIDEST);
        assert_eq!(shortened_to(&just_so, WIDEST), just_so);
    }
}
