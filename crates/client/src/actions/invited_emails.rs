//! Whom an invitation is for, out of what a person typed.

use std::collections::BTreeSet;

use crate::sign_in::normal_email;

/// What a person typed or pasted, read as addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvitedEmails {
    /// In lower case, each once, in order.
    pub emails: Vec<String>,
    /// What of it is no address, as typed, each once. The others are not worth less for it.
    pub invalid: Vec<String>,
}

/// The addresses in what a person typed or pasted: between commas, semicolons, spaces and line ends. The host of one has a
/// dot in it: without one it is a slip more often than a server of the own network.
pub fn invited_emails(text: &str) -> InvitedEmails {
    let (mut read, mut seen) = (InvitedEmails::default(), BTreeSet::new());
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';');
    for part in text.split(separates).filter(|part| !part.is_empty()) {
        let (list, entry) = match normal_email(part).ok().filter(|email| has_dotted_host(email)) {
            Some(email) => (&mut read.emails, email),
            None => (&mut read.invalid, part.to_owned()),
        };
        if seen.insert(entry.clone()) {
            list.push(entry);
        }
    }
    read
}

fn has_dotted_host(email: &str) -> bool {
    email
        .split_once('@')
        .is_some_and(|(_, host)| host.contains('.') && host.split('.').all(|part| !part.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_are_kept_beside_bad_ones() {
        let read = invited_emails(
            "Ana@x.example, ben@; ana@x.example\ncleo@y.example ben@ dan@localhost eve@.example",
        );
        assert_eq!(read.emails, ["ana@x.example", "cleo@y.example"]);
        assert_eq!(read.invalid, ["ben@", "dan@localhost", "eve@.example"]);
        assert_eq!(invited_emails(" ,;\n"), InvitedEmails::default());
    }
}
