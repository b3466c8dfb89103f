//! Whom an invitation is for, out of what a person typed.

use std::collections::BTreeSet;

use crate::sign_in::normal_email;

/// The addresses in what a person typed or pasted: between commas, semicolons, spaces and line ends; in lower case, each
/// once, in order.
///
/// # Errors
/// [`InvalidEmails`] names all that are none.
pub fn invited_emails(text: &str) -> Result<Vec<String>, InvalidEmails> {
    let mut seen = BTreeSet::new();
    let (mut emails, mut invalid) = (Vec::new(), Vec::new());
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';');
    for part in text.split(separates).filter(|part| !part.is_empty()) {
        match normal_email(part) {
            Ok(email) if seen.insert(email.clone()) => emails.push(email),
            Ok(_) => {}
            Err(_) => invalid.push(part.to_owned()),
        }
    }
    if invalid.is_empty() { Ok(emails) } else { Err(InvalidEmails(invalid)) }
}

/// What of a text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: {}", .0.join(", "))]
pub struct InvalidEmails(pub Vec<String>);
