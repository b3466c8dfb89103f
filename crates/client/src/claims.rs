//! What an access token says about its owner (protocol.md §1.6). Clients read the claims and do not verify the
//! signature: the token is the server's own, and comes over the connection that was verified.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_protocol::SecretText;
use serde::Deserialize;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The claims that a sign-in needs.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Claims {
    /// User id.
    pub sub: Uuid,
    /// The account's e-mail address, where a server says it as text.
    #[serde(default, deserialize_with = "text")]
    pub email: Option<String>,
}

/// The token is not a JSON Web Token with a user id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the server's token does not say whose it is")]
pub struct ClaimsError;

/// A claim of another kind than text says nothing; it is no reason to refuse the token.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    })
}

/// Reads the claims of an access token.
pub(crate) fn claims(token: &SecretText) -> Result<Claims, ClaimsError> {
    let mut parts = token.expose().split('.');
    let (Some(_header), Some(claims), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ClaimsError);
    };
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).map_err(|_| ClaimsError)?);
    serde_json::from_slice(&json).map_err(|_| ClaimsError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(token: &str) -> Result<Claims, ClaimsError> {
        claims(&SecretText::new(token.to_owned()))
    }

    #[test]
    fn reads_the_user_id() {
        // {"sub":"0196f3a0-0000-7000-8000-000000000001","email":"maya@brightwater.example","premium":false}
        let token = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTk2ZjNhMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJlbWFpbCI6Im1heWFAYnJpZ2h0d2F0ZXIuZXhhbXBsZSIsInByZW1pdW0iOmZhbHNlfQ.c2lnbmF0dXJl";
        let claims = read(token).unwrap();
        assert_eq!(claims.sub.to_string(), "0196f3a0-0000-7000-8000-000000000001");
        assert_eq!(claims.email.as_deref(), Some("maya@brightwater.example"));
    }

    #[test]
    fn hostile_tokens() {
        // {"sub":7}, {"sub":"not-a-user"}, {}
        for token in [
            "",
            ".",
            "..",
            "a.b",
            "a.!!!.c",
            "a.eyJzdWIiOjd9.c",
            "a.eyJzdWIiOiJub3QtYS11c2VyIn0.c",
            "a.e30.c",
            "a.e30.c.d",
        ] {
            assert_eq!(read(token), Err(ClaimsError), "{token}");
        }
    }
}
