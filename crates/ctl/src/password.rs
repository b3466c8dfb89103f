//! Where a master password comes from: a file, the standard input, or the terminal. Never the command line.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::cli::PasswordSource;
use crate::failure::Failure;

/// A master password, wiped when dropped.
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl PasswordSource {
    /// Whether the person said where the password is.
    pub(crate) fn is_given(&self) -> bool {
        self.password_file.is_some() || self.password_stdin
    }

    /// Reads the password. `prompt` is what the terminal shows.
    ///
    /// # Errors
    /// [`Failure::NoPassword`] when there is no source and no terminal to ask on; [`Failure::EmptyFile`],
    /// [`Failure::EmptyInput`] or [`Failure::NothingTyped`] when nothing comes from where it should.
    pub(crate) fn read(&self, prompt: &str) -> Result<Password, Failure> {
        let (text, empty) = if let Some(path) = &self.password_file {
            let unread = |source| Failure::File { path: path.clone(), source };
            let file = std::fs::File::open(path).map_err(unread)?;
            (first_line(io::BufReader::new(file)).map_err(unread)?, Failure::EmptyFile(path.clone()))
        } else if self.password_stdin {
            (first_line(io::stdin().lock()).map_err(Failure::Input)?, Failure::EmptyInput)
        } else if io::stdin().is_terminal() {
            let typed = rpassword::prompt_password(format!("{prompt}: ")).map_err(Failure::Input)?;
            (Zeroizing::new(typed), Failure::NothingTyped)
        } else {
            return Err(Failure::NoPassword);
        };
        if text.is_empty() { Err(empty) } else { Ok(Password(text)) }
    }
}

/// A secret that stands in a file, or is asked for on the terminal.
///
/// # Errors
/// [`Failure::NoClientSecret`] when there is neither a file nor a terminal: only the secret of a key is asked for.
pub(crate) fn read_secret(file: Option<&PathBuf>, prompt: &str) -> Result<Password, Failure> {
    let secret = PasswordSource { password_file: file.cloned(), password_stdin: false }.read(prompt);
    secret.map_err(|failure| match failure {
        Failure::NoPassword => Failure::NoClientSecret,
        other => other,
    })
}

/// A code that was typed, where there is a terminal to type on.
pub(crate) fn ask_for_code(prompt: &str) -> Result<Option<String>, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    eprint!("{prompt}: ");
    let mut code = String::new();
    io::stdin().lock().read_line(&mut code).map_err(Failure::Input)?;
    Ok(Some(code.trim().to_owned()).filter(|code| !code.is_empty()))
}

/// The first line without its end. A password may begin or end with spaces.
fn first_line(mut source: impl BufRead) -> io::Result<Zeroizing<String>> {
    const BYTE_ORDER_MARK: char = '\u{feff}';
    // The longest that the product takes has 128 characters; what is longer than this is some other file.
    const LONGEST: usize = 4_096;
    let mut line = Zeroizing::new(String::with_capacity(LONGEST));
    io::Read::take(&mut source, LONGEST as u64).read_line(&mut line)?;
    // Editors of Windows put a byte order mark before the text.
    if line.starts_with(BYTE_ORDER_MARK) {
        line = Zeroizing::new(line[BYTE_ORDER_MARK.len_utf8()..].to_owned());
    }
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_the_line_ends() {
        for (text, password) in [
            ("secret\n", "secret"),
            ("secret", "secret"),
            ("\u{feff}secret\n", "secret"),
            ("secret\r\nmore\n", "secret"),
            (" spaced \n", " spaced "),
            ("", ""),
            ("\n", ""),
        ] {
            assert_eq!(first_line(text.as_bytes()).unwrap().as_str(), password, "{text:?}");
        }
    }
}
