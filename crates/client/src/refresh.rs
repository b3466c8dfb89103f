//! Requests in the name of the signed-in person: the access token, and how it is renewed (protocol.md §1.3, §1.6).

use portico_profile::ApiKey;
use portico_protocol::SecretText;
use portico_protocol::identity::TokenResponse;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::api_error::ApiError;
use crate::device::CLIENT_NAME;
use crate::http::{ApiClient, Call, Change, ONE_TRY, Payload, Reply, Room, Service, form, parse};

/// Where the tokens of the signed-in account live between requests. Outside of tests that is the sealed session of
/// an unlocked profile.
pub(crate) trait KeepsSession: Sync {
    /// The token to ask with; `None` when the account is signed out.
    fn access_token(&self) -> Option<SecretText>;
    /// The token that brings a new access token.
    fn refresh_token(&self) -> Option<SecretText>;
    /// The personal API key of a sign-in that brought no refresh token.
    fn api_key(&self) -> Option<ApiKey> {
        None
    }
    /// Takes over what a renewal brought.
    fn keep(&self, renewed: Renewed);
}

/// What a renewal brings: at least a new access token, sometimes a new refresh token.
pub(crate) struct Renewed {
    pub access_token: SecretText,
    pub refresh_token: Option<SecretText>,
    /// Seconds from now until the access token ends.
    pub expires_in: i64,
}

/// A client together with the session it asks in the name of.
#[derive(Clone, Copy)]
pub(crate) struct Authorized<'a> {
    pub client: &'a ApiClient,
    pub session: &'a dyn KeepsSession,
    /// Where answers are held, where that is together.
    pub room: Option<&'a Room>,
}

/// How a read behaves: how much it takes in and how stubborn it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub max_bytes: usize,
    pub tries: u32,
}

impl Authorized<'_> {
    /// Reads `path` of the API as JSON.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        reading: Reading,
        stop: &CancellationToken,
    ) -> Result<T, ApiError> {
        self.get_reply(path, reading, stop).await?.json()
    }

    /// Reads `path` of the API. A 401 renews the token and asks once more; what is refused after that is refused.
    pub(crate) async fn get_reply(
        &self,
        path: &str,
        reading: Reading,
        stop: &CancellationToken,
    ) -> Result<Reply, ApiError> {
        let token = self.session.access_token().ok_or(ApiError::SignedOut)?;
        let reply = self.ask(path, &token, reading, stop).await?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let token = self.renewed(Some(&token), reading.tries, stop).await?;
        self.ask(path, &token, reading, stop).await
    }

    /// Changes something at `path` of the API. A 401 or a 403 renews the token, whose claims carry the roles, and asks once
    /// more: neither has changed anything. A change whose fate is not known is not repeated.
    pub(crate) async fn change(
        &self,
        what: Change,
        path: &str,
        json: Option<&Zeroizing<String>>,
        stop: &CancellationToken,
    ) -> Result<Reply, ApiError> {
        let token = self.session.access_token().ok_or(ApiError::SignedOut)?;
        let reply = self.send_change(what, path, json, &token, stop).await?;
        if !matches!(reply.status, 401 | 403) || reply.is_web_page() {
            return Ok(reply);
        }
        let token = self.renewed(Some(&token), ONE_TRY, stop).await?;
        self.send_change(what, path, json, &token, stop).await
    }

    async fn send_change(
        &self,
        what: Change,
        path: &str,
        json: Option<&Zeroizing<String>>,
        token: &SecretText,
        stop: &CancellationToken,
    ) -> Result<Reply, ApiError> {
        let call = Call {
            service: Service::Api,
            path,
            body: Payload::Change(what, json),
            bearer: Some(token),
            max_bytes: CHANGE_ANSWER,
            tries: CHANGE_TRIES,
            room: None,
        };
        self.client.send(&call, stop).await
    }

    /// Reads `path` of the API where the answer depends on the person's role: a 403 too renews the token and asks once more.
    pub(crate) async fn get_by_role(
        &self,
        path: &str,
        reading: Reading,
        stop: &CancellationToken,
    ) -> Result<Reply, ApiError> {
        let token = self.session.access_token().ok_or(ApiError::SignedOut)?;
        let reply = self.get_reply(path, reading, stop).await?;
        if reply.status != 403 || reply.is_web_page() {
            return Ok(reply);
        }
        let token = self.renewed(Some(&token), reading.tries, stop).await?;
        self.ask(path, &token, reading, stop).await
    }

    /// Renews the access token, whose claims carry the person's roles, whether or not it is still valid.
    pub(crate) async fn renew(&self, tries: u32, stop: &CancellationToken) -> Result<(), ApiError> {
        self.renewed(None, tries, stop).await.map(drop)
    }

    /// Only one renewal runs at a time: who waited for another's uses what that one brought, told by the token no
    /// longer being the `refused` one.
    async fn renewed(
        &self,
        refused: Option<&SecretText>,
        tries: u32,
        stop: &CancellationToken,
    ) -> Result<SecretText, ApiError> {
        let _alone =
            stop.run_until_cancelled(self.client.refreshing().lock()).await.ok_or(ApiError::Cancelled)?;
        if let (Some(refused), Some(current)) = (refused, self.session.access_token())
            && refused.expose() != current.expose()
        {
            return Ok(current);
        }
        let fresh = match (self.session.refresh_token(), self.session.api_key()) {
            (Some(refresh), _) => ask_for_renewal(self.client, &refresh, tries, stop).await?,
            (None, Some(key)) => ask_again_with_key(self.client, &key, tries, stop).await?,
            (None, None) => return Err(ApiError::SignedOut),
        };
        let access = fresh.access_token.copy();
        self.session.keep(Renewed {
            access_token: fresh.access_token,
            refresh_token: fresh.refresh_token,
            expires_in: fresh.expires_in,
        });
        Ok(access)
    }

    async fn ask(
        &self,
        path: &str,
        token: &SecretText,
        reading: Reading,
        stop: &CancellationToken,
    ) -> Result<Reply, ApiError> {
        let call = Call {
            service: Service::Api,
            path,
            body: Payload::None,
            bearer: Some(token),
            max_bytes: reading.max_bytes,
            tries: reading.tries,
            room: self.room,
        };
        self.client.send(&call, stop).await
    }
}

