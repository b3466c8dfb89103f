//! The form of the token endpoint, whose keys count in any case (protocol.md §1.3).

use std::collections::HashMap;

use zeroize::Zeroizing;

/// The fields, by lower-case name. Values are overwritten when dropped: there is a password hash among them.
pub(super) struct Form(HashMap<String, Zeroizing<String>>);

impl Form {
    /// Reads url-encoded pairs; of a name that comes twice the first counts.
    pub(super) fn parse(body: &[u8]) -> Form {
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.entry(name.to_ascii_lowercase()).or_insert_with(|| Zeroizing::new(value.into_owned()));
        }
        Form(fields)
    }

    /// A field that is there and not empty. `name` in lower case.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn names_count_in_any_case_and_the_first_value_wins() {
        let form = Form::parse(b"Grant_Type=password&deviceType=8&DEVICETYPE=9&password=a%2Bb%3D+c&empty=");
        assert_eq!(form.text("grant_type"), Some("password"));
        assert_eq!(form.text("devicetype"), Some("8"));
        assert_eq!(form.text("password"), Some("a+b= c"));
        assert_eq!(form.text("empty"), None);
    }
}
