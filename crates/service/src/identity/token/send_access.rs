//! `grant_type=send_access` (protocol.md §1.3): the link of a Send and what it asks for buy a token that opens it.

use portico_protocol::identity::TokenResponse;

use super::form::Form;
use super::refusal::Refused;
use crate::app::App;
use crate::identity::codes::{self, Purpose};
use crate::identity::{by_id, normal_email};
use crate::jwt::{Machine, SEND_LIFETIME, SEND_SCOPE};
use crate::moment::Moment;
use crate::sends::{Proof, Protection, Send, by_access_id, passes};

pub(super) async fn send_access(app: &App, form: Form) -> Result<TokenResponse, Refused> {
    if form.text("client_id") != Some("send") {
        return Err(Refused::plain("invalid_client"));
    }
    if form.text("scope") != Some(SEND_SCOPE) {
        return Err(Refused::plain("invalid_scope"));
    }
    let access_id = form
        .text("send_id")
        .ok_or_else(|| Refused::send("invalid_request", "send_id_required", "send_id is required."))?
        .to_owned();
    let send = app
        .store
        .read::<_, Refused>(move |connection| {
            let now = Moment::now();
            let send = by_access_id(connection, &access_id, now)?.filter(|send| send.is_open(now));
            send.ok_or_else(|| Refused::send("invalid_grant", "send_id_invalid", "send_id is invalid."))
        })
        .await?;
    let id = send.id;
    match &send.protection {
        Protection::Nothing => {}
        Protection::Password(hash) => {
            check_password(hash.clone(), form.text("password_hash_b64")).await?;
        }
        Protection::Emails(_) => check_email(app, send, form).await?,
    }
    Ok(TokenResponse {
        access_token: app.signer.sign_for_machine(Machine::SendRecipient(id), Moment::now())?.into(),
        expires_in: SEND_LIFETIME,
        token_type: "Bearer".into(),
        refresh_token: None,
        scope: Some(SEND_SCOPE.into()),
        sign_in: None,
    })
}

async fn check_password(hash: Vec<u8>, given: Option<&str>) -> Result<(), Refused> {
    let (error, kind, description) = match passes(hash, given).await? {
        Proof::Right => return Ok(()),
        Proof::Missing => ("invalid_request", "password_hash_b64_required", "password_hash_b64 is required."),
        Proof::Wrong => ("invalid_grant", "password_hash_b64_invalid", "password_hash_b64 is invalid."),
    };
    Err(Refused::send(error, kind, description))
}

/// An address alone has a code mailed to it, if the Send names it; both together open. Everything else gets the same
/// answer, so that nobody learns which addresses a Send names.
async fn check_email(app: &App, send: Send, form: Form) -> Result<(), Refused> {
    let email = form
        .text("email")
        .map(normal_email)
        .ok_or_else(|| Refused::send("invalid_request", "email_required", "email is required."))?;
    let code_wanted =
        || Refused::send("invalid_request", "email_and_otp_required", "email and otp are required.");
    let Protection::Emails(named) = &send.protection else { return Err(code_wanted()) };
    if !named.split(',').any(|address| address == email) {
        return Err(code_wanted());
    }
    let right = app
        .store
        .write::<_, Refused>(move |transaction| {
            let Some(owner) = by_id(transaction, send.owner)? else { return Ok(false) };
            let (purpose, now) = (Purpose::Send(send.id), Moment::now());
            match form.text("otp") {
                // A wrong code is kept in mind: it costs a try.
                Some(code) => Ok(codes::take(transaction, &owner, purpose, Some(&email), code, now)?),
                None => codes::mailed(transaction, &owner, purpose, &email, now)
                    .map(|_| false)
                    .map_err(Refused::from),
            }
        })
        .await?;
    if right { Ok(()) } else { Err(code_wanted()) }
}
