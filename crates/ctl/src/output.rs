//! What goes to the standard output: JSON for programs, a table for people.

use std::io::{self, StdoutLock, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};

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

/// Where answers go, unless it was closed when the program began: then they would be lost without a word.
fn standard_output() -> io::Result<StdoutLock<'static>> {
    #[cfg(target_os = "linux")]
    if crate::closed_output::is_closed() {
        return Err(io::Error::other("the standard output is closed"));
    }
    Ok(io::stdout().lock())
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
    let mut out = io::BufWriter::new(standard_output()?);
    match format {
        Format::Json => {
            serde_json::Serializer::with_formatter(&mut out, Harmless::new()).collect_seq(rows)?;
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
    let mut out = standard_output()?;
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
    let mut out = standard_output()?;
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = standard_output()?;
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Harmless::new()))?;
    writeln!(out)?;
    out.flush()
}

/// JSON as `serde_json` indents it. What would drive or mislead a terminal is written as `\u…`: to a parser that is the same
/// text.
struct Harmless(PrettyFormatter<'static>);

impl Harmless {
    fn new() -> Self {
        Self(PrettyFormatter::new())
    }
}

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        // The controls below U+0020 are escaped already.
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| c.is_control() || is_invisible(*c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    let heads = heads.iter().map(|head| head.to_uppercase()).collect();
    let rows: Vec<Vec<String>> = [heads].into_iter().chain(rows.map(shortened)).collect();
    let widths = widths(rows.iter().cloned());
    let mut out = io::BufWriter::new(standard_output()?);
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
    fn json_shows_what_turns_the_line_and_says_the_same() {
        let value = serde_json::json!({
            "a\u{202e}b": ["gnp\u{2066}.exe", "\u{9b}31m\u{7f}", "\u{e0001}", "\"é\\\n👩\u{200d}💻", 1.5, null, true, {}, []],
        });
        let mut out = Vec::new();
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Harmless::new())).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || is_invisible(c))), "{text:?}");
        assert!(
            text.contains(r"\u202e") && text.contains(r"\udb40\udc01") && text.contains("👩\u{200d}💻"),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        let plain = serde_json::json!({"a": ["b", {"c": 1}]});
        let mut out = Vec::new();
        plain.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Harmless::new())).unwrap();
        assert_eq!(out, serde_json::to_vec_pretty(&plain).unwrap());
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