/// How often a change is sent while the server says that it is asked too much.
const CHANGE_TRIES: u32 = 4;
/// Answers to changes: at most one line for each of some hundred people.
const CHANGE_ANSWER: usize = 4 << 20;

/// The refresh grant. Repeating it is harmless: refresh tokens are re-usable (protocol.md §1.3).
async fn ask_for_renewal(
    client: &ApiClient,
    refresh: &SecretText,
    tries: u32,
    stop: &CancellationToken,
) -> Result<TokenResponse, ApiError> {
    let form = form([
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_NAME),
        ("refresh_token", refresh.expose()),
    ]);
    renewal(client.send(&Call::for_token(&form, tries), stop).await?)
}

/// An API key brings no refresh token: the grant itself is run again (protocol.md §1.3). A key that was replaced in the
/// web vault is refused, and the person signs in again.
async fn ask_again_with_key(
    client: &ApiClient,
    key: &ApiKey,
    tries: u32,
    stop: &CancellationToken,
) -> Result<TokenResponse, ApiError> {
    renewal(crate::api_key::ask_for_token(client, key, tries, stop).await?)
}

fn renewal(reply: Reply) -> Result<TokenResponse, ApiError> {
    // A web page with status 400 or 401 comes from a network's sign-in page, not from the server.
    if matches!(reply.status, 400 | 401) && !reply.is_web_page() {
        return Err(ApiError::SignedOut);
    }
    let host = reply.host.clone();
    let body = Zeroizing::new(reply.success()?);
    parse(&host, &body)
}

#[cfg(test)]
mod change_tests;
#[cfg(test)]
pub(crate) mod kept {
    //! A session in memory for tests: an access token and perhaps a refresh token.

    use std::sync::Mutex;

    use super::*;

    pub(crate) struct Kept(pub Mutex<(String, Option<String>)>);

    impl KeepsSession for Kept {
        fn access_token(&self) -> Option<SecretText> {
            Some(SecretText::new(self.0.lock().unwrap().0.clone()))
        }
        fn refresh_token(&self) -> Option<SecretText> {
            self.0.lock().unwrap().1.clone().map(SecretText::new)
        }
        fn keep(&self, renewed: Renewed) {
            let mut kept = self.0.lock().unwrap();
            kept.0 = renewed.access_token.expose().to_owned();
            if let Some(refresh) = renewed.refresh_token {
                kept.1 = Some(refresh.expose().to_owned());
            }
        }
    }

    pub(crate) fn kept() -> Kept {
        Kept(Mutex::new(("old".to_owned(), Some("refresh".to_owned()))))
    }
}

#[cfg(test)]
mod tests {
    use portico_protocol::server::ServerUrls;

