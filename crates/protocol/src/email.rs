//! E-mail addresses, as client and service take them alike.

/// How many people one invitation names at the most, as the official clients have it.
pub const MOST_INVITED: usize = 20;

/// An address as the wire carries it: trimmed and in lower case. None for what is none by its shape, and for one of more
/// than 256 characters.
pub fn email_address(typed: &str) -> Option<String> {
    let email = typed.trim().to_lowercase();
    let (name, host) = email.split_once('@')?;
    let plausible = email.chars().count() <= 256
        && !name.is_empty()
        && !host.is_empty()
        && !host.contains('@')
        && !email.chars().any(|character| character.is_whitespace() || character.is_control());
    plausible.then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_sign_and_something_around_it() {
        assert_eq!(email_address("  Maya@Brightwater.EXAMPLE ").as_deref(), Some("maya@brightwater.example"));
        let long = format!("{}@x.example", "é".repeat(246));
        assert_eq!(email_address(&long), Some(long.clone()), "letters are counted, not bytes");
        for wrong in [
            "",
            "maya",
            "@x.example",
            "maya@",
            "a@b@c.example",
            "a b@c.example",
            "a\u{7}@c.example",
            &format!("m{long}"),
        ] {
            assert_eq!(email_address(wrong), None, "{wrong}");
        }
    }
}
