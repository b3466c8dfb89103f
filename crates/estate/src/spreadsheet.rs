//! Tables that people take into a spreadsheet: CSV whose cells a spreadsheet shows and never runs.

use std::collections::BTreeMap;

/// A table as CSV (RFC 4180), in UTF-8 with the mark by which spreadsheets know it: without the mark, Excel takes
/// accents for two letters each.
///
/// Between the cells stand commas in every language, for programs too. Where a system writes numbers with commas (French, for
/// one), a double click has Excel look for semicolons: such a table is taken in through its menu of data.
///
/// Names and addresses are written by strangers, and a spreadsheet runs a cell that begins like a formula. Such a cell
/// gets an apostrophe in front; numbers stay numbers. What another reading of separators would make a cell of (behind a
/// semicolon, a tab, the end of a line) counts as one.
pub fn to_csv<Cells>(columns: &[&str], rows: impl IntoIterator<Item = Cells>) -> Vec<u8>
where
    Cells: IntoIterator<Item = String>,
{
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::from("\u{feff}".as_bytes()));
    let mut write = |record: Vec<String>| {
        writer
            .write_record(record)
            .unwrap_or_else(|_| unreachable!("memory takes every write, and rows of any length are allowed"));
    };
    write(columns.iter().map(|column| harmless((*column).to_owned())).collect());
    for row in rows {
        write(row.into_iter().map(harmless).collect());
    }
    writer.into_inner().unwrap_or_else(|_| unreachable!("memory takes every write"))
}

/// The heads of a table in the words of the person; a column without one keeps the name that programs know.
pub(crate) fn heads<'h>(columns: &[&'h str], words: &'h BTreeMap<String, String>) -> Vec<&'h str> {
    columns.iter().map(|column| words.get(*column).map_or(*column, String::as_str)).collect()
}

/// A CSV of somebody else's, with the same cells made harmless; and how many rows it has below its head. What is no CSV is
/// one cell.
pub fn harmless_csv(text: &str) -> (Vec<u8>, usize) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records =
        reader.records().flatten().map(|record| record.iter().map(str::to_owned).collect::<Vec<String>>());
    let head = records.next().unwrap_or_default();
    let rows: Vec<Vec<String>> = records.collect();
    let count = rows.len();
    let columns: Vec<&str> = head.iter().map(String::as_str).collect();
    (to_csv(&columns, rows), count)
}

/// A cell of which no spreadsheet takes any piece for a formula. The wide forms of the signs count too: East Asian versions
/// of Excel read them as the plain ones.
fn harmless(cell: String) -> String {
    if cell.parse::<f64>().is_ok() {
        return cell;
    }
    let mut safe = String::with_capacity(cell.len() + 1);
    for (place, piece) in cell.split_inclusive(END_OF_A_CELL).enumerate() {
        if runs(piece, place == 0) {
            safe.push('\'');
        }
        safe.push_str(piece);
    }
    safe
}

/// What ends a cell where the comma does not.
const END_OF_A_CELL: [char; 4] = [';', '\t', '\n', '\r'];

fn runs(piece: &str, is_first: bool) -> bool {
    // A quotation mark opens a cell behind another separator than ours; the first piece stands behind ours, in marks of
    // its own. And only there does the end of a cell begin one: between two of them, there is nothing.
    let begins = match is_first {
        true => piece.trim_start_matches(' '),
        false => piece.trim_start_matches([' ', '"']).trim_end_matches(END_OF_A_CELL),
    };
    matches!(
        begins.chars().next(),
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    ) && piece.trim_end_matches(END_OF_A_CELL).parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv_of(cells: &[&str]) -> String {
        let rows = [cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()];
        let columns: Vec<&str> = cells.iter().map(|_| "c").collect();
        let text = String::from_utf8(to_csv(&columns, rows)).unwrap_or_default();
        text.split_once("\r\n").map(|(_, row)| row.trim_end_matches("\r\n").to_owned()).unwrap_or_default()
    }

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for formula in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "\t=1", "＝1"] {
            assert!(csv_of(&[formula]).trim_start_matches('"').starts_with('\''), "{formula}");
        }
        for (cell, written) in [
            ("x;=1+1", "x;'=1+1"),
            ("mine; =1", "mine;' =1"),
            ("x;\"=1\"", "\"x;'\"\"=1\"\"\""),
            ("x\t@SUM(A1)", "x\t'@SUM(A1)"),
            ("two\n=1", "\"two\n'=1\""),
            ("x;-5;y", "x;-5;y"),
            // Ordinary text stays: the lines of Windows, an empty line, an empty column, a name in marks.
            ("a\r\nb", "\"a\r\nb\""),
            ("a\n\nb", "\"a\n\nb\""),
            ("a\t\tb", "a\t\tb"),
            ("\"@home\" GmbH", "\"\"\"@home\"\" GmbH\""),
            ("a\r\n=1", "\"a\r\n'=1\""),
        ] {
            assert_eq!(csv_of(&[cell]), written, "{cell:?}");
        }
        assert_eq!(csv_of(&["-12", "+3.5", "1e3", "-"]), "-12,+3.5,1e3,'-");
        assert_eq!(csv_of(&["Zielińska", "a-b", "1 = 1"]), "Zielińska,a-b,1 = 1");
    }

    #[test]
    fn a_server_s_own_table_keeps_its_cells_and_loses_its_formulas() {
        let invoice = "Client,Id,Estimated total\n\"=HYPERLINK(\"\"http://x\"\")\",1,\"$1,234.00\"\nA,2\n";
        let (csv, rows) = harmless_csv(invoice);
        let csv = String::from_utf8(csv).unwrap_or_default();
        assert_eq!(rows, 2);
        assert_eq!(
            csv,
            "\u{feff}Client,Id,Estimated total\r\n\"'=HYPERLINK(\"\"http://x\"\")\",1,\"$1,234.00\"\r\nA,2\r\n"
        );
        assert_eq!(harmless_csv("").1, 0);
        assert_eq!(harmless_csv("=1+1,b\n").0, "\u{feff}'=1+1,b\r\n".as_bytes(), "the head runs too");
    }

    #[test]
    fn commas_quotes_and_lines_are_quoted() {
        assert_eq!(
            csv_of(&["Abbott, Lane", "say \"so\"", "two\nlines"]),
            "\"Abbott, Lane\",\"say \"\"so\"\"\",\"two\nlines\""
        );
        let table = to_csv(&["a", "b"], Vec::<Vec<String>>::new());
        assert_eq!(table, "\u{feff}a,b\r\n".as_bytes());
    }
}