    use super::kept::kept;
    use super::*;
    use crate::device::Device;
    use crate::hostile::{Answer, HostileServer};
    use crate::http::{ConnectOptions, ONE_TRY};

    const READING: Reading = Reading { max_bytes: 10_000, tries: ONE_TRY };

    fn client_of(server: &HostileServer) -> ApiClient {
        let options = ConnectOptions::new(Device { identifier: uuid::Uuid::nil() });
        ApiClient::new(ServerUrls::of_base(&server.base), &options).unwrap()
    }

    /// Accepts `new` and nothing else, and gives out `new` for `refresh`.
    async fn server() -> HostileServer {
        HostileServer::start(|asked, _| {
            let json = |status, text: &str| Answer::Json(status, text.to_owned());
            if asked.target == "/identity/connect/token" {
                return match asked.form("refresh_token").as_deref() {
                    Some("refresh") => {
                        json(200, r#"{"access_token":"new","expires_in":3600,"token_type":"Bearer"}"#)
                    }
                    _ => json(400, r#"{"error":"invalid_grant"}"#),
                };
            }
            match asked.header("authorization") {
                Some("Bearer new") => json(200, "7"),
                _ => json(401, r#"{"message":"Unauthorized."}"#),
            }
        })
        .await
    }

    fn renewals(server: &HostileServer) -> usize {
        server.asked().iter().filter(|asked| asked.target == "/identity/connect/token").count()
    }

    #[tokio::test]
    async fn many_refused_requests_renew_once() {
        let (server, session, stop) = (server().await, kept(), CancellationToken::new());
        let client = client_of(&server);
        let authorized = Authorized { client: &client, session: &session, room: None };
        let reads: [Result<u32, ApiError>; 6] = tokio::join!(
            authorized.get("/a", READING, &stop),
            authorized.get("/b", READING, &stop),
            authorized.get("/c", READING, &stop),
            authorized.get("/d", READING, &stop),
            authorized.get("/e", READING, &stop),
            authorized.get("/f", READING, &stop),
        )
        .into();
        assert!(reads.into_iter().all(|read| matches!(read, Ok(7))));
        assert_eq!(renewals(&server), 1);
        let renewal = server.asked().into_iter().find(|asked| asked.method == "POST").unwrap();
        assert_eq!(renewal.form_names(), ["client_id", "grant_type", "refresh_token"]);
        assert_eq!(renewal.form("grant_type").as_deref(), Some("refresh_token"));
        assert_eq!(renewal.form("client_id").as_deref(), Some("desktop"));
        assert_eq!(renewal.header("authorization"), None);
    }

    #[tokio::test]
    async fn a_refused_refresh_token_means_signed_out() {
        let (server, session, stop) = (server().await, kept(), CancellationToken::new());
        session.0.lock().unwrap().1 = Some("expired".to_owned());
        let client = client_of(&server);
        let authorized = Authorized { client: &client, session: &session, room: None };
        let read: Result<u32, _> = authorized.get("/a", READING, &stop).await;
        assert!(matches!(read, Err(ApiError::SignedOut)));
        session.0.lock().unwrap().1 = None;
        assert!(matches!(authorized.renew(1, &stop).await, Err(ApiError::SignedOut)));
    }

    #[tokio::test]
    async fn a_networks_sign_in_page_does_not_sign_out() {
        let server =
            HostileServer::start(|_, _| Answer::Whole(401, vec![], b"<html>Welcome to the hotel".to_vec()))
                .await;
        let (client, session, stop) = (client_of(&server), kept(), CancellationToken::new());
        let authorized = Authorized { client: &client, session: &session, room: None };
        assert!(matches!(authorized.renew(1, &stop).await, Err(ApiError::Status { code: 401, .. })));
    }

    #[tokio::test]
    async fn what_is_refused_with_a_fresh_token_is_refused() {
        let server = HostileServer::start(|asked, _| match asked.method.as_str() {
            "POST" => Answer::Json(200, r#"{"access_token":"new","expires_in":1}"#.to_owned()),
            _ => Answer::Json(401, r#"{"message":"Unauthorized."}"#.to_owned()),
        })
        .await;
        let (client, session, stop) = (client_of(&server), kept(), CancellationToken::new());
        let read: Result<u32, _> =
            Authorized { client: &client, session: &session, room: None }.get("/a", READING, &stop).await;
        assert_eq!(read.unwrap_err().status(), Some(401));
        assert_eq!(server.asked().len(), 3, "asked, renewed, asked again");
    }
}
