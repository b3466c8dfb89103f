//! The figures as a table, on the terminal and in docs/benchmarks.md.

use std::fs;

use crate::{
    bench::{Figure, Part},
    command::{Failure, root},
};

const FILE: &str = "docs/benchmarks.md";

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench --write`. Each figure is a ratio: ours over a yardstick that was measured in the same run,
in turns with it, so that a busy machine slows both. Times and sizes are medians; *spread* is the tenth to the ninetieth
percentile of the single ratios. A ratio may be compared between machines, a time may not. The two parts may be of
different runs.

";

/// A Markdown table that can also be read on a terminal.
pub fn table(figures: &[Figure]) -> String {
    let head = ["figure", "yardstick", "ours", "ratio", "spread", "target", ""].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(figures.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(at, cell)| format!("{cell:<width$}", width = width(at)))
                .collect();
            format!("| {} |", cells.join(" | "))
        })
        .collect();
    let rules: Vec<String> = (0..7).map(|column| "-".repeat(width(column).max(3))).collect();
    lines.insert(1, format!("| {} |", rules.join(" | ")));
    lines.join("\n") + "\n"
}

/// Replaces the measured parts of the file; the others keep what an earlier run wrote.
pub fn write(machine: &str, measured: &[(Part, Vec<Figure>)]) -> Result<(), Failure> {
    let path = root().join(FILE);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut text = HEAD.to_owned();
    for part in [Part::Core, Part::Window] {
        let heading = format!("## {}\n", part.title());
        match measured.iter().find(|(of, _)| *of == part) {
            Some((_, figures)) => {
                text += &format!("{heading}\n{machine}.\n\n{}\n{}\n\n", table(figures), part.explanation());
            }
            None => text += &section(&before, &heading),
        }
    }
    let failed = |source| Failure::Missing { program: FILE.to_owned(), source };
    fs::create_dir_all(root().join("docs")).map_err(failed)?;
    fs::write(&path, text.trim_end().to_owned() + "\n").map_err(failed)?;
    println!("wrote {FILE}");
    Ok(())
}

fn section(text: &str, heading: &str) -> String {
    let Some(start) = text.find(heading) else { return String::new() };
    let body = &text[start + heading.len()..];
    let end = body.find("\n## ").map_or(body.len(), |end| end + 1);
    format!("{heading}{}\n\n", body[..end].trim_end())
}

fn row(figure: &Figure) -> [String; 7] {
    let ratio = figure.ratio();
    [
        figure.name.clone(),
        format!("{:.1} {}", figure.yardstick, figure.unit),
        format!("{:.1} {}", figure.ours, figure.unit),
        short(ratio),
        format!("{}–{}", short(figure.spread.0), short(figure.spread.1)),
        format!("≤ {}", figure.target),
        if ratio <= figure.target { "met" } else { "not met" }.to_owned(),
    ]
}

/// Two digits behind the point, or what a small share needs.
fn short(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.4}") } else { format!("{ratio:.2}") }
}

#[cfg(test)]
mod tests {
    use super::{FILE, HEAD, Part, row, section};
    use crate::{bench::Figure, command::root};

    #[test]
    fn the_file_says_what_the_chore_measures_now() {
        let file = std::fs::read_to_string(root().join(FILE)).expect("docs/benchmarks.md");
        assert!(file.starts_with(HEAD), "{HEAD}");
        for part in [Part::Core, Part::Window] {
            assert!(file.contains(part.explanation()), "{}", part.explanation());
        }
    }

    #[test]
    fn a_part_that_is_not_measured_keeps_its_text() {
        let file = "# Head\n\n## Core\n\nmachine.\n\n| a |\n\n## Window\n\nother.\n";
        assert_eq!(section(file, "## Core\n"), "## Core\n\nmachine.\n\n| a |\n\n");
        assert_eq!(section(file, "## Window\n"), "## Window\n\nother.\n\n");
        assert_eq!(section("", "## Core\n"), "");
    }

    #[test]
    fn a_figure_is_the_ratio_of_the_medians() {
        let pairs = [(10.0, 30.0), (20.0, 24.0), (30.0, 33.0)];
        let figure = Figure::from_pairs("ours / theirs", "ms", 1.5, &pairs);
        assert_eq!(
            row(&figure),
            ["ours / theirs", "20.0 ms", "30.0 ms", "1.50", "1.10–3.00", "≤ 1.5", "met"].map(str::to_owned)
        );
    }
}
